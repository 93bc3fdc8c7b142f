"""The Gradle of a build without a wrapper: what the project states, else the newest that its scripts work with."""

from collections.abc import Collection, Iterator

from genfile.data import load_table
from genfile.detect.hosting import hosting
from genfile.detect.java.build import Build
from genfile.detect.java.gradle import SETTINGS, read_script, wrapper_version
from genfile.detect.java.scripts import convention_scripts
from genfile.detect.pins import pin_in_mise, pin_in_properties, pin_in_tool_versions
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.gradle import GradleScript
from genfile.parsers.gradle_parts import Statement
from genfile.parsers.gradle_reads import declared_names

NEWEST = "9"
MAX_SCRIPTS = 60
_REMEDY = "commit a Gradle wrapper (`gradle wrapper`)"


def gradle_version(build: Build) -> Fact[str] | None:
    """The Gradle that a project states, or the major version that its scripts need; None if any will do."""
    if build.tool != "gradle":
        return None
    return wrapper_version(build.root) or stated_version(build) or _needed(build)


def stated_version(build: Build) -> Fact[str] | None:
    """A version manager's pin, the wrapper task of the script, the image of a Dockerfile, CI."""
    root = build.root
    pin = (
        pin_in_mise(root, "gradle", "gradle")
        or pin_in_tool_versions(root, "gradle", "gradle")
        or pin_in_properties(root, ".sdkmanrc", "gradle", "gradle")
    )
    if pin is not None:
        return pin.but(pin.value.line)
    script = read_script(root)
    found = script[1].value("wrapper.gradleVersion", "tasks.wrapper.gradleVersion") if script is not None else None
    if script is not None and found is not None and isinstance(found[0], str) and found[0][:1].isdigit():
        return root.fact(found[0], script[0], found[1], f"gradleVersion {found[0]}")
    hints = [*hosting(build.folder).versions.get("gradle", ()), *hosting(root).versions.get("gradle", ())]
    return hints[0].but(hints[0].value.line) if hints else None


def put_gradle(build: Build, draft: Draft) -> None:
    """Put /package_manager/version for a build without a wrapper's: stated, or a guess with its reason."""
    if build.tool != "gradle" or "package_manager.version" in draft.evidence or wrapper_version(build.root) is not None:
        return
    stated = stated_version(build)
    if stated is not None:
        draft.put("package_manager.version", stated)
        return
    script = next((n for n in ("build.gradle.kts", "build.gradle") if build.root.has(n)), "build.gradle")
    line = str(draft.values["runtime"]["version"])
    boot = draft.values.get("framework_version") or NEWEST
    needed = _needed(build)
    if needed is not None:
        says = needed.evidence[0]
        why = f"{says}, which Gradle {int(needed.value) + 1} removed"
        text = f"no Gradle wrapper; using Gradle {needed.value} because of {why}"
        draft.put("package_manager.version", build.root.guess(needed.value, script, text, _REMEDY))
    elif line.isdigit() and (int(line) < 17 or boot.startswith(("1.", "2."))):
        text = f"Gradle 9 needs Java 17 or later, but this project uses Java {line}"
        draft.put("package_manager.version", build.root.guess("8", script, text))
    else:
        place = build.root.full(script)
        draft.note("info", f"no Gradle wrapper; using Gradle {NEWEST} (a guess): {_REMEDY}", place)


def _needed(build: Build) -> Fact[str] | None:
    """The oldest of the major versions that are the last ones with something that the scripts use."""
    found: dict[str, Evidence] = {}
    for folder, name, script in _scripts(build):
        own = declared_names(script)
        for item in script.statements:
            last = _last_with(item, own)
            if last is not None:
                found.setdefault(last, folder.says(name, item.line, item.name))
    least = min(found, key=int, default=None)
    return Fact(least, (found[least],)) if least is not None else None


def _last_with(item: Statement, own: Collection[str]) -> str | None:
    """The last major version with what a statement uses; ``own``: the names that its script declares."""
    blocks = tuple(block for block in item.blocks if block not in ("allprojects", "subprojects"))
    place = blocks[-1] if blocks[-1:] == ("repositories",) else ".".join(blocks)
    word = item.name.removeprefix("project.")
    if item.declared or (place == "dependencies" and word in own) or not (item.arguments or place == "repositories"):
        return None
    last: str | None = load_table("tools")["gradle_removed"].get(place, {}).get(word)
    return last


def _scripts(build: Build) -> Iterator[tuple[Project, str, GradleScript]]:
    """Every script that is run for a build: the root's, those of its modules, convention plugins."""
    settings = read_script(build.root, SETTINGS)
    places = {item.path: item for item in (build.root, build.folder)}
    for path in (settings[1].includes if settings is not None else ())[:MAX_SCRIPTS]:
        places.setdefault(build.root.at(path).path, build.root.at(path))
    for place in places.values():
        found = read_script(place)
        if found is not None:
            yield place, *found
    yield from convention_scripts(build.root)
