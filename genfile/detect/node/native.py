"""Locked packages whose install scripts must run, since they compile or download what the program needs."""

import re
from collections.abc import Iterator

from msgspec import Struct

from genfile.data import system_packages
from genfile.detect.node.closure import installed
from genfile.detect.node.manager import NodeProject
from genfile.evidence import Evidence

# What an addon needs to compile if it has no prebuilt file; these tools need no compiler themselves.
_ADDON_TOOLS = frozenset(
    {"node-gyp", "prebuild-install", "node-pre-gyp", "@mapbox/node-pre-gyp", "node-addon-api", "nan"}
)


def native_modules(project: NodeProject) -> list[tuple[str, Evidence]]:
    """Locked packages that compile C++ during installation, unless a prebuilt file can be downloaded."""
    name = "package-lock.json"
    document = project.root.json(name) if project.root.has(name) else None
    found: list[tuple[str, Evidence]] = []
    for path, item in (document.table("packages") if document else {}).items():
        if not isinstance(item, dict) or not item.get("hasInstallScript") or item.get("optional"):
            continue
        needs = {*(item.get("dependencies") or {}), *(item.get("devDependencies") or {})}
        package = path.rpartition("node_modules/")[2]
        if package and needs & _ADDON_TOOLS and "node-gyp-build" not in needs and package not in _ADDON_TOOLS:
            line = document.line("packages", path) if document else None
            found.append((package, project.root.says(name, line, f"{package} has an install script")))
    return found


def has_old_gyp(project: NodeProject) -> bool:
    """Whether a node-gyp below version 10 is locked."""
    document = project.root.json("package-lock.json") if project.root.has("package-lock.json") else None
    for path, item in (document.table("packages") if document else {}).items():
        if path.endswith("node_modules/node-gyp") and isinstance(item, dict):
            major = str(item.get("version", "99")).split(".")[0]
            if major.isdecimal() and int(major) < 10:
                return True
    return False


class Scripted(Struct, frozen=True):
    """A package with an install script that matters, and whether production installs it."""

    name: str
    production: bool
    says: Evidence


def scripted_packages(project: NodeProject, manager: str) -> list[Scripted]:
    """The packages that an installation without scripts leaves unfinished, sorted by name."""
    read = {"npm": _of_npm, "pnpm": _of_pnpm}.get(manager, _of_known)
    found: dict[str, Scripted] = {}
    known = system_packages("npm")
    for item in read(project):
        if item.name in known and known[item.name].idle:
            continue
        before = found.get(item.name)
        if before is None or (item.production and not before.production):
            found[item.name] = item
    return [found[name] for name in sorted(found)]


def _of_npm(project: NodeProject) -> Iterator[Scripted]:
    """`hasInstallScript` in package-lock.json; without a lockfile, what is known of the manifests' dependencies."""
    lock = next((name for name in ("package-lock.json", "npm-shrinkwrap.json") if project.root.has(name)), None)
    document = project.root.json(lock) if lock else None
    packages = document.table("packages") if document else {}
    if lock is None or document is None or not packages:
        yield from _of_known(project)
        return
    for path, item in packages.items():
        name = path.rpartition("node_modules/")[2]
        if not isinstance(item, dict) or not item.get("hasInstallScript") or "node_modules/" not in path:
            continue
        if not item.get("optional"):
            says = project.root.says(lock, document.line("packages", path), f"{name} has an install script")
            yield Scripted(name, not item.get("dev"), says)


# A package of pnpm-lock.yaml: `  /sharp@0.32.1:`, `  'sharp@0.34.1':`, `  /sharp/0.30.0:`; then what is said of it.
_PNPM = re.compile(r"^  '?/?((?:@[^/@\s]+/)?[^/@\s:'(]+)[@/]\d[^\n]*:$((?:\n(?:    [^\n]*)?(?=\n|\Z))*)", re.MULTILINE)


def _of_pnpm(project: NodeProject) -> Iterator[Scripted]:
    """`allowBuilds` or `onlyBuiltDependencies`, if pnpm builds nothing else; else `requiresBuild` and known names."""
    root = project.root
    allowed = _allowed_by_pnpm(project)
    if allowed is not None:
        yield from allowed
        return
    text = (root.text("pnpm-lock.yaml") or "") if root.has("pnpm-lock.yaml") else ""
    known = system_packages("npm")
    seen = False
    for match in _PNPM.finditer(text):
        seen = True
        name, block = match[1], match[2]
        scripts = name in known and known[name].scripts
        if ("requiresBuild: true" in block or scripts) and "optional: true" not in block:
            line = text.count("\n", 0, match.start()) + 1
            says = root.says("pnpm-lock.yaml", line, f"{name} has an install script")
            yield Scripted(name, "dev: true" not in block and not _only_dev(project, name), says)
    if not seen:
        yield from _of_known(project)


def _allowed_by_pnpm(project: NodeProject) -> list[Scripted] | None:
    """The packages that the project lets pnpm build; None if it does not say."""
    root = project.root
    settings = root.yaml("pnpm-workspace.yaml") if root.has("pnpm-workspace.yaml") else None
    places = [(settings, ()), (project.root_package.document, ("pnpm",))]
    found: list[Scripted] = []
    stated = False
    for document, above in places:
        if document is None:
            continue
        file = "pnpm-workspace.yaml" if document is settings else "package.json"
        builds = document.table(*above, "allowBuilds")
        listed = document.items(*above, "onlyBuiltDependencies")
        stated = stated or bool(builds) or bool(listed)
        names = [name for name, value in builds.items() if value is True]
        for name in (*names, *(item for item in listed if isinstance(item, str))):
            key = "allowBuilds" if name in names else "onlyBuiltDependencies"
            says = root.says(file, document.line(*above, key), f"{key} has {name}")
            plain = re.sub(r"(?<=.)@.*", "", name)
            found.append(Scripted(plain, not _only_dev(project, plain), says))
    return found if stated else None


# The name in a key of yarn.lock or bun.lock: `"@scope/x@^1.0.0", x@^2:`, `"x@npm:^1.0.0":`, `    "x": ["x@1.0.0", …`.
_YARN = re.compile(r'^"?((?:@[^/@\s"]+/)?[^/@\s":]+)@[^\n]*:$', re.MULTILINE)
_BUN = re.compile(r'^    "((?:@[^/@\s"]+/)?[^/@\s":]+)": \["', re.MULTILINE)


def _of_known(project: NodeProject) -> Iterator[Scripted]:
    """Packages in the lockfile, else in the manifests, that are known to have such a script; for Bun, trusted ones."""
    root, known = project.root, system_packages("npm")
    for lock, pattern in (("yarn.lock", _YARN), ("bun.lock", _BUN)):
        text = (root.text(lock) or "") if root.has(lock) else ""
        for match in pattern.finditer(text):
            if match[1] in known and known[match[1]].scripts:
                says = root.says(lock, text.count("\n", 0, match.start()) + 1, f"{match[1]} has an install script")
                yield Scripted(match[1], not _only_dev(project, match[1]), says)
    for package in installed(project):
        for name in package.every_dependency:
            if name in known and known[name].scripts:
                yield Scripted(name, not _only_dev(project, name), package.depends(name))
    for name in project.root_package.document.items("trustedDependencies"):
        if isinstance(name, str):
            yield Scripted(name, not _only_dev(project, name), project.root_package.says("trustedDependencies"))


def _only_dev(project: NodeProject, name: str) -> bool:
    """Whether the manifests need a package only for development."""
    packages = installed(project)
    wanted = any(name in package.dependencies for package in packages)
    return not wanted and any(name in package.dev_dependencies for package in packages)
