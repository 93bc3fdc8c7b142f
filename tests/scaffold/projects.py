"""Templates with hooks, and users' projects in git, for tests that run the command itself."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

INNER = "{{cookiecutter.slug}}"


def genfile(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command in a folder, as a user does; nobody answers its questions."""
    return subprocess.run(
        [sys.executable, "-m", "genfile", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    """Files below a folder; a name that ends in `!` is executable."""
    for name, text in files.items():
        path = folder / name.removesuffix("!")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755 if name.endswith("!") else 0o644)
    return folder


def write_template(folder: Path, files: Mapping[str, str], hook: str = "", **variables: Any) -> Path:
    """A template of cookiecutter's: the files of its project, and a hook that runs after they are written."""
    write_files(folder, {f"{INNER}/{name}": text for name, text in files.items()})
    (folder / "cookiecutter.json").write_text(json.dumps({"slug": "shop", **variables}))
    if hook:
        write_files(folder, {"hooks/post_gen_project.py": hook})
    return folder


def digest_of(folder: Path) -> dict[str, str]:
    """Every file and folder below a folder, byte for byte, with its mode."""
    found = {}
    for path in sorted(folder.rglob("*")):
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[path.relative_to(folder).as_posix()] = f"{path.lstat().st_mode:o} {content}"
    return found
