"""How a program gets the addresses of its databases: the variables that it reads, and their formats.

A variable's name says which database and which part of the address it holds (`DB_HOST`, `PGUSER`). The project's own
values show the form: a default in the code, an example file, a compose file. Only their form is kept.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.container.compose import EXAMPLES, read_dotenv
from genfile.data import BackingService, backing_services, framework, load_table
from genfile.detect.committed import in_git
from genfile.detect.extensions import put_extensions
from genfile.detect.meanings import WHOLE, NamedVariable, is_address, is_name, meaning, ranked, usual_form, written_name
from genfile.detect.mentioned import is_mentioned, named
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact

if TYPE_CHECKING:
    from genfile.parsers.values import Call

MAX_NAMES = 200


class Read(Struct, frozen=True):
    """A variable that the code reads: its default, if literal, and the evidence. ``service``: the database, if it is
    certain whatever the variable's name; ``part``: the part of its address, `url` being all of it."""

    name: str
    says: Evidence
    default: str | None = None
    service: str | None = None
    part: str = "url"


class _Found(Struct, frozen=True):
    """What a variable is given: the database, the form of its value, and the part of the address that it is; ``read``:
    the code itself reads it."""

    service: str
    form: str
    says: Evidence
    part: str = "url"
    read: bool = False


def put_connections(
    draft: Draft,
    folder: Project,
    reads: Iterable[Read],
    depends: Callable[[str], bool] = lambda _: False,
    bare: Callable[[BackingService], bool] = lambda _: False,
    dialects: frozenset[str] = frozenset(),
    configured: Callable[[str], bool] = lambda _: False,
    names: Iterable[Fact[str]] = (),
) -> None:
    """Put /connections. ``depends``: whether the service has a dependency with that name; ``bare``: whether it creates
    a client of that database without an address, so that the client reads its own variables; ``dialects``: the kinds
    of SQL databases that the code opens, which decide between several drivers; ``configured``: whether the settings
    have a value for the key that a variable of the framework overrides; ``names``: those of the SQL database, written
    out in the code or the settings."""
    known = backing_services()
    for name in _not_opened(draft, dialects):
        _without(draft, name)
    backing = [known[name] for name in draft.values.get("backing_services", ()) if name in known]
    if not backing:
        return
    given = {draft.values.get("language"), draft.values.get("framework")}

    def fits(needs: Iterable[str]) -> bool:
        return all(name in given or depends(name) for name in needs)

    variables = _variables(folder, reads)
    ordered = ranked(backing, variables)
    found = _found(variables, ordered, fits)
    # Those with a whole address, even if no code is known to read it.
    told = {item.service for item in found.values() if item.part in WHOLE}
    unseen = [item for item in backing if item.name not in told and not bare(item)]
    unused = [*_elsewhere(folder, variables, unseen), *_others(ordered, {item.service for item in found.values()})]
    for service in unseen:
        if service in unused or _is_spare(folder, draft, service, fits, depends):
            backing.remove(service)
            _without(draft, service.name)
    put_names(draft, _names(variables, found, ordered, names))
    found = _read(folder, found, backing, fits)
    put_extensions(draft, folder, backing, depends)
    reached = {item.service for item in found.values() if item.read and item.part in WHOLE}
    known_forms = {(item.service, item.form) for item in found.values() if item.read}
    present = {service.name for service in backing}
    for service in backing:
        says = draft.evidence["/backing_services"].evidence[0]
        guesses = service.name not in told and bool(named(folder, [service.variable]))
        usual = _given(service, fits, present, bare, named=service.name in reached, guesses=guesses)
        for name, form in (*usual, *_overrides(service, fits, configured)):
            # A name with another use in the project is left alone, and nothing is set twice.
            if name in found or (name not in variables and (service.name, form) not in known_forms):
                found.setdefault(name, _Found(service.name, form, says))
    value = [{"variable": name, "service": item.service, "form": item.form} for name, item in found.items()]
    draft.put("connections", Fact(value, tuple(dict.fromkeys(item.says for item in found.values()))))


def _found(
    variables: dict[str, NamedVariable],
    ordered: list[BackingService],
    fits: Callable[[Iterable[str]], bool],
) -> dict[str, _Found]:
    """The variables of databases that the project has values for, or that its code reads."""
    found: dict[str, _Found] = {}
    for name, item in variables.items():
        meant = meaning(name, item, ordered, fits)
        if meant is not None and meant[2] is not None:
            service, part, form = meant
            found[name] = _Found(service.name, form or "", item.says, part, item.read)
    return found


def _names(
    variables: dict[str, NamedVariable],
    found: dict[str, _Found],
    ordered: list[BackingService],
    names: Iterable[Fact[str]],
) -> dict[str, Fact[str]]:
    """The names of databases by their service: those written out, and the values of variables, read ones first."""
    known = backing_services()
    first = next((item for item in ordered if item.name in load_table("connections")["sql"]), None)
    written = next((fact for fact in names if first is not None and is_name(first, fact.value)), None)
    result = {first.name: written} if first is not None and written is not None else {}
    for name, item in sorted(found.items(), key=lambda pair: not pair[1].read):
        text = written_name(known[item.service], variables[name], item.part)
        if text is not None:
            result.setdefault(item.service, Fact(text, (item.says,)))
    return result


def put_fallbacks(draft: Draft, reads: Iterable[Read]) -> None:
    """Mark the variables in /environment for which the code has a value of its own. An address is another one in a
    container, and a secret is none if it is in the code."""
    own = {read.name for read in reads if read.default and not is_address(read.name, read.default)}
    for item in draft.values.get("environment", ()):
        if item["phase"] == "run" and item["name"] in own and not item.get("secret"):
            item["fallback"] = True


def put_names(draft: Draft, names: dict[str, Fact[str]]) -> None:
    """Put /databases: add the names of databases, in place of those that are there."""
    listed = dict.fromkeys(draft.values.get("backing_services", ()))
    added = {service: fact for service, fact in names.items() if service in listed}
    if added:
        old = draft.evidence.get("/databases")
        value = (old.value if old is not None else {}) | {service: fact.value for service, fact in added.items()}
        says = tuple(item for fact in added.values() for item in fact.evidence)
        draft.put("databases", Fact(value, (*(old.evidence if old is not None else ()), *says)))


def _read(
    folder: Project,
    found: dict[str, _Found],
    backing: list[BackingService],
    fits: Callable[[Iterable[str]], bool],
) -> dict[str, _Found]:
    """Those variables that something reads: the code, a framework, or what else has a word for them."""
    own = {name for service in backing for name in _of_libraries(service, fits)}
    unread = [name for name, item in found.items() if not item.read and name not in own]
    left_out = set(unread) - named(folder, unread)
    return {name: item for name, item in found.items() if name not in left_out}


def _of_libraries(service: BackingService, fits: Callable[[Iterable[str]], bool]) -> Iterator[str]:
    """The variables that frameworks and clients of a database may read by themselves."""
    yield from service.unnamed
    for item in (*service.sets, *service.clients):
        if fits(item["needs"]):
            yield from (*item["variables"], *item.get("overrides", ()))


def _not_opened(draft: Draft, dialects: frozenset[str]) -> list[str]:
    """The SQL databases that have a driver, while the code opens only others."""
    listed = [name for name in draft.values.get("backing_services", ()) if name in load_table("connections")["sql"]]
    opened = [name for name in listed if not dialects.isdisjoint((name, *backing_services()[name].schemes))]
    return [name for name in listed if name not in opened] if opened else []


def _others(ordered: list[BackingService], named: set[str]) -> list[BackingService]:
    """The SQL databases that no variable leads to beside one that has variables, or comes first: the program opens one
    of several. ``named``: those with variables."""
    sql = [item for item in ordered if item.name in load_table("connections")["sql"]]
    main = next((item for item in sql if item.name in named), next(iter(sql), None))
    return [item for item in sql if item is not main and item.name not in named]


def _elsewhere(
    folder: Project, variables: dict[str, NamedVariable], backing: list[BackingService]
) -> list[BackingService]:
    """The SQL databases whose drivers are there while the settings name another kind: `DB_TYPE=sqlite3`."""
    words = {text for item in variables.values() for text in item.samples}
    if folder.has(".env") and in_git(folder.tree, folder.full(".env")):
        words |= set(read_dotenv(folder.text(".env") or "").values())
    known = backing_services()
    kinds = {name: {*known[name].schemes} for name in load_table("connections")["sql"]}
    if words.isdisjoint({"sqlite", "sqlite3"}.union(*kinds.values())):
        return []
    return [item for item in backing if item.name in kinds and words.isdisjoint(kinds[item.name])]


# Databases in the process itself: Spring Boot starts one of them where it has no address of another.
_EMBEDDED = ("com.h2database:h2", "org.hsqldb:hsqldb", "org.apache.derby:derby")


def _is_spare(
    folder: Project,
    draft: Draft,
    service: BackingService,
    fits: Callable[[Iterable[str]], bool],
    depends: Callable[[str], bool],
) -> bool:
    """Whether a database is only declared: nothing of the tree has a word for it, and no framework or library connects
    by itself."""
    named = draft.values.get("framework")
    own = framework(str(draft.values.get("language")), named) if named else None
    sql = service.name in load_table("connections")["sql"]
    itself = any(fits(item["needs"]) for item in (*service.sets, *service.clients))
    itself = itself and not (sql and any(map(depends, _EMBEDDED)))
    # A migration of a database that the tool alone knows.
    itself = itself or (sql and bool(draft.values.get("release")))
    whole = own is not None and draft.values.get("language") == "node" and bool(own.build or own.start)
    return not (itself or whole or is_mentioned(folder, service))


def _without(draft: Draft, service: str) -> None:
    """Take a database back."""
    fact = draft.evidence["/backing_services"]
    left = [name for name in fact.value if name != service]
    kept = [says for name, says in zip(fact.value, fact.evidence, strict=False) if name != service]
    draft.put("backing_services", Fact(left, tuple(kept) or fact.evidence))


def is_bare(service: BackingService, name: str, call: "Call") -> bool:
    """Whether a call creates a client of a database without any part of its address; ``name``: the callee, after its
    module."""
    given = {key for value in call.arguments if isinstance(value, dict) for key in value} | call.keywords.keys()
    texts = [value for value in call.arguments if not isinstance(value, dict | int)]
    plain = all(isinstance(text, str) and not re.search(r"://|host|user|dbname", text) for text in texts)
    return name in service.bare and plain and given.isdisjoint(service.addressed)


def put_usual(draft: Draft) -> None:
    """Give databases whose variables no step has looked for, those of rules, their usual ones, unless the program
    reads them as something else."""
    if "/connections" not in draft.evidence:
        read = {item["name"] for item in draft.values.get("environment", ())}
        usual = usual_connections(draft.values.get("backing_services", ()))
        draft.values["connections"] = [item for item in usual if item["variable"] not in read]


def usual_connections(names: Iterable[str]) -> list[dict[str, str]]:
    """The usual variables with the addresses of some databases, by their names."""
    known = backing_services()
    found = [known[name] for name in names if name in known]
    return [{"variable": item.variable, "service": item.name, "form": item.url} for item in found]


def _given(
    service: BackingService,
    fits: Callable[[Iterable[str]], bool],
    present: set[str],
    bare: Callable[[BackingService], bool],
    *,
    named: bool,
    guesses: bool,
) -> Iterator[tuple[str, str]]:
    """Variables that are read without code: by the framework, else by the database's clients.

    ``present``: every database of the service; ``guesses``: its usual variable is likely to be read, if no client is
    known to read another one.
    """
    sets = [item["variables"] for item in service.sets if fits(item["needs"])]
    for variables in sets:
        # The configuration puts the address together from variables of the project's own.
        yield from (item for item in variables.items() if not (named and "{host}" in item[1]))
    if named or sets:
        return
    own = [
        item["variables"] for item in service.clients if fits(item["needs"]) and present.isdisjoint(item.get("not", ()))
    ]
    read = own[0] if own else service.unnamed if service.unnamed and bare(service) else {}
    yield from (read or ({service.variable: usual_form(service, fits)} if guesses else {})).items()


def _overrides(
    service: BackingService, fits: Callable[[Iterable[str]], bool], configured: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    """Variables of the framework in place of values that are meant for another server, such as its password."""
    for item in service.sets:
        if fits(item["needs"]):
            yield from (pair for pair in item.get("overrides", {}).items() if configured(pair[0]))


def samples(folder: Project, reads: Iterable[Read]) -> dict[str, tuple[Evidence, list[str]]]:
    """The values that the code, example files and compose files have for each variable, with the evidence of the
    first."""
    return {name: (item.says, item.samples) for name, item in _variables(folder, reads).items()}


def _variables(folder: Project, reads: Iterable[Read]) -> dict[str, NamedVariable]:
    found: dict[str, NamedVariable] = {}
    for read in reads:
        item = found.setdefault(read.name, NamedVariable(read.says, read=True))
        if item.service is None:
            item.service, item.part = read.service, read.part
        item.default = item.default or read.default
        item.samples += [read.default] if read.default else []
    for name, text, says in (*examples(folder), *_composed(folder)):
        if name in found or len(found) < MAX_NAMES:
            found.setdefault(name, NamedVariable(says, read=False)).samples.append(text)
    return found


def examples(folder: Project) -> Iterator[tuple[str, str, Evidence]]:
    """The example values of variables, in the folder and the root above it."""
    for place in folder.with_root():
        for file in EXAMPLES:
            for name, text in read_dotenv(place.text(file) or "").items() if place.has(file) else ():
                yield name, text, place.says(file, None, name)


def _composed(folder: Project) -> Iterator[tuple[str, str, Evidence]]:
    """The values that the project's own compose files give to the service."""
    from genfile.detect.hosting.containers import compose_services

    for service in compose_services(folder):
        for name, said in service.environment.items():
            yield name, said.value, said.evidence
