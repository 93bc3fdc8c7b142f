"""Imports that no package on the list provides: the program would fail when it starts."""

import re
import sys
from collections.abc import Iterable, Iterator

from genfile.data import Framework, import_names
from genfile.detect.python.dependency import Dependency
from genfile.detect.python.django import Django, setting, settings_modules
from genfile.detect.python.groups import listed_groups
from genfile.detect.python.implied import put_extra
from genfile.detect.python.imports import ImportNeed, needs, needs_of, started
from genfile.detect.python.locks import reach
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.removed import held
from genfile.detect.python.unlisted import distributions_of, django_applications, root_of
from genfile.evidence import Draft, Fact

MAX_PACKAGES = 10


def put_undeclared(project: PythonProject, draft: Draft, django: Django | None) -> None:
    """Add to /extra_packages the known packages that the code imports unconditionally and the list lacks, directly and
    by what its packages bring."""
    missing = (_off_a_whole_list if _is_whole(project) else _off_a_list)(project, draft, django)
    seen: set[str] = set()
    for name, need in missing:
        if name in seen or len(seen) == MAX_PACKAGES:
            continue
        seen.add(name)
        bound = held(project)[name].specifier if name in held(project) else ""
        text = f"{name}=={project.locked[name]}" if name in project.locked else f"{name}{bound}"
        says = f"{need.evidence.says}: {name} is not in your dependencies; the image installs it. Add it"
        draft.note("warning", says, need.evidence.path, need.evidence.line)
        project.add(Dependency(name, (), text.removeprefix(name), need.evidence))
        put_extra(draft, text, need.evidence)


def _off_a_whole_list(project: PythonProject, draft: Draft, django: Django | None) -> Iterator[tuple[str, ImportNeed]]:
    """What is missing from a list that names transitive dependencies too."""
    present = {*project.dependencies, *reach(project.packages, project.dependencies), *project.conda_names}
    for need in needs(project):
        known = import_names().get(need.module.split(".")[0], ())
        if known and not need.lazy and need.evidence.path.endswith(".py") and not present & need.brought_by():
            yield next((item for item in known if item in project.locked), known[0]), need
    for need in _unspelled(project, draft, django, present):
        known = distributions_of(root_of(need.module))
        if known and present.isdisjoint({*known, *need.brought_by()}):
            yield known[0], need


def _off_a_list(project: PythonProject, draft: Draft, django: Django | None) -> Iterator[tuple[str, ImportNeed]]:
    """What the started modules import that nothing on the list brings, if it is known what each package brings."""
    listed = _listed(project, draft)
    wanted = _unspelled(project, draft, django, listed) if listed is not None else []
    if not wanted:
        return
    from genfile.data.requires import brought

    present, unknown = brought(listed or ())
    for need in wanted if not unknown else ():
        known = distributions_of(root_of(need.module))
        if known and present.isdisjoint({*known, *need.brought_by()}):
            yield known[0], need


def _unspelled(project: PythonProject, draft: Draft, django: Django | None, listed: Iterable[str]) -> list[ImportNeed]:
    """What the started modules import of others and nothing on a list is named after: such a package would provide the
    module, or need it."""
    spelled = [_letters(name) for name in listed]
    return [
        need
        for need in _started(project, draft, django)
        if not need.lazy
        and need.module.split(".")[0] not in sys.stdlib_module_names
        and not any(_letters(need.module.split(".")[0]) in name for name in spelled)
        and not _is_own(project, root_of(need.module))
    ]


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.partition("[")[0].lower())


def _listed(project: PythonProject, draft: Draft) -> list[str] | None:
    """The packages that the image installs by name, with an entry `NAME[EXTRA]` for each extra; None where no list can
    tell."""
    from packaging.requirements import Requirement

    files = project.requirements_files
    entries = [entry for parsed in files.values() for entry in parsed.entries]
    unread = any(parsed.unreadable for parsed in files.values())
    if unread or any(entry.url or not entry.name for entry in entries):
        return None
    if not (files or _is_stated(project)) or project.conda_names:
        return None
    packages = [Requirement(text) for text in draft.values.get("extra_packages", [])]
    items = [(item.name, item.extras) for item in project.dependencies.values()]
    items += [(item.name, tuple(item.extras)) for item in packages]
    found = [text for name, extras in items for text in (name, *(f"{name}[{extra}]" for extra in extras))]
    return [*found, *project.packages]


def _is_brought(project: PythonProject, draft: Draft, names: tuple[str, ...]) -> bool:
    """Whether something on the list is known to bring one of some packages."""
    from genfile.data.requires import brought

    return not brought(_listed(project, draft) or ())[0].isdisjoint(names)


def is_missing(project: PythonProject, draft: Draft, name: str) -> bool:
    """Whether it is known that nothing installs a package: no list names it, and no package on them brings it."""
    from genfile.data.requires import brought

    listed = _listed(project, draft)
    present, unknown = brought(listed or ())
    return listed is not None and not unknown and name not in present


def _is_stated(project: PythonProject) -> bool:
    """Whether pyproject.toml or a Pipfile states the dependencies, rather than a program."""
    table = project.project_table
    stated = isinstance(table.get("dependencies"), list) and "dependencies" not in table.get("dynamic", ())
    return stated or bool(project.poetry_table.get("dependencies")) or project.pipfile is not None


def loaded_modules(project: PythonProject, draft: Draft, django: Django | None) -> list[str]:
    """The project's modules that the commands name, and those that Django loads by itself; with what they import."""
    commands = [draft.values.get("start") or [], *draft.values.get("processes", {}).values()]
    loaded = dict.fromkeys(path for words in commands for path in started(project, words))
    if django is not None:
        loaded |= dict.fromkeys(path for path, _ in settings_modules(project, django))
        names = _of_django(project, django)
        loaded |= dict.fromkeys(django.inside(f"{name.replace('.', '/')}.py") for name in names)
    return list(loaded)


def _started(project: PythonProject, draft: Draft, django: Django | None) -> list[ImportNeed]:
    """What the commands' modules import, and what Django's settings name."""
    own = loaded_modules(project, draft, django)
    listed = settings_modules(project, django) if django is not None else []
    named = [
        ImportNeed(name, project.folder.says(path, line, f"import {name}"))
        for path, module in listed
        for name, line in django_applications(module)
    ]
    return [*needs_of(project, own), *named]


def _of_django(project: PythonProject, django: Django) -> Iterator[str]:
    """The modules that Django imports by itself: the routes, and those of each application."""
    routes = setting(project, django, "ROOT_URLCONF")[0]
    yield from [routes] if isinstance(routes, str) else []
    applications = setting(project, django, "INSTALLED_APPS")[0]
    for name in applications if isinstance(applications, list) else ():
        base = str(name).partition(".apps.")[0]
        yield from (f"{base}.{part}" for part in ("apps", "models", "admin", "urls"))


def _is_own(project: PythonProject, root: str) -> bool:
    """Whether anything in the tree has a module's name, so that the import may mean it."""
    names = {root, f"{root}.py", f"{root}.pyi"}
    return any(not names.isdisjoint(path.split("/")) for path in project.folder.tree.paths)


def put_framework(project: PythonProject, draft: Draft, framework: Framework | None) -> None:
    """Add to /extra_packages the framework that the code uses and the list leaves out."""
    names = framework.dependencies if framework is not None else ()
    if not names or not project.has_manifest or any(name in project.locked for name in names):
        return
    if project.depends(*names) is not None or _is_brought(project, draft, names):
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
