"""JVM options that follow from how the code is compiled: preview features, opened packages."""

import re
from collections.abc import Iterable, Iterator

from genfile.detect.java.build import Build
from genfile.detect.java.pom import descendants, read_pom
from genfile.detect.java.scripts import statements_of
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.xml import Element

# Options with a value, which may be a word of its own.
_WITH_VALUE = ("--add-opens", "--add-exports", "--add-modules", "--add-reads", "--enable-native-access")
_OPTION = re.compile(r"--enable-preview|--(?:add-(?:opens|exports|modules|reads)|enable-native-access)=[\w./,=-]+")
_GRADLE = ("compilerArgs", "compilerArgs.add", "compilerArgs.addAll", "jvmArgs", "jvmArgs.add", "jvmArgs.addAll",
           "applicationDefaultJvmArgs", "applicationDefaultJvmArgs.add", "allJvmArgs")  # fmt: skip
_TESTS = ("test", "Test", "integrationTest", "javadoc", "Javadoc", "surefire")
_MAVEN = {
    "maven-compiler-plugin": ("arg", "compilerArgument", "enablePreview"),
    "spring-boot-maven-plugin": ("jvmArguments", "jvmArgument"),
    "quarkus-maven-plugin": ("jvmArgs", "jvmArg"),
    "exec-maven-plugin": ("argument", "commandlineArgs"),
    "micronaut-maven-plugin": ("jvmArguments",),
}
MAX_OPTIONS = 40


def put_flags(build: Build, draft: Draft) -> None:
    """Put /jvm_options; a distribution's script already has `applicationDefaultJvmArgs`."""
    found: dict[str, Evidence] = {}
    for says, words in _maven(build) if build.tool == "maven" else _gradle(build, str(draft.values.get("layout"))):
        for option in _options(words):
            if len(found) < MAX_OPTIONS:
                found.setdefault(option, says)
    if found:
        draft.put("jvm_options", Fact(list(found), tuple(dict.fromkeys(found.values()))))


def _gradle(build: Build, layout: str) -> Iterator[tuple[Evidence, list[str]]]:
    for says, item in statements_of(build):
        if not item.path.endswith(_GRADLE) or any(
            block.rsplit(".", 1)[-1].strip("<>") in _TESTS for block in item.blocks
        ):
            continue
        if any("<Test" in block or block[-3:] == "est" for block in item.blocks):
            continue
        if layout == "distribution" and "applicationDefaultJvmArgs" in item.path:
            continue
        words: list[str] = []
        for value in item.arguments:
            words += [str(word) for word in value] if isinstance(value, list) else [str(value)]
        yield says, words


def _maven(build: Build) -> Iterator[tuple[Evidence, list[str]]]:
    pom = read_pom(build.folder)
    for artifact, tags in _MAVEN.items() if pom is not None else ():
        for owner, plugin in pom.configured(artifact) if pom is not None else ():
            items = [item for item in _configuration(plugin) if item.tag in tags or item.tag.startswith("-")]
            words: list[str] = []
            for item in items:
                text = (pom.resolve(item.text) if pom is not None else None) or ""
                words += ["--enable-preview"] if item.tag == "enablePreview" and text == "true" else text.split()
            if items:
                yield owner.folder.says(owner.file, items[0].line, " ".join(words)), words


def _configuration(plugin: Element) -> list[Element]:
    """The configuration for main code, without executions for tests."""
    places = plugin.all("configuration")
    for execution in plugin.all("executions", "execution"):
        goals = " ".join(goal.text for goal in execution.all("goals", "goal"))
        if "test" not in goals.lower() and "test" not in (execution.find_text("id") or "").lower():
            places += execution.all("configuration")
    return [item for place in places for item in descendants(place)]


def _options(words: Iterable[str]) -> Iterator[str]:
    """JVM options among the words, each joined with its value."""
    before = ""
    for word in words:
        text = f"{before}={word}" if before else word
        before = text if text in _WITH_VALUE else ""
        if _OPTION.fullmatch(text):
            yield text
