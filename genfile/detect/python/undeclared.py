"""Imports that no package on the list provides: the program would fail when it starts."""

from genfile.data import Framework, import_names
from genfile.detect.python.dependency import Dependency
from genfile.detect.python.groups import listed_groups
from genfile.detect.python.imports import needs
from genfile.detect.python.locks import reach
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.removed import held
from genfile.evidence import Draft, Fact

MAX_PACKAGES = 5


def put_undeclared(project: PythonProject, draft: Draft) -> None:
    """Add to /extra_packages the known packages that the code imports unconditionally and the list lacks; only a full
    list can tell."""
    if not _is_whole(project):
        return
    present = {*project.dependencies, *reach(project.packages, project.dependencies), *project.conda_names}
    missing: dict[str, str] = {}
    for need in needs(project):
        known = import_names().get(need.module.split(".")[0], ())
        if not known or need.lazy or not need.evidence.path.endswith(".py") or present & need.brought_by():
            continue
        name = next((item for item in known if item in project.locked), known[0])
        if name in missing or len(missing) == MAX_PACKAGES:
            continue
        bound = held(project)[name].specifier if name in held(project) else ""
        missing[name] = f"{name}=={project.locked[name]}" if name in project.locked else f"{name}{bound}"
        text = f"{need.evidence.says}: {name} is not in your dependencies; the image installs it. Add it"
        draft.note("warning", text, need.evidence.path, need.evidence.line)
        project.add(Dependency(name, (), missing[name].removeprefix(name), need.evidence))
        listed = [*draft.values.get("extra_packages", []), missing[name]]
        old = draft.evidence.get("/extra_packages")
        draft.put("extra_packages", Fact(listed, (*(old.evidence if old else ()), need.evidence), guess=True))


def put_framework(project: PythonProject, draft: Draft, framework: Framework | None) -> None:
    """Add to /extra_packages the framework that the code uses and the list leaves out."""
    names = framework.dependencies if framework is not None else ()
    if not names or not project.has_manifest or any(name in project.locked for name in names):
        return
    if project.depends(*names) is not None:
        return
    says = draft.evidence["/framework"].evidence[0]
    text = f"{says}: {names[0]} is not in your dependencies; the image installs it. Add it"
    draft.note("warning", text, says.path, says.line)
    old = draft.evidence.get("/extra_packages")
    listed = [*draft.values.get("extra_packages", []), names[0]]
    draft.put("extra_packages", Fact(listed, (*(old.evidence if old else ()), says), guess=True))


def put_groups_as_packages(project: PythonProject, draft: Draft) -> None:
    """Add the dependencies in groups to /extra_packages, for tools that can't install a group in production."""
    groups = draft.values.get("groups", [])
    if not groups or draft.values["package_manager"]["name"] in ("uv", "poetry"):
        return
    listed = list(draft.values.get("extra_packages", []))
    listed += [text for name in groups for text in listed_groups(project)[0].get(name, []) if text not in listed]
    draft.put("extra_packages", draft.evidence["/groups"].but(listed))


def _is_whole(project: PythonProject) -> bool:
    """Whether the list also names transitive dependencies: a lockfile with its edges, or compiled requirements."""
    if project.requirements_files:
        return any(parsed.generator is not None for parsed in project.requirements_files.values())
    return any(package.brings for package in project.packages.values()) and all(
        name in project.packages for name in project.dependencies
    )
