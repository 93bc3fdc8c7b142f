"""The databases that a service needs, as a compose file describes them: read, and started on a network of their own."""

import re
import shlex
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct, field

from genfile.container.compose import ComposeService, read_compose
from genfile.container.variables import interpolate
from genfile.parsers import Document
from genfile.verify.docker import docker, inspect, run
from genfile.verify.traces import label_of

_HEALTHY_WITHIN = 90
_PULL_SECONDS = 600
_JOB_SECONDS = 180
_STEADY = 2


class Other(Struct, frozen=True):
    """A compose service that runs a ready-made image, and how to start it."""

    name: str
    image: str
    environment: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    health: str | None = None


class Beside(Struct, frozen=True):
    """What runs beside a service.

    ``others``: in start order; ``environment``: the variables that point to them; ``jobs``: commands to run in the
    service's own image before it starts, such as migrations.
    """

    others: tuple[Other, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    jobs: tuple[tuple[str, ...], ...] = ()


class Started(Struct):
    """The outcome of a start: the network (None if there is none), the service's variables, and a summary line."""

    network: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    detail: str = ""
    log: str = ""
    passed: bool = True


def read_beside(
    document: Document,
    path: str,
    dockerfile: str,
    name: str,
    dotenv: Mapping[str, str] | None = None,
    required: Collection[str] = (),
) -> Beside:
    """What a compose file runs beside the service that is built from ``dockerfile``, or is named ``name``.

    ``required``: the variables without which the service does not start; the file's values for them are given too.
    """
    built = read_compose(document, path, dotenv)
    own = next((item for item in built if item.dockerfile == dockerfile), None)
    own = own or next((item for item in built if item.name == name), None)
    table = document.table("services")
    images = {
        str(key): _other(str(key), body, dotenv or {})
        for key, body in table.items()
        if isinstance(body, dict) and body.get("image") and not body.get("build") and not body.get("profiles")
    }
    same = {item.name for item in built if own is not None and (item.context, item.dockerfile) == _built_from(own)}
    jobs, wanted = [], []
    for needed in _needed(own, table) if own is not None else list(images):
        if own is not None and needed in table and _is_job(table, needed, own, same):
            jobs.append(_words(table[needed].get("command"), dotenv or {}))
        elif needed in images:
            wanted.append(images[needed])
    return Beside(tuple(wanted), _leading(own, wanted, required), tuple(job for job in jobs if job))


def _needed(own: ComposeService, table: Mapping[str, Any]) -> list[str]:
    """A service's dependencies and theirs, innermost first."""
    found: list[str] = []

    def add(name: str, above: tuple[str, ...]) -> None:
        body = table.get(name)
        others = body.get("depends_on") if isinstance(body, dict) else None
        for other in others if isinstance(others, list | dict) else ():
            if str(other) not in above:
                add(str(other), (*above, name))
        if name not in found:
            found.append(name)

    for name in own.depends_on:
        add(name, (own.name,))
    return found


def _built_from(service: ComposeService) -> tuple[str, str]:
    return service.context, service.dockerfile


def _is_job(table: Mapping[str, Any], name: str, own: ComposeService, same: Collection[str]) -> bool:
    """Whether a compose entry is a one-off job: another command in the service's own image (an entry of ``same`` is
    built from the same Dockerfile), for whose end another entry waits."""
    body = table[name]
    if not isinstance(body, dict) or not body.get("command"):
        return False
    return body.get("image") == f"{own.name}:dev" or (name in same and name in _awaited_to_end(table))


def _awaited_to_end(table: Mapping[str, Any]) -> Iterator[str]:
    for body in table.values():
        others = body.get("depends_on") if isinstance(body, dict) else None
        for name, said in others.items() if isinstance(others, dict) else ():
            if isinstance(said, dict) and said.get("condition") == "service_completed_successfully":
                yield str(name)


def _other(name: str, body: Mapping[str, Any], values: Mapping[str, str]) -> Other:
    check = body.get("healthcheck")
    test = check.get("test") if isinstance(check, dict) else None
    words = [interpolate(str(item), dict(values)) for item in test] if isinstance(test, list) else []
    health = test if isinstance(test, str) else None
    if words[:1] == ["CMD"]:
        health = shlex.join(words[1:])
    elif words[:1] == ["CMD-SHELL"]:
        health = " ".join(words[1:])
    image = interpolate(str(body["image"]), dict(values))
    return Other(
        name, image, _pairs(body.get("environment"), values), _words(body.get("command"), values), health or None
    )


def _pairs(value: Any, values: Mapping[str, str]) -> dict[str, str]:
    if isinstance(value, list):
        value = dict(str(item).partition("=")[::2] for item in value if "=" in str(item))
    pairs = value.items() if isinstance(value, dict) else ()
    return {str(key): interpolate(str(item), dict(values)) for key, item in pairs if item is not None}


def _words(value: Any, values: Mapping[str, str]) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(interpolate(str(item), dict(values)) for item in value)
    try:
        return tuple(shlex.split(interpolate(value, dict(values)))) if isinstance(value, str) else ()
    except ValueError:
        return ()


def _leading(own: ComposeService | None, others: Sequence[Other], required: Collection[str]) -> dict[str, str]:
    """The service's variables that it requires, or that point to the others: they hold a host name, a value of their
    environment, or a part of the address in another variable; and those beside one with a host name: DB_PORT beside
    DB_HOST, DBPORT, PORT."""
    if own is None:
        return {}
    hosts = _hosts(item.name for item in others)
    known = {value for item in others for value in item.environment.values() if value}
    found = {name: said.value for name, said in own.environment.items()}
    reaching = {name: value for name, value in found.items() if value and hosts.search(value)}
    known |= {part for value in reaching.values() for part in _parts(value)}
    stems = {stem for name in reaching if (stem := name.rpartition("_")[0])}
    ports = {name.upper().replace("HOST", "PORT") for name in reaching}
    return {
        name: value
        for name, value in found.items()
        if value and (name in {*reaching, *ports, *required} or value in known or name.rpartition("_")[0] in stems)
    }


def _parts(address: str) -> Iterator[str]:
    """The user, the password, the port and the database of an address."""
    try:
        read = urlsplit(address)
        parts = (read.username, read.password, str(read.port or ""), read.path.removeprefix("/"))
    except ValueError:
        return
    yield from (part for part in parts if part)


def _hosts(names: Iterable[str]) -> re.Pattern[str]:
    """A pattern for values that point to one of these hosts: its bare name, or in a URL, with a port, or in a list."""
    listed = "|".join(map(re.escape, names))
    return re.compile(rf"(?:^|[@(,=]|//)(?:{listed})(?=$|[:/,)?])" if listed else r"(?!)")


def start(beside: Beside, run_id: str, prepare: Sequence[str] = ()) -> Started:
    """Start everything. Images that are unavailable are left out, and the summary says so."""
    started = Started()
    if not beside.others:
        return started
    network = f"genfile-gates-{run_id}"
    done = docker("network", "create", "--label", label_of(run_id), network)
    if not done.ok:
        return Started(detail="no network could be made", log=done.output, passed=False)
    started.network = network
    said, running = [], []
    for item in beside.others:
        reason = _unavailable(item.image, prepare)
        if reason is None:
            running.append(item)
        else:
            said.append(f"{item.name} is not there: no image {item.image} ({reason})")
    for item in running:
        fault = _run(item, network, run_id)
        if fault is not None:
            return Started(network, {}, f"{item.name} does not start", fault, passed=False)
    for item in running:
        fault = _wait(_container(run_id, item.name), item)
        if fault is not None:
            return Started(network, {}, f"{item.name} does not get ready", fault, passed=False)
        said.append(f"{item.name} ({item.image})")
    there = {item.name for item in running}
    missing = _hosts(item.name for item in beside.others if item.name not in there)
    started.environment = {key: value for key, value in beside.environment.items() if not missing.search(value)}
    given = f"; {', '.join(sorted(started.environment))} set" if started.environment and running else ""
    started.detail = ", ".join(said) + given
    return started


def _container(run_id: str, name: str) -> str:
    return f"genfile-gates-{run_id}-{re.sub('[^a-zA-Z0-9_.-]', '-', name)}"


def _unavailable(image: str, prepare: Sequence[str]) -> str | None:
    """Why an image is unavailable; None if the engine has it, or could get it."""
    if inspect("image", image):
        return None
    if prepare and run([*prepare, image]).ok:
        return None
    done = docker("pull", "--quiet", image, timeout=_PULL_SECONDS)
    return None if done.ok else (done.output.strip().splitlines() or ["nothing was said"])[-1]


def _run(item: Other, network: str, run_id: str) -> str | None:
    words = ["--label", label_of(run_id), "--network", network, "--network-alias", item.name, "--hostname", item.name]
    words += [word for key, value in item.environment.items() for word in ("--env", f"{key}={value}")]
    if item.health:
        words += ["--health-cmd", item.health, "--health-interval", "1s", "--health-retries", "90"]
    name = _container(run_id, item.name)
    done = docker("run", "--detach", "--name", name, *words, item.image, *item.command)
    return None if done.ok else done.output


def _wait(container: str, item: Other) -> str | None:
    """Wait until the container is healthy, or without a check has run for a moment; return its log on failure."""
    deadline = time.monotonic() + _HEALTHY_WITHIN
    started = time.monotonic()
    while time.monotonic() < deadline:
        state = inspect("container", container).get("State", {})
        if not state.get("Running"):
            return docker("logs", container).output
        if (state.get("Health") or {}).get("Status") == "healthy":
            return None
        if not item.health and not state.get("Health") and time.monotonic() - started >= _STEADY:
            return None
        time.sleep(0.5)
    return docker("logs", container).output


def run_jobs(
    beside: Beside, tag: str, run_id: str, network: str | None, environment: Mapping[str, str]
) -> tuple[bool, str, str]:
    """Run the jobs that are due before the service starts, in its own image; the first that fails ends the run.

    Returns whether all passed, a summary line, and the log of one that failed.
    """
    words = ["--rm", "--label", label_of(run_id), *(("--network", network) if network else ())]
    words += [word for key, value in environment.items() for word in ("--env", f"{key}={value}")]
    for job in beside.jobs:
        done = docker("run", *words, tag, *job, timeout=_JOB_SECONDS)
        if not done.ok:
            return False, f"{shlex.join(job)} ended with {done.code}", done.output
    return True, f"{', '.join(map(shlex.join, beside.jobs))} done", ""
