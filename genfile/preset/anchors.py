"""What the entries of compose.yaml for one image have in common, which is written once: a YAML anchor."""

from collections.abc import Sequence
from typing import Any

# The parts of an entry that may be in such a block, and what each of them is made of.
PARTS = {
    "build": ("context", "dockerfile", "arguments", "secrets"),
    "environment": ("environment", "choices"),
    "hardening": ("mounts", "beside_code", "native", "tmpfs"),
}


def share(entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The block that is merged into each of the entries, which keep only those parts in which they differ from it. A
    part is in the block if several entries have it, and no other has it empty, since that would not undo it."""
    first, last = entries[0], entries[-1]
    # The release command, which may have less than the others, stands between the service and its workers.
    alike = {part: _is_shared(entries, keys) for part, keys in PARTS.items()}
    for entry in entries:
        entry["shared"] = first["name"]
        entry["parts"] = [
            part for part, keys in PARTS.items() if not alike[part] or any(entry[key] != last[key] for key in keys)
        ]
    shared = {key: last[key] for part, keys in PARTS.items() if alike[part] for key in keys}
    return first | shared | {"parts": [part for part in PARTS if alike[part]]}


def _is_shared(entries: Sequence[dict[str, Any]], keys: Sequence[str]) -> bool:
    last = entries[-1]
    others = [entry for entry in entries if any(entry[key] != last[key] for key in keys)]
    undone = any(not any(entry[key] for key in keys) for entry in others)
    return len(entries) - len(others) > 1 and not undone
