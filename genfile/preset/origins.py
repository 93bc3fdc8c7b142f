"""Which fields of a spec the default of an option is made of: a base image comes from the version of the runtime."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import nodes

    from genfile.options.model import Option

# Parts of the spec by their name in the context of a template, with their JSON pointers.
_ROOTS = {"spec": "", "runtime": "/runtime", "frontend_runtime": "/frontend/runtime"}


def option_fields(options: "Mapping[str, Option]") -> dict[str, tuple[str, ...]]:
    """For each option the JSON pointers of the fields that its default reads."""
    found: dict[str, tuple[str, ...]] = {}
    for name, option in options.items():
        pointers = tuple(dict.fromkeys(_read(option.default)))
        found[name] = tuple(p for p in pointers if not any(other.startswith(p + "/") for other in pointers))
    return found


def _read(default: object) -> Iterator[str]:
    if not isinstance(default, str) or "{" not in default:
        return
    from jinja2 import Environment, TemplateSyntaxError, nodes

    try:
        tree = Environment().parse(default)
    except TemplateSyntaxError:
        return
    for node in tree.find_all(nodes.Getattr):
        pointer = _pointer(node)
        if pointer is not None:
            yield pointer


def _pointer(node: "nodes.Getattr") -> str | None:
    from jinja2 import nodes

    names: list[str] = []
    at: nodes.Expr = node
    while isinstance(at, nodes.Getattr):
        names.append(at.attr)
        at = at.node
    if not isinstance(at, nodes.Name) or at.name not in _ROOTS:
        return None
    return "/".join([_ROOTS[at.name], *reversed(names)])
