"""A source file is parsed once, its tree is searched once, and what is made of it serves the claim and the facts."""

from collections import Counter
from typing import Any

import pytest

from genfile.detect.go.module import read_module
from genfile.detect.inspection import inspect_source
from genfile.detect.python.manifest import python_project
from genfile.detect.tree import Project, Tree
from genfile.parsers import ParseError, gosyntax, grammar
from genfile.parsers.grammar import MAX_TREE_DEPTH, parse_code
from genfile.proof import prove
from genfile.source import Budget
from genfile.source.memory import MemorySource

GO = {
    "go.mod": "module example.com/shop\n\ngo 1.25\n",
    "cmd/shop/main.go": (
        'package main\n\nimport "example.com/shop/internal/server"\n\nfunc main() { server.Run(server.Config{}) }\n'
    ),
    "cmd/tool/main.go": 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("done") }\n',
    "internal/server/server.go": (
        'package server\n\nimport "net/http"\n\nfunc Run(c Config) { http.ListenAndServe(address(c), nil) }\n'
    ),
    "internal/server/config.go": (
        'package server\n\nimport "os"\n\ntype Config struct{ Addr string }\n\n'
        'func address(c Config) string { if c.Addr != "" { return c.Addr }; return os.Getenv("HOST") + ":9000" }\n'
    ),
}
PYTHON = {
    "requirements.txt": "fastapi==0.115.0\nuvicorn==0.30.0\n",
    "main.py": (
        "from fastapi import FastAPI\n\nfrom shop.api import router\n\napp = FastAPI()\napp.include_router(router)\n"
    ),
    "shop/__init__.py": "",
    "shop/api.py": "import os\n\nfrom fastapi import APIRouter\n\nrouter = APIRouter()\nHOST = os.environ['HOST']\n",
}


def counted(monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> Counter[str]:
    """How often each file was parsed for an inspection."""
    parses: Counter[str] = Counter()
    parse = Tree._parse

    def counting(tree: Tree, parser: Any, text: str, path: str) -> Any:
        parses[path] += 1
        return parse(tree, parser, text, path)

    monkeypatch.setattr(Tree, "_parse", counting)
    assert inspect_source(MemorySource(files), prove=prove).services
    return parses


@pytest.mark.parametrize("files", [GO, PYTHON], ids=["go", "python"])
def test_each_source_file_is_parsed_once(monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> None:
    parses = counted(monkeypatch, files)
    sources = [path for path in files if path.endswith((".go", ".py")) and files[path]]
    assert {path: parses[path] for path in sources} == dict.fromkeys(sources, 1)


def test_what_ci_says_is_parsed_once_for_all_services(monkeypatch: pytest.MonkeyPatch) -> None:
    step = "{uses: actions/setup-go@v5, with: {go-version: '1.25'}}"
    workflow = f"jobs:\n  test:\n    steps:\n      - {step}\n"
    files = {f"{folder}/{name}": text for folder in ("shop", "stock") for name, text in GO.items()}
    parses = counted(monkeypatch, {**files, ".github/workflows/ci.yml": workflow})
    assert parses[".github/workflows/ci.yml"] == 1


def test_the_tree_of_a_go_file_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searches: Counter[str] = Counter()
    captures = grammar.captures

    def counting(name: str, kinds: tuple[str, ...], root: Any) -> Any:
        searches[str(root.id)] += 1
        return captures(name, kinds, root)

    monkeypatch.setattr(gosyntax, "captures", counting)
    assert inspect_source(MemorySource(GO), prove=prove).services[0].spec.port == 9000
    assert sorted(searches.values()) == [1, 1, 1, 1]


@pytest.mark.parametrize(("files", "read"), [(GO, read_module), (PYTHON, python_project)], ids=["go", "python"])
def test_the_claim_and_the_facts_share_what_was_read(files: dict[str, str], read: Any) -> None:
    tree = Tree(MemorySource(files), Budget())
    assert read(Project(tree, "")) is read(Project(tree, ""))


def test_what_a_budget_cut_short_is_read_anew() -> None:
    tree = Tree(MemorySource(GO), Budget())
    with tree.budget.part(0):
        first = read_module(Project(tree, ""))
        assert first is None or first.programs == ()
    again = read_module(Project(tree, ""))
    assert again is not None
    assert [program.name for program in again.programs] == ["shop", "tool"]


def test_only_a_tree_that_is_deep_is_refused() -> None:
    with pytest.raises(ParseError, match="deep"):
        parse_code("package a\n\nvar x = a" + ".b" * (MAX_TREE_DEPTH + 1), "go")
    flat = "package a\n\n" + "".join(f"var x{n} = a.b.c\n" for n in range(MAX_TREE_DEPTH))
    assert parse_code(flat, "go")[1].named_child_count > MAX_TREE_DEPTH
