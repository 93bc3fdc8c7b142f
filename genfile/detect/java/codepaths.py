"""A module's code, for following paths: settings, constants of other classes, callers of a method."""

import posixpath
import re
from collections.abc import Callable, Iterator

from genfile.detect.code import parse_code
from genfile.detect.java.build import Build
from genfile.detect.java.declared import declared_build
from genfile.detect.java.documents import RESOURCES
from genfile.detect.java.life import class_file, main_file, main_files, source_names
from genfile.detect.java.settings import expand, flat_settings, plain_key
from genfile.detect.tree import Project
from genfile.parsers.data import parse_properties
from genfile.parsers.jvm import parse_java, parse_kotlin
from genfile.parsers.jvmpaths import JvmPath, JvmPaths, Outside
from genfile.parsers.jvmwrites import WRITES, JvmWritten, written

MAX_FILES = 60
# How many fields of other classes and parameters are followed, and how many callers of a method are read.
MAX_ASKED = 80
MAX_CALLERS = 12
_LOADED = re.compile(r"\.properties$")
_PREFIX = re.compile(r'@ConfigurationProperties\(\s*(?:(?:prefix|value)\s*=\s*)?"([\w.-]+)"')


def code_of(build: Build) -> "Code":
    """The code of a module, read once."""
    return build.folder.tree.once(("java-code", build.folder.path), lambda: Code(build))


class Code:
    """The sources of a module and of the modules that it needs."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._folder = build.folder
        self._outside = Outside(self._expand, self._constant, self._given, self._loaded)
        self._answers: dict[tuple[str, ...], JvmPath | None] = {}
        self._parsed: dict[tuple[str, str], JvmPaths | None] = {}

    def written(self) -> Iterator[tuple[str, JvmWritten]]:
        """Every folder that the module's code writes to, with the file's name; other programs in the module are left
        out."""
        others = self._other_programs()
        names = [name for name in source_names(self._folder) if name not in others]
        for name in [name for name in names if WRITES.search(self._folder.text(name) or "")][:MAX_FILES]:
            paths = self._paths(self._folder, name)
            for item in written(paths) if paths is not None else ():
                yield name, item

    def _other_programs(self) -> set[str]:
        """The files with another `main`, if it is known which one starts."""
        build = self._build
        named = class_file(build, build.main_class.value) if build.main_class is not None else None
        own = named or main_file(self._folder)
        return {name for name, _ in main_files(self._folder) if name != own} if own is not None else set()

    def paths(self, name: str) -> JvmPaths | None:
        """A source file of the module, for following paths in it."""
        return self._paths(self._folder, name)

    def _paths(self, folder: Project, name: str) -> JvmPaths | None:
        key = (folder.path, name)
        if key not in self._parsed:
            file = parse_code(folder, parse_kotlin if name.endswith(".kt") else parse_java, name)
            self._parsed[key] = JvmPaths(file, self._outside) if file is not None else None
        return self._parsed[key]

    def _expand(self, text: str) -> str | None:
        return expand(self._folder, text)

    def _loaded(self, key: str) -> JvmPath | None:
        """A key in the only properties file among the resources that has it."""
        found: list[str] = []
        for name in self._folder.names(RESOURCES):
            document = self._folder.parse(parse_properties, f"{RESOURCES}/{name}") if _LOADED.search(name) else None
            text = document.text(key) if document is not None else None
            found += [text] if text else []
        return JvmPath(found[0]) if len(set(found)) == 1 and "${" not in found[0] else None

    def _places(self) -> Iterator[Project]:
        """The module, then the modules of its build that it needs."""
        yield self._folder
        for path in self._build.needs:
            other = Project(self._folder.tree, path)
            if declared_build(other) is not None:
                yield other

    def _once(self, key: tuple[str, ...], find: Callable[[], JvmPath | None]) -> JvmPath | None:
        """An answer that is computed once; a question that leads back to itself has none."""
        if key not in self._answers:
            self._answers[key] = None
            if len(self._answers) <= MAX_ASKED:
                self._answers[key] = find()
        return self._answers[key]

    def _constant(self, kind: str, name: str) -> JvmPath | None:
        """A field of another class: a setting if the class is bound to a prefix, else its own value."""

        def find() -> JvmPath | None:
            for folder in self._places():
                for path in source_names(folder):
                    if posixpath.basename(path).rpartition(".")[0] == kind:
                        return self._bound(folder, path, name)
            return None

        return self._once((kind, name), find)

    def _bound(self, folder: Project, path: str, name: str) -> JvmPath | None:
        prefix = _PREFIX.search(folder.text(path) or "")
        setting = flat_settings(self._folder).get(plain_key(f"{prefix[1]}.{name}")) if prefix is not None else None
        if setting is not None:
            text = expand(self._folder, setting.value)
            return JvmPath(text) if text is not None else None
        paths = self._paths(folder, path)
        return paths.field(name) if paths is not None else None

    def _given(self, method: str, count: int, at: int) -> JvmPath | None:
        """The argument of the first caller of the module's method that has a known one."""

        def find() -> JvmPath | None:
            called = re.compile(rf"\b{re.escape(method)}\s*\(")
            callers = [path for path in source_names(self._folder) if called.search(self._folder.text(path) or "")]
            for path in callers[:MAX_CALLERS]:
                paths = self._paths(self._folder, path)
                found = _first_given(paths, method, count, at) if paths is not None else None
                if found is not None:
                    return found
            return None

        return self._once((method, str(count), str(at)), find) if len(method) > 2 else None


def _first_given(paths: JvmPaths, method: str, count: int, at: int) -> JvmPath | None:
    for node in paths.all("method_invocation", "object_creation_expression", "call_expression"):
        if paths.callee(node) == method:
            arguments = paths.arguments(node)
            found = paths.path(arguments[at]) if len(arguments) == count else None
            if found is not None:
                return found
    return None
