"""The arguments that the project's CI passes to its build tool: Maven profiles, Gradle properties."""

import itertools
import posixpath
import re
from collections.abc import Iterator

from genfile.detect.hosting.images import quietly
from genfile.detect.java.build import Build
from genfile.detect.java.scripts import scripts_of
from genfile.detect.tree import Project
from genfile.evidence import Evidence, Fact
from genfile.parsers.gradle_reads import texts
from genfile.parsers.small import parse_shell

BASE = ".github/workflows"
MAX_WORKFLOWS = 20
MAX_COMMANDS = 200
# Gradle tasks that create what is delivered.
_PACKAGING = frozenset(
    "build assemble bootJar bootWar shadowJar installDist distZip distTar war jar quarkusBuild".split()
)
_PROPERTY = re.compile(r"-P([\w.-]+)(?:=[\w.-]+)?")

Told = tuple[tuple[str, ...], Evidence]


def told(root: Project, *tools: str) -> tuple[Told, ...]:
    """The commands in the workflows that start one of these tools, each with its place."""
    whole = Project(root.tree, "")
    return root.tree.once(("pipeline", *tools), lambda: tuple(itertools.islice(_told(whole, tools), MAX_COMMANDS)))


def _told(root: Project, tools: tuple[str, ...]) -> Iterator[Told]:
    for name in root.names(BASE)[:MAX_WORKFLOWS]:
        path = f"{BASE}/{name}"
        if not name.endswith((".yml", ".yaml")) or not any(tool in (root.text(path) or "") for tool in tools):
            continue
        document = quietly(root, path)
        for job, body in (document.table("jobs") if document is not None else {}).items():
            steps = body.get("steps") if isinstance(body, dict) else None
            for index, step in enumerate(steps if isinstance(steps, list) else ()):
                script = step.get("run") if isinstance(step, dict) else None
                for words in _commands(script, tools) if isinstance(script, str) else ():
                    line = document.line("jobs", job, "steps", index, "run") if document is not None else None
                    yield words, root.says(path, line, " ".join(words)[:100])


def _commands(script: str, tools: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The commands in a script that start one of the tools; read line by line, so the other lines need not parse."""
    for line in re.sub(r"\\\r?\n", " ", script).splitlines():
        for command in parse_shell(line) or ():
            if command.words and posixpath.basename(command.words[0]) in tools:
                yield command.words


def given_properties(build: Build) -> Fact[list[str]] | None:
    """The properties that every CI build passes to Gradle and that the scripts read: `-Pinclude-frontend=true`."""
    if build.tool != "gradle":
        return None
    made = [item for item in told(build.root, "gradle", "gradlew") if _makes(item[0])]
    common = set.intersection(*(set(words) for words, _ in made)) if made else set()
    asked = {text for _, _, script in scripts_of(build) for text, _ in texts(script)} if common else set()
    kept = [
        word
        for word in (made[0][0] if made else ())
        if word in common and (match := _PROPERTY.fullmatch(word)) is not None and match[1] in asked
    ]
    return Fact(kept, (made[0][1],)) if kept else None


def _makes(words: tuple[str, ...]) -> bool:
    return any(word.rpartition(":")[2] in _PACKAGING for word in words[1:])


def given_profiles(root: Project) -> dict[str, Evidence]:
    """The profiles that CI passes to Maven: `-Pname`, `-P name,other`."""
    found: dict[str, Evidence] = {}
    for words, says in told(root, "mvn", "mvnw"):
        for index, word in enumerate(words):
            listed = word[2:] or next(iter(words[index + 1 : index + 2]), "") if word.startswith("-P") else ""
            for name in listed.split(","):
                if re.fullmatch(r"[\w.-]+", name):
                    found.setdefault(name, says)
    return found
