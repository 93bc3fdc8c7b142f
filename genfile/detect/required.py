"""Variables without which a program fails: marked in the spec, each with its evidence."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import asdict, replace

from genfile.detect.shared import is_secret
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.forms import Form
from genfile.spec.forms import words_of

# Variables that the image or the platform always sets.
GIVEN = frozenset({"PORT", "HOST", "HOSTNAME", "NODE_ENV", "HOME", "PATH", "USER", "TZ", "LANG", "PWD"})
MAX_REQUIRED = 60
# How many a note names.
_NAMED = 6


def put_required(
    draft: Draft,
    found: Iterable[tuple[str, Evidence]],
    keys: Iterable[tuple[str, Evidence]] = (),
    later: Iterable[tuple[str, Evidence]] = (),
    shown: Iterable[tuple[str, Evidence]] = (),
    forms: Iterable[tuple[str, Form]] = (),
) -> None:
    """Mark variables as required, of those that are listed or as new ones; one with a value needs nothing.

    ``found``: the names without which the service does not start, with their evidence. ``keys``: those that sign its
    tokens or sessions. ``later``: those without which requests fail. ``shown``: keys whose default is in the code.
    ``forms``: the forms of values, of any variables.
    """
    places = _mark(draft, found, {})
    signing = _mark(draft, keys, places, secret=True)
    asked = _mark(draft, later, places | signing)
    known = _mark(draft, shown, places | signing | asked, secret=True, fallback=True)
    if places or signing or asked or known:
        listed = draft.values["environment"]
        _put_forms(listed, forms)
        evidence = (*places.values(), *signing.values(), *asked.values(), *known.values())
        draft.put("environment", Fact(listed, evidence))
        them = "it" if len(places) == 1 else "them"
        _tell(draft, places, f"the service does not start without {them}")
        signs = "signs" if len(signing) == 1 else "sign"
        _tell(draft, signing, f"{'it' if len(signing) == 1 else 'they'} {signs} tokens or sessions")
        _tell(draft, asked, f"requests fail without {'it' if len(asked) == 1 else 'them'}")
        whose = "its default is" if len(known) == 1 else "their defaults are"
        _tell(draft, known, f"{whose} in the code, for everyone to read")


def _put_forms(listed: Iterable[dict[str, Any]], forms: Iterable[tuple[str, Form]]) -> None:
    """Put the first form that the code says of each required variable; a key of Fernet's is a secret."""
    known: dict[str, Form] = {}
    for name, form in forms:
        known.setdefault(name, form)
    for item in listed:
        found = known.get(item["name"]) if item.get("required") and item["phase"] == "run" else None
        if found is not None:
            item["form"] = asdict(found)
            item["secret"] = item.get("secret", False) or found.kind == "fernet"


def _mark(
    draft: Draft,
    found: Iterable[tuple[str, Evidence]],
    marked: Mapping[str, Evidence],
    *,
    secret: bool = False,
    fallback: bool = False,
) -> dict[str, Evidence]:
    """Mark variables; return the place of each that was not ``marked`` before. ``secret``: by what they are used for,
    whatever their names are."""
    listed = draft.values.get("environment", [])
    present = {item["name"]: item for item in listed if item["phase"] == "run"}
    places: dict[str, Evidence] = {}
    for name, says in found:
        item = present.get(name)
        if name in GIVEN or name == draft.values.get("port_variable") or len(marked) + len(places) >= MAX_REQUIRED:
            continue
        if item is None:
            item = present[name] = {"name": name, "phase": "run", "secret": is_secret(name)}
            listed = draft.values.setdefault("environment", listed)
            listed.append(item)
        if item.get("value") is None and name not in marked:
            item["required"] = True
            item["secret"] = secret or item.get("secret", False)
            item["fallback"] = fallback or item.get("fallback", False)
            places.setdefault(name, replace(says, subject=name))
    return places


def _tell(draft: Draft, places: Mapping[str, Evidence], why: str) -> None:
    if places:
        first = next(iter(places.values()))
        more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
        forms = {item["name"]: words_of(item.get("form")) for item in draft.values["environment"]}
        names = ", ".join(f"{name} ({forms[name]})" if forms[name] else name for name in list(places)[:_NAMED])
        draft.note("info", f"set {names}{more} in the container; {why}", first.path, first.line)
