"""The types that text must fit before it may reach a template.

A spec is the only way from a source tree to a Dockerfile, so each type refuses whatever could change the meaning of
the line that it ends up in: control characters, newlines, paths that leave the tree.
"""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


class Model(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, validate_default=False)


_SYSTEM = frozenset("app bin boot dev etc lib lib64 proc root run sbin sys usr".split())


def _printable(text: str) -> str:
    for char in text:
        if not char.isprintable():
            raise ValueError(f"contains the control character U+{ord(char):04X}")
    return text


def _relative_path(text: str) -> str:
    _printable(text)
    if text == ".":
        return text
    parts = text.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in text or text.startswith("~"):
        raise ValueError("must be a normalized relative path inside the tree, with forward slashes")
    return text


def _volume(text: str) -> str:
    parts = text[1:].split("/")
    if parts[0] in _SYSTEM or any(part in ("", ".", "..") for part in parts):
        raise ValueError("must be a normalized absolute path outside of the system folders")
    return text


def _command(text: str) -> str:
    from genfile.dockerfile.quoting import QuotingError, shell_command

    try:
        return shell_command(text)
    except QuotingError as error:
        raise ValueError(str(error)) from None


def _pattern(text: str) -> str:
    from genfile.dockerfile.quoting import QuotingError, plain_pattern

    try:
        return plain_pattern(text)
    except QuotingError as error:
        raise ValueError(str(error)) from None


# One word of an exec-form command, or other short text: printable, not empty, at most 1,000 characters.
Argument = Annotated[str, StringConstraints(min_length=1, max_length=1000), AfterValidator(_printable)]
# A value that may be empty, such as that of an environment variable or a label.
Text = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_printable)]
# The name of a database, which needs no quoting.
DatabaseName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,62}$")]
# A shell command that fits on one line of a RUN instruction.
Command = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_command)]
# A path relative to the inspected root; "." is the root itself.
RelativePath = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_relative_path)]
# A pattern of .dockerignore that needs no quoting.
IgnorePattern = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_pattern)]
# A folder of the image outside the application's own.
VolumePath = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9._/-]+$", max_length=200), AfterValidator(_volume)]
# A lower-case word in its usual spelling: nextjs, spring-boot, postgres.
WORD = r"^[a-z0-9][a-z0-9._-]{0,62}$"
Word = Annotated[str, StringConstraints(pattern=WORD)]
# The name of a service and of its image: a path component by the grammar of distribution/reference.
ServiceName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$", max_length=63)]
EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=200)]
HostName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$", max_length=200)]
SecretId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Version = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+_-]{0,62}$")]
# The release line that a tag names: 22, 3.13, 1.27.
VersionLine = Annotated[str, StringConstraints(pattern=r"^[0-9]+(?:\.[0-9]+)*$", max_length=20)]
# A name in apt's index (Debian Policy 5.6.7).
PackageName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.+-]+$", max_length=100)]
Port = Annotated[int, Field(strict=True, ge=1, le=65535)]
UrlPath = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9._~!$&()*+,;=:@%/?-]*$", max_length=500)]
# A path that a web server passes on, as its configuration and a regular expression hold it without quotes.
PassedPath = Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9_~@-][A-Za-z0-9._~@/-]*$", max_length=200)]
# An http address without a path: https://api.example.com.
Origin = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?$", max_length=300)]
# The URL path that a site is served under: "/" or "/console/".
BasePath = Annotated[
    str,
    StringConstraints(pattern=r"^/(?:[A-Za-z0-9_~@-][A-Za-z0-9._~@-]*/)*$", max_length=200),
]

_NAME_CHARS = re.compile(r"[^a-z0-9]+")


def service_name(text: str, default: str = "app") -> str:
    """A valid service name made from any text: `@acme/Web App` gives `web-app`, and no letters or digits `default`."""
    name = _NAME_CHARS.sub("-", text.rsplit("/", 1)[-1].lower()).strip("-")[:63].strip("-")
    return name or default


def plain(model: BaseModel) -> dict[str, Any]:
    """A model as plain values (dict, list, str, int, bool, None): the form that JSON and templates see."""
    return model.model_dump(mode="json")
