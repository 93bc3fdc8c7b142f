"""`inspect` in a child: the request, the work, and the answer, which the parent checks and builds again."""

import os
from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

from genfile.errors import GenfileError, GuardError, SourceError
from genfile.evidence import Evidence, Fact, Note, Risk
from genfile.guard.limits import Runner
from genfile.source.base import LIMITS, Limits, Source, Unreadable
from genfile.source.open import AnySource, is_archive, open_source

if TYPE_CHECKING:
    from genfile.detect.inspection import Inspection
    from genfile.guard.answer import FactItem
    from genfile.spec.rules import DetectRules

_INSPECT = "genfile.guard.tasks:inspect"
# The share of a child's time after which detection stops by itself, and gives what it has.
_SHARE = 0.6


def guarded_inspect(
    runner: Runner,
    source: AnySource,
    rules: "Sequence[DetectRules]" = (),
    chosen: "DetectRules | None" = None,
) -> "Inspection":
    """As `genfile.detect.inspection.inspect_source`, in a child of a runner, which opens a path or an archive itself.

    Raises GuardError when a limit was reached, and SourceError when the source can't be read.
    """
    from genfile.spec.base import plain

    tree, blobs = _packed(source)
    data = {
        "source": tree,
        "rules": [plain(item) for item in rules],
        "chosen": None if chosen is None else plain(chosen),
        "seconds": min(LIMITS.seconds, runner.guard.seconds * _SHARE),
    }
    return _checked(runner.run(_INSPECT, data, blobs))


def _packed(source: AnySource) -> tuple[dict[str, Any], list[bytes]]:
    """A source as plain values and bytes: a path, an archive as it is, or all that the source's index names."""
    from genfile.source.folder import FolderSource

    if isinstance(source, str | os.PathLike):
        return {"path": os.fspath(source)}, []
    if is_archive(source):
        return {"archive": True}, [_whole(source)]
    source = open_source(source)
    if isinstance(source, FolderSource) and source.limits == LIMITS:
        return {"path": str(source.root)}, []
    index = source.index()
    names: list[str] = []
    blobs: list[bytes] = []
    omitted: dict[str, str] = {}
    left = LIMITS.kept_bytes
    for path in sorted(index.paths):
        try:
            content = source.read(path, max(LIMITS.file_bytes, LIMITS.lock_bytes))
        except Unreadable as error:
            omitted[path] = error.reason
            continue
        left -= len(content)
        if left < 0:
            raise SourceError(f"{source.name} is larger than a guarded process accepts in memory", hint="pass a path")
        names.append(path)
        blobs.append(content)
    notes = [note.to_json() for note in index.notes]
    return {"name": source.name, "files": names, "omitted": omitted, "notes": notes}, blobs


def _whole(archive: "bytes | bytearray | memoryview | IO[bytes]") -> bytes:
    """The bytes of an archive that the child is to read. Raises SourceError for more than it takes in memory."""
    from genfile.source.archive import seekable

    file = seekable(archive)
    try:
        content = file.read(LIMITS.kept_bytes + 1)
    except (OSError, ValueError) as error:
        raise SourceError(f"the archive: {error}") from None
    if len(content) > LIMITS.kept_bytes:
        raise SourceError("the archive is larger than a guarded process takes in memory", hint="pass a path")
    return content


def _unpacked(tree: Mapping[str, Any], blobs: Sequence[bytes], limits: Limits, budget: Any) -> Source:
    if "path" in tree or "archive" in tree:
        return open_source(tree["path"] if "path" in tree else blobs[0], limits, budget)
    from genfile.source.memory import MemorySource

    files = dict(zip(tree["files"], blobs, strict=True))
    notes = [Note(**note) for note in tree["notes"]]
    return MemorySource(files, tree["name"], limits, omitted=tree["omitted"], notes=notes)


def inspect(data: Mapping[str, Any], blobs: Sequence[bytes]) -> dict[str, Any]:
    """The work, in the child: services and notes as plain values."""
    from msgspec.structs import replace

    from genfile.detect.inspection import inspect_source
    from genfile.source.budget import Budget

    limits = replace(LIMITS, seconds=data["seconds"])
    budget = Budget(limits)
    source = _unpacked(data["source"], blobs, limits, budget)
    rules, chosen = data["rules"], data["chosen"]
    if rules or chosen:
        from genfile.spec.rules import DetectRules

        rules = [DetectRules.model_validate(item) for item in rules]
        chosen = chosen and DetectRules.model_validate(chosen)
    from genfile.proof import prove

    return _plain(inspect_source(source, rules, chosen=chosen, budget=budget, prove=prove))


def _plain(inspection: "Inspection") -> dict[str, Any]:
    from genfile.spec.base import plain

    return {
        "services": [
            {
                "spec": plain(service.spec),
                "facts": [_fact(pointer, fact) for pointer, fact in service.facts.items()],
                "overwritten": [_fact("/owned", fact) for fact in service.overwritten],
                "notes": [_note(note) for note in service.notes],
                "risks": [{**risk.to_json(), "text": _text(risk.text)} for risk in service.risks],
            }
            for service in inspection.services
        ],
        "notes": [_note(note) for note in inspection.notes],
    }


def _fact(pointer: str, fact: Fact[Any]) -> dict[str, Any]:
    evidence = [
        {"path": e.path, "line": e.line, "says": _text(e.says), "subject": _text(e.subject)} for e in fact.evidence
    ]
    return {
        "pointer": pointer,
        "value": fact.value,
        "evidence": evidence,
        "guess": fact.guess,
        "remedy": fact.remedy,
    }


def _note(note: Note) -> dict[str, Any]:
    return {**note.to_json(), "text": _text(note.text)}


def _text(text: str) -> str:
    """Text that can be encoded: half of a surrogate pair can't."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _read(item: "FactItem") -> Fact[Any]:
    evidence = tuple(Evidence(e.path, e.line, e.says, e.subject) for e in item.evidence)
    return Fact(item.value, evidence, item.guess, item.remedy)


def _checked(reply: bytes) -> "Inspection":
    """The inspection that an answer describes. Raises GuardError for what is none: each spec and each other value is
    validated, as if a stranger had sent it."""
    from pydantic import ValidationError

    from genfile.detect.inspection import InspectedService, Inspection
    from genfile.guard.answer import TreeAnswer
    from genfile.spec.project import parse_spec

    try:
        answer = TreeAnswer.model_validate_json(reply)
        services = tuple(
            InspectedService(
                parse_spec(item.spec),
                {fact.pointer: _read(fact) for fact in item.facts},
                _notes(item.notes),
                tuple(Risk(r.id, r.level, r.text, r.hint, r.path, r.line) for r in item.risks),
                tuple(_read(fact) for fact in item.overwritten if isinstance(fact.value, str)),
            )
            for item in answer.services
        )
        return Inspection(services, _notes(answer.notes))
    except (ValidationError, GenfileError, RecursionError):
        raise GuardError("the guarded process gave an invalid answer", code="reply") from None


def _notes(items: Sequence[Any]) -> tuple[Note, ...]:
    return tuple(Note(item.level, item.text, item.path, item.line) for item in items)


_SAMPLES = (
    {"package.json": '{"name": "a", "dependencies": {"express": "^5"}, "scripts": {"start": "node a.js"}}',
     "a.js": "require('express')().listen(3000)", "b/index.html": "<p>"},
    {"package.json": '{"name": "a", "dependencies": {"vite": "^7"}, "scripts": {"build": "vite build"}}',
     "vite.config.ts": "export default {}", "pnpm-lock.yaml": "lockfileVersion: '9.0'"},
    {"pyproject.toml": '[project]\nname = "a"\ndependencies = ["fastapi", "uvicorn"]',
     "main.py": "from fastapi import FastAPI\napp = FastAPI()", "compose.yaml": "services: {}"},
    {"go.mod": "module a\n\ngo 1.25\n", "main.go": 'package main\nfunc main() { http.ListenAndServe(":80", nil) }'},
    {"pom.xml": "<project><artifactId>a</artifactId><packaging>jar</packaging></project>",
     "src/main/java/A.java": "class A { public static void main(String[] a) {} }"},
    {"build.gradle.kts": 'plugins { id("org.springframework.boot") version "3.5.0" }',
     "src/main/kotlin/A.kt": "fun main() {}"},
    {"build.gradle": "plugins { id 'application' }\napplication { mainClass = 'A' }"},
)  # fmt: skip


def warm_up() -> None:
    """Have everything at hand: inspect a small tree of each kind, so that modules, grammars and tables are loaded."""
    from genfile.detect.inspection import inspect_source
    from genfile.proof import prove
    from genfile.source.memory import MemorySource

    for files in _SAMPLES:
        inspect_source(MemorySource(files), prove=prove)
