"""The flags with which a Quarkus build leaves its folder of layers and does nothing else."""

import re

from genfile.detect.java.build import Build
from genfile.detect.java.documents import lookup, read_settings
from genfile.detect.java.pom import read_pom
from genfile.detect.java.settings import find_setting

# The first version that creates the folder by default; earlier ones create a jar beside its libraries.
# https://github.com/quarkusio/quarkus/wiki/Migration-Guide-1.12
_FOLDER_BY_DEFAULT = (1, 12)
# What a build may also do with images and clusters; it needs an engine or a login, which an image build lacks.
# https://quarkus.io/guides/container-image https://quarkus.io/guides/deploying-to-kubernetes
_BESIDES = (
    *("quarkus.container-image.build", "quarkus.container-image.push"),
    *("quarkus.kubernetes.deploy", "quarkus.openshift.deploy", "quarkus.knative.deploy"),
)


def quarkus_flags(build: Build) -> list[str]:
    """Flags that replace a single jar or a native program with a folder of good layers, and that keep the build from
    building, pushing or deploying images of its own."""
    return [*_form(build), *(f"-D{key}=false" for key in _BESIDES if _is_on(build, key))]


def _form(build: Build) -> list[str]:
    found = find_setting(build.folder, "quarkus.package.jar.type")
    if found is not None and found.value.value not in (None, "fast-jar"):
        return ["-Dquarkus.package.jar.type=fast-jar"]
    found = find_setting(build.folder, "quarkus.package.type")
    if found is not None and found.value.value not in (None, "fast-jar", "jar"):
        return ["-Dquarkus.package.type=fast-jar"]
    if _is_old(build) and (found is None or found.value.value != "fast-jar"):
        return ["-Dquarkus.package.type=fast-jar"]
    found = find_setting(build.folder, "quarkus.native.enabled")
    return ["-Dquarkus.native.enabled=false"] if found is not None and found.value.value == "true" else []


def _is_old(build: Build) -> bool:
    """Whether the plugin's version creates a jar beside its libraries by default."""
    plugins = (item for item in build.dependencies if item.plugin and item.group.startswith("io.quarkus"))
    match = next((re.match(r"(\d+)\.(\d+)\.", item.version) for item in plugins if item.version), None)
    return match is not None and (int(match[1]), int(match[2])) < _FOLDER_BY_DEFAULT


def _is_on(build: Build, key: str) -> bool:
    """Whether the production configuration, or a Maven property, which the plugin also reads, says `true`. A key that
    one file turns on and another off is turned off once more, which changes nothing."""
    said = [lookup(document, name)[0] for _, document in read_settings(build.folder) for name in (f"%prod.{key}", key)]
    pom = read_pom(build.folder) if build.tool == "maven" else None
    if pom is not None and key in pom.properties:
        said.append(pom.resolve(pom.properties[key][0]))
    return any(str(value).lower() == "true" for value in said)
