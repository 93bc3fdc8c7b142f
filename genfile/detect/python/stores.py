"""The variables with the addresses of a Python program's databases."""

import ast
from collections.abc import Iterator

from genfile.data import BackingService
from genfile.detect.addresses import put_addresses
from genfile.detect.connections import Read, is_bare, put_connections, put_fallbacks
from genfile.detect.meanings import name_in_call
from genfile.detect.python.application import modules
from genfile.detect.python.broker import put_broker
from genfile.detect.python.fills import filled_names
from genfile.detect.python.libraries import LibraryModule, depends_on, loaded_modules
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Draft, Fact
from genfile.parsers.python import PyModule
from genfile.parsers.values import Call, EnvDefault, literal_text

# Libraries that take SQLAlchemy's addresses, which name the driver.
ALCHEMY = ("sqlalchemy", "sqlmodel", "flask-sqlalchemy", "alembic", "databases", "fastapi-users-db-sqlalchemy")


def put_stores(project: PythonProject, draft: Draft) -> None:
    """Put /connections and /addresses."""

    def depends(name: str) -> bool:
        return depends_on(project, *(ALCHEMY if name == "sqlalchemy" else (name,))) is not None

    found = _modules(project)

    def bare(service: BackingService) -> bool:
        return any(is_bare(service, call.callee, call) for item in found for call in _whole(item.module))

    reads = [read for item in found for read in _reads(item)]
    names = [
        Fact(name, (item.says(call.line, f"the database is {name}"),))
        for item in found
        for call in item.module.calls
        if (name := name_in_call(call)) is not None
    ]
    put_fallbacks(draft, reads)
    put_broker(project, draft, reads)
    put_connections(draft, project.folder, reads, depends, bare, names=names)
    put_addresses(draft, project.folder, reads)


def _whole(module: PyModule) -> Iterator[Call]:
    """The calls whose arguments are all written out, without `*` and `**`."""
    spread = {
        node.lineno
        for node in module.of(ast.Call)
        if any(item.arg is None for item in node.keywords) or any(isinstance(item, ast.Starred) for item in node.args)
    }
    return (call for call in module.calls if call.line not in spread)


def _modules(project: PythonProject) -> list[LibraryModule]:
    """The project's modules, and those that they import from packages of the tree."""
    own = modules(project)
    listed = [LibraryModule(project, path, module) for path, module in own]
    return [*listed, *loaded_modules(project, [path for path, _ in own])]


def _reads(item: LibraryModule) -> Iterator[Read]:
    for read in (*item.module.env_names, *filled_names(item.module)):
        yield Read(read.name, item.says(read.line, read.name))
    for field in item.module.settings:
        yield Read(field.name, item.says(field.line, field.name), literal_text(field.default))
    for call in item.module.calls:
        # Both read DATABASE_URL unless they get another name.
        if call.callee in ("dj_database_url.config", "env.db"):
            name = call.keywords.get("env") or next(iter(call.arguments), "DATABASE_URL")
            if isinstance(name, str) and name.isidentifier():
                yield Read(name, item.says(call.line, call.callee))
    for name, default, line in _defaults(item.module):
        yield Read(name, item.says(line, name), default)


def _defaults(module: PyModule) -> Iterator[tuple[str, str, int]]:
    """`os.getenv("X", "…")`, `os.environ.get("X") or "…"`."""
    for node in module.of(ast.Call, ast.BoolOp):
        if isinstance(node, ast.expr):
            value = module.value(node)
            default = literal_text(value.default) if isinstance(value, EnvDefault) else None
            if isinstance(value, EnvDefault) and default is not None:
                yield value.name, default, node.lineno
