"""The filters that put a value into a file, each made for one place. All else is refused by `finalize`.

A filter takes a plain value and gives text marked as safe for its place; a value that its place can't hold
raises PresetError with the value and the reason.
"""

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from genfile.dockerfile import quoting
from genfile.dockerfile.sensitive import is_sensitive
from genfile.errors import PresetError
from genfile.preset.marks import without_marks
from genfile.preset.pathfilters import (
    base_name,
    below,
    dir_name,
    folders,
    in_folder,
    in_tomcat,
    join_path,
    outside,
    relative,
    seen_from,
    uncovered,
    under,
    unique,
)

# https://docs.docker.com/engine/manage-resources/labels/#key-format-recommendations
_LABEL_KEY = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?")
# A scalar of YAML that is text without quotes, in its versions 1.1 and 1.2, but for the words.
_PLAIN_YAML = re.compile(r"\.|(?:\./|[A-Za-z_/])(?:[A-Za-z0-9_./@+-]|:(?=[A-Za-z0-9_/]))*")
_YAML_WORDS = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])


def _safe(place: str, function: Callable[[], str]) -> Markup:
    try:
        return Markup(function())
    except quoting.QuotingError as error:
        raise PresetError(f"can't be written as {place}: {error}") from None


def exec_form(words: Sequence[str]) -> Markup:
    """A command as a JSON array: `CMD {{ spec.start | exec }}`."""
    return _safe("an exec-form command", lambda: quoting.exec_form([str(word) for word in words]))


def shell_word(value: Any) -> Markup:
    """One word of a shell command."""
    return _safe("a shell word", lambda: quoting.shell_word(str(value)))


def shell_words(values: Iterable[Any]) -> Markup:
    """Several words of a shell command, with blanks between."""
    return Markup(" ").join(shell_word(value) for value in values)


def shell_command(value: str) -> Markup:
    """A whole shell command, as a spec's `build` holds it."""
    return _safe("a RUN command", lambda: quoting.shell_command(value))


def shell_step(value: str, environment: Iterable[Mapping[str, Any]] = ()) -> Markup:
    """A command as one of several with `&&` between; it sees the values that an environment has for the build."""
    values = [
        (item["name"], item["value"]) for item in environment if item["phase"] == "build" and item["value"] is not None
    ]
    return _safe("a RUN command", lambda: quoting.shell_step(value, values))


def shell_path(value: str) -> Markup:
    """A path as an operand of a shell command: one that begins with a hyphen is not an option."""
    return _safe("a shell word", lambda: quoting.shell_path(value))


def any_version(path: str, version: str | None) -> Markup:
    """The operand of a shell command: a file whatever its version is."""
    before, found, after = path.rpartition(f"-{version}") if version else (path, "", "")
    if not found:
        return shell_path(path)
    ends = _safe("a shell word", lambda: quoting.shell_word(after)) if after else ""
    return shell_path(f"{before}-") + "*" + ends


def env_value(value: Any) -> Markup:
    """The value of an ENV, ARG or LABEL key."""
    return _safe("an ENV value", lambda: quoting.env_value(str(value)))


def copy_paths(sources: str | Sequence[str], destination: str, folder: bool = False) -> Markup:
    """The operands of COPY: `COPY --link {{ paths | copy("/app", folder=true) }}`; a folder ends in a slash."""
    listed = [sources] if isinstance(sources, str) else list(sources)
    target = destination.rstrip("/") + "/" if folder else destination
    return _safe("COPY paths", lambda: quoting.copy_paths(listed, target))


def mount_value(value: str) -> Markup:
    """The value of a key of --mount."""
    return _safe("a mount", lambda: quoting.mount_value(str(value)))


def ignore_pattern(path: str) -> Markup:
    """A literal path as a pattern of .dockerignore."""
    return _safe("an ignore pattern", lambda: quoting.ignore_pattern(path))


def plain_pattern(text: str) -> Markup:
    """A pattern of .dockerignore."""
    return _safe("an ignore pattern", lambda: quoting.plain_pattern(text))


def left_out(pattern: str) -> Markup:
    """The value of COPY's --exclude; a character that a flag can't hold is any one character."""
    return Markup("".join(char if char.isascii() and (char.isalnum() or char in "._-/*") else "?" for char in pattern))


def image_reference(value: str) -> Markup:
    """An image reference, checked against the grammar of references."""
    from genfile.preset.options import is_image_reference

    if not is_image_reference(value):
        raise PresetError(f"{value!r} is not an image reference")
    return Markup(value)


def path(value: str) -> Markup:
    """A path for WORKDIR, or as the whole value of an ENV key."""
    return _safe("a path", lambda: quoting.workdir(str(value)))


def search_path(value: str) -> Markup:
    """A folder as one entry of PATH, PYTHONPATH and the like."""
    return _safe("an entry of a search path", lambda: quoting.search_path(str(value)))


def volumes(values: Sequence[str]) -> Markup:
    """The operands of VOLUME: `VOLUME {{ [path] | volumes }}`."""
    return _safe("a volume", lambda: quoting.volumes([str(value) for value in values]))


def word(value: Any) -> Markup:
    """A value of a closed alphabet (a version, a port, a package, a stage, a variable's name) as it is."""
    text = str(value)
    if not text or any(not (char.isascii() and (char.isalnum() or char in "._+-:/@")) for char in text):
        raise PresetError(f"{text!r} contains a character other than letters, digits and `._+-:/@`")
    return Markup(text)


def words(values: Iterable[Any]) -> Markup:
    """Several words of a closed alphabet, with blanks between."""
    return Markup(" ").join(word(value) for value in values)


def url_path(value: str) -> Markup:
    """The path of a URL, inside quotes of any kind."""
    if not value.startswith("/") or any(char in "'\"\\<>` " or not char.isascii() for char in value):
        raise PresetError(f"{value!r} is not a URL path")
    return Markup(value)


def url_format(value: str) -> Markup:
    """The path of a URL inside a format string, as printf and Python's `%` take it."""
    return Markup(url_path(value).replace("%", "%%"))


def json_text(value: Any) -> Markup:
    """A JSON value; also a double-quoted YAML scalar, and a JavaScript or nginx string."""
    return Markup(json.dumps(value, ensure_ascii=False))


def compose_value(value: Any) -> Markup:
    """Text, or a list of texts, as a value in compose.yaml, where `$` would start a variable. Not for keys."""
    if isinstance(value, list | tuple):
        return Markup("[{}]").format(
            Markup(", ").join(json_text(_compose_text(item).replace("$", "$$")) for item in value)
        )
    return yaml_text(_compose_text(value).replace("$", "$$"))


def yaml_text(value: Any) -> Markup:
    """Text as a YAML scalar, a key or a value: quoted only if YAML would read it as something else."""
    text = _compose_text(value)
    plain = _PLAIN_YAML.fullmatch(text) is not None and text.lower() not in _YAML_WORDS
    if plain:
        return _safe("a value of compose.yaml", lambda: quoting.check(text))
    # Single quotes leave a list of JSON readable; YAML knows no escapes in them.
    readable = '"' in text and "'" not in text and "\\" not in text and text.isprintable()
    return Markup("'{}'").format(Markup(text)) if readable else json_text(text)


def _compose_text(value: Any) -> str:
    return str(_safe("a value of compose.yaml", lambda: quoting.check(str(value))))


def label(item: str) -> Markup:
    """One label, given as `key=value`: `LABEL {{ item | label }}`."""
    key, sign, value = item.partition("=")
    if not sign or not _LABEL_KEY.fullmatch(key):
        raise PresetError(f"label {item!r} is not key=value with a key of letters, digits and `._-/`")
    return Markup("{}={}").format(Markup(key), env_value(value))


def owner(value: str) -> Markup:
    """A numeric user with its group: `USER {{ options.user | owner }}`; a user alone is its own group."""
    return Markup("{}:{}").format(*owner_parts(value))


def after(text: str, start: str) -> str:
    """The text after a prefix; empty if it does not start with it."""
    return text.removeprefix(start) if text.startswith(start) else ""


def stated(environment: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The variables with a value for the build, where an ENV may hold them: none has the name of a secret, which
    BuildKit warns of."""
    found = [item for item in environment if item["phase"] == "build" and item["value"] is not None]
    return [] if any(is_sensitive(item["name"]) for item in found) else found


def named_secret(environment: Iterable[Mapping[str, Any]]) -> list[str]:
    """The build arguments with the name of a secret, which BuildKit warns of: the public keys of a page."""
    return [
        item["name"]
        for item in environment
        if item["phase"] == "build" and item["value"] is None and not item["secret"] and is_sensitive(item["name"])
    ]


def comment(value: Any) -> Markup:
    """Text inside a comment."""
    return _safe("a comment", lambda: quoting.comment_text(str(value)))


def refuse(reason: str) -> Markup:
    """Stop rendering: this preset can't do what the spec needs with these options."""
    raise PresetError(reason)


QUOTING: dict[str, Callable[..., Markup]] = {
    "exec": exec_form,
    "shell": shell_word,
    "shell_words": shell_words,
    "command": shell_command,
    "env": env_value,
    "copy": copy_paths,
    "mount": mount_value,
    "ignore": ignore_pattern,
    "pattern": plain_pattern,
    "left_out": left_out,
    "image": image_reference,
    "path": path,
    "search_path": search_path,
    "volumes": volumes,
    "step": shell_step,
    "shell_path": shell_path,
    "url_format": url_format,
    "compose": compose_value,
    "yaml": yaml_text,
    "word": word,
    "words": words,
    "url": url_path,
    "json": json_text,
    "comment": comment,
    "label": label,
    "owner": owner,
    "refuse": refuse,
}


def owner_parts(value: str) -> list[int]:
    """The numbers of a user and its group: `"10001" | owner_parts` gives `[10001, 10001]`."""
    user, _, group = str(value).partition(":")
    try:
        return [int(user), int(group or user)]
    except ValueError:
        raise PresetError(f"{value!r} is not a numeric user such as 10001:10001") from None


def in_family(names: Iterable[str], family: Mapping[str, Any]) -> list[str]:
    """Packages by the names that a family of images has for Debian's; those that it needs no package for left out.

    A package that is known and that the family has not is an error: the step that installs it would fail.
    """
    table: Mapping[str, str | None] = family["names"]
    found = {name: table.get(name, name) for name in names}
    missing = sorted(name for name, text in found.items() if text is None)
    if missing:
        from genfile.data.families import families_with

        of = family["packages_of"]
        raise PresetError(
            f"{of} has no known package for Debian's {', '.join(missing)}",
            hint=f"families that have it: {', '.join(name for name in families_with(missing) if name != of)}",
        )
    return [word for text in found.values() if text for word in text.split()]


def lines(value: str) -> list[str]:
    """The lines that a macro wrote, as texts of their own; it must not write marks."""
    return [line.strip() for line in str(value).splitlines() if line.strip()]


def operand(path: str, folder: str) -> str:
    """A folder of the tree as a command's operand, seen from another one: `.`, `./libs/core`, `../core`."""
    found = posixpath.relpath(path, folder)
    return found if found.startswith(".") else f"./{found}"


def ends_by_itself(words: Sequence[str]) -> bool:
    """Whether a start command of Python ends on SIGTERM as process 1 does: by a handler of its program's own."""
    import shlex

    from genfile.data import load_table

    rest = list(words)
    if rest[:2] == ["sh", "-c"] and len(rest) > 2:
        try:
            rest = shlex.split(rest[2])
        except ValueError:
            return False
        if rest[:1] != ["exec"]:
            return False
        rest = rest[1:]
    if rest[1:2] == ["-m"]:
        rest = rest[2:]
    return bool(rest) and rest[0].rpartition("/")[2] in load_table("servers")["handles_sigterm"]


def other_binaries(spec: Mapping[str, Any]) -> list[str]:
    """The binaries of a Go service's processes and its release command that are main packages of their own."""
    import itertools

    own = posixpath.basename(spec["start"][0]) if spec["start"] else "app"
    commands = [*spec["processes"].values(), *([spec["release"]] if spec["release"] else [])]
    found: dict[str, str] = {}
    for path in itertools.chain.from_iterable(words[:1] for words in commands):
        name = posixpath.basename(path)
        if path.startswith("/app/") and name != own and name in spec["commands"]:
            found.setdefault(name, path)
    return list(found.values())


def has_text(value: str) -> bool:
    """Whether a macro wrote anything but marks and blanks."""
    return bool(without_marks(str(value)).strip())


def major(version: str | None) -> int:
    """The first number of a version: `"10.34.9" | major` gives 10; 0 if there is none."""
    digits = (version or "").split(".")[0]
    return int(digits) if digits.isdecimal() and digits.isascii() else 0


def at_least(version: str | None, least: str) -> bool:
    """Whether a version is a given one or newer, by its first two numbers; an unknown version is new."""
    if not version:
        return True
    numbers = [
        [int(part) for part in text.split(".")[:2] if part.isdecimal() and part.isascii()] for text in (version, least)
    ]
    return numbers[0] >= numbers[1]


PLAIN: dict[str, Callable[..., Any]] = {
    "join_path": join_path,
    "unique_items": unique,
    "folders": folders,
    "in_folder": in_folder,
    "below": below,
    "any_version": any_version,
    "in_tomcat": in_tomcat,
    "outside": outside,
    "under": under,
    "uncovered": uncovered,
    "dir_name": dir_name,
    "after": after,
    "stated": stated,
    "named_secret": named_secret,
    "has_text": has_text,
    "other_binaries": other_binaries,
    "in_family": in_family,
    "owner_parts": owner_parts,
    "lines": lines,
    "base_name": base_name,
    "relative": relative,
    "seen_from": seen_from,
    "operand": operand,
    "ends_by_itself": ends_by_itself,
    "major": major,
    "at_least": at_least,
}
