"""Check specs on paper: render each, carry the Dockerfile out, fix what the checks find, keep the rest as risks.

Detection, presets and the image on paper meet here; none of them knows the others.
"""

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from genfile.evidence import Evidence, Fact, Note, Risk

if TYPE_CHECKING:
    from genfile.detect.inspection import InspectedService
    from genfile.detect.tree import Tree
    from genfile.image import Built, Context, Finding, Mend, Needs
    from genfile.preset.render import Rendering

# How often a spec is changed and checked again.
ROUNDS = 3
# How much of a file tells its format.
_START = 64
_CODE = (".py", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")


def prove(tree: "Tree", service: "InspectedService", *, several: bool) -> "InspectedService":
    """A service whose Dockerfile has been checked on paper, by the built-in preset of its language.

    ``several``: the tree has other services, as for `render_spec`. What a check can fix is fixed in the spec, with
    the finding as evidence; the rest goes to `risks`. The same tree gives the same result. A service in a language
    without a built-in preset is returned unchanged.
    """
    from genfile.preset.find import preset_for
    from genfile.preset.render import render_spec
    from genfile.spec.base import plain
    from genfile.spec.project import LANGUAGES

    if service.spec.language not in LANGUAGES:
        # Its own preset renders it, and that is not known here.
        return service
    for left in range(ROUNDS, -1, -1):
        rendering = render_spec(service.spec, preset=preset_for(plain(service.spec)), several=several)
        findings = findings_of(tree, service, rendering)
        changed = _mended(service, findings, rendering.layout.context) if left else None
        if changed is None:
            return replace(service, risks=tuple(risk_of(item) for item in findings))
        service = changed
    return service


def findings_of(tree: "Tree", service: "InspectedService", rendering: "Rendering") -> "tuple[Finding, ...]":
    """The findings of the checks for one rendering and a tree; none for a Dockerfile that can't be parsed."""
    from genfile.dockerfile.reader import DockerfileError
    from genfile.image import check

    try:
        built = built_of(tree, rendering)
    except DockerfileError:
        return ()
    return check(built, needs_of(service, rendering.layout.context))


def built_of(tree: "Tree", rendering: "Rendering") -> "Built":
    """The image on paper of a rendering. Raises DockerfileError."""
    from genfile.image import build, ignoring

    texts = {file.path: file.text for file in rendering.files}
    ignore = next((text for path, text in texts.items() if path.endswith(".dockerignore")), None)
    context = ignoring(context_of(tree, rendering.layout.context), ignore)
    return build(rendering.dockerfile, context, path=rendering.layout.dockerfile)


def context_of(tree: "Tree", folder: str) -> "Context":
    """The build context that a folder of a tree is, nothing ignored."""
    from genfile.detect.code import parse_code
    from genfile.detect.tree import Project
    from genfile.image import Context
    from genfile.source.base import Unreadable
    from genfile.source.tracked import untracked

    rules = untracked(tree.text(".gitignore") or "")
    root = "" if folder == "." else folder
    whole = not any(note.level == "warning" for note in tree.source.index().notes)
    whole_tree = Project(tree, "")

    def parse(parser: Callable[[str], Any], path: str) -> Any:
        # Source code within the bound for all of a tree's.
        return parse_code(whole_tree, parser, path) if path.endswith(_CODE) else tree.parse(parser, path)

    def read_start(path: str) -> bytes:
        try:
            return tree.source.read(path, tree.limits.file_bytes)[:_START]
        except Unreadable:
            return b""

    return Context(tree.folders, tree.text, root, whole=whole, untracked=rules, parse=parse, read_start=read_start)


def needs_of(service: "InspectedService", context: str) -> "Needs":
    """The program's needs according to the spec, with paths of the build context."""
    from genfile.detect.paths import relative
    from genfile.image import ImageNeed, Needs

    spec = service.spec
    root = "" if context == "." else context
    fact = service.facts.get("/environment")
    places = {item.subject: item for item in fact.evidence} if fact is not None else {}

    def variable(name: str, *, fallback: bool) -> ImageNeed:
        place = places.get(name)
        path, line = (place.path, place.line) if place is not None else (None, None)
        return ImageNeed(name, path, line, fallback)

    def inside(path: str) -> str:
        return relative(path if path != "." else "", root) or "."

    other = getattr(spec, "health_port", None)
    return Needs(
        inside(spec.path),
        spec.port,
        (other,) if isinstance(other, int) else (),
        tuple(ImageNeed(inside(path)) for path in spec.writable),
        tuple(
            variable(item.name, fallback=item.fallback)
            for item in spec.environment
            if item.phase == "run" and item.required and item.value is None
        ),
        tuple(ImageNeed(inside(fact.value), *_place(fact)) for fact in service.overwritten),
        tuple(spec.release or ()),
    )


def _place(fact: Fact[str]) -> tuple[str, int | None]:
    return fact.evidence[0].path, fact.evidence[0].line


# Fields that hold paths: relative to the build context in a fix, to the whole tree in a spec.
_PATHS = frozenset({"committed", "owned", "run_paths"})


def _mended(service: "InspectedService", findings: "tuple[Finding, ...]", context: str) -> "InspectedService | None":
    """The service with the first fix that changes its spec; None if there is none."""
    from genfile.errors import SpecError
    from genfile.spec.base import plain
    from genfile.spec.project import parse_spec

    for item in findings:
        if item.mend is None or item.mend.field not in type(service.spec).model_fields:
            continue
        values = plain(service.spec)
        value = _joined(values[item.mend.field], item.mend, context)
        if value == values[item.mend.field]:
            continue
        try:
            spec = parse_spec(values | {item.mend.field: value})
        except SpecError:
            continue
        place = Evidence(item.path or service.spec.path, None, item.mend.says)
        before = service.facts.get(f"/{item.mend.field}") if isinstance(value, list) else None
        says = (*(before.evidence if before is not None else ()), place)
        facts = dict(service.facts) | {f"/{item.mend.field}": Fact(value, says)}
        if value is None:
            # Nothing is left that shows it.
            del facts[f"/{item.mend.field}"]
            note = Note("warning", f"{item.text}; genfile leaves it out", item.path)
            service = replace(service, notes=(*service.notes, note))
        return replace(service, spec=spec, facts=dict(sorted(facts.items())))
    return None


def _joined(before: Any, mend: "Mend", context: str) -> Any:
    """The new value of a field: a list gets the missing items, anything else is replaced; None leaves it out."""
    if mend.value is None or not isinstance(before, list):
        return mend.value
    if mend.field in _PATHS:
        added = [posixpath.normpath(posixpath.join(context, item)) for item in mend.value]
        return [*before, *(item for item in added if item not in before)]
    return [*before, *(item for item in mend.value if item not in before)]


def risk_of(item: "Finding", path: str | None = None) -> Risk:
    """A finding as a risk; ``path``: where it is, for a finding that names no file of its own."""
    return Risk(item.check, item.level, item.text, item.hint, item.path or path, item.line)
