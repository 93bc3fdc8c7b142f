"""From the templated folder to the files of the project, in memory, in cookiecutter's own order."""

import io
import posixpath
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from genfile.bundle import Bundle
from genfile.errors import PresetError
from genfile.template.cookiecutter.texts import Texts, guarded
from genfile.template.paths import check_protected
from genfile.template.project import NewFile

MAX_BYTES = 256 * 1024 * 1024
_NEWLINES = ("\n", "\r", "\r\n", "")


def find_folder(bundle: Bundle, texts: Texts) -> str:
    """The folder whose name is a template: it names `cookiecutter` within both delimiters."""
    start, end = texts.environment.variable_start_string, texts.environment.variable_end_string
    for name in sorted({path.partition("/")[0] for path in bundle.files if "/" in path}):
        if "cookiecutter" in name and start in name and end in name:
            return name
    raise PresetError(
        f"{bundle.reference}: no folder with a template name",
        hint=f"cookiecutter's templates have one such as {start}cookiecutter.name{end}",
    )


def project_folder(folder: str, context: Mapping[str, Any], texts: Texts) -> str:
    """The name of the new project's folder."""
    rendered = safe_path(texts.render(folder, context, f"the name of {folder}"), folder)
    if not rendered:
        raise PresetError(f"the name of {folder} renders to an empty name")
    return rendered


def safe_path(rendered: str, place: str) -> str:
    """The path, normal; empty for the project's folder itself. Raises PresetError if it leads out."""
    normal = posixpath.normpath(rendered) if rendered else "."
    outside = normal.startswith(("/", "../")) or normal == ".." or re.match(r"[A-Za-z]:", normal)
    if outside or any(char in "\\\0\r\n" for char in normal):
        raise PresetError(
            f"refused: the name of {place} renders to {rendered[:200]!r}, which points outside of the project"
        )
    return "" if normal == "." else check_protected(normal, place)


class FileRenderer:
    """Renders one templated folder; `done` and `folders` fill while it goes."""

    def __init__(self, bundle: Bundle, folder: str, context: Mapping[str, Any], texts: Texts) -> None:
        self.bundle, self.folder, self.context, self.texts = bundle, folder, context, texts
        self.done: dict[str, NewFile] = {}
        self.folders: set[str] = {""}
        self.bytes = 0
        self.tree: dict[str, tuple[set[str], set[str]]] = {"": (set(), set())}
        for path in bundle.files:
            if path.startswith(f"{folder}/"):
                parent, _, name = path.removeprefix(f"{folder}/").rpartition("/")
                self._in_tree(parent)[1].add(name)
        self.linked = self._linked_folders()

    def _in_tree(self, folder: str) -> tuple[set[str], set[str]]:
        """The names of folders and of files in a folder; it and those above it become known."""
        if folder not in self.tree:
            self.tree[folder] = (set(), set())
            upper, _, name = folder.rpartition("/")
            self._in_tree(upper)[0].add(name)
        return self.tree[folder]

    def _linked_folders(self) -> set[str]:
        """Where the bundle lies on this disk: folders that are links. cookiecutter makes empty ones of them."""
        if self.bundle.folder is None or self.bundle.kind == "archive":
            return set()
        place = self.bundle.folder / self.folder
        return {path for path in self.tree if path and (place / path).is_symlink()}

    def render(self) -> None:
        self._render_folder("")

    def empty_folders(self) -> tuple[str, ...]:
        """Folders that are made although no file is in them."""
        used = set()
        for path in (*self.done, *(f"{folder}/" for folder in self.folders if folder)):
            parent = posixpath.dirname(path.rstrip("/"))
            while parent:
                used.add(parent)
                parent = posixpath.dirname(parent)
        return tuple(sorted(self.folders - used - {""}))

    def _render_folder(self, folder: str) -> None:
        names, files = self.tree.get(folder, (set(), set()))
        paths = sorted(posixpath.join(folder, name) for name in names)
        copied = [path for path in paths if self._is_copied(path)]
        for path in copied:
            self._copy_folder(path)
        rendered = [path for path in paths if path not in copied and self._make_folder(folder, path)]
        for name in sorted(files):
            self._render_file(posixpath.join(folder, name))
        for path in rendered:
            if path not in self.linked:
                self._render_folder(path)

    def _make_folder(self, parent: str, path: str) -> bool:
        """False for a folder whose name renders to an empty name: it is left out with all that is in it."""
        place = f"{self.folder}/{path}"
        made = self._path(path, f"the name of {place}")
        if not made or made == self._path(parent, place):
            return False
        self.folders.add(made)
        return True

    def _path(self, path: str, place: str) -> str:
        return safe_path(self.texts.render(path, self.context, place), path) if path else ""

    def _is_copied(self, path: str) -> bool:
        patterns = self.context["cookiecutter"].get("_copy_without_render", ())
        with guarded("cookiecutter.json: _copy_without_render"):
            return any(fnmatchcase(path, pattern) for pattern in patterns)

    def _copy_folder(self, path: str) -> None:
        target = self._path(path, f"the name of {path}")
        if not target:
            return
        for known in [known for known in self.done if known.startswith(f"{target}/")]:
            del self.done[known]
        self.folders.add(target)
        for inner in self._below(path):
            self._add(f"{target}/{inner.removeprefix(f'{path}/')}", inner, self._content(inner))

    def _below(self, path: str) -> Iterator[str]:
        names, files = self.tree.get(path, (set(), set()))
        yield from (f"{path}/{name}" for name in sorted(files))
        for name in sorted(names):
            yield from self._below(f"{path}/{name}")

    def _render_file(self, path: str) -> None:
        place = f"{self.folder}/{path}"
        rendered = self.texts.render(path, self.context, f"the name of {place}")
        target = safe_path(rendered, path)
        if not target or rendered.endswith("/") or target in self.folders:
            return
        content = self._content(path)
        if self._is_copied(path) or is_binary(path, content):
            self._add(target, path, content)
            return
        text = self.texts.render_file(path, content, self.context, place)
        with guarded(place):
            newline = self._newline(content)
            if newline in ("\r", "\r\n"):
                text = text.replace("\n", newline)
            self._add(target, path, text.encode("utf-8"))

    def _newline(self, content: bytes) -> str | None:
        wanted = self.context["cookiecutter"].get("_new_lines", False)
        if wanted:
            if wanted not in _NEWLINES:
                raise PresetError(f"cookiecutter.json: _new_lines: {wanted!r} is not a newline")
            return str(wanted)
        return first_newline(content)

    def _content(self, path: str) -> bytes:
        return self.bundle.files[f"{self.folder}/{path}"]

    def _add(self, target: str, path: str, content: bytes) -> None:
        self.bytes += len(content)
        if self.bytes > MAX_BYTES:
            raise PresetError(f"{self.bundle.reference}: refused: the project is larger than {MAX_BYTES >> 20} MiB")
        self.done[target] = NewFile(content, f"{self.folder}/{path}" in self.bundle.executable)


def is_binary(path: str, content: bytes) -> bool:
    """Whether cookiecutter would copy the file as it is: by its name or by its first bytes."""
    from binaryornot.helpers import CHUNK_SIZE, has_binary_extension, is_binary_string

    return bool(has_binary_extension(path) or is_binary_string(content[:CHUNK_SIZE]))


def first_newline(content: bytes) -> str | None:
    """The kind of newline that Python's own reader names after the first line, as cookiecutter asks it."""
    with io.TextIOWrapper(io.BytesIO(content), encoding="utf-8") as reader:
        reader.readline()
        found = reader.newlines
    return found[0] if isinstance(found, tuple) else found
