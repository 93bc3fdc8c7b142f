"""From a reference to a bundle."""

from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from genfile.bundle.builtin import builtin_folder, builtin_names
from genfile.bundle.model import Bundle
from genfile.bundle.origin import OriginTree, check_remote, checkout_of, locate
from genfile.bundle.reference import BundleReference, check_revision, clean_subfolder, parse_reference
from genfile.errors import PresetError, UsageError

What = Literal["preset", "template"]


def open_bundle(
    reference: str,
    *,
    what: What,
    base: Path | None = None,
    tree: OriginTree | None = None,
    pinned: str | None = None,
    digest: str | None = None,
    offline: bool = False,
    refresh: bool = False,
    checkout: str | None = None,
    directory: str | None = None,
) -> Bundle:
    """Read the preset or template that a reference names (see `genfile.bundle.reference`).

    ``base``: the folder that a relative path starts from. ``tree``: the tree that says the reference, None for the user
    (see `genfile.bundle.origin`). ``pinned``: what `Bundle.commit` was when it was recorded: git gives that commit
    whatever the reference says, archives and packages must still be the same. ``digest``: what `Bundle.sha256` was;
    what comes out of the cache of git must be the same. ``offline``: git
    is not asked; ``refresh``: git is asked again, and a pinned commit is not used. ``checkout``: another tag, branch
    or commit; ``directory``: another subfolder.

    Raises UsageError for a reference that names nothing, SourceError when it can't be read or fetched, PresetError for
    what does not belong into a bundle.
    """
    parsed = parse_reference(reference)
    revision = checkout or parsed.revision
    if checkout is not None:
        if parsed.kind != "git":
            raise UsageError(f"{reference} is not a git repository, so there is nothing to check out")
        check_revision(checkout, reference)
    subfolder = parsed.subfolder
    if directory:
        subfolder = "/".join(filter(None, (subfolder, clean_subfolder(directory, reference))))
    if tree is not None:
        pinned = pinned or tree.pins.get(reference)
        offline = offline or not tree.fetch
    pinned = None if refresh else pinned
    # A tree in git, an archive or a package can't name a path; what it names is fetched in the same way.
    away = OriginTree(None, not offline, tree.pins if tree is not None else {})
    if parsed.kind == "git":
        if tree is not None:
            check_remote(parsed, tree, pinned)
        bundle = _from_git(parsed, revision, subfolder, pinned, away, offline=offline, refresh=refresh)
    elif parsed.kind == "package":
        bundle = _from_package(parsed, what, subfolder, away)
    else:
        bundle = _from_disk(parsed, what, base or Path(), subfolder, tree, away)
    if not bundle.files:
        raise UsageError(f"{reference} contains no files" + (f" in {subfolder}" if subfolder else ""))
    if pinned is not None and bundle.commit is not None and bundle.commit != pinned:
        raise PresetError(
            f"{reference} has changed since it was added: it was {pinned[:20]}and is now {bundle.commit[:20]}",
            hint="run `genfile presets update` to accept the new one",
        )
    if digest is not None and pinned is not None and bundle.kind == "git" and bundle.sha256 != digest:
        raise PresetError(
            f"{reference}: the cached copy does not match genfile.lock",
            hint="delete genfile's cache folder, then run `genfile presets update`",
        )
    return bundle


def _from_git(
    parsed: BundleReference,
    revision: str | None,
    subfolder: str,
    pinned: str | None,
    tree: OriginTree,
    *,
    offline: bool,
    refresh: bool,
) -> Bundle:
    from genfile.bundle.git import read_git

    read = read_git(parsed.location, revision, subfolder, parsed.text, pinned, offline=offline, refresh=refresh)
    name = BundleReference(parsed.text, "git", parsed.location, revision, subfolder).name
    return Bundle(parsed.text, "git", name, read.files, read.executable, read.commit, None, tree)


def _from_package(parsed: BundleReference, what: What, subfolder: str, tree: OriginTree) -> Bundle:
    from genfile.bundle.package import read_package

    files, executable, version, folder = read_package(parsed.location, f"genfile.{what}s", parsed.text)
    if subfolder:
        files, executable = _cut(files, executable, subfolder)
    return Bundle(parsed.text, "package", parsed.location, files, executable, version, folder, tree)


def _from_disk(
    parsed: BundleReference, what: What, base: Path, subfolder: str, tree: OriginTree | None, away: OriginTree
) -> Bundle:
    text, kind = parsed.text, f"{what}s"
    if parsed.kind == "name" and parsed.location in builtin_names(kind):
        files, executable, folder = _folder(builtin_folder(kind) / parsed.location, subfolder, text)
        return Bundle(text, "builtin", parsed.location, files, executable, None, folder, away)
    if parsed.kind == "name" and tree is not None and tree.root is None:
        raise _unknown(parsed, what)
    place = locate(replace(parsed, subfolder=subfolder), base, tree) if tree is not None else None
    if place is None:
        path, subfolder = _named(parsed, base, subfolder)
    else:
        path, subfolder = place.path, place.subfolder
    try:
        exists, is_file = path.exists(), path.is_file()
    except (OSError, ValueError):
        exists = False
    if not exists:
        raise _unknown(parsed, what)
    name = BundleReference(text, "path", str(path.resolve()), None, subfolder).name
    if is_file:
        from genfile.bundle.archive import read_archive

        files, executable, digest = read_archive(path, text, subfolder)
        return Bundle(text, "archive", name, files, executable, digest, path.resolve().parent, away)
    files, executable, folder = _folder(path, subfolder, text)
    # A preset that the user named may name its neighbours, as in `extends = "../base"`.
    inner = tree if place is not None else OriginTree(checkout_of(folder) or folder.parent, away.fetch, away.pins)
    return Bundle(text, "folder", name, files, executable, None, folder, inner or away)


def _named(parsed: BundleReference, base: Path, subfolder: str) -> tuple[Path, str]:
    """The path that the user means; it may hold a # itself."""
    whole = base / _expanded(parsed.text)
    try:
        if "#" in parsed.text and whole.exists():
            return whole, ""
    except (OSError, ValueError):
        pass
    return base / _expanded(parsed.location), subfolder


def _folder(path: Path, subfolder: str, text: str) -> tuple[dict[str, bytes], frozenset[str], Path]:
    from genfile.bundle.folder import read_folder

    inner = path / subfolder if subfolder else path
    if not inner.is_dir():
        raise UsageError(f"{text}: {subfolder or path} is not a folder")
    root, folder = path.resolve(), inner.resolve()
    if not folder.is_relative_to(root):
        raise PresetError(f"{text}: the symlink {subfolder} points outside")
    # The whole is read, then cut: a link of the inner folder may lead elsewhere in the outer one.
    files, executable = read_folder(root, text)
    if subfolder:
        files, executable = _cut(files, executable, subfolder)
    return files, executable, folder


def _cut(
    files: dict[str, bytes], executable: frozenset[str], subfolder: str
) -> tuple[dict[str, bytes], frozenset[str]]:
    prefix = subfolder + "/"
    inner = {path[len(prefix) :]: data for path, data in files.items() if path.startswith(prefix)}
    return inner, frozenset(path[len(prefix) :] for path in executable if path.startswith(prefix))


def _expanded(text: str) -> Path:
    return Path(text).expanduser() if text.startswith(("~/", "~\\")) else Path(text)


def _unknown(parsed: BundleReference, what: What) -> UsageError:
    from difflib import get_close_matches

    names = builtin_names(f"{what}s")
    if parsed.kind == "name":
        close = get_close_matches(parsed.location, names, 1)
        known = f"did you mean {close[0]}?" if close else f"use one of {', '.join(names)}, a folder, or a reference"
        return UsageError(f"unknown {what} {parsed.location!r}", hint=known)
    return UsageError(f"{parsed.text} does not exist", hint=f"pass a folder or an archive that contains a {what}.toml")
