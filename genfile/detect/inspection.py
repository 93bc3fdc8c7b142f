"""The second pass: each service on its own, from facts to a validated spec."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genfile.detect.survey import Found, survey, uncovered
from genfile.detect.tree import Tree
from genfile.evidence import Draft, Evidence, Fact, Note
from genfile.source.base import Source
from genfile.spec.base import plain, service_name

if TYPE_CHECKING:
    from genfile.detect.declared.language import Declared
    from genfile.detect.frontend import Served
    from genfile.spec.project import Spec
    from genfile.spec.rules import DetectRules

LOOKED_FOR = (
    "package.json, requirements.txt, pyproject.toml, Pipfile, setup.py, go.mod, pom.xml, build.gradle(.kts), index.html"
)


@dataclass(frozen=True)
class InspectedService:
    """A service: its spec, why each field is what it is (by JSON pointer into the spec), and notes for the user."""

    spec: "Spec"
    facts: dict[str, Fact[Any]]
    notes: tuple[Note, ...] = ()

    @property
    def evidence(self) -> dict[str, tuple[Evidence, ...]]:
        return {pointer: fact.evidence for pointer, fact in self.facts.items() if fact.evidence}

    @property
    def guesses(self) -> dict[str, Fact[Any]]:
        """The facts that nothing in the tree says for certain."""
        return {pointer: fact for pointer, fact in self.facts.items() if fact.guess}

    def to_json(self) -> dict[str, Any]:
        return {
            "spec": plain(self.spec),
            "evidence": {pointer: _items(fact) for pointer, fact in self.facts.items() if fact.evidence},
            "notes": [note.to_json() for note in self.notes],
        }


@dataclass(frozen=True)
class Inspection:
    """What `inspect` gives: the services of a tree, and notes that belong to none of them."""

    services: tuple[InspectedService, ...]
    notes: tuple[Note, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document of `genfile inspect --json`, as plain values."""
        return {
            "version": 1,
            "services": [service.to_json() for service in self.services],
            "notes": [note.to_json() for note in self.notes],
        }


def inspect_source(
    source: Source, rules: "Sequence[DetectRules]" = (), *, chosen: "DetectRules | None" = None
) -> Inspection:
    """Find the services of a source and fill a spec for each. Raises SourceError when the tree can't be read.

    ``rules``: those of presets for languages that genfile does not know; built-in languages stand before them.
    ``chosen``: those of the preset that the user named, which stand before all others where both claim a folder.
    """
    tree = Tree(source)
    declared = _declared(rules, chosen)
    services: list[InspectedService] = []
    taken: set[str] = set()
    services_found, fronts = _parted(tree, declared)
    for found in services_found:
        draft = found.language.detect(found.project)
        if found.project.path in fronts:
            put_frontend(draft, fronts[found.project.path])
        draft.values.setdefault("language", found.language.NAME)
        draft.values.setdefault("path", found.project.spec_path)
        draft.values["name"] = _unique(draft.values.get("name") or service_name(found.project.folder_name), taken)
        service = _validated(draft)
        if service is not None:
            services.append(service)
    notes = list(dict.fromkeys(tree.notes))
    if not services:
        ruled = [name for item in declared for name in item.rules.files]
        told = {item.path for item in notes}
        notes += [
            note for note in uncovered(tree) if note.path not in told and (note.path or "").split("/")[-1] not in ruled
        ]
        names = ", ".join(dict.fromkeys([LOOKED_FOR, *ruled]))
        notes.append(Note("info", f"no service was found: looked for {names}"))
    return Inspection(tuple(services), tuple(notes))


def _declared(rules: "Sequence[DetectRules]", chosen: "DetectRules | None") -> "list[Declared]":
    if not rules and chosen is None:
        return []
    from genfile.detect.declared.language import Declared

    first = [Declared(chosen, wins=True)] if chosen is not None else []
    return first + [Declared(item) for item in rules if item is not chosen]


def _parted(tree: Tree, declared: "Sequence[Declared]" = ()) -> "tuple[list[Found], dict[str, Served]]":
    """The services of a tree, and the front ends that one of them gives out."""
    found = survey(tree, declared)
    nodes = {item.project.path for item in found if item.language.NAME == "node"}
    others = any("package.json" in names and path not in nodes for path, names in tree.folders.items())
    if len(found) < 2 and not (found and others):
        return found, {}
    from genfile.detect.frontend import pair

    return pair(tree, found)


def put_frontend(draft: Draft, served: "Served") -> None:
    from genfile.detect.frontend import put

    put(draft, served)


def _validated(draft: Draft) -> InspectedService | None:
    """A spec from a draft; a field that its type refuses is left out, with a note, rather than trusted."""
    from pydantic import ValidationError

    from genfile.spec.project import describe, spec_class

    model = spec_class(draft.values["language"])
    for _ in range(10):
        try:
            spec = model.model_validate(draft.values)
        except ValidationError as error:
            draft.note("warning", f"left out, since it can't be written to a Dockerfile: {describe(error)}")
            places = {item["loc"] for item in error.errors() if item["loc"]}
            dropped = [_drop(draft, place) for place in sorted(places, key=str)]
            if not any(dropped):
                return None
        else:
            return InspectedService(spec, dict(sorted(draft.evidence.items())), tuple(draft.notes))
    return None


def _drop(draft: Draft, place: "tuple[int | str, ...]") -> bool:
    """Take one value out of a draft: that of a field within a field, where nothing needs it, else the whole field."""
    name = str(place[0])
    inner = draft.values.get(name)
    if name == "package_manager" and isinstance(inner, dict) and place[1:] in (("version",), ("lockfile",)):
        draft.values[name] = inner | {place[1]: None}
        dropped = inner.get(place[1]) is not None
        name = f"{name}/{place[1]}"
    else:
        dropped = draft.values.pop(name, None) is not None
    draft.evidence = {k: v for k, v in draft.evidence.items() if k != f"/{name}" and not k.startswith(f"/{name}/")}
    return dropped


def _unique(name: str, taken: set[str]) -> str:
    candidate, count = name, 2
    while candidate in taken:
        candidate, count = f"{name}-{count}", count + 1
    taken.add(candidate)
    return candidate


def _items(fact: Fact[Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = [{"path": e.path, "line": e.line, "says": e.says} for e in fact.evidence]
    if fact.guess:
        for item in items:
            item["guess"] = True
    return items
