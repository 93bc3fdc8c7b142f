"""The Tomcat version for a war, and what a war needs that Tomcat does not have."""

import itertools
import re
from collections.abc import Callable

from genfile.detect.java.build import Build, BuildDependency
from genfile.detect.java.life import source_names
from genfile.evidence import Draft, Evidence, Fact

MAX_SOURCES = 200
MAX_PAGES = 60
# Which line has which API: https://tomcat.apache.org/whichversion.html. Up to 9.0 it is javax.servlet.
OLD, MIDDLE, NEW = "9.0", "10.1", "11.0"
_JAVAX = ("javax.servlet", "javax:javaee-api", "javax:javaee-web-api", "javax.servlet.jsp")
_JAKARTA = ("jakarta.servlet:jakarta.servlet-api", "jakarta.platform")
# Imports that need an application server: enterprise beans, its transactions, its message queues.
_SERVER_IMPORTS = re.compile(
    r"^\s*import\s+(?:static\s+)?(?:javax|jakarta)\.(ejb|jms|transaction\.UserTransaction)\b", re.M
)
_SERVLET_IMPORT = re.compile(r"\b(javax|jakarta)\.servlet\b")
_SERVER_PLUGINS = (
    "org.wildfly.plugins", "io.openliberty.tools", "fish.payara.maven.plugins", "org.glassfish.embedded",
    "org.apache.tomee.maven", "org.jboss.as.plugins",
)  # fmt: skip
Signal = Callable[[Build, int], Fact[str] | None]


def tomcat_line(build: Build, draft: Draft) -> Fact[str]:
    """Tomcat's release line by the first signal; never one that needs a newer Java than the project has."""
    text = str(draft.values["runtime"]["version"])
    java = int(text) if text.isdigit() else 17
    _tell_of_more(build, draft)
    found = next((fact for signal in SIGNALS if (fact := signal(build, java)) is not None), Fact(NEW))
    newest = OLD if java < 11 else MIDDLE if java < 17 else NEW
    return found if (OLD, MIDDLE, NEW).index(found.value) <= (OLD, MIDDLE, NEW).index(newest) else found.but(newest)


def _by_library(build: Build, java: int) -> Fact[str] | None:
    """javax.servlet among the dependencies."""
    old = build.find(*_JAVAX)
    return Fact(OLD, (old.evidence,)) if old is not None else None


def _by_version(build: Build, java: int) -> Fact[str] | None:
    """The version of jakarta.servlet: below 6.1 it is Tomcat 10.1, below 5 still javax.servlet."""
    api = build.find(*_JAKARTA)
    if api is None:
        return None
    if api.version is not None and api.version.startswith(("4.", "8.")):
        return Fact(OLD, (api.evidence,))
    before = api.version is not None and api.version.startswith(("5.", "6.0", "9.", "10."))
    return Fact(MIDDLE if before else NEW, (api.evidence,))


def _by_spring(build: Build, java: int) -> Fact[str] | None:
    """The version of Spring Boot or of Spring's own web module."""
    boot = build.versioned("org.springframework.boot")
    if boot is not None:
        return Fact(_of_major(boot, 3, 4), (boot.evidence,))
    web = build.versioned("org.springframework:spring-webmvc", "org.springframework:spring-web")
    return Fact(_of_major(web, 6, 7), (web.evidence,)) if web is not None else None


def _by_imports(build: Build, java: int) -> Fact[str] | None:
    """The API that the sources and pages import, if no library names it since the development environment has it."""
    folder = build.folder
    pages = itertools.islice(folder.files("*.jsp", below="src/main/webapp", depth=6), MAX_PAGES)
    for name in (*source_names(folder)[:MAX_SOURCES], *pages):
        match = _SERVLET_IMPORT.search(folder.text(name) or "")
        if match is not None:
            line = (folder.text(name) or "")[: match.start()].count("\n") + 1
            return folder.fact(OLD if match[1] == "javax" else MIDDLE, name, line, match[0])
    return None


SIGNALS: tuple[Signal, ...] = (_by_library, _by_version, _by_spring, _by_imports)


def _of_major(item: BuildDependency, middle: int, new: int) -> str:
    major = int((re.match(r"\d{1,4}", item.version or "") or ["0"])[0])
    return OLD if major < middle else MIDDLE if major < new else NEW


def _tell_of_more(build: Build, draft: Draft) -> None:
    """Warn if a war needs an application server: Tomcat only has servlets and pages."""
    found = _application_server(build)
    if found is not None:
        text = (
            f"{found}: needs an application server (WildFly, Payara, Open Liberty, TomEE), but the image has Tomcat, "
            "which runs only servlets"
        )
        draft.note("warning", text, found.path, found.line)


def _application_server(build: Build) -> Evidence | None:
    plugin = build.find(*_SERVER_PLUGINS)
    if plugin is not None:
        return plugin.evidence
    for name in source_names(build.folder)[:MAX_SOURCES]:
        text = build.folder.text(name) or ""
        match = _SERVER_IMPORTS.search(text) if ".ejb" in text or ".jms" in text or "UserTransaction" in text else None
        if match is not None:
            return build.folder.says(name, text[: match.start(1)].count("\n") + 1, match[0].strip())
    return None
