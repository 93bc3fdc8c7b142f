"""From any source folder to a report of the five gates: what `genfile init --yes` writes, built and run unedited."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genfile.verify.docker import run
from genfile.verify.gates import Gate, Report, Request, run_gates

if TYPE_CHECKING:
    from genfile.spec.project import Spec
    from genfile.verify.diagnose import Diagnosis

# What a change of one line is made to, by language: the endings of source files.
SOURCES = {
    "node": (".ts", ".tsx", ".js", ".mjs", ".cjs", ".jsx", ".vue", ".svelte", ".astro", ".md"),
    "python": (".py",),
    "go": (".go",),
    # A formatter that checks the sources would refuse a blank line at their end.
    "java": (".properties", ".yml", ".yaml", ".java", ".kt", ".scala", ".groovy"),
    "static": (".html",),
}
_LEFT_OUT = shutil.ignore_patterns(".git", "node_modules", ".venv", "__pycache__")


@dataclass(frozen=True)
class Proof:
    """One service of a folder: its name, its Dockerfile, how its gates ended, and what was known to be wrong before."""

    service: str
    dockerfile: str
    report: Report
    spec: "Spec | None" = None
    notes: tuple[str, ...] = ()

    @property
    def diagnosis(self) -> "Diagnosis | None":
        """What the failure means, where that is known."""
        from genfile.verify.diagnose import diagnose

        return None if self.spec is None else diagnose(self.report, self.spec)

    def to_json(self) -> dict[str, Any]:
        found = self.diagnosis
        told = {"diagnosis": None if found is None else found.to_json(), "notes": list(self.notes)}
        return {"service": self.service, **self.report.to_json(), **told}


@dataclass(frozen=True)
class Wish:
    """How a folder is to be proven.

    ``service``: one of its services, by name; all of them by default. ``settings``: as `--set` takes them.
    ``environment``: given to the container. ``prepare``: a program that is run with the base images of a Dockerfile
    as its arguments before the build (to pull them, or to make stand-ins for them). ``as_is``: the container files that
    are there are proven, and only those that are missing are generated.
    """

    service: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    prepare: Sequence[str] = ()
    syntax: bool = True
    answer_within: float = 90
    as_is: bool = False


# Told of each service's gates: the service, the gate, and its outcome (None when it begins).
Tell = Callable[[str, str, "Gate | None"], None]


def prove(folder: Path, wish: Wish = Wish(), tell: Tell | None = None) -> list[Proof]:
    """Write what the project needs into a copy of the folder, and run the gates on each service.

    Raises GenfileError as `genfile.upkeep.produce.produce` does.
    """
    from genfile.api import told_risks
    from genfile.preset.places import written_folders
    from genfile.project.apply import apply_plan
    from genfile.project.plan import accept_conflicts, make_plan
    from genfile.spec.base import plain
    from genfile.upkeep.decisions import Flags, decide
    from genfile.upkeep.produce import produce

    # Of the folder itself: its genfile.toml may name presets that lie beside it.
    decisions = decide(folder, Flags(settings=wish.settings, service=wish.service))
    proofs: list[Proof] = []
    with tempfile.TemporaryDirectory(prefix="genfile-prove-") as temporary:
        root = Path(temporary) / (folder.resolve().name or "tree")
        shutil.copytree(folder, root, symlinks=True, ignore=_LEFT_OUT)
        made = produce(root, decisions)
        there = {path for path in made.files if wish.as_is and (root / path).is_file()}
        missing = {path: text for path, text in made.files.items() if path not in there}
        apply_plan(accept_conflicts(make_plan(root, missing)))
        for item, rendering in made.services:
            spec = item.spec
            request = Request(
                root,
                rendering.layout.dockerfile,
                rendering.layout.context,
                spec.port,
                spec.health.path if spec.health and not spec.static else "/",
                source_file(root, spec.path, spec.language),
                wish.environment,
                tuple(written_folders(plain(spec), rendering.layout.context)),
                syntax=wish.syntax,
                answer_within=wish.answer_within,
                stop_within=9,
            )
            dockerfile = (root / rendering.layout.dockerfile).read_text("utf-8")
            notes = tuple(note.text for note in (*item.notes, *told_risks(item)) if note.level != "info")
            report = _run(request, dockerfile, wish, None if tell is None else partial(tell, spec.name))
            proofs.append(Proof(spec.name, dockerfile, report, spec, notes))
    return proofs


def _run(
    request: Request, dockerfile: str, wish: Wish, tell: "Callable[[str, Gate | None], None] | None" = None
) -> Report:
    if wish.prepare:
        done = run([*wish.prepare, *base_images(dockerfile)])
        if not done.ok:
            return Report(log=done.output.strip())
    return run_gates(request, tell)


def base_images(dockerfile: str) -> list[str]:
    """Every image that a Dockerfile takes from outside, in order."""
    from genfile.dockerfile.reader import read_dockerfile

    return list(read_dockerfile(dockerfile).external_images())


def source_file(root: Path, path: str, language: str) -> str | None:
    """A source file of a service, relative to the root, that can take one more line; None when there is none."""
    start = root / path
    for folder in (start / "src" / "main", start / "src", start / "app", start):
        found = sorted(
            (
                file
                for file in (folder.rglob("*") if folder.is_dir() else ())
                if file.suffix in SOURCES[language]
                and not {"test", "tests", "node_modules", ".git"} & set(file.relative_to(root).parts)
                and file.is_file()
            ),
            key=lambda file: (SOURCES[language].index(file.suffix), len(file.parts), str(file)),
        )
        if found:
            return found[0].relative_to(root).as_posix()
    return None
