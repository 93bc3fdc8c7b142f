"""What only a Python service has."""

from typing import Literal

from pydantic import Field

from genfile.spec.base import Argument, Command, EnvironmentName, HostName, Model, RelativePath, Word
from genfile.spec.service import Service


class Fetch(Model):
    """Something that the program would fetch at its first start: a browser, a model."""

    command: Command = Field(description="Run once the dependencies are installed, before the sources are copied.")
    path: RelativePath | None = Field(None, description="Where it leaves what it fetched; null: among the packages.")


class PythonService(Service):
    language: Literal["python"]
    application: Argument | None = Field(None, description="`package.module:object`, or `:factory()` for a factory.")
    interface: Literal["wsgi", "asgi"] | None = None
    requirements: tuple[RelativePath, ...] = Field((), description="The files given to pip, for package manager pip.")
    hashes: bool = Field(False, description="The requirements carry hashes: pip is told to require them.")
    package: bool = Field(False, description="The project itself is installed, as a package with a build system.")
    dependencies_listed: bool = Field(
        False, description="pyproject.toml lists the dependencies, so that pip can install them without the project."
    )
    local_packages: tuple[RelativePath, ...] = Field(
        (), description="Other folders of the tree that are installed as packages, since the project depends on them."
    )
    in_place: bool = Field(
        False, description="The build writes beside the sources, not only to the folders in `outputs`."
    )
    configured: tuple[Word, ...] = Field(
        (),
        description="What gunicorn's own configuration sets of `worker_tmp_dir` and `accesslog`: no option is given.",
    )
    extra_packages: tuple[Argument, ...] = Field(
        (), description="Servers that the start command needs and the project does not declare."
    )
    groups: tuple[Word, ...] = Field((), description="Dependency groups that production needs, beside the main one.")
    extras: tuple[Argument, ...] = Field((), description="Extras of the project that production needs.")
    package_name: Argument | None = Field(
        None, description="The project's name, as the members of a workspace are told."
    )
    python_path: RelativePath | None = Field(
        None, description="A folder of sources that are imported without being installed."
    )
    unread: tuple[RelativePath, ...] = Field(
        (), description="Tests and documentation that nothing in the image reads: they are not sent to the builder."
    )
    fetch: tuple[Fetch, ...] = Field((), description="What is fetched in the build, for the program to find.")
    ssh_hosts: tuple[HostName, ...] = Field(
        (), description="Hosts that dependencies are fetched from by ssh, with the agent of whoever builds."
    )
    version_variable: EnvironmentName | None = Field(
        None, description="What tells the build backend the version that it would ask git for."
    )
