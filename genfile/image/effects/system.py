"""System packages, users, and wrappers that run another command."""

import posixpath
import re

from genfile.container.packages import installed
from genfile.container.shell import split_commands
from genfile.image.effects.files import _nothing
from genfile.image.effects.run import Effect, Run
from genfile.image.effects.shell import anything, in_order, perform, unknown
from genfile.image.files import Answer, MadePath


def _packages(run: Run) -> None:
    if run.stage.base is not None and run.stage.base.only:
        return
    text = " ".join(run.words)
    run.stage.packages.update(dict.fromkeys(installed(text, run.stage.variables)))
    for word in run.operands:
        if word.endswith((".deb", ".rpm", ".apk")) or "$" in word or "/" in word:
            run.stage.loose = run.stage.loose or f"genfile does not know what {word} installs"


def _user(run: Run) -> None:
    """useradd -m and adduser create a home folder that the user owns."""
    name = run.operands[-1] if run.operands else ""
    home = run.value("-d", "--home-dir", "--home", "-h") or f"/home/{name}"
    if not re.fullmatch(r"/[A-Za-z0-9._/-]+", home) or run.has("-M", "--no-create-home", "-H"):
        return
    if (
        run.program == "adduser"
        or run.has("-m", "--create-home")
        or any(re.fullmatch(r"-[a-z]*m[a-z]*", word) for word in run.rest)
    ):
        number = run.value("-u", "--uid")
        run.stage.files.put(MadePath(posixpath.normpath(home), run.words[0], folder=True, owner=number or name))


def _shell(run: Run) -> None:
    text = run.value("-c", "-ec", "-lc", "-exc", "-euxc", "-euo")
    if text is None:
        script = run.operands[0] if run.operands else None
        words = run.rest[run.rest.index(script) :] if script is not None else ()
        if words and posixpath.basename(words[0]) in run.effects:
            # A wrapper without its executable bit: `sh ./gradlew build`.
            perform(run.again(words))
            return
        if script is not None and not run.needs(script):
            return
        # A script is more than a list of commands.
        anything(run.stage, f"genfile does not know what {' '.join(run.words[:2])} does")
        return
    commands = split_commands(text)
    if commands is None:
        anything(run.stage, "a step that is more than a list of commands")
    else:
        in_order(run.again(("sh",)), commands)


def _wrapped(run: Run) -> None:
    """The command after a wrapper, its flags and assignments."""
    words = list(run.rest)
    given: dict[str, str] = {}
    while words and (words[0].startswith("-") or re.match(r"[A-Za-z_]\w*=", words[0])):
        word = words.pop(0)
        if "=" in word and not word.startswith("-"):
            name, _, value = word.partition("=")
            given[name] = value
    if words:
        perform(run.again(words, given=given))


def _make(run: Run) -> None:
    if not run.has("-f", "-C") and run.find("makefile").answer is Answer.NO:
        run.needs("Makefile")
    unknown(run)


EFFECTS: dict[str, Effect] = {
    **dict.fromkeys(
        ("apt-get", "apt", "aptitude", "apk", "dnf", "microdnf", "yum", "zypper", "install_packages"), _packages
    ),
    **dict.fromkeys(("useradd", "adduser"), _user),
    **dict.fromkeys(
        (
            "groupadd",
            "addgroup",
            "usermod",
            "update-ca-certificates",
            "ldconfig",
            "locale-gen",
            "dpkg-reconfigure",
            "update-alternatives",
            "fc-cache",
            "debconf-set-selections",
            "setcap",
        ),
        _nothing,
    ),
    **dict.fromkeys(("sh", "bash", "ash", "dash"), _shell),
    **dict.fromkeys(("sudo", "env", "exec", "time", "nice", "cross-env", "cross-env-shell", "eval"), _wrapped),
    "make": _make,
}
