"""Members of a workspace that pnpm copies into node_modules instead of linking them (`dependenciesMeta.*.injected`)."""

import shlex

from msgspec import Struct

from genfile.detect.node.closure import closure_of
from genfile.detect.node.copied import LOCK
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import PackageJson
from genfile.detect.node.members import needed_members, run_script
from genfile.detect.paths import relative
from genfile.evidence import Draft, Fact

# pnpm copies from the members' folders. The setting is for pnpm 11, which otherwise looks at the manifests alone.
_AGAIN = "pnpm install --frozen-lockfile --offline --ignore-scripts --config.optimistic-repeat-install=false"
# Packages that copy the output of a library after it is built.
_SYNCING = ("pnpm-sync", "pnpm-sync-dependencies-meta-injected")
_SETTING = ("syncInjectedDepsAfterScripts", "sync-injected-deps-after-scripts")


def put_injected(project: NodeProject, draft: Draft) -> None:
    """Copy the members anew once they are built: what pnpm has in node_modules dates from the installation."""
    closure = closure_of(project)
    if closure is None or not closure.injected:
        return
    draft.values["manifests"] = [path for path in draft.values["manifests"] if path not in closure.injected]
    draft.put("generates_modules", Fact(True, (project.root.says(LOCK, None, "file: for a workspace member"),)))
    fact = draft.evidence.get("/build")
    if fact is not None and not _syncs(project):
        commands = [step for command in draft.values["build"] for step in _Steps(project, closure.injected).of(command)]
        draft.put("build", Fact(commands, fact.evidence))


def _syncs(project: NodeProject) -> bool:
    """Whether the project itself has the copies made anew."""
    root = project.root
    texts = [root.text(name) or "" for name in ("pnpm-workspace.yaml", ".npmrc") if root.has(name)]
    named = any(name in package.every_dependency for package in project.packages for name in _SYNCING)
    return named or any(setting in text for text in texts for setting in _SETTING)


class _Steps(Struct):
    project: NodeProject
    injected: tuple[str, ...]

    def of(self, command: str) -> list[str]:
        """The steps of a build command, with an installation after each that changes what was copied."""
        words = shlex.split(command)
        at = next((place for place, word in enumerate(words) if word.endswith("...")), None)
        if at is None:
            return [command, _AGAIN] if self._runs_in_copied(words) else [command]
        built = [item for item in needed_members(self.project) if "build" in item.scripts]
        copied = [item for item in built if item.project.path in self.injected]
        if not copied:
            return [command]
        last = self._last(words, at)
        if not any(self._uses(item) for item in built):
            # Only the service itself has copies.
            before = words[at].removesuffix("...").removesuffix("^")
            return [shlex.join([*words[:at], f"{before}^...", *words[at + 1 :]]), _AGAIN, *last]
        turbo = "turbo" in words
        steps: list[str] = []
        for item in copied if turbo else built:
            label = item.name or relative(item.project.path, self.project.root.path)
            one = shlex.join([*words[:at], f"--filter={label}", *words[at + 1 :]])
            steps.append(one if turbo else run_script(self.project, "pnpm", item, "build"))
            steps += [_AGAIN] if item in copied else []
        return [*steps, *last]

    def _last(self, words: list[str], at: int) -> list[str]:
        """The command for the service alone, if there is one."""
        if words[at].endswith("^...") or "build" not in self.project.package.scripts:
            return []
        return [shlex.join([*words[:at], words[at].removesuffix("..."), *words[at + 1 :]])]

    def _uses(self, package: PackageJson) -> bool:
        workspace = self.project.workspace
        needs = workspace.needs(package) if workspace is not None else ()
        return any(path in self.injected for path in needs)

    def _runs_in_copied(self, words: list[str]) -> bool:
        if words[:2] != ["pnpm", "--filter"] or len(words) < 3 or self.project.workspace is None:
            return False
        places = {relative(path, self.project.root.path) for path in self.injected}
        named = self.project.workspace.named([words[2]])
        return words[2] in places or any(item.project.path in self.injected for item in named)
