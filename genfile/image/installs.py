"""The steps that install dependencies: with which manager, by the lockfile or not, for development or not."""

import posixpath
from collections.abc import Callable

from msgspec import Struct

from genfile.image.stage import RunStep


class Installation(Struct, frozen=True):
    """A step that installs a project's dependencies.

    ``folder``: the project's absolute folder; ``locks``: possible names of its lockfile; ``follows``: it installs
    exactly the lockfile, or fails; ``production``: without development dependencies; ``instead``: the words that would
    make it follow the lockfile.
    """

    step: RunStep
    manager: str
    manifest: str
    folder: str
    locks: tuple[str, ...]
    follows: bool
    production: bool
    instead: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The command for a person, shortened if long."""
        return " ".join(self.step.words)[:60]


_VALUED = frozenset(
    "--prefix -C --dir --cwd --filter -F -w --workspace --cache --cache-folder --registry --network-timeout --mutex "
    "--omit --only --include --store-dir --modules-folder --loglevel --reporter --network-concurrency --mode "
    "--directory --project --python -p --group --extra --package --with --without --no-group --only-group -E -P".split()
)
_TRUE = frozenset({"1", "true", "yes", "on"})


class _Words(Struct, frozen=True):
    step: RunStep
    verb: str
    rest: tuple[str, ...]

    def has(self, *flags: str) -> bool:
        return any(word in flags or word.partition("=")[0] in flags for word in self.step.words[1:])

    def value(self, *flags: str) -> str:
        words = self.step.words
        for at, word in enumerate(words):
            name, sign, value = word.partition("=")
            if name in flags:
                return value if sign else words[at + 1] if at + 1 < len(words) else ""
        return ""

    def on(self, name: str) -> bool:
        return self.step.variables.get(name, "").lower() in _TRUE

    def folder(self, *flags: str) -> str:
        return posixpath.normpath(posixpath.join(self.step.folder, self.value(*flags) or "."))


def installation_of(step: RunStep) -> Installation | None:
    """The installation in a step; None for anything else, including single packages."""
    words = step.words
    if words[:2] in (("python", "-m"), ("python3", "-m")) and len(words) > 2:
        words = words[2:]
    read = _READERS.get(posixpath.basename(words[0]))
    if read is None:
        return None
    plain: list[str] = []
    skip = False
    for word in words[1:]:
        if skip or word.startswith("-"):
            skip = not skip and word in _VALUED
        else:
            plain.append(word)
    return read(_Words(step, plain[0] if plain else "", tuple(plain[1:])))


def _npm(words: _Words) -> Installation | None:
    ci = words.verb in ("ci", "clean-install", "ic", "install-clean")
    if not ci and (words.verb not in ("install", "i") or words.rest):
        return None
    if words.has("-g", "--global"):
        return None
    locks = ("package-lock.json", "npm-shrinkwrap.json")
    return _node(words, "npm", locks, follows=ci, instead=_replaced(words.step, words.verb, "ci"))


def _pnpm(words: _Words) -> Installation | None:
    if words.verb not in ("install", "i") or words.rest or words.has("-g", "--global"):
        return None
    # With CI set, pnpm follows the lockfile unless told otherwise.
    follows = words.has("--frozen-lockfile") or (words.on("CI") and not words.has("--no-frozen-lockfile"))
    return _node(words, "pnpm", ("pnpm-lock.yaml",), follows=follows, instead=(*words.step.words, "--frozen-lockfile"))


def _yarn(words: _Words) -> Installation | None:
    if words.verb not in ("install", "") or words.rest or words.has("--version", "-v", "--help"):
        return None
    follows = words.has("--frozen-lockfile", "--immutable") or words.on("YARN_ENABLE_IMMUTABLE_INSTALLS")
    return _node(words, "yarn", ("yarn.lock",), follows=follows)


def _bun(words: _Words) -> Installation | None:
    if words.verb not in ("install", "i", "ci") or words.rest or words.has("-g", "--global"):
        return None
    follows = words.verb == "ci" or words.has("--frozen-lockfile")
    locks = ("bun.lock", "bun.lockb")
    return _node(words, "bun", locks, follows=follows, instead=(*words.step.words, "--frozen-lockfile"))


def _node(
    words: _Words, manager: str, locks: tuple[str, ...], *, follows: bool, instead: tuple[str, ...] = ()
) -> Installation:
    production = words.has("--production", "--prod", "-P") or "dev" in words.value("--omit")
    production = production or words.value("--only").startswith("prod")
    production = production or words.step.variables.get("NODE_ENV") == "production"
    folder = words.folder("--prefix", "-C", "--dir", "--cwd")
    return Installation(words.step, manager, "package.json", folder, locks, follows, production, instead)


def _uv(words: _Words) -> Installation | None:
    if words.verb != "sync":
        return None
    follows = words.has("--locked", "--frozen") or words.on("UV_LOCKED") or words.on("UV_FROZEN")
    production = words.has("--no-dev", "--no-default-groups", "--only-group") or words.on("UV_NO_DEV")
    production = production or "dev" in words.value("--no-group")
    return Installation(
        *(words.step, "uv", "pyproject.toml", words.folder("--directory", "--project"), ("uv.lock",)),
        *(follows, production, (*words.step.words, "--locked")),
    )


def _poetry(words: _Words) -> Installation | None:
    if words.verb not in ("install", "sync"):
        return None
    production = words.has("--no-dev", "--only", "--without") or "main" in words.value("--only")
    folder = words.folder("--directory", "-C", "--project")
    return Installation(words.step, "poetry", "pyproject.toml", folder, ("poetry.lock",), True, production)


def _pipenv(words: _Words) -> Installation | None:
    if words.verb not in ("install", "sync") or words.rest:
        return None
    follows = words.verb == "sync" or words.has("--deploy", "--ignore-pipfile")
    production = not words.has("--dev", "-d")
    return Installation(
        *(words.step, "pipenv", "Pipfile", words.step.folder, ("Pipfile.lock",)),
        *(follows, production, (*words.step.words, "--deploy")),
    )


def _pip(words: _Words) -> Installation | None:
    if words.verb != "install" or not words.has("-r", "--requirement"):
        return None
    name = posixpath.basename(words.value("-r", "--requirement"))
    return Installation(words.step, "pip", name, words.step.folder, (), True, not is_for_development(name))


def is_for_development(name: str) -> bool:
    """Whether a requirements file's name says that it is for development."""
    parts = name.lower().removesuffix(".txt").replace("-", "_").replace(".", "_").split("_")
    return bool({"dev", "development", "test", "tests", "testing", "lint"} & set(parts))


def _others(verbs: tuple[str, ...], manager: str, manifest: str) -> Callable[[_Words], Installation | None]:
    def read(words: _Words) -> Installation | None:
        if " ".join((words.verb, *words.rest[:1])).strip() not in verbs and words.verb not in verbs:
            return None
        return Installation(words.step, manager, manifest, words.step.folder, (), True, True)

    return read


def _replaced(step: RunStep, old: str, new: str) -> tuple[str, ...]:
    return tuple(new if word == old else word for word in step.words)


_READERS: dict[str, Callable[[_Words], Installation | None]] = {
    "npm": _npm,
    "pnpm": _pnpm,
    "yarn": _yarn,
    "bun": _bun,
    "uv": _uv,
    "poetry": _poetry,
    "pipenv": _pipenv,
    **dict.fromkeys(("pip", "pip3"), _pip),
    "go": _others(("mod download",), "go", "go.mod"),
    "bundle": _others(("install",), "bundle", "Gemfile"),
    "composer": _others(("install",), "composer", "composer.json"),
}
