"""django-configurations: settings as classes, one of which a variable selects."""

import ast
from typing import Any

from genfile.detect.python.django import Django, settings_modules
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.reach import member
from genfile.evidence import Draft, Fact
from genfile.parsers.python import PyModule

_PRODUCTION = ("Production", "Prod", "ProductionSettings", "ProdSettings", "ProductionConfig", "Live")


def production_class(project: PythonProject, django: Django) -> Fact[str] | None:
    """The settings class for production."""
    if project.depends("django-configurations") is None:
        return None
    for path, module in settings_modules(project, django):
        for name in _PRODUCTION:
            if name in module.classes:
                return project.folder.fact(name, path, _class(module, name).lineno, f"class {name}")
    return None


def class_setting(project: PythonProject, django: Django, name: str) -> tuple[Any, str, int | None]:
    """A setting of the production class or its bases: value, file, line."""
    found = production_class(project, django)
    return member(project, found.evidence[0].path, found.value, name) if found is not None else (None, "", None)


def put_configuration(project: PythonProject, draft: Draft, django: Django) -> None:
    """Select the production class for the build and at run time; the build gets placeholders for what it requires."""
    found = production_class(project, django)
    if found is None:
        return
    listed = draft.values.setdefault("environment", [])
    for phase in ("build", "run"):
        listed.append({"name": "DJANGO_CONFIGURATION", "phase": phase, "value": found.value})
    for path, module in settings_modules(project, django):
        for name in _secrets(module):
            if not any(item["name"] == name and item["phase"] == "run" for item in listed):
                listed.append({"name": name, "phase": "run", "required": True, "secret": True})
                listed.append({"name": name, "phase": "build", "value": "only-for-the-build"})
        del path


def _secrets(module: PyModule) -> list[str]:
    """The variables of `X = values.SecretValue()`: DJANGO_X, or the one that the call names."""
    found: list[str] = []
    for node in module.of(ast.Assign):
        call = node.value
        target = node.targets[0]
        if not isinstance(call, ast.Call) or not module.dotted(call.func).endswith("SecretValue"):
            continue
        given = {item.arg: getattr(item.value, "value", None) for item in call.keywords}
        name = given.get("environ_name") or (target.id if isinstance(target, ast.Name) else "")
        prefix = given.get("environ_prefix", "DJANGO")
        if name:
            found.append(f"{prefix}_{name}" if prefix else str(name))
    return list(dict.fromkeys(found))


def _class(module: PyModule, name: str) -> ast.ClassDef:
    found: ast.ClassDef = next(node for node in module.of(ast.ClassDef) if node.name == name)
    return found
