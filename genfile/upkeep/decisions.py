"""The decisions for a run and where they come from: the command line, the project's genfile.toml, the user's
configuration, and an earlier command line."""

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from msgspec import Struct, field
from msgspec.structs import replace

from genfile.api import Choice
from genfile.evidence import Note
from genfile.project.written import Given, Written, read_written
from genfile.settle import fits, names_for
from genfile.spec.settings import Setting

if TYPE_CHECKING:
    from genfile.api import Generation
    from genfile.preset.comments import Comments
    from genfile.project.decided import Decided
    from genfile.spec.config import Config, ServiceConfig
    from genfile.upkeep.user import UserDecided

    Settings = dict[str, str | Setting]


class Flags(Struct, frozen=True):
    """The flags of this run; None and empty: not given. ``save``: store them in genfile.toml."""

    preset: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    comments: str | None = None
    compose: bool | None = None
    service: str | None = None
    save: bool = False
    services: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class Decisions(Struct, frozen=True, dict=True):
    """The flags of a run, on top of the project's genfile.toml, what genfile wrote before, and the user's own
    configuration.

    ``pinned``: new image digests. ``testified``: what the files that this run replaces say about each service, as
    settings.
    """

    base: Path | None
    flags: Flags
    decided: "Decided | None"
    before: Written | None
    user: "UserDecided | None" = None
    pinned: Mapping[str, str] | None = None
    testified: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def config(self) -> "Config | None":
        return self.decided.config if self.decided is not None else None

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes on the decision files."""
        if self.decided is None:
            return ()
        text = f"genfile uses the settings in {self.decided.file} and ignores those in {{}}"
        return tuple(Note("warning", text.format(other)) for other in self.decided.others)

    @cached_property
    def given(self) -> Given:
        """The settings from the command line, now or earlier, which genfile.lock keeps."""
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

    def kept(self, generation: "Generation") -> Given:
        """What genfile.lock keeps: `given`, and the user's own configuration, so that others get the same output."""
        given = self._not_decided(self.given)
        named = self._named
        if named is not None and given.preset is not None:
            given = replace(given, preset=named)
        if self.user is None:
            return given
        user, config, flags = self.user.config, self.config, self.flags
        above = {*flags.settings, *(self.decided.settings if self.decided is not None else ())}
        specs = [item.spec for item, _ in generation.services]
        names = [names_for(spec, self.choice_for(spec.path).of(spec)) for spec in specs]
        settings = {
            key: setting.text
            for key, setting in self.user.settings.items()
            if key not in above and any(fits(key, known) for known in names)
        }
        preset = None if config is not None and config.preset else user.preset
        comments = None if config is not None and config.comments else user.comments
        return Given(
            named or preset or given.preset,
            {**given.settings, **settings},
            flags.comments or comments or given.comments,
            given.compose,
            given.only,
        )

    @property
    def _named(self) -> str | None:
        """The preset of the command line, as the project's own files can name it."""
        reference = self.flags.preset
        known = {**(self.config.presets if self.config is not None else {}), **(self.user.presets if self.user else {})}
        if reference is None or self.base is None or reference in known:
            return reference
        return stored_reference(reference, self.base)

    def _not_decided(self, given: Given) -> Given:
        """Command-line settings, without those that the project's file sets by now: they must not come back once the
        file no longer sets them."""
        config, flags = self.config, self.flags
        if config is None or self.decided is None:
            return given
        decided = self.decided.settings
        return replace(
            given,
            preset=flags.preset if config.preset else given.preset,
            settings={key: text for key, text in given.settings.items() if key not in decided or key in flags.settings},
            comments=flags.comments if config.comments else given.comments,
            compose=bool(flags.compose) if config.compose is not None else given.compose,
        )

    @cached_property
    def preset(self) -> Choice:
        """The preset for all services. One named by a file in the tree is taken from this machine and never fetched;
        one named by the user, on the command line or in the user's configuration, may be fetched."""
        own = self.user.presets if self.user is not None else {}
        home = self.user.folder if self.user is not None else None
        if self.flags.preset is not None:
            return Choice(self.flags.preset, self.base, own=own, home=home)
        if self.config is not None and self.config.preset is not None:
            return Choice(self.config.preset, self.base, by_tree=True)
        if self.user is not None and self.user.config.preset is not None:
            return Choice(self.user.config.preset, own=own, home=home, mild=True)
        return Choice(self.given.preset, self.base, by_tree=True)

    @cached_property
    def presets(self) -> dict[str, Choice]:
        """The presets of single services, by path."""
        if self.flags.preset is not None:
            return {}
        return {
            path: Choice(service.preset, self.base, by_tree=True)
            for path, service in self._services.items()
            if service.preset is not None
        }

    def choice_for(self, path: str) -> Choice:
        return self.presets.get(path, self.preset)

    @cached_property
    def settings(self) -> "Settings":
        """Fields of the spec and options of the preset, as text, for all services."""
        return {**self.given.settings, **self._files, **self.flags.settings}

    @cached_property
    def per_service(self) -> "dict[str, Settings]":
        """The same for single services, by path."""
        before = self.before.services if self.before is not None else {}
        own = self.decided.services if self.decided is not None else {}
        found: dict[str, Settings] = {}
        for path in {**before, **own, **self.flags.services}:
            given = before[path].settings if path in before else {}
            # A file overrides an earlier command line.
            files = {key: value for key, value in self._files.items() if key in given}
            flags = {key: value for key, value in self.flags.settings.items() if key in {**given, **own.get(path, {})}}
            found[path] = {**given, **files, **own.get(path, {}), **flags, **self.flags.services.get(path, {})}
        return found

    def settings_for(self, path: str) -> "Settings":
        """All settings for one service."""
        return {**self.settings, **self.per_service.get(path, {})}

    def of(self, path: str) -> dict[str, str]:
        """Settings for one service, from the command line or a replaced file, now or earlier."""
        before = self.before.services.get(path) if self.before is not None else None
        now = {**(self.flags.settings if self.flags.service is not None else {}), **self.flags.services.get(path, {})}
        files = self.decided.services.get(path, {}) if self.decided is not None else {}
        kept = {key: text for key, text in before.settings.items() if key not in files} if before is not None else {}
        return {**self.testified.get(path, {}), **kept, **now}

    @cached_property
    def comments(self) -> "Comments":
        files = [self.config and self.config.comments, self.user and self.user.config.comments]
        decided = next((level for level in files if level is not None), None)
        return cast("Comments", self.flags.comments or decided or self.given.comments or "brief")

    @cached_property
    def levels(self) -> "dict[str, Comments]":
        """The comment level of single services' files, by path."""
        if self.flags.comments is not None:
            return {}
        return {path: service.comments for path, service in self._services.items() if service.comments is not None}

    @property
    def compose(self) -> bool:
        decided = self.config.compose if self.config is not None else None
        return self.given.compose if self.flags.compose is not None or decided is None else decided

    @property
    def _files(self) -> dict[str, Setting]:
        """The files' settings for all services; the project's override the user's."""
        user = self.user.settings if self.user is not None else {}
        return {**user, **(self.decided.settings if self.decided is not None else {})}

    @property
    def _services(self) -> "Mapping[str, ServiceConfig]":
        return self.config.services if self.config is not None else {}


def decide(folder: Path | None, flags: Flags, *, texts: Mapping[str, str | None] | None = None) -> Decisions:
    """The decisions for a run in a project's folder; None for a source without decisions of its own.

    ``texts``: the new content of decision files about to be written. Raises UsageError that names the place of a
    mistake in genfile.toml, genfile.lock or the user's configuration.
    """
    from genfile.upkeep.user import read_user

    if folder is None:
        return Decisions(None, flags, None, None, read_user())
    from genfile.project.decided import find_decided
    from genfile.project.lock import LOCK
    from genfile.project.reading import read_text

    return Decisions(folder, flags, find_decided(folder, texts), read_written(read_text(folder, LOCK)), read_user())


def stored_reference(reference: str, project: Path) -> str:
    """The reference as the project keeps it: a path is relative to the project, not to the working directory."""
    from genfile.bundle import parse_reference
    from genfile.bundle.builtin import builtin_names

    parsed = parse_reference(reference)
    if parsed.kind not in ("path", "name") or parsed.location in builtin_names("presets"):
        return reference
    try:
        place = Path(parsed.location).expanduser()
        relative = os.path.relpath(place, project.resolve() if place.is_absolute() else project).replace(os.sep, "/")
    except (ValueError, RuntimeError):
        # On another Windows drive, or in the home folder of an unknown user.
        return reference
    start = relative if relative.startswith("..") else f"./{relative}"
    return start + (f"#{parsed.subfolder}" if parsed.subfolder else "")
