"""What a container runs: ENTRYPOINT and CMD by Docker's rules, then through shells, inits and scripts."""

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from genfile.container.model import Command
from genfile.container.shell import Simple, quoted, script_commands, split_commands

# A script of the build context by its path in the image: the path there and its text.
FindScript = Callable[[str], "tuple[str, str] | None"]

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
_INITS = frozenset({"tini", "tini-static", "dumb-init", "docker-init", "catatonit", "exec", "nohup", "command", "time"})
# In place of the flags that take a word: each long one does.
_EVERY = frozenset({"--"})
# Wrappers that are told what to run behind flags of their own; those flags that take a word.
_RUNNERS: Mapping[tuple[str, ...], frozenset[str]] = {
    ("uv", "run"): frozenset(
        {"--with", "--group", "--extra", "--package", "--project", "--directory", "-p", "--python"}
    ),
    ("poetry", "run"): frozenset(),
    ("pipenv", "run"): frozenset(),
    ("pdm", "run"): frozenset({"-p"}),
    ("hatch", "run"): frozenset(),
    ("pixi", "run"): frozenset({"-e", "--environment"}),
    ("npx",): frozenset({"-p", "--package"}),
    ("bunx",): frozenset(),
    ("pnpm", "exec"): frozenset(),
    ("yarn", "exec"): frozenset(),
    ("npm", "exec"): frozenset(),
    ("conda", "run"): frozenset({"-n", "--name", "-p", "--prefix"}),
    ("ddtrace-run",): frozenset(),
    ("opentelemetry-instrument",): _EVERY,
    ("newrelic-admin", "run-program"): frozenset(),
    ("doppler", "run"): frozenset({"-p", "-c", "--project", "--config"}),
    ("dotenv",): frozenset({"-f", "-e"}),
    ("nice",): frozenset({"-n"}),
    ("stdbuf",): frozenset(),
    # https://github.com/jwilder/dockerize#usage
    ("dockerize",): frozenset(
        """
        -template -wait -timeout -stdout -stderr -delims -env -env-header -wait-retry-interval -wait-http-header
        """.split()
    ),
}
_AS_USER = frozenset({"gosu", "su-exec", "setpriv", "chroot", "runuser", "setuidgid"})
# What sets a script up and starts nothing.
_SETUP = frozenset(
    "set export cd echo printf mkdir chown chmod source . umask ulimit sleep ls pwd trap shift local readonly unset cp "
    "mv ln rm touch cat true false : wait exit env date id whoami find sed test [ [[ until while read eval nc".split()
)
MAX_DEPTH = 12
# What makes a program say how it is used, or which release it is, and end.
_ASKING = frozenset({"--help", "-help", "-h", "help", "--version", "-version", "version"})
# How far scripts that hand over to scripts are followed.
MAX_SCRIPTS = 2


def combined(
    entrypoint: "tuple[str, ...] | str | None", command: "tuple[str, ...] | str | None", shell: tuple[str, ...]
) -> tuple[str, ...]:
    """The words of the process: an ENTRYPOINT of the shell form takes no CMD, one of the exec form the CMD's words."""
    if isinstance(entrypoint, str):
        return (*shell, entrypoint)
    words = (*shell, command) if isinstance(command, str) else command or ()
    return (*(entrypoint or ()), *words)


def understand(
    words: tuple[str, ...], find: FindScript | None = None, environment: Mapping[str, str] | None = None
) -> Command | None:
    """A command seen through its wrappers; scripts of the build context are followed two levels."""
    return _Reader(find, environment or {}).read(words, Command(""), 0)


def only_asks(words: Sequence[str]) -> bool:
    """Whether a command makes its program say something of itself and end: `server --help`, as images of tools do."""
    return len(words) > 1 and all(word in _ASKING for word in words[1:])


def understand_text(text: str, find: FindScript | None = None) -> Command | None:
    """As `understand`, for a shell text: a Procfile's, a host's."""
    return understand(("sh", "-c", text), find)


class _Reader:
    def __init__(self, find: FindScript | None, environment: Mapping[str, str]) -> None:
        self.find = find
        self.environment = environment

    def read(self, words: tuple[str, ...], known: Command, depth: int) -> Command | None:
        if depth > MAX_DEPTH or not words:
            return None
        program = posixpath.basename(words[0])
        text = _shell_text(words)
        if text is not None:
            return self._list(text, words, known, depth)
        rest, user = _unwrapped(words, program)
        if rest is not None:
            return self.read(rest, replace(known, user=user or known.user), depth + 1)
        if program == "env":
            return self._env(words[1:], known, depth)
        script = words[1:] if program in _SHELLS and len(words) > 1 and not words[1].startswith("-") else words
        found = self.find(script[0]) if self.find is not None and len(known.scripts) < MAX_SCRIPTS else None
        found = None if found is not None and found[0] in known.scripts else found
        if found is not None:
            followed = self._script(found, script[1:], known, depth)
            if followed is not None or _runs_what_is_given(found[1], script[1:]):
                return followed
        if _is_entrypoint(script[0]) and len(script) > 1 and not script[1].startswith("-"):
            # A script that is not there to be read: by custom it ends in `exec "$@"`.
            return self.read(_handed(script[1:]), known, depth + 1)
        return replace(known, text=" ".join(quoted(word) for word in words), words=words)

    def _env(self, words: tuple[str, ...], known: Command, depth: int) -> Command | None:
        """`env -u NAME --chdir=folder KEY=value program`."""
        rest, folder = list(words), known.folder
        given: list[tuple[str, str]] = []
        while rest and (rest[0].startswith("-") or re.match(r"[A-Za-z_]\w*=", rest[0])):
            word, sign, value = rest.pop(0).partition("=")
            if word in ("-u", "-C", "--unset", "--chdir") and not sign and rest:
                value = rest.pop(0)
            if word in ("-C", "--chdir"):
                folder = posixpath.normpath(posixpath.join(folder or "", value))
            elif not word.startswith("-"):
                given.append((word, value))
        state = replace(known, folder=folder, assignments=(*known.assignments, *given))
        return self.read(tuple(rest), state, depth + 1)

    def _list(self, text: str, words: tuple[str, ...], known: Command, depth: int) -> Command | None:
        """A shell text: the last command is the server, those before it have ended by then."""
        commands = split_commands(text)
        if commands is None:
            return replace(known, text=text.strip())
        # `sh -c 'exec "$@"' name a b`.
        extra = words[_at_text(words) + 1 :]
        return self._pick(commands, extra[1:], known, depth) or (
            replace(known, text=text.strip()) if commands else None
        )

    def _script(self, found: tuple[str, str], rest: tuple[str, ...], known: Command, depth: int) -> Command | None:
        path, text = found
        if not re.match(r"#!\s*\S*(?:sh\b|env\s+(?:-S\s+)?(?:ba|da|a)?sh)", text) and not path.endswith(
            (".sh", ".bash")
        ):
            return None
        return self._pick(script_commands(text), rest, replace(known, scripts=(*known.scripts, path)), depth)

    def _pick(self, commands: tuple[Simple, ...], rest: tuple[str, ...], known: Command, depth: int) -> Command | None:
        """Of the commands of a list the one that stays: `exec`, else the last one; before it what it waits for."""
        folder, before, beside = known.folder, list(known.before), list(known.beside)
        exported = list(known.assignments)
        named: list[Simple] = []
        for item in commands:
            program = posixpath.basename(item.words[0]) if item.words else ""
            if program in ("", "export"):
                given = (
                    item.assignments
                    if not program
                    else tuple(
                        (name, value) for name, sign, value in (word.partition("=") for word in item.words[1:]) if sign
                    )
                )
                exported += [pair for pair in given if "$" not in pair[1]]
            elif program == "cd" and len(item.words) > 1 and "$" not in item.words[1]:
                folder = posixpath.normpath(posixpath.join(folder or "", item.words[1]))
            elif (program not in _SETUP or (program == "env" and len(item.words) > 1)) and (
                item.joined != "||" or not named
            ):
                named.append(item)
        if not named:
            return None
        stays = [item for item in named if item.words[0] == "exec" and not item.beside]
        front = [item for item in named if not item.beside]
        # The first `exec` with words of its own, else the one that hands over to what the script is given.
        handed = [item for item in stays if _hands_over(item)]
        server = (handed or stays or front or named)[-1]
        index = named.index(server)
        before += [item.text for item in named[:index] if not item.beside and item.joined != "|"]
        beside += [item.text for item in named if item.beside and item is not server]
        words = _filled(server, rest)
        state = replace(
            known,
            before=tuple(before)[:16],
            beside=tuple(beside)[:16],
            folder=folder,
            assignments=(*exported, *server.assignments),
        )
        return self.read(words, state, depth + 1)


def _runs_what_is_given(script: str, rest: tuple[str, ...]) -> bool:
    """Whether a script ends in what it is given, and is given nothing: an entry point whose command is elsewhere."""
    return not rest and re.search(r"""(?m)^\s*exec "?\$@"?\s*$""", script) is not None


def _handed(words: tuple[str, ...]) -> tuple[str, ...]:
    """Of the words that a script is given those that it runs: what stands behind `--`, if that is there."""
    at = words.index("--") + 1 if "--" in words else 0
    return words[at:] if at < len(words) else words


def _filled(item: Simple, rest: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a command of a script that is given the words `rest`; where they are the program, those it runs:
    `exec "$@"`, or an array's name for what stood behind `--`."""
    at = 1 if item.words[0] == "exec" else 0
    if item.words[at:] and item.words[at].startswith("$"):
        if "--" in rest and not _hands_over(item):
            return _handed(rest)
        rest = _handed(rest)
    return tuple(part for word in item.words for part in (rest if word in ("$@", "$*", "${@}") else (word,)))


def _hands_over(item: Simple) -> bool:
    return any(word in ("$@", "$*", "${@}") for word in item.words)


def _shell_text(words: tuple[str, ...]) -> str | None:
    """The text of `sh -c TEXT`, `bash -lc TEXT`, `/bin/sh -e -c TEXT`."""
    at = _at_text(words)
    return words[at] if 0 < at < len(words) else None


def _at_text(words: tuple[str, ...]) -> int:
    if posixpath.basename(words[0]) not in _SHELLS:
        return 0
    for index, word in enumerate(words[1:], 1):
        if not word.startswith("-"):
            return 0
        if re.fullmatch(r"-[a-z]*c", word):
            return index + 1
        if word == "-o":
            return _at_text((words[0], *words[index + 2 :])) + index + 1
    return 0


def _unwrapped(words: tuple[str, ...], program: str) -> tuple[tuple[str, ...] | None, str | None]:
    """What a wrapper runs, and the user that it runs it as; None for what wraps nothing."""
    if program in _INITS or words[0] == "--":
        return _behind_flags(
            words[1:], frozenset({"-e", "-p", "-r"}) if program.startswith("tini") else frozenset()
        ), None
    if program in _AS_USER and len(words) > 2:
        at = next((index for index, word in enumerate(words[1:], 1) if not word.startswith("-")), len(words))
        if program == "setpriv":
            return words[at:], None
        return _behind_flags(words[at + 1 :], frozenset()), words[at]
    for prefix, flags in _RUNNERS.items():
        if (program, *words[1 : len(prefix)]) == prefix:
            rest = _as_module(words[len(prefix) :], flags) or _behind_flags(words[len(prefix) :], flags)
            return (rest, None) if rest else (None, None)
    if program == "su" and "-c" in words[:-1]:
        text = words[words.index("-c") + 1]
        user = next((word for word in words[1:] if not word.startswith("-") and word != text), None)
        return ("sh", "-c", text), user
    return None, None


def _behind_flags(words: tuple[str, ...], valued: frozenset[str]) -> tuple[str, ...]:
    rest = list(words)
    while rest and rest[0].startswith("-"):
        word = rest.pop(0)
        if word == "--":
            break
        takes = word.startswith("--") and "=" not in word if valued is _EVERY else word in valued
        if takes and rest:
            rest.pop(0)
    return tuple(rest)


def _as_module(words: tuple[str, ...], valued: frozenset[str]) -> tuple[str, ...] | None:
    """`uv run -m app.main` as Python runs it; None for what runs no module by such a flag."""
    if "--python" not in valued:
        return None
    at = next((index for index, word in enumerate(words) if word in ("-m", "--module")), None)
    if at is None or any(not word.startswith("-") for word in _behind_flags(words[:at], valued)):
        return None
    return ("python", "-m", *words[at + 1 :])


def _is_entrypoint(word: str) -> bool:
    name = posixpath.basename(word)
    return "entrypoint" in name or name.endswith((".sh", ".bash")) or name in ("init", "entry")
