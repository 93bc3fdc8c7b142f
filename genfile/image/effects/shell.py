"""Commands in order, each passed to the effect of its program."""

from collections.abc import Iterator

from msgspec.structs import replace

from genfile.container.shell import Simple
from genfile.image.effects.run import MAX_DEPTH, Run
from genfile.image.files import Answer, Unknown
from genfile.image.stage import RunStep, StageState

MAX_STEPS = 2_000
# Tools that follow a file of rules, which may write anywhere.
_BUILDERS = frozenset("make gmake ninja cmake just task bazel mage rake invoke".split())


def in_order(run: Run, commands: tuple[Simple, ...]) -> None:
    """Carry out a list of commands, following `cd` and exported variables."""
    folder, exported = run.folder, dict(run.given)
    for item in _decided(run, commands):
        if not item.words:
            exported.update(item.assignments)
            continue
        if item.joined == "||":
            # Runs only if the command before it failed.
            continue
        given = {**exported, **dict(item.assignments)}
        here = replace(run, words=item.words, folder=folder, given=given)
        words = tuple(word for word in here.expanded(item.words) if word) or ("true",)
        here = replace(here, words=words)
        if words[0] in ("cd", "pushd"):
            folder = here.at(words[1]) if len(words) > 1 and not words[1].startswith(("-", "~")) else folder
        elif words[0] == "export":
            exported.update({name: value for name, _, value in (word.partition("=") for word in words[1:])})
        else:
            perform(here)


def _decided(run: Run, commands: tuple[Simple, ...]) -> Iterator[Simple]:
    """The commands without the branch that is not taken, where one `if` asks for a file that is known to be there or
    not; else all of them."""
    first = [item.words[0] for item in commands if item.words]
    one = first.count("if") == 1 and first.count("fi") == 1 and "elif" not in first
    answer: Answer | None = None
    taken = True
    for item in commands:
        words = item.words
        if one and words[:1] == ("if",):
            answer = _asked(run, words[1:])
        if answer is None or not words:
            yield item
            continue
        if words[0] == "fi":
            answer, taken = None, True
            continue
        if words[0] in ("then", "else"):
            taken = (answer is Answer.YES) is (words[0] == "then")
            item = replace(item, words=words[1:], joined=";")
        if taken and item.words and words[0] != "if":
            yield item


def _asked(run: Run, words: tuple[str, ...]) -> Answer | None:
    """The answer to `[ -f PATH ]`; None where it is unknown, or another question."""
    if len(words) != 4 or words[0] != "[" or words[1] not in ("-f", "-e") or "$" in words[2]:
        return None
    found = run.stage.files.find(run.at(words[2])).answer
    return found if found is not Answer.UNKNOWN else None


def perform(run: Run) -> None:
    """Carry out one command by its program's effect; without one, it may have changed what it can reach."""
    if run.depth > MAX_DEPTH or len(run.stage.steps) > MAX_STEPS:
        anything(run.stage, "scripts that call each other")
        return
    seen = {**run.stage.variables, **run.stage.settings, **run.given}
    packages = frozenset(run.stage.packages)
    run.stage.steps.append(RunStep(run.line, run.words, run.folder, packages, seen))
    effect = run.effects.get(run.program)
    if effect is None:
        unknown(run)
    else:
        effect(run)


def unknown(run: Run) -> None:
    """Carry out an unknown command: it may change its folder, and each absolute path that it names."""
    if ("/" in run.words[0] and run.depth == 0) or run.program in _BUILDERS:
        anything(run.stage, f"genfile does not know what {run.words[0]} does")
        return
    run.may_change(run.folder, *(word for word in run.operands if word.startswith("/")))
    if run.depth == 0:
        # Not run by a package manager in its project: it may be an installer of its own.
        run.stage.loose = run.stage.loose or f"genfile does not know what {run.words[0]} does"
        run.may_change("/usr", "/opt", "/root")


def anything(stage: StageState, why: str) -> None:
    stage.loose = stage.loose or why
    stage.files.put(Unknown("/", why))
