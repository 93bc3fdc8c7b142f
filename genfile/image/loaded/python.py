"""Imports of Python."""

import posixpath
import sys

from genfile.image.build import Built
from genfile.image.files import Answer
from genfile.image.loaded.model import MAX_MODULES, Load, Reached
from genfile.image.packages import parents
from genfile.image.programs import environments
from genfile.image.target import StartTarget, find_module
from genfile.parsers.pyimports import Imported, required_imports
from genfile.parsers.python import parse_python


def follow_python(built: Built, target: StartTarget, result: Reached) -> None:
    """Add what the started module imports, directly or not."""
    if target.kind == "module":
        path, found = find_module(built.final, target.name, target.roots)
        roots = target.roots
    else:
        path, found = target.path or "", built.final.files.find(target.path or "/")
        # A script finds modules beside it, then on PYTHONPATH.
        roots = (posixpath.dirname(path), *target.roots)
    if found.source is not None and not found.folder:
        _Walk(built, roots, result).follow(path)


class _Walk:
    def __init__(self, built: Built, roots: tuple[str, ...], result: Reached) -> None:
        self.built = built
        self.roots = roots
        self.result = result
        self.environments = environments(built.final)
        self.tops: dict[str, Answer] = {}

    def follow(self, start: str) -> None:
        queue = [start]
        for path in queue:
            source = self.built.final.files.find(path).source
            module = self.built.context.parsed(parse_python, source) if source is not None else None
            if source is None or module is None:
                continue
            self.result.modules.append((path, source))
            for item in required_imports(module):
                if item.lazy:
                    continue
                own = self.relative(path, item) if item.level else self.own(Load(source, item.line, item.name))
                queue += [at for at in own if at not in queue] if len(queue) < MAX_MODULES else []

    def relative(self, path: str, item: Imported) -> list[str]:
        folder = posixpath.dirname(path)
        for _ in range(item.level - 1):
            folder = posixpath.dirname(folder)
        place = posixpath.join(folder, item.name.replace(".", "/"))
        names = (f"{place}.py", f"{place}/__init__.py")
        return [name for name in names if self.built.final.files.find(name).source is not None]

    def own(self, load: Load) -> list[str]:
        """The file of one of the project's modules; anything else is looked up among the packages."""
        top = load.name.split(".")[0]
        if top not in self.tops:
            self.tops[top] = find_module(self.built.final, top, self.roots)[1].answer
        if self.tops[top] is Answer.NO:
            self.distribution(load, top)
            return []
        # A missing name is an attribute of the module: a function, a class.
        path, found = find_module(self.built.final, load.name, self.roots)
        return [path] if found.source is not None and not found.folder else []

    def distribution(self, load: Load, top: str) -> None:
        if top in sys.stdlib_module_names or not self.environments:
            return
        if any(content.module(load.name) is not Answer.NO for content in self.environments):
            return
        local = self.local(load, top)
        if local is not None:
            sent = local if self.built.context.find(local) else None
            self.result.missing.append(Load(load.source, load.line, local, file=sent))
        elif "." not in load.name:
            origin = self.environments[0].origin or "the installation"
            self.result.absent.append(Load(load.source, load.line, load.name, origin))

    def local(self, load: Load, top: str) -> str | None:
        """One of the project's modules, beside the importing file or above, that the image lacks."""
        for folder in parents("/" + posixpath.dirname(load.source)):
            for name in (f"{top}.py", f"{top}/__init__.py"):
                path = posixpath.join(folder, name).lstrip("/")
                if self.built.context.is_file(path):
                    return path
        return None
