"""HCL, as far as bake files use it."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genfile.parsers import ParseError
from genfile.parsers.hcl import UNKNOWN, parse_hcl, resolved

TEXT = """
# a comment
variable "TAG" { default = "v1" }  // another
target "web" {
  args = {
    A = "x-${TAG}", B = 2
    "C" = upper("a") /* a function */
  }
  tags = ["a:${TAG}", TAG, 1 + 2,]
  text = <<EOT
two
lines
EOT
  raw = "$${TAG} \\"q\\""
  on = true
}
"""


def test_values_are_told_as_far_as_they_can_be() -> None:
    _, target = parse_hcl(TEXT).blocks
    assert (target.kind, target.labels) == ("target", ("web",))
    values = resolved(target.values, {"TAG": "v1"})
    assert values["args"] == {"A": "x-v1", "B": 2, "C": UNKNOWN}
    assert values["tags"] == ["a:v1", "v1", UNKNOWN]
    assert (values["text"], values["raw"], values["on"]) == ("two\nlines", '${TAG} "q"', True)


@pytest.mark.parametrize(
    ("text", "line"), [("a {\n", 2), ("a = [1,\n", 2), ("\n= 1", 2), ("a b 1", 1), ("}", 1), ('a = "x', 1), ("/* x", 1)]
)
def test_faults_have_their_line(text: str, line: int) -> None:
    with pytest.raises(ParseError) as caught:
        parse_hcl(text)
    assert caught.value.line == line


@pytest.mark.parametrize("text", ["/*", '\\"', "<<A\n", "[", "{a=", "a {", "${", "(", "a=[1,"])
def test_hostile_repetition_ends_soon(text: str) -> None:
    start = time.monotonic()
    for prefix in ("", "a = ", 'a = "'):
        with contextlib.suppress(ParseError):
            parse_hcl(prefix + text * 20_000)
    assert time.monotonic() - start < 20


@given(st.text(alphabet='ab"{}[]=,$<\n #/*', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ParseError):
        parse_hcl(text)
