"""npm, pnpm, Yarn and Bun: what they install, and which scripts they run."""

import posixpath
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from genfile.container.shell import split_commands
from genfile.image.effects.bins import need_programs
from genfile.image.effects.nodelock import Locked, locked_by_bun, locked_by_npm, locked_by_pnpm, locked_by_yarn
from genfile.image.effects.run import Effect, Run
from genfile.image.effects.shell import in_order, perform, unknown
from genfile.image.files import Answer, Gone, Loose, MadePath
from genfile.image.packages import Modules, brought_programs, parents
from genfile.parsers.data import parse_json, parse_jsonc, parse_yaml
from genfile.parsers.yarnlock import parse_yarn_lock

_INSTALL = {
    "npm": frozenset("ci install i clean-install ic install-clean".split()),
    "pnpm": frozenset("install i".split()),
    "yarn": frozenset(("install", "")),
    "bun": frozenset("install i ci".split()),
}
_ADD = frozenset("add install i".split())
_VALUED = frozenset(
    "--prefix -C --dir --cwd --filter -F -w --workspace --cache --cache-folder --registry --network-timeout --mutex "
    "--omit --only --include --store-dir --modules-folder --loglevel --reporter --network-concurrency --mode".split()
)
# Scripts around an installation, in npm's order.
_LIFECYCLE = ("preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare")
_LOCKS = {
    "npm": ("package-lock.json", "npm-shrinkwrap.json"),
    "pnpm": ("pnpm-lock.yaml",),
    "yarn": ("yarn.lock",),
    "bun": ("bun.lock", "bun.lockb"),
}


class _Call(Struct, frozen=True):
    """A package manager call: its verb, the words after it, and its working folder."""

    run: Run
    manager: str
    verb: str
    rest: tuple[str, ...]
    folder: str


def _read(run: Run) -> _Call:
    words: list[str] = []
    after: list[str] = []
    at = 0
    while at < len(run.rest):
        word = run.rest[at]
        if words and words[0] in ("run", "run-script", "exec", "x", "dlx"):
            after.append(word)
        elif word in _VALUED:
            at += 1
        elif not word.startswith("-"):
            words.append(word)
        at += 1
    manager = {"npx": "npm", "pnpx": "pnpm", "bunx": "bun", "yarnpkg": "yarn"}.get(run.program, run.program)
    folder = run.value("--prefix", "-C", "--dir", "--cwd") or "."
    member = run.value("--workspace", "-w") if manager == "npm" else None
    if (
        member is not None
        and (not words or words[0] not in _INSTALL["npm"])
        and run.find(posixpath.join(folder, member, "package.json")).answer is Answer.YES
    ):
        folder = posixpath.join(folder, member)
    verb = words[0] if words else ""
    return _Call(run, manager, verb, (*words[1:], *after), posixpath.normpath(folder))


def _manager(run: Run) -> None:
    call = _read(run)
    run, verb, rest = call.run, call.verb, call.rest
    globally = run.has("-g", "--global") or verb == "global"
    several = run.has("--workspaces", "-ws", "-r", "--recursive") or run.value("--filter", "-F", "--workspace", "-w")
    if several and verb not in _INSTALL[call.manager] and call.folder == (run.value("--prefix", "-C", "--dir") or "."):
        # Scripts of members that a filter selects.
        run.may_change(".")
    elif globally:
        _global(run, [word for word in rest if word not in ("add", "install")])
    elif verb in _INSTALL[call.manager] and (not rest or (call.manager == "npm" and verb in ("ci", "clean-install"))):
        _install(call)
    elif verb in _ADD and rest:
        _add(call)
    elif verb in ("run", "run-script") and rest:
        _script(call, rest[0])
    elif verb in ("exec", "x", "dlx") and rest:
        perform(run.again([word for word in rest if word != "--"], folder=run.at(call.folder)))
    elif verb in ("prune",) or (verb == "install" and run.has("--production")):
        _omit(call)
    elif verb == "rebuild":
        _rebuild(call)
    elif verb in ("start", "test", "stop", "restart", "build") and call.manager != "bun":
        _script(call, verb)
    elif (
        verb in ("config", "cache", "set", "version", "store", "whoami", "fund", "audit", "setup", "help", "pkg")
        or not verb
    ):
        return
    elif call.manager in ("yarn", "pnpm", "bun") and verb:
        _named(call)
    else:
        run.may_change(call.folder)


def _named(call: _Call) -> None:
    """`yarn build`, `pnpm build`: a script with that name, else a program."""
    if call.verb in (
        "workspaces",
        "workspace",
        "plugin",
        "deploy",
        "fetch",
        "import",
        "patch",
        "dedupe",
        "-r",
        "turbo",
    ):
        call.run.may_change(call.folder, *(word for word in call.rest if word.startswith("/")))
    elif call.manager != "bun" and call.verb in _scripts(call):
        _script(call, call.verb)
    else:
        perform(call.run.again((call.verb, *call.rest), folder=call.run.at(call.folder)))


def _runner(run: Run) -> None:
    """npx, bunx: the program itself."""
    words = [word for word in run.rest if word not in ("-y", "--yes", "--no-install", "--bun", "--")]
    if words and not words[0].startswith("-"):
        perform(run.again(words))
    else:
        run.may_change(".")


def _manifest(call: _Call) -> dict[str, Any]:
    document = call.run.data(parse_json, posixpath.join(call.folder, "package.json"))
    return document.value if document is not None and isinstance(document.value, dict) else {}


def _scripts(call: _Call) -> dict[str, str]:
    table = _manifest(call).get("scripts")
    return {name: text for name, text in table.items() if isinstance(text, str)} if isinstance(table, dict) else {}


def _names(manifest: dict[str, Any], *tables: str) -> frozenset[str]:
    return frozenset(
        name for table in tables for name in (manifest.get(table) or {}) if isinstance(manifest.get(table), dict)
    )


def _omits(call: _Call) -> bool:
    run = call.run
    if run.has("--omit=dev", "--production", "--prod", "-P", "--only=production", "--only=prod", "--production=true"):
        return True
    if run.value("--omit") == "dev" or run.value("--only") in ("production", "prod"):
        return True
    told = (
        run.has("--include=dev", "--production=false", "--prod=false", "-D", "--dev") or run.value("--include") == "dev"
    )
    omitted = "dev" in (run.variable("NPM_CONFIG_OMIT") or run.variable("npm_config_omit") or "")
    return not told and (omitted or (run.variable("NODE_ENV") == "production" and call.manager != "bun"))


def _runs_scripts(call: _Call) -> bool:
    run = call.run
    off = run.has("--ignore-scripts", "--mode=skip-build") or run.value("--mode") == "skip-build"
    told = run.variable("npm_config_ignore_scripts") or run.variable("NPM_CONFIG_IGNORE_SCRIPTS") or ""
    return not (off or told in ("true", "1") or run.variable("YARN_ENABLE_SCRIPTS") in ("false", "0"))


def _is_workspace(call: _Call, manifest: dict[str, Any]) -> bool:
    return (
        bool(manifest.get("workspaces"))
        or call.run.find(posixpath.join(call.folder, "pnpm-workspace.yaml")).answer is Answer.YES
    )


def _install(call: _Call) -> None:
    run, folder = call.run, call.folder
    if run.find(posixpath.join(folder, "package.json")).answer is Answer.NO:
        for above in parents(run.at(folder))[1:]:
            if run.find(posixpath.join(above, "package.json")).answer is not Answer.NO:
                # npm installs in the nearest folder above that has a manifest.
                run.may_change(above)
                return
    if not run.needs(posixpath.join(folder, "package.json")):
        run.may_change(folder)
        return
    frozen = call.verb in ("ci", "clean-install") or run.has("--frozen-lockfile", "--immutable")
    locks = [posixpath.join(folder, name) for name in _LOCKS[call.manager]]
    if frozen and all(run.find(path).answer is Answer.NO for path in locks):
        if _is_member(call):
            run.make(posixpath.join(folder, "node_modules"), folder=True, open=True)
            return
        run.needs(locks[0])
        run.may_change(folder)
        return
    manifest = _manifest(call)
    target = posixpath.join(folder, "node_modules")
    if not manifest or _is_workspace(call, manifest) or run.value("--filter", "-F", "-w", "--workspace"):
        run.make(target, folder=True, open=True)
        run.stage.files.put(Loose(run.at(folder), "node_modules", "the installation of a workspace"))
    else:
        run.make(target, folder=True, content=_modules(call, manifest))
    if _runs_scripts(call):
        for name in _LIFECYCLE:
            if name in _scripts(call):
                _lines(call, name)


def _is_member(call: _Call) -> bool:
    """Whether a folder above has the workspace's manifest and lockfile."""
    above = parents(call.run.at(call.folder))[1:]
    names = ("package.json", *_LOCKS[call.manager][:1])
    return any(
        all(call.run.find(posixpath.join(place, name)).answer is not Answer.NO for name in names)
        and any(call.run.find(posixpath.join(place, name)).answer is Answer.YES for name in names)
        for place in above
    )


def _modules(call: _Call, manifest: dict[str, Any]) -> Modules:
    run, folder, omits = call.run, call.folder, _omits(call)
    found: Locked | None = None
    name = posixpath.join(folder, _LOCKS[call.manager][0])
    if call.manager == "npm":
        document = run.data(parse_json, name)
        found = locked_by_npm(document.value, omits=omits) if document is not None else None
    elif call.manager == "pnpm":
        document = run.data(parse_yaml, name)
        found = locked_by_pnpm(document.value, omits=omits) if document is not None else None
    elif call.manager == "yarn":
        source = run.find(name).source
        entries = run.context.parsed(parse_yarn_lock, source) if source is not None else None
        found = locked_by_yarn(entries, _asked(manifest, omits)) if entries is not None else None
    elif call.manager == "bun":
        document = run.data(parse_jsonc, name)
        found = locked_by_bun(document.value, _asked(manifest, omits)) if document is not None else None
    return Modules(
        _names(manifest, "dependencies", "optionalDependencies", "peerDependencies"),
        _names(manifest, "devDependencies"),
        omits,
        found.names if found is not None else None,
        found.programs if found is not None else {},
        _runs_scripts(call),
        found.scripted if found is not None else frozenset(),
        lock=run.find(name).source,
    )


def _asked(manifest: dict[str, Any], omits: bool) -> dict[str, str]:
    """A manifest's dependencies, with their ranges."""
    found: dict[str, str] = {}
    for table in ("dependencies", "optionalDependencies", *(() if omits else ("devDependencies",))):
        items = manifest.get(table)
        found |= {key: item for key, item in items.items() if isinstance(item, str)} if isinstance(items, dict) else {}
    return found


def _add(call: _Call) -> None:
    """`npm install x y`, in addition to what is installed."""
    found = call.run.find(posixpath.join(call.folder, "node_modules"))
    names = frozenset(_plain(word) for word in call.rest)
    before = found.content if isinstance(found.content, Modules) else None
    content = replace(before, direct=before.direct | names, open=True) if before is not None else None
    target = posixpath.join(call.folder, "node_modules")
    call.run.make(target, folder=True, open=True, content=content or Modules(names, open=True))


def _plain(word: str) -> str:
    """A package's name without its version."""
    return word[:1] + word[1:].partition("@")[0]


def _global(run: Run, words: list[str]) -> None:
    place = "/usr/local/bin"
    for word in words:
        name = _plain(word)
        for program in brought_programs(name):
            run.stage.files.put(MadePath(posixpath.join(place, program), f"npm install --global {name}"))
    if any("/" in word and not word.startswith("@") for word in words):
        run.may_change(place)


def _omit(call: _Call) -> None:
    found = call.run.find(posixpath.join(call.folder, "node_modules"))
    omits = _omits(call)
    if isinstance(found.content, Modules) and omits:
        manifest = _manifest(call)
        content = replace(_modules(call, manifest), scripts=found.content.scripts, rebuilt=found.content.rebuilt)
        call.run.stage.files.put(Gone(call.run.at(posixpath.join(call.folder, "node_modules")), "prune"))
        call.run.make(posixpath.join(call.folder, "node_modules"), folder=True, content=content)


def _rebuild(call: _Call) -> None:
    found = call.run.find(posixpath.join(call.folder, "node_modules"))
    if isinstance(found.content, Modules):
        before = found.content.rebuilt
        rebuilt = None if not call.rest or before is None else before | {_plain(word) for word in call.rest}
        call.run.make(
            posixpath.join(call.folder, "node_modules"), folder=True, content=replace(found.content, rebuilt=rebuilt)
        )


def _script(call: _Call, name: str) -> None:
    """A script in package.json, with its pre and post scripts."""
    scripts = _scripts(call)
    if name not in scripts:
        call.run.may_change(call.folder)
        return
    for item in (f"pre{name}", name, f"post{name}"):
        if item in scripts:
            _lines(call, item)


def _lines(call: _Call, name: str) -> None:
    commands = split_commands(_scripts(call)[name])
    here = call.run.again(("sh",), folder=call.run.at(call.folder))
    if commands is None or here.depth > 5:
        call.run.may_change(call.folder)
    else:
        need_programs(here, name, commands)
        in_order(here, commands)


def _node(run: Run) -> None:
    script = next((word for word in run.operands if not word.startswith("-")), None)
    if script is not None and script.endswith((".js", ".mjs", ".cjs")) and not run.has("-e", "-p", "--eval", "--print"):
        run.needs(script)
    run.may_change(".")


def _corepack(run: Run) -> None:
    for name in ("pnpm", "pnpx", "yarn", "yarnpkg"):
        run.stage.files.put(MadePath(f"/usr/local/bin/{name}", "corepack"))


def _parallel(run: Run) -> None:
    """Programs that run several scripts at once, which are not followed."""
    unknown(run.again(run.words))


def _quiet(run: Run) -> None:
    """Checks and git hooks, which leave nothing behind."""


EFFECTS: dict[str, Effect] = {
    **dict.fromkeys(("npm", "pnpm", "yarn", "yarnpkg", "bun"), _manager),
    **dict.fromkeys(("npx", "pnpx", "bunx"), _runner),
    "node": _node,
    "corepack": _corepack,
    **dict.fromkeys(("concurrently", "npm-run-all", "run-s", "run-p", "turbo", "nx", "lerna"), _parallel),
    **dict.fromkeys(("husky", "eslint", "prettier", "jest", "vitest", "vue-tsc", "is-ci", "lint-staged"), _quiet),
}
