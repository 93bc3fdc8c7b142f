"""Import cost is an interface: what a command loads is held here, not by a clock."""

import subprocess
import sys
from pathlib import Path

import pytest

PROBE = """
import os, sys
sys.argv = {argv!r}
from genfile.__main__ import main
def show(code=0):
    print(*sorted(sys.modules), sep="\\n", file=sys.stderr, flush=True)
    end(0)
end, os._exit = os._exit, show
try:
    main()
except SystemExit:
    pass
show()
"""


def modules(*arguments: str) -> set[str]:
    code = PROBE.format(argv=["genfile", *arguments])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines())


def test_version_loads_next_to_nothing() -> None:
    loaded = modules("--version")
    assert not loaded & {"pydantic", "msgspec", "jinja2", "typer", "rich", "yaml", "genfile.api"}


def test_version_needs_no_types() -> None:
    bare = subprocess.run([sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True)
    assert "typing" not in modules("--version") - set(bare.stdout.split())


def test_help_loads_no_command() -> None:
    loaded = modules("--help")
    assert "genfile.cli.commands" in loaded
    assert not loaded & {"pydantic", "msgspec", "genfile.cli.init", "genfile.cli.ui", "genfile.project.state"}


def test_completing_the_name_of_a_command_loads_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"_GENFILE_COMPLETE": "complete_bash", "COMP_WORDS": "genfile in", "COMP_CWORD": "1"}.items():
        monkeypatch.setenv(name, value)
    loaded = modules()
    assert "typer.completion" in loaded
    assert not loaded & {"pydantic", "msgspec", "genfile.cli.init", "genfile.cli.ui"}


def test_importing_the_package_loads_next_to_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import genfile, sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert not set(done.stdout.split()) & {"pydantic", "msgspec", "jinja2", "typer", "genfile.api"}


def test_a_command_loads_no_plugin_of_pydantic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = tmp_path / "packages"
    metadata = packages / "watcher-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: watcher\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[pydantic]\nwatcher = watcher_plugin:plugin\n")
    (packages / "watcher_plugin.py").write_text("plugin = None\n")
    monkeypatch.setenv("PYTHONPATH", str(packages))
    (tmp_path / "index.html").write_text("<p>")
    loaded = modules("inspect", str(tmp_path))
    assert "pydantic" in loaded
    assert "watcher_plugin" not in loaded


@pytest.mark.parametrize(
    "unwanted",
    [
        "rich",
        "asyncio",
        "tree_sitter_kotlin",
        "tree_sitter_groovy",
        "tomlkit",
        "pathspec",
        "hypothesis",
        "packaging",
        "genfile.spec.java",
        "genfile.detect.java.service",
        "genfile.cli.lint",
        "genfile.container.kubernetes",
        "genfile.parsers.addresses",
        "genfile.parsers.prisma",
        "genfile.parsers.python",
    ],
)
def test_init_of_a_node_project_loads_only_what_it_needs(tmp_path: Path, unwanted: str) -> None:
    (tmp_path / "package.json").write_text('{"name": "a", "scripts": {"start": "node a.js"}}')
    (tmp_path / "a.js").write_text("")
    loaded = modules("init", str(tmp_path))
    assert "jinja2" in loaded
    assert unwanted not in loaded
