"""What is true of one service, whatever its language.

Paths are relative to the inspected root. ``build`` runs in the build context (``workspace.root``, else ``path``),
``start``, ``processes`` and ``release`` in the folder ``path``.
"""

from typing import Literal

from pydantic import Field

from genfile.spec.base import (
    Argument,
    BasePath,
    Command,
    EnvironmentName,
    Model,
    PackageName,
    Port,
    RelativePath,
    SecretId,
    ServiceName,
    Text,
    UrlPath,
    Version,
    VersionLine,
    VolumePath,
    Word,
)

PackageManagerName = Literal[
    "npm", "pnpm", "yarn", "yarn-berry", "bun",
    "pip", "uv", "poetry", "pipenv", "pdm", "conda", "pixi",
    "gomod", "maven", "gradle",
]  # fmt: skip


class Runtime(Model):
    version: VersionLine = Field(
        description="What an image tag names: a major version for Node and Java, a minor version for Python and Go."
    )
    pinned: Version | None = Field(None, description="The exact version, if the project pins one.")


class PackageManager(Model):
    name: PackageManagerName
    version: Version | None = Field(None, description="Exact or partial; null means the one in the base image.")
    lockfile: RelativePath | None = None


class Health(Model):
    path: UrlPath = Field(description="Responds with 200 while the service is healthy.")


class Locale(Model):
    """One language of a site that is built once for each."""

    root: RelativePath = Field(description="The folder to serve.")
    base: BasePath = Field(description="The URL path to serve it under.")


class Static(Model):
    """A site that is only files after its build."""

    root: RelativePath = Field(description="The folder to serve.")
    spa: bool = Field(False, description="Unknown paths serve index.html, because the router runs in the browser.")
    base: BasePath = Field("/", description="The URL path that the files are built for.")
    hashed: tuple[BasePath, ...] = Field(
        (), description="Folders below `base` whose file names contain a content hash."
    )
    hashed_names: bool = Field(
        False,
        description="Scripts and style sheets have a content hash in their names in every folder: `main-X7Q2ABCD.js`.",
    )
    not_found: bool = Field(False, description="The site has a 404.html for missing pages.")
    locales: tuple[Locale, ...] = Field(
        (), description="Languages with a folder of their own below `root`; `/` serves the first one."
    )


class SystemPackages(Model):
    """Debian packages (Ubuntu ones for Java), by the stage that needs them."""

    build: tuple[PackageName, ...] = ()
    run: tuple[PackageName, ...] = ()


class EnvironmentVariable(Model):
    name: EnvironmentName
    phase: Literal["install", "build", "run"] = Field(
        "run", description="`install` while dependencies are installed, `build` while the project is built."
    )
    required: bool = False
    secret: bool = False
    value: Text | None = Field(None, description="The value in the image; null if it is set at run time.")
    default: Text | None = Field(None, description="The default of a build argument.")


class BuildSecret(Model):
    """A credential that the build needs, mounted for one step: its id, and what kind of file or variable it is."""

    id: SecretId
    kind: Literal["npmrc", "netrc", "pip-conf", "maven-settings", "gradle-properties", "variable"]
    variable: EnvironmentName | None = Field(None, description="For kind `variable`: its name in the build step.")
    phase: Literal["install", "build", "every"] = Field(
        "install",
        description="The steps that get it: the installation, the build, or every run of the package manager.",
    )


class Connection(Model):
    """A variable that tells the program where a database is."""

    variable: EnvironmentName
    service: Word = Field(description="One of `backing_services`.")
    form: Text = Field(description="Its value, with {user}, {password}, {host}, {port} and {name} of the database.")


class Workspace(Model):
    """The monorepo that a service is a member of."""

    tool: Literal["npm", "pnpm", "yarn", "bun", "uv", "poetry", "go", "maven", "gradle"]
    root: RelativePath = Field(description="The build context.")
    member: RelativePath
    depends_on: tuple[RelativePath, ...] = Field((), description="Other members that this one needs, sorted.")
    runs_with: tuple[RelativePath, ...] = Field(
        (), description="The members that are needed at run time, if the tool can tell."
    )
    files: tuple[RelativePath, ...] | None = Field(
        None,
        description="Files of the workspace root that the build reads, in addition to `folders` and the needed "
        "members; null if unknown, so everything is copied.",
    )
    folders: tuple[RelativePath, ...] = Field((), description="Folders outside of the members that the build reads.")
    names: tuple[Text, ...] = Field(
        (), description="The names of the members to install, for package managers that need them."
    )
    unused: tuple[RelativePath, ...] = Field(
        (), description="Folders of members that this one does not need; only their manifests are in the build context."
    )


class Frontend(Model):
    """A front end that a stage of its own builds, for the service to give out."""

    path: RelativePath
    runtime: Runtime
    package_manager: PackageManager
    engine: Literal["node", "bun"] = "node"
    framework: Word | None = None
    build: tuple[Command, ...]
    output: RelativePath = Field(description="The build's output; the front end's own folder if it is built in place.")
    target: RelativePath = Field(description="Where the service reads it from.")
    manifests: tuple[RelativePath, ...] = ()
    outputs: tuple[RelativePath, ...] = ()
    workspace: Workspace | None = None
    beside: tuple[RelativePath, ...] = ()
    system_packages: SystemPackages = SystemPackages.model_construct()
    environment: tuple[EnvironmentVariable, ...] = ()
    secrets: tuple[BuildSecret, ...] = ()
    has_dev_dependencies: bool = True
    ignore_scripts: bool = False
    lifecycle_scripts: tuple[Argument, ...] = ()
    dependency_scripts: bool = False
    rebuild: tuple[Argument, ...] = ()
    rebuild_dev: tuple[Argument, ...] = ()
    generates_modules: bool = False
    leaves_out: tuple[Text, ...] = Field(
        (), description="Patterns of files in its folder that belong only to the service."
    )


class Service(Model):
    """The part of a spec that all languages share."""

    name: ServiceName
    path: RelativePath = "."
    runtime: Runtime | None = None
    package_manager: PackageManager | None = None
    framework: Word | None = None
    build: tuple[Command, ...] = ()
    start: tuple[Argument, ...] = Field((), description="In exec form, run in the service's folder.")
    port: Port | None = Field(None, description="The default port in production; null for a worker.")
    port_variable: EnvironmentName | None = Field(None, description="The environment variable that changes the port.")
    health: Health | None = None
    processes: dict[Word, tuple[Argument, ...]] = Field({}, description="Other commands of the same image.")
    release: tuple[Argument, ...] | None = Field(None, description="To run once per release: migrations.")
    static: Static | None = None
    system_packages: SystemPackages = SystemPackages.model_construct()
    environment: tuple[EnvironmentVariable, ...] = ()
    secrets: tuple[BuildSecret, ...] = ()
    backing_services: tuple[Word, ...] = ()
    connections: tuple[Connection, ...] = ()
    workspace: Workspace | None = None
    beside: tuple[RelativePath, ...] = Field(
        (),
        description="Folders and files outside of the service's folder (or of its workspace root) that its build or "
        "program reads; the build context includes them.",
    )
    frontend: Frontend | None = None
    manifests: tuple[RelativePath, ...] = Field(
        (), description="Every file that installing dependencies reads, including the lockfile."
    )
    run_paths: tuple[RelativePath, ...] = Field(
        (),
        description="The parts of the built project that the program needs at run time; `.` or the "
        "service's folder means everything.",
    )
    writable: tuple[RelativePath, ...] = Field((), description="Folders that the program writes to.")
    kept: tuple[RelativePath, ...] = Field(
        (), description="The folders in `writable` without committed files; the image declares them as volumes."
    )
    env_files: bool = Field(
        False, description="The build reads .env.production and similar files, so they are in the build context."
    )
    committed: tuple[RelativePath, ...] = Field(
        (),
        description="Committed files that look like secrets but that the build or the program needs; they stay in the "
        "build context.",
    )
    data: RelativePath | None = Field(
        None, description="The folder of the program's own database; `.` means its working directory."
    )
    volumes: tuple[VolumePath, ...] = Field(
        (), description="Folders outside of the project where the program keeps its data."
    )
    outputs: tuple[RelativePath, ...] = Field(
        (),
        description="Folders that the build creates; they never enter the build context, even if they "
        "exist in the project.",
    )
