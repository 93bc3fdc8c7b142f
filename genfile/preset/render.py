"""From a spec to the text of its files. Nothing here opens the source tree or writes to disk."""

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from genfile.dockerfile.quoting import local_folder
from genfile.errors import PresetError
from genfile.preset import company
from genfile.preset.comments import Comments, comment_lines
from genfile.preset.find import BUILTIN, Preset, preset_for
from genfile.preset.layout import Layout, localise, plan_layout
from genfile.preset.trace import Line, render_lines
from genfile.spec.base import plain

if TYPE_CHECKING:
    from genfile.preset.environment import PresetEnvironment
    from genfile.preset.manifest import OutputFile
    from genfile.spec.project import Spec
    from genfile.spec.service import Runtime


class RenderedFile(Struct, frozen=True):
    """A rendered file: its path relative to the inspected root, and its lines with their origins."""

    path: str
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "".join(line.text + "\n" for line in self.lines)


class Rendering(Struct, frozen=True):
    """The files of one service, rendered by a preset.

    ``name``: the service's name; ``preset``: the preset's name; ``layout``: paths of the Dockerfile and the context.
    """

    name: str
    preset: str
    layout: Layout
    files: tuple[RenderedFile, ...]

    @property
    def dockerfile(self) -> str:
        """The text of the Dockerfile."""
        return next(file.text for file in self.files if file.path == self.layout.dockerfile)

    @property
    def build_command(self) -> list[str]:
        """The `docker build` that makes the image, run in the inspected root."""
        return [
            "docker",
            "build",
            "-f",
            self.layout.dockerfile,
            "-t",
            f"{self.name}:dev",
            local_folder(self.layout.context),
        ]


def render_spec(
    spec: "Spec",
    *,
    preset: "str | Preset | None" = None,
    options: Mapping[str, Any] | None = None,
    comments: Comments = "brief",
    several: bool = False,
    trace: bool = False,
) -> Rendering:
    """Render one spec by a preset, or the reference of one (default: the built-in that applies).

    ``several`` says that the tree has other services too, so that each gets a Dockerfile in its own folder.
    Raises PresetError when the preset is at fault, UsageError for an option that does not fit.
    """
    values = plain(spec)
    chosen = preset if isinstance(preset, Preset) else preset_for(values, preset)
    layout = plan_layout(values, several=several)
    context = {"spec": localise(values, layout.context), "runtime": _runtime(spec.language, spec.runtime)}
    front = spec.frontend
    # There for every spec, so that an option may name it.
    context["frontend_runtime"] = _runtime(front.engine, front.runtime) if front is not None else _runtime("node", None)
    resolved = company.resolve(chosen, context["spec"], options or {}, context)
    context |= resolved.context
    context["options"] = resolved.options
    company.add_index(context["spec"], resolved.options.get("index_secret"))
    files = tuple(
        RenderedFile(layout.place(file.path), _lines(chosen, file, context, comments, trace))
        for file in chosen.files
        if file.path not in chosen.conditions or chosen.conditions[file.path].holds(context)
    )
    rendering = Rendering(spec.name, chosen.name, layout, files)
    if chosen.chain[0] not in BUILTIN:
        _check_dockerfile(rendering)
    return rendering


def _check_dockerfile(rendering: Rendering) -> None:
    """Refuse a Dockerfile that no engine could read. Raises PresetError that names the line."""
    from genfile.dockerfile.reader import KEYWORDS, DockerfileError, read_dockerfile
    from genfile.preset.faults import close_name

    lines = next((file.lines for file in rendering.files if file.path == rendering.layout.dockerfile), ())
    try:
        read_dockerfile("".join(line.text + "\n" for line in lines))
    except DockerfileError as error:
        line = lines[error.line - 1] if 0 < error.line <= len(lines) else None
        place = f"{line.template}:{line.template_line}" if line is not None and line.template else None
        text = line.text.strip() if line is not None else ""
        known = sorted(KEYWORDS)
        hint = close_name(text.split(" ")[0], known) if text and "unknown instruction" in error.reason else None
        raise PresetError(
            f"{place or f'preset {rendering.preset}: Dockerfile:{error.line}'}: {error.reason}", hint=hint
        ) from None


@cache
def _environment(preset: Preset) -> "PresetEnvironment":
    from genfile.preset.environment import PresetEnvironment

    environment = PresetEnvironment(preset.templates)
    if preset.chain[0] not in BUILTIN:
        from genfile.preset.blocks import check_blocks

        for name in preset.chain:
            check_blocks(environment, preset.templates, name)
    return environment


def _lines(
    preset: Preset, file: "OutputFile", context: dict[str, Any], comments: Comments, trace: bool
) -> tuple[Line, ...]:
    if file.template is None:
        return tuple(Line(text) for text in preset.contents[file.source or ""].splitlines())
    rendered = _render(preset, file.template, json.dumps(context), trace)
    if file.path not in ("Dockerfile", ".dockerignore"):
        return rendered[:-1] if rendered and not rendered[-1].text else rendered
    return tuple(comment_lines(list(rendered), comments, dockerfile=file.path == "Dockerfile"))


def _runtime(language: str, asked: "Runtime | None") -> dict[str, Any]:
    """The data on a language's runtime as plain values: the distributions of its newest tags."""
    if asked is None:
        return {"version": "", "distro": "trixie", "alpine": "", "over": False}
    from genfile.data import runtime
    from genfile.spec.project import LANGUAGES

    known = {line.version: line for line in runtime(language).lines} if language in (*LANGUAGES, "bun") else {}
    line = known.get(asked.version)
    distro = line.distro if line else "trixie"
    alpine = line.alpine if line else ""
    return {"version": asked.version, "distro": distro, "alpine": alpine, "over": bool(line and line.over)}


def _origins(preset: Preset) -> dict[str, tuple[str, ...]]:
    from genfile.preset.origins import option_fields

    return option_fields(preset.options)


# A service that has been checked is then rendered for its files: of this many files, the lines are still known.
@lru_cache(maxsize=64)
def _render(preset: Preset, template: str, context: str, trace: bool) -> tuple[Line, ...]:
    """The lines of a preset's template. ``context``: what the template sees, as JSON."""
    from jinja2 import TemplateError

    from genfile.preset.faults import template_fault

    environment, values = _environment(preset), json.loads(context)
    origins = _origins(preset) if trace else None
    try:
        return tuple(render_lines(environment.get_template(template), values, trace=trace, origins=origins))
    except (TemplateError, PresetError, RecursionError, ArithmeticError, TypeError, ValueError) as error:
        raise template_fault(error, template, values) from None


__all__ = ["Preset", "RenderedFile", "Rendering", "render_spec"]
