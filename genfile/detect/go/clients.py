"""Structs with an address: which of them a server may be, and which are told where a client connects to."""

import posixpath

from genfile.detect.go.module import GoModule
from genfile.parsers.go import GoFile


def may_serve(module: GoModule, path: str, file: GoFile, kind: str) -> bool:
    """Whether a struct with an address may be a server: one of the standard library's, or of the project's own unless
    its package gives addresses to a client of another module (`redis.Options`)."""
    package = kind.lstrip("&").rpartition(".")[0]
    own = _own_package(module, path, file, package)
    if own is None:
        return package == "fasthttp" or any("." not in name.split("/")[0] for name in _imported(file, package))
    return not any(
        key == "Addr" and _is_downloaded(module, place, other, given.lstrip("&").rpartition(".")[0])
        for place, other in module.package(own)
        for given, key, _, _ in other.fields
    )


def _own_package(module: GoModule, path: str, file: GoFile, package: str) -> str | None:
    """The folder of a package of the project's own by its name in a file; None for one from outside."""
    if not package:
        return posixpath.dirname(path) or "."
    return next((inside for name in _imported(file, package) if (inside := module.inside(name)) is not None), None)


def _imported(file: GoFile, package: str) -> list[str]:
    return [name for name in file.imports if posixpath.basename(name) == package]


def _is_downloaded(module: GoModule, path: str, file: GoFile, package: str) -> bool:
    standard = any("." not in name.split("/")[0] for name in _imported(file, package))
    return package != "fasthttp" and not standard and _own_package(module, path, file, package) is None
