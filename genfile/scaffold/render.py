"""From a bundle and answers to all files of a project, container files with them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genfile.bundle import Bundle
from genfile.errors import UsageError
from genfile.evidence import Note
from genfile.template.project import NewFile, Project

if TYPE_CHECKING:
    from genfile.api import Generation
    from genfile.options import Ask

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,80}")


@dataclass(frozen=True)
class Made:
    """A project that was rendered: its files, the generation of its container files if there is one, and notes."""

    project: Project
    files: dict[str, NewFile]
    generation: "Generation | None"
    notes: tuple[Note, ...]


def make_project(
    bundle: Bundle,
    given: Mapping[str, Any],
    *,
    ask: "Ask | None" = None,
    folder: str | None = None,
    service: str | None = None,
    containers: bool = False,
    trusted: bool = False,
    earlier: Mapping[str, Any] = {},
) -> Made:
    """Render a template, of genfile's own or of cookiecutter's, and add container files where they are wanted.

    ``folder``: the name of the target folder as the template sees it; ``service``: as the container files see it.
    Raises UsageError for a value that does not fit, or for code of the template that is not trusted; PresetError for
    a fault of the template; NothingFoundError when container files are wanted and nothing is there to be run.
    """
    compose = False
    if is_foreign(bundle):
        project, notes, wanted = *_cookiecutter(bundle, {**earlier, **given}, ask, trusted), containers
    else:
        from genfile.template.manifest import read_manifest
        from genfile.template.render import render_template

        compose = read_manifest(bundle.files).dockerfile
        wanted = containers or compose
        project, notes = render_template(bundle, given, ask=ask, folder=folder or bundle.name, earlier=earlier), ()
    if not wanted:
        return Made(project, dict(project.files), None, notes)
    generation = _generate(project, service or folder or folder_name(project, bundle), compose=compose)
    own = [path for path in generation.files if path in project.files]
    notes += generation.notes
    notes += tuple(Note("info", f"{path} is the template's own", path) for path in own)
    added = {path: NewFile(text.encode("utf-8")) for path, text in generation.files.items() if path not in own}
    return Made(project, dict(sorted({**project.files, **added}.items())), generation, notes)


def folder_name(project: Project, bundle: Bundle) -> str:
    """The folder of a project that the user named none for: by the template, else by `name`, else as the template."""
    name = project.folder or project.answers.get("name")
    return name if isinstance(name, str) and _PLAIN.fullmatch(name) else bundle.name


def is_foreign(bundle: Bundle) -> bool:
    """Whether a bundle is a template of cookiecutter's. Raises UsageError for one that is no template at all."""
    if "template.toml" in bundle.files:
        return False
    return "cookiecutter.json" in bundle.files and bool(_other().is_cookiecutter(bundle))


def _other() -> Any:
    """The reader of cookiecutter's templates, loaded where there is one to be read."""
    import importlib

    return importlib.import_module("genfile.template.cookiecutter")


def _cookiecutter(
    bundle: Bundle, given: Mapping[str, Any], ask: "Ask | None", trusted: bool
) -> tuple[Project, tuple[Note, ...]]:
    other = _other()
    code: list[str] = other.code_in(bundle)
    if code and not trusted:
        more = f", and {len(code) - 5} more" if len(code) > 5 else ""
        raise UsageError(
            f"{bundle.reference} would run code of its own: {'; '.join(code[:5])}{more}",
            hint="look at it, then allow it with --trust",
        )
    heard: list[str] = []
    project: Project = other.render_cookiecutter(bundle, given, ask=ask, trusted=trusted, notes=heard)
    return project, tuple(Note("warning", text) for text in heard)


def _generate(project: Project, folder: str, *, compose: bool) -> "Generation":
    from genfile.api import generate
    from genfile.source.memory import MemorySource

    texts = {path: file.content for path, file in project.files.items()}
    return generate(MemorySource(texts, name=folder), compose=compose)


def portable_reference(bundle: Bundle, target: Path) -> str:
    """The reference as it is recorded: that of a folder or an archive is relative to the project, if it can be."""
    if bundle.kind not in ("folder", "archive"):
        return bundle.reference
    location, sign, inner = bundle.reference.partition("#")
    try:
        relative = os.path.relpath(Path(location).expanduser().resolve(), target.resolve())
    except ValueError:
        return str(Path(location).expanduser().resolve()) + sign + inner
    plain = Path(relative).as_posix()
    return (plain if plain.startswith("..") else f"./{plain}") + sign + inner
