"""What a project decided before, in genfile.toml, is taken; an option of the command decides anew."""

from pathlib import Path

import pytest

from genfile.cli.app import run


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("flask\ngunicorn\n")
    (tmp_path / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    return tmp_path


def dockerfile(project: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert run(["init", str(project), "--stdout", *options]) == 0
    return capsys.readouterr().out


def test_fields_and_options(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "genfile.toml").write_text('comments = "teach"\n[set]\nport = "9000"\nuser = "20000"\n')
    text = dockerfile(project, capsys)
    assert "EXPOSE 9000" in text
    assert "USER 20000:20000" in text
    assert "# The user is a number" in text
    assert "EXPOSE 9001" in dockerfile(project, capsys, "--set", "port=9001")
    assert "# The user is a number" not in dockerfile(project, capsys, "--comments", "brief")


def test_a_preset_of_the_project(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    preset = project / "presets" / "own"
    preset.mkdir(parents=True)
    (preset / "preset.toml").write_text(
        'manifest = 1\nname = "own"\nsummary = "x"\nextends = "builtin"\n[options]\nlabels.default = ["a=b"]\n'
    )
    (project / "genfile.toml").write_text('preset = "own"\n[presets.own]\nsource = "./presets/own"\n')
    assert "LABEL a=b" in dockerfile(project, capsys)
    assert "LABEL" not in dockerfile(project, capsys, "--preset", "python")


def test_a_tree_does_not_make_anybody_ask_a_server(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "genfile.toml").write_text('preset = "git+https://preset.invalid/x@v1"\n')
    assert run(["init", str(project), "--yes"]) != 0
    said = capsys.readouterr().err
    assert "is not pinned in genfile.lock" in said
    assert not (project / "Dockerfile").exists()


def test_a_word_that_is_not_known_names_its_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "genfile.toml").write_text('comments = "brief"\nprest = "own"\n')
    assert run(["init", str(project), "--yes"]) == 2
    assert "genfile.toml:2" in capsys.readouterr().err


def test_rules_of_trust(tmp_path: Path) -> None:
    from genfile.bundle import Bundle
    from genfile.errors import UsageError
    from genfile.scaffold.trust import is_trusted

    def bundle(reference: str) -> Bundle:
        return Bundle(reference, "git", "x", {}, frozenset(), None, None)

    config = tmp_path / "config.toml"
    assert not is_trusted(bundle("gh:acme/x"), config)
    config.write_text('trust = ["gh:acme/*", "git+https://git.example/team/*"]\n')
    assert is_trusted(bundle("gh:acme/x@v1"), config)
    assert is_trusted(bundle("git+https://git.example/team/a"), config)
    for other in ("gh:acmeevil/x", "gh:acme/../evil/x", "git+https://git.example/team/%2e%2e/evil", "gh:other/acme/"):
        assert not is_trusted(bundle(other), config)
    config.write_text('trust = ["*"]\n')
    with pytest.raises(UsageError, match="list of references"):
        is_trusted(bundle("gh:acme/x"), config)
