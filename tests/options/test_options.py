"""Options of presets and questions of templates: one grammar, strict, each fault one line."""

import time
from typing import Any

import pytest
from pydantic import ValidationError

from genfile.errors import PresetError, UsageError
from genfile.options import Option, check_options, resolve_options


def option(type: str = "text", **fields: Any) -> Option:
    return Option.model_validate({"type": type, "help": "What it is for", **fields})


def value(given: Any, type: str = "text", **fields: Any) -> Any:
    return resolve_options({"x": option(type, **fields)}, {"x": given}, {})["x"]


@pytest.mark.parametrize(
    ("type", "given", "expected"),
    [
        ("text", "a b", "a b"),
        ("text", 8080, "8080"),
        ("text", True, "true"),
        ("int", "-3", -3),
        ("int", 3, 3),
        ("port", "8080", 8080),
        ("bool", "yes", True),
        ("bool", "OFF", False),
        ("bool", False, False),
        ("list", "a, b,a", ["a", "b"]),
        ("list", '["a,b"]', ["a,b"]),
        ("list", ["a"], ["a"]),
        ("list", "", []),
        ("multi", "a", ["a"]),
        ("image", "ghcr.io/a/b:1", "ghcr.io/a/b:1"),
        ("path", "/srv/app", "/srv/app"),
        ("env-name", "DATABASE_URL", "DATABASE_URL"),
        ("secret-name", "npm_token", "npm_token"),
    ],
)
def test_values_that_fit(type: str, given: Any, expected: Any) -> None:
    assert value(given, type) == expected


@pytest.mark.parametrize(
    ("type", "given", "reason"),
    [
        ("text", "a\nb", "control character"),
        ("text", ["a"], "not a single value"),
        ("text", "x" * 5000, "too long"),
        ("int", "3.5", "not a whole number"),
        ("int", True, "not a whole number"),
        ("int", "9" * 30, "not a whole number"),
        ("int", "٣", "not a whole number"),
        ("port", 0, "not between 1 and 65535"),
        ("port", "65536", "not between 1 and 65535"),
        ("bool", "perhaps", "not yes or no"),
        ("list", {"a": 1}, "not a list"),
        ("list", "[1", "not a list"),
        ("list", "a,,b", "empty"),
        ("image", "A B", "not an image reference"),
        ("path", "srv", "not an absolute path"),
        ("path", "/a/../b", "not an absolute path"),
        ("env-name", "1A", "not the name of an environment variable"),
        ("secret-name", "A", "not the name of a secret"),
    ],
)
def test_values_that_do_not_fit(type: str, given: Any, reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        value(given, type)
    assert caught.value.message.startswith("x: ")
    assert (caught.value.hint or "").startswith("x takes ")


def test_choices_are_named_and_the_nearest_is_offered() -> None:
    assert value("slim", "choice", choices={"slim": "small", "alpine": "musl"}) == "slim"
    with pytest.raises(UsageError, match=r"is not one of slim, alpine \(did you mean slim\?\)"):
        value("slin", "choice", choices=["slim", "alpine"])
    assert value("b,a", "list", choices=["a", "b", "c"]) == ["a", "b"]
    with pytest.raises(UsageError, match="is not one of a, b"):
        value("a,x", "list", choices=["a", "b"])


def test_bounds_and_patterns() -> None:
    assert value("8", "int", min=1, max=8) == 8
    with pytest.raises(UsageError, match="x: 9 is more than 8"):
        value("9", "int", min=1, max=8)
    with pytest.raises(UsageError, match="has 1 characters, fewer than 2"):
        value("a", min=2)
    assert value("my-shop", pattern="^[a-z][a-z0-9]*(-[a-z0-9]+)*$") == "my-shop"
    with pytest.raises(UsageError, match="does not match"):
        value("My", pattern="[a-z]+")


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        (r"[^a-c]+", ["xyz"], ["a", ""]),
        (r"a{2,3}", ["aa", "aaa"], ["a", "aaaa"]),
        (r"(?:ab|c)*d?", ["", "ababc", "d", "abd"], ["a", "dd"]),
        (r"\d+\.\d+(-rc\d)?", ["1.2", "1.2-rc1"], ["1.", "1.2-rc"]),
        (r"\w+?", ["a_1"], ["-"]),
        (r"^$", [""], ["a"]),
        (r"(a*)*b|", ["aab", ""], ["a"]),
        (r"(a|b*c){1,2}x", ["ax", "bbcx", "abcx"], ["bx", "aaax"]),
        (r".[^.]", ["ab"], ["a."]),
    ],
)
def test_patterns_are_those_of_python(pattern: str, yes: list[str], no: list[str]) -> None:
    import re

    from genfile.options.pattern import compile_pattern

    for text in [*yes, *no]:
        assert compile_pattern(pattern).fullmatch(text) is (re.fullmatch(pattern, text) is not None) is (text in yes)


def test_no_pattern_runs_for_long() -> None:
    begin = time.monotonic()
    with pytest.raises(UsageError):
        value("a" * 3000 + "!", pattern="^(a+)+$")
    with pytest.raises(UsageError):
        value("a" * 4000, pattern="(a?){200}")
    assert time.monotonic() - begin < 2


@pytest.mark.parametrize("pattern", [r"(?=a)b", r"(a)\1", "(?i)a", "[", "a{2}" * 200, "(a{1000}){1000}", r"\ba"])
def test_patterns_that_are_refused(pattern: str) -> None:
    with pytest.raises(ValidationError, match="pattern"):
        option(pattern=pattern)


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "choice"},
        {"choices": ["a"]},
        {"type": "int", "pattern": "a"},
        {"type": "int", "min": 2, "max": 1},
        {"computed": "a", "default": "b"},
        {"type": "float"},
        {"defualt": "a"},
    ],
)
def test_manifests_that_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        option(**fields)


def test_defaults_see_the_context_and_other_options_in_any_order() -> None:
    options = {
        "module": option(default="{{ name | snake }}"),
        "name": option(default="{{ folder | slug }}"),
        "label": option(computed="{{ options.name }}!"),
    }
    found = resolve_options(options, {}, {"folder": "My Shop"})
    assert found == {"module": "my_shop", "name": "my-shop", "label": "my-shop!"}
    assert list(found) == ["module", "name", "label"]
    assert resolve_options(options, {"name": "a-b"}, {"folder": "x"})["module"] == "a_b"


def test_a_circle_is_named_in_full() -> None:
    options = {"a": option(default="{{ b }}"), "b": option(default="{{ options.a }}")}
    with pytest.raises(PresetError, match="a -> b -> a"):
        check_options(options, ())


def test_unknown_names_are_found_before_anything_is_rendered() -> None:
    options = {"name": option(default="x"), "b": option(default="{% if false %}{{ nmae }}{% endif %}")}
    with pytest.raises(PresetError, match=r"default of option 'b': unknown name 'nmae' \(did you mean name\?\)"):
        resolve_options(options, {}, {})


def test_when_decides_whether_an_option_applies() -> None:
    options = {
        "database": option("choice", choices=["none", "postgres"], default="none"),
        "schema": option(default="public", when="database != 'none'"),
        "pool": option("int", default=5, when="database == 'postgres'"),
    }
    assert resolve_options(options, {}, {}) == {"database": "none", "schema": "", "pool": 0}
    assert resolve_options(options, {"database": "postgres"}, {})["schema"] == "public"
    with pytest.raises(PresetError, match="is not true or false"):
        resolve_options({"a": option(when="'yes'", default="a")}, {}, {})


def test_policies_and_computed_values_cannot_be_set() -> None:
    options = {"a": option(fixed="x"), "b": option(computed="{{ a }}y")}
    assert resolve_options(options, {"a": "x"}, {}) == {"a": "x", "b": "xy"}
    with pytest.raises(UsageError, match="fixed by the preset"):
        resolve_options(options, {"a": "y"}, {})
    with pytest.raises(UsageError, match="computed by the template"):
        resolve_options(options, {"b": "y"}, {}, of="template")


def test_unknown_options_are_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="the preset has no option") as caught:
        resolve_options({"image": option(default="a")}, {"imgae": "b"}, {})
    assert caught.value.hint == "did you mean image?"


def test_what_is_missing_is_said_at_once() -> None:
    options = {"a": option(), "b": option("port"), "c": option(default="{{ a }}")}
    with pytest.raises(UsageError, match=r"no value for a \(text\); b \(a whole number from 1 to 65535\)"):
        resolve_options(options, {}, {})


def test_a_person_is_asked_for_what_is_not_given() -> None:
    asked: list[tuple[str, Any]] = []

    def ask(name: str, option: Option, default: Any) -> str:
        asked.append((name, default))
        return {"a": "typed", "c": "7"}[name]

    options = {
        "a": option(default="proposed"),
        "b": option(default="x"),
        "c": option("int"),
        "d": option(when="false", default="x"),
        "e": option(computed="x"),
    }
    found = resolve_options(options, {"b": "given"}, {}, ask=ask)
    assert asked == [("a", "proposed"), ("c", None)]
    assert found == {"a": "typed", "b": "given", "c": 7, "d": "", "e": "x"}


def test_earlier_answers_stand_before_defaults_and_are_dropped_when_they_no_longer_fit() -> None:
    options = {"a": option(default="new"), "b": option("choice", choices=["x", "y"], default="x")}
    assert resolve_options(options, {}, {}, earlier={"a": "old", "b": "gone", "z": 1}) == {"a": "old", "b": "x"}


def test_a_default_that_does_not_fit_is_the_manifests_fault() -> None:
    with pytest.raises(PresetError, match="default of option 'x': 'abc' is not a whole number"):
        resolve_options({"x": option("int", default="{{ 'abc' }}")}, {}, {})


def test_secrets_are_not_shown_in_faults() -> None:
    with pytest.raises(UsageError) as caught:
        value("hunter2\n", secret=True)
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize(
    "default",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ 'a' * 10**9 }}",
        "{{ 9 ** 9999999 }}",
        "{% for a in range(1000) %}{% for b in range(1000) %}x{% endfor %}{% endfor %}",
        "{{ x }",
        "{{ x.y.z }}",
        "{% include 'a' %}",
        "{{ 1 / 0 }}",
        "{{ lipsum() }}",
    ],
)
def test_hostile_expressions_are_one_line(default: str) -> None:
    begin = time.monotonic()
    with pytest.raises(PresetError) as caught:
        resolve_options({"o": option(default=default)}, {}, {"x": "abc"})
    assert "option 'o'" in caught.value.message
    assert time.monotonic() - begin < 2
