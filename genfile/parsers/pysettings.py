"""Settings classes of pydantic: the environment variables that set their fields."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from genfile.parsers.forms import Form
from genfile.parsers.pyforms import form_of_field, taken_apart
from genfile.parsers.pysyntax import words
from genfile.parsers.values import UNKNOWN

if TYPE_CHECKING:
    from genfile.parsers.python import PyModule

_MAX_DEPTH = 4
_ALIASES = ("env", "validation_alias", "alias")


class SettingsField(Struct, frozen=True):
    """A field of a settings class: the variable that sets it, its default if that is literal (UNKNOWN otherwise), and
    whether the class can't be created without the variable. ``field``: its name in the class ``owner``."""

    name: str
    line: int
    required: bool
    field: str
    default: Any = UNKNOWN
    form: Form | None = None
    owner: str = ""


class _Rules(Struct, frozen=True):
    """How a settings class names its variables; ``delimiter``: what joins the names of nested fields."""

    prefix: str = ""
    delimiter: str = ""
    exact: bool = False

    def name(self, text: str) -> str:
        return text if self.exact else text.upper()


def settings_fields(module: "PyModule") -> tuple[SettingsField, ...]:
    """The fields of the module's settings classes, with those of their base classes in the module, by line."""
    classes = {node.name: node for node in module.of(ast.ClassDef) if isinstance(node, ast.ClassDef)}
    found: dict[str, SettingsField] = {}
    extended = {module.dotted(base) for node in classes.values() for base in node.bases}
    # Only a base of others, which is not created itself.
    bases = extended - {call.callee for call in module.calls}
    for node in classes.values():
        if node.name in bases:
            continue
        owners = _lineage(module, classes, node)
        if any(module.dotted(base).rsplit(".", 1)[-1] == "BaseSettings" for item in owners for base in item.bases):
            for field in _fields(module, classes, owners, _rules(module, owners), 0):
                known = found.get(field.name)
                if known is None or (field.required and not known.required):
                    found[field.name] = replace(field, owner=node.name)
    return tuple(sorted(found.values(), key=lambda item: (item.line, item.name)))


def _lineage(module: "PyModule", classes: dict[str, ast.ClassDef], node: ast.ClassDef) -> list[ast.ClassDef]:
    """A class and its base classes in the module, nearest first."""
    found = [node]
    for item in found:
        bases = [classes[name] for base in item.bases if (name := module.dotted(base)) in classes]
        found += [base for base in bases if base not in found]
    return found


def _rules(module: "PyModule", owners: list[ast.ClassDef]) -> _Rules:
    """What `model_config`, or the class `Config` of pydantic 1, says; the nearest class wins."""
    found: dict[str, Any] = {}
    for owner in owners:
        for key, node in _config(owner):
            found.setdefault(key, module.value(node))
    prefix, delimiter = found.get("env_prefix"), found.get("env_nested_delimiter")
    return _Rules(
        prefix if isinstance(prefix, str) else "",
        delimiter if isinstance(delimiter, str) else "",
        found.get("case_sensitive") is True,
    )


def _config(owner: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for item in owner.keywords:
        # `class Settings(BaseSettings, env_prefix="SHOP_")`.
        if item.arg is not None:
            yield item.arg, item.value
    for node in owner.body:
        if isinstance(node, ast.ClassDef) and node.name == "Config":
            for line in node.body:
                if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
                    yield line.targets[0].id, line.value
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(target, ast.Name) and target.id == "model_config":
            if isinstance(value, ast.Call):
                yield from ((item.arg, item.value) for item in value.keywords if item.arg is not None)
            elif isinstance(value, ast.Dict):
                pairs = zip(value.keys, value.values, strict=True)
                yield from ((str(key.value), item) for key, item in pairs if isinstance(key, ast.Constant))


def _fields(
    module: "PyModule", classes: dict[str, ast.ClassDef], owners: list[ast.ClassDef], rules: _Rules, depth: int
) -> Iterator[SettingsField]:
    """The variables of a class, whose own fields replace those of its base classes."""
    seen: set[str] = set()
    taken = frozenset(name for owner in owners for name in taken_apart(owner))
    for owner in owners:
        for node in owner.body:
            name = node.target.id if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else ""
            if (
                not isinstance(node, ast.AnnAssign)
                or name in seen
                or name.startswith(("_", "model_config"))
                or not name
            ):
                continue
            if "ClassVar" in words(node.annotation):
                continue
            seen.add(name)
            apart = name in taken
            found = _of_field(module, classes, node, rules, depth)
            yield from (replace(item, form=None) if apart else item for item in found)


def _of_field(
    module: "PyModule", classes: dict[str, ast.ClassDef], node: ast.AnnAssign, rules: _Rules, depth: int
) -> Iterator[SettingsField]:
    field = getattr(node.target, "id", "")
    given, alias = _given(module, node)
    named = list(words(node.annotation))
    optional = any("None" in word or word == "Optional" for word in named)
    name = alias if alias is not None else f"{rules.prefix}{field}"
    inner = next((classes[word] for word in named if word in classes), None)
    owners = _lineage(module, classes, inner) if inner is not None and depth < _MAX_DEPTH else []
    model = any(module.dotted(base).rsplit(".", 1)[-1] == "BaseModel" for item in owners for base in item.bases)
    if model and rules.delimiter:
        # Each of its own fields has a variable.
        nested = _Rules(f"{name}{rules.delimiter}", rules.delimiter, rules.exact)
        for item in _fields(module, classes, owners, nested, depth + 1):
            needed = item.required and given is None and not optional
            yield SettingsField(item.name, item.line, needed, item.field, item.default, item.form)
        return
    default = module.value(given) if given is not None else UNKNOWN
    form = form_of_field(module, node)
    yield SettingsField(rules.name(name), node.lineno, given is None and not optional, field, default, form)


def _given(module: "PyModule", node: ast.AnnAssign) -> tuple[ast.expr | None, str | None]:
    """The default of a field, and the name that it has instead of its own; `...` is no default."""
    given, alias = node.value, None
    calls = [item for item in ast.walk(node.annotation) if isinstance(item, ast.Call)]
    if isinstance(given, ast.Call) and module.dotted(given.func).rsplit(".", 1)[-1] == "Field":
        calls.append(given)
        keywords = {item.arg: item.value for item in given.keywords}
        given = given.args[0] if given.args else keywords.get("default", keywords.get("default_factory"))
    for call in calls:
        if module.dotted(call.func).rsplit(".", 1)[-1] == "Field":
            keywords = {item.arg: item.value for item in call.keywords}
            alias = next((text for key in _ALIASES if (text := _text(module, keywords.get(key)))), alias)
            # `Annotated[str, Field(default_factory=…)]`.
            given = given if given is not None else keywords.get("default", keywords.get("default_factory"))
    return (None if isinstance(given, ast.Constant) and given.value is ... else given), alias


def _text(module: "PyModule", node: ast.expr | None) -> str | None:
    """A name; the first of `AliasChoices("A", "B")` or of a list."""
    node = node.args[0] if isinstance(node, ast.Call) and node.args else node
    value = module.value(node) if node is not None else None
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, str) and value.isidentifier() else None
