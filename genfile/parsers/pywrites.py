"""Where Python code writes: folders it creates, files it logs to or saves, and database files."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from genfile.parsers.pypaths import PathPlace, Scope, default_of, join, literal, place, turns
from genfile.parsers.python import PyModule
from genfile.parsers.values import EnvDefault

_HANDLERS = ("FileHandler", "logger.add", "logging.basicConfig")
_UPLOADS = frozenset(
    {
        "UPLOAD_FOLDER",
        "UPLOAD_DIR",
        "UPLOADS_DIR",
        "UPLOAD_PATH",
        "UPLOADED_PHOTOS_DEST",
        "SESSION_FILE_DIR",
        "CACHE_DIR",
        # Django's sessions in files.
        "SESSION_FILE_PATH",
    }
)
# Calls that set a Flask application's settings, by keyword.
_CONFIGURES = ("config.update", "config.from_mapping")
# Django's cache in files.
_FILE_CACHE = "FileBasedCache"
# Calls that write to a path: the argument's index and keyword, and whether it is a folder.
_WRITERS: dict[str, tuple[int, str, bool]] = {
    "shelve.open": (0, "filename", False),
    "tinydb.TinyDB": (0, "path", False),
    "joblib.dump": (1, "filename", False),
    "torch.save": (1, "f", False),
    "numpy.save": (0, "file", False),
    "shutil.copy": (1, "dst", False),
    "shutil.copyfile": (1, "dst", False),
    "shutil.move": (1, "dst", False),
    "chromadb.PersistentClient": (0, "path", True),
    "joblib.Memory": (0, "location", True),
    "diskcache.Cache": (0, "directory", True),
    "diskcache.FanoutCache": (0, "directory", True),
    "diskcache.Deque": (1, "directory", True),
    "diskcache.Index": (0, "directory", True),
}
# The same for methods of any object.
_METHODS: dict[str, tuple[int, str, bool]] = {
    "save": (0, "dst", False),
    "savefig": (0, "fname", False),
    "to_csv": (0, "path_or_buf", False),
    "to_parquet": (0, "path", False),
    "to_excel": (0, "excel_writer", False),
    "to_json": (0, "path_or_buf", False),
}
_WRITING = frozenset("wax")


class PythonWritten(Struct, frozen=True):
    """A target of a write: a folder, or a database file."""

    place: PathPlace
    line: int
    database: bool = False
    # A file that some code writes; the service does only if it includes that module.
    file: bool = False
    # The file itself, if known.
    name: PathPlace | None = None
    # The variable that names another place, and what its value has before the path.
    variable: str | None = None
    before: str = ""


def written(scope: Scope) -> list[PythonWritten]:
    """What a module writes to: folders it creates, saves or logs to, and its databases."""
    found: list[PythonWritten] = []
    for node in scope.module.of(ast.Call, ast.Dict, ast.JoinedStr, ast.BinOp, ast.Assign, ast.AnnAssign):
        if isinstance(node, ast.Call):
            for turn in turns(scope, node):
                _called(turn, node, found)
        elif isinstance(node, ast.Dict):
            _table(scope, node, found)
        elif isinstance(node, ast.JoinedStr | ast.BinOp):
            _add_url(scope, found, node)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            _add_url(scope, found, node.value, node.lineno)
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if _key(target) in _UPLOADS:
                    _add(found, place(scope, node.value), node.lineno)
    return found


def settings(module: PyModule, name: str) -> Iterator[tuple[ast.expr, int]]:
    """Every value that a module gives to a setting, with the line: by name, attribute, item or keyword."""
    for node in module.of(ast.Assign, ast.AnnAssign, ast.Dict, ast.keyword):
        if isinstance(node, ast.keyword):
            if node.arg == name:
                yield node.value, node.value.lineno
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == name:
                    yield value, value.lineno
        else:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if node.value is not None and any(_key(target) == name for target in targets):
                yield node.value, node.lineno


def _url(scope: Scope, node: ast.expr) -> PathPlace | None:
    """The file in a SQLite URL: "sqlite:///shop.db", f"sqlite:///{BASE}/shop.db", "sqlite:///" + path."""
    if isinstance(node, ast.Constant):
        text = node.value if isinstance(node.value, str) else ""
        own = text.startswith("sqlite") and ":///" in text and ":memory:" not in text
        return literal(text.split(":///", 1)[1]) if own and not text.endswith("///") else None
    if isinstance(node, ast.BoolOp):
        return _url(scope, node.values[-1])
    default = default_of(scope.module.dotted(node.func), node) if isinstance(node, ast.Call) else None
    if default is not None and not isinstance(default, ast.Call):
        return _url(scope, default)
    parts: list[ast.expr] = []
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [node.left, node.right]
    head = parts[0].value if parts and isinstance(parts[0], ast.Constant) else None
    if len(parts) < 2 or not isinstance(head, str) or not (head.startswith("sqlite") and head.endswith(":///")):
        return None
    return join(scope, parts[1:], 0)


def _called(scope: Scope, node: ast.Call, found: list[PythonWritten]) -> None:
    callee = scope.module.dotted(node.func)
    keywords = {item.arg: item.value for item in node.keywords if item.arg}
    if callee.endswith(_CONFIGURES):
        for name in _UPLOADS & keywords.keys():
            _add(found, place(scope, keywords[name]), node.lineno)
    first = node.args[0] if node.args else keywords.get("filename", keywords.get("name"))
    if callee in ("os.makedirs", "os.mkdir") and first is not None:
        _add(found, place(scope, first), node.lineno)
    elif isinstance(node.func, ast.Attribute) and node.func.attr == "mkdir":
        _add(found, place(scope, node.func.value), node.lineno)
    elif callee.endswith(_HANDLERS):
        first = keywords.get("filename") if callee == "logging.basicConfig" else first
        _add_file(found, place(scope, first) if first is not None else None, node.lineno)
    elif callee in ("sqlite3.connect", "aiosqlite.connect") and first is not None:
        variable = _variable(scope, first)
        _add(found, place(scope, first), node.lineno, database=True, variable=variable)
    elif callee.endswith(("create_engine", "create_async_engine")) and isinstance(first, ast.Constant):
        _add_url(scope, found, first)
    else:
        _saved(scope, node, callee, found)


def _saved(scope: Scope, node: ast.Call, callee: str, found: list[PythonWritten]) -> None:
    """Files that a call opens for writing, dumps or saves, and folders that hold a store."""
    keywords = {item.arg: item.value for item in node.keywords if item.arg}
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    target: ast.expr | None = None
    if "persist_directory" in keywords:
        _add(found, place(scope, keywords["persist_directory"]), node.lineno)
    elif callee in ("open", "io.open", "codecs.open", "aiofiles.open"):
        target = node.args[0] if node.args and _writes(node.args[1:2], keywords) else None
    elif method == "open" and callee not in _WRITERS and isinstance(node.func, ast.Attribute):
        target = node.func.value if _writes(node.args[:1], keywords) else None
    elif method in ("write_text", "write_bytes") and isinstance(node.func, ast.Attribute):
        target = node.func.value
    else:
        at, name, folder = _WRITERS.get(callee) or _METHODS.get(method) or (0, "", False)
        target = keywords.get(name, node.args[at] if name and len(node.args) > at else None)
        if folder and target is not None:
            _add(found, place(scope, target), node.lineno)
            return
    where = place(scope, target) if target is not None else None
    if where is not None and (where.cut or "." in "".join(where.parts[-1:])):
        _add_file(found, where, node.lineno, in_service=True)


def _writes(mode: list[ast.expr], keywords: dict[str, ast.expr]) -> bool:
    """Whether a mode of open() writes."""
    node = mode[0] if mode else keywords.get("mode")
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and not _WRITING.isdisjoint(node.value)


def _add_file(found: list[PythonWritten], where: PathPlace | None, line: int, *, in_service: bool = False) -> None:
    """Add the folder that contains a file."""
    if where is not None and (where.parts or where.cut):
        _add(found, where.parent, line, file=in_service, name=None if where.cut else where)


def _table(scope: Scope, node: ast.Dict, found: list[PythonWritten]) -> None:
    """A file handler in LOGGING, or a SQLite database in DATABASES."""
    items = {
        key.value: value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)
    }
    for name in _UPLOADS & items.keys():
        _add(found, place(scope, items[name]), node.lineno)
    kind = items.get("class", items.get("ENGINE", items.get("BACKEND")))
    kind_text = str(kind.value) if isinstance(kind, ast.Constant) else ""
    if kind_text.endswith("FileHandler") and "filename" in items:
        _add_file(found, place(scope, items["filename"]), node.lineno)
    elif kind_text.endswith(_FILE_CACHE) and "LOCATION" in items:
        _add(found, place(scope, items["LOCATION"]), node.lineno)
    elif kind_text.endswith((".sqlite3", ".spatialite")) and "NAME" in items:
        variable = _variable(scope, items["NAME"])
        _add(found, place(scope, items["NAME"]), node.lineno, database=True, variable=variable)


def _key(target: ast.expr) -> str | None:
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return str(target.slice.value)
    return target.id if isinstance(target, ast.Name) else getattr(target, "attr", None)


def _add(
    found: list[PythonWritten],
    where: PathPlace | None,
    line: int,
    *,
    database: bool = False,
    file: bool = False,
    name: PathPlace | None = None,
    variable: str | None = None,
    before: str = "",
) -> None:
    if where is not None and (where.parts or where.up is None):
        name = where if database and not where.cut else name
        found.append(PythonWritten(where, line, database, file, name, variable, before))


def _add_url(scope: Scope, found: list[PythonWritten], node: ast.expr, line: int | None = None) -> None:
    """Add the database that a SQLite URL names, with the variable of which the URL is the default."""
    where = _url(scope, node)
    if where is not None:
        variable, scheme = _variable(scope, node), _scheme(node)
        _add(found, where, line or node.lineno, database=True, variable=variable, before=f"{scheme}:///")


def _scheme(node: ast.expr) -> str:
    """The scheme in front of a SQLite URL's path: `sqlite+aiosqlite`."""
    texts = (str(item.value) for item in ast.walk(node) if isinstance(item, ast.Constant))
    return next((text.split(":///")[0] for text in texts if text.startswith("sqlite") and ":///" in text), "sqlite")


def _variable(scope: Scope, node: ast.expr) -> str | None:
    """The variable that an expression is read from, or is the default of."""
    value = scope.module.value(node)
    if isinstance(value, EnvDefault):
        return value.name
    of_setting = (item.name for item in scope.module.settings if item.line == node.lineno)
    return scope.defaults.get(id(node)) or next(of_setting, None)
