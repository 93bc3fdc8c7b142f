"""What the sources say of the running service: port, health, variables."""

import posixpath
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from msgspec import Struct

from genfile.data import Framework
from genfile.detect.hosting import PORT_NAMES, HostedPort, dotenv_port, example_port, first_whole, hosting
from genfile.detect.loopback import put_fixed, put_moved, tell_of_fixed
from genfile.detect.node.clients import imported_value
from genfile.detect.node.framework import evidence_of, read_module
from genfile.detect.node.listeners import listeners, main_listener
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import FILE
from genfile.detect.node.routes import node_routes
from genfile.detect.node.scripts import resolve
from genfile.detect.node.wrappers import variable_files
from genfile.detect.paths import relative
from genfile.dockerfile.reader import DockerfileError, read_dockerfile
from genfile.evidence import Draft, Evidence, Fact, decide
from genfile.parsers.javascript import JsModule
from genfile.parsers.jsrequired import passed
from genfile.parsers.small import parse_procfile, parse_shell
from genfile.parsers.values import UNKNOWN, Call, EnvDefault, port_number, port_of

HEALTH_PATHS = tuple(
    """
    /health /healthz /api/health /api/healthz /_health /status /ping /live /livez /ready /readyz
    /health/live /healthcheck /api/healthcheck /api/v1/health
    """.split()
)


class AskedPort(Struct, frozen=True):
    project: NodeProject
    framework: Framework | None
    sources: list[tuple[str, JsModule]]
    start: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def find_port(asked: AskedPort) -> Fact[HostedPort] | None:
    """The port in production, by the ordered signals below; None for a program that does not listen."""
    return first_whole(decide(asked, PORT_SIGNALS), hosting(asked.project.folder))


def worker_port(asked: AskedPort) -> Fact[HostedPort] | None:
    """The port that a worker listens on beside its work; one for health, metrics and the like is not the service's."""
    return main_listener([item for item in listeners(asked.project, asked.sources) if item.role == "app"])


def _command_flag(asked: AskedPort) -> Fact[HostedPort] | None:
    """`-p 3001` or `--port=3001` in the start command: a flag wins over the variable."""
    number = _flag(asked.start)
    if number is None:
        return None
    says = next((item for item in asked.evidence), asked.project.package.says("scripts"))
    return Fact(HostedPort(number, None), (says,))


def _script_variable(asked: AskedPort) -> Fact[HostedPort] | None:
    """`PORT=3001` or `-p 3001` in the start script."""
    package = asked.project.package
    for name in _STARTS:
        steps = resolve(package, name)
        value = steps[-1].variables.get("PORT", "") if steps else ""
        number = _flag(steps[-1].words) if steps else None
        if (given := port_number(value)) is not None:
            return Fact(HostedPort(given, "PORT"), (package.says("scripts", name),))
        if number is not None:
            return Fact(HostedPort(number, None), (package.says("scripts", name),))
    return None


def _flag(words: tuple[str, ...]) -> int | None:
    for word, after in pairwise((*words, "")):
        name, sign, value = word.partition("=")
        if name in ("-p", "--port") and (port := port_of(value if sign else after)[0]) is not None:
            return port
    return None


def _listen(asked: AskedPort) -> Fact[HostedPort] | None:
    """`listen(…)`, `serve({port})`, `Bun.serve({port})` in the sources: a literal, a variable, a followed name."""
    return main_listener(list(listeners(asked.project, asked.sources)))


def _environment_default(asked: AskedPort) -> Fact[HostedPort] | None:
    """A variable named PORT with a default, anywhere in the sources (such as a configuration module)."""
    for name, module in asked.sources:
        for key, value, line in module.defaults:
            number = port_of(value)[0]
            if key.upper() in PORT_NAMES and number is not None:
                evidence = asked.project.folder.says(name, line, f"{key} is {number} by default")
                return Fact(HostedPort(number, key if key.isupper() else None), (evidence,))
    for name, module in asked.sources:
        for constant in ("PORT", "port", "serverPort", "SERVER_PORT"):
            number, variable = port_of(module.constant(constant))
            if number is not None:
                evidence = asked.project.folder.says(name, None, f"{constant} is {number}")
                return Fact(HostedPort(number, variable), (evidence,))
    return None


def _example(asked: AskedPort) -> Fact[HostedPort] | None:
    """A port in .env.example, or in a .env that the program loads."""
    return example_port(asked.project.folder) or _loaded(asked)


def _loaded(asked: AskedPort) -> Fact[HostedPort] | None:
    imports = {item.module for _, module in asked.sources for item in module.imports}
    # Bun reads the file by itself.
    loads = bool(imports & _LOADERS) or asked.start[:1] == ("bun",)
    names = {item.name for _, module in asked.sources for item in module.env_names}
    return dotenv_port(asked.project.folder, names) if loads or _given_file(asked) else None


def _given_file(asked: AskedPort) -> bool:
    """Whether the start script gives the program its .env: `node --env-file=.env server.js`."""
    texts = (asked.project.package.scripts[name] for name in _STARTS if name in asked.project.package.scripts)
    return any(".env" in variable_files(command.words) for text in texts for command in parse_shell(text) or ())


# Scripts that start the service, in the order of preference.
_STARTS = ("start:prod", "start:production", "start")
# Packages that read .env from the working directory; https://docs.nestjs.com/techniques/configuration.
_LOADERS = frozenset({"dotenv", "dotenv/config", "dotenv-flow", "dotenv-flow/config", "dotenv-safe", "@nestjs/config"})


def _hosting(asked: AskedPort) -> Fact[HostedPort] | None:
    """The port in a Dockerfile, a compose file or a host's file."""
    fact = hosting(asked.project.folder).port
    return fact.but(HostedPort(fact.value, _variable(asked))) if fact is not None else None


def _root_hosting(asked: AskedPort) -> Fact[HostedPort] | None:
    """The port in the Dockerfile of the workspace's root, if that names the member's folder."""
    project = asked.project
    fact = hosting(project.root).port if project.workspace is not None else None
    if fact is None:
        return None
    member = relative(project.folder.path, project.root.path)
    for path in hosting(project.root).dockerfiles:
        try:
            dockerfile = read_dockerfile(project.folder.tree.text(path) or "")
        except DockerfileError:
            continue
        for stage in dockerfile.stages:
            for item in (*stage.all("COPY"), *stage.all("ADD")):
                sources = [posixpath.normpath(word.strip("./") or ".") for word in item.words[:-1]]
                if item.flag("from") is None and member in sources:
                    return fact.but(HostedPort(fact.value, _variable(asked)))
    return None


def _settings(asked: AskedPort) -> Fact[HostedPort] | None:
    """The port in a configuration file: config/default.json and similar, defaults/config.js."""
    folder = asked.project.folder
    for stem in ("config/default", "config/production", "config/config", "config", "defaults/config", "config/index"):
        for ending in (".json", ".yaml", ".yml", ".js", ".cjs", ".ts"):
            name = stem + ending
            if not folder.has(name):
                continue
            if ending == ".json":
                document = folder.json(name)
                value = document.value if document else None
            elif ending in (".yaml", ".yml"):
                document = folder.yaml(name)
                value = document.value if document else None
            else:
                module = read_module(asked.project, name)
                value = module.default_export if module else None
            for keys in (("port",), ("server", "port"), ("http", "port"), ("app", "port")):
                inner = value
                for key in keys:
                    inner = inner.get(key) if isinstance(inner, dict) else None
                number, variable = port_of(inner)
                if number is not None:
                    return folder.fact(HostedPort(number, variable), name, None, f"{'.'.join(keys)} is {number}")
    return None


def _served_by_bun(asked: AskedPort) -> Fact[HostedPort] | None:
    """The default export of the started module, which Bun serves on PORT or 3000 (bun.com/docs/runtime/http/server)."""
    if asked.start[:1] != ("bun",) or asked.framework is None or asked.framework.name not in _EXPORTED:
        return None
    name, module = next(iter(asked.sources), ("", None))
    if module is None or not module.exports_default:
        return None
    return asked.project.folder.fact(HostedPort(3000, "PORT"), name, None, "Bun serves the default export")


# Frameworks whose application is an object with a method `fetch`.
_EXPORTED = frozenset({"hono", "elysia", "h3", "itty-router"})


def _framework_default(asked: AskedPort) -> Fact[HostedPort] | None:
    """The framework's default port."""
    framework = asked.framework
    if framework is None or framework.port is None:
        return None
    line = evidence_of(asked.project, framework).line
    evidence = asked.project.folder.says(FILE, line, f"{framework.name} default")
    certain = framework.port_variable is not None and not asked.sources
    variable = framework.port_variable or (_variable(asked))
    remedy = "read the port from PORT, with a default: process.env.PORT || 3000"
    return Fact(
        HostedPort(framework.port, variable), (evidence,), guess=not (certain or framework.start), remedy=remedy
    )


def _web_process(asked: AskedPort) -> Fact[HostedPort] | None:
    """PORT, for a dependency's program that a Procfile starts as `web`: the host expects it to listen there."""
    # Source: devcenter.heroku.com/articles/runtime-principles, web servers.
    folder = asked.project.folder
    processes = folder.parse(parse_procfile, "Procfile") if folder.has("Procfile") and not asked.sources else None
    line = (processes or {}).get("web", ("", None))[1]
    says = next((item for item in asked.evidence if item.path == folder.full("Procfile") and item.line == line), None)
    if says is None or asked.project.package.dependencies.keys().isdisjoint(asked.start[:1]):
        return None
    return Fact(HostedPort(8080, "PORT"), (says,), guess=True, remedy="add PORT to a .env.example")


def _variable(asked: AskedPort) -> str | None:
    """The variable that moves the port: the framework's own, or PORT where the code reads it."""
    own = asked.framework.port_variable if asked.framework is not None else None
    return own or ("PORT" if _reads_port(asked) else None)


def _reads_port(asked: AskedPort) -> bool:
    return any(item.name == "PORT" for _, module in asked.sources for item in module.env_names)


PORT_SIGNALS = (
    _command_flag,
    _script_variable,
    _listen,
    _environment_default,
    _hosting,
    _root_hosting,
    _settings,
    _example,
    _served_by_bun,
    _framework_default,
    _web_process,
)


def put_host(project: NodeProject, draft: Draft, sources: list[tuple[str, JsModule]]) -> None:
    """Make a server that binds to localhost reachable: set its variable, or report a literal."""
    for name, module, call in _listening(sources):
        if draft.values.get("framework") == "fastify" and _names_no_host(call):
            put_fixed(draft, project.folder.says(name, call.line, f"{call.callee} without a host"))
            return
        value = _own_machine(project, name, module, call)
        if value is None:
            continue
        says = project.folder.says(name, call.line, f"{call.callee} binds to {value}")
        if isinstance(value, EnvDefault):
            if all(item["name"] != value.name for item in draft.values.get("environment", ())):
                variable = {"name": value.name, "phase": "run", "value": "0.0.0.0"}
                draft.values.setdefault("environment", []).append(variable)
                put_moved(draft, project.folder.says(name, call.line, f"{value.name} is {value.default}"))
            return
        # Another server of the program may be the one that the container is for.
        others = [item for item in _listening(sources) if item[2].callee.rsplit(".", 1)[-1] in ("listen", "serve")]
        alone = all(_own_machine(project, *other) for other in others)
        (put_fixed if alone else tell_of_fixed)(draft, says)
        return


def _listening(sources: list[tuple[str, JsModule]]) -> Iterator[tuple[str, JsModule, Call]]:
    for name, module in sources:
        for call in module.calls:
            if call.callee.rsplit(".", 1)[-1] in ("listen", "serve", "server", "createServer"):
                yield name, module, call


def _own_machine(project: NodeProject, name: str, module: JsModule, call: Call) -> Any:
    """The loopback address among the values of a call that may be its host; None without one."""
    for value in _hosts(project, name, module, call):
        if (value.default if isinstance(value, EnvDefault) else value) in ("localhost", "127.0.0.1", "::1"):
            return value
    return None


def _hosts(project: NodeProject, name: str, module: JsModule, call: Call) -> Iterator[Any]:
    """The values of a call that may be its host: each argument, or the host in an object; also from other modules."""
    given = dict(passed(module, call)) if UNKNOWN in (*call.arguments, *_named_hosts(call)) else {}

    def known(at: int | str, value: Any) -> Any:
        text = given.get(at) if value is UNKNOWN else None
        if not isinstance(text, str):
            return value
        first, _, rest = text.partition(".")
        reference = module.refers_to((first,)) if first not in module.bindings else None
        names = [*reference.names, *(rest.split(".") if rest else ())] if reference is not None else [text]
        return imported_value(project, name, module, ".".join(names))

    for at, value in enumerate(call.arguments):
        if isinstance(value, dict):
            yield from (known(key, value[key]) for key in _HOST_KEYS if key in value)
        else:
            yield known(at, value)


_HOST_KEYS = ("host", "hostname")


def _named_hosts(call: Call) -> list[Any]:
    return [item[key] for item in call.arguments if isinstance(item, dict) for key in _HOST_KEYS if key in item]


def _names_no_host(call: Call) -> bool:
    """`app.listen({port})` of Fastify, which then binds to localhost. Source: fastify.dev/docs/latest/Reference/Server,
    listen."""
    if not call.callee.endswith(".listen") or not call.arguments:
        return False
    first = call.arguments[0]
    if isinstance(first, dict):
        return "port" in first and not {"host", "path", "exclusive"} & first.keys()
    return len(call.arguments) == 1 and (isinstance(first, EnvDefault) or type(first) is int)


def find_health(project: NodeProject, sources: list[tuple[str, JsModule]]) -> Fact[str] | None:
    """A route of a usual name for health that the sources register, or a file of Next.js that is one."""
    registered = node_routes(project, sources).health(HEALTH_PATHS)
    if registered is not None:
        return registered
    for base in ("", "src/"):
        for route in ("api/health", "api/healthz", "health", "healthz"):
            for ending in (".ts", ".js"):
                for path in (f"{base}app/{route}/route{ending}", f"{base}pages/{route}{ending}"):
                    if project.folder.has(path):
                        return project.folder.fact(f"/{route}", path, 1, f"route /{route}")
    return None
