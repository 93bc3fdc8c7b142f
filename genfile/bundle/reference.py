"""Parse a reference to a preset or a template; nothing is opened here.

node                                    a built-in's name
./folder  /folder#sub  ~/folder         a folder
file.zip#sub  file.tar.gz               an archive
git+https://host/repo@v1.2#sub          git, over https, ssh, git or file; at a tag, a branch or a commit
gh:owner/repo@v1.2#sub  gl:  bb:        the same at GitHub, GitLab, Bitbucket
git@host:owner/repo.git                 git over ssh, as forges write it
package:NAME                            an installed Python package
"""

import re
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from genfile.errors import UsageError

FORGES = {"gh": "https://github.com", "gl": "https://gitlab.com", "bb": "https://bitbucket.org"}
SCHEMES = ("https", "ssh", "git", "file")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")

COMMIT = re.compile(r"[0-9a-f]{40}")

_MAX_LENGTH = 1_000
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_HELPER = re.compile(r"[A-Za-z0-9+.-]*::")
_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./+-]{0,199}")
_OWNER_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_.][A-Za-z0-9_.-]*){1,8}")
_HOST = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_SCP = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*@[A-Za-z0-9_][A-Za-z0-9_.-]*):([^:]+)")
_PACKAGE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


class BundleReference(Struct, frozen=True):
    """A reference in its parts.

    ``location``: a path, a URL for git, the name of a built-in or of a package's entry point. ``revision``: the tag,
    branch or commit of git. ``subfolder``: in plain form, empty for the root.
    """

    text: str
    kind: Literal["name", "path", "git", "package"]
    location: str
    revision: str | None = None
    subfolder: str = ""

    @property
    def is_archive(self) -> bool:
        return self.kind == "path" and self.location.lower().endswith(ARCHIVES)

    @property
    def name(self) -> str:
        """A short name: of the subfolder, else of the repository, the folder or the file."""
        last = re.split(r"[/\\:]", (self.subfolder or self.location).rstrip("/\\"))[-1]
        if self.kind == "git":
            last = last.removesuffix(".git")
        elif self.is_archive and not self.subfolder:
            last = last[: -len(next(end for end in reversed(ARCHIVES) if last.lower().endswith(end)))]
        return last or "bundle"

    def at(self, revision: str) -> "BundleReference":
        """The same repository at another tag, branch or commit, with the text that says so."""
        if self.kind != "git":
            raise UsageError(
                f"{self.text} is not a git reference, so it can't have a revision", hint="remove the revision"
            )
        check_revision(revision, self.text)
        body, mark, sub = self.text.partition("#")
        if self.revision is not None:
            body = body[: -len(self.revision) - 1]
        return replace(self, text=f"{body}@{revision}{mark}{sub}", revision=revision)


def parse_reference(text: str) -> BundleReference:
    """Take a reference apart. Raises UsageError for one that can't be meant, or that would be no safe argument."""
    if not text or not text.isprintable() or text != text.strip() or len(text) > _MAX_LENGTH:
        raise UsageError(f"{text[:80]!r} does not name a preset or template")
    if text.startswith("-"):
        raise UsageError(f"{text!r} looks like an option", hint=f"write ./{text[:80]} for a folder with that name")
    if _HELPER.match(text.removeprefix("git+")):
        raise UsageError(f"{text!r}: genfile never runs git remote helpers", hint=_hint())
    scheme = _SCHEME.match(text)
    prefix = scheme.group(1).lower() if scheme else ""
    if prefix in FORGES:
        return _forge(text, prefix)
    if prefix == "package":
        return _package(text)
    if prefix.startswith("git+") or prefix in SCHEMES:
        return _url(text)
    if _SCP.fullmatch(text.partition("#")[0]):
        return _scp(text)
    if scheme and (text[scheme.end() :].startswith("//") or "+" in prefix):
        raise UsageError(f"{text!r}: unknown kind of source {prefix}", hint=_hint())
    return _local(text)


def check_revision(revision: str, text: str) -> None:
    """Refuse what is no name of a tag, a branch or a commit (git's check-ref-format, without the rare characters)."""
    parts = revision.split("/")
    if (
        not _REVISION.fullmatch(revision)
        or ".." in revision
        or any(not part or part.startswith(".") or part.endswith((".", ".lock")) for part in parts)
    ):
        raise UsageError(f"{text}: {revision[:80]!r} is not a tag, branch or commit")


def clean_subfolder(subfolder: str, text: str) -> str:
    """A subfolder in its plain form; pip's `subdirectory=` before it is fine. Raises UsageError when it leads out."""
    wanted = subfolder.removeprefix("subdirectory=").removeprefix("./").rstrip("/")
    parts = wanted.split("/") if wanted else []
    if any(part in ("", ".", "..") or part.startswith("-") for part in parts) or "\\" in wanted or ":" in wanted:
        raise UsageError(f"{text}: {subfolder!r} is not a folder inside of it")
    return wanted


def _hint() -> str:
    return "use a name, a folder, an archive, git+https://host/repo@tag#folder, gh:owner/repo@tag, or package:NAME"


def _split(text: str, body: str) -> tuple[str, str | None, str]:
    """Part the revision and the subfolder from the rest; an `@` in front of the path belongs to a user's name."""
    body, _, subfolder = body.partition("#")
    start = body.find("/", body.find("://") + 3) if "://" in body else 0
    at = body.rfind("@")
    revision = None
    if at > start >= 0:
        body, revision = body[:at], body[at + 1 :]
        check_revision(revision, text)
    return body, revision, clean_subfolder(subfolder, text)


def _forge(text: str, prefix: str) -> BundleReference:
    path, revision, subfolder = _split(text, text[len(prefix) + 1 :])
    path = path.removesuffix("/").removesuffix(".git")
    if not _OWNER_PATH.fullmatch(path) or ".." in path.split("/") or (prefix != "gl" and path.count("/") != 1):
        raise UsageError(f"{text!r}: write {prefix}:owner/repository", hint=f"{prefix}:owner/repository@v1.0")
    return BundleReference(text, "git", f"{FORGES[prefix]}/{path}.git", revision, subfolder)


def _package(text: str) -> BundleReference:
    name, _, subfolder = text.removeprefix("package:").partition("#")
    if not _PACKAGE.fullmatch(name):
        raise UsageError(f"{text!r}: {name!r} is not an entry point name")
    return BundleReference(text, "package", name, None, clean_subfolder(subfolder, text))


def _scp(text: str) -> BundleReference:
    body, _, subfolder = text.partition("#")
    host, _, path = body.partition(":")
    path, at, revision = path.partition("@")
    if at:
        check_revision(revision, text)
    if not path or path.startswith("-") or ".." in path.split("/"):
        raise UsageError(f"{text!r} does not name a repository", hint="git+ssh://git@host/owner/repository@v1.0")
    return BundleReference(text, "git", f"{host}:{path}", revision if at else None, clean_subfolder(subfolder, text))


def _url(text: str) -> BundleReference:
    url, revision, subfolder = _split(text, text.removeprefix("git+"))
    try:
        parts = urlsplit(url)
    except ValueError:
        raise UsageError(f"{text!r} is not a URL", hint=_hint()) from None
    if parts.scheme not in SCHEMES:
        raise UsageError(
            f"{text!r}: use one of these protocols: {', '.join(SCHEMES)}", hint="git+https://host/owner/repository@v1.0"
        )
    if not text.startswith("git+") and parts.path.lower().endswith(ARCHIVES):
        raise UsageError(f"{text!r}: genfile does not download archives", hint="download it and pass the file")
    user, at, host = parts.netloc.rpartition("@")
    if ":" in user:
        raise UsageError(
            "a URL must not contain a password, since genfile stores the URL", hint="use a git credential helper"
        )
    if parts.scheme == "file":
        good_host = parts.netloc in ("", "localhost")
    else:
        good_host = bool(_HOST.fullmatch(host)) and (not at or bool(_USER.fullmatch(user)))
    path = parts.path
    if not good_host or path.strip("/") == "" or path.startswith("/-") or parts.query or "\\" in url or " " in url:
        raise UsageError(f"{text!r} does not name a repository", hint="git+https://host/owner/repository@v1.0")
    return BundleReference(text, "git", url, revision, subfolder)


def _local(text: str) -> BundleReference:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", text):
        return BundleReference(text, "name", text)
    location, _, subfolder = text.partition("#")
    if not location:
        raise UsageError(f"{text!r} does not name a preset or template", hint=_hint())
    return BundleReference(text, "path", location, None, clean_subfolder(subfolder, text))
