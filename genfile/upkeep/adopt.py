"""Replace a hand-written Dockerfile by a generated one: how they differ in effect, and what is kept."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from genfile.container.image import Image, interpret
from genfile.container.own import is_own_dockerfile
from genfile.container.stages import lineage
from genfile.dockerfile.reader import DockerfileError, read_dockerfile
from genfile.errors import SourceError, UsageError
from genfile.project.lock import LOCK
from genfile.project.plan import Plan, make_plan
from genfile.project.reading import read_text
from genfile.project.written import write_written
from genfile.spec.base import plain
from genfile.upkeep.decisions import Decisions, Flags, decide
from genfile.upkeep.look import look
from genfile.upkeep.produce import produce_from, record
from genfile.upkeep.testimony import testimony

if TYPE_CHECKING:
    from genfile.api import Generation
    from genfile.detect.inspection import Inspection
    from genfile.spec.project import Spec

# Variables that images set for their own tools; the generated file sets them itself.
_OWN_VARIABLES = re.compile(
    r"(?:PATH|HOME|LANG|LC_ALL|TZ|DEBIAN_FRONTEND|PYTHON\w+|PIP_\w+|UV_\w+|POETRY_\w+|VIRTUAL_ENV|PNPM_HOME|YARN_\w+|"
    r"NPM_CONFIG_\w+|COREPACK_\w+|NEXT_TELEMETRY_DISABLED|CGO_ENABLED|GO\w+|JAVA_HOME|JAVA_OPTS|JAVA_TOOL_OPTIONS|"
    r"MAVEN_\w+|GRADLE_\w+|NODE_OPTIONS)"
)


class Difference(Struct, frozen=True):
    """One difference between the two images, as text of each side; empty if that side does not have it.

    ``line``: of the user's Dockerfile, if it has one. ``kept``: the generated file keeps the user's value.
    """

    what: str
    yours: str
    ours: str
    line: int | None = None
    kept: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "yours": self.yours,
            "genfile": self.ours,
            "line": self.line,
            "kept": self.kept,
        }


class Adoption(Struct, frozen=True):
    """The adoption of one service's Dockerfile: the differences, the settings that keep the user's part, the plan."""

    service: str
    dockerfile: str
    differences: tuple[Difference, ...]
    settings: dict[str, str]
    generation: "Generation"
    decisions: Decisions
    plan: Plan


def plan_adoption(root: Path, service: str | None = None) -> Adoption:
    """Compare the Dockerfile of a service with the generated one, and plan its replacement; nothing is written.

    Raises UsageError if there is no Dockerfile, or one that is genfile's already, or several services and none
    named; SourceError where it can't be read; what `inspect` raises.
    """
    decisions = decide(root, Flags(service=service))
    inspection = look(root, decisions)
    generation = produce_from(inspection, decisions)
    if len(generation.services) > 1:
        paths = ", ".join(item.spec.path for item, _ in generation.services)
        raise UsageError("found several services", hint=f"add --service with one of: {paths}")
    item, rendering = generation.services[0]
    path = rendering.layout.dockerfile
    text = read_text(root, path)
    if text is None:
        raise UsageError(f"no {path} to adopt", hint="run `genfile init` to write one")
    if is_own_dockerfile(text):
        raise UsageError(f"genfile already manages {path}", hint="run `genfile update` to update it")
    yours = _image(text, path, root)
    settings = _settings(yours, _image(rendering.dockerfile, path, root), item.spec)
    told = testimony(root, generation, decisions, [path]).get(item.spec.path, {})
    settings = {**told, **settings}
    kept, saved = _saved(replace(decisions, flags=Flags(settings=settings, service=service, save=True)), inspection)
    generation = produce_from(inspection, kept)
    ours = _image(generation.services[0][1].dockerfile, path, root)
    plan = make_plan(root, {**generation.files, **saved}, force=True)
    lock = write_written(read_text(root, LOCK), record(generation, kept))
    plan = Plan(root, (*plan.changes, *make_plan(root, {LOCK: lock}, force=True).changes))
    return Adoption(item.spec.name, path, tuple(_differences(yours, ours)), settings, generation, kept, plan)


def _saved(decisions: Decisions, inspection: "Inspection") -> tuple[Decisions, dict[str, str]]:
    """The settings in genfile.toml, if there can be one; otherwise genfile.lock keeps them."""
    from genfile.upkeep.save import savable, save

    return save(decisions, inspection) if savable(decisions) is not None else (decisions, {})


def _image(text: str, path: str, root: Path) -> Image:
    def read(name: str) -> str | None:
        try:
            return read_text(root, name)
        except SourceError:
            return None

    try:
        return interpret(read_dockerfile(text), path, read)
    except DockerfileError as error:
        raise SourceError(f"{path}:{error.line}: {error.reason}") from None


def _settings(yours: Image, ours: Image, spec: "Spec") -> dict[str, str]:
    """Settings that keep what the generated image would otherwise lose."""
    found: dict[str, str] = {}
    packages = sorted(_packages(yours) - _packages(ours))
    if packages:
        found["system_packages.run"] = json.dumps([*spec.system_packages.run, *packages])
    variables = {
        name: said.value
        for name, said in yours.environment.items()
        if name not in ours.environment and not _OWN_VARIABLES.fullmatch(name) and "$" not in said.value
    }
    if variables:
        known = [item for item in plain(spec)["environment"] if item["name"] not in variables]
        added = [{"name": name, "value": value} for name, value in sorted(variables.items())]
        found["environment"] = json.dumps([*known, *added])
    volumes = sorted({said.value for said in yours.volumes} - {said.value for said in ours.volumes})
    outside = [path for path in volumes if not path.startswith("/app") and re.fullmatch(r"/[\w./-]+", path)]
    if outside:
        found["volumes"] = json.dumps([*spec.volumes, *outside])
    port = _port(yours)
    if port is not None and port != spec.port:
        found["port"] = str(port)
    return found


def _packages(image: Image) -> set[str]:
    return {said.value for said in image.packages}


def _port(image: Image) -> int | None:
    return image.ports[0].value.number if image.ports else None


# The compared properties of an image, most important first, with their labels and the line in the user's file.
_Read = Callable[[Image], tuple[str, int | None]]


def _said(said: Any, text: str | None = None) -> tuple[str, int | None]:
    return ("", None) if said is None else (str(said.value) if text is None else text, said.evidence.line)


def _base(image: Image) -> tuple[str, int | None]:
    stage = lineage(image.stages, image.stage)[-1]
    return stage.image, stage.line


def _command(image: Image) -> tuple[str, int | None]:
    return ("", None) if image.command is None else (image.command.value.text, image.command.evidence.line)


def _ports(image: Image) -> tuple[str, int | None]:
    numbers = " ".join(dict.fromkeys(str(said.value.number) for said in image.ports))
    return numbers, image.ports[0].evidence.line if image.ports else None


def _check(image: Image) -> tuple[str, int | None]:
    return _said(image.health, image.health.value.text if image.health is not None else None)


def _size(image: Image) -> tuple[str, int | None]:
    single = len(image.stages) == 1
    return ("one stage: build tools and sources stay in the image" if single else "several stages"), None


_COMPARED: tuple[tuple[str, _Read], ...] = (
    ("base image", _base),
    ("stages", _size),
    ("command", _command),
    ("working directory", lambda image: (image.folder, None)),
    ("user", lambda image: _said(image.user)),
    ("ports", _ports),
    ("health check", _check),
)


def _differences(yours: Image, ours: Image) -> Iterator[Difference]:
    for what, read in _COMPARED:
        mine, line = read(yours)
        other, _ = read(ours)
        if mine != other:
            yield Difference(what, mine or ("root" if what == "user" else ""), other, line)
    yield from _set_differences("package", _by_value(yours.packages), _by_value(ours.packages))
    yield from _set_differences("volume", _by_value(yours.volumes), _by_value(ours.volumes))
    mine_set = {f"{name}={said.value}": said.evidence.line for name, said in yours.environment.items()}
    our_set = {f"{name}={said.value}": said.evidence.line for name, said in ours.environment.items()}
    yield from _set_differences("variable", mine_set, our_set)


def _by_value(items: Any) -> dict[str, int | None]:
    return {str(said.value): said.evidence.line for said in items}


def _set_differences(what: str, yours: dict[str, int | None], ours: dict[str, int | None]) -> Iterator[Difference]:
    for value, line in yours.items():
        yield Difference(what, value, value if value in ours else "", line, kept=value in ours)
    for value in ours:
        if value not in yours:
            yield Difference(what, "", value)
