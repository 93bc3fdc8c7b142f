"""Is a front end one that can be built and given out, or are its pages there for something else?"""

import posixpath

from genfile.detect.hosting import hosting
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import resolve
from genfile.detect.tree import Project


def can_be_built(project: NodeProject, name: str) -> bool:
    """A front end of which there is more than the dependency: pages, a configuration, a build script."""
    if name == "expo":
        # An app for telephones, unless it is exported for the web; with a server of Expo's it is no site.
        document = project.folder.json("app.json") if project.folder.has("app.json") else None
        server = document is not None and document.text("expo", "web", "output") == "server"
        steps = (step for script in project.package.scripts for step in resolve(project.package, script) or ())
        return not server and any(step.program == "expo" and "export" in step.words for step in steps)
    if any(script in project.package.scripts for script in ("build", "build:prod", "start", "dev")):
        # A component library is built too, but has no page.
        return not (name in ("vite", "rsbuild") and not has_page(project.folder) and not _given_out(project.folder))
    return has_page(project.folder) or (name in CONFIGURED and _is_configured(project.folder, name))


def is_documentation(project: NodeProject, name: str) -> bool:
    """Whether pages stand beside what a package builds: `build` makes something else, another script makes them."""
    package = project.package
    steps = resolve(package, "build")
    if not steps or any(step.program == name for step in steps) or project.workspace is not None:
        return False
    others = (script for script in package.scripts if script != "build" and "build" in script)
    return any(
        step.program == name and "build" in step.words for script in others for step in resolve(package, script) or ()
    )


# Frameworks whose build needs no script: their configuration, or their pages, say that there is an application.
CONFIGURED = {"nextjs": "next.config", "nuxt": "nuxt.config", "astro": "astro.config"}


def _is_configured(folder: Project, name: str) -> bool:
    return any(item.startswith(CONFIGURED[name]) for item in folder.names()) and any(
        folder.has_folder(place) for place in ("pages", "app", "src/pages", "src/app")
    )


def has_page(folder: Project) -> bool:
    return any(
        folder.has(name)
        for name in (
            "index.html",
            "public/index.html",
            "src/index.html",
            "client/index.html",
            "app/index.html",
        )
    ) or (
        any(name.startswith(("vite.config", "rsbuild.config")) for name in folder.names())
        and next(folder.files("index.html", depth=2), None) is not None
    )


def _given_out(folder: Project) -> bool:
    """Whether a Dockerfile of the folder's own gives out what its build makes: pages, even where none is committed."""
    own = [path for path in hosting(folder).dockerfiles if posixpath.dirname(path) == folder.path]
    starts = [fact.value.split()[:1] for fact in hosting(folder).starts]
    return bool(own) and bool(starts) and all(posixpath.basename(words[0]) in _WEB_SERVERS for words in starts if words)


_WEB_SERVERS = frozenset({"nginx", "caddy", "httpd", "httpd-foreground"})
