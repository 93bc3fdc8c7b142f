"""Packages that a setting needs and no import names: a database driver, the library of gunicorn's workers.

Only the project itself can list these: nothing else brings them, even if the list is complete.
"""

import ast
import re
from collections.abc import Iterator

from genfile.container.compose import EXAMPLES
from genfile.data import backing_services, import_names
from genfile.detect.python.application import modules
from genfile.detect.python.dependency import Dependency
from genfile.detect.python.django import Django, settings_modules
from genfile.detect.python.gunicorn import missing_worker
from genfile.detect.python.imports import started
from genfile.detect.python.locks import reach
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.releases import is_below
from genfile.detect.python.removed import held, held_by_packages
from genfile.detect.python.stores import ALCHEMY
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.pyimports import required_imports
from genfile.parsers.python import PyModule
from genfile.parsers.requirements import cap
from genfile.parsers.values import EnvDefault

_ADDRESS = re.compile(r"\b([a-z][a-z0-9]+)(\+\w+)?://")
# Calls that choose Django's database engine by an address's scheme.
_BY_ADDRESS = ("dj_database_url.config", "dj_database_url.parse", "env.db", "env.db_url")
# Schemes that Django's address parsers treat as another database.
_SAME = {"postgres": "postgresql", "psql": "postgresql", "pgsql": "postgresql", "mysql2": "mysql"}


def put_implied(project: PythonProject, draft: Draft, django: Django | None) -> None:
    """Add to /extra_packages the drivers and libraries that nothing lists."""
    found = dict(_of_django(project, django)) if django is not None else dict(_of_alchemy(project))
    found |= dict(_of_parts(project))
    for text, says in found.items():
        _put(project, draft, text, says)
    for text, says in _of_setuptools(project, draft.values.get("start") or []):
        _put(project, draft, text, says)
    for name, item in held_by_packages(project, _present(project)):
        text = f"{name}{item.specifier}"
        if not is_below(project, name, item.since) and text not in draft.values.get("extra_packages", []):
            put_extra(draft, text, item.says)
            told = f"{item.says}, which {name} {item.since} removed: the image installs {text}; add it too"
            draft.note("warning", told, item.says.path, item.says.line)
    worker = missing_worker(project, draft.values, _present(project))
    if worker is not None:
        text, says = worker
        put_extra(draft, text, says)
        draft.note("warning", f"{says}: the image installs {text}; add it to your dependencies", says.path, says.line)


def _of_parts(project: PythonProject) -> Iterator[tuple[str, Evidence]]:
    """What parts of listed packages need, if neither the newest release of such a package nor another one brings it."""
    from genfile.data.requires import brought

    known = import_names("apart")
    imports = [(path, item) for path, module in modules(project) for item in required_imports(module) if not item.level]
    for part, (package, since, needed) in known.items():
        found = next((pair for pair in imports if f"{pair[1].name}.".startswith(f"{part}.")), None)
        if found is None or package not in project.dependencies or is_below(project, package, since):
            continue
        extras = [f"{name}[{extra}]" for name, item in project.dependencies.items() for extra in item.extras]
        if needed not in brought([*_present(project), *extras])[0]:
            yield needed, project.folder.says(found[0], found[1].line, f"import {found[1].name}")


def put_logins(project: PythonProject, draft: Draft) -> None:
    """Add to /extra_packages what a client needs to log in to a database of the service."""
    from genfile.data.requires import brought

    for name in draft.values.get("backing_services", ()):
        for client, needed in backing_services()[name].logins.items():
            says = project.depends(client)
            extras = {f"{name}[{extra}]" for name, item in project.dependencies.items() for extra in item.extras}
            present = _present(project) | extras
            if says is not None and needed not in present and needed not in brought(present)[0]:
                _put(project, draft, needed, says, f"{client} needs {needed} to log in to {name}, and it")


def _of_setuptools(project: PythonProject, start: list[str]) -> Iterator[tuple[str, Evidence]]:
    """setuptools, if the program imports pkg_resources, since the image's virtual environment has none."""
    loaded = started(project, start)
    imports = (
        (path, item)
        for path, module in modules(project)
        if path in loaded
        for item in required_imports(module)
        if item.name.split(".")[0] == "pkg_resources" and not item.level and not item.lazy
    )
    path, found = next(imports, ("", None))
    if found is not None and "setuptools" not in _present(project):
        says = project.folder.says(path, found.line, f"import {found.name}")
        yield f"setuptools{held(project)['setuptools'].specifier}", says


def put_extra(draft: Draft, text: str, says: Evidence) -> None:
    """Add a requirement to /extra_packages, replacing one for the same package without extras."""
    name = text.partition("[")[0].partition("==")[0]
    listed = [item for item in draft.values.get("extra_packages", []) if item.partition("==")[0] != name]
    old = draft.evidence.get("/extra_packages")
    draft.put("extra_packages", Fact([*listed, text], (*(old.evidence if old else ()), says), guess=True))


def _put(project: PythonProject, draft: Draft, name: str, says: Evidence, what: str | None = None) -> None:
    from packaging.requirements import Requirement

    wanted = Requirement(name)
    plain, version = wanted.name, project.locked.get(wanted.name)
    project.add(Dependency(plain, tuple(wanted.extras), f"=={version}" if version else str(wanted.specifier), says))
    put_extra(draft, f"{name}=={version}" if version and not wanted.specifier else name, says)
    text = f"{says}: {what or plain} is not in your dependencies; the image installs it. Add it"
    draft.note("warning", text, says.path, says.line)


def _present(project: PythonProject) -> set[str]:
    """What is listed, what a lockfile says that it brings, and the extras that ask for a driver."""
    found = {*project.dependencies, *reach(project.packages, project.dependencies), *project.conda_names}
    return found | {extra for item in project.dependencies.values() for extra in item.extras}


def _lacks(project: PythonProject, scheme: str) -> str | None:
    """The driver to install for a database that has none; an extra may be named after either."""
    known, present = import_names("engines").get(scheme, ()), _present(project)
    plain = {re.sub(r"[^a-z0-9]", "", name) for name in known}
    by_extra = any(re.sub(r"^(?:mysql|postgresql)_|[^a-z0-9]", "", name) in {*plain, scheme} for name in present)
    if not known or by_extra or not present.isdisjoint(known):
        return None
    from genfile.data.requires import brought

    return known[0] if brought(present)[0].isdisjoint(known) else None


# --- Django ---------------------------------------------------------------------------------------------------------


def _of_django(project: PythonProject, django: Django) -> Iterator[tuple[str, Evidence]]:
    """The drivers of the engines in the settings."""
    for path, module in settings_modules(project, django):
        for engine, line in (*_engines(module), *_addresses(module)):
            name = _lacks(project, engine)
            if name is not None:
                yield name, project.folder.says(path, line, f"the database is {engine}")


def _engines(module: PyModule) -> Iterator[tuple[str, int]]:
    """The last part of each `"ENGINE": "django.db.backends.postgresql"`."""
    for node in module.of(ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "ENGINE":
                text = module.value(value)
                text = text.default if isinstance(text, EnvDefault) else text
                if isinstance(text, str) and ".backends." in text:
                    yield text.rpartition(".")[2], value.lineno


def _addresses(module: PyModule) -> Iterator[tuple[str, int]]:
    """The schemes of literal addresses in the settings that an address parser reads."""
    for call in module.calls:
        if call.callee in _BY_ADDRESS:
            for text in (*call.arguments, *call.keywords.values()):
                match = _ADDRESS.match(text) if isinstance(text, str) else None
                if match is not None:
                    yield _SAME.get(match[1], match[1]), call.line


# --- SQLAlchemy -----------------------------------------------------------------------------------------------------


def _of_alchemy(project: PythonProject) -> Iterator[tuple[str, Evidence]]:
    """The drivers of addresses without a driver, if no other address of that database names one."""
    if project.depends(*ALCHEMY) is None:
        return
    found: dict[str, Evidence] = {}
    named: set[str] = set()
    for text, says in _texts(project):
        for match in _ADDRESS.finditer(text):
            if match[2]:
                named.add(match[1])
            else:
                found.setdefault(match[1], says)
    for scheme, says in found.items():
        name = _lacks(project, scheme) or _alone(project, scheme) if scheme not in named else None
        if name is not None:
            yield name, Evidence(says.path, says.line, f"{scheme}://")


def _texts(project: PythonProject) -> Iterator[tuple[str, Evidence]]:
    for path, module in modules(project):
        for text, line in module.paths:
            yield text, project.folder.says(path, line, "an address")
    for file in EXAMPLES:
        lines = (project.folder.text(file) or "").splitlines() if project.folder.has(file) else []
        for number, text in enumerate(lines, 1):
            if not text.lstrip().startswith("#"):
                yield text, project.folder.says(file, number, "an address")


def _alone(project: PythonProject, scheme: str) -> str | None:
    """The only driver that newer SQLAlchemy versions load, if such a version is installed and another driver is
    listed."""
    since, name = import_names("alone").get(scheme, ("", ""))
    present = _present(project)
    plain = name.partition("[")[0]
    old = set(import_names("engines").get(scheme, ())[:2])
    if not since or plain in present or not old & present or present & {"asyncpg", "pg8000", "psycopg2cffi"}:
        return None
    return name if _is_newer(project, since) else None


def _is_newer(project: PythonProject, since: str) -> bool:
    """Whether SQLAlchemy of that version or a newer one is installed: without an upper bound, it is."""
    from packaging.version import InvalidVersion, Version

    listed = project.dependencies.get("sqlalchemy")
    most = project.locked.get("sqlalchemy") or (cap(listed.specifier) if listed is not None else None)
    try:
        return most is None or Version(most) >= Version(since)
    except InvalidVersion:
        return False
