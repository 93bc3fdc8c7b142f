"""The variables without which a Go program exits."""

from collections.abc import Iterable, Iterator
from typing import Any

from genfile.data import Client, clients
from genfile.detect.go.address import Sources
from genfile.detect.go.module import GoModule
from genfile.detect.required import put_required
from genfile.detect.shared import is_readable
from genfile.evidence import Draft, Evidence
from genfile.parsers.values import UNKNOWN, EnvDefault, EnvName, FieldRead


def put_needed(module: GoModule, sources: Sources, draft: Draft) -> None:
    """Mark the variables without which the command's packages exit, even if by an error that a function returns."""
    found = [(path, item) for path, file in sources for item in file.required_names]
    fatal = {name for _, file in sources for name in file.fatal_calls}
    found += [(path, item) for path, file in sources for name, item in file.returned_names if name in fatal]
    needing = {name: at for _, file in sources for name, at in file.needing.items()}
    for path, file in sources if needing else ():
        for call in file.calls:
            at = needing.get(call.callee.rpartition(".")[2], len(call.arguments))
            name = call.arguments[at] if at < len(call.arguments) else None
            if isinstance(name, str) and name.isidentifier():
                found.append((path, EnvName(name, call.line, has_default=False)))
    put_required(draft, _told(module, found), _told(module, _keys(module, sources)), shown=_shown(module, sources))


def _shown(module: GoModule, sources: Sources) -> Iterator[tuple[str, Evidence]]:
    """The variables of keys that have a literal default, which everyone can read."""
    given = {name: default for _, file in sources for name, default in file.env_defaults.items()}
    for path, line, value in _signing(module, sources):
        if is_readable(given.get(value.name) if value.open else value.last):
            yield value.name, module.folder.says(path, line, f"{value.name} has a default in the code")


def _told(module: GoModule, found: Iterable[tuple[str, EnvName]]) -> Iterator[tuple[str, Evidence]]:
    for path, item in found:
        yield item.name, module.folder.says(path, item.line, f"{item.name} must be set")


def _keys(module: GoModule, sources: Sources) -> Iterator[tuple[str, EnvName]]:
    """The variables without a default that hold the keys of signatures and sessions."""
    given = {name for _, file in sources for name in file.env_defaults}
    for path, line, value in _signing(module, sources):
        if value.default is None and value.name not in given:
            yield path, EnvName(value.name, line, has_default=False)


def _signing(module: GoModule, sources: Sources) -> Iterator[tuple[str, int, EnvDefault]]:
    """The variables that hold the keys of signatures and sessions, each with the place of the call that takes it."""
    used = [client for name, client in clients("go").items() if client.signs and module.requires(name)]
    for path, file in sources if used else ():
        for call in file.calls:
            client = next((item for item in used if _is_call(call.callee, item)), None)
            values = [call.arguments[at] for at in client.at if at < len(call.arguments)] if client is not None else []
            for value in values:
                value = _elsewhere(sources, value) if isinstance(value, FieldRead) else value
                if isinstance(value, EnvDefault):
                    yield path, call.line, value


def _is_call(callee: str, client: Client) -> bool:
    return any(callee == name or (name[0] == "." and callee.endswith(name)) for name in client.calls)


def _elsewhere(sources: Sources, read: FieldRead) -> Any:
    """What a variable of another package holds, or what the program's only literal gives to a field."""
    constants = [file.constant(read.name) for _, file in sources]
    values = [value for value in constants if value is not UNKNOWN]
    values += [value for _, file in sources for _, key, value, _ in file.fields if key == read.name]
    return values[0] if len(values) == 1 else UNKNOWN
