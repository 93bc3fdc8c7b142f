"""What a Dockerfile needs for its build: secrets, an SSH agent, build arguments without a default."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from genfile.dockerfile.model import Dockerfile

# Set by BuildKit, or taken from the shell when they are there: docs.docker.com/reference/dockerfile/#predefined-args.
_PREDEFINED = frozenset(
    """
    TARGETPLATFORM TARGETOS TARGETARCH TARGETVARIANT BUILDPLATFORM BUILDOS BUILDARCH BUILDVARIANT TARGETSTAGE
    HTTP_PROXY http_proxy HTTPS_PROXY https_proxy FTP_PROXY ftp_proxy NO_PROXY no_proxy ALL_PROXY all_proxy
    SOURCE_DATE_EPOCH
    """.split()
)
# The usual path of a file that a build mounts, by the name of its target.
_FILES = {
    ".npmrc": (".npmrc",),
    ".netrc": (".netrc",),
    ".yarnrc.yml": (".yarnrc.yml",),
    "pip.conf": (".config/pip/pip.conf", ".pip/pip.conf"),
    "settings.xml": (".m2/settings.xml",),
    "gradle.properties": (".gradle/gradle.properties",),
}


class AskedSecret(Struct, frozen=True):
    """A secret that a step mounts: its id, the variable or the file that the step finds it in, and the line."""

    id: str
    variable: str | None
    target: str | None
    required: bool
    line: int

    @property
    def asked(self) -> tuple[str, str | None, str | None]:
        """What it is to be, wherever it is asked for: the same secret for the same place."""
        return self.id, self.variable, self.target

    @property
    def usual_variable(self) -> str:
        """The variable that a person keeps a secret of this id in."""
        return self.id.upper().replace("-", "_").replace(".", "_")


class AskedAgent(Struct, frozen=True):
    """An SSH agent that a step mounts, by its id, and the line."""

    name: str
    line: int


class AskedArgument(Struct, frozen=True):
    """A build argument without a default, and the line that declares it."""

    name: str
    line: int


class Asks(Struct, frozen=True):
    """Everything that a Dockerfile asks for, each once."""

    secrets: tuple[AskedSecret, ...]
    ssh: tuple[AskedAgent, ...]
    arguments: tuple[AskedArgument, ...]


NOTHING = Asks((), (), ())


def asks_of(dockerfile: Dockerfile) -> Asks:
    """Read from a Dockerfile what its build needs."""
    secrets: dict[str, AskedSecret] = {}
    ssh: dict[str, AskedAgent] = {}
    for item in dockerfile.instructions:
        for mount in item.mounts:
            kind = mount.get("type", "bind")
            if kind == "ssh":
                name = mount.get("id", "default")
                ssh.setdefault(name, AskedAgent(name, item.line))
            elif kind == "secret":
                target = mount.get("target", mount.get("dst", mount.get("destination")))
                name = mount.get("id") or (target or "").rsplit("/", 1)[-1]
                required = mount.get("required", "false") in ("true", "1", "")
                secrets.setdefault(name, AskedSecret(name, mount.get("env"), target, required, item.line))
    arguments: dict[str, AskedArgument] = {}
    given: set[str] = set()
    for item in dockerfile.instructions:
        for word in item.words if item.keyword == "ARG" else ():
            name, sign, _ = word.partition("=")
            if sign:
                given.add(name)
            elif name not in _PREDEFINED:
                arguments.setdefault(name, AskedArgument(name, item.line))
    known = tuple(item for name, item in arguments.items() if name not in given)
    return Asks(tuple(secrets.values()), tuple(ssh.values()), known)


def secret_source(secret: AskedSecret, environment: Mapping[str, str], home: Path) -> str | None:
    """The source of a secret on this machine, as `--secret` takes it: a variable or the usual file; or None."""
    for name in (secret.variable, secret.id, secret.usual_variable):
        if name and "," not in name and environment.get(name):
            return f"id={secret.id},env={name}"
    name = (secret.target or "").rsplit("/", 1)[-1]
    for place in _FILES.get(name, ()):
        if (home / place).is_file():
            return f"id={secret.id},src={home / place}"
    return None


def how_to_give(secret: AskedSecret) -> str:
    """How somebody gives a secret that was not found."""
    return f"set {secret.variable or secret.usual_variable}, or add --secret id={secret.id},src=FILE"
