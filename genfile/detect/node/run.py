"""The parts of the built tree that the running program reads."""

import posixpath
import re
from itertools import pairwise

from genfile.data import Framework
from genfile.detect.node.assets import copied
from genfile.detect.node.build import output_folder
from genfile.detect.node.closure import closure_of
from genfile.detect.node.command import OWNERS
from genfile.detect.node.compiled import compiled
from genfile.detect.node.devloads import loaded_by_config, loaded_dev_dependency
from genfile.detect.node.made import placed
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import PackageJson, exported, package_of, read_package
from genfile.detect.node.nx import nx_build
from genfile.detect.node.nxapps import nx_app
from genfile.detect.node.regenerated import regenerates
from genfile.detect.node.scripts import BUILD_SCRIPTS, resolve
from genfile.detect.node.site import next_standalone
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.evidence import Draft

# Folders beside the sources that programs open at run time, by their usual names.
ASSETS = frozenset(
    [
        "public",
        "static",
        "assets",
        "views",
        "templates",
        "locales",
        "locale",
        "i18n",
        "lang",
        "translations",
        "prisma",
        "drizzle",
        "migrations",
        "db",
        "database",
        "config",
        "configs",
        "data",
        "content",
        "emails",
        "email",
        "proto",
        "protos",
        "graphql",
        "schema",
        "schemas",
        "fixtures",
        "resources",
        "files",
        "images",
        "img",
        "keys",
        "scripts-runtime",
        "swagger",
        "openapi",
    ]
)
# Files at the top that are for people and tools, not for the program.
_ASIDE = tuple(
    """
    package-lock.json pnpm-lock.yaml yarn.lock tsconfig jest.config vitest.config README LICENSE CHANGELOG
    docker-compose compose nodemon turbo.json nest-cli.json renovate biome tslint components.json
    vercel.json lerna.json nx.json cspell
    """.split()
)
_RUN_ENDINGS = tuple(
    """
    .json .yaml .yml .graphql .proto .sql .html .ejs .hbs .pug .csv .txt .cjs .mjs .js
    """.split()
)
# No runtime loads these but by their names; and where names are.
_NAMED_ALONE = (".yaml", ".yml")
_CODE = (".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".tsx", ".jsx")
MAX_SOURCES = 400
_UNCOMPILED = tuple(
    """
    .html .ejs .hbs .handlebars .pug .graphql .gql .proto .sql .mustache .njk .liquid .mjml .wasm .csv .yaml
    .yml .pem
    """.split()
)


# Files that a compiler writes beside its outputs.
_ASIDE_OF_OUTPUT = (".map", ".d.ts", ".d.mts", ".d.cts", ".tsbuildinfo")
MAX_FILES = 2000
# How many parts of a library are copied one by one.
MAX_PATHS = 3


def put_run_paths(project: NodeProject, draft: Draft, framework: Framework | None) -> None:
    """Put /run_paths, /outputs, /standalone, and what goes with them of node_modules."""
    folder = project.folder
    start = draft.values.get("start", [])
    if framework is not None and framework.name == "nextjs":
        standalone = next_standalone(project)
        if standalone is not None:
            _put_standalone(project, draft)
            draft.evidence["/standalone"] = standalone.but(draft.values["standalone"])
            _put_regenerated(folder, draft, framework)
            return
    program, app = nx_build(folder), nx_app(folder)
    if app is not None and app.output is not None and start[-1:] == [relative(app.output, folder.path)]:
        draft.values["outputs"] = [app.output]
        draft.values["run_paths"] = [app.output]
    elif program is not None and start == ["node", relative(program.entry, folder.path)]:
        draft.values["outputs"] = [program.output]
        draft.values["run_paths"] = [program.output]
    elif not draft.values.get("build"):
        draft.values["run_paths"] = [folder.spec_path]
    else:
        output = _output(project, draft, framework)
        if output is None:
            draft.values["run_paths"] = [folder.spec_path]
        elif framework is not None and framework.keeps and any(_in_tree(project, word) for word in start[1:]):
            # The project's own server, with its imports, beside the framework's output.
            draft.values["outputs"] = [folder.full(framework.output or output)]
            draft.values["run_paths"] = [folder.spec_path]
        elif framework is not None and (framework.keeps or framework.bare):
            draft.values["outputs"] = [folder.full(output)]
            first = {posixpath.normpath(word).split("/")[0] for word in start[1:] if "/" in word}
            kept = [name for name in framework.keeps if folder.has(name) or folder.has_folder(name) or name in first]
            if framework.output and framework.output != output and not framework.bare:
                # The project's own server, compiled beside the framework's output.
                kept = [framework.output, *kept, *(name for name in _beside(folder, output) if name not in kept)]
                draft.values["outputs"].append(folder.full(framework.output))
            draft.values["run_paths"] = [folder.full(name) for name in (output, *kept)]
            if framework.bare and list(framework.start) == list(start):
                draft.values["dependencies_at_run"] = "none"
        else:
            draft.values["outputs"] = [folder.full(output)]
            draft.values["run_paths"] = [folder.full(name) for name in (output, *_beside(folder, output))]
    _mend_paths(folder, draft)
    if framework is not None and (framework.writable or framework.scratch):
        draft.values["writable"] = [folder.full(name) for name in (*framework.writable, *framework.scratch)]
    _put_regenerated(folder, draft, framework)
    _keep_all_modules(project, draft, framework)
    _put_no_modules(project, draft)
    _put_libraries(project, draft)


# Runs TypeScript sources, by the settings of tsconfig.json.
RUN_SOURCES = ("ts-node", "ts-node-esm", "tsx", "vite-node")


def _runs_sources(draft: Draft) -> bool:
    start = draft.values.get("start") or [""]
    return posixpath.basename(start[0]) in RUN_SOURCES


def _mend_paths(folder: Project, draft: Draft) -> None:
    """Remove folders with sources from the outputs, since compilers may write there; add tsconfig.json for source
    runners."""
    if "outputs" in draft.values:
        draft.values["outputs"] = [path for path in draft.values["outputs"] if not _holds_sources(folder, path)]
    kept: list[str] = draft.values["run_paths"]
    if _runs_sources(draft) and folder.spec_path not in kept:
        configs = [folder.full(name) for name in sorted(folder.names()) if name.startswith("tsconfig")]
        draft.values["run_paths"] = [*kept, *(path for path in configs if path not in kept)]


def _holds_sources(folder: Project, path: str) -> bool:
    """Whether a folder in the tree has TypeScript that a compiler reads."""
    files = Project(folder.tree, path).files("*.ts*", depth=6)
    return any(name.endswith((".ts", ".tsx")) and not name.endswith(".d.ts") for name in files)


def _put_no_modules(project: NodeProject, draft: Draft) -> None:
    """Leave out node_modules for a program without production dependencies: installing none creates none."""
    kept = draft.values.get("dependencies_at_run", "production") != "production"
    makes = draft.values.get("generates_modules") or draft.values.get("lifecycle_scripts")
    if not (kept or makes or any(package.run_dependencies for package in project.packages)):
        draft.values["dependencies_at_run"] = "none"


def _put_libraries(project: NodeProject, draft: Draft) -> None:
    """Add the members that the program loads to /run_paths: their output, or all of them."""
    closure = closure_of(project)
    if closure is None or draft.values.get("dependencies_at_run") == "none":
        return
    listed: list[str] = draft.values["run_paths"]
    members = closure.at_run
    if draft.values.get("dependencies_at_run") == "all":
        # A source runner reads the sources' settings, and those that they extend.
        members = closure.members
        draft.values["workspace"]["runs_with"] = list(members)
        listed += [path for path in closure.files or () if posixpath.basename(path).startswith("tsconfig")]
        if closure.files is None and not draft.values.get("build") and _runs_sources(draft):
            # Nobody knows what these sources load.
            listed = [project.root.spec_path]
    packages = [(path, read_package(Project(project.folder.tree, path))) for path in members]
    found = [item for path, package in packages for item in (_of_library(package) if package else [path])]
    # What changes less comes first.
    draft.values["run_paths"] = list(dict.fromkeys([*found, *listed]))


def _of_library(package: PackageJson) -> list[str]:
    """The part of a member that is loaded: only its output if all its exports are there, else its folder."""
    place = package.project
    entries = [posixpath.normpath(text) for text in exported(package)]
    tops = {entry.split("/")[0] for entry in entries if "/" in entry}
    output = next(iter(tops)) if len(tops) == 1 else None
    inner = all(entry.startswith(f"{output}/") for entry in entries)
    if output is None or not inner or "build" not in package.scripts or place.has_folder(output):
        return [place.spec_path]
    paths = [place.full(name) for name in (output, *_beside(place, output))]
    # More than a few copies are harder to read than one.
    return paths if len(paths) <= MAX_PATHS and place.full("src") not in paths else [place.spec_path]


def _in_tree(project: NodeProject, word: str) -> bool:
    """Whether a word of the start command is a program in the tree: server.js, or a folder with an index.js."""
    path = posixpath.normpath(word)
    names = (path, f"{path}.js", posixpath.join(path, "index.js"), posixpath.join(path, "index.ts"))
    return not word.startswith("-") and any(project.folder.has(name) for name in names)


def _put_regenerated(folder: Project, draft: Draft, framework: Framework | None) -> None:
    if framework is not None and framework.name == "nextjs" and draft.values.get("writable") and regenerates(folder):
        draft.values["writable"].append(folder.full(".next/server"))


def _put_standalone(project: NodeProject, draft: Draft) -> None:
    folder = project.folder
    draft.values["outputs"] = [folder.full(".next")]
    draft.values["standalone"] = folder.full(".next/standalone")
    paths = [".next/static", *(["public"] if folder.has_folder("public") else [])]
    draft.values["run_paths"] = [folder.full(name) for name in paths]
    draft.values["dependencies_at_run"] = "none"
    draft.values["start"] = ["node", "server.js"]
    draft.values["port_variable"] = "PORT"
    draft.values["writable"] = [folder.full(".next/cache")]


def _output(project: NodeProject, draft: Draft, framework: Framework | None) -> str | None:
    """The folder that the build fills, if the program starts from it and it is not in the tree."""
    start = draft.values.get("start", [])
    if framework is not None and framework.output and list(framework.start) == list(start):
        return framework.output
    if placed(start)[0]:
        return None
    for before, word in pairwise(start):
        if before in ("-r", "--require", "--import", "--loader", "--env-file"):
            continue
        path = posixpath.normpath(word)
        first = path.split("/")[0]
        if path.startswith(("..", "/", "-")) or (project.folder.has(path) and not _is_made_again(project, path)):
            continue
        if "/" in path or first in ("dist", "build", "out", "lib", ".output"):
            return output_folder(project) if (output_folder(project) or "\0") in path else first
    return framework.output if framework is not None and framework.keeps else None


def _is_made_again(project: NodeProject, path: str) -> bool:
    """Whether the compiler writes a file that is in the tree, and everything else in its folder."""
    known = compiled(project)
    outputs = known.outputs if known is not None else {}
    made = set(outputs.values())
    first, sign, _ = path.partition("/")
    if path not in made or not sign or any(source.startswith(f"{first}/") for source in outputs):
        return False
    inside = (name for _, name in zip(range(MAX_FILES), project.folder.files("*", below=first, depth=12), strict=False))
    return all(name in made or name.endswith(_ASIDE_OF_OUTPUT) for name in inside)


def _built_with(folder: Project) -> set[str]:
    """Files that only build scripts run: `build.js` in `node build.js`."""
    package = read_package(folder)
    words: dict[bool, set[str]] = {True: set(), False: set()}
    for name in package.scripts if package is not None else ():
        steps = resolve(package, name) if package is not None else None
        words[name in BUILD_SCRIPTS].update(posixpath.normpath(word) for step in steps or () for word in step.words[1:])
    return words[True] - words[False]


def _is_named(folder: Project, name: str) -> bool:
    """Whether code or a script names a file without its extension, which nothing loads by itself. True if unknown."""
    # In a text, at its end or before a dot: `Object.values(…)` does not name values.yaml.
    named = re.compile(rf"[\"'`/ =]{re.escape(posixpath.splitext(name)[0])}[\"'`.]")
    for count, path in enumerate(item for item in folder.files("*", depth=8) if item.endswith(_CODE)):
        if count > MAX_SOURCES or named.search(folder.text(path) or "") is not None:
            return True
    return named.search(folder.text("package.json") or "") is not None


def _beside(folder: Project, output: str) -> list[str]:
    """Folders and files beside the output that a running program may open; also `src` unless all of it is compiled."""
    folders = [name for name in folder.subfolders() if name in ASSETS and name != output]
    left = [name for name in folder.files("*", below="src", depth=5) if name.endswith(_UNCOMPILED)]
    if folder.has_folder("src") and left and not all(map(copied(folder), left)):
        folders.append("src")
    only_built = _built_with(folder)
    files = [
        name
        for name in folder.names()
        if name == "package.json"
        or (
            name.endswith(_RUN_ENDINGS)
            and not name.startswith((".", *_ASIDE))
            and ".config." not in name
            and ".test." not in name
            and ".spec." not in name
            and name not in only_built
            and (not name.endswith(_NAMED_ALONE) or _is_named(folder, name))
        )
    ]
    return [*files, *sorted(folders)]


def _keep_all_modules(project: NodeProject, draft: Draft, framework: Framework | None) -> None:
    """Keep all node_modules if the start command, or something that the program loads, is a development dependency."""
    start = draft.values.get("start", [])
    if not start:
        return
    program = posixpath.basename(placed(start)[1][0])
    owners = OWNERS | {
        "nest": "@nestjs/cli",
        "react-router-serve": "@react-router/serve",
        "remix-serve": "@remix-run/serve",
    }
    owner = owners.get(program, program)
    produced = {name for package in project.packages for name in package.dependencies}
    loads = framework.loads if framework is not None and framework.start == tuple(start) else ()
    names = (owner, *(package_of(word) for word in start[1:]), *loads)
    found = ((package, name) for name in names for package in project.packages if name in package.dev_dependencies)
    kept = next(((package, name) for package, name in found if name not in produced), None)
    if kept is not None:
        says = kept[0].depends(kept[1])
        draft.values["dependencies_at_run"] = "all"
        text = (
            f"{kept[1]} is needed at run time but is a development dependency, so the image keeps all development "
            "dependencies"
        )
        draft.note("info", text, says.path, says.line)
        return
    if draft.values.get("dependencies_at_run", "production") != "production":
        return
    own = framework is not None and not framework.bare and framework.start == tuple(start)
    configs = [name for name in framework.keeps if name.endswith(_CODE)] if framework is not None and own else []
    loaded = loaded_dev_dependency(project, start) or loaded_by_config(
        project, [name for name in configs if project.folder.has(name)]
    )
    if loaded is not None:
        place = loaded.evidence[0]
        draft.put("dependencies_at_run", loaded.but("all"))
        draft.note(
            "warning",
            f"the program loads {loaded.value}, a development dependency, so the image keeps all development "
            "dependencies; "
            "move it to dependencies",
            place.path,
            place.line,
        )
