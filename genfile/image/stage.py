"""A stage while its instructions are carried out on paper."""

import posixpath
import re
from collections.abc import Mapping

from msgspec import Struct, field

from genfile.container.model import Inherited
from genfile.image.bases import SYSTEM, Base, base_of
from genfile.image.context import Context
from genfile.image.files import Answer, Files, FoundPath, Gone, MadePath, Unknown


class RunStep(Struct, frozen=True):
    """A command in a RUN instruction, and where it ran.

    ``packages``: the system packages at that time; ``variables``: those that it saw.
    """

    line: int
    words: tuple[str, ...]
    folder: str
    packages: frozenset[str] = frozenset()
    variables: Mapping[str, str] = field(default_factory=dict)


class Lack(Struct, frozen=True):
    """A path or a program that a step needs and that is missing when it runs.

    ``kind``: `copy`, `run` or `program`; ``ignored``: the ignore pattern that excludes it.
    """

    kind: str
    path: str
    line: int
    what: str
    ignored: str | None = None


class StageState(Struct):
    """What is known of a stage.

    ``user``: as USER writes it; ``variables``: of ENV and ARG so far; ``settings``: variables that a command set for
    later ones; ``packages``: installed system packages; ``loose``: why unseen programs may be there, or None.
    """

    index: int
    name: str | None
    line: int
    base: Base | None = None
    reference: str = ""
    files: Files = field(default_factory=Files)
    folder: str = "/"
    user: str = "0"
    variables: Mapping[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    packages: dict[str, None] = field(default_factory=dict)
    loose: str | None = None
    steps: list[RunStep] = field(default_factory=list)
    lacks: list[Lack] = field(default_factory=list)

    @property
    def path(self) -> tuple[str, ...]:
        """The folders on PATH."""
        standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return tuple(part for part in self.variables.get("PATH", standard).split(":") if part.startswith("/"))

    def at(self, path: str) -> str:
        """An instruction's path, as an absolute one."""
        return posixpath.normpath(posixpath.join(self.folder, path))

    def find(self, path: str) -> FoundPath:
        return self.files.find(self.at(path))


def start_stage(index: int, name: str | None, reference: str, line: int) -> StageState:
    """A stage on an external image, before its first instruction."""
    base = base_of(reference)
    stage = StageState(index, name, line, base, reference)
    if base is None:
        stage.loose = f"genfile does not know what {reference or 'the base image'} contains"
        stage.files.put(Unknown("/", stage.loose, base=True))
    elif base.name != "scratch":
        for folder in SYSTEM:
            stage.files.put(Unknown(folder, "the base image", base=True))
    return stage


def inherited(reference: str) -> Inherited:
    """What an external image sets for stages that start from it."""
    base = base_of(reference)
    name = base.name if base is not None else ""
    first = {"golang": "/go/bin:/usr/local/go/bin:", "eclipse-temurin": "/opt/java/openjdk/bin:"}.get(name, "")
    variables = {"PATH": f"{first}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    return Inherited(variables | {"GOPATH": "/go"}, "/go") if name == "golang" else Inherited(variables)


def continue_stage(parent: StageState, index: int, name: str | None, line: int) -> StageState:
    """A stage that begins where another one ended."""
    return StageState(
        index,
        name,
        line,
        parent.base,
        parent.reference,
        parent.files.copy(),
        settings=dict(parent.settings),
        packages=dict(parent.packages),
        loose=parent.loose,
    )


def source_text(context: Context, stage: StageState, path: str) -> str | None:
    """The text of a file in the image that is a copy from the build context."""
    found = stage.files.find(path)
    return context.read(found.source) if found.source is not None else None


# Base image folders that a service is copied into; they start out empty.
_NEW = re.compile(r"/(?:usr/src|home|opt|srv|var/www|root|mnt|media)/(?!java\b|gradle\b|html\b|node$)[^/]+")


def make_folder(stage: StageState, path: str, why: str, owner: str = "0") -> None:
    """Create a folder if there is none."""
    found = stage.files.find(path)
    if found.answer is Answer.YES:
        return
    if found.base and stage.base is not None and _NEW.match(path):
        stage.files.put(Gone(path, why))
    stage.files.put(MadePath(path, why, folder=True, owner=owner))
