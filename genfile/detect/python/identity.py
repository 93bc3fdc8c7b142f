"""What a Python service is: its name, package manager, lockfile and workspace."""

from genfile.data import Framework
from genfile.data import framework as framework_named
from genfile.detect.python.closure import needed_folders
from genfile.detect.python.django import Django
from genfile.detect.python.frameworks import find_framework
from genfile.detect.python.hosted import served_framework
from genfile.detect.python.manager import LOCKS, manager_version, package_manager
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.stale import differences, hash_differs
from genfile.detect.python.unlocked import tell_of_unlocked
from genfile.evidence import Draft, Fact
from genfile.spec.base import service_name


def framework_of(project: PythonProject, django: Django | None) -> Fact[Framework] | None:
    """The framework; Django if there is a Django project, whatever else is among the dependencies."""
    found, folder = find_framework(project), project.folder
    if found is not None and found.value.interface is None and found.value.kind == "server":
        # Several are listed: an application server runs an application of another framework.
        found = served_framework(project) or found
    if django is None or (found is not None and found.value.name == "django"):
        return found
    item = framework_named("python", "django") if folder.has("manage.py") or project.depends("django") else None
    says = folder.says(django.place, 1, django.place.rsplit("/", 1)[-1])
    return Fact(item, (says,)) if item is not None else found


def put_identity(project: PythonProject, draft: Draft) -> None:
    """Put /language, /name and /package_manager."""
    folder = project.folder
    draft.values["language"] = "python"
    fallback = service_name(folder.folder_name)
    draft.put("name", Fact(service_name(project.name, fallback) if project.name else fallback))
    manager = package_manager(project)
    draft.put("package_manager.name", manager)
    draft.put("package_manager.version", manager_version(project, manager.value))
    lock = LOCKS.get(manager.value)
    root = project.root
    stale = _stale(project, lock, draft.values["package_manager"].get("version"))
    if lock and stale:
        more = f" (and {len(stale) - 1} more)" if stale[1:] else ""
        fails, mends = ("uv sync --locked", "uv lock") if lock == "uv.lock" else ("poetry install", "poetry lock")
        text = (
            f"{lock} is stale: {stale[0]}{more}, so `{fails}` would fail. The image installs without it; run "
            f"`{mends}` and commit the lockfile"
        )
        draft.note("warning", text, root.full(lock))
    elif lock and root.has(lock):
        draft.put("package_manager.lockfile", root.fact(root.full(lock), lock, 1, lock))
    elif manager.value in LOCKS and project.inline is None:
        draft.note(
            "warning",
            f"no {lock} found, so installed versions can differ between builds; commit one",
            manager.evidence[0].path if manager.evidence else None,
        )
    tell_of_unlocked(project, draft)


def _stale(project: PythonProject, lock: str | None, version: str | None) -> list[str]:
    """Why the lockfile does not belong to the manifest any more, if that release of the tool would refuse it."""
    if lock == "uv.lock" and project.workspace is None:
        return differences(project.root, project.name)
    # Before 1.5, Poetry only warned.
    warns = version is not None and version.startswith(("0.", "1.0", "1.1.", "1.2", "1.3", "1.4"))
    return hash_differs(project.root) if lock == "poetry.lock" and not warns else []


def put_workspace(project: PythonProject, draft: Draft) -> None:
    """Put the uv workspace that the service is a member of, and the members that it needs."""
    if draft.values["package_manager"]["name"] in ("uv", "poetry", "pdm") or not project.requirements_name:
        chosen = project.chosen
        says = tuple(chosen.evidence)
        draft.put("groups", Fact(chosen.groups, says) if chosen.groups else None)
        draft.put("extras", Fact(chosen.extras, says) if chosen.extras else None)
        draft.notes.extend(chosen.notes)
    if project.workspace is None or not project.root.has("uv.lock"):
        return
    root, members = project.workspace
    needs = [path for path in needed_folders(project) if path in members]
    value = {"tool": "uv", "root": root.spec_path, "member": project.folder.spec_path, "depends_on": needs}
    document = root.toml("pyproject.toml")
    line = document.line("tool", "uv", "workspace", "members") if document else None
    draft.put("workspace", root.fact(value, "pyproject.toml", line, "[tool.uv.workspace] members"))
    draft.values["package_name"] = project.name or project.folder.folder_name
