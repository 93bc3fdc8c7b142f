"""The service's port among those of a container: by the evidence for each, not only by order."""

import re
from collections.abc import Iterable, Iterator, Sequence

from genfile.container.model import HealthProbe, Port, Said
from genfile.parsers.values import port_number

# What debuggers listen on by default: debugpy and ptvsd, Node's inspector, JDWP, Delve.
DEBUGGERS = frozenset({2345, 5005, 5678, 9229, 40000})
# Ports of other protocols: ftp, ssh, smtp, dns, dhcp, pop, imap, https beside http, metrics of exporters.
OTHERS = frozenset({21, 22, 25, 53, 67, 68, 110, 143, 443, 465, 587, 853, 993, 995, 1025, 1110})
_MAX_RANGE = 64
_FLAGS = frozenset(
    "--port --bind -b -p --http --http-port --hosts --server.port --listen --listen-address --addr --address "
    "-port -addr -listen -http --server-port --http-socket --web.port -l".split()
)
_VARIABLES = frozenset(
    "PORT HTTP_PORT APP_PORT SERVER_PORT API_PORT LISTEN_PORT NODE_PORT WEB_PORT UVICORN_PORT FLASK_RUN_PORT "
    "GRADIO_SERVER_PORT STREAMLIT_SERVER_PORT NITRO_PORT ASPNETCORE_HTTP_PORTS QUARKUS_HTTP_PORT".split()
)
# Flags and variables with the address that a server listens on.
_HOST_FLAGS = frozenset(
    "--host --bind -b --server.address --hostname -H --ip --address --listen -h --addr -addr -listen -host -bind -l "
    "--listen-address --server-name -Dserver.address -Dquarkus.http.host -Dmicronaut.server.host".split()
)
_HOST_VARIABLES = frozenset(
    "HOST HOSTNAME BIND BIND_ADDR BIND_ADDRESS BIND_HOST LISTEN_ADDR LISTEN_ADDRESS LISTEN_HOST UVICORN_HOST "
    "FLASK_RUN_HOST GRADIO_SERVER_NAME STREAMLIT_SERVER_ADDRESS SERVER_ADDRESS NITRO_HOST NUXT_HOST QUARKUS_HTTP_HOST "
    "MICRONAUT_SERVER_HOST".split()
)
_LOOPBACK = re.compile(r"(?P<scheme>(?:tcp|https?)://)?(?:127\.0\.0\.1|localhost|\[?::1\]?)(?P<port>:\d+|:\$\{?\w.*)?")
_ANY_FLAG = "|".join(sorted(map(re.escape, _HOST_FLAGS), key=len, reverse=True))
_IN_SHELL = re.compile(
    rf"(?<!\S)(?P<told>(?:{_ANY_FLAG})(?:=|\s+)[\"']?)(?:127\.0\.0\.1|localhost|\[::1\])(?=[:\s\"']|$)"
)
_ENDING = re.compile(r"(?:^|[:=}])(\d{2,5})[}\"']*$")
_URL = re.compile(
    r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|\$\{?HOSTNAME\}?|\$\(hostname\))(?::(\d{1,5}))?(/[A-Za-z0-9._~/-]*)?"
)
_CONNECTS = re.compile(r"(?:\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0)['\"]?\s*[,: /]\s*|/dev/tcp/[^/\s]+/)(\d{2,5})\b")
_DEBUG = re.compile(r"(?:--inspect(?:-brk)?=|debugpy[^;&|]*--listen[= ]|address=)\S*?(\d{4,5})\b")


def exposed_ports(word: str) -> Iterator[Port]:
    """The ports of an operand of EXPOSE: `8080`, `8080/udp`, `8000-8003`; of a large range the first."""
    numbers, _, protocol = word.partition("/")
    first, dash, last = numbers.partition("-")
    begin, end = port_number(first), port_number(last) if dash else port_number(first)
    if begin is None or end is None or end < begin:
        return
    for number in range(begin, end + 1) if end - begin < _MAX_RANGE else (begin,):
        yield Port(number, role_of(number), protocol.lower() or "tcp")


def role_of(number: int) -> str:
    return "debugger" if number in DEBUGGERS else "other" if number in OTHERS else "web"


def command_port(text: str, environment: Iterable[tuple[str, str]] = ()) -> int | None:
    """The port that a command names: by a flag, an address, a variable before it, or the default of a variable."""
    words = text.replace("'", " ").replace('"', " ").split()
    for index, word in enumerate(words):
        flag, sign, value = word.partition("=")
        if flag in _FLAGS:
            value = value if sign else words[index + 1] if index + 1 < len(words) else ""
            number = _last_number(value)
            # One digit behind a short flag is a level or a count, as of `crond -l 8`.
            if number is not None and (number > 9 or flag.startswith("--")):
                return number
        elif sign and (flag in _VARIABLES or flag.endswith(("server.port", "http.port"))):
            number = _last_number(value)
            if number is not None:
                return number
        elif (
            re.fullmatch(r"(?:0\.0\.0\.0|\[::\]|\*)?:\d{2,5}", word)
            or (index and re.fullmatch(r"\d{4,5}", word) and words[index - 1] in ("http.server", "runserver"))
            or (index and words[index - 1] == "runserver" and ":" in word)
        ):
            return _last_number(word)
    return next((port_number(value) for name, value in environment if name in _VARIABLES and port_number(value)), None)


def _last_number(value: str) -> int | None:
    match = _ENDING.search(value.removesuffix("}") if value.startswith("${") else value)
    return port_number(match[1]) if match else port_number(re.sub(r"^\$\{\w+:-|\}$", "", value))


def debugger_ports(text: str) -> frozenset[int]:
    """The ports that a command opens for a debugger."""
    return frozenset(number for match in _DEBUG.finditer(text) if (number := port_number(match[1])))


def read_check(text: str) -> HealthProbe:
    """What a health check asks for: `curl -f http://localhost:8080/health`, `nc -z localhost 8080`."""
    match = _URL.search(text)
    if match is not None:
        path = match[2] if match[2] and match[2] != "/" else None
        return HealthProbe(text, port_number(match[1]) if match[1] else None, path)
    other = _CONNECTS.search(text)
    return HealthProbe(text, port_number(other[1]) if other else None)


def ordered(
    exposed: Iterable[Said[Port]],
    started: Said[int] | None,
    checked: Said[int] | None,
    debugging: frozenset[int],
    environment: Said[int] | None = None,
) -> tuple[Said[Port], ...]:
    """The ports of an image, the service's first: what the command names, what the check asks, a variable of the
    image's environment, then those exposed in their order; ports of other protocols and debuggers come last."""
    named = [said for said in (started, checked, environment) if said is not None]
    found: dict[int, Said[Port]] = {}
    for said in named:
        found.setdefault(said.value, Said(Port(said.value), said.evidence))
    rest: list[Said[Port]] = []
    for item in exposed:
        port = item.value
        if port.number in debugging:
            port = Port(port.number, "debugger", port.protocol)
        elif port.protocol != "tcp":
            port = Port(port.number, "other", port.protocol)
        if port.number not in found:
            rest.append(Said(port, item.evidence))
    return (*found.values(), *sorted(rest, key=lambda said: ("web", "other", "debugger").index(said.value.role)))


def loopback_flags(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The flags of a command that tell a server to listen on a loopback address, with their values."""
    for at, word in enumerate(words):
        name, sign, value = word.partition("=")
        value = value if sign else words[at + 1] if at + 1 < len(words) else ""
        if name in _HOST_FLAGS and _LOOPBACK.fullmatch(value):
            yield name, value


def opened(words: list[str], *, served_only: bool = False) -> list[str]:
    """A command that listens on all addresses where it names a loopback one. ``served_only``: only if it names a port,
    as a server does."""
    if served_only and command_port(" ".join(words)) is None:
        return words
    if words[1:2] == ["-c"]:
        return [*words[:2], *(_IN_SHELL.sub(r"\g<told>0.0.0.0", word) for word in words[2:])]
    done: list[str] = []
    for word in words:
        name, sign, value = word.partition("=")
        if sign and name in _HOST_FLAGS:
            word = f"{name}={opened_address(value) or value}"
        elif done and done[-1] in _HOST_FLAGS:
            word = opened_address(word) or word
        done.append(word)
    return done


def opened_address(value: str) -> str | None:
    """The same address on all interfaces; None if it is not a loopback address."""
    match = _LOOPBACK.fullmatch(value)
    return f"{match['scheme'] or ''}0.0.0.0{match['port'] or ''}" if match else None


def is_own_host(name: str) -> bool:
    """Whether a variable has the address that a server listens on."""
    return name in _HOST_VARIABLES
