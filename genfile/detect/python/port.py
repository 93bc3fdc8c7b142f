"""Where a program listens, and which route says that it is well."""

from genfile.detect.python.application import modules
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Fact
from genfile.parsers.values import EnvDefault, port_of

HEALTH_PATHS = frozenset(
    """
    /health /healthz /api/health /api/healthz /_health /ping /livez /live /ready /readyz /status
    /healthcheck /api/v1/health /health/
    """.split()
)
_RUNNERS = (
    "run",
    "run_app",
    "listen",
    "launch",
    "serve",
    "serve_forever",
    "run_server",
    "add_insecure_port",
    "TCPSite",
    "HTTPServer",
)


def find_port(project: PythonProject) -> Fact[tuple[int | None, str | None]] | None:
    """The port of a call that listens: `uvicorn.run(port=…)`, `web.run_app(…)`, `app.run(…)`, `listen(…)`."""
    for path, module in modules(project):
        for call in module.calls:
            if call.callee.rsplit(".", 1)[-1] not in _RUNNERS:
                continue
            values = [call.keywords[key] for key in ("port", "server_port") if key in call.keywords]
            values += [item for item in call.arguments if isinstance(item, int | EnvDefault)]
            for value in values:
                number, variable = port_of(value)
                if number is not None and number > 79:
                    return project.folder.fact((number, variable), path, call.line, f"{call.callee}(port={number})")
    return None


def find_health(project: PythonProject) -> Fact[str] | None:
    """A route of a usual name that a decorator registers."""
    for path, module in modules(project):
        for call in module.decorators:
            route = call.arguments[0] if call.arguments else None
            owner, _, method = call.callee.rpartition(".")
            # A router may put a prefix before it: only an application's own route is certain.
            if (
                method in ("get", "route")
                and owner in ("app", "application", "api", "server")
                and route in HEALTH_PATHS
            ):
                return project.folder.fact(str(route), path, call.line, f"{call.callee}({route!r})")
    return None
