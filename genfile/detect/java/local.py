"""Addresses of a developer's machine in Spring's settings: in a container they lead to the container itself."""

from collections.abc import Iterator
from typing import Any

from genfile.detect.addresses import leads_here, read_place
from genfile.detect.connections import Read
from genfile.detect.java.documents import read_settings
from genfile.detect.java.settings import MAX_DEPTH, flat_settings
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence

# The addresses of pages, links and origins have these schemes too, so that nothing is said of them.
_OF_PAGES = ("http:", "https:", "ws:", "wss:")
# Where the items of a list have an address that the program asks, such as the routes of Spring Cloud Gateway.
_ASKED = ("uri", "url")


def local_settings(folder: Project) -> Iterator[Read]:
    """The keys with such an address, each as the variable that Spring reads it from: in capitals, with `_` for `.` and
    without `-`.

    https://docs.spring.io/spring-boot/reference/features/external-config.html#features.external-config.typesafe-configuration-properties.relaxed-binding.environment-variables
    """
    for key, fact in flat_settings(folder).items():
        name = key.replace(".", "_").upper()
        if "://" in fact.value and name.isidentifier() and leads_here(fact.value) and read_place(fact.value):
            yield Read(name, fact.evidence[0], fact.value)


def tell_of_local(folder: Project, draft: Draft) -> None:
    """Note each server that is not one of HTTP, and addresses in lists, which no single variable can change."""
    for read in local_settings(folder):
        if not (read.default or "").startswith(_OF_PAGES):
            text = (
                f"{read.says}: this is the container itself at run time; set {read.name} to the address of that server"
            )
            draft.note("info", text, read.says.path, read.says.line)
    listed = list(_listed(folder))
    if listed:
        says, value = listed[0]
        more = f" and {len(listed) - 1} more of its kind lead" if len(listed) > 1 else " leads"
        text = f"{says}: this address{more} to the container itself at run time, and a variable can't set one item of a"
        draft.note("warning", f"{text} list; write it as ${{NAME:{value}}} to set NAME", says.path, says.line)


def _listed(folder: Project) -> Iterator[tuple[Evidence, str]]:
    for name, document in read_settings(folder):
        for path, value in _items(document.value, (), inside=False):
            if path[-1] in _ASKED and leads_here(value) and read_place(value):
                yield folder.says(name, document.line(*path), f"{path[-1]}={value}"), value


def _items(value: Any, path: tuple[Any, ...], *, inside: bool) -> Iterator[tuple[tuple[Any, ...], str]]:
    """The texts in the tables of lists, each with its path."""
    if len(path) >= MAX_DEPTH:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _items(inner, (*path, str(key)), inside=inside)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _items(inner, (*path, at), inside=True)
    elif isinstance(value, str) and inside and isinstance(path[-1], str):
        yield path, value
