"""What a Python project declares, whichever tool it uses."""

import posixpath
import re
from functools import cached_property
from typing import Any

from genfile.detect.code import parse_code
from genfile.detect.python.dependency import Dependency
from genfile.detect.python.groups import Chosen, choose_groups, extra_file, listed_groups
from genfile.detect.python.lists import production_list
from genfile.detect.python.local import local_dependencies
from genfile.detect.python.locks import Package, locked_packages, reach
from genfile.detect.python.markers import holds
from genfile.detect.python.members import members_of
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers import Document
from genfile.parsers.pymetadata import script_metadata, setup_keywords
from genfile.parsers.python import parse_python
from genfile.parsers.requirements import RequirementsFile, normalise, parse_requirements

_CONDA_NAME = re.compile(r"(?:[\w.-]+::)?([A-Za-z0-9][\w.-]*)")


def python_project(folder: Project) -> "PythonProject":
    """The project in a folder, the same object for claim and facts."""
    return folder.tree.once(("python-project", folder.path), lambda: PythonProject(folder))


class PythonProject:
    """A folder with its manifests, each read once when needed. ``python``: the release line, once it is decided."""

    def __init__(self, folder: Project) -> None:
        self.folder = folder
        self.python: str | None = None

    def at(self, path: str) -> "PythonProject":
        """The project of another folder of the tree."""
        return python_project(Project(self.folder.tree, path))

    @cached_property
    def pyproject(self) -> Document | None:
        return self.folder.toml("pyproject.toml") if self.folder.has("pyproject.toml") else None

    @cached_property
    def pipfile(self) -> Document | None:
        return self.folder.toml("Pipfile") if self.folder.has("Pipfile") else None

    @cached_property
    def workspace(self) -> "tuple[Project, tuple[str, ...]] | None":
        """The root of the uv workspace that the folder belongs to, and the folders of all members."""
        above: Project | None = self.folder
        while above is not None:
            document = above.toml("pyproject.toml") if above.has("pyproject.toml") else None
            patterns = document.items("tool", "uv", "workspace", "members") if document else []
            if patterns:
                members = members_of(above, patterns)
                own = self.folder.path in members or (above is self.folder and bool(self.project_table))
                return (above, tuple(members)) if own else None
            above = above.parent()
        return None

    @property
    def root(self) -> Project:
        """The folder with the lockfile: the workspace's root, else the service's own."""
        return self.workspace[0] if self.workspace is not None else self.folder

    @property
    def project_table(self) -> dict[str, Any]:
        return self.pyproject.table("project") if self.pyproject else {}

    @property
    def poetry_table(self) -> dict[str, Any]:
        return self.pyproject.table("tool", "poetry") if self.pyproject else {}

    @cached_property
    def requirements_name(self) -> str | None:
        """The requirements file to install; none if there is a lockfile or another tool's manifest."""
        from genfile.detect.python.manager import installs_otherwise

        return None if installs_otherwise(self) else self.requirements_file

    @cached_property
    def requirements_file(self) -> str | None:
        """The production requirements file: with a usual name, else the only one without another purpose."""
        return production_list(self.folder)

    @cached_property
    def requirements_files(self) -> dict[str, RequirementsFile]:
        """That file and everything that it includes, by name, in order; constraints too."""
        found: dict[str, RequirementsFile] = {}
        queue = [self.requirements_name] if self.requirements_name else []
        while queue and len(found) < 30:
            name = queue.pop(0)
            parsed = self.folder.parse(parse_requirements, name) if name not in found else None
            if parsed is None:
                continue
            found[name] = parsed
            base = posixpath.dirname(name)
            for other, _ in (*parsed.includes, *parsed.constraints):
                path = posixpath.normpath(posixpath.join(base, other))
                if self.folder.has(path):
                    queue.append(path)
        return found

    @cached_property
    def plain(self) -> dict[str, Dependency]:
        """Dependencies by name, without groups and extras: from the installed manifest, then from the others."""
        found: dict[str, Dependency] = {}
        for name, parsed in self.requirements_files.items():
            for entry in parsed.entries:
                if entry.name and holds(entry.marker):
                    says = self.folder.says(name, entry.line, f"{entry.name}{entry.specifier}")
                    found.setdefault(entry.name, Dependency(entry.name, entry.extras, entry.specifier, says))
        for dependency in (
            *self.own_dependencies(),
            *self._pipfile_dependencies(),
            *self._conda_dependencies(),
            *self._inline_dependencies(),
            *local_dependencies(self),
        ):
            found.setdefault(dependency.name, dependency)
        return found

    def own_dependencies(self) -> list[Dependency]:
        """What is installed with the project itself as a package."""
        return [*self._project_dependencies(), *self._poetry_dependencies(), *self._setup_dependencies()]

    @cached_property
    def dependencies(self) -> dict[str, Dependency]:
        """Production dependencies by name, including those of groups and extras."""
        found = dict(self.plain)
        for dependency in self._group_dependencies():
            found.setdefault(dependency.name, dependency)
        return found or self.imported

    def add(self, dependency: Dependency) -> None:
        """Add a package that the image installs beyond the list to the dependencies."""
        self.dependencies.setdefault(dependency.name, dependency)

    @cached_property
    def chosen(self) -> Chosen:
        """The groups and extras for production."""
        return choose_groups(self, {*self.plain, *reach(self.packages, self.plain)})

    @cached_property
    def packages(self) -> dict[str, Package]:
        """What the lockfile says of each package, by name."""
        return locked_packages(self.root)

    @cached_property
    def imported(self) -> dict[str, Dependency]:
        """What the folder's modules import, if nothing lists dependencies."""
        from genfile.detect.python.unlisted import imported

        return {} if self.has_manifest else imported(self)

    @property
    def has_manifest(self) -> bool:
        """Whether anything lists dependencies, even an empty list."""
        files = "pyproject.toml Pipfile setup.py setup.cfg pixi.toml environment.yml environment.yaml".split()
        return self.requirements_name is not None or self.inline is not None or any(map(self.folder.has, files))

    def _group_dependencies(self) -> list[Dependency]:
        groups, extras = listed_groups(self)
        texts = [("pyproject.toml", text) for name in self.chosen.groups for text in groups[name]]
        texts += [(extra_file(self, name), text) for name in self.chosen.extras for text in extras[name]]
        found = [self.dependency(text, file, None) for file, text in texts]
        return [item for item in found if item is not None]

    def _project_dependencies(self) -> list[Dependency]:
        found: list[Dependency] = []
        listed = self.project_table.get("dependencies", [])
        line = self.pyproject.line("project", "dependencies") if self.pyproject else None
        for text in listed if isinstance(listed, list) else []:
            dependency = self.dependency(text, "pyproject.toml", line)
            if dependency is not None:
                found.append(dependency)
        return found

    def dependency(self, text: Any, file: str, line: int | None) -> Dependency | None:
        """A requirement as a text of one of the project's files."""
        from packaging.requirements import InvalidRequirement, Requirement

        try:
            requirement = Requirement(str(text))
        except InvalidRequirement:
            return None
        if requirement.marker is not None and not holds(str(requirement.marker)):
            return None
        says = self.folder.says(file, line, str(text))
        return Dependency(
            normalise(requirement.name), tuple(sorted(requirement.extras)), str(requirement.specifier), says
        )

    def _poetry_dependencies(self) -> list[Dependency]:
        table = self.poetry_table.get("dependencies", {})
        return self._from_table(table, "pyproject.toml", self.pyproject, ("tool", "poetry", "dependencies"))

    def _pipfile_dependencies(self) -> list[Dependency]:
        table = self.pipfile.table("packages") if self.pipfile else {}
        return self._from_table(table, "Pipfile", self.pipfile, ("packages",))

    def _from_table(self, table: Any, file: str, document: Document | None, path: tuple[str, ...]) -> list[Dependency]:
        found: list[Dependency] = []
        for name, value in (table if isinstance(table, dict) else {}).items():
            if name == "python" or (isinstance(value, dict) and value.get("optional")):
                continue
            version = value if isinstance(value, str) else value.get("version", "*") if isinstance(value, dict) else "*"
            extras = value.get("extras", []) if isinstance(value, dict) else []
            line = document.line(*path, name) if document else None
            says = self.folder.says(file, line, f"{name} {version}")
            found.append(Dependency(normalise(name), tuple(map(str, extras)), str(version), says))
        return found

    def _setup_dependencies(self) -> list[Dependency]:
        texts: list[tuple[str, str]] = []
        listed = self.setup_keywords.get("install_requires", [])
        texts += [("setup.py", str(text)) for text in (listed if isinstance(listed, list) else [])]
        if self.setup_cfg is not None:
            text = self.setup_cfg.text("options", "install_requires") or ""
            texts += [("setup.cfg", line) for line in text.splitlines() if line.strip()]
        found = [self.dependency(text, file, None) for file, text in texts]
        return [item for item in found if item is not None]

    def _conda_dependencies(self) -> list[Dependency]:
        """What environment.yml and pixi.toml list, from conda's channels and PyPI; most names are the same in both."""
        found: list[Dependency | None] = []
        name, document = self.conda
        for index, item in enumerate(document.items("dependencies") if document else []):
            line = document.line("dependencies", index) if document else None
            if isinstance(item, dict) and isinstance(item.get("pip"), list):
                found += [self.dependency(text, name, line) for text in item["pip"]]
            elif isinstance(item, str):
                match = _CONDA_NAME.match(item)
                says = self.folder.says(name, line, item)
                found.append(Dependency(normalise(match[1]), (), "", says) if match else None)
        if self.pixi is not None:
            for path in (("dependencies",), ("pypi-dependencies",)):
                found += self._from_table(self.pixi.table(*path), "pixi.toml", self.pixi, path)
        return [item for item in found if item is not None and item.name not in ("python", "pip")]

    @cached_property
    def conda_names(self) -> frozenset[str]:
        """Packages from conda channels, which bring their own libraries."""
        document = self.conda[1] if self.pyproject is None and self.requirements_name is None else None
        found = [
            _CONDA_NAME.match(item)
            for item in (document.items("dependencies") if document else [])
            if isinstance(item, str)
        ]
        names = [match[1] for match in found if match is not None]
        return frozenset(map(normalise, [*names, *(self.pixi.table("dependencies") if self.pixi else ())]))

    @cached_property
    def conda(self) -> tuple[str, Document | None]:
        """The environment file of conda, by its name."""
        for name in ("environment.yml", "environment.yaml"):
            if self.folder.has(name):
                return name, self.folder.yaml(name)
        return "environment.yml", None

    @cached_property
    def pixi(self) -> Document | None:
        return self.folder.toml("pixi.toml") if self.folder.has("pixi.toml") else None

    @cached_property
    def inline(self) -> tuple[str, dict[str, Any]] | None:
        """The script with inline metadata (PEP 723), and the metadata; only without a manifest."""
        if self.pyproject or self.pipfile or self.requirements_name or self.conda[1] or self.pixi:
            return None
        for name in self.folder.names():
            text = self.folder.text(name) if name.endswith(".py") else None
            if text and "# /// script" in text:
                metadata = script_metadata(text)
                if metadata is not None and isinstance(metadata.get("dependencies"), list):
                    return name, metadata
        return None

    def _inline_dependencies(self) -> list[Dependency]:
        if self.inline is None:
            return []
        name, metadata = self.inline
        found = [self.dependency(text, name, 1) for text in metadata["dependencies"]]
        return [item for item in found if item is not None]

    @cached_property
    def setup_keywords(self) -> dict[str, Any]:
        module = parse_code(self.folder, parse_python, "setup.py") if self.folder.has("setup.py") else None
        return setup_keywords(module) if module else {}

    @cached_property
    def setup_cfg(self) -> Document | None:
        from genfile.parsers.data import parse_ini

        return self.folder.parse(parse_ini, "setup.cfg") if self.folder.has("setup.cfg") else None

    @cached_property
    def locked(self) -> dict[str, str]:
        """Exact versions by name, from a lockfile or pinned requirements."""
        found = {name: item.version for name, item in self.packages.items() if item.version is not None}
        for parsed in self.requirements_files.values():
            for entry in parsed.entries:
                if entry.pinned and holds(entry.marker):
                    found.setdefault(entry.name, entry.pinned)
        return found

    @property
    def has_build_system(self) -> bool:
        """Whether the project can be installed as a package."""
        if self.pyproject is not None and self.pyproject.table("build-system"):
            return self.poetry_table.get("package-mode") is not False
        return bool(self.setup_keywords) or (self.setup_cfg is not None and bool(self.setup_cfg.table("metadata")))

    @property
    def scripts(self) -> dict[str, str]:
        """Console scripts by name."""
        found: dict[str, str] = {}
        for table in (self.project_table.get("scripts"), self.poetry_table.get("scripts")):
            for name, value in (table if isinstance(table, dict) else {}).items():
                if isinstance(value, str):
                    found.setdefault(name, value)
        points = self.setup_keywords.get("entry_points")
        listed = points.get("console_scripts", []) if isinstance(points, dict) else []
        lines = [str(item) for item in listed] if isinstance(listed, list) else []
        if self.setup_cfg is not None:
            lines += (self.setup_cfg.text("options.entry_points", "console_scripts") or "").splitlines()
        for line in lines:
            name, sign, value = line.partition("=")
            if sign:
                found.setdefault(name.strip(), value.strip())
        return found

    @property
    def commands(self) -> set[tuple[str, str]]:
        """Sub-commands that it adds to another package's program: `celery flower`, in `celery.commands`."""
        points = self.setup_keywords.get("entry_points")
        groups = dict(points) if isinstance(points, dict) else {}
        table = self.project_table.get("entry-points")
        groups |= table if isinstance(table, dict) else {}
        found: set[tuple[str, str]] = set()
        for group, listed in groups.items():
            program, _, kind = str(group).rpartition(".")
            for line in listed if kind == "commands" and isinstance(listed, dict | list) else ():
                found.add((program, str(line).partition("=")[0].strip()))
        return found

    @property
    def name(self) -> str | None:
        for value in (
            self.project_table.get("name"),
            self.poetry_table.get("name"),
            self.setup_keywords.get("name"),
        ):
            if isinstance(value, str):
                return value
        return None

    def depends(self, *names: str) -> Evidence | None:
        """Evidence of the first of these names that is a dependency."""
        return next((self.dependencies[name].evidence for name in names if name in self.dependencies), None)
