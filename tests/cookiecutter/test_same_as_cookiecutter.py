"""Small templates, one a behaviour: what genfile makes of them is what cookiecutter writes, and what stands here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.cookiecutter.baking import HAS_ORACLE, bake, bake_by_cookiecutter, differences, tree_of_project
from tests.cookiecutter.conftest import Template

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00{{ cookiecutter.slug }}"


@dataclass(frozen=True)
class Case:
    """A template, answers, and some of the files that must come out: text, or bytes."""

    name: str
    variables: Mapping[str, Any]
    files: Mapping[str, str | bytes]
    expected: Mapping[str, str | bytes]
    given: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] | None = None


def shown(name: str, variables: Mapping[str, Any], text: str, expected: str, **more: Any) -> Case:
    """A template with one file, whose text shows what the variables became."""
    everything = {"slug": "shop", **variables}
    return Case(name, everything, {"{{cookiecutter.slug}}/a.txt": text}, {"shop/a.txt": expected}, **more)


C = "{{ cookiecutter.%s }}"
CASES = [
    Case(
        "defaults alone",
        {"name": "Big Shop", "slug": "{{ cookiecutter.name.lower().replace(' ', '-') }}"},
        {"{{cookiecutter.slug}}/README.md": "# {{ cookiecutter.name }}\n", "{{cookiecutter.slug}}/src/x.py": "x = 1\n"},
        {"big-shop/README.md": "# Big Shop\n", "big-shop/src/x.py": "x = 1\n"},
    ),
    shown(
        "what is given wins over the configuration, it over the template",
        {"a": "t", "b": "t", "c": "t"},
        "{{cookiecutter.a}}{{cookiecutter.b}}{{cookiecutter.c}}",
        "tcg",
        given={"c": "g"},
        config={"default_context": {"b": "c", "c": "c"}},
    ),
    shown("an unknown name is passed over", {}, "x", "x", given={"other": "1"}),
    shown("a given value is rendered too", {"a": "1"}, C % "a", "shop!", given={"a": "{{cookiecutter.slug}}!"}),
    shown("the first of a choice", {"license": ["MIT", "BSD"]}, C % "license", "MIT"),
    shown("a choice that is given", {"license": ["MIT", "BSD"]}, C % "license", "BSD", given={"license": "BSD"}),
    shown(
        "a choice of the configuration that is none, and what follows it, is passed over",
        {"license": ["MIT", "BSD"], "a": "1"},
        "{{cookiecutter.license}} {{cookiecutter.a}}",
        "MIT 1",
        config={"default_context": {"license": "GPL", "a": "2"}},
    ),
    shown("some of a choice", {"l": ["a", "b", "c"]}, C % "l", "c", given={"l": ["c", "b"]}),
    shown("a switch", {"docs": True, "ci": False}, "{{cookiecutter.docs}} {{cookiecutter.ci}}", "True False"),
    shown(
        "a switch by words",
        {"docs": True, "ci": False},
        "{{cookiecutter.docs}} {{cookiecutter.ci}}",
        "False True",
        given={"docs": "Off", "ci": " y "},
    ),
    shown(
        "a dict is merged key by key, and rendered",
        {"d": {"one": {"a": "{{cookiecutter.slug}}", "b": "2"}, "{{cookiecutter.slug}}": ["x"], "on": True}},
        "{{cookiecutter.d|jsonify}}\n{{ cookiecutter.d }}",
        '{\n    "on": false,\n    "one": {\n        "a": "shop",\n        "b": "3",\n        "c": "4"\n    },\n'
        '    "shop": [\n        "x"\n    ]\n}\n'
        "{'one': {'a': 'shop', 'b': '3', 'c': '4'}, 'shop': ['x'], 'on': False}",
        given={"d": {"one": {"b": "3", "c": "4"}, "on": "no"}},
    ),
    shown("a number is text", {"port": 8080, "half": 0.5}, "{{cookiecutter.port + cookiecutter.half}}", "80800.5"),
    shown("null stays", {"a": None}, "{{ cookiecutter.a }}{{ cookiecutter.a is none }}", "NoneTrue"),
    shown(
        "private variables",
        {"_raw": "{{ cookiecutter.slug }}", "__made": "{{ cookiecutter.slug }}!", "_list": ["{{x}}"]},
        "{{cookiecutter._raw}} {{cookiecutter.__made}} {{cookiecutter._list[0]}}",
        "{{ cookiecutter.slug }} shop! {{x}}",
    ),
    shown("a choice is rendered", {"l": ["{{cookiecutter.slug}}-a", "b"]}, C % "l", "shop-a"),
    shown(
        "the original options",
        {"l": ["a", "b"], "p": "{{cookiecutter.slug}}", "_x": "1"},
        "{{_cookiecutter.l}} {{_cookiecutter.p}} {{_cookiecutter._x is defined}}",
        "['a', 'b'] {{cookiecutter.slug}} False",
    ),
    shown(
        "prompts are no variables",
        {"l": ["a", "b"], "__prompts__": {"l": {"__prompt__": "Which?", "a": "the first"}, "slug": "The name"}},
        "{{ cookiecutter.keys() | list | first }} {{ cookiecutter.__prompts__ is defined }}",
        "slug False",
    ),
    Case(
        "names of files and folders; a name that is nothing",
        {"slug": "shop", "docs": "n"},
        {
            "{{cookiecutter.slug}}/{{cookiecutter.slug}}_lib/{{cookiecutter.slug}}.py": "",
            "{{cookiecutter.slug}}/{% if cookiecutter.docs == 'y' %}docs.md{% endif %}": "docs",
            "{{cookiecutter.slug}}/keep/{{ '' }}": "nothing",
        },
        {"shop/shop_lib/shop.py": ""},
    ),
    Case(
        "copied without rendering: by file, folder, pattern",
        {"slug": "shop", "_copy_without_render": ["*.html", "raw", "one/{{cookiecutter.slug}}.txt"]},
        {
            "{{cookiecutter.slug}}/{{cookiecutter.slug}}.html": "{{ x }}\r\n",
            "{{cookiecutter.slug}}/deep/er/b.html": "{% x %}",
            "{{cookiecutter.slug}}/raw/{{cookiecutter.slug}}.txt!": "{{ y }}",
            "{{cookiecutter.slug}}/one/{{cookiecutter.slug}}.txt": "{{ z }}",
            "{{cookiecutter.slug}}/one/other.txt": "{{ cookiecutter.slug }}",
        },
        {
            "shop/shop.html": "{{ x }}\r\n",
            "shop/deep/er/b.html": "{% x %}",
            "shop/raw/{{cookiecutter.slug}}.txt": "{{ y }}",
            "shop/one/shop.txt": "{{ z }}",
            "shop/one/other.txt": "shop",
        },
    ),
    Case(
        "newlines",
        {"slug": "shop", "two": "a\nb"},
        {
            "{{cookiecutter.slug}}/crlf": "{{cookiecutter.slug}}\r\n{{cookiecutter.two}}\r\n",
            "{{cookiecutter.slug}}/lf": "{{cookiecutter.slug}}\nb\n",
            "{{cookiecutter.slug}}/cr": "a\rb\r",
            "{{cookiecutter.slug}}/mixed": "a\r\nb\nc",
            "{{cookiecutter.slug}}/late": "a\n" * 5000 + "b\r\n",
            "{{cookiecutter.slug}}/long": "a" * 9000 + "\r\nb\n",
            "{{cookiecutter.slug}}/none": "{{cookiecutter.slug}}",
            "{{cookiecutter.slug}}/ends": "a\n\n\n",
        },
        {"shop/crlf": "shop\r\na\r\nb\r\n", "shop/cr": "a\rb\r", "shop/none": "shop", "shop/ends": "a\n\n\n"},
    ),
    Case(
        "newlines that are forced",
        {"slug": "shop", "_new_lines": "\r\n"},
        {"{{cookiecutter.slug}}/lf": "a\nb", "{{cookiecutter.slug}}/crlf": "a\r\nb"},
        {"shop/lf": "a\r\nb", "shop/crlf": "a\r\nb"},
    ),
    Case(
        "binary files, and modes",
        {"slug": "shop"},
        {
            "{{cookiecutter.slug}}/a.png": PNG,
            "{{cookiecutter.slug}}/without-suffix": PNG,
            "{{cookiecutter.slug}}/text.pdf": "{{ not rendered }}",
            "{{cookiecutter.slug}}/run.sh!": "#!/bin/sh\necho {{cookiecutter.slug}}\n",
        },
        {"shop/a.png": PNG, "shop/without-suffix": PNG, "shop/run.sh": "#!/bin/sh\necho shop\n"},
    ),
    Case(
        "includes, macros and a parent, from the folder and from templates/ beside it",
        {"slug": "shop"},
        {
            "{{cookiecutter.slug}}/a.txt": "{% extends 'base.txt' %}{% block b %}{{ super() }}{% include 'x/y' %}{% endblock %}",
            "{{cookiecutter.slug}}/x/y": "[{{ cookiecutter.slug }}]",
            "{{cookiecutter.slug}}/m.txt": "{% from 'macros' import twice %}{% call twice('a') %}-{% endcall %}",
            "templates/base.txt": "<{% block b %}base{% endblock %}>\r\n",
            "templates/macros": "{% macro twice(x) %}{{ x }}{{ caller() }}{{ x }}{% endmacro %}",
        },
        {"shop/a.txt": "<base[shop]>\n", "shop/m.txt": "a-a"},
    ),
    Case(
        "delimiters of its own",
        {
            "slug": "shop",
            "p": "<< cookiecutter.slug >>!",
            "_jinja2_env_vars": {
                "variable_start_string": "<<",
                "variable_end_string": ">>",
                "block_start_string": "<%",
                "block_end_string": "%>",
                "trim_blocks": True,
                "lstrip_blocks": True,
            },
        },
        {"<<cookiecutter.slug>>/a": "  <% if true %>\n<< cookiecutter.p >> {{ kept }}\n  <% endif %>\nend"},
        {"shop/a": "shop! {{ kept }}\nend"},
    ),
    shown(
        "built-in extensions",
        {"_extensions": ["jinja2.ext.do", "jinja2.ext.loopcontrols", "cookiecutter.extensions.SlugifyExtension"]},
        "{{ 'Ünï, Cöde!'|slugify(separator='_') }} {{ {'b':1,'a':[2]}|jsonify }} {{ uuid4() }} "
        "{{ random_ascii_string(12) }} {{ random_ascii_string(5, punctuation=True)|length }} "
        "{% set l = [] %}{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% do l.append(i) %}"
        "{% if i > 3 %}{% break %}{% endif %}{% endfor %}{{ l }}",
        'uni_code {\n    "a": [\n        2\n    ],\n    "b": 1\n} 00000000-0000-4000-8000-000000000000 '
        "yWAcqGFzYtEw 5 [0, 1, 3, 4]",
    ),
    shown(
        "the time",
        {},
        "{% now 'utc' %} {% now 'utc', '%H:%M' %} {% now 'Europe/Berlin', '%d %H' %} {% now '+05:30', '%H:%M%z' %} "
        "{% now 'utc' + 'days=1', '%Y-%m-%d' %} {% now 'utc' - 'months=1, hours=2.5', '%Y-%m-%d %H:%M' %} "
        "{% now 'utc' + 'years=1,weeks=1', '%Y-%m-%d' %} {% now 'utc' - 'quarters=1' %}",
        "2024-02-29 23:45 01 00 05:15+0530 2024-03-01 2024-01-29 21:15 2025-03-07 2023-11-29",
    ),
    shown(
        "methods of plain values",
        {"name": " Big-Shop ", "d": {"a": "1", "b": "2"}},
        "{{ cookiecutter.name.strip().split('-')|join('_') }} {{ cookiecutter.name.title() }}|{{ 'x'.center(5, '.') }}"
        "|{{ cookiecutter.name[1:4][::-1] }}|{{ '-'.join(cookiecutter.d.keys()) }}|{{ '%s=%03d' % ('a', 7) }}"
        "|{{ '{} {:>4}'.format('a', 1) }}|{{ '=' * cookiecutter.name|length }}|{{ 'abc'.partition('b') }}"
        "|{% for k, v in cookiecutter.d.items() %}{{ loop.index }}/{{ loop.length }}{{ k ~ v }}"
        "{{ ',' if not loop.last }}{% endfor %}|{{ 2 ** 8 }}|{{ [1, 2] + [3] }}|{{ (7 // 2, 7 % 4) }}|{{ 'a' 'b' }}"
        "|{{ 'é'.encode('utf-8').hex() }}|{{ 'a,b'.translate({44: 'X'}) }}|{{ dict(x=1) }}|{{ 'x'.isidentifier() }}",
        "Big_Shop  Big-Shop |..x..|giB|a-b|a=007|a    1|==========|('a', 'b', 'c')|1/2a1,2/2b2|256|[1, 2, 3]|(3, 3)"
        "|ab|c3a9|aXb|{'x': 1}|True",
    ),
    shown(
        "loops and blocks",
        {"tree": {"a": {"b": {}}, "c": {}}, "_names": ["x", "y", "z"]},
        "{% for k, v in cookiecutter.tree.items() recursive %}{{ loop.depth }}{{ k }}({{ loop(v.items()) }}){% endfor %} "
        "{% for n in cookiecutter._names if n != 'y' %}{{ loop.cycle('-', '+') }}{{ n }}{{ loop.nextitem|default('') }}"
        "{% else %}none{% endfor %}{% for n in [] %}x{% else %}none{% endfor %}"
        "{% set total = namespace(n=0) %}{% for i in range(5) %}{% set total.n = total.n + i %}{% endfor %}{{ total.n }}"
        "{% macro m(v, more=['d', cookiecutter.slug]) %}{{ caller(v) }}{{ more }}{% endmacro %}"
        "{% filter upper %}{% call(x) m('q') %}<{{ x }}>{% endcall %}{% endfilter %}{{ ['b', 'a']|sort|join('/') }}"
        "{% set a, b = 1, cookiecutter.slug %}{{ (a, b) }}{{ {'k': b}|tojson }}{% raw %}{{ raw }}{% endraw %}"
        "{%- set block %} {{ a }} {% endset -%}[{{ block|trim }}]{{ cookiecutter._names|map('upper')|list }}"
        "{{ cookiecutter.nope is defined }}{{ cookiecutter.nope|default('d') }}{{ '%.2f'|format(1.234) }}{# gone #}",
        "1a(2b())1c() -xz+znone10<Q>['D', 'SHOP']a/b(1, 'shop')" + '{"k": "shop"}'
        "{{ raw }}[1]['X', 'Y', 'Z']Falsed1.23",
    ),
    Case(
        "what one file changes, later ones see",
        {"slug": "shop", "n": "1"},
        {
            "{{cookiecutter.slug}}/a": "{% set _ = cookiecutter.update({'n': '2', 'more': [1]}) %}{{ cookiecutter.n }}",
            "{{cookiecutter.slug}}/b": "{{ cookiecutter.n }}{% set _ = cookiecutter.more.append(2) %}",
            "{{cookiecutter.slug}}/c/d": "{{ cookiecutter.more }}",
        },
        {"shop/a": "2", "shop/b": "2", "shop/c/d": "[1, 2]"},
    ),
    Case(
        "text of all the world",
        {"slug": "日本", "name": "Zoë ∑"},
        {"{{cookiecutter.slug}}/ñ-{{cookiecutter.name}}.txt": "{{ cookiecutter.name }} – 日本語\n"},
        {"日本/ñ-Zoë ∑.txt": "Zoë ∑ – 日本語\n"},
    ),
    Case(
        "nested, new style",
        {"templates": {"one": {"path": "a/one", "title": "One"}, "two": {"path": "./two"}}},
        {
            "a/one/cookiecutter.json": '{"slug": "shop"}',
            "a/one/{{cookiecutter.slug}}/x": "{% include 'y' %}",
            "a/one/templates/y": "y of one",
            "two/cookiecutter.json": '{"slug": "two"}',
            "two/{{cookiecutter.slug}}/x": "2",
        },
        {"renamed/x": "y of one"},
        given={"slug": "renamed"},
    ),
    Case(
        "nested, old style",
        {"template": ["First (first)", "Second (second)"]},
        {
            "first/cookiecutter.json": '{"slug": "1"}',
            "first/{{cookiecutter.slug}}/x": "1",
            "second/cookiecutter.json": '{"slug": "2"}',
            "second/{{cookiecutter.slug}}/x": "second",
        },
        {"2/x": "second"},
        given={"template": "Second (second)"},
    ),
]


@pytest.mark.filterwarnings("ignore:Invalid default received")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_files_are_the_same(case: Case, template: Template, tmp_path: Path) -> None:
    folder = template(case.variables, case.files)
    tree = tree_of_project(bake(folder, case.given, config=case.config))
    for path, expected in case.expected.items():
        content = tree[path]
        assert content is not None
        assert content[0] == (expected if isinstance(expected, bytes) else expected.encode("utf-8"))
    if not HAS_ORACLE:
        pytest.skip("cookiecutter is not installed: its own result is not compared")
    output = tmp_path / "output"
    output.mkdir()
    theirs = bake_by_cookiecutter(folder, case.given, output, config=case.config)
    assert differences(theirs, tree) == []
