"""What a Gradle build reads before it compiles anything: dependencies are resolved from these files alone.

A string in a script that names a file in the tree counts as a file that the script reads: copying it is harmless. If a
script computes what it reads, the sources are copied first.
"""

import posixpath

from msgspec import Struct, field

from genfile.container.own import is_left_out
from genfile.detect.java.build import Build
from genfile.detect.java.gradle import SCRIPTS, SETTINGS, read_script
from genfile.detect.java.scripts import convention_scripts
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers.gradle import GradleScript, parse_gradle_groovy, parse_gradle_kotlin
from genfile.parsers.gradle_reads import computed_read, texts

MAX_FILES = 40
MAX_SCRIPTS = 60
MAX_TEXTS = 4_000
ROOT_NAMES = (
    "$rootDir/", "${rootDir}/", "$rootProject.projectDir/", "${rootProject.projectDir}/", "$rootProject.rootDir/",
    "${rootProject.rootDir}/", "${layout.settingsDirectory}/", "$settingsDir/", "${settingsDir}/",
    "${project.rootDir}/",
)  # fmt: skip
_OWN = ("$projectDir/", "${projectDir}/", "${project.projectDir}/", "./")
_NAMES = ("gradle.properties", "gradle.lockfile", "settings-gradle.lockfile", "buildscript-gradle.lockfile")


class Inputs(Struct):
    """Files at the root, files and folders below it, and the reason if they are incomplete."""

    root: Project
    files: dict[str, None] = field(default_factory=dict)
    folders: dict[str, None] = field(default_factory=dict)
    applied: set[str] = field(default_factory=set)
    unknown: Evidence | None = None

    def add(self, path: str) -> None:
        """Add a file in the tree, relative to the root, unless its folder is copied anyway."""
        if not any(path.startswith(f"{folder}/") for folder in self.folders):
            self.files[path] = None

    def fail(self, says: Evidence) -> None:
        self.unknown = self.unknown or says


def read_inputs(build: Build) -> Inputs:
    """Follow the settings and build scripts of the root, its modules, and included builds."""
    root = build.root
    inputs = Inputs(root)
    for name in ("gradle", "buildSrc"):
        if root.has_folder(name):
            inputs.folders[name] = None
    inputs.files.update((name, None) for name in (*SETTINGS, *SCRIPTS, *_NAMES) if root.has(name))
    queue = [root, *_modules(root, inputs)]
    seen = {root.path}
    for count, folder in enumerate(queue):
        if count > MAX_SCRIPTS or len(inputs.files) > MAX_FILES:
            inputs.fail(root.says(_first(root), None, f"reads more than {MAX_FILES} files or {MAX_SCRIPTS} scripts"))
            break
        for names in (SETTINGS, SCRIPTS):
            found = read_script(folder, names)
            for included in _follow(folder, *found, inputs) if found is not None else ():
                if included.path not in seen:
                    seen.add(included.path)
                    queue.append(included)
    for folder, name, script in convention_scripts(root):
        _take(root, folder.says(name, 1, name), script, inputs)
    return inputs


def _first(root: Project) -> str:
    return next((name for name in (*SETTINGS, *SCRIPTS) if root.has(name)), "build.gradle")


def _modules(root: Project, inputs: Inputs) -> list[Project]:
    """The root's modules: Gradle 9 refuses one without a folder, and reads each one's script."""
    found = read_script(root, SETTINGS)
    if found is None:
        return []
    name, script = found
    if script.computes_includes:
        inputs.fail(root.says(name, 1, "computes which modules it includes"))
    modules: list[Project] = []
    for path in script.includes:
        module = root.at(path)
        files = [item for item in (*SCRIPTS, *_NAMES) if module.has(item)]
        if not any(item in SCRIPTS for item in files):
            inputs.fail(root.says(name, None, f"includes {path}, which has no build script with the usual name"))
        for item in files:
            inputs.add(posixpath.join(path, item))
        modules.append(module)
    return modules


def _follow(folder: Project, name: str, script: GradleScript, inputs: Inputs) -> list[Project]:
    """Add what a script reads, and the builds that it includes."""
    _take(folder, folder.says(name, 1, name), script, inputs)
    included: list[Project] = []
    for item in script.statements:
        first = item.arguments[0] if item.arguments else None
        if item.name == "includeBuild":
            path = _inside(folder, first, inputs.root) if isinstance(first, str) else None
            if path is None or not inputs.root.has_folder(path):
                inputs.fail(folder.says(name, item.line, f"includeBuild {first if isinstance(first, str) else ''}"))
            elif path != ".":
                inputs.folders[path] = None
                included.append(inputs.root.at(path))
        elif item.name == "apply" and isinstance(first, dict) and "from" in first:
            _applied(folder, name, item.line, first["from"], inputs)
    return included


def _applied(folder: Project, name: str, line: int, value: object, inputs: Inputs) -> None:
    """An applied script: a file in the tree, or a URL."""
    text = str(value)
    if text.startswith(("http:", "https:")) or (text.endswith("()") and _known_call(folder, name, line, inputs)):
        return
    path = _inside(folder, text, inputs.root)
    if path is None or not inputs.root.has(path):
        inputs.fail(folder.says(name, line, f"apply from {text}"))
        return
    inputs.add(path)
    parser = parse_gradle_kotlin if path.endswith(".kts") else parse_gradle_groovy
    script = inputs.root.parse(parser, path)
    if script is not None and path not in inputs.applied:
        inputs.applied.add(path)
        _follow(folder, relative_name(folder, inputs.root, path), script, inputs)


def relative_name(folder: Project, root: Project, path: str) -> str:
    """A file at the root, as one of its folders names it."""
    return posixpath.relpath(root.full(path), folder.path or ".")


def _known_call(folder: Project, name: str, line: int, inputs: Inputs) -> bool:
    """`apply from: rootProject.file('x.gradle')`: a string on the same line names the file, and was added."""
    number = line - 1
    lines = (folder.text(name) or "").splitlines()
    return number < len(lines) and any(
        path.endswith((".gradle", ".gradle.kts")) and posixpath.basename(path) in lines[number] for path in inputs.files
    )


def _take(folder: Project, says: Evidence, script: GradleScript, inputs: Inputs) -> None:
    """Add every file that a string in a script names, relative to its folder or the root; container files are left
    out."""
    for text, _ in texts(script)[:MAX_TEXTS]:
        path = _inside(folder, text, inputs.root)
        for candidate in (path, _inside(inputs.root, text, inputs.root)):
            if candidate is not None and inputs.root.has(candidate):
                if not candidate.endswith((".java", ".kt", ".class", ".jks")) and not is_left_out(candidate):
                    inputs.add(candidate)
                break
    line = computed_read(script)
    if line is not None:
        inputs.fail(Evidence(says.path, line, "reads a file whose name it computes"))


def _inside(folder: Project, text: str, root: Project) -> str | None:
    """A path in a script, relative to the root; None if it is computed or outside."""
    base = folder
    for prefix in ROOT_NAMES:
        if text.startswith(prefix):
            base, text = root, text.removeprefix(prefix)
    for prefix in _OWN:
        text = text.removeprefix(prefix)
    if not text or len(text) > 300 or "$" in text or "\n" in text or text.startswith(("/", "~")) or ":" in text:
        return None
    full = posixpath.normpath(posixpath.join(base.path, text))
    path = posixpath.relpath(full, root.path or ".")
    return None if path.startswith("..") or full.startswith("..") else path
