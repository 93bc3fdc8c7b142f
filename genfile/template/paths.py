"""Where a rendered file may be written: inside the project, and not where a program would act on it."""

from collections.abc import Iterable
from functools import lru_cache

from genfile.errors import PresetError
from genfile.options.pattern import Pattern, compile_pattern
from genfile.protected import is_protected

MAX_PATH = 400


def check_path(path: str, template: str) -> str:
    """The path, if it stays inside. Raises PresetError that names the template's file."""
    parts = path.split("/")
    if path.startswith("/") or "\\" in path or path[1:2] == ":":
        raise PresetError(f"{template}: its name becomes {path[:80]!r}, which is not a relative path")
    if any(part in ("", ".", "..") for part in parts):
        raise PresetError(f"{template}: its name becomes {path[:80]!r}, which is outside of the project")
    if not path.isprintable() or len(path) > MAX_PATH:
        raise PresetError(f"{template}: its name becomes {path[:80]!r}, which is not a file name")
    return check_protected(path, template)


def check_protected(path: str, template: str) -> str:
    """The path, if it does not belong to version control, whose hooks the user's next command would run."""
    if is_protected(path):
        raise PresetError(
            f"{template}: its name becomes {path[:80]!r}, which is in a version control folder",
            hint="a template can't write there; rename the file",
        )
    return path


def check_together(paths: Iterable[str]) -> None:
    """Refuse two files of one name, also on systems that know no upper case, and a file that is a folder too."""
    names: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        folded = path.casefold()
        if folded in names:
            raise PresetError(f"two template files become {path}")
        names[folded] = path
        parts = folded.split("/")
        for end in range(1, len(parts)):
            folders["/".join(parts[:end])] = path
    for folded, path in names.items():
        if folded in folders:
            raise PresetError(f"{path} would be both a file and the folder of {folders[folded]}")


@lru_cache(maxsize=1_000)
def glob(text: str) -> Pattern:
    """A pattern of paths: `*` is a part of a name, `?` one character, `**` any number of folders."""
    import re

    expression, at = "", 0
    while at < len(text):
        if text.startswith("**/", at):
            expression, at = expression + "(.*/)?", at + 3
        elif text.startswith("**", at):
            expression, at = expression + ".*", at + 2
        elif text[at] == "*":
            expression, at = expression + "[^/]*", at + 1
        elif text[at] == "?":
            expression, at = expression + "[^/]", at + 1
        else:
            expression, at = expression + re.escape(text[at]), at + 1
    try:
        return compile_pattern(expression)
    except ValueError as error:
        raise PresetError(f"template.toml: files: {text[:80]!r}: {error}") from None
