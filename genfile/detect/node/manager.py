"""The package manager, its version, and its lockfile."""

import posixpath
import re

from msgspec import Struct

from genfile.data import default_tool, runtime, tool_for_lock
from genfile.detect.hosting import hosting
from genfile.detect.hosting.images import COMPOSE_ENDINGS, quietly
from genfile.detect.node.manifest import FILE, PackageJson, read_package
from genfile.detect.node.stated import is_kept_up
from genfile.detect.node.workspace import NodeWorkspace
from genfile.detect.pins import pin_in_file, pin_in_mise, pin_in_tool_versions
from genfile.detect.tree import Project
from genfile.evidence import Fact, decide

# Lockfiles, strongest first for trees that hold several.
LOCKS = (
    ("pnpm-lock.yaml", "pnpm"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
    ("yarn.lock", "yarn"),
    ("package-lock.json", "npm"),
    ("npm-shrinkwrap.json", "npm"),
)


_WORKFLOWS = ".github/workflows"


class NodeProject(Struct, frozen=True):
    """A service's folder with its manifest, and the workspace that it is a member of."""

    folder: Project
    package: PackageJson
    workspace: NodeWorkspace | None

    @property
    def root(self) -> Project:
        """The folder with the lockfile and the package manager's settings: the workspace's root, else the service's
        own."""
        return self.workspace.root if self.workspace else self.folder

    @property
    def root_package(self) -> PackageJson:
        return (read_package(self.root) if self.workspace else None) or self.package

    @property
    def packages(self) -> tuple[PackageJson, ...]:
        """The member's manifest, then the root's if that is another one."""
        return (self.package, self.root_package) if self.workspace else (self.package,)

    def located(self, name: str) -> Project | None:
        """The folder that holds a file: the service's own first, then the workspace's root."""
        return next((place for place in (self.folder, self.root) if place.has(name)), None)


def package_manager(project: NodeProject) -> tuple[Fact[str], Fact[str] | None]:
    """The manager's name and its version (None: the one in the base image)."""
    decision = decide(project, NAME_SIGNALS, agree=_same_family)
    for note in decision.conflicts("package manager"):
        project.folder.tree.note(note.level, note.text, note.path, note.line)
    above = project.folder.parent()
    while above is not None and not above.has("rush.json"):
        above = above.parent()
    if above is not None:
        text = "genfile does not support Rush's own install scripts; building this service as if it were on its own"
        project.folder.tree.note("warning", text, above.full("rush.json"))
    name = (
        decision.fact
        or _protocol(project)
        or Fact("npm", (project.package.project.says(project.package.file, None, "no lockfile found; using npm"),))
    )
    version = decide((project, name.value), VERSION_SIGNALS).fact
    return name, version


def lockfile(project: NodeProject, manager: str) -> str | None:
    """The lockfile of a manager, relative to the root; None if it is not committed."""
    kinds = ("yarn",) if manager.startswith("yarn") else (manager,)
    return next((name for name, kind in LOCKS if kind in kinds and project.root.has(name)), None)


def _same_family(winner: str, loser: str) -> bool:
    return winner == loser or {winner, loser} == {"yarn", "yarn-berry"}


def _field(project: NodeProject) -> Fact[str] | None:
    """`packageManager` of the member's or the root's package.json: `pnpm@9.12.1`."""
    for package in project.packages:
        text = package.document.text("packageManager") or ""
        name, _, version = text.partition("@")
        if name and _is_left_behind(project, name):
            continue
        if name in ("npm", "pnpm", "bun"):
            return Fact(name, (package.says("packageManager"),))
        if name == "yarn":
            major = version.split(".")[0]
            return Fact("yarn" if major in ("0", "1") else "yarn-berry", (package.says("packageManager"),))
    return None


def _is_left_behind(project: NodeProject, manager: str) -> bool:
    """Whether the named manager has no lockfile, while another one's is up to date."""
    kinds = {kind: name for name, kind in LOCKS if project.root.has(name)}
    if not kinds or manager in kinds:
        return False
    return all(is_kept_up(project.root, project.root_package, name) for name in kinds.values())


def _dev_engines(project: NodeProject) -> Fact[str] | None:
    """`devEngines.packageManager` in package.json."""
    for package in project.packages:
        for name, versions in package.dev_engines("packageManager").items():
            if name in ("npm", "pnpm", "bun", "yarn"):
                says = package.says_dev_engine("packageManager", name, versions[0])
                return Fact(_yarn_kind(project, name), (says,))
    return None


def _yarn_path(project: NodeProject) -> Fact[str] | None:
    """`yarnPath` of .yarnrc.yml: a committed release of Yarn."""
    settings = project.root.yaml(".yarnrc.yml") if project.root.has(".yarnrc.yml") else None
    if settings is not None and settings.text("yarnPath"):
        return project.root.fact("yarn-berry", ".yarnrc.yml", settings.line("yarnPath"), "yarnPath")
    return None


def _lock(project: NodeProject) -> Fact[str] | None:
    """The lockfile: pnpm-lock.yaml, bun.lock, yarn.lock, package-lock.json."""
    found = [(name, kind) for name, kind in LOCKS if project.root.has(name)]
    if not found:
        return None
    if {kind for _, kind in found} == {"yarn", "npm"} and _spoken(project) == "npm":
        found.reverse()
    if len(found) > 1:
        listed = tuple(found)
        found.sort(key=lambda item: _rank(project, listed, item[1]))
    name, kind = found[0]
    others = sorted({other for _, other in found} - {kind})
    if others:
        project.folder.tree.note(
            "warning",
            f"{project.root.full(name)} found next to the lockfile of {', '.join(others)}; using {kind}. "
            "Remove the lockfile that you no longer update",
            project.root.full(name),
        )
    return project.root.fact(_yarn_kind(project, kind), name, 1, name)


def _rank(project: NodeProject, found: tuple[tuple[str, str], ...], kind: str) -> tuple[bool, bool]:
    """What speaks against one of several lockfiles: missing dependencies, and scripts that call another manager."""
    read = next(name for name, other in found if other == kind)
    stale = is_kept_up(project.root, project.root_package, read) is False
    words = [word for script in project.root_package.scripts.values() for word in script.split()]
    named = {item for _, item in LOCKS if item in words or (item == "bun" and "bunx" in words)} - {"npm"}
    return stale, bool(named) and kind not in named


def _spoken(project: NodeProject) -> str:
    """Which of npm and Yarn the project itself mentions, in its scripts, its README and its Dockerfiles."""
    texts = [" ".join(package.scripts.values()) for package in project.packages]
    places = [project.root, project.folder, Project(project.folder.tree, "")]
    texts += [place.text(name) or "" for place in places for name in ("README.md", "readme.md") if place.has(name)]
    texts += [project.folder.tree.text(path) or "" for path in hosting(project.folder).dockerfiles]
    text = "\n".join(texts)
    yarn = len(re.findall(r"\byarn\b(?!\.lock)", text))
    return "yarn" if yarn > len(re.findall(r"\bnpm\b(?!js)", text)) else "npm"


def _engines(project: NodeProject) -> Fact[str] | None:
    """A package manager in `engines` in package.json."""
    for package in project.packages:
        for name in ("pnpm", "yarn", "bun"):
            if package.document.text("engines", name):
                return Fact(_yarn_kind(project, name), (package.says("engines", name),))
    return None


def _volta(project: NodeProject) -> Fact[str] | None:
    """A package manager in `volta` in package.json."""
    for package in project.packages:
        for name in ("pnpm", "yarn"):
            if package.document.text("volta", name):
                return Fact(_yarn_kind(project, name), (package.says("volta", name),))
    return None


def _settings(project: NodeProject) -> Fact[str] | None:
    """The settings file of a package manager: pnpm-workspace.yaml, bunfig.toml, .yarnrc.yml, .yarnrc."""
    for name, kind in (
        ("pnpm-workspace.yaml", "pnpm"),
        ("bunfig.toml", "bun"),
        (".yarnrc.yml", "yarn-berry"),
        (".yarnrc", "yarn"),
    ):
        if project.root.has(name):
            return project.root.fact(kind, name, 1, name)
    return None


def _only_allow(project: NodeProject) -> Fact[str] | None:
    """`only-allow pnpm` in the preinstall script."""
    for package in project.packages:
        words = package.scripts.get("preinstall", "").split()
        name = words[words.index("only-allow") + 1] if "only-allow" in words[:-1] else ""
        if name in ("npm", "pnpm", "yarn", "bun"):
            return Fact(name, (package.says("scripts", "preinstall"),))
    return None


def _starts_bun(project: NodeProject) -> Fact[str] | None:
    """The `start` script runs Bun, and no dependency installs Bun."""
    words = project.package.scripts.get("start", "").split()
    if words[:1] in (["bun"], ["bunx"]) and "bun" not in project.package.every_dependency:
        return Fact("bun", (project.package.says("scripts", "start"),))
    return None


def _protocol(project: NodeProject) -> Fact[str] | None:
    """`workspace:` dependencies, if nothing names a manager: npm and Yarn 1 reject them, and pnpm lists members
    elsewhere."""
    for package in project.packages if project.workspace is not None else ():
        for name, version in package.every_dependency.items():
            if version.startswith("workspace:"):
                words = " ".join(item for each in project.packages for item in each.scripts.values()).split()
                return Fact("bun" if {"bun", "bunx"} & set(words) else "yarn-berry", (package.depends(name),))
    return None


NAME_SIGNALS = (_field, _dev_engines, _yarn_path, _lock, _volta, _engines, _only_allow, _settings, _starts_bun)


def _yarn_kind(project: NodeProject, name: str) -> str:
    """Which Yarn: a version 1 lockfile says so in its second line; Berry's has `__metadata`."""
    if name != "yarn":
        return name
    text = project.root.text("yarn.lock") or ""
    if "__metadata:" in text[:2000] or (not text and project.root.has(".yarnrc.yml")):
        return "yarn-berry"
    return "yarn"


Named = tuple[NodeProject, str]


def _version_field(named: Named) -> Fact[str] | None:
    """The version in `packageManager`, without its hash."""
    project, name = named
    for package in project.packages:
        text = package.document.text("packageManager") or ""
        kind, _, version = text.partition("@")
        version = version.partition("+")[0]
        if kind == name.removesuffix("-berry") and version[:1].isdigit():
            return Fact(version, (package.says("packageManager"),))
    return None


def _version_dev_engines(named: Named) -> Fact[str] | None:
    """The version in `devEngines.packageManager`, if it is exact."""
    project, name = named
    for package in project.packages:
        for version in package.dev_engines("packageManager").get(name.removesuffix("-berry"), ()):
            if version.count(".") == 2 and version.replace(".", "").isdigit():
                return Fact(version, (package.says_dev_engine("packageManager", name.removesuffix("-berry"), version),))
    return None


def _version_yarn_path(named: Named) -> Fact[str] | None:
    """The version in the file name of `yarnPath`."""
    project, name = named
    settings = project.root.yaml(".yarnrc.yml") if name == "yarn-berry" and project.root.has(".yarnrc.yml") else None
    path = (settings.text("yarnPath") if settings else None) or ""
    version = posixpath.basename(path).removeprefix("yarn-").removesuffix(".cjs").removesuffix(".js")
    if settings is not None and version[:1].isdigit():
        return project.root.fact(version, ".yarnrc.yml", settings.line("yarnPath"), path)
    return None


def _version_volta(named: Named) -> Fact[str] | None:
    """The version that `volta` or an exact `engines` entry pins."""
    project, name = named
    key = name.removesuffix("-berry")
    for package in project.packages:
        for table in ("volta", "engines"):
            version = package.document.text(table, key) or ""
            if version.count(".") == 2 and version.replace(".", "").isdigit() and key != "npm":
                return Fact(version, (package.says(table, key),))
    return None


def _version_tools(named: Named) -> Fact[str] | None:
    """The version in .bun-version, mise.toml or .tool-versions."""
    project, name = named
    tool = name.removesuffix("-berry")
    folder = project.folder
    found = pin_in_file(folder, ".bun-version", "bun") if tool == "bun" else None
    found = found or pin_in_mise(folder, "bun", tool) or pin_in_tool_versions(folder, "bun", tool)
    return found.but(found.value.exact or found.value.line) if found is not None and tool != "npm" else None


def _version_line(named: Named) -> Fact[str] | None:
    """The release line in an `engines` entry: 11.5.x, ^9, ~9.1; a lower bound only if it is above the default."""
    project, name = named
    key = name.removesuffix("-berry")
    for package in project.packages if key != "npm" else ():
        text = package.document.text("engines", key) or ""
        match = re.fullmatch(r"(\^|~|>=)?\s*(\d+)(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?", text)
        if match is None:
            continue
        sign, major, minor, _ = match.groups()
        if sign == ">=" and int(major) <= int((default_tool(name) or "0").split(".")[0]):
            continue
        line = f"{major}.{minor}" if sign in (None, "~") and minor and minor.isdigit() else major
        return Fact(line, (package.says("engines", key),))
    return None


_PNPM = re.compile(r"\bpnpm@(\d+(?:\.\d+){0,2})\b")


def _version_ci(named: Named) -> Fact[str] | None:
    """The pnpm that CI installs, if its workflows agree: `pnpm/action-setup`, `corepack prepare pnpm@9`."""
    if named[1] != "pnpm":
        return None
    root, found = Project(named[0].folder.tree, ""), dict[str, Fact[str]]()
    for name in root.names(_WORKFLOWS)[:12]:
        path = f"{_WORKFLOWS}/{name}"
        document = quietly(root, path) if name.endswith(COMPOSE_ENDINGS) else None
        for job, body in (document.table("jobs") if document is not None else {}).items():
            steps = body.get("steps") if isinstance(body, dict) else None
            for at, step in enumerate(steps if isinstance(steps, list) else ()):
                version = _pnpm_of(step) if isinstance(step, dict) else None
                if version is not None and document is not None:
                    line = document.line("jobs", job, "steps", at)
                    found.setdefault(version, root.fact(version, path, line, f"pnpm {version}"))
    agree = len({version.split(".")[0] for version in found}) == 1
    return max(found.values(), key=lambda fact: fact.value.count(".")) if agree else None


def _pnpm_of(step: dict[str, object]) -> str | None:
    """The version of pnpm that a step of a workflow installs."""
    given = step.get("with")
    action = str(step.get("uses", "")).startswith("pnpm/action-setup") and isinstance(given, dict)
    text = f"pnpm@{given.get('version', '')}" if action and isinstance(given, dict) else str(step.get("run", ""))
    match = _PNPM.search(text)
    return match[1] if match is not None else None


# `lockfileVersion: 5.4`, `lockfileVersion: '6.0'`, `lockfileVersion: 5.4-inlineSpecifiers`: what comes after the major
# is no matter to who reads it.
_LOCK_FORMAT = re.compile(r"^lockfileVersion: *['\"]?(\d+)([^\s'\"]*)", re.MULTILINE)


def _version_lock(named: Named) -> Fact[str] | None:
    """The release that wrote the lockfile, by the lockfile's format version."""
    project, name = named
    if name == "pnpm" and project.root.has("pnpm-lock.yaml"):
        # The lockfile may have many megabytes; its version is in the first line, or further down before pnpm 6.
        text = project.root.text("pnpm-lock.yaml") or ""
        match = _LOCK_FORMAT.search(text)
        tool = tool_for_lock("pnpm", match[1]) if match is not None else None
        if match is None or tool is None:
            return None
        line = 1 + text.count("\n", 0, match.start())
        return project.root.fact(tool, "pnpm-lock.yaml", line, f"lockfileVersion {match[1]}{match[2]}")
    if name == "yarn-berry" and project.root.has("yarn.lock"):
        for number, text in enumerate((project.root.text("yarn.lock") or "").split("\n", 20)[:20], 1):
            if text.strip().startswith("version:"):
                version = text.partition(":")[2].strip()
                tool = tool_for_lock("yarn-berry", version)
                return project.root.fact(tool, "yarn.lock", number, f"__metadata version {version}") if tool else None
    return None


def _version_default(named: Named) -> Fact[str] | None:
    """genfile's default version, so that the same tree gives the same image."""
    project, name = named
    if name == "npm":
        return None
    version = runtime("bun").default if name == "bun" else default_tool(name)
    return project.folder.guess(version, FILE, f"no {name} version found", 'set "packageManager" in package.json')


VERSION_SIGNALS = (
    _version_field,
    _version_dev_engines,
    _version_yarn_path,
    _version_volta,
    _version_tools,
    _version_line,
    _version_ci,
    _version_lock,
    _version_default,
)
