"""Where the TypeScript compiler writes its output: by a tsconfig.json, those it extends, and the compiled files.

Pure functions on texts and paths; all paths are relative to one root, with forward slashes.
"""

import fnmatch
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

MAX_EXTENDS = 10
MAX_SEGMENTS = 60
# From this release on, the root is the folder of the tsconfig.json instead of a computed one.
FIXED_ROOT = 6
_OUTPUT = {".ts": ".js", ".tsx": ".js", ".mts": ".mjs", ".cts": ".cjs", ".js": ".js", ".jsx": ".js", ".json": ".json"}
_OUTPUT |= {".mjs": ".mjs", ".cjs": ".cjs"}
_TYPESCRIPT = (".ts", ".tsx", ".mts", ".cts")
_JAVASCRIPT = (".js", ".jsx", ".mjs", ".cjs")
_PACKAGES = frozenset({"node_modules", "bower_components", "jspm_packages"})
# Shared configurations that set no folders.
_HARMLESS = ("@tsconfig/", "@sindresorhus/tsconfig", "@vue/tsconfig", "@total-typescript/tsconfig", "gts/")


class TsConfig(Struct, frozen=True):
    """A tsconfig.json: its path and its value."""

    path: str
    value: Mapping[str, Any]

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)


class Chain(Struct, frozen=True):
    """A tsconfig.json and those it extends, nearest first; not ``complete`` if one can't be read."""

    configs: tuple[TsConfig, ...]
    complete: bool = True

    def option(self, name: str) -> Any:
        found = self._stated("compilerOptions", name)
        return None if found is None else found[1]

    def folder(self, name: str) -> str | None:
        """An option that is a path, relative to the file that sets it. None if it is unset, or outside the root."""
        found = self._stated("compilerOptions", name)
        if found is None or not isinstance(found[1], str):
            return None
        stated = found[1].replace("${configDir}", self.configs[0].folder or ".")
        return inside(found[0].folder, stated)

    def patterns(self, name: str) -> tuple[str, ...] | None:
        """``files``, ``include`` or ``exclude``, relative to the file that sets them."""
        for config in self.configs:
            value = config.value.get(name)
            if isinstance(value, list):
                paths = (inside(config.folder, item) for item in value if isinstance(item, str))
                return tuple(path for path in paths if path is not None)
        return None

    def _stated(self, table: str, name: str) -> tuple[TsConfig, Any] | None:
        for config in self.configs:
            values = config.value.get(table)
            if isinstance(values, dict) and values.get(name) is not None:
                return config, values[name]
        return None


def inside(folder: str, path: str) -> str | None:
    """A path in a file of a folder, relative to the root; "" is the root, None is outside it."""
    if path.startswith("/") or "\0" in path:
        return None
    joined = posixpath.normpath(posixpath.join(folder or ".", path))
    return None if joined.split("/")[0] == ".." else ("" if joined == "." else joined)


def chain_of(path: str, read: Callable[[str], Any]) -> Chain | None:
    """A tsconfig.json with all it extends. ``read`` returns the value of a file by its path, or None."""
    value = read(path)
    if not isinstance(value, dict):
        return None
    found = [TsConfig(path, value)]
    complete = _extend(found[0], read, found, {path})
    return Chain(tuple(found), complete)


def _extend(config: TsConfig, read: Callable[[str], Any], found: list[TsConfig], seen: set[str]) -> bool:
    """Add what a configuration extends; the last of several takes precedence."""
    names = config.value.get("extends") or []
    complete = True
    for name in reversed([names] if isinstance(names, str) else names):
        if not isinstance(name, str) or not name.startswith("."):
            complete &= isinstance(name, str) and name.startswith(_HARMLESS)
            continue
        path = inside(config.folder, name)
        candidates = (path, f"{path}.json", f"{path}/tsconfig.json") if path else ()
        known = next((candidate for candidate in candidates if read(candidate) is not None), None)
        value = read(known) if known else None
        if known is None or not isinstance(value, dict) or known in seen or len(seen) > MAX_EXTENDS:
            complete = False
            continue
        seen.add(known)
        found.append(TsConfig(known, value))
        complete &= _extend(found[-1], read, found, seen)
    return complete


def aliased(chain: Chain, module: str) -> Iterator[str]:
    """The paths for a module name by `compilerOptions.paths`: relative to baseUrl, else to the file that sets them."""
    for config in chain.configs:
        options = config.value.get("compilerOptions")
        paths = options.get("paths") if isinstance(options, dict) else None
        if not isinstance(paths, dict):
            continue
        base = chain.folder("baseUrl")
        folder = base if base is not None else config.folder
        for pattern, targets in paths.items():
            before, star, after = pattern.partition("*")
            if not (module.startswith(before) and module.endswith(after) if star else module == pattern):
                continue
            middle = module[len(before) : len(module) - len(after)] if star else ""
            for target in targets if isinstance(targets, list) else ():
                path = inside(folder, target.replace("*", middle)) if isinstance(target, str) else None
                if path:
                    yield path
        return


def compiles(path: str, chain: Chain) -> bool:
    """Whether the compiler takes a file with this name (declarations have no output)."""
    if path.endswith((".d.ts", ".d.mts", ".d.cts")):
        return False
    return path.endswith(_TYPESCRIPT + (_JAVASCRIPT if chain.option("allowJs") else ()))


def selected(chain: Chain, files: Iterable[str]) -> tuple[str, ...]:
    """The files that ``files``, ``include`` and ``exclude`` select; their imports are compiled as well."""
    named, include, exclude = chain.patterns("files"), chain.patterns("include"), chain.patterns("exclude")
    base = chain.configs[0].folder
    if include is None:
        include = () if named is not None else (_beneath(base, "**/*"),)
    if exclude is None:
        out = chain.folder("outDir")
        exclude = tuple(_beneath(base, name) for name in sorted(_PACKAGES)) + ((out,) if out else ())
    found = set(named or ())
    return tuple(
        path
        for path in files
        if compiles(path, chain)
        and (path in found or (_any(path, include) and not _any(path, exclude) and not _hidden(path, base)))
    )


def output_of(source: str, chain: Chain, inputs: Iterable[str], major: int | None = None) -> str | None:
    """The output file of a source; None if there is none, or it is unknown.

    ``inputs``: every file that is compiled, selected or imported. ``major``: the compiler's major version.
    """
    ending = next((end for end in _OUTPUT if source.endswith(end)), None)
    if ending is None or source.endswith((".d.ts", ".d.mts", ".d.cts")):
        return None
    if emits_nothing(chain) or chain.option("outFile"):
        return None
    out = chain.folder("outDir")
    made = "\0" if chain.option("jsx") == "preserve" and ending in (".tsx", ".jsx") else _OUTPUT[ending]
    name = source.removesuffix(ending) + made.replace("\0", ".jsx")
    if out is None:
        return name if chain.complete and chain.option("outDir") is None else None
    root = root_of(chain, inputs, major)
    if root is None or not within(source, root):
        return None
    return _beneath(out, name[len(root) + 1 :] if root else name)


def emits_nothing(chain: Chain) -> bool:
    """Whether the compiler only checks types, or writes declarations at most."""
    return chain.option("noEmit") is True or chain.option("emitDeclarationOnly") is True


def loads_in_node(chain: Chain, is_module: bool) -> bool:
    """Whether Node can load the output as is: not with path aliases, nor with extensionless imports in ES modules.

    ``is_module``: whether package.json declares ES modules.
    """
    if chain.option("paths") or chain.option("baseUrl"):
        return False
    module = str(chain.option("module") or "").lower()
    if module.startswith("node"):
        return True
    target = str(chain.option("target") or "es5").lower()
    return not is_module and (module == "commonjs" or (not module and target in ("es3", "es5")))


def root_of(chain: Chain, inputs: Iterable[str], major: int | None = None) -> str | None:
    """The folder whose layout the output keeps: ``rootDir``, else the common folder of all inputs."""
    if chain.option("rootDir") is not None:
        return chain.folder("rootDir")
    if not chain.complete:
        return None
    if chain.option("composite") is True or (major or 0) >= FIXED_ROOT:
        return chain.configs[0].folder
    folders = [
        posixpath.dirname(path).split("/") for path in inputs if not path.endswith((".d.ts", ".d.mts", ".d.cts"))
    ]
    return "/".join(shared_folder(folders)) if folders else None


def shared_folder(folders: Sequence[list[str]]) -> list[str]:
    """The common beginning of paths, each a list of its parts."""
    least, most = min(folders), max(folders)
    for at, part in enumerate(least):
        if at >= len(most) or most[at] != part:
            return least[:at]
    return least


def within(path: str, folder: str) -> bool:
    return not folder or path.startswith(folder + "/")


def _beneath(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path


def _hidden(path: str, base: str) -> bool:
    """Whether a path is in an installed package or a dot folder, which wildcards do not match."""
    parts = (path[len(base) + 1 :] if base and within(path, base) else path).split("/")
    return any(part.startswith(".") or part in _PACKAGES for part in parts[:-1])


def _any(path: str, patterns: Iterable[str]) -> bool:
    return any(_matches(path, pattern) for pattern in patterns)


def _matches(path: str, pattern: str) -> bool:
    """Whether a pattern matches a file, or a folder that contains it: `src`, `src/**/*.ts`, `**/*.spec.ts`."""
    parts = pattern.split("/") if pattern else ["**"]
    if len(parts) > MAX_SEGMENTS:
        return False
    at = {0}
    for part in path.split("/"):
        if len(parts) in _closed(at, parts):
            return True
        after = {p for p in _closed(at, parts) if p < len(parts) and parts[p] == "**"}
        after |= {p + 1 for p in _closed(at, parts) if p < len(parts) and parts[p] != "**" and _part(parts[p])(part)}
        at = after
    return len(parts) in _closed(at, parts)


def _closed(at: set[int], parts: list[str]) -> set[int]:
    """The positions where a match may continue: past any `**`, which also matches no folder at all."""
    found = set(at)
    for place in sorted(at):
        while place < len(parts) and parts[place] == "**":
            place += 1
            found.add(place)
    return found


@lru_cache(maxsize=500)
def _part(pattern: str) -> Callable[[str], object]:
    import re

    return re.compile(fnmatch.translate(pattern.replace("[", "[[]"))).match
