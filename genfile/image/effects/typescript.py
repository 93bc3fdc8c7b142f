"""tsc and Nest's build: the files that they write, computed from the configuration and the sources in the image."""

import posixpath
from collections.abc import Iterator
from typing import Any

from genfile.image.effects.run import Effect, Run
from genfile.image.files import Answer, MadePath
from genfile.image.packages import Paths
from genfile.parsers.data import parse_jsonc
from genfile.parsers.jsreach import Import
from genfile.parsers.tsbuild import Listing, configurations, flag, only_checks, written
from genfile.parsers.tsoutput import emits_nothing

_CODE = (".js", ".mjs", ".cjs")


def _tsc(run: Run) -> None:
    if only_checks(run.words) or run.has("--init", "--version", "-v", "--help"):
        return
    named = flag(run.words, "-p", "--project") or "tsconfig.json"
    path = named if named.endswith(".json") else posixpath.join(named, "tsconfig.json")
    if not run.has("-b", "--build") and not run.needs(path):
        return
    _compile(run)


def _nest(run: Run) -> None:
    if "build" not in run.rest or len(run.operands) > 1:
        run.may_change(".")
        return
    document = _value(run, posixpath.join(run.folder[1:], "nest-cli.json"))
    options = document.get("compilerOptions") if isinstance(document, dict) else None
    # Assets are copied beside the code.
    _compile(run, assets=bool(options.get("assets")) if isinstance(options, dict) else False)


def _compile(run: Run, *, assets: bool = False) -> None:
    listing = _listing(run)
    chains = configurations(run.words, run.folder[1:], listing)
    if chains and all(emits_nothing(chain) for chain in chains):
        return
    made: dict[str, set[str]] = {}
    for chain in chains:
        out = chain.folder("outDir")
        outputs = written(chain, listing) if chain.complete and not emits_nothing(chain) else {}
        found = {path for path in (outputs or {}).values() if path is not None}
        if out is None or not outputs or len(found) < len(outputs):
            run.may_change(".")
            return
        made.setdefault(out, set()).update(found)
    if not made:
        run.may_change(".")
    for out, paths in made.items():
        inner = frozenset(posixpath.relpath(path, out) for path in paths if path.startswith(out + "/"))
        content = Paths(inner, _CODE if assets else ())
        run.stage.files.put(MadePath("/" + out, run.program, folder=True, content=content))


def _listing(run: Run) -> Listing:
    return Listing(
        has=lambda path: _is_file(run, path),
        below=lambda folder: (path[1:] for path in run.stage.files.listed("/" + folder)),
        settings=lambda path: _value(run, path),
        imports=lambda path: _imports(run, path),
    )


def _value(run: Run, at: str) -> Any:
    document = run.data(parse_jsonc, "/" + at)
    return document.value if document is not None else None


def _is_file(run: Run, path: str) -> bool:
    found = run.stage.files.find("/" + path)
    return found.answer is Answer.YES and not found.folder


def _imports(run: Run, path: str) -> Iterator[Import]:
    module = run.module("/" + path)
    yield from module.imports if module is not None else ()


EFFECTS: dict[str, Effect] = {"tsc": _tsc, "ttsc": _tsc, "tspc": _tsc, "nest": _nest}
