"""The process that the container runs: its user, whether signals reach it, and what it waits for."""

import posixpath
import re
from collections.abc import Iterator

from genfile.container.ports import command_port
from genfile.data import framework
from genfile.data.systems import ends_at_once, is_of_root, is_official, leaves_root, must_start_as_root, starts_nothing
from genfile.dockerfile.edit import Edit
from genfile.practice.development import starts_in_development
from genfile.practice.proxy import listened
from genfile.practice.subject import Practice, Subject, Wrong

# Images whose default user is not root, by a word in their name or tag.
_NOT_ROOT = re.compile(r"unprivileged|nonroot|rootless|chiseled|distroless|chainguard|cgr\.dev|bitnami|ubi\d*/|scratch")
# A command that needs a shell, so it has no exec form.
_SHELL = re.compile(r"[$`\"'\\|&;<>(){}*?\[\]~#!]")
_HOST = r"(?P<host>[A-Za-z][A-Za-z0-9_.-]*)"
_WAITS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\bwait-for(?:-it)?(?:\.sh)?\s+(?:(?:-t|--timeout)[= ]\S+\s+)?(?:tcp://)?{_HOST}:\d+",
        rf"\bdockerize\b[^\n;&|]*?-wait[= ]\w+://{_HOST}(?::\d+)?",
        rf"\bwait-on\b[^\n;&|]*?(?:tcp|http|https):(?://)?{_HOST}:\d+",
        rf"\bnc\s+(?:-\w+\s+)*{_HOST}\s+\d+",
        rf"\bpg_isready\b[^\n;&|]*?\s-h\s*{_HOST}",
        rf"/dev/tcp/{_HOST}/\d+",
    )
)
_SHELLS = frozenset({"sh", "bash", "ash", "dash"})
_MANAGERS = frozenset({"npm", "pnpm", "yarn"})
_MAX_SCRIPT = 8_000
_HERE = re.compile(r"localhost|host\.docker\.internal|.*\.(?:com|net|org|io|dev|local|internal)", re.IGNORECASE)


def _shell(subject: Subject) -> Iterator[Wrong]:
    stage = subject.image.stage
    said = stage.entrypoint or stage.command
    if said is None or not isinstance(said.value, str):
        return
    text = said.value.strip()
    if not text or _becomes_the_program(text) or "\n" in text or _starts_no_service(subject):
        return
    item = subject.at(said.evidence.line)
    edits: tuple[Edit, ...] = ()
    if item is not None and not _SHELL.search(text) and "=" not in text.split()[0] and item.value.strip() == text:
        words = ", ".join(f'"{word}"' for word in text.split())
        edits = (Edit(item.line, item.end_line, f"{item.keyword} [{words}]"),)
    yield Wrong(
        "shell-form",
        said.evidence.line,
        "sh is process 1 here: SIGTERM may not reach the program, and it is killed after 10 s",
        'use the exec form: ["program", "argument"]',
        edits=edits,
    )


def _becomes_the_program(text: str) -> bool:
    """Whether the last command of a shell text takes the place of the shell."""
    return re.split(r"&&|\|\||;", text)[-1].strip().startswith("exec ")


def _signals(subject: Subject) -> Iterator[Wrong]:
    """A first process that is not the program: a shell, a script or a package manager."""
    stage = subject.image.stage
    said = stage.entrypoint or stage.command
    words = subject.image.words
    if said is None or isinstance(said.value, str) or not words or _starts_no_service(subject):
        return
    first = posixpath.basename(words[0])
    command = subject.image.command
    scripts = command.value.scripts if command is not None else ()
    what, fix = "", 'put exec before the program: exec "$@"'
    if first in _SHELLS and len(words) == 3 and words[1] == "-c":
        what = "" if _becomes_the_program(words[2]) or _is_compound(words[2]) else first
    elif first in _MANAGERS and "dev" not in " ".join(words[1:]):
        what, fix = first, "start the program that the script names"
    elif scripts and (manager := _hands_to_manager(subject, scripts[-1])):
        what, fix = manager, "start the program that the script names"
    elif scripts and _keeps_the_shell(subject, scripts[-1]):
        what = f"the shell of {posixpath.basename(scripts[-1])}"
    if what:
        line = (stage.command or said).evidence.line if first in _MANAGERS else said.evidence.line
        text = f"{what} is process 1 here: SIGTERM may not reach the program, and it is killed after 10 s"
        yield Wrong("signals-lost", line, text, fix)


def _is_compound(text: str) -> bool:
    """Whether a shell text is more than commands one after the other: what it ends with is unknown."""
    return "\n" in text or re.search(r"(?<!&)&(?!&)|\b(?:done|fi|esac|wait)\b|[^|]\|[^|]", text) is not None


def _lines_of(subject: Subject, path: str) -> list[str]:
    """The commands of a script of the build context, one a line; none where it is not started by a shell."""
    text = (subject.context.read(path) or "")[:_MAX_SCRIPT].replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return lines if text.startswith("#!") else []


def _hands_to_manager(subject: Subject, path: str) -> str:
    """The package manager that the last line of a script puts in the place of its shell; "" for anything else."""
    words = (_lines_of(subject, path) or [""])[-1].split()
    is_manager = words[:1] == ["exec"] and len(words) > 1 and words[1] in _MANAGERS
    return words[1] if is_manager and "dev" not in " ".join(words) else ""


def _keeps_the_shell(subject: Subject, path: str) -> bool:
    """Whether the last line of a script starts the program as a child of its shell."""
    lines = _lines_of(subject, path)
    if not lines or _is_compound(lines[-1]) or _becomes_the_program(lines[-1]):
        return False
    command = subject.image.command
    words = lines[-1].split()
    program = command.value.words[0] if command is not None and command.value.words else None
    return words[0] == program or words in (['"$@"'], ["$@"])


def _root(subject: Subject) -> Iterator[Wrong]:
    user = subject.image.user
    base = subject.lineage[-1]
    command = subject.image.command
    if command is not None and command.value.user not in (None, "root", "0"):
        # The project's own script drops root before it starts the program.
        return
    if command is not None and command.value.words and must_start_as_root(posixpath.basename(command.value.words[0])):
        return
    if user is None:
        if _NOT_ROOT.search(base.image) or not is_of_root(base.image):
            return
        yield Wrong(
            "runs-as-root",
            subject.image.stage.line,
            "the container runs as root",
            "add a USER with a number other than 0",
            "hint" if leaves_root(base.image) else None,
        )
    elif user.value.partition(":")[0] in ("root", "0"):
        yield Wrong("runs-as-root", user.evidence.line, "the container runs as root", "take another user, by number")


def _nothing(subject: Subject) -> Iterator[Wrong]:
    """A service's image without a command, on a base whose own command is a shell or a prompt; or with a command that
    ends without having served anything."""
    stage, base = subject.image.stage, subject.lineage[-1]
    said = stage.command or stage.entrypoint
    if said is None and subject.service is not None and starts_nothing(base.image):
        text = f"the image has no CMD: its container starts what {base.image} starts, and not the service"
        yield Wrong("nothing-started", stage.line, text, "name the command in CMD")
    elif said is not None and (what := _starts_no_service(subject)):
        text = f"the container starts {what}, and not the service"
        yield Wrong("nothing-started", said.evidence.line, text, "name the service's command in CMD")


def _starts_no_service(subject: Subject) -> str:
    """What the command of a service's image starts instead: a shell, a program that ends at once, or the build."""
    stage, service = subject.image.stage, subject.service
    words = [word for part in (stage.entrypoint, stage.command) if part is not None for word in _words(part.value)]
    if not words or (service is None and starts_nothing(subject.lineage[-1].image)):
        return ""
    name = posixpath.basename(words[0])
    if service is not None and name in _SHELLS and all(word in ("-l", "-i", "--login") for word in words[1:]):
        return "a shell"
    if ends_at_once(name) and is_official(subject.lineage[-1].image) and not _SHELL.search(" ".join(words)):
        return f"`{' '.join(words)[:60]}`, which ends at once"
    if service is not None and " ".join(words) in service.spec.build:
        return f"`{' '.join(words)[:60]}`, which builds and ends"
    return ""


def _words(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value.split()) if isinstance(value, str) else tuple(value)


def _port(subject: Subject) -> Iterator[Wrong]:
    """A port that the command or the code names, and the image does not."""
    stage = subject.image.stage
    said = stage.command or stage.entrypoint
    if stage.exposed:
        return
    for line, name, ports in listened(subject):
        if len(ports) == 1 and ports != ["80"]:
            text = f"no EXPOSE names the port: {name} has nginx listen on {ports[0]}"
            yield Wrong("port-undeclared", line, text, f"EXPOSE {ports[0]}")
            return
    if said is None:
        return
    command = subject.image.command
    number = command_port(command.value.text, command.value.assignments) if command is not None else None
    where = "the command listens on" if number is not None else ""
    if number is None:
        number, where = _port_of_code(subject)
    if number:
        text = f"no EXPOSE names the port: {where} {number}"
        yield Wrong("port-undeclared", said.evidence.line, text, f"EXPOSE {number}")


def _published(subject: Subject) -> Iterator[Wrong]:
    """The only port that a compose file publishes, where the program listens on another one."""
    command, stage = subject.image.command, subject.image.stage
    exposed = {said.value.number for said in stage.exposed}
    for path, item in subject.composed if command is not None else ():
        started = item.command or item.entrypoint
        if command is None or started is not None or len({said.value for said in item.ports}) != 1:
            continue
        number = command_port(command.value.text, command.value.assignments)
        asked = item.ports[0].value
        if number and asked != number and asked not in exposed - {number} and (not exposed or number in exposed):
            place = f"{path}:{item.ports[0].evidence.line}"
            text = f"{place} publishes port {asked} of the container, and the command listens on {number}"
            yield Wrong("port-published", command.evidence.line, text, f"publish {number}")
            return


def _port_of_code(subject: Subject) -> tuple[int | None, str]:
    """The port that the code names, or that its framework always has, and who says so."""
    service = subject.service
    fact = service.facts.get("/port") if service is not None else None
    site = service.spec.static if service is not None else None
    if site is not None and starts_in_development(subject):
        return site.development_port, "the server for development listens on"
    if service is None or fact is None or fact.guess or not fact.value or site is not None:
        return None, ""
    number = re.compile(rf"(?<!\d){fact.value}(?!\d)")
    for item in fact.evidence:
        if number.search(item.says):
            return fact.value, f"{item.path}:{item.line} has" if item.line else f"{item.path} has"
    known = framework(service.spec.language, service.spec.framework or "")
    # A server of its own, such as gunicorn, has another default than the framework.
    if service.spec.language == "python" or known is None or known.port != fact.value:
        return None, ""
    return fact.value, f"{service.spec.framework} listens on"


def _waits(subject: Subject) -> Iterator[Wrong]:
    if subject.hosts is None:
        return
    stage = subject.image.stage
    said = stage.command or stage.entrypoint
    command = subject.image.command
    texts = [" ".join(subject.image.words)[:_MAX_SCRIPT]]
    for path in command.value.scripts if command is not None else ():
        texts.append((subject.context.read(path) or "")[:_MAX_SCRIPT])
    seen: set[str] = set()
    for text in texts:
        code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
        for pattern in _WAITS:
            for match in pattern.finditer(code):
                host = match["host"]
                if host in seen or host in subject.hosts or _HERE.fullmatch(host):
                    continue
                seen.add(host)
                yield Wrong(
                    "waits-for-host",
                    said.evidence.line if said is not None else None,
                    f"the container waits for {host}, and no service of the project's compose files has that name",
                    "take the host from a variable",
                )


PRACTICES = (
    Practice(
        "shell-form",
        "In shell form the shell is process 1 and does not pass signals on.",
        "docs.docker.com/reference/build-checks/json-args-recommended",
        _shell,
        "hint",
    ),
    Practice(
        "signals-lost",
        "A shell, a script or a package manager as process 1 does not pass signals on to the program.",
        "github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#cmd",
        _signals,
        "hint",
    ),
    Practice(
        "runs-as-root",
        "Who breaks into a process that runs as root is root in the container.",
        "docs.docker.com/build/building/best-practices/#user",
        _root,
    ),
    Practice(
        "nothing-started",
        "An image that starts its service only with somebody's own command works nowhere else.",
        "docs.docker.com/reference/dockerfile/#cmd",
        _nothing,
        "hint",
    ),
    Practice(
        "port-undeclared",
        "Whoever runs an image looks at EXPOSE for its port, and so do tools that publish or route ports.",
        "docs.docker.com/reference/dockerfile/#expose",
        _port,
        "hint",
    ),
    Practice(
        "port-published",
        "A port that is published and that nothing listens on answers nobody.",
        "docs.docker.com/reference/compose-file/services/#ports",
        _published,
    ),
    Practice(
        "waits-for-host",
        "A program that waits for a host which nothing has never starts.",
        "docs.docker.com/compose/how-tos/networking/",
        _waits,
    ),
)
