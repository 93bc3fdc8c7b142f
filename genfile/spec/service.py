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
    version: VersionLine = Field(description="What a tag names: a major for Node and Java, a minor for Python and Go.")
    pinned: Version | None = Field(None, description="The exact version, where the project pins one.")


class PackageManager(Model):
    name: PackageManagerName
    version: Version | None = Field(None, description="Exact or partial; null: the one that the base image brings.")
    lockfile: RelativePath | None = None


class Health(Model):
    path: UrlPath = Field(description="Answers 200 while the service is well.")


class Locale(Model):
    """One language of a site that is built once for each."""

    root: RelativePath = Field(description="The folder that is served.")
    base: BasePath = Field(description="The path that it is served below.")


class Static(Model):
    """A site that is only files after its build."""

    root: RelativePath = Field(description="The folder that is served.")
    spa: bool = Field(False, description="Unknown paths answer index.html: the router runs in the browser.")
    base: BasePath = Field("/", description="The path that the files are built to be served below.")
    hashed: tuple[BasePath, ...] = Field(
        (), description="Folders, as paths below `base`, whose files have a hash of their content in their names."
    )
    locales: tuple[Locale, ...] = Field(
        (), description="Where each language has a folder of its own below `root`; the first one answers at `/`."
    )


class SystemPackages(Model):
    """Debian packages (Ubuntu ones for Java), by the stage that needs them."""

    build: tuple[PackageName, ...] = ()
    run: tuple[PackageName, ...] = ()


class EnvironmentVariable(Model):
    name: EnvironmentName
    phase: Literal["install", "build", "run"] = Field(
        "run", description="install: while dependencies are installed; build: while the project is built."
    )
    required: bool = False
    secret: bool = False
    value: Text | None = Field(None, description="A value that belongs to the image; null: it is given from outside.")
    default: Text | None = Field(None, description="Of a build argument: what it is where nobody gives it.")


class BuildSecret(Model):
    """A credential that the build needs, mounted for one step: its id, and what kind of file or variable it is."""

    id: SecretId
    kind: Literal["npmrc", "netrc", "pip-conf", "maven-settings", "gradle-properties", "variable"]
    variable: EnvironmentName | None = Field(None, description="For kind `variable`: its name in the build step.")
    phase: Literal["install", "build", "every"] = Field(
        "install",
        description="Which steps get it: the installation, the build, or every start of the package manager.",
    )


class Connection(Model):
    """A variable that tells the program where a database is."""

    variable: EnvironmentName
    service: Word = Field(description="One of `backing_services`.")
    form: Text = Field(
        description="What it is given, with {user}, {password}, {host}, {port} and {name} for those of the database."
    )


class Workspace(Model):
    """The monorepo that a service is a member of."""

    tool: Literal["npm", "pnpm", "yarn", "bun", "uv", "poetry", "go", "maven", "gradle"]
    root: RelativePath = Field(description="The build context.")
    member: RelativePath
    depends_on: tuple[RelativePath, ...] = Field((), description="Other members that this one needs, sorted.")
    runs_with: tuple[RelativePath, ...] = Field(
        (), description="Those of them that the running program needs, where the tool tells them apart."
    )
    files: tuple[RelativePath, ...] | None = Field(
        None,
        description="Files of the root itself that the build reads: with `folders` and the members that are needed all "
        "of its sources; null: not known, so that everything is copied.",
    )
    folders: tuple[RelativePath, ...] = Field((), description="Folders that the build reads beside the members.")
    names: tuple[Text, ...] = Field(
        (), description="What a package manager that has to be told by name is asked to install."
    )
    unused: tuple[RelativePath, ...] = Field(
        (), description="Folders of members that this one does not need: their manifests alone are sent to the builder."
    )


class Frontend(Model):
    """A front end that a stage of its own builds, for the service to give out."""

    path: RelativePath
    runtime: Runtime
    package_manager: PackageManager
    engine: Literal["node", "bun"] = "node"
    framework: Word | None = None
    build: tuple[Command, ...]
    output: RelativePath = Field(description="What the build makes; the front end's folder: it is built in place.")
    target: RelativePath = Field(description="Where the service takes it from.")
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
        (), description="Patterns of what lies in its folder and belongs to the service alone."
    )


class Service(Model):
    """The part of a spec that all languages share."""

    name: ServiceName
    path: RelativePath = "."
    runtime: Runtime | None = None
    package_manager: PackageManager | None = None
    framework: Word | None = None
    build: tuple[Command, ...] = ()
    start: tuple[Argument, ...] = Field((), description="Exec form, run in the folder of the service.")
    port: Port | None = Field(None, description="Listened on by default in production; null for a worker.")
    port_variable: EnvironmentName | None = Field(None, description="The variable that moves the port.")
    health: Health | None = None
    processes: dict[Word, tuple[Argument, ...]] = Field({}, description="Other commands of the same image.")
    release: tuple[Argument, ...] | None = Field(None, description="To be run once a release: migrations.")
    static: Static | None = None
    system_packages: SystemPackages = SystemPackages.model_construct()
    environment: tuple[EnvironmentVariable, ...] = ()
    secrets: tuple[BuildSecret, ...] = ()
    backing_services: tuple[Word, ...] = ()
    connections: tuple[Connection, ...] = ()
    workspace: Workspace | None = None
    beside: tuple[RelativePath, ...] = Field(
        (),
        description="Folders and files outside of the service's own (of a workspace: of its root) that its build or "
        "its program reads: the build context holds both.",
    )
    frontend: Frontend | None = None
    manifests: tuple[RelativePath, ...] = Field(
        (), description="Every file that the installation of dependencies reads, the lock file included."
    )
    run_paths: tuple[RelativePath, ...] = Field(
        (),
        description="What of the built tree the running program reads; `.` or the service's folder: all of it.",
    )
    writable: tuple[RelativePath, ...] = Field((), description="Folders that the running program writes to.")
    kept: tuple[RelativePath, ...] = Field(
        (), description="Those of `writable` that hold nothing of the tree: the image makes them volumes."
    )
    env_files: bool = Field(False, description="The build reads .env.production and its like: they are sent to it.")
    committed: tuple[RelativePath, ...] = Field(
        (),
        description="Files in version control that look like secrets and that the build or the program reads: they are "
        "sent to the builder all the same.",
    )
    data: RelativePath | None = Field(
        None, description="The folder that the program keeps its own database in; `.`: the one it is started in."
    )
    volumes: tuple[VolumePath, ...] = Field(
        (), description="Folders outside of the tree that the program keeps its data in."
    )
    outputs: tuple[RelativePath, ...] = Field(
        (),
        description="Folders that the build makes: never sent to the builder, even where they lie in the tree.",
    )
