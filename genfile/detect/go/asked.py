"""The variables that a Go program reads through functions of its own, such as `env.GetString("DB_URL", "…")`, or by
viper."""

from collections.abc import Iterator

from genfile.detect.go.address import Sources
from genfile.detect.go.envkeys import viper_names
from genfile.parsers.values import Call


def asked_names(sources: Sources) -> Iterator[tuple[str, Call, str]]:
    """The variables whose names such functions get: the file, the call, and the name."""
    yield from viper_names(sources)
    asking = {name: at for _, file in sources for name, at in file.asking.items()}
    for path, file in sources if asking else ():
        for call in file.calls:
            at = asking.get(call.callee.rpartition(".")[2], len(call.arguments))
            name = call.arguments[at] if at < len(call.arguments) else None
            if isinstance(name, str) and name.isidentifier() and name.isupper():
                yield path, call, name
