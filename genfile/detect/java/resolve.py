"""Resolving dependencies before the sources are copied: the command, the files that it reads, or why it can't be done.

The modules of a reactor need each other, but none of them is built yet: Maven's plugin does not fetch them, and Gradle
knows what they need from their scripts.
"""

import shlex

from genfile.detect.java.build import Build
from genfile.detect.java.machine import machine_flags
from genfile.detect.java.pom import FILE, Pom, reactor, read_pom
from genfile.detect.java.unused import own_jars, unused_members
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact

# Each needs a COPY of its own.
MAX_POMS = 30
_OPTIONS = (".mvn/maven.config", ".mvn/jvm.config")


def put_resolve(build: Build, draft: Draft) -> None:
    """Put /manifests, /sources, /resolve and /workspace/unused; if the step is left out, a note says why."""
    if build.tool == "gradle":
        _put_gradle(build, draft)
    else:
        _put_maven(build, draft)


def _put_maven(build: Build, draft: Draft) -> None:
    root = build.root
    poms = _poms(build)
    named = [path for path in poms if "/" not in path] + list(_named_options(root))
    below = [path for path in poms if "/" in path]
    draft.values["manifests"] = [root.full(path) for path in named]
    draft.values["sources"] = [root.full(path) for path in ([".mvn"] if root.has_folder(".mvn") else []) + below]
    if build.is_member and root.has(FILE):
        draft.values["workspace"]["unused"] = unused_members(build)
    refused = _refused(build, poms)
    if refused is not None:
        _put_nothing(refused[0], refused[1], draft)
        return
    draft.values["resolve"] = _maven_command(build, draft.values.get("settings"))


def _maven_command(build: Build, told: str | None) -> str:
    """The command that fetches dependencies. It also asks for reporting plugins, which may be gone: what it can't
    fetch, the build does without or fetches itself."""
    tool = "./mvnw" if build.wrapper else "mvn"
    settings = f" --settings {shlex.quote(relative(told, build.root.path))}" if told else ""
    return f"{tool} --batch-mode --no-transfer-progress{settings} --fail-never{selection(build)} dependency:go-offline"


def selection(build: Build) -> str:
    """Maven's arguments that select a member and what it needs; empty for a project on its own."""
    member = relative(build.folder.path, build.root.path)
    if not build.is_member:
        return ""
    if not build.root.has(FILE):
        # Its parent is beside it, and no pom.xml above lists the two.
        return f" -f {shlex.quote(f'{member}/{FILE}')}"
    return f" -pl {shlex.quote(member)} -am"


def _poms(build: Build) -> list[str]:
    """The files that Maven reads before anything else: the pom.xml of the root, of every module that it lists, and of
    their parents in the tree; relative to the root."""
    root, own = build.root, read_pom(build.folder)
    first = read_pom(root)
    poms = [first or own, *(reactor(root).values() if first is not None else ()), own]
    chain = [item for pom in poms if pom is not None for item in pom.chain]
    return list(dict.fromkeys(relative(item.path, root.path) for item in chain)) or [FILE]


def _refused(build: Build, poms: list[str]) -> tuple[Evidence, str] | None:
    """Why these files alone are not enough to resolve the dependencies; None if they are."""
    root = build.root
    if build.first:
        return root.says(poms[0], 1, build.first[0]), "other projects of the tree are installed first"
    if len(poms) > MAX_POMS:
        return root.says(poms[0], 1, f"{len(poms)} modules"), "copying each pom.xml would take one line each"
    for pom in reactor(root).values():
        missing = _missing_module(pom)
        if missing is not None:
            return missing, "Maven does not start while a module is missing"
    return None


def _missing_module(pom: Pom) -> Evidence | None:
    for item in pom.root.all("modules", "module"):
        if item.text and read_pom(pom.folder.at(item.text)) is None:
            return pom.folder.says(pom.file, item.line, f"module {item.text}")
    return None


def _named_options(root: Project) -> dict[str, None]:
    """Files at the root that the options in .mvn name: `--settings settings.xml`."""
    words = [word for name in _OPTIONS if root.has(name) for word in (root.text(name) or "").replace("=", " ").split()]
    names = [word.removeprefix("./") for word in words]
    return dict.fromkeys(name for name in names if "/" not in name and root.has(name))


def _put_gradle(build: Build, draft: Draft) -> None:
    """Put what Gradle reads before the sources; if that is unknown, the sources are copied first."""
    from genfile.detect.java.inputs import read_inputs

    root = build.root
    inputs = read_inputs(build)
    above = [name for name in inputs.files if "/" not in name]
    below = [*inputs.folders, *(name for name in inputs.files if "/" in name)]
    draft.values["manifests"] = [root.full(name) for name in above]
    draft.values["sources"] = [root.full(name) for name in below]
    if draft.values.get("layout") == "distribution":
        draft.values["own_jars"] = own_jars(build, inputs)
    if inputs.unknown is not None:
        _put_nothing(inputs.unknown, "genfile can't tell which files the build reads", draft)
        return
    if build.is_member:
        draft.values["workspace"]["unused"] = unused_members(build, inputs)
    tool = "./gradlew" if build.wrapper else "gradle"
    task = f"{build.project}:dependencies" if build.is_member else "dependencies"
    draft.values["resolve"] = " ".join([f"{tool} --no-daemon --quiet {shlex.quote(task)}", *machine_flags(build)])


def _put_nothing(says: Evidence, why: str, draft: Draft) -> None:
    draft.put("resolve", Fact(None, (says,)))
    draft.note("info", f"{says}: {why}, so dependencies get no layer of their own", says.path, says.line)
