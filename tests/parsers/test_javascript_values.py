"""Values that an expression of JavaScript has, where they can be seen."""

import pytest

from genfile.parsers.javascript import parse_typescript
from genfile.parsers.values import UNKNOWN, EnvDefault


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("toNumber(process.env.APP_PORT, 3700)", EnvDefault("APP_PORT", 3700)),
        ("orElse(process.env.APP_PORT, '3700')", EnvDefault("APP_PORT", "3700")),
        ("pick(other, 3700)", UNKNOWN),
        ("pick(process.env.APP_PORT, other)", UNKNOWN),
        ("pick(process.env.APP_PORT, 1, 2)", UNKNOWN),
    ],
)
def test_a_helper_given_a_variable_and_a_literal_falls_back_to_it(argument: str, value: object) -> None:
    assert parse_typescript(f"listen({argument});").calls[0].arguments == (value,)
