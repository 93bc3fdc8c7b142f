"""How Spring Boot's plugin packages a jar: the goal that does it, and its layers in the order of copying."""

import itertools

from msgspec import Struct

from genfile.detect.java.build import Build
from genfile.detect.java.life import main_files
from genfile.detect.java.pom import Pom, descendants, read_pom
from genfile.detect.java.scripts import find_value, statements_of
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.xml import Element, parse_xml

BOOT_PLUGIN = "spring-boot-maven-plugin"
# The goal that turns a plain jar into a program; Spring Boot's own parent binds it to `package`.
REPACKAGE = "spring-boot:repackage"
_BASES = ("${project.basedir}/", "${basedir}/", "${project.baseDir}/", "./")


def put_layers(build: Build, draft: Draft) -> None:
    """Put /layers if they are not the standard ones; none if they are turned off or can't be extracted."""
    if draft.values.get("layout") != "spring-boot":
        return
    for signal in SIGNALS:
        fact = signal(build)
        if fact is not None:
            draft.put("layers", fact)
            return
    version = str(draft.values.get("framework_version") or "")
    if version.split(".")[:2] == ["2", "3"] and not _switched_on(build):
        draft.put("layers", Fact([], draft.evidence["/framework_version"].evidence))


class Thin(Struct, frozen=True):
    """Why `package` leaves a jar without its libraries, which can't start by itself."""

    evidence: Evidence
    skipped: bool
    """Whether the goal is bound, but told to do nothing."""


def why_thin(pom: Pom) -> Thin | None:
    """Why no execution of Spring Boot's plugin repackages the jar; None if one does, or the module lacks the plugin. A
    parent outside of the tree may bind the goal; of those, only spring-boot-dependencies is known not to."""
    applied = pom.plugin(BOOT_PLUGIN)
    if applied is None:
        return None
    bound = _bound(pom)
    if not bound:
        return Thin(applied[0].folder.says(applied[0].file, applied[1].line, BOOT_PLUGIN), skipped=False)
    said = [_skip(pom, name) for name in bound]
    skipping = [item for item in said if item is not None]
    return Thin(skipping[0], skipped=True) if len(skipping) == len(said) else None


def _executions(pom: Pom) -> list[tuple[Pom, Element, str]]:
    """The executions of Spring Boot's plugin with their ids, strongest first; one id may be configured repeatedly."""
    return [
        (owner, item, item.find_text("id") or "default")
        for owner, plugin in pom.configured(BOOT_PLUGIN)
        for item in plugin.all("executions", "execution")
    ]


def _bound(pom: Pom) -> list[str]:
    """The ids of the executions that repackage the jar."""
    found = _executions(pom)
    names = {name for _, item, name in found if any(goal.text == "repackage" for goal in item.all("goals", "goal"))}
    parent = pom.chain[-1].root.child("parent")
    if parent is not None and parent.find_text("artifactId") != "spring-boot-dependencies":
        # The id under which Spring Boot's own parent, and those built on it, bind the goal.
        names.add("repackage")
    return sorted(names - {name for _, item, name in found if item.find_text("phase") == "none"})


def _skip(pom: Pom, name: str) -> Evidence | None:
    """What tells an execution to do nothing: its own configuration, the plugin's, then the property."""
    own = [(owner, item) for owner, item, other in _executions(pom) if other == name]
    for owner, item in (*own, *pom.configured(BOOT_PLUGIN)):
        skip = item.child("configuration", "skip")
        if skip is not None:
            says = owner.folder.says(owner.file, skip.line, f"{BOOT_PLUGIN}: skip is {skip.text}")
            return says if pom.resolve(skip.text) == "true" else None
    text, place = pom.properties.get("spring-boot.repackage.skip", ("", None))
    return place if pom.resolve(text) == "true" else None


MAX_MAINS = 12


def boot_main(pom: Pom) -> Fact[str] | None:
    """The class that starts a Spring Boot program: the one that the plugin or a property names, else the only one whose
    code starts Spring, else the only one with a `main`."""
    for owner, plugin in pom.configured(BOOT_PLUGIN):
        item = plugin.child("configuration", "mainClass")
        name = pom.resolve(item.text) if item is not None else None
        if item is not None and name:
            return Fact(name, (owner.folder.says(owner.file, item.line, f"mainClass {name}"),))
    if "start-class" in pom.properties:
        text, says = pom.properties["start-class"]
        name = pom.resolve(text)
        return Fact(name, (says,)) if name else None
    mains = list(itertools.islice(main_files(pom.folder), MAX_MAINS))
    spring = [item for item in mains if any(word in (pom.folder.text(item[0]) or "") for word in _STARTS)]
    found = spring or mains
    return pom.folder.fact(found[0][1], found[0][0], None, f"main of {found[0][1]}") if len(found) == 1 else None


_STARTS = ("SpringApplication", "SpringBootApplication", "runApplication")


def tell_of_goal(build: Build, draft: Draft) -> None:
    """Warn of a build that only makes a program because genfile names the goal, or the main class and its libraries."""
    pom = read_pom(build.folder) if build.tool == "maven" and (build.goals or build.named) else None
    thin = why_thin(pom) if pom is not None and build.packaging == "jar" else None
    if thin is None:
        return
    if thin.skipped:
        reason, mend = "nothing repackages the jar", "Remove the skip"
    else:
        reason, mend = "no execution repackages the jar", "Bind the goal repackage to an execution"
    if build.main_class is not None:
        means = f"image starts {build.main_class.value} with its libraries beside the jar"
    else:
        means = f"image's build also runs {REPACKAGE}"
    says = thin.evidence
    text = f"{says}: {reason}, so `mvn package` alone leaves one that can't start; the {means}. {mend}"
    draft.note("warning", text, says.path, says.line)


def _switched_off(build: Build) -> Fact[list[str]] | None:
    """`layered { enabled = false }`, `<layers><enabled>false`, or a jar without the tools that extract them."""
    if build.tool == "gradle":
        paths = ("layered.enabled", "layered.isEnabled", "layered.includeLayerTools", "bootJar.includeTools")
        for path in paths:
            found = find_value(build, path)
            if found is not None and str(found[0]).lower() == "false":
                return Fact([], (found[1],))
        return None
    for owner, layers in _elements(build, "layers"):
        for name in ("enabled", "includeLayerTools"):
            child = layers.child(name)
            if child is not None and _resolved(build, child) == "false":
                return Fact([], (owner.folder.says(owner.file, child.line, f"layers: {name} is false"),))
    for owner, tools in _elements(build, "includeTools"):
        if _resolved(build, tools) == "false":
            return Fact([], (owner.folder.says(owner.file, tools.line, "includeTools is false"),))
    return None


def _ordered(build: Build) -> Fact[list[str]] | None:
    """`layerOrder` in the Gradle script; none if it is computed."""
    if build.tool != "gradle":
        return None
    found = find_value(build, "layered.layerOrder")
    if found is not None:
        return Fact(_names(found[0]), (found[1],))
    custom = next((says for says, item in statements_of(build) if "intoLayer" in item.name), None)
    return Fact([], (custom,)) if custom is not None else None


def _configured(build: Build) -> Fact[list[str]] | None:
    """`layerOrder` in the file of `<layers><configuration>`; none if it can't be read."""
    if build.tool != "maven":
        return None
    for owner, layers in _elements(build, "layers"):
        child = layers.child("configuration")
        if child is None or not child.text:
            continue
        says = owner.folder.says(owner.file, child.line, f"layers: {child.text}")
        return _of_file(build.folder, child.text, says)
    return None


def _of_file(folder: Project, text: str, says: Evidence) -> Fact[list[str]]:
    for base in _BASES:
        text = text.removeprefix(base)
    root = folder.parse(parse_xml, text) if "$" not in text and folder.has(text) else None
    listed = [item.text for item in root.all("layerOrder", "layer")] if root is not None else []
    order = root.child("layerOrder") if root is not None else None
    more = (folder.says(text, order.line, "layerOrder"),) if order is not None else ()
    return Fact(_names(listed), (says, *more))


SIGNALS = (_switched_off, _ordered, _configured)


def _switched_on(build: Build) -> bool:
    """Spring Boot 2.3 only creates layers when told to."""
    if build.tool == "maven":
        return any(_resolved(build, item.child("enabled")) == "true" for _, item in _elements(build, "layers"))
    return any(item.name == "layered" or "layered" in item.blocks for _, item in statements_of(build))


def _names(value: object) -> list[str]:
    """Layer names that are valid in a COPY; none if one isn't, or is not a plain text."""
    names = [str(item) for item in value] if isinstance(value, list) else []
    plain = all(name.replace("-", "").replace("_", "").replace(".", "").isalnum() and name.islower() for name in names)
    return names if plain and len(names) == len(set(names)) and len(names) <= 20 else []


def _elements(build: Build, tag: str) -> list[tuple[Pom, Element]]:
    """The elements of that name in the configuration of Spring Boot's plugin, strongest first."""
    pom = read_pom(build.folder)
    found = pom.configured(BOOT_PLUGIN) if pom is not None else []
    return [(owner, item) for owner, plugin in found for item in descendants(plugin) if item.tag == tag]


def _resolved(build: Build, element: Element | None) -> str | None:
    pom = read_pom(build.folder)
    return pom.resolve(element.text) if pom is not None and element is not None else None
