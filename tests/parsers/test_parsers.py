"""Every parser gives a value or ParseError, whatever the text; lines are where the keys stand."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genfile.parsers import ParseError
from genfile.parsers.data import (
    parse_dotenv,
    parse_ini,
    parse_json,
    parse_jsonc,
    parse_properties,
    parse_toml,
    parse_yaml,
)
from genfile.parsers.go import parse_go
from genfile.parsers.gomod import parse_go_mod
from genfile.parsers.gradle import parse_gradle_groovy, parse_gradle_kotlin
from genfile.parsers.javascript import parse_javascript, parse_typescript
from genfile.parsers.python import parse_python
from genfile.parsers.requirements import parse_requirements
from genfile.parsers.small import parse_procfile, parse_shell, parse_tool_versions
from genfile.parsers.values import EnvDefault
from genfile.parsers.xml import parse_xml

PARSERS: list[Callable[[str], object]] = [
    parse_json,
    parse_jsonc,
    parse_toml,
    parse_yaml,
    parse_properties,
    parse_ini,
    parse_dotenv,
    parse_xml,
    parse_go_mod,
    parse_requirements,
    parse_procfile,
    parse_shell,
    parse_tool_versions,
    parse_javascript,
    parse_typescript,
    parse_python,
    parse_go,
    parse_gradle_groovy,
    parse_gradle_kotlin,
]
PROPERTIES = (
    "default_export",
    "imports",
    "calls",
    "env_names",
    "assignments",
    "functions",
    "decorators",
    "has_main_guard",
    "package",
    "build_constraint",
    "has_main",
    "embeds",
    "fields",
    "fallbacks",
    "env_defaults",
    "statements",
    "plugins",
    "dependencies",
    "includes",
)
HOSTILE = [
    "a" + ".b" * 1500 + "()",
    "if a:\n x=1\n" + "elif b:\n x=2\n" * 1200,
    "[" * 50_000,
    "{" * 50_000,
    "(" * 50_000,
    "<a>" * 5_000,
    "a: &a [*a, *a]",
    "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 30)),
    "const a = " + "`${" * 500,
    "module.exports = a; const a = b; const b = a;",
    "package main\nvar a = b\nvar b = a\nfunc main() { http.ListenAndServe(a, nil) }",
    "a = b\nb = a\nuvicorn.run(port=a)",
    "+" * 100_000,
    "\\\n" * 20_000,
    "'''" * 3_000,
    "\x00\ufeff\u2028",
]  # fmt: skip


def everything(parser: Callable[[str], object], text: str) -> None:
    """Parse, and ask for all that is found lazily."""
    try:
        found = parser(text)
    except ParseError:
        return
    for name in PROPERTIES:
        getattr(found, name, None)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.__name__)
@given(text=st.text(max_size=80))
@settings(max_examples=40, deadline=None)
def test_any_text(parser: Callable[[str], object], text: str) -> None:
    everything(parser, text)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.__name__)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text(parser: Callable[[str], object], text: str) -> None:
    everything(parser, text)


JSON = st.recursive(
    st.integers() | st.text(max_size=5) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), JSON, min_size=1, max_size=4))
def test_lines_of_json_are_where_the_keys_stand(value: dict[str, object]) -> None:
    text = json.dumps(value, indent=1)
    document = parse_json(text)
    assert document.value == value
    lines = text.split("\n")
    for key in value:
        line = document.line(key)
        assert line is not None
        assert lines[line - 1].startswith(f' "{key}": ')


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(0, 9), min_size=1, max_size=4))
def test_lines_of_toml_are_where_the_keys_stand(value: dict[str, int]) -> None:
    text = "# head\n[tool.x]\n" + "".join(f"{key} = {number}\n" for key, number in value.items())
    document = parse_toml(text)
    for key in value:
        line = document.line("tool", "x", key)
        assert line is not None
        assert text.split("\n")[line - 1].startswith(f"{key} = ")


def test_versions_in_yaml_stay_text() -> None:
    assert parse_yaml("a: 3.10\nb: 08\nc: 7\nd: yes\ne: null").value == {
        "a": "3.10",
        "b": "08",
        "c": 7,
        "d": True,
        "e": None,
    }


def test_a_bomb_of_aliases_is_refused() -> None:
    with pytest.raises(ParseError):
        parse_yaml(HOSTILE[7])


def test_entities_are_refused() -> None:
    with pytest.raises(ParseError, match="DTD"):
        parse_xml('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')


@pytest.mark.parametrize(
    ("text", "config"),
    [
        ("export default { output: 'export' }", {"output": "export"}),
        ("module.exports = { a: 1, b: [true, null] }", {"a": 1, "b": [True, None]}),
        ("const c: NextConfig = { x: `y` };\nexport default c;", {"x": "y"}),
        ("export default withA({ z: 1 })(withB({ o: 2 }, {}))", {"o": 2}),
        ("export default defineConfig(({ mode }) => ({ build: { outDir: 'b' } }))", {"build": {"outDir": "b"}}),
        ("export default defineConfig(() => { return { a: 'b' } as const })", {"a": "b"}),
        ("const base = { a: 1 };\nexport default { ...base, b: 2 } satisfies X", {"a": 1, "b": 2}),
    ],
)
def test_configuration_that_is_code(text: str, config: object) -> None:
    assert parse_typescript(text).default_export == config


@pytest.mark.parametrize(
    "text",
    [
        "process.env.PORT || 3000",
        "process.env.PORT ?? 3000",
        "Number(process.env.PORT ?? 3000)",
        "parseInt(process.env['PORT'] || '3000', 10)",
        "+(process.env.PORT || 3000)",
    ],
)
def test_the_idioms_of_a_port(text: str) -> None:
    (call,) = [
        call
        for call in parse_javascript(f"const port = {text};\napp.listen(port)").calls
        if call.callee == "app.listen"
    ]
    assert isinstance(call.arguments[0], EnvDefault)
    assert (call.arguments[0].name, str(call.arguments[0].default)) == ("PORT", "3000")


def test_go_ports() -> None:
    file = parse_go(
        'package main\nimport "os"\nfunc main() {\n\tp := os.Getenv("PORT")\n'
        '\tif p == "" {\n\t\tp = "8080"\n\t}\n\thttp.ListenAndServe(":"+p, nil)\n}\n'
    )
    assert next(call for call in file.calls if call.callee == "http.ListenAndServe").arguments[0] == EnvDefault(
        "PORT", "8080"
    )


def test_both_languages_of_gradle_read_the_same() -> None:
    groovy = parse_gradle_groovy(
        "plugins {\n  id 'org.springframework.boot' version '3.4.0'\n}\n"
        "dependencies {\n  implementation 'a:b:1'\n  implementation libs.c.d\n  implementation project(':core')\n}\n"
    )
    kotlin = parse_gradle_kotlin(
        'plugins {\n  id("org.springframework.boot") version "3.4.0"\n}\n'
        'dependencies {\n  implementation("a:b:1")\n  implementation(libs.c.d)\n  implementation(project(":core"))\n}\n'
    )
    assert groovy.plugins == kotlin.plugins
    assert groovy.dependencies == kotlin.dependencies


def test_requirements() -> None:
    found = parse_requirements(
        "# autogenerated by pip-compile with Python 3.11\nFlask[async]==2.0 \\\n  --hash=sha256:x\n"
        "-cbounds.txt\n--extra-index-url https://h/s?a=b\n-e .[prod]\n!!\n"
    )
    assert (found.generator, found.python_comment) == ("pip-compile", "3.11")
    assert [(entry.name, entry.extras, entry.hashes, entry.url) for entry in found.entries] == [
        ("flask", ("async",), True, None),
        ("", ("prod",), False, "."),
    ]
    assert found.constraints == [("bounds.txt", 4)]
    assert found.index_urls == [("https://h/s?a=b", 5)]
    assert found.unreadable == [("!!", 7)]


def test_what_a_syntax_tree_is_asked_for_comes_in_the_order_of_the_text() -> None:
    from genfile.parsers.go import parse_go

    calls = "".join(f"\tif a{n}() {{\n\t\tb{n}(c{n}())\n\t}}\n" for n in range(60))
    lines = [call.line for call in parse_go(f"package main\n\nfunc main() {{\n{calls}}}\n").calls]
    assert lines == sorted(lines)
    assert len(lines) == 180
