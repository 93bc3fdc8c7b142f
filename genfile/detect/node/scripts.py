"""package.json scripts as commands: what `npm run x` finally runs."""

import fnmatch
import posixpath
import shlex
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from genfile.detect.node.manifest import PackageJson
from genfile.detect.node.wrappers import WATCHERS, without_setters

# Scripts with more commands than this are not followed.
MAX_STEPS = 60
MANAGERS = frozenset({"npm", "pnpm", "yarn", "bun"})
# Programs that run a source file, and what replaces them once it is compiled.
FILE_RUNNERS = frozenset("node tsx ts-node ts-node-esm bun swc-node esbuild-runner esr babel-node".split())
RUNNERS = FILE_RUNNERS | WATCHERS.keys()
# Scripts that build for production, best first.
BUILD_SCRIPTS = (
    "build", "build:prod", "build:production", "build-prod", "build-production", "build_prod",
    "build_production", "prod:build", "build:all", "compile",
    "bundle", "heroku-postbuild", "gcp-build", "vercel-build",
)  # fmt: skip
# If there is none of them: the parts of a build, all of them in this order.
BUILD_PARTS = (
    "build:shared", "build:common", "build:css", "build:styles", "build:js", "build:frontend", "build:client",
    "build:ui", "build:web", "frontend:build", "client:build", "build:backend", "build:server", "build:api",
)  # fmt: skip
# Programs that watch, reload or serve for development; a production start never uses them.
DEVELOPMENT = WATCHERS.keys() - {"pm2", "pm2-runtime", "pm2-docker"} | frozenset(
    [
        "webpack-dev-server",
        "live-server",
        "lite-server",
        "browser-sync",
        "concurrently",
        "npm-run-all",
        "run-p",
        "run-s",
        "wait-on",
        "http-server",
        "serve",
        "webpack",
        "parcel",
        "snowpack",
        "wmr",
        "cypress",
        "jest",
        "vitest",
        "electron",
        "expo",
        "react-native",
        "tauri",
        "wrangler",
        "vercel",
        "netlify",
        "firebase",
        "sst",
        "storybook",
        "start-storybook",
    ]
)
DEVELOPMENT_COMMANDS = {
    "next": {"dev"},
    "nx": {"serve", "run", "start"},
    "nuxt": {"dev"},
    "nuxi": {"dev"},
    "vite": {"", "dev", "serve", "preview", "--host", "--port", "--open", "-c"},
    "astro": {"", "dev", "preview"},
    "react-scripts": {"start"},
    "react-app-rewired": {"start"},
    "craco": {"start"},
    "ng": {"serve", "s"},
    "vue-cli-service": {"serve"},
    "gatsby": {"develop", "serve"},
    "docusaurus": {"start", "serve"},
    "vitepress": {"dev", "serve", "preview"},
    "eleventy": {"--serve", "--watch"},
    "nest": {"start"},
    "remix": {"dev", "vite:dev"},
    "react-router": {"dev"},
    "svelte-kit": {"dev"},
    "vinxi": {"dev"},
    "tsx": {"watch"},
    "strapi": {"develop", "dev"},
    "medusa": {"develop"},
    "keystone": {"dev"},
    "sanity": {"dev", "start"},
    "ember": {"serve", "server", "s"},
    "quasar": {"dev"},
    "webpack": {"serve", "--watch"},
}
# Programs that start containers: what they start is another image's program.
CONTAINERS = frozenset({"docker", "docker-compose", "podman", "podman-compose"})
# Servers that watch the data that they serve, not sources.
_WATCHING_DATA = frozenset({"json-server"})
NOTHING = frozenset({"echo", "exit", "true", ":"})
# Programs that change a database, with the words that make them do so; no words: any command does.
MIGRATIONS: dict[str, tuple[str, ...]] = {
    "prisma": ("migrate", "push", "seed"),
    "drizzle-kit": ("migrate", "push", "push:pg", "push:mysql", "push:sqlite"),
    "typeorm": ("migration:run", "schema:sync"),
    "typeorm-ts-node-commonjs": ("migration:run", "schema:sync"),
    "typeorm-ts-node-esm": ("migration:run", "schema:sync"),
    "knex": ("migrate:latest", "migrate:up", "seed:run"),
    "sequelize": ("db:migrate", "db:seed:all", "db:create"),
    "sequelize-cli": ("db:migrate", "db:seed:all", "db:create"),
    "mikro-orm": ("migration:up", "schema:update", "schema:create"),
    "medusa": ("db:migrate", "migrations", "db:setup"),
    "payload": ("migrate", "migrate:fresh"),
    "node-pg-migrate": ("up",),
    "db-migrate": ("up",),
    "umzug": ("up",),
    "kysely": ("migrate", "migrate:latest", "migrate:up"),
    "dbmate": (),
    "wait-port": (),
    "wait-for-it": (),
}
_MIGRATION_FILES = frozenset("migrate migration migrations run-migrations run-migration seed db-migrate".split())
# Words that mean "build, then go on" in a package's own script.
BUILDERS = frozenset(
    """
    tsc vue-tsc tsc-alias tsup esbuild swc babel rollup webpack rimraf rm mkdir cp copyfiles cpx shx del ncc prisma echo
    """.split()
)


class ScriptStep(Struct, frozen=True):
    """One command of a script, in words, with its variables and the script that it is in.

    ``folder``: where it runs, relative to the folder of package.json: `cd server && …`.
    """

    words: tuple[str, ...]
    variables: dict[str, str]
    script: str
    folder: str = ""

    @property
    def program(self) -> str:
        return posixpath.basename(self.words[0])


def resolve(
    package: PackageJson, name: str, seen: frozenset[str] = frozenset(), extra: tuple[str, ...] = ()
) -> tuple[ScriptStep, ...] | None:
    """The commands that a script runs, following scripts that run scripts.

    None if the script is missing, runs itself, or is more than a plain sequence of commands.
    """
    text = package.scripts.get(name)
    if text is None or name in seen or len(seen) > 8:
        return None
    # Like package managers: further words are appended to the script's text.
    return resolve_text(package, f"{text} {shlex.join(extra)}" if extra else text, name, seen | {name})


def resolve_text(
    package: PackageJson, text: str, script: str, seen: frozenset[str] = frozenset()
) -> tuple[ScriptStep, ...] | None:
    """The commands of a shell text in the package's folder; None if it is more than a plain sequence of commands."""
    from genfile.parsers.small import parse_shell

    parsed = parse_shell(text)
    if parsed is None:
        return None
    steps: list[ScriptStep] = []
    folder = ""
    for command in parsed:
        if command.words[:1] == ("cd",) and len(command.words) == 2:
            folder = posixpath.normpath(posixpath.join(folder, command.words[1]))
            folder = "" if folder == "." else folder
            continue
        inner = _follow(package, ScriptStep(command.words, dict(command.assignments), script, folder), seen)
        if inner is None or len(steps) > MAX_STEPS:
            return None
        steps.extend(inner)
    return tuple(steps)


def _follow(package: PackageJson, step: ScriptStep, seen: frozenset[str]) -> tuple[ScriptStep, ...] | None:
    words, variables = without_setters(step.words, step.variables)
    step = replace(step, words=words, variables=variables)
    if not step.words:
        return ()
    if step.folder:
        # The scripts of another folder are its own package.json's.
        return (step,)
    if step.program in ("run-s", "npm-run-all", "npm-run-all2"):
        return _follow_all(package, step, seen)
    target = script_called(package, step.words)
    if target is None:
        # `yarn tsx x.ts`: without a script of that name, Yarn runs the program.
        program = step.words[1] if step.program == "yarn" and len(step.words) > 1 else ""
        return (replace(step, words=step.words[1:]) if program in package.every_dependency else step,)
    inner = resolve(package, target, seen, words_after(step.words, target))
    if inner is None:
        return None
    return tuple(replace(i, variables=step.variables | i.variables) for i in inner)


def _follow_all(package: PackageJson, step: ScriptStep, seen: frozenset[str]) -> tuple[ScriptStep, ...] | None:
    """`run-s clean build:*`: the scripts one after the other; the step itself if they run at once, or are not
    scripts."""
    names: list[str] = []
    for word in step.words[1:]:
        if word in ("-p", "--parallel") or ("{" in word or " " in word):
            return (step,)
        if word.startswith("-"):
            continue
        found = [name for name in package.scripts if fnmatch.fnmatchcase(name, word)]
        names += found if found else [""]
    if not names or "" in names:
        return (step,)
    steps: list[ScriptStep] = []
    for name in names:
        inner = resolve(package, name, seen)
        if inner is None or len(steps) > MAX_STEPS:
            return None
        steps.extend(replace(i, variables=step.variables | i.variables) for i in inner)
    return tuple(steps)


def script_called(package: PackageJson, words: tuple[str, ...]) -> str | None:
    """The script that `npm run x`, `yarn x` or `pnpm -s run x` calls; None for any other command."""
    if words[0] not in MANAGERS:
        return None
    rest = [word for word in words[1:] if word not in ("-s", "--silent", "--if-present")]
    if rest and rest[0] in ("run", "run-script"):
        rest = rest[1:]
    elif words[0] == "bun" and rest[:1] == ["build"]:
        # Bun's own bundler takes precedence over a script of that name.
        return None
    if not rest or rest[0] not in package.scripts:
        return None
    own = rest[: rest.index("--")] if "--" in rest else rest
    # npm reads its options anywhere; the others pass what follows the script on to it.
    return None if words[0] == "npm" and _names_folder(own) else rest[0]


def words_after(words: tuple[str, ...], script: str) -> tuple[str, ...]:
    """The words that a call passes to the script: for npm those after `--`, or all if none may be an option of its own;
    for the others all."""
    rest = words[words.index(script, 1) + 1 :]
    if "--" in rest:
        return rest[rest.index("--") + 1 :]
    if words[0] == "npm":
        return () if any(word.startswith("-") for word in rest) else rest
    return tuple(word for word in rest if word != "--silent")


def delegates(step: ScriptStep) -> bool:
    """Whether a command runs another member's script: `pnpm --filter x run y`, `npm -w x start`, `turbo run start`."""
    if step.program in ("turbo", "lerna", "nx", "rush", "wsrun", "moon"):
        return True
    return step.program in MANAGERS and _names_folder(step.words[1:])


def _names_folder(words: Sequence[str]) -> bool:
    """Whether a package manager's options select another folder or member."""
    flags = ("--filter", "-F", "--workspace", "-w", "workspace", "workspaces", "--prefix", "-C", "--dir", "--cwd", "-r")
    return any(word.split("=")[0] in flags for word in words)


def is_development(step: ScriptStep) -> bool:
    """Whether a command is for development: it watches, reloads, serves unbuilt sources, or starts containers."""
    if step.program in _WATCHING_DATA:
        return False
    if step.program in DEVELOPMENT | CONTAINERS or "--watch" in step.words or "--hot" in step.words:
        return True
    first = step.words[1] if len(step.words) > 1 else ""
    commands = DEVELOPMENT_COMMANDS.get(step.program, set())
    return first in commands or ("" in commands and first.startswith("-"))


def is_migration(step: ScriptStep) -> bool:
    """Whether a command changes a database: a migration tool, or a program with a usual name for it."""
    words = MIGRATIONS.get(step.program)
    if words is not None:
        return not words or any(word in words for word in step.words[1:])
    if step.words[:2] == ("node", "ace"):
        return any(word.startswith(("migration:", "db:seed")) for word in step.words[2:3])
    files = [word for word in step.words[1:] if not word.startswith("-")][:1]
    return step.program in ("node", "tsx", "ts-node", "bun") and any(
        posixpath.basename(word).rsplit(".", 1)[0].lower() in _MIGRATION_FILES for word in files
    )


def is_installation(step: ScriptStep) -> bool:
    """Whether a command installs dependencies, as the image already has: `npm install`, `yarn`."""
    named = [word for word in step.words[1:] if not word.startswith("-")]
    return step.program in MANAGERS and (
        named in (["install"], ["i"], ["ci"]) or (not named and step.program == "yarn")
    )


def uses_variables(step: ScriptStep) -> bool:
    """Whether a shell would have to expand something in the command."""
    return any("$" in word or "`" in word or "*" in word for word in step.words)
