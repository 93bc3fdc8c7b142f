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
    help: str = Field(description="One line that says what it is for; it is the question too.")
    default: Literally | None = Field(None, description="Without one, a value must be given.")
    choices: dict[str, str] = Field({}, description="For choice and list: each value with what it means, or a list.")
    pattern: str | None = Field(None, description="A regular expression that the whole text must match.")
    min: int | None = Field(None, description="The least number, length of text, or count of items.")
    max: int | None = Field(None, description="The greatest number, length of text, or count of items.")
    when: str | bool | None = Field(None, description="An expression; where it is false, the value is empty.")
    computed: Literally | None = Field(None, description="The value itself: never asked, never given.")
    fixed: Literally | None = Field(None, description="A policy: the value that can't be set otherwise.")
    secret: bool = Field(False, description="Not shown while it is typed, and never stored.")

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
            raise ValueError("a choice wants `choices`")
        if self.choices and self.type not in ("choice", "list"):
            raise ValueError("`choices` are for the types choice and list")
        if self.pattern is not None and self.type not in ("text", "list", "path", "image"):
            raise ValueError("`pattern` is for text")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("`min` is greater than `max`")
        if self.computed is not None and (self.default is not None or self.fixed is not None):
            raise ValueError("`computed` goes without `default` and `fixed`")
        return self
