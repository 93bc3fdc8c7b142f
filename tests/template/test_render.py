"""genfile's own templates: what they give, and what they can't do."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from genfile.bundle import Bundle
from genfile.errors import PresetError, UsageError
from genfile.options import Ask
from genfile.template.project import NewFile, NewProject
from genfile.template.render import render_template

HEAD = 'manifest = 1\nname = "demo"\nsummary = "A demo"\n'
NAME = '[questions.name]\ntype = "text"\nhelp = "Name"\ndefault = "{{ folder | slug }}"\n'


def bundle(
    files: Mapping[str, str | bytes], manifest: str = HEAD + NAME, executable: frozenset[str] = frozenset()
) -> Bundle:
    contents = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    every = {"template.toml": manifest.encode(), **contents}
    return Bundle("./demo", "folder", "demo", every, executable, None, None)


def render(
    files: Mapping[str, str | bytes], manifest: str = HEAD + NAME, *, ask: Ask | None = None, **given: Any
) -> NewProject:
    return render_template(bundle(files, manifest), given, ask=ask, folder="My Shop")


def text(source: str, manifest: str = HEAD + NAME, **given: Any) -> str:
    return render({"project/a.j2": source}, manifest, **given).files["a"].content.decode()


def test_files_are_rendered_or_copied() -> None:
    template = bundle(
        {
            "project/README.md.j2": "# {{ name }}\n{% if name == 'my-shop' %}\nyes\n{% endif %}\n",
            "project/{{ name | snake }}/main.py": "x = '{{ name }}'\n",
            "project/logo.png": b"\xff\0{{",
            "project/run.sh.j2": "#!/bin/sh\r\necho {{ name }}\r\n",
            "parts/unused.j2": "{{ not parsed",
            "README.md": "of the template itself",
        },
        executable=frozenset({"project/run.sh.j2"}),
    )
    project = render_template(template, {}, ask=None, folder="My Shop")
    assert project.files == {
        "README.md": NewFile(b"# my-shop\nyes\n"),
        "logo.png": NewFile(b"\xff\0{{"),
        "my_shop/main.py": NewFile(b"x = '{{ name }}'\n"),
        "run.sh": NewFile(b"#!/bin/sh\r\necho my-shop\r\n", True),
    }
    assert project.answers == {"name": "my-shop"}
    assert project.folder == ""


def test_names_that_render_to_nothing_are_skipped_with_all_in_them() -> None:
    manifest = HEAD + NAME + '[questions.docs]\ntype = "bool"\nhelp = "Docs?"\ndefault = false\n'
    files = {"project/{% if docs %}docs{% endif %}/a.md": "a", "project/{% if docs %}x{% endif %}.j2": "x"}
    kept = {"project/k": "k"}
    assert list(render(files | kept, manifest).files) == ["k"]
    assert list(render(files | kept, manifest, docs=True).files) == ["docs/a.md", "k", "x"]


def test_files_with_a_condition() -> None:
    manifest = (
        HEAD + '[questions.db]\ntype = "bool"\nhelp = "Database?"\ndefault = false\n'
        '[[files]]\npath = "project/src/**/db/*.py"\nwhen = "db"\n'
    )
    files = {"project/src/db/a.py": "", "project/src/x/y/db/a.py": "", "project/src/db/a.sql": "", "project/a": ""}
    assert list(render(files, manifest).files) == ["a", "src/db/a.sql"]
    assert len(render(files, manifest, db="yes").files) == 4
    with pytest.raises(PresetError, match="is not true or false"):
        render(files, manifest.replace('when = "db"', 'when = "1"'))


def test_a_package_becomes_folders() -> None:
    manifest = HEAD + '[questions.package]\ntype = "text"\nhelp = "Package"\ndefault = "com.example.shop"\n'
    files = {"project/src/{{ package | replace('.', '/') }}/App.java.j2": "package {{ package }};\n"}
    assert list(render(files, manifest).files) == ["src/com/example/shop/App.java"]


def test_filters_of_names_and_values() -> None:
    source = (
        "{{ n | slug }} {{ n | snake }} {{ n | kebab }} {{ n | camel }} {{ n | pascal }} {{ n | json }} {{ n | toml }}"
    )
    manifest = HEAD + '[questions.n]\ntype = "text"\nhelp = "N"\n'
    expected = 'my-httpserver-2 my_http_server_2 my-http-server-2 myHttpServer2 MyHttpServer2 "My HTTPServer 2" '
    assert text(source, manifest, n="My HTTPServer 2") == expected + '"My HTTPServer 2"'
    assert text("{{ [1, true, 'a\"b'] | toml }}") == '[1, true, "a\\"b"]'
    assert text("{{ name == 'x' }}") == "false"


def test_includes_and_macros_of_the_bundle() -> None:
    files = {
        "parts/head.j2": "{% macro head(x) %}[{{ x }}]{% endmacro %}",
        "parts/body.j2": "body of {{ name }}\n",
        "project/a.j2": "{% from 'parts/head.j2' import head %}{{ head(name) }}\n{% include 'parts/body.j2' %}",
    }
    assert render(files).files["a"].content == b"[my-shop]\nbody of my-shop\n"


def test_secrets_and_what_does_not_apply_are_not_kept() -> None:
    manifest = (
        HEAD + NAME + '[questions.token]\ntype = "text"\nhelp = "Token"\nsecret = true\ndefault = "t"\n'
        '[questions.up]\ntype = "text"\nhelp = "Up"\ncomputed = "{{ name | upper }}"\n'
        '[questions.no]\ntype = "text"\nhelp = "No"\nwhen = "false"\ndefault = "x"\n'
    )
    project = render({"project/a.j2": "{{ token }} {{ up }} {{ no }}."}, manifest, token="hunter2")
    assert project.files["a"].content == b"hunter2 MY-SHOP ."
    assert project.answers == {"name": "my-shop"}


def test_questions_are_asked() -> None:
    asked: list[tuple[str, Any]] = []

    def ask(name: str, option: Any, default: Any, /) -> str:
        asked.append((name, default))
        return "typed"

    assert render({"project/a.j2": "{{ name }}"}, ask=ask).files["a"].content == b"typed"
    assert asked == [("name", "my-shop")]


def test_the_template_names_its_folder() -> None:
    assert render({"project/a": ""}, 'root = "{{ name }}-api"\n' + HEAD + NAME).folder == "my-shop-api"
    with pytest.raises(PresetError, match="root"):
        render({"project/a": ""}, 'root = "../{{ name }}"\n' + HEAD + NAME)


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("manifest = 1\nname = \n", r"template.toml: line 2: not valid TOML"),
        (HEAD + "sumary = 1\n", r"template.toml:4: sumary: unknown key \(did you mean summary\?\)"),
        (HEAD + NAME + 'defualt = ""\n', r"template.toml:8: .*defualt: unknown key \(did you mean default\?\)"),
        (HEAD + '[[files]]\npath = "a"\nwehn = "x"\n', r"4: files.0.when: is missing; .*:6: .*did you mean when\?"),
        ("manifest = 2\n", "newer than this genfile"),
        (HEAD.replace("demo", "De mo"), "template.toml:2: name"),
        (HEAD + '[questions.folder]\ntype = "text"\nhelp = "x"\n', "already in use"),
        (
            HEAD + '[questions.a]\ntype = "text"\nhelp = "x"\npattern = "("\n',
            "template.toml:7: questions.a.pattern: invalid pattern",
        ),
        (HEAD + '[questions.a]\ntype = "choice"\nhelp = "x"\n', "type choice needs `choices`"),
        (HEAD + '[[files]]\npath = "a"\nwhen = "nmae =="\n', "files"),
    ],
)
def test_faults_of_a_manifest_name_file_and_line(manifest: str, message: str) -> None:
    with pytest.raises(PresetError, match=message):
        render({"project/a": ""}, manifest)


def test_a_bundle_without_a_manifest_or_files() -> None:
    with pytest.raises(PresetError, match=r"no template\.toml"):
        render_template(Bundle("x", "folder", "x", {"a": b""}, frozenset(), None, None), {}, ask=None, folder="x")
    with pytest.raises(PresetError, match="has no files"):
        render({"a": ""})


def test_faults_of_a_template_name_file_and_line() -> None:
    with pytest.raises(PresetError, match=r"project/a.j2:2: 'nmae' is undefined \(did you mean name\?\)"):
        text("x\n{{ nmae }}\n")
    with pytest.raises(PresetError, match=r"project/a.j2:2: "):
        text("x\n{% if %}\n")
    with pytest.raises(PresetError, match=r"project/b\.j2: not UTF-8"):
        render({"project/b.j2": b"\xff"})
    with pytest.raises(PresetError, match="can't write a list"):
        text("{{ [1] }}")


def test_a_value_that_does_not_fit_is_the_users_fault() -> None:
    with pytest.raises(UsageError, match="the template has no option 'nmae'") as caught:
        render({"project/a": ""}, nmae="x")
    assert caught.value.hint == "did you mean name?"


HOSTILE = {
    "class": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "item": "{{ ''['__class__'] }}",
    "CVE-2016-10745 format": "{{ '{0.__class__}'.format(name) }}",
    "CVE-2019-10906 format_map": "{{ '{a.__class__}'.format_map({'a': name}) }}",
    "CVE-2024-56326 stored format": "{% set f = '{0.__class__}'.format %}{{ f(name) }}",
    "CVE-2025-27516 attr": "{{ ('{0.__class__}' | attr('format'))(name) }}",
    "map attribute": "{{ ['{0.__class__}'] | map(attribute='format') | list }}",
    "globals": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "lipsum": "{{ lipsum.__globals__ }}",
    "self": "{{ self._TemplateReference__context }}",
    "self2": "{{ self.__init__ }}",
    "namespace": "{{ namespace.__init__.__globals__ }}",
    "range": "{{ range.__class__ }}",
    "macro": "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
    "macro func": "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
    "loop": "{% for x in [1] %}{{ loop.__class__ }}{% endfor %}",
    "generator": "{{ ([1] | map('upper')).gi_frame.f_globals }}",
    "bound method": "{{ name.upper.__self__.__class__ }}",
    "replace": "{{ name.replace.func.__globals__ }}",
    "filter call": "{{ name | replace('a', 'b') | attr('x') }}",
    "undefined": "{{ nothing.__init__.__globals__ }}",
    "import": "{% import 'os' as os %}",
    "include passwd": "{% include '/etc/passwd' %}",
    "include dots": "{% include '../../../../etc/passwd' %}",
    "include computed": "{% set x = '/etc/passwd' %}{% include x %}",
    "extends": "{% extends '/etc/passwd' %}",
    "do": "{% do name.x() %}",
    "huge text": "{{ 'a' * 10**9 }}",
    "huge text 2": "{{ 'a' * 1000000000 }}",
    "percent": "{{ '%1000000000d' % 1 }}",
    "power": "{{ 9 ** 9999999 }}",
    "product": "{% set ns = namespace(x=9999999999) %}"
    "{% for i in range(100) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
    "doubling": "{% set ns = namespace(x='a') %}{% for i in range(100) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "doubling +": "{% set ns = namespace(x='a') %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "doubling list": "{% set ns = namespace(x=[1]) %}{% for i in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "nested list": "{% set ns = namespace(x=[1]) %}{% for i in range(90) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}",
    "nested dict": "{% set ns = namespace(x=1) %}"
    "{% for i in range(90) %}{% set ns.x = {1: ns.x, 2: ns.x} %}{% endfor %}",
    "set blocks": "{% set a0 %}aaaaaaaaaa{% endset %}"
    + "".join(f"{{% set a{n + 1} %}}{f'{{{{ a{n} }}}}' * 10}{{% endset %}}" for n in range(9)),
    "long range": "{% for x in range(1001) %}{% endfor %}",
    "nested ranges": "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% endfor %}"
    "{% endfor %}{% endfor %}",
    "nested output": "{% for a in range(900) %}{% for b in range(90) %}"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}{% endfor %}",
    "captured output": "{% set x %}{% for a in range(900) %}{% for b in range(90) %}"
    + "x" * 1000
    + "{% endfor %}{% endfor %}{% endset %}",
    "macro output": "{% macro m() %}"
    + "x" * 100_000
    + "{% endmacro %}{% for i in range(900) %}{% set x = m() %}{% endfor %}",
    "recursive macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "fan of macros": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    "recursive include": "{% include 'project/a.j2' %}{% include 'project/a.j2' %}",
    "recursive loop": "{% for x in [[1]] recursive %}{{ loop(x) }}{% endfor %}",
    "replace bomb": "{% set a = 'aaaaaaaaaa' %}{{ a" + ".replace('a', a)" * 9 + " }}",
    "join bomb": "{{ range(1000) | join('x' ~ ('a,' | replace('a', 'aaaaaaaaaaaaaaaaaaaaaa')) | indent(100)"
    " | replace('a', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb')) }}",
    "indent": "{{ 'a\nb' | indent(1000000000) }}",
    "center": "{{ 'a' | center(1000000000) }}",
    "ljust": "{{ 'a'.ljust(1000000000) }}",
    "batch": "{{ [1] | batch(1000000000, 'x') | list }}",
    "slice": "{{ [1] | slice(1000000000) | list }}",
    "round": "{{ 1.5 | round(1000000000, 'ceil') }}",
    "format filter": "{{ '%1000000000d' | format(1) }}",
    "zero": "{{ 1 / 0 }}",
    "big number": "{{ '9' * 1 }}{{ ('9999999999' ~ '9999999999') | int ** 2 }}",
    "deep": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "many tags": "{{ name }}" * 20_000,
    "large source": "x" * 300_000,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_templates_are_refused_at_once_in_one_line(source: str) -> None:
    begin = time.monotonic()
    with pytest.raises(PresetError) as caught:
        text(source)
    assert time.thread_time() > 0
    assert time.monotonic() - begin < 4
    assert "project/a.j2" in caught.value.message
    assert len(caught.value.message) < 400


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("project/{{ x }}", "../evil"),
        ("project/{{ x }}", "/etc/cron.d/evil"),
        ("project/{{ x }}/a", ".."),
        ("project/a/{{ x }}", "../../b"),
        ("project/{{ x }}/hooks/pre-commit", ".git"),
        ("project/{{ x }}", ".GIT/config"),
        ("project/{{ x }}", "C:evil"),
        ("project/{{ x }}", "a\\b"),
        ("project/{{ x }}", "a//b"),
        ("project/{{ x }}", "./a"),
        ("project/{{ x }}", "a" * 500),
        ("project/{{ x.__class__ }}", "a"),
        ("project/{{ x", "a"),
    ],
)
def test_names_that_lead_out_are_refused(path: str, value: str) -> None:
    manifest = HEAD + '[questions.x]\ntype = "text"\nhelp = "X"\n'
    with pytest.raises(PresetError) as caught:
        render({path: "a"}, manifest, x=value)
    assert path in caught.value.message


@pytest.mark.parametrize(
    "paths", [("project/{{ name }}", "project/my-shop"), ("project/A", "project/a"), ("project/a", "project/A/b")]
)
def test_two_files_of_one_name_are_refused(paths: tuple[str, str]) -> None:
    with pytest.raises(PresetError):
        render(dict.fromkeys(paths, "x"))


def test_many_slow_files_are_stopped() -> None:
    slow = "{% for a in range(300) %}{% for b in range(300) %}{% set x = name | snake %}{% endfor %}{% endfor %}"
    begin = time.thread_time()
    with pytest.raises(PresetError, match=r"seconds|steps"):
        render({f"project/{number}.j2": slow for number in range(100)})
    assert time.thread_time() - begin < 10


def test_a_template_sees_plain_values_only() -> None:
    from genfile.options import Option, resolve_options

    options = {
        name: Option.model_validate({"type": type, "help": "x", "default": default})
        for name, type, default in [("a", "text", "x"), ("b", "list", ["x"]), ("c", "bool", True), ("d", "int", 1)]
    }
    for value in resolve_options(options, {}, {}).values():
        assert type(value) in (str, int, bool, list)
