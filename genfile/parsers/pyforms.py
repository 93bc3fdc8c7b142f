"""The forms of the variables that Python code reads: what it parses, and what it checks."""

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from genfile.parsers.forms import FERNET, JSON, URL, Form, one_of, text_of
from genfile.parsers.pysyntax import words
from genfile.parsers.values import EnvDefault

if TYPE_CHECKING:
    from genfile.parsers.python import PyModule

_LISTS = frozenset({"list", "List", "set", "Set", "tuple", "Tuple", "frozenset", "Sequence"})
_TABLES = frozenset({"dict", "Dict", "Mapping"})
_ADDRESSES = frozenset({"AnyUrl", "AnyHttpUrl", "HttpUrl"})
# Calls that fail for a text of another form.
PARSERS = {
    "json.loads": JSON,
    "cryptography.fernet.Fernet": FERNET,
}


def forms_of(module: "PyModule") -> Iterator[tuple[str, Form]]:
    """Variables with the form that their values need, as far as the code says it."""
    yield from ((item.name, item.form) for item in module.settings if item.form is not None)
    for node in module.of(ast.Call):
        form = PARSERS.get(module.dotted(node.func)) if isinstance(node, ast.Call) and node.args else None
        name = _name(module, node.args[0]) if form is not None and isinstance(node, ast.Call) else None
        if form is not None and name is not None:
            yield name, form
    for item in module.of(ast.If):
        if isinstance(item, ast.If) and any(isinstance(line, ast.Raise) for line in item.body):
            yield from _measured(module, item.test)


def _measured(module: "PyModule", test: ast.expr) -> Iterator[tuple[str, Form]]:
    """`if len(key) < 32: raise …`, also beside other conditions."""
    for node in ast.walk(test):
        call = node.left if isinstance(node, ast.Compare) and len(node.ops) == 1 else None
        if not isinstance(node, ast.Compare) or not isinstance(call, ast.Call) or len(call.args) != 1:
            continue
        name = _name(module, call.args[0]) if module.dotted(call.func) == "len" else None
        length, sign = module.value(node.comparators[0]), node.ops[0]
        if name is None or not isinstance(length, int):
            continue
        form = text_of(length + isinstance(sign, ast.LtE)) if isinstance(sign, ast.Lt | ast.LtE) else None
        form = text_of(length, exact=True) if isinstance(sign, ast.NotEq) else form
        if form is not None:
            yield name, form


def _name(module: "PyModule", node: ast.expr) -> str | None:
    """The variable that an expression reads and does not decode."""
    value = module.value(node)
    return value.name if isinstance(value, EnvDefault) and value.default is None else None


def form_of_field(module: "PyModule", node: ast.AnnAssign) -> Form | None:
    """The form of a field of a settings class: pydantic reads lists and tables as JSON."""
    kind = node.annotation
    if isinstance(kind, ast.Subscript) and module.dotted(kind.value).rpartition(".")[2] == "Annotated":
        if "NoDecode" in words(kind) or not isinstance(kind.slice, ast.Tuple):
            return None
        kind = kind.slice.elts[0]
    subscript = isinstance(kind, ast.Subscript)
    name = module.dotted(kind.value if isinstance(kind, ast.Subscript) else kind).rpartition(".")[2]
    if name in _LISTS or name in _TABLES:
        return Form("json-list" if name in _LISTS else "json-object")
    if isinstance(kind, ast.Subscript) and subscript and name == "Literal":
        return one_of([getattr(item, "value", None) for item in getattr(kind.slice, "elts", [kind.slice])])
    if name in _ADDRESSES:
        return URL
    calls = [item for item in ast.walk(node) if isinstance(item, ast.Call)] if name in ("str", "SecretStr") else []
    given = {key.arg: module.value(key.value) for item in calls for key in item.keywords}
    return text_of(given.get("min_length"))


def taken_apart(owner: ast.ClassDef) -> frozenset[str]:
    """The fields of a class whose texts a validator of its own takes apart: `@field_validator("x", mode="before")`."""
    found: set[str] = set()
    for item in owner.body:
        for call in item.decorator_list if isinstance(item, ast.FunctionDef) else ():
            if isinstance(call, ast.Call) and any(key.arg in ("mode", "pre") for key in call.keywords):
                found.update(str(word.value) for word in call.args if isinstance(word, ast.Constant))
    return frozenset(found)
