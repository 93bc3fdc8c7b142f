"""The fields that only a Node or Bun service has."""

from typing import Literal

from pydantic import Field

from genfile.spec.base import Argument, RelativePath
from genfile.spec.service import Service


class NodeService(Service):
    language: Literal["node"]
    engine: Literal["node", "bun"] = Field("node", description="The program that runs the code.")
    dependencies_at_run: Literal["none", "production", "all"] = Field(
        "production",
        description="The part of node_modules that the program needs: `none` if the output contains its own, `all` if "
        "the start command is a development dependency.",
    )
    has_dev_dependencies: bool = True
    answers_http: bool = Field(
        True, description="The listener on `port` answers plain HTTP; otherwise the health check only opens the port."
    )
    ignore_scripts: bool = Field(
        False,
        description="The project's own install scripts need its sources, so the installation runs without scripts.",
    )
    lifecycle_scripts: tuple[Argument, ...] = Field(
        (),
        description="The install scripts to run after the sources are copied (postinstall, prepare, …), in order.",
    )
    dependency_scripts: bool = Field(
        False,
        description="A locked dependency has an install script (a native module, a download).",
    )
    rebuild: tuple[Argument, ...] = Field(
        (),
        description="Production dependencies to build after an installation without scripts, by name.",
    )
    rebuild_dev: tuple[Argument, ...] = Field(
        (), description="The same for development dependencies that the build needs."
    )
    generates_modules: bool = Field(
        False,
        description="The build writes into node_modules (a generated client, patches), so they must be kept.",
    )
    unread: tuple[RelativePath, ...] = Field(
        (),
        description="Tests, documents and other services that nothing in the image reads: not sent to the builder.",
    )
    extra_packages: tuple[Argument, ...] = Field(
        (), description="Packages that the program loads, where no package.json lists any: npm installs them by name."
    )
    git: bool = Field(False, description="The build asks git for its version: the step gets git and the folder .git.")
    playwright: bool = Field(
        False, description="The program drives a browser that Playwright installs, in Playwright's own version."
    )
    standalone: RelativePath | None = Field(
        None, description="An output folder with its own node_modules, laid out like the workspace."
    )
