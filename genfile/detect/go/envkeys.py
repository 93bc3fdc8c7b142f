"""The environment variables that libraries for configuration read a value from: by the field's tag, or by its key."""

import re
from collections.abc import Iterator, Mapping

from genfile.parsers.go import GoFile
from genfile.parsers.values import Call

Sources = list[tuple[str, GoFile]]
# Tags that name a variable, and those of a field with a structure that put something before its variables.
_NAMED = ("env", "envconfig")
_PREFIXED = ("envPrefix", "env-prefix")
_ENVCONFIG = "github.com/kelseyhightower/envconfig"
_VIPER = "github.com/spf13/viper"
_GETS = re.compile(r"\bviper\.Get$|\.Get(?:String\w*|U?[Ii]nt\w*|Float64|Bool|Duration|Time|SizeInBytes)$")
_CAPITALS = re.compile(r"[A-Z][A-Z0-9_]*")
MAX_DEPTH = 4
MAX_KEYS = 80


def tagged_variable(sources: Sources, struct: str, field: str, tag: Mapping[str, str]) -> str | None:
    """The variable of a structure's field, with the prefixes that the structures around it and the options give.

    envconfig reads a field without a tag from its own name, after the program's prefix.
    """
    key = next((key for key in _NAMED if tag.get(key)), None)
    if key is None:
        return _of_envconfig(sources, struct, field)
    name = tag[key].split(",")[0]
    return f"{_option(sources)}{_prefix(sources, struct, 0)}{name}" if name and key == "env" else name or None


def _option(sources: Sources) -> str:
    """The prefix of all variables: `env.Options{Prefix: "APP_"}`."""
    for _, file in sources:
        for kind, key, value, _ in file.fields:
            if kind.endswith("env.Options") and key == "Prefix" and isinstance(value, str):
                return value
    return ""


def _around(sources: Sources, struct: str) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """The fields that hold a structure: the outer structure, the field's name, its tag."""
    for _, file in sources:
        for outer, fields in file.structs.items():
            for name, (kind, tag) in fields.items():
                if kind.lstrip("*").rsplit(".", 1)[-1] == struct and outer != struct:
                    yield outer, name, tag


def _prefix(sources: Sources, struct: str, depth: int) -> str:
    for outer, _, tag in _around(sources, struct) if depth < MAX_DEPTH else ():
        own = next((tag[key] for key in _PREFIXED if tag.get(key)), "")
        return f"{_prefix(sources, outer, depth + 1)}{own}"
    return ""


def _of_envconfig(sources: Sources, struct: str, field: str) -> str | None:
    if not any(_ENVCONFIG in file.imports for _, file in sources):
        return None
    parts = [field]
    for _ in range(MAX_DEPTH):
        outer = next(_around(sources, struct), None)
        if outer is None:
            break
        struct, name, _ = outer
        parts.insert(0, name)
    calls = [call for _, file in sources for call in file.calls if call.callee.endswith(("g.Process", "g.MustProcess"))]
    prefix = next((call.arguments[0] for call in calls if call.arguments), None)
    return "_".join([*([prefix] if prefix else []), *parts]).upper() if isinstance(prefix, str) else None


def viper_names(sources: Sources) -> Iterator[tuple[str, Call, str]]:
    """The variables of keys in capitals that the code asks viper for: the file, the call, and the name."""
    seen: set[str] = set()
    for path, file in sources:
        for call in file.calls if any(name.startswith(_VIPER) for name in file.imports) else ():
            key = call.arguments[0] if len(call.arguments) == 1 else None
            asks = _GETS.search(call.callee) is not None
            if asks and isinstance(key, str) and _CAPITALS.fullmatch(key) and key not in seen and len(seen) < MAX_KEYS:
                seen.add(key)
                name = keyed_variable(sources, key)
                if name is not None:
                    yield path, call, name


def keyed_variable(sources: Sources, key: str) -> str | None:
    """The variable that viper reads a key from: one that it is bound to, else the key itself after the prefix. Names in
    a list may be bound together, which those in capitals tell."""
    calls = [(call.callee.rpartition(".")[2], call.arguments) for _, file in sources for call in file.calls]
    bound = [given for name, given in calls if name == "BindEnv" and given and given[0] == key]
    named = next((given[1] for given in bound if len(given) > 1 and isinstance(given[1], str)), None)
    listed = key.isupper() and any(
        name == "BindEnv" and given and not isinstance(given[0], str) for name, given in calls
    )
    if named is not None or not (bound or listed or any(name == "AutomaticEnv" for name, _ in calls)):
        return named
    first = next((given[0] for name, given in calls if name == "SetEnvPrefix" and given), "")
    pairs = next((given for name, given in calls if name == "NewReplacer"), ())
    text = key
    for old, new in zip(pairs[::2], pairs[1::2], strict=False):
        text = text.replace(old, new) if isinstance(old, str) and isinstance(new, str) else text
    found = f"{first}_{text}".lstrip("_").upper()
    return found if isinstance(first, str) and found.replace("_", "").isalnum() else None
