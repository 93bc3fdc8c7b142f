"""Databases and other servers with an address that no variable sets: a literal loopback address in the code, which in a
container means the container itself, one in a file of settings, or none that is known."""

import itertools
import re
from collections.abc import Iterable, Iterator

from genfile.data import BackingService, backing_services
from genfile.detect.aside import NOT_SERVICES
from genfile.detect.connections import examples
from genfile.detect.meanings import WHOLE, database_schemes, means
from genfile.detect.paths import inside, relative
from genfile.detect.shared import leaves
from genfile.detect.tree import Project
from genfile.evidence import About, Draft, Evidence, Topic

_SOURCES = {
    "python": ("*.py",),
    "go": ("*.go",),
    "java": ("*.java", "*.kt", "persistence.xml", "hibernate.cfg.xml"),
    "node": ("*.js", "*.ts", "*.mjs", "*.cjs"),
}
# The developer's machine, as a container sees it.
HOST_MACHINE = "host.docker.internal"
MAX_FILES = 300
MAX_SETTINGS = 20
# How many lines above may begin the expression whose default is the address.
_ABOVE = 2
_LOCAL = r"(?:localhost|127\.0\.0\.1)(?![\w.-])"
# After `>` in XML.
_URL = re.compile(rf"""["'`>](?:jdbc:|r2dbc:)?([a-z][a-z0-9]*)(?:\+[\w.]+)?://(?:[^@/\s"'`]*@)?{_LOCAL}""")
# Any other server: an address of HTTP may be that of a page, a link or an origin.
_OTHER = re.compile(
    rf"""["'`]((?!https?:|wss?:)[a-z][a-z0-9+.-]*)://(?:[^@/\s"'`]*@)?({_LOCAL}:\d{{2,5}})(?!\d)[^"'`$]*["'`]"""
)
_LISTENS = re.compile(r"(?i)\bbind|listen|serve")
# libpq's words: host=localhost user=me dbname=shop.
_WORDS = re.compile(rf"""["'`](?=[^"'`]*\bhost\s*=\s*{_LOCAL})(?=[^"'`]*\b(?:dbname|user)\s*=)""")
# The same without a host, which means this machine.
_HOSTLESS = re.compile(r"""["'`](?=[^"'`]*\bdbname\s*=)(?=[^"'`]*\b(?:user|password)\s*=)[^"'`]*["'`]""")
_SAYS_HOST = re.compile(r"(?i)host|\bservice\s*=|socket|\.ConnectionString")
# `Addr: "localhost:6379"`: the port tells which server it is.
_AT_PORT = re.compile(r"""["'`](?:localhost|127\.0\.0\.1):(\d{2,5})["'`]""")
# In a file of settings: `store: postgres://me@localhost/shop`, `cache: localhost:6379`.
_SET = re.compile(
    rf"""[:=]\s*["']?(?:([a-z][a-z0-9]*)://(?:[^@/\s"']*@)?{_LOCAL}|(?:localhost|127\.0\.0\.1):(\d{{2,5}})\b)"""
)
# The example value of a variable with the host of a server: `SMTP_HOST=localhost`, `MQTT_URL=mqtt://localhost`.
_HERE = re.compile(rf"(?:(?!https?:|wss?:)[a-z][a-z0-9+.-]*://)?(?:[^@/\s]*@)?{_LOCAL}(?::\d+)?(?:/\S*)?")
_LOCALHOST = re.compile(_LOCAL)
_SERVERS = frozenset("host hostname server addr address broker brokers endpoint uri url".split())
# Words in the names of those that say where the program itself is.
_OWN = frozenset("app api server http web listen bind host public allowed site own self debug dev vite next".split())
_DEFAULT = re.compile(r"(?i)default|example")
_OVERRIDES = re.compile(r"\b(?:AutomaticEnv|BindEnv|ExpandEnv|Expand)\(")
_GO = re.compile(rf"@tcp\({_LOCAL}")
# Django's form: the engine, then the host.
_ENGINE = re.compile(r"""["']ENGINE["']\s*:\s*["'][\w.]*\.(\w+)["']""")
_HOST = re.compile(rf"""["']HOST["']\s*:\s*["']{_LOCAL}["']""")
# What makes a line worth a closer look.
_MARKS = re.compile(r"localhost|127\.0\.0\.1|ENGINE|dbname")
_FROM_OUTSIDE = re.compile(r"(?i)env|config\s*[(.\[]|flags?(?:\(\))?\.|setdefault|viper|default\s*[=(:]")
# A file that reads such an address from the environment only has a default.
_ASKS = re.compile(
    r"\bBaseSettings\b|@ConfigurationProperties\b|(?i:(?:getenv|environ(?:\.get)?|lookupenv|process\.env|env\.get)\W{1,3}\w*(?:URL|URI|DSN|HOST|ADDR|DATABASE|DB))"
)
COMMENT = re.compile(r"\s*(?:#|//|\*|/\*|<!--)")
_ASIDE = NOT_SERVICES | {"migrations", "node_modules", "dist", "build", "target", "vendor", "seeders", "seeds"}


def tell_of_own_machine(folder: Project, draft: Draft) -> None:
    """Note the first such address of each database that no variable sets, and give it no variables; then the databases
    that have none all the same."""
    known = backing_services()
    listed = draft.values.get("connections", [])
    read = {item["name"] for item in draft.values.get("environment", [])}
    # What a framework reads by itself is another word for the same; what a client may read is not.
    by_itself = {name for item in known.values() for name in (item.variable, *item.unnamed)}
    told = {item["service"] for item in listed if item["variable"] in read or item["variable"] not in by_itself}
    _tell_of_others(folder, draft)
    _lead_examples(folder, draft)
    wanted = {name: known[name].schemes for name in draft.values.get("backing_services", ()) if name not in told}
    every = {name: known[name].schemes for name in draft.values.get("backing_services", ()) if name in known}
    if not every:
        return
    ports = {known[name].port: name for name in wanted}
    found = itertools.chain(
        _addresses(folder, str(draft.values.get("language")), ports),
        _in_settings(folder, draft.values.get("assets", ()), ports),
    )
    for scheme, says in found:
        service = next((name for name, schemes in wanted.items() if scheme in schemes or scheme == name), None)
        if service is not None:
            del wanted[service]
            _leave_alone(draft, service)
            text = (
                f"{says}: the address of {service} is hard-coded to this machine, which is the container itself at "
                "run time: read the address from an environment variable"
            )
            draft.note("warning", text, says.path, says.line, About(Topic.ADDRESS_FIXED))
            continue
        service = next((name for name in sorted(told) if scheme in every.get(name, ()) or scheme == name), None)
        if service is not None and _tell_beside(folder, draft, known[service], says):
            told.discard(service)
    given = {item["service"] for item in draft.values.get("connections", ())}
    for name in [name for name in wanted if name not in given]:
        _tell_of_no_variable(folder, draft, name)


def _tell_beside(folder: Project, draft: Draft, service: BackingService, says: Evidence) -> bool:
    """Tell of such an address of a database that variables lead to elsewhere in the code, and set the variable that its
    client takes instead, where it has one; whether there was something to tell."""
    line = (folder.tree.text(says.path) or "").splitlines()[(says.line or 1) - 1]
    # A persistence unit is only for those who open it: a framework has settings of its own. What Django has there, the
    # variable replaces.
    if _HOST.search(line) is not None:
        return False
    if _LOCALHOST.search(line) is None or _DEFAULT.search(line) is not None or says.path.endswith(".xml"):
        return False
    text = f"{says}: the address of {service.name} is hard-coded to this machine, which is the container itself at"
    text += " run time"
    instead = _instead(service, line)
    if instead is None:
        draft.note("warning", f"{text}: read the address from an environment variable", says.path, says.line)
        return True
    name, form = instead
    listed = draft.values.get("connections", [])
    if all(item["variable"] != name for item in listed):
        draft.values["connections"] = [*listed, {"variable": name, "service": service.name, "form": form}]
    text += f"; Celery takes {name} instead, which compose.yaml sets: set it wherever else the container runs"
    draft.note("warning", text, says.path, says.line)
    return True


def _instead(service: BackingService, line: str) -> tuple[str, str] | None:
    """The variable that Celery takes in place of an address in the code, whatever says that, with its form. Source:
    celery.app.utils.Settings."""
    for option, name in (("broker", "CELERY_BROKER_URL"), ("backend", "CELERY_RESULT_BACKEND")):
        if re.search(rf"(?i)(?:\b|_){option}(?:_url)?\b[\"']?\s*[=:]", line):
            forms = (item["variables"].get(name) for item in service.clients if "celery" in item["needs"])
            return next(((name, form) for form in forms if form), None)
    return None


def _tell_of_others(folder: Project, draft: Draft) -> None:
    """Note the first such address of a server that is no database."""
    for path, number, line, settled in _lines(folder, str(draft.values.get("language"))):
        match = _OTHER.search(line) if settled else None
        if match is not None and match[1] not in database_schemes() and not _LISTENS.search(line):
            says = folder.says(path, number, f"{match[1]}://{match[2]}")
            text = f"{says}: the address of this server is hard-coded to this machine, which is the container itself at"
            mend = "read the address from an environment variable"
            draft.note("warning", f"{text} run time: {mend}", says.path, says.line)
            return


def _lead_examples(folder: Project, draft: Draft) -> None:
    """Lead the variables of other servers whose example value is this machine, and which a copy in `.env` would pass
    on, to the developer's machine as a container sees it, with a note. The address of a page, and where the program
    itself listens, are another matter."""
    taken = {item["variable"] for item in (*draft.values.get("connections", ()), *draft.values.get("addresses", ()))}
    handed = {
        item["name"]: item
        for item in draft.values.get("environment", ())
        if item.get("phase", "run") == "run" and item.get("value") is None and item["name"] not in taken
    }
    named: dict[str, tuple[str, Evidence]] = {}
    for name, text, says in examples(folder) if handed else ():
        words = name.lower().split("_")
        if name in handed and words[-1] in _SERVERS and _OWN.isdisjoint(words[:-1]) and _HERE.fullmatch(text.strip()):
            named.setdefault(name, (text.strip(), says))
    # Alone, `HOST` is where the program listens.
    names = [name for name in named if "_" in name]
    if not names:
        return
    for name in names:
        if not (handed[name].get("fallback") or handed[name].get("secret")):
            handed[name]["default"] = _LOCALHOST.sub(HOST_MACHINE, named[name][0], count=1)
    says, one = named[names[0]][1], len(names) == 1
    text = (
        f"{says.path}: {', '.join(names)} {'is' if one else 'are'} localhost there, which is the container itself at "
        f"run time; compose.yaml has {HOST_MACHINE} instead, which is your machine: set {'it' if one else 'them'} to a "
        "host that the container reaches"
    )
    draft.note("info", text, says.path, says.line)


def _tell_of_no_variable(folder: Project, draft: Draft, name: str) -> None:
    """Note where the address of a database is in the settings that the image has, or else that none is known."""
    says = _key_in_settings(folder, draft.values.get("assets", ()), backing_services()[name])
    if says is not None:
        text = f"{says}: the address of {name} is in this file, where compose can't change it; read it from an"
        draft.note("warning", f"{text} environment variable", says.path, says.line, About(Topic.ADDRESS_FIXED))
        return
    fact = draft.evidence["/backing_services"]
    says = dict(zip(fact.value, fact.evidence, strict=False)).get(name)
    if says is not None:
        text = f"{says}: found no variable with the address of {name}, so compose sets none; read the address from an"
        draft.note("info", f"{text} environment variable", says.path, says.line)


def _key_in_settings(folder: Project, assets: Iterable[str], service: BackingService) -> Evidence | None:
    """The key of an address in a YAML file that a Go program opens: `db.host: postgres`."""
    from genfile.parsers.addresses import read_address

    for path in _settings(folder, assets):
        document = folder.toml(path) if path.endswith(".toml") else folder.yaml(path)
        for key, value in leaves(document.value) if document is not None else ():
            whole = isinstance(value, str) and value and means(".".join(key), service) in WHOLE
            address = read_address(value) if whole else None
            own = address is None or not address.scheme or address.scheme in service.schemes
            if document is not None and whole and own:
                return folder.says(path, document.line(*key), ".".join(key))
    return None


def _settings(folder: Project, assets: Iterable[str]) -> list[str]:
    """The YAML and TOML files that a Go program opens, alone or in a folder."""
    own = [relative(path, folder.path) for path in assets if inside(path, folder.path)]
    found = [name for path in own for name in ([path] if folder.has(path) else folder.files(below=path, depth=1))]
    return [name for name in found if name.endswith((".yml", ".yaml", ".toml"))][:MAX_SETTINGS]


def _leave_alone(draft: Draft, service: str) -> None:
    """Take back the variables of a database, which the program does not read."""
    left = [item for item in draft.values.get("connections", []) if item["service"] != service]
    draft.values["connections"] = left
    if not left:
        draft.evidence.pop("/connections", None)


def _addresses(folder: Project, language: str, ports: dict[int, str]) -> Iterator[tuple[str, Evidence]]:
    """The schemes of literal loopback addresses of databases, with their lines; ``ports``: the databases by their
    ports."""
    engine, file = "", ""
    for path, number, line, settled in _lines(folder, language):
        engine, file = (engine if path == file else ""), path
        engine = match[1] if (match := _ENGINE.search(line)) is not None else engine
        scheme = _scheme(line, engine) if settled else None
        placed = _AT_PORT.search(line) if settled and scheme is None and not _LISTENS.search(line) else None
        scheme = ports.get(int(placed[1])) if placed is not None else scheme
        if scheme:
            yield scheme, folder.says(path, number, "localhost")
        elif settled and _HOSTLESS.search(line) is not None and _is_hostless(folder, path, number):
            yield "postgresql", folder.says(path, number, "no host")


def _is_hostless(folder: Project, path: str, number: int) -> bool:
    """Whether no line near an address says a host, which may be put together of parts."""
    near = (folder.text(path) or "").splitlines()[max(0, number - 1 - _ABOVE) : number + _ABOVE]
    return _SAYS_HOST.search("\n".join(near)) is None


def _lines(folder: Project, language: str) -> Iterator[tuple[str, int, str, bool]]:
    """The lines of code that have a loopback address or an engine, in files that don't ask for an address from
    outside; each with whether it is more than the default of an expression."""
    for path, text in code_files(folder, language):
        if all(word not in text for word in ("localhost", "127.0.0.1", "dbname")) or _ASKS.search(text):
            continue
        lines = text.splitlines()
        for number, line in enumerate(lines, 1):
            if _MARKS.search(line) is not None and not COMMENT.match(line):
                above = "\n".join(lines[max(0, number - 1 - _ABOVE) : number])
                yield path, number, line, not _FROM_OUTSIDE.search(above)


def code_files(folder: Project, language: str) -> Iterator[tuple[str, str]]:
    """The source files of a service with their texts, without tests, examples and migrations."""
    names = itertools.chain.from_iterable(folder.files(pattern) for pattern in _SOURCES.get(language, ()))
    # Below src/main are packages: `org.example`.
    own = (
        name
        for name in names
        if _ASIDE.isdisjoint(name.partition("src/main/")[0].split("/")[:-1]) and "test" not in name.rpartition("/")[2]
    )
    for path in itertools.islice(own, MAX_FILES):
        yield path, folder.text(path) or ""


def _in_settings(folder: Project, assets: Iterable[str], ports: dict[int, str]) -> Iterator[tuple[str, Evidence]]:
    """As `_addresses`, for the YAML and TOML files that a Go program opens, unless variables override what they say;
    ``ports``: the databases by their ports."""
    files = _settings(folder, assets)
    if not files or any(_OVERRIDES.search(folder.text(name) or "") for name in folder.files("*.go")):
        return
    for path in files:
        for number, line in enumerate((folder.text(path) or "").splitlines(), 1):
            match = _SET.search(line)
            scheme = (match[1] or ports.get(int(match[2] or 0))) if match is not None else None
            if scheme and "${" not in line and not COMMENT.match(line):
                yield scheme, folder.says(path, number, "localhost")


def _scheme(line: str, engine: str) -> str | None:
    match = _URL.search(line)
    if match is not None:
        return match[1]
    if _GO.search(line) is not None:
        return "mysql"
    if _WORDS.search(line) is not None:
        return "postgresql"
    return engine.removesuffix("_psycopg2") or None if _HOST.search(line) is not None else None
