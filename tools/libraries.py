"""`python -m tools.libraries CONTENTS PACKAGES`: rebuild genfile/data/libraries.toml from Debian's index.

CONTENTS is Contents-amd64.gz, PACKAGES is Packages.xz of the release that the base images of today are made from
(dists/trixie/main on any mirror). Kept are the shared libraries whose package others depend on, the most needed first.
"""

import gzip
import lzma
import re
import sys
from collections import Counter
from pathlib import Path

PATH = Path(__file__).parent.parent / "genfile" / "data" / "libraries.toml"
HEAD = """\
# Shared libraries and the Debian package that holds each: what an image lacks when its program can't load one.
# Source: Debian 13 (trixie), main, amd64; made by `python -m tools.libraries`.

[libraries]
"""
KEPT = 900
_LIBRARY = re.compile(r"usr/lib/(?:x86_64-linux-gnu/)?(lib[^/\s]+\.so\.[0-9]+)\s+(\S+)")
_DEPENDENCY = re.compile(r"[a-z0-9][a-z0-9.+-]+")


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__)
        return 2
    needed = _needed(Path(arguments[1]))
    found: dict[str, str] = {}
    with gzip.open(arguments[0], "rt", encoding="utf-8") as lines:
        for line in lines:
            match = _LIBRARY.match(line)
            if match is None:
                continue
            packages = [item.rpartition("/")[2] for item in match[2].split(",") if "libs/" in item]
            best = max(packages, key=lambda name: needed[name], default=None)
            if best is not None and not best.endswith(("-dev", "-dbg", "-cross")):
                found[match[1]] = best
    chosen = sorted(found, key=lambda name: (-needed[found[name]], name))[:KEPT]
    body = "".join(f'"{name}" = "{found[name]}"\n' for name in sorted(chosen))
    PATH.write_text(HEAD + body, "utf-8")
    return 0


def _needed(path: Path) -> Counter[str]:
    """How many packages depend on each."""
    needed: Counter[str] = Counter()
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("Depends: "):
                names = {match[0] for part in line[9:].split(",") if (match := _DEPENDENCY.search(part.strip()))}
                needed.update(names)
    return needed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
