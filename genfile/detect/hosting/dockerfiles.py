"""Evidence from the project's own Dockerfiles, through the image that each describes."""

import posixpath
import re
from collections.abc import Iterable, Iterator

from genfile.container import Command, Image, interpret
from genfile.container.brought import brought_programs
from genfile.container.command import only_asks
from genfile.container.model import Said
from genfile.container.ports import DEBUGGERS
from genfile.detect.hosting.facts import Hosting
from genfile.detect.hosting.images import IMAGES, image_pin
from genfile.detect.hosting.prepared import prepared
from genfile.detect.hosting.written import is_written
from genfile.detect.paths import inside, relative
from genfile.detect.tree import Project
from genfile.dockerfile.reader import DockerfileError
from genfile.evidence import Fact

_PLACES = (
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
)
# Words in the name of a Dockerfile that is not for production.
OTHER = frozenset(
    "coverage dev development test tests testing ci debug local e2e lint base builder docs devcontainer".split()
)
# Words in the name of a Dockerfile for another process of the same program; the web process's comes before it.
_BESIDE = frozenset(
    "worker celery beat cron job jobs migrate migration migrations scheduler consumer proxy nginx".split()
)
_MANIFESTS = frozenset(
    "package.json requirements.txt pyproject.toml setup.py setup.cfg pipfile go.mod pom.xml build.gradle "
    "build.gradle.kts settings.gradle settings.gradle.kts environment.yml pixi.toml deno.json".split()
)
_CODE = (".py", ".js", ".ts", ".mjs", ".cjs", ".go", ".java", ".kt", ".jar", ".war", ".whl")
# Where a build that runs before the image build leaves the program.
_OUTPUTS = frozenset("target build dist out bin publish .output".split())
MAX_DOCKERFILES = 4


def own_dockerfiles(folder: Project) -> list[str]:
    """The Dockerfiles in a folder and its usual subfolders, production's first."""
    listed: list[str] = []
    for place in _PLACES:
        for name in folder.names(place) if place else folder.names():
            lower = name.lower()
            if (
                lower in ("dockerfile", "containerfile")
                or lower.startswith("dockerfile.")
                or lower.endswith(".dockerfile")
            ):
                if _words(name) & OTHER or name.endswith(("ignore", ".j2", ".tmpl")):
                    continue
                listed.append(folder.full(f"{place}/{name}" if place else name))
    return sorted(listed, key=_order)


def is_aside(path: str) -> bool:
    return bool(_words(path) & OTHER)


def _words(name: str) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", name.lower()))


def _order(path: str) -> tuple[bool, int, bool, str]:
    return bool(_words(posixpath.basename(path)) & _BESIDE), path.count("/"), "prod" not in path, path


def read_image(folder: Project, path: str, context: str, **settings: object) -> Image | None:
    """The image that a Dockerfile describes, read once per context and settings; None if it is genfile's own or
    malformed."""
    return folder.tree.once(
        ("image", path, context, repr(sorted(settings.items()))), lambda: _interpreted(folder, path, context, settings)
    )


def _interpreted(folder: Project, path: str, context: str, settings: dict[str, object]) -> Image | None:
    text = folder.tree.text(path)
    if not text or is_written(folder.tree, path):
        return None
    places = dict.fromkeys([context, folder.path, posixpath.dirname(path), ""])

    def read(name: str) -> str | None:
        full = (posixpath.normpath(posixpath.join(place, name)) for place in places)
        return next((folder.tree.text(item) for item in full if item in folder.tree.paths), None)

    try:
        return interpret(text, path, read, **settings)  # type: ignore[arg-type]
    except DockerfileError:
        return None


def builds(folder: Project, image: Image) -> bool:
    """Whether an image contains a folder's program: a Dockerfile with another name, or one in a folder of its own that
    a compose file names, may build a tool or a database beside it."""
    usual = posixpath.basename(image.path).lower() in ("dockerfile", "containerfile")
    if usual and _is_of_folders_below(folder, image):
        return False
    if usual and (posixpath.dirname(image.path) == folder.path or image.path in own_dockerfiles(folder)):
        return True
    return any(_holds(folder, source) for source in _sources(image)) or _starts_own_jar(folder, image)


def _sources(image: Image) -> list[str]:
    """What an image takes from its build context, by COPY and by bind mounts."""
    copied = [said.value.source for stage in image.stages for said in stage.copies if said.value.stage is None]
    runs = [said.value for stage in image.stages for said in stage.runs]
    return copied + [match[1] for text in runs for match in re.finditer(r"source=([^,\s]+)", text)]


def is_of_folder(folder: Project, image: Image, context: str) -> bool:
    """Whether an image that is built in a parent's context takes the whole folder, and nothing outside of it."""
    paths = {posixpath.normpath(posixpath.join(context, source.lstrip("/"))) for source in _sources(image)}
    return folder.path in paths and all(inside(path, folder.path) for path in paths)


def _is_of_folders_below(folder: Project, image: Image) -> bool:
    """Whether an image copies only subfolders, one of them with its own manifest, and leaves out the manifest that the
    folder has too: the image is then that subfolder's."""
    sources = [said.value.source for stage in image.stages for said in stage.copies if said.value.stage is None]
    mounted = any("type=bind" in said.value for stage in image.stages for said in stage.runs)
    tops = {item.split("/")[0] for item in sources}
    apart = bool(tops) and "." not in tops and all(map(folder.has_folder, tops))
    if posixpath.dirname(image.path) != folder.path or mounted or not apart:
        return False
    own = any(folder.has(name) for name in _MANIFESTS)
    return own and any(folder.has(f"{top}/{name}") for top in tops for name in _MANIFESTS)


def _starts_own_jar(folder: Project, image: Image) -> bool:
    """Whether the command starts a jar whose name the folder's build gives to its own."""
    words = image.command.value.words if image.command is not None else ()
    stems = {posixpath.basename(word)[: -len(".jar")] for word in words if word.endswith(".jar") and "$" not in word}
    files = ("settings.gradle", "settings.gradle.kts", "build.gradle", "build.gradle.kts", "pom.xml")
    texts = [folder.text(name) or "" for name in files if stems and folder.has(name)]
    # A single word such as `app` or `server` may mean anything.
    return any(re.search(rf"[\"'>]{re.escape(stem)}[\"'<]", text) for stem in stems if "-" in stem for text in texts)


def _holds(folder: Project, source: str) -> bool:
    """Whether a path in the build context is the whole context, the folder, a manifest, code, or build output."""
    name = posixpath.basename(source).lower()
    if (
        source in (".", "*")
        or name in _MANIFESTS
        or name.startswith(("requirements", "package"))
        or source == folder.path
    ):
        return True
    if name.endswith(_CODE) or source.split("/")[0] in _OUTPUTS:
        return True
    inner = relative(source, folder.path) if folder.path and source.startswith(folder.path + "/") else source
    endings = tuple(ending for ending in _CODE if ending not in (".js", ".mjs"))
    return folder.has_folder(inner) and any(
        file.endswith(endings) for file in folder.files("*.*", below=inner, depth=2)
    )


def in_tree(image: Image, places: Iterable[Said[str]], context: str) -> list[Fact[str]]:
    """Map folders of an image to folders of the tree: those that they are copied from, else the same place below the
    working directory."""
    found: list[Fact[str]] = []
    for said in places:
        sources = image.from_context(said.value)
        if not sources and said.value.startswith(f"{image.folder}/") and image.folder != "/":
            sources = (posixpath.relpath(said.value, image.folder),)
        for source in sources[:1]:
            path = posixpath.normpath(posixpath.join(context, source))
            if not path.startswith(".."):
                found.append(Fact("" if path == "." else path, (said.evidence,)))
    return found


def put_image(folder: Project, image: Image, context: str, found: Hosting) -> None:
    """Put everything that an image says about the service."""
    found.ports += [
        Fact(said.value.number, (said.evidence,))
        for said in sorted(image.ports, key=lambda said: said.value.number in DEBUGGERS)
        if said.value.protocol == "tcp"
    ]
    found.volumes += [Fact(said.value, (said.evidence,)) for said in image.volumes]
    if len(found.dockerfiles) == 1:
        found.home = image.folder
    for name, variable in image.environment.items():
        if len(found.dockerfiles) == 1:
            found.given[name] = Fact(variable.value, (variable.evidence,))
        found.variables.setdefault(name, Fact(variable.value, (variable.evidence,)))
    found.written += in_tree(image, (*image.volumes, *image.folders), context)
    runs = [said.value for stage in image.stages for said in stage.runs]
    apt = any(re.search(r"\bapt(?:-get|itude)?\b", text) for text in runs) and not any(
        "apk add" in text for text in runs
    )
    for package in image.packages:
        found.packages.setdefault(package.value, package.evidence)
        if apt:
            found.debian.setdefault(package.value, package.evidence)
    for name, says in brought_programs(image):
        found.programs.setdefault(name, says)
    if image.health is not None and image.health.value.path:
        found.health.append(Fact(image.health.value.path, (image.health.evidence,)))
    if image.command is not None and not found.prepared:
        found.prepared += [Fact(text, (image.command.evidence,)) for text in prepared(folder, image, context)]
    if image.command is not None and not only_asks(image.command.value.words):
        command, says = image.command.value, image.command.evidence
        found.starts.append(Fact(start_in_tree(folder, image, context, command), (says,)))
    root = Project(folder.tree, "")
    for name, line in image.images:
        for language, names in IMAGES.items():
            pin = image_pin(name, language, names)
            if pin is not None:
                found.versions.setdefault(language, []).append(root.fact(pin, image.path, line, f"FROM {name}"))


def start_in_tree(folder: Project, image: Image, context: str, command: Command) -> str:
    """A command with its files as paths in the folder, since another image puts them elsewhere."""
    if not command.words:
        return command.text
    place = posixpath.join(image.folder, command.folder or "")
    text = command.text
    for word in command.words[1:]:
        if not word.startswith("-") and "$" not in word and ("/" in word or "." in word):
            own = next(_in_folder(folder, image, context, posixpath.join(place, word)), None)
            if own is not None and own != word:
                text = re.sub(rf"(?<!\S){re.escape(word)}(?!\S)", lambda _, own=own: own, text)  # type: ignore[misc]
    if text != command.text:
        return text
    inner = next((path for path in _folders(folder, image, context, place) if folder.has_folder(path)), None)
    return f"cd {inner} && {text}" if inner is not None and re.fullmatch(r"[\w./-]+", inner) else text


def _in_folder(folder: Project, image: Image, context: str, path: str) -> Iterator[str]:
    """The files of the folder that a path in the image may stand for."""
    for source in image.from_context(path):
        full = posixpath.normpath(posixpath.join(context, source))
        if full in folder.tree.paths and (not folder.path or full.startswith(folder.path + "/")):
            yield relative(full, folder.path)


def _folders(folder: Project, image: Image, context: str, path: str) -> Iterator[str]:
    """The subfolders that the image's working directory may stand for; none if it is the folder itself."""
    for source in image.from_context(path):
        full = posixpath.normpath(posixpath.join(context, source))
        full = "" if full == "." else full
        if full == folder.path:
            return
        if not folder.path or full.startswith(folder.path + "/"):
            yield relative(full, folder.path)
