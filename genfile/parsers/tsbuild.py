"""One run of the TypeScript compiler, or of Nest's build: its configurations, inputs and outputs.

Detection applies this to a tree, the image on paper to a stage; each supplies a `Listing` of its files. All paths are
relative to one root, with forward slashes.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from genfile.parsers.jsreach import Import
from genfile.parsers.tsoutput import (
    Chain,
    TsConfig,
    aliased,
    chain_of,
    compiles,
    inside,
    output_of,
    selected,
    within,
)

COMPILERS = frozenset("tsc ttsc tspc nest".split())
MAX_INPUTS = 4000
MAX_READ = 60
_ENDINGS = (".ts", ".tsx", ".mts", ".cts", ".json", ".js", ".mjs", ".cjs")
_TYPESCRIPT = (".ts", ".tsx", ".mts", ".cts")
_ENTRY = re.compile(r"(^|/)(main|index|server|app|app\.module|config|env)\.[cm]?[jt]sx?$")


class Listing(Struct, frozen=True):
    """Access to the files of a run.

    ``has``: whether a file exists; ``below``: the files in a folder; ``settings``: the value of a JSON file with
    comments, or None; ``imports``: those of a source; ``packages``: the sources behind a package name.
    """

    has: Callable[[str], bool]
    below: Callable[[str], Iterable[str]]
    settings: Callable[[str], Any]
    imports: Callable[[str], Iterable[Import]]
    packages: Callable[[str], Iterable[str]] = lambda name: ()


def only_checks(words: Sequence[str]) -> bool:
    """Whether the command line itself turns output off: `tsc --noEmit`."""
    return bool({"--noEmit", "--emitDeclarationOnly"} & set(words)) and flag(words, "--noEmit") != "false"


def flag(words: Sequence[str], *names: str) -> str | None:
    """The value of a flag: `--flag x` or `--flag=x`."""
    for at, word in enumerate(words):
        name, sign, value = word.partition("=")
        if name in names and (sign or at + 1 < len(words)):
            return value if sign else words[at + 1]
    return None


def configurations(words: Sequence[str], folder: str, listing: Listing) -> tuple[Chain, ...]:
    """The configurations that a command compiles: the one it names, and with `--build` those that it references.

    Empty if another tool builds, or there is none. ``words``: the command; ``folder``: where it runs.
    """
    nest = posixpath.basename(words[0]) == "nest"
    building = not nest and bool({"-b", "--build"} & set(words))
    name = _of_nest(words, folder, listing) if nest else flag(words, "-p", "--project") or "tsconfig.json"
    if building:
        name = next((word for word in words[1:] if not word.startswith("-")), "tsconfig.json")
    path = inside(folder, name) if name is not None else None
    if path is None:
        return ()
    path = path if path.endswith(".json") else posixpath.join(path, "tsconfig.json")
    chain = chain_of(path, listing.settings)
    if chain is None:
        return ()
    chains = [chain, *(_referred(chain, listing) if building else ())]
    return tuple(chains) if nest else tuple(_with_flags(words, folder, item) for item in chains)


def _referred(chain: Chain, listing: Listing) -> Iterator[Chain]:
    for item in chain.configs[0].value.get("references") or ():
        target = item.get("path") if isinstance(item, dict) else None
        path = inside(chain.configs[0].folder, target) if isinstance(target, str) else None
        if path is not None:
            path = path if path.endswith(".json") else posixpath.join(path, "tsconfig.json")
            other = chain_of(path, listing.settings)
            yield from (other,) if other is not None else ()


def _with_flags(words: Sequence[str], folder: str, chain: Chain) -> Chain:
    """Apply `--outDir x` and `--rootDir x`, which override the file and are relative to where the command runs."""
    first = chain.configs[0]
    stated: dict[str, object] = {"noEmit": False} if flag(words, "--noEmit") == "false" else {}
    for name in ("outDir", "rootDir"):
        value = flag(words, f"--{name}")
        if value:
            at = posixpath.join("/", folder, value)
            stated[name] = posixpath.relpath(at, "/" + first.folder)
    if not stated:
        return chain
    return Chain((TsConfig(first.path, {"compilerOptions": stated}), *chain.configs), chain.complete)


def _of_nest(words: Sequence[str], folder: str, listing: Listing) -> str | None:
    """The configuration of Nest's own build: by nest-cli.json, else tsconfig.build.json, else tsconfig.json."""
    path = inside(folder, "nest-cli.json")
    document = listing.settings(path) if path is not None and listing.has(path) else None
    document = document if isinstance(document, dict) else {}
    options = document.get("compilerOptions")
    options = options if isinstance(options, dict) else {}
    builder = options.get("builder")
    builder = builder.get("type") if isinstance(builder, dict) else builder
    bundles = {"--webpack", "--builder", "-b"} & set(words) or options.get("webpack") is True
    if bundles or builder not in (None, "tsc") or document.get("monorepo") is True:
        return None
    named = flag(words, "-p", "--path") or options.get("tsConfigPath")
    if isinstance(named, str):
        return named
    names = ("tsconfig.build.json", "tsconfig.json")
    return next((name for name in names if listing.has(inside(folder, name) or "")), None)


def written(chain: Chain, listing: Listing, major: int | None = None) -> dict[str, str | None] | None:
    """Each source with its output file; None for a source without one, or whose output is unknown.

    None altogether if there are too many files to read. ``major``: the compiler's major version.
    """
    inputs = _inputs(chain, listing)
    return None if inputs is None else {source: output_of(source, chain, inputs, major) for source in inputs}


def _inputs(chain: Chain, listing: Listing) -> tuple[str, ...] | None:
    """Every file that is compiled: those the configuration selects, and what they import from elsewhere."""
    files: dict[str, None] = {}
    for top in _tops(chain):
        for path in listing.below(top):
            files[path] = None
            if len(files) > MAX_INPUTS:
                return None
    named = [path for path in chain.patterns("files") or () if listing.has(path)]
    found = dict.fromkeys((*selected(chain, files), *named))
    queue = sorted(found, key=_matters)[:MAX_READ]
    for path in queue:
        for item in listing.imports(path) if compiles(path, chain) else ():
            target = imported(listing, chain, path, item)
            target = target or _absent(listing, path, item)
            json = target is not None and target.endswith(".json")
            if target is None or target in found or (json and chain.option("resolveJsonModule") is not True):
                continue
            found[target] = None
            if not json and len(queue) < MAX_READ * 2:
                queue.append(target)
    return tuple(path for path in found if path.endswith(".json") or compiles(path, chain))


def _tops(chain: Chain) -> list[str]:
    """The folders that `include` names; without it, the configuration's own."""
    include = chain.patterns("include")
    if include is None:
        return [] if chain.patterns("files") is not None else [chain.configs[0].folder]
    fixed = sorted({re.split(r"/?[^/]*[*?]", pattern, maxsplit=1)[0] for pattern in include})
    return [path for path in fixed if not any(path != top and within(path, top) for top in fixed)]


def _matters(path: str) -> tuple[bool, int, str]:
    """Sort key that puts entry files first: their imports matter most."""
    return _ENTRY.search(path) is None, path.count("/"), path


def imported(listing: Listing, chain: Chain, origin: str, item: Import) -> str | None:
    """The file that an import adds to the program, by TypeScript's resolution; None for a third-party package."""
    if item.required and origin.endswith(_TYPESCRIPT):
        # TypeScript does not resolve a plain `require`.
        return None
    for path in _candidates(listing, chain, origin, item.module):
        found = existing(listing.has, path)
        if found is not None and "node_modules" not in found.split("/"):
            return found
    return None


def _absent(listing: Listing, origin: str, item: Import) -> str | None:
    """The data file that an import names and the tree lacks: where the project is built, it is an input like any
    other."""
    plain = item.module.startswith(".") and item.module.endswith(".json") and not item.required
    path = inside(posixpath.dirname(origin), item.module) if plain else None
    return path if path and not listing.has(path) and "node_modules" not in path.split("/") else None


def existing(has: Callable[[str], bool], path: str) -> str | None:
    """The file behind a path without an extension, or with that of the output."""
    stem, ending = posixpath.splitext(path)
    names = [path, *(path + end for end in _ENDINGS), *(f"{path}/index{end}" for end in _ENDINGS)]
    if ending in (".js", ".mjs", ".cjs"):
        names += [stem + {".js": ".ts", ".mjs": ".mts", ".cjs": ".cts"}[ending], f"{stem}.tsx"]
    return next((name for name in names if has(name)), None)


def _candidates(listing: Listing, chain: Chain, origin: str, module: str) -> Iterator[str]:
    if module.startswith("."):
        path = inside(posixpath.dirname(origin), module)
        if path:
            yield path
        return
    yield from aliased(chain, module)
    base = chain.folder("baseUrl")
    if base is not None:
        yield posixpath.join(base, module)
    yield from listing.packages(module)
