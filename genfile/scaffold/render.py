"""From a bundle and answers to all files of a project, container files with them."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from genfile.bundle import Bundle
from genfile.evidence import Note
from genfile.scaffold.content import Content, template_content
from genfile.template.project import NONE_EARLIER, Earlier, NewFile, NewProject

if TYPE_CHECKING:
    from genfile.api import Generation
    from genfile.options import Ask

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,80}")


class RenderedProject(Struct, frozen=True):
    """A project that was rendered: its files, the generation of its container files if there is one, and notes.

    ``content``: what of the files is the template's, container files never; ``defaulted``: the answers that nobody
    gave; ``compose``: whether the template wants a compose.yaml with its container files.
    """

    project: NewProject
    files: dict[str, NewFile]
    content: Content
    generation: "Generation | None"
    notes: tuple[Note, ...]
    defaulted: tuple[str, ...] = ()
    compose: bool = False


def make_project(
    bundle: Bundle,
    given: Mapping[str, Any],
    *,
    ask: "Ask | None" = None,
    folder: str | None = None,
    service: str | None = None,
    containers: bool = False,
    trusted: bool = False,
    earlier: Earlier = NONE_EARLIER,
    output: Path | None = None,
    again: bool = False,
) -> RenderedProject:
    """Render a template, of genfile's own or of cookiecutter's, and add container files where they are wanted.

    ``folder``: the name of the target folder as the template sees it; ``service``: as the container files see it;
    ``output``: the folder that the project's own will lie in; ``again``: what of it is the template's is found out,
    for which hooks may run twice.
    Raises UsageError for a value that does not fit, or for code of the template that is not trusted; PresetError for
    a fault of the template; NothingFoundError when container files are wanted and nothing is there to be run.
    """
    compose = False
    heard = _Heard(ask, earlier, set(given))
    asking = heard if ask is not None else None
    if is_foreign(bundle):
        config = _user_config()
        heard.answered.update(config.get("default_context") or ())
        project, notes = _cookiecutter(bundle, given, asking, trusted, output, earlier, config, again=again)
        wanted = containers
    else:
        from genfile.template.manifest import read_manifest
        from genfile.template.render import render_template

        compose = read_manifest(bundle.files).dockerfile
        wanted = containers or compose
        project, notes = render_template(bundle, given, ask=asking, folder=folder or bundle.name, earlier=earlier), ()
    content, defaulted = template_content(project), heard.defaulted(project)
    if not wanted:
        return RenderedProject(project, dict(project.files), content, None, notes, defaulted)
    generation = _generate(project, service or folder or folder_name(project, bundle), compose=compose)
    own = [path for path in generation.files if path in project.files]
    notes += generation.notes
    notes += tuple(Note("info", f"{path} is part of the template", path) for path in own)
    added = {path: NewFile(text.encode("utf-8")) for path, text in generation.files.items() if path not in own}
    # They are kept true by what the project is by then, not by the template.
    content = Content(content.files, content.apart | added.keys())
    return RenderedProject(
        project, dict(sorted({**project.files, **added}.items())), content, generation, notes, defaulted, compose
    )


class _Heard:
    """Asks on, and notes which answers somebody gave and did not just take."""

    def __init__(self, ask: "Ask | None", earlier: Earlier, given: set[str]) -> None:
        self.ask, self.earlier, self.answered = ask, earlier, given

    def __call__(self, name: str, option: Any, default: Any, /) -> Any:
        assert self.ask is not None
        answer = self.ask(name, option, default)
        if answer not in (None, "", default):
            self.answered.add(name)
        return answer

    def defaulted(self, project: NewProject) -> tuple[str, ...]:
        """The answers that nobody gave, now or at the earlier time."""
        before = {name: value for name, value in self.earlier.values.items() if name not in self.earlier.defaulted}
        kept = {*project.answers, *project.unsteady} - self.answered
        return tuple(sorted(name for name in kept if name not in before or before[name] != project.answers.get(name)))


def folder_name(project: NewProject, bundle: Bundle) -> str:
    """The folder of a project that the user named none for: by the template, else by `name`, else as the template."""
    name = project.folder or project.answers.get("name")
    return name if isinstance(name, str) and _PLAIN.fullmatch(name) else bundle.name


def is_foreign(bundle: Bundle) -> bool:
    """Whether a bundle is a template of cookiecutter's. Raises UsageError for one that is not a template at all."""
    if "template.toml" in bundle.files:
        return False
    if "cookiecutter.json" not in bundle.files:
        return False
    from genfile.template.cookiecutter import is_cookiecutter

    return is_cookiecutter(bundle)


def _user_config() -> dict[str, Any]:
    from genfile.template.cookiecutter import load_user_config

    return load_user_config()


def _cookiecutter(
    bundle: Bundle,
    given: Mapping[str, Any],
    ask: "Ask | None",
    trusted: bool,
    output: Path | None,
    earlier: Earlier,
    config: Mapping[str, Any],
    *,
    again: bool,
) -> tuple[NewProject, tuple[Note, ...]]:
    from genfile.scaffold.trust import is_trusted
    from genfile.template.cookiecutter import render_cookiecutter

    heard: list[str] = []
    project = render_cookiecutter(
        bundle,
        given,
        ask=ask,
        user_config=config,
        trusted=trusted or is_trusted(bundle),
        output=output,
        notes=heard,
        earlier=earlier,
        again=again,
    )
    return project, tuple(Note("warning", text) for text in heard)


def _generate(project: NewProject, folder: str, *, compose: bool) -> "Generation":
    from genfile.source.memory import MemorySource
    from genfile.upkeep.decisions import Flags, decide
    from genfile.upkeep.produce import produce

    texts = {path: file.content for path, file in project.files.items()}
    return produce(MemorySource(texts, name=folder), decide(None, Flags(compose=compose or None)))


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
