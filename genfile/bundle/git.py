"""A bundle from git, through the git command line: fetched once per commit and kept in the user's cache folder.

Only objects are fetched, one commit deep, into a bare repository, and files are read as raw objects. Without a work
tree no hook, filter (LFS), submodule or attribute takes effect. The cache is keyed by URL and commit; a cached commit
needs no network.
"""

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from genfile.bundle.cache import cache_folder
from genfile.bundle.model import BOUNDS, Bounds, Collector
from genfile.bundle.reference import COMMIT
from genfile.errors import PresetError, SourceError, UsageError

FETCH_HINT = "`genfile presets fetch` fetches what genfile.lock pins; `genfile presets update` moves the pins"
ASK_SECONDS, FETCH_SECONDS, READ_SECONDS = 30, 180, 60
# A repository that takes more on the disk is not one of presets.
MAX_PACK = 512 * 1024 * 1024

# Only git's variables for reaching a server; one that names a repository would redirect genfile to it.
_KEPT = re.compile(
    r"GIT_(SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|SSL_\w+|PROXY_COMMAND|CONFIG_(GLOBAL|COUNT|KEY_\d+|VALUE_\d+))"
)
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=20",
    "protocol.version=2",
)


class Fetched(Struct, frozen=True):
    """The files of one commit, which of them are executable, and the commit."""

    files: dict[str, bytes]
    executable: frozenset[str]
    commit: str


def read_git(
    url: str,
    revision: str | None,
    subfolder: str,
    reference: str,
    pinned: str | None = None,
    *,
    offline: bool = False,
    refresh: bool = False,
    bounds: Bounds = BOUNDS,
) -> Fetched:
    """The files below a subfolder of a repository at a tag, branch or commit; ``pinned`` is a commit that goes first.

    ``url`` and ``revision`` come from `parse_reference`. Raises SourceError when git fails or can't be asked,
    UsageError for a revision or folder that there is not, PresetError for what must not be in a bundle.
    """
    if pinned is not None and not COMMIT.fullmatch(pinned):
        raise PresetError(
            f"{reference}: {pinned[:60]!r} is not a commit", hint="run `genfile presets update` to record a new one"
        )
    with _home(url) as home:
        commit = pinned or _resolve(url, revision, reference, home, offline=offline, refresh=refresh)
        repository = home / commit
        if not repository.is_dir():
            if offline:
                raise SourceError(f"{reference}: commit {commit[:12]} is not in the cache", hint=FETCH_HINT)
            _fetch(url, commit, reference, home)
        try:
            files, executable = _read(repository, commit, subfolder, reference, bounds)
        except PresetError:
            # A refused bundle is not kept.
            shutil.rmtree(repository, ignore_errors=True)
            raise
        if pinned is None and revision != commit:
            _remember(_note(home, revision), commit)
    return Fetched(files, executable, commit)


@contextlib.contextmanager
def _home(url: str) -> Iterator[Path]:
    """The folder of a repository in the cache, or without a safe cache one that lasts as long as this run."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", url.rstrip("/").removesuffix(".git").rsplit("/", 1)[-1])[:40]
    folder = cache_folder("bundles", f"{name}-{hashlib.sha256(url.encode()).hexdigest()[:24]}")
    if folder is not None:
        try:
            yield folder
        finally:
            with contextlib.suppress(OSError):
                # Empty if nothing was fetched.
                folder.rmdir()
        return
    with tempfile.TemporaryDirectory(prefix="genfile-") as temporary:
        yield Path(temporary)


def _resolve(url: str, revision: str | None, reference: str, home: Path, *, offline: bool, refresh: bool) -> str:
    """The commit of a revision, from the server; if the server can't be reached, the last known one."""
    if revision is not None and COMMIT.fullmatch(revision):
        return revision
    if not offline:
        wanted = (
            [f"refs/tags/{revision}", f"refs/tags/{revision}^{{}}", f"refs/heads/{revision}"] if revision else ["HEAD"]
        )
        code, output = _run(["ls-remote", "--", url, *wanted], home, ASK_SECONDS)
        if code == 0:
            return _choose(output, wanted, revision, reference)
        if refresh:
            raise _failed(reference, url, output)
    last = _recall(_note(home, revision))
    if last is None:
        if offline:
            raise SourceError(f"{reference} is not in the cache", hint=FETCH_HINT)
        raise _failed(reference, url, output)
    return last


def _choose(output: bytes, wanted: list[str], revision: str | None, reference: str) -> str:
    found: dict[str, str] = {}
    for line in output.decode("utf-8", "replace").splitlines():
        commit, _, name = line.partition("\t")
        if COMMIT.fullmatch(commit):
            found[name] = commit
    # An annotated tag names its commit with ^{}; a tag wins over a branch of the same name, as in git.
    for name in (wanted[1], wanted[0], wanted[2]) if revision else wanted:
        if name in found:
            return found[name]
    if revision is None:
        raise UsageError(f"{reference}: the repository is empty")
    hint = "write a commit with all 40 digits" if re.fullmatch(r"[0-9a-f]{7,39}", revision) else None
    raise UsageError(f"{reference}: no tag or branch named {revision}", hint=hint)


def _fetch(url: str, commit: str, reference: str, home: Path) -> None:
    """Fetch one commit into the cache, in a temporary folder that is renamed when it is complete."""
    temporary = home / f".{os.urandom(6).hex()}"
    try:
        code, output = _run(["init", "--quiet", "--bare", "--template=", str(temporary)], home, READ_SECONDS)
        if code == 0:
            code, output = _fetch_into(temporary, url, commit)
        if code != 0:
            raise _failed(reference, url, output)
        if _run(["cat-file", "-e", f"{commit}^{{commit}}"], temporary, READ_SECONDS)[0] != 0:
            raise SourceError(
                f"{reference}: commit {commit[:12]} is no longer in the repository",
                hint="run `genfile presets update` to use the current one",
            )
        with contextlib.suppress(OSError):
            # Another process may have been faster; then its copy is as good.
            temporary.rename(home / commit)
        if not (home / commit).is_dir():
            raise SourceError(f"{reference}: the cache folder {home} can't be written")
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _fetch_into(repository: Path, url: str, commit: str) -> tuple[int, bytes]:
    fetch = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"]
    code, output = _run([*fetch, "--depth=1", "--", url, commit], repository, FETCH_SECONDS)
    if code == 0 or (b"not our ref" not in output and b"unadvertised" not in output):
        return code, output
    # A server that gives no commit by its name: take every tag and branch with its history.
    every = ("+refs/heads/*:refs/genfile/heads/*", "+refs/tags/*:refs/genfile/tags/*")
    return _run([*fetch, "--", url, *every], repository, FETCH_SECONDS)


def _read(
    repository: Path, commit: str, subfolder: str, reference: str, bounds: Bounds
) -> tuple[dict[str, bytes], frozenset[str]]:
    collector = Collector(reference, bounds)
    tree = f"{commit}:{subfolder}" if subfolder else f"{commit}^{{tree}}"
    limit = bounds.entries * (bounds.path_length + 80)
    code, listing = _run(
        ["ls-tree", "-r", "-l", "-z", "--full-tree", tree], repository, READ_SECONDS, limit, bounds.entries
    )
    if code == _TOO_MUCH:
        raise collector.refused(f"has more than {bounds.entries} entries")
    if code != 0:
        raise UsageError(f"{reference}: no folder {subfolder or '/'} in commit {commit[:12]}")
    blobs: list[tuple[str, str, str]] = []
    for entry in listing.split(b"\0")[:-1]:
        head, _, name = entry.partition(b"\t")
        mode, kind, digest, size = head.decode("ascii").split()
        collector.count()
        if kind != "blob":
            # A submodule: its repository is not fetched.
            continue
        path = collector.inside(name.decode("utf-8", "replace"))
        collector.check_size(path, int(size))
        blobs.append((mode, digest, path))
    if sum(1 for mode, _, _ in blobs if mode != "120000") > bounds.files:
        raise collector.refused(f"contains more than {bounds.files} files")
    for (mode, _, path), content in zip(blobs, _contents(repository, blobs, reference, bounds), strict=True):
        if mode == "120000":
            collector.link(path, content.decode("utf-8", "replace"))
        else:
            collector.add(path, content, executable=mode == "100755")
    return collector.finish()


def _contents(repository: Path, blobs: list[tuple[str, str, str]], reference: str, bounds: Bounds) -> Iterator[bytes]:
    """The raw content of every blob, in order, by one `git cat-file`."""
    asked = "".join(f"{digest}\n" for _, digest, _ in blobs).encode()
    limit = bounds.all_bytes + len(blobs) * 100
    code, output = _run(["cat-file", "--batch"], repository, READ_SECONDS, limit, stdin=asked)
    if code == _TOO_MUCH:
        raise PresetError(f"{reference}: contains more than {bounds.all_bytes // (1024 * 1024)} MiB")
    if code != 0:
        raise SourceError(
            f"{reference}: git can't read the fetched repository", hint=f"remove {repository} and try again"
        )
    at = 0
    for _ in blobs:
        line_end = output.find(b"\n", at)
        words = output[at:line_end].split()
        if line_end < 0 or len(words) != 3 or words[1] != b"blob":
            raise SourceError(
                f"{reference}: the fetched repository is incomplete", hint=f"remove {repository} and try again"
            )
        start = line_end + 1
        at = start + int(words[2]) + 1
        yield output[start : at - 1]


_TOO_MUCH = -1000
_TIME_OVER = -1001


def _run(
    arguments: list[str], folder: Path, timeout: float, limit: int = 1024 * 1024, records: int = 0, stdin: bytes = b""
) -> tuple[int, bytes]:
    """Run git in a folder; returns its exit code and output. It is stopped when it prints or takes too much."""
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    words = [
        "git",
        "--no-pager",
        *settings,
        *([] if arguments[0] in ("init", "ls-remote") else ["--git-dir", str(folder)]),
    ]
    keep_errors = arguments[0] in ("init", "ls-remote", "fetch")
    with tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        try:
            process = subprocess.Popen(
                [*words, *arguments],
                cwd=folder,
                env=_environment(),
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if keep_errors else subprocess.DEVNULL,
                # Detached from the terminal, where ssh would ask for a password.
                start_new_session=True,
            )
        except OSError as error:
            raise SourceError(f"git can't be started: {error.strerror or error}", hint="install git") from None
        return _drain(process, timeout, limit, records)


def _drain(process: "subprocess.Popen[bytes]", timeout: float, limit: int, records: int) -> tuple[int, bytes]:
    from threading import Timer

    _bound(process.pid)
    over: list[int] = []

    def end(code: int) -> None:
        over.append(code)
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL) if hasattr(os, "killpg") else process.kill()

    timer = Timer(timeout, end, (_TIME_OVER,))
    timer.start()
    output = bytearray()
    count = 0
    assert process.stdout is not None
    try:
        while chunk := os.read(process.stdout.fileno(), 1 << 16):
            output += chunk
            count += chunk.count(b"\0") if records else 0
            if len(output) > limit or (records and count > records):
                end(_TOO_MUCH)
                break
        code = process.wait()
    except BaseException:
        # Ctrl-C: the child does not outlive genfile.
        end(_TIME_OVER)
        raise
    finally:
        timer.cancel()
        process.stdout.close()
        process.wait()
    if over and over[0] == _TIME_OVER:
        return _TIME_OVER, f"fatal: timed out after {timeout:.0f} s".encode()
    return (over[0] if over else code), bytes(output)


def _bound(pid: int) -> None:
    """Limit what git may write to disk, if the system supports it."""
    with contextlib.suppress(ImportError, AttributeError, OSError, ValueError):
        import resource

        resource.prlimit(pid, resource.RLIMIT_FSIZE, (MAX_PACK, MAX_PACK))


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or _KEPT.fullmatch(k)}
    return kept | {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ALLOW_PROTOCOL": "https:ssh:git:file",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
    }


def _failed(reference: str, url: str, output: bytes) -> SourceError:
    lines = [line for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    said = next(
        (line for line in lines if line.startswith(("fatal:", "error:", "ssh:", "remote:"))), "git printed no error"
    )
    return SourceError(
        f"{reference} can't be fetched: {said[:200]}", hint=f"check the URL and your access with `git ls-remote {url}`"
    )


def _note(home: Path, revision: str | None) -> Path:
    """The file with the last known commit of a revision."""
    return home / f"revision-{hashlib.sha256((revision or 'HEAD').encode()).hexdigest()[:24]}"


def _remember(known: Path, commit: str) -> None:
    temporary = known.with_name(f".{os.urandom(6).hex()}")
    with contextlib.suppress(OSError):
        temporary.write_text(commit, "ascii")
        temporary.replace(known)


def _recall(known: Path) -> str | None:
    try:
        text = known.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        return None
    return text if COMMIT.fullmatch(text) else None
