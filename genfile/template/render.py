"""A template of genfile's own and answers in; the files of a project out. Nothing is written here."""

import functools
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from genfile.bundle import Bundle
from genfile.errors import PresetError
from genfile.options import Ask, Value, check_options, resolve_options, stored_values
from genfile.template.manifest import FILE, FileRule, TemplateManifest, read_manifest
from genfile.template.paths import check_path, check_together, glob
from genfile.template.project import NONE_EARLIER, Earlier, NewFile, NewProject

PROJECT = "project/"
SUFFIX = ".j2"
MAX_SECONDS = 5.0
T = TypeVar("T")
_RESERVED = ("folder", "options")


def render_template(
    bundle: Bundle,
    given: Mapping[str, Any],
    *,
    ask: Ask | None,
    folder: str,
    earlier: Earlier = NONE_EARLIER,
) -> NewProject:
    """Render a template with given, prompted or earlier values, or its defaults.

    ``folder``: the name of the target folder. Raises UsageError for a value that does not fit or is missing,
    PresetError for a fault of the template, with its file and line.
    """
    manifest = read_manifest(bundle.files)
    for name in _RESERVED:
        if name in manifest.questions:
            raise PresetError(f"{FILE}: questions.{name}: the name is already in use")
    context = {"folder": folder}
    check_options(manifest.questions, context)
    values = resolve_options(
        manifest.questions,
        given,
        context,
        ask=ask,
        earlier=earlier.values,
        defaulted=earlier.defaulted,
        of="template",
    )
    rendering = _Rendering(bundle, manifest, {**values, **context})
    return NewProject(
        files=rendering.files(),
        folder=rendering.root(),
        answers=stored_values(manifest.questions, values, context),
    )


class _Rendering:
    """One template with one set of answers."""

    def __init__(self, bundle: Bundle, manifest: TemplateManifest, scope: Mapping[str, Value]) -> None:
        from genfile.template.environment import TemplateEnvironment

        self.bundle = bundle
        self.manifest = manifest
        self.scope = scope
        self.environment = TemplateEnvironment(
            {path: _text(path, content) for path, content in bundle.files.items() if path.endswith(SUFFIX)}
        )
        self.until = time.thread_time() + MAX_SECONDS

    def files(self) -> dict[str, NewFile]:
        """Every file that is wanted, by its rendered path."""
        unwanted = [glob(rule.path) for rule in self.manifest.files if not self._wanted(rule)]
        found: list[tuple[str, NewFile]] = []
        for path in sorted(self.bundle.files):
            inner = path.removeprefix(PROJECT)
            if inner == path or any(pattern.fullmatch(path) for pattern in unwanted):
                continue
            target = self._target(path, inner.removesuffix(SUFFIX) if inner.endswith(SUFFIX) else inner)
            if target is not None:
                found.append((target, NewFile(self._content(path), path in self.bundle.executable)))
        if not found:
            raise PresetError(f"the template {self.bundle.name} has no files", hint="put them in its project/ folder")
        check_together(target for target, _ in found)
        return dict(sorted(found))

    def root(self) -> str:
        """The name of the project's folder; empty if the template does not set one."""
        text = self.manifest.root
        if text is None:
            return ""
        name = self._guarded(f"{FILE}: root", functools.partial(self._name, text))
        check_path(name, f"{FILE}: root")
        if "/" in name:
            raise PresetError(f"{FILE}: root: {name[:80]!r} is not the name of a single folder")
        return name

    def _wanted(self, rule: FileRule) -> bool:
        if isinstance(rule.when, bool):
            return rule.when
        text = rule.when
        value = self._guarded(f"{FILE}: files: when", lambda: self.environment.evaluate(text, self.scope))
        if not isinstance(value, bool):
            raise PresetError(f"{FILE}: files: when: {text[:80]!r} is not true or false")
        return value

    def _target(self, path: str, inner: str) -> str | None:
        parts: list[str] = []
        for part in _parts(inner):
            if "{{" in part or "{%" in part:
                part = self._guarded(path, functools.partial(self._name, part))
            if not part:
                return None
            parts.append(part)
        return check_path("/".join(parts), path)

    def _name(self, text: str) -> str:
        return self.environment.compiled(text).render(self.scope)

    def _content(self, path: str) -> bytes:
        content = self.bundle.files[path]
        if not path.endswith(SUFFIX):
            return content
        text = self._guarded(path, lambda: self._generate(path))
        # Jinja gives line feeds alone; a file for Windows keeps its own.
        return (text.replace("\n", "\r\n") if b"\r\n" in content else text).encode("utf-8")

    def _generate(self, path: str) -> str:
        from genfile.sandbox import MAX_TEXT, LimitError

        pieces: list[str] = []
        size = 0
        for piece in self.environment.get_template(path).generate(self.scope):
            size += len(piece)
            if size > MAX_TEXT:
                raise LimitError("the output is larger than 1 MiB")
            pieces.append(piece)
        return "".join(pieces)

    def _guarded(self, place: str, work: Callable[[], T]) -> T:
        from jinja2 import TemplateError

        from genfile.sandbox import TEMPLATE_FAULTS, bounded, describe_fault

        if time.thread_time() > self.until:
            raise PresetError(f"the template {self.bundle.name} takes more than {MAX_SECONDS:.0f} seconds")
        try:
            with bounded():
                return work()
        except (TemplateError, *TEMPLATE_FAULTS) as error:
            raise PresetError(describe_fault(error, place, self.scope)) from None


def _text(path: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise PresetError(f"{path}: not UTF-8 text", hint="genfile copies a file without .j2 unchanged") from None


def _parts(path: str) -> list[str]:
    """The parts of a path; a slash inside an expression does not part: `{{ package | replace('.', '/') }}`."""
    parts, open_at = [""], 0
    for at, char in enumerate(path):
        if path.startswith(("{{", "{%"), at):
            open_at += 1
        elif path.startswith(("}}", "%}"), at):
            open_at -= 1
        if char == "/" and open_at <= 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts
