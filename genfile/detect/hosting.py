"""What files made for containers, hosts and CI say of a service.

They are weaker than the manifests (a Dockerfile may be years stale) and stronger than a guess: each language puts
these signals between the two.
"""

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from genfile.data import known_programs, runtime
from genfile.detect.tree import Project
from genfile.dockerfile.model import Dockerfile, Stage
from genfile.dockerfile.reader import DockerfileError, read_dockerfile
from genfile.evidence import Decision, Evidence, Fact
from genfile.parsers import Document, ParseError
from genfile.parsers.small import parse_procfile
from genfile.versions import Pin, parse_pin

COMPOSE_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
COMPOSE_ENDINGS = (".yml", ".yaml")
PORT_NAMES = ("PORT", "HTTP_PORT", "APP_PORT", "SERVER_PORT", "API_PORT", "LISTEN_PORT", "NODE_PORT", "WEB_PORT")
# Words in the name of a Dockerfile that is not the one of production.
_OTHER = frozenset("dev development test tests testing ci debug local e2e lint base builder docs devcontainer".split())
_IMAGES = {
    "node": ("node",),
    "python": ("python",),
    "go": ("golang",),
    "java": ("eclipse-temurin", "openjdk", "amazoncorretto", "azul/zulu-openjdk", "maven", "gradle", "liberica-openjdk-debian",
             "adoptopenjdk"),
}  # fmt: skip
_SETUP = {
    "node": ("actions/setup-node", "node-version"),
    "python": ("actions/setup-python", "python-version"),
    "go": ("actions/setup-go", "go-version"),
    "java": ("actions/setup-java", "java-version"),
}
# Ports of other protocols, which the same image may expose before the one of the web: ssh, smtp, dns, https.
_OTHER_PORTS = frozenset({22, 25, 53, 67, 68, 443, 465, 587, 853, 9229})
_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)(?::?-([^}]*))?\}?")
_URL = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::[^/\s\"']*)?(/[A-Za-z0-9._~/-]*)?")


@dataclass(frozen=True)
class Port:
    """A port, and the variable that moves it; number None: only the variable is known."""

    number: int | None
    variable: str | None = None


def first_whole(decision: Decision[Port]) -> Fact[Port] | None:
    """Of the answers about a port the first; where it knows a variable alone, the number comes from the next one."""
    fact = decision.fact
    if fact is None or fact.value.number is not None:
        return fact
    for other in decision.asked[1:]:
        if other.value.number is not None and other.value.variable in (None, fact.value.variable):
            value = Port(other.value.number, fact.value.variable)
            return Fact(value, fact.evidence + other.evidence, other.guess, other.remedy)
    return fact


def example_port(folder: Project) -> Fact[Port] | None:
    """A port in the example of a project's variables: .env.example and its like."""
    for name in (".env.example", ".env.sample", ".env.template", ".env.dist", "example.env", ".env.default"):
        for number, line in enumerate((folder.text(name) or "").splitlines() if folder.has(name) else (), 1):
            key, sign, value = line.partition("=")
            port = _port(value.split("#")[0].strip().strip("\"'"))
            key = key.removeprefix("export ").strip()
            if sign and port is not None and key in PORT_NAMES:
                return folder.fact(Port(port, key), name, number, line.strip())
    return None


@dataclass
class Hosting:
    """Facts by kind, strongest first; ``starts`` are shell texts, ``versions`` are by language."""

    ports: list[Fact[int]] = field(default_factory=list)
    starts: list[Fact[str]] = field(default_factory=list)
    releases: list[Fact[str]] = field(default_factory=list)
    health: list[Fact[str]] = field(default_factory=list)
    versions: dict[str, list[Fact[Pin]]] = field(default_factory=dict)
    packages: dict[str, Evidence] = field(default_factory=dict)
    dockerfiles: list[str] = field(default_factory=list)

    @property
    def port(self) -> Fact[int] | None:
        """The first port that a service of the web may have; one of another protocol only where there is no other."""
        return next((fact for fact in self.ports if fact.value not in _OTHER_PORTS), self.ports[0] if self.ports else None)

    @property
    def health_path(self) -> Fact[str] | None:
        return self.health[0] if self.health else None

    def version(self, language: str) -> Fact[Pin] | None:
        """The line of a runtime that an image or CI names; past its end of life, the next one that is supported."""
        stale: Fact[Pin] | None = None
        for fact in self.versions.get(language, []):
            known = runtime(language).line(fact.value.line)
            if known is not None and not known.over:
                return fact
            stale = stale or fact
        line = _next_supported(language, stale.value.line) if stale is not None else None
        return replace(stale, value=Pin(line), guess=True) if stale is not None and line is not None else None


def _next_supported(language: str, line: str) -> str | None:
    """The oldest line with support that is newer than one without."""
    asked = tuple(int(part) for part in line.split("."))
    later = [
        item.version
        for item in runtime(language).lines
        if not item.over and (item.lts or language in ("python", "go")) and tuple(map(int, item.version.split("."))) > asked
    ]
    return later[-1] if later else None


def hosting(folder: Project) -> Hosting:
    """What such files say of the service of a folder; read once."""
    found = folder.tree.memory.get(("hosting", folder.path))
    if not isinstance(found, Hosting):
        found = Hosting()
        folder.tree.memory["hosting", folder.path] = found
        for reader in READERS:
            reader(folder, found)
    return found


def _fly(folder: Project, found: Hosting) -> None:
    """fly.toml: internal_port, checks, release_command, processes."""
    document = folder.toml("fly.toml") if folder.has("fly.toml") else None
    if document is None:
        return
    for path in (("http_service", "internal_port"), ("services", 0, "internal_port")):
        port = _port(document.get(*path))
        if port is not None:
            found.ports.append(folder.fact(port, "fly.toml", document.line(*path), f"internal_port = {port}"))
    for path in (
        ("http_service", "checks", 0, "path"),
        ("checks", "status", "path"),
        ("services", 0, "http_checks", 0, "path"),
    ):
        route = document.text(*path)
        if route and route.startswith("/") and route != "/":
            found.health.append(folder.fact(route, "fly.toml", document.line(*path), f"path = {route}"))
    release = document.text("deploy", "release_command")
    if release:
        line = document.line("deploy", "release_command")
        found.releases.append(folder.fact(release, "fly.toml", line, f"release_command = {release}"))
    for name in ("app", "web"):
        start = document.text("processes", name)
        if start:
            found.starts.append(folder.fact(start, "fly.toml", document.line("processes", name), f"{name} = {start}"))


def _render(folder: Project, found: Hosting) -> None:
    """render.yaml: the web service whose rootDir is the folder."""
    for root in _above(folder):
        document = root.yaml("render.yaml") if root.has("render.yaml") else None
        services = document.items("services") if document else []
        for index, item in enumerate(services):
            if document is None or not isinstance(item, dict) or item.get("type") not in ("web", "pserv"):
                continue
            place = posixpath.normpath(str(item.get("rootDir") or "."))
            if root.full(place) != folder.path:
                continue
            for key, kept in (("startCommand", found.starts), ("preDeployCommand", found.releases)):
                text = item.get(key)
                if isinstance(text, str) and text.strip():
                    line = document.line("services", index, key)
                    kept.append(root.fact(text.strip(), "render.yaml", line, f"{key}: {text}"))
            route = item.get("healthCheckPath")
            if isinstance(route, str) and route.startswith("/") and route != "/":
                line = document.line("services", index, "healthCheckPath")
                found.health.append(root.fact(route, "render.yaml", line, f"healthCheckPath: {route}"))


def _railway(folder: Project, found: Hosting) -> None:
    """railway.json, railway.toml: deploy.startCommand, healthcheckPath, preDeployCommand."""
    for name, read in (("railway.json", folder.jsonc), ("railway.toml", folder.toml)):
        document = read(name) if folder.has(name) else None
        if document is None:
            continue
        for key, kept in (("startCommand", found.starts), ("preDeployCommand", found.releases)):
            value = document.get("deploy", key)
            text = " && ".join(value) if isinstance(value, list) and all(isinstance(v, str) for v in value) else value
            if isinstance(text, str) and text.strip():
                kept.append(folder.fact(text.strip(), name, document.line("deploy", key), f"{key}: {text}"))
        route = document.text("deploy", "healthcheckPath")
        if route and route.startswith("/") and route != "/":
            line = document.line("deploy", "healthcheckPath")
            found.health.append(folder.fact(route, name, line, f"healthcheckPath: {route}"))


def _dockerfiles(folder: Project, found: Hosting) -> None:
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
    for place in ("", "docker", ".docker", "docker/prod", "docker/production", "deploy", "build", "build/package", "container", "packaging/docker"):
        for name in folder.names(place) if place else folder.names():
            lower = name.lower()
            if lower in ("dockerfile", "containerfile") or lower.startswith("dockerfile.") or lower.endswith(".dockerfile"):
                if not _OTHER.isdisjoint(re.split(r"[^a-z0-9]+", name.lower())) or name.endswith(("ignore", ".j2", ".tmpl")):
                    continue
                listed.append(folder.full(f"{place}/{name}" if place else name))
    return sorted(listed, key=lambda path: (path.count("/"), "prod" not in path, path))


def compose_files(folder: Project) -> Iterator[tuple[Project, str, Document]]:
    """Compose files of a folder and of the root, each with where it stands."""
    seen: set[str] = set()
    for place in _above(folder):
        for name in place.names():
            if (name in COMPOSE_NAMES or (name.startswith(("docker-compose.", "compose.")) and name.endswith(COMPOSE_ENDINGS))) and (
                place.full(name) not in seen
            ):
                seen.add(place.full(name))
                document = _quietly(place, name)
                if document is not None:
                    yield place, name, document


def _quietly(place: Project, name: str) -> Document | None:
    """A YAML file that is only evidence: one that can't be read is no matter for a note."""
    from genfile.parsers.data import parse_yaml

    text = place.text(name)
    try:
        return parse_yaml(text) if text else None
    except ParseError:
        return None


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
    for stage in dockerfile.stages:
        image = _expand(stage.image, arguments)
        for language, names in _IMAGES.items():
            pin = _image_pin(image, language, names)
            if pin is not None:
                fact = root.fact(pin, path, stage.line, f"FROM {image}")
                found.versions.setdefault(language, []).append(fact)


def _read_stage(root: Project, path: str, stage: Stage, values: dict[str, str], found: Hosting) -> None:
    for item in stage.all("EXPOSE"):
        for word in item.words:
            port = _port(_expand(word, values).partition("/")[0].split("-")[0])
            if port is not None and not word.endswith("/udp"):
                found.ports.append(root.fact(port, path, item.line, f"EXPOSE {word}"))
    for item in stage.all("RUN"):
        if "apt" in item.value or "apk" in item.value:
            for name in _installed(item.value):
                found.packages.setdefault(name, root.says(path, item.line, f"installs {name}"))
    health = stage.last("HEALTHCHECK")
    if health is not None:
        match = _URL.search(_expand(health.value, values))
        if match and match[1] and match[1] != "/":
            found.health.append(root.fact(match[1], path, health.line, "HEALTHCHECK"))
    command = stage.last("CMD")
    entry = stage.last("ENTRYPOINT")
    words = [*(entry.words if entry and entry.exec_form else ()), *(command.words if command and command.exec_form else ())]
    at = command or entry
    if at is not None:
        text = shlex.join(words) if words else at.value
        found.starts.append(root.fact(text, path, at.line, f"{at.keyword} {at.value}"))


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
            yield from (re.split(r"[=~<>]", name)[0] for name in names if re.fullmatch(r"[a-z0-9][a-z0-9.+=~<>:-]*", name))
            break


def run_packages(folder: Project) -> tuple[list[str], list[Evidence]]:
    """What the project's own Dockerfile installs for the running service, as far as it is known what that is for."""
    known = known_programs()
    found = {known[name]: says for name, says in hosting(folder).packages.items() if name in known}
    return sorted(found), [found[name] for name in sorted(found)]


def _image_pin(image: str, language: str, names: tuple[str, ...]) -> Pin | None:
    name, _, tag = image.partition("@")[0].rpartition(":")
    short = name.removeprefix("docker.io/").removeprefix("library/").removeprefix("public.ecr.aws/docker/library/")
    if short not in names or not tag:
        return None
    if short in ("maven", "gradle"):
        match = re.search(r"(?:jdk-?|temurin-|corretto-|openjdk-)(\d+)", tag)
        return Pin(match[1]) if match else None
    return parse_pin(tag, language) if tag[:1].isdigit() or language == "node" else None


def _compose(folder: Project, found: Hosting) -> None:
    """A compose service that is built from the folder: the container's side of `ports`, `expose`, PORT."""
    for place, name, document, service, body in _compose_services(folder):
        for key in ("ports", "expose"):
            listed = body.get(key)
            for index, entry in enumerate(listed if isinstance(listed, list) else []):
                target = entry.get("target") if isinstance(entry, dict) else str(entry).partition("/")[0].rpartition(":")[2]
                port = _port(_expand(str(target), {}))
                if port is not None:
                    line = document.line("services", service, key, index)
                    found.ports.append(place.fact(port, name, line, f"{key}: {entry}"))


def _ci(folder: Project, found: Hosting) -> None:
    """setup-node, setup-python, setup-go and setup-java of GitHub's workflows, where one version is named."""
    root = Project(folder.tree, "")
    base = ".github/workflows"
    for name in root.names(base)[:12]:
        text = root.text(f"{base}/{name}") if name.endswith(COMPOSE_ENDINGS) else None
        if not text or "setup-" not in text:
            continue
        document = _quietly(root, f"{base}/{name}")
        for job, body in (document.table("jobs") if document else {}).items():
            steps = body.get("steps") if isinstance(body, dict) else None
            for index, step in enumerate(steps if isinstance(steps, list) else []):
                if isinstance(step, dict) and document is not None:
                    _ci_step(root, f"{base}/{name}", document, (job, index), step, found)


def _ci_step(
    root: Project, path: str, document: Document, at: tuple[str, int], step: dict[str, object], found: Hosting
) -> None:
    given = step.get("with")
    for language, (action, key) in _SETUP.items():
        if not str(step.get("uses", "")).startswith(action) or not isinstance(given, dict):
            continue
        text = str(given.get(key, ""))
        pin = parse_pin(text, language) if text and "\n" not in text.strip() else None
        if pin is not None:
            line = document.line("jobs", at[0], "steps", at[1], "with", key)
            found.versions.setdefault(language, []).append(root.fact(pin, path, line, f"{key}: {text}"))


def _above(folder: Project) -> Iterator[Project]:
    """The folder, then those above it."""
    place: Project | None = folder
    while place is not None:
        yield place
        place = place.parent()


def _expand(text: str, values: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values.get(match[1]) or match[2] or "", text)


def _port(value: object) -> int | None:
    text = str(value).strip()
    return int(text) if text.isdecimal() and text.isascii() and 0 < int(text) < 65536 else None


def _gitlab(folder: Project, found: Hosting) -> None:
    """The image of .gitlab-ci.yml."""
    root = Project(folder.tree, "")
    name = ".gitlab-ci.yml"
    document = _quietly(root, name) if root.has(name) else None
    image = document.get("image") if document else None
    image = image.get("name") if isinstance(image, dict) else image
    if isinstance(image, str) and document is not None:
        _put_image(root, name, document.line("image"), image, found)


def _devcontainer(folder: Project, found: Hosting) -> None:
    """The image and the first forwarded port of a devcontainer."""
    root = Project(folder.tree, "")
    for name in (".devcontainer/devcontainer.json", ".devcontainer.json"):
        document = root.jsonc(name) if root.has(name) else None
        if document is None:
            continue
        match = re.search(r"devcontainers/(?:javascript-node|typescript-node|python|go|java):(?:\d+-)?(\d[\d.]*)", document.text("image") or "")
        if match:
            for language, words in {"node": "node", "python": "python", "go": "/go", "java": "/java"}.items():
                pin = parse_pin(match[1], language) if words in match[0] else None
                if pin is not None:
                    says = root.fact(pin, name, document.line("image"), match[0])
                    found.versions.setdefault(language, []).append(says)
        ports = [port for item in document.items("forwardPorts") if (port := _port(item)) is not None]
        if len(ports) == 1 and folder.path == "":
            found.ports.append(root.fact(ports[0], name, document.line("forwardPorts"), f"forwardPorts: {ports[0]}"))


def _app_engine(folder: Project, found: Hosting) -> None:
    """app.yaml of App Engine: entrypoint."""
    document = folder.yaml("app.yaml") if folder.has("app.yaml") else None
    text = document.text("entrypoint") if document and document.text("runtime") else None
    if text and document is not None:
        found.starts.append(folder.fact(text, "app.yaml", document.line("entrypoint"), f"entrypoint: {text}"))


def _heroku(folder: Project, found: Hosting) -> None:
    """heroku.yml: run.web, release.command; app.json: scripts of a release."""
    document = folder.yaml("heroku.yml") if folder.has("heroku.yml") else None
    if document is None:
        return
    web = document.text("run", "web")
    if web:
        found.starts.append(folder.fact(web, "heroku.yml", document.line("run", "web"), f"web: {web}"))


def _put_image(place: Project, name: str, line: int | None, image: str, found: Hosting) -> None:
    for language, names in _IMAGES.items():
        pin = _image_pin(image, language, names)
        if pin is not None:
            found.versions.setdefault(language, []).append(place.fact(pin, name, line, f"image {image}"))


READERS = (
    _fly,
    _render,
    _railway,
    _app_engine,
    _heroku,
    _dockerfiles,
    _compose,
    _devcontainer,
    _ci,
    _gitlab,
)


def process(folder: Project, name: str) -> Fact[str] | None:
    """A process of the folder's Procfile."""
    processes = folder.parse(parse_procfile, "Procfile") if folder.has("Procfile") else None
    if not processes or name not in processes:
        return None
    text, line = processes[name]
    return folder.fact(text, "Procfile", line, f"{name}: {text}")


__all__ = ["Hosting", "compose_files", "hosting", "process"]
