"""Defaults that are made of other answers: they follow those in an update, unless somebody gave them himself."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from genfile.cli.app import run
from genfile.template.answers import FILE, read_answers
from tests.scaffold.projects import genfile, write_files, write_template

NATIVE = """\
manifest = 1
name = "demo"
summary = "A demo"
[questions.db]
type = "text"
help = "Database"
default = "pg"
[questions.host]
type = "text"
help = "Host"
computed = "{{ db }}-host"
[questions.url]
type = "text"
help = "Address"
default = "db://{{ host }}/{{ version }}"
[questions.link]
type = "text"
help = "Link"
default = "<{{ url }}>"
[questions.version]
type = "text"
help = "Version"
default = "1"
"""
TEXT = "{{ db }} {{ url }} {{ link }} {{ version }}\n"
VARIABLES = {
    "db": "pg",
    "version": "1",
    "__host": "{{ cookiecutter.db }}-host",
    "url": "db://{{ cookiecutter.__host }}/{{ cookiecutter.version }}",
    "link": "<{{ cookiecutter.url }}>",
}
Read = Callable[[], str]


@pytest.fixture(params=["native", "cookiecutter"])
def template(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    if request.param == "native":
        write_files(tmp_path / "tpl", {"template.toml": NATIVE, "project/a.j2": TEXT})
    else:
        write_template(tmp_path / "tpl", {"a": TEXT.replace("{{ ", "{{ cookiecutter.")}, **VARIABLES)
    return str(request.param)


def made() -> str:
    return Path("shop/a").read_text().strip()


def test_a_derived_default_follows_its_source(template: str, tmp_path: Path) -> None:
    """Once by the command itself; the rest in this process."""
    assert genfile(tmp_path, "new", "./tpl", "shop", "--defaults").returncode == 0
    assert made() == "pg db://pg-host/1 <db://pg-host/1> 1"
    record = read_answers(Path("shop", FILE).read_text())
    assert {"db", "url", "link", "version"} <= set(record.defaulted)
    assert genfile(tmp_path, "update", "shop", "--defaults", "--set", "db=my").returncode == 0
    assert made() == "my db://my-host/1 <db://my-host/1> 1"
    record = read_answers(Path("shop", FILE).read_text())
    assert "db" not in record.defaulted
    assert {"url", "link", "version"} <= set(record.defaulted)
    assert run(["update", "shop", "--defaults", "--set", "version=2"]) == 0
    assert made() == "my db://my-host/2 <db://my-host/2> 2"


def test_what_was_answered_stays_and_what_is_made_of_it_too(template: str) -> None:
    assert run(["new", "./tpl", "shop", "--defaults", "--set", "url=own"]) == 0
    assert run(["update", "shop", "--defaults", "--set", "db=my"]) == 0
    assert made() == "my own <own> 1"
    assert run(["update", "shop", "--defaults", "--set", "url=new"]) == 0
    assert made() == "my new <new> 1"


def test_a_default_that_is_another_in_the_new_template_does_not_change_an_answer(template: str, tmp_path: Path) -> None:
    """What was taken stays, as long as nothing that it is made of is answered anew."""
    assert run(["new", "./tpl", "shop", "--defaults"]) == 0
    for name in ("template.toml", "cookiecutter.json"):
        if (path := tmp_path / "tpl" / name).exists():
            path.write_text(path.read_text().replace("db://", "new://"))
    assert run(["update", "shop", "--defaults"]) == 0
    assert made() == "pg db://pg-host/1 <db://pg-host/1> 1"
    assert run(["update", "shop", "--defaults", "--set", "db=my"]) == 0
    assert made() == "my new://my-host/1 <new://my-host/1> 1"


def test_a_record_of_an_older_version_counts_all_as_answered(template: str) -> None:
    assert run(["new", "./tpl", "shop", "--defaults"]) == 0
    record = Path("shop", FILE)
    text = record.read_text()
    assert "defaulted = " in text
    record.write_text("".join(line for line in text.splitlines(keepends=True) if not line.startswith("defaulted")))
    assert run(["update", "shop", "--defaults", "--set", "db=my"]) == 0
    assert made() == "my db://pg-host/1 <db://pg-host/1> 1"


def test_only_what_is_another_than_the_default_is_an_answer(template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def prompt(text: str, *, default: Any, **options: Any) -> Any:
        asked.append(text.split()[0])
        return "typed" if text.split()[0] == "link" else default

    monkeypatch.setattr("genfile.cli.ui.is_terminal", lambda: True)
    monkeypatch.setattr("typer.prompt", prompt)
    assert run(["new", "./tpl", "shop"]) == 0
    record = read_answers(Path("shop", FILE).read_text())
    assert set(record.values) - set(record.defaulted) == {"link"}
    asked.clear()
    assert run(["update", "shop", "--set", "db=my"]) == 0
    assert asked == ["url"], "what follows is asked for; what was answered, or did not change, is not"
    assert made() == "my db://my-host/1 typed 1"


def test_what_the_users_configuration_says_is_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_template(tmp_path / "tpl", {"a": "{{ cookiecutter.url }}\n"}, **VARIABLES)
    (tmp_path / "rc").write_text("default_context:\n  url: configured\n")
    monkeypatch.setenv("COOKIECUTTER_CONFIG", str(tmp_path / "rc"))
    assert run(["new", "./tpl", "shop", "--defaults"]) == 0
    monkeypatch.delenv("COOKIECUTTER_CONFIG")
    assert run(["update", "shop", "--defaults", "--set", "db=my"]) == 0
    assert made() == "configured"


def test_an_earlier_choice_that_is_gone_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write_template(tmp_path / "tpl", {"a": "{{ cookiecutter.licence }}\n"}, licence=["MIT", "BSD"])
    assert run(["new", "./tpl", "shop", "--set", "licence=BSD"]) == 0
    (folder / "cookiecutter.json").write_text(json.dumps({"slug": "shop", "licence": ["MIT", "none"]}))
    assert run(["update", "shop"]) == 0
    assert made() == "MIT"
