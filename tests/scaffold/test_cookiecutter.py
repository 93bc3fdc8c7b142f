"""cookiecutter's templates through `genfile new` and `genfile update`."""

import json
from pathlib import Path

import pytest

from genfile.cli.app import run


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    variables = {
        "name": "My App",
        "slug": "{{ cookiecutter.name.lower().replace(' ', '-') }}",
        "licence": ["MIT", "BSD"],
        "docs": True,
        "extra": {"a": 1},
        "_private": "x",
    }
    folder = tmp_path / "tpl"
    inner = folder / "{{cookiecutter.slug}}"
    inner.mkdir(parents=True)
    (folder / "cookiecutter.json").write_text(json.dumps(variables))
    (inner / "README").write_text("# {{ cookiecutter.name }}\n\n\n\n{{ cookiecutter.licence }}\n")
    (inner / "server.py").write_text("import flask\n\napp = flask.Flask('x')\n")
    (inner / "requirements.txt").write_text("flask\ngunicorn\n")
    return folder


def test_its_own_name_or_the_users(template: Path, tmp_path: Path) -> None:
    assert run(["new", "./tpl", "--set", "licence=BSD"]) == 0
    assert (tmp_path / "my-app/README").read_text() == "# My App\n\n\n\nBSD\n"
    record = (tmp_path / "my-app/.genfile-answers.toml").read_text()
    assert 'licence = "BSD"' in record
    assert "_private" not in record
    assert run(["new", "./tpl", "elsewhere", "--dockerfile"]) == 0
    assert (tmp_path / "elsewhere/Dockerfile").exists()


def test_the_users_own_configuration(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rc").write_text("default_context:\n  name: By Config\n")
    monkeypatch.setenv("COOKIECUTTER_CONFIG", str(tmp_path / "rc"))
    assert run(["new", "./tpl"]) == 0
    assert (tmp_path / "by-config/README").exists()


def test_an_update(template: Path, tmp_path: Path) -> None:
    assert run(["new", "./tpl", "shop", "--set", "name=The Shop", "--set", "docs=no"]) == 0
    readme = tmp_path / "shop/README"
    readme.write_text("mine\n" + readme.read_text())
    inner = template / "{{cookiecutter.slug}}"
    (inner / "README").write_text(
        "# {{ cookiecutter.name }}\n\n\n\n{{ cookiecutter.licence }}, {{ cookiecutter.docs }}\n"
    )
    assert run(["update", "shop"]) == 0
    assert readme.read_text() == "mine\n# The Shop\n\n\n\nMIT, False\n"


def test_code_is_refused_with_its_name_until_it_is_trusted(
    template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (template / "hooks").mkdir()
    (template / "hooks/post_gen_project.py").write_text("open('made', 'w').write('by a hook')\n")
    assert run(["new", "./tpl", "shop"]) == 2
    error = capsys.readouterr().err
    assert "hooks/post_gen_project.py" in error
    assert "--trust" in error
    assert not (tmp_path / "shop").exists()
    assert run(["new", "./tpl", "shop", "--trust"]) == 0
    assert (tmp_path / "shop/made").read_text() == "by a hook"
