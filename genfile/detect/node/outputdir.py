"""Where a package's bundler writes, whatever serves it."""

import posixpath

from genfile.data import framework as find_named
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import NOTHING, resolve
from genfile.detect.node.site import configured_output
from genfile.evidence import Fact

# Programs whose output the configuration or a flag names, with the framework that has their default.
_BUNDLERS = {"vite": "vite", "webpack": "webpack", "vue-cli-service": "vue-cli"}
# Programs that a build has beside a bundler and that leave no files for a browser.
_CHECKS = frozenset({"tsc", "vue-tsc", "svelte-check", "eslint", "prettier", "biome", "rimraf", "rm", *NOTHING})


def bundle_output(project: NodeProject, script: str) -> Fact[str] | None:
    """The folder that a script's bundler writes to, relative to the project's; None if it has other programs too, or
    the folder is the project itself or above it."""
    steps = resolve(project.package, script) or ()
    bundlers = {_BUNDLERS[step.program] for step in steps if step.program in _BUNDLERS}
    others = [step for step in steps if step.program not in _BUNDLERS and step.program not in _CHECKS]
    if len(bundlers) != 1 or others or any(step.folder for step in steps):
        return None
    framework = find_named("node", bundlers.pop())
    if framework is None:
        return None
    found = configured_output(project, framework)
    root = posixpath.normpath(found.value[0])
    return found.but(root) if root != "." and not root.startswith(("..", "/")) else None


__all__ = ["bundle_output"]
