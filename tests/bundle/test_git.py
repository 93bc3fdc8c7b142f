"""Bundles out of git: fetched once a commit, read as raw objects, usable with the network gone."""

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from genfile.bundle import open_bundle
from genfile.errors import GenfileError, PresetError, SourceError, UsageError
from tests.bundle.remotes import commit, git, make_repository


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "genfile" / "bundles"


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "remote")


def url(remote: Path, rest: str = "") -> str:
    return f"git+file://{remote}{rest}"


def test_a_tag_a_branch_a_commit_and_the_default(remote: Path) -> None:
    first = git(remote, "rev-parse", "HEAD")
    second = commit(remote, {"more.txt": "2"})
    git(remote, "tag", "--annotate", "--message", "two", "v2")
    git(remote, "branch", "feature/x", first)
    for revision, wanted in {"@v1": first, "@v2": second, "@main": second, "@feature/x": first, "": second}.items():
        assert open_bundle(url(remote, revision), what="preset").commit == wanted, revision
    bundle = open_bundle(url(remote, f"@{first}"), what="preset")
    assert (bundle.commit, bundle.kind, bundle.name) == (first, "git", "remote")
    assert set(bundle.files) == {"preset.toml", "Dockerfile.j2"}


def test_a_tag_goes_before_a_branch_of_its_name(remote: Path) -> None:
    first = git(remote, "rev-parse", "HEAD")
    commit(remote, {"x": "1"})
    git(remote, "branch", "v1")
    assert open_bundle(url(remote, "@v1"), what="preset").commit == first


def test_a_commit_that_no_tag_or_branch_is_at(remote: Path) -> None:
    first = git(remote, "rev-parse", "HEAD")
    commit(remote, {"x": "1"})
    git(remote, "tag", "--delete", "v1")
    assert open_bundle(url(remote, "@main"), what="preset", pinned=first).commit == first


def test_a_server_that_gives_no_commit_by_its_name(remote: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of the older protocol give only what a tag or a branch is at; then the history is searched."""
    from genfile.bundle import git as module

    first = git(remote, "rev-parse", "HEAD")
    git(remote, "tag", "--delete", "v1")
    commit(remote, {"x": "1"})
    settings = [setting for setting in module._SETTINGS if not setting.startswith("protocol.")]
    monkeypatch.setattr(module, "_SETTINGS", (*settings, "protocol.version=0"))
    bundle = open_bundle(url(remote, "@main"), what="preset", pinned=first)
    assert (bundle.commit, "x" in bundle.files) == (first, False)
    with pytest.raises(SourceError, match="no longer in the repository"):
        open_bundle(url(remote, "@main"), what="preset", pinned="1" * 40)


@pytest.mark.skipif(
    not any((Path(git(Path(), "--exec-path")) / f"git-daemon{end}").exists() for end in ("", ".exe"))
    or os.name != "posix",
    reason="git comes without its daemon here",
)
def test_over_the_network(remote: Path, tmp_path: Path) -> None:
    """The same by git's own protocol, from a server on this machine."""
    import socket
    import subprocess

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["git", "daemon", "--export-all", "--listen=127.0.0.1", f"--port={port}", f"--base-path={tmp_path}"]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.1):
                break
            time.sleep(0.05)
        reference = f"git+git://127.0.0.1:{port}/remote"
        bundle = open_bundle(f"{reference}@v1", what="preset")
        with pytest.raises(SourceError, match="can't be fetched"):
            open_bundle(f"{reference}-not@v1", what="preset")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()
    assert bundle.files.keys() == {"preset.toml", "Dockerfile.j2"}
    assert open_bundle(f"{reference}@v1", what="preset", pinned=bundle.commit).files == bundle.files


def test_a_subfolder_executables_and_links(remote: Path) -> None:
    folder = remote / "presets" / "acme"
    folder.mkdir(parents=True)
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    (folder / "link.sh").symlink_to("run.sh")
    commit(remote, {"presets/acme/preset.toml": "manifest = 1\n"}, tag="v2")
    bundle = open_bundle(url(remote, "@v2#presets/acme"), what="preset")
    assert set(bundle.files) == {"preset.toml", "run.sh", "link.sh"}
    assert bundle.executable == {"run.sh", "link.sh"}
    assert bundle.name == "acme"
    assert open_bundle(url(remote, "@v2"), what="preset", directory="presets/acme").files == bundle.files
    with pytest.raises(UsageError, match="no folder presets/other"):
        open_bundle(url(remote, "@v2#presets/other"), what="preset")


def test_offline_from_the_cache(remote: Path, tmp_path: Path) -> None:
    first = open_bundle(url(remote, "@v1"), what="preset")
    remote.rename(tmp_path / "gone")
    assert open_bundle(url(remote, "@v1"), what="preset", offline=True).files == first.files
    # A pinned commit, and a tag that was resolved before, need no network either.
    assert open_bundle(url(remote, "@v1"), what="preset", pinned=first.commit).files == first.files
    assert open_bundle(url(remote, "@v1"), what="preset").files == first.files
    with pytest.raises(SourceError, match="can't be fetched"):
        open_bundle(url(remote, "@v1"), what="preset", refresh=True)
    with pytest.raises(SourceError, match="is not in the cache"):
        open_bundle(url(remote, "@v2"), what="preset", offline=True)


def test_a_branch_that_moves_and_a_pin_that_stays(remote: Path) -> None:
    first = open_bundle(url(remote, "@main"), what="preset")
    second = commit(remote, {"x": "1"})
    assert open_bundle(url(remote, "@main"), what="preset", pinned=first.commit).commit == first.commit
    assert open_bundle(url(remote, "@main"), what="preset", pinned=first.commit, refresh=True).commit == second
    assert open_bundle(url(remote), what="preset", checkout="v1").commit == first.commit


@pytest.mark.parametrize("revision", ["v9", "abcdef1", "0" * 40])
def test_a_revision_that_there_is_not(remote: Path, cache: Path, revision: str) -> None:
    with pytest.raises((UsageError, SourceError)):
        open_bundle(url(remote, f"@{revision}"), what="preset")
    assert not list(cache.iterdir())


def test_no_hook_no_filter_no_submodule(remote: Path, tmp_path: Path) -> None:
    """Whatever the repository says of itself, and wherever genfile is run from, no program of it runs."""
    witness = tmp_path / "ran"
    inner = make_repository(tmp_path / "inner")
    git(remote, "submodule", "--quiet", "add", f"file://{inner}", "sub")
    commit(remote, {".gitattributes": "* filter=evil\nx.txt export-subst\n", "x.txt": "$Format:%H$\n"}, tag="v2")
    hook = remote / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {witness}\n")
    hook.chmod(0o755)
    git(remote, "config", "filter.evil.smudge", f"touch {witness}; cat")
    bundle = open_bundle(url(remote, "@v2"), what="preset")
    assert bundle.files["x.txt"] == b"$Format:%H$\n"
    assert "sub" not in bundle.files
    assert not witness.exists()


def test_the_users_own_repository_is_not_touched(remote: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside of a git hook GIT_DIR names the user's repository."""
    own = make_repository(tmp_path / "own")
    before = sorted(path.as_posix() for path in own.rglob("*"))
    monkeypatch.setenv("GIT_DIR", str(own / ".git"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(own / ".git" / "objects"))
    assert open_bundle(url(remote, "@v1"), what="preset").files
    assert sorted(path.as_posix() for path in own.rglob("*")) == before


def test_several_at_once(remote: Path, cache: Path) -> None:
    """Whoever is first, all get the same, and nothing half-done stays behind."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: open_bundle(url(remote, "@v1"), what="preset").sha256, range(4)))
    assert len(set(found)) == 1
    assert not [path for path in cache.rglob("*") if path.parent.parent == cache and path.name.startswith(".")]


def _git_bomb(folder: Path) -> None:
    """Ten trees of ten entries, each ten times the one below: 10^10 files in a handful of objects."""
    blob = git(folder, "hash-object", "-w", "preset.toml")
    listing, kind, name = f"100644 blob {blob}", "blob", ""
    for _ in range(10):
        lines = "".join(f"{listing}\tf{n}\n" for n in range(10))
        (folder / ".tree").write_text(lines)
        with (folder / ".tree").open() as given:
            import subprocess

            name = subprocess.run(
                ["git", "mktree"], cwd=folder, stdin=given, capture_output=True, text=True, check=True
            ).stdout.strip()
        kind = "tree"
        listing = f"040000 {kind} {name}"
    made = git(folder, "commit-tree", name, "-m", "bomb")
    git(folder, "tag", "bomb", made)


def _tree(folder: Path, entry: str) -> None:
    """A commit of one entry that git itself would not take from a work tree."""
    import subprocess

    blob = git(folder, "hash-object", "-w", "preset.toml")
    raw = entry.encode() + b"\0" + bytes.fromhex(blob)
    tree = subprocess.run(
        ["git", "hash-object", "-t", "tree", "-w", "--stdin", "--literally"],
        cwd=folder,
        input=raw,
        capture_output=True,
        check=True,
    ).stdout.decode()
    git(folder, "tag", "bomb", git(folder, "commit-tree", tree.strip(), "-m", "odd"))


@pytest.mark.parametrize("case", ["bomb", "up", "absolute", "link", "linked-folder", "large", "many"])
def test_hostile_repositories(remote: Path, cache: Path, case: str) -> None:
    """Refused within two seconds after they were fetched, with one line, and nothing of them stays in the cache."""
    if case == "bomb":
        _git_bomb(remote)
    elif case == "up":
        _tree(remote, "100644 ../evil")
    elif case == "absolute":
        _tree(remote, "100644 /evil")
    else:
        if case == "link":
            (remote / "x").symlink_to("/etc/passwd")
        elif case == "linked-folder":
            (remote / "x").symlink_to("../..")
        elif case == "large":
            (remote / "x").write_bytes(b"0" * (4 * 1024 * 1024 + 1))
        else:
            (remote / "d").mkdir()
            for number in range(2_001):
                (remote / "d" / str(number)).write_text("")
        commit(remote, {}, tag="bomb")
    started = time.monotonic()
    with pytest.raises(GenfileError) as caught:
        open_bundle(url(remote, "@bomb"), what="preset")
    assert time.monotonic() - started < 2 * SLACK
    assert "\n" not in caught.value.message
    assert not list(cache.iterdir())


@pytest.mark.parametrize(
    "reference",
    [
        "ext::sh -c touch% /tmp/x",
        "git+ext::sh -c touch% x",
        "git+ext://sh -c touch x",
        "git+fd::17/foo",
        "--upload-pack=touch x",
        "git+--upload-pack=touch x",
        "git+file:///x@--upload-pack=touch",
        "git+ssh://-oProxyCommand=touch/x",
        "git+ssh://-oProxyCommand=touch@host/x",
        "git+ssh://host/-x",
        "-oProxyCommand=x@host:repo",
        "git@-oProxyCommand=x:repo",
        "git@host:--upload-pack=x",
        "gh:--upload-pack=x/y",
        "gh:owner/../../etc",
        "git+https://host/x@-b",
        "git+https://host/x@a..b",
        "git+https://user:secret@host/x",
        "git+http://host/x",
        "git+https://host/x#../y",
        "git+https://host/x#/etc",
        "svn+https://host/x",
        "http://host/x.zip",
        "https://host/x.zip",
        "file.zip#../up",
        "",
        " ",
        "a\nb",
        "package:../x",
        "package:",
        "gh:owner",
        "gh:",
        "#sub",
    ],
)
def test_hostile_references(reference: str, cache: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        open_bundle(reference, what="preset", base=tmp_path)
    assert "\n" not in caught.value.message
    assert not cache.exists()


def test_a_pin_that_is_no_commit(remote: Path) -> None:
    with pytest.raises(PresetError, match="is not a commit"):
        open_bundle(url(remote), what="preset", pinned="--upload-pack=x")


def test_a_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.setattr("genfile.bundle.git.ASK_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        started = time.monotonic()
        with pytest.raises(SourceError, match="timed out after 1 s"):
            open_bundle(f"git+git://127.0.0.1:{server.getsockname()[1]}/x@v1", what="preset")
    assert time.monotonic() - started < 2 * SLACK


# Machines that do other work too are slower.
SLACK = float(os.environ.get("GENFILE_SLACK", "1"))
