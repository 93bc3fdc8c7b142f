"""Findings that somebody has said are meant: by a comment above an instruction, or by genfile.toml."""

import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.dockerfile.edit import Edit
from genfile.evidence import Risk
from genfile.handwritten.found import Found

if TYPE_CHECKING:
    from genfile.dockerfile.model import Dockerfile

UNUSED = "suppression-unused"
_OURS = re.compile(r"genfile:\s*ignore=([\w,-]+)\s*(.*)")
_HADOLINT = re.compile(r"hadolint\s+(global\s+)?ignore\s*=\s*(.*)")
# What hadolint and BuildKit say of the same fault: their comments silence ours, and a fault is shown once.
SAME: Mapping[str, frozenset[str]] = {
    "runs-as-root": frozenset({"DL3002"}),
    "base-moving": frozenset({"DL3006", "DL3007"}),
    "shell-form": frozenset({"DL3025", "JSONArgsRecommended"}),
    "secret-in-image": frozenset({"SecretsUsedInArgOrEnv"}),
    "copied-files-exist": frozenset({"CopyIgnoredFile"}),
}


class Silence(Struct, frozen=True):
    """Checks that are silenced: ``start`` to ``end`` in the Dockerfile, None for all of it; ``line``: where that is
    said, of a comment of genfile's own, None for any other; ``others``: for findings in other files, too."""

    ids: frozenset[str]
    start: int | None
    end: int | None
    line: int | None = None
    others: bool = False

    def covers(self, found: Found, path: str) -> bool:
        risk = found.risk
        if risk.id not in self.ids:
            return False
        if self.start is None or self.end is None:
            return True
        if risk.path != path or risk.line is None:
            return self.others
        return self.start <= risk.line <= self.end


class IgnoreEntry(Struct, frozen=True):
    """An entry of `[lint] ignore`: the check, a pattern of Dockerfiles, and where it stands."""

    id: str
    path: str
    place: str
    file: str
    line: int | None

    def covers(self, dockerfile: str, found: Found) -> bool:
        return found.risk.id == self.id and fnmatchcase(dockerfile, self.path)


def without_silenced(
    items: Iterable[Found], dockerfile: "Dockerfile", path: str, known: frozenset[str]
) -> tuple[Found, ...]:
    """The findings without those that comments silence, and with one for each comment that silences nothing.

    ``known``: the ids of all checks.
    """
    silences = list(_silences(dockerfile))
    kept: list[Found] = []
    used: set[tuple[int | None, str]] = set()
    for found in items:
        by = [item for item in silences if item.covers(found, path)]
        used |= {(item.line, found.risk.id) for item in by}
        kept += [] if by else [found]
    for item in silences:
        unused = sorted(name for name in item.ids if (item.line, name) not in used)
        kept += [_unused(item, name, path, known) for name in unused if item.line is not None]
    return tuple(kept)


def unused_entries(entries: Iterable[IgnoreEntry], used: set[IgnoreEntry], known: frozenset[str]) -> Iterator[Risk]:
    """A finding for each entry of genfile.toml that silences nothing."""
    for item in entries:
        if item not in used:
            text, hint = _why(item.id, known)
            yield Risk(UNUSED, "warning", f"ignore: {text}", hint, item.file, item.line)


def _why(name: str, known: frozenset[str]) -> tuple[str, str]:
    from difflib import get_close_matches

    if name in known:
        return f"{name} finds nothing here any more", "take it out"
    close = get_close_matches(name, sorted(known), 1)
    return f"there is no check {name}", f"did you mean {close[0]}?" if close else "docs/checks.md lists them"


def _unused(item: Silence, name: str, path: str, known: frozenset[str]) -> Found:
    text, hint = _why(name, known)
    edits = (Edit(item.line, item.line, ""),) if item.line is not None and len(item.ids) == 1 else ()
    return Found(Risk(UNUSED, "warning", text, hint, path, item.line), edits if name in known else ())


def _silences(dockerfile: "Dockerfile") -> Iterator[Silence]:
    spans = sorted(
        [(item.line, item.end_line) for item in dockerfile.instructions]
        + [(stage.line, stage.line) for stage in dockerfile.stages]
    )
    started = {item.line for item in dockerfile.instructions if item.keyword in ("CMD", "ENTRYPOINT")}
    for comment in dockerfile.comments:
        ours, theirs = _OURS.match(comment.text), _HADOLINT.match(comment.text)
        span = next((item for item in spans if item[1] >= comment.line), None)
        if span is None or (ours is None and theirs is None):
            continue
        if ours is not None:
            ids = frozenset(name for name in ours[1].split(",") if name)
            yield Silence(ids, span[0], span[1], comment.line, span[0] in started)
        elif theirs is not None:
            ids = _named(re.split(r"[,\s]+", theirs[2]))
            yield Silence(ids, None, None) if theirs[1] else Silence(ids, *span)
    skipped = re.search(r"skip=([\w,]+)", dockerfile.directives.get("check", ""))
    if skipped is not None:
        names = {name for values in SAME.values() for name in values} if skipped[1] == "all" else skipped[1].split(",")
        yield Silence(_named(names), None, None)


def _named(names: Iterable[str]) -> frozenset[str]:
    """The checks of genfile's that say the same as checks of other programs."""
    wanted = {name.strip() for name in names}
    return frozenset(own for own, others in SAME.items() if not others.isdisjoint(wanted))
