"""Dockerfiles, compose files and devcontainers that the project has already."""

import re
import shlex
from collections.abc import Iterator

from genfile.detect.hosting.facts import Hosting, above, port_of_text
from genfile.detect.hosting.images import IMAGES, image_pin, quietly
from genfile.detect.tree import Project
from genfile.dockerfile.model import Dockerfile, Instruction, Stage
from genfile.dockerfile.reader import DockerfileError, read_dockerfile
from genfile.parsers import Document
from genfile.versions import parse_pin

COMPOSE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
COMPOSE_ENDINGS = (".yml", ".yaml")
# Words in the name of a Dockerfile that is not the one of production.
_OTHER = frozenset(
    "coverage dev development test tests testing ci debug local e2e lint base builder docs devcontainer".split()
)
_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)(?::?-([^}]*))?\}?")
_INITS = frozenset({"tini", "dumb-init", "docker-init", "catatonit"})
# Names of the stage that production runs.
_RELEASES = frozenset("release prod production runner runtime final app serve server".split())
_URL = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::[^/\s\"']*)?(/[A-Za-z0-9._~/-]*)?")


def read_dockerfiles(folder: Project, found: Hosting) -> None:
    """The Dockerfiles of the service: those in its folder, and those that a compose file builds it with."""
    names = list(dict.fromkeys([*_own_dockerfiles(folder), *_by_compose(folder)]))
    for path in names[:4]:
        text = folder.tree.text(path)
        try:
            dockerfile = read_dockerfile(text) if text else None
        except DockerfileError:
            continue
        if dockerfile is not None:
            found.dockerfiles.append(path)
            _read(folder, path, dockerfile, found)


def _own_dockerfiles(folder: Project) -> list[str]:
    listed: list[str] = []
    for place in (
        "",
        "docker",
        ".docker",
        "docker/prod",
        "docker/production",
        "deploy",
        "build",
        "build/package",
        "container",
        "packaging/docker",
    ):
        for name in folder.names(place) if place else folder.names():
            lower = name.lower()
            if (
                lower in ("dockerfile", "containerfile")
                or lower.startswith("dockerfile.")
                or lower.endswith(".dockerfile")
            ):
                if not _OTHER.isdisjoint(re.split(r"[^a-z0-9]+", name.lower())) or name.endswith(
                    ("ignore", ".j2", ".tmpl")
                ):
                    continue
                listed.append(folder.full(f"{place}/{name}" if place else name))
    return sorted(listed, key=lambda path: (path.count("/"), "prod" not in path, path))


def compose_files(folder: Project) -> Iterator[tuple[Project, str, Document]]:
    """Compose files of a folder and of the root, each with where it stands."""
    seen: set[str] = set()
    for place in above(folder):
        for name in place.names():
            if (
                name in COMPOSE_NAMES
                or (name.startswith(("docker-compose.", "compose.")) and name.endswith(COMPOSE_ENDINGS))
            ) and (place.full(name) not in seen):
                seen.add(place.full(name))
                document = quietly(place, name)
                if document is not None:
                    yield place, name, document


def _compose_services(folder: Project) -> Iterator[tuple[Project, str, Document, str, dict[str, object]]]:
    """The services of compose files whose build context is the folder."""
    for place, name, document in compose_files(folder):
        for service, body in document.table("services").items():
            build = body.get("build") if isinstance(body, dict) else None
            context = build.get("context", ".") if isinstance(build, dict) else build
            if not isinstance(context, str) or "$" in context:
                continue
            if place.full(context) == folder.path:
                yield place, name, document, service, body


def _by_compose(folder: Project) -> list[str]:
    listed: list[str] = []
    for place, _, _, _, body in _compose_services(folder):
        build = body.get("build")
        name = build.get("dockerfile") if isinstance(build, dict) else None
        if isinstance(name, str) and isinstance(build, dict):
            path = place.at(str(build.get("context", "."))).full(name)
            if path in folder.tree.paths and _OTHER.isdisjoint(re.split(r"[^a-z0-9]+", path.lower())):
                listed.append(path)
    return listed


def _read(folder: Project, path: str, dockerfile: Dockerfile, found: Hosting) -> None:
    """A Dockerfile: EXPOSE, HEALTHCHECK and CMD of what the last stage is made of, FROM of every stage."""
    root = Project(folder.tree, "")
    arguments = {key: value for item in dockerfile.head if item.keyword == "ARG" for key, value in item.pairs}
    last = dockerfile.stages[-1]
    values = dict(arguments)
    for stage in reversed(dockerfile.lineage(last)):
        for item in stage.instructions:
            if item.keyword in ("ENV", "ARG"):
                values.update({key: value for key, value in item.pairs if value})
    for stage in dockerfile.lineage(last):
        _read_stage(root, path, stage, values, found)
    if not found.ports:
        # The last stage may be one for tests or uploads: then the one that is named as the release.
        for stage in dockerfile.stages:
            if stage.name is not None and stage.name.lower() in _RELEASES:
                _read_stage(root, path, stage, values, found)
    for stage in dockerfile.stages:
        image = _expand(stage.image, arguments)
        for language, names in IMAGES.items():
            pin = image_pin(image, language, names)
            if pin is not None:
                fact = root.fact(pin, path, stage.line, f"FROM {image}")
                found.versions.setdefault(language, []).append(fact)


def _read_stage(root: Project, path: str, stage: Stage, values: dict[str, str], found: Hosting) -> None:
    for item in stage.all("EXPOSE"):
        for word in item.words:
            port = port_of_text(_expand(word, values).partition("/")[0].split("-")[0])
            if port is not None and not word.endswith("/udp"):
                found.ports.append(root.fact(port, path, item.line, f"EXPOSE {word}"))
    for item in stage.all("VOLUME"):
        found.volumes += [root.fact(_expand(word, values), path, item.line, f"VOLUME {word}") for word in item.words]
    for item in stage.all("RUN"):
        if "apt" in item.value or "apk" in item.value:
            for name in _installed(_expand(item.value, values)):
                found.packages.setdefault(name, root.says(path, item.line, f"installs {name}"))
    health = stage.last("HEALTHCHECK")
    if health is not None:
        match = _URL.search(_expand(health.value, values))
        if match and match[1] and match[1] != "/":
            found.health.append(root.fact(match[1], path, health.line, "HEALTHCHECK"))
    command = stage.last("CMD")
    entry = stage.last("ENTRYPOINT")
    words = [*(entry.words if entry and entry.exec_form and not _is_wrapper(entry, command) else ())]
    words += command.words if command and command.exec_form else ()
    at = command or entry
    if at is not None:
        text = shlex.join(words) if words else at.value
        found.starts.append(root.fact(text, path, at.line, f"{at.keyword} {at.value}"))


def _is_wrapper(entry: Instruction, command: Instruction | None) -> bool:
    """An ENTRYPOINT that only runs the CMD: an init, or a script that ends in `exec "$@"` by custom."""
    name = entry.words[0].rsplit("/", 1)[-1] if entry.words else ""
    words = command.words if command is not None and command.exec_form else ()
    runs = bool(words) and not words[0].startswith("-")
    return runs and (name in _INITS or name.endswith(".sh") or "entrypoint" in name)


def _installed(text: str) -> Iterator[str]:
    """The packages that a shell text has apt or apk install."""
    for part in re.split(r"&&|;|\|\|", text):
        words = part.split()
        for index, word in enumerate(words):
            if word in ("apt-get", "apt") and "install" in words[index + 1 :]:
                names = words[words.index("install") + 1 :]
            elif word == "apk" and "add" in words[index + 1 :]:
                names = words[words.index("add") + 1 :]
            else:
                continue
            yield from (
                re.split(r"[=~<>]", name)[0] for name in names if re.fullmatch(r"[a-z0-9][a-z0-9.+=~<>:-]*", name)
            )
            break


def read_compose(folder: Project, found: Hosting) -> None:
    """A compose service that is built from the folder: the container's side of `ports`, `expose`, PORT."""
    for place, name, document, service, body in _compose_services(folder):
        _read_volumes(place, name, body.get("volumes"), document.line("services", service, "volumes"), found)
        for key in ("ports", "expose"):
            listed = body.get(key)
            for index, entry in enumerate(listed if isinstance(listed, list) else []):
                target = (
                    entry.get("target") if isinstance(entry, dict) else str(entry).partition("/")[0].rpartition(":")[2]
                )
                port = port_of_text(_expand(str(target), {}))
                if port is not None:
                    line = document.line("services", service, key, index)
                    found.ports.append(place.fact(port, name, line, f"{key}: {entry}"))


def _read_volumes(place: Project, name: str, listed: object, line: int | None, found: Hosting) -> None:
    for entry in listed if isinstance(listed, list) else []:
        target = entry.get("target") if isinstance(entry, dict) else str(entry).partition(":")[2].partition(":")[0]
        if isinstance(target, str) and target.startswith("/"):
            found.volumes.append(place.fact(target, name, line, f"volumes: {entry}"))


def _expand(text: str, values: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values.get(match[1]) or match[2] or "", text)


def read_devcontainer(folder: Project, found: Hosting) -> None:
    """The image and the first forwarded port of a devcontainer."""
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
        if len(ports) == 1 and folder.path == "":
            found.ports.append(root.fact(ports[0], name, document.line("forwardPorts"), f"forwardPorts: {ports[0]}"))
