"""A connection to Postgres that always asks for TLS: the server that compose starts has none, so it fails."""

import re
from collections.abc import Iterator, Sequence

from genfile.detect.ownmachine import COMMENT, code_files
from genfile.detect.tree import Project
from genfile.evidence import About, Draft, Topic

# In the options of a connection: `ssl: { … }`, `query={"ssl": "require"}`, `connect_args={"sslmode": "require"}`.
_OPTION = re.compile(
    r"""(?:(?<![\w.$])["']?ssl["']?\s*:|\.ssl\s*=(?!=)|\bssl\s*=(?==?\s*["']require))\s*(?:\{|[Tt]rue\b|["']require["'])"""
    r"""|["']?sslmode["']?\s*[:=]\s*["'](?:require|verify-ca|verify-full)["']|\bssl_require\s*=\s*True\b"""
)
# In an address that is put together: with a part that the code fills in, or added to another text.
_PART = re.compile(
    r"""["'`](?=[^"'`]*(?:%[sdv]|\{)|[?&\s]|sslmode)[^"'`]*\bsslmode=(?:require|verify-ca|verify-full)(?![\w-])"""
)
# What a file has that connects to a database, and what the options of other connections are below.
_CONNECTS = re.compile(r"(?i)postgres|\bpg\b|database|create_(?:async_)?engine|connectionstring|sequelize|datasource")
_OTHERS = re.compile(r"(?i)redis|mail|smtp|transport|mongo|mysql|mariadb|kafka|amqp|createserver|uvicorn")
# A condition, also of an expression: `live ? {…} : false`, `live && {…}`. `?.` and `??` are none.
_CONDITION = re.compile(r"\bif\b|\belse\b|\bcase\b|\bunless\b|&&|(?<![?\"'`])\?(?![.?:\w=])|\|\|")
MAX_ABOVE = 60


def tell_of_tls(folder: Project, draft: Draft) -> None:
    """Warn of the first such connection, if compose gives the service the address of its Postgres."""
    if not any(item["service"] == "postgres" for item in draft.values.get("connections", ())):
        return
    for path, number, said in _asked(folder, str(draft.values.get("language"))):
        says = folder.says(path, number, said)
        text = (
            f"{says}: the code always asks the database for TLS, which the postgres of compose.yaml does not have, so"
        )
        mend = "the connection fails: let a variable decide, such as sslmode in the address"
        draft.note("warning", f"{text} {mend}", says.path, says.line, About(Topic.FAILS))
        return


def _asked(folder: Project, language: str) -> Iterator[tuple[str, int, str]]:
    """The lines that ask for TLS whatever the settings are, each with its file and what it says."""
    for path, text in code_files(folder, language):
        if "ssl" not in text or not _CONNECTS.search(text):
            continue
        lines = text.splitlines()
        for number, line in enumerate(lines, 1):
            found = (_OPTION.search(line) or _PART.search(line)) if "ssl" in line else None
            if found is None or COMMENT.match(line):
                continue
            around = "\n".join(_around(lines, number))
            if not _CONDITION.search(around) and not _OTHERS.search(around):
                yield path, number, "sslmode" if "sslmode" in found[0] else "ssl"


def _around(lines: Sequence[str], number: int) -> Iterator[str]:
    """A line, and those above that it is nested in by their indentation."""
    yield lines[number - 1]
    depth = _indent(lines[number - 1])
    for line in reversed(lines[max(0, number - 1 - MAX_ABOVE) : number - 1]):
        if line.strip() and _indent(line) < depth:
            depth = _indent(line)
            yield line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
