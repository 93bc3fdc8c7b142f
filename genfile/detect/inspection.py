"""The second pass: each service on its own, from facts to a validated spec."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from genfile.detect.browsers import put_browsers
from genfile.detect.committed import put_committed
from genfile.detect.connections import put_usual
from genfile.detect.contain import contained
from genfile.detect.databasetls import tell_of_tls
from genfile.detect.loopback import put_opened
from genfile.detect.ownmachine import tell_of_own_machine
from genfile.detect.programs import tell_of_programs
from genfile.detect.seeds import put_seeds
from genfile.detect.survey import FoundService, survey, uncovered
from genfile.detect.tree import Tree
from genfile.detect.unread import put_unread
from genfile.detect.untracked import put_untracked
from genfile.detect.written import put_beside_code, put_kept, put_owned, put_placed
from genfile.evidence import Draft, Evidence, Fact, Note, Risk
from genfile.source.base import Source
from genfile.source.budget import Budget
from genfile.spec.base import plain, service_name

if TYPE_CHECKING:
    from genfile.detect.declared.language import Declared
    from genfile.detect.frontend import Served
    from genfile.spec.project import Spec
    from genfile.spec.rules import DetectRules

LOOKED_FOR = (
    "package.json, requirements.txt, pyproject.toml, Pipfile, setup.py, go.mod, pom.xml, build.gradle(.kts), index.html"
)

# Shares of the budget: the survey's, and each service's share of what is left while others follow.
_SURVEY = 0.5
_GREEDY = 0.5
# How many of the skipped services are named.
_NAMED = 5


class InspectedService(Struct, frozen=True):
    """A service: its spec, the fact behind each field (by JSON pointer into the spec), notes, and the risks of its
    image."""

    spec: "Spec"
    facts: dict[str, Fact[Any]]
    notes: tuple[Note, ...] = ()
    risks: tuple[Risk, ...] = ()
    # Files in version control that the program writes, by their names in its code.
    overwritten: tuple[Fact[str], ...] = ()

    @property
    def evidence(self) -> dict[str, tuple[Evidence, ...]]:
        return {pointer: fact.evidence for pointer, fact in self.facts.items() if fact.evidence}

    @property
    def guesses(self) -> dict[str, Fact[Any]]:
        """The facts that nothing in the tree makes certain."""
        return {pointer: fact for pointer, fact in self.facts.items() if fact.guess}

    def to_json(self) -> dict[str, Any]:
        return {
            "spec": plain(self.spec),
            "evidence": {pointer: _items(fact) for pointer, fact in self.facts.items() if fact.evidence},
            "notes": [note.to_json() for note in self.notes],
            "risks": [risk.to_json() for risk in self.risks],
        }


class Prove(Protocol):
    """A check of the files that a service's spec leads to."""

    def __call__(self, tree: Tree, service: InspectedService, *, several: bool) -> InspectedService: ...


class Inspection(Struct, frozen=True):
    """The result of `inspect`: the services of a tree, and notes that belong to none of them. ``skipped``: the paths of
    services that were left out on request."""

    services: tuple[InspectedService, ...]
    notes: tuple[Note, ...] = ()
    skipped: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document of `genfile inspect --json`, as plain values."""
        return {
            "version": 1,
            "services": [service.to_json() for service in self.services],
            "notes": [note.to_json() for note in self.notes],
        }


def inspect_source(
    source: Source,
    rules: "Sequence[DetectRules]" = (),
    *,
    chosen: "DetectRules | None" = None,
    budget: Budget | None = None,
    prove: "Prove | None" = None,
    skip: Collection[str] = (),
) -> Inspection:
    """Find the services of a source and fill a spec for each. Raises SourceError if the tree can't be read.

    ``rules``: from presets, for languages that genfile does not know; built-in languages take precedence. ``chosen``:
    from the preset that the user named, which take precedence over all others. ``budget``: the work that the tree may
    cause; beyond it, the result is partial and has a warning. ``prove``: called with each service at the end, to check
    what its spec leads to; it may return a better one. ``skip``: paths of services to leave out.
    """
    tree = Tree(source, budget)
    declared = _declared(rules, chosen)
    with tree.budget.part(_SURVEY):
        found, fronts = _parted(tree, declared)
        if tree.budget.ended:
            tree.note("warning", f"the search for services {tree.budget.stopped}; there may be more services")
    skipped = tuple(item.project.spec_path for item in found if item.project.spec_path in skip)
    services = _detected(tree, [item for item in found if item.project.spec_path not in skip], fronts)
    if any(item.spec.static is not None for item in services) and len(services) > 1:
        from genfile.detect.relative import joined

        with contained(tree, "", "could not be searched for paths that its pages ask a server for"):
            services = joined(tree, services)
    if prove is not None:
        services = [_proved(tree, item, prove, several=len(services) > 1) for item in services]
    notes = tree.notes
    if not services:
        ruled = [name for item in declared for name in item.rules.files]
        told = {item.path for item in notes}
        notes += [
            note for note in uncovered(tree) if note.path not in told and (note.path or "").split("/")[-1] not in ruled
        ]
        names = ", ".join(dict.fromkeys([LOOKED_FOR, *ruled]))
        text = f"genfile.toml skips every service: {', '.join(skipped[:_NAMED])}" if skipped else f"looked for {names}"
        notes.append(Note("info", f"no service found: {text}"))
    return Inspection(tuple(services), tuple(notes), skipped)


def _detected(tree: Tree, found: "Sequence[FoundService]", fronts: "dict[str, Served]") -> list[InspectedService]:
    """Detect each service separately: the cost or failure of one does not affect the others."""
    services: list[InspectedService] = []
    taken: set[str] = set()
    paths = [*(item.project.path for item in found), *sorted(tree.elsewhere)]
    for at, item in enumerate(found):
        if tree.budget.ended or at >= tree.limits.services:
            reason = tree.budget.ended or f"{at} services"
            left = [other.project.spec_path for other in found[at:]]
            more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
            tree.note("warning", f"stopped after {reason}; not looked at: {', '.join(left[:_NAMED])}{more}")
            break
        share = _GREEDY if at + 1 < len(found) else 1.0
        with contained(tree, item.project.path, "could not be described"), tree.budget.part(share):
            service = _service(item, fronts.get(item.project.path), taken, paths)
            if service is not None:
                services.append(service)
    return services


def _service(
    found: FoundService, front: "Served | None", taken: set[str], paths: Sequence[str]
) -> InspectedService | None:
    draft = found.language.detect(found.project)
    draft.values.setdefault("language", found.language.NAME)
    draft.values.setdefault("path", found.project.spec_path)
    if front is not None:
        put_frontend(draft, front)
    put_placed(found.project, draft)
    put_opened(draft)
    put_beside_code(found.project, draft)
    put_committed(found.project, draft)
    put_untracked(found.project, draft)
    put_kept(found.project, draft)
    put_owned(found.project, draft)
    put_usual(draft)
    put_browsers(draft, found.project)
    put_seeds(found.project, draft)
    tell_of_own_machine(found.project, draft)
    tell_of_tls(found.project, draft)
    tell_of_programs(found.project, draft)
    put_unread(found.project, draft, paths)
    name = draft.values.get("name") or service_name(found.project.folder_name)
    budget = found.project.tree.budget
    if budget.ended:
        draft.note("warning", f"{budget.stopped}; check the settings of this service", found.project.spec_path)
    draft.values["name"] = _unique(name, taken)
    return _validated(draft)


def _proved(tree: Tree, service: InspectedService, prove: "Prove", *, several: bool) -> InspectedService:
    if tree.budget.allows():
        with contained(tree, service.spec.path, "could not be checked"), tree.budget.part(_GREEDY):
            return prove(tree, service, several=several)
    return service


def _declared(rules: "Sequence[DetectRules]", chosen: "DetectRules | None") -> "list[Declared]":
    if not rules and chosen is None:
        return []
    from genfile.detect.declared.language import Declared

    first = [Declared(chosen, wins=True)] if chosen is not None else []
    return first + [Declared(item) for item in rules if item is not chosen]


def _parted(tree: Tree, declared: "Sequence[Declared]" = ()) -> "tuple[list[FoundService], dict[str, Served]]":
    """The services of a tree, and the front ends that one of them serves."""
    found = survey(tree, declared)
    nodes = {item.project.path for item in found if item.language.NAME == "node"}
    others = any("package.json" in names and path not in nodes for path, names in tree.folders.items())
    if len(found) < 2 and not (found and others):
        return found, {}
    from genfile.detect.frontend import pair

    # Services beyond the limit are only named.
    several, beyond = found[: tree.limits.services], found[tree.limits.services :]
    fronts: dict[str, Served] = {}
    with contained(tree, "", "could not be searched for front ends that its servers serve"):
        several, fronts = pair(tree, several)
    return several + beyond, fronts


def put_frontend(draft: Draft, served: "Served") -> None:
    from genfile.detect.frontend import put

    put(draft, served)


def _validated(draft: Draft) -> InspectedService | None:
    """A spec from a draft; a field with an invalid value is dropped with a note."""
    from pydantic import ValidationError

    from genfile.spec.project import describe, spec_class

    model = spec_class(draft.values["language"])
    for _ in range(10):
        try:
            spec = model.model_validate(draft.values)
        except ValidationError as error:
            draft.note("warning", f"ignored because it can't be written to a Dockerfile: {describe(error)}")
            places = {item["loc"] for item in error.errors() if item["loc"]}
            dropped = [_drop(draft, place) for place in sorted(places, key=str)]
            if not any(dropped):
                return None
        else:
            facts, overwritten = dict(sorted(draft.evidence.items())), tuple(draft.overwritten.values())
            return InspectedService(spec, facts, tuple(draft.notes), overwritten=overwritten)
    return None


def _drop(draft: Draft, place: "tuple[int | str, ...]") -> bool:
    """Remove an invalid value from a draft: a nested field if it is optional, else the whole field."""
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
