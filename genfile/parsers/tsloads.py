"""Whether Node can load what the TypeScript compiler writes: Node's module rules, applied to the compiler's inputs.

The rules are those of nodejs.org/api/esm.html and /api/packages.html: a relative import in an ES module includes the
file extension, the nearest package.json decides whether `.js` is CommonJS or an ES module, and aliases from tsconfig's
`paths` mean nothing.
"""

import posixpath
from collections.abc import Callable, Container, Mapping

from msgspec import Struct

from genfile.parsers.javascript import JsModule
from genfile.parsers.jsloads import Loaded
from genfile.parsers.jsreach import Import
from genfile.parsers.tsbuild import Listing, imported
from genfile.parsers.tsoutput import FIXED_ROOT, Chain

MAX_MODULES = 150
# Modules that resolve `paths` aliases at run time.
_HELPERS = ("module-alias", "tsconfig-paths", "tsx", "ts-node", "@swc-node", "@babel/register", "esbuild-register")


class Refusal(Struct, frozen=True):
    """The first line that Node refuses: the source, its line, and the reason as a clause."""

    source: str
    line: int
    why: str


class Output(Struct, frozen=True):
    """One run of the compiler: each source with its output, and with the configuration that compiles it.

    ``is_module``: whether package.json declares ES modules; ``major``: the compiler's major version; ``installed``: the
    packages that Node finds by name; ``aliases``: whether the build itself rewrites `paths` aliases.
    """

    made: Mapping[str, str]
    chains: Mapping[str, Chain]
    listing: Listing
    module: Callable[[str], JsModule | None]
    is_module: bool
    major: int | None
    installed: Container[str]
    aliases: bool = False


def refused(run: Output, start: str) -> Refusal | None:
    """The reason why Node can't load the output of a source, or of one it imports; None if it can."""
    queue = [start]
    files = set(run.made.values())
    for source in queue:
        chain, module = run.chains.get(source), run.module(source)
        if chain is None or module is None:
            continue
        syntax = syntax_of(chain, run.made[source], run.is_module, run.major)
        if syntax == "commonjs" and run.is_module and run.made[source].endswith(".js"):
            return Refusal(source, 1, "it compiles to CommonJS, but package.json declares ES modules")
        for item in module.loads:
            if item.module.split("/")[0] in _HELPERS or "/".join(item.module.split("/")[:2]) in _HELPERS:
                return None
            target = imported(run.listing, chain, source, Import(item.module, (), item.line, item.required))
            if target is None or target not in run.made or not _hands_on(run, target, item):
                continue
            why = _why(run, files, source, item, target) if syntax is not None else None
            if why is not None:
                return Refusal(source, item.line, why)
            if target not in queue and len(queue) < MAX_MODULES:
                queue.append(target)
    return None


def syntax_of(chain: Chain, output: str, is_module: bool, major: int | None = None) -> str | None:
    """`module` or `commonjs`: what imports in a file compile to; None if unknown."""
    if output.endswith((".mjs", ".cjs")):
        return "module" if output.endswith(".mjs") else "commonjs"
    stated = chain.option("module")
    if stated is None:
        if not chain.complete or major is None:
            return None
        old = major < FIXED_ROOT and str(chain.option("target") or "es5").lower() in ("es3", "es5")
        return "commonjs" if old else "module"
    name = str(stated).lower()
    if name.startswith("node"):
        return "module" if is_module else "commonjs"
    if name.startswith("es") or name == "preserve":
        return "module"
    return "commonjs" if name == "commonjs" else None


def _hands_on(run: Output, target: str, item: Loaded) -> bool:
    """Whether a re-export by name includes more than types."""
    module = run.module(target) if item.names else None
    return module is None or any(module.gives(name) for name in item.names)


def _why(run: Output, files: set[str], source: str, item: Loaded, target: str) -> str | None:
    """The reason why Node does not find one of the project's modules; None if it does."""
    if not item.module.startswith("."):
        parts = item.module.split("/")
        package = "/".join(parts[:2]) if item.module.startswith("@") else parts[0]
        if run.aliases or package in run.installed or item.module.startswith("#"):
            return None
        return f"it imports {item.module}, a path alias that only the compiler resolves"
    chain = run.chains[source]
    if syntax_of(chain, run.made[source], run.is_module, run.major) != "module":
        return None
    name = item.module
    if chain.option("rewriteRelativeImportExtensions") is True and name.endswith((".ts", ".mts", ".cts", ".tsx")):
        stem, ending = posixpath.splitext(name)
        name = stem + {".mts": ".mjs", ".cts": ".cjs"}.get(ending, ".js")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(run.made[source]), name))
    if path not in files and not run.listing.has(path):
        return f"it imports {item.module}, but an ES module must name the whole file"
    if target.endswith(".json") and not item.typed:
        return f'it imports {item.module} without `with {{ type: "json" }}`, which Node requires'
    return None
