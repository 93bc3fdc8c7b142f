"""Commands that create, move and remove files."""

import posixpath

from genfile.image.effects.run import Effect, Run
from genfile.image.files import ANYONE, Answer, FromStage, Gone, Owned, Unknown, either


def _mkdir(run: Run) -> None:
    for word in run.operands if not run.value("-m") else run.operands[1:]:
        run.make_folder(word)


def _touch(run: Run) -> None:
    for word in run.operands:
        run.make(word)


def _copy(run: Run) -> None:
    """cp and mv: a copy of what the stage has at that moment."""
    words = run.operands
    target = run.value("-t", "--target-directory")
    if target is None and len(words) > 1:
        *words, target = words  # type: ignore[assignment]
    if target is None or not words:
        return
    into = target.endswith("/") or len(words) > 1 or run.find(target).folder
    for word in words:
        if any(char in word for char in "*?[${"):
            run.may_change(target)
            continue
        source = run.at(word)
        found = run.stage.files.find(source)
        inside = into and not word.endswith("/.")
        place = run.at(posixpath.join(target, posixpath.basename(source))) if inside else run.at(target)
        if found.answer is Answer.YES:
            owner = run.stage.user.partition(":")[0]
            run.stage.files.put(FromStage(run.stage.files.copy(), source, place, owner))
        else:
            run.stage.files.put(either(place, run.words[0]))
        if run.program == "mv":
            run.stage.files.put(Gone(source, "mv"))


def _remove(run: Run) -> None:
    for word in run.operands:
        if any(char in word for char in "*?[${"):
            continue
        run.stage.files.put(Gone(run.at(word), run.words[0]))


def _link(run: Run) -> None:
    words = run.operands
    if len(words) > 1:
        run.stage.files.put(either(run.at(words[-1]), "ln"))
    else:
        run.may_change(".")


def _own(run: Run) -> None:
    words = run.operands
    if not words:
        return
    recursive = any(word.startswith("-") and ("R" in word or word == "--recursive") for word in run.rest)
    owner = words[0].partition(":")[0] or "0"
    for word in words[1:]:
        if any(char in word for char in "*?["):
            # Its own files at least.
            run.stage.files.put(Owned(run.at(posixpath.dirname(word) or "."), owner, recursive=True))
        run.stage.files.put(Owned(run.at(word), owner, recursive))


def _open_to_all(mode: str | None) -> bool:
    """Whether a mode lets everybody write: 1777."""
    return mode is not None and mode.isdecimal() and int(mode[-1]) & 2 == 2


def _install(run: Run) -> None:
    """install: folders with -d, else copies."""
    owner = run.value("-o", "--owner") or (ANYONE if _open_to_all(run.value("-m", "--mode")) else None)
    valued = {value for flag in ("-o", "-g", "-m", "--owner", "--group", "--mode") for value in run.values(flag)}
    words = [word for word in run.operands if word not in valued]
    if run.has("-d", "--directory") or any(
        word.startswith("-") and "d" in word for word in run.rest if word[:2] != "--"
    ):
        for word in words:
            run.make_folder(word)
            if owner is not None:
                run.stage.files.put(Owned(run.at(word), owner))
    elif len(words) > 1:
        run.stage.files.put(either(run.at(words[-1]), "install", owner or "0"))


def _fetch(run: Run) -> None:
    """curl, wget and unpackers: the named file or folder, else anything in the working folder."""
    target = run.value("-o", "--output", "-O", "--output-document", "-C", "--directory", "-d", "-P")
    if target is None or target.startswith("-"):
        run.may_change(run.folder)
    else:
        run.stage.files.put(Unknown(run.at(target), run.words[0]))


def _nothing(run: Run) -> None:
    """A command without lasting effect."""


EFFECTS: dict[str, Effect] = {
    "mkdir": _mkdir,
    "touch": _touch,
    "cp": _copy,
    "mv": _copy,
    "rm": _remove,
    "rmdir": _remove,
    "ln": _link,
    "chown": _own,
    "install": _install,
    "curl": _fetch,
    "wget": _fetch,
    "tar": _fetch,
    "unzip": _fetch,
    **dict.fromkeys(
        "true false : echo printf cat ls pwd set test [ exit sleep env date id whoami find grep head tail sort which "
        "chmod chgrp umask command export unset shopt trap hash sed awk wc uname du df tree mount type ulimit "
        "strip upx sync".split(),
        _nothing,
    ),
}
