"""The URL path that a site or a server is built for: `/console/`, or `/` by default."""

import posixpath
import re
from urllib.parse import urlsplit

from genfile.data import Framework
from genfile.detect.node.angular import read_target
from genfile.detect.node.framework import read_config
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import BUILD_SCRIPTS, ScriptStep, resolve
from genfile.evidence import Draft, Fact
from genfile.parsers.data import parse_dotenv
from genfile.parsers.values import EnvDefault

# Where a framework's configuration names the path: the file's stem, and the keys.
_SETTINGS: dict[str, tuple[str, tuple[str, ...]]] = {
    "nextjs": ("next.config", ("basePath",)),
    "nuxt": ("nuxt.config", ("app", "baseURL")),
    "sveltekit": ("svelte.config", ("kit", "paths", "base")),
    "astro": ("astro.config", ("base",)),
    "vite": ("vite.config", ("base",)),
    "react-router": ("vite.config", ("base",)),
    "remix": ("vite.config", ("base",)),
    "solid-start": ("app.config", ("server", "baseURL")),
    "vue-cli": ("vue.config", ("publicPath",)),
    "docusaurus": ("docusaurus.config", ("baseUrl",)),
    "gatsby": ("gatsby-config", ("pathPrefix",)),
    "vitepress": (".vitepress/config", ("base",)),
    "vuepress": (".vuepress/config", ("base",)),
    "eleventy": ("eleventy.config", ("pathPrefix",)),
    "rsbuild": ("rsbuild.config", ("server", "base")),
    "umi": (".umirc", ("base",)),
}
# Options of build commands that name it, by program.
_OPTIONS = {
    "vite": ("--base",),
    "ng": ("--base-href", "--baseHref"),
    "astro": ("--base",),
    "parcel": ("--public-url",),
    "vitepress": ("--base",),
    "eleventy": ("--pathprefix",),
    "rsbuild": ("--base",),
}
_BASE_TAG = re.compile(r"""<base\s[^>]{0,200}?href\s*=\s*["']([^"'>]{1,200})["']""", re.IGNORECASE)
_CLEAN = re.compile(r"(?:[A-Za-z0-9_~@-][A-Za-z0-9._~@-]*/)*")


def base_path(project: NodeProject, framework: Framework) -> Fact[str] | None:
    """The path with a slash at both ends; None for the root, and for files that work at any path."""
    found = next((fact for signal in BASE_SIGNALS if (fact := signal(project, framework)) is not None), None)
    # For a whole URL, only the assets come from there; only a home page's URL has a path of its own.
    path = clean_base(found.value, address=framework.name in ("create-react-app", "angular")) if found else None
    return found.but(path) if found is not None and path is not None else None


def put_base(project: NodeProject, framework: Framework, draft: Draft) -> None:
    """Put /static/base and /static/locales of a site."""
    base = base_path(project, framework)
    if base is not None:
        draft.put("static.base", base)
    target = read_target(project) if framework.name == "angular" else None
    locales = target.locales() if target is not None else []
    if target is None or not locales:
        return
    root, prefix = str(draft.values["static"]["root"]), base.value if base else "/"
    found: dict[str, str] = {}
    for folder, path, _ in locales:
        if _CLEAN.fullmatch(folder.strip("/") + "/") or not folder:
            found.setdefault(clean_base(prefix + path.strip("/")) or "/", posixpath.normpath(f"{root}/{folder}"))
    values = [{"root": place, "base": path} for path, place in found.items()]
    says = f"localize builds {', '.join(name for *_, name in locales)}"
    line = target.document.line(*target.path, "options", "localize") or target.line
    draft.put("static.locales", project.folder.fact(values, target.file, line, says))


def clean_base(text: str, *, address: bool = False) -> str | None:
    """`/console/` for `console`, `/console`, or a home page's URL; None for the root or a relative path."""
    text = text.strip()
    if "://" in text or text.startswith("//"):
        try:
            text = urlsplit(text).path if address else ""
        except ValueError:
            return None
    inner = text.strip("/")
    if not inner or text.startswith(".") or len(inner) > 150 or not _CLEAN.fullmatch(inner + "/"):
        return None
    return f"/{inner}/"


def _option(project: NodeProject, framework: Framework) -> Fact[str] | None:
    """An option of the build command: `vite build --base=/console/`, `ng build --base-href /console/`."""
    name, steps = _build_steps(project)
    for step in steps:
        for option in _OPTIONS.get(step.program, ()):
            for at, word in enumerate(step.words):
                key, sign, value = word.partition("=")
                if key == option and (sign or at + 1 < len(step.words)):
                    return Fact(value if sign else step.words[at + 1], (project.package.says("scripts", name),))
    return None


def _variable(project: NodeProject, framework: Framework) -> Fact[str] | None:
    """`PUBLIC_URL` of Create React App, `NUXT_APP_BASE_URL`: set by the build script or a committed .env."""
    variable = {"create-react-app": "PUBLIC_URL", "nuxt": "NUXT_APP_BASE_URL"}.get(framework.name)
    name, steps = _build_steps(project)
    value = next((step.variables[variable] for step in steps if variable in step.variables), None) if variable else None
    if value is not None:
        return Fact(value, (project.package.says("scripts", name),))
    return committed_value(project, variable) if variable else None


def _home_page(project: NodeProject, framework: Framework) -> Fact[str] | None:
    """`homepage` of package.json, for Create React App."""
    text = project.package.document.text("homepage")
    if framework.name != "create-react-app" or text is None:
        return None
    return Fact(text, (project.package.says("homepage"),))


def _angular(project: NodeProject, framework: Framework) -> Fact[str] | None:
    """`baseHref` in angular.json, of the configuration that is built first; else `<base href>` in index.html."""
    target = read_target(project) if framework.name == "angular" else None
    if target is None:
        return None
    text = target.setting("baseHref", _configuration(project))
    if isinstance(text, str):
        line = target.document.line(*target.path, "options", "baseHref") or target.line
        return project.folder.fact(text, target.file, line, f"baseHref is {text}")
    index = target.setting("index", _configuration(project)) or "src/index.html"
    index = index.get("input") if isinstance(index, dict) else index
    index = target.place(index) if isinstance(index, str) else index
    page = project.folder.text(index) if isinstance(index, str) and project.folder.has(index) else None
    match = _BASE_TAG.search((page or "")[:20_000])
    if match is None or not isinstance(index, str):
        return None
    return project.folder.fact(match[1], index, (page or "").count("\n", 0, match.start()) + 1, f"base is {match[1]}")


def _expo(project: NodeProject, framework: Framework) -> Fact[str] | None:
    """`experiments.baseUrl` of Expo's app.json."""
    document = project.folder.json("app.json") if framework.name == "expo" and project.folder.has("app.json") else None
    text = document.text("expo", "experiments", "baseUrl") if document else None
    line = document.line("expo", "experiments", "baseUrl") if document else None
    return project.folder.fact(text, "app.json", line, f"baseUrl is {text}") if text else None


def _setting(project: NodeProject, framework: Framework) -> Fact[str] | None:
    """The key in the framework's configuration; if it comes from a variable, that variable's default."""
    stem, keys = _SETTINGS.get(framework.name, ("", ()))
    if framework.name == "gatsby" and not _with_prefix(project):
        return None
    folder = _argument(project) if framework.name in ("vitepress", "vuepress") else ""
    found = read_config(project, folder + stem) if stem else None
    if found is None:
        return None
    value = found[1].default_export
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    says = f"{'.'.join(keys)} is {value}"
    if isinstance(value, EnvDefault):
        committed = committed_value(project, value.name)
        if committed is not None:
            return committed
        says = f"{'.'.join(keys)} is {value.default}, or {value.name}"
        if isinstance(value.default, str) and clean_base(value.default):
            text = (
                f"{found[0]}: {value.name} changes the path that the site is served at; the image serves it at "
                f"{value.default}"
            )
            project.folder.tree.note("info", text, project.folder.full(found[0]), 1)
        value = value.default
    return project.folder.fact(value, found[0], 1, says) if isinstance(value, str) else None


BASE_SIGNALS = (_option, _variable, _home_page, _angular, _expo, _setting)


def _build_steps(project: NodeProject) -> tuple[str, tuple[ScriptStep, ...]]:
    scripts = project.package.scripts
    name = next((name for name in (*BUILD_SCRIPTS, "docs:build") if name in scripts), "")
    return name, resolve(project.package, name) or ()


def _configuration(project: NodeProject) -> str | None:
    """The configuration that an Angular project's build script names."""
    for step in _build_steps(project)[1]:
        for at, word in enumerate(step.words):
            key, sign, value = word.partition("=")
            if key in ("--configuration", "-c") and (sign or at + 1 < len(step.words)):
                return (value if sign else step.words[at + 1]).split(",")[-1]
    return None


def _with_prefix(project: NodeProject) -> bool:
    """Whether Gatsby's build uses its path prefix."""
    return any(
        "--prefix-paths" in step.words or step.variables.get("PREFIX_PATHS") == "true"
        for step in _build_steps(project)[1]
    )


def _argument(project: NodeProject) -> str:
    """The folder argument of a build command, with a slash: `vitepress build docs`."""
    for step in _build_steps(project)[1]:
        folder = next((word for word in step.words[2:] if not word.startswith("-")), "")
        if folder and step.words[1:2] == ("build",) and project.folder.has_folder(folder):
            return folder.rstrip("/") + "/"
    return ""


def committed_value(project: NodeProject, variable: str) -> Fact[str] | None:
    """A variable's value in a committed .env.production or .env."""
    for name in (".env.production", ".env"):
        values = (project.folder.parse(parse_dotenv, name) if project.folder.has(name) else None) or {}
        if variable in values:
            text, line = values[variable]
            return project.folder.fact(text, name, line, f"{variable} is {text}")
    return None
