"""Models of a Django project for which no migrations are committed, so that `migrate` creates no tables for them."""

import ast
import posixpath
import shlex

from genfile.detect.python.application import modules
from genfile.detect.python.django import Django, setting
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Draft, Evidence
from genfile.parsers.python import PyModule

_MODEL = "django.db.models.Model"


def tell_of_missing_migrations(project: PythonProject, draft: Draft, django: Django) -> None:
    """Warn of the first application that has models, but none of whose migrations are committed."""
    if setting(project, django, "MIGRATION_MODULES")[1]:
        return
    for path, module in modules(project):
        folder, name = posixpath.split(path)
        app = folder if name == "models.py" else posixpath.dirname(folder) if folder.endswith("/models") else ""
        says = _model(project, path, module) if app else None
        if says is None or any(item[:1].isdigit() for item in project.folder.names(f"{app}/migrations")):
            continue
        label = posixpath.basename(app)
        command = shlex.join(django.command("makemigrations", label))
        text = f"{says}: {label} has no migrations, so `migrate` creates no tables; run `{command}`, and commit them"
        draft.note("warning", text, says.path, says.line)
        return


def _model(project: PythonProject, path: str, module: PyModule) -> Evidence | None:
    """The first model with a table of its own: neither abstract nor managed elsewhere."""
    for node in module.of(ast.ClassDef):
        if not isinstance(node, ast.ClassDef) or _MODEL not in [module.dotted(base) for base in node.bases]:
            continue
        meta = next((item for item in node.body if isinstance(item, ast.ClassDef) and item.name == "Meta"), None)
        told = {ast.unparse(item) for item in (meta.body if meta is not None else ())}
        if told.isdisjoint({"abstract = True", "managed = False", "proxy = True"}):
            return project.folder.says(path, node.lineno, f"class {node.name}")
    return None
