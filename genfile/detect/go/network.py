"""Where a Go server listens, and what answers a health check."""

from genfile.data import Framework
from genfile.detect.go.claims import serves
from genfile.detect.go.hosts import hosts_of
from genfile.detect.go.module import GoModule, GoProgram
from genfile.detect.go.port import HEALTH_PATHS, AskedAddress, Sources, asked_address, find_port
from genfile.detect.go.routes import health_route
from genfile.evidence import Draft, Fact
from genfile.parsers.values import EnvDefault


def put_network(
    module: GoModule, program: GoProgram, sources: Sources, framework: Framework | None, draft: Draft
) -> None:
    """Put /port, /port_variable and /health; nothing for a program that does not serve."""
    if not serves(module, program):
        return
    port = find_port(module, program, framework)
    if port is None:
        where = draft.evidence["/framework"].evidence if "/framework" in draft.evidence else ()
        draft.put("port", Fact(8080, where, guess=True, remedy="read the port from PORT, with a default"))
        return
    draft.put(
        "port",
        Fact(port.value.number or 8080, port.evidence, port.guess or port.value.number is None, port.remedy),
    )
    if port.guess and port.value.assumed:
        says = port.evidence[0]
        draft.note("info", f"{says}: no port found; using {port.value.number}", says.path, says.line)
    asked = asked_address(module, program, framework)
    variable = port.value.variable
    if variable and _is_whole(asked, variable):
        value = {"name": variable, "phase": "run", "value": f":{draft.values['port']}"}
        draft.values.setdefault("environment", []).append(value)
    elif variable and not _holds_address(asked, variable):
        draft.put("port_variable", port.but(variable))
    health = health_route(module, sources, HEALTH_PATHS)
    if health is not None:
        draft.put("health", health.but({"path": health.value}))


def _is_whole(asked: AskedAddress, variable: str) -> bool:
    """Whether a program without an address of its own listens on a variable as it is, so that it has to be `:8080`."""
    return any(host.variable == variable and not host.text for host in hosts_of(asked))


def _holds_address(asked: AskedAddress, variable: str) -> bool:
    """Whether a variable is a whole address, such as LISTEN_ADDR with the default ":8080": a lone number is not one,
    and the program's own default already is the port."""
    for host in hosts_of(asked):
        _, colon, number = host.text.rpartition(":")
        if host.variable == variable and colon and number.isdecimal():
            return True
    for _, file in asked.sources:
        values = [value for call in file.calls for value in call.arguments if isinstance(value, EnvDefault)]
        defaults = [value.default for value in values if value.name == variable]
        if any(isinstance(text, str) and ":" in text for text in (*defaults, file.env_defaults.get(variable))):
            return True
    return False
