"""`genfile lint --diff REF`: what changed since a commit, and what those changes cause in lines that stayed."""

import json
import subprocess
from pathlib import Path

import pytest

from genfile.cli.app import run

MANIFEST = {"name": "shop", "dependencies": {"koa": "^5"}, "scripts": {"start": "node a.js"}, "engines": {}}
FILES = {
    "package.json": json.dumps({**MANIFEST, "engines": {"node": "24"}}, indent=1),
    "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/koa": {"version": "5.0.0"}}}',
    "a.js": "require('./b')\nrequire('koa')().listen(3000)\n",
    "b.js": "exports.b = 1\n",
    ".dockerignore": ".git\nnode_modules\n",
}
DOCKERFILE = (
    "FROM node:24-slim\n"
    "WORKDIR /app\n"
    "COPY package*.json ./\n"
    "RUN npm ci --omit=dev\n"
    "COPY a.js b.js ./\n"
    "EXPOSE 3000\n"
    "USER root\n"
    "CMD node a.js\n"
)
OLD = [("runs-as-root", 7), ("shell-form", 8)]
Found = list[tuple[str, int | None]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A committed project with two findings of old."""
    folder = tmp_path / "shop"
    write(folder, {**FILES, "Dockerfile": DOCKERFILE})
    git(folder, "init", "-q")
    commit(folder)
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b", *words], check=True)


def commit(folder: Path) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "x")


def lint(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Found]:
    """The exit code, and the id and line of each finding."""
    code = run(["lint", str(folder), *words, "--json"])
    document = json.loads(capsys.readouterr().out)
    risks = [*(risk for file in document["files"] for risk in file["risks"]), *document["risks"]]
    return code, [(risk["id"], risk["line"]) for risk in risks]


def since(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> Found:
    return lint(folder, capsys, "--diff", "HEAD", *words)[1]


def test_findings_of_old_do_not_count(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(project, capsys) == (0, OLD)
    assert lint(project, capsys, "--diff", "HEAD") == (0, [])


def test_lines_that_changed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = DOCKERFILE.replace("EXPOSE 3000", "EXPOSE 5000").replace(
        "RUN npm ci --omit=dev", "RUN npm ci \\\n --omit=dev"
    )
    write(project, {"Dockerfile": text, "docker/Dockerfile": DOCKERFILE})
    assert since(project, capsys) == [("one-port", 7), *OLD]
    assert since(project, capsys, "--file", "Dockerfile") == [("one-port", 7)]
    # A finding in an instruction counts if any of its lines changed.
    write(project, {"Dockerfile": DOCKERFILE.replace("CMD node a.js", "CMD node \\\n a.js")})
    commit(project)
    write(project, {"Dockerfile": DOCKERFILE.replace("CMD node a.js", "CMD node \\\n  a.js")})
    assert since(project, capsys) == [("shell-form", 8)]


def test_a_name_that_git_does_not_know(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", str(project), "--diff", "nothing"]) == 2
    assert "git knows no commit nothing" in capsys.readouterr().err
    assert run(["lint", str(project), "--diff", "--upload-pack=x"]) == 2


ENGINES = json.dumps({**MANIFEST, "engines": {"node": "22"}}, indent=1)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"package.json": ENGINES}, [("base-version", 1)]),
        ({".dockerignore": "node_modules\n*.js\n"}, [("copied-files-exist", 5), ("copied-files-exist", 5)]),
        ({"a.js": FILES["a.js"].replace("3000", "8080")}, [("one-port", 6)]),
        ({"b.js": None}, [("copied-files-exist", 5)]),
        ({"b.js": "require('./lib/c')\n", "lib/c.js": "exports.c = 1\n"}, [("loads-exist", 1)]),
        ({"compose.yaml": "services:\n  web:\n    build: .\n    environment: {PORT: '3000'}\n"}, []),
        # Lines of other files that moved, and changes that cause nothing.
        ({"a.js": "// first\n" + FILES["a.js"]}, []),
        ({"README.md": "a shop\n", "src/d.js": "exports.d = 1\n"}, []),
    ],
)
def test_what_changed_files_cause(
    project: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, str | None], found: Found
) -> None:
    """The Dockerfile stays; the same counts once the change is committed, or staged."""
    for name, text in changes.items():
        if text is None:
            (project / name).unlink()
        else:
            write(project, {name: text})
    assert since(project, capsys) == found
    git(project, "add", ".")
    assert since(project, capsys) == found
    git(project, "commit", "-qm", "y")
    assert lint(project, capsys, "--diff", "HEAD~1")[1] == found
    assert since(project, capsys) == []


def test_an_ignore_file_that_is_gone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, {"Dockerfile": DOCKERFILE.replace("COPY a.js b.js ./", "COPY . .")})
    commit(project)
    assert since(project, capsys) == []
    (project / ".dockerignore").unlink()
    assert since(project, capsys) == [("no-dockerignore", 5)]


def test_an_ignore_file_that_lets_more_through(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, {"Dockerfile": DOCKERFILE.replace("COPY a.js b.js ./", "COPY . .")})
    commit(project)
    write(project, {".dockerignore": "node_modules\n"})
    assert since(project, capsys) == [("git-shipped", 5)]


def test_a_finding_that_only_moved(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a line above it nor one above what it cites makes a finding new."""
    write(project, {"package.json": ENGINES})
    commit(project)
    assert since(project, capsys) == []
    write(
        project, {"Dockerfile": "# the shop\n" + DOCKERFILE, "package.json": ENGINES.replace("{\n", '{\n "x": 1,\n', 1)}
    )
    assert lint(project, capsys)[1] == [("base-version", 2), ("runs-as-root", 8), ("shell-form", 9)]
    assert since(project, capsys) == []


def test_the_place_that_a_finding_cites(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed line that a finding cites counts, though the finding reads the same."""
    write(project, {"package.json": ENGINES})
    commit(project)
    write(project, {"package.json": ENGINES.replace('"node": "22"', '"node":  "22"')})
    assert since(project, capsys) == [("base-version", 1)]


def test_a_decision_of_the_project_that_changed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Entries in genfile.toml: one that is dropped, one that is no longer needed."""
    ignores = '[lint]\nignore = [{id = "runs-as-root", reason = "old"}, {id = "shell-form", reason = "old"}]\n'
    write(project, {"genfile.toml": ignores})
    commit(project)
    assert lint(project, capsys) == (0, [])
    write(project, {"genfile.toml": ignores.replace('{id = "runs-as-root", reason = "old"}, ', "")})
    assert since(project, capsys) == [("runs-as-root", 7)]
    write(project, {"genfile.toml": ignores, "Dockerfile": DOCKERFILE.replace("USER root", "USER node")})
    assert [name for name, _ in since(project, capsys)] == ["suppression-unused"]
    # What the commit has may be wrong.
    write(project, {"genfile.toml": "[lint"})
    commit(project)
    write(project, {"genfile.toml": ""})
    assert since(project, capsys) == []


def test_a_folder_below_the_checkout(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project / "apps" / "api"
    write(folder, {**FILES, "Dockerfile": DOCKERFILE})
    assert since(folder, capsys) == OLD
    commit(project)
    assert since(folder, capsys) == []
    write(folder, {"package.json": ENGINES})
    assert since(folder, capsys) == [("base-version", 1)]
    assert since(project, capsys, "--file", "apps/api/Dockerfile") == [("base-version", 1)]


def test_files_outside_of_version_control_are_no_change(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An ignored file was there before; an untracked one is new."""
    dockerfile = DOCKERFILE.replace("COPY a.js b.js ./", "COPY . .")
    write(project, {"Dockerfile": dockerfile, ".gitignore": ".env\n"})
    commit(project)
    write(project, {".env": "API_TOKEN=x\n"})
    assert ("env-file-shipped", 5) in lint(project, capsys)[1]
    assert since(project, capsys) == []
    write(project, {".gitignore": ""})
    assert since(project, capsys) == [("env-file-shipped", 5)]


def test_nothing_of_the_repository_runs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Filters and monitors that the repository's settings name."""
    mark = project.parent / "ran"
    for key in ("filter.x.clean", "filter.x.smudge", "filter.x.process", "diff.x.textconv", "core.fsmonitor"):
        git(project, "config", key, f"touch {mark}; cat")
    write(project, {".gitattributes": "* filter=x diff=x\n", "package.json": ENGINES})
    assert since(project, capsys) == [("base-version", 1)]
    assert not mark.exists()
