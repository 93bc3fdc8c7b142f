"""What only a Node (or Bun) service has."""

from typing import Literal

from pydantic import Field

from genfile.spec.base import Argument, RelativePath
from genfile.spec.service import Service


class NodeService(Service):
    language: Literal["node"]
    engine: Literal["node", "bun"] = Field("node", description="What runs the program.")
    dependencies_at_run: Literal["none", "production", "all"] = Field(
        "production",
        description="What of node_modules the running program needs: `none` where the output brings its own, "
        "`all` where the start command is a development dependency.",
    )
    has_dev_dependencies: bool = True
    answers_http: bool = Field(
        True, description="What listens on `port` answers plain HTTP requests; else a check only opens the port."
    )
    ignore_scripts: bool = Field(
        False,
        description="The project's own install scripts need its sources: the installation runs without any.",
    )
    lifecycle_scripts: tuple[Argument, ...] = Field(
        (),
        description="Those of them that must run once the sources are there (postinstall, prepare, …), in order.",
    )
    dependency_scripts: bool = Field(
        False,
        description="A locked dependency has an install script of its own (a native module, a download).",
    )
    rebuild: tuple[Argument, ...] = Field(
        (),
        description="Those of production, by name, where the installation runs no scripts: they are built after it.",
    )
    rebuild_dev: tuple[Argument, ...] = Field((), description="The same of development, which the build needs.")
    generates_modules: bool = Field(
        False,
        description="The build writes into node_modules (a generated client, patches): they must be kept.",
    )
    unread: tuple[RelativePath, ...] = Field(
        (), description="Tests and documentation that nothing in the image reads: they are not sent to the builder."
    )
    git: bool = Field(False, description="The build asks git for its version: its step gets git and the folder .git.")
    playwright: bool = Field(
        False, description="The program drives a browser that Playwright itself puts there, of its own version."
    )
    standalone: RelativePath | None = Field(
        None, description="An output folder that brings its own node_modules, laid out as the workspace is."
    )
