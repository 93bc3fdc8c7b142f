"""Causes that a gate observed rather than read in a log: where a program listens, what answers, how it ended."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from genfile.verify.running import GateOutcome

if TYPE_CHECKING:
    from genfile.spec.project import Spec

_EVERYWHERE = "0.0.0.0"
_LOCAL = re.compile(r"(?<![\w.])(?:127\.0\.0\.1|localhost|\[?::1\]?)(?=$|[:/])")
# Variables that tell programs which address to listen on.
_ADDRESS = re.compile(
    r"(?:\w+_)?(?:HOST|HOSTNAME|BIND|BIND_ADDRESS|BIND_HOST|LISTEN|LISTEN_ADDRESS|LISTEN_HOST|ADDRESS)"
)


class Diagnosis(Struct, frozen=True):
    """A cause: its id, what is wrong, how to fix it, and the settings that do.

    ``settings``: spec fields and options with their new values; empty if only a person can fix it. ``certain``: the
    settings fix it, with no choice left to a person.
    """

    id: str
    text: str
    hint: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    certain: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "text": self.text,
            "hint": self.hint,
            "settings": dict(self.settings),
            "certain": self.certain,
        }

    def toml(self) -> list[str]:
        """The lines for genfile.toml that fix it."""
        return [f"{_key(key)} = {_value(value)}" for key, value in self.settings.items()]


class CauseMend(Struct, frozen=True):
    """What fixes a cause: settings, or none if only a person can; ``text``: a more precise cause."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None


def _key(key: str) -> str:
    import json

    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)


def _value(value: Any) -> str:
    import json

    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(key)} = {_value(item)}' for key, item in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)


def by_finding(gate: str, finding: GateOutcome, spec: "Spec") -> Diagnosis | None:
    """The cause that was observed; None if only the log can tell."""
    if finding.out_of_memory:
        return Diagnosis(
            "memory-limit",
            "the program took more memory than the container may, and was killed",
            "give it more: --memory 2g; or bound it, as NODE_OPTIONS=--max-old-space-size=… does for Node.js",
        )
    if gate == "answer" and finding.answers is not None:
        return Diagnosis(
            "health-path",
            f"nothing is at the health path, and {finding.answers} answers",
            "name the path that answers",
            {"health.path": finding.answers},
            certain=True,
        )
    reachable = [item for item in finding.listens if not item.is_loopback]
    if gate != "answer" or not finding.listens:
        return None
    if not reachable:
        return loopback(str(finding.listens[0]), spec)
    if all(item.port != spec.port for item in reachable):
        return wrong_port(reachable[0].port, spec)
    return None


def wrong_port(port: int, spec: "Spec") -> Diagnosis:
    """The program listens on a different port than the one in the spec."""
    return Diagnosis(
        "wrong-port",
        f"the program listens on {port}, not on {spec.port}",
        "name the port that it listens on",
        {"port": port},
        certain=True,
    )


def loopback(where: str, spec: "Spec") -> Diagnosis:
    """The program listens on an address that nothing outside its container can reach."""
    settings = _reachable(spec)
    return Diagnosis(
        "loopback",
        f"the program listens on {where}, which nothing outside of its container reaches",
        "have it listen on 0.0.0.0, by a flag or a variable of its own",
        settings,
        certain=bool(settings),
    )


def _reachable(spec: "Spec") -> dict[str, Any]:
    """The setting that makes a program listen on all interfaces, by the address in its command or in a variable; empty
    if neither has one."""
    start = [_LOCAL.sub(_EVERYWHERE, word) for word in spec.start]
    if start != list(spec.start):
        return {"start": start}
    listed = [item.model_dump(mode="json") for item in spec.environment]
    for item in listed:
        local = item["value"] is None or _LOCAL.search(item["value"])
        if item["phase"] == "run" and local and (_ADDRESS.fullmatch(item["name"]) or item["value"]):
            item["value"] = _LOCAL.sub(_EVERYWHERE, item["value"]) if item["value"] else _EVERYWHERE
            return {"environment": [pruned(entry) for entry in listed]}
    return {}


def pruned(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A value in a spec, without what is unset or off anyway."""
    return {key: value for key, value in entry.items() if value not in (None, False)}


def not_ending(spec: "Spec") -> Diagnosis:
    """The program did not end on SIGTERM."""
    return Diagnosis(
        "no-signal",
        "the program does not end on SIGTERM: it was killed after 10 s",
        "handle SIGTERM in the program, or start it without a shell in front of it",
    )
