"""How Spring Boot's plugin packages a jar: the goal that does it, and its layers in the order of copying."""

from genfile.detect.java.build import Build
from genfile.detect.java.documents import left_active
from genfile.detect.java.pom import Pom, descendants, read_pom
from genfile.detect.java.scripts import find_value, statements_of
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.xml import Element, parse_xml

_PLUGIN = "spring-boot-maven-plugin"
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


def lacks_goal(pom: Pom) -> bool:
    """Whether no execution of Spring Boot's plugin repackages the jar, so that `package` alone leaves one that can't
    start. A parent outside of the tree may bind the goal; of those, only spring-boot-dependencies is known not to."""
    parent = pom.chain[-1].root.child("parent")
    if parent is not None and parent.find_text("artifactId") != "spring-boot-dependencies":
        return False
    texts = (item.text for owner in pom.chain for item in descendants(owner.root) if item.tag == "goal")
    return "repackage" not in texts


def tell_of_goal(build: Build, draft: Draft) -> None:
    """Warn of a build that only makes a program because genfile names the goal."""
    says = build.runnable
    if REPACKAGE in build.goals and says is not None:
        text = (
            f"{says}: no execution repackages the jar, so `mvn package` alone leaves one that can't start; the image's "
            f"build also runs {REPACKAGE}. Bind the goal repackage to an execution"
        )
        draft.note("warning", text, says.path, says.line)


def tell_of_profile(build: Build, draft: Draft) -> None:
    """Note a configuration that activates a developer's profile, if there is one for production."""
    found = left_active(build.folder) if draft.values.get("framework") == "spring-boot" else None
    if found is not None:
        says, name = found
        text = f"{says}: the image starts with it too: give SPRING_PROFILES_ACTIVE={name} to the container"
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
    found = pom.configured(_PLUGIN) if pom is not None else []
    return [(owner, item) for owner, plugin in found for item in descendants(plugin) if item.tag == tag]


def _resolved(build: Build, element: Element | None) -> str | None:
    pom = read_pom(build.folder)
    return pom.resolve(element.text) if pom is not None and element is not None else None
