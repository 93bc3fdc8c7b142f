"""What a run has been told, by whom: the command line, then genfile.toml, then what the command line said before."""

import os.path
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from genfile.api import Choice
from genfile.project.written import Given, Written, read_written

if TYPE_CHECKING:
    from genfile.preset.comments import Comments
    from genfile.spec.config import Config


@dataclass(frozen=True)
class Flags:
    """What the command line says of this run; None and empty: nothing."""

    preset: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    comments: str | None = None
    compose: bool | None = None
    service: str | None = None


@dataclass(frozen=True)
class Decisions:
    """The flags of a run over what the project has: its genfile.toml, and what genfile wrote before.

    ``pinned``: the digests of images, where this run has new ones.
    """

    base: Path | None
    flags: Flags
    config: "Config | None"
    before: Written | None
    pinned: Mapping[str, str] | None = None

    @cached_property
    def given(self) -> Given:
        """What the command line said, now or before: what genfile.lock keeps."""
        before, flags = self.before.given if self.before is not None else Given(), self.flags
        return Given(
            flags.preset or before.preset,
            {**before.settings, **({} if flags.service is not None else flags.settings)},
            flags.comments or before.comments,
            before.compose if flags.compose is None else flags.compose,
            before.only,
        )

    @property
    def pins(self) -> Mapping[str, str]:
        """The digests of images, by `name:tag`."""
        return self.pinned if self.pinned is not None else self.before.pins if self.before is not None else {}

    @cached_property
    def preset(self) -> Choice:
        """The preset of all services. One that a file names is taken from this machine, and never fetched."""
        named = self.flags.preset or (self.config.preset if self.config is not None else None)
        return Choice(named or self.given.preset, self.base, by_tree=self.flags.preset is None)

    @cached_property
    def settings(self) -> dict[str, str]:
        """Fields of the spec and options of the preset, as text, for all services."""
        written = self.config.set if self.config is not None else {}
        return {**self.given.settings, **written, **self.flags.settings}

    @cached_property
    def per_service(self) -> dict[str, dict[str, str]]:
        """The same for single services, by path."""
        before = self.before.services if self.before is not None else {}
        return {path: {**item.settings, **self.settings_above(item.settings)} for path, item in before.items()}

    def settings_above(self, settings: Mapping[str, str]) -> dict[str, str]:
        """What says otherwise than was said for a service before: genfile.toml, and the flags of this run."""
        above = {**(self.config.set if self.config is not None else {}), **self.flags.settings}
        return {key: value for key, value in above.items() if key in settings}

    def of(self, path: str) -> dict[str, str]:
        """What the command line said for one service alone, now or before."""
        before = self.before.services.get(path) if self.before is not None else None
        now = self.flags.settings if self.flags.service is not None else {}
        return {**(before.settings if before is not None else {}), **now}

    @cached_property
    def comments(self) -> "Comments":
        decided = self.config.comments if self.config is not None else None
        return cast("Comments", self.flags.comments or decided or self.given.comments or "brief")


def decide(folder: Path | None, flags: Flags) -> Decisions:
    """What holds for a run in a project's folder; None: a source that has no decisions of its own.

    Raises UsageError that names the place of a mistake in genfile.toml or genfile.lock.
    """
    if folder is None:
        return Decisions(None, flags, None, None)
    from genfile.project.config import CONFIG, read_config, read_text
    from genfile.project.lock import LOCK

    config = read_config(folder) if os.path.lexists(folder / CONFIG) else None
    return Decisions(folder, flags, config, read_written(read_text(folder, LOCK)))
