"""The framework that the program's own code uses, where package.json declares others as well."""

from genfile.data import Framework, frameworks
from genfile.detect.node.framework import depends
from genfile.detect.node.imports import resolve_import
from genfile.detect.node.lasting import loads_unseen, stays
from genfile.detect.node.made import started_file
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import package_of
from genfile.detect.node.sources import MAX_FILES, source_files
from genfile.detect.node.start import possible_start
from genfile.evidence import Fact
from genfile.parsers.javascript import JsModule


def used_framework(project: NodeProject, found: Fact[Framework]) -> Fact[Framework] | None:
    """The declared framework that the started program imports, if it does not import the one that was found; None if it
    imports none of them and waits for nothing.

    Only for frameworks that code has to import: not for those that build or start a project by themselves.
    """
    if not _is_imported(found.value) or not depends(project, found.value):
        return found
    start = possible_start(project, "build" in project.package.scripts)
    sources = source_files(project, start.value.words) if start is not None else []
    if start is None or not sources or not _is_read(project, sources):
        return found
    imports = {
        package_of(item.module): (name, item.line) for name, module in reversed(sources) for item in module.imports
    }
    declared = [item for item in frameworks("node") if _is_imported(item) and depends(project, item)]
    for framework in (found.value, *declared):
        package = next((name for name in framework.dependencies if name in imports), None)
        if package is not None:
            name, line = imports[package]
            says = project.folder.says(name, line, f"imports {package}")
            return found if framework.name == found.value.name else Fact(framework, (says,))
    unseen = started_file(project, start.value.words) is None or _may_be_brought(project, sources)
    return found if unseen or stays(project, start.value.words) else None


def _is_imported(framework: Framework) -> bool:
    return framework.kind in ("server", "worker") and not framework.build and not framework.start


def _is_read(project: NodeProject, sources: list[tuple[str, JsModule]]) -> bool:
    """Whether every module is known that the program imports by a literal path."""
    paths = [(name, item.module) for name, module in sources for item in module.imports if item.module[:1] in ("./")]
    known = all(path.endswith(".json") or resolve_import(project, name, path) is not None for name, path in paths)
    return known and len(sources) < MAX_FILES


def _may_be_brought(project: NodeProject, sources: list[tuple[str, JsModule]]) -> bool:
    """Whether modules that are not known may use a framework: of the workspace, or loaded by a computed path."""
    return project.workspace is not None or any(loads_unseen(call) for _, module in sources for call in module.calls)
