"""What goes wrong is one line that names the place; what is hostile is refused soon."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from genfile.errors import GenfileError, PresetError, UsageError
from genfile.template.cookiecutter import render_cookiecutter
from tests.cookiecutter.baking import bake, bundle_of
from tests.cookiecutter.conftest import Template

LICENSES = {"slug": "shop", "license": ["MIT", "BSD"], "many": ["a", "b"], "docs": True, "d": {"on": True}}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"license": "GPL"}, "license: 'GPL' is not one of the choices"),
        ({"many": ["a", "z"]}, "many: z is not one of the choices"),
        ({"many": []}, "many: nothing is not one of the choices"),
        ({"docs": "perhaps"}, "docs: 'perhaps' is not yes or no"),
        ({"d": {"on": "perhaps"}}, "on: 'perhaps' is not yes or no"),
    ],
)
def test_a_value_that_does_not_fit(given: Mapping[str, Any], message: str, template: Template) -> None:
    folder = template(LICENSES, {"{{cookiecutter.slug}}/x": "x"})
    with pytest.raises(UsageError) as caught:
        bake(folder, given)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1,\n  "b" 2}', "cookiecutter.json:2:7: not JSON: Expecting ':' delimiter"),
        ("[]", "cookiecutter.json: not an object"),
        ("[" * 100_000, "cookiecutter.json: not JSON"),
        ('{"a": "{{ cookiecutter.b }}", "b": "1"}', "cookiecutter.json: a:1: '"),
        ('{"a": []}', "cookiecutter.json: a: the list of choices is empty"),
        (
            '{"slug": "x", "_jinja2_env_vars": {"finalize": "x"}}',
            "cookiecutter.json: _jinja2_env_vars: 'finalize' can't",
        ),
        ('{"slug": "x", "_jinja2_env_vars": {"variable_start_string": "{%"}}', "cookiecutter.json: _jinja2_env_vars"),
        ('{"slug": "x", "_new_lines": "x"}', "cookiecutter.json: _new_lines: 'x' is not a newline"),
        ('{"slug": "x", "_extensions": "x"}', "cookiecutter.json: _extensions is not a list"),
        (
            '{"slug": "../evil"}',
            "refused: the name of {{cookiecutter.slug}} renders to '../evil', which points outside",
        ),
        ('{"slug": "/evil"}', "refused: the name of {{cookiecutter.slug}} renders to '/evil', which points outside"),
        ('{"slug": ""}', "the name of {{cookiecutter.slug}} renders to an empty name"),
        (
            '{"template": ["One (../one)"]}',
            "cookiecutter.json: the template '../one' is outside of the template repository",
        ),
        (
            '{"template": ["One (/one)"]}',
            "cookiecutter.json: the template '/one' is outside of the template repository",
        ),
        ('{"templates": {"a": {"path": "x/../../y"}}}', "cookiecutter.json: the template 'x/../../y' is outside"),
        ('{"templates": {"a": {"path": "x"}}}', "cookiecutter.json: templates: no cookiecutter.json in x"),
        ('{"templates": {"a": {"path": "."}}}', "cookiecutter.json: more than 8 nested templates"),
        ('{"template": "x"}', "cookiecutter.json: template is not a list"),
        ('{"template": ["x"]}', "cookiecutter.json: 'x' does not name a folder in parentheses"),
    ],
)
def test_a_file_of_variables_that_is_wrong(text: str, message: str, template: Template) -> None:
    folder = template(text, {"{{cookiecutter.slug}}/x": "x\n"})
    with pytest.raises(GenfileError) as caught:
        bake(folder, {})
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("a", "1\n2\n{{ cookiecutter.nope }}", "{{cookiecutter.slug}}/a:3: 'collections.OrderedDict object' has no"),
        ("a", "{{ nope }}", "{{cookiecutter.slug}}/a:1: 'nope' is undefined"),
        ("a", "{% if x %}", "{{cookiecutter.slug}}/a:1: Unexpected end of template."),
        ("a", "{{ 'a' | nope }}", "{{cookiecutter.slug}}/a:1: No filter named 'nope'."),
        ("a", "\n{{ 1 / 0 }}", "{{cookiecutter.slug}}/a:2: ZeroDivisionError: division by zero"),
        ("a", "{% include 'nope' %}", "{{cookiecutter.slug}}/a:1: no template 'nope' in the repository"),
        ("a", "{% include '../cookiecutter.json' %}", "{{cookiecutter.slug}}/a:1: no template '../cookiecutter.json'"),
        ("a", "{% include '/etc/passwd' %}", "{{cookiecutter.slug}}/a:1: no template '/etc/passwd' in the repository"),
        ("a", b"caf\xe9 {{ cookiecutter.slug }}\n", "{{cookiecutter.slug}}/a: not UTF-8 text, and not a known"),
        ("{{ nope }}", "x", "the name of {{cookiecutter.slug}}/{{ nope }}:1: 'nope' is undefined"),
        ("{{ nope }}/x", "x", "the name of {{cookiecutter.slug}}/{{ nope }}:1: 'nope' is undefined"),
        (
            "{{ cookiecutter.up }}",
            "x",
            "refused: the name of {{ cookiecutter.up }} renders to '../x', which points outside of the project",
        ),
        (
            "{{ cookiecutter.etc }}/x",
            "x",
            "refused: the name of {{ cookiecutter.etc }} renders to '/etc', which points outside of the project",
        ),
        ("{{ '..' }}/x", "x", "refused: the name of {{ '..' }} renders to '..', which points outside of the project"),
        ("{{ 'C:x' }}", "x", "refused: the name of {{ 'C:x' }} renders to 'C:x', which points outside of the project"),
    ],
)
def test_a_template_that_is_wrong(path: str, text: str | bytes, message: str, template: Template) -> None:
    variables = {"slug": "shop", "up": "../x", "etc": "/etc"}
    folder = template(variables, {"{{cookiecutter.slug}}/z": "z", f"{{{{cookiecutter.slug}}}}/{path}": text})
    with pytest.raises(PresetError) as caught:
        bake(folder, {})
    assert caught.value.message.startswith(message)


def test_a_template_without_a_templated_folder(template: Template) -> None:
    with pytest.raises(PresetError, match="no folder with a template name"):
        bake(template({"slug": "x"}, {"project/x": "x"}), {})


def test_a_folder_whose_name_is_nothing_is_left_out_with_all_that_is_in_it(template: Template) -> None:
    """cookiecutter says that it exists already, and with `-f` writes its files to the root of the disk."""
    files = {"{{ '' }}/inner.txt": "x", "a/{% if false %}b{% endif %}/c/d": "x", "a/e": "e", "only/{{ '' }}/x": ""}
    folder = template({"slug": "shop"}, {f"{{{{cookiecutter.slug}}}}/{path}": text for path, text in files.items()})
    project = bake(folder, {})
    assert list(project.files) == ["a/e"]
    assert project.folders == ("only",)


def test_folders_of_one_name_are_merged(template: Template) -> None:
    """cookiecutter says that the second exists already."""
    files = {"{{cookiecutter.slug}}/a/x": "1", "{{cookiecutter.slug}}/{{ 'a' }}/y": "2"}
    assert set(bake(template({"slug": "shop"}, files), {}).files) == {"a/x", "a/y"}


ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cookiecutter.__class__.__init__.__globals__ }}",
    "{{ ''|attr('__class__') }}",
    "{{ '{0.__class__}'.format(1) }}",
    "{{ '{0.__class__.__init__.__globals__}'.format_map({'0': 1}) }}",
    "{{ ['{0.__class__}']|map('format', 1)|list|first }}{{ (''|attr('format')).__globals__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ uuid4.__globals__ }}",
    "{{ random_ascii_string.__globals__.secrets }}",
    "{{ joined.__self__ }}",
    "{% set x = namespace() %}{{ x.__init__.__globals__ }}",
]
GREEDY = [
    "{{ 'a' * 300000000 }}",
    "{{ 9 ** 9999999 }}",
    "{{ '%300000000d' % 1 }}",
    "{{ '%*d' % (300000000, 1) }}",
    "{{ '{:300000000}'.format(1) }}",
    "{{ '{:{}}'.format(1, 300000000) }}",
    "{{ 'a'.ljust(300000000) }}",
    "{{ 'a'|center(300000000) }}",
    "{{ 'a\\nb'|indent(300000000) }}",
    "{{ '%300000000d'|format(1) }}",
    "{{ random_ascii_string(300000000) }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% for a in range(99999) %}{{ 'a' * 1000 }}{% endfor %}",
    "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    "{% set n = namespace(x='aaaaaaaaaa') %}{% for i in range(40) %}{% set n.x = n.x + n.x %}{% endfor %}",
    "{% set n = namespace(x='aaaaaaaaaa') %}{% for i in range(40) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
    "{% set n = namespace(x='aaaa') %}{% for i in range(40) %}{% set n.x = n.x.replace('a', n.x) %}{% endfor %}",
    "{% set n = namespace(x='aaaa') %}{% for i in range(40) %}{% set n.x = n.x|replace('a', n.x) %}{% endfor %}",
    "{% set n = namespace(x='a') %}{% for i in range(40) %}{% set n.x = [n.x, n.x]|join %}{% endfor %}",
    "{% set n = namespace(x='a') %}{% for i in range(40) %}{% set n.x = n.x.join([n.x, n.x]) %}{% endfor %}",
    "{% set n = namespace(x='a') %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}",
    "{% set n = namespace(x='a') %}{% for i in range(60) %}{% set n.x = dict(a=n.x, b=n.x) %}{% endfor %}{{ n.x }}",
    "{% set n = namespace(x='a') %}{% for i in range(60) %}{% set n.x = namespace(a=n.x, b=n.x) %}{% endfor %}{{ n.x }}",
    "{% set l = [1] %}{% for i in range(40) %}{% set _ = l.extend(l) %}{% endfor %}",
    "{% set l = [1] %}{% for i in range(60) %}{% set _ = l.append(l) %}{% endfor %}{{ l }}",
    "{% set n = namespace(x=3) %}{% for i in range(60) %}{% set n.x = n.x * n.x %}{% endfor %}",
    "{% set n = namespace(x='aaaa') %}{% for i in range(40) %}{% set y %}{{ n.x }}{{ n.x }}{% endset %}"
    "{% set n.x = y %}{% endfor %}",
    "{% include 'a' %}",
    "{{ range(100000000)|list }}",
    "{{ ('a' * 400)|slugify(regex_pattern='(a+)+b') }}",
    "{{ 'aaaa'|slugify(replacements=[['a', 'a' * 9000], ['a', 'a' * 9000]]) }}",
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "{{ 1 }}" * 50_000,
    "{{ [" + "1," * 300_000 + "] }}",
]


@pytest.mark.parametrize("text", [*ESCAPES, *GREEDY], ids=lambda text: text[:60])
@pytest.mark.parametrize("place", ["file", "default"])
def test_hostile_text_is_refused_soon(text: str, place: str, template: Template) -> None:
    variables = {"slug": "shop", "evil": text if place == "default" else "x"}
    folder = template(variables, {"{{cookiecutter.slug}}/a": text if place == "file" else "a"})
    # The thread's own time: other work on the machine changes nothing.
    began = time.thread_time()
    with pytest.raises(PresetError) as caught:
        bake(folder, {})
    assert time.thread_time() - began < 2
    assert "\n" not in caught.value.message


def test_code_is_refused_with_a_line_that_names_it(template: Template) -> None:
    folder = template(
        {"slug": "shop", "_extensions": ["local_extensions.Evil", "jinja2_time.TimeExtension", "there.Extension"]},
        {
            "hooks/post_gen_project.py": "raise SystemExit(1)",
            "hooks/pre_prompt.sh": "exit 1",
            "hooks/pre_gen_project.py~": "",
            "hooks/readme.md": "",
            "local_extensions.py": "raise SystemExit(1)",
            "{{cookiecutter.slug}}/x": "x",
        },
    )
    with pytest.raises(UsageError) as caught:
        render_cookiecutter(bundle_of(folder), {})
    assert caught.value.message == (
        f"{folder} runs code: hooks/pre_prompt.sh runs before the first question, in a copy of the template; "
        "hooks/post_gen_project.py runs after the files are written; "
        "cookiecutter.json: the Jinja extension local_extensions.Evil is loaded, part of the template; "
        "cookiecutter.json: the Jinja extension there.Extension is loaded, from an installed package"
    )


def test_nothing_is_left_on_the_disk(template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    folder = template(
        {"slug": "shop"}, {"{{cookiecutter.slug}}/x": "{{ nope }}", "hooks/pre_gen_project.sh!": "#!/bin/sh"}
    )
    with pytest.raises(PresetError, match="'nope' is undefined"):
        bake(folder, {}, hooks=True)
    assert list(temporary.iterdir()) == []
