"""The tool that installs the dependencies, its version, and the files that it reads."""

from typing import TYPE_CHECKING

from genfile.data import default_tool
from genfile.evidence import Fact, decide

if TYPE_CHECKING:
    from genfile.detect.python.manifest import PythonProject

LOCKS = {
    "uv": "uv.lock",
    "poetry": "poetry.lock",
    "pdm": "pdm.lock",
    "pipenv": "Pipfile.lock",
    "pixi": "pixi.lock",
}


def package_manager(project: "PythonProject") -> Fact[str]:
    """The tool, by the ordered signals below; pip if none answers."""
    return decide(project, NAME_SIGNALS).fact or Fact("pip")


def installs_otherwise(project: "PythonProject") -> bool:
    """Whether something stronger than a requirements file lists what is installed, so that the file is a leftover."""
    return any(signal(project) is not None for signal in NAME_SIGNALS[: NAME_SIGNALS.index(_requirements)])


def _uv_lock(project: "PythonProject") -> Fact[str] | None:
    """uv.lock."""
    return (
        project.root.fact("uv", "uv.lock", 1, "uv.lock") if project.root.has("uv.lock") and project.pyproject else None
    )


def _poetry(project: "PythonProject") -> Fact[str] | None:
    """poetry.lock, or [tool.poetry] in pyproject.toml."""
    if project.folder.has("poetry.lock") and project.pyproject is not None:
        return project.folder.fact("poetry", "poetry.lock", 1, "poetry.lock")
    table = project.poetry_table
    own = table.get("dependencies") or table.get("group") or table.get("package-mode") is False
    if own and project.pyproject is not None:
        return project.folder.fact(
            "poetry", "pyproject.toml", project.pyproject.line("tool", "poetry"), "[tool.poetry]"
        )
    return None


def _pdm(project: "PythonProject") -> Fact[str] | None:
    """pdm.lock."""
    return project.folder.fact("pdm", "pdm.lock", 1, "pdm.lock") if project.folder.has("pdm.lock") else None


def _pipenv(project: "PythonProject") -> Fact[str] | None:
    """Pipfile."""
    return project.folder.fact("pipenv", "Pipfile", 1, "Pipfile") if project.pipfile is not None else None


def _requirements(project: "PythonProject") -> Fact[str] | None:
    """A requirements file."""
    name = project.requirements_file
    return project.folder.fact("pip", name, 1, name) if name else None


def _uv_table(project: "PythonProject") -> Fact[str] | None:
    """[tool.uv] in pyproject.toml, without a lockfile."""
    if project.pyproject is not None and project.pyproject.table("tool", "uv") and project.project_table:
        return project.folder.fact("uv", "pyproject.toml", project.pyproject.line("tool", "uv"), "[tool.uv]")
    return None


def _conda(project: "PythonProject") -> Fact[str] | None:
    """environment.yml."""
    name, document = project.conda
    if document is None or not document.items("dependencies") or project.pyproject is not None:
        return None
    return project.folder.fact("conda", name, 1, name)


def _pixi(project: "PythonProject") -> Fact[str] | None:
    """pixi.toml."""
    return project.folder.fact("pixi", "pixi.toml", 1, "pixi.toml") if project.pixi is not None else None


def _inline(project: "PythonProject") -> Fact[str] | None:
    """A program with inline script metadata, which uv reads."""
    return project.folder.fact("uv", project.inline[0], 1, "# /// script") if project.inline is not None else None


# Build backends that belong to a tool which also creates projects with them; others belong to no tool.
_BACKENDS = {"poetry.core.masonry.api": "poetry", "poetry.masonry.api": "poetry", "uv_build": "uv"}


def _backend(project: "PythonProject") -> Fact[str] | None:
    """`build-backend` of Poetry or uv, without a lockfile: that tool installs the dependencies."""
    document = project.pyproject
    tool = _BACKENDS.get(document.text("build-system", "build-backend") or "") if document is not None else None
    if document is None or tool is None or not project.project_table.get("dependencies"):
        return None
    line = document.line("build-system", "build-backend")
    return project.folder.fact(tool, "pyproject.toml", line, f"the build backend of {tool}")


def _not_installable(project: "PythonProject") -> Fact[str] | None:
    """Dependencies in the pyproject.toml of a folder that pip would refuse to install: uv installs only them."""
    document = project.pyproject
    if document is None or not project.project_table.get("dependencies") or document.table("build-system"):
        return None
    if document.table("tool", "setuptools") or project.setup_keywords or project.folder.has_folder("src"):
        return None
    folders = [name for name in project.folder.subfolders() if name.isidentifier() and name not in _NOT_FOUND]
    files = [name[:-3] for name in project.folder.names() if name.endswith(".py")]
    files = [name for name in files if name not in _NOT_FOUND and name not in _NOT_MODULES]
    if len(folders) == 1 or (not folders and len(files) == 1):
        return None
    line = document.line("project", "dependencies")
    return project.folder.fact("uv", "pyproject.toml", line, "[project] dependencies, without a build system")


# Folders that setuptools' discovery skips; of the others it accepts exactly one (setuptools.pypa.io, flat-layout).
_NOT_FOUND = frozenset(
    """
    ci bin debian doc docs documentation manpages news newsfragments changelog test tests unit_test unit_tests
    example examples scripts tools util utils python build benchmark benchmarks exercise exercises htmlcov
    """.split()
)
_NOT_MODULES = frozenset("setup conftest toxfile noxfile pavement dodo tasks fabfile conanfile manage".split())


def _pyproject(project: "PythonProject") -> Fact[str] | None:
    """Only pyproject.toml, setup.py or setup.cfg: pip installs the project."""
    for name in ("pyproject.toml", "setup.py", "setup.cfg"):
        if project.folder.has(name):
            return project.folder.fact("pip", name, 1, name)
    return None


NAME_SIGNALS = (
    _uv_lock,
    _poetry,
    _pdm,
    _pipenv,
    _requirements,
    _uv_table,
    _conda,
    _pixi,
    _inline,
    _backend,
    _not_installable,
    _pyproject,
)


def manager_version(project: "PythonProject", manager: str) -> Fact[str] | None:
    """The tool's version: the one that wrote the lockfile, else genfile's default; None for pip."""
    if manager == "poetry" and project.folder.has("poetry.lock"):
        first = (project.folder.text("poetry.lock") or "").split("\n", 1)[0]
        version = first.partition("generated by Poetry ")[2].split(" ")[0]
        if version[:1].isdigit():
            return project.folder.fact(version, "poetry.lock", 1, f"generated by Poetry {version}")
    tool = {"uv": ("tool", "uv", "required-version"), "poetry": ("tool", "poetry", "requires-poetry")}.get(manager)
    text = project.pyproject.text(*tool) if tool and project.pyproject else None
    if tool and text and project.pyproject is not None:
        version = text.lstrip("=~^>< ").split(",")[0]
        if version[:1].isdigit() and text[:1] not in "><":
            return project.root.fact(version, "pyproject.toml", project.pyproject.line(*tool), f"{tool[-1]} {text}")
    if manager == "pip":
        return None
    return Fact(default_tool(manager, project.python))
