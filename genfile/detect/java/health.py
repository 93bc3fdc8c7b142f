"""The health endpoint of a JVM framework: its path, and its port if that is a separate one."""

import posixpath
import re

from genfile.detect.java.build import Build
from genfile.detect.java.routes import code_health
from genfile.detect.java.settings import find_setting
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.values import port_number


def put_health(build: Build, draft: Draft, framework: str) -> None:
    """Put /health if the module that answers is a dependency and its address is known."""
    coded = code_health(build, framework)
    if coded is not None:
        draft.put("health", coded.but({"path": coded.value}))
        return
    finder = {"spring-boot": _spring, "quarkus": _quarkus, "micronaut": _micronaut}.get(framework)
    found = finder(build) if finder is not None else None
    if found is None:
        return
    path, port, evidence = found
    mail = _asks_mail(build) if framework == "spring-boot" else None
    if mail is not None and _has_probes(build):
        path, evidence = _join(path, "liveness"), mail
    elif mail is not None:
        text = (
            f"{mail}: {path} is down while that mail server is, so the health check only opens the port; for more, set"
        )
        draft.note("info", f"{text} management.endpoint.health.probes.enabled to true", mail.path, mail.line)
        return
    if port == draft.values.get("port"):
        port = None
    draft.put("health", Fact({"path": path}, (evidence,)))
    draft.put("health_port", Fact(port, (evidence,)) if port is not None else None)


Found = tuple[str, int | None, Evidence]


def _text(build: Build, *keys: str) -> str | None:
    """A setting's default value; `` if only a variable has it."""
    found = find_setting(build.folder, *keys)
    return None if found is None else (found.value.value or "")


def _join(*parts: str) -> str:
    """URL paths joined, each below the one before."""
    return "/" + "/".join(part.strip("/") for part in parts if part.strip("/"))


def _below(base: str, path: str) -> str:
    """A path below another, unless it is absolute."""
    return _join(path) if path.startswith("/") else _join(base, path)


def _spring(build: Build) -> Found | None:
    """/actuator/health: below the context path on the program's port, below its base path on another."""
    actuator = build.find("org.springframework.boot:spring-boot-starter-actuator")
    major = _major(build)
    if actuator is not None and major is not None and major < 2:
        return _first_spring(build, actuator.evidence)
    switched_off = ("management.endpoint.health.enabled", "management.endpoints.enabled-by-default")
    if actuator is None or any(_text(build, key) == "false" for key in switched_off):
        return None
    if _text(build, "management.endpoint.health.access") == "none":
        return None
    excluded = _text(build, "management.endpoints.web.exposure.exclude") or ""
    included = _text(build, "management.endpoints.web.exposure.include")
    if (
        "health" in excluded
        or excluded.strip() == "*"
        or (included and "*" not in included and "health" not in included)
    ):
        return None
    base = _text(build, "management.endpoints.web.base-path")
    mapped = _text(build, "management.endpoints.web.path-mapping.health") or "health"
    path = _join("actuator" if base is None else base, mapped)
    port = _text(build, "management.server.port")
    if port is None:
        context = _text(build, "server.servlet.context-path", "spring.webflux.base-path") or ""
        return _join(context, _text(build, "spring.mvc.servlet.path") or "", path), None, actuator.evidence
    number = port_number(port)
    if number is None:
        return None
    own = _text(build, "management.server.base-path", "management.server.servlet.context-path") or ""
    return _join(own, path), number, actuator.evidence


def _first_spring(build: Build, says: Evidence) -> Found | None:
    """/health of Spring Boot 1, with no /actuator before it; none where Spring Security may ask for a login.

    https://docs.spring.io/spring-boot/docs/1.5.x/reference/html/production-ready-endpoints.html
    """
    off = any(_text(build, key) == "false" for key in ("endpoints.health.enabled", "endpoints.enabled"))
    if off or build.find("org.springframework.boot:spring-boot-starter-security", "org.springframework.security"):
        return None
    own = _text(build, "endpoints.health.path") or _text(build, "endpoints.health.id") or "health"
    path = _join(_text(build, "management.context-path") or "", own)
    port = _text(build, "management.port")
    if port is None:
        above = (_text(build, key) or "" for key in ("server.context-path", "server.servlet-path"))
        return _join(*above, path), None, says
    number = port_number(port)
    return (path, number, says) if number is not None else None


def _asks_mail(build: Build) -> Evidence | None:
    """The setting with the mail server that the health endpoint asks; its answer stands for the program's."""
    host = find_setting(build.folder, "spring.mail.host")
    if host is None or build.find("org.springframework.boot:spring-boot-starter-mail") is None:
        return None
    own = _text(build, "management.health.mail.enabled")
    asks = own if own is not None else _text(build, "management.health.defaults.enabled")
    return host.evidence[0] if asks != "false" else None


def _has_probes(build: Build) -> bool:
    """Whether there is /liveness below the endpoint: from Spring Boot 4 on, unless it is turned off.

    https://github.com/spring-projects/spring-boot/issues/22825
    """
    stated = _text(build, "management.endpoint.health.probes.enabled")
    major = _major(build)
    return stated == "true" or (stated is None and major is not None and major >= 4)


def _major(build: Build) -> int | None:
    """Spring Boot's major version, if the build states it."""
    boot = build.versioned("org.springframework.boot")
    match = re.match(r"\d{1,4}", (boot.version if boot is not None else None) or "")
    return int(match[0]) if match is not None else None


def _quarkus(build: Build) -> Found | None:
    """/q/health/live below the root path, since /q/health is down while a database is; on port 9000 if the management
    interface is on."""
    health = build.find("io.quarkus:quarkus-smallrye-health")
    if health is None or _text(build, *_profiles("quarkus.smallrye-health.enabled")) == "false":
        return None
    own = _text(build, *_profiles("quarkus.smallrye-health.root-path")) or "health"
    live = _text(build, *_profiles("quarkus.smallrye-health.liveness-path")) or "live"
    own = live if live.startswith("/") else f"{own.rstrip('/')}/{live}"
    managed = _text(build, *_profiles("quarkus.management.enabled")) == "true"
    if managed and _text(build, *_profiles("quarkus.smallrye-health.management.enabled")) != "false":
        port = _text(build, *_profiles("quarkus.management.port"))
        number = 9000 if port is None else port_number(port)
        root = _text(build, *_profiles("quarkus.management.root-path"))
        tls = find_setting(build.folder, "quarkus.management.ssl.certificate.key-store-file")
        if number is None or tls is not None:
            return None
        return _below("/q" if root is None else root, own), number, health.evidence
    root = _text(build, *_profiles("quarkus.http.root-path")) or "/"
    other = _text(build, *_profiles("quarkus.http.non-application-root-path"))
    return _below(_below(root, "q" if other is None else (other or "/")), own), None, health.evidence


def _profiles(key: str) -> tuple[str, str]:
    """A key in production: in its profile, else in all."""
    return f"%prod.{key}", key


def _micronaut(build: Build) -> Found | None:
    """/health below the context path, on the endpoints' port if they have one."""
    management = build.find("io.micronaut:micronaut-management")
    if management is None or "false" in (
        _text(build, "endpoints.health.enabled"),
        _text(build, "endpoints.all.enabled"),
    ):
        return None
    context = _text(build, "micronaut.server.context-path") or ""
    base = _text(build, "endpoints.all.path") or ""
    port = _text(build, "endpoints.all.port")
    number = port_number(port) if port is not None else None
    if port is not None and number is None:
        return None
    path = _join("" if number is not None else context, base, _text(build, "endpoints.health.id") or "health")
    return posixpath.normpath(path), number, management.evidence
