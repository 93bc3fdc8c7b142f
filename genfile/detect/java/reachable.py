"""JVM services that only listen on loopback, which a container can't reach: the setting to listen on all addresses."""

from genfile.detect.java.build import Build
from genfile.detect.java.network import CONFIGURED
from genfile.detect.java.port import LISTENERS, sources
from genfile.detect.java.settings import find_setting
from genfile.detect.loopback import put_fixed, put_moved
from genfile.evidence import Draft, Evidence
from genfile.parsers.values import EnvDefault

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})
_EVERYWHERE = "0.0.0.0"
# The key of the address by framework, and the variable or the argument that overrides it.
_KEYS = {
    "spring-boot": ("server.address", "SERVER_ADDRESS"),
    "micronaut": ("micronaut.server.host", "MICRONAUT_SERVER_HOST"),
    "helidon": ("server.host", "SERVER_HOST"),
    "ktor": ("ktor.deployment.host", "-P:ktor.deployment.host"),
}


def put_reachable(build: Build, draft: Draft, framework: str | None) -> None:
    """Put the variable or the argument that moves a loopback listener to all addresses; a note if there is no way."""
    key, override = _KEYS.get(framework or "", ("", ""))
    setting = find_setting(build.folder, key) if key else None
    if setting is not None:
        if setting.value.value in _LOOPBACK:
            says = setting.evidence[0]
            variable = setting.value.variable
            _override(draft, variable if variable and variable.isidentifier() else override, says)
        return
    if framework in CONFIGURED and framework != "helidon":
        return
    port = draft.values.get("port")
    for path, file in sources(build.folder):
        for call in file.calls:
            if call.callee not in LISTENERS:
                continue
            values = [*call.arguments, *call.keywords.values()]
            hosts = [value for value in values if _host(value) in _LOOPBACK]
            ports = [value.default if isinstance(value, EnvDefault) else value for value in values]
            if hosts and {port, str(port)} & {item for item in ports if isinstance(item, int | str)}:
                says = build.folder.says(path, call.line, f"{call.callee}({_host(hosts[0])})")
                if isinstance(hosts[0], EnvDefault):
                    _override(draft, hosts[0].name, says)
                else:
                    put_fixed(draft, says)
                return


def _host(value: object) -> str | None:
    text = value.default if isinstance(value, EnvDefault) else value
    return text if isinstance(text, str) else None


def _override(draft: Draft, name: str, says: Evidence) -> None:
    put_moved(draft, says)
    if name.startswith("-"):
        told = f"{name}={_EVERYWHERE}"
        draft.values["start"] = [*draft.values["start"], told]
        draft.note("info", f"{says}: the image starts it with {told}", says.path, says.line)
        return
    listed = draft.values.setdefault("environment", [])
    listed.append({"name": name, "phase": "run", "value": _EVERYWHERE})
