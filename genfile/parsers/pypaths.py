"""Where Python code writes: paths that it computes from its own place, followed without running it."""

import ast
from dataclasses import dataclass

from genfile.parsers.python import PyModule

_SAME = frozenset(
    """
    str os.fspath os.path.abspath os.path.realpath os.path.normpath pathlib.Path Path pathlib.PurePath
    """.split()
)
_METHODS = frozenset({"resolve", "absolute", "as_posix", "expanduser"})
# Names that stand for the folder of the project wherever they come from.
_BASES = frozenset(
    "BASE_DIR BASE_PATH BASEDIR ROOT_DIR ROOT_PATH PROJECT_ROOT PROJECT_DIR PROJECT_PATH basedir".split()
)
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
    }
)
_MAX_DEPTH = 25


@dataclass(frozen=True, slots=True)
class Place:
    """A path: below the folder that is started in (``up`` None), or ``up`` levels above the module's file."""

    up: int | None
    parts: tuple[str, ...]

    @property
    def parent(self) -> "Place":
        if self.parts:
            return Place(self.up, self.parts[:-1])
        return Place(None if self.up is None else self.up + 1, ())

    def inside(self, file: str) -> str | None:
        """The path relative to the project, for a module at ``file``; None where it leaves it."""
        base = [] if self.up is None else file.split("/")
        if self.up is not None:
            if self.up == 0 or self.up > len(base):
                return None
            base = base[: len(base) - self.up]
        for part in self.parts:
            if part == "..":
                if not base:
                    return None
                base.pop()
            elif part not in ("", "."):
                base.append(part)
        return "/".join(base) or "."


@dataclass(frozen=True, slots=True)
class Written:
    """Something that is written: a folder, or the file of a database."""

    place: Place
    line: int
    database: bool = False


def written(module: PyModule) -> list[Written]:
    """The folders that a module makes or logs to, and its databases."""
    found: list[Written] = []
    for node in module.of(ast.Call, ast.Dict, ast.JoinedStr, ast.BinOp, ast.Assign, ast.AnnAssign):
        if isinstance(node, ast.Call):
            _called(module, node, found)
        elif isinstance(node, ast.Dict):
            _table(module, node, found)
        elif isinstance(node, ast.JoinedStr | ast.BinOp):
            _add(found, _url(module, node), node.lineno, database=True)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            _add(found, _url(module, node.value), node.lineno, database=True)
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if _key(target) in _UPLOADS:
                    _add(found, place(module, node.value), node.lineno)
    return found


def place(module: PyModule, node: ast.expr, depth: int = 0) -> Place | None:
    """What a path is, as far as the code says it; None for an absolute one, or one that is computed otherwise."""
    if depth > _MAX_DEPTH or module.steps.spent():
        return None
    if isinstance(node, ast.Constant):
        return _literal(node.value)
    if isinstance(node, ast.Name):
        if node.id == "__file__":
            return Place(0, ())
        if node.id in module.constants:
            return place(module, module.constants[node.id], depth + 1)
        return Place(None, ()) if node.id in _BASES else None
    if isinstance(node, ast.Attribute):
        if node.attr == "parent":
            inner = place(module, node.value, depth + 1)
            return inner.parent if inner is not None else None
        if module.dotted(node) in ("os.pardir", "os.path.pardir"):
            return Place(None, ("..",))
        return {"root_path": Place(1, ()), "instance_path": Place(None, ("instance",))}.get(
            node.attr, Place(None, ()) if node.attr in _BASES else None
        )
    if isinstance(node, ast.BoolOp | ast.IfExp):
        # A variable, or else the project's own place.
        return place(module, node.values[-1] if isinstance(node, ast.BoolOp) else node.body, depth + 1)
    if isinstance(node, ast.Subscript):
        return _parents(module, node, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Add):
        return _join(module, [node.left, node.right], depth)
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
        return _join(module, parts, depth)
    return _of_call(module, node, depth) if isinstance(node, ast.Call) else None


def _of_call(module: PyModule, node: ast.Call, depth: int) -> Place | None:
    callee = module.dotted(node.func)
    if callee in _SAME and node.args:
        return _join(module, list(node.args), depth)
    if callee in ("os.getcwd", "pathlib.Path.cwd", "Path.cwd", "pathlib.Path"):
        return Place(None, ())
    if callee == "os.path.dirname" and node.args:
        inner = place(module, node.args[0], depth + 1)
        return inner.parent if inner is not None else None
    if callee == "os.path.join":
        return _join(module, list(node.args), depth)
    if callee in ("os.environ.get", "os.getenv") and len(node.args) > 1:
        return place(module, node.args[1], depth + 1)
    if isinstance(node.func, ast.Attribute):
        if node.func.attr in _METHODS:
            return place(module, node.func.value, depth + 1)
        if node.func.attr == "joinpath":
            return _join(module, [node.func.value, *node.args], depth)
    return None


def _literal(value: object) -> Place | None:
    if not isinstance(value, str) or value.startswith(("/", "~")) or ":" in value or "\n" in value or len(value) > 200:
        return None
    return Place(None, tuple(part for part in value.split("/") if part and part != "."))


def _join(module: PyModule, nodes: list[ast.expr], depth: int) -> Place | None:
    first = place(module, nodes[0], depth + 1)
    if first is None:
        return None
    parts = list(first.parts)
    for node in nodes[1:]:
        text = node.value.lstrip("/") if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
        inner = _literal(text) if text is not None else place(module, node, depth + 1)
        if inner is None or inner.up is not None:
            # What follows is computed: what is before it is known.
            return Place(first.up, tuple(parts)) if parts else None
        parts += inner.parts
    return Place(first.up, tuple(parts))


def _parents(module: PyModule, node: ast.Subscript, depth: int) -> Place | None:
    """Path(__file__).parents[2]."""
    if not isinstance(node.value, ast.Attribute) or node.value.attr != "parents":
        return None
    found = place(module, node.value.value, depth + 1)
    index = node.slice.value if isinstance(node.slice, ast.Constant) else None
    if found is None or not isinstance(index, int) or not 0 <= index < 10:
        return None
    for _ in range(index + 1):
        found = found.parent
    return found


def _url(module: PyModule, node: ast.expr) -> Place | None:
    """The file of an URL of SQLite: "sqlite:///shop.db", f"sqlite:///{BASE}/shop.db", "sqlite:///" + path."""
    if isinstance(node, ast.Constant):
        text = node.value if isinstance(node.value, str) else ""
        own = text.startswith("sqlite") and ":///" in text and ":memory:" not in text
        return _literal(text.split(":///", 1)[1]) if own and not text.endswith("///") else None
    parts: list[ast.expr] = []
    if isinstance(node, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in node.values]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [node.left, node.right]
    head = parts[0].value if parts and isinstance(parts[0], ast.Constant) else None
    if len(parts) < 2 or not isinstance(head, str) or not (head.startswith("sqlite") and head.endswith(":///")):
        return None
    return _join(module, parts[1:], 0)


def _called(module: PyModule, node: ast.Call, found: list[Written]) -> None:
    callee = module.dotted(node.func)
    keywords = {item.arg: item.value for item in node.keywords if item.arg}
    first = node.args[0] if node.args else keywords.get("filename", keywords.get("name"))
    if callee in ("os.makedirs", "os.mkdir") and first is not None:
        _add(found, place(module, first), node.lineno)
    elif isinstance(node.func, ast.Attribute) and node.func.attr == "mkdir":
        _add(found, place(module, node.func.value), node.lineno)
    elif callee.endswith(_HANDLERS):
        first = keywords.get("filename") if callee == "logging.basicConfig" else first
        where = place(module, first) if first is not None else None
        _add(found, where.parent if where is not None and where.parts else None, node.lineno)
    elif callee in ("sqlite3.connect", "aiosqlite.connect") and first is not None:
        _add(found, place(module, first), node.lineno, database=True)
    elif callee.endswith(("create_engine", "create_async_engine")) and isinstance(first, ast.Constant):
        _add(found, _url(module, first), node.lineno, database=True)


def _table(module: PyModule, node: ast.Dict, found: list[Written]) -> None:
    """A handler of LOGGING, a database of DATABASES."""
    items = {
        key.value: value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)
    }
    kind = items.get("class", items.get("ENGINE"))
    kind_text = str(kind.value) if isinstance(kind, ast.Constant) else ""
    if kind_text.endswith("FileHandler") and "filename" in items:
        where = place(module, items["filename"])
        _add(found, where.parent if where is not None and where.parts else None, node.lineno)
    elif kind_text.endswith((".sqlite3", ".spatialite")) and "NAME" in items:
        _add(found, place(module, items["NAME"]), node.lineno, database=True)


def _key(target: ast.expr) -> str | None:
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        return str(target.slice.value)
    return target.id if isinstance(target, ast.Name) else getattr(target, "attr", None)


def _add(found: list[Written], where: Place | None, line: int, *, database: bool = False) -> None:
    if where is not None and (where.parts or where.up is None):
        found.append(Written(where, line, database))
