"""The variables that tell a Node program where its databases are."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from genfile.data import BackingService, backing_services
from genfile.detect.addresses import put_addresses
from genfile.detect.connections import Read, is_bare, put_connections, put_fallbacks
from genfile.detect.meanings import name_in_call
from genfile.detect.node.clients import client_addresses
from genfile.detect.node.framework import read_module
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.members import needed_members
from genfile.detect.node.public import PREFIXES, PUBLIC_PREFIXES
from genfile.detect.node.schema import schema_holders
from genfile.detect.node.serverside import server_modules
from genfile.detect.node.sources import MAX_FILES, source_files
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.values import EnvDefault, literal_text

if TYPE_CHECKING:
    from genfile.parsers.javascript import JsModule
    from genfile.parsers.prisma import Datasource
    from genfile.parsers.values import Call

# Database configurations that the program itself may not import.
_CONFIGS = tuple(
    f"{stem}.{ending}"
    for stem in (
        *("medusa-config", "prisma.config", "drizzle.config", "ormconfig", "knexfile", "mikro-orm.config"),
        "src/data-source",
    )
    for ending in ("ts", "js", "mjs", "cjs")
)
_GETTERS = (".get", ".getOrThrow")


def put_stores(project: NodeProject, draft: Draft) -> None:
    """Put /connections and /addresses; a database that only Prisma's schema names first goes to /backing_services."""
    if "static" in draft.values:
        return
    schema = _schema(project, draft)
    start = tuple(draft.values.get("start") or ())
    reads = [*schema, *_sequelize(project), *_of_clients(project, draft, start), *_reads(project, start)]
    dependencies = {name for package in project.packages for name in package.every_dependency}

    def bare(service: BackingService) -> bool:
        modules = [module for _, module in source_files(project, start)] if start else []
        return any(is_bare(service, _callee(module, call), call) for module in modules for call in module.calls)

    dialects = frozenset(_dialects(project, start))
    called = [(path, call) for path, module in _modules(project, start) for call in module.calls]
    names = [
        project.folder.fact(name, path, call.line, f"the database is {name}")
        for path, call in called
        if (name := name_in_call(call)) is not None
    ]
    put_fallbacks(draft, reads)
    put_connections(draft, project.folder, reads, dependencies.__contains__, bare, dialects, names=names)
    put_addresses(draft, project.folder, [*reads, *_of_server(project, draft)])


# Under these keys, Sequelize, TypeORM, Knex, MikroORM and Drizzle name the kind of database that they open.
_KIND_KEYS = ("dialect", "type", "client", "driver", "provider")


def _dialects(project: NodeProject, start: tuple[str, ...]) -> Iterator[str]:
    """The kinds of databases in the settings of the program: `dialect: "mysql"`."""
    for _, module in _modules(project, start):
        yield from module.texts_of(_KIND_KEYS)


# The part of an address that a client's option holds.
_OPTIONS = {"host": "host", "port": "port", "user": "user", "username": "user", "password": "password",
            "database": "name", "connectionString": "url", "uri": "url", "url": "url"}  # fmt: skip


def _of_clients(project: NodeProject, draft: Draft, start: tuple[str, ...]) -> Iterator[Read]:
    """The variables that a client is created with, whatever they are called: `new Client({ host: process.env.HOST })`.
    One that is also the port of the program is left alone."""
    for path, module in source_files(project, start) if start else ():
        for package, item in client_addresses(project, path, module):
            service = next((service for service in backing_services().values() if package in service.npm), None)
            if service is not None:
                says = project.folder.says(path, item.line, f"{package} connects to {item.name}")
                yield Read(item.name, says, None, service.name)
        for call in module.calls:
            name = _callee(module, call)
            service = next((item for item in backing_services().values() if name in item.bare), None)
            options = call.arguments[0] if call.arguments else None
            for key, value in options.items() if service is not None and isinstance(options, dict) else ():
                if isinstance(value, EnvDefault) and key in _OPTIONS and service is not None:
                    default = value.default if isinstance(value.default, str) else None
                    if value.name != draft.values.get("port_variable"):
                        says = project.folder.says(path, call.line, f"{key} is {value.name}")
                        yield Read(value.name, says, default, service.name, _OPTIONS[key])


def _callee(module: "JsModule", call: "Call") -> str:
    """The callee of a call, after the package that it is imported from: `pg.Pool`."""
    first, *rest = call.callee.split(".")
    package, export = module.bindings.get(first, ("", ""))
    # `*` is what require() returns: the default export, and any named one.
    names = rest if export in ("default", "*") and rest else ["default" if export == "*" else export, *rest]
    return ".".join([package, *names])


def _source(project: NodeProject) -> "tuple[Project, str, Datasource] | None":
    """The datasource in Prisma's schema, of the service or of a member that it needs, with its folder and file."""
    packages = (*project.packages, *needed_members(project))
    if not any("@prisma/client" in package.every_dependency for package in packages):
        return None
    from genfile.parsers.prisma import prisma_source

    shared = schema_holders(project, needed_members(project))
    names = ("prisma/schema.prisma", "schema.prisma", "prisma/schema/schema.prisma")
    holders = [item.project for item in (project.package, *needed_members(project), *shared)]
    folder, name = next(((folder, name) for folder in holders for name in names if folder.has(name)), (None, ""))
    source = folder.parse(prisma_source, name) if folder is not None else None
    return (folder, name, source) if folder is not None and source is not None else None


def schema_variables(project: NodeProject) -> list[tuple[str, Evidence]]:
    """The variables that hold the addresses in Prisma's schema."""
    found = _source(project)
    if found is None:
        return []
    folder, name, source = found
    return [(variable, folder.says(name, line, f'env("{variable}")')) for variable, line in source.variables]


def loads_client(project: NodeProject, start: tuple[str, ...]) -> bool:
    """Whether the program loads Prisma's client, as far as known; depending on it is not enough."""
    sources = source_files(project, start)
    if not sources or len(sources) >= MAX_FILES or needed_members(project):
        return True
    return any("prisma" in item.module.lower() for _, module in sources for item in module.imports)


# Placeholder database addresses for the build, in the form that each provider checks.
_PLACEHOLDERS = {
    "sqlite": "file:/tmp/build.db",
    "mysql": "mysql://build:build@localhost:3306/build",
    "mongodb": "mongodb://build:build@localhost:27017/build",
    "sqlserver": "sqlserver://localhost:1433;database=build;user=build;password=build",
}
_USUAL = "postgresql://build:build@localhost:5432/build"


def build_address(project: NodeProject) -> str:
    """The placeholder address of the schema's database during the build."""
    found = _source(project)
    return _PLACEHOLDERS.get(found[2].provider, _USUAL) if found is not None else _USUAL


def _schema(project: NodeProject, draft: Draft) -> list[Read]:
    """`provider = "postgresql"` and `url = env("DATABASE_URL")` in Prisma's schema."""
    found = _source(project)
    if found is None:
        return []
    folder, name, source = found
    service = next((item for item in backing_services().values() if source.provider in item.schemes), None)
    if service is None:
        return []
    listed = draft.values.get("backing_services", [])
    if service.name not in listed:
        says = folder.says(name, source.line, f'provider = "{source.provider}"')
        evidence: tuple[Evidence, ...] = (says,)
        if "/backing_services" in draft.evidence:
            evidence = (*draft.evidence["/backing_services"].evidence, says)
        draft.put("backing_services", Fact(sorted({*listed, service.name}), evidence))
    address = f"{source.provider}://localhost:1/1"
    return [Read(variable, says, address, service.name) for variable, says in schema_variables(project)]


def _sequelize(project: NodeProject) -> Iterator[Read]:
    """`use_env_variable` of the production settings in Sequelize's configuration, which its models load by path."""
    if not any("sequelize" in package.every_dependency for package in project.packages):
        return
    for name in _SEQUELIZE:
        if not project.folder.has(name):
            continue
        document = project.folder.json(name) if name.endswith(".json") else None
        module = read_module(project, name) if document is None else None
        value = document.value if document is not None else module.default_export if module is not None else None
        settings = value.get("production") if isinstance(value, dict) else None
        variable = settings.get("use_env_variable") if isinstance(settings, dict) else None
        if isinstance(settings, dict) and isinstance(variable, str) and variable.isidentifier():
            line = document.line("production", "use_env_variable") if document is not None else None
            dialect = settings.get("dialect")
            service = next((item for item in backing_services().values() if dialect in item.schemes), None)
            says = project.folder.says(name, line, f"use_env_variable is {variable}")
            yield Read(variable, says, None, service.name if service is not None else None)


_SEQUELIZE = tuple(
    f"{folder}{stem}.{ending}"
    for folder in ("config/", "src/config/", "db/", "")
    for stem in ("config", "database", "sequelize")
    for ending in ("json", "js", "cjs")
)


def _modules(project: NodeProject, start: tuple[str, ...]) -> "list[tuple[str, JsModule]]":
    """The sources of the program, and configurations that only tools load."""
    modules = dict(source_files(project, start)) if start else {}
    for name in _CONFIGS:
        module = read_module(project, name) if project.folder.has(name) and name not in modules else None
        if module is not None:
            modules[name] = module
    return list(modules.items())


def _reads(project: NodeProject, start: tuple[str, ...]) -> Iterator[Read]:
    return _of_modules(_modules(project, start), project.folder)


def _of_server(project: NodeProject, draft: Draft) -> Iterator[Read]:
    """What a server reads that only a build puts together, if the prefix of a name says whether browsers get it."""
    apart = draft.values.get("framework") in PREFIXES
    for item in _of_modules(server_modules(project, draft), project.folder) if apart else ():
        if not item.name.startswith(PUBLIC_PREFIXES):
            yield item


def _of_modules(modules: "list[tuple[str, JsModule]]", folder: Project) -> Iterator[Read]:
    for path, module in modules:
        for value, line in module.env_defaults:
            yield Read(value.name, folder.says(path, line, value.name), literal_text(value.last))
        for item in module.env_names:
            yield Read(item.name, folder.says(path, item.line, item.name))
        for call in module.calls:
            first = call.arguments[0] if call.arguments else None
            if call.callee.endswith(_GETTERS) and isinstance(first, str) and first.isupper() and first.isidentifier():
                second = call.arguments[1] if len(call.arguments) > 1 else None
                second = second.default if isinstance(second, EnvDefault) else second
                yield Read(first, folder.says(path, call.line, first), literal_text(second))
