"""From a reference to a bundle."""

from pathlib import Path
from typing import Literal

from genfile.bundle.builtin import builtin_folder, builtin_names
from genfile.bundle.model import Bundle
from genfile.bundle.reference import Reference, check_revision, clean_subfolder, parse_reference
from genfile.errors import PresetError, SourceError, UsageError

What = Literal["preset", "template"]


def open_bundle(
    reference: str,
    *,
    what: What,
    base: Path | None = None,
    pinned: str | None = None,
    offline: bool = False,
    refresh: bool = False,
    checkout: str | None = None,
    directory: str | None = None,
) -> Bundle:
    """Read the preset or template that a reference names (see `genfile.bundle.reference`).

    ``base``: the folder that a relative path starts from. ``pinned``: what `Bundle.commit` was when it was recorded:
    git gives that commit whatever the reference says, archives and packages must still be the same. ``offline``: git
    is not asked; ``refresh``: git is asked again, and a pinned commit is not used. ``checkout``: another tag, branch
    or commit; ``directory``: another subfolder.

    Raises UsageError for a reference that names nothing, SourceError when it can't be read or fetched, PresetError for
    what does not belong into a bundle.
    """
    parsed = parse_reference(reference)
    revision = checkout or parsed.revision
    if checkout is not None:
        if parsed.kind != "git":
            raise UsageError(f"{reference} is not in git: there is nothing to check out")
        check_revision(checkout, reference)
    subfolder = parsed.subfolder
    if directory:
        subfolder = "/".join(filter(None, (subfolder, clean_subfolder(directory, reference))))
    pinned = None if refresh else pinned
    if parsed.kind == "git":
        bundle = _from_git(parsed, revision, subfolder, pinned, offline=offline, refresh=refresh)
    elif parsed.kind == "package":
        bundle = _from_package(parsed, what, subfolder)
    else:
        bundle = _from_disk(parsed, what, base, subfolder)
    if not bundle.files:
        raise UsageError(f"{reference} holds no files" + (f" in {subfolder}" if subfolder else ""))
    if pinned is not None and bundle.commit is not None and bundle.commit != pinned:
        raise PresetError(
            f"{reference} is no longer what was added: it was {pinned[:20]}, and is {bundle.commit[:20]}",
            hint="`genfile presets update` takes the new one",
        )
    return bundle


def _from_git(
    parsed: Reference, revision: str | None, subfolder: str, pinned: str | None, *, offline: bool, refresh: bool
) -> Bundle:
    from genfile.bundle.git import read_git

    read = read_git(parsed.location, revision, subfolder, parsed.text, pinned, offline=offline, refresh=refresh)
    name = Reference(parsed.text, "git", parsed.location, revision, subfolder).name
    return Bundle(parsed.text, "git", name, read.files, read.executable, read.commit, None)


def _from_package(parsed: Reference, what: What, subfolder: str) -> Bundle:
    from genfile.bundle.package import read_package

    files, executable, version, folder = read_package(parsed.location, f"genfile.{what}s", parsed.text)
    if subfolder:
        files, executable = _cut(files, executable, subfolder)
    return Bundle(parsed.text, "package", parsed.location, files, executable, version, folder)


def _from_disk(parsed: Reference, what: What, base: Path | None, subfolder: str) -> Bundle:
    text, kind = parsed.text, f"{what}s"
    if parsed.kind == "name" and parsed.location in builtin_names(kind):
        files, executable, folder = _folder(builtin_folder(kind) / parsed.location, subfolder, text)
        return Bundle(text, "builtin", parsed.location, files, executable, None, folder)
    start = base or Path()
    # A path may hold a # itself.
    whole = start / _expanded(text)
    path = start / _expanded(parsed.location)
    try:
        if "#" in text and whole.exists():
            path, subfolder = whole, ""
        exists, is_file = path.exists(), path.is_file()
    except (OSError, ValueError) as error:
        raise SourceError(f"{text}: {error}") from None
    if not exists:
        raise _unknown(parsed, what)
    name = Reference(text, "path", str(path.resolve()), None, subfolder).name
    if is_file:
        from genfile.bundle.archive import read_archive

        files, executable, digest = read_archive(path, text, subfolder)
        return Bundle(text, "archive", name, files, executable, digest, path.resolve().parent)
    files, executable, folder = _folder(path, subfolder, text)
    return Bundle(text, "folder", name, files, executable, None, folder)


def _folder(path: Path, subfolder: str, text: str) -> tuple[dict[str, bytes], frozenset[str], Path]:
    from genfile.bundle.folder import read_folder

    inner = path / subfolder if subfolder else path
    if not inner.is_dir():
        raise UsageError(f"{text}: {subfolder or path} is no folder")
    root, folder = path.resolve(), inner.resolve()
    if not folder.is_relative_to(root):
        raise PresetError(f"{text}: the link {subfolder} leads out of it")
    files, executable = read_folder(folder, text)
    return files, executable, folder


def _cut(
    files: dict[str, bytes], executable: frozenset[str], subfolder: str
) -> tuple[dict[str, bytes], frozenset[str]]:
    prefix = subfolder + "/"
    inner = {path[len(prefix) :]: data for path, data in files.items() if path.startswith(prefix)}
    return inner, frozenset(path[len(prefix) :] for path in executable if path.startswith(prefix))


def _expanded(text: str) -> Path:
    return Path(text).expanduser() if text.startswith(("~/", "~\\")) else Path(text)


def _unknown(parsed: Reference, what: What) -> UsageError:
    from difflib import get_close_matches

    names = builtin_names(f"{what}s")
    if parsed.kind == "name":
        close = get_close_matches(parsed.location, names, 1)
        known = f"did you mean {close[0]}?" if close else f"one of {', '.join(names)}, a folder, or a reference"
        return UsageError(f"{what} {parsed.location!r} is not known", hint=known)
    return UsageError(f"{parsed.text} does not exist", hint=f"name a folder or an archive that holds a {what}.toml")
