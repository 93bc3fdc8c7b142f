"""Local git repositories that stand for remote ones."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

PRESET = 'manifest = 1\nname = "acme"\nsummary = "Services of Acme"\nextends = "node"\n'
DOCKERFILE = '{% extends "node/Dockerfile.j2" %}\n{% block labels %}\nLABEL com.example.team=acme\n{% endblock %}\n'


def git(folder: Path, *arguments: str) -> str:
    """Run git as the author of a repository does."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    who = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com"}
    who |= {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.com"}
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *arguments],
        cwd=folder,
        env=environment | who,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def make_repository(folder: Path, files: Mapping[str, str] | None = None) -> Path:
    """A repository with one commit on `main`, tagged v1."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, files or {"preset.toml": PRESET, "Dockerfile.j2": DOCKERFILE}, tag="v1")
    return folder


def commit(folder: Path, files: Mapping[str, str], tag: str | None = None) -> str:
    """Write files, commit all that is there, and give the commit."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Change")
    if tag:
        git(folder, "tag", tag)
    return git(folder, "rev-parse", "HEAD")
