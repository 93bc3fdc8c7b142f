"""The configuration files that a build loads, and the modules that they import."""

import re

from genfile.detect.node.framework import CONFIG_ENDINGS, read_config
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import BUILD_PARTS, BUILD_SCRIPTS, ScriptStep, resolve
from genfile.detect.node.sources import source_files
from genfile.parsers.javascript import JsModule

STEMS = (
    "next.config", "vite.config", "nuxt.config", "astro.config", "svelte.config", "vue.config", "rsbuild.config",
    "react-router.config", "docusaurus.config", "gatsby-config", "craco.config", "config-overrides", "webpack.config",
    "webpack.config.prod", "webpack.prod", "webpack.common", "config/webpack.config", "config/webpack.prod",
    "rollup.config", "rspack.config", "app.config", "esbuild.config", "tsup.config", ".vitepress/config",
    "eleventy.config", "ember-cli-build", "quasar.config", "vite.renderer.config", "tsdown.config", "rolldown.config",
)  # fmt: skip
_STEM_OF = {stem + ending: stem for stem in STEMS for ending in CONFIG_ENDINGS}
# Set by hosts, package managers and development tools: nobody passes these to an image build.
_COMMON = re.compile(
    r"(NODE_ENV|NODE_OPTIONS|CI|PORT|HOST|HOSTNAME|HOME|PWD|USER|PATH|TZ|MODE|DEV|PROD|SSR|BASE_URL|DEBUG|HTTPS|BROWSER"
    r"|LANG|INIT_CWD|STANDALONE|(BUNDLE_)?ANALYZ\w*|npm_\w+|VERCEL(_\w+)?|NETLIFY(_\w+)?|CF_PAGES\w*|GITHUB_\w+"
    r"|GITLAB_\w+|CI_\w+|RENDER(_\w+)?|RAILWAY_\w+|TAURI_\w+|VITEST\w*|JEST_\w+|CYPRESS\w*|PLAYWRIGHT\w*|STORYBOOK"
    r"|TURBO\w*|NX_\w+|DOCKER\w*|REPL_\w+|CODESPACE\w*|SKIP_\w+|__\w+)"
)


def is_common(name: str) -> bool:
    """Whether hosts and tools set this variable."""
    return _COMMON.fullmatch(name) is not None


def build_configs(project: NodeProject) -> list[tuple[str, JsModule]]:
    """The configuration files of bundlers and frameworks in the service's folder."""

    def read() -> list[tuple[str, JsModule]]:
        stems = dict.fromkeys(_STEM_OF[name] for name in project.folder.present(_STEM_OF))
        return [config for stem in stems if (config := read_config(project, stem)) is not None]

    return project.folder.tree.once(("build-configs", project.folder.path), read)


def loaded_at_build(project: NodeProject) -> list[tuple[str, JsModule]]:
    """The configuration files with their imports, and the programs that the build script runs; bounded."""
    found: dict[str, JsModule] = {}
    for name, _ in build_configs(project):
        found.update(source_files(project, ("", name)))
    for step in build_steps(project):
        if step.program in ("node", "tsx", "ts-node", "bun"):
            script = next((word for word in step.words[1:] if not word.startswith("-")), "")
            if script.rpartition(".")[2] in ("js", "mjs", "cjs", "ts", "mts") and project.folder.has(script):
                found.update(source_files(project, ("", script)))
    return list(found.items())


def build_steps(project: NodeProject) -> list[ScriptStep]:
    """The build script's commands, with its pre and post hooks."""
    scripts = project.package.scripts
    name = next((name for name in (*BUILD_SCRIPTS, *BUILD_PARTS) if name in scripts), None)
    names = (f"pre{name}", name, f"post{name}") if name is not None else ()
    return [step for item in names for step in resolve(project.package, item) or ()]
