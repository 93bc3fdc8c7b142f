"""Build steps besides the installation: translations, styles, static files."""

import ast
import posixpath
import re
import shlex

from genfile.detect.python.application import modules
from genfile.detect.python.django import Django, located, setting, settings_modules
from genfile.detect.python.gathered import gathering
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.places import scope_of
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.makefile import parse_makefile
from genfile.parsers.pypaths import Scope
from genfile.parsers.pywrites import written
from genfile.parsers.small import parse_shell

_CATALOGUE = re.compile(r"(?:(.*)/)?[A-Za-z_@]+/LC_MESSAGES/([^/]+)\.po")
_BABEL = ("flask-babel", "flask-babelex", "flask-babelplus", "babel", "fastapi-babel", "quart-babel", "aiohttp-babel")


def put_catalogues(project: PythonProject, draft: Draft) -> None:
    """Compile Babel translations that exist only as sources: `pybabel compile`, for each folder and domain."""
    if project.depends(*_BABEL) is None:
        return
    folder = project.folder
    made: dict[tuple[str, str], str] = {}
    for path in folder.files("*.po", depth=6):
        match = _CATALOGUE.fullmatch(path)
        own = match is not None and not match[2].startswith("django")
        if match and own and not folder.has(path.removesuffix(".po") + ".mo"):
            made.setdefault((match[1] or ".", match[2]), path)
    steps = draft.values.get("build", [])
    for (place, domain), path in list(made.items())[:4]:
        flags = "" if domain == "messages" else f" --domain {domain}"
        if not _plain(place) or not _plain(domain):
            continue
        steps.append(f"pybabel compile --directory {place}{flags}")
        put_steps(draft, steps, folder.says(path, 1, "translations without their .mo files"), in_place=True)
    if made and steps and draft.values.get("package"):
        # The installed copy was made before they were: the tree must come first on the path.
        draft.values.setdefault("python_path", folder.spec_path)


def collects(project: PythonProject, django: Django) -> bool:
    """Whether `collectstatic` is one of the project's commands: not if a complete list of apps lacks staticfiles."""
    listed = [module for _, module in settings_modules(project, django) if module.sets("INSTALLED_APPS") is not None]
    texts = [project.folder.text(path) or "" for path, _ in modules(project)]
    # A wildcard import from another package may list it, too.
    whole = any(_from_outside(project, django, node) for module in listed for node in module.of(ast.ImportFrom))
    return not listed or whole or any("contrib.staticfiles" in text or "StaticFilesConfig" in text for text in texts)


def _from_outside(project: PythonProject, django: Django, node: ast.AST) -> bool:
    """Whether it is `from package import *` for a package outside the tree."""
    if not isinstance(node, ast.ImportFrom) or node.level or all(alias.name != "*" for alias in node.names):
        return False
    top = django.inside((node.module or "").split(".")[0])
    return not project.folder.has(f"{top}.py") and not project.folder.has_folder(top)


def put_django_steps(project: PythonProject, draft: Draft, django: Django) -> None:
    """Put steps for translations that exist only as sources, for what make runs before collecting, and for offline
    compression."""
    folder = project.folder
    steps = draft.values.get("build", [])
    catalogue = next(folder.files("django.po", depth=6), None)
    if catalogue is not None and next(folder.files("django.mo", depth=6), None) is None:
        steps.insert(0, shlex.join(django.command("compilemessages")))
        put_steps(draft, steps, folder.says(catalogue, 1, "translations without their .mo files"), in_place=True)
        packages = draft.values.setdefault("system_packages", {"build": [], "run": []})
        packages["build"] = sorted({*packages["build"], "gettext"})
    if any("collectstatic" in step for step in steps):
        _put_made(project, draft, steps)
        for step, says in gathering(project, django):
            if step not in steps:
                steps.insert(next(index for index, other in enumerate(steps) if "collectstatic" in other), step)
                put_steps(draft, steps, says, in_place=True)
    value, path, line = setting(project, django, "COMPRESS_OFFLINE")
    if path and value is True:
        steps.append(shlex.join(django.command("compress")))
        put_steps(draft, steps, folder.says(path, line, "COMPRESS_OFFLINE"))


def put_log_folders(project: PythonProject, draft: Draft, django: Django) -> None:
    """Make the folders of log files before Django's commands run: it opens them when it reads the settings, and what
    git ignores is not there."""
    steps: list[str] = draft.values.get("build", [])
    at = next((index for index, step in enumerate(steps) if "manage.py" in step), None)
    if at is None:
        return
    found: dict[str, Evidence] = {}
    made: set[str | None] = set()
    for path, module in settings_modules(project, django):
        for item in written(scope_of(project, path) or Scope(module)):
            where = located(item.place, path, django)
            if item.name is None:
                made.add(where)
            elif not item.database and not item.file and where not in (None, "."):
                found.setdefault(str(where), project.folder.says(path, item.line, f"logs to {where}"))
    missing = {
        where: says for where, says in found.items() if where not in made and not project.folder.has_folder(where)
    }
    for where, says in missing.items():
        steps.insert(at, f"mkdir -p {shlex.quote(where)}")
        put_steps(draft, steps, says)


def put_steps(draft: Draft, steps: list[str], says: Evidence, *, in_place: bool = False) -> None:
    """``in_place``: the step writes beside the sources, or to an unknown place."""
    draft.values["build"] = steps
    if in_place:
        draft.values["in_place"] = True
    known = draft.evidence.get("/build")
    draft.evidence["/build"] = Fact(steps, (*(known.evidence if known else ()), says))


def _put_made(project: PythonProject, draft: Draft, steps: list[str]) -> None:
    """Put what the Makefile target that collects static files runs before: Python commands."""
    targets = project.folder.parse(parse_makefile, "Makefile") if project.folder.has("Makefile") else None
    for target in (targets or {}).values():
        if not any("collectstatic" in command for command in target.commands):
            continue
        for name in dict.fromkeys(target.prerequisites):
            needed = (targets or {}).get(name)
            for command in dict.fromkeys(needed.commands) if needed is not None else ():
                if _is_python(command) and command not in steps:
                    place = next(index for index, step in enumerate(steps) if "collectstatic" in step)
                    steps.insert(place, command)
                    says = project.folder.says("Makefile", needed.line if needed else None, f"make {name}")
                    put_steps(draft, steps, says, in_place=True)
        return


def _is_python(command: str) -> bool:
    """Whether it is one plain Python command, without anything to expand."""
    commands = parse_shell(command)
    if not commands or len(commands) != 1 or "$" in command or commands[0].assignments:
        return False
    words = commands[0].words
    return (
        len(words) > 1
        and words[0] in ("python", "python3")
        and not any(word in ("test", "runserver", "migrate", "pip", "collectstatic", "pytest") for word in words)
    )


def _plain(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_./-]+", text) is not None and text == posixpath.normpath(text)
