"""The sandbox that templates of projects are rendered in: text comes out as it is, and nothing else."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Undefined
from jinja2.exceptions import TemplateRuntimeError

from genfile.sandbox import Sandbox
from genfile.sandbox.budget import write


class TemplateEnvironment(Sandbox):
    """The sandbox of all templates, for the files of a project; names of templates are those of the bundle."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        super().__init__(templates, finalize=_finalize, trim_blocks=True, lstrip_blocks=True, cache_size=400)


def _finalize(value: Any) -> Any:
    if isinstance(value, str):
        write(len(value))
        return value
    if isinstance(value, Undefined):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    kind = "nothing" if value is None else f"a {type(value).__name__}"
    raise TemplateRuntimeError(f"can't write {kind}; use a filter such as json or join")
