"""What the shell completes: presets, templates, services, options, fields. Errors are silent while the user types."""

from collections.abc import Callable, Iterable
from pathlib import Path


def _safe(find: Callable[[], Iterable[str]], incomplete: str) -> list[str]:
    try:
        return [item for item in find() if item.startswith(incomplete)]
    except Exception:
        return []


def preset_names(incomplete: str) -> list[str]:
    """The built-in presets, and those that the project in the current folder names."""

    def find() -> Iterable[str]:
        from genfile.preset.load import BUILTIN
        from genfile.project.config import read_config

        return [*BUILTIN, *read_config(Path()).presets]

    return _safe(find, incomplete)


def own_presets(incomplete: str) -> list[str]:
    """The presets that the project in the current folder names."""

    def find() -> Iterable[str]:
        from genfile.project.config import read_config

        return read_config(Path()).presets

    return _safe(find, incomplete)


def template_names(incomplete: str) -> list[str]:
    """The built-in templates."""

    def find() -> Iterable[str]:
        from genfile.bundle.builtin import builtin_names

        return builtin_names("templates")

    return _safe(find, incomplete)


def service_names(incomplete: str) -> list[str]:
    """The services in genfile.lock of the current folder, else those that are found there."""

    def find() -> Iterable[str]:
        from genfile.project.lock import LOCK
        from genfile.project.reading import read_text
        from genfile.project.written import read_written

        written = read_written(read_text(Path(), LOCK))
        if written is not None and written.services:
            return written.services
        from genfile.api import inspect

        return [item.spec.path for item in inspect(Path()).services]

    return _safe(find, incomplete)


def setting_names(incomplete: str) -> list[str]:
    """Fields of the services here, and options that every preset has, each with its `=`."""

    def find() -> Iterable[str]:
        from genfile.preset.load import BUILTIN, load_builtin
        from genfile.spec.project import LANGUAGES, spec_class

        fields = (name for language in LANGUAGES for name in spec_class(language).model_fields)
        options = (name for name in BUILTIN for name in load_builtin(name).options)
        return [f"{name}=" for name in dict.fromkeys((*fields, "runtime.version", *options))]

    return _safe(find, incomplete)
