"""The paths of a service's files, and its build context."""

import json
from fnmatch import fnmatchcase
from typing import Any

from msgspec import Struct

# Every field of a spec that holds a path of the tree, by its keys; `*` is each item of a list.
PATH_FIELDS: tuple[tuple[str, ...], ...] = (
    ("path",),
    ("package_manager", "lockfile"),
    ("static", "root"),
    ("manifests", "*"),
    ("run_paths", "*"),
    ("writable", "*"),
    ("kept", "*"),
    ("owned", "*"),
    ("committed", "*"),
    ("unread", "*"),
    ("linked", "*"),
    ("outputs", "*"),
    ("standalone",),
    ("requirements", "*"),
    ("python_path",),
    ("assets", "*"),
    ("data",),
    ("data_files", "*"),
    ("source_files", "*"),
    ("empty_files", "*"),
    ("artifact",),
    ("artifact_folder",),
    ("libraries",),
    ("sources", "*"),
    ("beside", "*"),
    ("local_packages", "*"),
    ("frontend", "path"),
    ("frontend", "output"),
    ("frontend", "target"),
    ("frontend", "manifests", "*"),
    ("frontend", "outputs", "*"),
    ("frontend", "beside", "*"),
    ("frontend", "workspace", "root"),
    ("frontend", "workspace", "member"),
    ("frontend", "workspace", "depends_on", "*"),
    ("frontend", "workspace", "runs_with", "*"),
    ("frontend", "workspace", "of_root", "*"),
    ("frontend", "workspace", "injected", "*"),
    ("frontend", "workspace", "files", "*"),
    ("frontend", "workspace", "folders", "*"),
    ("workspace", "root"),
    ("workspace", "member"),
    ("workspace", "depends_on", "*"),
    ("workspace", "runs_with", "*"),
    ("workspace", "of_root", "*"),
    ("workspace", "injected", "*"),
    ("workspace", "files", "*"),
    ("workspace", "folders", "*"),
    ("workspace", "unused", "*"),
)


class Layout(Struct, frozen=True):
    """Paths relative to the inspected root, with forward slashes: `context` is a folder, the others are files."""

    context: str
    dockerfile: str
    ignorefile: str

    def place(self, name: str) -> str:
        """The path of an output file, by the name that the preset gives it."""
        if name == "Dockerfile":
            return self.dockerfile
        if name == ".dockerignore":
            return self.ignorefile
        # Everything else is there to be copied into the image, from the build context.
        return _join(self.context, name)


def plan_layout(spec: dict[str, Any], *, several: bool) -> Layout:
    """The layout of one service of a tree.

    One service: Dockerfile and .dockerignore at the root of its context, where every tool looks for them. One of
    several: a Dockerfile in its own folder and a Dockerfile.dockerignore next to it, which BuildKit prefers.
    """
    workspace = spec.get("workspace")
    context = workspace["root"] if workspace else spec["path"]
    static = spec.get("static")
    # A build may write its pages outside its own folder.
    context = common_folder(context, *spec.get("beside") or (), *([static["root"]] if static else ()))
    # If the code imports itself by its folder's name, that folder must exist in the image.
    context = common_folder(context, spec.get("python_path") or context)
    front = spec.get("frontend")
    if front:
        root = front["workspace"]["root"] if front["workspace"] else front["path"]
        context = common_folder(context, root, *front.get("beside") or ())
    if not several:
        return Layout(context, _join(context, "Dockerfile"), _join(context, ".dockerignore"))
    dockerfile = _join(spec["path"], "Dockerfile")
    return Layout(context, dockerfile, dockerfile + ".dockerignore")


def localise(spec: dict[str, Any], context: str) -> dict[str, Any]:
    """A copy of a spec whose paths are relative to the build context, as COPY reads them."""
    local: dict[str, Any] = json.loads(json.dumps(spec))
    for keys in PATH_FIELDS:
        _rewrite(local, keys, context)
    if local.get("untracked"):
        patterns = (seen for text in local["untracked"] if (seen := _pattern_in(text, context)) is not None)
        local["untracked"] = list(dict.fromkeys(patterns))
    return local


def _pattern_in(text: str, context: str) -> str | None:
    """A pattern of an ignore file as seen from a folder of the tree; None if it is for paths elsewhere."""
    negated, segments = text.startswith("!"), text.removeprefix("!").split("/")
    for folder in context.split("/") if context != "." else ():
        if segments[0] == "**":
            break
        if not fnmatchcase(folder, segments[0]) or len(segments) == 1:
            return None
        segments = segments[1:]
    return ("!" if negated else "") + "/".join(segments)


def _rewrite(value: Any, keys: tuple[str, ...], context: str) -> None:
    key, rest = keys[0], keys[1:]
    if key == "*":
        value[:] = [relative_to(item, context) for item in value]
        return
    if not isinstance(value, dict) or value.get(key) is None:
        return
    if rest:
        _rewrite(value[key], rest, context)
    else:
        value[key] = relative_to(value[key], context)


def common_folder(*folders: str) -> str:
    """The deepest folder that all of these lie in, `.` for the root."""
    parts = [[] if folder == "." else folder.split("/") for folder in folders]
    shared = [group[0] for group in zip(*parts, strict=False)]
    for index, group in enumerate(zip(*parts, strict=False)):
        if len(set(group)) > 1:
            shared = shared[:index]
            break
    return "/".join(shared) or "."


def relative_to(path: str, context: str) -> str:
    """A path of the tree relative to a folder of the tree; unchanged when it lies outside it."""
    if context == "." or path == ".":
        return path
    if path == context:
        return "."
    return path.removeprefix(context + "/")


def _join(folder: str, name: str) -> str:
    return name if folder == "." else f"{folder}/{name}"
