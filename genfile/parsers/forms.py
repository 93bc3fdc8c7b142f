"""The form that code expects a variable's value to have."""

from msgspec import Struct


class Form(Struct, frozen=True):
    """The form of a value. ``length``: of characters, or of the bytes that it encodes; ``exact``: no more, either."""

    kind: str
    length: int = 0
    exact: bool = False
    choices: tuple[str, ...] = ()


JSON, URL, FERNET = Form("json"), Form("url"), Form("fernet")


def text_of(length: object, *, exact: bool = False) -> Form | None:
    """A text of so many characters; None for what says nothing: any value has one character."""
    fits = isinstance(length, int) and not isinstance(length, bool) and 1 < length <= 1024
    return Form("text", int(str(length)), exact) if fits else None


def one_of(choices: object) -> Form | None:
    """One of some texts; None where one of them is no text."""
    known = isinstance(choices, list) and choices and all(isinstance(item, str) and item for item in choices)
    return Form("choice", choices=tuple(choices)) if known and isinstance(choices, list) else None
