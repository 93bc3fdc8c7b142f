"""What only a Python service has."""

from typing import Literal

from pydantic import Field

from genfile.spec.base import Argument, Command, EnvironmentName, HostName, Model, RelativePath, Word
from genfile.spec.service import Service


class Fetch(Model):
    """Something that the program would fetch at its first start: a browser, a model."""

    command: Command = Field(description="Runs after the dependencies are installed and before the sources are copied.")
    path: RelativePath | None = Field(None, description="Where it puts its download; null means among the packages.")


class PythonService(Service):
    language: Literal["python"]
    application: Argument | None = Field(None, description="`package.module:object`, or `:factory()` for a factory.")
    interface: Literal["wsgi", "asgi"] | None = None
    requirements: tuple[RelativePath, ...] = Field((), description="The requirements files, for package manager pip.")
    hashes: bool = Field(False, description="The requirements have hashes, so pip requires them.")
    package: bool = Field(False, description="The project itself is installed as a package with a build system.")
    dependencies_listed: bool = Field(
        False, description="pyproject.toml lists the dependencies, so pip can install them without the project."
    )
    local_packages: tuple[RelativePath, ...] = Field(
        (), description="Other folders that are installed as packages because the project depends on them."
    )
    in_place: bool = Field(
        False, description="The build also writes beside the sources, not only to the folders in `outputs`."
    )
    configured: tuple[Word, ...] = Field(
        (),
        description="Which of `worker_tmp_dir` and `accesslog` gunicorn's own configuration sets; the "
        "image does not override them.",
    )
    extra_packages: tuple[Argument, ...] = Field(
        (), description="Packages that the program needs but the project does not declare."
    )
    groups: tuple[Word, ...] = Field(
        (), description="Dependency groups that production needs in addition to the main one."
    )
    extras: tuple[Argument, ...] = Field((), description="Extras of the project that production needs.")
    package_name: Argument | None = Field(None, description="The project's name in the workspace.")
    python_path: RelativePath | None = Field(
        None, description="A source folder that is imported without being installed."
    )
    unread: tuple[RelativePath, ...] = Field(
        (), description="Tests and documentation that nothing in the image reads; they stay out of the build context."
    )
    fetch: tuple[Fetch, ...] = Field((), description="Downloads that the build makes for the program.")
    ssh_hosts: tuple[HostName, ...] = Field(
        (), description="Hosts of dependencies fetched over SSH, with the builder's SSH agent."
    )
    version_variable: EnvironmentName | None = Field(
        None, description="The variable that tells the build backend the version instead of git."
    )
