"""Pages that ask a path of their own origin, such as `/api`, which nothing passes on, although the only server of the
project answers it: the page's web server passes it on."""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from genfile.detect.code import parse_code
from genfile.detect.node.public import source_names
from genfile.detect.ownmachine import code_files
from genfile.detect.passed import PassedOn, put_entries
from genfile.detect.paths import inside
from genfile.detect.tree import Project, Tree
from genfile.evidence import Draft, Evidence, Note
from genfile.parsers.go import parse_go
from genfile.parsers.javascript import JsModule, parse_javascript, parse_typescript
from genfile.parsers.jscomponents import COMPONENTS, parse_component
from genfile.parsers.jsliterals import literals
from genfile.parsers.jvm import parse_java, parse_kotlin
from genfile.parsers.python import parse_python
from genfile.parsers.values import Beginning
from genfile.spec.base import plain

if TYPE_CHECKING:
    from genfile.detect.inspection import InspectedService
    from genfile.spec.project import Spec

# First folders of paths that only programs ask for: any other may be a page of the router in the browser.
_ASKED = re.compile(r"/(api|graphql|trpc|rest|rpc|v[1-9]|backend)(?=[/?]|$)")
_NAMES = re.compile(r"[\"'`]/(?:api|graphql|trpc|rest|rpc|v[1-9]|backend)[/?\"'`]")
# An address of a host elsewhere, with a path.
_FAR = re.compile(r"[\"'`]https://")
_FAR_PATH = re.compile(r"(?P<origin>https://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?)(?P<path>/[\w./~@-]*)")
# The last names of calls that register routes, or routers below a prefix.
_ROUTING = frozenset(
    """
    get post put patch delete all use route routes register basePath setGlobalPrefix Controller mount group prefix
    Get Post Put Patch Delete Any GET POST PUT PATCH DELETE Route Group Handle HandleFunc PathPrefix Mount Party
    include_router APIRouter Blueprint register_blueprint add_url_rule add_api_route add_route add_get add_post
    add_resource api_route path re_path url
    """.split()
)
MAX_SCRIPTS = 200
_PREFIXES = ("prefix", "url_prefix", "path", "basePath")
_METHOD = re.compile(r"[A-Z]+ ")
_ANNOTATED = re.compile(
    r"@(?:(?:Request|Get|Post|Put|Patch|Delete)Mapping|Path|Controller)\(\s*(?:(?:value|path)\s*=\s*)?[{\[]?\s*\"([^\"\n]*)\""
)
_PARSERS: tuple[tuple[tuple[str, ...], Callable[[str], Any]], ...] = (
    ((".py",), parse_python),
    ((".go",), parse_go),
    ((".java",), parse_java),
    ((".kt",), parse_kotlin),
    ((".ts", ".mts", ".cts", ".tsx"), parse_typescript),
    ((".js", ".mjs", ".cjs", ".jsx"), parse_javascript),
    ((*COMPONENTS, ".html"), parse_component),
)


def joined(tree: Tree, services: "Sequence[InspectedService]") -> "list[InspectedService]":
    """The services, each page with the paths that the only server answers, where no rule of the project's own passes
    anything on, and with a note if it asks a fixed host for what a server of the project answers."""
    servers = [item.spec for item in services if item.spec.port is not None and item.spec.static is None]
    told = [_told(tree, item, servers) if item.spec.static is not None and servers else item for item in services]
    if len(servers) != 1:
        return told
    return [_joined(tree, item, servers[0]) if _is_bare(item.spec) else item for item in told]


def _is_bare(spec: "Spec") -> bool:
    return spec.static is not None and not spec.static.proxied


def _told(tree: Tree, page: "InspectedService", servers: "Sequence[Spec]") -> "InspectedService":
    """A page with a note of the first fixed host elsewhere that it asks for paths which a server of the project has:
    the one of the project in production."""
    folder = _own_folder(tree, page.spec)
    for name, text, line in _literals(folder, page.spec.language, _FAR):
        match = _FAR_PATH.match(text)
        parts = [part for part in match["path"].split("/") if part] if match is not None else []
        if match is None or not parts or not any(_has(tree, server, parts, folder) for server in servers):
            continue
        says = folder.says(name, line, match["origin"])
        told = (
            f"{says}: the page always asks this host, which is not the service that compose.yaml starts; read the "
            "address from a variable of the build, or ask the page's own origin"
        )
        return replace(page, notes=(*page.notes, Note("info", told, says.path, says.line)))
    return page


def _has(tree: Tree, server: "Spec", parts: list[str], page: Project) -> bool:
    """Whether a server has the path that an address names: its first folder, and the next below it or on a router."""
    first, *rest = parts[:2]
    if not rest:
        return _answers(tree, server, f"/{first}", page)
    whole = _answers(tree, server, f"/{first}/{rest[0]}", page)
    return whole or (_answers(tree, server, f"/{first}", page) and _answers(tree, server, f"/{rest[0]}", page))


def _own_folder(tree: Tree, page: "Spec") -> Project:
    plain_root = page.static.root if page.static is not None and page.language == "static" else page.path
    return _folder(tree, plain_root)


def _joined(tree: Tree, page: "InspectedService", server: "Spec") -> "InspectedService":
    folder = _own_folder(tree, page.spec)
    asked = {path: says for path, says in _asked(folder, page.spec.language) if _answers(tree, server, path, folder)}
    passed = [
        PassedOn(path, f"http://localhost:{server.port}", None, False, says, by="the page")
        for path, says in sorted(asked.items())
        if not folder.has_folder(f"public{path}") and not folder.has_folder(path[1:])
    ]
    if not passed:
        return page
    values = plain(page.spec)
    draft = Draft(values)
    put_entries(passed, draft)
    spec = type(page.spec).model_validate(draft.values)
    return replace(page, spec=spec, notes=(*page.notes, *draft.notes))


def _folder(tree: Tree, path: str) -> Project:
    return Project(tree, "" if path == "." else path)


def _asked(folder: Project, language: str) -> Iterator[tuple[str, Evidence]]:
    """The first folders of the paths that the code of a page asks its own origin for."""
    seen: set[str] = set()
    for name, text, line in _literals(folder, language, _NAMES):
        match = _ASKED.match(text)
        if match is not None and match[0] not in seen:
            seen.add(match[0])
            yield match[0], folder.says(name, line, f"the page asks {match[0]}")


def _literals(folder: Project, language: str, marks: re.Pattern[str]) -> Iterator[tuple[str, str, int]]:
    """The strings in the code of a page, with their files and lines; only in files with certain marks."""
    for name in source_names(folder) if language == "node" else _scripts(folder):
        module = _read(folder, name) if marks.search(folder.text(name) or "") else None
        for text, line in literals(module) if isinstance(module, JsModule) else ():
            yield name, text, line


def _scripts(folder: Project) -> Iterator[str]:
    """The scripts of plain pages, in files of their own or not; bounded."""
    names = (name for pattern in ("*.html", "*.js", "*.mjs") for name in folder.files(pattern))
    return itertools.islice((name for name in names if "node_modules/" not in name), MAX_SCRIPTS)


def _answers(tree: Tree, server: "Spec", prefix: str, page: Project) -> bool:
    """Whether the code of a server, without that of pages inside its folder, has routes below a prefix."""
    folder = _folder(tree, server.path)
    apart = [*_pages(tree, folder), *([page.path] if page.path != folder.path else [])]
    for path, text in code_files(folder, server.language):
        if prefix[1:] not in text or any(inside(folder.full(path), other) for other in apart):
            continue
        if any(_is_below(item, prefix) for item in _ANNOTATED.findall(text) if path.endswith((".java", ".kt"))):
            return True
        module = _read(folder, path)
        for call in module.calls if module is not None else ():
            if call.callee.rpartition(".")[2] in _ROUTING and any(_is_below(item, prefix) for item in _texts(call)):
                return True
    return False


def _pages(tree: Tree, folder: Project) -> list[str]:
    """The folders inside of a server's with a manifest of their own."""
    return [
        path
        for path, names in tree.folders.items()
        if path != folder.path and inside(path, folder.path) and "package.json" in names
    ]


def _texts(call: Any) -> Iterator[str]:
    """The paths that a call may register: its first argument, or its option for a prefix."""
    tables = [call.keywords, *(item for item in call.arguments if isinstance(item, dict))]
    for value in (*call.arguments[:1], *(table[key] for table in tables for key in _PREFIXES if key in table)):
        text = value.text if isinstance(value, Beginning) else value
        if isinstance(text, str):
            yield text


def _is_below(text: str, prefix: str) -> bool:
    path = "/" + _METHOD.sub("", text).lstrip("^/")
    return path == prefix or path.startswith(f"{prefix}/")


def _read(folder: Project, name: str) -> Any:
    parser = next((parser for endings, parser in _PARSERS if name.endswith(endings)), None)
    return parse_code(folder, parser, name) if parser is not None else None
