"""Flags of `go build`, and steps before it: the version at link time, generated code."""

import posixpath
import re

from genfile.detect.go.buf import put_plugins
from genfile.detect.go.context import needs_sums
from genfile.detect.go.generate import generate_commands, missing_wire, undeclared
from genfile.detect.go.loose import put_loose
from genfile.detect.go.module import GoModule
from genfile.detect.go.port import Sources
from genfile.detect.hosting import hosting
from genfile.evidence import About, Draft, Evidence, Fact, Topic

# The linker's `-X main.version=…`, in a script or a release configuration.
_LINKED = re.compile(r"-X[ =]['\"]?([A-Za-z0-9_./-]+\.[A-Za-z_]\w*)=")
_VERSIONS = ("version", "appversion", "buildversion", "versionname", "ver", "gitversion")
GENERATED = "with make generate, go generate, buf generate or the project's own command"


def put_build(module: GoModule, sources: Sources, draft: Draft) -> None:
    """Put /version_variable and /build; notes about missing code."""
    if module.loose is not None:
        main = next(path for path, file in sources if file.has_main)
        put_loose(module.folder, module.manifest.module or "app", main, draft)
        return
    draft.put("version_variable", _version_variable(module))
    templ = _templ(module)
    made = _missing(module, sources, templ is not None) or undeclared(module, sources)
    generated = generate_commands(module, sources, made[1]) if made is not None else None
    steps = [fact for fact in (generated, templ, missing_wire(module, sources)) if fact is not None]
    commands = list(dict.fromkeys(command for fact in steps for command in fact.value))
    if any(" buf" in command and command.endswith("generate") for command in commands):
        commands = [*put_plugins(module, draft), *commands]
    if commands:
        draft.put("build", Fact(commands, tuple(item for fact in steps for item in fact.evidence)))
    if not module.folder.has("go.sum") and needs_sums(module) and not module.folder.has("vendor/modules.txt"):
        path = module.folder.full("go.mod")
        draft.note(
            "warning",
            "go.sum is missing, so downloaded modules are not verified; run `go mod tidy` and commit go.sum",
            path,
        )
    for place, says in _not_embedded(module, sources).items():
        text = f"{place} ({says.says}) is not committed; generate it before you build the image"
        draft.note("warning", text, says.path, says.line, About(Topic.NOT_EMBEDDED, place))
    if made is not None and generated is None:
        evidence, name = made
        lacks = f"{name} has no committed Go files" if not module.package(name) else f"{name} does not declare it"
        text = f"{evidence}: {lacks}; generate it {GENERATED}, and commit it"
        draft.note("warning", text, evidence.path, evidence.line)


def _version_variable(module: GoModule) -> Fact[str] | None:
    """The variable that the project's own release sets to its version: in goreleaser, the Dockerfile, or make."""
    folder = module.folder
    names = (".goreleaser.yaml", ".goreleaser.yml", "Makefile", "Taskfile.yml", "magefile.go", "build.sh")
    paths = [folder.full(name) for name in names if folder.has(name)]
    for path in [*paths, *hosting(folder).dockerfiles]:
        for number, line in enumerate((folder.tree.text(path) or "").splitlines(), 1):
            for match in _LINKED.finditer(line):
                package, _, name = match[1].rpartition(".")
                if name.lower() in _VERSIONS and (
                    package == "main" or package.startswith(module.manifest.module or "")
                ):
                    return Fact(match[1], (Evidence(path, number, line.strip()[:100]),))
    return None


def _templ(module: GoModule) -> Fact[list[str]] | None:
    """templ, if its sources are committed and its output is not."""
    folder = module.folder
    name = next(iter(folder.files("*.templ", depth=8)), None)
    if name is None or folder.has(name.removesuffix(".templ") + "_templ.go"):
        return None
    version = next((item.version for item in module.manifest.requires if item.path == "github.com/a-h/templ"), None)
    if version is None:
        return None
    says = folder.says(name, 1, "its Go code is not committed")
    return Fact([f"go run github.com/a-h/templ/cmd/templ@{version} generate"], (says,))


def _missing(module: GoModule, sources: Sources, templ: bool) -> tuple[Evidence, str] | None:
    """The first of the module's imported packages without a Go file in the tree."""
    prefix = (module.manifest.module or "\0") + "/"
    nested = [item.old for item in module.manifest.replaces] + [item.path for item in module.manifest.requires]
    seen: set[str] = set()
    for path, file in sources:
        for name, line in file.imports.items():
            inside = name.removeprefix(prefix) if name.startswith(prefix) and name not in seen else None
            seen.add(name)
            if not inside or any(name == other or name.startswith(other + "/") for other in nested):
                continue
            files = module.folder.names(inside)
            if any(item.endswith(".go") for item in files) or (templ and any(n.endswith(".templ") for n in files)):
                continue
            if module.folder.has_folder(posixpath.join("vendor", name)):
                continue
            return module.folder.says(path, line, f"import {name}"), inside
    return None


def _not_embedded(module: GoModule, sources: Sources) -> dict[str, Evidence]:
    """Paths in `//go:embed`, without patterns, that the tree lacks: the program would not compile."""
    found: dict[str, Evidence] = {}
    for path, file in sources:
        for pattern, line in file.embeds:
            name = posixpath.normpath(posixpath.join(posixpath.dirname(path), pattern))
            if not any(char in name for char in "*?[\\") and not (
                module.folder.has(name) or module.folder.has_folder(name)
            ):
                says = module.folder.says(path, line, f"//go:embed {pattern}")
                found.setdefault(module.folder.full(name), says)
    return dict(list(found.items())[:3])
