"""Variables that a build compiles into its output: read by its configuration, or by SvelteKit and Astro."""

import re
from collections.abc import Iterator

from msgspec import Struct

from genfile.detect.code import parse_code
from genfile.detect.node.configs import build_configs, is_common
from genfile.detect.node.manager import NodeProject
from genfile.detect.shared import is_secret
from genfile.dockerfile.sensitive import is_sensitive
from genfile.evidence import Evidence
from genfile.parsers.javascript import JsModule, parse_typescript
from genfile.parsers.jscomponents import COMPONENTS, parse_component

# Configuration keys that only the development server or tests read.
DEVELOPMENT_KEYS = ("server", "preview", "devServer", "devProxy", "test", "devtools", "watchOptions")
_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,79}")
MAX_FILES = 300


class BuildVariable(Struct, frozen=True):
    """A variable of the build. ``default``: a stand-in value, if the build would fail without any."""

    name: str
    says: Evidence
    default: str | None = None


def build_variables(project: NodeProject, framework: str | None) -> list[BuildVariable]:
    """The variables that the build reads, each once, in order."""
    found: dict[str, BuildVariable] = {}
    own = {"sveltekit": (_sveltekit,), "astro": (_astro,)}.get(framework or "", ())
    for item in (item for signal in (_configured, *own) for item in signal(project)):
        found.setdefault(item.name, item)
    # Nuxt reads NUXT_… again at start.
    return [item for item in found.values() if not (framework == "nuxt" and _again_at_run(item.name))]


def _again_at_run(name: str) -> bool:
    return name.startswith(("NUXT_", "NITRO_")) or is_sensitive(name) or is_secret(name)


def _configured(project: NodeProject) -> Iterator[BuildVariable]:
    """`process.env.X` and `loadEnv` in a bundler's configuration, if the value is used."""
    for name, module in build_configs(project):
        development = module.below(*DEVELOPMENT_KEYS)
        for item in module.env_reads:
            wanted = _NAME.fullmatch(item.name) and not is_common(item.name)
            if wanted and not item.condition and item.start not in development:
                yield BuildVariable(item.name, project.folder.says(name, item.line, f"reads {item.name}"))
        for call in module.calls:
            # `new EnvironmentPlugin(["API_URL"])` of webpack, of Vite's plugins, of Rspack.
            given = call.arguments[0] if call.arguments and call.callee.endswith("EnvironmentPlugin") else ()
            for key in given if isinstance(given, list | dict) else ():
                if isinstance(key, str) and _NAME.fullmatch(key) and not is_common(key):
                    yield BuildVariable(key, project.folder.says(name, call.line, f"{call.callee} takes {key}"))


def _sveltekit(project: NodeProject) -> Iterator[BuildVariable]:
    """Names imported from `$env/static/public` and `$env/static/private`: a build without them fails."""
    for path, module in _sources(project, ("$env/static/",)):
        for item in module.imports:
            if item.module in ("$env/static/private", "$env/static/public"):
                for name in item.names:
                    if _NAME.fullmatch(name):
                        says = project.folder.says(path, item.line, f"{item.module} has {name}")
                        yield BuildVariable(name, says, "" if item.module.endswith("public") else None)


def _astro(project: NodeProject) -> Iterator[BuildVariable]:
    """The public variables of Astro's schema: `API_URL: envField.string({ context: "client", access: "public" })`."""
    for name, module in build_configs(project):
        for key, call, _ in module.called_pairs:
            options = call.arguments[0] if call.arguments and isinstance(call.arguments[0], dict) else {}
            if call.callee.startswith("envField.") and options.get("access") == "public" and _NAME.fullmatch(key):
                yield BuildVariable(key, project.folder.says(name, call.line, f"{key} is public"))


def _sources(project: NodeProject, words: tuple[str, ...]) -> Iterator[tuple[str, JsModule]]:
    """The sources below src that contain one of the words, Svelte components included; bounded in number."""
    folder = project.folder
    names = folder.files("*", below="src", depth=12) if folder.has_folder("src") else ()
    wanted = [name for name in names if name.endswith((".ts", ".js", ".svelte"))]
    for name in wanted[:MAX_FILES]:
        text = folder.text(name) or ""
        if not any(word in text for word in words):
            continue
        module = parse_code(folder, parse_component if name.endswith(COMPONENTS) else parse_typescript, name)
        if module is not None:
            yield name, module
