"""Imports of JavaScript, and of TypeScript that runs as it is."""

import posixpath

from msgspec.structs import replace

from genfile.image.build import Built
from genfile.image.files import Answer
from genfile.image.loaded.model import MAX_MODULES, Load, Reached
from genfile.image.packages import Modules, parents
from genfile.image.target import NODE_ENDINGS, find_file
from genfile.parsers.javascript import JsModule, parse_javascript, parse_typescript
from genfile.parsers.jsloads import BUILTIN

_TYPESCRIPT = (".ts", ".mts", ".cts", ".tsx")
_CODE = (".js", ".mjs", ".cjs", ".jsx", *_TYPESCRIPT)


def follow(built: Built, start: str, result: Reached) -> None:
    """Add what the file at ``start`` loads, directly or not."""
    first, found = find_file(built.final, start, NODE_ENDINGS)
    queue = [first] if found.source is not None else []
    for path in queue:
        source = built.final.files.find(path).source
        module = _module(built, path, source)
        if source is None or module is None:
            continue
        result.modules.append((path, source))
        stays = {item.module for item in module.loads}
        for item in module.imports:
            if path.endswith(_TYPESCRIPT) and not item.required and item.module not in stays:
                # Only types are imported from it, which do not exist at run time.
                continue
            load = Load(source, item.line, item.module)
            if not item.module.startswith("."):
                _package(built, path, load, result)
                continue
            at = posixpath.normpath(posixpath.join(posixpath.dirname(path), item.module))
            other, there = find_file(built.final, at, _names(at))
            if there.answer is Answer.NO and _is_certain(built, load):
                file, ignored = _file(built, source, item.module)
                alike = _alike(built, source, item.module) if file is None and ignored is None else None
                result.missing.append(replace(load, file=file, ignored=ignored, alike=alike))
            elif there.source is not None and other.endswith(_CODE) and other not in queue:
                queue += [other] if len(queue) < MAX_MODULES else []


def _file(built: Built, source: str, module: str) -> tuple[str | None, str | None]:
    """The file that a relative import means: in the build context, or excluded by the ignore file alone."""
    at = posixpath.normpath(posixpath.join(posixpath.dirname(source), module))
    context = built.context
    found = next((at + end for end in NODE_ENDINGS if context.is_file(at + end)), None)
    if found is None or context.find(found):
        return found, None
    tracked = context.untracked is None or not context.untracked(found)
    return None, found if tracked and context.excludes(found) else None


def _alike(built: Built, source: str, module: str) -> str | None:
    """The file in the build context that a relative import means where case does not count."""
    at = posixpath.normpath(posixpath.join(posixpath.dirname(source), module))
    return next((found for end in NODE_ENDINGS if (found := built.context.alike(at + end)) is not None), None)


def _module(built: Built, path: str, source: str | None) -> JsModule | None:
    parser = parse_typescript if path.endswith(_TYPESCRIPT) else parse_javascript
    return built.context.parsed(parser, source) if source is not None else None


def _names(path: str) -> tuple[str, ...]:
    """The possible extensions of a relative import: `./x.js` is `./x.ts` if TypeScript runs as it is."""
    stems = tuple(f"/../{posixpath.basename(path)[:-3]}{end}" for end in _TYPESCRIPT) if path.endswith(".js") else ()
    return (*NODE_ENDINGS, ".tsx", ".mts", *stems)


def _package(built: Built, path: str, load: Load, result: Reached) -> None:
    """A package in the node_modules beside the file, or above."""
    name = load.name
    if name.startswith(("#", "/", "@/", "~")) or ":" in name:
        return
    parts = name.split("/")
    package = "/".join(parts[:2]) if name.startswith("@") else parts[0]
    if package in BUILTIN:
        return
    origin: str | None = None
    for folder in parents(posixpath.dirname(path)):
        found = built.final.files.find(posixpath.join(folder, "node_modules"))
        if found.answer is Answer.NO:
            continue
        if not isinstance(found.content, Modules) or found.content.has(package) is not Answer.NO:
            return
        origin = origin or found.content.lock or "package.json"
    if origin is not None and _is_certain(built, load):
        result.absent.append(Load(load.source, load.line, package, origin))


def _is_certain(built: Built, load: Load) -> bool:
    """Whether the line certainly runs: not a type-only import, nor one in a try or a condition."""
    lines = (built.context.read(load.source) or "").splitlines()
    line = lines[load.line - 1] if 0 < load.line <= len(lines) else ""
    if line[:1].isspace():
        # Inside of a block or a function.
        return False
    return not line.startswith(("import type", "export type", "if", "try")) and "await import" not in line
