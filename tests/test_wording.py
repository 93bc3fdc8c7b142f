"""What is wrong with a value is said in words: nothing of pydantic's own text reaches a person."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from genfile.errors import SpecError
from genfile.schema import json_schema
from genfile.spec.project import LANGUAGES, parse_spec, spec_class
from genfile.spec.wording import PATTERNS

# How pydantic speaks.
FOREIGN = re.compile(r"(Input|String) should|should (be|have|match)|Value error|validation error|Field required")
BAD: list[Any] = [
    *(None, True, -1, 0, 99999, 1.5, "", "x\n", "A B", "../x", "x" * 5000),
    *([], ["", 1, None], [["x"]], {}, {"x": 1}, {"": {}}, [{"name": 1}]),
]


def _minimal(language: str) -> dict[str, Any]:
    return {"language": language, "name": "x", "path": "."}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_every_spec_says_what_is_wrong_in_words(language: str) -> None:
    told = set()
    for name in spec_class(language).model_fields:
        for value in BAD:
            try:
                parse_spec({**_minimal(language), name: value})
            except SpecError as error:
                told.add(error.message)
    assert len(told) > 100
    assert [message for message in told if FOREIGN.search(message)] == []
    assert [message for message in told if "does not fit" in message or "in the right form" in message] == []


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"port": 99999}, "port: 99999 is not between 1 and 65535"),
        ({"port": 0}, "port: 0 is not between 1 and 65535"),
        ({"port": "http"}, "port: 'http' is not a whole number"),
        ({"runtime": {"version": "abc"}}, "runtime.version: 'abc' is not a version, such as 22 or 3.13"),
        ({"build": "npm run build"}, "build: 'npm run build' is not a list"),
        ({"health": {"path": "up"}}, "health.path: 'up' is not the path of a URL, such as /health"),
        ({"prot": 1}, "prot: is not known here"),
    ],
)
def test_what_a_value_must_be(values: dict[str, Any], says: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec({**_minimal("node"), **values})
    assert says in caught.value.message


def _patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        yield from schema.get("patternProperties", {})
        for item in schema.values():
            yield from _patterns(item)
    elif isinstance(schema, list):
        for item in schema:
            yield from _patterns(item)


@pytest.mark.parametrize("name", ["spec", "preset", "template", "config"])
def test_every_pattern_of_every_document_is_told_in_words(name: Any) -> None:
    assert {pattern for pattern in _patterns(json_schema(name)) if pattern not in PATTERNS} == set()


@pytest.mark.parametrize("key", ["options.x.type", "options.x.min", "summary", "manifest", "files"])
def test_manifests_speak_the_same_way(key: str) -> None:
    from genfile.errors import PresetError
    from genfile.preset.manifest import parse_manifest

    for value in BAD:
        option: dict[str, Any] = {"type": "int", "help": "x"}
        values: dict[str, Any] = {"manifest": 1, "name": "x", "summary": "x", "options": {"x": option}}
        (option if "." in key else values)[key.rpartition(".")[2]] = value
        said = ""
        try:
            parse_manifest(values, {}, "preset.toml", "")
        except PresetError as error:
            said = error.message
        assert FOREIGN.search(said) is None
