"""A front end that package.json scripts put into a server's folder, or that the server's own build creates."""

import posixpath
from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from genfile.detect.frontend.signals import Served, folders, paths
from genfile.detect.node.manifest import PackageJson, read_package
from genfile.detect.node.scripts import BUILD_PARTS, BUILD_SCRIPTS, MANAGERS, ScriptStep, resolve
from genfile.detect.paths import inside
from genfile.detect.survey import FoundService
from genfile.detect.tree import Project
from genfile.parsers.small import parse_shell

MOVES = frozenset({"mv", "cp", "rsync", "cpr", "ncp", "cpx", "cpy"})
_REMOVES = frozenset({"rm", "rimraf", "del", "del-cli"})
# Wrappers that run the program after them.
_WRAPPERS = frozenset({"shx", "npx", "bunx", "pnpx"})
# Where a Java build takes files for its artifact from.
_RESOURCES = ("src/main/resources/", "src/main/webapp")


class ShellPlace(Struct):
    """A shell's state while a text is followed: its folder, and the folders that it removed."""

    folder: str
    removed: set[str] = field(default_factory=set)

    def at(self, word: str) -> str:
        return _clean(posixpath.join(self.folder, word))

    def follow(self, words: Sequence[str]) -> tuple[str, ...]:
        """The words of the program that a command runs; a change or removal of folders is recorded."""
        own = _program(words)
        if own[:1] == ("cd",) and len(own) == 2:
            self.folder = self.at(own[1])
        elif own and own[0] in _REMOVES:
            self.removed |= {self.at(word) for word in own[1:] if not word.startswith("-")}
        return own


class Move(Struct, frozen=True):
    """A folder that was moved or copied: its destination, and the folder that must exist before."""

    target: str
    room: str


def scripted(server: FoundService, site: Project, output: str) -> Served | None:
    """A package.json script puts the site's build output into the server's folder: the site's own build, or a script
    of the server or of a parent folder."""
    package = read_package(site)
    chain = _build_chain(package) if package is not None else []
    for name in chain:
        move = _moved_by(package, name, output) if package is not None else None
        if package is not None and move is not None and _is_taken(server, site, move.target):
            # The build creates it there itself: its stage must have the folder.
            return Served(site, move.target, package.says("scripts", name), output=move.target, room=move.room)
    for other in _packages(server.project, site):
        for name in other.scripts:
            move = _moved_by(other, name, output) if other.project.path != site.path or name not in chain else None
            if move is not None and _is_taken(server, site, move.target):
                return Served(site, move.target, other.says("scripts", name))
    return None


def built_by_server(server: FoundService, site: Project, output: str) -> Served | None:
    """The build of a Node server that serves files changes into the site's folder and runs its build there."""
    package = read_package(server.project) if server.language.NAME == "node" else None
    name = build_script(package) if package is not None else None
    if package is None or name is None:
        return None
    steps = [step for item in (f"pre{name}", name, f"post{name}") for step in resolve(package, item) or ()]
    if any(_builds(package, step, site) for step in steps) and _gives_files(server):
        return Served(site, output, package.says("scripts", name))
    return None


def build_script(package: PackageJson) -> str | None:
    """A package's build script, else the first of its parts."""
    return next((item for item in (*BUILD_SCRIPTS, *BUILD_PARTS) if item in package.scripts), None)


def leads_into(package: PackageJson, step: ScriptStep, site: Project) -> bool:
    """Whether a command in a package's script runs in a front end's folder: by `cd`, or by a flag."""
    own = package.project.path
    if step.folder and _clean(posixpath.join(own, step.folder)) == site.path:
        return True
    if step.program not in MANAGERS:
        return False
    other = read_package(site)
    names = {other.name} if other is not None and other.name else set()
    values = [word.rpartition("=")[2] for word in step.words[1:]]
    return any(word in names or (word and _clean(posixpath.join(own, word)) == site.path) for word in values)


def _builds(package: PackageJson, step: ScriptStep, site: Project) -> bool:
    scripts = {*BUILD_SCRIPTS, *BUILD_PARTS}
    return step.program in MANAGERS and not scripts.isdisjoint(step.words) and leads_into(package, step, site)


def _gives_files(server: FoundService) -> bool:
    """Whether a server's code serves files from any folder: `express.static(…)`, `sendFile(…)`."""
    from genfile.detect.node.claims import read_project
    from genfile.detect.node.sources import source_files
    from genfile.detect.node.start import possible_start

    read = read_project(server.project)
    start = possible_start(read, "build" in read.package.scripts) if read is not None else None
    modules = source_files(read, start.value.words if start is not None else ()) if read is not None else ()
    return any(
        any(call.callee.rsplit(".", 1)[-1] in _GIVING for call in module.calls)
        or any(item.module in _GIVING_MODULES for item in module.imports)
        for _, module in modules
    )


# Calls that serve files, and packages that do so under any local name.
_GIVING = frozenset({"static", "sendFile", "sendfile", "serveStatic", "serve_static", "createReadStream"})
_GIVING_MODULES = frozenset(
    """
    serve-static sirv koa-static koa-send koa-mount @fastify/static @nestjs/serve-static serve-handler
    express-static-gzip connect-history-api-fallback @hapi/inert @hono/node-server/serve-static @elysiajs/static
    """.split()
)


def _build_chain(package: PackageJson) -> list[str]:
    """The scripts that `npm run build` runs: the build, its pre and post scripts, and those that they call."""
    first = next((item for item in BUILD_SCRIPTS if item in package.scripts), None)
    if first is None:
        return []
    names = [name for name in (f"pre{first}", first, f"post{first}") if name in package.scripts]
    called = [step.script for name in names for step in resolve(package, name) or ()]
    return list(dict.fromkeys([*names, *called]))


def _packages(server: Project, site: Project) -> Iterator[PackageJson]:
    """The packages whose scripts may put a site into a server: theirs, and those of the folders above."""
    seen: set[str] = set()
    for start in (server, site):
        place: Project | None = start
        while place is not None:
            package = read_package(place) if place.path not in seen and place.has("package.json") else None
            seen.add(place.path)
            if package is not None:
                yield package
            place = place.parent()


def _moved_by(package: PackageJson, name: str, output: str) -> Move | None:
    """Where the commands of a script put a folder; None if they do not."""
    place = ShellPlace(package.project.path)
    for command in parse_shell(package.scripts[name]) or ():
        words = place.follow(command.words)
        found = moved(package.project, place, words, output) if words and words[0] in MOVES else None
        if found is not None:
            return found
    return None


def _program(words: Sequence[str]) -> tuple[str, ...]:
    """The words of the program itself, without what only runs it."""
    while len(words) > 1 and words[0] in _WRAPPERS:
        words = words[1:]
    return tuple(words)


def moved(project: Project, place: ShellPlace, words: tuple[str, ...], output: str) -> Move | None:
    operands = [word for word in words[1:] if not word.startswith("-")]
    if len(operands) != 2 or any("$" in word for word in operands):
        return None
    source, target = operands
    bare = source.removesuffix("/**").removesuffix("/**/*").removesuffix("/*").removesuffix("/.")
    contents = bare != source or (words[0] == "rsync" and source.endswith("/"))
    if place.at(bare) != output or "*" in bare + target:
        return None
    path = place.at(target)
    there = Project(project.tree, "").has_folder(path) if path else True
    there = there and not any(inside(path, gone) for gone in place.removed)
    if contents or not there:
        return Move(path, path if contents else posixpath.dirname(path))
    return Move(posixpath.join(path, posixpath.basename(output)), path)


def _is_taken(server: FoundService, site: Project, target: str) -> bool:
    """Whether files that are put somewhere are the server's: its own folder, or one that it is known to serve.

    What a server at the root does not name may be there for others: `docs`, which a host of pages takes.
    """
    own = server.project.path
    if not inside(target, own) or inside(target, site.path) or target == own:
        return False
    if own or any(part in f"{target}/" for part in _RESOURCES):
        return True
    embedded = server.language.NAME == "go"
    named = (_clean(text.strip("/")) for _, _, text in (*paths(server), *folders(server)))
    return embedded or any(text and inside(target, text) for text in named)


def _clean(path: str) -> str:
    """A path of the tree in its plain form, the root itself empty."""
    plain = posixpath.normpath(path or ".")
    return "" if plain == "." else plain


__all__ = ["build_script", "built_by_server", "leads_into", "scripted"]
