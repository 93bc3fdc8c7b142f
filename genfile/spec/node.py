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
        description="Which dependencies the program needs at run time: `none` if the output includes them, `all` if "
        "the start command is a development dependency.",
    )
    has_dev_dependencies: bool = True
    answers_http: bool = Field(
        True,
        description="Whether the service answers plain HTTP on `port`; otherwise a health check only opens the port.",
    )
    ignore_scripts: bool = Field(
        False,
        description="The project's own install scripts need its sources, so the installation runs without scripts.",
    )
    lifecycle_scripts: tuple[Argument, ...] = Field(
        (),
        description="The scripts to run once the sources are copied (postinstall, prepare, …), in order.",
    )
    dependency_scripts: bool = Field(
        False,
        description="A locked dependency has an install script (a native module, a download).",
    )
    rebuild: tuple[Argument, ...] = Field(
        (),
        description="Production dependencies with install scripts, to rebuild after an installation without scripts.",
    )
    rebuild_dev: tuple[Argument, ...] = Field(
        (), description="The same for development dependencies, which the build needs."
    )
    generates_modules: bool = Field(
        False,
        description="The build writes into node_modules (a generated client, patches), so its "
        "node_modules must be kept.",
    )
    unread: tuple[RelativePath, ...] = Field(
        (), description="Tests and documentation that nothing in the image reads; they stay out of the build context."
    )
    git: bool = Field(
        False, description="The build asks git for the version, so its step gets git and the .git folder."
    )
    playwright: bool = Field(False, description="The program uses the browser that Playwright itself installs.")
    standalone: RelativePath | None = Field(
        None, description="An output folder with its own node_modules, laid out like the workspace."
    )
