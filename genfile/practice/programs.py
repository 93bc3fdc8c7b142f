"""Programs of the system: those that a step calls and its stage lacks, and those that nothing in the project calls."""

import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from genfile.container.packages import installed
from genfile.image.bases import known_programs, named_programs, packages_with
from genfile.image.effects import effects
from genfile.image.stage import StageState
from genfile.practice.subject import Practice, Subject, Wrong

_OUTPUT = re.compile(r"\$\(\s*(?P<name>[a-z][\w.+-]*)\s")
_START = re.compile(r"(?:^|&&|;|\n|\|)\s*(?:sudo\s+|[A-Z_]+=\S*\s+)*(?P<name>[\w./+-]+)(?=\s|$)")
# Where a step asks first, or takes a failure as an answer.
_ASKS = re.compile(r"\|\||\bcommand\s+-v\b|\bwhich\b|\bif\b|\btype\b|\bcase\b|\bwhile\b|\bfor\b|<<|['\"]")
_DOWNLOADERS = frozenset({"curl", "wget"})
_WORDS = frozenset({"echo", "set", "export", "printf", "true", "exit", "test"})
_PARTS = re.compile(r"&&|\|\||;|\n|\|")
# Texts that tell people what to type, and those of machines that test the project.
_ASIDE = re.compile(
    r"(?:.*/)?(?:\.github|\.circleci|\.git|docs?)/.*|(?:.*/)?(?:Dockerfile.*|.*\.Dockerfile|\..*ignore)|.*\.(?:md|rst|svg|csv|map|min\.js|ipynb)"
)
_WITNESS = re.compile(r".*\.ya?ml|(?:.*/)?(?:Makefile|.*\.sh)")
# Installers that fetch some of what they install with git.
_BY_GIT = frozenset({"go", "composer", "bundle", "cargo", "mix", "flutter", "dart"})
_MAX_COMMAND = 8_000
_MAX_FILES = 400
_MAX_TEXT = 200_000


def _absent(subject: Subject) -> Iterator[Wrong]:
    """Programs that a step calls and its stage lacks: the build fails, or what `$(…)` stands for is empty."""
    for stage in subject.built.needed:
        if stage.base is None or stage.base.only:
            continue
        found = next(_calls(subject, stage), None)
        if found is not None:
            line, name, output = found
            what = "it gets nothing" if output else "the build fails"
            text = f"the step calls {name}, and this stage does not have {name}: {what}"
            yield Wrong("program-missing", line, text, f"install {name} before it is called")


def _calls(subject: Subject, stage: StageState) -> Iterator[tuple[int, str, bool]]:
    """The steps that call a program which nothing has brought: the line, the name, and whether only its output is
    used."""
    packages = set(stage.packages)
    for item in subject.instructions(stage):
        if item.keyword == "ADD" or (item.keyword == "COPY" and item.flag("from") is not None):
            # They may have brought programs.
            return
        text = item.value[:_MAX_COMMAND] if item.keyword == "RUN" else ""
        packages |= set(installed(text, stage.variables))
        is_plain = not (item.mounts or item.heredocs or item.exec_form)
        for match in _OUTPUT.finditer(text) if is_plain else ():
            if _lacks(stage, packages, match["name"]):
                yield item.line, match["name"], True
        for match in _START.finditer(text):
            name = match["name"]
            if is_plain and not _ASKS.search(text) and _lacks(stage, packages, name):
                yield item.line, name, False
            if name in _DOWNLOADERS or not (name in effects() or name in _WORDS):
                # An installer of its own may bring any program.
                return


def _lacks(stage: StageState, packages: set[str], name: str) -> bool:
    """Whether neither the base image nor a package brings a program that only packages bring."""
    patterns = packages_with(name)
    if not patterns or name not in known_programs() or stage.base is None or name in stage.base.programs:
        return False
    return not any(fnmatchcase(package, pattern) for package in packages for pattern in (name, *patterns))


def _uncalled(subject: Subject) -> Iterator[Wrong]:
    """Packages of programs that nothing starts on its own, and that no text of the project names."""
    people = named_programs(terminal=True)
    # Without a service, what the container starts may call anything.
    names = named_programs() if subject.service is not None else people
    wanted = _wanted(subject)
    texts: list[str] | None = None
    for item in subject.final:
        text = item.value[:_MAX_COMMAND] if item.keyword == "RUN" else ""
        found = []
        for package in installed(text, subject.image.stage.variables):
            programs = [name for name in names if any(fnmatchcase(package, one) for one in packages_with(name))]
            if programs and package not in wanted:
                texts = list(_texts(subject)) if texts is None else texts
                if not any(_is_named(subject, name, texts) for name in programs):
                    found.append(package)
        if found:
            verb, pronoun = ("is", "it") if len(found) == 1 else ("are", "them")
            text = f"{', '.join(found)} {verb} in the image that is shipped, and nothing in the project calls {pronoun}"
            yield Wrong("program-unused", item.line, text, f"leave {pronoun} out; docker debug brings its own tools")


def _wanted(subject: Subject) -> set[str]:
    """The system packages that the service's dependencies are known to need."""
    spec = subject.service.spec if subject.service is not None else None
    return {*spec.system_packages.run, *spec.system_packages.build} if spec is not None else set()


def _is_named(subject: Subject, name: str, texts: list[str]) -> bool:
    if name == "git" and any(posixpath.basename(step.words[0]) in _BY_GIT for step in subject.built.final.steps):
        return True
    word = re.compile(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", re.IGNORECASE)
    return any(word.search(text) for text in texts)


def _texts(subject: Subject) -> Iterator[str]:
    """What may name a program: the instructions but for installations, the files sent, and files of other tools such
    as Compose. A project of too many files has one that names everything."""
    for item in subject.final:
        for part in _PARTS.split(item.value.replace("\\\n", " ")):
            if item.keyword != "RUN" or not any(True for _ in installed(part, subject.image.stage.variables)):
                yield part
        yield from item.heredocs
    context = subject.context
    paths = {posixpath.join(context.root, path) for path in context.below("")}
    whole = {posixpath.join(folder, name) for folder in context.folders for name in context.folders[folder]}
    paths |= {path for path in whole if _WITNESS.fullmatch(path)}
    files = sorted(path for path in paths if not _ASIDE.fullmatch(path))
    if len(files) > _MAX_FILES:
        yield " ".join(named_programs())
        return
    for path in files:
        text = (context.read_text(path) or "")[:_MAX_TEXT]
        name = posixpath.basename(path)
        # A list of words, such as the packages of another machine, calls nothing.
        if "." in name or name.endswith("file") or text.startswith("#!"):
            yield text


PRACTICES = (
    Practice(
        "program-missing",
        "A step that calls a program which its stage lacks ends the build, or writes an empty value.",
        "docs.docker.com/reference/dockerfile/#run",
        _absent,
    ),
    Practice(
        "program-unused",
        "A program that nothing calls makes the image larger, and helps whoever breaks in.",
        "docs.docker.com/build/building/best-practices/#dont-install-unnecessary-packages",
        _uncalled,
        "hint",
    ),
)
