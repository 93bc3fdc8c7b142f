"""Updates of projects from templates in git: the base is the recorded commit, rendered again."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from genfile.bundle import Bundle
from genfile.cli.app import run
from genfile.errors import SourceError
from genfile.template.answers import Answers, read_answers, write_answers

HEAD = """\
manifest = 1
name = "demo"
summary = "A demo"
[questions.name]
type = "text"
help = "Name"
default = "{{ folder }}"
[questions.token]
type = "text"
help = "Token"
secret = true
"""
Versions = dict[str, dict[str, str]]


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Versions:
    """Versions of one template by tag; a commit is the tag forty times."""
    known: Versions = {"1": {"project/a.j2": "1\n2\n3\n4 {{ name }} {{ token }}\n"}}

    def fake(reference: str, *, what: str, base: Path | None = None, **asked: Any) -> Bundle:
        pinned = asked.get("pinned")
        tag = pinned[0] if pinned else asked.get("checkout") or max(known)
        if tag not in known:
            raise SourceError(f"{reference} has no {tag}")
        files = {"template.toml": HEAD, **known[tag]}
        contents: Mapping[str, bytes] = {path: text.encode() for path, text in files.items()}
        return Bundle(reference, "git", "demo", contents, frozenset(), tag * 40, None)

    monkeypatch.setattr("genfile.bundle.open_bundle", fake)
    monkeypatch.setattr("genfile.scaffold.update.open_bundle", fake)
    monkeypatch.chdir(tmp_path)
    return known


Read = Callable[[], str]


@pytest.fixture
def made(versions: Versions, tmp_path: Path) -> Read:
    assert run(["new", "gh:a/demo", "shop", "--set", "token=hunter2"]) == 0
    return lambda: (tmp_path / "shop/a").read_text()


def test_no_base_is_kept_for_git_and_no_secret(made: Read, tmp_path: Path) -> None:
    assert {path.name for path in (tmp_path / "shop").iterdir()} == {"a", ".genfile-answers.toml"}
    record = (tmp_path / "shop/.genfile-answers.toml").read_text()
    assert f'commit = "{"1" * 40}"' in record
    assert "hunter2" not in record


def test_to_the_newest_and_to_one_that_is_named(made: Read, versions: Versions, tmp_path: Path) -> None:
    for tag in ("2", "3"):
        versions[tag] = {"project/a.j2": f"1\n{tag}\n3\n4 {{{{ name }}}} {{{{ token }}}}\n", f"project/{tag}": tag}
    (tmp_path / "shop/a").write_text(made().replace("4 shop", "mine shop"))
    assert run(["update", "shop", "--to", "2", "--set", "token=hunter2"]) == 0
    assert made() == "1\n2\n3\nmine shop hunter2\n"
    assert 'checkout = "2"' in (tmp_path / "shop/.genfile-answers.toml").read_text()
    assert run(["update", "shop", "--to", "3", "--set", "token=hunter2"]) == 0
    assert made() == "1\n3\n3\nmine shop hunter2\n"
    assert not (tmp_path / "shop/2").exists()


def test_conflicts_are_not_met_again_once_they_are_solved(made: Read, versions: Versions, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    (shop / "a").write_text(made().replace("2\n", "mine\n"))
    versions["2"] = {"project/a.j2": "1\ntheirs\n3\n4 {{ name }} {{ token }}\n"}
    assert run(["update", "shop", "--set", "token=hunter2"]) == 3
    record = read_answers((shop / ".genfile-answers.toml").read_text())
    assert record.commit == "1" * 40
    assert record.pending is not None
    assert record.pending.commit == "2" * 40
    assert record.conflicts == ("a",)
    (shop / "a").write_text("1\nboth\n3\n4 shop hunter2\n")
    assert run(["update", "shop", "--set", "token=hunter2"]) == 0
    assert made() == "1\nboth\n3\n4 shop hunter2\n"
    record = read_answers((shop / ".genfile-answers.toml").read_text())
    assert (record.commit, record.pending) == ("2" * 40, None)


def test_a_commit_that_is_gone_is_one_line(made: Read, versions: Versions, capsys: pytest.CaptureFixture[str]) -> None:
    versions["2"] = versions.pop("1")
    before = made()
    assert run(["update", "shop", "--set", "token=x"]) == 1
    assert "can't get the template version that this project was created from" in capsys.readouterr().err
    assert made() == before


def test_the_record_is_what_was_written() -> None:
    pending = Answers("gh:a/b", "git", "2" * 40, {"a": ["x", "y"], "b": {"c": 1, "d": True}})
    answers = Answers(
        "gh:a/b", "git", "1" * 40, {"a": 'quo"te\n', "n": 1.5}, "v1", "sub", "f", "s", True, "0.1", pending, ("x",)
    )
    assert read_answers(write_answers(answers)) == answers
    assert read_answers(write_answers(Answers("a", "builtin", None, {"x": None}))).values == {}
