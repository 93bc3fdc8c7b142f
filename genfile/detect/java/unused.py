"""The members of a build that one of them does not need: their sources never reach its builder.

When in doubt, a member counts as needed: as soon as a build file names it, or a path in it; if a build file computes
what it reads, all members do.
"""

import itertools
import posixpath
import re
from collections.abc import Callable

from genfile.detect.java.build import Build
from genfile.detect.java.distribution import project_name_of
from genfile.detect.java.gradle import SETTINGS, read_script
from genfile.detect.java.inputs import ROOT_NAMES, Inputs
from genfile.detect.java.pom import Pom, reactor, read_pom
from genfile.detect.java.scripts import convention_scripts
from genfile.detect.paths import inside, relative
from genfile.parsers.gradle import GradleScript, parse_gradle_groovy, parse_gradle_kotlin
from genfile.parsers.gradle_reads import texts
from genfile.parsers.xml import Element

MAX_SOURCES = 200
MAX_DEPTH = 12
MAX_PATH = 300
_PLACEHOLDER = re.compile(r"\$\{([^${}]+)\}")
_UP = re.compile(r"(?:^|/)\.\.(?:/|$)")
_ROOT = ("maven.multiModuleProjectDirectory", "session.executionRootDirectory", "user.dir")
_OWN = ("project.basedir", "basedir", "project.baseDir", "pom.basedir")
_PARENT = ("project.parent.basedir", "parent.basedir")
# Elements that name a module for another reason than that the build needs it.
_OTHERS = frozenset({"dependencyManagement", "exclusions", "modules"})


def unused_members(build: Build, inputs: Inputs | None = None) -> list[str]:
    """The folders of the members that a member does not need, outermost only; sorted."""
    if build.tool == "maven":
        members = {path for path in reactor(build.root) if path != build.root.path}
        needed = _needed_by_maven(build)
    else:
        projects = _projects(build)
        members = set(projects.values()) - {build.root.path}
        needed = _needed_by_gradle(build, inputs, projects) if inputs is not None else None
    if needed is None or build.root.path in needed:
        return []
    found = {path for path in members if not any(inside(other, path) for other in needed)}
    return sorted(path for path in found if not any(path != other and inside(path, other) for other in found))


def own_jars(build: Build, inputs: Inputs) -> list[str]:
    """The beginnings of the names that the build's own jars have in a Gradle distribution; sorted."""
    projects = _projects(build)
    needed = _needed_by_gradle(build, inputs, projects) if build.is_member else set(projects.values())
    names = {path.rpartition(":")[2] for path, place in projects.items() if place in needed}
    return sorted({project_name_of(build), *names})


# --- Maven ----------------------------------------------------------------------------------------------------------


def _needed_by_maven(build: Build) -> set[str] | None:
    """The modules' folders and other paths that a build of the member reads; None if genfile can't tell."""
    own = read_pom(build.folder)
    known = {item.artifact_id: item for item in reactor(build.root).values()}
    needed, queue = {build.folder.path}, [own] if own is not None else []
    for pom in queue:
        for owner in pom.chain:
            if owner.folder.path != build.root.path:
                needed.add(owner.folder.path)
            for element in _elements(owner.root):
                other = known.get(element.text) if element.tag == "artifactId" else None
                if other is not None and other.folder.path not in needed | {build.root.path}:
                    needed.add(other.folder.path)
                    queue.append(other)
                paths = {_path(pom, build, text) for text in (element.text, *element.attributes.values())}
                if None in paths:
                    return None
                needed |= {path for path in paths if path}
    return needed


def _elements(root: Element) -> list[Element]:
    """The elements of a pom.xml that its build depends on: not its parent, its own name, or what it only manages."""
    found = [item for item in root.children if item.tag not in _OTHERS | {"parent", "artifactId"}]
    for item in found:
        found.extend(child for child in item.children if child.tag not in _OTHERS)
    return found


def _path(pom: Pom, build: Build, text: str) -> str | None:
    """The path in the tree that a text in a pom.xml leads to, by `..` or from a base folder; empty if there is none,
    None if it is computed."""
    folder, root = pom.folder.path, build.root.path
    above = pom.chain[1].folder.path if len(pom.chain) > 1 else root
    bases = {**dict.fromkeys(_OWN, folder), **dict.fromkeys(_ROOT, root), **dict.fromkeys(_PARENT, above)}
    placed = False
    for _ in range(MAX_DEPTH):
        match = _PLACEHOLDER.search(text)
        if match is None or len(text) > 2_000:
            break
        name = match[1]
        value = f"/{bases[name]}" if name in bases else pom.properties[name][0] if name in pom.properties else None
        if value is None:
            break
        placed = placed or name in bases
        text = text[: match.start()] + value + text[match.end() :]
    if not placed and not _UP.search(text):
        return ""
    text = text.removeprefix("file:").replace("//", "/")
    if "$" in text or not re.fullmatch(r"[\w./*{}@+-]+", text):
        return None
    full = posixpath.normpath(posixpath.join(f"/{folder}", text)).lstrip("/")
    return "" if full == folder else full.split("*")[0].rstrip("/")


# --- Gradle ---------------------------------------------------------------------------------------------------------


def _projects(build: Build) -> dict[str, str]:
    """The folders of the projects in Gradle's settings, by project path."""
    settings = read_script(build.root, SETTINGS)
    return {path: build.root.full(place) for path, place in settings[1].projects.items()} if settings else {}


def _needed_by_gradle(build: Build, inputs: Inputs, projects: dict[str, str]) -> set[str]:
    """The folders that a project's scripts lead to, directly or through other projects."""
    root = build.root
    above = read_script(root)
    shared = [script for _, _, script in convention_scripts(root)]
    shared += [script for path in inputs.applied if (script := root.parse(_parser(path), path)) is not None]
    needed = {build.folder.path, *(projects[path] for path in _named_in_plugins(inputs, projects))}
    for script in shared:
        needed |= _folders(script, root.path, root.path, projects)
    if above is not None:
        needed |= _folders(above[1], root.path, root.path, {})
    queue = sorted(needed)
    for place in queue:
        found = read_script(root.at(relative(place, root.path)))
        more = _folders(found[1], place, root.path, projects) if found is not None else set()
        own = next((path for path, other in projects.items() if other == place), None)
        given = above[1].given_to(own).dependencies if above is not None and own is not None else ()
        for item in (*(found[1].dependencies if found is not None else ()), *given):
            place_of = _of(item.project, projects) if item.project else None
            more |= {place_of} if place_of is not None else set()
        queue += sorted(more - needed)
        needed |= more
    return needed


def _parser(path: str) -> Callable[[str], GradleScript]:
    return parse_gradle_kotlin if path.endswith(".kts") else parse_gradle_groovy


def _folders(script: GradleScript, place: str, root: str, projects: dict[str, str]) -> set[str]:
    """The folders that the strings in a script name: by a project's path, or by a path from the root or out of its own
    folder."""
    found: set[str] = set()
    for text, _ in texts(script):
        known = _of(text, projects) if text.startswith(":") else None
        base = next((base for base in ROOT_NAMES if text.startswith(base)), None)
        if known is not None:
            found.add(known)
        elif base is not None and "$" not in (rest := text.removeprefix(base)):
            found.add(posixpath.normpath(posixpath.join(root, rest)))
        elif "$" not in text and len(text) < MAX_PATH and _UP.search(text):
            found.add(posixpath.normpath(posixpath.join(place, text)))
    return {path for path in found if path != "." and not path.startswith("..")}


def _of(project: str, projects: dict[str, str]) -> str | None:
    """The folder of a project by its path, or by its accessor: `projects.orderApi` is `:order-api`."""
    plain = _plain(project)
    return next((place for path, place in projects.items() if _plain(path) == plain), None)


def _plain(path: str) -> str:
    return re.sub(r"[-_.]", "", path).strip(":").lower()


def _named_in_plugins(inputs: Inputs, projects: dict[str, str]) -> set[str]:
    """The projects that the build's own plugins name in Kotlin, Java or Groovy code."""
    found: set[str] = set()
    for folder in inputs.folders:
        for pattern in ("*.kt", "*.java", "*.groovy"):
            for name in itertools.islice(inputs.root.files(pattern, below=folder), MAX_SOURCES):
                text = inputs.root.text(name) or ""
                found |= {path for path in projects if f'"{path}"' in text or f"'{path}'" in text}
    return found
