"""The system packages and backing services that the installed packages and the code need."""

import ast
from collections.abc import Iterator

from msgspec import Struct, field

from genfile.data import PackageNeeds, backing_services, brought_packages, starting_calls, system_packages
from genfile.detect.hosting import kept_packages, run_packages
from genfile.detect.python.application import modules
from genfile.detect.python.browsers import browsers
from genfile.detect.python.libraries import all_dependencies, depends_on
from genfile.detect.python.locks import FILES, reach
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.running import running
from genfile.detect.python.version import pinned
from genfile.detect.shared import started
from genfile.evidence import Draft, Evidence, Fact

# GeoDjango loads GDAL, which brings GEOS and PROJ, as soon as its settings are read.
_GIS = "django.contrib.gis"


def put_torch(project: PythonProject, draft: Draft) -> None:
    """Note that PyPI's torch for Linux includes CUDA, several gigabytes, unless another index is named."""
    says = project.depends("torch")
    if says is None or "+" in project.locked.get("torch", ""):
        return
    urls = [url for parsed in project.requirements_files.values() for url, _ in parsed.index_urls]
    document = project.root.toml("pyproject.toml") if project.root.has("pyproject.toml") else None
    urls += [str(item.get("url")) for item in (document.items("tool", "uv", "index") if document else ()) if item]
    urls += [str(item.get("url")) for item in (document.items("tool", "poetry", "source") if document else ()) if item]
    if not any("download.pytorch.org" in url for url in urls):
        text = "torch from PyPI includes CUDA; without a GPU, install it from https://download.pytorch.org/whl/cpu"
        draft.note("info", text, says.path, says.line)


class _Needed(Struct):
    build: set[str] = field(default_factory=set)
    run: set[str] = field(default_factory=set)
    environment: dict[str, str] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)

    def add(self, needs: PackageNeeds, says: Evidence) -> None:
        if needs.build or needs.run:
            self.evidence.append(says)
            self.build.update(needs.build)
            self.run.update(needs.run)
            self.environment |= needs.environment


def put_system(project: PythonProject, draft: Draft) -> None:
    """Put /system_packages, and the variables that packages need with them."""
    needed = _Needed()
    found = (*_of_dependencies(project), *_of_brought(project), *_of_compiled(project), *_of_settings(project))
    for needs, says in found:
        needed.add(needs, says)
    for programs, says_programs in (run_packages(project.folder), kept_packages(project.folder)):
        needed.run.update(programs)
        needed.evidence.extend(says_programs)
    for path, module in running(project, draft):
        for call in module.calls:
            asked = "subprocess" in call.callee or call.callee == "os.system"
            package = started(call.arguments if asked else (starting_calls().get(call.callee),))
            if package is not None and package not in needed.run:
                needed.run.add(package)
                needed.evidence.append(project.folder.says(path, call.line, f"{call.callee} runs it"))
    needed.build.update(draft.values.get("system_packages", {}).get("build", ()))
    if needed.build or needed.run:
        value = {"build": sorted(needed.build), "run": sorted(needed.run)}
        draft.put("system_packages", Fact(value, tuple(needed.evidence)))
    for name, text in sorted(needed.environment.items()):
        listed = draft.values.setdefault("environment", [])
        if all(item["name"] != name for item in listed):
            listed.append({"name": name, "phase": "run", "value": text})


def _of_dependencies(project: PythonProject) -> Iterator[tuple[PackageNeeds, Evidence]]:
    """What the dependencies need that the project names; those of conda's channels bring theirs."""
    dependencies = all_dependencies(project)
    known, present = system_packages("pypi"), {*dependencies, *project.locked}
    for name, dependency in sorted(dependencies.items()):
        if name in project.conda_names or (name == "psycopg" and "binary" in dependency.extras):
            continue
        if name == "playwright":
            yield from browsers(project).packages()
            continue
        if name == "selenium" and _is_remote(project):
            continue
        extra = next((f"{name}[{item}]" for item in dependency.extras if f"{name}[{item}]" in known), name)
        if extra in known and present.isdisjoint(known[extra].unless):
            yield known[extra], dependency.evidence


def _of_brought(project: PythonProject) -> Iterator[tuple[PackageNeeds, Evidence]]:
    """The shared libraries that packages need which others bring: without them they can't even be imported."""
    known, own = system_packages("pypi"), project.dependencies
    brought = reach(project.packages, own)
    for parent, names in brought_packages().items():
        # What a lockfile says nothing of, and what a package is known to bring all the same.
        if parent in own and parent not in project.conda_names and parent not in project.packages:
            brought |= {name: parent for name in names if name not in own}
    for name, parent in sorted(brought.items()):
        needs = known.get(name)
        if needs is None or name == "playwright" or (name == "psycopg" and "psycopg-binary" in project.packages):
            continue
        libraries = tuple(item for item in needs.run if item.startswith("lib"))
        says = own[parent].evidence
        if libraries:
            yield PackageNeeds(needs.build, libraries), Evidence(says.path, says.line, f"{parent} depends on {name}")


def _of_compiled(project: PythonProject) -> Iterator[tuple[PackageNeeds, Evidence]]:
    """The compiler for what is locked without a wheel for the chosen Python, by the wheels in the lockfile."""
    known, minor = system_packages("pypi"), int((project.python or "3.0").split(".")[1])
    for name, version in sorted(pinned(project).items()):
        package = project.packages.get(name)
        newest = package.newest_python() if package is not None and package.version == version else None
        if newest is not None and newest < minor and name not in known and name not in project.conda_names:
            file = next(item for item in FILES if project.root.has(item))
            says = f"{name} {version} has wheels up to Python 3.{newest}, so it is compiled"
            yield PackageNeeds(("g++",)), project.root.says(file, None, says)


def _of_settings(project: PythonProject) -> Iterator[tuple[PackageNeeds, Evidence]]:
    """GeoDjango: an application or an engine of the settings."""
    if project.depends("django") is None or project.conda_names:
        return
    for path, module in modules(project):
        for node in module.of(ast.Constant):
            if isinstance(node.value, str) and node.value.startswith(_GIS):
                yield PackageNeeds(("libgdal36",), ("libgdal36",)), project.folder.says(path, node.lineno, node.value)
                return


def _is_remote(project: PythonProject) -> bool:
    """Whether Selenium drives browsers of another container alone."""
    made = {
        call.callee.rsplit(".", 1)[-1]
        for _, module in modules(project)
        for call in module.calls
        if ".webdriver." in f".{call.callee}"
    }
    return "Remote" in made and not made & {"Chrome", "Firefox", "Edge", "Safari"}


def put_backing(project: PythonProject, draft: Draft) -> None:
    """Put /backing_services."""
    backing: dict[str, Evidence] = {}
    for service in backing_services().values():
        says = depends_on(project, *service.pypi)
        if (
            says is None
            and service.name == "redis"
            and "redis" in getattr(all_dependencies(project).get("celery"), "extras", ())
        ):
            says = depends_on(project, "celery")
        if says is not None:
            backing[service.name] = says
    if backing:
        draft.put("backing_services", Fact(sorted(backing), tuple(backing[name] for name in sorted(backing))))
