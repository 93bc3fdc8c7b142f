"""What rules find: order, evidence, lists, ranges, workspaces, built-in languages beside them, and hostile trees."""

import json
import time
from typing import Any

import pytest

from genfile.detect.inspection import Inspection, inspect_source
from genfile.source.memory import MemorySource
from tests.declared.presets import found, rules, rules_of

HEAD = '[detect]\nlanguage = "ruby"\nfiles = ["Gemfile"]\n'


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)


def fact(field: str, **keys: Any) -> str:
    """A rule as TOML."""
    lines = [f"{key.removesuffix('_')} = {toml(value)}" for key, value in keys.items()]
    return "\n".join(["[[detect.facts]]", f'field = "{field}"', *lines, ""])


def only(inspection: Inspection) -> Any:
    assert len(inspection.services) == 1, inspection.notes
    return inspection.services[0]


def test_the_first_answer_wins_and_says_where() -> None:
    text = HEAD + fact("port", file="a.toml", toml="server.port") + fact("port", file="b.json", json="port")
    service = only(found(text, {"Gemfile": "", "b.json": '{\n"port": 4000}', "a.toml": "[server]\nport = 5000\n"}))
    assert service.spec.port == 5000
    assert str(service.evidence["/port"][0]) == "a.toml:2 (server.port is 5000)"
    assert [note.text for note in service.notes] == [
        "port: a.toml says server.port is 5000, b.json says port is 4000; a.toml wins"
    ]
    service = only(found(text, {"Gemfile": "", "b.json": '{\n"port": 4000}'}))
    assert (service.spec.port, service.evidence["/port"][0].line) == (4000, 2)


def test_every_way_of_reading() -> None:
    ways = {
        "a.toml": ({"toml": "x.y"}, "[x]\ny = 'z'\n"),
        "a.json": ({"json": "x[].y"}, '{"x": [{}, {"y": "z"}]}'),
        "a.yaml": ({"yaml": "x.y"}, "x:\n  y: z\n"),
        "a.ini": ({"ini": "x.y"}, "[x]\ny = z\n"),
        "a.env": ({"env": "Y"}, "# no\nY=z\n"),
        "a.rb": ({"regex": r"^y = (\w)"}, "x\ny = z\n"),
    }
    for name, (way, content) in ways.items():
        service = only(found(HEAD + fact("facts.x", file=name, **way), {"Gemfile": "", name: content}))
        assert service.spec.facts == {"x": "z"}
        assert service.evidence["/facts/x"][0].line in (1, 2)


def test_a_default_is_a_guess() -> None:
    service = only(found(HEAD + fact("port", default=9292), {"Gemfile": ""}))
    assert service.spec.port == 9292
    assert "/port" in service.guesses


def test_maps_lists_and_earlier_facts() -> None:
    text = (
        HEAD
        + fact("facts.gems", file="deps.json", json="need", keys=True, many=True)
        + fact("framework", from_="facts.gems", map={"rails": "rails", "rack": "rack"})
        + fact("system_packages.build", from_="facts.gems", map={"pg": ["libpq-dev"], "x": ["g++"]}, append=True)
        + fact("environment", when="framework=rails", value={"name": "RAILS_ENV", "value": "production"}, append=True)
        + fact("start", unless="facts.none", file="deps.json", json="name", value=["bin/{0}", "{framework}"])
    ).replace('unless = "facts.none"\n', "")
    files = {"Gemfile": "", "deps.json": '{"name": "shop", "need": {"rack": "1", "x": "1", "rails": "7", "pg": "1"}}'}
    spec = only(found(text, files)).spec
    assert spec.framework == "rails", "the order of the map is that of precedence"
    assert spec.system_packages.build == ("g++", "libpq-dev")
    assert [item.name for item in spec.environment] == ["RAILS_ENV"]
    assert spec.start == ("bin/shop", "rails")
    assert spec.facts["gems"] == ("rack", "x", "rails", "pg")


@pytest.mark.parametrize(
    ("scheme", "asked", "line"),
    [
        ("composer", "^8.2", "8.4"),
        ("composer", "~8.2.0", "8.2"),
        ("composer", "~8.2", "8.4"),
        ("composer", "^7.4|^8.0", "8.4"),
        ("composer", ">=8.1,<8.4", "8.3"),
        ("composer", "8.3.*", "8.3"),
        ("composer", "^7.4", None),
        ("gem", "~> 8.2", "8.4"),
        ("gem", "~> 8.2.1", "8.2"),
        ("gem", ">= 8.1, < 8.4", "8.3"),
        ("npm", "8.2.x", "8.2"),
        ("pep440", ">=8.1,<8.3", "8.2"),
        ("floor", "8.1", "8.4"),
        ("floor", "8.9", "8.9"),
    ],
)  # fmt: skip
def test_ranges(scheme: str, asked: str, line: str | None) -> None:
    keys = {"range": scheme, "lines": ["8.4", "8.5", "8.3", "8.2", "8.1"]}
    text = HEAD + fact("runtime.version", file="a.json", json="v", **keys)
    runtime = only(found(text, {"Gemfile": "", "a.json": json.dumps({"v": asked})})).spec.runtime
    assert (runtime.version if runtime else None) == line


def test_paths_become_those_of_the_spec_and_files_above_are_found() -> None:
    text = (
        HEAD
        + '[detect.workspace]\ntool = "hive"\nfile = "hive.toml"\ntoml = "members"\n'
        + fact("package_manager.name", value="hive")
        + fact("package_manager.lockfile", file="hive.lock", above=True, exists=True)
        + fact("writable", value=["tmp", "./log"])
        + fact("facts.entry", file="src/**/main.*", exists=True)
    )
    files = {"hive.toml": "members = []", "hive.lock": "", "apps/web/Gemfile": "", "apps/web/src/x/main.rb": ""}
    spec = only(found(text, files)).spec
    assert (spec.workspace.root, spec.workspace.member, spec.workspace.tool) == (".", "apps/web", "hive")
    assert spec.package_manager.lockfile == "hive.lock"
    assert spec.writable == ("apps/web/tmp", "apps/web/log")
    assert spec.facts["entry"] == "src/x/main.rb"


def test_which_folders_are_services() -> None:
    text = HEAD + 'any = ["*.ru"]\nunless = ["Rakefile"]\n'
    files = {"a/Gemfile": "", "a/x.ru": "", "b/Gemfile": "", "c/Gemfile": "", "c/x.ru": "", "c/Rakefile": ""}
    assert [item.spec.path for item in found(text, files).services] == ["a"]


def test_a_tree_without_a_service_says_what_was_looked_for() -> None:
    inspection = found(HEAD + 'any = ["*.ru"]', {"Gemfile": ""})
    assert [note.text for note in inspection.notes] == [inspection.notes[-1].text]
    assert inspection.notes[-1].text.endswith("index.html, Gemfile")


def test_the_first_field_that_says_serves_decides() -> None:
    text = HEAD + 'serves = ["facts.listens", "framework"]\n'
    text += fact("framework", file="Gemfile", regex="sinatra") + fact("facts.listens", file="app.rb", regex="run!")
    files = {"a/Gemfile": "sinatra", "b/Gemfile": "sinatra", "b/app.rb": "run!", "c/Gemfile": ""}
    assert [item.spec.path for item in found(text, files).services] == ["b"]
    del files["b/app.rb"]
    assert [item.spec.path for item in found(text, files).services] == ["a", "b"]
    assert [item.spec.path for item in found(text, {"c/Gemfile": ""}).services] == ["c"]


PACKAGE = json.dumps({"name": "x", "scripts": {"start": "node s.js"}, "dependencies": {"express": "5"}})
SERVER = {"Gemfile": "", "package.json": PACKAGE, "s.js": "require('express')().listen(3000)"}


def test_built_in_languages_win_where_the_preset_was_not_named() -> None:
    kinds = rules(HEAD)
    tree = MemorySource(dict(SERVER))
    assert [item.spec.language for item in inspect_source(tree).services] == ["node"]
    assert [item.spec.language for item in inspect_source(tree, [kinds]).services] == ["node"]
    assert [item.spec.language for item in inspect_source(tree, chosen=kinds).services] == ["ruby"]


def test_a_front_end_beside_it_is_no_service() -> None:
    front = json.dumps({"name": "x", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}})
    files = {"Gemfile": "", "package.json": front, "index.html": "<div id=app>"}
    inspection = inspect_source(MemorySource(dict(files)), [rules(HEAD)])
    assert [item.spec.language for item in inspection.services] == ["ruby"]
    assert inspection.notes == ()


def test_several_sets_of_rules_in_one_tree() -> None:
    files = {"shop/composer.json": '{"require": {"php": "^8.2"}}', "shop/public/index.php": "", "mail/src/main.rs": ""}
    files["mail/Cargo.toml"] = '[package]\nname = "mail"\n'
    inspection = inspect_source(MemorySource(dict(files)), [rules_of("rust"), rules_of("php")])
    assert [(item.spec.language, item.spec.name) for item in inspection.services] == [("rust", "mail"), ("php", "shop")]


def test_a_slow_pattern_is_left_out() -> None:
    text = HEAD + fact("facts.x", file="a", regex="a*a*a*a*a*a*[xy]") + fact("port", default=1)
    begun = time.perf_counter()
    service = only(found(text, {"Gemfile": "", "a": "a" * 100_000}))
    assert time.perf_counter() - begun < 8
    assert service.spec.facts == {}
    assert [note.text for note in service.notes] == ["the search for facts.x in a took too long and was skipped"]


def test_a_hostile_tree_gives_no_hostile_spec() -> None:
    text = HEAD + fact("facts.x", file="a.json", json="x") + fact("name", file="a.json", json="n")
    text += fact("framework", file="a.json", json="f") + fact("port", file="a.json", json="p")
    text += fact("writable", file="a.json", json="w") + fact("facts.y", file="a.json", json="x[]", many=True)
    for value in (
        "a\nRUN evil",
        "\u202e",
        "$(x)`y`",
        "../../etc",
        "x" * 100_000,
        1e308,
        -1,
        True,
        None,
        {"a": 1},
        [[1]],
    ):
        document = json.dumps(dict.fromkeys("xnfpw", value))
        spec = only(found(text, {"Gemfile": "", "a.json": document})).spec
        assert spec.name.isascii()
        assert all(str(item).isprintable() for item in spec.facts.values())
        assert not any(".." in path for path in spec.writable)
    for broken in ("{", "[" * 100_000, "\x00", ""):
        assert only(found(text, {"Gemfile": "", "a.json": broken})).spec.facts == {}


def test_text_beyond_a_mebibyte_is_not_searched() -> None:
    inspection = found(HEAD + fact("facts.x", file="a", regex="x"), {"Gemfile": "", "a": "x" * (1024 * 1024 + 1)})
    assert only(inspection).spec.facts == {}
    assert "larger than 1 MiB" in inspection.notes[0].text
