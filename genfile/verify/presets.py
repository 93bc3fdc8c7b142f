"""Tests of a preset: it renders specs of every language, and each result is parsed, checked and compared."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from genfile.errors import GenfileError, UsageError

if TYPE_CHECKING:
    from genfile.preset.load import Preset
    from genfile.preset.render import Rendering

SNAPSHOTS = "tests/snapshots"


class PresetCase(Struct, frozen=True):
    """A spec to test a preset with.

    ``files``: the paths in the build context, if known. ``accept``: accepted faults, word for word.
    """

    name: str
    spec: dict[str, Any]
    options: dict[str, Any]
    files: frozenset[str] | None
    accept: tuple[str, ...] = ()


class Outcome(Struct):
    """The result of a case: its files by path, and their faults."""

    name: str
    files: dict[str, str] = field(default_factory=dict)
    dockerfile: str = ""
    faults: list[str] = field(default_factory=list)


def load_cases(folder: Path) -> list[PresetCase]:
    """genfile's own specs, and those of `tests/*.json` in the preset's folder, whose names begin with `own-`.

    Such a file holds a spec, a document of `inspect --json`, or an object of `spec`, `options`, `files`, `accept`.
    """
    from genfile.data.fixtures import fixture_specs

    cases = [_case(name, item) for name, item in fixture_specs().items()]
    for path in sorted((folder / "tests").glob("*.json")):
        try:
            document = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise UsageError(f"tests/{path.name} is not valid JSON: {error}") from None
        items = document.get("services", [document]) if isinstance(document, dict) else [document]
        for number, item in enumerate(items, 1):
            cases.append(_case(f"own-{path.stem}" + (f"-{number}" if len(items) > 1 else ""), item))
    return cases


def _case(name: str, item: Any) -> PresetCase:
    if not isinstance(item, dict):
        raise UsageError(f"{name}: a test is a JSON object", hint="what `genfile inspect --json` prints will do")
    # Without `spec`, the object is the spec itself.
    given = item if "spec" in item else {"spec": item}
    spec, options = given["spec"], given.get("options", {})
    files, accept = given.get("files"), given.get("accept", [])
    fits = isinstance(spec, dict) and isinstance(options, dict) and isinstance(accept, list)
    if not fits or not isinstance(files, list | None):
        raise UsageError(f"{name}: a test is an object of `spec`, `options`, `files` and `accept`")
    paths = None if files is None else frozenset(map(str, files))
    return PresetCase(name, spec, options, paths, tuple(map(str, accept)))


class Tester:
    """Renders cases with one preset, which is loaded once for each built-in that it may extend."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._presets: dict[str | None, Preset] = {}

    def run(self, case: PresetCase) -> Outcome | None:
        """Render and check one case; None if the preset does not apply to it. Errors are faults of the outcome."""
        from genfile.preset.render import render_spec
        from genfile.spec.base import plain
        from genfile.spec.project import parse_spec

        outcome = Outcome(case.name)
        try:
            spec = parse_spec(case.spec)
            values = plain(spec)
            preset = self._preset(values)
            if not preset.applies_to(values) or not preset.files:
                return None
            rendering = render_spec(spec, preset=preset, options=case.options)
            outcome.files = {file.path: file.text for file in rendering.files}
            outcome.dockerfile = rendering.dockerfile
            outcome.faults += _faults(case, values, rendering)
        except GenfileError as error:
            outcome.faults.append(error.message + (f" ({error.hint})" if error.hint else ""))
        outcome.faults = [fault for fault in outcome.faults if fault not in case.accept]
        return outcome

    def _preset(self, values: dict[str, Any]) -> "Preset":
        from genfile.preset.load import BUILTIN, load_builtin, load_preset

        builtin = next((name for name in BUILTIN if load_builtin(name).applies_to(values)), None)
        if builtin not in self._presets:
            self._presets[builtin] = load_preset(str(self.folder.resolve()), builtin=builtin)
        return self._presets[builtin]


def _faults(case: PresetCase, values: dict[str, Any], rendering: "Rendering") -> list[str]:
    from genfile.acceptance import Case, faults
    from genfile.dockerfile.reader import DockerfileError
    from genfile.preset.layout import relative_to

    layout = rendering.layout
    written = {relative_to(file.path, layout.context) for file in rendering.files}
    texts = {file.path: file.text for file in rendering.files}
    checked = Case(
        rendering.dockerfile, texts.get(layout.ignorefile, ""), values, (case.files or frozenset()) | written
    )
    try:
        found = faults(checked, own=False)
    except DockerfileError as error:
        return [f"Dockerfile: {error}"]
    # Without the context's files, it is unknown whether a source of COPY exists.
    return [fault for fault in found if case.files is not None or not fault.startswith("survives:")]


def read_snapshots(folder: Path) -> dict[str, str]:
    """Every stored file by its path below the preset's folder."""
    root = folder / SNAPSHOTS
    try:
        return {
            path.relative_to(folder).as_posix(): path.read_text("utf-8")
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{SNAPSHOTS} can't be read: {error}") from None


def snapshots_of(outcomes: list[Outcome]) -> dict[str, str]:
    """The snapshot files of these outcomes, by path below the preset's folder."""
    return {f"{SNAPSHOTS}/{outcome.name}/{path}": text for outcome in outcomes for path, text in outcome.files.items()}
