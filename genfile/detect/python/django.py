"""Django: manage.py, the settings, and the WSGI or ASGI object."""

import posixpath
from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from genfile.detect.code import parse_code
from genfile.detect.python.application import modules
from genfile.detect.python.fills import filled_setting
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.mounts import whole
from genfile.evidence import Evidence
from genfile.parsers.pypaths import PathPlace
from genfile.parsers.python import PyModule, parse_python
from genfile.parsers.values import UNKNOWN, EnvDefault

# Calls that create the object for a WSGI or ASGI server.
_MAKERS = ("get_wsgi_application", "get_asgi_application", "get_default_application")


class Django(Struct, frozen=True):
    """A Django project.

    ``base``: the folder that is imported from, relative to the service's (`.` for itself); ``manage``: the path of
    manage.py, None without one; ``settings`` and ``application``: dotted names; ``chosen``: whether the settings are
    not those that the tree names, but those for production beside them.
    """

    base: str
    manage: str | None
    settings: str | None
    application: str
    asgi: bool
    application_file: str | None
    chosen: bool = False

    def inside(self, path: str) -> str:
        return path if self.base == "." else f"{self.base}/{path}"

    @property
    def place(self) -> str:
        """The file that shows that this is a Django project."""
        return self.manage or self.application_file or self.base

    def command(self, *words: str) -> list[str]:
        """A Django command: run by manage.py, else by `python -m django` with the settings."""
        if self.manage is not None:
            return ["python", self.manage, *words]
        settings = ["--settings", self.settings] if self.settings else []
        path = [] if self.base == "." else ["--pythonpath", self.base]
        return ["python", "-m", "django", *words, *settings, *path]


def find_django(project: PythonProject) -> Django | None:
    """The Django project below a folder: by its manage.py, else by a module that creates its application."""
    found = sorted(project.folder.files("manage.py", depth=3), key=lambda path: (path.count("/"), path))
    # Of several, the first with its settings beside it.
    manage = next((path for path in found if _has_settings(project, path)), found[0] if found else None)
    if manage is None:
        return _without_tool(project)
    base = posixpath.dirname(manage) or "."
    module = parse_code(project.folder, parse_python, manage)
    # Other frameworks have a manage.py too.
    if (
        module is not None
        and "django" not in module.imports
        and "DJANGO_SETTINGS_MODULE" not in (project.folder.text(manage) or "")
    ):
        return None
    settings = (_settings(module) if module else None) or _settings_of_wsgi(project, base)
    return _with_application(project, base, manage, settings)


# Settings of a developer's machine, or those that others are made from.
_NOT_PRODUCTION = ("local", "dev", "development", "base")


def for_production(project: PythonProject, django: Django) -> Django:
    """The project with its settings for production, if the tree names others: config.settings.production."""
    package, _, last = (django.settings or "").rpartition(".")
    package = package if last in _NOT_PRODUCTION else django.settings or ""
    for name in ("production", "prod"):
        if project.folder.has(django.inside(f"{package.replace('.', '/')}/{name}.py")):
            return replace(django, settings=f"{package}.{name}", chosen=True)
    return django


def _without_tool(project: PythonProject) -> Django | None:
    """A project without manage.py whose wsgi.py or asgi.py creates the application from existing settings."""
    listed = [item for item in modules(project) if posixpath.basename(item[0]) in ("wsgi.py", "asgi.py")]
    for path, module in sorted(listed, key=lambda item: (item[0].count("/"), item[0].endswith("asgi.py"))):
        settings = _settings(module)
        makes = any(call.callee.rsplit(".", 1)[-1] in _MAKERS for call in module.calls)
        if not makes or settings is None:
            continue
        # The settings' dotted name shows which folder is imported from.
        file = settings.replace(".", "/")
        for base in _folders_up(posixpath.dirname(path)):
            inside = f"{base}/{file}" if base != "." else file
            if project.folder.has(f"{inside}.py") or project.folder.has(f"{inside}/__init__.py"):
                return _with_application(project, base, None, settings)
    return None


def _folders_up(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield "."


def _servers(project: PythonProject, base: str) -> Iterator[tuple[str, PyModule]]:
    """The WSGI and ASGI modules below a folder, parsed."""
    for name in ("wsgi.py", "asgi.py"):
        for path in project.folder.files(name, below=base if base != "." else "", depth=3):
            module = parse_code(project.folder, parse_python, path)
            if module is not None:
                yield path, module


def _with_application(project: PythonProject, base: str, manage: str | None, settings: str | None) -> Django:
    """The project with the object to serve: the one that mounts everything else, else the one for the project's
    server."""
    prefix = "" if base == "." else base + "/"
    paths = {kind: _file_of(project, base, settings, kind) for kind in ("asgi", "wsgi")}
    named = {kind: _whole(project, path, kind) for kind, path in paths.items() if path is not None}
    routed = _routed(project, base, manage, settings)
    if routed is not None and named.get("asgi") is None:
        paths["asgi"], named["asgi"] = routed
    larger = [kind for kind in ("asgi", "wsgi") if named.get(kind) is not None]
    asgi = larger == ["asgi"] or (len(larger) != 1 and _uses_asgi(project))
    for kind in ("asgi", "wsgi") if asgi else ("wsgi", "asgi"):
        path = paths[kind]
        if path is not None:
            dotted = path.removeprefix(prefix).removesuffix(".py").replace("/", ".")
            name = named.get(kind) or "application"
            return Django(base, manage, settings, f"{dotted}:{name}", kind == "asgi", path)
    made = _made_elsewhere(project, prefix)
    if made is not None:
        path, name = made
        dotted = path.removeprefix(prefix).removesuffix(".py").replace("/", ".")
        return Django(base, manage, settings, f"{dotted}:{name}", False, path)
    package = (settings or "config.settings").split(".")[0]
    return Django(base, manage, settings, f"{package}.wsgi:application", False, None)


def _made_elsewhere(project: PythonProject, prefix: str) -> tuple[str, str] | None:
    """The file and name of an object in a module with another name: `application = get_wsgi_application()`."""
    for path, module in modules(project):
        if path.startswith(prefix) and "get_wsgi_application" in (project.folder.text(path) or ""):
            for item in module.assignments:
                if not item.guarded and (item.callee or "").rpartition(".")[2] == "get_wsgi_application":
                    return path, item.name
    return None


def _file_of(project: PythonProject, base: str, settings: str | None, kind: str) -> str | None:
    """wsgi.py or asgi.py: the one beside the settings, else the first below the project."""
    package = (settings or "").split(".")[0]
    own = f"{package}/{kind}.py" if base == "." else f"{base}/{package}/{kind}.py"
    if package and project.folder.has(own):
        return own
    return next(iter(project.folder.files(f"{kind}.py", below=base if base != "." else "", depth=3)), None)


def _routed(project: PythonProject, base: str, manage: str | None, settings: str | None) -> tuple[str, str] | None:
    """The file and name of ASGI_APPLICATION, if it is more than Django alone: what Channels serves."""
    value, _, _ = setting(project, Django(base, manage, settings, "", True, None), "ASGI_APPLICATION")
    module, _, name = value.rpartition(".") if isinstance(value, str) else ("", "", "")
    path = f"{module.replace('.', '/')}.py"
    path = path if base == "." else f"{base}/{path}"
    if not module or not project.folder.has(path) or _whole(project, path, "asgi") is None:
        return None
    return (path, name) if name.isidentifier() else None


def _whole(project: PythonProject, path: str, kind: str) -> str | None:
    """The module's object that is more than Django alone."""
    module = parse_code(project.folder, parse_python, path)
    return whole(module, kind) if module is not None else None


def _has_settings(project: PythonProject, manage: str) -> bool:
    module = parse_code(project.folder, parse_python, manage)
    settings = _settings(module) if module is not None else None
    folder = posixpath.join(posixpath.dirname(manage), (settings or "").split(".")[0])
    return settings is not None and (project.folder.has_folder(folder) or project.folder.has(f"{folder}.py"))


def _settings_of_wsgi(project: PythonProject, base: str) -> str | None:
    """The settings in wsgi.py or asgi.py, if manage.py names none."""
    return next((found for _, module in _servers(project, base) if (found := _settings(module)) is not None), None)


def settings_place(project: PythonProject, django: Django) -> tuple[str, Evidence] | None:
    """The settings that manage.py, or else wsgi.py or asgi.py, names as a plain text, and the line that does."""
    manage = parse_code(project.folder, parse_python, django.manage) if django.manage is not None else None
    named = [(django.manage or "", manage)] if manage is not None else []
    for path, module in (*named, *_servers(project, django.base)):
        for call in module.calls:
            if call.callee.endswith("environ.setdefault") and call.arguments[:1] == ("DJANGO_SETTINGS_MODULE",):
                value = call.arguments[1] if len(call.arguments) == 2 else None
                says = project.folder.says(path, call.line, f"DJANGO_SETTINGS_MODULE is {value}")
                return (value, says) if isinstance(value, str) and value == django.settings else None
    return None


def _settings(module: PyModule) -> str | None:
    for call in module.calls:
        if (
            call.callee.endswith("environ.setdefault")
            and len(call.arguments) == 2
            and call.arguments[0] == "DJANGO_SETTINGS_MODULE"
        ):
            value = call.arguments[1]
            return value if isinstance(value, str) else value.default if isinstance(value, EnvDefault) else None
    return None


def _uses_asgi(project: PythonProject) -> bool:
    servers = ("uvicorn", "daphne", "hypercorn", "channels", "uvicorn-worker")
    wsgi = (
        "gunicorn" in project.dependencies
        and "uvicorn" not in project.dependencies
        and "channels" not in project.dependencies
    )
    return not wsgi and project.depends(*servers) is not None


def settings_modules(project: PythonProject, django: Django) -> list[tuple[str, PyModule]]:
    """The settings module, then its siblings: base, common, production."""
    if django.settings is None:
        return []
    path = django.inside(django.settings.replace(".", "/"))
    folder = posixpath.dirname(path)
    wanted = (
        f"{path}.py",
        f"{path}/__init__.py",
        f"{path}/base.py",
        f"{path}/common.py",
        f"{folder}/base.py",
        f"{folder}/common.py",
        f"{path}/production.py",
        f"{folder}/production.py",
        *([f"{folder}/__init__.py"] if django.chosen else []),
    )
    found = [(name, module) for name, module in modules(project) if name in wanted]
    # What it sets itself counts before what it imports.
    return sorted(found, key=lambda item: item[0] not in wanted[:2])


def setting(project: PythonProject, django: Django, name: str) -> tuple[Any, str, int | None]:
    """A setting's value (UNKNOWN where it is computed), file and line; the file is empty if nothing sets it."""
    for path, module in settings_modules(project, django):
        line, filled = module.line_of(name), filled_setting(module, name)
        if filled is not None and filled[1] > (line or 0):
            return module.value(filled[0]), path, filled[1]
        if line is not None:
            return module.setting(name), path, line
    return UNKNOWN, "", None


def located(where: PathPlace, path: str, django: Django) -> str | None:
    """A place of Django's settings: what is not below the file is below the folder of manage.py."""
    found = where.inside(path)
    return django.inside(found) if found is not None and where.up is None else found
