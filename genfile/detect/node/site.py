"""Front ends that are only files after their build: where the files are, and who routes."""

import posixpath
from typing import Any

from genfile.data import Framework
from genfile.detect.node.framework import evidence_of, read_config
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import resolve
from genfile.evidence import Fact

ROUTERS = frozenset(
    [
        "react-router-dom",
        "react-router",
        "vue-router",
        "@angular/router",
        "wouter",
        "@tanstack/react-router",
        "@tanstack/vue-router",
        "svelte-spa-router",
        "@reach/router",
        "@solidjs/router",
        "preact-router",
        "preact-iso",
        "@mikro-router",
    ]
)


def static_output(project: NodeProject, framework: Framework) -> Fact[dict[str, Any]] | None:
    """`{"root", "spa"}` when the service is only files after its build, else None; root relative to the folder."""
    found = _by_framework(project, framework)
    if found is None:
        return None
    root, spa = found.value
    return found.but({"root": posixpath.normpath(root), "spa": spa})


def _by_framework(project: NodeProject, framework: Framework) -> Fact[tuple[str, bool]] | None:
    if framework.name == "nextjs":
        return _next_export(project)
    if framework.name == "astro":
        return _astro(project)
    if framework.name == "sveltekit":
        return _sveltekit(project)
    if framework.name in ("react-router", "remix"):
        return _single_page_mode(project)
    if framework.name == "nuxt":
        steps = resolve(project.package, "build") or ()
        if steps and "generate" in steps[-1].words:
            return Fact((".output/public", False), (project.package.says("scripts", "build"),))
        return None
    if framework.kind != "site":
        return None
    if framework.name == "angular":
        return _angular(project)
    return _configured(project, framework)


def _configured(project: NodeProject, framework: Framework) -> Fact[tuple[str, bool]]:
    """The output folder: of the build script's flag, of the configuration, of the framework's habit."""
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
    published = _published(project)
    if published is not None:
        return published.but((published.value, spa))
    key = {"vite": ("vite.config", ("build", "outDir")), "vue-cli": ("vue.config", ("outputDir",))}.get(framework.name)
    found = read_config(project, key[0]) if key else None
    if key and found:
        value = _at(found[1].default_export, key[1])
        base = _at(found[1].default_export, ("root",)) if framework.name == "vite" else None
        if isinstance(value, str) and not value.startswith("/"):
            path = posixpath.join(base, value) if isinstance(base, str) and not base.startswith("/") else value
            return project.folder.fact((path, spa), found[0], 1, f"{'.'.join(key[1])} is {value}")
    return Fact((posixpath.join(_root_argument(project, framework), root), spa), (evidence_of(project, framework),))


def _published(project: NodeProject) -> Fact[str] | None:
    """The folder that a host is told to publish: netlify.toml, vercel.json, firebase.json, static.json, Staticfile."""
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
    """The folder that a build command is given: `vitepress build docs`."""
    steps = resolve(project.package, "build") or resolve(project.package, "docs:build") or ()
    for step in steps:
        if step.program == framework.name and step.words[1:2] == ("build",):
            folder = next((word for word in step.words[2:] if not word.startswith("-")), ".")
            return folder if project.folder.has_folder(folder) else "."
    return "."


def _at(value: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _next_export(project: NodeProject) -> Fact[tuple[str, bool]] | None:
    """`output: "export"` in next.config."""
    found = read_config(project, "next.config")
    if found is None or _at(found[1].default_export, ("output",)) != "export":
        return None
    folder = _at(found[1].default_export, ("distDir",))
    return project.folder.fact((folder if isinstance(folder, str) else "out", False), found[0], 1, 'output is "export"')


def next_standalone(project: NodeProject) -> Fact[bool] | None:
    """`output: "standalone"` in next.config."""
    found = read_config(project, "next.config")
    if found is not None and _at(found[1].default_export, ("output",)) == "standalone":
        return project.folder.fact(True, found[0], 1, 'output is "standalone"')
    return None


def _astro(project: NodeProject) -> Fact[tuple[str, bool]] | None:
    """Static unless an adapter for a server is a dependency and the configuration asks for a server."""
    found = read_config(project, "astro.config")
    config = found[1].default_export if found else None
    adapters = [
        name
        for name in project.package.every_dependency
        if name in ("@astrojs/node", "astro-bun-adapter", "@deno/astro-adapter")
    ]
    if adapters and (isinstance(config, dict) and "adapter" in config):
        return None
    root = _at(config, ("outDir",))
    return Fact((root if isinstance(root, str) else "dist", False), (project.package.depends("astro"),))


def _sveltekit(project: NodeProject) -> Fact[tuple[str, bool]] | None:
    if "@sveltejs/adapter-static" in project.package.every_dependency:
        found = read_config(project, "svelte.config")
        for call in found[1].calls if found else ():
            given = call.arguments[0] if call.callee == "adapter" and call.arguments else None
            pages = given.get("pages") if isinstance(given, dict) else None
            if found and isinstance(pages, str) and not pages.startswith(("/", "..")):
                return project.folder.fact((pages, True), found[0], call.line, f"adapter-static writes to {pages}")
        return Fact(("build", True), (project.package.depends("@sveltejs/adapter-static"),))
    return None


def _single_page_mode(project: NodeProject) -> Fact[tuple[str, bool]] | None:
    """`ssr: false` in react-router.config."""
    found = read_config(project, "react-router.config")
    if found is not None and _at(found[1].default_export, ("ssr",)) is False:
        return project.folder.fact(("build/client", True), found[0], 1, "ssr is false")
    return None


def _angular(project: NodeProject) -> Fact[tuple[str, bool]] | None:
    """angular.json: the output path of the project to be built; the application builder adds `browser`."""
    document = project.folder.json("angular.json") if project.folder.has("angular.json") else None
    if document is None:
        return Fact(("dist", True), (project.package.depends("@angular/core"),))
    projects = document.table("projects")
    name = document.text("defaultProject") or next(
        (
            key
            for key, value in projects.items()
            if isinstance(value, dict) and value.get("projectType", "application") == "application"
        ),
        "",
    )
    build = ("projects", name, "architect", "build")
    if not document.table(*build):
        build = ("projects", name, "targets", "build")
    options = document.table(*build, "options")
    if options.get("server") or options.get("ssr"):
        return None
    builder = document.text(*build, "builder") or ""
    output = options.get("outputPath", f"dist/{name}")
    if isinstance(output, dict):
        base, browser = output.get("base", f"dist/{name}"), output.get("browser", "browser")
        root = posixpath.join(str(base), str(browser))
    else:
        root = posixpath.join(str(output), "browser") if builder.endswith(":application") else str(output)
    line = document.line(*build, "options", "outputPath") or document.line(*build)
    return project.folder.fact((root, True), "angular.json", line, f"outputPath of {name}")
