"""The routes of Nest: its controllers, below the global prefix and the version. Source: docs.nestjs.com, Controllers,
Global prefix, Versioning."""

import re
from collections.abc import Iterator

from msgspec import Struct

from genfile.detect.node.manager import NodeProject
from genfile.detect.routes import GUARD, Routes
from genfile.parsers.javascript import JsModule
from genfile.parsers.jscontrollers import JsController, JsDecorator
from genfile.parsers.values import EnvDefault

Sources = list[tuple[str, JsModule]]
_PACKAGE = "@nestjs/common"
# What stands for all controllers in `Routes`.
_ROOT = ("nest",)
_NEUTRAL = "VERSION_NEUTRAL"
# Decorators that open a route in a program whose guard closes all of them.
_OPEN = re.compile(r"(?i)public|anonymous|unprotected|skip|noauth|allow")
# A guard that counts requests does not ask for a login.
_COUNTS = re.compile(r"Throttl")
_PLAIN = re.compile(r"[\w/.~-]*")


class _Settings(Struct):
    """What holds for all controllers."""

    prefix: str = ""
    excluded: tuple[str, ...] = ()
    versions: dict[str, str] | None = None
    closed: bool = False


def put_controllers(project: NodeProject, sources: Sources, routes: Routes) -> None:
    """Add the routes of the program's controllers; none if something unknown decides where they are."""
    if not any(item.module == _PACKAGE for _, module in sources for item in module.imports):
        return
    settings = _settings(sources)
    if settings is None:
        return
    routes.roots.add(_ROOT)
    for name, module in sources:
        for controller in module.controllers:
            for path, line, checks in _paths(controller, settings):
                routes.route(_ROOT, path, project.folder.says(name, line, f"GET {path}"), checks=checks)


def _settings(sources: Sources) -> _Settings | None:
    """The global prefix, the versioning, a guard for everything; None if one of them is unknown."""
    settings = _Settings()
    for _, module in sources:
        if module.given_to("apply") and any(_asks(item) for _, given in module.given_to("apply") for item in given):
            return None
        if any(call.callee == "RouterModule.register" for call in module.calls):
            return None
        settings.closed |= any(_asks(item) for _, given in module.given_to("useGlobalGuards") for item in given)
        settings.closed |= module.provides_guard
        for _, given in module.given_to("setGlobalPrefix"):
            prefix = _text(given[0].value) if given else None
            excluded = _excluded(given[1]) if len(given) > 1 else ()
            if prefix is None or excluded is None:
                return None
            settings.prefix, settings.excluded = prefix, excluded
        for _, given in module.given_to("enableVersioning"):
            settings.versions = dict(given[0].texts) if given else {}
    return settings


def _asks(item: JsDecorator) -> bool:
    return bool(GUARD.search(item.text)) and not _COUNTS.search(item.text)


def _excluded(given: JsDecorator) -> tuple[str, ...] | None:
    """The paths that the global prefix leaves alone; None if one is unknown or a pattern."""
    if "exclude" not in given.texts:
        return ()
    listed = given.value.get("exclude") if isinstance(given.value, dict) else None
    paths = (
        [item.get("path") if isinstance(item, dict) else item for item in listed] if isinstance(listed, list) else []
    )
    known = [item.strip("/") for item in paths if isinstance(item, str) and _PLAIN.fullmatch(item)]
    return tuple(known) if isinstance(listed, list) and len(known) == len(listed) else None


def _paths(controller: JsController, settings: _Settings) -> Iterator[tuple[str, int, bool]]:
    """The paths of a controller that anybody may get: each with its line, and whether it is one of Terminus."""
    own = {item.name: item for item in controller.decorators}
    base = own.get("Controller")
    if base is None:
        return
    folder = _path(base)
    for handler in controller.handlers:
        each = {item.name: item for item in handler.decorators}
        get = each.get("Get") or each.get("All")
        below = _path(get) if get is not None else None
        if folder is None or below is None or _is_closed((*controller.decorators, *handler.decorators), settings):
            continue
        stated = each["Version"].text if "Version" in each else base.texts.get("version") or _version_of(own)
        version = _version(stated, settings)
        if version is None:
            continue
        path = _joined(folder, below)
        prefix = "" if path.strip("/") in settings.excluded else settings.prefix
        yield _joined(prefix, version, path), handler.line, "HealthCheck" in each


def _joined(*parts: str) -> str:
    return "/" + "/".join(part.strip("/") for part in parts if part.strip("/"))


def _version_of(own: dict[str, JsDecorator]) -> str | None:
    return own["Version"].text if "Version" in own else None


def _version(stated: str | None, settings: _Settings) -> str | None:
    """The part of the path for a version, empty if there is none; None if it is unknown or asked for in a header."""
    if settings.versions is None:
        return ""
    text = stated or settings.versions.get("defaultVersion", _NEUTRAL)
    if _NEUTRAL in text:
        return ""
    found = re.fullmatch(r"""\[?\s*["']([\w.-]+)["'].*""", text, re.DOTALL)
    if found is None or settings.versions.get("type", "VersioningType.URI") != "VersioningType.URI":
        return None
    prefix = settings.versions.get("prefix", "'v'")
    return found[1] if prefix == "false" else prefix.strip("'\"") + found[1] if prefix[:1] in "'\"" else None


def _is_closed(decorators: tuple[JsDecorator, ...], settings: _Settings) -> bool:
    if any(item.name == "UseGuards" and _asks(item) for item in decorators):
        return True
    return settings.closed and not any(_OPEN.search(item.name) for item in decorators)


def _path(given: JsDecorator) -> str | None:
    """The path that a decorator names: a text, the first of several, or `path` of an object."""
    value = given.value.get("path", "") if isinstance(given.value, dict) else given.value
    value = value[0] if isinstance(value, list) and value else value
    return "" if value is None and not given.text else _text(value)


def _text(value: object) -> str | None:
    value = value.last if isinstance(value, EnvDefault) else value
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else None
