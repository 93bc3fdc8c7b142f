"""Loads the Jinja extensions that a template names: Jinja's own always, all others only with trust."""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from genfile.errors import PresetError
from genfile.template.cookiecutter.environment import BUILT_IN
from genfile.template.cookiecutter.variables import FILE


def known_extensions(variables: Mapping[str, Any]) -> list[str]:
    """Those of Jinja's own that the template asks for."""
    listed = variables.get("_extensions", [])
    if not isinstance(listed, list):
        raise PresetError(f"{FILE}: _extensions is not a list")
    return [name for name in (BUILT_IN.get(str(item)) for item in listed) if name]


@contextmanager
def importable(folder: Path) -> Iterator[None]:
    """Make the template's own modules importable, and forget them afterwards: another template has others."""
    before, known = list(sys.path), set(sys.modules)
    sys.path.append(str(folder))
    importlib.invalidate_caches()
    try:
        with _stand_in():
            yield
    finally:
        sys.path[:] = before
        for name in set(sys.modules) - known:
            place = getattr(sys.modules[name], "__file__", None)
            if place is not None and Path(place).is_relative_to(folder):
                del sys.modules[name]


def load(names: list[str]) -> list[Any]:
    """The classes of extensions. Raises PresetError for one that can't be imported."""
    from jinja2.ext import Extension

    found = []
    for name in names:
        module, _, attribute = name.rpartition(".")
        try:
            extension = getattr(importlib.import_module(module or attribute), attribute)
        except Exception as error:
            raise PresetError(
                f"{FILE}: the Jinja extension {name} can't be loaded: {error}",
                hint="install its package into genfile's environment, unless it is part of the template",
            ) from None
        if not (isinstance(extension, type) and issubclass(extension, Extension)):
            raise PresetError(f"{FILE}: {name} is not a Jinja extension")
        found.append(extension)
    return found


@contextmanager
def _stand_in() -> Iterator[None]:
    """`cookiecutter.utils.simple_filter` for a template's own extensions, where cookiecutter is not installed."""
    if importlib.util.find_spec("cookiecutter") is not None:
        yield
        return
    package, utils = ModuleType("cookiecutter"), ModuleType("cookiecutter.utils")
    package.utils = utils  # type: ignore[attr-defined]
    utils.simple_filter = simple_filter  # type: ignore[attr-defined]
    sys.modules |= {"cookiecutter": package, "cookiecutter.utils": utils}
    try:
        yield
    finally:
        del sys.modules["cookiecutter"], sys.modules["cookiecutter.utils"]


def simple_filter(function: Callable[..., Any]) -> type[Any]:
    """A function as an extension that adds a filter of its name."""
    from jinja2.ext import Extension

    def added(self: Extension, environment: Any) -> None:
        Extension.__init__(self, environment)
        environment.filters[function.__name__] = function

    return type(function.__name__, (Extension,), {"__init__": added})
