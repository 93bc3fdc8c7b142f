"""What a parser says of a text that it can't read never shows the text."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genfile.parsers import ParseError
from genfile.parsers.data import parse_ini, parse_json, parse_jsonc, parse_toml, parse_yaml
from genfile.parsers.pysyntax import parse_leniently
from genfile.parsers.xml import parse_xml

SECRET = "hunter2hunter2"
PARSERS: list[Callable[[str], object]] = [
    *(parse_json, parse_jsonc, parse_toml, parse_yaml, parse_ini, parse_xml, parse_leniently),
]
# What makes parsers complain of the words around it.
TEXTS = [
    "{0}", "{0}:x:0:0:{0}:/{0}:/bin/sh\n", "[{0}]\n[{0}]\n", "a.{0} = 1\na.{0}.b = 2\n", "{0} = 1\n{0} = 2\n",
    "a: *{0}\n", "a: &{0} !!{0} [\n", "%{0}\n", "!{0} a: b: c\n", "'{0}' \"{0}\" '", '"\\{0}', '{{"{0}": {0}}}',
    "<{0}><a/></b>", "<!DOCTYPE {0}><a/>", "<a>&{0};</a>", "def {0}(", "'{0}\n", "@{0}: 1\n", "a = {0}\n", "a = '{0}\n",
    "[a]\n {0}\n", "- {0}\n{0}: [\n", "a: {0}\n\t{0}\n", "\x00{0}", "{0}\x00", "é({0})'", "(({0}]", "a = [{0}",
]  # fmt: skip


def reasons(text: str) -> list[str]:
    found = []
    for parse in PARSERS:
        try:
            parse(text)
        except ParseError as error:
            found.append(str(error))
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_no_reason_shows_the_text(text: str) -> None:
    said = reasons(text.format(SECRET))
    assert said
    assert not [reason for reason in said if SECRET[:6] in reason]


@given(st.text(alphabet="[]{}()'\"`<>=:#&*!|%@\\.,- \n\t", max_size=12), st.integers(0, 12))
def test_nor_any_text_around_it(around: str, at: int) -> None:
    assert not [reason for reason in reasons(around[:at] + SECRET + around[at:]) if SECRET[:6] in reason]
