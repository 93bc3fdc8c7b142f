"""A model of pom.xml: with its parents in the tree, its `${…}` resolved, and the reactor that it is built in."""

import posixpath
import re
from functools import cached_property

from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers.xml import Element, parse_xml

FILE = "pom.xml"
MAX_PARENTS = 8
MAX_MODULES = 300
# The maximum length of a text with its properties filled in.
MAX_RESOLVED = 2_000
_PLACEHOLDER = re.compile(r"\$\{([^${}]+)\}")


class Pom:
    """A pom.xml and its parents in the tree, nearest first."""

    def __init__(self, folder: Project, root: Element, file: str = FILE, given: str | None = None) -> None:
        self.folder = folder
        self.root = root
        self.file = file
        # A profile that is not active by itself, but that the build is told to activate.
        self.given = given

    @property
    def path(self) -> str:
        return self.folder.full(self.file)

    @cached_property
    def chain(self) -> "tuple[Pom, ...]":
        found: list[Pom] = [self]
        while len(found) < MAX_PARENTS:
            parent = found[-1]._parent()
            if parent is None or any(parent.path == item.path for item in found):
                break
            found.append(parent)
        return tuple(found)

    def _parent(self) -> "Pom | None":
        declared = self.root.child("parent")
        if declared is None:
            return None
        path = declared.find_text("relativePath") or "../pom.xml"
        folder = posixpath.normpath(
            posixpath.join(self.folder.path, path.removesuffix("/pom.xml").removesuffix("pom.xml") or ".")
        )
        if folder.startswith(".."):
            return None
        name = posixpath.basename(path) if path.endswith(".xml") else FILE
        folder = posixpath.dirname(folder) if name != FILE else folder
        parent = read_pom(Project(self.folder.tree, "" if folder == "." else folder), name)
        if parent is None or parent.root.find_text("artifactId") != declared.find_text("artifactId"):
            return None
        return parent

    @cached_property
    def properties(self) -> dict[str, tuple[str, Evidence]]:
        found: dict[str, tuple[str, Evidence]] = {}
        # The properties of an active profile override those of the project.
        own = [(pom, item) for pom, profile in self.profiles for item in profile.all("properties")]
        for pom, item in [*own, *((one, item) for one in self.chain for item in one.root.all("properties"))]:
            for child in item.children:
                says = pom.folder.says(pom.file, child.line, f"{child.tag} is {child.text}")
                found.setdefault(child.tag, (child.text, says))
        return found

    @cached_property
    def modules(self) -> list[str]:
        """The modules that the reactor builds, those of profiles included."""
        found = [item.text for item in self.root.all("modules", "module")]
        found += [item.text for item in self.root.all("profiles", "profile", "modules", "module")]
        return [posixpath.normpath(text) for text in dict.fromkeys(found) if text]

    @cached_property
    def named(self) -> list[str]:
        """The artifacts that it declares as dependencies itself, those of active profiles included."""
        listed = self.root.all("dependencies", "dependency")
        listed += [item for _, profile in self.profiles for item in profile.all("dependencies", "dependency")]
        return [item.find_text("artifactId") or "" for item in listed]

    @cached_property
    def module_folders(self) -> frozenset[str]:
        return frozenset(self.folder.full(name) for name in self.modules)

    def resolve(self, text: str | None, depth: int = 0) -> str | None:
        """A text with its `${…}` replaced; None if a part of it is unknown."""
        if text is None or depth > 12 or len(text) > MAX_RESOLVED:
            return None
        missing, size = False, 0

        def value(match: re.Match[str]) -> str:
            nonlocal missing, size
            name = match[1]
            found = self.properties[name][0] if name in self.properties else self._builtin(name)
            # Once a part is missing or the text is too long, the other parts don't matter.
            size += len(found or "")
            if missing or size > MAX_RESOLVED:
                missing = True
                return ""
            resolved = self.resolve(found, depth + 1) if found is not None else None
            size += len(resolved or "")
            missing = missing or resolved is None
            return resolved or ""

        result = _PLACEHOLDER.sub(value, text)
        return None if missing else result

    def _builtin(self, name: str) -> str | None:
        plain = name.removeprefix("project.").removeprefix("pom.")
        if plain in ("artifactId", "version", "groupId", "name", "packaging"):
            return self.root.find_text(plain) or self.root.find_text("parent", plain)
        if name in ("revision", "changelist", "sha1"):
            return ""
        return None

    @cached_property
    def profiles(self) -> list[tuple["Pom", Element]]:
        """The profiles that are active in a plain build: by a file that exists or is missing, by an unset property, or
        by default; with the one that the build is told to activate."""
        found = [(pom, item) for pom in self.chain for item in pom.root.all("profiles", "profile")]
        by_file = [
            (pom, item)
            for pom, item in found
            # `!name`: active unless the property is set.
            if self._file_activates(item)
            or (item.find_text("activation", "property", "name") or "").startswith("!")
            or (self.given is not None and item.find_text("id") == self.given)
        ]
        own = {id(pom) for pom, _ in by_file}
        return by_file + [
            (pom, item)
            for pom, item in found
            if item.find_text("activation", "activeByDefault") == "true" and id(pom) not in own
        ]

    def _file_activates(self, profile: Element) -> bool:
        exists, missing = (profile.find_text("activation", "file", name) for name in ("exists", "missing"))
        place = (exists or missing or "").replace("${basedir}/", "").replace("${project.basedir}/", "")
        if not place or "$" in place:
            return False
        there = self.folder.has(place) or self.folder.has_folder(place)
        return there if exists else not there

    def plugins(self) -> list[tuple["Pom", Element]]:
        """The build's plugins: its own, its parents', those of active profiles; not those that are only managed."""
        return [(pom, item) for pom in self.chain for item in pom.root.all("build", "plugins", "plugin")] + [
            (pom, item) for pom, profile in self.profiles for item in profile.all("build", "plugins", "plugin")
        ]

    def managed_plugins(self) -> list[tuple["Pom", Element]]:
        return [
            (pom, item) for pom in self.chain for item in pom.root.all("build", "pluginManagement", "plugins", "plugin")
        ]

    def configured(self, artifact: str) -> list[tuple["Pom", Element]]:
        """Everything that configures a plugin, strongest first: where it is applied, then where it is managed. A plugin
        that is only managed counts if every build has it: jar, compiler, war."""
        own = [(pom, item) for pom, item in self.plugins() if item.find_text("artifactId") == artifact]
        if not own and artifact not in ("maven-jar-plugin", "maven-compiler-plugin", "maven-war-plugin"):
            return []
        return own + [(pom, item) for pom, item in self.managed_plugins() if item.find_text("artifactId") == artifact]

    def plugin(self, artifact: str) -> tuple["Pom", Element] | None:
        return next(((pom, item) for pom, item in self.plugins() if item.find_text("artifactId") == artifact), None)

    @property
    def artifact_id(self) -> str:
        return self.root.find_text("artifactId") or "app"


def read_pom(folder: Project, name: str = FILE) -> Pom | None:
    """The pom.xml of a folder; None if it is missing or malformed."""
    profile: str | None = folder.tree.memory.get(("pom-profile", folder.path, name))
    return folder.tree.once(("pom", folder.path, name, profile or ""), lambda: _read_pom(folder, name, profile))


def activate(pom: Pom, profile: str) -> Pom:
    """The pom.xml with a profile that its build must be told to activate; from now on, `read_pom` gives it, too."""
    pom.folder.tree.memory["pom-profile", pom.folder.path, pom.file] = profile
    return read_pom(pom.folder, pom.file) or pom


def _read_pom(folder: Project, name: str, profile: str | None) -> Pom | None:
    root = folder.parse(parse_xml, name) if folder.has(name) else None
    return Pom(folder, root, name, profile) if root is not None and root.tag == "project" else None


def reactor_root(folder: Project) -> Project:
    """The outermost parent folder whose pom.xml lists this one as a module, directly or through others; else itself."""
    root, above = folder, folder.parent()
    while above is not None:
        pom = read_pom(above)
        if pom is not None and root.path in pom.module_folders:
            root = above
        above = above.parent()
    return root


def reactor(root: Project) -> dict[str, Pom]:
    """The root and every module below it, by folder; found once."""
    return root.tree.once(("reactor", root.path), lambda: _reactor(root))


def _reactor(root: Project) -> dict[str, Pom]:
    found: dict[str, Pom] = {}
    stack = [root]
    while stack and len(found) <= MAX_MODULES:
        folder = stack.pop()
        pom = read_pom(folder)
        if pom is not None and folder.path not in found:
            found[folder.path] = pom
            stack += [folder.at(name) for name in reversed(pom.modules)]
    return found


def by_artifact(root: Project) -> dict[str, Pom]:
    return root.tree.once(
        ("reactor-artifacts", root.path), lambda: {item.artifact_id: item for item in reactor(root).values()}
    )


def direct_needs(folder: Project, root: Project) -> list[str]:
    """The folders of the reactor's modules that a module itself declares as dependencies; sorted."""
    pom = read_pom(folder)
    named = {item.find_text("artifactId") for item in pom.root.all("dependencies", "dependency")} if pom else set()
    return sorted(path for path, item in reactor(root).items() if item.artifact_id in named and path != folder.path)


def descendants(element: Element) -> list[Element]:
    found = [element]
    for item in found:
        found.extend(item.children)
    return found
