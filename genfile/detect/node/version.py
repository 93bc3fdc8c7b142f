"""The Node release that runs the service."""

import posixpath

from msgspec.structs import replace

from genfile.data import needs_old_openssl, newest_for
from genfile.detect.hosting import hosting
from genfile.detect.node.locks import locked_versions
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import FILE, PackageJson, read_package
from genfile.detect.pins import pin_in_file, pin_in_mise, pin_in_tool_versions
from genfile.detect.runtime import AskedRuntime, Range, put_runtime
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact, decide
from genfile.versions import Pin, parse_pin


def node_version(project: NodeProject, draft: Draft) -> None:
    """Put /runtime: a pin, else a range, else the default; disagreements become notes."""
    remedy = 'add "engines": {"node": "…"} to package.json, or a .nvmrc'
    asked = AskedRuntime(
        "node",
        "Node",
        decide(project, PIN_SIGNALS, agree=lambda winner, loser: winner.line == loser.line),
        _ranges(project),
        _bound(project),
        _hosted(project),
        lambda: None,
        lambda line: project.folder.guess(
            line, project.package.file, f"no Node version found; using the default ({line})", remedy
        ),
    )
    put_runtime(asked, draft)


def _bound(project: NodeProject) -> tuple[str | None, Evidence | None]:
    """The newest Node that every dependency compiles with and runs on."""
    best: tuple[str | None, Evidence | None] = (None, None)
    for name, (version, says) in locked_versions(project).items():
        line = newest_for("node", name, version)
        if line is not None and (best[0] is None or int(line) < int(best[0])):
            best = (line, replace(says, says=f"{name} {version} works with Node up to {line}"))
    return best


def _hosted(project: NodeProject) -> Fact[Pin] | None:
    """The image of a Dockerfile, setup-node in CI."""
    places = (project.folder, project.root) if project.workspace else (project.folder,)
    return next((fact for place in places if (fact := hosting(place).version("node")) is not None), None)


def _ranges(project: NodeProject) -> list[Range]:
    """`engines.node` and `devEngines.runtime` of the member and of the workspace's root, all combined."""
    found: list[Range] = []
    for package in project.packages:
        text = package.document.text("engines", "node")
        if text and parse_exact(text) is None:
            found.append((text, "npm", package.says("engines", "node")))
        for version in package.dev_engines("runtime").get("node", ()):
            if version and parse_exact(version) is None:
                found.append((version, "npm", package.says_dev_engine("runtime", "node", version)))
    return found


def parse_exact(text: str) -> Pin | None:
    """A range that is one version or one line: `22`, `22.x`, `20.11.1`; None for any other, such as `^22`."""
    return (
        parse_pin(text, "node")
        if text and (text[0].isdigit() or text[0] == "v") and " " not in text and "|" not in text
        else None
    )


def _dev_engines(project: NodeProject) -> Fact[Pin] | None:
    """`devEngines.runtime` of package.json, if it is a single version."""
    for package in project.packages:
        for version in package.dev_engines("runtime").get("node", ()):
            pin = parse_exact(version)
            if pin is not None:
                return Fact(pin, (package.says_dev_engine("runtime", "node", version),))
    return None


def _mise(project: NodeProject) -> Fact[Pin] | None:
    """`node` in mise.toml."""
    return pin_in_mise(project.folder, "node")


def _tool_versions(project: NodeProject) -> Fact[Pin] | None:
    """`nodejs` in .tool-versions."""
    return pin_in_tool_versions(project.folder, "node")


def _node_version(project: NodeProject) -> Fact[Pin] | None:
    """.node-version."""
    return pin_in_file(project.folder, ".node-version", "node")


def _nvmrc(project: NodeProject) -> Fact[Pin] | None:
    """.nvmrc, including aliases such as lts/jod."""
    return pin_in_file(project.folder, ".nvmrc", "node")


def _pnpm_setting(project: NodeProject) -> Fact[Pin] | None:
    """pnpm's settings: `nodeVersion` or `useNodeVersion` of pnpm-workspace.yaml, `use-node-version` of .npmrc."""
    for place in project.folder.upwards():
        document = place.yaml("pnpm-workspace.yaml") if place.has("pnpm-workspace.yaml") else None
        for key in ("useNodeVersion", "nodeVersion"):
            text = document.text(key) if document else None
            pin = parse_pin(text, "node") if text else None
            if pin is not None and document is not None:
                return place.fact(pin, "pnpm-workspace.yaml", document.line(key), f"{key}: {text}")
        for number, line in enumerate((place.text(".npmrc") or "").splitlines() if place.has(".npmrc") else (), 1):
            key, sign, text = line.partition("=")
            pin = parse_pin(text.strip(), "node") if sign and key.strip() == "use-node-version" else None
            if pin is not None:
                return place.fact(pin, ".npmrc", number, line.strip())
    return None


def _netlify(project: NodeProject) -> Fact[Pin] | None:
    """NODE_VERSION in netlify.toml."""
    for place in project.folder.upwards():
        document = place.toml("netlify.toml") if place.has("netlify.toml") else None
        text = str(document.get("build", "environment", "NODE_VERSION") or "") if document else ""
        pin = parse_pin(text, "node") if text else None
        if pin is not None and document is not None:
            line = document.line("build", "environment", "NODE_VERSION")
            return place.fact(pin, "netlify.toml", line, f"NODE_VERSION = {text}")
    return None


def _volta(project: NodeProject) -> Fact[Pin] | None:
    """`volta.node` of package.json, or of the file that `volta.extends` names."""
    for package in project.packages:
        for _ in range(4):
            text = package.document.text("volta", "node")
            pin = parse_pin(text, "node") if text else None
            if pin is not None:
                return Fact(pin, (package.says("volta", "node"),))
            extended = _extended(package)
            if extended is None:
                break
            package = extended
    return None


def _extended(package: PackageJson) -> PackageJson | None:
    """The package.json that `volta.extends` names, inside the tree."""
    target = posixpath.normpath(posixpath.join(package.project.path, package.document.text("volta", "extends") or ""))
    folder, name = posixpath.split(target)
    if name != FILE or target.startswith(".."):
        return None
    return read_package(Project(package.project.tree, folder))


def _engines_exact(project: NodeProject) -> Fact[Pin] | None:
    """`engines.node` of package.json, if it is a single release line: 22, 22.x, 20.11.1."""
    for package in project.packages:
        pin = parse_exact(package.document.text("engines", "node") or "")
        if pin is not None:
            return Fact(pin, (package.says("engines", "node"),))
    return None


PIN_SIGNALS = (
    _dev_engines,
    _mise,
    _tool_versions,
    _node_version,
    _nvmrc,
    _volta,
    _pnpm_setting,
    _engines_exact,
    _netlify,
)


def put_openssl(project: NodeProject, draft: Draft) -> None:
    """Allow old hash algorithms for an old bundler on a Node with OpenSSL 3, which could not build otherwise."""
    line = draft.values["runtime"]["version"]
    if not draft.values.get("build") or draft.values.get("engine") == "bun" or int(line.split(".")[0]) < 17:
        return
    for name, (version, says) in locked_versions(project).items():
        if needs_old_openssl(name, version):
            value = {"name": "NODE_OPTIONS", "phase": "build", "value": "--openssl-legacy-provider"}
            draft.values.setdefault("environment", []).append(value)
            text = f"{name} {version} uses MD4 hashes, which Node {line} supports only with --openssl-legacy-provider"
            draft.note("warning", text, says.path, says.line)
            return
