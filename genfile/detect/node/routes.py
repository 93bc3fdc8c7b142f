"""The routes of a Node service: Express, Koa, Fastify, Hono, Elysia, with their routers and the routers' prefixes."""

import posixpath
import re
from collections.abc import Hashable

from genfile.detect.node.autoload import autoloads
from genfile.detect.node.controllers import put_controllers
from genfile.detect.node.framework import read_module
from genfile.detect.node.imports import resolve_import
from genfile.detect.node.manager import NodeProject
from genfile.detect.routes import GUARD, Routes
from genfile.parsers.javascript import JsModule
from genfile.parsers.jsroutes import JsGiven, JsRouted

Sources = list[tuple[str, JsModule]]
# Usual names of an application, used if nothing shows what created it; a call without an owner belongs to one too.
APPLICATIONS = ("", "app", "server", "fastify", "application", "api", "instance", "this.app", "this.server")
# Callees that create an application, and those that create a router, which must be mounted.
_MAKERS = frozenset("express fastify Fastify Koa Hono OpenAPIHono Elysia".split())
_ROUTERS = frozenset({"Router", "KoaRouter"})
_MAY_BE_PATH = re.compile(r"(?i:prefix|path|base|url|route|version)|[`+.\[]|^[A-Z_]+$")


def node_routes(project: NodeProject, sources: Sources) -> Routes:
    """The routes in a program's modules."""
    reader = _Reader(project, sources)
    for name, module in sources:
        reader.module(name, module)
    put_controllers(project, sources, reader.routes)
    _put_answers(project, sources, reader.routes)
    return reader.routes


# Calls that create a server whose handler gets every request.
_SERVERS = ("createServer", "createSecureServer", "Bun.serve", "Deno.serve", "serve")


def _put_answers(project: NodeProject, sources: Sources, routes: Routes) -> None:
    """Record what a program that creates a server of its own answers, behind what its routers do."""
    if any(call.callee.endswith(_SERVERS) for _, module in sources for call in module.calls):
        routes.roots.add(_OWN)
        for name, module in sources:
            for path, line in module.answered:
                routes.route(_OWN, path.rstrip("/"), project.folder.says(name, line, f"it answers {path!r}"))


_OWN = "\0its own server"


class _Reader:
    def __init__(self, project: NodeProject, sources: Sources) -> None:
        self._project = project
        self._modules = dict(sources)
        self.routes = Routes()

    def module(self, name: str, module: JsModule) -> None:
        """Record the calls of a module, and of the modules that it loads by their folder."""
        guarded: dict[Hashable, int] = {}
        for call in module.routed:
            self.call(name, module, call, guarded)
        for loaded in autoloads(self._project, name, module):
            for file, prefix in loaded.files:
                inner = read_module(self._project, file)
                plugin = self._key(file, JsGiven("", module=f"./{posixpath.basename(file)}"))
                owner = self._key(name, JsGiven("", loaded.owner))
                if inner is None or plugin is None or owner is None or file in self._modules:
                    continue
                self._modules[file] = inner
                self.routes.mount(owner, plugin, prefix)
                self.module(file, inner)

    def call(self, name: str, module: JsModule, call: JsRouted, guarded: dict[Hashable, int]) -> None:
        """Record one call. ``guarded``: the module's routers that require a login, with the line where that starts."""
        owner = self._key(name, JsGiven("", call.owner))
        if owner is None:
            return
        if call.method in ("use", "register", "route", "routes", "group") and self._mounts(name, owner, call, guarded):
            return
        if call.method == "use":
            if call.path is None and any(GUARD.search(item.text) for item in call.given):
                guarded.setdefault(owner, call.line)
        elif call.method == "prefix":
            self.routes.own[owner] = call.path
        elif call.path is not None and call.method in ("get", "all", "route") and call.path[:1] in ("/", ""):
            # A lookup, as in a map, has no handler; `route` gets its handlers later.
            handled = call.method == "route" or bool(call.given) or call.path[:1] == "/"
            behind = any(GUARD.search(item.text) for item in call.given[:-1])
            asked = owner in guarded and owner not in self.routes.roots
            if handled and not behind and not asked:
                named = re.split("[@#]", call.owner)[0]
                says = f"{named}.{call.method}({call.path!r})"
                self.routes.route(
                    owner, call.path.rstrip("/"), self._project.folder.says(name, call.line, says.lstrip("."))
                )

    def _mounts(self, name: str, owner: Hashable, call: JsRouted, guarded: dict[Hashable, int]) -> bool:
        """Whether a call mounts routers: `app.use("/api", a)`, `fastify.register(a, { prefix: "/api" })`."""
        keys = [(item, self._key(name, item)) for item in call.given]
        routers = [key for item, key in keys if key is not None and key != owner and self._is_router(key, call.method)]
        if not routers or (call.method == "use" and call.path is None and len(call.given) > len(routers) + 4):
            return False
        others = [item.text for item, key in keys if key not in routers]
        # A name that is neither a router nor a known path: it may be a path or a handler.
        unknown = call.computed and keys[0][1] not in routers and _MAY_BE_PATH.search(call.given[0].text)
        behind = owner in guarded or unknown or any(GUARD.search(text) for text in others)
        prefix = call.prefix if call.method == "register" else call.path or ""
        for key in routers:
            self.routes.mount(owner, key, None if behind else prefix)
        return True

    def _is_router(self, key: Hashable, method: str) -> bool:
        """Whether a key may have routes: it is created as a router or an application, or is a parameter of a function
        that is registered."""
        path, _, name = str(key).partition("\0")
        module = self._modules.get(path) or read_module(self._project, path)
        made = module.made(name) if module is not None else None
        if "@" in name:
            return method in ("register", "group")
        return made is not None and made[0] in (*_ROUTERS, *_MAKERS)

    def _key(self, path: str, given: JsGiven, depth: int = 0) -> str | None:
        """What identifies a router: its module, and its name there."""
        module = self._modules.get(path) or read_module(self._project, path)
        if module is None or depth > 4:
            return None
        base, _, rest = (given.name or "").partition(".")
        if given.module is not None or base in module.bindings:
            source, exported = module.bindings[base] if given.module is None else (given.module, "*")
            target = resolve_import(self._project, path, source)
            exported = rest if exported == "*" and rest else exported
            other = self._modules.get(target) or read_module(self._project, target) if target is not None else None
            if other is None or target is None:
                return None
            found = other.exported_router(exported, given.called)
            return self._key(target, JsGiven("", found), depth + 1) if found is not None else None
        if given.name is None:
            return None
        name = given.name if "@" in given.name else module.router_of(given.name, given.called)
        return self._settled(path, module, name) if name is not None else None

    def _settled(self, path: str, module: JsModule, name: str) -> str:
        """The key of a name in its own module; records what is known about it."""
        key = f"{path}\0{name}"
        made = module.made(name)
        if made is not None and made[0] in (*_ROUTERS, *_MAKERS):
            self.routes.own.setdefault(key, made[1])
            if made[0] not in _ROUTERS:
                self.routes.roots.add(key)
        elif name.partition("@")[0] in APPLICATIONS or name.startswith("#"):
            self.routes.roots.add(key)
        return key
