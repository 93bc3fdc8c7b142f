"""angular.json: which target is built, and where its output is."""

import posixpath
from typing import Any

from msgspec import Struct

from genfile.detect.node.manager import NodeProject
from genfile.detect.node.nx import PROJECT, filled, nx_root
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.parsers import Document


class AngularTarget(Struct, frozen=True):
    """The `build` target of the project that is built."""

    document: Document
    project: str
    path: tuple[str, ...]
    file: str = "angular.json"
    # Of Nx: the project, and the workspace's root, from where the paths of the target go.
    places: tuple[Project, Project] | None = None

    def text(self, *keys: str) -> str | None:
        return self.document.text(*self.path, *keys)

    def table(self, *keys: str) -> dict[str, Any] | None:
        """A table of the target; None if it is missing, as opposed to empty."""
        value = self.document.get(*self.path, *keys)
        return value if isinstance(value, dict) else None

    def setting(self, key: str, configuration: str | None = None) -> Any:
        """A setting of a production build: the configuration's value, else the one in the options."""
        chosen = configuration or "production"
        own = self.table("configurations", chosen) or {}
        return own.get(key, (self.table("options") or {}).get(key))

    def locales(self) -> list[tuple[str, str, str]]:
        """Folder, path and name of each language that is built, the source language first; empty for a single build."""
        localize = self.setting("localize")
        project = self.path[:-2]
        i18n = self.document.get(*project, "i18n")
        i18n = i18n if isinstance(i18n, dict) else {}
        source, others = i18n.get("sourceLocale", "en-US"), i18n.get("locales", {})
        code = source.get("code", "en-US") if isinstance(source, dict) else source
        known: dict[str, Any] = {str(code): source} | (others if isinstance(others, dict) else {})
        names = list(known) if localize is True else localize if isinstance(localize, list) else []
        found = []
        for name in sorted((item for item in names if item in known), key=lambda item: item != code):
            value = known[name] if isinstance(known[name], dict) else {}
            folder = str(value.get("subPath", name))
            found.append((folder, str(value.get("baseHref", folder)), str(name)))
        return found

    @property
    def line(self) -> int | None:
        return self.document.line(*self.path, "options", "outputPath") or self.document.line(*self.path)

    def output(self) -> str | None:
        """The folder of the files, relative to the project's; None if a server comes with them.

        The application builder writes to the subfolder `browser`; the production configuration may name another folder.
        """
        options = self.table("options") or {}
        if (options.get("server") or options.get("ssr")) and options.get("outputMode") != "static":
            return None
        production = self.table("configurations", "production") or {}
        output = production.get("outputPath", options.get("outputPath", f"dist/{self.project}"))
        if isinstance(output, dict):
            base, browser = output.get("base", f"dist/{self.project}"), output.get("browser", "browser")
            return posixpath.join(self.place(str(base)), str(browser))
        modern = (self.text("builder") or self.text("executor") or "").endswith(":application")
        return posixpath.join(self.place(str(output)), "browser" if modern else "")

    def place(self, path: str) -> str:
        """A path of the target, relative to the project's folder."""
        if self.places is None:
            return path
        project, root = self.places
        return relative(posixpath.normpath(posixpath.join(root.path, filled(path, project, root))), project.path)


def read_target(project: NodeProject) -> AngularTarget | None:
    """The build of the default project, else of the first application; of Nx the build of the folder's project."""
    document = project.folder.jsonc("angular.json") if project.folder.has("angular.json") else None
    if document is None:
        return _of_nx(project)
    projects = document.table("projects")
    name = document.text("defaultProject") or next(
        (
            key
            for key, value in projects.items()
            if isinstance(value, dict) and value.get("projectType", "application") == "application"
        ),
        "",
    )
    for key in ("architect", "targets"):
        path = ("projects", name, key, "build")
        if document.table(*path):
            return AngularTarget(document, name, path)
    return None


def _of_nx(project: NodeProject) -> AngularTarget | None:
    root = nx_root(project.folder)
    document = project.folder.json(PROJECT) if root is not None and project.folder.has(PROJECT) else None
    if root is None or document is None or not document.table("targets", "build"):
        return None
    return AngularTarget(document, project.package.name or "", ("targets", "build"), PROJECT, (project.folder, root))
