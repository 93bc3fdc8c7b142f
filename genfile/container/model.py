"""The values that the readers return."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from msgspec import Struct, field

from genfile.dockerfile.model import Instruction
from genfile.evidence import Evidence

T = TypeVar("T")

# The text of a file of the build context, by its path there; None if there is none.
ReadFile = Callable[[str], "str | None"]


class Said(Struct, Generic[T], frozen=True):
    """A value, and the place that says so."""

    value: T
    evidence: Evidence


class Port(Struct, frozen=True):
    """A port of the container. ``role``: `web`, `debugger`, or `other` for a protocol that is not the web's."""

    number: int
    role: str = "web"
    protocol: str = "tcp"


class Command(Struct, frozen=True):
    """A command that a container runs, seen through its wrappers.

    ``text`` is the command as a shell reads it; ``words`` are empty if it is more than one simple command.
    ``before`` runs first and ends (migrations); ``beside`` runs at the same time; ``scripts`` are the files of the
    build context that led to it, each by the one before.
    """

    text: str
    words: tuple[str, ...] = ()
    assignments: tuple[tuple[str, str], ...] = ()
    before: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    folder: str | None = None
    user: str | None = None
    scripts: tuple[str, ...] = ()


class Copied(Struct, frozen=True):
    """Files that a COPY or ADD brings: ``source`` in the build context (or in ``stage``), ``target`` in the image.

    ``into``: the target is a folder that the source goes into under its own name.
    """

    source: str
    target: str
    stage: str | None
    line: int
    into: bool = False


class HealthProbe(Struct, frozen=True):
    """A health check: its command, and the port and the path that it asks for."""

    text: str
    port: int | None = None
    path: str | None = None


class InstructionStep(Struct, frozen=True):
    """One instruction, and what holds once it is carried out.

    ``variables``: those of ENV and ARG, an ENV the stronger.
    """

    item: Instruction
    variables: Mapping[str, str]
    folder: str
    user: str | None


class Inherited(Struct, frozen=True):
    """What an image from outside gives a stage that is made from it: its variables, and its working directory."""

    variables: Mapping[str, str] = field(default_factory=dict)
    folder: str = "/"


class FinishedStage(Struct, frozen=True):
    """A stage after all of its instructions; values that instructions of the stages below it set are its own."""

    index: int
    name: str | None
    image: str
    parent: int | None
    line: int
    folder: str = "/"
    user: Said[str] | None = None
    shell: tuple[str, ...] = ("/bin/sh", "-c")
    variables: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, Said[str]] = field(default_factory=dict)
    entrypoint: Said[tuple[str, ...] | str] | None = None
    command: Said[tuple[str, ...] | str] | None = None
    exposed: tuple[Said[Port], ...] = ()
    volumes: tuple[Said[str], ...] = ()
    copies: tuple[Said[Copied], ...] = ()
    runs: tuple[Said[str], ...] = ()
    health: Said[str] | None = None
    triggers: tuple[tuple[str, int], ...] = ()
    written: tuple[str, ...] = ()
    steps: tuple[InstructionStep, ...] = ()
