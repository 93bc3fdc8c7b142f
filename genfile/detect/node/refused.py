"""Compiled programs that Node can't load: the project's runner runs the source instead."""

import posixpath

from msgspec.structs import replace

from genfile.detect.node.bundled import bundled_as_commonjs
from genfile.detect.node.compiled import Compiled, Compiler, compiled
from genfile.detect.node.framework import read_module
from genfile.detect.node.made import IDLE
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import BUILD_PARTS, BUILD_SCRIPTS, NOTHING, is_migration, resolve
from genfile.detect.node.wrappers import file_place
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers.tsbuild import COMPILERS
from genfile.parsers.tsloads import Output, Refusal, refused

# Build programs that leave the imports in the compiler's output as they are.
_LEAVES = IDLE - {"tsc-alias"} | {"cp", "copyfiles", "cpx", "cpy", "shx"}
# Runners that resolve modules like TypeScript's compiler: without extensions, and by `paths`.
FINDS_ALL = ("tsx", "bun", "vite-node")
_LOADERS = ("-r", "--require", "--import", "--loader", "--experimental-loader")


def refusal(project: NodeProject, words: tuple[str, ...], variables: dict[str, str]) -> Refusal | None:
    """Why Node can't load the compiled program in a command; None if it can, or if that is unknown."""
    at = file_place(words) if words[:1] == ("node",) else None
    if at is None or "NODE_OPTIONS" in variables or any(word.split("=")[0] in _LOADERS for word in words[1:at]):
        return None
    if any("specifier-resolution" in word for word in words[1:at]):
        return None
    output = posixpath.normpath(words[at])
    packed = bundled_as_commonjs(project, output) if project.package.is_module else None
    if packed is not None:
        # As .cjs, Node would load it.
        why = "esbuild bundles it as CommonJS, but package.json declares ES modules"
        return Refusal(packed, 1, why) if output.endswith(".js") else None
    known = compiled(project)
    source = source_of(known, output) if known is not None else None
    if known is None or source is None or known.by is None or not _is_left_alone(project):
        return None
    by = known.by
    key = ("node-refused", project.folder.path, source)
    return project.folder.tree.once(key, lambda: _refused(project, known, by, source))


def source_of(known: Compiled | None, output: str) -> str | None:
    """The source of an output, whose extension a command may omit."""
    names = (output, f"{output}.js", f"{output}/index.js")
    return next((found for name in names if known is not None and (found := known.source_of(name))), None)


def _refused(project: NodeProject, known: Compiled, by: Compiler, source: str) -> Refusal | None:
    folder = project.folder
    root = NodeProject(Project(folder.tree, ""), project.package, project.workspace)
    # A workspace links its members for everyone.
    members = {item.name for item in project.workspace.packages if item.name} if project.workspace is not None else ()
    run = Output(
        {folder.full(name): folder.full(made) for name, made in known.outputs.items()},
        {folder.full(name): chain for name, chain in by.chains.items()},
        by.listing,
        lambda path: read_module(root, path),
        project.package.is_module,
        by.major,
        {*(name for package in project.packages for name in package.every_dependency), *members},
        # Nest's own build resolves the names of `paths`.
        aliases=by.program == "nest",
    )
    found = refused(run, folder.full(source))
    return replace(found, source=relative(found.source, folder.path)) if found is not None else None


def _is_left_alone(project: NodeProject) -> bool:
    """Whether only the compiler touches the output: another build step may fix its imports."""
    names = [name for name in (*BUILD_SCRIPTS, *BUILD_PARTS) if name in project.package.scripts]
    for name in (*names[:1], "start:prod", "start", "postinstall"):
        for origin in (f"pre{name}", name, f"post{name}"):
            steps = resolve(project.package, origin)
            if steps is None and origin in project.package.scripts:
                return False
            before = steps[:-1] if steps and name.startswith("start") and origin == name else steps
            for step in before or ():
                plain = step.program in _LEAVES or step.program in NOTHING or is_migration(step)
                if not plain and (step.program not in COMPILERS or step.program in ("ttsc", "tspc")):
                    return False
    return True


def finds_all(words: tuple[str, ...]) -> bool:
    """Whether a command runs a source and resolves its imports like the compiler."""
    helped = any("tsconfig-paths" in word or word.split("=")[0] in ("--import", "--loader") for word in words)
    return posixpath.basename(words[0]) in FINDS_ALL or helped


def tell(project: NodeProject, found: Refusal, says: Evidence, instead: str) -> None:
    """Note that Node can't load a compiled program, and what the image does instead."""
    place = project.folder.says(found.source, found.line, found.why)
    text = f"{says}: Node can't load the compiled output: {place}; {instead}"
    project.folder.tree.note("warning", text, place.path, place.line)
