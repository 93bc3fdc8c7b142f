"""tsc and Nest's build: the files that they write, computed from the configuration and the sources in the image."""

import posixpath
import re
from typing import Any

from genfile.image.effects.run import Effect, Run
from genfile.image.files import Answer, Made
from genfile.image.packages import Paths
from genfile.parsers.data import parse_json, parse_jsonc
from genfile.parsers.tsoutput import Chain, TsConfig, chain_of, compiles, inside, output_of, selected

MAX_SOURCES = 1_500
MAX_READ = 60
_ENDINGS = (".ts", ".tsx", ".js", ".json", "/index.ts", "/index.js", "")
_CODE = (".js", ".mjs", ".cjs")


def _tsc(run: Run) -> None:
    if run.has("--noEmit", "--init", "--version", "-v", "--help"):
        return
    if run.has("-b", "--build"):
        run.may_change(".")
        return
    _compile(run, run.value("-p", "--project") or "tsconfig.json", flags=True)


def _nest(run: Run) -> None:
    if "build" not in run.rest:
        run.may_change(".")
        return
    document = run.data(parse_json, "nest-cli.json")
    options = document.table("compilerOptions") if document is not None else {}
    builder = options.get("builder")
    builder = builder.get("type") if isinstance(builder, dict) else builder
    bundles = run.has("--webpack", "--builder", "-b") or options.get("webpack") is True
    monorepo = document is not None and document.get("monorepo") is True
    if bundles or builder not in (None, "tsc") or monorepo or len(run.operands) > 1:
        run.may_change(".")
        return
    named = run.value("-p", "--path") or options.get("tsConfigPath")
    build = run.find("tsconfig.build.json").answer is Answer.YES
    config = named if isinstance(named, str) else "tsconfig.build.json" if build else "tsconfig.json"
    # Assets are copied beside the code.
    _compile(run, config, assets=bool(options.get("assets")))


def _compile(run: Run, name: str, *, flags: bool = False, assets: bool = False) -> None:
    path = run.at(name)
    path = path if path.endswith(".json") else posixpath.join(path, "tsconfig.json")
    if run.stage.files.find(path).answer is Answer.NO:
        run.needs(path)
        return
    chain = chain_of(path[1:], lambda at: _value(run, at))
    chain = _with_flags(run, chain) if chain is not None and flags else chain
    out = chain.folder("outDir") if chain is not None else None
    if chain is not None and (chain.option("noEmit") is True or chain.option("emitDeclarationOnly") is True):
        return
    outputs = _outputs(run, chain) if chain is not None and chain.complete else None
    if chain is None or out is None or not outputs:
        run.may_change(".")
        return
    inner = frozenset(posixpath.relpath(path, out) for path in outputs if path.startswith(out + "/"))
    endings = _CODE if assets else ()
    run.stage.files.put(Made("/" + out, run.program, folder=True, content=Paths(inner, endings)))


def _value(run: Run, at: str) -> Any:
    document = run.data(parse_jsonc, "/" + at)
    return document.value if document is not None else None


def _with_flags(run: Run, chain: Chain) -> Chain:
    given = {name: run.value(f"--{name}") for name in ("outDir", "rootDir")}
    stated = {
        name: posixpath.relpath(run.at(value), "/" + chain.configs[0].folder) for name, value in given.items() if value
    }
    if not stated:
        return chain
    first = TsConfig(chain.configs[0].path, {"compilerOptions": stated})
    return Chain((first, *chain.configs), chain.complete)


def _outputs(run: Run, chain: Chain) -> set[str] | None:
    """All files that are written; None where that can't be told."""
    fixed = [re.split(r"/?[^/]*[*?]", pattern, maxsplit=1)[0] for pattern in chain.patterns("include") or ()]
    starts = sorted({path for path in fixed if path} or {chain.configs[0].folder})
    if "" in fixed:
        starts = [chain.configs[0].folder]
    files: dict[str, None] = {}
    for start in starts:
        for path in run.stage.files.listed("/" + start):
            files[path[1:]] = None
            if len(files) > MAX_SOURCES:
                return None
    inputs = _with_imports(run, chain, dict.fromkeys((*selected(chain, files), *(chain.patterns("files") or ()))))
    found = {output_of(source, chain, inputs) for source in inputs}
    return {path for path in found if path is not None} if None not in found else None


def _with_imports(run: Run, chain: Chain, inputs: dict[str, None]) -> tuple[str, ...]:
    """The inputs, and what they import by relative paths from outside of what is selected."""
    queue = sorted(inputs, key=lambda path: (path.count("/"), path))[:MAX_READ]
    for path in queue:
        for module in _imports(run, path):
            base = inside(posixpath.dirname(path), module) if module.startswith(".") else None
            target = (
                next((base + end for end in _ENDINGS if base and _is_file(run, base + end)), None) if base else None
            )
            if target is None and base is not None and base.endswith(".js"):
                target = next((base[:-3] + end for end in (".ts", ".tsx") if _is_file(run, base[:-3] + end)), None)
            json = target is not None and target.endswith(".json")
            if target is None or target in inputs or (json and chain.option("resolveJsonModule") is not True):
                continue
            inputs[target] = None
            if not json and len(queue) < 2 * MAX_READ:
                queue.append(target)
    return tuple(path for path in inputs if path.endswith(".json") or compiles(path, chain))


def _is_file(run: Run, path: str) -> bool:
    found = run.stage.files.find("/" + path)
    return found.answer is Answer.YES and not found.folder


def _imports(run: Run, path: str) -> tuple[str, ...]:
    module = run.module("/" + path)
    return tuple(item.module for item in module.imports) if module is not None else ()


EFFECTS: dict[str, Effect] = {"tsc": _tsc, "ttsc": _tsc, "tspc": _tsc, "nest": _nest}
