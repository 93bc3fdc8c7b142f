"""Files in the tree that a Go program opens, folders that it writes to, and where it keeps its own database."""

import fnmatch
import itertools
import posixpath
import re
from collections.abc import Collection, Iterator

from genfile.detect.committed import in_git
from genfile.detect.go.module import GoModule, GoProgram
from genfile.detect.go.port import Sources
from genfile.detect.go.values import values_of
from genfile.detect.links import loaded_by
from genfile.evidence import Evidence, Fact
from genfile.parsers.go import HERE, GoFile
from genfile.parsers.values import Begins, EnvDefault, FieldRead

# Calls that open files or folders, by their last name: any argument may be the path.
_OPENERS = frozenset(
    """
    Open ReadFile ReadDir OpenFile DirFS Dir WalkDir Glob
    ParseFiles ParseGlob LoadHTMLGlob LoadHTMLFiles HTMLRender
    Static StaticFile StaticFS StaticFileFS ServeFile ServeFiles File FileFromFS SendFile FileAttachment Favicon
    AddConfigPath SetConfigFile ReadConfig LoadConfig LoadAppConfig LoadFile LoadINI DecodeFile FromFile
    Up UpContext UpTo Down Status Run RunContext RunMigrations Migrate MigrateUp SetBaseFS NewWithDatabaseInstance
    NewWithSourceInstance NewProvider Apply LoadMessageFile MustLoadMessageFile LoadTranslations LoadTranslationFile
    NewEnforcer NewSyncedEnforcer NewOSFileSystemLoader NewFileSystem NewFileSystemLoader NewLocalFileSystemLoader
    MustNewLocalFileSystemLoader LoadFont LoadX509KeyPair NewClientTLSFromFile NewServerTLSFromFile Provider Load
    LoadTemplates ParseFS
    """.split()
)
# Constructors of template engines and file servers (Fiber's) that are just called `New`.
_ENGINES = frozenset({"html.New", "pug.New", "mustache.New", "handlebars.New", "jet.New", "ace.New", "amber.New",
                      "migrate.New", "render.New", "django.New", "slim.New", "static.New"})  # fmt: skip
# The working folder of the image.
_HOME = "/app/"
# Words in struct fields, flags and configuration defaults that hold a path.
_PATH_WORDS = re.compile(
    r"(?i)(dir|dirs|directory|folder|path|root|static|public|assets?|templates?|views|migrations?|file|config|locales?)$"
)
_FLAGS = frozenset({"String", "StringVar", "StringP", "StringVarP", "SetDefault", "Getenv", "GetEnv", "getEnv"})
_JOINS = frozenset({"filepath.Join", "path.Join"})
# Extensions of files that programs read at run time.
_DATA = tuple(
    """
    .yml .yaml .json .toml .ini .conf .cfg .properties .html .htm .tmpl .gohtml .gotmpl .tpl .csv .txt .sql .xml
    .mmdb .rego .lua .md .ttf .otf .wasm .pb .env.example
    """.split()
)


# Calls among them that open the disk for a path alone.
_PATHS = frozenset(
    """
    ParseFiles ParseGlob LoadHTMLGlob LoadHTMLFiles Static StaticFile ServeFile SendFile ReadFile Open Dir DirFS File
    """.split()
)
# The standard library's own, which read the disk even if something is embedded.
_OF_DISK = ("os.", "ioutil.", "http.Dir", "filepath.", "http.ServeFile")


def find_assets(module: GoModule, sources: Sources, place: str = "") -> Fact[list[str]] | None:
    """Files and folders in the tree that the program opens by a literal path, relative to the module; such paths start
    at one of its folders."""
    key = ("assets", place, sources[0][0] if sources else "", len(sources))
    if key not in module.reaches:
        module.reaches[key] = _find_assets(module, sources, place)
    assets: Fact[list[str]] | None = module.reaches[key]
    return assets


def _find_assets(module: GoModule, sources: Sources, place: str) -> Fact[list[str]] | None:
    found: dict[str, Evidence] = {}
    read: set[str] = set()
    for path, file, opened in _all_opened(module, sources):
        for value, line, how in opened:
            asset = asset_of(module, posixpath.join(place, value) if value.strip() else value)
            if asset is not None:
                found.setdefault(asset, module.folder.says(path, line, how))
                read.update((asset,) if how.startswith(_OF_DISK) else ())
        for asset, line in _configured(module, file, place):
            found.setdefault(asset, module.folder.says(path, line, f"viper reads {asset}"))
    for path, line, name, value in _given(module, sources, _PATHS, 0):
        asset = asset_of(module, posixpath.join(place, value)) if "*" not in value[:1] else None
        if asset is not None:
            found.setdefault(asset, module.folder.says(path, line, f"{name}({value!r})"))
    for page in [name for name in found if name.endswith((".html", ".htm")) and module.folder.has(name)]:
        for name in loaded_by(module.folder, page):
            found.setdefault(name, module.folder.says(page, None, f"loads from {name}"))
    names = sorted(name for name in found if not any(name.startswith(other + "/") for other in found))
    # `sql.Open("sqlite", "shop.db")` alone: it lies where the program keeps its database.
    if all(_database(name) is not None and name not in read for name in names):
        return None
    return Fact(names, tuple(found[name] for name in names))


def _all_opened(module: GoModule, sources: Sources) -> list[tuple[str, GoFile, list[tuple[str, int, str]]]]:
    """What each file opens; computed once, wherever its paths start."""
    key = ("opened", sources[0][0] if sources else "", len(sources))
    if key not in module.reaches:
        embedded = {pattern for _, file in sources for pattern, _ in file.embeds}
        module.reaches[key] = [(path, file, list(_opened(file, embedded))) for path, file in sources]
    opened: list[tuple[str, GoFile, list[tuple[str, int, str]]]] = module.reaches[key]
    return opened


def _given(module: GoModule, sources: Sources, names: Collection[str], at: int) -> Iterator[tuple[str, int, str, str]]:
    """Paths that are not in the opening call itself: in another package's constant, a field, an argument; with the
    file, line and name of the call."""
    values = values_of(module, sources)
    for path, file in sources:
        open_ = {
            (call.callee, call.line)
            for call in file.calls
            if call.callee.rsplit(".", 1)[-1] in names and len(call.arguments) > at
            and not isinstance(call.arguments[at], str | Begins)
        }  # fmt: skip
        index = values.index(path) if open_ else None
        for node in index.calls() if index is not None else ():
            name, line = index.callee(node) if index is not None else "", int(node.start_point[0]) + 1
            if (name, line) in open_ and index is not None and len(index.arguments(node)) > at:
                text = values.path_of(path, index.arguments(node)[at])
                if text:
                    yield path, line, name, text


def _is_embedded(value: str, embedded: Collection[str]) -> bool:
    """Whether `//go:embed` covers a path, so that it is read from the binary."""
    path = posixpath.normpath(value.strip() or "/")
    return any(
        path == pattern or path.startswith(f"{pattern.rstrip('/')}/") or fnmatch.fnmatchcase(path, pattern)
        for pattern in embedded
    )


def working_folder(module: GoModule, program: GoProgram, sources: Sources) -> Fact[str] | None:
    """The folder of a main package, if only from there the paths that it opens exist in the tree."""
    if program.folder == "." or find_assets(module, sources) is not None:
        return None
    found = find_assets(module, sources, program.folder)
    inside = [name for name in found.value if name.startswith(f"{program.folder}/")] if found is not None else []
    return found.but(program.folder) if found is not None and inside else None


def _opened(file: GoFile, embedded: Collection[str]) -> Iterator[tuple[str, int, str]]:
    """Texts that are opened as a path, with their line and the call."""
    for call in file.calls:
        last = call.callee.rsplit(".", 1)[-1]
        texts = [value.default if isinstance(value, EnvDefault) else value for value in call.arguments]
        texts = [f"{value.text}*" if isinstance(value, Begins) else value for value in texts]
        words = [value for value in texts if isinstance(value, str)]
        named = last in _FLAGS and len(words) > 1 and _PATH_WORDS.search(words[0].replace("-", "_")) is not None
        if call.callee in _JOINS and len(words) == len(texts) > 1 and words[0] == HERE:
            # Below the working directory, however it gets to the call that opens it.
            yield posixpath.join(*words), call.line, f"{call.callee}({words[-1]!r})"
        for value in words:
            if embedded and not call.callee.startswith(_OF_DISK) and _is_embedded(value, embedded):
                continue
            shown = f"{call.callee}({value!r})"
            # `./` before a name says that it is a path, whatever the call is.
            stated = value.startswith("./") and last not in _MAKERS
            if last in _OPENERS or call.callee in _ENGINES or stated or (named and value is not words[0]):
                yield value.removeprefix("file://"), call.line, shown
            elif "/" in value and value.endswith(_DATA) and value not in embedded:
                yield value, call.line, shown
    for kind, key, value, line in file.fields:
        text = value.default if isinstance(value, EnvDefault) else value
        if isinstance(text, str) and _PATH_WORDS.search(key) is not None:
            yield text, line, f"{kind}.{key} is {text!r}"
    for _, tag, line in file.tags:
        for key in ("default", "env-default", "envDefault"):
            if "/" in tag.get(key, "") or tag.get(key, "").endswith(_DATA):
                yield tag[key], line, f"{key}:{tag[key]!r}"
    for value, line in file.strings:
        if value.startswith("file://"):
            yield value.removeprefix("file://"), line, repr(value)
        # A path to a file in the tree, however it gets to the call: a flag's default, a constant.
        elif value.endswith(_DATA) and not _is_embedded(value, embedded):
            yield value, line, repr(value)


def _configured(module: GoModule, file: GoFile, place: str) -> Iterator[tuple[str, int]]:
    """The files that viper looks for in the working folder: names without an extension."""
    calls = [call for call in file.calls if call.arguments and isinstance(call.arguments[0], str)]
    names = [str(call.arguments[0]) for call in calls if call.callee.endswith(".SetConfigName")]
    for call in calls:
        if call.callee.endswith(".AddConfigPath") and posixpath.normpath(call.arguments[0]) == ".":
            for name in names:
                for ending in (".yaml", ".yml", ".toml", ".json", ".env", ".properties", ".hcl"):
                    path = posixpath.join(place, f"{name}{ending}")
                    if name and module.folder.has(path):
                        yield path, call.line


def asset_of(module: GoModule, value: str) -> str | None:
    """What a path names in the tree, up to its first pattern; None for a missing one, and for code. A path below the
    image's working folder means what is copied there."""
    path = posixpath.normpath(value.strip() or "/").removeprefix(_HOME)
    if path.startswith(("/", "..")) or path == "." or ":" in path:
        return None
    parts = path.split("/")
    literal = list(itertools.takewhile(lambda part: not any(char in part for char in "*?[{%$"), parts))
    path = "/".join(literal)
    if not literal or (literal != parts and not module.folder.has_folder(path)):
        return None
    if module.folder.has_folder(path):
        return path if _holds_data(module, path) else None
    is_code = path.endswith((".go", ".env")) or posixpath.basename(path) in ("go.mod", "go.sum")
    return path if module.folder.has(path) and not is_code else None


def _holds_data(module: GoModule, folder: str) -> bool:
    """Whether anything but Go code is in or below a folder."""
    names = itertools.islice(module.folder.files("*", below=folder, depth=6), 400)
    return any(not name.endswith(".go") for name in names)


def data_folder(module: GoModule, sources: Sources, store: Evidence) -> Fact[str] | None:
    """Where the program keeps its own database: the folder of a literal file name, else its working folder. None if the
    program also opens files in the tree, since the two can't be told apart then."""
    for path, file in sources:
        for value, line in file.strings:
            name = _database(value) or ""
            if name and not name.startswith(("/", ".db")) and " " not in name:
                folder = posixpath.dirname(posixpath.normpath(name))
                if folder and not folder.startswith("..") and "%" not in name and "*" not in name:
                    return module.folder.fact(module.folder.full(folder), path, line, repr(value))
    if find_assets(module, sources) is not None or _in_memory(sources):
        return None
    return Fact(module.folder.spec_path, (store,), guess=True)


def _in_memory(sources: Sources) -> bool:
    """Whether the program keeps its database in memory, unless it is told otherwise."""
    return any(":memory:" in value or "mode=memory" in value for _, file in sources for value, _ in file.strings)


def far_databases(module: GoModule, sources: Sources) -> Iterator[Fact[str]]:
    """The folders outside of the tree where the program keeps a database: `sql.Open("sqlite", "/data/shop.db")`."""
    for path, file in sources:
        for value, line in file.strings:
            name = _database(value) or ""
            if name.startswith("/") and not any(char in name for char in "%* "):
                yield module.folder.fact(posixpath.dirname(posixpath.normpath(name)), path, line, repr(value))


def lone_database(module: GoModule, sources: Sources) -> Evidence | None:
    """A database file that the program keeps in its working folder itself: `sql.Open("sqlite3", "shop.db")`."""
    for path, file in sources:
        for call in file.calls:
            names = [value.removeprefix("file:").split("?")[0] for value in call.arguments if isinstance(value, str)]
            if any(posixpath.basename(name) == posixpath.normpath(name) for name in names if name.endswith(_DATABASES)):
                return module.folder.says(path, call.line, f"{call.callee}(…)")
    return None


# Calls that create a file or a folder, named by their first argument.
_WRITERS = frozenset({"os.Mkdir", "os.MkdirAll", "os.Create", "os.WriteFile", "ioutil.WriteFile", "os.OpenFile"})


_MAKERS = frozenset(name.rpartition(".")[2] for name in _WRITERS)
# Framework methods that save an upload to the path in their second argument.
_SAVERS = frozenset({"SaveUploadedFile", "SaveFile"})


def find_writable(module: GoModule, sources: Sources) -> Fact[list[str]] | None:
    """Folders below its own that the program creates, or creates files in: uploads, logs; relative to the module."""
    found: dict[str, Evidence] = {}
    for path, file in sources:
        written = [
            (call.callee, call.arguments[0], call.line, call.callee.startswith("os.Mkdir"))
            for call in file.calls
            if call.callee in _WRITERS and call.arguments
        ]
        written += [
            (call.callee, call.arguments[1], call.line, False)
            for call in file.calls
            if call.callee.rsplit(".", 1)[-1] in _SAVERS and len(call.arguments) == 2
        ]
        written += [
            (kind, fields.get("Filename"), line, False)
            for kind, fields, line in file.literals
            if kind.removeprefix("&") == "lumberjack.Logger"
        ]
        for name, value, line, is_folder in written:
            text = value.default if isinstance(value, EnvDefault) else value
            text = f"{text.text}*" if isinstance(text, Begins) else text
            folder = _own_folder(text, is_folder) if isinstance(text, str) else None
            if folder is not None and not (name == "os.OpenFile" and module.folder.has(str(value))):
                found.setdefault(folder, module.folder.says(path, line, f"{name}({value!r})"))
    for names_, at in ((_MAKERS, 0), (_SAVERS, 1)):
        for path, line, name, value in _given(module, sources, names_, at):
            own = _own_folder(value, name.startswith("os.Mkdir"))
            if own is not None and (name in _WRITERS or at) and not module.folder.has(value):
                found.setdefault(own, module.folder.says(path, line, f"{name}({value!r})"))
    names = sorted(name for name in found if not any(name.startswith(other + "/") for other in found))
    return Fact(names, tuple(found[name] for name in names)) if names else None


# Calls that replace a file or change it; another mode of os.OpenFile than reading does so, too.
_CHANGERS = frozenset({"os.Create", "os.WriteFile", "ioutil.WriteFile", "os.OpenFile"})
_DATABASES = (".db", ".sqlite", ".sqlite3")


def _database(value: str) -> str | None:
    """The file name in the address of an embedded database: `file:shop.db?cache=shared`."""
    name = value.removeprefix("file:").split("?")[0]
    return name if name.endswith(_DATABASES) else None


def find_seeds(module: GoModule, sources: Sources) -> Fact[list[str]] | None:
    """The database files in version control that the program opens, relative to the module: their tables and rows may
    exist nowhere else."""
    found: dict[str, Evidence] = {}
    for path, file in sources:
        for value, line in file.strings:
            name = posixpath.normpath(_database(value) or "/")
            inner = not name.startswith(("/", ".."))
            if inner and module.folder.has(name) and in_git(module.folder.tree, module.folder.full(name)) is not False:
                found.setdefault(name, module.folder.says(path, line, repr(value)))
    return Fact(list(found), tuple(found.values())) if found else None


def find_changed(module: GoModule, sources: Sources) -> Iterator[tuple[str, Evidence]]:
    """Files that the program writes or keeps a database in, by paths that can be seen, relative to the module."""
    for path, file in sources:
        for call in file.calls:
            read = call.arguments[1:2] == (FieldRead("os.O_RDONLY"),)
            if call.callee in _CHANGERS and call.arguments and not (call.callee == "os.OpenFile" and read):
                first = call.arguments[0]
                value = first.default if isinstance(first, EnvDefault) else first
                if isinstance(value, str):
                    yield posixpath.normpath(value), module.folder.says(path, call.line, f"{call.callee}({value!r})")
        for value, line in file.strings:
            name = _database(value)
            if name is not None:
                yield posixpath.normpath(name), module.folder.says(path, line, repr(value))
    for path, line, name, value in _given(module, sources, {item.rpartition(".")[2] for item in _CHANGERS}, 0):
        if name in _CHANGERS - {"os.OpenFile"}:
            yield posixpath.normpath(value), module.folder.says(path, line, f"{name}({value!r})")


def _own_folder(value: str, is_folder: bool) -> str | None:
    """The created folder, or that of a created file, up to the first part with a `*` for something unknown."""
    path = posixpath.normpath(value.strip() or "/")
    known = list(itertools.takewhile(lambda part: "*" not in part, path.split("/")))
    whole = len(known) == len(path.split("/"))
    folder = "/".join(known) if is_folder or not whole else posixpath.dirname(path)
    if not folder or folder == "." or folder.startswith(("/", "..", "~")) or any(char in folder for char in "%*$:\\ "):
        return None
    return folder


def beside_binary(module: GoModule, sources: Sources) -> Evidence | None:
    """Where a program asks for its own path and also writes files, probably beside itself."""
    writes = any(call.callee in _WRITERS for _, file in sources for call in file.calls)
    for path, file in sources:
        near = any(call.callee in ("filepath.Dir", "path.Dir") for call in file.calls)
        for call in file.calls:
            if writes and near and call.callee == "os.Executable":
                return module.folder.says(path, call.line, "os.Executable")
    return None
