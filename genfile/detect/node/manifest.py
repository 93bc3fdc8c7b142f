"""package.json, as the detectors read it."""

from functools import cached_property
from typing import Any

from msgspec import Struct

from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers import Document

FILE = "package.json"
# Conditions of `exports`, one in another.
MAX_CONDITIONS = 6
LIFECYCLE = ("preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare")


class PackageJson(Struct, frozen=True, dict=True):
    """A package.json; every accessor returns an empty value if the file says nothing usable."""

    project: Project
    document: Document
    file: str = FILE

    @cached_property
    def scripts(self) -> dict[str, str]:
        return _texts(self.document.table("scripts"))

    @cached_property
    def dependencies(self) -> dict[str, str]:
        """What production installs, optional dependencies included."""
        return _texts(self.document.table("dependencies")) | _texts(self.document.table("optionalDependencies"))

    @cached_property
    def dev_dependencies(self) -> dict[str, str]:
        return _texts(self.document.table("devDependencies"))

    @cached_property
    def every_dependency(self) -> dict[str, str]:
        return _texts(self.document.table("peerDependencies")) | self.dev_dependencies | self.dependencies

    @cached_property
    def run_dependencies(self) -> dict[str, str]:
        """What must be there at run time, peer dependencies included."""
        return _texts(self.document.table("peerDependencies")) | self.dependencies

    @property
    def programs(self) -> tuple[str, ...]:
        """The names of the programs that the package itself brings."""
        value, name = self.document.get("bin"), self.name
        if isinstance(value, str) and name:
            return (name.rpartition("/")[2],)
        return tuple(str(key) for key in value) if isinstance(value, dict) else ()

    @property
    def name(self) -> str | None:
        return self.document.text("name")

    @property
    def is_module(self) -> bool:
        return self.document.text("type") == "module"

    def entry(self, module: str) -> str:
        """The file that importing a module of the package loads, by `exports`, else `main`."""
        part = f".{module.removeprefix(self.name or '')}"
        value: object = self.document.get("exports")
        value = value.get(part, value if part == "." else None) if isinstance(value, dict) else value
        for _ in range(MAX_CONDITIONS):
            if isinstance(value, dict):
                value = next((item for key, item in value.items() if key != "types"), None)
        if isinstance(value, str):
            return value
        return part if part != "." else self.document.text("main") or self.document.text("module") or "index.js"

    def says(self, *path: str) -> Evidence:
        """Evidence of a key: `package.json:12 (engines.node is >=22)`."""
        value = self.document.get(*path)
        shown = value if isinstance(value, str) else "present"
        return self.project.says(self.file, self.document.line(*path), f"{'.'.join(path)} is {shown}")

    def dev_engines(self, kind: str) -> dict[str, tuple[str, ...]]:
        """`devEngines.runtime` or `.packageManager`, one entry or a list: the versions asked for, by name."""
        value = self.document.get("devEngines", kind)
        found: dict[str, tuple[str, ...]] = {}
        for item in value if isinstance(value, list) else [value]:
            name, version = (item.get("name"), item.get("version", "")) if isinstance(item, dict) else ("", "")
            if isinstance(name, str) and name:
                found[name] = (*found.get(name, ()), version if isinstance(version, str) else "")
        return found

    def says_dev_engine(self, kind: str, name: str, version: str) -> Evidence:
        """Evidence of an entry of devEngines."""
        says = f"devEngines.{kind} is {name} {version}".rstrip()
        return self.project.says(FILE, self.document.line("devEngines", kind), says)

    def depends(self, name: str) -> Evidence:
        """Evidence of a dependency, in whichever table it is."""
        for table in ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies"):
            if name in self.document.table(table):
                return self.project.says(self.file, self.document.line(table, name), f"{table} has {name}")
        return self.project.says(self.file, None, name)


def exported(package: PackageJson) -> list[str]:
    """The files that importers of the package get, by `main`, `module` and `exports`."""
    found = [text for key in ("main", "module") if (text := package.document.text(key))]
    queue: list[Any] = [package.document.get("exports")]
    for value in queue:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict | list):
            queue += [item for key, item in value.items() if key != "types"] if isinstance(value, dict) else value
    return [text for text in found if not text.endswith(("package.json", ".d.ts", ".d.mts", ".d.cts"))]


def read_package(project: Project) -> PackageJson | None:
    """The package.json of a folder; None when there is none, or it is not a JSON object (then a note says so)."""
    return project.tree.once(("package.json", project.path), lambda: _read_package(project))


def _read_package(project: Project) -> PackageJson | None:
    document = project.json(FILE)
    if document is None:
        return None
    if not isinstance(document.value, dict):
        project.tree.note(
            "warning", f"{project.full(FILE)} is not a JSON object and was skipped", project.full(FILE), 1
        )
        return None
    return PackageJson(project, document)


def package_of(module: str) -> str:
    """`@scope/name` for `@scope/name/part`, `name` for `name/part`."""
    parts = module.split("/")
    return "/".join(parts[: 2 if module.startswith("@") else 1])


def _texts(table: dict[str, Any]) -> dict[str, str]:
    return {key: value for key, value in table.items() if isinstance(value, str)}
