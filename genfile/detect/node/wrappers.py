"""Programs that run another program: to prepare its environment or to watch it.

Each wrapper's command line is described by a row of a table here; no other module knows its options.
"""

import fnmatch
import posixpath
import shlex
from collections.abc import Collection, Sequence

from msgspec import Struct


class Wrapper(Struct, frozen=True):
    """A wrapper's command line.

    ``valued``: options that take the next word. ``verbs``: its own words before the command. ``command``: options that
    hold a command, or the program that runs the file. ``kept``: valued options meant for that program. ``runs``: what
    runs a JavaScript file; "" if it only runs commands. ``passes``: unknown options belong to the program.
    """

    valued: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    command: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    runs: str = "node"
    passes: bool = False


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Programs that only prepare the environment of the command after them. Those in the second table need a `--` before it.
SETTERS = {
    "cross-env": Wrapper(),
    "cross-env-shell": Wrapper(),
    "env": Wrapper(_set("-u --unset")),
    "exec": Wrapper(),
    "npx": Wrapper(_set("-p --package")),
    "bunx": Wrapper(),
    "dotenv": Wrapper(_set("-e -v -c -p")),
    "dotenvx": Wrapper(_set("-f --env-file -fv --env-vault-file -e --env -fk --convention"), _set("run")),
    "env-cmd": Wrapper(_set("-f --file -e --environments -r --rc-file")),
    "dumb-init": Wrapper(),
    "tini": Wrapper(),
}
# Programs that fetch secrets into the environment of the command after `--`, or of the text in their option.
SECRETS = frozenset("doppler infisical op chamber teller aws-vault varlock dotenv-flow vals summon phase bws".split())
_TEXT = "--command"
# Programs that start another one and restart it, after a change in the sources or a crash.
_PM2 = Wrapper(
    _set(
        """
        -i --instances -n --name --max-memory-restart -e --error -o --output -l --log --env --node-args -u --user --cwd
        --interpreter-args --watch-delay --namespace -p --pid -c --cron --restart-delay --exp-backoff-restart-delay
        --kill-timeout --listen-timeout --ignore-watch --log-date-format --only
        """
    ),
    _set("start"),
    _set("--interpreter"),
)
_TS_NODE_DEV = Wrapper(
    _set("--ignore-watch --watch --debounce --interval --rs"),
    kept=_set("-r --require -P --project -O --compiler-options"),
    runs="ts-node",
)
WATCHERS = {
    "nodemon": Wrapper(
        _set("-w --watch -i --ignore -e --ext -d --delay --config -s --signal --cwd"),
        command=_set("-x --exec"),
        kept=_set("-r --require"),
        passes=True,
    ),
    "ts-node-dev": _TS_NODE_DEV,
    "tsnd": _TS_NODE_DEV,
    "node-dev": Wrapper(kept=_set("-r --require")),
    "supervisor": Wrapper(
        _set("-w --watch -i --ignore -p --poll-interval -e --extensions -n"), command=_set("-x --exec")
    ),
    "forever": Wrapper(
        _set("-l -o -e -p -m --max --minUptime --spinSleepTime --uid --pidFile --sourceDir --workingDir --killSignal"),
        _set("start"),
        _set("-c --command"),
    ),
    "pm2": _PM2,
    "pm2-runtime": _PM2,
    "pm2-docker": _PM2,
    "tsc-watch": Wrapper(_set("-p --project"), command=_set("--onSuccess --onFirstSuccess"), runs=""),
    "onchange": Wrapper(_set("-i -e --exclude -d --delay"), runs=""),
}
# Programs that run several commands at once, with the options that take the next word.
_TOGETHER = {
    "concurrently": _set(
        "-n --names -c --prefix-colors -p --prefix --restart-tries --restart-after -s --success -m --max-processes "
        "--names-separator -t --timestamp-format -l --prefix-length --kill-signal -i --hide"
    ),
    "run-p": _set("--max-parallel --npm-path"),
    "npm-run-all": _set("--max-parallel --npm-path"),
    "npm-run-all2": _set("--max-parallel --npm-path"),
}
MAX_TOGETHER = 20
_MANAGERS = frozenset({"npm", "pnpm", "yarn", "bun"})
_TYPESCRIPT = (".ts", ".mts", ".cts", ".tsx")


def is_assignment(word: str) -> bool:
    """Whether a word sets a variable: `PORT=80`."""
    key, sign, _ = word.partition("=")
    return bool(sign) and key.isidentifier()


def without_setters(words: Sequence[str], variables: dict[str, str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """A command without wrappers that only set variables, and the variables, with those that the wrappers set.

    `cross-env A=b dotenv -e .env -- node x.js` becomes `node x.js`, with A. Files of variables are ignored, since no
    image has them.
    """
    rest, variables = list(words), dict(variables)
    through_shell = False
    while rest:
        name = posixpath.basename(rest[0])
        through_shell |= name == "cross-env-shell"
        if is_assignment(rest[0]):
            key, _, value = rest.pop(0).partition("=")
            variables[key] = value
        elif name in SETTERS:
            rest = _after_setter(name, rest[1:])
        elif name in SECRETS and "--" in rest:
            rest = rest[rest.index("--") + 1 :]
        elif name in SECRETS and _TEXT in rest[:-1]:
            rest = _split(rest[rest.index(_TEXT) + 1])
        elif through_shell and " " in rest[0]:
            rest = [*_split(rest[0]), *rest[1:]]
        elif name in _MANAGERS and rest[1:2] == ["exec"] and len(rest) > 2 and not rest[2].startswith("-c"):
            # `pnpm exec tsx x.ts`, `npm exec -- tsx x.ts`: the program itself, from node_modules.
            rest = rest[3:] if rest[2] == "--" else rest[2:]
        else:
            break
    if rest and rest[0] in ("node", "tsx", "bun"):
        rest = _without_env_files(rest)
    return tuple(rest), variables


def _split(text: str) -> list[str]:
    """The words of a command in one text; the shell itself, if only that understands it."""
    if any(sign in text for sign in "&|;<>$`\n"):
        return ["sh", "-c", text]
    try:
        return shlex.split(text)
    except ValueError:
        return ["sh", "-c", text]


def variable_files(words: Sequence[str]) -> list[str]:
    """The files of variables that a command reads before its program starts: `--env-file=.env`, `env-cmd -f .env`."""
    found: list[str] = []
    for at, word in enumerate(words):
        option, sign, value = word.partition("=")
        before = posixpath.basename(words[0])
        if option in _FILE_OPTIONS.get(before, ()) or option in ("--env-file", "--env-file-if-exists"):
            found += [value] if sign else list(words[at + 1 : at + 2])
        elif option == "dotenv_config_path":
            found.append(value)
    return [posixpath.normpath(name) for name in found if name]


_FILE_OPTIONS = {"dotenv": ("-e",), "env-cmd": ("-f", "--file"), "dotenvx": ("-f",)}


def _after_setter(name: str, rest: list[str]) -> list[str]:
    wrapper = SETTERS[name]
    given = False
    while rest and (rest[0].startswith("-") or rest[0] in wrapper.verbs):
        word = rest.pop(0)
        if word == "--":
            return rest
        given = True
        if word in wrapper.valued:
            rest = rest[1:]
    if name == "env-cmd" and not given and rest and ".env" in posixpath.basename(rest[0]):
        # Before version 9 the file came before the command, without an option.
        rest = rest[1:]
    return rest


def _without_env_files(words: list[str]) -> list[str]:
    """A Node command without its files of variables: Node fails if they are missing, and no image has them."""
    kept: list[str] = []
    skip = False
    for word in words:
        option, sign, _ = word.partition("=")
        if skip:
            skip = False
        elif option in ("--env-file", "--env-file-if-exists"):
            skip = not sign
        else:
            kept.append(word)
    return kept


def watched_command(words: Sequence[str]) -> str | None:
    """The shell text that a watcher runs: `ts-node src/x.ts` for `nodemon --exec "ts-node src/x.ts"`.

    "" if the watcher's configuration has it; None for a program that is not a watcher.
    """
    wrapper = WATCHERS.get(posixpath.basename(words[0])) if words else None
    if wrapper is None:
        return None
    mine, after = list(words[1:]), list[str]()
    if "--" in mine:
        at = mine.index("--")
        mine, after = mine[:at], mine[at + 1 :]
    command, kept, rest = _read(wrapper, mine)
    if not wrapper.runs:
        return command or shlex.join(after)
    if not rest:
        return command
    if len(rest) == 1 and " " in rest[0]:
        return rest[0]
    if rest[0] in _MANAGERS:
        return shlex.join([*rest, *after])
    runner = command or ("ts-node" if rest[0].endswith(_TYPESCRIPT) else wrapper.runs)
    return f"{runner} {shlex.join([*kept, *rest, *after])}"


def _read(wrapper: Wrapper, words: list[str]) -> tuple[str, list[str], list[str]]:
    """The command in an option, the options for the program, and the remaining words."""
    command, kept, rest = "", list[str](), list[str]()
    waiting = [*reversed(words)]
    while waiting:
        word = waiting.pop()
        option, sign, value = word.partition("=")
        if option in wrapper.command:
            command = value if sign else (waiting.pop() if waiting else "")
        elif option in wrapper.kept:
            kept += [word] if sign or not waiting else [word, waiting.pop()]
        elif option in wrapper.valued:
            if not sign and waiting:
                waiting.pop()
        elif word.startswith("-"):
            rest += [word] if rest and wrapper.passes else []
        elif rest or word not in wrapper.verbs:
            rest.append(word)
    return command, kept, rest


def commands_at_once(words: Sequence[str], scripts: Collection[str]) -> list[str] | None:
    """The shell texts that `concurrently`, `run-p` and `npm-run-all -p` run at once; None for another program."""
    name = posixpath.basename(words[0]) if words else ""
    if name not in _TOGETHER:
        return None
    parallel = name in ("concurrently", "run-p") or {"-p", "--parallel"} & set(words)
    if not parallel:
        return None
    found: list[str] = []
    waiting = [*reversed(words[1:])]
    while waiting:
        word = waiting.pop()
        if word.startswith("-"):
            if word in _TOGETHER[name] and not (word == "-p" and name != "concurrently") and waiting:
                waiting.pop()
            continue
        manager, sign, script = word.partition(":")
        called = script if sign and manager in _MANAGERS else word if name != "concurrently" else None
        if called is None:
            found.append(word)
        else:
            manager = manager if sign and manager in _MANAGERS else "npm"
            matching = [item for item in scripts if fnmatch.fnmatchcase(item, called)] or [called.split(" ")[0]]
            found += [f"{manager} run {shlex.quote(item)}" for item in matching]
    return list(dict.fromkeys(found))[:MAX_TOGETHER]


# Options that take the next word, of programs that run a file.
_VALUED = frozenset(
    """
    -r --require --import --loader --experimental-loader -C --conditions --env-file --env-file-if-exists -P --project
    -O --compiler-options --tsconfig --presets --plugins --preload --config --cwd
    """.split()
)
# Options that reload or debug a program.
RELOADING = frozenset(
    "--watch --watch-path --watch-preserve-output --hot --inspect --inspect-brk --inspect-wait".split()
)


def file_place(words: Sequence[str]) -> int | None:
    """The index of the file among the words of `node`, `tsx`, `bun run` and their like."""
    at = 1
    while at < len(words):
        word = words[at]
        if word in _VALUED:
            at += 2
        elif word.startswith("-") or (at == 1 and word == "run" and posixpath.basename(words[0]) == "bun"):
            at += 1
        else:
            return at
    return None


def without_reloading(words: Sequence[str]) -> tuple[str, ...]:
    """A command without watching: `node x.js` for `node --watch x.js` and `tsx watch x.ts`."""
    kept = [word for word in words if word.split("=")[0] not in RELOADING]
    if len(kept) > 1 and kept[1] == "watch" and posixpath.basename(kept[0]) in ("tsx", "bun"):
        del kept[1]
    return tuple(kept)
