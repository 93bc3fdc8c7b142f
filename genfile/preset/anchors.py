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
    """The block that is merged into each of the entries, which keep only those parts in which they differ."""
    first = entries[0]
    alike = {part: all(entry[key] == first[key] for entry in entries for key in keys) for part, keys in PARTS.items()}
    for entry in entries:
        entry["shared"] = first["name"]
        entry["parts"] = [part for part in PARTS if not alike[part]]
    return first | {"parts": [part for part in PARTS if alike[part]]}
