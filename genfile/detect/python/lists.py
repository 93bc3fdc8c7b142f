"""Which file of a folder is the requirements list of its production."""

import re

from genfile.detect.tree import Project

# Requirements files for production, best first: the usual names where only one of several is for the service.
REQUIREMENTS = (
    "requirements/production.txt",
    "requirements/prod.txt",
    "requirements-prod.txt",
    "requirements.prod.txt",
    "requirements_prod.txt",
    "requirements-production.txt",
    "requirements.txt",
    "requirements.lock",
    "requirements/base.txt",
    "requirements/requirements.txt",
    "requirements/main.txt",
    "requirements/common.txt",
    "requirements-base.txt",
    "requirements/default.txt",
    "requirements.in",
)
_MANIFESTS = ("pyproject.toml", "Pipfile", "setup.py", "setup.cfg", "environment.yml", "environment.yaml")
_FROZEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[\w,.-]+\])?==[\w.!+-]+(?:\s*;.+)?")
# Words in the name of a requirements file that is not for the running service.
_OTHER_PURPOSES = frozenset(
    "dev develop development test tests testing ci doc docs lint local build debug optional extra extras style".split()
)


def production_list(folder: Project) -> str | None:
    """The requirements file: with a usual name, else the only one without another purpose; where there is no manifest
    at all, the only file that is nothing but exact versions."""
    usual = next((name for name in REQUIREMENTS if folder.has(name)), None)
    if usual is not None:
        return usual
    names = [name for name in folder.names() if name.startswith(("requirements", "reqs"))]
    names += [f"requirements/{name}" for name in folder.names("requirements")]
    own = [
        name
        for name in names
        if name.endswith((".txt", ".in")) and _OTHER_PURPOSES.isdisjoint(re.split(r"[^a-z0-9]+", name.lower()))
    ]
    locked = [name for name in own if name.endswith(".txt")] or own
    if not names and not folder.present(_MANIFESTS):
        # Under any name: `pip freeze` shows what it is.
        locked = [name for name in folder.names() if name.endswith(".txt") and _is_frozen(folder, name)]
    return locked[0] if len(locked) == 1 else None


def _is_frozen(folder: Project, name: str) -> bool:
    """Whether a text file is nothing but a list of exact versions."""
    lines = [line.strip() for line in (folder.text(name) or "").splitlines()]
    listed = [line for line in lines if line and not line.startswith("#")]
    return bool(listed) and all(_FROZEN.fullmatch(line) for line in listed)
