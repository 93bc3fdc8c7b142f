"""The Dockerfiles of a tree, each with its build context, its language and the folder of the program that it is for."""

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

from genfile.container import Image, interpret
from genfile.container.compose import ComposeService, read_compose, read_dotenv, strength
from genfile.container.own import is_own_dockerfile
from genfile.container.paths import source_stage
from genfile.container.stages import lineage
from genfile.detect.hosting.dockerfiles import is_aside
from genfile.detect.tree import Tree
from genfile.dockerfile.reader import DockerfileError
from genfile.parsers import ParseError
from genfile.parsers.data import parse_yaml
from tools.agreement.hide import is_compose, is_dockerfile
from tools.agreement.model import LANGUAGES, Skipped, Written

MAX_DOCKERFILES = 40
_MANIFESTS = {
    "node": re.compile(r"package(?:-lock)?\*?\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?"),
    "python": re.compile(r"requirements[^/]*\.(?:txt|in)|requirements|pyproject\.toml|setup\.py|Pipfile|manage\.py"),
    "go": re.compile(r"go\.(?:mod|sum|\*|work)"),
    "java": re.compile(r"pom\.xml|(?:build|settings)\.gradle(?:\.kts)?|mvnw|gradlew"),
}
_RUNTIMES = {
    "python": ("python", "uvicorn", "gunicorn", "pypy"),
    "node": ("node", "nodejs", "bun"),
    "go": ("golang",),
    "java": (
        *("java", "openjdk", "temurin", "corretto", "maven", "gradle", "jdk", "jre", "zulu", "liberica", "tomcat"),
        *("graalvm", "semeru", "quarkus", "adoptopenjdk", "alpine-java", "ibm-semeru-runtimes"),
    ),
}
_PROGRAMS = {"node": "node", "npm": "node", "yarn": "node", "pnpm": "node", "bun": "node", "python": "python",
             "python3": "python", "gunicorn": "python", "uvicorn": "python", "java": "java"}  # fmt: skip
_SOURCE = re.compile(r"\.(?:py|[cm]?[jt]s)$")
_BUILT = frozenset("target build dist out bin publish .output".split())
# Words in the name of a Dockerfile that makes another process of a program.
_BESIDE = frozenset("worker celery beat cron job jobs migrate migrations scheduler consumer nginx proxy db".split())


class Reader:
    """The container files of one tree."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def read(self) -> list[Written | Skipped]:
        """Every Dockerfile, in order; of several for one program the one that is surest to be production's."""
        listed = [self._one(path) for path in sorted(filter(is_dockerfile, self.tree.paths))[:MAX_DOCKERFILES]]
        best: dict[tuple[str, ...], Written] = {}
        for item in listed:
            if isinstance(item, Written):
                known = best.get(_program_of(item))
                if known is None or self._rank(item) < self._rank(known):
                    best[_program_of(item)] = item
        return [
            Skipped(item.path, "another Dockerfile of the same program")
            if isinstance(item, Written) and best[_program_of(item)] is not item
            else item
            for item in listed
        ]

    def _rank(self, item: Written) -> tuple[object, ...]:
        service = self.services.get(item.path)
        weight = 9 if service is None else service[0]
        return "prod" not in item.path.lower(), weight, item.path.count("/"), len(item.path), item.path

    @cached_property
    def services(self) -> dict[str, tuple[int, ComposeService]]:
        """What compose files build with each Dockerfile; production's file first."""
        found: dict[str, tuple[int, ComposeService]] = {}
        files = [(_rank_of(path), path) for path in self.tree.paths if is_compose(self.tree, path)]
        for rank, path in sorted(files)[:40]:
            try:
                document = parse_yaml(self.tree.text(path) or "")
            except ParseError:
                continue
            beside = posixpath.join(posixpath.dirname(path), ".env")
            dotenv = read_dotenv(self.tree.text(beside) or "") if beside in self.tree.paths else {}
            for service in read_compose(document, path, dotenv):
                known = found.get(service.dockerfile)
                if known is None or (known[0] == rank and service.ports and not known[1].ports):
                    found[service.dockerfile] = (rank, service)
        return found

    @cached_property
    def folders(self) -> frozenset[str]:
        found = {""}
        for folder in self.tree.folders:
            while folder not in found:
                found.add(folder)
                folder = posixpath.dirname(folder)
        return frozenset(found)

    def _one(self, path: str) -> Written | Skipped:
        text = self.tree.text(path) or ""
        if is_aside(path) or set(re.split(r"[^a-z]+", posixpath.basename(path).lower())) & _BESIDE:
            return Skipped(path, "a Dockerfile for development, tests or another process")
        if "{{" in path + text or is_own_dockerfile(text):
            return Skipped(path, "a template, or made by genfile")
        service = self.services.get(path, (0, None))[1]
        image = self._image(path, text, service.context if service else posixpath.dirname(path), service)
        if image is None:
            return Skipped(path, "a Dockerfile that can't be read")
        language = language_of(image)
        if language is None:
            return Skipped(path, "not one of the four languages")
        context = self._context(path, image, service, language)
        if context is None:
            return Skipped(path, "copies files that are not in the tree")
        image = self._image(path, text, context, service) or image
        folder = self._folder(path, context, image, language)
        if folder is None:
            return Skipped(path, "no manifest of its language in what it copies")
        environment = {name: said.value for name, said in image.environment.items()}
        # What compose takes from outside of the tree (`PORT=${PORT}`) is not known.
        given = service.environment.items() if service else ()
        environment |= {name: said.value for name, said in given if said.value or name not in environment}
        return Written(path, context, folder, language, image, environment)

    def _image(self, path: str, text: str, context: str, service: ComposeService | None) -> Image | None:
        def read(name: str) -> str | None:
            full = posixpath.normpath(posixpath.join(context, name))
            return self.tree.text(full) if full in self.tree.paths else None

        try:
            image = interpret(
                text,
                path,
                read,
                target=service.target if service else None,
                arguments=service.arguments if service else None,
            )
        except DockerfileError:
            return None
        if image.stage.command is None and service is not None and service.command is not None:
            return interpret(text, path, read, target=service.target, command=service.command.value)
        return image

    def _context(self, path: str, image: Image, service: ComposeService | None, language: str) -> str | None:
        """The folder that has what is copied: the one that compose names, else the nearest at or above the file."""
        places = [posixpath.dirname(path)]
        while places[-1]:
            places.append(posixpath.dirname(places[-1]))
        if service is not None:
            places.insert(0, service.context)
        sources = copied(image)
        scored = [(sum(self._has(place, source, language) for source in sources), place) for place in places]
        best = max(score for score, _ in scored)
        certain = [source for source in sources if not _is_built(source)]
        if not best and certain:
            return None
        return next(place for score, place in scored if score == best)

    def _has(self, place: str, source: str, language: str) -> float:
        if source == ".":
            return 1.0 if self._manifests(place, language) else 0.5
        full = posixpath.normpath(posixpath.join(place, source))
        if "*" in source or "?" in source:
            return 1.0 if self._manifests(posixpath.dirname(full), language) else 0.0
        return float(full in self.tree.paths or full in self.folders)

    def _manifests(self, folder: str, language: str) -> bool:
        names = self.tree.folders.get(folder, ())
        pattern = _MANIFESTS[language]
        return any(pattern.fullmatch(name) for name in names)

    def _folder(self, path: str, context: str, image: Image, language: str) -> str | None:
        """The folder of the program's manifest: the Dockerfile's own, else that of what starts, else the first."""
        found = list(dict.fromkeys(self._candidates(context, image, language)))
        own = posixpath.dirname(path)
        if not own and (member := next((place for place in self._file(context, image) if place in found), "")):
            return member
        if own in found or (own and self._manifests(own, language) and (not found or "." in copied(image))):
            return own
        for place in self._started(context, image):
            if place in found:
                return place
        inner = [item for item in found if item.startswith(own + "/")] if own else []
        return next(iter(inner or found), None)

    def _candidates(self, context: str, image: Image, language: str) -> Iterator[str]:
        pattern = _MANIFESTS[language]
        for source in copied(image):
            full = posixpath.normpath(posixpath.join(context, source))
            full = "" if full == "." else full
            if pattern.fullmatch(posixpath.basename(full)) and (full in self.tree.paths or "*" in full):
                yield posixpath.dirname(full)
            elif full in self.folders and self._manifests(full, language):
                yield full
            elif full.endswith((".jar", ".war")):
                # An archive that another build makes: of the nearest module above it.
                yield from [folder for folder in self._above(full) if self._manifests(folder, language)][:1]
            elif full in self.folders and source == ".":
                inner = [folder for folder in self.tree.folders if folder.startswith(full and full + "/")]
                yield from [folder for folder in inner if self._manifests(folder, language)][:20]
        if self._manifests(context, language):
            yield context

    def _started(self, context: str, image: Image) -> Iterator[str]:
        """The folders that the container's process may be started in, and those above them."""
        inner = image.command.value.folder if image.command is not None else None
        for source in image.from_context(posixpath.join(image.folder, inner or "")):
            place = posixpath.normpath(posixpath.join(context, source))
            yield from self._above("" if place == "." else place)

    def _file(self, context: str, image: Image) -> Iterator[str]:
        """The folders of the file that the container's process runs, the innermost first."""
        if image.command is None:
            return
        home = posixpath.join(image.folder, image.command.value.folder or "")
        for word in filter(_SOURCE.search, image.command.value.words):
            for source in image.from_context(posixpath.join(home, word)):
                yield from self._above(posixpath.normpath(posixpath.join(context, source)))

    @staticmethod
    def _above(place: str) -> Iterator[str]:
        """A path, then the folders above it."""
        while place:
            yield place
            place = posixpath.dirname(place)
        yield ""


def _program_of(item: Written) -> tuple[str, ...]:
    """What is one program for certain; a module of Go may have a Dockerfile for each of its commands."""
    place = posixpath.dirname(item.path) if item.language == "go" else ""
    return item.language, item.folder, place


def _rank_of(path: str) -> int:
    """How much a compose file counts, 0 the most."""
    name = posixpath.basename(path)
    known = strength(name)
    return known if known is not None else 0 if "prod" in name else 3 if is_aside(name) else 2


def copied(image: Image) -> list[str]:
    """The paths of the build context that the image is made from."""
    return list(
        dict.fromkeys(
            said.value.source for stage in image.needed() for said in stage.copies if said.value.stage is None
        )
    )


def _is_built(source: str) -> bool:
    return source == "." or "*" in source or source.split("/")[0] in _BUILT or source.endswith((".jar", ".war"))


def runtime_of(reference: str) -> str | None:
    """The language that a base image brings, by its name."""
    name = re.split(r"[:@]", reference.lower().rsplit("/", 1)[-1])[0]
    words = [name, *re.split(r"[^a-z]+", name)]
    return next((language for language, names in _RUNTIMES.items() if set(words) & set(names)), None)


def _made_by(image: Image) -> str | None:
    """The language of the stage that the file which the container's process is was copied from."""
    words = image.command.value.words if image.command is not None else ()
    program = posixpath.normpath(posixpath.join(image.folder, words[0])) if words else ""
    for said in reversed(image.stage.copies):
        copy = said.value
        target = posixpath.join(copy.target, posixpath.basename(copy.source)) if copy.into else copy.target
        other = source_stage(image.stages, image.stage, copy)
        if other is not None and posixpath.normpath(target) == program:
            return runtime_of(lineage(image.stages, other)[-1].image)
    return None


def language_of(image: Image) -> str | None:
    """The language of what runs: Go where its compiler made the program, else the final base's, the command's, or
    that of the stages that files come from."""
    if _made_by(image) == "go":
        return "go"
    final = runtime_of(lineage(image.stages, image.stage)[-1].image)
    if final is not None:
        return final
    command = image.command.value.words if image.command is not None else ()
    if command and (named := _PROGRAMS.get(posixpath.basename(command[0]))):
        return named
    others = {runtime_of(lineage(image.stages, stage)[-1].image) for stage in image.needed()}
    return next((language for language in ("go", "java", "python", "node") if language in others), None)


assert set(_MANIFESTS) == set(LANGUAGES)
