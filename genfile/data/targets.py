"""What frameworks' builds make, by adapter and by preset; see the head of targets.toml."""

from functools import cache
from typing import Literal

from msgspec import Struct, field

from genfile.data.entries import load_table, read_list


class Adapter(Struct, frozen=True):
    """The packages of which one decides what a framework's build makes; see the head of targets.toml."""

    framework: str
    server: str
    config: str | None = None
    servers: tuple[str, ...] = ()
    site: str | None = None
    chooses: str | None = None
    hosts: tuple[str, ...] = ()
    client: dict[str, int] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)


class NitroPreset(Struct, frozen=True):
    """Where a framework's configuration names Nitro's preset; see the head of targets.toml."""

    framework: str
    config: str
    key: tuple[str, ...]
    public: str
    call: str | None = None
    variable: str | None = None


@cache
def adapters() -> tuple[Adapter, ...]:
    """The packages that decide what a framework's build makes, by framework."""
    return read_list(Adapter, "targets", "adapter", key="framework")


@cache
def presets() -> tuple[NitroPreset, ...]:
    """Where frameworks name Nitro's preset, by framework."""
    return read_list(NitroPreset, "targets", "preset", key="framework")


def preset_makes(name: str) -> Literal["server", "site", "elsewhere"]:
    """What Nitro makes with a preset: a server of Node, files alone, or what only another platform runs."""
    known = load_table("targets")["nitro"]
    plain = name.replace("_", "-")
    return "server" if plain in known["servers"] else "site" if plain in known["sites"] else "elsewhere"
