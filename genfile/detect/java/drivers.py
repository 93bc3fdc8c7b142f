"""A database in the configuration that no dependency has the JDBC driver of."""

import re

from genfile.data import load_table
from genfile.detect.java.build import Build
from genfile.detect.java.settings import expand, flat_settings, plain_key
from genfile.evidence import Draft, Evidence

_ADDRESS = re.compile(r"jdbc:([a-z0-9]+):")

# What connects to it.
_STARTERS = ("jdbc", "data-jdbc", "data-jpa")


def source_kind(build: Build) -> tuple[str, Evidence] | None:
    """The kind of database in the address of Spring's data source, and where."""
    fact = flat_settings(build.folder).get(plain_key("spring.datasource.url"))
    text = expand(build.folder, fact.value) if fact is not None else None
    match = _ADDRESS.match(text.strip()) if text is not None else None
    return (match[1], fact.evidence[0]) if fact is not None and match is not None else None


def tell_of_driver(build: Build, draft: Draft) -> None:
    """Note the address of Spring's data source if nothing brings its driver: the program fails when it connects."""
    found = source_kind(build)
    if found is None or draft.values.get("framework") != "spring-boot":
        return
    kind, says = found
    known = load_table("modules")["jdbc"].get(kind)
    # A dependency that is called after the database brings the driver itself.
    named = any(kind in item.coordinate for item in build.dependencies)
    used = build.find(*(f"org.springframework.boot:spring-boot-starter-{name}" for name in _STARTERS)) is not None
    if used and known is not None and not named and build.find(*known) is None:
        text = f"no dependency brings the JDBC driver of {kind}, so the program fails when it connects"
        draft.note("warning", f"{text}; add one such as {known[0]}", says.path, says.line)
