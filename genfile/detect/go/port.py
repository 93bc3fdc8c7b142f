"""Where a Go program listens, what it reads from the environment, which files it opens."""

import posixpath
from dataclasses import dataclass
from typing import Any

from genfile.data import Framework
from genfile.detect.go.claims import listens
from genfile.detect.go.module import GoModule
from genfile.detect.hosting import OTHER_PORTS, Port, example_port, first_whole, hosting
from genfile.evidence import Evidence, Fact, decide
from genfile.parsers.go import GoFile
from genfile.parsers.values import EnvDefault, port_of

Sources = list[tuple[str, GoFile]]
HEALTH_PATHS = frozenset(
    """
    /health /healthz /api/health /api/healthz /_health /ping /livez /live /readyz /ready /status
    /health/live /api/v1/health /healthcheck
    """.split()
)
# Words of ports that are not the service's own.
_OTHER_PORTS = (
    "db",
    "postgres",
    "mysql",
    "redis",
    "smtp",
    "mail",
    "metrics",
    "debug",
    "pprof",
    "amqp",
    "kafka",
    "mongo",
    "ldap",
    "grpc",
    "proxy",
)
_ROUTERS = frozenset({"Get", "GET", "HandleFunc", "Handle", "Any", "Method", "Route"})
_OPENERS = {
    "os.Open": False,
    "os.ReadFile": False,
    "os.ReadDir": True,
    "ioutil.ReadFile": False,
    "ioutil.ReadDir": True,
    "os.DirFS": True,
    "http.Dir": True,
    "template.ParseFiles": False,
    "template.ParseGlob": True,
    "ParseFiles": False,
    "ParseGlob": True,
    "LoadHTMLGlob": True,
    "LoadHTMLFiles": False,
    "Static": True,
    "StaticFile": False,
    "StaticFS": True,
    "http.ServeFile": False,
    "html.New": True,
    "viper.AddConfigPath": True,
    "viper.SetConfigFile": False,
    "godotenv.Load": False,
}


# Endings of what programs read at run time.
_DATA = (
    ".yml",
    ".yaml",
    ".json",
    ".toml",
    ".ini",
    ".conf",
    ".html",
    ".tmpl",
    ".gohtml",
    ".csv",
    ".txt",
    ".sql",
    ".env.example",
)


@dataclass(frozen=True)
class Asked:
    module: GoModule
    sources: Sources
    framework: Framework | None


def find_port(module: GoModule, sources: Sources, framework: Framework | None) -> Fact[Port] | None:
    """The port of production by the ordered signals below."""
    return first_whole(decide(Asked(module, sources, framework), PORT_SIGNALS))


def _listen_call(asked: Asked) -> Fact[Port] | None:
    """ListenAndServe, Run, Listen or Start with an address that can be seen, or an http.Server's Addr."""
    partial: Fact[Port] | None = None
    for path, file in asked.sources:
        found = [
            (call.callee, value, call.line)
            for call in file.calls
            if listens(call.callee, call.arguments)
            for value in call.arguments
        ]
        found += [(kind, value, line) for kind, key, value, line in file.fields if key == "Addr"]
        for name, value, line in found:
            number, variable = port_of(value)
            says = asked.module.folder.says(path, line, f"{name}({_shown(value)})")
            if number in OTHER_PORTS:
                continue
            if number is not None:
                return Fact(Port(number, variable), (says,))
            if variable is not None and partial is None:
                partial = Fact(Port(None, variable), (says,))
    return partial


def _flag(asked: Asked) -> Fact[Port] | None:
    """A flag for the port or the address, with its default."""
    for path, file in asked.sources:
        for call in file.calls:
            name = call.callee.rsplit(".", 1)[-1]
            if name not in (
                "Int",
                "String",
                "IntVar",
                "StringVar",
                "IntP",
                "StringP",
                "IntVarP",
                "StringVarP",
                "Uint",
                "UintVar",
            ):
                continue
            words = [value for value in call.arguments if isinstance(value, str)]
            if any(
                word in ("port", "addr", "address", "listen", "http", "bind", "http-port", "listen-addr", "p")
                for word in words
            ):
                for value in call.arguments:
                    number, _ = port_of(value)
                    if number is not None and number > 79:
                        return asked.module.folder.fact(Port(number), path, call.line, f"flag {words[0]} is {number}")
    return None


def _environment(asked: Asked) -> Fact[Port] | None:
    """A variable for the port, with the default that the code gives it."""
    partial: Fact[Port] | None = None
    for path, file in asked.sources:
        for call in file.calls:
            values: list[Any] = list(call.arguments)
            if (
                len(values) == 2
                and isinstance(values[0], str)
                and values[0].upper().endswith("PORT")
                and values[0].isupper()
            ):
                number, _ = port_of(values[1])
                if number is not None:
                    return asked.module.folder.fact(
                        Port(number, values[0]), path, call.line, f"{values[0]} is {number} by default"
                    )
            if (
                call.callee == "viper.SetDefault"
                and len(values) == 2
                and isinstance(values[0], str)
                and "port" in values[0].lower()
            ):
                number, _ = port_of(values[1])
                if number is not None:
                    return asked.module.folder.fact(
                        Port(number), path, call.line, f"{values[0]} is {number} by default"
                    )
        for item in file.env_names:
            if item.name in ("PORT", "HTTP_PORT", "SERVER_PORT", "APP_PORT", "LISTEN_PORT") and partial is None:
                number = port_of(file.env_defaults.get(item.name))[0]
                partial = asked.module.folder.fact(
                    Port(number, item.name), path, item.line, f"os.Getenv({item.name!r})"
                )
    return partial


def _tag(asked: Asked) -> Fact[Port] | None:
    """A default in the tag of a configuration's field: `Port string `env:"HTTP_PORT" env-default:"8080"``."""
    partial: Fact[Port] | None = None
    for path, file in asked.sources:
        for name, tag, line in file.tags:
            label = " ".join((name, tag.get("env", ""), tag.get("envconfig", ""))).lower()
            if ("port" not in label and "addr" not in label) or any(word in label for word in _OTHER_PORTS):
                continue
            variable = (tag.get("env") or tag.get("envconfig") or "").split(",")[0] or None
            default = next((tag[key] for key in ("default", "env-default", "envDefault") if key in tag), None)
            number = port_of(default)[0]
            if number is not None and number not in (443, 8443):
                return asked.module.folder.fact(Port(number, variable), path, line, f"{name} is {number} by default")
            if variable and number is None and "port" in label and partial is None:
                partial = asked.module.folder.fact(Port(None, variable), path, line, f"{name} is {variable}")
    return partial


def _example(asked: Asked) -> Fact[Port] | None:
    """A port in the example of the variables: .env.example."""
    return example_port(asked.module.folder)


def _hosting(asked: Asked) -> Fact[Port] | None:
    """What a Dockerfile, a compose file or a host's file says."""
    fact = hosting(asked.module.folder).port
    return fact.but(Port(fact.value)) if fact is not None else None


def _framework_default(asked: Asked) -> Fact[Port] | None:
    """The framework's own port."""
    framework = asked.framework
    if framework is None or framework.port is None:
        return None
    line = next((asked.module.line_of(name) for name in framework.dependencies if asked.module.requires(name)), None)
    remedy = "read the port from PORT with a default"
    return asked.module.folder.guess(
        Port(framework.port, framework.port_variable),
        "go.mod",
        f"the default of {framework.name}",
        remedy,
        line,
    )


PORT_SIGNALS = (_listen_call, _environment, _flag, _tag, _hosting, _example, _framework_default)


def _shown(value: Any) -> str:
    return f"{value.name}, else {value.default}" if isinstance(value, EnvDefault) else str(value)


def find_health(module: GoModule, sources: Sources) -> Fact[str] | None:
    """A route of a usual name for health."""
    for path, file in sources:
        for call in file.calls:
            route = call.arguments[0] if call.arguments else None
            if not isinstance(route, str) or call.callee.rsplit(".", 1)[-1] not in _ROUTERS:
                continue
            # net/http since 1.22 takes "GET /health".
            route = route.rsplit(" ", 1)[-1]
            if route in HEALTH_PATHS:
                return module.folder.fact(route, path, call.line, f"{call.callee}({route!r})")
    return None


def find_assets(module: GoModule, sources: Sources) -> Fact[list[str]] | None:
    """Files and folders of the tree that the program opens by a literal path, relative to the module."""
    found: dict[str, Any] = {}
    embedded = {pattern for _, file in sources for pattern, _ in file.embeds}
    for path, file in sources:
        for call in file.calls:
            last = call.callee.rsplit(".", 1)[-1]
            if call.callee not in _OPENERS and last not in _OPENERS:
                continue
            for value in call.arguments:
                asset = _asset(module, value) if isinstance(value, str) else None
                if asset is not None:
                    found.setdefault(asset, module.folder.says(path, call.line, f"{call.callee}({value!r})"))
        for value, line in file.strings:
            # A path to a file of the tree, however it gets to where it is opened: a flag's default, a constant.
            if ("/" in value or value.endswith(_DATA)) and value.endswith(_DATA) and value not in embedded:
                asset = _asset(module, value)
                if asset is not None:
                    found.setdefault(asset, module.folder.says(path, line, repr(value)))
    names = sorted(name for name in found if not any(name.startswith(other + "/") for other in found))
    return Fact(names, tuple(found[name] for name in names)) if names else None


def _asset(module: GoModule, value: str) -> str | None:
    path = posixpath.normpath(value.strip() or "/")
    if path.startswith(("/", "..")) or path == "." or ":" in path:
        return None
    parts = path.split("/")
    literal = []
    for part in parts:
        if any(char in part for char in "*?["):
            break
        literal.append(part)
    if not literal:
        return None
    path = "/".join(literal)
    if literal != parts and not module.folder.has_folder(path):
        return None
    if module.folder.has_folder(path) or (
        module.folder.has(path) and not path.endswith((".go", ".env")) and path != ".env"
    ):
        return path
    return None


def data_folder(module: GoModule, sources: Sources, store: Evidence) -> Fact[str] | None:
    """Where the program keeps its own database: the folder of a file that the code names, else its working folder.

    None where the program opens files of the tree as well: what its working folder is then can't be told apart.
    """
    for path, file in sources:
        for value, line in file.strings:
            name = value.removeprefix("file:").split("?")[0]
            if name.endswith((".db", ".sqlite", ".sqlite3")) and not name.startswith(("/", ".db")) and " " not in name:
                folder = posixpath.dirname(posixpath.normpath(name))
                if folder and not folder.startswith("..") and "%" not in name and "*" not in name:
                    return module.folder.fact(module.folder.full(folder), path, line, repr(value))
    if find_assets(module, sources) is not None:
        return None
    return Fact(module.folder.spec_path, (store,))
