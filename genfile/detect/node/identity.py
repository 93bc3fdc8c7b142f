"""What a Node service is: its name, package manager, lockfile, engine and workspace."""

from genfile.data import runtime
from genfile.detect.node.closure import closure_of
from genfile.detect.node.framework import find_framework
from genfile.detect.node.locks import out_of_step
from genfile.detect.node.loose import is_loose
from genfile.detect.node.made import started_file
from genfile.detect.node.manager import (
    NodeProject,
    lockfile,
    package_manager,
)
from genfile.detect.node.manifest import FILE
from genfile.detect.node.scripts import is_development, resolve
from genfile.detect.node.workspace import NodeWorkspace
from genfile.evidence import Draft, Fact
from genfile.spec.base import service_name
from genfile.versions import parse_pin


def put_identity(project: NodeProject, draft: Draft) -> None:
    """Put /language, /name, /package_manager, /engine and /workspace."""
    package = project.package
    draft.values["language"] = "node"
    name = service_name(package.name or project.folder.folder_name, service_name(project.folder.folder_name))
    draft.put("name", Fact(name, (package.says("name"),) if package.name else ()))
    manager, version = package_manager(project)
    draft.put("package_manager.name", manager)
    draft.put("package_manager.version", version)
    _put_lock(project, draft, manager.value)
    if manager.value == "bun" and _runs_on_bun(project):
        draft.put("engine", manager.but("bun"))
    if project.workspace is not None:
        _put_workspace(project, draft, manager.value)


def _put_lock(project: NodeProject, draft: Draft, manager: str) -> None:
    """Put the lockfile, unless the package manager would reject it."""
    lock = lockfile(project, manager)
    missing = out_of_step(project) if lock is not None and manager == "npm" else []
    if lock is not None and missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        text = (
            f"it does not list {', '.join(missing[:3])}{more}, which {FILE} requires, and `npm ci` would fail. The "
            "image runs `npm install` without it; run `npm install` and commit the lockfile"
        )
        draft.note("warning", f"{lock}: {text}", project.root.full(lock))
    elif lock is not None:
        draft.put("package_manager.lockfile", project.root.fact(project.root.full(lock), lock, 1, lock))
    elif project.package.every_dependency and not is_loose(project.package):
        text = f"no {manager} lockfile found, so installed versions can differ between builds; commit one"
        draft.note("warning", text, project.root.full(FILE))


def put_bun_version(draft: Draft) -> None:
    """Put /runtime for Bun, which also installs: one version for both, by its minor line."""
    fact = draft.evidence["/package_manager/version"]
    pin = parse_pin(str(fact.value), "bun")
    draft.put("runtime.version", fact.but(pin.line if pin else runtime("bun").default))


def _runs_on_bun(project: NodeProject) -> bool:
    start = project.package.scripts.get("start", "")
    steps = resolve(project.package, "start")
    if (
        steps
        and steps[-1].program == "bun"
        and not is_development(steps[-1])
        and started_file(project, steps[-1].words)
    ):
        # The project itself runs this file with Bun; Node's image could not start it.
        return True
    found = find_framework(project)
    if found is not None and found.value.kind == "site":
        return False
    return "node" not in start.split() and not any(
        name in project.package.every_dependency for name in ("next", "nuxt", "@nestjs/core", "@remix-run/node", "vite")
    )


def _put_workspace(project: NodeProject, draft: Draft, manager: str) -> None:
    workspace, closure = project.workspace, closure_of(project)
    assert workspace is not None
    assert closure is not None
    value = {
        "tool": manager.removesuffix("-berry"),
        "root": workspace.root.spec_path,
        "member": project.folder.spec_path,
        "depends_on": list(closure.members),
        "runs_with": list(closure.at_run),
        "of_root": list(closure.of_root),
        "injected": list(closure.injected),
        "files": list(closure.files) if closure.files is not None else None,
        "folders": list(closure.folders),
        "names": _asked(project, manager) if closure.files is not None else [],
    }
    draft.put("workspace", Fact(value, (workspace.evidence,)))
    _note_absent(project, workspace, draft)
    if closure.files is None:
        text = (
            f"the image installs and copies the whole workspace to build {project.folder.spec_path}: {closure.reason}"
        )
        draft.note("info", text, workspace.evidence.path, workspace.evidence.line)


def _note_absent(project: NodeProject, workspace: NodeWorkspace, draft: Draft) -> None:
    """Warn of workspace members that are depended on but not in the tree: every package manager refuses that."""
    asked = ((name, text) for name, text in project.package.every_dependency.items() if text.startswith("workspace:"))
    absent = [name for name, text in asked if "@" not in text and not workspace.named([name])]
    if absent:
        says = project.package.depends(absent[0])
        listed = ", ".join(absent[:4])
        text = f"{listed}: no workspace member has this name, so the installation will fail"
        draft.note("warning", text, says.path, says.line)


# Yarn's name for a root without a name.
_YARN_ROOT = "root-workspace-0b6124"


def _asked(project: NodeProject, manager: str) -> list[str]:
    """The members to name to package managers that don't just install what their manifests need.

    Yarn expects all members of its lockfile; Bun installs development links for production too.
    """
    member, root = project.package.name, project.root_package
    if manager == "yarn-berry" and member:
        return [root.name or _YARN_ROOT, member]
    return [member] if manager == "bun" and member and not root.dependencies else []
