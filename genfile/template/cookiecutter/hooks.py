"""The code of a template, its hooks and extensions: named before it runs, and run only with the user's trust.

The one module of templates that starts programs and that writes: into a temporary folder of its own, which is read
back into memory. The project itself is written elsewhere.
"""

import errno
import os
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from genfile.bundle import Bundle
from genfile.errors import PresetError
from genfile.template.cookiecutter.environment import BUILT_IN
from genfile.template.cookiecutter.results import read_all
from genfile.template.cookiecutter.variables import FILE
from genfile.template.project import NewFile

HOOKS = {
    "pre_prompt": "before the first question, in a copy of the template",
    "pre_gen_project": "before the files are written",
    "post_gen_project": "after the files are written",
}
_SECONDS = 1800
# Of what `git rev-parse --local-env-vars` names, that which says where a repository is.
_REPOSITORY = frozenset(
    "GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR "
    "GIT_PREFIX GIT_IMPLICIT_WORK_TREE GIT_GRAFT_FILE GIT_SHALLOW_FILE GIT_NAMESPACE".split()
)


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
        kind = "part of the template" if local else "from an installed package"
        lines.append(f"{folder}{FILE}: the Jinja extension {extension} is loaded, {kind}")
    return lines


def foreign_extensions(extensions: Any) -> list[str]:
    """Those of `_extensions` that are neither built in nor Jinja's own."""
    listed = extensions if isinstance(extensions, (list, tuple)) else []
    return [str(name) for name in listed if str(name) not in BUILT_IN]


class HookWorkspace:
    """A copy of the bundle and a place for the project, on disk for as long as code of the template runs."""

    def __init__(self, root: Path, bundle: Bundle) -> None:
        self.root, self.output, self.second = root, root / "project", root / "again"
        self.output.mkdir()
        self.second.mkdir()
        self.template = self.lay(bundle, f"template/{_last(bundle.name) or 'template'}")

    def lay(self, bundle: Bundle, name: str) -> Path:
        """Put the files of a bundle into a folder."""
        write(self.root / name, {path: _as_file(bundle, path) for path in bundle.files})
        return self.root / name

    def make_project(self, name: str, output: Path) -> Path:
        """The empty folder of the new project, in one of the two places that a workspace has for it."""
        place = output / name
        place.mkdir(parents=True)
        return place

    def run_pre_prompt(self, bundle: Bundle) -> Bundle:
        """Run the hook in the copy, and read back what it made of the template."""
        scripts = hooks_of(bundle.files, "pre_prompt")
        for path in scripts:
            run_script(self.template / path, self.template, path)
        if not scripts:
            return bundle
        files = read_all(self.template)
        return replace(
            bundle,
            files={path: file.content for path, file in files.items()},
            executable=frozenset(path for path, file in files.items() if file.executable),
        )

    def run(self, path: str, text: str, project: Path, *, quiet: bool = False) -> None:
        """Run a hook that has been rendered, in the project's folder."""
        handle, name = tempfile.mkstemp(suffix=Path(path).suffix, dir=self.output.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        run_script(Path(name), project, path, quiet=quiet)


@contextmanager
def workspace(bundle: Bundle) -> Iterator[HookWorkspace]:
    """A temporary folder, away afterwards whatever happens."""
    with tempfile.TemporaryDirectory(prefix="genfile-", ignore_cleanup_errors=True) as folder:
        yield HookWorkspace(Path(folder).resolve(), bundle)


def run_script(script: Path, folder: Path, shown: str, *, quiet: bool = False) -> None:
    """Run one script as cookiecutter does: `.py` by this Python, all else by itself; its output goes to stderr.

    ``quiet``: its output is hidden, and it can't prompt.
    """
    command = [sys.executable, str(script)] if script.suffix == ".py" else [str(script)]
    script.chmod(script.stat().st_mode | stat.S_IEXEC)
    sys.stderr.flush()
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL if quiet else None,
            stdout=subprocess.DEVNULL if quiet else _stderr(),
            stderr=subprocess.DEVNULL if quiet else None,
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise PresetError(f"{shown} did not end within {_SECONDS} seconds; nothing was written") from None
    except OSError as error:
        why = "it is empty or has no #! line" if error.errno == errno.ENOEXEC else str(error.strerror)
        raise PresetError(f"{shown} can't be run: {why}; nothing was written") from None
    if done.returncode:
        raise PresetError(f"{shown} failed with exit code {done.returncode}; nothing was written")


def _environment(folder: Path) -> dict[str, str]:
    """The user's environment without git's variables, which are set if a git hook or alias starts genfile."""
    kept = {name: value for name, value in os.environ.items() if name not in _REPOSITORY}
    return kept | {"GIT_CEILING_DIRECTORIES": str(folder.parent)}


def next_second() -> None:
    """Wait until the clock shows another second: a secret may be made of it."""
    time.sleep(1 - time.time() % 1)


def _stderr() -> int:
    """The stream for a hook's output, so that genfile's own output stays machine-readable."""
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


def _as_file(bundle: Bundle, path: str) -> NewFile:
    return NewFile(bundle.files[path], path in bundle.executable)


def _last(name: str) -> str:
    return "".join(char for char in name.rpartition("/")[2] if char.isalnum() or char in "-_.").strip(".")
