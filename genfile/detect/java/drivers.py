"""A database in the configuration that no dependency has the JDBC driver of."""

import re

from msgspec import Struct

from genfile.data import load_table
from genfile.detect.java.build import Build
from genfile.detect.java.settings import expand, flat_settings, plain_key
from genfile.evidence import About, Draft, Evidence, Topic
from genfile.parsers.addresses import read_address

_ADDRESS = re.compile(r"jdbc:([a-z0-9]+):")

# What connects to it.
_STARTERS = ("jdbc", "data-jdbc", "data-jpa")


class DataSource(Struct, frozen=True):
    """The address of Spring's data source: the kind of database, its name if it is written out, and where."""

    kind: str
    name: str
    says: Evidence


def data_source(build: Build) -> DataSource | None:
    """What `spring.datasource.url` says of the database."""
    fact = flat_settings(build.folder).get(plain_key("spring.datasource.url"))
    text = expand(build.folder, fact.value) if fact is not None else None
    match = _ADDRESS.match(text.strip()) if text is not None else None
    if fact is None or text is None or match is None:
        return None
    address = read_address(text)
    return DataSource(match[1], address.name if address is not None else "", fact.evidence[0])


def tell_of_driver(build: Build, draft: Draft) -> None:
    """Note the address of Spring's data source if nothing brings its driver: the program fails when it connects."""
    source = data_source(build)
    if source is None or draft.values.get("framework") != "spring-boot":
        return
    kind, says = source.kind, source.says
    known = load_table("modules")["jdbc"].get(kind)
    # A dependency that is called after the database brings the driver itself.
    named = any(kind in item.coordinate for item in build.dependencies)
    used = build.find(*(f"org.springframework.boot:spring-boot-starter-{name}" for name in _STARTERS)) is not None
    if used and known is not None and not named and build.find(*known) is None:
        text = f"no dependency brings the JDBC driver of {kind}, so the program does not start"
        draft.note("warning", f"{text}; add one such as {known[0]}", says.path, says.line, About(Topic.FAILS))
