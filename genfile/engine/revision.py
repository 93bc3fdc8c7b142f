"""A checkout's commit, tag and remote from git, for labels and tags of an image."""

import hashlib
import os
import re
import subprocess
from pathlib import Path

from msgspec import Struct

_SECONDS = 10
# No hook, no monitor, no pager of the repository's has a say.
_SETTINGS = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.pager=cat")
_VERSION = re.compile(r"v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)")
_CREDENTIALS = re.compile(r"^(https?://)[^/@]*@")


class Revision(Struct, frozen=True):
    """A checkout: its commit in hex digits, whether files differ from it, the version that a tag names, its URL."""

    commit: str
    dirty: bool
    version: str | None
    source: str | None

    def tags(self) -> tuple[str, ...]:
        """The tags of an image: of a release its version and the minor line, else the commit."""
        if self.version is not None and not self.dirty:
            minor = () if "-" in self.version else (".".join(self.version.split(".")[:2]),)
            return (self.version, *minor)
        return (f"sha-{self.commit[:12]}{'-dirty' if self.dirty else ''}",)

    def labels(self) -> tuple[str, ...]:
        """`key=value` of the OCI annotations (github.com/opencontainers/image-spec/blob/main/annotations.md)."""
        found = [f"org.opencontainers.image.revision={self.commit}{'-dirty' if self.dirty else ''}"]
        if self.version is not None:
            found.append(f"org.opencontainers.image.version={self.version}")
        if self.source is not None:
            found.append(f"org.opencontainers.image.source={self.source}")
        return tuple(found)


class Blob(Struct, frozen=True):
    """The content of a file in a commit: its id in hex digits, its size in bytes, whether it is a symbolic link."""

    id: str
    size: int
    link: bool

    def holds(self, content: bytes) -> bool:
        """Whether this is the id of a content."""
        hashed = hashlib.new("sha256" if len(self.id) == 64 else "sha1", usedforsecurity=False)
        hashed.update(b"blob %d\0" % len(content))
        hashed.update(content)
        return hashed.hexdigest() == self.id


def read_revision(folder: Path) -> Revision | None:
    """The revision of a folder; None if it is not in a checkout, or git is not installed."""
    commit = _git(folder, "rev-parse", "--verify", "HEAD")
    if commit is None or not re.fullmatch(r"[0-9a-f]{40,64}", commit):
        return None
    status = _git(folder, "status", "--porcelain", "--untracked-files=no")
    versions = [
        match[1]
        for tag in (_git(folder, "tag", "--points-at", "HEAD") or "").split()
        if (match := _VERSION.fullmatch(tag))
    ]
    remote = _git(folder, "config", "--get", "remote.origin.url")
    return Revision(commit, bool(status), versions[-1] if versions else None, _web_url(remote))


def _web_url(remote: str | None) -> str | None:
    """The URL without credentials; an address of SSH as one that a browser opens. None for a folder."""
    if remote is None:
        return None
    match = re.fullmatch(r"(?:ssh://)?git@([^:/]+)[:/](.+)", remote)
    url = f"https://{match[1]}/{match[2]}" if match else _CREDENTIALS.sub(r"\1", remote)
    return url.removesuffix(".git") if url.startswith(("https://", "http://")) and url.isprintable() else None


def commit_of(folder: Path, reference: str) -> str | None:
    """The commit that a name means in a checkout; None where there is none."""
    found = _git(folder, "rev-parse", "--verify", "--end-of-options", f"{reference}^{{commit}}")
    return found if found is not None and re.fullmatch(r"[0-9a-f]{40,64}", found) else None


def file_at(folder: Path, commit: str, path: str, limit: int) -> bytes | None:
    """A file below a folder as a commit has it, no filter of the repository's applied; None where there is none."""
    found = _run(folder, "cat-file", "blob", f"{commit}:./{path}")
    return found if found is not None and len(found) <= limit else None


def blobs_at(folder: Path, commit: str) -> dict[str, Blob] | None:
    """The files below a folder as a commit has them, by path; None where git can't list them."""
    found = _run(folder, "ls-tree", "-r", "-l", "-z", commit)
    if found is None:
        return None
    blobs = {}
    for record in _records(found):
        about, _, path = record.partition("\t")
        mode, kind, name, size = about.split()
        if kind == "blob":
            blobs[path] = Blob(name, int(size), link=mode == "120000")
    return blobs


def listed_files(folder: Path) -> frozenset[str] | None:
    """The files below a folder that git follows or would add; None where it can't list them."""
    found = _run(folder, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    return frozenset(_records(found)) if found is not None else None


def _records(output: bytes) -> list[str]:
    return [record for record in output.decode("utf-8", "surrogateescape").split("\0") if record]


def _git(folder: Path, *words: str) -> str | None:
    found = _run(folder, *words)
    return found.decode("utf-8", "replace").strip() if found is not None else None


def _run(folder: Path, *words: str) -> bytes | None:
    """What git prints; None where it fails. It fetches nothing."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *_SETTINGS, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
            env={**os.environ, "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1"},
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
