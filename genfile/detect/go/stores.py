"""The variables with the addresses of a Go program's databases."""

from collections.abc import Iterator

from msgspec.structs import replace

from genfile.data import BackingService
from genfile.detect.addresses import put_addresses
from genfile.detect.connections import Read, is_bare, put_connections, put_fallbacks
from genfile.detect.go.address import Sources
from genfile.detect.go.asked import asked_names
from genfile.detect.go.module import GoModule
from genfile.detect.go.settings import overridden
from genfile.evidence import Draft
from genfile.parsers.values import literal_text


def put_stores(module: GoModule, sources: Sources, draft: Draft) -> None:
    """Put /connections and /addresses."""

    def bare(service: BackingService) -> bool:
        calls = (call for _, file in sources for call in file.calls if call.arguments)
        # The address comes last, after the context or the driver.
        return any(is_bare(service, call.callee, replace(call, arguments=call.arguments[-1:])) for call in calls)

    reads = list(_reads(module, sources))
    put_fallbacks(draft, reads)
    put_connections(draft, module.folder, reads, module.requires, bare)
    put_addresses(draft, module.folder, reads)


def _reads(module: GoModule, sources: Sources) -> Iterator[Read]:
    folder = module.folder
    for path, call, name in asked_names(sources):
        default = call.arguments[-1] if len(call.arguments) > 1 and call.arguments[-1] != name else None
        yield Read(name, folder.says(path, call.line, name), literal_text(default))
    for path, file in sources:
        for call in file.calls:
            first = call.arguments[0] if call.arguments else None
            reads = "env" in call.callee.lower() or call.callee.endswith((".GetString", ".BindEnv"))
            if reads and isinstance(first, str) and first.isupper() and first.isidentifier():
                second = call.arguments[1] if len(call.arguments) > 1 else file.env_defaults.get(first)
                yield Read(first, folder.says(path, call.line, first), literal_text(second))
        for _, tag, line in file.tags:
            name = tag.get("env", tag.get("envconfig", "")).split(",")[0]
            if name:
                default = tag.get("envDefault", tag.get("env-default", tag.get("default")))
                yield Read(name, folder.says(path, line, name), default)
    for name, value, says in overridden(module, sources):
        yield Read(name, says, value)
