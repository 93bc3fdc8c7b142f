"""`genfile lint`: what is meant, what fails, and what is put right."""

import json
import os
from pathlib import Path

import pytest

from genfile.cli.app import run

FILES = {
    "package.json": json.dumps({"name": "shop", "dependencies": {"koa": "^5"}, "scripts": {"start": "node a.js"}}),
    "package-lock.json": '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/koa": {"version": "5.0.0"}}}',
    "a.js": "require('koa')().listen(3000)\n",
    ".dockerignore": ".git\nnode_modules\n",
}
DOCKERFILE = (
    "FROM node:24-slim\n"
    "WORKDIR /app\n"
    "COPY package*.json ./\n"
    "RUN npm install --omit=dev\n"
    "COPY a.js ./\n"
    "EXPOSE 4000\n"
    "USER node\n"
    "CMD node a.js\n"
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path, {**FILES, "Dockerfile": DOCKERFILE})
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def lint(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[tuple[str, int | None]]]:
    """The exit code, and the id and line of each finding."""
    code = run(["lint", str(folder), *words, "--json"])
    document = json.loads(capsys.readouterr().out)
    risks = [*(risk for file in document["files"] for risk in file["risks"]), *document["risks"]]
    return code, [(risk["id"], risk["line"]) for risk in risks]


ALL = [("one-port", 6), ("lock-not-followed", 4), ("shell-form", 8)]


def test_levels_decide_over_the_exit_code(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(project, capsys) == (0, ALL)
    assert lint(project, capsys, "--level", "warning") == (3, ALL)
    write(project, {"genfile.toml": '[lint]\nlevel = "hint"\n'})
    assert lint(project, capsys)[0] == 3
    assert lint(project, capsys, "--level", "error")[0] == 0


@pytest.mark.parametrize(
    ("line", "comment", "left"),
    [
        ("CMD", "# genfile: ignore=shell-form it is a shell that we want", ALL[:2]),
        ("EXPOSE", "# genfile: ignore=one-port,lock-not-followed the proxy is told", ALL[1:]),
        ("CMD", "# hadolint ignore=DL3025", ALL[:2]),
        ("FROM", "# hadolint global ignore=DL3025", ALL[:2]),
        ("FROM", "# check=skip=JSONArgsRecommended", ALL[:2]),
        ("FROM", "# hadolint ignore=DL3025", ALL),
    ],
)
def test_a_comment_silences_the_instruction_below_it(
    project: Path, capsys: pytest.CaptureFixture[str], line: str, comment: str, left: list[tuple[str, int]]
) -> None:
    text = DOCKERFILE.replace(f"{line} ", f"{comment}\n{line} ", 1)
    write(project, {"Dockerfile": text})
    found = [item for item in lint(project, capsys)[1] if item[0] != "suppression-unused"]
    assert [name for name, _ in found] == [name for name, _ in left]


def test_a_comment_that_silences_nothing_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = DOCKERFILE.replace("USER", "# genfile: ignore=runs-as-root it does not\nUSER")
    write(project, {"Dockerfile": text})
    assert ("suppression-unused", 7) in lint(project, capsys)[1]
    write(project, {"Dockerfile": text.replace("runs-as-root", "run-as-root")})
    run(["lint", str(project)])
    out = capsys.readouterr().out
    assert "Dockerfile:7: warning: there is no check run-as-root [suppression-unused]" in out
    assert "did you mean runs-as-root?" in out


def test_genfile_toml_silences_checks(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = '[[lint.ignore]]\nid = "one-port"\nreason = "a proxy listens there"\n'
    write(project, {"genfile.toml": entry})
    assert lint(project, capsys)[1] == ALL[1:]
    write(project, {"genfile.toml": entry + 'path = "docker/*"\n'})
    assert lint(project, capsys)[1] == [*ALL, ("suppression-unused", 1)]
    write(project, {"genfile.toml": '[[lint.ignore]]\nid = "one-port"\n'})
    assert run(["lint", str(project)]) == 2
    assert "genfile.toml:1" in capsys.readouterr().err


def test_fix_puts_right_what_is_safe(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", str(project), "--fix", "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert '+CMD ["node", "a.js"]' in out
    assert "1 file would be changed" in out
    assert (project / "Dockerfile").read_text("utf-8") == DOCKERFILE
    assert run(["lint", str(project), "--fix"]) == 0
    fixed = DOCKERFILE.replace("npm install", "npm ci").replace("4000", "3000")
    assert (project / "Dockerfile").read_text("utf-8") == fixed.replace("CMD node a.js", 'CMD ["node", "a.js"]')
    capsys.readouterr()
    assert lint(project, capsys) == (0, [])


@pytest.mark.parametrize(
    ("dockerfile", "fixed"),
    [
        ("CMD node a.js | tee log", None),
        ("CMD node $FILE", None),
        ("CMD PORT=1 node a.js", None),
        ('CMD ["uvicorn", "a:b", "--reload"]', 'CMD ["uvicorn", "a:b"]'),
        ('# genfile: ignore=base-ended old\nCMD ["node", "a.js"]', 'CMD ["node", "a.js"]'),
    ],
)
def test_what_is_not_safe_is_left(
    project: Path, capsys: pytest.CaptureFixture[str], dockerfile: str, fixed: str | None
) -> None:
    text = f"FROM node:24-slim\nUSER 1\n{dockerfile}\n"
    write(project, {"Dockerfile": text})
    run(["lint", str(project), "--fix"])
    capsys.readouterr()
    wanted = text if fixed is None else f"FROM node:24-slim\nUSER 1\n{fixed}\n"
    assert (project / "Dockerfile").read_text("utf-8") == wanted


def test_line_endings_stay(project: Path) -> None:
    (project / "Dockerfile").write_bytes(DOCKERFILE.replace("\n", "\r\n").encode())
    run(["lint", str(project), "--fix"])
    content = (project / "Dockerfile").read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n") == 8
    assert b'CMD ["node", "a.js"]\r\n' in content


BAKE = """
variable "PORT" {
  default = "3000"
}
function "tag" {
  params = [name]
  result = "x/${name}:latest"
}
target "base" {
  args = { PORT = PORT, FROM = "base" }
}
target "web" {
  inherits = ["base"]
  context = "web"  # the service
  dockerfile = "../docker/web.file"
  target = "run"
  tags = [tag("web"), notequal("", PORT) ? "a" : "b"]
}
"""


def test_a_bake_file_says_what_is_built_and_how(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    web = {f"web/{name}": text for name, text in FILES.items()}
    dockerfile = "FROM node:24-slim AS run\nARG PORT=9\nCOPY missing.js a.js ./\nUSER 1\nEXPOSE $PORT\n"
    dockerfile += 'CMD ["node", "a.js"]\n'
    write(tmp_path, {**web, "docker-bake.hcl": BAKE, "docker/web.file": dockerfile})
    wanted = (3, [("copied-files-exist", 3)])
    assert lint(tmp_path, capsys) == wanted
    assert lint(tmp_path, capsys, "--file", "docker-bake.hcl") == wanted


def test_a_compose_file_stands_for_what_it_builds(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, {"docker/Dockerfile.x": DOCKERFILE, "docker/other.dockerfile": DOCKERFILE})
    write(project, {"compose.yaml": "services:\n  a:\n    build: {context: ., dockerfile: docker/Dockerfile.x}\n"})
    assert lint(project, capsys, "--file", "compose.yaml") == (0, ALL)


def test_others_findings_are_shown_once(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("bin")
    said = [
        {"code": "DL3025", "level": "warning", "line": 8, "message": "Use arguments JSON notation"},
        {"code": "DL3059", "level": "info", "line": 4, "message": "Multiple RUN."},
    ]
    write(folder, {"hadolint": f"#!/bin/sh\ncat > /dev/null\necho '{json.dumps(said)}'\n"})
    (folder / "hadolint").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    assert lint(project, capsys, "--with", "hadolint")[1] == [ALL[0], ("DL3059", 4), *ALL[1:]]
    monkeypatch.setenv("PATH", str(tmp_path_factory.mktemp("empty")))
    assert run(["lint", str(project), "--with", "hadolint"]) == 2
    assert "hadolint is not on PATH" in capsys.readouterr().err
    assert run(["lint", str(project), "--with", "spell"]) == 2


def test_buildkit_findings(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("bin")
    at = {"location": {"ranges": [{"start": {"line": 8}}]}}
    said = {
        "warnings": [
            {"ruleName": "JSONArgsRecommended", "description": "x", **at},
            {"ruleName": "MaintainerDeprecated", "detail": "Maintainer is deprecated.", "url": "https://x", **at},
        ]
    }
    write(folder, {"docker": f"#!/bin/sh\ncat > /dev/null\necho '{json.dumps(said)}'\nexit 1\n"})
    (folder / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    assert ("MaintainerDeprecated", 8) in lint(project, capsys, "--with", "buildkit")[1]
    assert ("JSONArgsRecommended", 8) not in lint(project, capsys, "--with", "buildkit")[1]


def test_annotations_agree_with_check(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["lint", str(project), "--sarif"])
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert [(item["ruleId"], item["level"]) for item in results] == [
        ("one-port", "warning"),
        ("lock-not-followed", "note"),
        ("shell-form", "note"),
    ]
    run(["lint", str(project), "--github"])
    assert "::notice file=Dockerfile,line=8,title=genfile shell-form::" in capsys.readouterr().out


def test_needed_variables_are_one_hint(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = "".join(f"if (!process.env.{name}) throw new Error('{name}')\n" for name in ("A_URL", "B_URL", "C_KEY"))
    write(project, {"a.js": code + FILES["a.js"]})
    run(["lint", str(project), "--json"])
    risks = json.loads(capsys.readouterr().out)["files"][0]["risks"]
    texts = [(risk["level"], risk["text"], risk["line"]) for risk in risks if risk["id"] == "required-variables"]
    assert texts == [("hint", "A_URL, B_URL, C_KEY have no default; the container does not start without them", 8)]


def test_a_lock_of_another_stage_counts(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stages = "FROM node:24-slim AS base\nWORKDIR /x\nCOPY . .\nRUN unheard-of prune\n"
    copies = "COPY --from=base /x/out/package.json ./\nCOPY --from=base /x/out/package-lock.json ./\n"
    text = stages + DOCKERFILE.replace("COPY package*.json ./\n", copies)
    write(project, {"Dockerfile": text})
    assert "lock-not-followed" not in dict(lint(project, capsys)[1])


@pytest.mark.parametrize(
    ("env", "command", "wrong"),
    [("", "node a.js", True), ("ENV PORT=4000\n", "node a.js", False), ("", "node a.js --port 4000", False)],
)
def test_a_port_that_the_dockerfile_chooses(
    project: Path, capsys: pytest.CaptureFixture[str], env: str, command: str, wrong: bool
) -> None:
    write(project, {"a.js": "require('koa')().listen(process.env.PORT || 3000)\n"})
    write(project, {"Dockerfile": DOCKERFILE.replace("EXPOSE", f"{env}EXPOSE").replace("node a.js", command)})
    assert ("one-port" in dict(lint(project, capsys)[1])) is wrong


def test_what_the_container_fetches_or_makes_is_not_missing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ('["npx", "cowsay"]', "mvn package && java -jar target/a.jar"):
        write(project, {"Dockerfile": f"FROM node:24-slim\nUSER 1\nCOPY a.js ./\nCMD {command}\n"})
        assert "command-exists" not in dict(lint(project, capsys)[1])


def test_a_member_is_installed_by_the_lock_above_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    member = {"web/package.json": '{"name": "web", "scripts": {"start": "node b.js"}}', "web/b.js": ""}
    root = json.dumps({"name": "all", "workspaces": ["web"]})
    write(project, {**member, "package.json": root})
    text = 'FROM node:24-slim\nWORKDIR /x\nCOPY . .\n{}\nUSER 1\nCMD ["node", "web/b.js"]\n'
    for step in ("RUN npm ci --workspace=web", "WORKDIR /x/web\nRUN npm ci"):
        write(project, {"Dockerfile": text.format(step)})
        assert "step-inputs-exist" not in dict(lint(project, capsys)[1])


def test_the_context_is_the_one_in_which_the_build_works(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "Dockerfile").unlink()
    text = DOCKERFILE.replace("COPY package*.json ./", "COPY . .").replace("npm install", "npm ci")
    write(project, {"build/Dockerfile": text})
    assert "step-inputs-exist" not in dict(lint(project, capsys)[1])


def test_check_leaves_out_what_is_meant(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(project), "--yes", "--force"]) == 0
    text = (project / "Dockerfile").read_text("utf-8")
    assert 'CMD ["node", "a.js"]' in text

    def risks(line: str) -> list[str]:
        (project / "Dockerfile").write_text(text.replace('CMD ["node", "a.js"]', line), "utf-8")
        capsys.readouterr()
        run(["check", str(project), "--json"])
        return [risk["id"] for risk in json.loads(capsys.readouterr().out)["risks"]]

    assert risks('CMD ["node", "b.js"]') == ["command-exists"]
    assert risks('# genfile: ignore=command-exists mounted at run\nCMD ["node", "b.js"]') == []
    write(project, {"genfile.toml": '[[lint.ignore]]\nid = "command-exists"\nreason = "mounted at run"\n'})
    assert risks('CMD ["node", "b.js"]') == []


def test_a_context_that_a_script_puts_together_is_not_known(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, {"api/b.js": "", "lib/deep/c.js": ""})
    write(project, {"api/Dockerfile": "FROM node:24-slim\nUSER 1\nCOPY b.js ./\nCOPY lib ./lib\nCOPY none ./\n"})
    assert lint(project, capsys, "--file", "api/Dockerfile")[1] == [("copied-files-exist", 5)]
    write(project, {"compose.yaml": "services:\n  a:\n    build: api\n"})
    assert ("copied-files-exist", 4) in lint(project, capsys, "--file", "api/Dockerfile")[1]


def test_a_port_that_compose_gives(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, {"a.js": "require('koa')().listen(process.env.PORT || 3000)\n"})
    assert "one-port" in dict(lint(project, capsys)[1])
    write(project, {"compose.yaml": "services:\n  a:\n    build: .\n    environment:\n      - PORT=4000\n"})
    assert "one-port" not in dict(lint(project, capsys)[1])


def test_another_language_is_another_service(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'FROM eclipse-temurin:21\nUSER 1\nEXPOSE 8180\nCMD ["java", "-jar", "/opt/other/a.jar"]\n'
    write(project, {"Dockerfile": text})
    assert "one-port" not in dict(lint(project, capsys)[1])


def test_the_root_is_the_context_of_a_dockerfile_in_a_folder(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "Dockerfile").unlink()
    write(project, {"docker/Dockerfile": DOCKERFILE})
    assert lint(project, capsys)[1] == ALL


def test_a_workflow_says_what_the_context_is(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    step = "{uses: docker/build-push-action@v6, with: {context: ./CONTEXT, file: ./shop/docker/Dockerfile}}"
    write(project, {"shop/docker/Dockerfile": "FROM node:24-slim\nUSER 1\nCOPY b.js ./\n", "shop/b.js": "", "c/b": ""})
    for context, lines in (("shop", []), ("c", [("copied-files-exist", 3)])):
        text = f"jobs: {{image: {{steps: [{step.replace('CONTEXT', context)}]}}}}\n"
        write(project, {".github/workflows/image.yml": text})
        found = lint(project, capsys, "--file", "shop/docker/Dockerfile")[1]
        assert [item for item in found if item[0] == "copied-files-exist"] == lines
