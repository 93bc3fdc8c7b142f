"""compose.yaml for a whole tree: its services, hardened, and the databases that they speak to."""

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from genfile.data import BackingService, backing_services
from genfile.dockerfile.quoting import local_folder
from genfile.preset.comments import Comments, comment_lines
from genfile.preset.layout import Layout, relative_to
from genfile.preset.places import holds_code, written_folders
from genfile.preset.trace import render_lines
from genfile.spec.base import plain

if TYPE_CHECKING:
    from jinja2 import Template

    from genfile.spec.project import Spec

# Java takes another form of URL, so its variables are those of Spring Boot, the usual reader.
_SPRING = {
    "postgres": ("SPRING_DATASOURCE_URL", "jdbc:postgresql://{host}:5432/app"),
    "mysql": ("SPRING_DATASOURCE_URL", "jdbc:mysql://{host}:3306/app"),
    "mariadb": ("SPRING_DATASOURCE_URL", "jdbc:mariadb://{host}:3306/app"),
    "mongodb": ("SPRING_DATA_MONGODB_URI", "mongodb://{host}:27017/app"),
    "redis": ("SPRING_DATA_REDIS_HOST", "{host}"),
    "rabbitmq": ("SPRING_RABBITMQ_HOST", "{host}"),
    "kafka": ("SPRING_KAFKA_BOOTSTRAP_SERVERS", "{host}:9092"),
}
_DATABASES = frozenset({"postgres", "mysql", "mariadb"})


def render_compose(services: "Sequence[tuple[Spec, Layout]]", comments: Comments = "brief") -> str:
    """The text of compose.yaml for services with their layouts; it goes to the inspected root."""
    known = backing_services()
    needed = sorted({name for spec, _ in services for name in spec.backing_services if name in known})
    backing = [_backing(known[name]) for name in needed]
    entries = _distinct([entry for spec, layout in services for entry in _entries(spec, layout, known)], set(needed))
    context = {
        "services": entries,
        "backing": backing,
        "backing_conditions": {
            name: "service_healthy" if known[name].healthcheck else "service_started" for name in needed
        },
        "volumes": [
            *(f"{item['name']}-data" for item in backing if item["volume"]),
            *sorted({mount.partition(":")[0] for entry in entries for mount in entry["mounts"]}),
        ],
    }
    lines = comment_lines(render_lines(_template(), context), comments, dockerfile=False)
    return "".join(line.text + "\n" for line in lines)


@cache
def _template() -> "Template":
    from genfile.preset.environment import PresetEnvironment
    from genfile.preset.find import builtin_folder

    text = (builtin_folder("presets") / "compose" / "compose.yaml.j2").read_text("utf-8")
    return PresetEnvironment({"compose/compose.yaml.j2": text}).get_template("compose/compose.yaml.j2")


def _entries(spec: "Spec", layout: Layout, known: dict[str, BackingService]) -> list[dict[str, Any]]:
    """The service, its other processes, and its release command as a job of the profile `release`."""
    values = plain(spec)
    written = written_folders(values, layout.context)
    # Where it is given a database, a file beside its code is only what it falls back to.
    given = bool(_DATABASES & set(spec.backing_services))
    beside_code = [folder for folder in written if holds_code(folder, values, layout.context)]
    base: dict[str, Any] = {
        "name": spec.name,
        "context": local_folder(layout.context),
        "dockerfile": relative_to(layout.dockerfile, layout.context),
        "arguments": [
            item.name
            for item in (*spec.environment, *(spec.frontend.environment if spec.frontend else ()))
            if item.phase == "build" and item.value is None and not item.secret
        ],
        "command": None,
        "working_dir": None,
        "profiles": [],
        "port": spec.port,
        "published": f"127.0.0.1:{spec.port}:{spec.port}",
        "environment": _environment(spec, known),
        "depends_on": [name for name in spec.backing_services if name in known],
        "mounts": [
            f"{spec.name}{re.sub('[^A-Za-z0-9]+', '-', folder.removeprefix('/app'))}-files:{folder}"
            for folder in written
            if folder not in beside_code
        ],
        "beside_code": bool(beside_code) and not given,
        "tmpfs": ["/var/cache/nginx", "/var/run"] if spec.static else [],
    }
    entries = [base]
    for name, command in spec.processes.items():
        entries.append(base | {"name": f"{spec.name}-{name}", "command": list(command), "port": None})
    if spec.release:
        job = {
            "name": f"{spec.name}-release",
            "command": list(spec.release),
            "port": None,
            "profiles": ["release"],
        }
        entries.append(base | job)
    return entries


def _distinct(entries: list[dict[str, Any]], taken: set[str]) -> list[dict[str, Any]]:
    """No two keys alike: a service called `redis` gives way to the database of that name."""
    for entry in entries:
        name, count = entry["name"], 2
        while entry["name"] in taken:
            entry["name"], count = (f"{name}-app" if count == 2 else f"{name}-{count}"), count + 1
        taken.add(entry["name"])
    return entries


def _environment(spec: "Spec", known: dict[str, BackingService]) -> list[dict[str, Any]]:
    """Where the databases are, and every variable that must come from outside, taken from the shell or .env.

    ``value`` is what the variable is set to; None: it is handed on, and where it is ``required`` compose stops with
    the name of what is missing.
    """
    values: dict[str, str | None] = {}
    required: set[str] = set()
    for name in spec.backing_services:
        if name in known:
            variable, url = known[name].variable, known[name].url
            if spec.language == "java" and name in _SPRING:
                variable, url = _SPRING[name]
                if variable == "SPRING_DATASOURCE_URL":
                    values |= {
                        "SPRING_DATASOURCE_USERNAME": "app",
                        "SPRING_DATASOURCE_PASSWORD": "development",
                    }
            values.setdefault(variable, url.format(host=name))
    for item in spec.environment:
        if item.phase == "run" and item.value is None and item.name not in values:
            values[item.name] = None
            required |= {item.name} if item.required else set()
    return [{"name": name, "value": value, "required": name in required} for name, value in values.items()]


def _backing(service: BackingService) -> dict[str, Any]:
    test = ["CMD", *service.healthcheck] if service.healthcheck else []
    return {
        "name": service.name,
        "image": service.image,
        "environment": [{"name": name, "value": value} for name, value in service.environment.items()],
        "healthcheck": test,
        "volume": service.volume,
        "mount": f"{service.name}-data:{service.volume}",
    }
