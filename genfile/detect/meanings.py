"""What the names of variables say of databases: which of them, and which part of its address."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct, field

from genfile.data import BackingService, backing_services, load_table
from genfile.evidence import Evidence
from genfile.parsers.values import EnvDefault

if TYPE_CHECKING:
    from genfile.parsers.addresses import Address
    from genfile.parsers.values import Call

# Parts of an address that locate the database, so that nothing else is missing.
WHOLE = frozenset({"url", "address", "host"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}")


class NamedVariable(Struct):
    """A name with all the project's values for it; ``read``: the code itself reads it, and may have a ``default``."""

    says: Evidence
    read: bool
    service: str | None = None
    part: str = "url"
    default: str | None = None
    samples: list[str] = field(default_factory=list)


def _read(text: str) -> "Address | None":
    """The address in a text; loaded when a project has one to read."""
    from genfile.parsers.addresses import read_address

    return read_address(text)


@cache
def database_schemes() -> frozenset[str]:
    """The schemes of addresses that lead to a database; those of HTTP may lead anywhere."""
    schemes = {scheme for service in backing_services().values() for scheme in service.schemes}
    return frozenset(schemes - {"http", "https"})


def ranked(backing: list[BackingService], variables: dict[str, NamedVariable]) -> list[BackingService]:
    """The databases in the order in which a name that says no more than DB means them: those first whose kind a value
    of such a variable names."""
    order: list[str] = load_table("connections")["any"]
    texts = [text for name, item in variables.items() if _by_name(name, backing) is not None for text in item.samples]
    named = {address.scheme if (address := _read(text)) is not None else text for text in texts}
    return sorted(
        backing,
        key=lambda item: (named.isdisjoint(item.schemes), order.index(item.name) if item.name in order else len(order)),
    )


def meaning(
    name: str, item: NamedVariable, backing: list[BackingService], fits: Callable[[Iterable[str]], bool]
) -> tuple[BackingService, str, str | None] | None:
    """The database, the part of its address, and the form, for a variable; None for any other variable."""
    told = [address for text in item.samples if (address := _read(text)) is not None]
    certain = [service for service in backing if service.name == item.service]
    meant = (certain, item.part) if certain else _by_name(name, backing) or _by_default(name, item, told, backing)
    if meant is None:
        return None
    services, part = meant
    sure = next(((one, address) for address in told for one in services if address.scheme in one.schemes), None)
    if sure is not None:
        return sure[0], "url", sure[1].form
    service = services[0]
    if part in WHOLE:
        plain = next((address for address in told if not address.scheme), None)
        if plain is None and any(address.scheme not in ("", "sqlite", "file") for address in told):
            # It leads to something else.
            return None
        return service, part, _whole(service, part, plain, fits)
    if part == "password" and not service.password:
        # A server without a password refuses one.
        return service, part, "" if item.default else None
    return service, part, _piece(service, part, item.samples, fits)


def _by_default(
    name: str, item: NamedVariable, told: "list[Address]", backing: list[BackingService]
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
    return {"host": "{host}", "address": "{host}:{port}"}.get(part) or usual_form(service, fits)


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
        if not own and set(table["subjects"]) & set(subject) and not _names_another(subject):
            own = [item for item in backing if item.name in table["any"]]
        if own and not set(table["others"]) & set(subject):
            return own, part
    return None


def _names_another(subject: list[str]) -> bool:
    """Whether words for a database have the name of one: MONGODB_DB."""
    return any(set(service.names) & set(subject) for service in backing_services().values())


def means(key: str, service: BackingService) -> str | None:
    """The part of a database's address that a key of settings holds by its name: `db.host`."""
    found = _by_name(re.sub(r"[.-]", "_", key), [service])
    return found[1] if found is not None else None


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


def written_name(service: BackingService, item: NamedVariable, part: str) -> str | None:
    """The name of the database in the values of a variable, the code's own first."""
    texts = [item.default, *item.samples] if item.default else item.samples
    whole = (address.name for text in texts if (address := _read(text)) is not None)
    names = (text for text in texts) if part == "name" else whole if part == "url" else iter(())
    return next((name for name in names if is_name(service, name)), None)


def is_address(variable: str, value: str) -> bool:
    """Whether a variable says where something is, by its value or the end of its name: MAIL_HOST."""
    parts = load_table("connections")["parts"]
    named = variable.upper().endswith(tuple(f"_{word}" for part in WHOLE for word in parts[part]))
    return named or "localhost" in value or "127.0.0.1" in value or _read(value) is not None


def name_in_call(call: "Call") -> str | None:
    """The name of a database that a call writes out beside a variable for another part of the address:
    `connect(host=os.environ["DB_HOST"], database="shop")`."""
    tables = [call.keywords, *(item for item in call.arguments if isinstance(item, dict))]
    tables += [item for table in tables for item in table.values() if isinstance(item, dict)]
    for table in tables:
        if any(isinstance(table.get(key), EnvDefault) for key in ("host", "user", "username", "password")):
            names = [table.get(key) for key in ("database", "db", "dbname")]
            # Sequelize takes it first, outside of its options.
            names += call.arguments[:1] if call.callee.rpartition(".")[2] == "Sequelize" else []
            return next((name for name in names if isinstance(name, str)), None)
    return None


def is_name(service: BackingService, name: str) -> bool:
    """Whether a database of a service can have a name."""
    return _NAME.fullmatch(name) is not None and name not in service.taken and bool(service.database)


def usual_form(service: BackingService, fits: Callable[[Iterable[str]], bool]) -> str:
    """The address form that the installed drivers accept."""
    return next((item["url"] for item in service.forms if fits(item["needs"])), service.url)
