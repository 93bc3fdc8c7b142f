"""`genfile build`: image names, what a Dockerfile asks for, tags and labels from git, the command for each engine."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from genfile.cli.app import run
from genfile.dockerfile.reader import read_dockerfile
from genfile.engine.asks import asks_of, secret_source
from genfile.engine.command import BuildTarget, Engine, How, commands
from genfile.engine.giving import BuildInputs, Named, Offer, give
from genfile.engine.meaning import meaning_of
from genfile.engine.plan import BuildRequest, Unit, plan_builds
from genfile.engine.reference import parse_reference
from genfile.engine.revision import Revision, read_revision
from genfile.errors import UsageError
from genfile.project.written import Written, WrittenService, write_written

NOBODY = Named(frozenset(), frozenset(), ssh=False)


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag"),
    [
        ("shop", None, "shop", None),
        ("acme/shop:1.2", None, "acme/shop", "1.2"),
        ("localhost:5000/shop", "localhost:5000", "shop", None),
        ("registry.example/a/b/c:dev", "registry.example", "a/b/c", "dev"),
        ("[::1]:5000/shop:x", "[::1]:5000", "shop", "x"),
        ("Registry/shop", "Registry", "shop", None),
    ],
)
def test_references(text: str, registry: str | None, repository: str, tag: str | None) -> None:
    found = parse_reference(text)
    assert (found.registry, found.repository, found.tag) == (registry, repository, tag)
    assert str(found) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Shop", "upper-case"),
        ("shop:", "not a tag"),
        ("shop:-x", "not a tag"),
        ("shop@sha256:12", "not a digest"),
        ("a//b", "an empty part"),
        ("-shop", "not part of an image name"),
        ("host_x.example:80/shop", "not a registry"),
    ],
)
def test_references_that_are_none(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_reference(text)


@given(st.text(max_size=80))
def test_any_text_is_a_reference_or_refused(text: str) -> None:
    try:
        found = parse_reference(text)
    except UsageError:
        return
    assert str(found) == text


def test_what_a_dockerfile_asks_for() -> None:
    asks = asks_of(
        read_dockerfile(
            "ARG BASE\nARG TAG=1\nFROM x:$TAG\nARG API_URL\nARG TARGETARCH\n"
            "RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN --mount=type=ssh npm ci\n"
            "RUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true npm ci\n"
        )
    )
    assert [(item.id, item.variable, item.required) for item in asks.secrets] == [
        ("npm_token", "NPM_TOKEN", False),
        ("npmrc", None, True),
    ]
    assert [(item.name, item.line) for item in asks.ssh] == [("default", 6)]
    assert [item.name for item in asks.arguments] == ["BASE", "API_URL"]


def test_secrets_are_found_where_people_keep_them(tmp_path: Path) -> None:
    token, npmrc = asks_of(
        read_dockerfile(
            "FROM x\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN x\n"
            "RUN --mount=type=secret,id=npmrc,target=/root/.npmrc x\n"
        )
    ).secrets
    assert secret_source(token, {"NPM_TOKEN": "x"}, tmp_path) == "id=npm_token,env=NPM_TOKEN"
    assert secret_source(token, {}, tmp_path) is None
    (tmp_path / ".npmrc").write_text("")
    assert secret_source(npmrc, {}, tmp_path) == f"id=npmrc,src={tmp_path}/.npmrc"


def git(folder: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@x.example", *words],
        check=True,
        capture_output=True,
    )


def test_tags_and_labels_come_from_git(tmp_path: Path) -> None:
    assert read_revision(tmp_path) is None
    git(tmp_path, "init", "-q")
    (tmp_path / "a").write_text("a")
    git(tmp_path, "add", "a")
    git(tmp_path, "commit", "-qm", "a")
    git(tmp_path, "remote", "add", "origin", "https://user:password@git.example/acme/shop.git")
    found = read_revision(tmp_path)
    assert found is not None
    assert found.tags() == (f"sha-{found.commit[:12]}",)
    assert "org.opencontainers.image.source=https://git.example/acme/shop" in found.labels()
    git(tmp_path, "tag", "v1.4.0")
    released = read_revision(tmp_path)
    assert released is not None
    assert released.tags() == ("1.4.0", "1.4")
    (tmp_path / "a").write_text("b")
    changed = read_revision(tmp_path)
    assert changed is not None
    assert changed.tags() == (f"sha-{found.commit[:12]}-dirty",)


def test_a_prerelease_moves_no_minor_line() -> None:
    assert Revision("a" * 40, False, "2.0.0-rc.1", None).tags() == ("2.0.0-rc.1",)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Dockerfile").write_text(
        "FROM x\nARG API_URL\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN true\n"
    )
    monkeypatch.delenv("NPM_TOKEN", raising=False)
    monkeypatch.delenv("API_URL", raising=False)
    return tmp_path


def test_print_tells_what_is_missing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", str(project), "--engine", "docker", "--print", "-t", "acme/shop"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("docker buildx build --file ")
    assert "--tag acme/shop:dev" in printed.out
    assert "Dockerfile:3 asks for the secret npm_token, and there is none: set NPM_TOKEN" in printed.err
    assert "Dockerfile:2: the build argument API_URL has no value" in printed.err


def written(project: Path, pristine: str | None = None) -> None:
    """Have genfile.lock say that genfile wrote the Dockerfile of a project, or another text in its place."""
    text = pristine if pristine is not None else (project / "Dockerfile").read_text()
    lock = write_written(None, Written("0.3.0", files={"Dockerfile": text.encode()}))
    (project / "genfile.lock").write_text(lock)


def test_print_passes_what_genfile_asks_for(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written(project)
    monkeypatch.setenv("NPM_TOKEN", "s3cret")
    monkeypatch.setenv("API_URL", "https://api.example")
    assert run(["build", str(project), "--engine", "docker", "--print"]) == 0
    printed = capsys.readouterr()
    assert "--secret id=npm_token,env=NPM_TOKEN" in printed.out
    assert "--build-arg API_URL --" in printed.out
    assert "s3cret" not in printed.out
    assert "api.example" not in printed.out
    assert printed.err == ""


@pytest.mark.parametrize("flags", [[], ["--file", "Dockerfile"]])
@pytest.mark.parametrize("lock", [None, "FROM x\n", "FROM x\nRUN --mount=type=secret,id=npm_token,env=OTHER true\n"])
def test_what_genfile_did_not_write_gets_nothing_unasked(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    flags: list[str],
    lock: str | None,
) -> None:
    """Without a lock; with one whose text asked for nothing; with one whose secret was for another place."""
    if lock is not None:
        written(project, lock)
    monkeypatch.setenv("NPM_TOKEN", "s3cret")
    monkeypatch.setenv("API_URL", "https://api.example")
    assert run(["build", str(project), "--engine", "docker", "--print", *flags]) == 0
    printed = capsys.readouterr()
    assert "--secret" not in printed.out
    assert "--build-arg" not in printed.out
    assert "Dockerfile:3 asks for what genfile did not write there: it is not given; to give it, add --secret" in (
        printed.err
    )
    assert "add --build-arg API_URL" in printed.err


def test_flags_give_it_all_the_same(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--build-arg", "API_URL=https://user:pass@api.example", "--secret", "id=npm_token,env=NPM_TOKEN"]
    assert run(["build", str(project), "--engine", "docker", "--print", *words]) == 0
    printed = capsys.readouterr()
    assert "--build-arg API_URL --secret id=npm_token,env=NPM_TOKEN" in printed.out
    assert "pass" not in printed.out
    assert printed.err == "note: the command takes the values of API_URL from the environment\n"


FOREIGN = (
    "FROM x\nARG API_URL\nRUN --mount=type=secret,id=npmrc,target=/root/.npmrc,required=true x\n"
    "RUN --mount=type=ssh x\n"
)


def given_to(text: str, home: Path, named: Named = NOBODY, *, yes: bool = False, ours: str = "FROM x\n") -> BuildInputs:
    asked: list[str] = []

    def confirm(path: str, offers: Sequence[Offer]) -> bool:
        asked.extend(map(str, offers))
        return yes

    environment = {"API_URL": "x", "NPM_TOKEN": "x", "SSH_AUTH_SOCK": "/agent"}
    found = give(
        "Dockerfile",
        asks_of(read_dockerfile(text)),
        named,
        environment,
        home,
        ours=asks_of(read_dockerfile(ours)),
        confirm=confirm,
    )
    assert bool(asked) == (ours != text)
    return found


def test_a_yes_gives_variables_files_and_the_agent(tmp_path: Path) -> None:
    (tmp_path / ".npmrc").write_text("")
    found = given_to(FOREIGN, tmp_path, yes=True)
    assert (found.arguments, found.ssh) == (("API_URL",), ("default",))
    assert found.secrets == (f"id=npmrc,src={tmp_path}/.npmrc",)
    assert found.notes == ()
    assert given_to(FOREIGN, tmp_path, ours=FOREIGN) == found


def test_a_no_to_a_secret_that_a_step_needs_ends_the_build(tmp_path: Path) -> None:
    (tmp_path / ".npmrc").write_text("")
    with pytest.raises(UsageError, match="genfile did not write that line"):
        given_to(FOREIGN, tmp_path)


@pytest.mark.parametrize(
    "mount",
    [
        # An id that would be read as a file of the user's, a variable that would, an agent that is a key.
        '"type=secret","id=a,src=/root/.ssh/id_rsa",env=NPM_TOKEN',
        '"type=secret","id=a,src=/root/.ssh/id_rsa",required=false',
        "type=ssh,id=a=/root/.ssh/id_rsa",
    ],
)
def test_an_id_names_no_file(tmp_path: Path, mount: str) -> None:
    text = f"FROM x\nRUN --mount={mount} x\n"
    environment = {"NPM_TOKEN": "x", "SSH_AUTH_SOCK": "x"}
    asks = asks_of(read_dockerfile(text))
    found = give("Dockerfile", asks, NOBODY, environment, tmp_path, confirm=lambda *_: True)
    assert "id_rsa" not in f"{found.secrets} {found.ssh} {found.arguments}"


def test_a_lock_names_nothing_outside_of_the_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = {"name": "shop", "path": "../out", "workspace": None, "static": None, "language": "node"}
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "Dockerfile").write_text("FROM x\n")
    project = tmp_path / "project"
    project.mkdir()
    lock = write_written(None, Written("0.3.0", services={".": WrittenService(spec, "node")}))
    (project / "genfile.lock").write_text(lock)
    assert run(["build", str(project), "--engine", "docker", "--print"]) == 2
    assert "outside of" in capsys.readouterr().err


TYPED = BuildTarget("api", "Dockerfile", ".", ("api:dev",), arguments=("API_URL", "HTTPS_PROXY"),
               values={"API_URL": "https://api.example", "HTTPS_PROXY": "http://u:p@proxy"})  # fmt: skip


@pytest.mark.parametrize("engine", ["docker", "podman"])
def test_values_of_arguments_are_in_no_command(engine: Engine) -> None:
    """The engine takes them from its environment; but what it would itself obey there it gets as an argument."""
    (command,) = commands(engine, [TYPED], How())
    assert dict(command.environment) == {"API_URL": "https://api.example"}
    assert "API_URL" in command.words
    assert "HTTPS_PROXY=http://u:p@proxy" in command.words
    assert "HTTPS_PROXY" in command.shown
    assert "u:p" not in " ".join(command.shown)


def test_nor_in_those_of_a_bake() -> None:
    (command,) = commands("docker", [TYPED, replace(TYPED, name="web")], How())
    assert dict(command.environment) == {"API_URL": "https://api.example"}
    assert "web.args.API_URL" in command.words
    assert "api.args.HTTPS_PROXY=http://u:p@proxy" in command.words
    assert "u:p" not in " ".join(command.shown)
    assert "example" not in (command.stdin or "")


def test_bake_expands_nothing(tmp_path: Path) -> None:
    target = BuildTarget("api", "Dockerfile", "${HOME}", ("api:dev",), labels=("a=${HOME} %{if}",))
    (command,) = commands("docker", [target, replace(target, name="web")], How())
    document = json.loads(command.stdin or "")
    assert document["target"]["api"]["labels"] == {"a": "$${HOME} %%{if}"}
    assert document["target"]["api"]["context"].endswith("$${HOME}")


def test_it_can_be_run_where_one_stands(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project.parent)
    run(["build", project.name, "--engine", "podman", "--print"])
    out = capsys.readouterr().out
    assert out.startswith(f"podman build --file {project.name}/Dockerfile ")
    assert out.rstrip().endswith(f" {project.name}")


def test_push_wants_a_registry(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", str(project), "--engine", "docker", "--print", "--push"]) == 2
    assert "names no registry to push to" in capsys.readouterr().err


def test_several_services_are_one_bake() -> None:
    targets = [BuildTarget(name, f"{name}/Dockerfile", ".", (f"{name}:dev",)) for name in ("api", "web")]
    (command,) = commands("docker", targets, How(platforms=("linux/amd64", "linux/arm64"), push=True))
    document = json.loads(command.stdin or "")
    assert command.words[-2:] == ("api", "web")
    assert document["target"]["web"]["dockerfile"] == "web/Dockerfile"
    assert document["target"]["api"]["platforms"] == ["linux/amd64", "linux/arm64"]
    assert len(commands("podman", targets, How(push=True))) == 4


def test_podman_puts_several_platforms_into_a_list() -> None:
    target = BuildTarget("api", "Dockerfile", ".", ("r.example/api:1.2.0", "r.example/api:1.2"))
    made = commands("podman", [target], How(platforms=("linux/amd64", "linux/arm64"), push=True))
    assert [command.words[1:3] for command in made] == [
        ("build", "--file"),
        ("tag", "r.example/api:1.2.0"),
        ("manifest", "push"),
        ("manifest", "push"),
    ]
    assert made[0].words[3:6] == ("Dockerfile", "--manifest", "r.example/api:1.2.0")


@pytest.mark.parametrize("flags", [["--platform", "linux/amd64,linux/arm64"], ["--platform", "linux/amd64"] * 2])
def test_platforms_are_counted_however_they_are_given(
    project: Path, capsys: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    assert run(["build", str(project), "--engine", "podman", "--print", *flags]) == 0
    out = capsys.readouterr().out
    assert ("--manifest" in out, "--tag" in out) == ((True, False) if "," in flags[1] else (False, True))


def test_services_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM x\n")
    units = [Unit("api", "Dockerfile", ".", "a"), Unit("api", "Dockerfile", ".", "b")]
    with pytest.raises(UsageError, match="several services are called api: a, b"):
        plan_builds(tmp_path, units, BuildRequest(), None)


def test_podman_attests_nothing() -> None:
    with pytest.raises(UsageError, match="podman attaches no SBOM"):
        commands("podman", [BuildTarget("a", "Dockerfile", ".", ("a:dev",))], How(attest=True))


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ('ERROR: failed to calculate checksum of ref x::y: "/dist": not found', "/dist is copied into the image"),
        (
            "failed to solve: node:99: failed to resolve source metadata for docker.io/library/node:99: not found",
            "node:99",
        ),
        ("write /var/lib/docker: no space left on device", "engine's disk is full"),
        ("Cannot connect to the Docker daemon at unix:///x. Is it running?", "can't connect to a Docker engine"),
        ("exec /bin/sh: exec format error", "another CPU architecture"),
        ("pull access denied for acme/shop, repository does not exist", "can't pull the image acme/shop"),
        ("secret should have syntax id=id[,target=path,required=bool", "can't put a secret into a variable"),
    ],
)
def test_errors_of_engines_have_a_meaning(output: str, said: str) -> None:
    meaning = meaning_of(output)
    assert meaning is not None
    assert said in meaning.text


def test_what_no_pattern_knows_has_none() -> None:
    assert meaning_of("process did not complete successfully: exit code: 1") is None
