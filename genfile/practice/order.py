"""The order of layers: what rarely changes comes before the sources, which change all the time."""

import posixpath
import re
from collections.abc import Iterator, Mapping

from genfile.container.packages import installed
from genfile.detect.node.public import PUBLIC_PREFIXES
from genfile.dockerfile.model import Instruction
from genfile.image.files import Answer
from genfile.image.stage import RunStep, StageState
from genfile.parsers.data import parse_json, parse_toml
from genfile.parsers.requirements import parse_requirements
from genfile.practice.subject import Practice, Subject, Wrong

# Programs that download a project's dependencies while they build it, by the words that make them build.
_BUILDS: Mapping[str, frozenset[str]] = {
    "go": frozenset({"build", "install", "run", "test", "generate"}),
    "mvn": frozenset({"package", "install", "verify", "compile"}),
    "gradle": frozenset({"build", "assemble", "bootJar", "shadowJar", "installDist", "jar"}),
    "cargo": frozenset({"build", "install"}),
    "dotnet": frozenset({"restore", "build", "publish"}),
}
_WRAPPERS = {"mvnw": "mvn", "gradlew": "gradle"}
_MANIFESTS = {"go": "go.mod", "mvn": "pom.xml", "gradle": "build.gradle", "cargo": "Cargo.toml", "dotnet": ""}
_LIFECYCLE = ("preinstall", "install", "postinstall", "prepare")
# Folders of a program's sources, whatever the program.
_FOLDERS = frozenset({"src", "app", "pages", "components", "public"})
_PROGRAM = (".js", ".mjs", ".ts", ".jsx", ".tsx", ".html", ".css")
_MAX_COMMAND = 8_000


def _order(subject: Subject) -> Iterator[Wrong]:
    for stage in subject.built.needed:
        whole = next((item for item in subject.instructions(stage) if _copies_all(item)), None)
        late = _installs_late(subject, stage, whole) if whole is not None else None
        late = late or _listed_late(subject, stage) or _files_early(subject, stage) or _itself_late(subject, stage)
        if late is not None:
            yield late
        else:
            yield from _builds_late(subject, stage)
        yield from _settings_early(subject, stage)
        yield from _packages_late(subject, stage, whole) if whole is not None else ()


def _installs_late(subject: Subject, stage: StageState, whole: Instruction) -> Wrong | None:
    lines = [item for where, item in subject.installations if where is stage]
    if not lines or lines[0].step.line < whole.line:
        return None
    first = next((item for item in lines if item.step.line > whole.line), None)
    if first is None:
        return None
    return _late(whole, first.text, "reinstalls the dependencies")


def _listed_late(subject: Subject, stage: StageState) -> Wrong | None:
    """An installation of a plain list of requirements, which needs no source, after folders of sources."""
    item = next((item for where, item in subject.installations if where is stage and item.manager == "pip"), None)
    source = stage.files.find(posixpath.join(item.folder, item.manifest)).source if item is not None else None
    found = subject.context.parsed(parse_requirements, source) if source is not None else None
    if item is None or found is None or any(one.url is not None for one in found.entries):
        return None
    text = subject.context.read(source or "") or ""
    for copied in subject.instructions(stage):
        if copied.keyword != "COPY" or copied.flag("from") is not None or copied.line > item.step.line:
            continue
        folders = [posixpath.normpath(word.lstrip("/")) for word in copied.words[:-1]]
        # The list may lie in the folder, or name it.
        if any(_has_sources(subject, folder, source or "") and f"./{folder}" not in text for folder in folders):
            return _late(copied, item.text, "reinstalls the dependencies")
    return None


def _itself_late(subject: Subject, stage: StageState) -> Wrong | None:
    """`pip install .`, which installs the dependencies with the project, after folders of its sources."""
    if any(where is stage for where, _ in subject.installations):
        return None
    step = next((step for step in stage.steps if _installs_itself(step)), None)
    source = stage.files.find(posixpath.join(step.folder, "pyproject.toml")).source if step is not None else None
    document = subject.context.parsed(parse_toml, source) if source is not None else None
    item = subject.at(step.line) if step is not None else None
    if step is None or document is None or not document.get("project", "dependencies") or item is None or item.mounts:
        return None
    for copied in subject.instructions(stage):
        is_own = copied.keyword == "COPY" and copied.flag("from") is None and copied.line < step.line
        folders = [posixpath.normpath(word.lstrip("/")) for word in copied.words[:-1]] if is_own else []
        if any(_has_sources(subject, folder, source or "") for folder in folders):
            return _late(copied, " ".join(step.words)[:60], "reinstalls the dependencies")
    return None


def _installs_itself(step: RunStep) -> bool:
    """Whether pip installs the project in the working directory."""
    if posixpath.basename(step.words[0]) not in ("pip", "pip3") or "install" not in step.words:
        return False
    return "--no-deps" not in step.words and any(word in (".", "./") or word.startswith(".[") for word in step.words)


def _has_sources(subject: Subject, folder: str, manifest: str) -> bool:
    """Whether a folder of the build context has modules of Python, and not the list of requirements."""
    context = subject.context
    is_apart = context.is_folder(folder) and not manifest.startswith(f"{folder}/")
    return is_apart and any(path.endswith(".py") for path in context.below(folder))


def _builds_late(subject: Subject, stage: StageState) -> Iterator[Wrong]:
    """A build that downloads its dependencies after the sources, where no earlier step and no cache has them."""
    for step in stage.steps:
        name = _builder(step)
        if name is not None and set(step.words[1:]) <= {"clean", "-B", "-q"}:
            continue
        copied = _sources_of(subject, stage, step, name) if name is not None else None
        if name is None or copied is None:
            continue
        instruction = subject.at(step.line)
        cached = instruction is None or any(mount.get("type") == "cache" for mount in instruction.mounts)
        if step.line < copied.line or cached or not _has_dependencies(subject, stage, step, name):
            return
        if not _BUILDS[name].isdisjoint(step.words[1:]):
            yield _late(copied, " ".join(step.words)[:60], "downloads the dependencies again")
            return
        if name != "go" or "mod" in step.words:
            return


def _sources_of(subject: Subject, stage: StageState, step: RunStep, name: str) -> Instruction | None:
    """The instruction that copies the sources of a build: all, those of `src`, or the folder of its manifest."""
    manifest = stage.files.find(posixpath.join(step.folder, _MANIFESTS[name])).source
    folder = posixpath.dirname(manifest) if manifest is not None else ""
    for item in subject.instructions(stage):
        if _copies_all(item) or _copies_sources(item):
            return item
        is_own = item.keyword in ("COPY", "ADD") and item.flag("from") is None and not item.heredocs
        if folder and is_own and folder in [posixpath.normpath(word.lstrip("/")) for word in item.words[:-1]]:
            return item
    return None


def _files_early(subject: Subject, stage: StageState) -> Wrong | None:
    """An installation of packages of Node after files of the program that it does not read."""
    item = next((item for where, item in subject.installations if where is stage), None)
    source = stage.files.find(posixpath.join(item.folder, item.manifest)).source if item is not None else None
    if item is None or source is None or item.manifest != "package.json":
        return None
    document = subject.context.parsed(parse_json, source)
    scripts = [document.get("scripts", name) for name in _LIFECYCLE] if document is not None else []
    runs = " ".join(str(text) for text in scripts if text)
    for copied in subject.instructions(stage):
        if copied.keyword != "COPY" or copied.flag("from") is not None or copied.line > item.step.line:
            continue
        for word in copied.words[:-1]:
            name = posixpath.basename(word.rstrip("/"))
            if (
                name in _FOLDERS
                and subject.context.is_folder(posixpath.normpath(word.lstrip("/")))
                and not runs.strip()
            ):
                return _late(copied, item.text, "reinstalls the dependencies")
            # What a script of the manifest names, the installation may run.
            if name.endswith(_PROGRAM) and not name.startswith(".") and name not in runs:
                return _late(copied, item.text, "reinstalls the dependencies")
    return None


def _settings_early(subject: Subject, stage: StageState) -> Iterator[Wrong]:
    """Build arguments for the pages before the installation, which does not read them."""
    item = next((item for where, item in subject.installations if where is stage), None)
    before = [one for one in subject.instructions(stage) if item is not None and one.line < item.step.line]
    arguments = {word.partition("=")[0] for one in before if one.keyword == "ARG" for word in one.words}
    for one in before if item is not None else ():
        names = [name for name, value in one.pairs if one.keyword == "ENV" and _takes(value, arguments)]
        public = next((name for name in names if name.startswith(PUBLIC_PREFIXES)), None)
        if public is not None and item is not None:
            text = f"{public} is set before `{item.text}`: each other value reinstalls the dependencies"
            fix = "set it after the installation"
            yield Wrong("sources-before-dependencies", one.line, text, fix)
            return


def _takes(value: str, arguments: set[str]) -> bool:
    """Whether a value is that of a build argument."""
    match = re.fullmatch(r"\$\{?(\w+)[^}]*\}?", value)
    return match is not None and match[1] in arguments


def _builder(step: RunStep) -> str | None:
    name = posixpath.basename(step.words[0])
    name = _WRAPPERS.get(name, name)
    return name if name in _BUILDS else None


def _has_dependencies(subject: Subject, stage: StageState, step: RunStep, name: str) -> bool:
    """Whether the project names dependencies, and does not bring them along."""
    if name == "dotnet":
        projects = (path for path in subject.context.below("") if path.endswith("proj"))
        return any("PackageReference" in (subject.context.read(path) or "") for path in projects)
    manifest = stage.files.find(posixpath.join(step.folder, _MANIFESTS[name]))
    if manifest.source is None:
        return False
    if name != "go":
        return True
    vendored = stage.files.find(posixpath.join(step.folder, "vendor")).answer is Answer.YES
    return not vendored and "require" in (subject.context.read(manifest.source) or "")


def _packages_late(subject: Subject, stage: StageState, whole: Instruction) -> Iterator[Wrong]:
    """System packages, which the sources say nothing about, installed after them."""
    for item in subject.instructions(stage):
        if item.keyword == "RUN" and item.line > whole.line:
            names = list(installed(item.value[:_MAX_COMMAND], stage.variables))
            if names:
                yield _late(whole, f"the installation of {names[0]}", "installs the packages again", "")
                return


def _late(item: Instruction, what: str, effect: str, quote: str = "`") -> Wrong:
    return Wrong(
        "sources-before-dependencies",
        item.line,
        f"{'sources' if not _copies_all(item) else 'all sources'} are copied before {quote}{what}{quote}: "
        f"every source change {effect}",
        "copy the manifest and the lockfile first, install, then copy the sources"
        if quote
        else "install system packages before the sources are copied",
    )


def _copies_all(item: Instruction) -> bool:
    if item.keyword not in ("COPY", "ADD") or item.flag("from") is not None or item.heredocs:
        return False
    return any(word in (".", "./", "/", "*") for word in item.words[:-1])


def _copies_sources(item: Instruction) -> bool:
    if item.keyword not in ("COPY", "ADD") or item.flag("from") is not None or item.heredocs:
        return False
    return any(posixpath.normpath(word.lstrip("/")).endswith("src") for word in item.words[:-1] if word.strip("/"))


PRACTICES = (
    Practice(
        "sources-before-dependencies",
        "The cache of the installation is lost with each change of a source file.",
        "docs.docker.com/build/cache/optimize/#order-your-layers",
        _order,
        "hint",
    ),
)
