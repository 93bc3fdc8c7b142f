"""Facts as data: runtimes, tools, frameworks, system packages, backing services. TOML beside this file.

Everything is read once in the life of a process, when it is first asked for.
"""

import re
from datetime import date
from functools import cache
from typing import Any, Literal

from msgspec import Struct, field

from genfile.data.entries import load_table as load_table
from genfile.data.entries import read_entry, read_list

Ecosystem = Literal["npm", "pypi", "go", "maven"]


class ReleaseLine(Struct, frozen=True):
    """A release line of a runtime: `22`, `3.13`. ``over``: its end of life is before the data's own date.

    ``alpine``: the newest release of Alpine that official images exist for.
    """

    version: str
    lts: bool
    released: date
    end_of_life: date
    distro: str
    over: bool
    alpine: str = ""


class RuntimeLines(Struct, frozen=True):
    """A runtime's lines, newest first, and the one that a project gets that asks for nothing."""

    name: str
    default: str
    lines: tuple[ReleaseLine, ...]

    def line(self, version: str) -> ReleaseLine | None:
        return next((line for line in self.lines if line.version == version), None)


class Framework(Struct, frozen=True):
    """A framework; see the head of frameworks/node.toml for the meaning of each field."""

    name: str
    dependencies: tuple[str, ...]
    kind: Literal["server", "site", "worker"]
    absent: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    port: int | None = None
    port_variable: str | None = None
    development_port: int | None = None
    browsed: bool = False
    build: str | None = None
    start: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    output: str | None = None
    keeps: tuple[str, ...] = ()
    bare: bool = False
    pages: tuple[str, ...] = ()
    loads: tuple[str, ...] = ()
    moved: bool = False
    spa: bool = False
    hashed: tuple[str, ...] = ()
    hashed_names: bool = False
    caches: tuple[str, ...] = ()
    not_found: bool = False
    env_files: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    writable: tuple[str, ...] = ()
    scratch: tuple[str, ...] = ()
    health: str | None = None
    release: tuple[str, ...] = ()
    interface: Literal["wsgi", "asgi"] | None = None
    object: str | None = None
    attribute: str | None = None
    server: str | None = None


class PackageNeeds(Struct, frozen=True):
    """What a dependency needs of the system, by stage; see the head of packages.toml."""

    build: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    scripts: bool = False
    idle: bool = False
    cgo: bool = False
    through: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    store: bool = False
    environment: dict[str, str] = field(default_factory=dict)


class FetchedModel(Struct, frozen=True):
    """A kind of models that are fetched by name; see the head of models.toml."""

    name: str
    calls: tuple[str, ...]
    names: str
    command: str | None = None
    pip: bool = False
    folder: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    line: str = ""


class Client(Struct, frozen=True):
    """A client that fails where it gets no value; see the head of clients.toml."""

    calls: tuple[str, ...] = ()
    at: tuple[int, ...] = ()
    key: str | None = None
    variable: str | None = None
    also: tuple[str, ...] = ()
    connects: bool = False
    signs: bool = False
    lax: bool = False
    settings: tuple[str, ...] = ()


class Filling(Struct, frozen=True):
    """What a call fills a module of settings with; see the head of fills.toml."""

    settings: dict[str, str]
    variables: tuple[str, ...] = ()
    off: dict[str, str] = field(default_factory=dict)


class SiteGenerator(Struct, frozen=True):
    """A generator of sites; see the head of sites.toml."""

    name: str
    config: tuple[str, ...]
    beside: tuple[str, ...]
    packages: tuple[str, ...]
    build: str
    output: str
    key: tuple[str, ...]
    not_found: bool = False


class BackingService(Struct, frozen=True):
    """A database or broker: its image and how to reach it; see the head of services.toml."""

    name: str
    image: str
    port: int
    variable: str
    url: str
    environment: dict[str, str]
    user: str = ""
    password: str = ""
    database: str = ""
    taken: tuple[str, ...] = ()
    volume: str | None = None
    hostname: bool = False
    healthcheck: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    unnamed: dict[str, str] = field(default_factory=dict)
    bare: tuple[str, ...] = ()
    addressed: tuple[str, ...] = ()
    clients: tuple[dict[str, Any], ...] = ()
    engine: str | None = None
    forms: tuple[dict[str, Any], ...] = ()
    sets: tuple[dict[str, Any], ...] = ()
    logins: dict[str, str] = field(default_factory=dict)
    extensions: dict[str, dict[str, Any]] = field(default_factory=dict)
    npm: tuple[str, ...] = ()
    pypi: tuple[str, ...] = ()
    go: tuple[str, ...] = ()
    maven: tuple[str, ...] = ()

    def fill(self, form: str, host: str) -> str:
        """A form with everything put in that leads to this service under a host's name."""
        given = {"user": self.user, "password": self.password, "host": host, "port": self.port, "name": self.database}
        for word, value in given.items():
            form = form.replace(f"{{{word}}}", str(value))
        return form


@cache
def data_date() -> date:
    """The day as of which the data says what is past its end of life."""
    day: date = load_table("runtimes")["as_of"]
    return day


@cache
def runtime(language: str) -> RuntimeLines:
    """The lines of a runtime: node, bun, python, go or java. Raises KeyError for another."""
    data = load_table("runtimes")
    entry = data[language]
    lines = tuple(
        read_entry(ReleaseLine, "runtimes", (language, "lines", at), line, over=line["end_of_life"] < data["as_of"])
        for at, line in enumerate(entry["lines"])
    )
    return RuntimeLines(language, entry["default"], lines)


@cache
def frameworks(language: str) -> tuple[Framework, ...]:
    """The frameworks of a language, in order of precedence."""
    return read_list(Framework, f"frameworks/{language}", "framework", key="name")


def framework(language: str, name: str) -> Framework | None:
    """One framework by its name."""
    return next((item for item in frameworks(language) if item.name == name), None)


def scratch_of(language: str | None, name: str | None, folder: str) -> set[str]:
    """The folders below a service's own that its framework keeps a cache in: nothing is lost with them."""
    found = framework(language, name) if language == "node" and name else None
    place = "" if folder == "." else f"{folder}/"
    return {f"{place}{path}" for path in found.scratch} if found is not None else set()


@cache
def system_packages(ecosystem: Ecosystem) -> dict[str, PackageNeeds]:
    """What dependencies of an ecosystem need of the system, by the dependency's name."""
    entries = load_table("packages")[ecosystem].items()
    return {name: read_entry(PackageNeeds, "packages", (ecosystem, name), entry) for name, entry in entries}


@cache
def brought_packages() -> dict[str, tuple[str, ...]]:
    """The packages with shared libraries that a distribution of PyPI brings, where no lockfile says so."""
    return {name: tuple(value) for name, value in load_table("packages")["brings"].items()}


@cache
def models() -> tuple[FetchedModel, ...]:
    """The models that are fetched by name."""
    entries = load_table("models").items()
    return tuple(read_entry(FetchedModel, "models", (name,), entry, name=name) for name, entry in entries)


@cache
def clients(registry: str) -> dict[str, Client]:
    """The clients of a registry's packages that fail where they get no value, by package."""
    entries = load_table("clients")[registry].items()
    return {name: read_entry(Client, "clients", (registry, name), entry) for name, entry in entries}


@cache
def fillings() -> dict[str, Filling]:
    """The calls that fill Django's settings, by dotted name."""
    return {name: read_entry(Filling, "fills", (name,), entry) for name, entry in load_table("fills").items()}


@cache
def known_programs() -> dict[str, str]:
    """Debian's name of each program that a Dockerfile may install for the running service, by any distribution's."""
    found: dict[str, str] = load_table("packages")["programs"]
    return found


@cache
def started_programs() -> dict[str, str]:
    """Debian's package of each program that code may start, by the name that it is started with."""
    found: dict[str, str] = load_table("packages")["commands"]
    return found


@cache
def starting_calls() -> dict[str, str]:
    """The program that each call of a Python library starts, by dotted name."""
    found: dict[str, str] = load_table("packages")["calls"]
    return found


@cache
def import_names(table: str = "python") -> dict[str, tuple[str, ...]]:
    """The distributions that bring a module; `drivers`: the modules that a database URL's scheme needs; `engines`: the
    distributions that drive a database which is named without a driver."""
    return {name: tuple(value) for name, value in load_table("modules")[table].items()}


@cache
def debian_libraries() -> dict[str, str]:
    """Debian's package of each shared library, by its soname: `libGL.so.1` is in libgl1."""
    found: dict[str, str] = load_table("libraries")["libraries"]
    return found


def distribution_of(module: str) -> str | None:
    """The distribution of PyPI that brings a module, by the data; None if the data does not know it."""
    root = module.partition(".")[0]
    known = import_names().get(root)
    if known:
        return known[0]
    name = re.sub(r"[-_.]+", "-", root).lower()
    return name if name in load_table("distributions")["itself"].split() else None


@cache
def site_generators() -> tuple[SiteGenerator, ...]:
    """The generators of sites that Debian has packages of."""
    entries = load_table("sites").items()
    return tuple(read_entry(SiteGenerator, "sites", (name,), entry, name=name) for name, entry in entries)


@cache
def backing_services() -> dict[str, BackingService]:
    """Every backing service, by name."""
    entries = load_table("services").items()
    return {name: read_entry(BackingService, "services", (name,), entry, name=name) for name, entry in entries}


def default_tool(name: str, python: str | None = None) -> str:
    """The version of a package manager or server for a project that names none; ``python``: what it is installed on."""
    tools = load_table("tools")
    older = tools["python"].get(name, []) if python is not None else []
    line = _release(python) if older and python is not None else None
    fitting = (release for last, release in older if line is not None and line <= _release(last))
    version: str = next(fitting, tools["default"][name])
    return version


def tool_for_lock(name: str, lock_version: str) -> str | None:
    """The version of pnpm or Yarn that wrote a lockfile of that format."""
    version: str | None = load_table("tools")["lock"].get(name, {}).get(lock_version)
    return version


def gradle_needed(java: str) -> str | None:
    """The first Gradle that runs on a Java."""
    version: str | None = load_table("tools")["gradle"].get(java)
    return version


def newest_for(language: str, name: str, version: str) -> str | None:
    """The newest line of a runtime that a release of a dependency works with; None if there is no known bound."""
    bounds = load_table("pins")[language].get(name) or load_table("wheels").get(language, {}).get(name)
    release = _release(version) if bounds else None
    return None if release is None else next((newest for below, newest in bounds if release < _release(below)), None)


def removed_modules() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Modules that Python no longer has: the last line with each, and the distributions that bring it back."""
    table = load_table("pins").get("removed", {})
    return {name: (line, tuple(by)) for line, modules in table.items() for name, by in modules.items()}


def least_for(language: str, name: str, version: str) -> str | None:
    """The oldest line of a runtime that a release of a dependency or a tool runs on; None if none is known."""
    bounds = load_table("pins")["least"][language].get(name)
    release = _release(version) if bounds else None
    fitting = [least for start, least in bounds or () if release is not None and release >= _release(start)]
    return fitting[-1] if fitting else None


def reach_of_newest(name: str) -> str | None:
    """The newest line of Python that the newest release of a package works with, where that is short of the default."""
    known, bounds = load_table("pins")["newest"]["python"].get(name), load_table("wheels")["python"].get(name, ())
    # The newest release is below a version that is still to come; a version with a dot exists already.
    line = next((line for below, line in bounds[-1:] if "." not in below), known)
    newest, usual = (_release(line), _release(runtime("python").default)) if line else (None, None)
    return line if newest is not None and usual is not None and newest < usual else None


def needs_old_openssl(name: str, version: str) -> bool:
    """Whether a release of a bundler asks OpenSSL for what version 3 refuses."""
    first = load_table("pins")["openssl3"].get(name)
    release = _release(version) if first else None
    return release is not None and release < _release(first)


def needs_old_numpy(name: str, version: str) -> bool:
    """Whether a release was built for NumPy 1, without saying so in its requirements."""
    first = load_table("pins")["numpy2"].get(name)
    release = _release(version) if first else None
    return release is not None and release < _release(first)


def telemetry_off(package: str) -> dict[str, str]:
    """The variables that keep a package's tools from reporting while they build."""
    return dict(load_table("tools")["telemetry"].get(package, {}))


def _release(text: str) -> "Any":
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except InvalidVersion:
        # `2.1.3.RELEASE`, `5.6.15.Final`: a word after the numbers, as Maven has them.
        match = re.match(r"(\d+(?:\.\d+)+)[.-][A-Za-z]", text)
        return Version(match[1]) if match is not None else None
