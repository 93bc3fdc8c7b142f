"""Front ends that are only files after their build: where the files are, and whether the browser routes."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from genfile.data import Framework
from genfile.detect.node.angular import read_target
from genfile.detect.node.framework import evidence_of, read_config
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.nxapps import nx_app
from genfile.detect.node.scripts import BUILD_SCRIPTS, resolve
from genfile.detect.node.targets import BuildProduct, brings_server, target_of
from genfile.detect.paths import relative
from genfile.evidence import Evidence, Fact
from genfile.parsers.data import parse_dotenv
from genfile.parsers.javascript import JsModule
from genfile.parsers.values import Anchored, value_at

# A folder, and the page that unknown paths get: none, index.html (True), or another one.
Files = tuple[str, bool | str]
PAGE = "index.html"
WEBPACK_KINDS = ("config", "config.prod", "prod.config", "prod", "production", "common", "base", "base.conf")


def static_output(project: NodeProject, framework: Framework) -> Fact[dict[str, Any]] | None:
    """`{"root", "spa"}` when the service is only files after its build, else None; root relative to the folder. If
    unknown paths get another page than index.html, also `"fallback"`."""
    found = _by_nx(project, framework) or _by_framework(project, framework)
    if found is None:
        return None
    root, spa = found.value
    fallback = {"fallback": spa} if isinstance(spa, str) else {}
    return found.but({"root": posixpath.normpath(root), "spa": bool(spa), **fallback})


def files_alone(project: NodeProject, framework: Framework) -> bool:
    """Whether a framework makes pages of its own sources, and no Worker of the project's answers beside them: `main` in
    Wrangler's configuration is absent, or built too. Bundlers show that they make a page by an index.html."""
    folder = project.folder
    for name, read in (
        ("wrangler.toml", folder.toml),
        ("wrangler.jsonc", folder.jsonc),
        ("wrangler.json", folder.jsonc),
    ):
        main = document.text("main") if folder.has(name) and (document := read(name)) is not None else None
        if main is not None and folder.has(posixpath.normpath(main)):
            return False
    return not framework.spa and framework.build is not None and static_output(project, framework) is not None


def _by_nx(project: NodeProject, framework: Framework) -> Fact[Files] | None:
    """The output of the target that Nx builds a site by."""
    app = nx_app(project.folder)
    if app is None or app.output is None or framework.name == "angular":
        return None
    place = relative(app.output, project.folder.path)
    if framework.name == "nextjs":
        # Next exports to the folder that the target sets.
        return Fact((f"{place}/.next", False), (app.says,)) if _next_export(project) is not None else None
    return Fact((place, framework.spa), (app.says,)) if framework.kind == "site" else None


def _by_framework(project: NodeProject, framework: Framework) -> Fact[Files] | None:
    if framework.name == "nextjs":
        return _next_export(project)
    if framework.name == "astro":
        return _astro(project, framework)
    if (files := _without_server(project, framework)) is not None:
        return files
    if framework.name == "nuxt" and (generated := _generated(project)) is not None:
        return generated
    if framework.kind == "server":
        return _of_target(target_of(project, framework))
    if framework.kind != "site":
        return None
    if framework.name == "angular":
        return _angular(project)
    if framework.name == "expo":
        document = project.folder.json("app.json") if project.folder.has("app.json") else None
        pages = document is not None and document.text("expo", "web", "output") == "static"
        return Fact(("dist", not pages), (project.package.depends("expo"),))
    return configured_output(project, framework)


def hashed_folders(project: NodeProject, framework: Framework) -> list[str]:
    """The output folders that browsers may cache for ever: none if files are copied there under their own names."""
    names = list(framework.hashed)
    folders = [*_COPIED, *(["src"] if framework.name == "angular" else [])]
    if framework.name in ("vite", "vue-cli"):
        found = read_config(project, "vite.config" if framework.name == "vite" else "vue.config")
        config = found[1].default_export if found else None
        stated, public = value_at(config, ("build", "assetsDir")), value_at(config, ("publicDir",))
        if framework.name == "vue-cli":
            # It puts its own folders there.
            stated = value_at(config, ("assetsDir",))
            names = [posixpath.join(stated, name) for name in names] if isinstance(stated, str) else names
        elif isinstance(stated, str) and stated.strip("./"):
            names = [posixpath.normpath(stated)]
        folders += [posixpath.normpath(public)] if isinstance(public, str) else []
    given = (posixpath.join(folder, name.split("/")[0]) for folder in folders for name in names)
    mixed = {posixpath.basename(path) for path in given if project.folder.has_folder(path)}
    return [f"/{name}/" for name in names if name.split("/")[0] not in mixed and re.fullmatch(r"[\w@~/-]+", name)]


# Folders that a build copies to the root of its output.
_COPIED = ("public", "static", "client/public", "app/public", "docs/public")


def asset_root(project: NodeProject) -> Fact[dict[str, Any]] | None:
    """Plain pages whose styles and scripts the build writes beside them: `tailwindcss -o public/site.css`."""
    steps = resolve(project.package, "build") or ()
    if not steps or any(step.program not in ASSET_TOOLS for step in steps):
        return None
    words = [word.rpartition("=")[2] for step in steps for word in step.words]
    config = read_config(project, "rollup.config") if any(step.program == "rollup" for step in steps) else None
    words += [text for text, _ in config[1].paths] if config is not None else []
    written = [posixpath.normpath(part) for word in words for part in word.split(":")]
    for folder in ("public", "static", "www", "site", "dist"):
        page = posixpath.join(folder, "index.html")
        if project.folder.has(page) and any(path.startswith(folder + "/") for path in written):
            return Fact({"root": folder, "spa": False}, (project.package.says("scripts", "build"),))
    return None


ASSET_TOOLS = frozenset(
    """
    tailwindcss @tailwindcss/cli sass node-sass postcss esbuild rollup rimraf lessc
    cleancss uglifyjs terser lightningcss html-minifier mkdir cp
    """.split()
)


def configured_output(project: NodeProject, framework: Framework) -> Fact[Files]:
    """The output folder: from the build script's flag, the configuration, or the framework's default."""
    root = framework.output or "dist"
    if framework.name in ("vitepress", "vuepress"):
        root = posixpath.join(f".{framework.name}", "dist")
    spa = framework.spa
    for step in resolve(project.package, "build") or ():
        for flag in ("--outDir", "--out-dir", "--output-path", "--dest", "-d"):
            if flag in step.words[:-1] and step.program in (
                "vite",
                "vue-cli-service",
                "docusaurus",
                "parcel",
                "webpack",
            ):
                value = step.words[step.words.index(flag) + 1]
                return Fact((value, spa), (project.package.says("scripts", "build"),))
    if framework.name == "create-react-app" and (told := _build_path(project)) is not None:
        return told.but((told.value, spa))
    published = _published(project)
    if published is not None:
        return published.but((published.value, spa))
    if framework.name == "eleventy" and (written := _eleventy(project)) is not None:
        return written.but((written.value, spa))
    if framework.name == "webpack" and (packed := _webpack(project)) is not None:
        return packed.but((packed.value, spa))
    key = {"vite": ("vite.config", ("build", "outDir")), "vue-cli": ("vue.config", ("outputDir",))}.get(framework.name)
    found = read_config(project, key[0]) if key else None
    if key and found:
        value = value_at(found[1].default_export, key[1])
        base = value_at(found[1].default_export, ("root",)) if framework.name == "vite" else None
        if isinstance(value, str) and not value.startswith("/"):
            counts = isinstance(base, str) and not base.startswith("/") and not isinstance(value, Anchored)
            path = posixpath.join(str(base), value) if counts else str(value)
            return project.folder.fact((path, spa), found[0], 1, f"{'.'.join(key[1])} is {value}")
    return Fact((posixpath.join(_root_argument(project, framework), root), spa), (evidence_of(project, framework),))


def _build_path(project: NodeProject) -> Fact[str] | None:
    """BUILD_PATH of create-react-app: in the build script, or a committed .env.production."""
    for step in resolve(project.package, "build") or ():
        value = step.variables.get("BUILD_PATH", "")
        if value and "$" not in value and not value.startswith("/"):
            return Fact(value, (project.package.says("scripts", "build"),))
    name = ".env.production"
    values = (project.folder.parse(parse_dotenv, name) if project.folder.has(name) else None) or {}
    value, line = values.get("BUILD_PATH", ("", 0))
    plain = value and "$" not in value and not value.startswith("/")
    return project.folder.fact(value, name, line, f"BUILD_PATH is {value}") if plain else None


def _eleventy(project: NodeProject) -> Fact[str] | None:
    """`--output` in the build script, or `dir.output` in Eleventy's configuration."""
    for step in resolve(project.package, "build") or ():
        for word in step.words:
            if word.startswith("--output="):
                return Fact(word.partition("=")[2], (project.package.says("scripts", "build"),))
    for stem in ("eleventy.config", ".eleventy"):
        found = read_config(project, stem)
        values = (found[1].default_export, found[1].constant("config")) if found else ()
        output = next((item for value in values if isinstance(item := value_at(value, ("dir", "output")), str)), None)
        if found and output and not output.startswith("/"):
            return project.folder.fact(output, found[0], 1, f"dir.output is {output}")
    return None


def _webpack(project: NodeProject) -> Fact[str] | None:
    """`output.path` in webpack's configuration: the one that the build names, else one with a usual name."""
    for name, config in _webpack_configs(project):
        path = value_at(config.default_export, ("output", "path"))
        if isinstance(path, str) and not path.startswith("/"):
            where = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            return project.folder.fact(where, name, 1, f"output.path is {path}")
    return None


def _webpack_configs(project: NodeProject) -> Iterator[tuple[str, JsModule]]:
    """The configurations of webpack: those that the build names, then those with a usual name."""
    given = [
        word.partition("=")[2] or step.words[index + 1]
        for step in resolve(project.package, next((n for n in BUILD_SCRIPTS if n in project.package.scripts), "")) or ()
        for index, word in enumerate(step.words)
        if word.startswith("--config") and ("=" in word or index + 1 < len(step.words))
    ]
    usual = [f"{folder}webpack.{kind}" for folder in ("", "config/", "build/") for kind in WEBPACK_KINDS]
    for name in (*given, *usual):
        folder, stem = posixpath.split(posixpath.normpath(name))
        for ending in (".js", ".ts", ".mjs", ".cjs", ".babel.js"):
            stem = stem.removesuffix(ending)
        found = read_config(project, posixpath.join(folder, stem))
        if found is not None:
            yield found


def page_made(project: NodeProject, framework: Framework) -> Evidence | None:
    """The plug-in in webpack's configuration that makes index.html; None if there is none."""
    for name, config in _webpack_configs(project) if framework.pages else ():
        for call in config.calls:
            plugin = config.bindings.get(call.callee, ("", ""))[0]
            options = call.arguments[0] if call.arguments and isinstance(call.arguments[0], dict) else {}
            if plugin in framework.pages and posixpath.normpath(str(options.get("filename", PAGE))) == PAGE:
                return project.folder.says(name, call.line, f"{plugin} makes {PAGE}")
    return None


def _published(project: NodeProject) -> Fact[str] | None:
    """The folder that a host publishes: netlify.toml, vercel.json, firebase.json, static.json, Staticfile."""
    folder = project.folder
    for name, read, path in (
        ("netlify.toml", folder.toml, ("build", "publish")),
        ("vercel.json", folder.jsonc, ("outputDirectory",)),
        ("firebase.json", folder.jsonc, ("hosting", "public")),
        ("static.json", folder.jsonc, ("root",)),
        ("Staticfile", folder.yaml, ("root",)),
    ):
        document = read(name) if folder.has(name) else None
        text = (document.text(*path) if document else None) or ""
        clean = posixpath.normpath(text.strip("/") or ".")
        if document is not None and clean != "." and not clean.startswith("..") and "$" not in clean:
            return folder.fact(clean, name, document.line(*path), f"{'.'.join(path)} is {text}")
    return None


def _root_argument(project: NodeProject, framework: Framework) -> str:
    """The folder argument of a build command: `vitepress build docs`."""
    steps = resolve(project.package, "build") or resolve(project.package, "docs:build") or ()
    for step in steps:
        if step.program == framework.name and step.words[1:2] == ("build",):
            folder = next((word for word in step.words[2:] if not word.startswith("-")), ".")
            return folder if project.folder.has_folder(folder) else "."
    return "."


def _next_export(project: NodeProject) -> Fact[Files] | None:
    """`output: "export"` in next.config."""
    found = read_config(project, "next.config")
    if found is None or value_at(found[1].default_export, ("output",)) != "export":
        return None
    folder = value_at(found[1].default_export, ("distDir",))
    return project.folder.fact((folder if isinstance(folder, str) else "out", False), found[0], 1, 'output is "export"')


def next_standalone(project: NodeProject) -> Fact[bool] | None:
    """`output: "standalone"` in next.config."""
    found = read_config(project, "next.config")
    if found is not None and value_at(found[1].default_export, ("output",)) == "standalone":
        return project.folder.fact(True, found[0], 1, 'output is "standalone"')
    return None


def _astro(project: NodeProject, framework: Framework) -> Fact[Files] | None:
    """Static, unless the configuration has an adapter for a server."""
    found = read_config(project, "astro.config")
    config = found[1].default_export if found else None
    target = target_of(project, framework)
    if target is not None and target.value.makes != "elsewhere" and isinstance(config, dict) and "adapter" in config:
        return None
    root = value_at(config, ("outDir",))
    output = posixpath.join(root if isinstance(root, str) else "dist", target.value.public if target else "")
    return Fact((output, False), (project.package.depends("astro"),))


def _of_target(target: Fact[BuildProduct] | None) -> Fact[Files] | None:
    """What an adapter or a preset for files makes: SvelteKit's writes to `pages`, and one more page as `fallback`."""
    if target is None or target.value.makes != "site":
        return None
    folder, fallback = target.value.options.get("pages"), target.value.options.get("fallback")
    inside = isinstance(folder, str) and not folder.startswith(("/", ".."))
    root = target.value.public or (str(folder) if inside else "build")
    return target.but((root, fallback if isinstance(fallback, str) else False))


def _generated(project: NodeProject) -> Fact[Files] | None:
    """`nuxt generate` and `nuxt build --prerender`."""
    steps = resolve(project.package, "build") or ()
    if steps and {"generate", "--prerender"} & set(steps[-1].words):
        return Fact((".output/public", False), (project.package.says("scripts", "build"),))
    return None


def _without_server(project: NodeProject, framework: Framework) -> Fact[Files] | None:
    """A mode without a server, in the configuration or a plugin's options: `ssr: false`, `static: true`."""
    stem, keys, wanted, folder = _MODES.get(framework.name, ("", (), None, ""))
    found = read_config(project, stem) if stem else None
    if found is None or (framework.name == "tanstack-start" and brings_server(project)):
        return None
    given = [found[1].default_export, *(value for call in found[1].calls for value in call.arguments[:1])]
    config = next((value for value in given if value_at(value, keys) is wanted), None)
    if config is None:
        return None
    rendered = value_at(config, ("prerender",))
    shell: str | bool = framework.name != "analog"
    if framework.name == "tanstack-start":
        shell = "_shell.html"
    elif stem == "react-router.config" and (rendered is True or (isinstance(rendered, list) and "/" in rendered)):
        # The home page is index.html itself: https://reactrouter.com/how-to/pre-rendering
        shell = "__spa-fallback.html"
    root = posixpath.join(framework.output or "", folder)
    return project.folder.fact((root, shell), found[0], 1, f"{'.'.join(keys)} is {str(wanted).lower()}")


# The file's stem, the key, its value, and the folder below the output.
_MODES: dict[str, tuple[str, tuple[str, ...], bool | None, str]] = {
    "react-router": ("react-router.config", ("ssr",), False, "client"),
    "remix": ("vite.config", ("ssr",), False, "client"),
    "analog": ("vite.config", ("static",), True, "public"),
    "tanstack-start": ("vite.config", ("spa", "enabled"), True, "../dist/client"),
}


def _angular(project: NodeProject) -> Fact[Files] | None:
    """angular.json, or project.json: the output path of the project to be built."""
    target = read_target(project)
    if target is None:
        return Fact(("dist", True), (project.package.depends("@angular/core"),))
    root = target.output()
    says = f"outputPath of {target.project}"
    return project.folder.fact((root, True), target.file, target.line, says) if root is not None else None
