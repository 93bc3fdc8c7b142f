"""The paths that names stand for across a project's modules: an imported constant, a field of its settings."""

import ast

from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.reach import Evaluator, Module, evaluator_of, lineage
from genfile.detect.python.reach.values import BuiltObject, ClassRef, Frame, FunctionRef, ModuleRef, settled
from genfile.parsers.pypaths import Look, PathPlace, Scope, literal, place, place_returned


def scope_of(project: PythonProject, path: str) -> Scope | None:
    """A module with what other modules say of the names that it uses; None if it is not one of the project's."""
    evaluator = evaluator_of(project)
    module = evaluator.program.by_path.get(path)
    return Scope(module.parsed, _look(evaluator, module)) if module is not None else None


def _look(evaluator: Evaluator, module: Module) -> Look:
    def look(node: ast.expr, depth: int) -> PathPlace | None:
        if isinstance(node, ast.Name):
            bound = module.bindings.get(node.id, ())
            source = bound[-1] if bound else None
            if isinstance(source, tuple) and source[1] is not None:
                return _of_module(evaluator, source[0], source[1], depth)
            return None
        if isinstance(node, ast.Call):
            return _of_function(evaluator, module, node, depth)
        if not isinstance(node, ast.Attribute):
            return None
        base = evaluator.value(Frame(module), node.value)
        if isinstance(base, ModuleRef):
            return _of_module(evaluator, base.name, node.attr, depth)
        if isinstance(base, BuiltObject | ClassRef):
            return _of_class(evaluator, base, node.attr, depth)
        return None

    return look


def _of_module(evaluator: Evaluator, source: str, name: str, depth: int) -> PathPlace | None:
    """A module's constant, as seen from the start folder."""
    module = evaluator.program.module(source)
    if module is None:
        return None
    bound = [item for item in module.bindings.get(name, ()) if isinstance(item, ast.expr)]
    if bound:
        return _from(evaluator, module, bound[-1], depth)
    # What a package re-exports.
    return _look(evaluator, module)(ast.Name(name), depth) if depth < MAX_IMPORTS else None


def _of_function(evaluator: Evaluator, module: Module, node: ast.Call, depth: int) -> PathPlace | None:
    """What a function of the project returns, as seen from the start folder."""
    called = evaluator.value(Frame(module), node.func)
    if not isinstance(called, FunctionRef) or not isinstance(called.node, ast.FunctionDef):
        return None
    owner = called.frame.module
    return _seen(owner, place_returned(Scope(owner.parsed, _look(evaluator, owner)), called.node, depth + 1))


def _of_class(evaluator: Evaluator, base: BuiltObject | ClassRef, name: str, depth: int) -> PathPlace | None:
    """The default of a field in one of the project's classes."""
    for owner in lineage(evaluator, base.made_by if isinstance(base, BuiltObject) else base):
        for node in owner.node.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name) and target.id == name:
                return _from(evaluator, owner.frame.module, node.value, depth) if node.value is not None else None
    return None


def _from(evaluator: Evaluator, module: Module, node: ast.expr, depth: int) -> PathPlace | None:
    found = _seen(module, place(Scope(module.parsed, _look(evaluator, module)), node, depth + 1))
    return found if found is not None else literal(settled(evaluator.value(Frame(module), node)))


def _seen(module: Module, found: PathPlace | None) -> PathPlace | None:
    """A place in a module, as seen from the start folder."""
    if found is not None and found.absolute:
        return found
    inside = found.inside(module.path) if found is not None else None
    if found is None or inside is None:
        return None
    return PathPlace(None, tuple(inside.split("/")) if inside != "." else (), found.cut)


# How many packages may re-export a name.
MAX_IMPORTS = 20
