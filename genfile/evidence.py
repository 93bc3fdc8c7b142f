"""Facts, their evidence, and the decisions between them.

A *signal* is a function from a project to a :class:`Fact`, or to None. A *decision* is an ordered tuple of
signals; :func:`decide` asks all of them, takes the first answer, and keeps those that disagree.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

P = TypeVar("P")
T = TypeVar("T")
U = TypeVar("U")

# `error`: something failed that should not have, and the rest is there all the same.
Level = Literal["info", "warning", "error"]


class Comparable(Struct, frozen=True, eq=False):
    """A value that equals another by some of its fields only; a Struct's own `==` and `!=` take all of them."""

    def _compared(self) -> tuple[object, ...]:
        """The fields that count."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._compared() == other._compared()

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._compared())


class Evidence(Comparable, frozen=True, eq=False):
    """A place in the tree that supports a fact.

    ``path``: relative to the inspected root; ``line``: 1-based, or None; ``says``: what stands there, in a few words;
    ``subject``: which item of a fact with several it speaks of, for those who look for one.
    """

    path: str
    line: int | None
    says: str
    subject: str = ""

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place} ({self.says})"

    def _compared(self) -> tuple[object, ...]:
        """The fields that make two equal: all but ``subject``."""
        return self.path, self.line, self.says


class Topic(Enum):
    """What a note tells of, where something is decided by it: its text may be worded in any way."""

    NO_START = "no command starts the service"
    PROXIED = "the development server passes paths on"
    GIT_GIVEN = "the build gets git and .git"
    ADDRESS_FIXED = "the code names a database at localhost"
    NOT_EMBEDDED = "what the program embeds is not in the tree"
    BESIDE_CODE = "a database lies beside the program"
    FAILS = "the service does not build, start or answer as the project is"


class About(Struct, frozen=True):
    """The topic of a note; ``path``: of the tree, where it has one."""

    topic: Topic
    path: str = ""


class Note(Comparable, frozen=True, eq=False):
    """Something that the user should know and that is not a fact of the spec."""

    level: Level
    text: str
    path: str | None = None
    line: int | None = None
    about: About | None = None

    def is_about(self, topic: Topic) -> bool:
        """Whether this is the topic of the note."""
        return self.about is not None and self.about.topic is topic

    @property
    def stops(self) -> bool:
        """Whether the service can't work until the project is changed."""
        return any(map(self.is_about, (Topic.FAILS, Topic.NO_START, Topic.NOT_EMBEDDED)))

    def to_json(self) -> dict[str, Any]:
        return {"level": self.level, "text": self.text, "path": self.path, "line": self.line}

    def _compared(self) -> tuple[object, ...]:
        """The fields that make two equal: all but ``about``."""
        return self.level, self.text, self.path, self.line


class Risk(Struct, frozen=True):
    """A problem of the image that the files describe, found without building it.

    ``id``: of the check that found it; ``level``: `error` where the build or the start fails for certain, `hint` where
    nothing is wrong that could not be meant.
    """

    id: str
    level: Literal["error", "warning", "hint"]
    text: str
    hint: str | None = None
    path: str | None = None
    line: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "level": self.level,
            "text": self.text,
            "hint": self.hint,
            "path": self.path,
            "line": self.line,
        }

    def to_note(self) -> Note:
        """The same for a person."""
        text = f"{self.text}: {self.hint}" if self.hint else self.text
        return Note("warning", text, self.path, self.line, About(Topic.FAILS) if self.level == "error" else None)


class Fact(Struct, Generic[T], frozen=True):
    """A value, its evidence, and whether it is only a guess.

    ``remedy``: for a guess, what the user can add to the project to make it certain.
    """

    value: T
    evidence: tuple[Evidence, ...] = ()
    guess: bool = False
    remedy: str | None = None

    def but(self, value: U) -> "Fact[U]":
        """The same evidence for another value."""
        return Fact(value, self.evidence, self.guess, self.remedy)


class Decision(Struct, Generic[T], frozen=True):
    """The fact that was decided on, the weaker facts that disagree with it, and every answer in order."""

    fact: Fact[T] | None
    losers: tuple[Fact[T], ...] = ()
    asked: tuple[Fact[T], ...] = ()

    def conflicts(self, what: str) -> tuple[Note, ...]:
        """A warning for each loser: `.nvmrc says 20, package.json says >=22; runtime version is 20`."""
        if self.fact is None or not self.fact.evidence:
            return ()
        winner = self.fact.evidence[0]
        return tuple(
            Note(
                "warning",
                f"{what}: {winner.path} says {winner.says}, {loser.evidence[0].path} says {loser.evidence[0].says}; "
                f"using {winner.path}",
                loser.evidence[0].path,
                loser.evidence[0].line,
            )
            for loser in self.losers
            if loser.evidence
        )


class Asked(Struct, frozen=True):
    """The record of a decision: what each signal reads (the first line of its docstring), and its answer."""

    answers: tuple[tuple[str, Fact[Any] | None], ...]
    decided: Fact[Any] | None


_LOG: ContextVar[list[Asked] | None] = ContextVar("genfile_decisions", default=None)


@contextmanager
def logged() -> Iterator[list[Asked]]:
    """Every decision that is made inside, in order, with the signals that did not answer."""
    log: list[Asked] = []
    token = _LOG.set(log)
    try:
        yield log
    finally:
        _LOG.reset(token)


def _looks_at(signal: Callable[..., Any]) -> str:
    return " ".join((signal.__doc__ or signal.__name__).split("\n\n")[0].split())


def decide(
    project: P,
    signals: Iterable[Callable[[P], Fact[T] | None]],
    *,
    agree: Callable[[T, T], bool] = lambda winner, loser: winner == loser,
) -> Decision[T]:
    """Ask every signal, strongest first: the first answer wins, later certain ones that disagree are kept."""
    answers = [(signal, signal(project)) for signal in signals]
    facts = [fact for _, fact in answers if fact is not None]
    log = _LOG.get()
    if log is not None:
        log.append(Asked(tuple((_looks_at(signal), fact) for signal, fact in answers), facts[0] if facts else None))
    if not facts:
        return Decision(None)
    winner, *others = facts
    losers = tuple(o for o in others if not o.guess and not agree(winner.value, o.value))
    return Decision(winner, losers, tuple(facts))


class BesideCode(Struct, frozen=True):
    """What a program writes into the folder of its own code: the file, if known; ``variable``: what names another place
    for it, with the text before the path: the scheme of a URL."""

    says: Evidence
    file: str | None = None
    database: bool = False
    variable: str | None = None
    before: str = ""


class Draft(Struct):
    """A spec in the making: values by dotted name, each with the fact that it came from."""

    values: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Fact[Any]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    # Files of the tree that the program writes, by path.
    overwritten: dict[str, Fact[str]] = field(default_factory=dict)
    beside: list[BesideCode] = field(default_factory=list)

    def put(self, name: str, fact: Fact[Any] | None) -> None:
        """Set a field (dotted: ``runtime.version``) from a fact; None leaves the field at its default."""
        if fact is None:
            return
        *parents, last = name.split(".")
        table = self.values
        for parent in parents:
            table = table.setdefault(parent, {})
        table[last] = fact.value
        self.evidence["/" + name.replace(".", "/")] = replace(fact)

    def note(
        self, level: Level, text: str, path: str | None = None, line: int | None = None, about: About | None = None
    ) -> None:
        note = Note(level, text, path, line, about)
        if note not in self.notes:
            self.notes.append(note)
