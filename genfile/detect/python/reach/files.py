"""Configuration files that a program reads by a literal path."""

import ast
import posixpath
from typing import TYPE_CHECKING, Any

from genfile.detect.python.reach.values import File, Frame, Instance, settled
from genfile.detect.tree import Project
from genfile.parsers.pypaths import Scope, place
from genfile.parsers.values import UNKNOWN

if TYPE_CHECKING:
    from genfile.detect.python.reach.evaluate import Evaluator

# Callees that return the content of a file, by the last words of their names.
_LOADERS = (
    "yaml.safe_load yaml.load yaml.full_load YAML().load json.load json.loads tomllib.load tomllib.loads tomli.load "
    "tomli.loads toml.load toml.loads OmegaConf.load rtoml.load"
).split()
_OPENERS = ("open", "io.open", "codecs.open", "pathlib.Path().open", "pathlib.Path().read_text")


class DataFiles:
    """A project's data files, parsed by their extensions."""

    def __init__(self, folder: Project) -> None:
        self._folder = folder

    def opened(self, evaluator: "Evaluator", frame: Frame, node: ast.Call, name: str) -> Any:
        """What a call that opens or loads a file returns: the file, or its content; UNKNOWN for any other call."""
        if name == "pathlib.Path" or name in _OPENERS:
            target = node.args[0] if node.args else None
            if name.startswith("pathlib.Path()") and isinstance(node.func, ast.Attribute):
                target = node.func.value
            path = self._path(evaluator, frame, target) if target is not None else None
            return UNKNOWN if path is None else File(path)
        if name.endswith(tuple(_LOADERS)) and node.args:
            given = evaluator.value(frame, node.args[0])
            path = given.path if isinstance(given, File) else self._path(evaluator, frame, node.args[0])
            return self.content(path) if path is not None else UNKNOWN
        if name.endswith("Dynaconf"):
            return self._dynaconf(evaluator, frame, node)
        return UNKNOWN

    def at(self, evaluator: "Evaluator", frame: Frame, node: ast.expr) -> Any:
        """The file that a path names."""
        path = self._path(evaluator, frame, node)
        return UNKNOWN if path is None else File(path)

    def of_parser(self, evaluator: "Evaluator", parser: Instance, node: ast.expr, frame: Frame) -> Any:
        """What a ConfigParser has read: the argument of its `.read(…)`, in the module that created it."""
        del parser
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        for call in frame.module.parsed.of(ast.Call):
            func = call.func
            if isinstance(func, ast.Attribute) and func.attr == "read" and call.args:
                owner = func.value
                own = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
                path = self._path(evaluator, frame, call.args[0]) if own == name else None
                if path is not None:
                    return self.content(path)
        return UNKNOWN

    def content(self, path: str) -> Any:
        """A file as plain values; if it is not in the tree, its committed example."""
        for name in _with_examples(path):
            if not self._folder.has(name):
                continue
            bare = name.removesuffix(".example").removesuffix(".sample").removesuffix(".dist")
            kind = posixpath.splitext(bare)[1]
            document = None
            if kind in (".yaml", ".yml"):
                document = self._folder.yaml(name)
            elif kind == ".json":
                document = self._folder.json(name)
            elif kind == ".toml":
                document = self._folder.toml(name)
            elif kind in (".ini", ".cfg", ".conf"):
                from genfile.parsers.data import parse_ini

                document = self._folder.parse(parse_ini, name)
            return document.value if document is not None else UNKNOWN
        return UNKNOWN

    def _path(self, evaluator: "Evaluator", frame: Frame, node: ast.expr) -> str | None:
        """A path relative to the project, from a text or from the module's own location."""
        value = settled(evaluator.value(frame, node))
        if isinstance(value, File):
            return value.path
        if isinstance(value, list) and value and isinstance(value[0], str):
            value = value[0]
        if isinstance(value, str):
            path = posixpath.normpath(value.removeprefix("./"))
            return None if path.startswith(("/", "..")) else path
        found = place(Scope(frame.module.parsed), node)
        return found.inside(frame.module.path) if found is not None else None

    def _dynaconf(self, evaluator: "Evaluator", frame: Frame, node: ast.Call) -> Any:
        """Dynaconf's files merged, with the tables `default` and `production` of each at the top."""
        keywords = {item.arg: item.value for item in node.keywords if item.arg}
        given = next((keywords[key] for key in ("settings_files", "settings_file") if key in keywords), None)
        names = evaluator.value(frame, given) if given is not None else ["settings.toml", "settings.yaml"]
        merged: dict[str, Any] = {}
        for name in names if isinstance(names, list) else [names]:
            content = self.content(name) if isinstance(name, str) else UNKNOWN
            if not isinstance(content, dict):
                continue
            for table in (content, content.get("default"), content.get("production")):
                if isinstance(table, dict):
                    merged |= {str(key).lower(): value for key, value in table.items()}
        return merged or UNKNOWN


def _with_examples(path: str) -> tuple[str, ...]:
    stem, kind = posixpath.splitext(path)
    return (
        path,
        *(f"{path}{end}" for end in (".example", ".sample", ".dist")),
        *(f"{stem}{sign}{word}{kind}" for word in ("example", "sample", "default") for sign in ".-_"),
    )
