"""What a hostile tree names: nothing outside of it is read, shown, fetched, or told to exist."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from genfile.bundle.origin import checkout_of
from genfile.cli.app import run
from genfile.project.bases import Bases, write_bases
from tests.bundle.remotes import PRESET, make_repository

SECRET = "hunter2hunter2"
PACKAGE = '{"name": "a", "scripts": {"start": "node a.js"}}'


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that somebody else wrote, beside files that it may not see."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for folder in (tmp_path / "outside", tmp_path / "home"):
        (folder / "p-dir").mkdir(parents=True)
        (folder / "p-dir" / "preset.toml").write_text(f"{SECRET} = [\n")
        (folder / "p-file").write_text(f"{SECRET}:{SECRET}:0:0\n" * 99)
    project = tmp_path / "tree"
    project.mkdir()
    (project / "package.json").write_text(PACKAGE)
    (project / "a.js").write_text("")
    (project / "out").symlink_to("../outside")
    (project / "loop").symlink_to("loop")
    # The kernel reads the first `..` from where the link leads; by its letters alone, this one stays inside.
    (project / "sly").symlink_to("out/p-dir/../presets")
    monkeypatch.chdir(tmp_path)
    return project


def preset(tree: Path, reference: str) -> list[str]:
    (tree / "genfile.toml").write_text(f'preset = "{reference}"\n')
    return ["init", str(tree), "--stdout"]


def named(tree: Path, reference: str) -> list[str]:
    (tree / "genfile.toml").write_text(f'preset = "x"\n[presets.x]\nsource = "{reference}"\n')
    return ["init", str(tree), "--stdout"]


def asked_for(tree: Path, reference: str) -> list[str]:
    named(tree, reference)
    return ["init", str(tree), "--stdout", "--preset", "x"]


def updated(tree: Path, reference: str) -> list[str]:
    named(tree, reference)
    return ["presets", "update", "--path", str(tree)]


def extended(tree: Path, reference: str) -> list[str]:
    write_preset(tree / "own", reference)
    (tree / "genfile.toml").write_text('preset = "./own"\n')
    return ["init", str(tree), "--stdout"]


def checked(tree: Path, reference: str) -> list[str]:
    (tree / ".git").mkdir(exist_ok=True)
    write_preset(tree / "own", reference)
    return ["presets", "test", str(tree / "own"), "--no-docker"]


def answered(tree: Path, reference: str) -> list[str]:
    (tree / "genfile.lock").write_text(write_bases(None, Bases()))
    (tree / ".genfile-answers.toml").write_text(f'version = 1\n[template]\nreference = "{reference}"\n[answers]\n')
    return ["update", str(tree)]


def write_preset(folder: Path, extends: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "preset.toml").write_text(PRESET.replace('"node"', f'"{extends}"').replace('"acme"', f'"{folder.name}"'))


PLACES: list[Callable[[Path, str], list[str]]] = [preset, named, asked_for, updated, extended, checked, answered]
REFERENCES = [
    *("{0}/outside/{1}", "~/{1}", "../outside/{1}", "../../outside/{1}", "out/{1}", "./out/{1}", "out/{1}/../{1}"),
    *("{0}/outside#{1}", "../outside#{1}", "out#{1}", "out/x/../{1}", "loop/{1}", "git+file://{0}/outside/{1}"),
    *("file:///{0}/outside/{1}", "..\\\\outside\\\\{1}", "/{0}/outside/{1}", "sly/../{1}", "/proc/self/root/{0}/{1}"),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
@pytest.mark.parametrize("reference", REFERENCES)
def test_no_path_leads_out_of_the_tree(
    place: Callable[[Path, str], list[str]], reference: str, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One answer for a folder that is there, a file that is, and nothing."""
    said = []
    for name in ("p-dir", "p-file", "p-none"):
        assert run(place(tree, reference.format(tree.parent, name))) in (1, 2)
        captured = capsys.readouterr()
        assert SECRET not in captured.out + captured.err
        said.append(captured.err.replace(name, "NAME"))
    assert len(set(said)) == 1
    assert said[0].count("error: ") == 1
    assert not (tree.parent / "cache" / "genfile" / "bundles").exists()


@pytest.mark.parametrize("name", ["genfile.toml", "genfile.lock", ".genfile-answers.toml"])
@pytest.mark.parametrize("target", ["../outside/p-file", "../outside/p-none", "/dev/zero"])
def test_a_file_of_the_tree_is_no_link(name: str, target: str, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = answered(tree, "./tpl") if name.startswith(".") else named(tree, "./own")
    (tree / name).unlink(missing_ok=True)
    (tree / name).symlink_to(target)
    assert run(words) == 1
    said = capsys.readouterr().err
    assert f"{name} is a symbolic link" in said
    assert SECRET not in said


def test_links_that_stay_inside_are_followed(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "presets").mkdir()
    write_preset(tree / "presets" / "a", "node")
    (tree / "presets" / "a" / "Dockerfile.j2").write_text(
        '{% extends "node/Dockerfile.j2" %}{% block labels %}\nLABEL team=own\n{% endblock %}'
    )
    (tree / "near").symlink_to("presets/../presets/a")
    for reference in ("near", "./near", "presets/../near", "presets#a", "./presets/a"):
        assert run(preset(tree, reference)) == 0, reference
        assert "LABEL team=own" in capsys.readouterr().out


def test_the_user_may_name_any_place(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_preset(tree.parent / "base", "node")
    write_preset(tree.parent / "own", "../base")
    assert run(["init", str(tree), "--stdout", "--preset", str(tree.parent / "own")]) == 0
    # What is no preset is named, and not shown.
    for path in ("outside/p-file", "outside/p-dir", "outside/p-none", "/etc/shadow"):
        assert run(["init", str(tree), "--stdout", "--preset", f"./{path}" if path[0] != "/" else path]) in (1, 2)
        said = capsys.readouterr().err
        assert path in said
        assert SECRET not in said
        assert "root:" not in said


def test_a_preset_of_the_user_names_what_lies_beside_it_and_no_further(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_preset(tree.parent / "base", "node")
    (tree.parent / "team").mkdir()
    write_preset(tree.parent / "team" / "own", "../../base")
    words = ["init", str(tree), "--stdout", "--preset", "team/own"]
    assert run(words) == 1
    assert "points outside of the project that names it" in capsys.readouterr().err
    # In one checkout, each folder may name any other.
    (tree.parent / ".git").mkdir()
    assert run(words) == 0


def test_what_the_users_own_configuration_lists_may_be_named(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_preset(tree.parent / "shared", "node")
    assert run(preset(tree, "../shared")) == 2
    (tree.parent / "config" / "genfile").mkdir(parents=True)
    (tree.parent / "config" / "genfile" / "config.toml").write_text(f'trust = ["{tree.parent}/shared"]\n')
    assert run(preset(tree, "../shared")) == 0
    assert run(preset(tree, "out/../shared")) == 2
    capsys.readouterr()
    assert run(preset(tree, "../outside/p-dir")) == 2
    assert "points outside of the project" in capsys.readouterr().err


def test_a_template_outside_of_the_project_is_named_by_the_user(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template = tree.parent / "tpl"
    (template / "project").mkdir(parents=True)
    (template / "template.toml").write_text('manifest = 1\nname = "t"\nsummary = "x"\n')
    (template / "project" / "a").write_text("1\n")
    assert run(["new", "./tpl", "made"]) == 0
    (template / "project" / "a").write_text("2\n")
    assert run(["update", "made"]) == 2
    assert "--from ../tpl" in capsys.readouterr().err
    assert Path("made/a").read_text() == "1\n"
    assert run(["update", "made", "--from", "./tpl"]) == 0
    assert Path("made/a").read_text() == "2\n"
    # The record stays as it was, for the next update.
    record = tomllib.loads(Path("made/.genfile-answers.toml").read_text())
    assert record["template"]["reference"] == "../tpl"


def test_nothing_is_fetched_because_a_preset_of_the_tree_extends_it(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("git was started")

    monkeypatch.setattr("genfile.bundle.git.subprocess.Popen", never)
    for reference in ("git+https://preset.invalid/x@v1", "gh:acme/x", "git@preset.invalid:a/b.git"):
        for place in (preset, named, extended):
            assert run(place(tree, reference)) in (1, 2)
            assert "not pinned in genfile.lock" in capsys.readouterr().err


def test_a_chain_out_of_git_is_pinned_as_a_whole(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The lock has the commit of what a preset extends too; what the cache holds must be what was recorded."""
    remote = make_repository(tree.parent / "remote")
    (tree.parent / "config" / "genfile").mkdir(parents=True)
    (tree.parent / "config" / "genfile" / "config.toml").write_text(f'trust = ["git+file://{tree.parent}/*"]\n')
    write_preset(tree / "own", f"git+file://{remote}@v1")
    assert run(["presets", "add", "mine", str(tree / "own"), "--path", str(tree)]) == 0
    locked = tomllib.loads((tree / "genfile.lock").read_text())["presets"]["mine"]
    assert list(locked["extends"]) == [f"git+file://{remote}@v1"]
    remote.rename(remote.with_name("gone"))
    assert run(["init", str(tree), "--stdout", "--preset", "mine"]) == 0
    assert "LABEL com.example.team=acme" in capsys.readouterr().out
    (tree / "genfile.lock").unlink()
    assert run(["init", str(tree), "--stdout", "--preset", "mine"]) == 1
    assert "not pinned" in capsys.readouterr().err


def test_what_the_cache_of_git_holds_is_what_was_recorded(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remote = make_repository(tree.parent / "remote")
    (tree.parent / "config" / "genfile").mkdir(parents=True)
    (tree.parent / "config" / "genfile" / "config.toml").write_text(f'trust = ["git+file://{tree.parent}/*"]\n')
    assert run(["presets", "add", "acme", f"git+file://{remote}@v1", "--path", str(tree)]) == 0
    assert run(["init", str(tree), "--stdout", "--preset", "acme"]) == 0
    lock = (tree / "genfile.lock").read_text()
    digest = tomllib.loads(lock)["presets"]["acme"]["sha256"]
    (tree / "genfile.lock").write_text(lock.replace(digest, "0" * 64))
    capsys.readouterr()
    assert run(["init", str(tree), "--stdout", "--preset", "acme"]) == 1
    assert "does not match genfile.lock" in capsys.readouterr().err


def test_the_home_folder_is_no_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many keep their settings in a repository of the whole home folder; what is unpacked below is not part of it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".git").mkdir()
    (tmp_path / "work" / "inner").mkdir(parents=True)
    assert checkout_of(tmp_path / "work") is None
    (tmp_path / "work" / ".git").write_text("gitdir: elsewhere\n")
    assert checkout_of(tmp_path / "work" / "inner") == tmp_path / "work"
