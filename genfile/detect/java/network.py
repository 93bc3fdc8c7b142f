"""The port of a JVM service, from its configuration and its source, and its health endpoint."""

from genfile.data import Framework
from genfile.detect.hosting import OTHER_PORTS, HostedPort, hosting
from genfile.detect.java.build import Build
from genfile.detect.java.health import put_health
from genfile.detect.java.pom import read_pom
from genfile.detect.java.port import boot_port, source_port
from genfile.detect.java.settings import JavaSetting, dropwizard_config, find_setting
from genfile.detect.java.stays import serves_http
from genfile.evidence import Draft, Fact
from genfile.parsers.values import port_number

PORT_KEYS = {
    "spring-boot": ("server.port",),
    "quarkus": ("%prod.quarkus.http.port", "quarkus.http.port"),
    "micronaut": ("micronaut.server.port",),
    "ktor": ("ktor.deployment.port",),
    "helidon": ("server.port",),
}


# Frameworks whose port is set in a configuration file, not in the code.
CONFIGURED = frozenset({"spring-boot", "quarkus", "micronaut", "dropwizard", "helidon"})


def put_network(build: Build, draft: Draft, framework: Framework | None) -> None:
    if framework is not None and framework.name == "spring-boot" and not serves_http(build):
        return
    hinted = _hinted(build)
    if draft.values.get("layout") == "war":
        # The port of Tomcat, whose image the war is copied into.
        fact = hinted or (Fact(8080, (build.runnable,)) if build.runnable is not None else None)
        draft.put("port", fact)
        return
    if framework is None or framework.port is None:
        found = source_port(build)
        if found is not None and (found.value.number or found.value.variable):
            number = found.value.number or (hinted.value if hinted is not None else 8080)
            draft.put("port", Fact(number, found.evidence, found.value.number is None))
            draft.put("port_variable", found.but(found.value.variable) if found.value.variable else None)
        elif hinted is not None:
            draft.put("port", hinted)
        return
    says = draft.evidence["/framework"].evidence
    fact = Fact(framework.port, tuple(says))
    variable: str | None = framework.port_variable
    setting = find_setting(build.folder, *PORT_KEYS.get(framework.name, ()))
    coded = boot_port(build) if framework.name == "spring-boot" and setting is None else None
    if coded is not None:
        fact, variable = coded.but(coded.value.number or framework.port), coded.value.variable
    elif (found := _of_code(build, framework, setting is not None)) is not None:
        fact = found.but(found.value.number or framework.port)
        variable = found.value.variable or variable
    elif hinted is not None and setting is None:
        fact = hinted
    configured = dropwizard_config(build.folder) if framework.name == "dropwizard" else None
    if configured is not None and configured[1] is not None:
        fact = build.folder.fact(configured[1], configured[0], None, f"port: {configured[1]}")
    if setting is not None:
        fact, variable = _configured(build, draft, setting, fact, variable)
    draft.put("port", fact)
    if variable is not None:
        draft.put("port_variable", fact.but(variable))
    named = setting is not None and setting.value.variable == variable
    if variable is not None and variable == framework.port_variable and (fact is hinted or named):
        # Nothing but the variable tells the framework of it.
        _set(draft, variable, fact.value)
    put_health(build, draft, framework.name)


# Ports for monitoring, apart from the one for users.
_MANAGEMENT_KEYS = ("management.server.port", "endpoints.all.port", "quarkus.management.port", "endpoints.health.port")


def _hinted(build: Build) -> Fact[int] | None:
    """The port in files for containers and hosts; if that is only the port for monitoring, the next one."""
    setting = find_setting(build.folder, *_MANAGEMENT_KEYS)
    apart = port_number(setting.value.value) if setting is not None else None
    found = hosting(build.folder)
    if apart is None or found.port is None or found.port.value != apart:
        return found.port
    return next((fact for fact in found.ports if fact.value not in (apart, *OTHER_PORTS)), None)


def _configured(
    build: Build, draft: Draft, setting: Fact[JavaSetting], fact: Fact[int], variable: str | None
) -> tuple[Fact[int], str | None]:
    """The port and the variable that a setting names; for what it doesn't name, the ones given."""
    given = port_number(_filtered(build, setting.value.value))
    if setting.value.variable and setting.value.variable.isidentifier():
        variable = setting.value.variable
        fact = Fact(fact.value, setting.evidence)
    elif setting.value.value == "0" and variable == "SERVER_PORT":
        # A random port can't be published, so the key's variable sets a fixed one.
        _set(draft, variable, fact.value)
        fact = setting.but(fact.value)
    return (setting.but(given) if given is not None else fact), variable


def _set(draft: Draft, variable: str, port: int) -> None:
    """Let the image set the variable of a port."""
    draft.values.setdefault("environment", []).append({"name": variable, "phase": "run", "value": str(port)})


def _of_code(build: Build, framework: Framework, configured: bool) -> Fact[HostedPort] | None:
    """The port in the source, if the framework takes it from code; Helidon does if no configuration sets it."""
    coded = framework.name not in CONFIGURED or (framework.name == "helidon" and not configured)
    return source_port(build) if coded else None


def _filtered(build: Build, value: str | None) -> str | None:
    """A value as Maven fills it in: `@http.port@` becomes that property of the build."""
    name = value[1:-1] if value and len(value) > 2 and value[0] == value[-1] == "@" else None
    if name is None or build.tool != "maven":
        return value
    pom = read_pom(build.folder)
    return pom.resolve(f"${{{name}}}") if pom is not None else value
