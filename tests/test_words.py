"""Messages are plain English: what a test can hold of docs/style.md."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Each phrase with what to write instead.
BANNED = {
    r"(?<!there )\bis no (?!longer\b|more\b)": "is not a",
    r"\b(?:is|are) told\b": "say who reads, uses or needs it",
    r"\bgiv(?:es?|en) out\b": "serves",
    r"\bwhat one can\b": "name the thing",
    r"\b[Nn]othing says\b": "no sign that",
    r"\b[Nn]obody knows\b": "genfile does not know",
    r"\banew\b": "again",
    r"\b[Mm]end(?:s|ed)?\b": "fix",
    r"\btelephone": "phone",
    r"\block files?\b": "lockfile",
    r"\bneither true nor false\b": "answer yes or no",
    r"\bcan't be (?:told|had|seen)\b": "genfile can't tell, can't get",
    r"\bleads? (?:out of|nowhere)\b": "points outside of, is broken",
    r"\bwants (?:a|an|the|another)\b": "needs",
    r"\bwords and signs\b": "tokens",
}
# Folders whose texts are rewritten together with their prompts and layout.
ELSEWHERE: tuple[str, ...] = ()
_WORD = re.compile(r"[a-z]{2,} [a-z]{2,}|[a-z]{2,} \{")
# A list, a set or a word of Python in the middle of a sentence.
_RAW = re.compile(r"\['|\{'|\b(?:True|False|None)\b")
# Commands of a generated file that are Python themselves.
_CODE = re.compile(r"python|lambda|import ")


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """The string constants of a module with their lines, without its docstrings; an f-string is one."""
    tree = ast.parse(path.read_text("utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            texts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
            yield node.lineno, "".join(map(str, texts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not {id(node)} & (documents | parts):
            yield node.lineno, node.value


def messages() -> Iterator[tuple[str, str]]:
    """Every text of the package, its data and its presets that a person may read, with its place."""
    for path in sorted((ROOT / "genfile").rglob("*.py")):
        place = path.relative_to(ROOT)
        if place.parts[1] not in ELSEWHERE:
            yield from ((f"{place}:{line}", text) for line, text in strings(path) if _WORD.search(text))
    files = [*(ROOT / "genfile" / "data").rglob("*.toml"), *(ROOT / "presets").rglob("*")]
    for path in sorted(item for item in files if item.suffix in (".toml", ".j2")):
        for line, text in enumerate(path.read_text("utf-8").splitlines(), 1):
            comment = text.lstrip().startswith("#") and path.suffix == ".toml"
            text = re.sub(r"\{#.*?(?:#\}|$)", "", text)
            if not comment and text.partition("=")[0].strip() not in ("pattern", "mend"):
                yield f"{path.relative_to(ROOT)}:{line}", text


def faults(text: str) -> list[str]:
    """The banned phrases in a text, each with its replacement."""
    return [
        f"{found[0]!r}: write {instead!r}" for pattern, instead in BANNED.items() if (found := re.search(pattern, text))
    ]


def test_messages_have_no_banned_phrase() -> None:
    found = [f"{place}: {fault}" for place, text in messages() for fault in faults(text)]
    assert found == []


def test_messages_are_found() -> None:
    assert sum(1 for _ in messages()) > 1_000


@pytest.mark.parametrize(
    "text",
    [
        "gunicorn is no dependency",
        "the user is told of it",
        "it gives out files",
        "takes it anew",
        "no lock file of npm",
    ],
)
def test_a_banned_phrase_is_found(text: str) -> None:
    assert faults(text)


def test_snapshots_show_no_python_values() -> None:
    found = []
    for path in sorted((Path(__file__).parent / "__snapshots__").rglob("*.txt")):
        for line, text in enumerate(path.read_text("utf-8").splitlines(), 1):
            if _RAW.search(text) and not _CODE.search(text):
                found.append(f"{path.name}:{line}: {text}")
    assert found == []
