"""The model of one option in a manifest."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from genfile.spec.base import Model

OptionName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Value = str | int | bool | list[str]
# A literal of a manifest; a text with `{{ }}` or `{% %}` in it is rendered.
Literally = bool | int | str | list[str]


class Option(Model):
    """A setting, typed. `default`, `computed`, `fixed` may be expressions in `{{ }}`; `when` is one without braces."""

    type: Literal["text", "int", "bool", "choice", "list", "image", "path", "port", "env-name", "secret-name"]
    help: str = Field(description="One line that says what the option is for; it is also the question.")
    default: Literally | None = Field(None, description="Without a default, a value is required.")
    choices: dict[str, str] = Field(
        {}, description="For choice and list: each value with its meaning, or just a list of values."
    )
    pattern: str | None = Field(None, description="A regular expression that the whole text must match.")
    min: int | None = Field(None, description="The minimum number, text length, or item count.")
    max: int | None = Field(None, description="The maximum number, text length, or item count.")
    when: str | bool | None = Field(None, description="An expression; while it is false, the value is empty.")
    computed: Literally | None = Field(
        None, description="The value, computed: genfile neither asks for it nor accepts one."
    )
    fixed: Literally | None = Field(None, description="A policy: a value that nobody can change.")
    secret: bool = Field(False, description="Hidden while typed, and never stored.")

    @model_validator(mode="before")
    @classmethod
    def _one_name(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("type") == "multi":
            return values | {"type": "list"}
        return values

    @field_validator("choices", mode="before")
    @classmethod
    def _named(cls, choices: Any) -> Any:
        if isinstance(choices, list):
            return {str(choice): "" for choice in choices}
        return choices

    @field_validator("pattern")
    @classmethod
    def _matchable(cls, pattern: str | None) -> str | None:
        from genfile.options.pattern import compile_pattern

        if pattern is not None:
            compile_pattern(pattern)
        return pattern

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.type == "choice" and not self.choices:
            raise ValueError("type choice needs `choices`")
        if self.choices and self.type not in ("choice", "list"):
            raise ValueError("`choices` works only with the types choice and list")
        if self.pattern is not None and self.type not in ("text", "list", "path", "image"):
            raise ValueError("`pattern` works only with text")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("`min` is greater than `max`")
        if self.computed is not None and (self.default is not None or self.fixed is not None):
            raise ValueError("`computed` can't be combined with `default` or `fixed`")
        return self
