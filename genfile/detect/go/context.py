"""What a Go build needs around its module: go.work, and replacements by folders in the tree."""

import posixpath
from typing import Any

from genfile.detect.go.module import GoModule
from genfile.detect.go.unused import needed_modules, unused_modules
from genfile.detect.go.work import find_work, neighbours, use_folder
from genfile.detect.paths import inside
from genfile.detect.tree import Project
from genfile.evidence import Draft
from genfile.parsers.gomod import GoMod


def put_context(module: GoModule, draft: Draft) -> None:
    """Put /workspace, /manifests and /gowork_off for a go.work above, or a local replacement outside the module: the
    build context is raised to hold both."""
    folder = module.folder
    found = find_work(folder)
    needed = needed_modules(folder, neighbours(folder, module.manifest))
    if found is not None:
        above, work = found
        missing = [use for use in work.uses if not above.has(posixpath.join(use, "go.mod"))]
        if not missing:
            _put_work(module, above, work, needed, draft)
            return
        text = f"go.work uses {', '.join(missing[:3])}, which does not exist here; the image builds with GOWORK=off"
        draft.note("warning", text, above.full("go.work"))
        draft.put("gowork_off", above.fact(True, "go.work", None, f"use {missing[0]}"))
    _put_replaced(module, needed, draft)


def needs_sums(module: GoModule) -> bool:
    """Whether `go build` needs go.sum: never in a workspace, which creates go.work.sum as needed."""
    found = find_work(module.folder)
    if found is not None and all(found[0].has(posixpath.join(use, "go.mod")) for use in found[1].uses):
        return False
    return any(not is_replaced(module, item.path) for item in module.manifest.requires)


def is_replaced(module: GoModule, path: str) -> bool:
    """Whether a folder replaces a module, so that it is not downloaded."""
    return any(item.old == path and item.local for item in module.manifest.replaces)


def _put_work(module: GoModule, above: Project, work: GoMod, needed: set[str] | None, draft: Draft) -> None:
    folder = module.folder
    places = [use_folder(above, use) for use in work.uses]
    places += [path for path in neighbours(folder, module.manifest).values() if inside(path, above.path)]
    uses = [Project(folder.tree, place) for place in dict.fromkeys(places)]
    files = [above.full(name) for name in ("go.work", "go.work.sum") if above.has(name)]
    files += [use.full(name) for use in uses for name in ("go.mod", "go.sum") if use.has(name)]
    draft.values["manifests"] = files
    others = sorted(use.spec_path for use in uses if use.path != folder.path and (not needed or use.path in needed))
    if above.path != folder.path:
        value = _workspace(above, folder, others, needed)
        draft.put("workspace", above.fact(value, "go.work", 1, "go.work"))


def _workspace(root: Project, folder: Project, others: list[str], needed: set[str] | None) -> dict[str, Any]:
    unused = unused_modules(folder, root, needed) if needed is not None else []
    member = folder.spec_path
    return {"tool": "go", "root": root.spec_path, "member": member, "depends_on": others, "unused": unused}


def _put_replaced(module: GoModule, needed: set[str] | None, draft: Draft) -> None:
    folder = module.folder
    manifests = [name for name in ("go.mod", "go.sum") if folder.has(name)]
    outside = [item for item in module.manifest.replaces if item.local and item.new.startswith("..")]
    targets = [folder.full(item.new) for item in outside]
    if outside and all(not target.startswith("..") for target in targets):
        targets = ["" if target == "." else target for target in targets]
        root = posixpath.commonpath([folder.path, *targets]) if all(targets) and folder.path else ""
        says = folder.says("go.mod", outside[0].line, f"replace {outside[0].old} => {outside[0].new}")
        others = sorted({target or "." for target in targets})
        kept = needed | set(targets) if needed is not None else None
        value = _workspace(Project(folder.tree, root), folder, others, kept)
        fact = folder.fact(value, "go.mod", outside[0].line, says.says)
        draft.put("workspace", fact)
        beside = {Project(folder.tree, target) for target in targets}
        files = {item.full(name) for item in beside for name in ("go.mod", "go.sum") if item.has(name)}
        draft.values["manifests"] = [folder.full(name) for name in manifests] + sorted(files)
        return
    if not module.manifest.requires and not folder.has("go.sum"):
        # There is nothing to download.
        manifests = []
    inside = [item.new for item in module.manifest.replaces if item.local]
    manifests += [f"{posixpath.normpath(new)}/go.mod" for new in inside if folder.has(f"{new}/go.mod")]
    draft.values["manifests"] = [folder.full(name) for name in manifests]
