"""Installations: they follow the lockfile, and use the package manager that the project names."""

import posixpath
import re
from collections.abc import Iterator

from genfile.dockerfile.edit import Edit
from genfile.dockerfile.model import Instruction
from genfile.image.files import Answer
from genfile.image.installs import Installation
from genfile.image.stage import StageState
from genfile.practice.requirements import unread
from genfile.practice.subject import Practice, Subject, Wrong, replaced

_INSTEAD = {
    "npm": "npm ci",
    "pnpm": "pnpm install --frozen-lockfile",
    "yarn": "yarn install --frozen-lockfile, or --immutable from Yarn 2",
    "bun": "bun install --frozen-lockfile",
    "uv": "uv sync --locked",
    "poetry": "poetry install",
    "pipenv": "pipenv install --deploy",
}
_PYTHON_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock")


def _lock(subject: Subject) -> Iterator[Wrong]:
    seen: set[int] = set()
    for stage, item in subject.installations:
        lock = _lock_of(subject, stage, item)
        if lock is None or item.step.line in seen:
            continue
        instruction = subject.at(item.step.line)
        copied = _is_copied(subject, stage, item, posixpath.basename(lock))
        if item.follows and copied:
            continue
        if not item.follows or item.manager == "poetry":
            seen.add(item.step.line)
            fix = f"use {_INSTEAD[item.manager]}"
            if not copied:
                text = f"`{item.text}` resolves versions again: {lock} is not copied before it"
                yield Wrong("lock-not-followed", item.step.line, text, f"copy {lock} first, and {fix}")
                continue
            edits = _edits(instruction, item) if instruction is not None else ()
            text = f"`{item.text}` may install other versions than {lock} names"
            yield Wrong("lock-not-followed", item.step.line, text, fix, "hint", edits)
    yield from _beside_a_lock(subject)
    yield from _without_locked(subject)
    yield from unread(subject)


def _lock_of(subject: Subject, stage: StageState, item: Installation) -> str | None:
    """The lockfile in the build context that belongs to the installed manifest."""
    source = stage.files.find(posixpath.join(item.folder, item.manifest)).source
    if source is None:
        return None
    folder = posixpath.dirname(source)
    return next((path for name in item.locks if subject.context.is_file(path := posixpath.join(folder, name))), None)


def _is_copied(subject: Subject, stage: StageState, item: Installation, lock: str) -> bool:
    """Whether the lockfile is in the stage before the step runs: copied, mounted, or from an earlier stage."""
    there = stage.files.find(posixpath.join(item.folder, lock))
    step = subject.at(item.step.line)
    if there.answer is Answer.NO:
        return step is not None and any(mount.get("type", "bind") == "bind" for mount in step.mounts)
    if there.source is None:
        return True
    copies = [one for one in subject.instructions(stage) if one.keyword in ("COPY", "ADD")]
    before = [one for one in copies if one.line < item.step.line]
    return len(copies) == len(before) or any(_brings(one, lock) for one in before) or not copies


def _brings(item: Instruction, name: str) -> bool:
    """Whether a COPY brings a file: by its name, by a pattern, or in a whole folder."""
    from fnmatch import fnmatchcase

    for word in item.words[:-1]:
        last = posixpath.basename(word.rstrip("/"))
        if fnmatchcase(name, last) or "." not in last.strip(".") or last in (".", ""):
            return True
    return item.flag("from") is not None


def _edits(instruction: Instruction, item: Installation) -> tuple[Edit, ...]:
    if not item.instead or instruction.heredocs or instruction.exec_form is not None:
        return ()
    return replaced(instruction, " ".join(item.step.words), " ".join(item.instead))


def _beside_a_lock(subject: Subject) -> Iterator[Wrong]:
    """`pip install .` beside a lockfile that pip ignores."""
    for stage in subject.built.needed:
        exported = False
        for step in stage.steps:
            words = step.words
            exported = exported or "export" in words or "-r" in words or "sync" in words or "--no-deps" in words
            if posixpath.basename(words[0]) not in ("pip", "pip3") or "install" not in words or exported:
                continue
            target = next((word for word in words if word in (".", "-e.", "./") or word.startswith(".[")), None)
            if target is None:
                continue
            source = stage.files.find(posixpath.join(step.folder, "pyproject.toml")).source
            folder = posixpath.dirname(source) if source is not None else None
            lock = next(
                (
                    path
                    for name in _PYTHON_LOCKS
                    if folder is not None and subject.context.is_file(path := posixpath.join(folder, name))
                ),
                None,
            )
            if lock is not None:
                text = f"`{' '.join(words)[:60]}` resolves versions again: pip does not read {lock}"
                manager = {"uv.lock": "uv sync --locked", "poetry.lock": "poetry install"}
                fix = manager.get(posixpath.basename(lock), "an installation by the lock")
                yield Wrong("lock-not-followed", step.line, text, f"use {fix}")


def _without_locked(subject: Subject) -> Iterator[Wrong]:
    """`cargo install --path` beside a Cargo.lock, which it reads only when it is told to."""
    for stage in subject.built.needed:
        for step in stage.steps:
            words = step.words
            if words[:2] != ("cargo", "install") or "--path" not in words[:-1] or not _FIXED.isdisjoint(words):
                continue
            folder = posixpath.join(step.folder, words[words.index("--path") + 1])
            lock = stage.files.find(posixpath.normpath(posixpath.join(folder, "Cargo.lock"))).source
            if lock is not None:
                text = f"`{' '.join(words)[:60]}` resolves versions again: it reads {lock} only with --locked"
                yield Wrong("lock-not-followed", step.line, text, "use cargo install --locked")


_FIXED = frozenset({"--locked", "--frozen"})
_COREPACK = frozenset({"prepare", "install", "use"})
_NEWEST = re.compile(r"(?:latest|next|\*)?")


def _manager(subject: Subject) -> Iterator[Wrong]:
    service = subject.service
    manager = service.spec.package_manager if service is not None else None
    fact = service.facts.get("/package_manager/version") if service is not None else None
    if manager is None or manager.version is None or fact is None or not fact.evidence or fact.guess:
        return
    for stage in subject.built.needed:
        for step in stage.steps:
            words = step.words
            globally = words[0] == "npm" and not {"-g", "--global"}.isdisjoint(words)
            if not globally and not (words[0] == "corepack" and not _COREPACK.isdisjoint(words)):
                continue
            for word in words[1:]:
                name, _, version = word.partition("@")
                if name == manager.name and _NEWEST.fullmatch(version):
                    item = subject.at(step.line)
                    what = f"{name}@{version}" if version else f"the newest {name}"
                    new = f"{name}@{manager.version}"
                    whole = " ".join(words)
                    yield Wrong(
                        "manager-unpinned",
                        step.line,
                        f"{what} is installed, and the project asks for {manager.version}: {fact.evidence[0]}",
                        f"install {new}",
                        edits=replaced(item, whole, whole.replace(word, new)) if item is not None else (),
                        evidence=fact.evidence[:1],
                    )


PRACTICES = (
    Practice(
        "lock-not-followed",
        "An installation that ignores the lockfile installs versions that nobody has tested.",
        "docs.npmjs.com/cli/commands/npm-ci",
        _lock,
    ),
    Practice(
        "manager-unpinned",
        "Another major version of the package manager reads the lockfile differently, or refuses it.",
        "nodejs.org/api/packages.html#packagemanager",
        _manager,
    ),
)
