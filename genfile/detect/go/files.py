"""Which files of the tree a Go program opens, which folders it writes to, where it keeps its own database."""

import posixpath
from typing import Any

from genfile.detect.go.module import GoModule
from genfile.detect.go.port import Sources
from genfile.evidence import Evidence, Fact
from genfile.parsers.go import GoFile

_OPENERS = {
    "os.Open": False,
    "os.ReadFile": False,
    "os.ReadDir": True,
    "ioutil.ReadFile": False,
    "ioutil.ReadDir": True,
    "os.DirFS": True,
    "http.Dir": True,
    "template.ParseFiles": False,
    "template.ParseGlob": True,
    "ParseFiles": False,
    "ParseGlob": True,
    "LoadHTMLGlob": True,
    "LoadHTMLFiles": False,
    "Static": True,
    "StaticFile": False,
    "StaticFS": True,
    "http.ServeFile": False,
    "html.New": True,
    "viper.AddConfigPath": True,
    "viper.SetConfigFile": False,
    "godotenv.Load": False,
}


# Endings of what programs read at run time.
_DATA = (
    ".yml",
    ".yaml",
    ".json",
    ".toml",
    ".ini",
    ".conf",
    ".html",
    ".tmpl",
    ".gohtml",
    ".csv",
    ".txt",
    ".sql",
    ".env.example",
)


def find_assets(module: GoModule, sources: Sources) -> Fact[list[str]] | None:
    """Files and folders of the tree that the program opens by a literal path, relative to the module."""
    found: dict[str, Any] = {}
    embedded = {pattern for _, file in sources for pattern, _ in file.embeds}
    for path, file in sources:
        for call in file.calls:
            last = call.callee.rsplit(".", 1)[-1]
            if call.callee not in _OPENERS and last not in _OPENERS:
                continue
            for value in call.arguments:
                asset = _asset(module, value) if isinstance(value, str) else None
                if asset is not None:
                    found.setdefault(asset, module.folder.says(path, call.line, f"{call.callee}({value!r})"))
        for asset, line in _configured(module, file):
            found.setdefault(asset, module.folder.says(path, line, f"viper reads {asset}"))
        for value, line in file.strings:
            if value.startswith("file://") and (asset := _asset(module, value.removeprefix("file://"))) is not None:
                found.setdefault(asset, module.folder.says(path, line, repr(value)))
            # A path to a file of the tree, however it gets to where it is opened: a flag's default, a constant.
            if ("/" in value or value.endswith(_DATA)) and value.endswith(_DATA) and value not in embedded:
                asset = _asset(module, value)
                if asset is not None:
                    found.setdefault(asset, module.folder.says(path, line, repr(value)))
    names = sorted(name for name in found if not any(name.startswith(other + "/") for other in found))
    return Fact(names, tuple(found[name] for name in names)) if names else None


def _configured(module: GoModule, file: GoFile) -> list[tuple[str, int]]:
    """The files that viper looks for: a name without its ending, in the folders that it is told of."""
    names = [str(call.arguments[0]) for call in file.calls if call.callee == "viper.SetConfigName" and call.arguments]
    places = [call for call in file.calls if call.callee == "viper.AddConfigPath" and call.arguments]
    found: list[tuple[str, int]] = []
    for call in places:
        place = str(call.arguments[0])
        if posixpath.normpath(place) != ".":
            continue
        for name in names:
            for ending in (".yaml", ".yml", ".toml", ".json"):
                if module.folder.has(f"{name}{ending}"):
                    found.append((f"{name}{ending}", call.line))
    return found


def _asset(module: GoModule, value: str) -> str | None:
    path = posixpath.normpath(value.strip() or "/")
    if path.startswith(("/", "..")) or path == "." or ":" in path:
        return None
    parts = path.split("/")
    literal = []
    for part in parts:
        if any(char in part for char in "*?["):
            break
        literal.append(part)
    if not literal:
        return None
    path = "/".join(literal)
    if literal != parts and not module.folder.has_folder(path):
        return None
    if module.folder.has_folder(path) or (
        module.folder.has(path) and not path.endswith((".go", ".env")) and path != ".env"
    ):
        return path
    return None


def data_folder(module: GoModule, sources: Sources, store: Evidence) -> Fact[str] | None:
    """Where the program keeps its own database: the folder of a file that the code names, else its working folder.

    None where the program opens files of the tree as well: what its working folder is then can't be told apart.
    """
    for path, file in sources:
        for value, line in file.strings:
            name = value.removeprefix("file:").split("?")[0]
            if name.endswith((".db", ".sqlite", ".sqlite3")) and not name.startswith(("/", ".db")) and " " not in name:
                folder = posixpath.dirname(posixpath.normpath(name))
                if folder and not folder.startswith("..") and "%" not in name and "*" not in name:
                    return module.folder.fact(module.folder.full(folder), path, line, repr(value))
    if find_assets(module, sources) is not None:
        return None
    return Fact(module.folder.spec_path, (store,))


# Calls that make a file or a folder, by what they are given first.
_WRITERS = frozenset({"os.Mkdir", "os.MkdirAll", "os.Create", "os.WriteFile", "ioutil.WriteFile", "os.OpenFile"})


def find_writable(module: GoModule, sources: Sources) -> Fact[list[str]] | None:
    """Folders below its own that the program makes, or makes files in: uploads, logs; relative to the module."""
    found: dict[str, Evidence] = {}
    for path, file in sources:
        written = [
            (call.callee, call.arguments[0], call.line, call.callee.startswith("os.Mkdir"))
            for call in file.calls
            if call.callee in _WRITERS and call.arguments
        ]
        written += [
            (kind, fields.get("Filename"), line, False)
            for kind, fields, line in file.literals
            if kind.removeprefix("&") == "lumberjack.Logger"
        ]
        for name, value, line, is_folder in written:
            folder = _own_folder(value, is_folder) if isinstance(value, str) else None
            if folder is not None and not (name == "os.OpenFile" and module.folder.has(str(value))):
                found.setdefault(folder, module.folder.says(path, line, f"{name}({value!r})"))
    names = sorted(name for name in found if not any(name.startswith(other + "/") for other in found))
    return Fact(names, tuple(found[name] for name in names)) if names else None


def _own_folder(value: str, is_folder: bool) -> str | None:
    path = posixpath.normpath(value.strip() or "/")
    folder = path if is_folder else posixpath.dirname(path)
    if not folder or folder == "." or folder.startswith(("/", "..", "~")) or any(char in folder for char in "%*$:\\ "):
        return None
    return folder


def beside_binary(module: GoModule, sources: Sources) -> Evidence | None:
    """Where a program asks for its own path, and writes files too: it likely keeps them beside itself."""
    writes = any(call.callee in _WRITERS for _, file in sources for call in file.calls)
    for path, file in sources:
        near = any(call.callee in ("filepath.Dir", "path.Dir") for call in file.calls)
        for call in file.calls:
            if writes and near and call.callee == "os.Executable":
                return module.folder.says(path, call.line, "os.Executable")
    return None
