"""The project's existing Dockerfiles, compose files and devcontainers."""

import posixpath
import re
from collections.abc import Iterator

from genfile.container.compose import ASIDE_RANK, ComposeService, read_compose, read_dotenv, strength, strength_of
from genfile.container.ports import read_check
from genfile.detect.hosting.beside import add_beside
from genfile.detect.hosting.dockerfiles import (
    MAX_DOCKERFILES,
    builds,
    in_tree,
    is_aside,
    is_of_folder,
    own_dockerfiles,
    put_image,
    read_image,
    start_in_tree,
)
from genfile.detect.hosting.facts import Hosting, port_of_text
from genfile.detect.hosting.images import quietly
from genfile.detect.hosting.written import is_written
from genfile.detect.tree import Project
from genfile.evidence import Fact
from genfile.parsers import Document
from genfile.versions import parse_pin

# Words in the names of compose services that run another process of the same image.
_BESIDE = frozenset(
    "worker celery beat cron job jobs migrate migration migrations scheduler consumer test tests".split()
)


# How many YAML files with other names to search for services in a folder.
MAX_OTHERS = 20
# How many Dockerfiles to read; some turn out to build databases or tools.
MAX_TRIED = 12


def read_dockerfiles(folder: Project, found: Hosting) -> None:
    """The service's Dockerfiles: those in its folder, and those that a compose file builds it with."""
    services: dict[str, ComposeService] = {}
    for item in compose_services(folder):
        services.setdefault(item.dockerfile, item)
    own = own_dockerfiles(folder)
    for path in list(dict.fromkeys([*own[:MAX_DOCKERFILES], *services]))[:MAX_TRIED]:
        if len(found.dockerfiles) == MAX_DOCKERFILES:
            break
        if path not in folder.tree.paths or (path not in own and is_aside(path)):
            continue
        service = services.get(path)
        context = service.context if service is not None else folder.path
        settings: dict[str, object] = {}
        if service is not None:
            settings = {"target": service.target, "arguments": dict(service.arguments)}
        image = read_image(folder, path, context, **settings)
        if image is not None and builds(folder, image):
            found.dockerfiles.append(path)
            put_image(folder, image, context, found)
    if not found.dockerfiles:
        _read_from_above(folder, found, services)


def _read_from_above(folder: Project, found: Hosting, services: dict[str, ComposeService]) -> None:
    """Read a parent folder's Dockerfile that copies only this folder: it builds this service, in a larger context."""
    for place in folder.upwards():
        for path in own_dockerfiles(place)[:MAX_DOCKERFILES] if place.path != folder.path else ():
            image = read_image(folder, path, place.path) if path not in services else None
            if image is not None and is_of_folder(folder, image, place.path):
                found.dockerfiles.append(path)
                put_image(folder, image, place.path, found)
                return


def compose_files(folder: Project) -> Iterator[tuple[Project, str, Document]]:
    """The compose files of a folder and its parents, parsed, each with its folder and name; production's first."""
    seen: set[str] = set()
    for place in folder.upwards():
        for name in _compose_names(place):
            if place.full(name) not in seen and not is_written(place.tree, place.full(name)):
                seen.add(place.full(name))
                document = quietly(place, name)
                if document is not None:
                    yield place, name, document


def _compose_names(place: Project) -> list[str]:
    """The names of a folder's compose files, production's first; any YAML file may be one."""
    key = ("compose-names", place.path)
    if key not in place.tree.memory:
        ranks = {name: rank for name in place.names() if (rank := strength(name)) is not None}
        others = [name for name in place.names() if name.endswith((".yml", ".yaml")) and name not in ranks]
        for name in others[:MAX_OTHERS]:
            rank = strength_of(name, place.text(name) or "")
            if rank is not None:
                ranks[name] = rank
        place.tree.memory[key] = sorted(ranks, key=lambda name: (ranks[name], name))
    names: list[str] = place.tree.memory[key]
    return names


def compose_services(folder: Project) -> list[ComposeService]:
    """The services that compose files build from the folder: it is their build context or contains their Dockerfile."""
    key = ("compose-services", folder.path)
    if key not in folder.tree.memory:
        listed: list[ComposeService] = []
        for place, name, document in compose_files(folder):
            dotenv = read_dotenv(place.text(".env") or "") if place.has(".env") else {}
            listed += [
                item
                for item in read_compose(document, place.full(name), dotenv)
                if item.context == folder.path or (folder.path and posixpath.dirname(item.dockerfile) == folder.path)
            ]
        folder.tree.memory[key] = listed
    services: list[ComposeService] = folder.tree.memory[key]
    return services


def read_compose_files(folder: Project, found: Hosting) -> None:
    """The compose service of the folder: its ports, command, health check and volumes."""
    own = [item for item in compose_services(folder) if _is_own(folder, item, found)]
    # Of several services with one image, the one that publishes a port is the service; the others are its workers.
    named = [item for item in own if not set(re.split(r"[^a-z0-9]+", item.name.lower())) & _BESIDE] or own
    for item in sorted(named, key=lambda item: not item.ports):
        found.ports += [Fact(said.value, (said.evidence,)) for said in item.ports]
        found.volumes += [Fact(said.value, (said.evidence,)) for said in item.volumes]
        for name, variable in item.environment.items():
            found.variables.setdefault(name, Fact(variable.value, (variable.evidence,)))
        image = read_image(folder, item.dockerfile, item.context, target=item.target)
        found.written += in_tree(image, item.volumes, item.context) if image is not None else []
        check = read_check(item.health.value) if item.health is not None else None
        if check is not None and check.path and item.health is not None:
            found.health.append(Fact(check.path, (item.health.evidence,)))
    _put_command(folder, named, found)
    _put_beside(folder, own, named, found)


def _put_beside(folder: Project, own: list[ComposeService], named: list[ComposeService], found: Hosting) -> None:
    """Put the commands of the other services with the image, in a file that is not for development alone."""
    main = next((item for item in named if item.ports), next((item for item in named if not item.command), None))
    for item in own:
        said = item.command or item.entrypoint
        where = said.evidence.path.rpartition("/")[2] if said is not None else ""
        text = _command_of(folder, item) if main is not None and item.name != main.name and not item.ports else None
        if said is not None and text is not None and strength(where) != ASIDE_RANK:
            add_beside(found, item.name.lower(), Fact(text, (said.evidence,)))


def _put_command(folder: Project, services: list[ComposeService], found: Hosting) -> None:
    """Put the command that the service's own entry runs instead of the image's."""
    item = next((item for item in services if item.ports), services[0] if len(services) == 1 else None)
    said = (item.command or item.entrypoint) if item is not None else None
    text = _command_of(folder, item) if item is not None else None
    if said is not None and text is not None:
        found.starts.append(Fact(text, (said.evidence,)))


def _command_of(folder: Project, item: ComposeService) -> str | None:
    """The command that an entry of a compose file runs instead of the image's; None if it has none of its own."""
    from genfile.container.command import understand

    if item.command is None and item.entrypoint is None:
        return None
    words = [*(item.entrypoint.value if item.entrypoint else ()), *(item.command.value if item.command else ())]
    image = read_image(
        folder, item.dockerfile, item.context, target=item.target, command=item.command and item.command.value
    )
    if image is not None and item.entrypoint is None and image.stage.entrypoint is not None:
        command = image.command.value if image.command is not None else None
    else:
        command = understand(tuple(words))
    if command is None:
        return None
    return start_in_tree(folder, image, item.context, command) if image is not None else command.text


def _is_own(folder: Project, service: ComposeService, found: Hosting) -> bool:
    """Whether a compose service runs this program: its Dockerfile is one of the program's, genfile's, or a default one
    that the tree lacks."""
    if service.dockerfile in folder.tree.paths:
        return service.dockerfile in found.dockerfiles or _is_written_by_us(folder, service)
    return not service.named


def _is_written_by_us(folder: Project, service: ComposeService) -> bool:
    return is_written(folder.tree, service.dockerfile)


def read_devcontainer(folder: Project, found: Hosting) -> None:
    """A devcontainer's image and first forwarded port."""
    root = Project(folder.tree, "")
    for name in (".devcontainer/devcontainer.json", ".devcontainer.json"):
        document = root.jsonc(name) if root.has(name) else None
        if document is None:
            continue
        match = re.search(
            r"devcontainers/(?:javascript-node|typescript-node|python|go|java):(?:\d+-)?(\d[\d.]*)",
            document.text("image") or "",
        )
        if match:
            for language, words in {"node": "node", "python": "python", "go": "/go", "java": "/java"}.items():
                pin = parse_pin(match[1], language) if words in match[0] else None
                if pin is not None:
                    says = root.fact(pin, name, document.line("image"), match[0])
                    found.versions.setdefault(language, []).append(says)
        ports = [port for item in document.items("forwardPorts") if (port := port_of_text(item)) is not None]
        # A forwarded port is for development; a Procfile says how production starts.
        if len(ports) == 1 and folder.path == "" and not folder.has("Procfile"):
            line = document.line("forwardPorts")
            found.forwarded.append(root.fact(ports[0], name, line, f"forwardPorts: {ports[0]}"))
