"""Queues and other options that the project's own container files give to Celery's commands."""

from collections.abc import Iterable, Iterator

from genfile.detect.hosting import hosting
from genfile.detect.python.hosted import command_words
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Draft, Evidence

_ROLES = ("worker", "beat")
_QUEUES = ("-Q", "--queues")
# Files and users of another image, and what sends a program to the background.
_OF_THE_IMAGE = (
    "--detach -D --uid --gid --pidfile --logfile -f --statedb -S --schedule -s --workdir --executable --umask".split()
)
_PLAIN = ("--detach", "-D")


def put_options(project: PythonProject, draft: Draft, made: Iterable[str]) -> None:
    """Give the Celery processes of some names, which the code alone shows, the options that the project's own command
    for the same one has."""
    for name in sorted(made):
        words = draft.values["processes"][name]
        role = _role(words)
        if words[:1] != ["celery"] or role is None:
            continue
        stated = next(((options, says) for other, options, says in _stated(project) if other == role and options), None)
        if stated is not None:
            options, says = stated
            own = _without(words[words.index(role) + 1 :], {option.partition("=")[0] for option in options})
            changed = [*words[: words.index(role) + 1], *own, *options]
            draft.values["processes"][name] = changed
            known = draft.evidence[f"/processes/{name}"]
            draft.evidence[f"/processes/{name}"] = type(known)(changed, (*known.evidence, says))


def queues_of(words: list[str]) -> tuple[str, ...]:
    """The queues that a worker's command names."""
    role = _role(words)
    found = [word.partition("=")[2] for word in words if word.startswith("--queues=")]
    found += [words[at + 1] for at, word in enumerate(words[:-1]) if role and word in _QUEUES]
    return tuple(sorted(queue for text in found for queue in text.split(",")))


def _role(words: list[str]) -> str | None:
    return next((word for word in words if word in _ROLES), None)


def _stated(project: PythonProject) -> Iterator[tuple[str, list[str], Evidence]]:
    """What the project's files say of Celery's commands: which, with what options."""
    found = hosting(project.folder)
    for fact in (*found.beside.values(), *found.starts):
        words = command_words(fact.value, 8000) or []
        role = _role(words)
        if words[:1] == ["celery"] and role is not None:
            yield role, _without(words[words.index(role) + 1 :], set(_OF_THE_IMAGE)), fact.evidence[0]


def _without(words: list[str], names: set[str]) -> list[str]:
    """Options without some, and without the values of those; `-l` and `--loglevel` are the same."""
    names = names | ({"-l", "--loglevel"} if names & {"-l", "--loglevel"} else set())
    kept: list[str] = []
    skip = False
    for word in words:
        if skip and not word.startswith("-"):
            skip = False
            continue
        skip = False
        name, sign, _ = word.partition("=")
        if name in names:
            skip = not sign and name not in _PLAIN
        else:
            kept.append(word)
    return kept
