"""What pip installs: exact versions or the newest, the project's own list or other names, and tools of development."""

import posixpath
from collections.abc import Iterator

from genfile.data.entries import load_table
from genfile.image.installs import Installation
from genfile.image.stage import RunStep, StageState
from genfile.parsers.requirements import RequirementsFile, normalise, parse_requirements
from genfile.practice.subject import Practice, Subject, Wrong

_LIST = "requirements.txt"
# Flags of pip that take the next word.
_VALUED = frozenset(
    "-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url -f --find-links --timeout "
    "--retries --trusted-host -t --target --prefix --root --cache-dir --proxy --python-version --platform".split()
)
# What installs the rest: its version is another check's, or its own matter.
_INSTALLERS = frozenset("pip setuptools wheel npm pnpm yarn corepack uv poetry pipenv virtualenv".split())


def _open(subject: Subject) -> Iterator[Wrong]:
    """Lists of requirements most of which name no exact version, and manifests without any lockfile."""
    seen: set[int] = set()
    for stage, item in subject.installations:
        line = item.step.line
        if line in seen:
            continue
        seen.add(line)
        found = _requirements(subject, stage, item) if stage in subject.shipped else None
        if found is not None and not found[1].constraints and "-c" not in item.step.words:
            names = [one for one in found[1].entries if one.url is None]
            free = [one for one in names if one.pinned is None]
            if len(free) * 2 > len(names):
                some = "none" if len(free) == len(names) else f"only {len(names) - len(free)}"
                text = f"{some} of the {len(names)} requirements in {found[0]} names an exact version"
                yield Wrong("versions-open", line, f"{text}: every build may install others", "pin what was tested")
        elif item.manager in ("npm", "pnpm", "yarn", "bun") and not item.follows and _has_no_lock(subject, stage, item):
            text = f"`{item.text}` installs the newest of everything: there is no {item.locks[0]}"
            yield Wrong("versions-open", line, text, f"commit {item.locks[0]}, and install by it")
    if not any(unread(subject)):
        yield from _single(subject)


def _single(subject: Subject) -> Iterator[Wrong]:
    """Programs that a step installs by name, each in its newest version."""
    for stage in subject.shipped:
        for step in stage.steps:
            names = [name for name in (*_named(step), *_global(step)) if name not in _INSTALLERS]
            if names:
                what = f"{', '.join(names[:3])}{' and others' if len(names) > 3 else ''}"
                text = f"`{' '.join(step.words)[:60]}` installs the newest {what}"
                yield Wrong("versions-open", step.line, text, "name the version that was tested")


def _global(step: RunStep) -> Iterator[str]:
    """The packages that `npm install --global` names without a version."""
    words = step.words
    if words[0] not in ("npm", "pnpm") or {"-g", "--global"}.isdisjoint(words):
        return
    for word in words[2:]:
        if not word.startswith("-") and "@" not in word[1:]:
            yield word


def _requirements(subject: Subject, stage: StageState, item: Installation) -> tuple[str, RequirementsFile] | None:
    """The list that a step installs, with its path in the build context; None if it is no plain list."""
    if item.manager != "pip":
        return None
    source = stage.files.find(posixpath.join(item.folder, item.manifest)).source
    found = subject.context.parsed(parse_requirements, source) if source is not None else None
    return (source, found) if source is not None and found is not None and found.entries else None


def _has_no_lock(subject: Subject, stage: StageState, item: Installation) -> bool:
    """Whether the folder of the installed manifest has no lockfile of any manager."""
    source = stage.files.find(posixpath.join(item.folder, item.manifest)).source
    if source is None:
        return False
    # The lockfile of a workspace lies further up.
    folders = [posixpath.dirname(source)]
    while folders[-1]:
        folders.append(posixpath.dirname(folders[-1]))
    locks = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb")
    return not any(subject.context.is_file(posixpath.join(folder, name)) for folder in folders for name in locks)


def unread(subject: Subject) -> Iterator[Wrong]:
    """Packages that pip installs by name, where a list with their exact versions lies beside the program."""
    if any(item.manager in ("pip", "uv", "poetry", "pipenv") for _, item in subject.installations):
        return
    found = subject.context.parsed(parse_requirements, _LIST)
    pins = {one.name for one in found.entries if one.pinned is not None} if found is not None else set()
    for stage in subject.built.needed if pins else ():
        for step in stage.steps:
            names = [name for name in _named(step) if name in pins]
            if names:
                text = f"`{' '.join(step.words)[:60]}` installs the newest: {_LIST}, which pins {names[0]}, is not read"
                fix = f"copy {_LIST} first, and pip install -r {_LIST}"
                yield Wrong("lock-not-followed", step.line, text, fix)
                return


def _named(step: RunStep) -> Iterator[str]:
    """The distributions that a `pip install` names without a version."""
    words = step.words[2:] if step.words[1:2] == ("-m",) else step.words
    if posixpath.basename(words[0]) not in ("pip", "pip3") or "install" not in words:
        return
    rest = words[words.index("install") + 1 :]
    for before, word in zip(("", *rest), rest, strict=False):
        plain = word.partition("[")[0]
        if before not in _VALUED and plain[:1].isalpha() and plain.replace("-", "").replace("_", "").isalnum():
            yield normalise(plain)


def tools(subject: Subject) -> Iterator[Wrong]:
    """Tools of tests and style among the requirements of the program."""
    known = set(load_table("tools")["development"]["python"].split())
    started = " ".join(subject.image.words)
    if "jupyter" in started:
        # People work in that container.
        return
    for stage, item in subject.installations:
        found = _requirements(subject, stage, item) if stage in subject.shipped else None
        names = [one.name for one in found[1].entries if one.name in known] if found is not None else []
        if found is not None and names and not any(name in started for name in names):
            text = f"`{item.text}` installs what only development needs, too: {', '.join(names[:3])} of {found[0]}"
            fix = "keep them in a list of their own"
            yield Wrong("development-dependencies", item.step.line, text, fix, "hint")
            return


PRACTICES = (
    Practice(
        "versions-open",
        "Without exact versions, a build of tomorrow installs what nobody has tested.",
        "pip.pypa.io/en/stable/topics/repeatable-installs/",
        _open,
        "hint",
    ),
)
