"""compose.yaml for a whole tree: its services, hardened, and the databases that they speak to."""

import re
import shlex
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from genfile.data import BackingService, backing_services, framework
from genfile.dockerfile.quoting import local_folder
from genfile.preset.anchors import PARTS, share
from genfile.preset.browsers import give, open_to_browsers
from genfile.preset.comments import Comments, comment_lines
from genfile.preset.layout import Layout, relative_to
from genfile.preset.places import holds_code, holds_program, is_made, memory_mounts, scratch_folders, written_folders
from genfile.preset.releases import reached, sql
from genfile.preset.trace import Line, render_lines
from genfile.spec.base import plain
from genfile.spec.forms import words_of

if TYPE_CHECKING:
    from jinja2 import Template

    from genfile.spec.project import Spec
    from genfile.spec.service import EnvironmentVariable

# The developer's machine: without an entry of its own, only Docker Desktop knows the name.
_HOST_MACHINE = "host.docker.internal"
# Languages whose images have a shell, and no entry point but an init.
_WITH_SHELL = frozenset({"node", "python"})
# Those whose image has the program itself as its entry point, which another program takes the place of.
_OWN_ENTRY = frozenset({"go"})
# Words in the names of processes that somebody starts by hand, which end, wait for input or only show something.
_BY_HAND = frozenset("console shell repl migrate migration migrations seed seeds test tests flower".split())
# The usual path of the credentials file that a build needs.
_FILES = {
    "npmrc": "/.npmrc",
    "netrc": "/.netrc",
    "pip-conf": "/.config/pip/pip.conf",
    "maven-settings": "/.m2/settings.xml",
    "gradle-properties": "/.gradle/gradle.properties",
}


def render_compose(services: "Sequence[tuple[Spec, Layout]]", comments: Comments = "brief") -> str:
    """The text of compose.yaml, which goes to the inspected root, for services with their layouts."""
    return "".join(line.text + "\n" for line in compose_lines(services, comments))


def compose_lines(services: "Sequence[tuple[Spec, Layout]]", comments: Comments = "brief") -> "list[Line]":
    """The lines of compose.yaml, each with the rules that it follows."""
    known = _with_names([spec for spec, _ in services])
    needed = sorted({name for spec, _ in services for name in spec.backing_services if name in known})
    seeds = sorted({(seed.service, seed.path, seed.target) for spec, _ in services for seed in spec.seeds})
    backing = [_backing(known[name], [seed[1:] for seed in seeds if seed[0] == name]) for name in needed]
    # What a client starts would only wait beside the others; on its own, it is what `up` starts.
    tools = any(not spec.stdio for spec, _ in services)
    groups = [_entries(spec, layout, known, tools) for spec, layout in services]
    entries = _distinct([entry for group in groups for entry in group], set(needed))
    _name_volumes(groups, {f"{item['name']}-data" for item in backing if item["volume"]})
    _publish(entries)
    _connect(entries)
    _address(entries)
    open_to_browsers(entries)
    for entry in entries:
        entry["reaches_host"] = any(_HOST_MACHINE in (item["value"] or "") for item in entry["environment"])
    shared = [share(group) for group in groups if len(group) > 1]
    secrets = {secret["id"]: secret for entry in entries for secret in entry["secrets"]}
    context = {
        "shared": shared,
        "services": entries,
        "backing": backing,
        "passwords": any(known[name].password for name in needed),
        "needed": sorted({name for entry in entries for name in _asked(entry)}),
        "optional": sorted({name for entry in entries for name in _optional(entry)}),
        "jobs": [entry["name"] for entry in entries if "jobs" in entry["profiles"]],
        "starts": any(not entry["profiles"] for entry in entries),
        "tools": [entry["name"] for entry in entries if entry["stdin"]],
        "requested": [entry["name"] for entry in entries if "tools" in entry["profiles"] and not entry["stdin"]],
        "secrets": [secrets[name] for name in sorted(secrets)],
        "volumes": [
            *(f"{item['name']}-data" for item in backing if item["volume"]),
            *sorted({mount.partition(":")[0] for entry in entries for mount in entry["mounts"]}),
        ],
    }
    return comment_lines(render_lines(_template(), context), comments, dockerfile=False)


def _with_names(specs: "Sequence[Spec]") -> dict[str, BackingService]:
    """The databases by name, each called as the project calls it, if all of its services agree, and with an image that
    has the extensions."""
    known = dict(backing_services())
    for service in known.values():
        names = {spec.databases[service.name] for spec in specs if service.name in spec.databases}
        if service.database and len(names) == 1:
            known[service.name] = replace(service, database=names.pop())
        extension = next((name for spec in specs for name in spec.extensions if name in service.extensions), None)
        if extension is not None:
            known[service.name] = replace(known[service.name], image=service.extensions[extension]["image"])
    return known


@cache
def _template() -> "Template":
    from genfile.bundle.builtin import builtin_folder
    from genfile.preset.environment import PresetEnvironment

    text = (builtin_folder("presets") / "compose" / "compose.yaml.j2").read_text("utf-8")
    return PresetEnvironment({"compose/compose.yaml.j2": text}).get_template("compose/compose.yaml.j2")


def _entries(spec: "Spec", layout: Layout, known: dict[str, BackingService], tools: bool) -> list[dict[str, Any]]:
    """The service, its release command, which runs before it, and its other processes: those that people start by hand
    have a profile. ``tools``: what a client starts has one, too."""
    base = _service(spec, layout, known)
    if tools and spec.stdio:
        base["profiles"] = ["tools"]
    if spec.one_off:
        base["profiles"] = ["jobs"]
    # No port, and no check of one: the image's own is for the service.
    other: dict[str, Any] = {
        "port": None,
        "serves": False,
        "checked": False,
        "prepared": False,
        "stdin": False,
    }
    entries: list[dict[str, Any]] = []
    runs = "entrypoint" if spec.language in _OWN_ENTRY else "command"
    together = spec.release and base["file_beside"] and spec.start and spec.language in _WITH_SHELL
    if spec.release and together:
        # A database next to the code is a file in one container: no other container can prepare it.
        both = f"{shlex.join(spec.release)} && exec {shlex.join(spec.start)}"
        base = base | {"prepared": True, "command": ["sh", "-c", both]}
    elif spec.release:
        job = f"{spec.name}-release"
        entries.append(base | other | reached(spec, base) | {"name": job, runs: list(spec.release)})
        done = {"name": job, "condition": "service_completed_successfully"}
        base = base | {"depends_on": [*base["depends_on"], done]}
    for name, command in spec.processes.items():
        asked = not _BY_HAND.isdisjoint(re.split("[-_]", name))
        worker = {
            "name": f"{spec.name}-{name}",
            runs: list(command),
            "alive": spec.language in _WITH_SHELL and not asked,
            "profiles": ["tools"] if asked else [],
        }
        entries.append(base | other | worker)
    return [base, *entries]


def _service(spec: "Spec", layout: Layout, known: dict[str, BackingService]) -> dict[str, Any]:
    values = plain(spec)
    scratch = scratch_folders(values, layout.context)
    written = [folder for folder in written_folders(values, layout.context) if folder not in scratch]
    given = not sql().isdisjoint(spec.backing_services)
    beside_code = [folder for folder in written if holds_code(folder, values, layout.context)]
    # A build output that the program changes is part of it, and holds no database.
    outputs = [folder for folder in beside_code if is_made(folder, values, layout.context)]
    others = [folder for folder in beside_code if folder not in outputs]
    # If it gets a database, a file next to its program is only a fallback.
    needed = [folder for folder in others if not given or not holds_program(folder, values, layout.context)]
    front = spec.frontend
    secrets = {item.id: item for item in (*spec.secrets, *(front.secrets if front else ()))}
    return {
        "name": spec.name,
        "service": spec.name,
        "shared": None,
        "parts": list(PARTS),
        "context": local_folder(layout.context),
        "dockerfile": relative_to(layout.dockerfile, layout.context),
        "arguments": [
            {"name": item.name, "required": item.required, "secret": False, "value": None, "form": ""}
            for item in (*spec.environment, *(front.environment if front else ()))
            if item.phase == "build" and item.value is None and not item.secret
        ],
        "secrets": [
            {"id": item.id, "variable": item.variable, "file": _FILES.get(item.kind)} for item in secrets.values()
        ],
        "upstreams": {item.upstream: item for item in spec.static.proxied} if spec.static else {},
        "addresses": spec.addresses,
        "origins": spec.origins,
        "choices": {},
        "serves": spec.port is not None and spec.static is None,
        "browsed": _is_browsed(spec),
        "command": None,
        "entrypoint": None,
        "working_dir": None,
        "profiles": [],
        "stdin": spec.stdio,
        "port": spec.port,
        "development_port": spec.static.development_port if spec.static else None,
        "native": spec.language == "java",
        "taken_by": None,
        "checked": True,
        "alive": False,
        "environment": _environment(spec, known),
        "depends_on": [
            {"name": name, "condition": "service_healthy" if known[name].healthcheck else "service_started"}
            for name in spec.backing_services
            if name in known
        ],
        "mounts": [folder for folder in written if folder not in beside_code],
        "beside_code": bool(outputs or needed),
        "file_beside": bool(others) and not given,
        "tmpfs": memory_mounts(values, layout.context),
    }


def _asked(entry: dict[str, Any]) -> list[str]:
    """The variables that an entry can't do without, those of the build's secrets too."""
    asked = [item["name"] for item in (*entry["arguments"], *entry["environment"]) if item["required"]]
    return asked + [item["variable"] for item in entry["secrets"] if item["variable"]]


def _optional(entry: dict[str, Any]) -> list[str]:
    """The variables that are passed on if they are set."""
    handed = [item["name"] for item in entry["environment"] if item["value"] is None and not item["required"]]
    return [item["name"] for item in entry["arguments"] if item["value"] is None and not item["required"]] + handed


def _publish(entries: list[dict[str, Any]]) -> None:
    """Assign each service a port on the host: its own, or the next free one if another service has it. A page beside a
    service is where its development server is, since the service may answer only pages from there."""
    listening = [entry for entry in entries if entry["port"] is not None]
    beside = any(entry["serves"] for entry in listening)
    for entry in listening:
        entry["wanted"] = (beside and entry["development_port"]) or entry["port"]
    holders: dict[int, str] = {}
    # A server comes before a page: its address is in the code.
    for entry in sorted(listening, key=lambda entry: not entry["serves"]):
        holders.setdefault(entry["wanted"], entry["name"])
    for entry in listening:
        port, published = entry["port"], entry["wanted"]
        holder = holders[published]
        if holder != entry["name"]:
            others = chain(range(published + 1, 65536), range(1024, published))
            entry["taken_by"], entry["taken"] = holder, published
            published = next((number for number in others if number not in holders), port)
            holders[published] = entry["name"]
        entry["as_developed"] = published == entry["development_port"] != port
        entry["published"] = f"127.0.0.1:{published}:{port}"


def _connect(entries: list[dict[str, Any]]) -> None:
    """Give each page the address of the service that answers its proxied paths: the service on the port that the
    development server names, or else the one that the variable is named after, or the only one."""
    servers = [entry for entry in entries if entry["serves"]]
    for entry in entries:
        for variable, item in entry["upstreams"].items():
            named = [other for other in servers if other["port"] == item.port]
            named = named or [other for other in servers if _is_named(variable, other["name"])] or servers
            other = named[0] if len(named) == 1 and item.address is None else None
            value = f"http://{other['name']}:{other['port']}" if other is not None else None
            # Without a value it is passed on, if the shell or .env sets it.
            passed = {"name": variable, "value": value, "required": False, "secret": False}
            entry["environment"] = [*entry["environment"], passed]
            after = {"name": other["name"], "condition": "service_started"} if other is not None else None
            if after is not None and after not in entry["depends_on"]:
                entry["depends_on"] = [*entry["depends_on"], after]


def _address(entries: list[dict[str, Any]]) -> None:
    """Give each entry the addresses of the services that it expects on a port of the same machine: of several there,
    the one that the variable is named after. A page's address is for browsers, which reach it where it is published."""
    for entry in entries:
        for item in (item for item in entry["addresses"] if item.phase != "page"):
            there = [other for other in entries if other["serves"] and other["port"] == item.port]
            named = [other for other in there if _is_named(item.variable, other["name"])]
            found = there if len(there) == 1 else named
            if len(found) != 1:
                if there and item.phase == "run" and all(other["service"] != entry["service"] for other in there):
                    _ask_which(entry, item.variable, there)
                continue
            if found[0]["browsed"] or found[0]["service"] == entry["service"]:
                continue
            value = item.form.replace("{host}", found[0]["name"]).replace("{port}", str(item.port))
            place = "environment"
            if item.phase == "build":
                place, value = "arguments", f"{item.variable}={value}"
            give(entry, place, item.variable, value)


def _ask_which(entry: dict[str, Any], variable: str, others: list[dict[str, Any]]) -> None:
    """Pass a variable on: it may lead to any of several services."""
    names = " or ".join(f"http://{other['name']}:{other['port']}" for other in others)
    if all(item["name"] != variable for item in entry["environment"]):
        given = {"name": variable, "value": None, "required": False, "secret": False}
        entry["environment"] = [*entry["environment"], given]
    entry["choices"] = {**entry["choices"], variable: names}


def _is_browsed(spec: "Spec") -> bool:
    """Whether people open a service in a browser: only frameworks of these languages are made for that."""
    known = framework(spec.language, spec.framework) if spec.framework and spec.language in _WITH_SHELL else None
    return known is not None and known.browsed


def _is_named(variable: str, service: str) -> bool:
    """Whether a variable is named after a service: `IDENTITY_UPSTREAM` and `identity` or `identity-service`,
    `MAIN_CART_URL` and `cart`. Its last word says that it is an address."""
    words = [word for word in variable.lower().split("_") if word]
    words, parts = words[:-1] or words, service.split("-")
    within = any(words[at : at + len(parts)] == parts for at in range(len(words)))
    return within or words == parts[: len(words)]


def _distinct(entries: list[dict[str, Any]], taken: set[str]) -> list[dict[str, Any]]:
    """No two keys alike: a service called `redis` gives way to the database of that name."""
    for entry in entries:
        name, count = entry["name"], 2
        while entry["name"] in taken:
            entry["name"], count = (f"{name}-app" if count == 2 else f"{name}-{count}"), count + 1
        taken.add(entry["name"])
    return entries


def _words(item: "EnvironmentVariable") -> str:
    """The form of a variable's value in words."""
    return words_of(plain(item.form)) if item.form is not None else ""


def _name_volumes(groups: list[list[dict[str, Any]]], taken: set[str]) -> None:
    """Call each volume by its service and its folder; the entries of one service share it."""
    for group in groups:
        volumes = []
        for folder in group[0]["mounts"]:
            name = f"{group[0]['service']}{re.sub('[^A-Za-z0-9]+', '-', folder.removeprefix('/app'))}"
            while name in taken:
                name = f"{name}-files"
            taken.add(name)
            volumes.append(f"{name}:{folder}")
        for entry in group:
            entry["mounts"] = volumes


def _environment(spec: "Spec", known: dict[str, BackingService]) -> list[dict[str, Any]]:
    """The addresses of databases, and every variable that must come from outside: from the shell or .env.

    ``value``: the variable's value; None: it is passed on, and if it is ``required``, compose stops and names it
    when it is missing. What the program has a value of its own for is left out.
    """
    values: dict[str, str | None] = {
        item.variable: known[item.service].fill(item.form, item.service)
        for item in spec.connections
        if item.service in known
    }
    asked = {
        item.name: item
        for item in spec.environment
        if item.phase == "run"
        and item.value is None
        and (item.required or item.default is not None or not item.fallback)
    }
    return [
        *({"name": name, "value": value, "required": False, "secret": False} for name, value in values.items()),
        *(
            {
                "name": name,
                "value": item.default,
                "required": item.required and item.default is None,
                "secret": item.secret,
                "form": _words(item),
            }
            for name, item in asked.items()
            if name not in values
        ),
    ]


def _backing(service: BackingService, seeds: list[tuple[str, str]]) -> dict[str, Any]:
    def filled(text: str) -> str:
        return service.fill(text, service.name)

    test = ["CMD", *map(filled, service.healthcheck)] if service.healthcheck else []
    return {
        "name": service.name,
        "image": service.image,
        "environment": [{"name": name, "value": filled(value)} for name, value in service.environment.items()],
        "healthcheck": test,
        "hostname": service.hostname,
        "volume": service.volume,
        "mounts": [
            *([f"{service.name}-data:{service.volume}"] if service.volume else []),
            *(f"./{path}:{target}:ro" for path, target in seeds),
        ],
    }
