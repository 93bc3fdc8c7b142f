"""Where JavaScript and TypeScript write: calls that create folders and files, and the paths they get."""

import posixpath
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from genfile.parsers.jspaths import JsPaths, Standing, Where
from genfile.parsers.values import EnvDefault

if TYPE_CHECKING:
    from tree_sitter import Node


class NodeWritten(Struct, frozen=True):
    """A folder of the service that the program writes to; ``database``: it holds a database file; ``file``: the file
    itself, if known."""

    folder: str
    line: int
    database: bool = False
    file: str | None = None
    # The variable that names another place, and what its value has before the path.
    variable: str | None = None
    before: str = ""


class _Target(Struct, frozen=True):
    """The target of a writing call."""

    folder: str
    database: bool = False
    file: str | None = None
    variable: str | None = None
    before: str = ""


# Calls that create the folder they are given.
_FOLDERS = frozenset("mkdir mkdirSync mkdirp mkdirpSync ensureDir ensureDirSync".split())
# Calls that write a file, and the index of the argument that names it.
_FILES = dict.fromkeys(
    """
    createWriteStream writeFile writeFileSync appendFile appendFileSync outputFile outputFileSync writeJson
    writeJsonSync outputJson outputJsonSync writeJSON writeJSONSync mkdtemp mkdtempSync
    """.split(),
    0,
) | dict.fromkeys("copyFile copyFileSync rename renameSync".split(), 1)
# Calls that take a folder or file as an option: the callee, its module, the keys for folders and for files.
_NAMED: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("multer", "multer", ("dest",), ()),
    ("FileInterceptor", "platform-express", ("dest",), ()),
    ("MulterModule.register", "platform-express", ("dest",), ()),
    ("diskStorage", "multer", ("destination",), ()),
    ("File", "winston", ("dirname",), ("filename",)),
    ("DailyRotateFile", "winston", ("dirname",), ("filename",)),
    ("destination", "pino", (), ("dest",)),
    ("fileUpload", "express-fileupload", ("tempFileDir",), ()),
    ("formidable", "formidable", ("uploadDir",), ()),
    ("IncomingForm", "formidable", ("uploadDir",), ()),
    ("FileStore", "session-file-store", ("path",), ()),
    ("createStream", "rotating-file-stream", ("path",), ()),
    ("GraphQLModule.forRoot", "@nestjs/graphql", (), ("autoSchemaFile",)),
    ("LocalAuth", "whatsapp-web.js", ("dataPath",), ()),
)
# Constructors of file-based databases, with the modules that export them; they take the path, or an object with it.
_STORES = {
    "Database": ("better-sqlite3", "sqlite3", "bun:sqlite", "libsql", "node-sqlite3-wasm", "sqlite"),
    "DatabaseSync": ("node:sqlite",),
    "open": ("sqlite",),
    "Datastore": ("nedb", "@seald-io/nedb", "nedb-promises"),
    "create": ("nedb-promises",),
    "JSONFile": ("lowdb/node", "lowdb"),
    "JSONFileSync": ("lowdb/node", "lowdb"),
    "JSONFilePreset": ("lowdb/node",),
    "FileSync": ("lowdb/adapters/FileSync",),
    "FileAsync": ("lowdb/adapters/FileAsync",),
    "createClient": ("@libsql/client",),
    "Level": ("level",),
    "loki": ("lokijs",),
}
# The last names of all these: no other call is looked at closer, unless its name is a module's.
_LAST = frozenset(name.rpartition(".")[2] for name in (*_STORES, *(item[0] for item in _NAMED)))
_STORE_KEYS = ("filename", "storage", "database", "url", "file")
_ENGINES = ("dialect", "type", "client", "driver")


class JsWrites(JsPaths):
    """The part of JsModule that knows which calls write."""

    def written(self, standing: Standing) -> list[NodeWritten]:
        """The folders that this module writes to, by its calls in source order."""
        found: list[NodeWritten] = []
        for node in self._all("call_expression", "new_expression"):
            callee = node.child_by_field_name("function") or node.child_by_field_name("constructor")
            arguments = node.child_by_field_name("arguments")
            if callee is None or arguments is None or arguments.type != "arguments":
                continue
            items = [item for item in arguments.named_children if item.type != "comment"]
            for to in self._of_call(self._dotted(callee), items, standing):
                found.append(
                    NodeWritten(to.folder, int(node.start_point[0]) + 1, to.database, to.file, to.variable, to.before)
                )
        return found

    def _of_call(self, dotted: str, items: list["Node"], standing: Standing) -> Iterator[_Target]:
        last = dotted.rsplit(".", 1)[-1]
        known = bool(items) and (last in _LAST or dotted in self._givers or dotted in self.bindings)
        if (last in _FOLDERS or dotted == "mkdirp.sync") and items:
            yield from _folder(self.path_of(items[0], standing))
        elif last in _FILES and len(items) > _FILES[last]:
            yield from _file(self.path_of(items[_FILES[last]], standing))
        elif last == "mv" and last != dotted and _is_upload(items):
            yield from _file(self.path_of(items[0], standing))
        elif known and any(self._is(dotted, name, module) for name, modules in _STORES.items() for module in modules):
            yield from self._store(items[0], standing)
        for name, module, folders, files in _NAMED if known else ():
            if self._is(dotted, name, module):
                yield from self._named(items[-1], folders, files, standing)
        for item in items[:3]:
            if item.type == "object" and self._is_sqlite(item):
                yield from self._store(item, standing)

    def _is(self, dotted: str, name: str, module: str) -> bool:
        """Whether a callee is the export ``name`` of a module, or a local name for the whole module."""
        if dotted in self._givers:
            return module == self._givers[dotted]
        if dotted in self.bindings and self.bindings[dotted][1] in ("default", "*"):
            return self.bindings[dotted][0] == module
        # A bare name may be a global: `new File(…)`.
        named = dotted.endswith(f".{name}") or (dotted == name and name.partition(".")[0] in self.bindings)
        return named and any(module in item for item in self._modules)

    @cached_property
    def _modules(self) -> frozenset[str]:
        return frozenset(item.module for item in self.imports)

    @cached_property
    def _givers(self) -> dict[str, str]:
        """`const Store = require("session-file-store")(session)`: the name, and the module it comes from."""
        found: dict[str, str] = {}
        for name, node in self._constants.items():
            callee = node.child_by_field_name("function") if node.type == "call_expression" else None
            module = self._required(callee) if callee is not None and callee.type == "call_expression" else None
            if module is not None:
                found[name] = module
        return found

    def _named(
        self, node: "Node", folders: tuple[str, ...], files: tuple[str, ...], standing: Standing
    ) -> Iterator[_Target]:
        """The folders or files that an options object names; a bare path is a file."""
        if node.type != "object":
            if files:
                yield from _file(self.path_of(node, standing))
            return
        pairs = self._pairs(node)
        given = {key: self._handed(value, standing) for key, value in pairs.items() if key in (*folders, *files)}
        known = [item for key in folders for item in _folder(given.get(key))]
        yield from known or [item for key in files for item in _file(given.get(key))]

    def _handed(self, node: "Node", standing: Standing) -> Where | None:
        """A path, or the one that a function passes to its callback: `(req, file, cb) => cb(null, "uploads")`."""
        if node.type not in ("arrow_function", "function_expression", "method_definition"):
            return self.path_of(node, standing)
        for call in self._all("call_expression"):
            arguments = call.child_by_field_name("arguments")
            if not node.start_byte <= call.start_byte < node.end_byte or arguments is None:
                continue
            items = [item for item in arguments.named_children if item.type != "comment"]
            if len(items) == 2 and items[0].type in ("null", "undefined", "identifier"):
                found = self.path_of(items[1], standing)
                if found is not None:
                    return found
        return None

    def _pairs(self, node: "Node") -> dict[str, "Node"]:
        found: dict[str, Node] = {}
        for child in node.named_children:
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if child.type == "pair" and key is not None and value is not None:
                found[self._string(key) if key.type == "string" else self._text(key)] = value
            elif child.type == "shorthand_property_identifier":
                found[self._text(child)] = child
            elif child.type == "method_definition" and (name := child.child_by_field_name("name")) is not None:
                found[self._text(name)] = child
        return found

    def _is_sqlite(self, node: "Node") -> bool:
        """Whether an options object selects SQLite: `{ dialect: "sqlite", storage: … }` for Sequelize, TypeORM, Knex
        and the like."""
        pairs = self._pairs(node)
        values: list[Any] = [self._value(pairs[key]) for key in _ENGINES if key in pairs]
        return any(isinstance(value, str) and "sqlite" in value for value in values)

    def _store(self, node: "Node", standing: Standing) -> Iterator[_Target]:
        """The folder of a database's file, which has an ending or lies below the folder of the program."""
        if node.type == "object":
            pairs = self._pairs(node)
            if "connection" in pairs:
                yield from self._store(pairs["connection"], standing)
            for key in _STORE_KEYS:
                if key in pairs:
                    yield from self._store(pairs[key], standing)
            return
        where = self.path_of(node, standing)
        if where is not None and (where.open or "." in posixpath.basename(where.path)):
            value = self._value(node)
            variable = value.name if isinstance(value, EnvDefault) else None
            url = variable is not None and str(value.default).startswith("file:")
            yield _Target(where.folder, True, None if where.open else where.path, variable, "file:" if url else "")


def _is_upload(items: "list[Node]") -> bool:
    """Whether the arguments are those of `file.mv(path, callback)` of express-fileupload, not of a shell's `mv a b`."""
    return len(items) == 1 or [item.type for item in items[1:]] in (["arrow_function"], ["function_expression"])


def _folder(where: Where | None) -> Iterator[_Target]:
    if where is not None:
        yield _Target(where.path)


def _file(where: Where | None) -> Iterator[_Target]:
    if where is not None:
        yield _Target(where.folder, False, None if where.open else where.path)
