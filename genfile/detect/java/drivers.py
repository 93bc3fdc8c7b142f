"""A database in the configuration that no dependency has the JDBC driver of."""

import re

from genfile.data import load_table
from genfile.detect.java.build import Build
from genfile.detect.java.settings import expand, flat_settings, plain_key
from genfile.evidence import About, Draft, Topic

_ADDRESS = re.compile(r"jdbc:([a-z0-9]+):")

# What connects to it.
_STARTERS = ("jdbc", "data-jdbc", "data-jpa")


def tell_of_driver(build: Build, draft: Draft) -> None:
    """Note the address of Spring's data source if nothing brings its driver, which the pool of connections loads
    at the start."""
    fact = flat_settings(build.folder).get(plain_key("spring.datasource.url"))
    text = expand(build.folder, fact.value) if fact is not None else None
    match = _ADDRESS.match(text.strip()) if text is not None else None
    if fact is None or match is None or draft.values.get("framework") != "spring-boot":
        return
    known = load_table("modules")["jdbc"].get(match[1])
    # A dependency that is called after the database brings the driver itself.
    named = any(match[1] in item.coordinate for item in build.dependencies)
    used = build.find(*(f"org.springframework.boot:spring-boot-starter-{name}" for name in _STARTERS)) is not None
    if used and known is not None and not named and build.find(*known) is None:
        says = fact.evidence[0]
        text = f"no dependency brings the JDBC driver of {match[1]}, so the program does not start"
        draft.note("warning", f"{text}; add one such as {known[0]}", says.path, says.line, About(Topic.FAILS))
