"""Questions, replay files, the user's configuration, and what is kept."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from genfile.errors import SourceError, UsageError
from genfile.template.cookiecutter import is_cookiecutter, render_cookiecutter
from genfile.template.cookiecutter.config import expand_abbreviation, load_replay, load_user_config
from genfile.template.project import NewProject
from tests.cookiecutter.baking import HAS_ORACLE, bake, bundle_of, steady, tree_of_folder, tree_of_project
from tests.cookiecutter.conftest import Template

VARIABLES = {
    "name": "Shop",
    "slug": "{{ cookiecutter.name|lower }}",
    "license": ["MIT", "{{ cookiecutter.name }}"],
    "docs": True,
    "more": {"a": "{{ cookiecutter.slug }}"},
    "_private": "p",
    "__made": "{{ cookiecutter.slug }}!",
    "__prompts__": {
        "name": "What is it called?",
        "license": {"__prompt__": "Which license?", "MIT": "The short one"},
    },
}
FILES = {
    "{{cookiecutter.slug}}/a": "{{ cookiecutter.name }} {{ cookiecutter.license }} {{ cookiecutter.docs }} "
    "{{ cookiecutter.more.a }} {{ cookiecutter.__made }}"
}


class Script:
    """Somebody who answers: each question's answers in turn, else nothing. What was asked is kept."""

    def __init__(self, **answers: list[Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str, Any]] = []
        self.choices: dict[str, Mapping[str, str]] = {}

    def __call__(self, name: str, option: Any, default: Any) -> Any:
        self.asked.append((name, option.help, default))
        self.choices[name] = option.choices
        return self.answers[name].pop(0) if self.answers.get(name) else ""


def text(project: NewProject) -> str:
    return project.files["a"].content.decode()


def test_what_is_asked_and_in_which_order(template: Template) -> None:
    script = Script()
    project = render_cookiecutter(bundle_of(template(VARIABLES, FILES)), {}, ask=script)
    assert script.asked == [
        ("name", "What is it called?", "Shop"),
        ("slug", "slug", "shop"),
        ("license", "Which license?", "MIT"),
        ("docs", "docs", True),
        ("more", "more (JSON)", '{"a": "shop"}'),
    ]
    assert script.choices["license"] == {"MIT": "The short one", "Shop": "Shop"}
    assert text(project) == "Shop MIT True shop shop!"


def test_answers_are_taken(template: Template) -> None:
    script = Script(name=[" Big "], license=["2"], docs=["n"], more=['{"a": "x"}'])
    project = render_cookiecutter(bundle_of(template(VARIABLES, FILES)), {}, ask=script)
    assert text(project) == "Big Big False x big!"
    assert script.asked[1] == ("slug", "slug", "big")
    assert project.answers == {"name": "Big", "slug": "big", "license": "Big", "docs": False, "more": {"a": "x"}}


def test_what_does_not_fit_is_asked_again(template: Template) -> None:
    script = Script(license=["GPL", "9", "Shop"], docs=["perhaps", "off"], more=["[]", "{"])
    project = render_cookiecutter(bundle_of(template(VARIABLES, FILES)), {}, ask=script)
    assert text(project) == "Shop Shop False shop shop!"
    assert script.asked[3][1] == "license: 'GPL' is not one of the choices. Which license?"


def test_it_does_not_ask_for_ever(template: Template) -> None:
    with pytest.raises(UsageError, match="docs: no valid answer"):
        render_cookiecutter(bundle_of(template(VARIABLES, FILES)), {}, ask=Script(docs=["x"] * 99))


def test_answers_give_the_same_project_again(template: Template) -> None:
    folder = template(VARIABLES, FILES)
    script = Script(name=["Big"], license=["2"], docs=["n"], more=['{"a": "x"}'])
    first = render_cookiecutter(bundle_of(folder), {}, ask=script)
    assert render_cookiecutter(bundle_of(folder), first.answers) == first


def test_the_template_that_is_chosen_is_kept(template: Template) -> None:
    files = {f"{name}/cookiecutter.json": '{"slug": "shop"}' for name in "ab"}
    files |= {f"{name}/{{{{cookiecutter.slug}}}}/x": name for name in "ab"}
    folder = template({"templates": {"a": {"path": "a"}, "b": {"path": "b", "title": "The B"}}}, files)
    script = Script(templates=["2"])
    project = render_cookiecutter(bundle_of(folder), {}, ask=script)
    assert script.choices["templates"] == {"a": "a", "b": "The B (b)"}
    assert project.answers == {"templates": "b", "slug": "shop"}
    assert bake(folder, project.answers) == project


@pytest.mark.parametrize("wanted", ["b", "B (b)"])
def test_an_old_style_template_by_its_folder_or_title(wanted: str, template: Template) -> None:
    files = {f"{name}/cookiecutter.json": '{"slug": "shop"}' for name in "ab"}
    files |= {f"{name}/{{{{cookiecutter.slug}}}}/x": name for name in "ab"}
    folder = template({"template": ["A (a)", "B (b)"]}, files)
    project = bake(folder, {"template": wanted})
    assert project.files["x"].content == b"b"
    assert project.answers["template"] == "B (b)"


def test_notes_say_what_was_passed_over(template: Template) -> None:
    notes: list[str] = []
    config = {"default_context": {"kind": "x"}}
    folder = template({**VARIABLES, "kind": ["a", "b"]}, FILES)
    render_cookiecutter(bundle_of(folder), {"nmae": "x"}, user_config=config, notes=notes)
    assert notes == [
        "default_context of the user's configuration: kind: 'x' is not one of the choices",
        "nmae is not one of the template's variables",
    ]


def test_replay(template: Template, tmp_path: Path) -> None:
    folder = template(VARIABLES, FILES)
    file = tmp_path / "replay.json"
    kept = {"name": "Kept", "slug": "kept", "license": "Other", "more": {"a": "1"}, "_private": "p", "__made": "m"}
    file.write_text(json.dumps({"cookiecutter": kept, "_cookiecutter": {}}))
    script = Script(docs=["no"])
    project = render_cookiecutter(bundle_of(folder), {}, ask=script, replay=load_replay(file))
    assert [name for name, _, _ in script.asked] == ["docs"]
    assert text(project) == "Kept Other False 1 m"
    if HAS_ORACLE:
        from cookiecutter.main import cookiecutter

        file.write_text(json.dumps({"cookiecutter": {**kept, "docs": False}}))
        private = {"replay_dir": str(tmp_path / "r"), "cookiecutters_dir": str(tmp_path / "c")}
        output = tmp_path / "output"
        output.mkdir()
        with steady():
            cookiecutter(str(folder), replay=str(file), output_dir=str(output), default_config=private)
        assert tree_of_folder(output) == tree_of_project(project)


def test_replay_excludes_values_of_ones_own(template: Template) -> None:
    with pytest.raises(UsageError, match="can't be combined"):
        render_cookiecutter(bundle_of(template(VARIABLES, FILES)), {"name": "x"}, replay={"cookiecutter": {}})


@pytest.mark.parametrize("content", ["{", "[]", '{"a": 1}'])
def test_a_replay_file_that_is_none(content: str, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(content)
    with pytest.raises(UsageError, match=r"r\.json: "):
        load_replay(tmp_path / "r.json")


def test_the_users_configuration(tmp_path: Path) -> None:
    assert load_user_config(environment={"HOME": str(tmp_path)})["default_context"] == {}
    (tmp_path / ".cookiecutterrc").write_text("default_context: {full_name: A, version: 3.10}\n")
    config = load_user_config(environment={"HOME": str(tmp_path)})
    assert config["default_context"] == {"full_name": "A", "version": 3.1}
    named = tmp_path / "named.yaml"
    named.write_text("abbreviations: {our: 'https://git.example/{0}.git'}\n")
    config = load_user_config(environment={"HOME": str(tmp_path), "COOKIECUTTER_CONFIG": str(named)})
    assert config["default_context"] == {}
    assert expand_abbreviation("our:a/b", config) == "https://git.example/a/b.git"
    assert expand_abbreviation("gh:a/b", config) == "https://github.com/a/b.git"
    assert expand_abbreviation("./folder", config) == "./folder"


@pytest.mark.parametrize("content", ["a: [", "- a", "default_context: 1"])
def test_a_configuration_that_is_wrong(content: str, tmp_path: Path) -> None:
    (tmp_path / "c").write_text(content)
    with pytest.raises(UsageError):
        load_user_config(tmp_path / "c")
    with pytest.raises(SourceError, match="can't be read"):
        load_user_config(tmp_path / "nothing")


def test_what_a_cookiecutter_template_is(template: Template) -> None:
    folder = template({}, {"inner/x": "x"})
    assert is_cookiecutter(bundle_of(folder))
    assert not is_cookiecutter(bundle_of(folder / "inner"))
