"""The source file that a bundler packs into an output file, by the build's commands or by a script that calls the
bundler."""

import posixpath
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from genfile.detect.node.framework import read_config, read_module
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import BUILD_PARTS, BUILD_SCRIPTS, FILE_RUNNERS, ScriptStep, resolve

_SCRIPTS = (*BUILD_SCRIPTS, *BUILD_PARTS, "prestart:prod", "prestart", "postinstall", "start:prod", "start")
_SOURCES = (".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx")
# Calls that bundle: `esbuild.build({...})`, `esbuild({...})`, `build({...})`.
_CALLS = frozenset({"build", "buildSync", "esbuild", "context"})


class _Tool(Struct, frozen=True):
    """A bundler's command line: flags for its output, default output, configuration file, and fixed output name."""

    folder: tuple[str, ...]
    file: tuple[str, ...] = ()
    default: str | None = None
    config: str | None = None
    name: str | None = None


_TOOLS = {
    "esbuild": _Tool(("--outdir",), ("--outfile",)),
    "tsup": _Tool(("-d", "--out-dir"), default="dist", config="tsup.config"),
    "tsdown": _Tool(("-d", "--out-dir"), default="dist", config="tsdown.config"),
    "ncc": _Tool(("-o", "--out"), default="dist", name="index"),
    "bun": _Tool(("--outdir",), ("--outfile",)),
    "vite": _Tool(("--outDir",), default="dist"),
    "rollup": _Tool(("-d", "--dir"), ("-o", "--file")),
}


class _Bundle(Struct, frozen=True):
    """One run of a bundler: its entries, and the file or folder that it writes, relative to the service's folder.

    ``required``: whether the output is CommonJS whatever package.json declares. ``outside``: the packages that the
    output imports rather than contains, as esbuild names them: `*` stands for any text.
    """

    entries: tuple[str, ...]
    folder: str | None = None
    file: str | None = None
    name: str | None = None
    required: bool = False
    outside: tuple[str, ...] = ()

    def source_of(self, output: str) -> str | None:
        """The entry that an output is made from; extensions are ignored, since bundlers choose them by format."""
        stem = posixpath.splitext(output)[0]
        if self.file is not None:
            return self.entries[0] if posixpath.splitext(self.file)[0] == stem else None
        if self.folder is None:
            return None
        base = posixpath.commonpath([posixpath.dirname(entry) or "." for entry in self.entries])
        for entry in self.entries:
            made = self.name or posixpath.splitext(posixpath.relpath(entry, base))[0]
            if posixpath.normpath(posixpath.join(self.folder, made)) == stem:
                return entry
        return None


def bundled_source(project: NodeProject, output: str) -> str | None:
    """The source that the build bundles into a file, both relative to the service's folder."""
    return next((found for item in _known(project) if (found := item.source_of(output)) is not None), None)


def bundled_as_commonjs(project: NodeProject, output: str) -> str | None:
    """The source of a file that the last bundler to write it writes as CommonJS, whatever package.json declares."""
    made = [(item, found) for item in _known(project) if (found := item.source_of(output)) is not None]
    return made[-1][1] if made and made[-1][0].required else None


def left_outside(project: NodeProject, output: str) -> tuple[str, ...]:
    """The packages, as esbuild names them, that a bundle imports when it runs; none for a file that is no bundle."""
    made = [item for item in _known(project) if item.source_of(output) is not None]
    return made[-1].outside if made else ()


def _known(project: NodeProject) -> list[_Bundle]:
    return project.folder.tree.once(("node-bundles", project.folder.path), lambda: list(_bundles(project)))


def _bundles(project: NodeProject) -> Iterator[_Bundle]:
    for name in _SCRIPTS:
        for step in resolve(project.package, name) or ():
            place = next((at for at, word in enumerate(step.words[:3]) if posixpath.basename(word) in _TOOLS), None)
            if place is not None:
                yield from _of_command(project, step, place)
            elif step.program in FILE_RUNNERS:
                yield from _of_script(project, step)


def _of_command(project: NodeProject, step: ScriptStep, place: int) -> Iterator[_Bundle]:
    """`esbuild server/index.ts --outdir=dist`, `tsup`, `ncc build src/main.ts -o out`, `vite build --ssr server.ts`."""
    program = posixpath.basename(step.words[place])
    tool, words = _TOOLS[program], step.words[place + 1 :]
    if program == "bun" and words[:1] != ("build",):
        return
    file, folder = _flag(words, tool.file), _flag(words, tool.folder)
    config = read_config(project, tool.config) if tool.config is not None and not step.folder else None
    given = config[1].default_export if config is not None else None
    told = given if isinstance(given, dict) else {}
    own = told.get("outDir")
    folder = folder or (own if isinstance(own, str) else tool.default)
    written = {word for word in (file, folder) if word is not None}
    named = [word.rpartition("=")[2] for word in words]
    entries = [*_entries(project, step.folder, [word for word in named if word not in written])]
    entries = entries or [*_entries(project, step.folder, _texts(told.get("entry")))]
    if entries:
        required = program == "esbuild" and _requires(
            "--bundle" in words, _flag(words, ("--platform",)), _flag(words, ("--format",))
        )
        outside = _outside(_flag(words, ("--packages",)), _external(words))
        left = outside if program in ("esbuild", "bun") else ()
        yield _Bundle(tuple(entries), _at(step.folder, folder), _at(step.folder, file), tool.name, required, left)


def _requires(bundle: Any, platform: Any, form: Any) -> bool:
    """Whether esbuild writes CommonJS: that is its format for Node, unless it is told another or bundles nothing."""
    return form == "cjs" or (form is None and bundle is True and platform == "node")


def _external(words: tuple[str, ...]) -> list[str]:
    """The values of esbuild's `--external:name` and Bun's `--external name`."""
    named = [word.removeprefix("--external:") for word in words if word.startswith("--external:")]
    after = [words[at + 1] for at, word in enumerate(words[:-1]) if word == "--external"]
    return [*named, *after]


def _outside(packages: Any, named: list[str]) -> tuple[str, ...]:
    """What `--packages=external` and `--external:name` leave outside a bundle."""
    return ("*",) if packages == "external" else tuple(named)


def _of_script(project: NodeProject, step: ScriptStep) -> Iterator[_Bundle]:
    """A build script that calls esbuild, with literal entries and output."""
    script = next((word for word in step.words[1:] if word.endswith(_SOURCES)), None)
    path = _at(step.folder, script)
    module = read_module(project, path) if path is not None and project.folder.has(path) else None
    for call in module.calls if module is not None else ():
        given = call.arguments[0] if call.callee.rpartition(".")[2] in _CALLS and call.arguments else None
        if not isinstance(given, dict) or "entryPoints" not in given:
            continue
        entries = [*_entries(project, step.folder, _texts(given["entryPoints"]))]
        file, folder = given.get("outfile"), given.get("outdir")
        if entries and (isinstance(file, str) or isinstance(folder, str)):
            yield _Bundle(
                tuple(entries),
                _at(step.folder, folder if isinstance(folder, str) else None),
                _at(step.folder, file if isinstance(file, str) else None),
                required=_requires(given.get("bundle"), given.get("platform"), given.get("format")),
                outside=_outside(given.get("packages"), _texts(given.get("external"))),
            )


def _flag(words: tuple[str, ...], names: tuple[str, ...]) -> str | None:
    """A flag's value, after `=` or as the next word."""
    for place, word in enumerate(words):
        name, sign, value = word.partition("=")
        if name in names:
            return value if sign else next(iter(words[place + 1 : place + 2]), None)
    return None


def _texts(value: Any) -> list[str]:
    """The entries of a configuration: a text, a list, or a mapping from names to entries."""
    items = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]


def _entries(project: NodeProject, folder: str, words: list[str]) -> Iterator[str]:
    """The words that name one of the project's sources."""
    for word in words:
        path = _at(folder, word)
        if path is not None and path.endswith(_SOURCES) and project.folder.has(path):
            yield path


def _at(folder: str, path: str | None) -> str | None:
    """A command's path relative to the service's folder; None if it leads out of it."""
    if path is None or path.startswith("/"):
        return None
    found = posixpath.normpath(posixpath.join(folder, path))
    return None if found.startswith("..") else found
