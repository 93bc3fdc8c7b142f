"""The fields that only a Python service has."""

from typing import Literal

from pydantic import Field

from genfile.spec.base import Argument, Command, EnvironmentName, HostName, Model, RelativePath, Word
from genfile.spec.service import Service


class Fetch(Model):
    """Something that the program would download at its first start, such as a browser or a model."""

    command: Command = Field(description="Runs after the dependencies are installed and before the sources are copied.")
    path: RelativePath | None = Field(None, description="Where it stores the download; null: among the packages.")


class PythonService(Service):
    language: Literal["python"]
    application: Argument | None = Field(None, description="`package.module:object`, or `:factory()` for a factory.")
    interface: Literal["wsgi", "asgi"] | None = None
    requirements: tuple[RelativePath, ...] = Field(
        (), description="The requirements files that pip installs, for package manager pip."
    )
    hashes: bool = Field(False, description="The requirements have hashes, and pip must require them.")
    package: bool = Field(False, description="The project itself is installed as a package with a build system.")
    dependencies_listed: bool = Field(
        False, description="pyproject.toml lists the dependencies, so pip can install them without the project."
    )
    local_packages: tuple[RelativePath, ...] = Field(
        (), description="Other folders of the tree that are installed as packages, because the project depends on them."
    )
    in_place: bool = Field(
        False, description="The build writes next to the sources, and not only to the folders in `outputs`."
    )
    configured: tuple[Word, ...] = Field(
        (),
        description="Which of `worker_tmp_dir` and `accesslog` gunicorn's configuration sets: the command omits them.",
    )
    control_socket: bool = Field(
        True, description="gunicorn, if it is the server, is 25.1 or newer: it makes a socket."
    )
    extra_packages: tuple[Argument, ...] = Field(
        (), description="Packages that the program needs but the project does not declare."
    )
    groups: tuple[Word, ...] = Field(
        (), description="Dependency groups that production needs in addition to the main one."
    )
    extras: tuple[Argument, ...] = Field((), description="Extras of the project that production needs.")
    package_name: Argument | None = Field(
        None, description="The project's name, which selects a member of a workspace."
    )
    python_path: RelativePath | None = Field(
        None, description="A folder of sources that is imported without being installed."
    )
    unread: tuple[RelativePath, ...] = Field(
        (),
        description="Tests, documents and other services that nothing in the image reads: not sent to the builder.",
    )
    fetch: tuple[Fetch, ...] = Field((), description="Downloads that the build makes for the program.")
    ssh_hosts: tuple[HostName, ...] = Field(
        (), description="Hosts that dependencies are fetched from over SSH, with the SSH agent of whoever builds."
    )
    version_variable: EnvironmentName | None = Field(
        None, description="The variable that gives the build backend the version that it would otherwise ask git for."
    )
