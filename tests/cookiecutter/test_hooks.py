"""Code of a template, with trust: order, place, failure; and what of it may change the project."""

import sys
from pathlib import Path

import pytest

from genfile.errors import PresetError
from genfile.template.cookiecutter import code_in, render_cookiecutter
from tests.cookiecutter.baking import (
    HAS_ORACLE,
    bake,
    bake_by_cookiecutter,
    bundle_of,
    differences,
    tree_of_project,
)
from tests.cookiecutter.conftest import Template

HOOKS = {
    "hooks/pre_prompt.py": "import json, pathlib\n"
    "path = pathlib.Path('cookiecutter.json')\n"
    "path.write_text(json.dumps(json.loads(path.read_text()) | {'added': 'by pre_prompt'}))\n",
    "hooks/pre_gen_project.py": "import os\n"
    "assert os.listdir('.') == [], os.listdir('.')\n"
    "assert os.path.basename(os.getcwd()) == '{{ cookiecutter.slug }}'\n"
    "open('order', 'a').write('pre {{ cookiecutter.slug }}\\n')\n",
    "hooks/post_gen_project.sh!": "#!/bin/sh\nset -e\necho 'post' >> order\nrm gone\nmkdir -p empty sub\n"
    "echo made > sub/made\nchmod +x sub/made\nln -s sub/made link\necho '{{ cookiecutter.added }}' > added\n",
}
FILES = {"{{cookiecutter.slug}}/gone": "x", "{{cookiecutter.slug}}/kept!": "{{ cookiecutter.added }}"}


def test_hooks_run_in_order_in_the_projects_folder(template: Template, tmp_path: Path) -> None:
    folder = template({"slug": "shop"}, {**HOOKS, **FILES})
    tree = tree_of_project(bake(folder, {}, hooks=True))
    assert tree == {
        "shop/order": (b"pre shop\npost\n", False),
        "shop/kept": (b"by pre_prompt", True),
        "shop/sub/made": (b"made\n", True),
        "shop/link": (b"made\n", True),
        "shop/added": (b"by pre_prompt\n", False),
        "shop/empty": None,
    }
    assert "added" not in (folder / "cookiecutter.json").read_text(), "the template itself is left alone"
    if HAS_ORACLE:
        output = tmp_path / "output"
        output.mkdir()
        assert differences(bake_by_cookiecutter(folder, {}, output, hooks=True), tree) == []


def test_hooks_can_be_left_out(template: Template) -> None:
    folder = template({"slug": "shop", "added": "no"}, {**HOOKS, **FILES})
    project = render_cookiecutter(bundle_of(folder), {}, run_hooks=False)
    assert set(project.files) == {"gone", "kept"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("pre_prompt.py", "raise SystemExit(3)", "hooks/pre_prompt.py failed with exit code 3"),
        ("pre_gen_project.py", "import sys; sys.exit(4)", "hooks/pre_gen_project.py failed with exit code 4"),
        ("post_gen_project.py", "1 / 0", "hooks/post_gen_project.py failed with exit code 1"),
        ("post_gen_project!", "", "hooks/post_gen_project can't be run: it is empty or has no #! line"),
        ("pre_gen_project.py", "{{ nope }}", "hooks/pre_gen_project.py:1: 'nope' is undefined"),
    ],
)
def test_a_hook_that_fails(
    name: str, content: str, message: str, template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    folder = template({"slug": "shop"}, {f"hooks/{name}": content, "{{cookiecutter.slug}}/x": "x"})
    with pytest.raises(PresetError) as caught:
        bake(folder, {}, hooks=True)
    assert caught.value.message.startswith(message)
    assert list(temporary.iterdir()) == []


def test_a_link_out_of_the_project_is_not_followed(template: Template) -> None:
    hook = "#!/bin/sh\nln -s /etc/passwd stolen\nln -s / root\n"
    folder = template({"slug": "shop"}, {"hooks/post_gen_project.sh!": hook, "{{cookiecutter.slug}}/x": "x"})
    assert set(bake(folder, {}, hooks=True).files) == {"x"}


def test_the_place_that_a_hook_writes_down_is_the_final_one(template: Template, tmp_path: Path) -> None:
    files = {"hooks/post_gen_project.sh!": "#!/bin/sh\npwd > place\n", "{{cookiecutter.slug}}/x": "x"}
    project = bake(template({"slug": "shop"}, files), {}, hooks=True, output=tmp_path)
    assert project.files["place"].content.decode() == f"{tmp_path}/shop\n"


LOCAL = """
from cookiecutter.utils import simple_filter
from jinja2.ext import Extension

@simple_filter
def shout(text):
    return text.upper() + "!"

class Filters(Extension):
    def __init__(self, environment):
        super().__init__(environment)
        environment.filters["quiet"] = lambda text: text.lower()
"""


@pytest.mark.parametrize("installed", [True, False], ids=["with cookiecutter", "without"])
def test_extensions_of_the_templates_own(
    installed: bool, template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if installed and not HAS_ORACLE:
        pytest.skip("cookiecutter is not installed")
    if not installed:
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        for name in [name for name in sys.modules if name.partition(".")[0] == "cookiecutter"]:
            monkeypatch.delitem(sys.modules, name)
    variables = {"slug": "Shop", "_extensions": ["local_extensions.shout", "local_extensions.Filters"]}
    files = {"local_extensions.py": LOCAL, "{{cookiecutter.slug|quiet}}/x": "{{ cookiecutter.slug | shout }}"}
    folder = template(variables, files)
    tree = tree_of_project(render_cookiecutter(bundle_of(folder), {}, trusted=True))
    assert tree == {"shop/x": (b"SHOP!", False)}
    if installed:
        output = tmp_path / "output"
        output.mkdir()
        assert differences(bake_by_cookiecutter(folder, {}, output), tree) == []


def test_an_extension_that_is_not_there(template: Template) -> None:
    folder = template({"slug": "x", "_extensions": ["not_there_at_all.Extension"]}, {"{{cookiecutter.slug}}/x": ""})
    with pytest.raises(
        PresetError, match=r"the Jinja extension not_there_at_all\.Extension can't be loaded: No module"
    ):
        bake(folder, {}, trusted=True)


def test_what_would_run_is_listed_for_all_templates_of_a_bundle(template: Template) -> None:
    variables = {"templates": {"a": {"path": "a"}, "b": {"path": "b"}}, "_extensions": ["x.Y"]}
    files = {
        "hooks/pre_prompt.py": "",
        "hooks/post_gen_project.py": "",
        "a/cookiecutter.json": "{}",
        "a/hooks/pre_gen_project.py": "",
        "b/cookiecutter.json": '{"_extensions": ["local.B", "jinja2.ext.do"]}',
        "b/local/__init__.py": "",
        "c/hooks/pre_gen_project.py": "",
    }
    assert code_in(bundle_of(template(variables, files))) == [
        "hooks/pre_prompt.py runs before the first question, in a copy of the template",
        "cookiecutter.json: the Jinja extension x.Y is loaded, from an installed package",
        "a/hooks/pre_gen_project.py runs before the files are written",
        "b/cookiecutter.json: the Jinja extension local.B is loaded, part of the template",
    ]


def test_a_template_without_code_lists_nothing(template: Template) -> None:
    assert code_in(bundle_of(template({"slug": "x"}, {"{{cookiecutter.slug}}/hooks/pre_gen_project.py": ""}))) == []
