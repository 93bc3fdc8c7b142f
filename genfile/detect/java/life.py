"""What a JVM program without a framework does: the windows, terminals and loops that its main class reaches."""

import itertools
import posixpath
import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct, field

from genfile.detect.java.build import Build
from genfile.detect.tree import Project
from genfile.evidence import Evidence

Course = Literal["windows", "asks", "loops", "ends", "unknown"]
MAX_FILES = 400
_WORD = re.compile(r"[A-Za-z_]\w*")
_NOISE = re.compile(r"//[^\n]*|/\*(?:.*?\*/|.*)|\"{3}(?:.*?\"{3}|.*)|\"(?:[^\"\\\n]|\\.)*\"?", re.DOTALL)
_IMPORT = re.compile(r"^\s*import\s+(?:static\s+)?([\w.]+)", re.MULTILINE)
_PACKAGE = re.compile(r"^\s*package\s+([\w.]+)", re.MULTILINE)
# Top-level declarations of Kotlin, which a file of any name may contain.
_TOP = re.compile(
    r"^(?:[a-z]+ )*(?:fun|class|object|interface|val|var|typealias)\s+(?:<[^>\n]*>\s*)?(?:\w+\.)?(\w+)", re.MULTILINE
)
# Input from somebody at a terminal. Kotlin's own readLine is a function, Java's a method.
_ASKS = re.compile(r"\bSystem\s*\.\s*in\b|\bSystem\s*\.\s*console\s*\(|(?<![.\w])readln(?:OrNull)?\s*\(")
_ASKS_KOTLIN = re.compile(r"(?<![.\w])readLine\s*\(\s*\)")
_WINDOWS = ("javax.swing.", "javafx.", "java.awt.event.", "org.eclipse.swt.", "java.awt.Frame", "com.badlogic.gdx.")
_LOOPS = re.compile(r"\bwhile\s*\(\s*true\s*\)|\bfor\s*\(\s*;\s*;\s*\)")
# Names of what runs beside main, or may not return to it.
_THREADS = re.compile(
    r"\b(?:Thread|Runnable|Callable|Executors?|ExecutorService|CompletableFuture|Timer|runBlocking|launch)\b"
)
_MAIN = re.compile(r"\bmain\s*\(")
_PLAIN = ("java.", "javax.", "kotlin.", "org.w3c.", "org.xml.", "lombok.")


class JavaLife(Struct, frozen=True):
    course: Course
    reason: Evidence | None = None
    paths: frozenset[str] = field(default=frozenset())
    """The files that the main class reaches."""


class _File(Struct, frozen=True):
    path: str
    text: str
    code: str


def life(build: Build, main: str, *, scanned: bool = False) -> JavaLife:
    """What a program does whose main class is in a file of the module: open windows, ask, loop or end. ``scanned``: a
    framework finds classes itself, so all of them count."""
    reached = list(_reached(build, source_names(build.folder) if scanned else [main]))
    paths = frozenset(file.path for file in reached)
    if not reached:
        return JavaLife("unknown")
    for file in reached:
        window = next((name for name in _IMPORT.findall(file.text) if name.startswith(_WINDOWS)), None)
        if window is not None:
            return JavaLife("windows", _says(build, file, window), paths)
    for file in reached:
        match = _ASKS.search(file.code) or (_ASKS_KOTLIN.search(file.code) if file.path.endswith(".kt") else None)
        if match is not None:
            return JavaLife("asks", _says(build, file, match[0]), paths)
    for file in reached:
        match = _LOOPS.search(file.code)
        if match is not None:
            return JavaLife("loops", _says(build, file, match[0]), paths)
    imported = {name for file in reached for name in _IMPORT.findall(file.text)}
    own = {_PACKAGE.search(file.text) for file in reached}
    packages = tuple(match[1] for match in own if match is not None)
    foreign = any(not name.startswith((*_PLAIN, *packages)) for name in imported)
    if foreign or not _MAIN.search(reached[0].code) or any(_THREADS.search(file.code) for file in reached):
        return JavaLife("unknown", None, paths)
    return JavaLife("ends", _says(build, reached[0], "main"), paths)


def _says(build: Build, file: _File, words: str) -> Evidence:
    at = file.text.find(words)
    return build.folder.says(file.path, file.text.count("\n", 0, at) + 1 if at >= 0 else 1, words)


def _reached(build: Build, first: list[str]) -> Iterator[_File]:
    """The given files of the module, then those that they reach by the names in them."""
    index: dict[str, list[str]] = {}
    for path in source_names(build.folder):
        index.setdefault(posixpath.basename(path).rpartition(".")[0], []).append(path)
        for name in _TOP.findall(build.folder.text(path) or "") if path.endswith(".kt") else ():
            index.setdefault(name, []).append(path)
    queue, seen = list(first), set(first)
    while queue:
        path = queue.pop(0)
        text = build.folder.text(path)
        if text is None:
            continue
        code = _NOISE.sub(" ", text)
        yield _File(path, text, code)
        for word in dict.fromkeys(_WORD.findall(code)):
            for other in index.get(word, ()):
                if other not in seen:
                    seen.add(other)
                    queue.append(other)


def source_names(folder: Project) -> list[str]:
    """The paths of a module's source files, without its tests; bounded."""
    found: list[str] = []
    for base in ("src/main/java", "src/main/kotlin", "src"):
        if folder.has_folder(base) and not (base == "src" and folder.has_folder("src/main")):
            for pattern in ("*.java", "*.kt"):
                names = folder.files(pattern, below=base, depth=12)
                found += itertools.islice((name for name in names if "/test/" not in name), MAX_FILES)
    return list(dict.fromkeys(found))[:MAX_FILES]


_STARTED = re.compile(r"\bstatic\s+(?:final\s+)?void\s+main\s*\(|^(?:suspend\s+)?fun\s+main\s*\(", re.MULTILINE)


def main_files(folder: Project) -> Iterator[tuple[str, str]]:
    """The files of a module that declare a `main`, topmost first, each with its class name."""
    for path in sorted(source_names(folder), key=lambda path: (path.count("/"), path)):
        text = folder.text(path) or ""
        if "main" in text and _STARTED.search(_NOISE.sub(" ", text)):
            package = _PACKAGE.search(text)
            stem, _, ending = posixpath.basename(path).rpartition(".")
            name = f"{stem[:1].upper()}{stem[1:]}Kt" if ending == "kt" else stem
            yield path, f"{package[1]}.{name}" if package else name


def class_file(build: Build, name: str) -> str | None:
    """The file of a main class: `shop.Main`, `shop.MainKt`."""
    last = name.rpartition(".")[2]
    stems = (last, last.removesuffix("Kt")) if last.endswith("Kt") else (last,)
    package = name.rpartition(".")[0].replace(".", "/")
    paths = [path for path in source_names(build.folder) if posixpath.basename(path).rpartition(".")[0] in stems]
    return min(paths, key=lambda path: (not posixpath.dirname(path).endswith(package), path), default=None)


def main_file(folder: Project) -> str | None:
    """The source file that holds the main class, by its usual name."""
    for pattern in (
        "*Application.java",
        "*Application.kt",
        "Main.java",
        "Main.kt",
        "App.java",
        "App.kt",
        "Application.kt",
        "*App.java",
        "*Main.java",
    ):
        for base in ("src/main/java", "src/main/kotlin", "src"):
            if folder.has_folder(base):
                found = next(folder.files(pattern, below=base, depth=10), None)
                if found is not None:
                    return found
    return None
