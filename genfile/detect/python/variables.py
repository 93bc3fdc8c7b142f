"""The variables that a Python program reads, the important ones first where there are too many."""

from collections.abc import Iterable, Iterator

from genfile.detect.python.fills import filled_names
from genfile.detect.python.keys import with_fallback
from genfile.detect.shared import is_secret
from genfile.evidence import Draft
from genfile.parsers.python import PyModule
from genfile.parsers.values import UNKNOWN

MAX_VARIABLES = 80
# How many a note names.
_NAMED = 6

_PLAIN = frozenset(
    """
    HOME PATH PORT USER PWD LANG TZ HOSTNAME DJANGO_SETTINGS_MODULE PYTHONPATH TMPDIR CI PYTEST_CURRENT_TEST
    REMOTE_USER LOGON_USER
    COMP_WORDS COMP_CWORD REQUEST_METHOD PATH_INFO QUERY_STRING APPDATA LOCALAPPDATA USERPROFILE SNAP SNAP_COMMON
    """.split()
)


def put_variables(draft: Draft, loaded: Iterable[tuple[str, PyModule]]) -> None:
    """Add what some modules read to /environment, in their order. Of more than fit, those that must be set and secrets
    stay, then those without a default; a note says how many are left out."""
    listed = draft.values.setdefault("environment", [])
    present = {item["name"] for item in listed if item["phase"] == "run"} | _PLAIN | {draft.values.get("port_variable")}
    found: dict[str, int] = {}
    for path, module in loaded:
        if path not in ("manage.py", "conftest.py"):
            for name, rank in _read(module):
                found[name] = min(rank, found.get(name, rank))
    names = [name for name in found if name not in present]
    kept = set(sorted(names, key=lambda name: found[name])[:MAX_VARIABLES])
    listed += [{"name": name, "phase": "run", "secret": is_secret(name)} for name in names if name in kept]
    _tell_of_more(draft, [name for name in names if name not in kept])


def _read(module: PyModule) -> Iterator[tuple[str, int]]:
    """What a module reads, each with its rank: 0 for what must be set and secrets, 2 for what has a default."""
    for field in module.settings:
        has_value = not field.required and (field.default is UNKNOWN or bool(field.default))
        yield field.name, 0 if field.required or is_secret(field.name) else 2 if has_value else 1
    others = set(with_fallback(module))
    for item in (*module.env_names, *filled_names(module)):
        optional = item.name in others
        yield item.name, 0 if not item.has_default or is_secret(item.name) else 2 if optional else 1


def _tell_of_more(draft: Draft, left: list[str]) -> None:
    if left:
        count = f"{len(left)} more variable{'' if len(left) == 1 else 's'}"
        more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
        verb = "is" if len(left) == 1 else "are"
        draft.note("info", f"{count} that the code reads {verb} not listed: {', '.join(left[:_NAMED])}{more}")
