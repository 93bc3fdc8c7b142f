"""Go code without go.mod: the folder of its module, and the module path that `go mod init` needs."""

import posixpath
import re
from collections.abc import Iterator

from genfile.detect.aside import is_aside
from genfile.detect.tree import Project, Tree
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.gomod import GoMod, Requirement
from genfile.source.base import any_ends

MAX_FILES = 250
MAX_IMPORTS = 3_000
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~/-]{0,200}")
# Version lists of tools before modules, which `go mod init` no longer reads.
_LOCKS = ("Gopkg.lock", "glide.lock", "Godeps/Godeps.json", "vendor/vendor.json")


def is_loose(folder: Project) -> bool:
    """Whether a folder is the top of all Go code in a tree without any go.mod."""
    return folder.tree.once(("go-loose",), lambda: _top(folder.tree)) == folder.path


def _top(tree: Tree) -> str | None:
    """The folder with all Go code except examples; None if there is none, or a go.mod."""
    top: str | None = None
    for folder, names in tree.folders.items():
        if "go.mod" in names and "vendor" not in folder.split("/"):
            return None
        if (
            any_ends(names, ".go")
            and any(name.endswith(".go") and not name.endswith("_test.go") for name in names)
            and not is_aside(folder)
        ):
            top = folder if top is None else posixpath.commonpath([top, folder]) if top and folder else ""
    if top is None:
        return None
    # A program in a folder such as cmd belongs to the module around it.
    while posixpath.basename(top) in ("cmd", "src") or posixpath.basename(posixpath.dirname(top)) == "cmd":
        top = posixpath.dirname(top)
    while top and top not in tree.folders:
        top = posixpath.dirname(top)
    return top


def loose_manifest(folder: Project) -> tuple[GoMod, dict[str, Evidence]]:
    """The go.mod that `go mod init` and `go mod tidy` would write for a folder's imports, without versions; and where
    each of its modules is imported."""
    own = module_path(folder)
    found: dict[str, Evidence] = {}
    for path, name, line in imported(folder):
        if "." in path.split("/")[0] and not path.startswith((".", own + "/")):
            found.setdefault(path, folder.says(name, line, f"import {path}"))
    requires = tuple(Requirement(path, "", False, says.line or 1) for path, says in found.items())
    return GoMod(own, None, None, requires, (), (), {}, {}), found


def imported(folder: Project) -> Iterator[tuple[str, str, int]]:
    """The imports of a folder's Go code: the path, the file and the line; bounded."""
    from genfile.detect.code import parse_code
    from genfile.parsers.go import parse_go

    count = 0
    names = (name for name in folder.files("*.go") if not name.endswith("_test.go") and not is_aside(name))
    for _, name in zip(range(MAX_FILES), names, strict=False):
        file = parse_code(folder, parse_go, name)
        for path, line in file.imports.items() if file is not None else ():
            count += 1
            if count > MAX_IMPORTS:
                return
            yield path, name, line


def module_path(folder: Project) -> str:
    """The module path by which the code imports its own packages; else the folder's name."""
    for path, _, _ in imported(folder):
        if not _PATH.fullmatch(path):
            continue
        parts = path.split("/")
        for at in range(1, len(parts)):
            inside = "/".join(parts[at:])
            if any(name.endswith(".go") for name in folder.names(inside)):
                return "/".join(parts[:at])
    clean = "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "-" for char in folder.folder_name)
    return clean.strip("-_").lower() or "app"


def is_vendored(folder: Project) -> bool:
    """Whether vendor/ has every package of others that the code without a go.mod imports."""
    _, others = loose_manifest(folder)
    return bool(others) and all(any(name.endswith(".go") for name in folder.names(f"vendor/{path}")) for path in others)


def put_loose(folder: Project, module: str, main: str, draft: Draft) -> None:
    """Put the steps that create go.mod into /build, with a note; or /gopath, if vendor/ has all dependencies."""
    says = folder.says(main, 1, "package main, without go.mod")
    if is_vendored(folder) and "." in module.partition("/")[0]:
        draft.put("gopath", Fact(True, (says,)))
        draft.put("vendored", Fact(True, (says,)))
        text = (
            "go.mod is missing, so the image is built in GOPATH mode with the dependencies in vendor/; run "
            f"`go mod init {module} && go mod tidy` and commit go.mod and go.sum"
        )
        draft.note("warning", text, folder.full(main))
        return
    draft.put("build", Fact([f"go mod init {module}", "go mod tidy"], (says,)))
    text = (
        "go.mod is missing, so the build creates one with the newest version of every module; run "
        f"`go mod init {module} && go mod tidy` and commit go.mod and go.sum"
    )
    draft.note("warning", text, folder.full(main))
    lock = next((name for name in _LOCKS if folder.has(name)), None)
    if lock is not None:
        draft.note("warning", f"{lock}: Go no longer reads versions from it", folder.full(lock))
    for path, name, line in imported(folder):
        own = path.startswith(module + "/")
        if path.startswith(".") or (not own and any(item.endswith(".go") for item in folder.names(path))):
            place = folder.says(name, line, f"import {path}")
            text = f"{place}: this import path is not part of the module; write {module}/… instead"
            draft.note("warning", text, place.path, place.line)
            return
