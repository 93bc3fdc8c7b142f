"""What `buf generate` needs: the plug-ins in its template, at the versions in go.mod."""

import posixpath
import re

from genfile.detect.go.module import GoModule
from genfile.evidence import Draft

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,60}")
# The package of each common Go plug-in; others are found through go.mod's `tool` directives.
_PACKAGES = {
    "protoc-gen-go": "google.golang.org/protobuf/cmd/protoc-gen-go",
    "protoc-gen-go-grpc": "google.golang.org/grpc/cmd/protoc-gen-go-grpc",
    "protoc-gen-connect-go": "connectrpc.com/connect/cmd/protoc-gen-connect-go",
    "protoc-gen-grpc-gateway": "github.com/grpc-ecosystem/grpc-gateway/v2/protoc-gen-grpc-gateway",
    "protoc-gen-openapiv2": "github.com/grpc-ecosystem/grpc-gateway/v2/protoc-gen-openapiv2",
}


def put_plugins(module: GoModule, draft: Draft) -> list[str]:
    """The commands that install the plug-ins that buf starts by name; a note for each that can't be installed."""
    folder = module.folder
    name = next((name for name in ("buf.gen.yaml", "buf.gen.yml") if folder.has(name)), None)
    document = folder.yaml(name) if name is not None else None
    if name is None or document is None:
        return []
    installs: list[str] = []
    for index, plugin in enumerate(document.items("plugins")):
        started = _started(plugin)
        line = document.line("plugins", index)
        if started is None or started in module.manifest.tools:
            continue
        package = _package(module, started)
        if package is not None:
            installs.append(f"go install {package}")
            continue
        text = f"{name} starts {started}, which the Go stage does not have"
        remedy = "commit the generated code, or use a plug-in that go.mod lists as a tool"
        draft.note("warning", f"{text}: {remedy}", folder.full(name), line)
    return list(dict.fromkeys(installs))


def _started(plugin: object) -> str | None:
    """The program of a plug-in; None for a remote one, or one that `go` itself starts."""
    local = plugin.get("local") or plugin.get("path") or _older(plugin) if isinstance(plugin, dict) else None
    words = [str(word) for word in local] if isinstance(local, list) else [str(local)] if local else []
    if not words or words[0] == "go" or len(words[0]) > 200:
        return None
    return words[0]


def _older(plugin: dict[str, object]) -> str | None:
    """`plugin: go` in a version 1 template is protoc-gen-go; with a host in front it is remote."""
    name = plugin.get("plugin") or plugin.get("name")
    return f"protoc-gen-{name}" if isinstance(name, str) and _NAME.fullmatch(name) else None


def _package(module: GoModule, started: str) -> str | None:
    """The package of a plug-in whose version the module has."""
    tool = next((tool for tool in module.manifest.tools if posixpath.basename(tool) == started), None)
    known = _PACKAGES.get(started)
    return tool or next((known for item in module.manifest.requires if known and _holds(item.path, known)), None)


def _holds(path: str, package: str) -> bool:
    """Whether a module contains a package; a folder for commands may be a module of its own."""
    apart = "google.golang.org/grpc/cmd/"
    return package.startswith(path + "/") and not (package.startswith(apart) and not path.startswith(apart))
