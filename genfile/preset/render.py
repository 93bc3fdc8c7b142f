"""From a spec to the text of its files. Nothing here opens the source tree or writes to disk."""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from genfile.errors import PresetError
from genfile.preset.comments import Comments, comment_lines
from genfile.preset.find import Preset, choose_preset, load_preset
from genfile.preset.layout import Layout, localise, plan_layout
from genfile.preset.options import resolve_options
from genfile.preset.trace import Line, render_lines
from genfile.spec.base import plain

if TYPE_CHECKING:
    from genfile.preset.environment import PresetEnvironment
    from genfile.spec.project import Spec
    from genfile.spec.service import Runtime


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file to be: its path relative to the inspected root, its lines, each with where it comes from."""

    path: str
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "".join(line.text + "\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a preset made of one spec."""

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
            self.layout.context,
        ]


def render_spec(
    spec: "Spec",
    *,
    preset: str | None = None,
    options: Mapping[str, Any] | None = None,
    comments: Comments = "brief",
    several: bool = False,
    trace: bool = False,
) -> Rendering:
    """Render one spec by a preset (default: the built-in that applies).

    ``several`` says that the tree has other services too, so that each gets a Dockerfile in its own folder.
    Raises PresetError when the preset is at fault, UsageError for an option that does not fit.
    """
    values = plain(spec)
    chosen = load_preset(preset) if preset else choose_preset(spec.language, static=spec.static is not None)
    layout = plan_layout(values, several=several)
    context = {"spec": localise(values, layout.context), "runtime": _runtime(spec.language, spec.runtime)}
    front = spec.frontend
    # There for every spec, so that an option may name it.
    context["frontend_runtime"] = _runtime(front.engine, front.runtime) if front is not None else _runtime("node", None)
    context["options"] = resolve_options(chosen.options, options or {}, context)
    environment = _environment(chosen.name)
    files = tuple(
        RenderedFile(
            layout.place(file.path),
            tuple(
                comment_lines(
                    _render(environment, file.template, context, trace),
                    comments,
                    dockerfile=file.path == "Dockerfile",
                )
            ),
        )
        for file in chosen.files
    )
    return Rendering(spec.name, chosen.name, layout, files)


@cache
def _environment(name: str) -> "PresetEnvironment":
    from genfile.preset.environment import PresetEnvironment

    return PresetEnvironment(load_preset(name).templates)


def _runtime(language: str, asked: "Runtime | None") -> dict[str, Any]:
    """What the data says of a language's runtime, as plain values: the distro of its newest official tags."""
    if asked is None:
        return {"version": "", "distro": "trixie", "over": False}
    from genfile.data import runtime

    known = {line.version: line for line in runtime(language).lines}
    line = known.get(asked.version)
    distro = line.distro if line else "trixie"
    return {"version": asked.version, "distro": distro, "over": bool(line and line.over)}


def _render(environment: "PresetEnvironment", template: str, context: dict[str, Any], trace: bool) -> list[Line]:
    from jinja2 import TemplateError, TemplateSyntaxError

    try:
        return render_lines(environment.get_template(template), context, trace=trace)
    except TemplateSyntaxError as error:
        raise PresetError(f"{error.name or template}:{error.lineno}: {error.message}") from None
    except (TemplateError, PresetError, RecursionError, ArithmeticError, TypeError, ValueError) as error:
        raise PresetError(f"{_place(error, template)}: {str(error) or type(error).__name__}") from None


def _place(error: BaseException, template: str) -> str:
    """The template and line that an error came from: Jinja rewrites tracebacks to template lines."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith(".j2")]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else template


__all__ = ["Preset", "RenderedFile", "Rendering", "render_spec"]
