"""The dependency groups and extras that production needs, by their names or by what the code imports."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from genfile.evidence import Evidence, Note
from genfile.parsers.requirements import normalise

if TYPE_CHECKING:
    from genfile.detect.python.imports import ImportNeed
    from genfile.detect.python.manifest import PythonProject

_GROUPS = frozenset({"prod", "production", "deploy", "deployment", "server", "webserver", "web-server"})
_SERVERS = ("gunicorn", "uvicorn", "granian", "hypercorn", "uwsgi", "waitress", "daphne")
# Never installed for an import: they bring much else.
_ASIDE = re.compile(
    r"(^|[-_])(dev|develop|development|tests?|testing|docs?|lint|typing|types|ci|bench.*|examples?|samples?|demos?)"
    r"($|[-_])"
)
# Only for what no other brings, and the service can't be loaded without.
_WHOLE = re.compile(r"(^|[-_])(all|full)($|[-_])")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def is_production(name: str, listed: Any) -> bool:
    """Whether a group has a usual production name, or serves no purpose but a server's."""
    words = [str(item) for item in listed] if isinstance(listed, list) else []
    if name.lower() in _GROUPS:
        return bool(words)
    return bool(words) and all(word.lower().startswith(_SERVERS) for word in words)


class Chosen(Struct):
    """The groups and extras to install, with their evidence; ``texts``: their requirements."""

    groups: list[str] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def listed_groups(project: "PythonProject") -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Every dependency group and extra with its requirements as written, including groups in groups."""
    tables = project.pyproject.table("dependency-groups") if project.pyproject else {}
    groups = {name: _texts(tables, name) for name in tables}
    for name, table in project.poetry_table.get("group", {}).items():
        if isinstance(table, dict) and isinstance(table.get("dependencies"), dict):
            groups[name] = list(table["dependencies"])
    extras: dict[str, list[str]] = {}
    for table in (project.project_table.get("optional-dependencies"), project.poetry_table.get("extras")):
        for name, listed in (table if isinstance(table, dict) else {}).items():
            extras[name] = [text for text in listed if isinstance(text, str)] if isinstance(listed, list) else []
    for _, name, texts in _of_setup(project):
        extras.setdefault(name, texts)
    return groups, extras


def _of_setup(project: "PythonProject") -> Iterator[tuple[str, str, list[str]]]:
    """The extras of setup.py and setup.cfg, each with the file's name and the requirements in it; where pyproject.toml
    has the metadata, they count only if it says so."""
    if project.project_table and "optional-dependencies" not in project.project_table.get("dynamic", ()):
        return
    table = project.setup_keywords.get("extras_require")
    for name, listed in (table if isinstance(table, dict) else {}).items():
        texts = [text for text in listed if isinstance(text, str)] if isinstance(listed, list) else []
        yield "setup.py", str(name), texts
    table = project.setup_cfg.table("options.extras_require") if project.setup_cfg is not None else {}
    for name, text in table.items():
        yield "setup.cfg", str(name), [line.strip() for line in str(text).splitlines() if line.strip()]


def extra_file(project: "PythonProject", name: str) -> str:
    """The file that lists what is in an extra."""
    return next((file for file, other, _ in _of_setup(project) if name == other), "pyproject.toml")


def _texts(tables: dict[str, Any], name: str, depth: int = 0) -> list[str]:
    found: list[str] = []
    for item in tables[name] if isinstance(tables.get(name), list) and depth < 5 else ():
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, dict) and isinstance(item.get("include-group"), str):
            found += _texts(tables, item["include-group"], depth + 1)
    return found


def choose_groups(project: "PythonProject", present: set[str]) -> Chosen:
    """The groups that production needs besides the plain dependencies; ``present``: the names that those bring."""
    groups, extras = listed_groups(project)
    chosen = Chosen(
        [name for name, listed in groups.items() if is_production(name, listed)],
        [name for name, listed in extras.items() if is_production(name, listed)],
    )
    if chosen.groups or chosen.extras:
        chosen.evidence.append(project.folder.says("pyproject.toml", None, "production groups"))
    offers = [(kind, name, _names(texts)) for kind, table in (("extra", extras), ("group", groups))
              for name, texts in table.items()]  # fmt: skip
    offers = [offer for offer in offers if not _ASIDE.search(offer[1].lower())]
    if not offers or project.requirements_name is not None:
        # A requirement that is not listed is not installed.
        return chosen
    from genfile.detect.python.imports import needs

    present = {*present, *(name for kind, offer, names in offers if offer in _of(chosen, kind) for name in names)}
    for need in needs(project):
        wanted = need.brought_by()
        able = [offer for offer in offers if offer[2] & wanted]
        able = [offer for offer in able if not _conflicts(project, chosen, offer[0], offer[1])]
        able = [offer for offer in able if not (need.lazy and _WHOLE.search(offer[1].lower()))]
        if able and not wanted & present:
            kind, name, names = min(able, key=lambda offer: _rank(offer[1], len(offer[2])))
            _of(chosen, kind).append(name)
            present |= names
            _say(project, chosen, kind, name, need, [offer[1] for offer in able if offer[1] != name])
    return chosen


def _of(chosen: Chosen, kind: str) -> list[str]:
    return chosen.extras if kind == "extra" else chosen.groups


def _conflicts(project: "PythonProject", chosen: Chosen, kind: str, name: str) -> bool:
    """Whether uv knows a conflict between a group or extra and another one."""
    document = project.root.toml("pyproject.toml") if project.root.has("pyproject.toml") else None
    for listed in document.items("tool", "uv", "conflicts") if document else ():
        members = [item for item in (listed if isinstance(listed, list) else ()) if isinstance(item, dict)]
        taken = any(item.get("extra") in chosen.extras or item.get("group") in chosen.groups for item in members)
        if taken and any(item.get(kind) == name for item in members):
            return True
    return False


def _rank(name: str, size: int) -> tuple[bool, bool, int]:
    """Of several that bring the same none of everything, then the one for the CPU, then the smallest."""
    return _WHOLE.search(name.lower()) is not None, "cpu" not in re.split(r"[-_.]", name.lower()), size


def _say(project: "PythonProject", chosen: Chosen, kind: str, name: str, need: "ImportNeed", others: list[str]) -> None:
    path = ("project", "optional-dependencies", name) if kind == "extra" else ("dependency-groups", name)
    line = project.pyproject.line(*path) if project.pyproject else None
    file = extra_file(project, name) if kind == "extra" else "pyproject.toml"
    says = project.folder.says(file, line, f"{kind} {name} provides {need.module}")
    chosen.evidence += [need.evidence, says]
    text = f"{need.evidence.says}: {kind} {name} provides it, so the image installs that {kind}"
    if others:
        text += f" (so would {', '.join(sorted(others))})"
    chosen.notes.append(Note("info", text, need.evidence.path, need.evidence.line))


def _names(texts: list[str]) -> set[str]:
    return {normalise(match[0]) for text in texts if (match := _NAME.match(text))}
