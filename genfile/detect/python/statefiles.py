"""Commands that keep a file of their own in the folder where they start, which is the code's and read-only."""

from genfile.detect.python.application import modules
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Draft
from genfile.parsers.small import parse_shell

# Where Celery's beat notes what it has run: https://docs.celeryq.dev/en/stable/userguide/periodic-tasks.html
SCHEDULE = ("--schedule", "/tmp/celerybeat-schedule")
# Another file, or a scheduler that may keep none: as flags, and as settings of Celery and of Django's namespace.
_FLAGS = ("-s", "--schedule", "--schedule-filename", "-S", "--scheduler")
_SETTINGS = (
    *("beat_scheduler", "CELERY_BEAT_SCHEDULER", "CELERYBEAT_SCHEDULER"),
    *("beat_schedule_filename", "CELERY_BEAT_SCHEDULE_FILENAME", "CELERYBEAT_SCHEDULE_FILENAME"),
)


def move_state(project: PythonProject, draft: Draft) -> None:
    """Let the service's commands keep such a file in /tmp, wherever they come from."""
    commands = {name: draft.values.get(name) for name in ("start", "release")}
    commands |= {f"processes/{name}": words for name, words in draft.values.get("processes", {}).items()}
    beats = {place: words for place, words in commands.items() if words and _is_beat(_program(words))}
    if not beats or any(module.sets(name) for _, module in modules(project) for name in _SETTINGS):
        return
    for place, words in beats.items():
        last = words[-1] if words[:2] == ["sh", "-c"] else None
        moved = [*words[:-1], f"{last} {' '.join(SCHEDULE)}"] if last is not None else [*words, *SCHEDULE]
        holder, _, name = place.rpartition("/")
        (draft.values[holder] if holder else draft.values)[name] = moved
        if f"/{place}" in draft.evidence:
            draft.evidence[f"/{place}"] = draft.evidence[f"/{place}"].but(moved)


def _program(words: list[str]) -> list[str]:
    """The program of a command with its arguments: without a shell, `exec` and `python -m`."""
    if words[:2] == ["sh", "-c"]:
        commands = parse_shell(words[2]) if len(words) == 3 else None
        words = list(commands[-1].words) if commands else []
    words = words[1:] if words[:1] == ["exec"] else words
    return words[2:] if words[1:2] == ["-m"] else words


def _is_beat(words: list[str]) -> bool:
    """Whether it is Celery's beat, alone or within a worker, with the file that it has by itself."""
    runs = words[:1] == ["celery"] and (
        "beat" in words or ("worker" in words and not {"-B", "--beat"}.isdisjoint(words))
    )
    given = any(word.partition("=")[0] in _FLAGS or word.startswith(("-s", "-S")) for word in words[1:])
    return runs and not given
