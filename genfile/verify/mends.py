"""Fixes that need more than a name filled in: from the name in a log, the spec, and the project's files."""

import posixpath
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.verify import resolving
from genfile.verify.causes import CauseMend, pruned

if TYPE_CHECKING:
    from genfile.spec.project import Spec

_HOME = "/app"
# How much of a file is read.
_READ = 4096
_HEAP = "--max-old-space-size"
_HEAP_MEGABYTES = 4096
_LEFT_OUT = frozenset({".git", "node_modules", ".venv", "__pycache__"})
_MOST = 20_000


class MendTree(Struct, frozen=True):
    """The project's files by path; ``context``: the folder that becomes the image's /app."""

    root: Path | None = None
    context: str = "."

    def has(self, path: str) -> bool:
        """Whether there is such a file or folder below the context."""
        place = self._place(path)
        return place is not None and place.exists()

    def head(self, path: str) -> bytes:
        """The first bytes of a file; empty if there is none."""
        place = self._place(path)
        try:
            with place.open("rb") if place is not None else open("/dev/null", "rb") as file:  # noqa: PTH123
                return file.read(_READ)
        except OSError:
            return b""

    def is_executable(self, path: str) -> bool:
        place = self._place(path)
        return place is not None and place.is_file() and bool(place.stat().st_mode & 0o111)

    def mode(self, path: str) -> int | None:
        """The bits of a file's mode; None if there is no file."""
        place = self._place(path)
        return place.stat().st_mode & 0o777 if place is not None and place.exists() else None

    def named(self, pattern: str) -> list[str]:
        """The paths below the context that match a pathlib pattern, without what tools put there."""
        place = self._place(".")
        found: list[str] = []
        for number, path in enumerate(place.rglob(pattern) if place is not None else ()):
            relative = path.relative_to(place) if place is not None else path
            if number < _MOST and not _LEFT_OUT & set(relative.parts):
                found.append(relative.as_posix())
        return sorted(found)

    def _place(self, path: str) -> Path | None:
        if self.root is None:
            return None
        base = (self.root / self.context).resolve()
        place = (base / path).resolve()
        return place if place.is_relative_to(base) else None


NOTHING = MendTree()


def _inside(path: str) -> str | None:
    """A path in the image as one in the build context; None outside the application."""
    if not path.startswith("/"):
        return posixpath.normpath(path)
    return posixpath.relpath(path, _HOME) if path.startswith(_HOME + "/") else None


def _copied(name: str, spec: "Spec", tree: MendTree) -> CauseMend | None:
    """A project file that the program reads and the image lacks."""
    path = _inside(name)
    places = () if path is None else (path, f"{path}.js", f"{path}.json")
    there = next((item for item in places if tree.has(item)), None)
    if there is None:
        elsewhere = [item for item in tree.named(posixpath.basename(name)) if item != path]
        if name.startswith("/") or not elsewhere:
            return CauseMend()
        return CauseMend({}, f"{name} is not where the program is started: the project has it at {elsewhere[0]}")
    if "." in spec.run_paths or not spec.run_paths:
        return CauseMend({}, f"{name} is in the project and not in the image: .dockerignore leaves it out")
    top = there.split("/")[0]
    return CauseMend({"run_paths": sorted({*spec.run_paths, top})}, f"{name} is in the project, and is not copied")


def _started(name: str, spec: "Spec", tree: MendTree) -> CauseMend | None:
    """A script that can't start as it is: no executable bit, Windows line endings, or no shebang."""
    path = _inside(name)
    head = tree.head(path) if path is not None and tree.has(path) else b""
    if path is None or not head:
        return None
    first = head.split(b"\n", 1)[0]
    if first.startswith(b"#!") and first.endswith(b"\r"):
        return CauseMend({}, f"{name} has line ends of Windows, so that its interpreter is not found: save it with LF")
    if tree.is_executable(path):
        return None
    words = first[2:].decode("utf-8", "replace").split() if first.startswith(b"#!") else []
    program = [word.rsplit("/", 1)[-1] for word in words if not word.endswith("/env")]
    own = next((number for number, word in enumerate(spec.start) if _inside(word) == path), None)
    text = f"{name} is a file that nobody may execute"
    if own is None or not program:
        return CauseMend({}, text)
    return CauseMend({"start": [*spec.start[:own], *program, *spec.start[own:]]}, text)


def _readable(name: str, spec: "Spec", tree: MendTree) -> CauseMend | None:
    """A project file that only its owner may read; COPY keeps its mode."""
    path = _inside(name)
    mode = tree.mode(path) if path is not None else None
    if mode is None or mode & 0o004:
        return None
    return CauseMend({}, f"{name} has mode {mode:o}, and the program is another user: chmod a+r {path}")


def _heap(name: str, spec: "Spec", tree: MendTree) -> CauseMend | None:
    """A larger heap for a step of the build."""
    listed = [pruned(item.model_dump(mode="json")) for item in spec.environment]
    phase = "build" if spec.build else "run"
    mine = next((item for item in listed if item["name"] == "NODE_OPTIONS"), None)
    others = [word for word in (mine or {}).get("value", "").split() if not word.startswith(_HEAP)]
    value = " ".join([*others, f"{_HEAP}={_HEAP_MEGABYTES}"])
    if mine is not None and mine.get("value") == value:
        return CauseMend()
    if mine is None:
        listed.append({"name": "NODE_OPTIONS", "phase": phase})
    (mine or listed[-1])["value"] = value
    return CauseMend({"environment": listed})


def _certificate(name: str, spec: "Spec", tree: MendTree) -> CauseMend | None:
    """The only certificate in the project."""
    found = [
        path
        for pattern in ("*.crt", "*.pem", "*.cer")
        for path in tree.named(pattern)
        if b"-----BEGIN CERTIFICATE-----" in tree.head(path) and b"PRIVATE KEY" not in tree.head(path)
    ]
    return CauseMend({"ca": found[0]}) if len(found) == 1 else None


def _secret(name: str, spec: "Spec", tree: MendTree) -> CauseMend | None:
    """A secret that the build reads, mounted for the build."""
    from genfile.dockerfile.sensitive import is_sensitive

    if not is_sensitive(name):
        return None
    listed = [pruned(item.model_dump(mode="json")) for item in spec.secrets]
    new = {"id": name.lower(), "kind": "variable", "variable": name, "phase": "build"}
    return CauseMend() if new in listed else CauseMend({"secrets": [*listed, new]})


def _program(name: str, spec: "Spec", tree: MendTree) -> CauseMend | None:
    """The Debian package of a started program."""
    from genfile.data import started_programs

    package = started_programs().get(name.rsplit("/", 1)[-1])
    if package is None:
        return CauseMend()
    return CauseMend({"system_packages.run": list(dict.fromkeys([*spec.system_packages.run, package]))})


# By the names in diagnoses.toml. A function returns None if another cause is behind these words.
MENDS: Mapping[str, Callable[[str, "Spec", MendTree], CauseMend | None]] = {
    "copied": _copied,
    "started": _started,
    "readable": _readable,
    "heap": _heap,
    "certificate": _certificate,
    "secret": _secret,
    "program": _program,
    "invalid-requirement": resolving.invalid_requirement,
    "other-python": resolving.other_python,
    "no-version": resolving.no_version,
    "no-wheel": resolving.no_wheel,
}
