"""Templates and folders that the code reads by a literal path and that the image does not have."""

import ast
import posixpath
from collections.abc import Iterator

from genfile.evidence import Evidence
from genfile.image.files import Answer
from genfile.image.loaded import reached
from genfile.image.target import words_of
from genfile.parsers.javascript import parse_javascript, parse_typescript
from genfile.parsers.jspaths import Standing
from genfile.parsers.pypaths import PathPlace, Scope, place
from genfile.parsers.python import PyModule, parse_python
from genfile.practice.subject import Practice, Subject, Wrong

# Callees by the last word of their names, with the keyword argument that takes the folder.
_FOLDERS = {"Jinja2Templates": "directory", "StaticFiles": "directory", "FileSystemLoader": "searchpath"}
_MAX_MODULES = 60


def _read(subject: Subject) -> Iterator[Wrong]:
    seen: set[str] = set()
    for at, candidate, source, line in (*_of_modules(subject), *_of_go(subject)):
        context = subject.context
        if at in seen or not (context.is_file(candidate) or context.is_folder(candidate)):
            continue
        if subject.built.final.files.find(at).answer is not Answer.NO:
            continue
        seen.add(at)
        started = subject.image.command
        said = f"{source}:{line}" if line is not None else source
        hint = f"copy {candidate} to {at}"
        if context.find(candidate) is False:
            hint = f"let {candidate} through in .dockerignore, and {hint}"
        yield Wrong(
            "read-files-exist",
            started.evidence.line if started is not None else subject.image.stage.line,
            f"{said} reads {candidate}, which is not in the image: nothing makes {at}",
            hint,
            evidence=(Evidence(source, line, f"reads {candidate}"),),
        )


def _of_modules(subject: Subject) -> Iterator[tuple[str, str, str, int | None]]:
    """What the loaded modules read: the path in the image, its path in the build context, and where the code says
    so."""
    started = words_of(subject.built)
    folder = started[1] if started is not None else subject.built.final.folder
    modules = reached(subject.built).modules[:_MAX_MODULES]
    parsed = [(path, source, subject.context.parsed(parse_python, source)) for path, source in modules]
    python = [item for item in parsed if item[1].endswith(".py") and item[2] is not None]
    renders = any(_renders(module) for _, _, module in python if module is not None)
    for path, source, module in python:
        if module is None:
            continue
        for found, line in _of_python(module, renders=renders):
            at = _at(found, path, folder)
            if at is not None:
                yield at, _beside(source, path, at), source, line
    for path, source in modules:
        if not source.endswith(".py"):
            yield from _of_script(subject, path, source, folder)


def _at(found: PathPlace, path: str, folder: str) -> str | None:
    """The absolute path in the image that an expression stands for; None if it is unknown or outside the project."""
    inside = None if found.cut else found.inside(path.lstrip("/"))
    if inside is None:
        return None
    return posixpath.normpath(posixpath.join("/" if found.up is not None else folder, inside))


def _beside(source: str, path: str, at: str) -> str:
    """The path in the build context for a path in the image, derived from where the module is."""
    relative = posixpath.relpath(at, posixpath.dirname(path))
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), relative))


def _renders(module: PyModule) -> bool:
    return any(module.dotted(call.func).endswith("render_template") for call in module.of(ast.Call))


def _of_python(module: PyModule, *, renders: bool) -> Iterator[tuple[PathPlace, int]]:
    scope = Scope(module)
    for call in module.of(ast.Call):
        name = module.dotted(call.func)
        last = name.rpartition(".")[2]
        keywords = {item.arg: item.value for item in call.keywords if item.arg}
        if last in _FOLDERS:
            node = keywords.get(_FOLDERS[last]) or (call.args[0] if call.args else None)
            found = place(scope, node) if node is not None else None
            if found is not None:
                yield found, call.lineno
        elif name in ("flask.Flask", "Flask") and renders:
            given = keywords.get("template_folder")
            folder = module.value(given) if given is not None else "templates"
            if isinstance(folder, str) and not folder.startswith("/"):
                yield PathPlace(1, tuple(folder.split("/"))), call.lineno


def _of_script(subject: Subject, path: str, source: str, folder: str) -> Iterator[tuple[str, str, str, int | None]]:
    """Views and static files of Express, and files that it sends."""
    parser = parse_typescript if source.endswith(("ts", "tsx")) else parse_javascript
    module = subject.context.parsed(parser, source)
    standing = Standing(path.lstrip("/"), folder.lstrip("/"), lambda name, names: None, lambda key: None)
    for where, line in module.served(standing) if module is not None else ():
        at = posixpath.normpath("/" + where.path)
        if not (where.open or where.absolute):
            yield at, _beside(source, path, at), source, line


def _of_go(subject: Subject) -> Iterator[tuple[str, str, str, int | None]]:
    """Files that a Go program opens by paths relative to its working folder."""
    service = subject.service
    if service is None or service.spec.language != "go":
        return
    started = words_of(subject.built)
    folder = started[1] if started is not None else subject.built.final.folder
    fact = service.facts.get("/assets")
    root = subject.context.root
    below = service.spec.path if service.spec.path != "." else ""
    for asset in service.spec.model_dump().get("assets") or ():
        inside = asset[len(root) :].lstrip("/") if root and asset.startswith(f"{root}/") else asset
        own = inside[len(below) :].lstrip("/") if below and inside.startswith(f"{below}/") else inside
        said = next((item for item in fact.evidence), None) if fact is not None else None
        if said is not None:
            yield posixpath.normpath(posixpath.join(folder, own)), inside, said.path, said.line


PRACTICES = (
    Practice(
        "read-files-exist",
        "A program that reads templates or other files which nobody has copied fails on its first page.",
        "docs.docker.com/reference/dockerfile/#copy",
        _read,
    ),
)
