"""The shape of the code: which way imports point, who may touch the disk, how large a file grows."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "genfile"
FILES = sorted(PACKAGE.rglob("*.py"))

# What each part may import of genfile; its own modules always. cli -> (project, preset, detect) -> (spec, source, …).
ALLOWED = {
    "errors": set(),
    "protected": set(),
    "terminal": set(),
    "evidence": set(),
    "parsers": set(),
    "dockerfile": set(),
    # What container files mean; it knows nothing of detection.
    "container": {"dockerfile", "evidence", "parsers", "errors", "data"},
    # Parsers only for the line of a mistake.
    "data": {"errors", "parsers"},
    "versions": {"data"},
    "source": {"protected", "errors", "evidence"},
    "spec": {"errors", "dockerfile"},
    "sandbox": {"errors"},
    "options": {"errors", "spec", "parsers", "sandbox"},
    "bundle": {"protected", "errors", "source", "parsers"},
    "template": {"protected", "errors", "bundle", "options", "parsers", "spec", "sandbox", ""},
    "scaffold": {
        *(
            "protected",
            "errors",
            "evidence",
            "parsers",
            "api",
            "source",
            "bundle",
            "options",
            "template",
            "project",
            "upkeep",
            "",
        ),
    },
    # Builds with the engine that is there.
    "engine": {
        *("errors", "evidence", "dockerfile", "parsers", "preset", "project", "spec", "terminal", "data"),
        *("handwritten", ""),
    },
    # What was decided, what was written, and what has changed since.
    "upkeep": {
        *("errors", "evidence", "source", "spec", "data", "container", "api", "project", "bundle", "preset"),
        *("handwritten", "detect", "scaffold", "template", "dockerfile", "parsers", "engine", "guard", "settle", ""),
        *("image", "practice"),
    },
    "detect": {"errors", "evidence", "parsers", "data", "versions", "source", "spec", "dockerfile", "container"},
    # What holds for every Dockerfile that a preset renders.
    "acceptance": {"dockerfile"},
    # An image on paper, and the checks over it; it knows nothing of detection or presets.
    "image": {"dockerfile", "container", "evidence", "parsers", "source", "data"},
    # Where detection, presets and the image meet.
    "proof": {"errors", "evidence", "dockerfile", "source", "detect", "preset", "spec", "image"},
    "handwritten": {
        *("errors", "evidence", "parsers", "dockerfile", "container", "detect", "image", "practice", "proof", "source"),
    },
    # What is wrong with a Dockerfile that builds and starts.
    "practice": {"evidence", "dockerfile", "container", "image", "detect", "data", "parsers", "spec", "versions"},
    "preset": {"errors", "parsers", "data", "spec", "dockerfile", "bundle", "options", "sandbox", ""},
    "project": {"protected", "errors", "spec", "parsers", "dockerfile"},
    "verify": {
        "errors",
        "terminal",
        "dockerfile",
        "api",
        "project",
        "acceptance",
        "preset",
        "spec",
        "data",
        "parsers",
        "upkeep",
        "versions",
        "container",
        "engine",
        "",
    },
    # The child runs detection; the parent checks its answer as a spec.
    "guard": {"errors", "evidence", "source", "spec", "detect", "proof", ""},
    # What was said of a service, put into its spec.
    "settle": {"errors", "evidence", "spec", "detect", "options", "preset"},
    "schema": {"spec", "preset", "template"},
    # What callers pass, checked by type.
    "arguments": {"errors", "spec"},
    "api": {
        "arguments",
        "errors",
        "evidence",
        "source",
        "spec",
        "detect",
        "preset",
        "bundle",
        "project",
        "guard",
        "proof",
        "settle",
    },
    "cli": {
        "guard",
        *(
            "errors",
            "evidence",
            "api",
            "project",
            "preset",
            "detect",
            "spec",
            "schema",
            "bundle",
            "verify",
            "handwritten",
            "source",
            "",
        ),
        *(
            "parsers",
            "options",
            "template",
            "scaffold",
            "terminal",
            "handwritten",
            "source",
            "upkeep",
            "engine",
            "image",
            "dockerfile",
            "settle",
            "data",
            "practice",
        ),
    },
    "__init__": {"errors", "evidence", "api", "detect", "guard", "preset"},
    "__main__": {"cli", ""},
}


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The parts of genfile that a file imports anywhere; `` is the package's own front."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        for name in names:
            if name == "genfile" or name.startswith("genfile."):
                found.add([*name.split("."), ""][1])
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_one_way(path: Path) -> None:
    assert imported(path) - {part(path)} <= ALLOWED[part(path)]


def test_every_part_is_in_the_table() -> None:
    assert {part(path) for path in FILES} == set(ALLOWED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_file_grows_beyond_four_hundred_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_no_module_defines_a_dataclass() -> None:
    """A class of values is a Struct: a dataclass costs fifty times as much at every start (docs/design.md)."""
    users = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            if {"dataclasses", "pydantic.dataclasses"} & set(names):
                users.add(path.relative_to(PACKAGE).as_posix())
    assert users == set()


def test_few_modules_start_programs() -> None:
    users = {path.relative_to(PACKAGE).as_posix() for path in FILES if "import subprocess" in path.read_text("utf-8")}
    assert users == {
        "bundle/git.py",
        "engine/credentials.py",
        "engine/linters.py",
        "engine/revision.py",
        "engine/run.py",
        "guard/process.py",
        "template/cookiecutter/hooks.py",
        "verify/docker.py",
    }


def test_only_one_module_writes_into_a_project() -> None:
    """It is `project/tree.py`. `verify` and hooks have copies of their own; what git fetched goes
    to the user's cache, byte code to genfile's own folder, journals to the user's state folder."""
    writing = {"write_text", "write_bytes", "mkdir", "rename", "unlink", "rmdir", "touch", "chmod", "fchmod"}
    writing |= {"symlink_to", "hardlink_to", "chown", "fchown", "rmtree", "copyfile", "copytree", "move", "truncate"}
    users = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writing:
                users.add(path.relative_to(PACKAGE).as_posix())
    assert users == {
        "bundle/cache.py",
        "bundle/git.py",
        "preset/bytecode.py",
        "project/journal.py",
        "project/state.py",
        "project/tree.py",
        "template/cookiecutter/hooks.py",
        "verify/gates.py",
        "verify/prove.py",
    }


def test_what_is_public_is_listed_and_sorted() -> None:
    import genfile

    assert genfile.__all__ == sorted(genfile.__all__)
    for name in genfile.__all__:
        assert getattr(genfile, name) is not None


def _module(path: Path) -> str:
    return ".".join(["genfile", *path.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__")


def _needed(path: Path, modules: set[str]) -> set[str]:
    """The modules that a file imports when it runs, at its top or within a function; not those for types alone."""
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        waiting += ast.iter_child_nodes(node)
        if isinstance(node, ast.ImportFrom) and node.module:
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in modules else node.module for name in full}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return (found & modules) - {_module(path)}


def test_no_module_imports_itself_through_others() -> None:
    modules = {_module(path): path for path in FILES}
    left = {name: _needed(path, set(modules)) for name, path in modules.items()}
    # Whoever needs nothing that is left is on no circle.
    while free := {name for name, needs in left.items() if not needs & set(left)}:
        left = {name: needs for name, needs in left.items() if name not in free}
    assert sorted(left) == []


def test_no_two_public_classes_have_one_name() -> None:
    places: dict[str, list[str]] = {}
    for path in FILES:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(_module(path))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_what_compares_by_itself_says_both_equal_and_unlike() -> None:
    # A Struct has a `!=` of its own, which does not ask `==`.
    methods = {
        f"{path.name}: {node.name}": {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    assert [name for name, found in methods.items() if ("__eq__" in found) != ("__ne__" in found)] == []


def test_no_module_hides_behind_a_package_of_its_name() -> None:
    # Python imports the package; the module is dead, and ships.
    assert [str(path.relative_to(PACKAGE)) for path in FILES if path.with_suffix("").is_dir()] == []


def test_whatever_a_module_defines_is_used() -> None:
    root = PACKAGE.parent
    sources = {
        path: ast.parse(path.read_text())
        for folder in ("genfile", "tools", "bench")
        for path in (root / folder).rglob("*.py")
    }
    used: set[str] = set()
    for tree in sources.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                used.add(node.id)
            elif isinstance(node, ast.Attribute):
                used.add(node.attr)
            elif isinstance(node, ast.alias):
                used.add(node.name.rpartition(".")[2])
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200:
                # Commands, lazy exports and hooks are named in text: "genfile.guard.tasks:warm_up".
                used.update(re.findall(r"\w+", node.value))
    unused = [
        f"{path.relative_to(root)}: {name}"
        for path, tree in sources.items()
        if PACKAGE in path.parents
        for node in tree.body
        for name in _defined(node)
        if not name.startswith("_") and name not in used
    ]
    assert unused == []


def _defined(node: ast.stmt) -> list[str]:
    """The names that a statement of a module defines. A decorator uses what it decorates, such as a command."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [] if node.decorator_list and isinstance(node, ast.FunctionDef) else [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return [node.target.id] if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else []


def test_no_text_of_a_note_or_of_evidence_decides_anything() -> None:
    """What is decided by a note has a topic, by evidence a subject: either may be worded in any way."""
    # These look for what the project itself has written; a note is shown next to its place.
    allowed = {"practice/base.py", "cli/ui.py", "detect/declared/facts.py"}
    found = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            parts: list[ast.expr] = []
            if isinstance(node, ast.Compare) and not isinstance(node.ops[0], ast.Is | ast.IsNot):
                parts = [node.left, *node.comparators]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                parts = [node.func.value] if node.func.attr in _TAKES_APART else []
            texts = [item for item in parts if isinstance(item, ast.Attribute) and item.attr in ("says", "text")]
            for item in texts:
                owner = item.value.id if isinstance(item.value, ast.Name) else ""
                if item.attr == "says" or owner == "note":
                    found.add(path.relative_to(PACKAGE).as_posix())
    assert found <= allowed


_TAKES_APART = ("startswith", "endswith", "partition", "rpartition", "split", "rsplit", "removeprefix", "find")
