"""Persistence units that name their database themselves, where nothing reads Spring's variables for one."""

import re
from collections.abc import Iterator

from genfile.data import backing_services
from genfile.detect.java.build import Build
from genfile.evidence import Draft
from genfile.parsers.xml import Element, parse_xml

_FILES = ("persistence.xml", "hibernate.cfg.xml")
_URL = re.compile(r"(?:(?:jakarta|javax)\.persistence\.jdbc|hibernate\.connection|connection)\.url")
_BOOT = "org.springframework.boot"
# What makes Spring connect to a database by its own settings.
_CONNECTS = (
    *("org.springframework:spring-jdbc", "org.springframework:spring-orm", "org.springframework.data"),
    *(f"{_BOOT}:spring-boot-starter-{name}*" for name in ("data-", "jdbc", "jooq", "batch", "flyway", "liquibase")),
)


def leave_units_alone(build: Build, draft: Draft) -> None:
    """Take back Spring's variables for a database whose address is in a persistence unit, if nothing in the project
    makes Spring connect to one. A starter of somebody else's may."""
    others = (item for item in build.dependencies if "starter" in item.name and not item.group.startswith(_BOOT))
    listed = draft.values.get("connections", [])
    if build.find(*_CONNECTS) is not None or next(others, None) is not None:
        return
    named = {scheme for url in _urls(build) for scheme in re.findall(r"^jdbc:(\w+):", url)}
    known = {name for name, service in backing_services().items() if not named.isdisjoint(service.schemes)}
    left = [
        item for item in listed if item["service"] not in known or not item["variable"].startswith("SPRING_DATASOURCE_")
    ]
    if len(left) < len(listed):
        draft.values["connections"] = left
        if not left:
            draft.evidence.pop("/connections", None)


def _urls(build: Build) -> Iterator[str]:
    """The addresses in the units, without those that a placeholder fills."""
    for name in _FILES:
        for path in build.folder.files(name):
            root = build.folder.parse(_parse, path) if "src/test/" not in path else None
            for item in _properties(root) if root is not None else ():
                url = item.attributes.get("value", item.text)
                if _URL.fullmatch(item.attributes.get("name", "")) and "$" not in url:
                    yield url


def _parse(text: str) -> Element:
    """Parse a file without the DTD that Hibernate's names, which nothing reads."""
    return parse_xml(re.sub(r"<!DOCTYPE[^>\[]{0,200}>", "", text, count=1))


def _properties(element: Element) -> Iterator[Element]:
    for item in element.children:
        yield from [item] if item.tag == "property" else _properties(item)
