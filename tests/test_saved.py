"""`--save` puts what the command line says into genfile.toml, and leaves all else in it as it is."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genfile.cli.app import run
from genfile.errors import UsageError
from genfile.project.decided import Decided, find_decided
from genfile.project.save import ToSave, native, save_text
from genfile.spec.settings import as_text

KEYS = ("port", "user", "runtime.version", "health.path", "processes.worker", "start", "options.image")
TEXTS = ("9000", "3.10", "true", '["a", "b"]', "node server.js", 'with "quotes" and \\', "null", "{}", "", "ünï", "007")

# What can stand at the head of a file, and each form that a table can be written in.
HEADS = (
    "# ours\n",
    'preset = "acme" # always\n',
    "comments = 'teach'\n",
    "compose = true\n",
    'ignore = [\n  "a/", # old\n  "b/",\n]\n',
    "\n",
    'set.port = 1 # dotted\n"set"."runtime"."version" = "1"\n',
    'set = { port = 1, runtime = { version = "1" } } # inline\n',
)
TABLES = (
    '[set] # fields\nport = 1 # one\n"runtime.version" = "22"\n\n',
    '[set]\nruntime.version = "22"\n# between\nhealth = { path = "/x" }\n\n',
    '[set.runtime]\nversion = "22" # nested\n\n',
    '[services."apps/api"] # the API\nname = "api"\n[services."apps/api".set]\nport = 2 # two\n\n',
    '[services."apps/api".set]\nstart = ["a", "b"] # long\n\n',
    '[services]\n"apps/api" = { name = "api", set = { port = 2 } }\n\n',
    '[services."apps/web"]\nskip = true # not now\n\n',
    '[presets.acme] # theirs\nsource = "./a"\n\n',
    "# at the end\n",
)


@st.composite
def files(draw: st.DrawFn) -> str:
    text = "".join(draw(st.lists(st.sampled_from(HEADS), unique=True)))
    return text + "".join(draw(st.lists(st.sampled_from(TABLES), unique=True)))


@st.composite
def wishes(draw: st.DrawFn) -> ToSave:
    return ToSave(
        draw(st.sampled_from([None, "python", "./own"])),
        draw(st.sampled_from([None, "none", "brief"])),
        draw(st.sampled_from([None, True])),
        draw(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(TEXTS))),
        draw(st.sampled_from([None, "apps/api", "."])),
    )


def is_valid(text: str) -> bool:
    try:
        decided(text)
    except UsageError:
        return False
    return True


def decided(text: str) -> Decided:
    found = find_decided(Path("/nowhere"), {"genfile.toml": text})
    assert found is not None
    return found


def meant(text: str) -> Any:
    """A list however it is written, else the text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, list) else text


@settings(deadline=None)
@given(files().filter(is_valid), wishes())
def test_all_else_stays(text: str, saved: ToSave) -> None:
    changed = save_text(text, saved)
    before, after = decided(text), decided(changed)
    own = after.settings if saved.service is None else after.services.get(saved.service, {})
    old = before.settings if saved.service is None else before.services.get(saved.service, {})
    # What was to be saved is there, and means what it meant for --set.
    assert {key: meant(own[key].text) for key in saved.settings} == {k: meant(v) for k, v in saved.settings.items()}
    # What was not named is as it was.
    assert {k: v.text for k, v in own.items() if k not in saved.settings} == {
        k: v.text for k, v in old.items() if k not in saved.settings
    }
    assert after.config.ignore == before.config.ignore
    assert after.config.presets == before.config.presets
    # Comments and lines that say something else stay, in their order.
    named = (
        *(key.split(".")[-1] for key in saved.settings),
        "preset",
        "comments",
        "compose",
        "set",
        "services",
        "apps",
    )
    kept = [line for line in text.splitlines() if line.strip() and not any(name in line for name in named)]
    lines = iter(changed.splitlines())
    assert all(any(line == other for other in lines) for line in kept)
    for line in text.splitlines():
        assert line.partition("#")[2].strip() in changed
    # A second time changes nothing.
    assert save_text(changed, saved) == changed


@given(st.sampled_from(TEXTS) | st.text(max_size=20) | st.integers().map(str))
def test_a_plain_value_means_the_same(text: str) -> None:
    assert meant(as_text(native(text))) == meant(text)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("flask\ngunicorn\n")
    (tmp_path / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    return tmp_path


def test_init_saves(project: Path) -> None:
    words = ["--set", "port=9000", "--set", "runtime.version=3.10", "--set", 'labels=["a=b"]', "--comments", "none"]
    assert run(["init", str(project), "--yes", "--save", "--compose", "--preset", "python", *words]) == 0
    assert (project / "genfile.toml").read_text() == (
        'preset = "python"\ncomments = "none"\ncompose = true\n\n'
        '[set]\nport = 9000\n"runtime.version" = "3.10"\nlabels = ["a=b"]\n'
    )
    # It stands in one place alone.
    lock = (project / "genfile.lock").read_text()
    assert "[containers.settings]" not in lock
    assert "compose = true" not in lock
    made = (project / "Dockerfile").read_text()
    assert "EXPOSE 9000" in made
    assert "python:3.10" in made
    assert (project / "compose.yaml").exists()
    assert run(["check", str(project)]) == 0
    assert run(["init", str(project), "--yes"]) == 0
    assert (project / "Dockerfile").read_text() == made


def test_update_saves_over_what_the_command_line_said_before(project: Path) -> None:
    assert run(["init", str(project), "--yes", "--set", "port=9000", "--set", "user=20000"]) == 0
    (project / "genfile.toml").write_text("# ours\n")
    assert run(["update", str(project), "--yes", "--save", "--set", "port=9001"]) == 0
    assert (project / "genfile.toml").read_text() == "# ours\n\n[set]\nport = 9001\n"
    lock = (project / "genfile.lock").read_text()
    assert "9000" not in lock
    assert 'user = "20000"' in lock
    assert "EXPOSE 9001" in (project / "Dockerfile").read_text()
    assert run(["check", str(project)]) == 0


def test_one_service_alone(project: Path) -> None:
    (project / "web").mkdir()
    (project / "web" / "package.json").write_text('{"name": "shop", "scripts": {"start": "node s.js"}}')
    (project / "web" / "s.js").write_text("require('http').createServer().listen(3000)\n")
    assert run(["init", str(project), "--yes", "--save", "--service", "shop", "--set", "port=9000"]) == 0
    assert (project / "genfile.toml").read_text() == "[services.web.set]\nport = 9000\n"
    assert "EXPOSE 9000" in (project / "web" / "Dockerfile").read_text()
    assert run(["check", str(project)]) == 0


def test_nothing_is_saved_where_nothing_is_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["init", str(project), "--yes", "--save", "--set", "port=9000"]
    for option in ("--dry-run", "--diff", "--stdout"):
        assert run([*words, option]) == 0
    assert "+port = 9000" in capsys.readouterr().out
    assert run([*words, "--set", "prot=1"]) == 2
    assert "genfile.toml:3:1: prot: not a field" in capsys.readouterr().err
    assert run([*words, "--guard"]) == 2
    (project / "Dockerfile").write_text("FROM scratch\n")
    assert run(words) == 3
    assert not (project / "genfile.toml").exists()


def test_a_preset_that_a_tree_may_not_name_is_not_saved(
    project: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = 'manifest = 1\nname = "own"\nsummary = "x"\nextends = "builtin"\n'
    for folder in (project / "own", tmp_path_factory.mktemp("away") / "own"):
        folder.mkdir()
        (folder / "preset.toml").write_text(manifest)
        code = run(["init", str(project), "--yes", "--save", "--preset", str(folder)])
        assert code == (0 if folder.is_relative_to(project) else 2)
    assert "points outside of the project" in capsys.readouterr().err
    assert (project / "genfile.toml").read_text() == 'preset = "./own"\n'


def test_where_the_decisions_are(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = '[project]\nname = "x" # it\n\n[tool.genfile] # ours\ncomments = "none"\n\n[tool.other]\na = 1\n'
    (project / "pyproject.toml").write_text(text)
    assert run(["init", str(project), "--yes", "--save", "--set", "port=9000"]) == 0
    assert (project / "pyproject.toml").read_text() == text.replace(
        'comments = "none"\n', 'comments = "none"\n\n[tool.genfile.set]\nport = 9000\n'
    )
    assert not (project / "genfile.toml").exists()
    (project / "pyproject.toml").unlink()
    (project / "package.json").write_text('{"genfile": {"comments": "none"}}')
    assert run(["init", str(project), "--yes", "--save", "--set", "port=9001"]) == 2
    assert "move them into genfile.toml" in capsys.readouterr().err


def test_a_new_file_names_the_schema_beside_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "config"]) == 0
    (project / "genfile.schema.json").write_text(capsys.readouterr().out)
    assert run(["init", str(project), "--yes", "--save", "--set", "port=9000"]) == 0
    assert (project / "genfile.toml").read_text() == "#:schema ./genfile.schema.json\n\n[set]\nport = 9000\n"
