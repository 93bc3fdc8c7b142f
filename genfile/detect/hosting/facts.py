"""Facts from files for hosts and containers, and how several answers become one port."""

from msgspec import Struct, field
from msgspec.structs import replace

from genfile.container.ports import DEBUGGERS, OTHERS
from genfile.data import runtime
from genfile.evidence import Decision, Evidence, Fact
from genfile.parsers.values import port_number
from genfile.versions import Pin

PORT_NAMES = ("PORT", "HTTP_PORT", "APP_PORT", "SERVER_PORT", "API_PORT", "LISTEN_PORT", "NODE_PORT", "WEB_PORT")
# Ports that an image may expose before its web port: those of other protocols and of debuggers.
OTHER_PORTS = OTHERS | DEBUGGERS


class HostedPort(Struct, frozen=True):
    """A port and the variable that changes it. ``number``: None if only the variable is known; ``assumed``: the code
    listens, with no sign of where."""

    number: int | None
    variable: str | None = None
    assumed: bool = False


def first_whole(decision: Decision[HostedPort], hosted: "Hosting") -> Fact[HostedPort] | None:
    """The first answer about a port. If it only has a variable, the number is what container files set it to, else
    that of the next answer that fits; what an example of its variables says comes before a guess."""
    fact = decision.fact
    if fact is None or fact.value.number is not None:
        return fact
    said = hosted.set_port(fact.value.variable)
    if said is not None:
        return Fact(HostedPort(said.value, fact.value.variable), fact.evidence + said.evidence)
    others = [item for item in decision.asked[1:] if item.value.number is not None]
    other = next((item for item in others if item.value.variable in (None, fact.value.variable)), None)
    shown = hosted.shown_port(fact.value.variable) if other is None or other.guess else None
    if shown is not None:
        return Fact(HostedPort(shown.value, fact.value.variable), fact.evidence + shown.evidence)
    if other is None:
        return fact
    value = HostedPort(other.value.number, fact.value.variable)
    return Fact(value, fact.evidence + other.evidence, other.guess, other.remedy)


class Hosting(Struct):
    """Facts by kind, strongest first. ``starts``: shell commands; ``releases``: those that a host runs before
    each deployment; ``beside``: the commands of other programs of the image, by name; ``versions``: by language."""

    ports: list[Fact[int]] = field(default_factory=list)
    forwarded: list[Fact[int]] = field(default_factory=list)
    starts: list[Fact[str]] = field(default_factory=list)
    releases: list[Fact[str]] = field(default_factory=list)
    beside: dict[str, Fact[str]] = field(default_factory=dict)
    # What the service's own image runs before its server.
    prepared: list[Fact[str]] = field(default_factory=list)
    health: list[Fact[str]] = field(default_factory=list)
    versions: dict[str, list[Fact[Pin]]] = field(default_factory=dict)
    packages: dict[str, Evidence] = field(default_factory=dict)
    # Those of them that apt installs, by Debian's names.
    debian: dict[str, Evidence] = field(default_factory=dict)
    # Programs that the image brings from elsewhere: out of another image, or downloaded.
    programs: dict[str, Evidence] = field(default_factory=dict)
    dockerfiles: list[str] = field(default_factory=list)
    volumes: list[Fact[str]] = field(default_factory=list)
    # The values that Dockerfiles and compose files give to variables.
    variables: dict[str, Fact[str]] = field(default_factory=dict)
    # Those that the service's own Dockerfile, the first of several, leaves in its image, and its working directory.
    given: dict[str, Fact[str]] = field(default_factory=dict)
    home: str = "/"
    # Those that an example of a .env gives.
    shown: dict[str, Fact[str]] = field(default_factory=dict)
    # Folders of the tree that the image declares as volumes, creates, or gives to its user.
    written: list[Fact[str]] = field(default_factory=list)
    # From prose and CI: ports that `docker run` publishes, localhost addresses, packages. They only beat a default or
    # a guess.
    told: list[Fact[int]] = field(default_factory=list)
    addresses: list[Fact[int]] = field(default_factory=list)
    installed: dict[str, Evidence] = field(default_factory=dict)

    @property
    def port(self) -> Fact[int] | None:
        """The first port that a web service may use; one of another protocol only if there is nothing else. What a
        devcontainer forwards is for development, so it counts only if no file says how production starts."""
        ports = self.ports or ([] if self.starts else self.forwarded)
        return next((fact for fact in ports if fact.value not in OTHER_PORTS), ports[0] if ports else None)

    def set_port(self, variable: str | None) -> Fact[int] | None:
        """The port that a variable is set to, as a number or at the end of an address."""
        return _as_port(self.variables.get(variable or ""))

    def shown_port(self, variable: str | None) -> Fact[int] | None:
        """The port that an example of a .env gives to a variable."""
        return _as_port(self.shown.get(variable or ""))

    def version(self, language: str) -> Fact[Pin] | None:
        """The runtime's release line that an image or CI names; if that is past its end of life, the next supported one
        as a guess."""
        stale: Fact[Pin] | None = None
        for fact in self.versions.get(language, []):
            known = runtime(language).line(fact.value.line)
            if known is not None and not known.over:
                return fact
            stale = stale or fact
        line = _next_supported(language, stale.value.line) if stale is not None else None
        if stale is None or line is None:
            return None
        over = f"{stale.value.line} is past its end of life; {line} is the oldest later release with support"
        first, *others = stale.evidence
        evidence = (replace(first, says=f"{first.says}; {over}"), *others)
        where = first.path if first.line is None else f"{first.path}:{first.line}"
        return replace(stale, value=Pin(line), evidence=evidence, guess=True, remedy=f"change it to {line} in {where}")


def _as_port(fact: Fact[str] | None) -> Fact[int] | None:
    number = port_number(fact.value.rpartition(":")[2]) if fact is not None else None
    return fact.but(number) if fact is not None and number is not None else None


def _next_supported(language: str, line: str) -> str | None:
    """The oldest supported release line that is newer than an unsupported one."""
    asked = tuple(int(part) for part in line.split("."))
    later = [
        item.version
        for item in runtime(language).lines
        if not item.over
        and (item.lts or language in ("python", "go"))
        and tuple(map(int, item.version.split("."))) > asked
    ]
    return later[-1] if later else None


def port_of_text(value: object) -> int | None:
    text = str(value).strip()
    return port_number(text)
