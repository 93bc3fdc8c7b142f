"""Fields of the project's own classes: pydantic settings with their variables, dataclasses, plain attributes."""

import ast
from typing import TYPE_CHECKING, Any

from genfile.detect.python.reach.values import BuiltObject, ClassRef, External, Frame, FunctionRef, settled
from genfile.parsers.values import UNKNOWN, EnvDefault, is_known

if TYPE_CHECKING:
    from genfile.detect.python.reach.evaluate import Evaluator


def field_of(evaluator: "Evaluator", base: BuiltObject | ClassRef, name: str) -> Any:
    """A field or method by its name: from the call, the class, or `__init__`."""
    made = base if isinstance(base, BuiltObject) else None
    first = base.made_by if isinstance(base, BuiltObject) else base
    for owner in lineage(evaluator, first):
        found = _own(evaluator, owner, made, name)
        if found is not UNKNOWN:
            return found
    return UNKNOWN


def _own(evaluator: "Evaluator", owner: ClassRef, made: BuiltObject | None, name: str) -> Any:
    members = evaluator.program.members_of(owner.node)
    if (node := members.methods.get(name)) is not None:
        method = FunctionRef(owner.frame, node, made)
        if any(isinstance(item, ast.Name) and item.id.endswith("property") for item in node.decorator_list):
            return evaluator.returned(method, None, owner.frame)
        return method
    given = _given(evaluator, made, name)
    if given is not UNKNOWN:
        return given
    if name in members.fields:
        return _field(evaluator, owner, members.fields[name], name)
    return _set_in_init(evaluator, owner, made, name)


def _given(evaluator: "Evaluator", made: BuiltObject | None, name: str) -> Any:
    """The value that the creating call passes for that keyword."""
    if made is None or made.call is None or made.frame is None:
        return UNKNOWN
    node = next((item.value for item in made.call.keywords if item.arg == name), None)
    return evaluator.value(made.frame, node) if node is not None else UNKNOWN


def _set_in_init(evaluator: "Evaluator", owner: ClassRef, made: BuiltObject | None, name: str) -> Any:
    """`self.port = port` in the constructor, its parameters bound to the arguments."""
    init = evaluator.program.members_of(owner.node).methods.get("__init__")
    if not isinstance(init, ast.FunctionDef):
        return UNKNOWN
    where = made.frame if made is not None and made.frame is not None else owner.frame
    frame = evaluator.called(
        FunctionRef(owner.frame, init, made or BuiltObject(owner)), made.call if made is not None else None, where
    )
    for node in ast.walk(init):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Attribute) and target.attr == name and node.value is not None:  # type: ignore[attr-defined]
                return evaluator.value(frame, node.value)  # type: ignore[attr-defined]
    return UNKNOWN


def _field(evaluator: "Evaluator", owner: ClassRef, node: ast.Assign | ast.AnnAssign, name: str) -> Any:
    """A field of the class body: its default; for settings, the variable that sets it."""
    default: Any = UNKNOWN
    alias: str | None = None
    if node.value is not None:
        keywords = {item.arg: item.value for item in node.value.keywords} if isinstance(node.value, ast.Call) else {}
        made_by = evaluator.value(owner.frame, node.value.func) if isinstance(node.value, ast.Call) else None
        if isinstance(made_by, External) and made_by.name.rsplit(".", 1)[-1] in ("Field", "field"):
            default, alias = _of_field(evaluator, owner.frame, node.value, keywords)  # type: ignore[arg-type]
        else:
            default = evaluator.value(owner.frame, node.value)
    if default is UNKNOWN and isinstance(node, ast.AnnAssign):
        kind = evaluator.value(owner.frame, node.annotation)
        default = BuiltObject(kind) if isinstance(kind, ClassRef) else UNKNOWN
    prefix = _settings_prefix(evaluator, owner)
    if prefix is None or isinstance(default, BuiltObject):
        return default
    plain = settled(default)
    return EnvDefault(alias or f"{prefix}{name}".upper(), plain if is_known(plain) else None)


def _of_field(
    evaluator: "Evaluator", frame: Frame, call: ast.Call, keywords: dict[str | None, ast.expr]
) -> tuple[Any, str | None]:
    default: Any = UNKNOWN
    given = call.args[0] if call.args else keywords.get("default")
    if given is not None and not (isinstance(given, ast.Constant) and given.value is ...):
        default = evaluator.value(frame, given)
    elif "default_factory" in keywords:
        made_by = evaluator.value(frame, keywords["default_factory"])
        default = BuiltObject(made_by) if isinstance(made_by, ClassRef) else UNKNOWN
        if isinstance(keywords["default_factory"], ast.Lambda):
            default = evaluator.value(frame, keywords["default_factory"].body)
    for key in ("env", "validation_alias", "alias"):
        node = keywords.get(key)
        # AliasChoices("A", "B"): the first is read first.
        node = node.args[0] if isinstance(node, ast.Call) and node.args else node
        value = evaluator.value(frame, node) if node is not None else None
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str):
            return default, value
    return default, None


def _settings_prefix(evaluator: "Evaluator", owner: ClassRef) -> str | None:
    """The variables' prefix of a pydantic settings class; None for any other class."""
    if not any(_is_settings(evaluator, item) for item in lineage(evaluator, owner)):
        return None
    for node in owner.node.body:
        if isinstance(node, ast.ClassDef) and node.name == "Config":
            for line in node.body:
                if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "env_prefix":
                    return str(settled(evaluator.value(owner.frame, line.value)))
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "model_config":
            value = node.value
            keywords = value.keywords if isinstance(value, ast.Call) else []
            pairs = [(item.arg, item.value) for item in keywords]
            if isinstance(value, ast.Dict):
                pairs = [(str(getattr(k, "value", "")), v) for k, v in zip(value.keys, value.values, strict=True)]
            for key, item in pairs:
                if key == "env_prefix":
                    return str(settled(evaluator.value(owner.frame, item)))
    return ""


def _is_settings(evaluator: "Evaluator", owner: ClassRef) -> bool:
    return any(
        isinstance(base, External) and base.name.rsplit(".", 1)[-1] == "BaseSettings"
        for base in (evaluator.value(owner.frame, node) for node in owner.node.bases)
    )


def lineage(evaluator: "Evaluator", owner: ClassRef) -> list[ClassRef]:
    """A class and its base classes in the project."""
    found = [owner]
    for item in found:
        bases = [evaluator.value(item.frame, node) for node in item.node.bases]
        found += [base for base in bases if isinstance(base, ClassRef) and base.node not in [f.node for f in found]]
        if len(found) > 12:
            break
    return found


def foreign_base(evaluator: "Evaluator", owner: ClassRef) -> str | None:
    """The dotted name of the first base class from another package, of a class or its bases in the project."""
    for item in lineage(evaluator, owner):
        for node in item.node.bases:
            base = evaluator.value(item.frame, node)
            if isinstance(base, External):
                return base.name
    return None
