"""A Maven build's requirements on its JDK, and the Maven version of its wrapper."""

import re

from genfile.detect.java.pom import descendants, read_pom
from genfile.detect.tree import Project
from genfile.evidence import Fact


def enforced(folder: Project) -> Fact[str] | None:
    """The Java range that the enforcer plugin's requireJavaVersion sets."""
    pom = read_pom(folder)
    for owner, item in (*pom.plugins(), *pom.managed_plugins()) if pom is not None else ():
        if item.find_text("artifactId") != "maven-enforcer-plugin":
            continue
        for element in descendants(item):
            if element.tag == "requireJavaVersion" and pom is not None:
                text = pom.resolve(element.find_text("version"))
                if text:
                    return Fact(text, (owner.folder.says(owner.file, element.line, f"requireJavaVersion {text}"),))
    return None


def maven_wrapper(root: Project) -> Fact[str] | None:
    """The Maven that the wrapper downloads."""
    from genfile.parsers.data import parse_properties

    name = ".mvn/wrapper/maven-wrapper.properties"
    settings = root.parse(parse_properties, name) if root.has(name) else None
    match = re.search(r"apache-maven-(\d+(?:\.\d+)+)", settings.text("distributionUrl") or "") if settings else None
    return (
        root.fact(match[1], name, settings.line("distributionUrl"), f"Maven {match[1]}") if settings and match else None
    )
