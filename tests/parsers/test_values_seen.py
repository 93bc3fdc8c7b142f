"""Values that code has where they can be seen, and texts that can be a port."""

import pytest

from genfile.parsers.javascript import parse_typescript
from genfile.parsers.values import UNKNOWN, EnvDefault, port_number


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("toNumber(process.env.APP_PORT, 3700)", EnvDefault("APP_PORT", 3700)),
        ("orElse(process.env.APP_PORT, '3700')", EnvDefault("APP_PORT", "3700")),
        ("pick(other, 3700)", UNKNOWN),
        ("pick(process.env.APP_PORT, other)", UNKNOWN),
        ("pick(process.env.APP_PORT, 1, 2)", UNKNOWN),
        ("pick(process.env.APP_PORT, 2, 3, 4)", UNKNOWN),
        ("pick(process.env.APP_PORT, 3700, 1, 65535)", EnvDefault("APP_PORT", 3700)),
    ],
)
def test_a_helper_given_a_variable_and_a_literal_falls_back_to_it(argument: str, value: object) -> None:
    assert parse_typescript(f"listen({argument});").calls[0].arguments == (value,)


@pytest.mark.parametrize(
    ("helper", "value"),
    [
        ("const number = (name, other) => Number(process.env[name] ?? other)", EnvDefault("APP_PORT", 3700)),
        (
            "function number(name: string, other: number) { return +(Bun.env[name] || other) }",
            EnvDefault("APP_PORT", 3700),
        ),
        ("const number = (name, other) => Number(process.env[other] ?? name)", UNKNOWN),
        ("const number = (name, other) => table[name] ?? other", UNKNOWN),
        ("const other = process.env[name]", UNKNOWN),
    ],
)
def test_a_helper_of_the_module_is_given_the_name_of_a_variable(helper: str, value: object) -> None:
    module = parse_typescript(f"{helper};\nlisten(number('APP_PORT', 3700));")
    assert next(call.arguments for call in module.calls if call.callee == "listen") == (value,)


@pytest.mark.parametrize(
    ("value", "port"),
    [("8080", 8080), (8080, 8080), (" 80 ", 80), ("0", None), ("65536", None), ("9" * 300_000, None), (10**5000, None)],
    ids=lambda value: str(value)[:9] if not isinstance(value, int) or value < 10**9 else "huge",
)
def test_only_what_can_be_a_port_becomes_a_number(value: object, port: int | None) -> None:
    assert port_number(value) == port
