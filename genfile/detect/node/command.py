"""The program that a script finally runs, as a start command."""

import posixpath

from msgspec import Struct

from genfile.data import Framework
from genfile.detect.node.build import output_folder
from genfile.detect.node.bundled import bundled_source
from genfile.detect.node.compiled import compiled, outside_of, started_output
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.orm import run_for_entities
from genfile.detect.node.refused import FINDS_ALL, finds_all, refusal, source_of, tell
from genfile.detect.node.scripts import (
    BUILDERS,
    CONTAINERS,
    FILE_RUNNERS,
    NOTHING,
    RUNNERS,
    ScriptStep,
    is_development,
    is_migration,
    resolve_text,
    uses_variables,
)
from genfile.detect.node.watched import MAX_DEPTH, behind, leads_away, untried
from genfile.detect.node.wrappers import commands_at_once, file_place, without_reloading
from genfile.evidence import Evidence, Fact

# Packages whose program runs a source file, by program.
OWNERS = {"babel-node": "@babel/node", "ts-node-esm": "ts-node", "swc-node": "@swc-node/register"}


class NodeStart(Struct, frozen=True):
    """A start command in words, with the variables that it sets."""

    words: tuple[str, ...]
    variables: dict[str, str]


# The project, its framework, and whether there is a build.
Asked = tuple[NodeProject, Framework | None, bool]


def from_steps(
    asked: Asked, steps: tuple[ScriptStep, ...], evidence: Evidence, search: tuple[int, set[str]] | None = None
) -> Fact[NodeStart] | None:
    """The start command at the end of a script's steps; None for a development or foreign program.

    ``search``: the depth among commands that run commands, and the texts already tried.
    """
    project, last = asked[0], steps[-1]
    depth, tried = search or (0, set())
    if is_migration(last) or leads_away(project, last) or last.program in CONTAINERS or depth > MAX_DEPTH:
        return None
    if any(
        step.program not in BUILDERS and step.program not in NOTHING and not is_development(step) for step in steps[:-1]
    ):
        # More than a compile step comes first (a migration, a seed): the last command is still the server.
        project.folder.tree.note(
            "info", f"{evidence}: only its last command starts the service", evidence.path, evidence.line
        )
    inner = behind(project, last)
    if inner is not None:
        return from_steps(asked, inner, evidence, (depth + 1, tried)) if inner else None
    texts = commands_at_once(last.words, project.package.scripts)
    if texts is not None:
        return _of_several(asked, texts, last, evidence, (depth, tried))
    if is_development(last) or not last.words:
        return None
    if uses_variables(last) and last.words[:2] != ("sh", "-c"):
        return Fact(NodeStart(("sh", "-c", f"exec {' '.join(last.words)}"), last.variables), (evidence,))
    words = (*(("env", f"--chdir={last.folder}") if last.folder else ()), *last.words)
    return Fact(as_compiled(asked, NodeStart(words, last.variables), own=True), (evidence,))


def _of_several(
    asked: Asked, texts: list[str], step: ScriptStep, evidence: Evidence, search: tuple[int, set[str]]
) -> Fact[NodeStart] | None:
    """The first of several concurrent commands that starts the project's program; the others are reported."""
    project, framework, _ = asked
    served = framework.start[:1] if framework is not None else ()
    found: list[Fact[NodeStart]] = []
    depth, tried = search
    for text in untried(texts, tried):
        steps = resolve_text(project.package, text, step.script)
        fact = from_steps(asked, steps, evidence, (depth + 1, tried)) if steps else None
        if fact is not None and (fact.value.words[0] in (*FILE_RUNNERS, "env") or fact.value.words[:1] == served):
            found.append(fact)
    if len(found) > 1:
        others = ", ".join(f"`{' '.join(fact.value.words)}`" for fact in found[1:])
        text = f"{evidence}: a container runs one program; the script also starts {others}"
        project.folder.tree.note("info", text, evidence.path, evidence.line)
    return found[0] if found else None


def as_compiled(asked: Asked, start: NodeStart, *, own: bool = False) -> NodeStart:
    """`node dist/x.js` for `ts-node src/x.ts` if the build compiles it; ``own``: the project's own words."""
    project, _, builds = asked
    words = without_reloading(start.words)
    program = posixpath.basename(words[0]) if words else ""
    at = file_place(words) if program in RUNNERS else None
    if at is None or program == "bun":
        return NodeStart(words, start.variables)
    source = posixpath.normpath(words[at])
    known = compiled(project) if builds else None
    if not source.endswith((".ts", ".mts", ".tsx")):
        made = known.outputs.get(source) if known is not None and program == "babel-node" else None
        return NodeStart(("node", made) if made else words, start.variables)
    out = output_folder(project) if builds else None
    if out is None:
        # Only recent Node versions strip types, so a runner that the project has is safer.
        every = project.package.every_dependency
        runner = next((name for name in ("tsx", "ts-node") if name in every), None)
        missing = program != "node" and OWNERS.get(program, program) not in every
        if runner and ((program == "node" and not own) or missing):
            return NodeStart((runner, source), start.variables)
        return NodeStart(words, start.variables)
    output = known.outputs.get(source) if known else None
    base = source.rsplit(".", 1)[0].removeprefix("src/")
    compiled_start = NodeStart(("node", output or f"{out}/{base}.js"), start.variables)
    found = refusal(project, compiled_start.words, start.variables)
    if found is None:
        return compiled_start
    return NodeStart(words, start.variables) if finds_all(words) else run_by_runner(project, compiled_start)


def run_by_runner(project: NodeProject, start: NodeStart) -> NodeStart:
    """The source of a compiled program that Node can't load, run by the project's runner; unchanged without a
    runner."""
    at = file_place(start.words)
    runner = next((name for name in FINDS_ALL if name in project.package.every_dependency), None)
    output = posixpath.normpath(start.words[at]) if at is not None else ""
    source = source_of(compiled(project), output) or bundled_source(project, output)
    if runner is None or source is None or at is None:
        return start
    return NodeStart((runner, source, *start.words[at + 1 :]), start.variables)


def made_by_compiler(project: NodeProject, start: NodeStart, evidence: tuple[Evidence, ...]) -> NodeStart:
    """A start that names an output which the compiler writes elsewhere, or which Node can't load, or which would
    find no entities, corrected with a note."""
    return _loaded(project, _with_entities(project, _put_right(project, start, evidence)), evidence)


def _with_entities(project: NodeProject, start: NodeStart) -> NodeStart:
    """The source in place of a compiled program that would find no entities, as development runs it."""
    found = run_for_entities(project, start.words) if start.words[:1] == ("node",) else None
    if found is None:
        return start
    step, says, pattern = found
    why = f"{says}: entities names the sources {pattern}, which Node can't load"
    text = f"{why}; the image starts `{' '.join(step.words)}` instead"
    project.folder.tree.note("warning", text, says.path, says.line)
    return NodeStart(step.words, {**step.variables, **start.variables})


def _loaded(project: NodeProject, start: NodeStart, evidence: tuple[Evidence, ...]) -> NodeStart:
    found = refusal(project, start.words, start.variables)
    other = run_by_runner(project, start) if found is not None else start
    if found is not None and other is not start:
        says = evidence[0] if evidence else project.package.says("scripts")
        tell(project, found, says, f"the image starts `{' '.join(other.words)}` instead")
    return other


def _put_right(project: NodeProject, start: NodeStart, evidence: tuple[Evidence, ...]) -> NodeStart:
    known = compiled(project) if start.words[:1] == ("node",) else None
    at = file_place(start.words)
    if known is None or at is None:
        return start
    target = posixpath.normpath(start.words[at])
    real = started_output(known, target)
    names = {target, f"{target}.js", f"{target}/index.js"}
    if real is None or real in names or any(project.folder.has(name) for name in names):
        return start
    source = known.source_of(real) or ""
    others = outside_of(known, source)
    reason = f"because {others[0]} is compiled too" if others else f"as set in {known.config}"
    line = evidence[0] if evidence else project.package.says("scripts")
    meant = target.removesuffix(".js")
    text = f"the compiler writes {real} instead of {meant}, {reason}; the image starts {real}. Set rootDir to fix it"
    project.folder.tree.note("warning", text, line.path, line.line)
    return NodeStart((*start.words[:at], real, *start.words[at + 1 :]), start.variables)
