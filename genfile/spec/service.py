"""The fields of a spec that every language shares.

All paths are relative to the inspected root. ``build`` runs in the build context (``workspace.root``, or else
``path``); ``start``, ``processes`` and ``release`` run in the folder ``path``.
"""

from typing import Literal

from pydantic import Field

from genfile.spec.base import (
    Argument,
    BasePath,
    Command,
    DatabaseName,
    EnvironmentName,
    IgnorePattern,
    Model,
    Origin,
    PackageName,
    PassedPath,
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
    """The runtime of a service: which release line its base image has."""

    version: VersionLine = Field(
        description="The release line of the image tag: a major version for Node and Java, a minor for Python and Go."
    )
    pinned: Version | None = Field(None, description="The exact version, if the project pins one.")


class PackageManager(Model):
    """The tool that installs dependencies or builds."""

    name: PackageManagerName
    version: Version | None = Field(None, description="Exact or partial; null: the version in the base image.")
    lockfile: RelativePath | None = Field(None, description="The lockfile that the installation enforces.")


class Health(Model):
    """The health endpoint of a service."""

    path: UrlPath = Field(description="The URL path that answers 200 while the service is healthy.")


class Locale(Model):
    """One language of a site that is built once per language."""

    root: RelativePath = Field(description="The folder that is served.")
    base: BasePath = Field(description="The URL path that it is served under.")


class Proxied(Model):
    """A path that another service answers, and where the web server finds that service."""

    path: PassedPath | Literal["/"] = Field(
        description="Requests for this path, and below it, go to the other service; "
        "`/`: those that no file answers and that don't ask for a page."
    )
    upstream: EnvironmentName = Field(
        description="The variable with the address of that service, such as `http://api:3000`. "
        "While it is empty, the path returns 502, and `/` the page."
    )
    address: Origin | None = Field(None, description="The value of the variable that the image sets.")
    port: Port | None = Field(None, description="The port that the development server expects the other service on.")
    rewrite: PassedPath | Literal["/"] | None = Field(
        None, description="What takes the place of `path` in the request to that service; null: the path stays."
    )
    websocket: bool = Field(False, description="The other service accepts WebSocket connections.")


class Static(Model):
    """A site that consists only of files after its build."""

    root: RelativePath = Field(description="The folder that is served.")
    spa: bool = Field(False, description="Unknown paths return `fallback`, because the router runs in the browser.")
    fallback: RelativePath = Field("index.html", description="The page that unknown paths get if `spa` is set.")
    base: BasePath = Field("/", description="The URL path that the files are built for.")
    hashed: tuple[BasePath, ...] = Field(
        (), description="Folders, as paths below `base`, whose file names all contain a hash of the content."
    )
    hashed_names: bool = Field(
        False, description="Scripts and style sheets have a hash in their names in every folder: `main-X7Q2ABCD.js`."
    )
    not_found: bool = Field(False, description="The site has a 404.html for unknown paths.")
    proxied: tuple[Proxied, ...] = Field(
        (), description="Paths that the web server passes on to another service, as the development server does."
    )
    development_port: Port | None = Field(
        None, description="The port of the development server, at which compose publishes a page beside its services."
    )
    locales: tuple[Locale, ...] = Field(
        (), description="If each language has its own folder below `root`; the first is served at `/`."
    )


class SystemPackages(Model):
    """Debian packages (Ubuntu packages for Java) by the stage that needs them."""

    build: tuple[PackageName, ...] = ()
    run: tuple[PackageName, ...] = ()


class ValueForm(Model):
    """The form that the program expects a value to have."""

    kind: Literal["text", "json", "json-list", "json-object", "url", "choice", "fernet"]
    length: int = Field(0, ge=0, le=4096, description="Of `text`: its least number of characters.")
    exact: bool = Field(False, description="It has no more characters, either.")
    choices: tuple[Text, ...] = Field((), description="Of `choice`: the values.")


class EnvironmentVariable(Model):
    """A variable that the image sets, or that the program or the build reads."""

    name: EnvironmentName
    phase: Literal["install", "build", "run"] = Field(
        "run", description="When it is read: while dependencies are installed, during the build, or at run time."
    )
    required: bool = Field(
        False,
        description="The program or the build fails without it, or takes a key that everyone can read in the code.",
    )
    secret: bool = Field(False, description="The value is confidential: it is never written to a file.")
    value: Text | None = Field(None, description="The value that the image sets; null: it comes from outside.")
    default: Text | None = Field(
        None, description="Of a build argument: its default value. At run time: what compose sets, for this machine."
    )
    fallback: bool = Field(False, description="The program has a value of its own without it.")
    form: ValueForm | None = Field(None, description="The form of the value, where the code says it.")


class BuildSecret(Model):
    """A credential that the build needs, mounted for one step: its id, and the kind of file or variable."""

    id: SecretId
    kind: Literal["npmrc", "netrc", "pip-conf", "maven-settings", "gradle-properties", "variable"]
    variable: EnvironmentName | None = Field(
        None, description="For kind `variable`: the variable's name in the build step."
    )
    phase: Literal["install", "build", "every"] = Field(
        "install",
        description="The steps that get it: the installation, the build, or every run of the package manager.",
    )


class Connection(Model):
    """A variable that contains the address of a database, or a part of it."""

    variable: EnvironmentName
    service: Word = Field(description="One of `backing_services`.")
    form: Text = Field(
        description="Its value, with {user}, {password}, {host}, {port} and {name} for those of the database."
    )


class OtherService(Model):
    """A variable that contains the address of another service of the project."""

    variable: EnvironmentName
    phase: Literal["build", "page", "run"] = Field(
        "run", description="When it is read; `build`: its value is compiled in; `page`: into a page, for browsers."
    )
    port: Port = Field(description="The port that the project expects that service on.")
    form: Text = Field(description="Its value, with {host} and {port} for those of the service.")


class Origins(Model):
    """A variable of a server that lists the pages whose requests it answers."""

    variable: EnvironmentName
    value: Text = Field(description="The list for a developer's machine, as the project's example has it.")
    ports: tuple[Port, ...] = Field(description="The ports of that machine in it.")


class Seed(Model):
    """A file or folder of the tree that a database's image runs when its data folder is still empty."""

    service: Word = Field(description="One of `backing_services`.")
    path: RelativePath
    target: VolumePath = Field(description="Where the image looks for it.")


class Workspace(Model):
    """The monorepo that the service is a member of."""

    tool: Literal["npm", "pnpm", "yarn", "bun", "uv", "poetry", "go", "maven", "gradle"]
    root: RelativePath = Field(description="The build context.")
    member: RelativePath = Field(description="The folder of the service in the workspace.")
    depends_on: tuple[RelativePath, ...] = Field((), description="The other members that this one needs, sorted.")
    runs_with: tuple[RelativePath, ...] = Field(
        (), description="Those of `depends_on` that the running program needs, if the tool tells them apart."
    )
    of_root: tuple[RelativePath, ...] = Field(
        (), description="Those of `depends_on` that the root itself depends on, if every installation resolves them."
    )
    injected: tuple[RelativePath, ...] = Field(
        (),
        description="Those of `depends_on` that pnpm copies into node_modules: the installation needs their sources.",
    )
    files: tuple[RelativePath, ...] | None = Field(
        None,
        description="Files in the root folder that the build reads. With `folders` and the needed members they are all "
        "of its sources. null: unknown, so that everything is copied.",
    )
    folders: tuple[RelativePath, ...] = Field(
        (), description="Folders that the build reads in addition to the members."
    )
    names: tuple[Text, ...] = Field(
        (), description="The names of the members to install, for package managers that need names."
    )
    unused: tuple[RelativePath, ...] = Field(
        (), description="Folders of members that this one does not need: only their manifests are sent to the builder."
    )


class Frontend(Model):
    """A front end that a stage of its own builds and the service serves."""

    path: RelativePath
    runtime: Runtime
    package_manager: PackageManager
    engine: Literal["node", "bun"] = "node"
    framework: Word | None = None
    build: tuple[Command, ...]
    output: RelativePath = Field(
        description="The folder that the build creates; the front end's own folder if it is built in place."
    )
    target: RelativePath = Field(description="The folder that the service serves it from.")
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
    leaves_out: tuple[Text, ...] = Field((), description="Patterns of files in its folder that only the service needs.")


class Service(Model):
    """The part of a spec that all languages share."""

    name: ServiceName = Field(description="The name of the service and of its image.")
    path: RelativePath = Field(".", description="The folder of the service; `.` is the inspected root.")
    runtime: Runtime | None = None
    package_manager: PackageManager | None = None
    framework: Word | None = Field(None, description="The framework in its usual spelling: express, django, gin.")
    build: tuple[Command, ...] = Field((), description="Shell commands, in order, run in the build context.")
    start: tuple[Argument, ...] = Field((), description="The command in exec form, run in the folder of the service.")
    port: Port | None = Field(
        None, description="The port that it listens on by default in production; null for a worker."
    )
    port_variable: EnvironmentName | None = Field(None, description="The variable that changes the port.")
    loopback: Literal["moved", "fixed"] | None = Field(
        None,
        description="By the project's own settings it listens on 127.0.0.1, which nothing outside the container "
        "reaches. `moved`: `start` or a variable changes that; `fixed`: nothing does, so the health check fails.",
    )
    stdio: bool = Field(
        False, description="The program talks to a client that starts it, by its standard input and output."
    )
    one_off: bool = Field(
        False,
        description="The program does its work and exits, such as an importer: compose has it in a profile of its own, "
        "so `docker compose up` does not start it.",
    )
    health: Health | None = None
    processes: dict[Word, tuple[Argument, ...]] = Field(
        {}, description="Other commands of the same image by name, in exec form, such as workers."
    )
    release: tuple[Argument, ...] | None = Field(
        None, description="A command in exec form to run once per release, such as migrations."
    )
    release_reads: tuple[EnvironmentName, ...] | None = Field(
        None, description="The variables that the program of `release` reads; null: unknown, so that it gets all."
    )
    static: Static | None = None
    system_packages: SystemPackages = SystemPackages.model_construct()
    environment: tuple[EnvironmentVariable, ...] = ()
    secrets: tuple[BuildSecret, ...] = ()
    backing_services: tuple[Word, ...] = Field((), description="Databases and brokers that it connects to: postgres.")
    connections: tuple[Connection, ...] = ()
    addresses: tuple[OtherService, ...] = Field((), description="Addresses of other services of the project.")
    origins: tuple[Origins, ...] = Field((), description="The pages that it answers on a developer's machine.")
    databases: dict[Word, DatabaseName] = Field(
        {}, description="The names of databases by their service, one of `backing_services`, if the project has one."
    )
    extensions: tuple[Word, ...] = Field(
        (), description="Extensions of its databases that their usual images lack, as CREATE EXTENSION names them."
    )
    seeds: tuple[Seed, ...] = ()
    workspace: Workspace | None = None
    beside: tuple[RelativePath, ...] = Field(
        (),
        description="Files and folders outside the service's folder (in a workspace: outside its root) that its build "
        "or its program reads. The build context contains both.",
    )
    frontend: Frontend | None = None
    manifests: tuple[RelativePath, ...] = Field(
        (), description="Every file that the installation of dependencies reads, including the lockfile."
    )
    run_paths: tuple[RelativePath, ...] = Field(
        (),
        description="The parts of the built tree that the program reads; `.` or the service's folder: all of it.",
    )
    writable: tuple[RelativePath, ...] = Field((), description="Folders that the program writes to.")
    kept: tuple[RelativePath, ...] = Field(
        (), description="Those of `writable` that contain nothing from the tree: the image makes them volumes."
    )
    owned: tuple[RelativePath, ...] = Field(
        (),
        description="Files and folders of the tree that the program changes: in the image they belong to its user, "
        "with all that they contain.",
    )
    env_files: bool = Field(
        False, description="The build reads .env.production or similar files: they are sent to the builder."
    )
    committed: tuple[RelativePath, ...] = Field(
        (),
        description="Files under version control that look like secrets or local data but that the build or the "
        "program reads: they are sent to the builder.",
    )
    untracked: tuple[IgnorePattern, ...] = Field(
        (),
        description="What version control leaves out, as patterns of .dockerignore relative to the inspected root: "
        "folders and databases of one machine. They are never sent to the builder, but for what `!` takes back.",
    )
    data: RelativePath | None = Field(
        None, description="The folder where the program keeps its own database; `.`: its working directory."
    )
    volumes: tuple[VolumePath, ...] = Field((), description="Folders outside the tree where the program keeps data.")
    outputs: tuple[RelativePath, ...] = Field(
        (),
        description="Folders that the build creates: never sent to the builder, even if they exist in the tree.",
    )
