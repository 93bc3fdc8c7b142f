"""The catalogue of the craft: each rule once, with its reason and its source."""

from functools import cache

from msgspec import Struct

from genfile.bundle.builtin import builtin_folder
from genfile.errors import PresetError


class Rule(Struct, frozen=True):
    """A rule that passages of templates follow: one line that says why, and its source."""

    id: str
    why: str
    source: str


@cache
def load_rules() -> dict[str, Rule]:
    """Every rule of `presets/rules.toml`, by id."""
    from genfile.parsers.data import parse_toml

    document = parse_toml((builtin_folder("presets") / "rules.toml").read_text("utf-8"))
    for name, entry in document.value.items():
        if set(entry) != {"why", "source"}:
            place = f"presets/rules.toml:{document.line(name)}"
            raise PresetError(f"{place}: {name} has {', '.join(sorted(entry))}", hint="a rule has why and source")
    return {name: Rule(name, entry["why"], entry["source"]) for name, entry in document.value.items()}


def rule(name: str) -> Rule:
    """One rule. Raises PresetError when a template names one that the catalogue has not."""
    try:
        return load_rules()[name]
    except KeyError:
        raise PresetError(
            f"presets/rules.toml has no rule {name!r}", hint="add it there, with why and source, or correct the name"
        ) from None
