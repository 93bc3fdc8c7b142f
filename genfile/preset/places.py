"""The paths, in images of the built-in presets, of the folders that the program writes to."""

from typing import Any

from genfile.data import scratch_of
from genfile.preset.layout import localise
from genfile.preset.pathfilters import TOMCAT_TEMP, TOMCAT_WRITES, in_tomcat, join_path, under

_ROOT = "/app"


def written_folders(spec: dict[str, Any], context: str) -> list[str]:
    """Every one, sorted; ``spec`` as plain values, ``context``: its build context."""
    local = localise(spec, context)
    if local.get("layout") == "war":
        return sorted({*in_tomcat(local["writable"], local["path"]), *local["volumes"]})
    # A Go image holds the program and its files alone, not the tree; so does one of Java.
    own = local["path"] if local["language"] in ("go", "java") else "."
    data = local["data"]
    # A Go program with its database in the working directory runs on the volume, so all that it writes is there.
    apart = local["language"] == "go" and data in (".", local["path"])
    found = [] if apart else under(local["writable"], _ROOT, own)
    if data is not None:
        found += ["/data"] if apart else under([data], _ROOT, own)
    return sorted({*found, *local["volumes"]})


def scratch_folders(spec: dict[str, Any], context: str) -> list[str]:
    """Those of them in which nothing is kept: caches of the framework, and what Tomcat itself writes."""
    if spec.get("layout") == "war":
        return list(TOMCAT_WRITES)
    known = scratch_of(spec["language"], spec["framework"], spec["path"])
    local = localise({**spec, "writable": sorted(known & set(spec["writable"]))}, context)
    return under(local["writable"], _ROOT)


def memory_mounts(spec: dict[str, Any], context: str) -> list[str]:
    """The same with their options, for what mounts them in memory. Without a mode, the folder in the image gives it its
    own, and root as the owner."""
    found = scratch_folders(spec, context)
    return [f"{folder}:{'exec,' if folder == TOMCAT_TEMP else ''}mode=1777" for folder in found]


def holds_code(folder: str, spec: dict[str, Any], context: str) -> bool:
    """Whether the program's own code lies in a folder: a volume there would hide that of the next image."""
    alone = spec["language"] in ("go", "java")
    local = localise(spec, context)
    # What brings files from the tree and is not given to the user as a whole has code among them.
    own = set() if alone else {*local["writable"]} - {*local["kept"], *local["owned"], local["data"]}
    mixed = folder in under(sorted(own), _ROOT) and folder not in scratch_folders(spec, context)
    return mixed or holds_program(folder, spec, context) or is_made(folder, spec, context)


def holds_program(folder: str, spec: dict[str, Any], context: str) -> bool:
    """Whether a folder is the one that the program runs in, or is above it."""
    path = "." if spec["language"] in ("go", "java") else localise(spec, context)["path"]
    return f"{join_path(_ROOT, path)}/".startswith(f"{folder}/")


def is_made(folder: str, spec: dict[str, Any], context: str) -> bool:
    """Whether a folder is part of a Node service's build output, which every release replaces."""
    made = localise(spec, context)["outputs"] if spec["language"] == "node" else []
    return any(f"{folder}/".startswith(f"{join_path(_ROOT, path)}/") for path in made)
