"""What the installation reads, what Django collects, and which variables the program gets."""

import ast
import base64
import posixpath
import shlex
from collections.abc import Iterator, Sequence

from genfile.detect.paths import relative
from genfile.detect.python.application import modules
from genfile.detect.python.closure import needed_folders, path_dependencies, put_listed
from genfile.detect.python.configurations import class_setting, put_configuration
from genfile.detect.python.django import Django, located, setting, settings_modules
from genfile.detect.python.fills import filled_setting
from genfile.detect.python.formed import forms
from genfile.detect.python.given import put_given
from genfile.detect.python.imports import started
from genfile.detect.python.keys import key_variables, shown_keys, with_fallback
from genfile.detect.python.libraries import keys_of_libraries, loaded_modules, needs_of_libraries
from genfile.detect.python.local import put_local_packages
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.migrations import tell_of_missing_migrations
from genfile.detect.python.places import scope_of
from genfile.detect.python.reach import reach
from genfile.detect.python.reach.clients import makes_clients
from genfile.detect.python.running import running, running_libraries
from genfile.detect.python.steps import collects, put_catalogues, put_django_steps, put_log_folders, put_steps
from genfile.detect.python.variables import put_variables
from genfile.detect.required import put_required
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.forms import Form
from genfile.parsers.pyenv import required_names
from genfile.parsers.pypaths import Scope, place
from genfile.parsers.pywrites import written
from genfile.parsers.values import EnvDefault


def put_install(project: PythonProject, draft: Draft) -> None:
    """Put /manifests, /requirements, /package: the files that the installation reads, and whether it installs the
    project."""
    folder = project.folder
    manager = draft.values["package_manager"]["name"]
    lock = draft.values["package_manager"].get("lockfile")
    names = _installed_from(project, draft, manager)
    if lock:
        names.append(relative(lock, folder.path))
    draft.values["manifests"] = [folder.full(name) for name in dict.fromkeys(names)]
    if project.workspace is not None and manager == "uv":
        root, members = project.workspace
        listed = [root.full("pyproject.toml"), *(f"{path}/pyproject.toml" for path in members), root.full("uv.lock")]
        draft.values["manifests"] = list(dict.fromkeys(listed))
        if project.has_build_system:
            draft.put("package", folder.fact(True, "pyproject.toml", 1, "the project is installed"))
    _put_local_packages(project, draft, manager, lock)
    if draft.values.get("package") and draft.values.get("python_path") == folder.full("src"):
        # An installed project needs no path of its own.
        del draft.values["python_path"]
        draft.evidence.pop("/python_path", None)
    elif _is_src_layout(project) and not draft.values.get("package") and "python_path" not in draft.values:
        draft.values["python_path"] = folder.full("src")
    put_catalogues(project, draft)


def _put_local_packages(project: PythonProject, draft: Draft, manager: str, lock: str | None) -> None:
    """Put /local_packages: folders in the tree that the lockfile takes dependencies from, or the manifest where no
    lockfile counts."""
    if manager not in ("uv", "poetry") or (project.workspace is not None and lock is None):
        return
    if lock is None:
        folders = path_dependencies(project)
        if folders:
            draft.put("local_packages", Fact(list(folders), tuple(folders.values())))
        return
    needed = needed_folders(project)
    found = [path for path, installed in needed.items() if installed]
    if not found:
        return
    name = posixpath.basename(lock)
    draft.put("local_packages", project.root.fact(found, name, 1, "packages installed from a folder"))
    if manager == "uv":
        # uv compares the lockfile with their manifests.
        names = [f"{path}/pyproject.toml" for path in found]
        draft.values["manifests"] += [name for name in names if name not in draft.values["manifests"]]


def _installed_from(project: PythonProject, draft: Draft, manager: str) -> list[str]:
    """The files that the manager reads, without the lockfile."""
    folder = project.folder
    if manager == "pip" and project.requirements_files:
        return _requirements(project, draft)
    if manager == "pip":
        names = [name for name in ("pyproject.toml", "setup.py", "setup.cfg") if folder.has(name)]
        if names:
            own = project.has_build_system or project.pyproject is not None
            draft.put("package", folder.fact(own, names[0], 1, "pip installs the project"))
            put_listed(project, draft)
        return names
    if manager == "pipenv":
        return ["Pipfile"]
    if manager == "conda":
        return _conda(project, draft)
    if manager == "pixi":
        return ["pixi.toml"]
    if project.inline is not None:
        name = project.inline[0]
        draft.put("requirements", folder.fact([folder.full(name)], name, 1, "# /// script"))
        return [name]
    start = draft.values.get("start", [])
    if project.has_build_system and bool(start) and (_is_own(project, start) or _is_src_layout(project)):
        draft.put("package", folder.fact(True, "pyproject.toml", 1, "the project is installed"))
    return ["pyproject.toml"]


def _is_own(project: PythonProject, start: Sequence[str]) -> bool:
    """Whether the command only exists once the project is installed: its console script, or a sub-command that it
    adds."""
    words = tuple(start[:2])
    return project.has_build_system and bool(words) and (words[0] in project.scripts or words in project.commands)


def _conda(project: PythonProject, draft: Draft) -> list[str]:
    """The environment file, and the project's own files if its pip list names the project."""
    name, document = project.conda
    listed = [
        item.get("pip") for item in (document.items("dependencies") if document else []) if isinstance(item, dict)
    ]
    texts = [str(text) for texts in listed if isinstance(texts, list) for text in texts]
    included = [text.split(maxsplit=1)[1] for text in texts if text.startswith(("-r ", "--requirement "))]
    names = [name, *(text for text in included if project.folder.has(text))]
    if any(_is_own_folder(text) for text in texts):
        draft.put("package", project.folder.fact(True, name, 1, "the project lists itself"))
        draft.put("requirements", project.folder.fact([project.folder.full(name)], name, 1, name))
        names += [own for own in ("setup.py", "setup.cfg", "pyproject.toml") if project.folder.has(own)]
    return names


def _is_own_folder(text: str) -> bool:
    """A requirement that is a folder in the tree: `-e .`, `.[web]`, `./lib`."""
    text = text.removeprefix("--editable").removeprefix("-e").strip(" =")
    return text.startswith(("./", ".[")) or text == "."


def _requirements(project: PythonProject, draft: Draft) -> list[str]:
    """Requirements files with everything that they include, and the project's own files if they require the project."""
    folder = project.folder
    names = list(project.requirements_files)
    first = names[0]
    draft.put("requirements", folder.fact([folder.full(first)], first, 1, first))
    entries = [entry for parsed in project.requirements_files.values() for entry in parsed.entries]
    if entries and all(entry.hashes for entry in entries if not entry.editable):
        draft.put("hashes", folder.fact(True, first, entries[0].line, "--hash"))
    names += put_local_packages(project, draft)
    if draft.values.get("package"):
        names += [name for name in ("setup.py", "setup.cfg", "pyproject.toml") if folder.has(name)]
    elif _is_own(project, draft.values.get("start", [])):
        steps = ["pip install --no-deps .", *draft.values.get("build", [])]
        put_steps(draft, steps, folder.says("setup.py", 1, "the start command comes with the project"))
    return names


def _is_src_layout(project: PythonProject) -> bool:
    """Whether packages are in `src`, and the code does not name them `src.shop` everywhere; a Django project there is
    started there and needs no path."""
    if project.folder.has("src/manage.py"):
        return False
    packages = {
        name for name in project.folder.subfolders("src") if "__init__.py" in project.folder.names(f"src/{name}")
    }
    imported = {name.partition(".")[0] for _, module in modules(project) for name in module.imports}
    return bool(packages) and ("src" not in imported or not packages.isdisjoint(imported))


def put_collectstatic(project: PythonProject, draft: Draft, django: Django) -> None:
    """Collect static files in the build if STATIC_ROOT says where to; make migrations a release command."""
    root, path, line = setting(project, django, "STATIC_ROOT")
    if not path:
        root, path, line = class_setting(project, django, "STATIC_ROOT")
    if path and root is not None and collects(project, django):
        says = project.folder.says(path, line, "STATIC_ROOT is set")
        draft.put("build", Fact([shlex.join(django.command("collectstatic", "--noinput"))], (says,)))
        paths = [path for path, _ in modules(project)]
        known = dict(forms(project, (module for _, module in settings_modules(project, django)), paths, django))
        for name in _needed(project, django):
            value = {"name": name, "phase": "build", "value": _dummy(name, known.get(name))}
            draft.values.setdefault("environment", []).append(value)
        _put_collected(project, draft, django)
    _tell_of_static_files(project, draft, django)
    put_configuration(project, draft, django)
    put_django_steps(project, draft, django)
    put_log_folders(project, draft, django)
    _put_data(project, draft, django)
    if "release" not in draft.values:
        says = project.folder.says(django.place, 1, posixpath.basename(django.place))
        draft.put("release", Fact(django.command("migrate", "--noinput"), (says,)))
        tell_of_missing_migrations(project, draft, django)
    for path, module in settings_modules(project, django):
        node = module.constants.get("MEDIA_ROOT")
        where = place(Scope(module), node) if node is not None else None
        media = located(where, path, django) if where is not None else None
        if media not in (None, "."):
            says = project.folder.says(path, module.line_of("MEDIA_ROOT"), "MEDIA_ROOT")
            draft.put("writable", Fact([project.folder.full(str(media))], (says,)))
            return


# Packages that serve Django's static files without a web server in front.
_GIVES_OUT = ("whitenoise", "dj-static", "django-storages", "servestatic", "django-heroku", "django-on-heroku")


def _tell_of_static_files(project: PythonProject, draft: Draft, django: Django) -> None:
    """Warn that nothing serves static files: an application server doesn't, and Django only does in development.
    Source: docs.djangoproject.com, "How to deploy static files"."""
    if project.depends(*_GIVES_OUT) is not None or any("nginx" in name for name in project.folder.tree.paths):
        return
    for path, module in settings_modules(project, django):
        line = module.line_of("STATIC_URL")
        if line is not None:
            says = project.folder.says(path, line, "STATIC_URL is set")
            text = f"{says}: nothing in the image serves static files; add whitenoise, or put a web server in front"
            draft.note("warning", text, says.path, says.line)
            return


def _put_collected(project: PythonProject, draft: Draft, django: Django) -> None:
    """Put /outputs: STATIC_ROOT, if only one place sets it, to a folder that the tree does not have."""
    found: list[tuple[str | None, Evidence]] = []
    for path, module in settings_modules(project, django):
        for node in module.of(ast.Assign, ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            value = getattr(node, "value", None)
            if value is not None and any(isinstance(item, ast.Name) and item.id == "STATIC_ROOT" for item in targets):
                where = place(Scope(module), value)
                inside = located(where, path, django) if where is not None and not where.cut else None
                found.append((inside, project.folder.says(path, value.lineno, "STATIC_ROOT")))
        filled = filled_setting(module, "STATIC_ROOT")
        if filled is not None:
            where = place(Scope(module), filled[0])
            inside = located(where, path, django) if where is not None else None
            found = [(inside, project.folder.says(path, filled[1], "STATIC_ROOT"))]
    inside, says = found[0] if len(found) == 1 else (None, None)
    if inside is not None and says is not None and inside != "." and not project.folder.has_folder(inside):
        draft.put("outputs", Fact([project.folder.full(inside)], (says,)))


def _put_data(project: PythonProject, draft: Draft, django: Django) -> None:
    """Put the folder of a SQLite database in the settings: data/db.sqlite3."""
    for path, module in settings_modules(project, django):
        for item in written(scope_of(project, path) or Scope(module)):
            inside = located(item.place, path, django) if item.database else None
            folder = posixpath.dirname(inside) if inside is not None else ""
            if inside and folder and folder != django.inside(".") and not project.folder.has_folder(folder):
                draft.put("data", project.folder.fact(project.folder.full(folder), path, item.line, inside))
                return


def _needed(project: PythonProject, django: Django) -> list[str]:
    """Variables without which the settings can't be imported."""
    modules_of = [module for _, module in settings_modules(project, django)]
    names = {item.name for module in modules_of for item in module.env_names if not item.has_default}
    names |= {item.name for module in modules_of for item in required_names(module)}
    # An empty SECRET_KEY is an error, whatever its variable is called.
    key, path, _ = setting(project, django, "SECRET_KEY")
    return sorted(names | ({key.name} if path and isinstance(key, EnvDefault) and not key.default else set()))


# 32 bytes, as Fernet takes them.
_FERNET = base64.urlsafe_b64encode(b"only-for-the-build".ljust(32, b"-")).decode()


def _dummy(name: str, form: Form | None) -> str:
    """A value with which the settings can be imported."""
    if form is not None and form.kind == "fernet":
        return _FERNET
    if form is not None and form.kind == "text":
        return "only-for-the-build".ljust(form.length, "-")[: form.length if form.exact else None]
    if form is not None and form.kind in ("json", "json-object", "json-list"):
        return "[]" if form.kind == "json-list" else "{}"
    if form is not None and form.kind == "choice" and form.choices:
        return form.choices[0]
    if "URL" in name or name.endswith("DSN"):
        return "sqlite:////tmp/build.sqlite3"
    if name.endswith("ENGINE"):
        return "django.db.backends.sqlite3"
    if name.endswith(("PORT", "TIMEOUT", "SIZE", "LEVEL", "_ID", "COUNT")) or "DEBUG" in name:
        return "0"
    return "only-for-the-build"


def put_environment(project: PythonProject, draft: Draft, django: Django | None) -> None:
    """Put /environment: the variables that the code reads; those that it can't be loaded without are required."""
    listed = draft.values.setdefault("environment", [])
    shared = running_libraries(project, draft)
    put_variables(draft, [*running(project, draft), *((item.path, item.module) for item in shared)])
    if django is not None:
        value, _, _ = setting(project, django, "DEBUG")
        if isinstance(value, EnvDefault) and str(value.default).lower() in ("true", "1", "yes", "on"):
            # Debugging is on by default, and an image is for production.
            listed[:] = [item for item in listed if item["name"] != value.name]
            off = _switched_off(project, django)
            listed.append({"name": value.name, "phase": "run", "value": off})
            listed.append({"name": value.name, "phase": "build", "value": off})
    if django is not None and django.chosen:
        for phase in ("run", "build"):
            listed.append({"name": "DJANGO_SETTINGS_MODULE", "phase": phase, "value": django.settings})
    loaded = started(project, draft.values.get("start") or [])
    settings = [path for path, _ in settings_modules(project, django)] if django is not None else []
    first = [module for path, module in modules(project) if path in {*loaded, *settings}]
    others = loaded_modules(project, [*loaded, *settings])
    put_given(project, draft, [*(module for _, module in modules(project)), *(item.module for item in shared)])
    modules_of = (*first, *(item.module for item in others))
    shown = shown_keys(project, loaded, django)
    needed = (*_must_be_set(project, draft, django), *needs_of_libraries(others, first))
    keys = (*key_variables(project, loaded), *keys_of_libraries(others))
    paths = [path for path, _ in running(project, draft)]
    put_required(draft, needed, keys, shown=shown, forms=forms(project, modules_of, paths, django))
    if not listed:
        del draft.values["environment"]


def _switched_off(project: PythonProject, django: Django) -> str:
    """The value that turns DEBUG off: bool() treats any text as true, even "False"."""
    _, path, _ = setting(project, django, "DEBUG")
    module = next((module for name, module in settings_modules(project, django) if name == path), None)
    node = module.constants.get("DEBUG") if module is not None else None
    return "" if module and isinstance(node, ast.Call) and module.dotted(node.func) == "bool" else "False"


def _must_be_set(project: PythonProject, draft: Draft, django: Django | None) -> Iterator[tuple[str, Evidence]]:
    """Variables without which the modules that are loaded at start fail."""
    loaded = started(project, draft.values.get("start") or [])
    settings = {path for path, _ in settings_modules(project, django)} if django is not None else set()
    for path, module in modules(project):
        if path in loaded or path in settings:
            for item in required_names(module):
                yield item.name, project.folder.says(path, item.line, f"{item.name} must be set")
    wants = list(reach(project, draft.values.get("start") or []).wants)
    for path, module in modules(project):
        if path in loaded and makes_clients(module):
            # What is imported runs up to its main guard.
            wants += [want for want in reach(project, ["python", path]).wants if not want.guarded]
    fallbacks = {name for path, module in modules(project) if path in loaded for name in with_fallback(module)}
    for want in (want for want in wants if want.variable not in fallbacks):
        yield want.variable, project.folder.says(want.path, want.line, f"{want.variable} must be set")
    if django is not None:
        value, path, line = setting(project, django, "SECRET_KEY")
        if path and isinstance(value, EnvDefault) and not value.default:
            # Django itself stops without one.
            yield value.name, project.folder.says(path, line, f"{value.name} must be set")
