"""Private library repositories: the build's credentials, as build secrets."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from genfile.detect.hosting import hosting
from genfile.detect.java.build import Build
from genfile.detect.java.gradle import SETTINGS, read_script
from genfile.detect.java.pom import read_pom
from genfile.detect.java.scripts import scripts_of
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.gradle_reads import OutsideValue, credentials

MAX_SECRETS = 20
MAX_FILES = 40
_VARIABLE = re.compile(r"\$\{env\.([A-Za-z_][A-Za-z0-9_]*)\}")
# Variables that every shell has.
_USUAL = frozenset({"HOME", "USER", "PATH", "PWD", "HOSTNAME", "JAVA_HOME", "M2_HOME", "MAVEN_HOME"})
_SETTINGS = re.compile(r"(?:^|\s)(?:-s|--settings|-gs|--global-settings)(?:[ =]|$)\s*[\"']?([\w./${}-]+\.xml)")
_CI = (".gitlab-ci.yml", "Jenkinsfile", ".travis.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml",
       ".circleci/config.yml", ".drone.yml", "Makefile", "cloudbuild.yaml")  # fmt: skip
_HOSTS = re.compile(
    r"(?:^|\.)(?:maven\.pkg\.github\.com|pkgs\.dev\.azure\.com|pkg\.dev|amazonaws\.com|jfrog\.io|cloudsmith\.io|myget\.org"
    r"|internal|corp|local|lan|intra|intranet)$|^(?:nexus|artifactory|artifacts|packages)\d*[.-]"
)
_PACKAGES = re.compile(r"/api/v4/.*/packages/maven|codeartifact")


def put_private(build: Build, draft: Draft) -> None:
    """Put /secrets and /settings, with a warning that says how to pass the secrets."""
    found = _gradle(build) if build.tool == "gradle" else _maven(build, draft)
    secrets: dict[str, tuple[dict[str, str], Evidence]] = {}
    for secret, says in found:
        if len(secrets) < MAX_SECRETS:
            secrets.setdefault(secret["id"], (secret, says))
    if not secrets:
        return
    draft.put("secrets", Fact([item for item, _ in secrets.values()], tuple(says for _, says in secrets.values())))
    says = next(iter(secrets.values()))[1]
    told = " ".join(_told(item) for item, _ in secrets.values())
    draft.note("warning", f"{says}: private repository; build with {told}", says.path, says.line)


def _told(secret: dict[str, str]) -> str:
    if secret["kind"] == "variable":
        return f"--secret id={secret['id']},env={secret['variable']}"
    place = "$HOME/.gradle/gradle.properties" if secret["kind"] == "gradle-properties" else "$HOME/.m2/settings.xml"
    return f"--secret id={secret['id']},src={place}"


def _variable(name: str) -> dict[str, str] | None:
    identity = name.lower().lstrip("_")
    plain = re.fullmatch(r"[a-z][a-z0-9_]{0,62}", identity) is not None
    return {"id": identity, "kind": "variable", "variable": name} if plain else None


def _gradle(build: Build) -> Iterator[tuple[dict[str, str], Evidence]]:
    """A Gradle build's secrets: environment variables by name; for properties, the user's own gradle.properties."""
    scripts = scripts_of(build)
    settings = read_script(build.root, SETTINGS)
    if settings is not None:
        scripts.append((build.root, *settings))
    for folder, name, script in scripts:
        lookups = credentials(script)
        variables = [item for item in lookups if not item.property and item.name not in _USUAL]
        for item in variables:
            secret = _variable(item.name)
            if secret is not None:
                yield secret, folder.says(name, item.line, f"credentials of {item.name}")
        properties = [item for item in lookups if item.property and not variables]
        properties += [
            OutsideValue("credentials", True, item.line)
            for item in script.statements
            if item.name == "credentials" and "PasswordCredentials" in str(item.arguments[:1])
            and "publishing" not in item.blocks and not variables
        ]  # fmt: skip
        for item in [item for item in properties if not _in_tree(build.root, item.name)][:1]:
            says = folder.says(name, item.line, f"credentials of the property {item.name}")
            yield {"id": "gradle_properties", "kind": "gradle-properties"}, says


def _in_tree(root: Project, name: str) -> bool:
    """Whether the project's own gradle.properties sets a property."""
    from genfile.parsers.data import parse_properties

    known = root.parse(parse_properties, "gradle.properties") if root.has("gradle.properties") else None
    return known is not None and known.get(name) is not None


def _maven(build: Build, draft: Draft) -> Iterator[tuple[dict[str, str], Evidence]]:
    """A Maven build's secrets: the variables in the tree's settings.xml; without one, the user's own settings.xml if a
    repository is private."""
    path, told = _settings(build.root)
    if path is not None:
        text = build.root.text(path) or ""
        if told is not None:
            draft.put("settings", Fact(build.root.full(path), (told,)))
        for number, line in enumerate(text.splitlines(), 1):
            for name in _VARIABLE.findall(line):
                secret = _variable(name) if name not in _USUAL else None
                if secret is not None:
                    yield secret, build.root.says(path, number, f"${{env.{name}}}")
        return
    pom = read_pom(build.folder)
    for owner in pom.chain if pom is not None else ():
        repositories = owner.root.all("repositories", "repository")
        repositories += owner.root.all("pluginRepositories", "pluginRepository")
        for item in repositories:
            url = (pom.resolve(item.find_text("url")) if pom is not None else None) or ""
            if _is_private(url):
                says = owner.folder.says(owner.file, item.line, f"repository {url}")
                yield {"id": "maven_settings", "kind": "maven-settings"}, says


def _is_private(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in ("s3", "gs", "artifactregistry") or bool(_HOSTS.search(host) or _PACKAGES.search(url))


def _settings(root: Project) -> tuple[str | None, Evidence | None]:
    """The settings.xml in the tree that Maven is started with; with evidence if a flag must name it."""
    config = " ".join((root.text(".mvn/maven.config") or "").split()) if root.has(".mvn/maven.config") else ""
    for match in _SETTINGS.finditer(config):
        path = _plain(root, match[1])
        if path is not None:
            return path, None
    base = Project(root.tree, "")
    paths = [base.full(name) for name in _CI if base.has(name)] + hosting(root).dockerfiles
    paths += [f".github/workflows/{name}" for name in root.tree.folders.get(".github/workflows", ())]
    for path in paths[:MAX_FILES]:
        for number, line in enumerate((root.tree.text(path) or "").splitlines(), 1):
            for match in _SETTINGS.finditer(line) if ".xml" in line else ():
                name = _plain(root, match[1])
                if name is not None:
                    return name, Evidence(path, number, line.strip()[:100])
    return None, None


def _plain(root: Project, text: str) -> str | None:
    name = re.sub(r"^(?:\$\{?[\w.]+\}?/|\./)", "", text)
    return name if "$" not in name and root.has(name) else None
