"""What `[detect]` may say: unknown keys, fields and placeholders are refused, and patterns are bounded."""

import pytest

from genfile.errors import PresetError, SpecError
from genfile.schema import json_schema
from genfile.spec.document import InspectDocument
from genfile.spec.patterns import check_pattern
from genfile.spec.project import parse_spec
from genfile.spec.rules import parse_path, parse_rules
from tests.declared.presets import rules

HEAD = '[detect]\nlanguage = "ruby"\nfiles = ["Gemfile"]\n'
FACT = HEAD + "[[detect.facts]]\n"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (HEAD + 'unles = ["x"]', "unles is not a known key of a rule", "did you mean unless?"),
        (FACT + 'field = "port"\nfle = "x"\nregex = "x"', "facts.0.fle is not a known key", "did you mean file?"),
        (FACT + 'field = "prt"\nvalue = 1', "is not a spec field that a rule can fill; did you mean port?", None),
        (FACT + 'field = "port"', "takes `file`, `from`, `value` or `default`", None),
        (FACT + 'field = "port"\nfile = "x"', "env, regex, exists; it has none", None),
        (FACT + 'field = "port"\nfile = "x"\ntoml = "a"\nyaml = "a"', "it has toml and yaml", None),
        (FACT + 'field = "port"\nfile = "../x"\nexists = true', "must be a path below the folder", None),
        (FACT + 'field = "port"\nfile = "x"\nregex = "(a+)+"', "repeats a repetition", None),
        (FACT + 'field = "port"\nfile = "x"\nregex = "(a)(b)"', "can have only one group", None),
        (FACT + 'field = "port"\nvalue = 1\nappend = true', "work only with list fields", None),
        (FACT + 'field = "port"\nvalue = "{facts.x}"', "no rule above fills 'facts.x'", None),
        (FACT + 'field = "port"\nvalue = "{0}"', "{0} has no finding to stand for", None),
        (FACT + 'field = "port"\nvalue = 1\nwhen = "framework=x"', "no rule above fills 'framework'", None),
        (FACT + 'field = "runtime.version"\nfile = "x"\ntoml = "a"\nrange = "gem"', "must be used together", None),
        (HEAD.replace("ruby", "node"), "node is a language with built-in support", None),
        ('[detect]\nlanguage = "ruby"', "files", None),
    ],
)  # fmt: skip
def test_slips_are_refused(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(PresetError) as caught:
        rules(text)
    assert message in str(caught.value)
    assert str(caught.value).startswith("preset.toml: detect: ")
    if hint is not None:
        assert caught.value.hint == hint


@pytest.mark.parametrize(
    "pattern",
    ["(?=a)b", "(?<!a)b", r"(a)\1", "(a*)*", "(?:a|b+)+", "(?i)a", "(a)(b)", "a" * 501, "(", "(?:a{2,}){3}", "a{5000}"],
)  # fmt: skip
def test_patterns_that_can_not_be_bounded_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        check_pattern(pattern)


@pytest.mark.parametrize("pattern", [r"^(\d+\.\d+)", r"(?:ab?c)+", r"^gem [\"']([^\"']+)[\"']", "a|b", r"x{0,200}?y"])
def test_plain_patterns_are_taken(pattern: str) -> None:
    assert check_pattern(pattern) == pattern


def test_paths_into_documents() -> None:
    assert parse_path("package[].name") == ("package", None, "name")
    assert parse_path("require.laravel/framework") == ("require", "laravel/framework")
    assert parse_path('source."a.b".url') == ("source", "a.b", "url")
    for text in ("", "a..b", "a.", ".a", "a[0]"):
        with pytest.raises(ValueError, match="path"):
            parse_path(text)


def test_the_generic_spec_is_strict_too() -> None:
    spec = parse_spec({"language": "ruby", "name": "x", "facts": {"gems": ["pg"], "entry": "config.ru"}})
    assert spec.language == "ruby"
    for wrong in ({"facts": {"a": "b\nc"}}, {"engine": "node"}, {"facts": {"Ä": "x"}}):
        with pytest.raises(SpecError):
            parse_spec({"language": "ruby", "name": "x", **wrong})
    with pytest.raises(SpecError, match="not a lower-case word"):
        parse_spec({"language": "Ruby on Rails", "name": "x"})
    document = {"version": 1, "services": [{"spec": {"language": "ruby", "name": "x", "facts": {"a": "b"}}}]}
    assert InspectDocument.model_validate(document).services[0].spec == parse_spec(document["services"][0]["spec"])  # type: ignore[index]


def test_the_schemas_know_the_rules() -> None:
    assert "GenericService" in json_schema("spec")["$defs"]
    assert {"from", "json", "toml"} <= set(json_schema("preset")["$defs"]["FactRule"]["properties"])


def test_no_table_at_all() -> None:
    with pytest.raises(PresetError):
        parse_rules(7, "preset.toml: detect")
