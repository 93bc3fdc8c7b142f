"""The release line of a service's runtime: a pin, else the ranges within what the dependencies support."""

from collections.abc import Callable

from msgspec import Struct

from genfile.data import runtime
from genfile.evidence import Decision, Draft, Evidence, Fact
from genfile.versions import Pin, Scheme, choose, known_line, satisfies

Range = tuple[str, Scheme, Evidence]


class AskedRuntime(Struct, frozen=True):
    """What a project says about its runtime.

    ``bound``: the newest line that the dependencies support, and the one that says so. ``hosted``: from a Dockerfile or
    CI. ``guess`` and ``default`` come last: a hint, and the fact for genfile's own default.
    """

    language: str
    title: str
    pins: Decision[Pin]
    ranges: list[Range]
    bound: tuple[str | None, Evidence | None]
    hosted: Fact[Pin] | None
    guess: Callable[[], Fact[Pin] | None]
    default: Callable[[str], Fact[str]]


def put_runtime(asked: AskedRuntime, draft: Draft) -> None:
    """Put /runtime; contradictions and unsupported versions become notes."""
    conflicts = asked.pins.conflicts(f"{asked.title} version")
    draft.notes.extend(note for note in conflicts if note not in draft.notes)
    if asked.pins.fact is not None and not _is_stale(asked, asked.pins.fact, draft):
        _put_pin(asked, asked.pins.fact, draft)
    elif asked.hosted is not None and _fits(asked, asked.hosted.value.line):
        draft.put("runtime.version", asked.hosted.but(asked.hosted.value.line))
    else:
        _put_range(asked, draft)


def _is_stale(asked: AskedRuntime, fact: Fact[Pin], draft: Draft) -> bool:
    """Whether a pin is a leftover: it is no longer supported, and the project's own range excludes it."""
    line, says = fact.value.line, fact.evidence[0]
    known = runtime(asked.language).line(line)
    if known is not None and not known.over:
        return False
    outside = next((item for item in asked.ranges if not satisfies(line, item[0], item[1])), None)
    if outside is None:
        return False
    text, _, evidence = outside
    note = f"{asked.title} version: {says.path} says {line}, which is no longer supported; {evidence.path} says {text}"
    draft.note("warning", f"{note}; using {evidence.path}", says.path, says.line)
    return True


def _put_pin(asked: AskedRuntime, fact: Fact[Pin], draft: Draft) -> None:
    pin, says = fact.value, fact.evidence[0]
    known = known_line(asked.language, pin.line)
    if known != pin.line:
        bound, reason = asked.bound
        older = bound is not None and reason is not None and _key(bound) < _key(known)
        known = bound if bound is not None and older else known
        text = f"{asked.title} {pin.line} has no image that genfile knows; using {known}"
        text += f", since {reason.says}" if reason is not None and older else ""
        draft.note("warning", text, says.path, says.line)
        pin = Pin(known)
    draft.put("runtime.version", fact.but(pin.line))
    if pin.exact:
        draft.put("runtime.pinned", fact.but(pin.exact))
    for text, scheme, evidence in asked.ranges:
        if not satisfies(pin.line, text, scheme):
            note = f"{asked.title} version: {says.path} says {pin.line}, {evidence.path} says {text}; using {says.path}"
            draft.note("warning", note, evidence.path, evidence.line)
    warn_over(asked.language, asked.title, pin.line, says, draft)


def _fits(asked: AskedRuntime, line: str) -> bool:
    bound = asked.bound[0]
    within = bound is None or _key(line) <= _key(bound)
    if bound is not None and asked.hosted is not None and not within:
        within = not asked.hosted.guess and _is_excluded(asked, bound)
    return within and all(satisfies(line, text, scheme) for text, scheme, _ in asked.ranges)


def _is_excluded(asked: AskedRuntime, bound: str) -> bool:
    """Whether the ranges leave no line within the bound: what bounds it is compiled for a later one."""
    constraints = [(text, scheme) for text, scheme, _ in asked.ranges]
    return choose(asked.language, constraints, bound).line is None


def _put_range(asked: AskedRuntime, draft: Draft) -> None:
    ranges = asked.ranges
    bound, reason = asked.bound
    constraints = [(text, scheme) for text, scheme, _ in ranges]
    choice, free = choose(asked.language, constraints, bound), choose(asked.language, constraints)
    if choice.line is None and free.line is not None and bound is not None:
        # Of the lines that the ranges allow, the nearest to the bound.
        lines = [item.version for item in runtime(asked.language).lines]
        allowed = [line for line in lines if all(satisfies(line, *item) for item in constraints)]
        choice = choose(asked.language, constraints, min(allowed, key=_key))
    if choice.line is None and ranges:
        text, _, says = ranges[0]
        draft.note("warning", f"no {asked.title} release satisfies {text!r}; ignoring it", says.path, says.line)
        choice, ranges = choose(asked.language, [], bound), []
    line = choice.line or runtime(asked.language).default
    places = [item for *_, item in ranges]
    if reason is not None and (line == bound or line != (free.line or runtime(asked.language).default)):
        places.insert(0, reason)
    if places:
        draft.put("runtime.version", Fact(line, tuple(places)))
        warn_over(asked.language, asked.title, line, places[0], draft)
        return
    guess = asked.guess()
    draft.put("runtime.version", guess.but(guess.value.line) if guess is not None else asked.default(line))


def warn_over(language: str, title: str, line: str, evidence: Evidence, draft: Draft) -> None:
    """Warn of a line past its end of life."""
    known = runtime(language).line(line)
    if known is not None and known.over:
        text = f"{title} {line} reached its end of life on {known.end_of_life}"
        draft.note("warning", text, evidence.path, evidence.line)


def _key(line: str) -> list[int]:
    return [int(part) for part in line.split(".")]
