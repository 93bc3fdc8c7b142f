"""A program that only serves the files beside it: its author's web server, whose work the image's does."""

import ast
import posixpath
import sys

from genfile.detect.code import parse_code
from genfile.detect.tree import Project, Tree

# The class of the standard library that answers requests with files.
_HANDLER = "http.server.SimpleHTTPRequestHandler"


def only_serves(tree: Tree, path: str) -> bool:
    """Whether a file is a Python program of the standard library alone that answers requests with files."""
    if not path.endswith(".py") or _HANDLER.rpartition(".")[2] not in (tree.text(path) or ""):
        return False
    from genfile.parsers.python import parse_python

    folder, name = posixpath.split(path)
    module = parse_code(Project(tree, folder), parse_python, name)
    if module is None or module.neighbours:
        return False
    if any(item.split(".")[0] not in sys.stdlib_module_names for item in module.imports):
        return False
    # A method such as do_POST answers with something else.
    methods = (node.name for node in module.of(ast.FunctionDef, ast.AsyncFunctionDef))
    if any(name.startswith("do_") for name in methods):
        return False
    return any(module.dotted(node) == _HANDLER for node in module.of(ast.Name, ast.Attribute))
