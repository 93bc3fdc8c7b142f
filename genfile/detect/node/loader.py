"""`node --import tsx x.ts` in place of `tsx x.ts`, which starts a second Node and passes signals on to it."""

from genfile.detect.node.locks import locked_versions, order
from genfile.detect.node.manager import NodeProject
from genfile.evidence import Draft

# The first releases of Node with --import, and of tsx that it can load.
_NODE, _TSX = [20, 6], [4]
_RUNNER = "tsx"


def put_loader(project: NodeProject, draft: Draft) -> None:
    """Have Node itself load tsx, in /start and /processes, for commands without options of tsx."""
    found = locked_versions(project).get(_RUNNER)
    runtime = draft.values.get("runtime", {})
    version = order(str(runtime.get("pinned") or runtime.get("version", "")))
    if draft.values.get("engine") == "bun" or found is None or order(found[0]) < _TSX:
        return
    if not version or version < _NODE[: len(version)]:
        return
    fact, start = draft.evidence.get("/start"), draft.values.get("start", [])
    if fact is not None and _is_plain(start):
        draft.put("start", fact.but(_loaded(start)))
    processes = draft.values.get("processes", {})
    for name, words in processes.items():
        processes[name] = _loaded(words) if _is_plain(words) else words


def _is_plain(words: list[str]) -> bool:
    """Whether a command is tsx with a file: neither an option nor a command of its own comes first."""
    return list(words[:1]) == [_RUNNER] and len(words) > 1 and words[1].endswith((".ts", ".mts", ".cts", ".tsx", ".js"))


def _loaded(words: list[str]) -> list[str]:
    return ["node", "--import", _RUNNER, *words[1:]]
