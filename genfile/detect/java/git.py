"""Builds that ask git for the commit: the builder has no .git, so they are configured to do without if possible."""

import itertools
import re
from collections.abc import Iterator

from genfile.detect.java.build import Build
from genfile.detect.java.gradle import SETTINGS, read_script
from genfile.detect.java.pipeline import given_properties
from genfile.detect.java.pom import descendants, read_pom
from genfile.detect.java.scripts import find_value, scripts_of
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.gradle import GradleScript
from genfile.parsers.gradle_reads import texts

# Maven plugins, each with the property that turns it off.
_MAVEN = {
    "git-commit-id-maven-plugin": "maven.gitcommitid.skip",
    "git-commit-id-plugin": "maven.gitcommitid.skip",
    "buildnumber-maven-plugin": "maven.buildNumber.skip",
}
_PROPERTIES = "com.gorylenko.gradle-git-properties"
# Gradle plugins that compute the version: they fail without a repository.
_VERSIONING = (
    "com.palantir.git-version", "org.ajoberstar.grgit", "org.ajoberstar.grgit-service", "org.ajoberstar.reckon",
    "org.ajoberstar.reckon.settings", "net.nemerosa.versioning", "me.qoomon.git-versioning", "com.zoltu.git-versioning",
    "fr.brouillard.oss.gradle.jgitver", "io.github.gradle-nexus.git-version", "com.cinnober.gradle.semver-git",
    "com.gladed.androidgitversion", "nebula.release", "com.netflix.nebula.release",
    "pl.allegro.tech.build.axion-release",
)  # fmt: skip
_PLACEHOLDER = re.compile(r"(?:@|\$\{)(git\.[a-z][a-z0-9.]*[a-z0-9]|buildNumber)(?:@|\})")
MAX_RESOURCES = 60
# A git command, whole or its first word.
_RUNS = re.compile(r"git|git (?:describe|rev-parse|log|rev-list|status|branch|show|tag|symbolic-ref|config)\b.*")
_TASK = re.compile(r"((?::[\w.-]+)+):[\w.-]+")
_WITHOUT = ".git is not in the build context; to record the commit, pass it as a label or a variable"


def git_flags(build: Build) -> list[str]:
    """Words after the tool that keep a build from asking git."""
    if build.tool == "gradle":
        return ["-x", "generateGitProperties"] if _writes_properties(build) is not None else []
    flags = list(dict.fromkeys(f"-D{_MAVEN[name]}=true" for name, _ in _plugins(build)))
    return flags + [f"-D{name}=unknown" for name in (_placeholders(build) if flags else ())]


def put_git(build: Build, draft: Draft) -> None:
    """Put /git if the build needs the history; notes if it does not."""
    if build.tool == "maven":
        for name, says in _plugins(build)[:1]:
            draft.note(
                "info", f"{says}: the image skips it with -D{_MAVEN[name]}=true, since {_WITHOUT}", says.path, says.line
            )
        return
    found = _writes_properties(build)
    if found is not None:
        draft.note("info", f"{found}: the image skips generateGitProperties, since {_WITHOUT}", found.path, found.line)
    needed = _needs_history(build)
    if needed is None:
        return
    says, runs_git = needed
    draft.put("git", Fact(True, (says,)))
    draft.put("resolve", Fact(None, (says,)))
    if runs_git:
        packages = draft.values.setdefault("system_packages", {"build": [], "run": []})
        packages["build"] = sorted({*packages["build"], "git"})
    where = "" if build.root.path == "" else f"; it must be in {build.root.spec_path}, the build context"
    text = f"{says}: the build runs git, so .git is part of the build context{where}"
    draft.note("warning" if where else "info", text, says.path, says.line)


def _plugins(build: Build) -> list[tuple[str, Evidence]]:
    """The Maven plugins that run, and fail without a repository."""
    pom = read_pom(build.folder)
    found: list[tuple[str, Evidence]] = []
    for owner, item in pom.plugins() if pom is not None else ():
        name = item.find_text("artifactId") or ""
        settings = [(inner.tag, inner.text) for inner in descendants(item)]
        if name in _MAVEN and ("skip", "true") not in settings and item.all("executions", "execution"):
            found.append((name, owner.folder.says(owner.file, item.line, name)))
    return found


def _placeholders(build: Build) -> list[str]:
    """The plugin's properties in resource placeholders: without a value, a program may not start."""
    found: dict[str, None] = {}
    for name in itertools.islice(build.folder.files("*", below="src/main/resources", depth=3), MAX_RESOURCES):
        if name.endswith((".yml", ".yaml", ".properties", ".json", ".xml", ".txt")):
            found.update(dict.fromkeys(_PLACEHOLDER.findall(build.folder.text(name) or "")))
    return sorted(found)


def _writes_properties(build: Build) -> Evidence | None:
    """The plugin that writes git.properties, unless it is configured to work without a repository."""
    plugin = next((item for item in build.dependencies if item.plugin and item.group == _PROPERTIES), None)
    told = find_value(build, "gitProperties.failOnNoGitDirectory", "failOnNoGitDirectory")
    return plugin.evidence if plugin is not None and not (told is not None and told[0] == "false") else None


def _of_tasks(build: Build) -> Iterator[tuple[Project, str, GradleScript]]:
    """The scripts of projects whose tasks a module's script depends on, if CI builds with them:
    `dependsOn(":frontend:buildFrontend")`."""
    own = read_script(build.folder) if given_properties(build) is not None else None
    named = {match[1] for text, _ in (texts(own[1]) if own is not None else ()) if (match := _TASK.fullmatch(text))}
    for name in sorted(named):
        folder = build.root.at(name.strip(":").replace(":", "/"))
        found = read_script(folder)
        if found is not None and folder.path != build.folder.path:
            yield folder, *found


def _needs_history(build: Build) -> tuple[Evidence, bool] | None:
    """A plugin that derives the version from tags, or a script that runs git or reads .git."""
    settings = read_script(build.root, SETTINGS)
    listed = [*scripts_of(build), *([(build.root, *settings)] if settings is not None else [])]
    for folder, name, script in [*listed, *_of_tasks(build)]:
        for text, line in texts(script):
            if _RUNS.fullmatch(text) or text == ".git" or text.startswith(".git/"):
                return folder.says(name, line, text), not text.startswith(".")
    plugin = next((item for item in build.dependencies if item.plugin and item.group in _VERSIONING), None)
    return (plugin.evidence, plugin.group.startswith("com.palantir")) if plugin is not None else None
