"""Builds that validate the environment: a switch that skips the check, or values that pass it."""

import re

from genfile.detect.node.configs import loaded_at_build
from genfile.detect.node.framework import read_module
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.public import PUBLIC_PREFIXES
from genfile.evidence import Draft, Evidence
from genfile.parsers.javascript import JsModule
from genfile.parsers.jsrequired import CHECKED

# Usual places of the check.
_PLACES = tuple(
    f"{folder}{name}{ending}"
    for folder in ("", "src/", "src/lib/", "lib/", "src/config/", "config/", "src/env/", "env/", "app/", "src/utils/")
    for name in ("env", "index", "server", "schema", "env.server", "env.mjs")
    for ending in (".ts", ".mjs", ".js")
    if (name in ("env", "env.server")) or folder.endswith("env/")
)
_SWITCH = re.compile(r"(SKIP|DISABLE|BYPASS|IGNORE|NO)_\w*(ENV|VALID|CHECK)\w*|\w*(ENV|VALIDATION)\w*_(SKIP|DISABLED?)")
_HOSTED = re.compile(r"npm_\w+|NODE_ENV|VERCEL\w*|PORT")
# A value that a check accepts, by the words of its chain; the first match counts.
_VALUES = (
    (("url", "uri"), "http://localhost"),
    (("email",), "build@example.com"),
    (("number", "num", "port", "int", "coerce"), "1"),
    (("boolean", "bool", "stringbool"), "true"),
    (("uuid",), "00000000-0000-4000-8000-000000000000"),
)
_LAX = frozenset({"optional", "default", "nullish", "catch", "prefault"})


def put_env_check(project: NodeProject, draft: Draft) -> None:
    """Let the build pass a check for variables that only the running program has."""
    loaded = loaded_at_build(project)
    seen = {name for name, _ in loaded}
    usual = [name for name in project.folder.present(_PLACES) if name not in seen][:8]
    modules = [*loaded, *((name, module) for name in usual if (module := read_module(project, name)) is not None)]
    for name, module in modules:
        found = _switch(module)
        if found is not None:
            variable, value, line = found
            says = project.folder.says(name, line, f"{variable} turns the environment check off")
            _put(draft, {"name": variable, "phase": "build", "value": value}, says)
            return
    for name, module in loaded:
        if any(call.callee.rpartition(".")[2] in CHECKED for call in module.calls) or module.parses_environment:
            _put_values(project, draft, name, module)


def _switch(module: JsModule) -> tuple[str, str, int] | None:
    """The variable, its value and its line: `skipValidation: !!process.env.SKIP_ENV_VALIDATION`."""
    below = module.below("skipValidation")
    named = [item for item in module.env_reads if _SWITCH.fullmatch(item.name)]
    inside = [item for item in module.env_reads if item.start in below and not _HOSTED.fullmatch(item.name)]
    for item in (*named, *inside):
        return item.name, item.compared or "1", item.line
    return None


def _put_values(project: NodeProject, draft: Draft, name: str, module: JsModule) -> None:
    """Set values for the build step alone, if nothing else makes the check pass."""
    present = {item["name"] for item in draft.values.get("environment", ()) if item["phase"] == "build"}
    given: list[str] = []
    line: int | None = None
    for key, call, chain in module.called_pairs:
        wanted = re.fullmatch(r"[A-Z][A-Z0-9_]*", key) and key not in present and not _LAX.intersection(chain)
        lax = any(isinstance(value, dict) and ("default" in value or "devDefault" in value) for value in call.arguments)
        if not wanted or lax or key in ("NODE_ENV", "PORT"):
            continue
        line = line or call.line
        given.append(key)
        choices = next((value for value in call.arguments if isinstance(value, list) and value), [])
        if chain[:1] == ("enum",) and choices and isinstance(choices[0], str):
            _put(draft, {"name": key, "phase": "build", "value": choices[0]}, project.folder.says(name, call.line, key))
            continue
        value = next((text for words, text in _VALUES if any(word in chain for word in words)), "placeholder-" * 4)
        public = key.startswith(PUBLIC_PREFIXES)
        item = {"name": key, "phase": "build", "default" if public else "value": value}
        _put(draft, item, project.folder.says(name, call.line, f"the build checks {key}"))
    if given:
        text = f"{name} checks {', '.join(given[:6])} during the build; only the build stage gets placeholder values"
        draft.note("warning", text, project.folder.full(name), line)


def _put(draft: Draft, item: dict[str, str], says: Evidence) -> None:
    values = draft.values.setdefault("environment", [])
    # A value in the build's own configuration beats an example's.
    values[:] = [other for other in values if (other["name"], other["phase"]) != (item["name"], item["phase"])]
    values.append(item)
    if item["phase"] == "build":
        draft.note(
            "info", f"{says}: set only in the build stage", says.path, says.line
        ) if "default" not in item else None
