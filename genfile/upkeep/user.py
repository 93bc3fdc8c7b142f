"""The user's settings for every project, from the user's configuration; no tree can influence them."""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from genfile.bundle.trust import config_file
from genfile.errors import UsageError
from genfile.spec.settings import Setting

if TYPE_CHECKING:
    from genfile.spec.config import UserConfig


class UserDecided(Struct, frozen=True):
    """The user's decisions; ``folder``: the base of paths in them."""

    config: "UserConfig"
    settings: dict[str, Setting]
    folder: Path

    @property
    def presets(self) -> dict[str, str]:
        return {name: preset.source for name, preset in self.config.presets.items()}


def read_user() -> UserDecided | None:
    """The user's decisions; None without a file. Raises UsageError that names the place of a mistake."""
    file = config_file()
    try:
        text = file.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UsageError(f"{_shown(file)} can't be read: {reason}") from None
    from genfile.project.decided import settings_of
    from genfile.project.faults import open_toml, validate
    from genfile.spec.config import UserConfig

    origin = open_toml(text, _shown(file))
    config = validate(UserConfig, origin)
    return UserDecided(config, settings_of(origin, config.set, ("set",), mild=True), file.parent)


def _shown(file: Path) -> str:
    try:
        return f"~/{file.relative_to(Path.home()).as_posix()}"
    except (ValueError, RuntimeError):
        return str(file)
