"""genfile reads a source tree and generates its container files.

`inspect` finds the services of a source and the facts of each, `render` turns one spec into files, and `generate` does
both. None of them writes anything.

>>> import genfile
>>> found = genfile.inspect({"package.json": '{"name": "shop", "scripts": {"start": "node server.js"}}',
...                          "server.js": "require('node:http').createServer().listen(3000)"})
>>> spec = found.services[0].spec
>>> spec.name, spec.language, spec.port
('shop', 'node', 3000)
>>> genfile.render(spec).dockerfile.splitlines()[-1]
'CMD ["node", "server.js"]'

Nothing is printed. Between calls only parsed data and compiled templates are kept, and every function may be called
from several threads at once. An expected failure is a :class:`GenfileError` with a stable `code`; an argument of the
wrong type is a TypeError. docs/api.md has more examples.
"""

__version__ = "0.3.0"

# As `typing` has it, whose import takes as long as the rest of `genfile --version`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from genfile.api import Generation, generate, inspect, render
    from genfile.detect.inspection import InspectedService, Inspection
    from genfile.errors import (
        ConflictError,
        GenfileError,
        GuardError,
        NothingFoundError,
        PresetError,
        SourceError,
        SpecError,
        UsageError,
        WriteError,
    )
    from genfile.evidence import Evidence, Fact, Note, Risk
    from genfile.guard import Guard, GuardPool
    from genfile.preset.render import RenderedFile, Rendering
    from genfile.preset.trace import Line

_HOMES = {
    "genfile.api": ("Generation", "generate", "inspect", "render"),
    "genfile.detect.inspection": ("InspectedService", "Inspection"),
    "genfile.errors": (
        "ConflictError", "GenfileError", "GuardError", "NothingFoundError", "PresetError", "SourceError", "SpecError",
        "UsageError", "WriteError",
    ),
    "genfile.evidence": ("Evidence", "Fact", "Note", "Risk"),
    "genfile.guard": ("Guard", "GuardPool"),
    "genfile.preset.render": ("RenderedFile", "Rendering"),
    "genfile.preset.trace": ("Line",),
}  # fmt: skip

__all__ = [
    "ConflictError",
    "Evidence",
    "Fact",
    "Generation",
    "GenfileError",
    "Guard",
    "GuardError",
    "GuardPool",
    "InspectedService",
    "Inspection",
    "Line",
    "Note",
    "NothingFoundError",
    "PresetError",
    "RenderedFile",
    "Rendering",
    "Risk",
    "SourceError",
    "SpecError",
    "UsageError",
    "WriteError",
    "__version__",
    "generate",
    "inspect",
    "render",
]


def __getattr__(name: str) -> "Any":
    """Load a public name on first use, so that `import genfile` alone costs next to nothing."""
    from importlib import import_module

    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'genfile' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names alone: modules of the package are not part of the API."""
    return list(__all__)
