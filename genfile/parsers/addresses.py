"""Addresses of databases and brokers, with placeholders for the variable parts: `postgresql://{user}:…`."""

import re

from msgspec import Struct

_URL = re.compile(
    r"(?P<outer>jdbc:|r2dbc:)?(?P<scheme>[a-z][a-z0-9+._-]*)://(?P<where>[^/?\s]*)(?P<path>/[^?\s]*)?(?P<query>\?\S*)?"
)
# `user:password@tcp(host:3306)/name?parseTime=true`: Go's MySQL driver.
_GO = re.compile(r"[^:@/\s]+(?::[^@/\s]*)?@(?:tcp)?\([^)\s]*\)/(?P<name>[^?\s]*)(?P<query>\?\S*)?")
# `host=… user=… dbname=…`: libpq's own form.
_WORDS = re.compile(r"\b(host|port|user|password|dbname|sslmode)\s*=\s*('[^']*'|[^\s']+)")
_ADDRESS = re.compile(r"[A-Za-z0-9_.-]+:\d{2,5}(?:,[A-Za-z0-9_.-]+:\d{2,5})*")
_GIVEN = {"host": "{host}", "port": "{port}", "user": "{user}", "password": "{password}", "dbname": "{name}"}
# Encryption and cluster parameters, which do not apply to a database on the same machine.
_SAFE = re.compile(r"(?i)(ssl|usessl|requiressl|tls|channel_binding|replicaset|authsource|authmechanism|pgbouncer)")
MAX_TEXT = 1_000


class Address(Struct, frozen=True):
    """``scheme``: of a URL, without the driver; empty for other forms. ``form``: the address with {user}, {password},
    {host}, {port} and {name} as placeholders. ``name``: of the database, where one is written out."""

    scheme: str
    form: str
    name: str = ""


def read_address(text: str) -> Address | None:
    """The form of an address; None for any other text."""
    text = text.strip()
    if not text or len(text) > MAX_TEXT or not text.isprintable():
        return None
    match = _URL.fullmatch(text)
    if match is not None:
        return _of_url(match)
    match = _GO.fullmatch(text)
    if match is not None:
        form = "{user}:{password}@tcp({host}:{port})/{name}" + _query(match["query"] or "")
        return Address("mysql", form, match["name"])
    words = dict(_WORDS.findall(text))
    if len(words.keys() & {"host", "user", "dbname"}) > 1:
        form = _WORDS.sub(lambda item: f"{item[1]}={_GIVEN.get(item[1], 'disable')}", text)
        return Address("postgresql", form, words.get("dbname", "").strip("'"))
    return Address("", "{host}:{port}") if _ADDRESS.fullmatch(text) else None


def _of_url(match: re.Match[str]) -> Address:
    outer, scheme = match["outer"] or "", match["scheme"].removesuffix("+srv")
    base, driver = scheme.partition("+")[0], scheme.partition("+")[1:]
    scheme = {"rediss": "redis", "amqps": "amqp"}.get(base, base) + "".join(driver)
    path, name = match["path"] or "", ""
    if base in ("redis", "rediss", "amqp", "amqps", "pyamqp"):
        # A Redis database number or a virtual host exists already.
        path = path if re.fullmatch(r"/\d*", path) else "/" if base.endswith(("amqp", "amqps")) else ""
    elif base not in ("nats", "http", "https"):
        name, path = path.removeprefix("/"), "/{name}"
    else:
        path = path.rstrip("/")
    login = "" if outer or base in ("redis", "rediss", "nats", "http", "https", "mongodb") else "{user}:{password}@"
    return Address(base, f"{outer}{scheme}://{login}{{host}}:{{port}}{path}{_query(match['query'] or '')}", name)


def _query(text: str) -> str:
    """The query parameters that mean the same on every server."""
    kept: list[str] = []
    for item in text.removeprefix("?").split("&"):
        name, sign, value = item.partition("=")
        if name.lower() == "sslmode":
            kept.append("sslmode=disable")
        elif name in ("user", "password"):
            kept.append(f"{name}={{{name}}}")
        elif sign and (not _SAFE.match(name) or value.lower() == "false"):
            kept.append(item)
    return "?" + "&".join(kept) if kept else ""
