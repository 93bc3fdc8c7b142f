"""Whole projects in, whole outputs out. When a snapshot changes, read the diff: users will see it."""

import json
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

import genfile
from genfile.detect.inspection import InspectedService
from genfile.preset.layout import relative_to
from genfile.preset.render import Rendering
from genfile.spec.base import plain
from tests.checklist import Case, faults
from tests.conftest import EXAMPLES, PROJECTS, project_names

EVERY = [PROJECTS / name for name in project_names()] + sorted(
    # Those of a language that only a preset knows are tested with it: tests/declared.
    p
    for p in EXAMPLES.iterdir()
    if p.is_dir() and p.name != "presets" and not (EXAMPLES / "presets" / p.name).is_dir()
)


class TextFile(SingleFileSnapshotExtension):
    """One readable file a project."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(TextFile)


def case_of(root: Path, service: InspectedService, rendering: Rendering, extra: Iterable[str] = ()) -> Case:
    """A case for the checklist: the files of the build context, relative to it."""
    context = rendering.layout.context
    files = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()} | set(extra)
    inside = {relative_to(path, context) for path in files if context == "." or path.startswith(context + "/")}
    texts = {file.path: file.text for file in rendering.files}
    return Case(rendering.dockerfile, texts[rendering.layout.ignorefile], plain(service.spec), frozenset(inside))


def test_there_are_many_projects() -> None:
    assert len(project_names()) >= 24


@pytest.mark.parametrize("project", EVERY, ids=lambda path: path.name)
def test_output(project: Path, snapshot: SnapshotAssertion) -> None:
    """Every file that genfile writes for a project, with its notes, is what was reviewed."""
    made = genfile.generate(project, compose=True)
    notes = "".join(f"{note.level}: {note.text}\n" for note in made.notes)
    files = "".join(f"==== {path}\n{text}" for path, text in made.files.items())
    assert notes + files == snapshot


@pytest.mark.parametrize("project", EVERY, ids=lambda path: path.name)
def test_spec(project: Path, snapshot: SnapshotAssertion) -> None:
    """What genfile finds out about a project, with its evidence."""
    document = json.dumps(genfile.inspect(project).to_json(), indent=1, ensure_ascii=False) + "\n"
    assert document == snapshot


@pytest.mark.parametrize("level", ["none", "brief", "teach"])
@pytest.mark.parametrize("project", EVERY, ids=lambda path: path.name)
def test_acceptance_list(project: Path, level: str) -> None:
    """Every property of the acceptance list holds, at every level of comments."""
    for service, rendering in genfile.generate(project, comments=level).services:  # type: ignore[arg-type]
        assert faults(case_of(project, service, rendering)) == []


def hadolint_says(dockerfile: str, *ignored: str) -> str:
    """What hadolint has to say, but for DL3008: versions of apt packages are never pinned."""
    hadolint = shutil.which("hadolint", path=sysconfig.get_path("scripts")) or shutil.which("hadolint")
    assert hadolint is not None, "install the dev dependencies"
    flags = [word for rule in ("DL3008", *ignored) for word in ("--ignore", rule)]
    done = subprocess.run([hadolint, *flags, "-"], input=dockerfile, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("level", ["brief", "teach"])
@pytest.mark.parametrize("project", EVERY, ids=lambda path: path.name)
def test_hadolint_is_silent(project: Path, level: str) -> None:
    for _, rendering in genfile.generate(project, comments=level).services:  # type: ignore[arg-type]
        assert hadolint_says(rendering.dockerfile) == ""


@pytest.mark.parametrize("project", EVERY, ids=lambda path: path.name)
def test_same_input_same_bytes(project: Path) -> None:
    """A folder, and the same files as a mapping, give the same files; so does a second run."""
    files = {p.relative_to(project).as_posix(): p.read_bytes() for p in project.rglob("*") if p.is_file()}
    from genfile.source.memory import MemorySource

    first = genfile.generate(project, compose=True).files
    assert genfile.generate(MemorySource(files, project.name), compose=True).files == first
    assert genfile.generate(project, compose=True).files == first


@pytest.mark.parametrize("project", EVERY, ids=lambda path: path.name)
def test_a_second_time_nothing_changes(project: Path) -> None:
    """The files that genfile wrote, read by it as a part of the tree, lead to the same files."""
    files = {p.relative_to(project).as_posix(): p.read_bytes() for p in project.rglob("*") if p.is_file()}
    from genfile.source.memory import MemorySource

    first = genfile.generate(MemorySource(files, project.name), compose=True).files
    written = {path: text.encode() for path, text in first.items()}
    assert genfile.generate(MemorySource(files | written, project.name), compose=True).files == first


@pytest.mark.parametrize("project", EVERY, ids=lambda path: path.name)
def test_a_spec_alone_gives_the_same_dockerfile(project: Path) -> None:
    """`inspect --json` then `render` gives the bytes of `init`: a spec needs no tree."""
    document = json.loads(json.dumps(genfile.inspect(project).to_json()))
    several = len(document["services"]) > 1
    made = genfile.generate(project).files
    for item in document["services"]:
        for file in genfile.render(item["spec"], several=several).files:
            assert made[file.path] == file.text
