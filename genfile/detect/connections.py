"""How a program gets the addresses of its databases: the variables that it reads, and their formats.

A variable's name says which database and which part of the address it holds (`DB_HOST`, `PGUSER`). The project's own
values show the form: a default in the code, an example file, a compose file. Only their form is kept.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct, field

from genfile.container.compose import EXAMPLES, read_dotenv
from genfile.data import BackingService, backing_services, framework, load_table
from genfile.detect.committed import in_git
from genfile.detect.mentioned import is_mentioned
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact

if TYPE_CHECKING:
    from genfile.parsers.addresses import Address
    from genfile.parsers.values import Call

MAX_NAMES = 200
# Parts of an address that locate the database, so that nothing else is missing.
_WHOLE = frozenset({"url", "address", "host"})


class Read(Struct, frozen=True):
    """A variable that the code reads: its default, if literal, and the evidence. ``service``: the database, if it is
    certain whatever the variable's name; ``part``: the part of its address, `url` being all of it."""

    name: str
    says: Evidence
    default: str | None = None
    service: str | None = None
    part: str = "url"


class _Variable(Struct):
    """A name with all the project's values for it; ``read``: the code itself reads it."""

    says: Evidence
    read: bool
    service: str | None = None
    part: str = "url"
    samples: list[str] = field(default_factory=list)


def put_connections(
    draft: Draft,
    folder: Project,
    reads: Iterable[Read],
    depends: Callable[[str], bool] = lambda _: False,
    bare: Callable[[BackingService], bool] = lambda _: False,
    dialects: frozenset[str] = frozenset(),
) -> None:
    """Put /connections. ``depends``: whether the service has a dependency with that name; ``bare``: whether it creates
    a client of that database without an address, so that the client reads its own variables; ``dialects``: the kinds
    of SQL databases that the code opens, which decide between several drivers."""
    known = backing_services()
    for name in _not_opened(draft, dialects):
        _without(draft, name)
    backing = [known[name] for name in draft.values.get("backing_services", ()) if name in known]
    if not backing:
        return
    given = {draft.values.get("language"), draft.values.get("framework")}

    def fits(needs: Iterable[str]) -> bool:
        return all(name in given or depends(name) for name in needs)

    found: dict[str, tuple[str, str, Evidence]] = {}
    reached: set[str] = set()
    # Those with a whole address in the project's files, even if no code is known to read it.
    told: set[str] = set()
    variables = _variables(folder, reads)
    for name, item in variables.items():
        meant = _meaning(name, item, backing, fits)
        if meant is not None and meant[2] is not None:
            service, part, form = meant
            found[name] = (service.name, form or "", item.says)
            told |= {service.name} if part in _WHOLE else set()
            reached |= {service.name} if item.read and part in _WHOLE else set()
    unseen = [item for item in backing if item.name not in told and not bare(item)]
    elsewhere = _elsewhere(folder, variables, unseen)
    for service in (item for item in unseen if item in elsewhere or _is_spare(folder, draft, item, fits, depends)):
        backing.remove(service)
        _without(draft, service.name)
    known_forms = {(item[0], item[1]) for name, item in found.items() if variables[name].read}
    present = {service.name for service in backing}
    for service in backing:
        says = draft.evidence["/backing_services"].evidence[0]
        guesses = service.name not in told
        for name, form in _given(service, fits, present, bare, named=service.name in reached, guesses=guesses):
            # A name with another use in the project is left alone, and nothing is set twice.
            if name in found or (name not in variables and (service.name, form) not in known_forms):
                found.setdefault(name, (service.name, form, says))
    value = [{"variable": name, "service": service, "form": form} for name, (service, form, _) in found.items()]
    draft.put("connections", Fact(value, tuple(dict.fromkeys(says for _, _, says in found.values()))))


def _not_opened(draft: Draft, dialects: frozenset[str]) -> list[str]:
    """The SQL databases that have a driver, while the code opens only others."""
    listed = [name for name in draft.values.get("backing_services", ()) if name in load_table("connections")["sql"]]
    opened = [name for name in listed if not dialects.isdisjoint((name, *backing_services()[name].schemes))]
    return [name for name in listed if name not in opened] if opened else []


def _elsewhere(folder: Project, variables: dict[str, _Variable], backing: list[BackingService]) -> list[BackingService]:
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
    """Give the databases that no step has a variable for, such as those of rules, their usual one, unless the program
    reads it as something else."""
    listed = draft.values.get("connections", [])
    reached = {item["service"] for item in listed}
    read = {item["name"] for item in draft.values.get("environment", ())}
    usual = usual_connections(name for name in draft.values.get("backing_services", ()) if name not in reached)
    usual = [item for item in usual if item["variable"] not in read]
    if usual:
        draft.values["connections"] = [*listed, *usual]


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

    ``present``: every database of the service. The usual name is only given if no client is known to read another one.
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
    yield from (read or ({service.variable: _usual(service, fits)} if guesses else {})).items()


def _usual(service: BackingService, fits: Callable[[Iterable[str]], bool]) -> str:
    """The address form that the installed drivers accept."""
    return next((item["url"] for item in service.forms if fits(item["needs"])), service.url)


def _variables(folder: Project, reads: Iterable[Read]) -> dict[str, _Variable]:
    found: dict[str, _Variable] = {}
    for read in reads:
        item = found.setdefault(read.name, _Variable(read.says, read=True))
        if item.service is None:
            item.service, item.part = read.service, read.part
        item.samples += [read.default] if read.default else []
    for name, text, says in (*_examples(folder), *_composed(folder)):
        if name in found or len(found) < MAX_NAMES:
            found.setdefault(name, _Variable(says, read=False)).samples.append(text)
    return found


def _examples(folder: Project) -> Iterator[tuple[str, str, Evidence]]:
    """The example values of variables, in the folder and the root above it."""
    places = [folder] if not folder.path else [folder, Project(folder.tree, "")]
    for place in places:
        for file in EXAMPLES:
            for name, text in read_dotenv(place.text(file) or "").items() if place.has(file) else ():
                yield name, text, place.says(file, None, name)


def _composed(folder: Project) -> Iterator[tuple[str, str, Evidence]]:
    """The values that the project's own compose files give to the service."""
    from genfile.detect.hosting.containers import compose_services

    for service in compose_services(folder):
        for name, said in service.environment.items():
            yield name, said.value, said.evidence


def _meaning(
    name: str, item: _Variable, backing: list[BackingService], fits: Callable[[Iterable[str]], bool]
) -> tuple[BackingService, str, str | None] | None:
    """The database, the part of its address, and the form, for a variable; None for any other variable."""
    from genfile.parsers.addresses import read_address

    told = [address for text in item.samples if (address := read_address(text)) is not None]
    certain = [service for service in backing if service.name == item.service]
    meant = (certain, item.part) if certain else _by_name(name, backing) or _by_default(name, item, told, backing)
    if meant is None:
        return None
    services, part = meant
    sure = next(((one, address) for address in told for one in services if address.scheme in one.schemes), None)
    if sure is not None:
        return sure[0], "url", sure[1].form
    service = services[0]
    if part in _WHOLE:
        plain = next((address for address in told if not address.scheme), None)
        if plain is None and any(address.scheme not in ("", "sqlite", "file") for address in told):
            # It leads to something else.
            return None
        return service, part, _whole(service, part, plain, fits)
    return service, part, _piece(service, part, item.samples, fits)


def _by_default(
    name: str, item: _Variable, told: "list[Address]", backing: list[BackingService]
) -> tuple[list[BackingService], str] | None:
    """The databases whose addresses the code itself falls back on, whatever the variable is called."""
    others = set(load_table("connections")["others"])
    if not item.read or others & set(name.upper().split("_")):
        return None
    schemes = {address.scheme for address in told} - {"http", "https", ""}
    found = [service for service in backing if schemes & set(service.schemes)]
    return (found, "url") if found else None


def _whole(
    service: BackingService, part: str, plain: "Address | None", fits: Callable[[Iterable[str]], bool]
) -> str | None:
    if plain is not None:
        return plain.form
    return {"host": "{host}", "address": "{host}:{port}"}.get(part) or _usual(service, fits)


def _piece(service: BackingService, part: str, samples: list[str], fits: Callable[[Iterable[str]], bool]) -> str | None:
    """The form of a part; None if this database has no such part."""
    has = {"user": service.user, "password": service.password, "name": service.database, "port": service.port}
    if part in has:
        return f"{{{part}}}" if has[part] else None
    if part == "engine":
        own = next((text for text in samples if service.name in text and "." in text), service.engine)
        return own if fits(["django"]) else None
    named = [text for text in samples if text in service.schemes]
    return (named or [service.schemes[0]])[0] if samples and service.schemes else None


def _by_name(name: str, backing: list[BackingService]) -> tuple[list[BackingService], str] | None:
    """The databases that a name may mean, the likeliest first, and the part of the address in its ending."""
    whole = [service for service in backing if name in service.takes]
    if whole:
        # A broker before a database that can also serve as one.
        return sorted(whole, key=lambda service: service.name != "rabbitmq"), "url"
    for subject, part in _splits(name):
        own = [service for service in backing if set(service.names) & set(subject)]
        table = load_table("connections")
        if not own and set(table["subjects"]) & set(subject):
            own = sorted((item for item in backing if item.name in table["any"]), key=_rank)
        if own and not set(table["others"]) & set(subject):
            return own, part
    return None


def _rank(service: BackingService) -> int:
    order: list[str] = load_table("connections")["any"]
    return order.index(service.name)


def _splits(name: str) -> Iterator[tuple[list[str], str]]:
    """The words before a name's ending, and the part that the ending means: DB_HOST, POSTGRES_DB, PGUSER."""
    table = load_table("connections")
    parts = {word: part for part, words in table["parts"].items() for word in words}
    tokens = [word for word in name.upper().split("_") if word]
    tokens = tokens[:-1] if len(tokens) > 2 and tokens[-1] in table["ends"] else tokens
    for length in (3, 2, 1):
        part = parts.get("_".join(tokens[-length:]))
        if part is not None and tokens[:-length]:
            yield tokens[:-length], part
    if len(tokens) == 1:
        words = {word for service in backing_services().values() for word in service.names} | set(table["subjects"])
        for word in sorted(words, key=len, reverse=True):
            if tokens[0].startswith(word) and tokens[0][len(word) :] in parts:
                yield [word], parts[tokens[0][len(word) :]]
