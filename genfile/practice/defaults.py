"""Addresses of this machine in the code: of servers unless a variable is given, and in what a browser runs."""

import posixpath
import re
from collections.abc import Callable, Iterator

from genfile.data import backing_services
from genfile.detect.aside import NOT_SERVICES
from genfile.detect.node.public import PREFIXES
from genfile.image.loaded import reached
from genfile.practice.secrets import settings_sent, settings_shipped
from genfile.practice.subject import Subject, Wrong

_LOCAL = r"(?:localhost|127\.0\.0\.1)(?![\w.-])"
# A variable and its default, as code and files of settings write it: `getenv("X", "…")`, `env.X || "…"`, `${X:…}`.
_DEFAULT = re.compile(
    r"""(?P<name>[A-Z][A-Z0-9_]{2,})["']?[\])]?\s*(?:,\s*(?:default\s*=\s*)?|\|\||\?\?|:-?)\s*["'`]?"""
    rf"""(?P<scheme>(?:jdbc:)?[a-z][a-z0-9+]*://)?(?:[^\s"'`@/]*@)?{_LOCAL}"""
)
_READS = re.compile(r"(?i)env|config|\$\{")
_HOSTS = re.compile(r"_(?:HOST|HOSTNAME|ADDR|ADDRESS|SERVERS?|BROKERS?|URL|URI)$")
_WORDS = re.compile(r"[A-Z]+")
_SOURCES = (".py", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".go")
_SETTINGS = re.compile(r"application\.(?:properties|ya?ml)")
_COMMENT = re.compile(r"\s*(?:#|//|\*|/\*|<!--)")
ASIDE = NOT_SERVICES | {"vendor", "node_modules", "scripts", "cli", "notebooks", "migrations", "seeds", "public"}
# An address that a browser calls: in a call, or in a constant by its name; a default of generated code is replaced.
_PAGE = re.compile(
    r"""(?i:fetch|axios[\w.]*|\bio(?:\.connect)?|\.(?:get|post|put|patch|delete)|new\s+\w+|import\.meta\.env\S*|process\.env\S*"""
    r"""|(?:const|let|private|readonly|static)\s+\w*(?:url|api|host|endpoint|server|backend)\w*|\bbaseURL|\b\w*apiUrl)"""
    r"""(?:\s*:\s*string)?\s*(?:[(=:]|\|\||\?\?)\s*[^"'`;]*["'`](?:https?|wss?)://localhost:\d{2,5}(?=["'`/$])"""
)
_GENERATED = re.compile(r"(?i)(?:auto[- ]?|@)generated")
_PAGES = (".js", ".jsx", ".ts", ".tsx", ".vue", ".svelte", ".mjs")
_DEVELOPMENT = re.compile(
    r"NODE_ENV|\bDEV\b|\bPROD\b|(?i:hostname|development|console\.|mode\b|isdev|isprod|proxy|cors|usestate|placeholder)"
)
_PUBLIC = re.compile(rf"\b(?:{'|'.join(sorted({prefix for names in PREFIXES.values() for prefix in names}))})\w+")
_CONFIGURES = re.compile(
    r".*(?:\.config\.\w+|setupProxy\.\w+|\.d\.ts|(?:test|spec|mock|stor(?:y|ies))s?\.\w+|serviceWorker\.\w+)"
)
_OF_TESTS = re.compile(r"test|example|mock|fixture|\.(?:spec|stories)\.")
_HEAD = 600
_MAX_FILES = 300
_MAX_TEXT = 100_000
# Longer lines are made by tools.
_MAX_LINE = 1_000


def unless_given(subject: Subject) -> Iterator[Wrong]:
    """Servers that the program looks for on its own machine unless a variable says where they are."""
    said, service = subject.image.command, subject.service
    if said is None or service is None or service.spec.static is not None:
        return
    given = set(subject.image.environment)
    for _, _, values in settings_shipped(subject):
        given |= {name for name, value in values.items() if value}
    found: dict[str, str] = {}
    for path in _loaded(subject):
        lines = _lines(subject.context.read(path) or "")
        for number, line in enumerate(lines, 1):
            match = _DEFAULT.search(line) if "localhost" in line or "127.0.0.1" in line else None
            if (
                match is None
                or _COMMENT.match(line)
                or match["name"] in given | found.keys()
                or not _READS.search(line)
            ):
                continue
            if is_server(match["name"], match["scheme"]):
                found[match["name"]] = f"{posixpath.join(subject.context.root, path)}:{number}"
    if found:
        name, place = next(iter(found.items()))
        verb = "is" if len(found) == 1 else "are"
        names = f"{', '.join(list(found)[:3])}{' and others' if len(found) > 3 else ''}"
        text = f"unless {names} {verb} given, the program looks for a server in its own container: {place}"
        yield Wrong("address-of-itself", said.evidence.line, text, f"--env {name}=…", "hint")


def _lines(text: str) -> list[str]:
    return [line if len(line) <= _MAX_LINE else "" for line in text[:_MAX_TEXT].splitlines()]


def is_server(name: str, scheme: str | None) -> bool:
    """Whether an address is another server's: by its scheme, or a bare host by the name of its variable."""
    if scheme is not None:
        return not scheme.startswith(("http", "file"))
    services = backing_services()
    known = {word for item in services.values() for word in _WORDS.findall(item.variable)} | {"DB", "MQTT", "RABBITMQ"}
    known |= {key.upper() for key in services}
    known -= {"URL", "URI", "BROKERS", "SERVERS"}
    return _HOSTS.search(name) is not None and not known.isdisjoint(_WORDS.findall(name))


def _loaded(subject: Subject) -> list[str]:
    """The files that the program loads; where that is unknown, the sources of its folder that are sent."""
    modules = [source for _, source in reached(subject.built).modules]
    if modules:
        return modules[:_MAX_FILES]
    return list(own_files(subject, lambda name: name.endswith(_SOURCES) or _SETTINGS.fullmatch(name) is not None))


def own_files(subject: Subject, wanted: Callable[[str], bool]) -> Iterator[str]:
    """The service's files that are sent, but for those of tests and tools."""
    service = subject.service
    folder = posixpath.relpath(service.spec.path, subject.context.root or ".") if service is not None else "."
    if folder.startswith(".."):
        return
    count = 0
    for inner in sorted(subject.context.below(folder)):
        path = posixpath.normpath(posixpath.join(folder, inner))
        last = posixpath.basename(path)
        if wanted(last) and ASIDE.isdisjoint(inner.split("/")[:-1]) and not _OF_TESTS.search(last):
            count += 1
            if count > _MAX_FILES:
                return
            yield path


def in_pages(subject: Subject) -> Iterator[Wrong]:
    """Literal addresses of this machine in the sources of a front end, and defaults that no build argument changes."""
    service = subject.service
    is_site = service is not None and service.spec.static is not None and bool(service.spec.build)
    if service is None or not (is_site or service.spec.framework in PREFIXES):
        return
    given = given_to_build(subject)
    for path in own_files(subject, lambda name: name.endswith(_PAGES) and not _CONFIGURES.fullmatch(name)):
        text = (subject.context.read(path) or "")[:_MAX_TEXT]
        if "://localhost:" not in text or _GENERATED.search(text[:_HEAD]) or _is_replaced(subject, path):
            continue
        for number, around in _calls(text):
            names = list(dict.fromkeys(_PUBLIC.findall(around)))
            if not given.isdisjoint(names) if names else not is_site:
                # Without the variable of a page, a server with pages may call itself.
                continue
            place = f"{posixpath.join(subject.context.root, path)}:{number}"
            what = f"without {' or '.join(names)}, " if names else ""
            text = f"{what}the pages look for a server on the machine of their browser: {place}"
            fix = f"pass {names[0]} as a build argument" if names else "take the address from a variable"
            yield Wrong("address-of-itself", line_of_build(subject), text, fix, "hint")
            return


def _calls(text: str) -> Iterator[tuple[int, str]]:
    """The lines that call an address of this machine, each with those around it, but for those of development."""
    lines = _lines(text)
    for number, line in enumerate(lines, 1):
        around = "\n".join(lines[max(0, number - 3) : number + 1])
        called = "localhost" in line and _PAGE.search("\n".join(lines[max(0, number - 2) : number]))
        if called and not _COMMENT.match(line) and not _DEVELOPMENT.search(around):
            yield number, around


def calls_own_machine(text: str) -> int | None:
    """The first line of a page or its script that calls an address of this machine."""
    return next((number for number, _ in _calls(text)), None) if "://localhost:" in text else None


def line_of_build(subject: Subject) -> int:
    """The line of the step that builds the pages, or that of the first stage."""
    for stage in subject.built.needed:
        for item in subject.instructions(stage):
            if item.keyword == "RUN" and "build" in item.value:
                return item.line
    return subject.image.stage.line


def is_needed(subject: Subject, name: str) -> bool:
    """Whether the pages read a variable, and nowhere with a value in its place."""
    read = re.compile(rf"\.env\.{re.escape(name)}\b(?P<other>\s*[)}}]?\s*(?:\|\||\?|&&))?")
    found = []
    for path in own_files(subject, lambda last: last.endswith(_PAGES)):
        found += [match["other"] for match in read.finditer((subject.context.read(path) or "")[:_MAX_TEXT])]
    return bool(found) and not any(found)


def given_to_build(subject: Subject) -> set[str]:
    """The variables that the build has a value for: of ENV, of ARG, of files of settings, or that somebody passes."""
    found = {name for _, values in settings_sent(subject) for name, value in values.items() if value}
    arguments: set[str] = set()
    for stage in subject.image.needed():
        items = [item for item in subject.instructions(stage) if item.keyword in ("ARG", "ENV")]
        # What the Dockerfile itself names is another finding, be it the address of this machine.
        own = {name for item in items for name, value in item.pairs if value and "$" not in value}
        set_here = {name for name, value in stage.variables.items() if value and "$" not in value}
        found |= {name for name in set_here if name in own or not re.search(_LOCAL, stage.variables[name])}
        for item in items:
            arguments |= {word.partition("=")[0] for word in item.words} if item.keyword == "ARG" else set()
    for path in _of_builds(subject) if arguments else ():
        # Who passes the address of this machine, builds for it alone.
        lines = [line for line in _lines(subject.context.read_text(path) or "") if not re.search(_LOCAL, line)]
        text = "\n".join(lines)
        found |= {item for item in arguments if item in text}
    return found


def _of_builds(subject: Subject) -> list[str]:
    """The files of the tree that may build the image, in a bounded number."""
    return [
        posixpath.join(folder, name)
        for folder, names in subject.context.folders.items()
        for name in sorted(names)
        if name.endswith((".yml", ".yaml", ".sh", ".hcl")) or name in ("Makefile", "Jenkinsfile", "justfile")
    ][:_MAX_FILES]


def _is_replaced(subject: Subject, path: str) -> bool:
    """Whether the build for production takes another file in its place: Angular's `environment.prod.ts`."""
    stem, ending = posixpath.splitext(path)
    others = (f"{stem}.{word}{ending}" for word in ("prod", "production", "development"))
    return any(subject.context.is_file(other) for other in others) or stem.endswith((".dev", ".development", ".local"))
