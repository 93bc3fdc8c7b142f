"""Django: where manage.py, the settings and the WSGI or ASGI object are."""

import posixpath
from dataclasses import dataclass
from typing import Any

from genfile.detect.code import parse_code
from genfile.detect.python.application import modules
from genfile.detect.python.manifest import PythonProject
from genfile.parsers.python import PyModule, parse_python
from genfile.parsers.values import UNKNOWN, EnvDefault


@dataclass(frozen=True)
class Django:
    """``base`` is the folder of manage.py relative to the service's (`.` for itself), the others are dotted names."""

    base: str
    manage: str
    settings: str | None
    application: str
    asgi: bool
    application_file: str | None

    def inside(self, path: str) -> str:
        return path if self.base == "." else f"{self.base}/{path}"


def find_django(project: PythonProject) -> Django | None:
    """The Django project below a folder; None where there is no manage.py."""
    found = sorted(project.folder.files("manage.py", depth=3), key=lambda path: (path.count("/"), path))
    # Of several the first beside whose folder the settings are that it names.
    manage = next((path for path in found if _has_settings(project, path)), found[0] if found else None)
    if manage is None:
        return None
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
    prefix = "" if base == "." else base + "/"
    asgi = _uses_asgi(project)
    for kind in ("asgi", "wsgi") if asgi else ("wsgi", "asgi"):
        package = (settings or "").split(".")[0]
        candidates = [f"{prefix}{package}/{kind}.py"] if package else []
        candidates += list(project.folder.files(f"{kind}.py", below=base if base != "." else "", depth=3))
        for path in candidates:
            if project.folder.has(path):
                dotted = path.removeprefix(prefix).removesuffix(".py").replace("/", ".")
                return Django(base, manage, settings, f"{dotted}:application", kind == "asgi", path)
    package = (settings or "config.settings").split(".")[0]
    return Django(base, manage, settings, f"{package}.wsgi:application", False, None)


def _has_settings(project: PythonProject, manage: str) -> bool:
    module = parse_code(project.folder, parse_python, manage)
    settings = _settings(module) if module is not None else None
    folder = posixpath.join(posixpath.dirname(manage), (settings or "").split(".")[0])
    return settings is not None and (project.folder.has_folder(folder) or project.folder.has(f"{folder}.py"))


def _settings_of_wsgi(project: PythonProject, base: str) -> str | None:
    """What wsgi.py or asgi.py sets, where manage.py leaves it open."""
    for name in ("wsgi.py", "asgi.py"):
        for path in project.folder.files(name, below=base if base != "." else "", depth=3):
            module = parse_code(project.folder, parse_python, path)
            found = _settings(module) if module is not None else None
            if found is not None:
                return found
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
    """The settings module and its siblings: base, production, development."""
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
    )
    return [(name, module) for name, module in modules(project) if name in wanted]


def setting(project: PythonProject, django: Django, name: str) -> tuple[Any, str, int | None]:
    """A setting's value (UNKNOWN where it is computed), file and line; the file is empty where nothing sets it."""
    for path, module in settings_modules(project, django):
        line = module.line_of(name)
        if line is not None:
            return module.setting(name), path, line
    return UNKNOWN, "", None
