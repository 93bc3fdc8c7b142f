"""A task for guarded processes: which modules are loaded."""

import sys
from collections.abc import Sequence
from typing import Any


def loaded(data: dict[str, Any], blobs: Sequence[bytes]) -> list[str]:
    return sorted(sys.modules)
