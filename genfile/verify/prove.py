"""From any source folder to a report of its gates: what `genfile init --yes` writes, built and run unedited."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from genfile.container.compose import EXAMPLES, read_dotenv
from genfile.dockerfile.reader import read_dockerfile
from genfile.dockerfile.sensitive import is_sensitive
from genfile.errors import UsageError
from genfile.spec.forms import random_secret
from genfile.verify.beside import Beside, read_beside
from genfile.verify.docker import BuildInput, run
from genfile.verify.gates import Gate, Report, Request, run_gates

if TYPE_CHECKING:
    from genfile.preset.layout import Layout
    from genfile.spec.project import Spec
    from genfile.verify.causes import Diagnosis

# The file extensions of source files that may get a changed line, by language.
SOURCES = {
    "node": (".ts", ".tsx", ".js", ".mjs", ".cjs", ".jsx", ".vue", ".svelte", ".astro", ".md"),
    "python": (".py",),
    "go": (".go",),
    # A formatting check would reject a blank line at their end.
    "java": (".properties", ".yml", ".yaml", ".java", ".kt", ".scala", ".groovy"),
    "static": (".html",),
}
# The names of a project's compose file, in the order in which compose looks for them.
_COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
# Names of the address of a server, which nobody can make up.
_ADDRESS = re.compile(r"(?:^|_)(?:URL|URI|DSN)(?:_|$)")
_LEFT_OUT = shutil.ignore_patterns(".git", "node_modules", ".venv", "__pycache__")


class Proof(Struct, frozen=True):
    """One service of a folder: its name, its Dockerfile, the report of its gates, what was known to be wrong
    beforehand, and the diagnosis of a failure, if there is one."""

    service: str
    dockerfile: str
    report: Report
    spec: "Spec | None" = None
    notes: tuple[str, ...] = ()
    diagnosis: "Diagnosis | None" = None

    @property
    def path(self) -> str:
        """The service's folder in the project."""
        return "." if self.spec is None else self.spec.path

    def to_json(self) -> dict[str, Any]:
        found = self.diagnosis
        told = {"diagnosis": None if found is None else found.to_json(), "notes": list(self.notes)}
        return {"service": self.service, **self.report.to_json(), **told}


class Wish(Struct, frozen=True):
    """How to prove a folder.

    ``service``: one of its services, by name or path; all by default. ``settings``: as for `--set`. ``environment``:
    for the container. ``prepare``: a program that runs before the build, with a Dockerfile's base images as arguments
    (to pull them, or to make stand-ins). ``as_is``: prove the container files that exist, and generate only missing
    ones. ``memory``: the container's limit; ``databases``: start those that a service needs beside it. ``arguments``
    and ``secrets``: of the build, the secrets as for `docker buildx build --secret`. ``quick``: skip the slow gates.
    """

    service: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    prepare: Sequence[str] = ()
    syntax: bool = True
    answer_within: float = 90
    as_is: bool = False
    memory: str | None = "1g"
    databases: bool = True
    arguments: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    quick: bool = False


# Called for each service's gates: the service, the gate, and its outcome (None when it begins).
Tell = Callable[[str, str, "Gate | None"], None]


NO_WISH = Wish()


def prove(folder: Path, wish: Wish = NO_WISH, tell: Tell | None = None) -> list[Proof]:
    """Write what the project needs into a copy of the folder, and run the gates on each service.

    Raises GenfileError as `genfile.upkeep.produce.produce` does.
    """
    from genfile.api import told_risks
    from genfile.project.apply import apply_plan
    from genfile.project.plan import accept_conflicts, make_plan
    from genfile.upkeep.decisions import Flags, decide
    from genfile.upkeep.produce import produce
    from genfile.verify.diagnose import diagnose
    from genfile.verify.mends import MendTree

    # Read in the original folder: its genfile.toml may name presets beside it.
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
            request = replace(
                _request(root, item.spec, rendering.layout, wish),
                given=_given(root, rendering.layout.dockerfile, rendering.dockerfile, wish),
            )
            dockerfile = (root / rendering.layout.dockerfile).read_text("utf-8")
            notes = tuple(note.text for note in (*item.notes, *told_risks(item)) if note.level != "info")
            report = _run(request, dockerfile, wish, None if tell is None else partial(tell, item.spec.name))
            cause = diagnose(report, item.spec, MendTree(root, rendering.layout.context))
            proofs.append(Proof(item.spec.name, dockerfile, report, item.spec, notes, cause))
    return proofs


def _request(root: Path, spec: "Spec", layout: "Layout", wish: Wish) -> Request:
    from genfile.preset.places import memory_mounts, scratch_folders, written_folders
    from genfile.spec.base import plain

    values = plain(spec)
    scratch = scratch_folders(values, layout.context)
    # Some Java libraries unpack native code in /tmp and load it.
    mounts = (*(["/tmp:exec"] if spec.language == "java" else ()), *memory_mounts(values, layout.context))
    beside = _beside(root, spec, layout) if wish.databases else Beside()
    return Request(
        root,
        layout.dockerfile,
        layout.context,
        spec.port,
        spec.health.path if spec.health and not spec.static else "/",
        source_file(root, spec.path, spec.language),
        wish.environment,
        _made_up(spec, {*wish.environment, *beside.environment}),
        tuple(folder for folder in written_folders(values, layout.context) if folder not in scratch),
        mounts,
        spec.one_off,
        syntax=wish.syntax,
        answer_within=wish.answer_within,
        stop_within=9,
        has_to_be_there=bool(spec.static or spec.health),
        memory=wish.memory,
        beside=beside,
        prepare=wish.prepare,
        quick=wish.quick,
    )


def _made_up(spec: "Spec", given: Collection[str]) -> dict[str, str]:
    """A random value for each secret that the program can't start without, unless it is given.

    The address of a server is no secret of that kind.
    """
    wanted = [
        item
        for item in spec.environment
        if item.phase == "run" and item.required and item.secret
        if item.value is None and item.name not in given and (is_sensitive(item.name) or not _ADDRESS.search(item.name))
    ]
    made = {item.name: random_secret(item.form.model_dump() if item.form is not None else None) for item in wanted}
    return {name: value for name, value in made.items() if value is not None}


def _given(root: Path, path: str, ours: str, wish: Wish) -> BuildInput:
    """The secrets and arguments of a build: the user's, and those that genfile's own lines require."""
    from genfile.engine.asks import NOTHING, asks_of
    from genfile.engine.giving import Named, give
    from genfile.engine.plan import read_named

    ids = {part.removeprefix("id=") for text in wish.secrets for part in text.split(",") if part.startswith("id=")}
    named = Named(frozenset(ids), frozenset(wish.arguments), ssh=False)
    asks = asks_of(read_named(root, path))
    known = asks_of(read_dockerfile(ours))
    try:
        given = give(path, asks, named, os.environ, Path.home(), ours=known)
    except UsageError:
        # A required secret: the build reports it, and the diagnosis says what to do.
        given = give(path, NOTHING, named, os.environ, Path.home())
    flags = [word for name in (*wish.arguments, *given.arguments) for word in ("--build-arg", name)]
    flags += [word for text in (*wish.secrets, *given.secrets) for word in ("--secret", text)]
    flags += [word for agent in given.ssh if os.environ.get("SSH_AUTH_SOCK") for word in ("--ssh", agent)]
    return BuildInput(tuple(flags), wish.arguments)


def _beside(root: Path, spec: "Spec", layout: "Layout") -> Beside:
    """A service's databases: from the project's compose file if it has any, else those that genfile would write into
    one."""
    from genfile.parsers import ParseError
    from genfile.parsers.data import parse_yaml
    from genfile.preset.compose import render_compose

    name = next((name for name in _COMPOSE if (root / name).is_file()), None)
    if name is not None:
        # Without a .env of its own, the file is started with what the example says.
        dotenv = next((text for file in (".env", *EXAMPLES) if (text := _text(root / file))), "")
        try:
            document = parse_yaml(_text(root / name))
        except ParseError:
            document = None
        found = Beside()
        if document is not None:
            needed = [item.name for item in spec.environment if item.phase == "run" and item.required]
            found = read_beside(document, name, layout.dockerfile, spec.name, read_dotenv(dotenv), needed)
        if found.others and found.environment:
            return found
    if not spec.backing_services:
        return Beside()
    return read_beside(
        parse_yaml(render_compose([(spec, layout)], "none")), "compose.yaml", layout.dockerfile, spec.name
    )


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _run(
    request: Request, dockerfile: str, wish: Wish, tell: "Callable[[str, Gate | None], None] | None" = None
) -> Report:
    if wish.prepare:
        done = run([*wish.prepare, *base_images(dockerfile)])
        if not done.ok:
            return Report(log=done.output.strip())
    return run_gates(request, tell)


def base_images(dockerfile: str) -> list[str]:
    """Every external image in a Dockerfile, in order."""
    from genfile.dockerfile.reader import read_dockerfile

    return list(read_dockerfile(dockerfile).external_images())


def source_file(root: Path, path: str, language: str) -> str | None:
    """A service's source file, relative to the root, that can get one more line; None if there is none, or nothing is
    known of the language, as of those that a preset brings."""
    start, endings = root / path, SOURCES.get(language, ())
    for folder in (start / "src" / "main", start / "src", start / "app", start):
        found = sorted(
            (
                file
                for file in (folder.rglob("*") if folder.is_dir() else ())
                if file.suffix in endings
                and not {"test", "tests", "node_modules", ".git"} & set(file.relative_to(root).parts)
                and file.is_file()
            ),
            key=lambda file: (endings.index(file.suffix), len(file.parts), str(file)),
        )
        if found:
            return found[0].relative_to(root).as_posix()
    return None
