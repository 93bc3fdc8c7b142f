"""Whether the program can write where it has to, tested in a running container as the program's user."""

from typing import Any

from genfile.verify.docker import docker, first_entry, inspect

_WRITE = 'p="$1/.genfile-writes" && : > "$p" && rm "$p"'
# The engine's and a shell's messages for a missing program.
_NO_PROGRAM = (126, 127)


def unwritable(container: str, folders: list[str]) -> tuple[str | None, str]:
    """The first folder that can't be written to, with the reason, or None; and how that was tested."""
    state = inspect("container", container)
    how = "written to"
    for folder in folders:
        done = docker("exec", container, "sh", "-c", _WRITE, "sh", folder)
        if done.code in _NO_PROGRAM:
            how = "by mount and owner"
            reason = _by_owner(container, state, folder)
        else:
            reason = None if done.ok else ((done.output.strip().splitlines() or ["nothing was said"])[-1])
        if reason is not None:
            return f"{folder} can't be written to: {reason}", how
    return None, how


def _by_owner(container: str, state: dict[str, Any], folder: str) -> str | None:
    """Why a folder can't be written to, by its mount and its owner; None if it can."""
    if not is_mounted(state, folder):
        return "nothing is mounted there"
    entry = first_entry(container, folder)
    if entry is None or not entry.isdir():
        return "there is no such folder"
    uid, gid = user_of(str(state.get("Config", {}).get("User", "")))
    if may_write(entry.mode, (entry.uid, entry.gid), (uid, gid)):
        return None
    return f"it belongs to {entry.uid}:{entry.gid}, mode {entry.mode & 0o777:o}"


def is_mounted(state: dict[str, Any], folder: str) -> bool:
    """Whether a writable volume or tmpfs holds a folder; ``state``: of `docker container inspect`."""
    mounts = {str(item.get("Destination")): bool(item.get("RW")) for item in state.get("Mounts") or []}
    mounts |= dict.fromkeys((state.get("HostConfig", {}).get("Tmpfs") or {}), True)
    holding = [place for place in mounts if f"{folder.rstrip('/')}/".startswith(f"{place.rstrip('/')}/")]
    return bool(holding) and mounts[max(holding, key=len)]


def user_of(text: str) -> tuple[int, int]:
    """`10001:10001` as numbers; without a group it is 0, as for a user that passwd lacks."""
    uid, _, gid = text.partition(":")
    return int(uid or 0), int(gid or 0)


def may_write(mode: int, owner: tuple[int, int], user: tuple[int, int]) -> bool:
    """Whether a mode's bits let a user other than root write and enter."""
    shift = 6 if owner[0] == user[0] else 3 if owner[1] == user[1] else 0
    return mode >> shift & 0o3 == 0o3
