"""Whatever text a tree holds, inspecting it ends soon, within its memory, and with what is left out named."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MIB = 1024 * 1024
# Many times what it takes, since machines differ.
SECONDS = 30
MEMORY = 1024 * MIB + 256 * MIB

PACKAGE = json.dumps({"name": "shop", "scripts": {"start": "node server.js"}, "dependencies": {"express": "^5"}})
GRADLE = "plugins { id 'org.springframework.boot' version '3.3.0' }\n"
APPLICATION = "plugins { id 'application' }\napplication { mainClass = 'Main' }\n"
GO_MOD = "module example.com/shop\n\ngo 1.23\n"


def inspect(folder: Path) -> dict[str, Any]:
    """What `genfile inspect --json` prints, from a process that may take so much of the machine and no more."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    command = [sys.executable, "-m", "genfile", "inspect", str(folder), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=limit)
    assert done.returncode in (0, 4), (done.returncode, done.stderr[-400:])
    assert "Traceback" not in done.stderr
    assert "This is a bug" not in done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def left_out(found: dict[str, Any], path: str) -> bool:
    notes = [*found["notes"], *(note for service in found["services"] for note in service["notes"])]
    return any(note["path"] == path and "skipped" in note["text"] for note in notes)


def filled(text: str, size: int = MIB - 4096) -> str:
    return text * (size // len(text))


# Below the bound of the code of one folder, so that the parsers and the walks after them see it whole.
SOME = 390_000


# A folder `bad` with its manifest, the file that holds the attack, and the attack at ten times its figure or at the
# limit of such a file.
CODE = {
    "js-nested": ({"package.json": PACKAGE}, "server.js", filled("{a:")),
    "js-chain": ({"package.json": PACKAGE}, "server.js", "a" + filled(".b()", SOME)),
    "js-operators": ({"package.json": PACKAGE}, "server.js", filled("!%")),
    "js-faults": ({"package.json": PACKAGE}, "server.js", filled("!;")),
    "js-quotes": ({"package.json": PACKAGE}, "server.js", filled('"')),
    "js-members": ({"package.json": PACKAGE}, "server.js", "a" + filled(".b", SOME)),
    "js-environment": ({"package.json": PACKAGE}, "server.js", "a" + "+process.env.X" * 9_900),
    "ts-generics": ({"package.json": PACKAGE}, "server.ts", filled("a<")),
    "groovy-generics": ({}, "build.gradle", filled("a<")),
    "groovy-generics-short": ({}, "build.gradle", filled("a<", 20_000)),
    "groovy-comments": ({}, "build.gradle", GRADLE + filled("/* ")),
    "groovy-calls": ({}, "build.gradle", GRADLE + filled("f(", 7_000)),
    "kotlin-comments": ({}, "build.gradle.kts", filled("/*")),
    "kotlin-slashes": ({}, "build.gradle.kts", filled("$/")),
    "kotlin-infix": ({}, "build.gradle.kts", "a" + filled(" to b", SOME)),
    "kotlin-chain": ({}, "build.gradle.kts", "a" + filled(".b()", SOME)),
    "go-brackets": ({"go.mod": GO_MOD}, "main.go", "package main\nvar x = " + filled("(")),
    "go-ifs": ({"go.mod": GO_MOD}, "main.go", "package main\nfunc main() {" + filled("if a { a = b\n")),
    "java-methods": ({"build.gradle": APPLICATION}, "src/main/java/Main.java", filled("void a(){", 500_000)),
    "java-chain": ({"build.gradle": APPLICATION}, "src/main/java/Main.java", "class A{int a=b" + filled(".c()", SOME)),
    "python-brackets": ({"requirements.txt": "flask\n"}, "app.py", "x=" + filled("(")),
    "python-minus": ({"requirements.txt": "flask\n"}, "app.py", "x=" + filled("-") + "1"),
    "python-dots": ({"requirements.txt": "flask\n"}, "app.py", "x=" + filled("a.") + "a"),
    "python-statements": ({"requirements.txt": "flask\n"}, "app.py", filled("a;")),
    "python-number": ({"requirements.txt": "flask\n"}, "app.py", "import a\nx = " + "1" * 500_000),
    "python-hex": ({"requirements.txt": "flask\n"}, "app.py", "import a\nx = f'{0x" + "1" * 500_000 + "}'"),
    "python-names": (
        {"requirements.txt": "flask\n"},
        "app.py",
        "import a\n" + "".join(f"a{n} = [{f'a{n + 1},' * 3000}]\n" for n in range(20)) + "a20 = 1\nf(a0)\n",
    ),
    "python-tries": (
        {"requirements.txt": "flask\n"},
        "app.py",
        "import os\n"
        + "".join(" " * n + "try:\n" for n in range(19))
        + (" " * 19 + "x = os.environ['A']\n") * 20_000
        + "".join(" " * n + "except KeyError: pass\n" for n in reversed(range(19))),
    ),
}
# The attacks that end with an answer about the file all the same.
ANSWERED = {"js-environment", "groovy-calls", "python-number", "python-hex"}
ANSWERED |= {"python-names", "python-tries"}
# One without a `func main` is not read in the search for programs.
ANSWERED |= {"go-brackets"}


@pytest.mark.parametrize("name", CODE)
def test_code_ends_with_a_value_or_a_note(tmp_path: Path, name: str) -> None:
    """And the service beside it is found all the same."""
    manifests, path, text = CODE[name]
    write(tmp_path, {"apps/good/package.json": PACKAGE, "apps/good/server.js": "require('express')().listen(4000)\n"})
    write(tmp_path / "apps/bad", {**manifests, path: text})
    found = inspect(tmp_path)
    good = [service for service in found["services"] if service["spec"]["path"] == "apps/good"]
    assert len(good) == 1
    assert good[0]["spec"]["port"] == 4000
    assert left_out(found, f"apps/bad/{path}") is (name not in ANSWERED), found["notes"]


LIMIT = 4 * MIB - 4096
DATA = {
    "json-nested": ("package.json", "[" * LIMIT),
    "json-lists": ("package.json", "[" + filled("[],", LIMIT - 8) + "1]"),
    "json-number": ("package.json", '{"a": ' + "1" * (LIMIT - 8) + "}"),
    "toml-nested": ("pyproject.toml", "a=" + "[" * (LIMIT - 8)),
    "toml-tables": ("pyproject.toml", "".join(f"[a{number}]\n" for number in range(350_000))),
    "toml-number": ("pyproject.toml", "a=" + "1" * (LIMIT - 8)),
    "yaml-nested": ("pnpm-workspace.yaml", "[" * LIMIT),
    "yaml-values": ("pnpm-workspace.yaml", filled("- {a: [b, {c: d}]}\n", LIMIT)),
    "yaml-merge": (
        "pnpm-workspace.yaml",
        "a: &a {" + ",".join(f"k{n}: v" for n in range(3000)) + "}\nb:\n" + " - <<: *a\n" * 300_000,
    ),
    "xml-nested": ("pom.xml", filled("<a>", LIMIT)),
    "xml-text": ("pom.xml", "<a>" + filled("xxxxxxxxxxxxxxxx<b/>", LIMIT - 8) + "</a>"),
    "ini-blanks": ("setup.cfg", "[a]\na" + " " * (MIB - 100) + "x\n"),
    "ini-faults": ("setup.cfg", "[a]\n" + filled("=\n", MIB - 8)),
    "requirements-lines": ("requirements.txt", filled("a\n", LIMIT)),
}


@pytest.mark.parametrize("name", DATA)
def test_data_ends_with_a_value_or_a_note(tmp_path: Path, name: str) -> None:
    path, text = DATA[name]
    write(tmp_path, {"good/package.json": PACKAGE, "good/server.js": "require('express')().listen(4000)\n"})
    more = {"package.json": PACKAGE} if path == "pnpm-workspace.yaml" else {"setup.py": ""} if "cfg" in path else {}
    write(tmp_path / "bad", {**more, path: text})
    found = inspect(tmp_path)
    assert "good" in [service["spec"]["path"] for service in found["services"]]
    assert left_out(found, f"bad/{path}"), found["notes"]


QUIET = {
    "requirements-continued": {"requirements.txt": "flask==3.0.0\nx" + " \\\n" * 1_000_000, "app.py": "import flask\n"},
    "requirements-specifier": {"requirements.txt": "flask==3.0.0\nx" + "==1," * 1_000_000, "app.py": "import flask\n"},
    "engines": {
        "package.json": json.dumps({**json.loads(PACKAGE), "engines": {"node": " || ".join(["20.x"] * 50_000)}}),
        "server.js": "",
    },
    "globs": {
        "package.json": json.dumps({"workspaces": ["**/" * 200 + "zz"]}),
        f"{'a/' * 20}package.json": PACKAGE,
        f"{'a/' * 20}server.js": "",
    },
    "script-blocks": {"requirements.txt": "flask\n", "app.py": "# /// script\n" * 80_000},
    "makefile": {"requirements.txt": "flask\n", "app.py": "import flask\n", "Makefile": "a" + " " * 4_000_000 + "x"},
    "properties": {
        "build.gradle": GRADLE,
        "src/main/java/A.java": "class A { void main() {} }",
        "src/main/resources/application.properties": "a" + "a\\\n" * 1_000_000,
    },
    "python-files": {
        "requirements.txt": "flask\n",
        "app.py": "import flask\napp = flask.Flask(__name__)\n",
        **{f"m{n}.py": "import flask\n" + f"x = f(1, '{'a' * 40}')\n" * 10_000 for n in range(100)},
    },
}


@pytest.mark.parametrize("name", QUIET)
def test_many_of_something_end_with_an_answer(tmp_path: Path, name: str) -> None:
    write(tmp_path, QUIET[name])
    assert inspect(tmp_path)["services"]


def test_code_beyond_the_bound_of_a_tree_is_named(tmp_path: Path) -> None:
    write(tmp_path, QUIET["python-files"])
    notes = inspect(tmp_path)["notes"]
    assert any("tokens of source code" in note["text"] and note["path"].endswith(".py") for note in notes)


@pytest.mark.parametrize("name", ["packages", "workspace", "maven", "gradle", "go_work", "uv"])
def test_what_is_twice_as_large_takes_twice_the_calls(tmp_path: Path, name: str) -> None:
    """Calls are counted, which no other load of the machine changes."""
    from bench.trees import TREES

    def calls(size: int) -> int:
        folder = tmp_path / str(size)
        TREES[name][0](folder, size)
        code = (
            "import sys, genfile\n"
            "count = [0]\n"
            "def step(*_): count[0] += 1\n"
            f"genfile.inspect({str(tmp_path / 'warm')!r})\n"
            "sys.setprofile(step)\n"
            f"genfile.inspect({str(folder)!r})\n"
            "sys.setprofile(None)\n"
            "print(count[0])\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        return int(done.stdout)

    TREES[name][0](tmp_path / "warm", 5)
    assert calls(160) / calls(80) <= 2.5
