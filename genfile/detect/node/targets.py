"""What a framework's build makes, by the adapter or the preset that the project chose: a server, files alone, or what
only another platform runs."""

import posixpath
import re
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from genfile.data import Framework
from genfile.data.targets import Adapter, NitroPreset, adapters, preset_makes, presets
from genfile.detect.code import parse_code
from genfile.detect.node.framework import read_config, starts_server
from genfile.detect.node.locks import locked_versions
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import resolve
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.javascript import JsModule, parse_typescript
from genfile.parsers.jscomponents import COMPONENTS, parse_component
from genfile.parsers.values import EnvDefault, value_at

Makes = Literal["server", "site", "chosen", "elsewhere", "unknown"]
# In the order of preference among several packages.
_KINDS: tuple[Makes, ...] = ("server", "site", "chosen", "elsewhere", "unknown")
# How each package manager adds a dependency.
_ADD = {"npm": "npm install", "pnpm": "pnpm add", "bun": "bun add"}
# The preset that makes a server of Node.
_SERVER = "node-server"
MAX_PAGES = 200


class BuildProduct(Struct, frozen=True):
    """What the build makes; chosen: the host that builds decides.

    ``name``: the adapter or preset, ``options``: what the adapter is given. ``variables``: with these the build makes a
    server. ``server``: the package that does so. ``public``: the folder of the files, of an adapter's below the output.
    """

    makes: Makes
    name: str
    options: dict[str, Any]
    variables: dict[str, str]
    server: str | None = None
    public: str = ""


def target_of(project: NodeProject, framework: Framework) -> Fact[BuildProduct] | None:
    """What a framework's build makes; None if the project chose nothing, so that the framework's default holds."""
    for adapter in adapters():
        if adapter.framework == framework.name:
            return _adapted(project, adapter)
    preset = next((item for item in presets() if item.framework == framework.name), None)
    return _preset(project, preset) if preset is not None else None


def runs_elsewhere(project: NodeProject, framework: Framework) -> bool:
    """Whether only another platform runs what the build makes, and no variable changes that; a note says so."""
    found = target_of(project, framework)
    if found is None or found.value.makes != "elsewhere" or found.value.variables:
        return False
    if framework.name == "astro" and not _renders_on_demand(project):
        return False
    says = found.evidence[0]
    instead = found.value.server or f"the preset {_SERVER}"
    text = f"{says}: built for another platform; use {instead} to run it in a container"
    project.folder.tree.note("warning", text, says.path, says.line)
    return True


def brings_server(project: NodeProject) -> bool:
    """Whether TanStack Start's build makes a server: with Nitro, which it brought itself before 1.132."""
    text = project.package.every_dependency.get("@tanstack/react-start", "latest")
    match = re.search(r"(\d+)\.(\d+)", text)
    old = match is not None and (int(match[1]), int(match[2])) < (1, 132)
    return old or any("nitro" in name for name in project.package.every_dependency)


def fitted(project: NodeProject, framework: Framework) -> Framework:
    """The framework with the output folder and the variable that the project's configuration sets."""
    stem, key = _FOLDERS.get(framework.name, ("", ""))
    config = read_config(project, stem) if stem else None
    folder = config[1].default_export.get(key) if config and isinstance(config[1].default_export, dict) else None
    found = target_of(project, framework) if not stem else None
    if found is not None and found.value.makes == "server":
        folder, prefix = found.value.options.get("out"), found.value.options.get("envPrefix")
        if isinstance(prefix, str) and prefix:
            framework = replace(framework, port_variable=f"{prefix}PORT")
    output = posixpath.normpath(folder) if isinstance(folder, str) else ""
    if output in ("", ".") or output.startswith(("..", "/")) or not framework.output:
        return framework
    start = tuple(_moved(word, framework.output, output) for word in framework.start)
    return replace(framework, output=output, start=start)


# The key of the configuration that names the output folder.
_FOLDERS = {
    "react-router": ("react-router.config", "buildDirectory"),
    "astro": ("astro.config", "outDir"),
}


def _moved(word: str, old: str, new: str) -> str:
    parts = posixpath.normpath(word).split("/")
    return "/".join([new, *parts[1:]]) if parts[0] == old else word


def put_target(project: NodeProject, draft: Draft, framework: Framework) -> None:
    """Put the variables with which the build makes a server, and tell of it; tell of an adapter that is not known."""
    found = target_of(project, framework)
    if found is None or "static" in draft.values:
        return
    target, says = found.value, found.evidence[0]
    if target.makes != "chosen" and not _is_started(draft, framework):
        return
    if target.makes == "unknown":
        started = " ".join(framework.start)
        text = f"{says}: genfile does not know this adapter; the image starts `{started}`, as for {target.server}"
        draft.note("warning", text, says.path, says.line)
    every = {name for package in project.packages for name in package.every_dependency}
    if framework.start[0] != "node" and target.server is not None and target.server not in every:
        why = f"{framework.start[0]} is not in your dependencies"
        draft.note("warning", f"{says}: {why}; run `{_adding(draft)} {target.server}`", says.path, says.line)
    if target.options.get("mode") == "middleware":
        text = f"{says}: in its mode `middleware` the build makes no server; set mode to `standalone`"
        draft.note("warning", text, says.path, says.line)
    if target.makes not in ("chosen", "elsewhere") or not target.variables:
        return
    listed = draft.values.setdefault("environment", [])
    listed += [{"name": name, "phase": "build", "value": value} for name, value in target.variables.items()]
    given = ", ".join(f"{name}={value}" for name, value in target.variables.items())
    draft.note("warning", f"{says}: {_told(project, draft, target, given, says)}", says.path, says.line)


def _is_started(draft: Draft, framework: Framework) -> bool:
    """Whether the image starts what the framework builds, by its own command or by the path of the output."""
    start = tuple(draft.values.get("start") or ())
    inside = (posixpath.normpath(word).startswith(f"{framework.output}/") for word in start[1:] if framework.output)
    return start == framework.start or any(inside)


def _told(project: NodeProject, draft: Draft, target: BuildProduct, given: str, says: Evidence) -> str:
    if target.makes == "elsewhere":
        return f"{target.name} makes no server for Node, so the image builds with {given}"
    server = target.server or ""
    advice = f"import {server} in {says.path}"
    if server in project.package.every_dependency:
        return f"it makes a server only on hosts that it knows, so the image builds with {given}; {advice}"
    add = f"{_adding(draft)} -D {server}"
    what = f"the build gets {given}, and downloads {server} without your lockfile"
    return f"it makes a server only on hosts that it knows, so {what}; run `{add}` and {advice}"


def _adding(draft: Draft) -> str:
    return _ADD.get(draft.values["package_manager"]["name"], "yarn add")


def _adapted(project: NodeProject, adapter: Adapter) -> Fact[BuildProduct] | None:
    """By the adapter that the configuration calls, else by the dependencies."""
    found = read_config(project, adapter.config) if adapter.config is not None else None
    called = _called(adapter, found[1]) if found is not None else []
    if found is not None and called:
        name, options, line = min(called, key=lambda item: _rank(adapter, item[0]))
        return _of(project, adapter, name, options, project.folder.says(found[0], line, f"the adapter is {name}"))
    named = [name for name in project.package.every_dependency if _rank(adapter, name) < len(_KINDS) - 1]
    if not named or (adapter.config is None and starts_server(project)):
        return None
    name = min(named, key=lambda item: _rank(adapter, item))
    return _of(project, adapter, name, {}, project.package.depends(name))


def _of(
    project: NodeProject, adapter: Adapter, name: str, options: dict[str, Any], says: Evidence
) -> Fact[BuildProduct]:
    makes = _KINDS[_rank(adapter, name)]
    variables = dict(adapter.environment) if makes == "chosen" else {}
    least, version = adapter.client.get(name), locked_versions(project).get(name, ("", says))[0].partition(".")[0]
    public = "client" if least is not None and (not version.isdecimal() or int(version) >= least) else ""
    return Fact(BuildProduct(makes, name, options, variables, adapter.server, public), (says,))


def _rank(adapter: Adapter, name: str) -> int:
    """The place in _KINDS of what a package makes."""
    if name in (adapter.server, *adapter.servers):
        return 0
    if name in (adapter.site, adapter.chooses):
        return 1 if name == adapter.site else 2
    return 3 if name.startswith(adapter.hosts) else 4


def _called(adapter: Adapter, module: JsModule) -> list[tuple[str, dict[str, Any], int]]:
    """The adapters that a configuration calls: the one of its key `adapter`, else every one that is known."""
    keyed = [call for key, call, _ in module.called_pairs if key == "adapter"]
    found: list[tuple[str, dict[str, Any], int]] = []
    for call in keyed or module.calls:
        source, _ = module.bindings.get(call.callee.partition(".")[0], ("", ""))
        name = "/".join(source.split("/")[: 2 if source.startswith("@") else 1])
        if name and not name.startswith(".") and (keyed or _rank(adapter, name) < len(_KINDS) - 1):
            options = call.arguments[0] if call.arguments and isinstance(call.arguments[0], dict) else {}
            found.append((name, options, call.line))
    return found


def _preset(project: NodeProject, preset: NitroPreset) -> Fact[BuildProduct] | None:
    """By `--preset` or the variable in the build script, which the image can't change, else by the configuration."""
    steps = resolve(project.package, "build") or ()
    for step in steps:
        flags = [after for word, after in zip(step.words, step.words[1:], strict=False) if word == "--preset"]
        flags += [word.removeprefix("--preset=") for word in step.words if word.startswith("--preset=")]
        given = [*flags, *(step.variables[name] for name in (preset.variable,) if name in step.variables)]
        if given:
            return _of_preset(preset, given[0], {}, project.package.says("scripts", "build"))
    found = read_config(project, preset.config)
    value = _configured(found[1], preset) if found is not None else None
    name = value.last if isinstance(value, EnvDefault) else value
    if found is None or not isinstance(name, str):
        return None
    variable = value.name if isinstance(value, EnvDefault) else preset.variable
    variables = {variable: _SERVER} if variable is not None else {}
    return _of_preset(preset, name, variables, project.folder.says(found[0], 1, f"the preset is {name}"))


def _of_preset(preset: NitroPreset, name: str, variables: dict[str, str], says: Evidence) -> Fact[BuildProduct]:
    return Fact(BuildProduct(preset_makes(name), name, {}, variables, public=preset.public), (says,))


def _configured(module: JsModule, preset: NitroPreset) -> Any:
    """The value at the preset's key, of the exported configuration or of a plugin's options."""
    values = [module.default_export]
    if preset.call is not None:
        values = [call.arguments[0] for call in module.calls if call.callee == preset.call and call.arguments]
    return next((found for value in values if (found := value_at(value, preset.key)) is not None), None)


def _renders_on_demand(project: NodeProject) -> bool:
    """Whether Astro renders a page when it is asked for: by `output`, or because a page says `prerender = false`."""
    found = read_config(project, "astro.config")
    config = found[1].default_export if found is not None else None
    if isinstance(config, dict) and config.get("output") in ("server", "hybrid"):
        return True
    pages = project.folder.files("*", below="src/pages", depth=8) if project.folder.has_folder("src/pages") else ()
    code = [name for name in pages if name.endswith((".astro", ".ts", ".js"))]
    return any(_says_false(project, name) for name in code[:MAX_PAGES])


def _says_false(project: NodeProject, name: str) -> bool:
    text = project.folder.text(name) or ""
    if "prerender" not in text:
        return False
    module = parse_code(project.folder, parse_component if name.endswith(COMPONENTS) else parse_typescript, name)
    return module is not None and module.constant("prerender") is False
