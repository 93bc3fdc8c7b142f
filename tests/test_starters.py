"""The built-in starters: what `genfile new` writes, and, with an engine, that it builds, starts, answers and stops."""

import json
import os
import re
import shutil
import subprocess
import sysconfig
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

import genfile
from genfile.cli.app import run
from genfile.verify.docker import docker
from genfile.verify.gates import Request, run_gates
from tests.checklist import faults
from tests.conftest import make_images
from tests.test_projects import TextFile, case_of

pytest.importorskip("genfile.template", reason="templates are not part of this genfile")

TEMPLATES = Path(__file__).parent.parent / "templates"
WRITTEN = ("Dockerfile", ".dockerignore", "compose.yaml")
# Where a normal lock says that its packages come from; a mirror of whoever made the lock is of no use to others.
PUBLIC = frozenset({"registry.npmjs.org", "pypi.org", "files.pythonhosted.org"})
LOCKS = ("package-lock.json", "uv.lock")


@dataclass(frozen=True)
class Starter:
    """What a starter's tests need: the path of its health check, and a source file that can take one more line.

    ``other``: answers that differ from the defaults in all that changes files. ``environment``: what it can't start
    without. ``tests``: the commands of its own tests, each a program of this machine.
    """

    health: str
    touch: str
    other: Mapping[str, str]
    tests: tuple[tuple[str, ...], ...]
    environment: Mapping[str, str] = field(default_factory=dict)


_UV = (("uv", "sync", "--locked"), ("uv", "run", "--no-sync", "pytest", "-p", "no:cacheprovider"))
_NPM = (("npm", "ci"), ("npm", "test"), ("npm", "run", "check"))
STARTERS = {
    "python-fastapi": Starter("/health", "app/greetings.py", {"database": "true", "python_version": "3.14"}, _UV),
    "python-django": Starter(
        "/health/",
        "greetings/views.py",
        {"database": "false", "python_version": "3.14"},
        (_UV[0], ("uv", "run", "--no-sync", "manage.py", "test")),
        {"SECRET_KEY": "only-for-this-test"},
    ),
    "node-express": Starter("/health", "src/app.ts", {"node_version": "22"}, _NPM),
    "node-nextjs": Starter(
        "/api/health", "app/api/health/route.ts", {"node_version": "22", "title": 'Tom\'s "<Shop>"'}, _NPM
    ),
    "static-vite": Starter(
        "/healthz", "src/counter.ts", {"node_version": "22", "title": 'Tom\'s "<Shop>" & more'}, _NPM
    ),
    "go-http": Starter(
        "/health",
        "internal/httpapi/httpapi.go",
        {"module": "github.com/Acme_2/shop.v1/order-service"},
        (("go", "vet", "./..."), ("go", "test", "./...")),
    ),
    "java-spring": Starter(
        "/actuator/health",
        "src/main/resources/application.properties",
        {"build": "gradle", "group": "org.acme.shop", "java_version": "25"},
        (("mvn", "--batch-mode", "--quiet", "test"),),
    ),
}
ANSWERS = [(name, which) for name in STARTERS for which in ("default", "other")]


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(TextFile)


def make(name: str, folder: Path, answers: Mapping[str, str] = {}) -> Path:
    """A new project of a starter."""
    settings = [word for key, value in answers.items() for word in ("--set", f"{key}={value}")]
    assert run(["new", name, str(folder), "--defaults", *settings]) == 0
    return folder


@pytest.fixture
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A project by the name of the starter and which answers, for indirect parametrization."""
    name, which = request.param
    return make(name, tmp_path / "order-service", STARTERS[name].other if which == "other" else {})


def paths(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_every_starter_is_tested() -> None:
    assert sorted(STARTERS) == sorted(path.parent.name for path in TEMPLATES.glob("*/template.toml"))


@pytest.mark.parametrize("project", ANSWERS, ids="-".join, indirect=True)
def test_files(project: Path, snapshot: SnapshotAssertion) -> None:
    """The list of files, and the text of those that genfile itself writes."""
    listed = "".join(f"{path}\n" for path in paths(project))
    texts = "".join(f"==== {name}\n{(project / name).read_text('utf-8')}" for name in WRITTEN)
    assert listed + texts == snapshot


@pytest.mark.parametrize("project", ANSWERS, ids="-".join, indirect=True)
def test_same_path_as_init(project: Path) -> None:
    """`new` writes what `init --compose` would; the acceptance list holds, and nothing is warned of."""
    made = genfile.generate(project, compose=True)
    assert {name: (project / name).read_text("utf-8") for name in WRITTEN} == made.files
    assert [note.text for note in made.notes if note.level != "info"] == []
    (service, rendering), *others = made.services
    assert others == []
    assert service.spec.name == "order-service"
    assert faults(case_of(project, service, rendering)) == []


@pytest.mark.parametrize("project", ANSWERS, ids="-".join, indirect=True)
def test_hadolint_is_silent(project: Path) -> None:
    hadolint = shutil.which("hadolint", path=sysconfig.get_path("scripts")) or shutil.which("hadolint")
    assert hadolint is not None, "install the dev dependencies"
    words = [hadolint, "--ignore", "DL3008", str(project / "Dockerfile")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize("project", ANSWERS, ids="-".join, indirect=True)
def test_every_file_is_whole(project: Path) -> None:
    """No tag of a template is left over, what has a grammar follows it, each ends in one line feed."""
    for path in set(paths(project)) - {"genfile.lock"}:
        text = (project / path).read_text("utf-8")
        assert "{%" not in text, path
        assert not re.search(r"\{\{ *\w+ *(\||\}\})", text), path
        assert text == "" or (text.endswith("\n") and not text.endswith("\n\n")), path
        if path.endswith((".toml", "uv.lock")):
            tomllib.loads(text)
        elif path.endswith(".json"):
            json.loads(text)
        elif path.endswith(".py"):
            compile(text, path, "exec")


@pytest.mark.parametrize("project", ANSWERS, ids="-".join, indirect=True)
def test_what_each_has(project: Path) -> None:
    """A README that names the service, a .gitignore, and a lock where the ecosystem has one."""
    assert (project / "README.md").read_text("utf-8").startswith("# order-service\n")
    assert (project / ".gitignore").is_file()
    locks = {"package.json": "package-lock.json", "pyproject.toml": "uv.lock"}
    for manifest, lock in locks.items():
        assert (project / manifest).is_file() == (project / lock).is_file()


@pytest.mark.parametrize("project", ANSWERS, ids="-".join, indirect=True)
def test_locks_are_of_this_project(project: Path) -> None:
    """A lock has the project's name and dependencies as its manifest has them, and names public registries only."""
    for lock in (project / name for name in LOCKS):
        if not lock.is_file():
            continue
        text = lock.read_text("utf-8")
        assert set(re.findall(r"https?://([^/\"]+)/[^\"]*\.(?:tgz|whl|tar\.gz)\"", text)) <= PUBLIC
        assert set(re.findall(r'registry = "https?://([^/"]+)', text)) <= PUBLIC
        if lock.name == "package-lock.json":
            manifest, root = json.loads((project / "package.json").read_text("utf-8")), json.loads(text)
            assert root["name"] == manifest["name"] == "order-service"
            for key in ("name", "version", "engines", "dependencies", "devDependencies"):
                assert root["packages"][""].get(key) == manifest.get(key), key
        else:
            wanted = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
            own = next(package for package in tomllib.loads(text)["package"] if "virtual" in package["source"])
            assert own["name"] == "order-service"
            assert [item["name"] for item in own["dependencies"]] == [re.split(r"[\[<>=]", item)[0] for item in wanted]


@pytest.mark.build
@pytest.mark.parametrize("project", ANSWERS, ids="-".join, indirect=True)
def test_it_builds_starts_answers_and_stops(project: Path, request: pytest.FixtureRequest, engine: str | None) -> None:
    """The Dockerfile as it was written: built, started hardened, asked for its health, stopped, built again."""
    starter = STARTERS[request.node.callspec.params["project"][0]]
    service, rendering = genfile.generate(project).services[0]
    make_images(engine, rendering.dockerfile)
    _skip_old_gradle(rendering.dockerfile)
    report = run_gates(
        Request(
            project,
            port=service.spec.port,
            path=starter.health,
            touch=starter.touch,
            environment=dict(starter.environment),
            syntax=engine is None,
            answer_within=90,
            stop_within=9,
        )
    )
    assert report.passed, report.render()
    answer = next(gate for gate in report.gates if gate.name == "answer")
    assert re.match(r"/\S* answers HTTP 20[04]\b", answer.detail), answer.detail


def _skip_old_gradle(dockerfile: str) -> None:
    """A stand-in for Gradle's image may hold one that is too old for Kotlin's DSL and for Spring Boot."""
    image = re.search(r"^FROM (gradle:\S+)", dockerfile, re.MULTILINE)
    if image is None:
        return
    found = re.search(r"Gradle (\d+)\S*", docker("run", "--rm", image[1], "gradle", "--version", timeout=120).output)
    if found is not None and int(found[1]) < 8:
        pytest.skip(f"{image[1]} holds {found[0]} here, and Spring Boot wants 8 or newer")


def _java_major() -> int:
    done = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', done.stderr)
    return int(found[1]) if found else 0


def _needs(name: str) -> dict[str, str]:
    """Answers that this machine's tools can run the tests with; skips where a tool is missing."""
    for tool in dict.fromkeys(words[0] for words in STARTERS[name].tests):
        if shutil.which(tool) is None:
            pytest.skip(f"there is no {tool} on this machine")
    if STARTERS[name].tests[0][0] == "uv":
        words = ["uv", "python", "find", "--no-project", "--no-python-downloads", "3.13"]
        if subprocess.run(words, capture_output=True, check=False).returncode:
            pytest.skip("there is no Python 3.13 on this machine")
    if name == "java-spring":
        fitting = [version for version in (25, 21, 17) if version <= _java_major()]
        if not fitting:
            pytest.skip("there is no Java 17 or newer on this machine")
        return {"java_version": str(fitting[0])}
    return {}


@pytest.mark.build
@pytest.mark.parametrize("name", STARTERS)
def test_its_own_tests_pass(name: str, tmp_path: Path) -> None:
    """The commands of its README, with the real tools; they fetch what the lock names."""
    needed = _needs(name)
    variants: list[Mapping[str, str]] = [needed]
    if "database" in STARTERS[name].other:
        variants.append({**needed, "database": STARTERS[name].other["database"]})
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    environment |= {"DEBUG": "1", "NEXT_TELEMETRY_DISABLED": "1", "UV_PYTHON_DOWNLOADS": "never"}
    for index, answers in enumerate(variants):
        project = make(name, tmp_path / str(index) / "order-service", answers)
        before = {path: (project / path).read_bytes() for path in paths(project)}
        for words in STARTERS[name].tests:
            done = subprocess.run(words, cwd=project, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        changed = [path for path, content in before.items() if (project / path).read_bytes() != content]
        assert changed == [], "the tools find the lock and the manifests as they want them"
