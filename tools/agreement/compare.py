"""Each field of a Dockerfile against the service that genfile finds without it."""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from genfile.container.ports import command_port
from genfile.container.stages import lineage
from genfile.data import known_programs, load_table, runtime
from genfile.data.families import package_names
from genfile.detect.hosting.images import IMAGES, image_pin
from genfile.detect.inspection import InspectedService
from genfile.detect.tree import Tree
from genfile.evidence import Evidence, Fact
from genfile.spec.go import GoService
from genfile.spec.java import JavaService
from genfile.versions import satisfies
from tools.agreement.model import Compared, Verdict, Written
from tools.agreement.program import Program, go_package, program, same, scripts_of
from tools.agreement.written import runtime_of

_WEB_SERVERS = frozenset("nginx httpd caddy nginx-unprivileged apache lighttpd static-web-server openresty".split())
# What a Dockerfile installs for itself: to download, to check, to be looked into.
_OWN_NEEDS = frozenset(
    "curl wget ca-certificates bash tini dumb-init tzdata netcat netcat-openbsd netcat-traditional procps gosu su-exec "
    "vim nano less htop sudo locales gnupg gnupg2 lsb-release apt-transport-https software-properties-common nodejs "
    "npm build-essential ninja-build cmake unzip wait-for-it binutils openssl jq dos2unix xz-utils gettext build-base "
    "git libc6-compat shadow nginx supervisor iputils-ping".split()
)
_NOT_DATA = frozenset("node_modules dist build .next .venv venv bin src scripts entrypoint.sh public .cache".split())


@dataclass(frozen=True)
class Answer:
    """A verdict with both sides as text, and where each is said."""

    verdict: Verdict
    written: str = ""
    found: str = ""
    written_at: str = ""
    found_at: str = ""
    reason: str = ""


def _unclear(reason: str, **sides: str) -> Answer:
    return Answer("not comparable", reason=reason, **sides)


def _verdict(good: bool) -> Verdict:
    return "agree" if good else "differ"


@dataclass
class Comparison:
    """A Dockerfile beside the service that was found in the tree without it."""

    written: Written
    service: InspectedService
    tree: Tree
    fields: dict[str, Callable[[], Answer]] = field(init=False)

    def __post_init__(self) -> None:
        self.fields = {
            "start": self.start,
            "port": self.port,
            "version": self.version,
            "packages": self.packages,
            "folders": self.folders,
        }

    def all(self, repository: str) -> Iterator[Compared]:
        for name, compare in self.fields.items():
            answer = compare()
            yield Compared(
                repository,
                self.written.path,
                self.service.spec.path,
                self.written.language,
                name,
                answer.verdict,
                answer.written,
                answer.found,
                answer.written_at,
                answer.found_at,
                answer.reason,
            )

    def _at(self, pointer: str) -> str:
        fact = self.service.facts.get(pointer)
        return place(fact.evidence[0]) if fact is not None and fact.evidence else ""

    # What runs.

    def start(self) -> Answer:
        spec = self.service.spec
        command = self.written.image.command
        at = place(command.evidence) if command is not None else self.written.path
        sides = {"written_at": at, "found_at": self._at("/start") or self._at("/static/root")}
        if self.is_site:
            good = spec.static is not None
            return Answer(_verdict(good), "a web server's files", "static" if good else " ".join(spec.start), **sides)
        sides["written"] = command.value.text if command is not None else ""
        if spec.static is not None:
            said = self.written_program()
            sides["found"] = f"static {spec.static.root}"
            return Answer(_verdict(said is not None and said.kind == "site"), **sides)
        if isinstance(spec, GoService):
            return self._go_start(spec, sides)
        sides["found"] = " ".join(spec.start)
        if isinstance(spec, JavaService):
            found: Program | None = Program("war" if spec.layout == "war" else "jar", spec.main_class or "")
        else:
            found = program(spec.start, self._scripts(spec.path), {})
        said = self.written_program()
        if said is None:
            return _unclear("what the Dockerfile starts can't be seen", **sides)
        if found is None:
            return Answer("differ", reason="genfile gives no start command", **sides)
        good = same(said, found, spec.framework) or self._hands_over(said, found)
        return Answer(_verdict(good), reason=f"{said} / {found}", **sides)

    def _hands_over(self, said: Program, found: Program) -> bool:
        """Whether the file that the Dockerfile starts imports the application that genfile starts."""
        if (said.kind, found.kind) != ("module", "module"):
            return False
        name = posixpath.normpath(posixpath.join(self.service.spec.path, said.name.replace(".", "/") + ".py"))
        text = self.tree.text(name) or "" if name in self.tree.paths else ""
        module, item = re.escape(found.name), found.object or r"\w+"
        return re.search(rf"^\s*from {module} import .*\b{item}\b|[\"']{module}:{item}[\"']", text, re.M) is not None

    @property
    def is_site(self) -> bool:
        image = self.written.image
        base = re.split(r"[:@]", lineage(image.stages, image.stage)[-1].image.rsplit("/", 1)[-1])[0]
        return bool(set(re.split(r"[^a-z]+", base)) & _WEB_SERVERS) or base in _WEB_SERVERS

    def written_program(self) -> Program | None:
        image = self.written.image
        if image.command is None:
            final = lineage(image.stages, image.stage)[-1].image
            return Program("war") if "tomcat" in final else None
        command = image.command.value
        values = {name: said.value for name, said in image.environment.items()} | dict(command.assignments)
        place_ = posixpath.join(image.folder, command.folder or "")
        words = tuple(
            self._in_service(re.sub(r"\$\{?(\w+)\}?", lambda match: values.get(match[1], match[0]), word), place_)
            for word in command.words
        )
        folders = [posixpath.normpath(posixpath.join(self.written.context, p)) for p in image.from_context(place_)]
        scripts = next((found for folder in folders if (found := self._scripts(folder))), None)
        said = program(words, scripts or self._scripts(self.written.folder), values)
        unread = said is not None and said.kind == "command" and self._is_copied(posixpath.join(place_, words[0]))
        return None if unread else said

    def _in_service(self, word: str, home: str) -> str:
        """A path of the image as the service's folder has it, where it has it."""
        if word.startswith("-") or not re.search(r"/|\.(?:py|[cm]?[jt]s)$", word):
            return word
        own = "" if self.service.spec.path == "." else self.service.spec.path + "/"
        for source in self.written.image.from_context(posixpath.join(home, word)):
            full = posixpath.normpath(posixpath.join(self.written.context, source))
            if full.startswith(own):
                return full.removeprefix(own)
        return word

    def _scripts(self, folder: str) -> dict[str, str]:
        path = posixpath.normpath(posixpath.join(folder, "package.json"))
        return scripts_of(self.tree.text(path)) if path in self.tree.paths else {}

    def _go_start(self, spec: GoService, sides: dict[str, str]) -> Answer:
        own = posixpath.normpath(posixpath.join(spec.path, spec.main_package))
        sides["found"] = sides["written"] = ""
        built = list(dict.fromkeys(self.go_packages()))
        sides |= {"written": ", ".join(built), "found": own}
        good = any(item == own or item.endswith("/" + own) for item in built)
        if not good and not any(item == "." or item in self.tree.folders for item in built):
            return _unclear("the package that is built can't be seen", **sides)
        return Answer(_verdict(good), **sides)

    def go_packages(self) -> Iterator[str]:
        image = self.written.image
        for stage in image.needed():
            if runtime_of(lineage(image.stages, stage)[-1].image) != "go":
                continue
            runs = [said.value for said in stage.runs]
            if stage.index == image.stage.index and image.command is not None:
                runs.append(image.command.value.text)
            for text in runs:
                for folder, name in go_package(text):
                    if "..." in name or "$" in name:
                        continue
                    target = posixpath.dirname(name) or "." if name.endswith(".go") else name
                    inside = posixpath.normpath(posixpath.join(stage.folder, folder, target))
                    yield self._in_tree(inside)

    def _in_tree(self, inside: str) -> str:
        """The folder of the tree that a folder of the image is, where the tree has it."""
        image = self.written.image
        for stage in image.needed():
            for source in _sources(image, stage, inside):
                full = posixpath.normpath(posixpath.join(self.written.context, source))
                if full == "." or full in self.tree.folders:
                    return full
        return inside

    # Where it listens.

    def port(self) -> Answer:
        spec = self.service.spec
        if spec.static is not None or self.is_site:
            return _unclear("a site: the web server's own port")
        ports = [said for said in self.written.image.ports if said.value.role == "web" and said.value.protocol == "tcp"]
        if not ports:
            return _unclear("the Dockerfile names no port")
        numbers = [said.value.number for said in ports]
        sides = {
            "written": ", ".join(map(str, numbers)),
            "found": str(spec.port) if spec.port is not None else "none",
            "written_at": place(ports[0].evidence),
            "found_at": self._at("/port"),
        }
        command = self.written.image.command
        if command is not None and command_port(command.value.text, command.value.assignments) in numbers:
            return _unclear("the Dockerfile's own command sets it", **sides)
        if self.written.environment.get(spec.port_variable or "", "") in [str(number) for number in numbers]:
            return Answer("agree", reason=f"the image sets {spec.port_variable}, which genfile knows", **sides)
        return Answer(_verdict(spec.port in numbers), **sides)

    # What it runs on.

    def version(self) -> Answer:
        language, image, spec = self.written.language, self.written.image, self.service.spec
        roots = [lineage(image.stages, stage)[-1] for stage in image.needed()]
        pins = [(pin, root) for root in roots if (pin := image_pin(root.image, language, IMAGES[language])) is not None]
        if not pins:
            return _unclear("no base image names a version")
        line, at = pins[0][0].line, f"{self.written.path}:{pins[0][1].line}"
        fact = self.service.facts.get("/runtime/version")
        found = spec.runtime.version if spec.runtime is not None else ""
        sides = {"written": line, "found": found, "written_at": at, "found_at": self._at("/runtime/version")}
        if fact is None or fact.guess or not fact.evidence:
            return _unclear("nothing else in the tree names a version", **sides)
        known = runtime(language).line(line)
        if known is None or known.over:
            return _unclear("past its end of life", **sides)
        if line == found:
            return Answer("agree", **sides)
        if _fits(language, line, fact):
            return Answer("agree", reason="both fit what the project asks for", **sides)
        return Answer("differ", reason=fact.evidence[0].says, **sides)

    # What it needs beside it.

    def packages(self) -> Answer:
        alpines = package_names("alpine").items()
        names = {word: name for name, text in alpines if text for word in text.split()} | known_programs()
        table = load_table("packages")
        build = {name for group in table.values() for item in group.values() if isinstance(item, dict)
                 for name in item.get("build", ())}  # fmt: skip
        alpine = any(
            said.value.lstrip().startswith("apk") or " apk " in said.value for said in self.written.image.stage.runs
        )
        wanted: dict[str, Evidence] = {}
        for said in self.written.image.packages:
            name = names.get(said.value, "" if alpine else said.value)
            if name and name not in build | _OWN_NEEDS and said.value not in _OWN_NEEDS | build and not _builds(name):
                wanted[name] = said.evidence
        own = set(self.service.spec.system_packages.run)
        sides = {"written": ", ".join(wanted), "found": ", ".join(sorted(own))}
        if not wanted:
            return _unclear("no package of the final stage can be compared", **sides)
        sides |= {"written_at": place(next(iter(wanted.values()))), "found_at": self._at("/system_packages/run")}
        missing = [name for name in wanted if not any(_is_package(name, item) for item in own)]
        reason = f"missing: {', '.join(missing)}" if missing else ""
        return Answer(_verdict(not missing), reason=reason, **sides)

    def _is_copied(self, path: str) -> bool:
        """Whether a path of the image was copied there, from the context or a stage: `chmod +x /entrypoint`."""
        image = self.written.image
        into = {said.value.target for stage in image.needed() for said in stage.copies if said.value.source != "."}
        places = [posixpath.normpath(posixpath.join(self.written.context, item)) for item in image.from_context(path)]
        return any(item in self.tree.paths for item in places) or path in into

    def folders(self) -> Answer:
        image, spec = self.written.image, self.service.spec
        said = {
            item.value: item.evidence
            for item in (*image.folders, *image.volumes)
            if not self._is_copied(posixpath.normpath(item.value))
            and not ("chmod +x" in item.evidence.says and "mkdir" not in item.evidence.says)
        }
        homes = {posixpath.normpath(stage.folder) for stage in image.needed()}
        asked = {
            name: says for path, says in said.items() if (name := _data_folder(path, homes, image.folder)) is not None
        }
        own = [*spec.writable, *spec.volumes, *([spec.data] if spec.data else [])]
        inner = [posixpath.relpath(item, spec.path) if not item.startswith("/") else item for item in own]
        sides = {"written": ", ".join(asked), "found": ", ".join(inner)}
        if not asked:
            return _unclear("the Dockerfile makes no folder for data", **sides)
        sides |= {"written_at": place(next(iter(asked.values()))), "found_at": self._at("/writable")}
        missing = [name for name in asked if not any(_covers(item, name) for item in inner)]
        reason = f"missing: {', '.join(missing)}" if missing else ""
        return Answer(_verdict(not missing), reason=reason, **sides)


def _sources(image: object, stage: object, path: str) -> Iterator[str]:
    from genfile.container import Image
    from genfile.container.model import FinishedStage
    from genfile.container.paths import context_paths

    assert isinstance(image, Image)
    assert isinstance(stage, FinishedStage)
    yield from context_paths(image.stages, stage, path)


def place(evidence: Evidence) -> str:
    return evidence.path if evidence.line is None else f"{evidence.path}:{evidence.line}"


def _fits(language: str, line: str, fact: Fact[object]) -> bool:
    """Whether a line is one that the project's own words allow: within a range, at or above a floor."""
    says = fact.evidence[0].says
    if language in ("go", "java"):
        numbers = re.findall(r"\d+(?:\.\d+)*", says)
        named = numbers[-1].removeprefix("1.") if language == "java" and numbers else (numbers or [""])[-1]
        return bool(named) and satisfies(line, named, "floor")
    bound = re.search(r"works with Python up to (\d+\.\d+)", says)
    if bound is not None:
        return satisfies(bound[1], line, "floor")
    match = re.search(r"[\^~<>=!*x\d][^\"']*$", says)
    if match is None or not re.search(r"[\^~<>*x|]", match[0]):
        return False
    return satisfies(line, match[0].strip(), "npm" if language == "node" else "pep440")


def _builds(name: str) -> bool:
    return name.endswith(("-dev", "-devel", "-headers")) or name.startswith(("gcc", "g++", "clang", "python3"))


def _is_package(asked: str, own: str) -> bool:
    """Whether a package is one that is meant: names differ by release (`libglib2.0-0t64`) and by parts."""
    return own.removesuffix("t64") == asked.removesuffix("t64") or own.startswith(asked + "-")


def _data_folder(path: str, homes: set[str], home: str) -> str | None:
    """A folder that a program may keep something in: relative to where it is started, or absolute elsewhere."""
    clean = posixpath.normpath(path)
    if "$" in clean or not clean.startswith("/") or clean in homes or any(item.startswith(clean) for item in homes):
        return None
    base = home.rstrip("/") + "/"
    if home != "/" and clean.startswith(base):
        inner = clean[len(base) :]
        return None if inner.split("/")[-1] in _NOT_DATA or "." in inner.split("/")[-1][1:] else inner
    first = clean.split("/")[1]
    system = "tmp etc usr bin sbin lib proc sys dev root home var run opt app".split()
    is_script = "." in clean.rsplit("/", 1)[-1]
    return None if is_script or (first in system and not clean.startswith("/var/lib/")) else clean


def _covers(own: str, asked: str) -> bool:
    return own == "." or asked == own or asked.startswith(own.rstrip("/") + "/") or own.startswith(asked + "/")
