"""The code of a template: its hooks and extensions. Named before it runs, and run only with the user's trust.

The one module of templates that starts programs and that writes: into a temporary folder of its own, which is read
back into memory. The project itself is written elsewhere.
"""

import errno
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from genfile.bundle import Bundle
from genfile.errors import PresetError
from genfile.template.cookiecutter.environment import BUILT_IN
from genfile.template.cookiecutter.variables import FILE
from genfile.template.project import NewFile

HOOKS = {
    "pre_prompt": "before the first question, in a copy of the template",
    "pre_gen_project": "before the files are written",
    "post_gen_project": "after the files are written",
}
MAX_FILES = 20_000
MAX_BYTES = 512 * 1024 * 1024
_SECONDS = 1800


def hooks_of(files: Mapping[str, bytes], name: str) -> list[str]:
    """The scripts of one hook, as cookiecutter finds them."""
    inside = (path for path in files if path.startswith("hooks/") and path.count("/") == 1)
    return sorted(path for path in inside if Path(path).stem == name and not path.endswith("~"))


def code_of(files: Mapping[str, bytes], extensions: Any, folder: str = "") -> list[str]:
    """One line for each piece of code that a template in a folder of the bundle would run."""
    lines: list[str] = []
    for name, when in HOOKS.items():
        lines.extend(f"{folder}{path} runs {when}" for path in hooks_of(files, name))
    for extension in foreign_extensions(extensions):
        module = extension.partition(".")[0]
        local = f"{module}.py" in files or any(path.startswith(f"{module}/") for path in files)
        kind = "of the template's own" if local else "an installed package's"
        lines.append(f"{folder}{FILE}: the Jinja extension {extension} is loaded, {kind}")
    return lines


def foreign_extensions(extensions: Any) -> list[str]:
    """Those of `_extensions` that are neither built in nor Jinja's own."""
    listed = extensions if isinstance(extensions, (list, tuple)) else []
    return [str(name) for name in listed if str(name) not in BUILT_IN]


class Workspace:
    """A copy of the bundle and a place for the project, on disk for as long as code of the template runs."""

    def __init__(self, root: Path, bundle: Bundle) -> None:
        self.root, self.output = root, root / "project"
        self.output.mkdir()
        self.template = self.lay(bundle, f"template/{_last(bundle.name) or 'template'}")

    def lay(self, bundle: Bundle, name: str) -> Path:
        """Put the files of a bundle into a folder."""
        write(self.root / name, {path: _as_file(bundle, path) for path in bundle.files})
        return self.root / name

    def make_project(self, name: str) -> Path:
        """The empty folder of the new project."""
        place = self.output / name
        place.mkdir(parents=True)
        return place

    def run_pre_prompt(self, bundle: Bundle) -> Bundle:
        """Run the hook in the copy, and read back what it made of the template."""
        scripts = hooks_of(bundle.files, "pre_prompt")
        for path in scripts:
            run_script(self.template / path, self.template, path)
        if not scripts:
            return bundle
        files = read(self.template)
        return replace(
            bundle,
            files={path: file.content for path, file in files.items()},
            executable=frozenset(path for path, file in files.items() if file.executable),
        )

    def run(self, path: str, text: str, project: Path) -> None:
        """Run a hook that has been rendered, in the project's folder."""
        handle, name = tempfile.mkstemp(suffix=Path(path).suffix, dir=self.output.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        run_script(Path(name), project, path)


@contextmanager
def workspace(bundle: Bundle) -> Iterator[Workspace]:
    """A temporary folder, away afterwards whatever happens."""
    with tempfile.TemporaryDirectory(prefix="genfile-", ignore_cleanup_errors=True) as folder:
        yield Workspace(Path(folder).resolve(), bundle)


def run_script(script: Path, folder: Path, shown: str) -> None:
    """Run one script as cookiecutter does: `.py` by this Python, all else by itself; its output goes to stderr."""
    command = [sys.executable, str(script)] if script.suffix == ".py" else [str(script)]
    script.chmod(script.stat().st_mode | stat.S_IEXEC)
    sys.stderr.flush()
    try:
        done = subprocess.run(command, cwd=folder, stdout=_stderr(), check=False, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        raise PresetError(f"{shown} did not end within {_SECONDS} seconds; nothing was written") from None
    except OSError as error:
        why = "it is empty or has no #! line" if error.errno == errno.ENOEXEC else str(error.strerror)
        raise PresetError(f"{shown} can't be run: {why}; nothing was written") from None
    if done.returncode:
        raise PresetError(f"{shown} failed with exit code {done.returncode}; nothing was written")


def _stderr() -> int:
    """Where a hook's output goes, so that ours stays a program's to read."""
    try:
        return sys.stderr.fileno()
    except (OSError, AttributeError, ValueError):
        return 2


def write(folder: Path, files: Mapping[str, NewFile], folders: tuple[str, ...] = ()) -> None:
    """Lay files out below a temporary folder of ours."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in folders:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name, file in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
        if file.executable:
            path.chmod(path.stat().st_mode | 0o111)


def read(folder: Path, moved: tuple[str, str] | None = None) -> dict[str, NewFile]:
    """The files below a folder; a link is followed to a file inside, and left out where it leads elsewhere.

    ``moved`` is the temporary folder and the one that the project goes to: a hook may have written its place down.
    """
    files: dict[str, NewFile] = {}
    total = 0
    for path in _walk(folder):
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            continue
        if not path.is_file():
            continue
        total += path.stat().st_size
        if len(files) >= MAX_FILES or total > MAX_BYTES:
            raise PresetError(f"the hooks left more than {MAX_FILES:,} files or {MAX_BYTES >> 20} MiB")
        executable = bool(path.stat().st_mode & 0o111)
        content = path.read_bytes()
        if moved is not None:
            content = _moved(content, *moved)
        files[path.relative_to(folder).as_posix()] = NewFile(content, executable)
    return files


def _moved(content: bytes, old: str, new: str) -> bytes:
    """Text with one folder's name in the place of another's; binary files stay as they are."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return content
    return content.replace(old.encode("utf-8"), new.encode("utf-8"))


def empty_folders(folder: Path) -> tuple[str, ...]:
    """Folders with nothing in them."""
    found = (Path(root) for root, folders, files in os.walk(folder) if not folders and not files)
    return tuple(sorted(path.relative_to(folder).as_posix() for path in found if path != folder))


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(root) / name for name in sorted(names))


def _as_file(bundle: Bundle, path: str) -> NewFile:
    return NewFile(bundle.files[path], path in bundle.executable)


def _last(name: str) -> str:
    return "".join(char for char in name.rpartition("/")[2] if char.isalnum() or char in "-_.").strip(".")
