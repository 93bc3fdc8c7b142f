"""What a Go program stops without: a .env that it insists on, a configuration file that the tree lacks."""

import posixpath
import re

from genfile.detect.committed import in_git
from genfile.detect.go.module import GoModule
from genfile.detect.go.settings import LOADERS, Sources
from genfile.evidence import About, Draft, Fact, Topic
from genfile.parsers.go import GoFile

_CALLED = r"(?:(?P<error>\w+)\s*:?=\s*)?\b{}(?P<rest>.*)"
_DOTENV = re.compile(_CALLED.format(r"(?:godotenv|gotenv)\.(?:Load|Overload)\(\s*(?:\"\.env\"\s*)?\)"), re.DOTALL)
_READ = re.compile(_CALLED.format(r"\w+\.(?:ReadInConfig|MergeInConfig)\(\)"), re.DOTALL)
_VIPER = "github.com/spf13/viper"
_FATAL = re.compile(r"\b(?:log\.(?:Fatal|Panic)\w*|panic|os\.Exit|\w+\.Fatal\w*)\(")
# What viper finds by a name without an extension.
_ENDINGS = tuple("yaml yml toml json env dotenv properties props prop hcl ini tfvars".split())
# Lines in which the error of a call is looked at.
_NEAR = 6


def put_stopped(module: GoModule, sources: Sources, draft: Draft) -> None:
    """A warning for each file without which the program stops: variables come from outside, so the image has an empty
    .env, but it can't have what version control leaves out."""
    _put_dotenv(module, sources, draft)
    _put_viper(module, sources, draft)


def _put_dotenv(module: GoModule, sources: Sources, draft: Draft) -> None:
    for path, file in sources:
        if not any(name.startswith(LOADERS) for name in file.imports):
            continue
        for number, line in _stops(module, path, _DOTENV):
            says = module.folder.says(path, number, line)
            place = draft.values.get("working_folder") or module.folder.spec_path
            draft.put("empty_files", Fact([posixpath.normpath(posixpath.join(place, ".env"))], (says,)))
            text = f"{says}: the program stops if .env is missing, so the image has an empty .env"
            remedy = "make the file optional; pass the variables to the container"
            draft.note("warning", f"{text}: {remedy}", says.path, says.line)
            return


def _put_viper(module: GoModule, sources: Sources, draft: Draft) -> None:
    for path, file in sources:
        name = _lacking(module, file) if any(item.startswith(_VIPER) for item in file.imports) else None
        for number, line in _stops(module, path, _READ) if name is not None else ():
            says = module.folder.says(path, number, line)
            ignored = name is not None and any(
                in_git(module.folder.tree, module.folder.full(posixpath.join(place, name))) is False
                for place in ("", *_folders(path))
            )
            lacks = "version control" if ignored else "the tree"
            text = f"{says}: the program stops without {name}, which is not in {lacks}"
            mend = "mount it into the container, or commit one without secrets"
            draft.note("warning", f"{text}; {mend}", says.path, says.line, About(Topic.FAILS))
            return


def _folders(path: str) -> list[str]:
    """The folders that a file is in, outermost first."""
    parts = posixpath.dirname(path).split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts) + 1)] if parts != [""] else []


def _lacking(module: GoModule, file: GoFile) -> str | None:
    """The configuration file that viper is told to read, if no file in the tree has that name; None if one has, or if
    the name is computed."""
    values = {
        name: [call.arguments[0] if call.arguments else None for call in file.calls if call.callee.endswith(f".{name}")]
        for name in ("SetConfigFile", "SetConfigName", "SetConfigType")
    }
    files, names, types = values["SetConfigFile"], values["SetConfigName"], values["SetConfigType"]
    if len(files) == 1 and not names and isinstance(files[0], str) and "." in files[0]:
        name = posixpath.basename(files[0])
        wanted = {name}
    elif len(names) == 1 and not files and isinstance(names[0], str) and names[0]:
        kind = next((item for item in types if isinstance(item, str) and item), "yaml")
        name = f"{names[0]}.{kind}"
        # Where the type is told, a file without an extension counts as well.
        wanted = {name, names[0], *(f"{names[0]}.{ending}" for ending in _ENDINGS)}
    else:
        return None
    there = any(posixpath.basename(path) in wanted for path in module.folder.tree.paths)
    return None if there or not name else name


def _stops(module: GoModule, path: str, call: re.Pattern[str]) -> list[tuple[int, str]]:
    """The lines with a call that ends the program in the block of `if err != nil`, for the error of that call."""
    lines = (module.folder.text(path) or "").splitlines()
    return [
        (number, line.strip())
        for number, line in enumerate(lines, 1)
        if call.search(line) is not None and _is_fatal(call, "\n".join(lines[number - 1 : number - 1 + _NEAR]))
    ]


def _is_fatal(pattern: re.Pattern[str], text: str) -> bool:
    call = pattern.search(text)
    # `ConfigFileNotFoundError`: the program asks whether the file is missing, and goes on.
    if call is None or call["error"] == "_" or "NotFound" in text:
        return False
    asked = re.escape(call["error"]) if call["error"] else r"\A"
    block = re.search(rf"{asked}\s*!=\s*nil\s*\{{(?P<body>[^}}]*)", call["rest"])
    return block is not None and _FATAL.search(block["body"]) is not None
