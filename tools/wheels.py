"""`python -m tools.wheels PACKAGE…`: add to genfile/data/wheels.toml how far the wheels of a few packages reach.

pip is asked which releases it can install from wheels alone on Linux, once for each line of Python; the first release
of a line is the bound of all before it. Name only packages that are compiled and commonly pinned: entries that are
there already stay as they are. What wheels can't tell (imports of modules that Python dropped) is in pins.toml.

`python -m tools.wheels --whole PACKAGE…` is for packages that are none of that themselves, and pin others that are: uv
is asked whether a release can be installed with all that it brings, the last of each series, the newest lines first.
"""

import datetime
import itertools
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import tomli
from packaging.version import Version

from genfile.data import runtime

PATH = Path(__file__).parent.parent / "genfile" / "data" / "wheels.toml"
PLATFORMS = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014", "manylinux2010", "manylinux1")
MAX_PACKAGES = 20
MAX_SERIES = 60
PAUSE = 1.0
HEAD = """\
# How far the wheels of packages reach, asked of pip by `python -m tools.wheels`.
# Each pair: "versions below this" = "newest line of Python that has wheels". The first that fits decides; what only
# the next major may bring, written without a dot, has the date of this file.
"""


def main(arguments: list[str]) -> int:
    whole = arguments[:1] == ["--whole"]
    arguments = arguments[whole:]
    if not arguments or len(arguments) > MAX_PACKAGES:
        print(__doc__)
        return 2
    data = tomli.loads(PATH.read_text("utf-8")) if PATH.exists() else {}
    lines = [line.version for line in reversed(runtime("python").lines) if int(line.version.split(".")[1]) >= 8]
    for name in arguments if whole else ():
        usual = [line for line in lines if Version(line) <= Version(runtime("python").default)]
        rows = steps(reaches(name, usual))
        print(f"{name}: {rows}", flush=True)
        if rows:
            data.setdefault("python", {})[name] = rows
            PATH.write_text(render(data, datetime.date.today()), "utf-8")
    for name in arguments if not whole else ():
        released = {line: installable(name, line) for line in lines}
        data.setdefault("python", {})[name] = bounds(released)
        time.sleep(PAUSE)
    PATH.write_text(render(data, datetime.date.today()), "utf-8")
    return 0


def installable(name: str, line: str) -> list[str]:
    """The releases that pip can install from wheels on a line of Python."""
    command = [sys.executable, "-m", "pip", "index", "versions", name, "--python-version", line, "--only-binary=:all:"]
    command += [word for platform in PLATFORMS for word in ("--platform", f"{platform}_x86_64")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return read_versions(done.stdout)


def read_versions(text: str) -> list[str]:
    """The versions in what `pip index versions` prints."""
    _, found, rest = text.partition("Available versions: ")
    return [item.strip() for item in rest.split("\n")[0].split(",")] if found else []


def bounds(released: dict[str, list[str]]) -> list[list[str]]:
    """By line of Python, oldest first, with the releases that have wheels: `["2.1.0", "3.12"]` for all below 2.1.0."""
    found: list[list[str]] = []
    lines = list(released)
    for before, line in itertools.pairwise(lines):
        if not released[before]:
            continue
        # Without a wheel for it yet, the next major is the first that may bring one.
        newest = max(map(Version, released[before]))
        first = min(map(Version, released[line])) if released[line] else Version(str(newest.major + 1))
        if not found or Version(found[-1][0]) < first:
            found.append([str(first), before])
        if not released[line]:
            break
    oldest = min((Version(item) for items in released.values() for item in items), default=Version("0"))
    return [pair for pair in found if Version(pair[0]) > oldest]


def series(versions: list[str]) -> list[tuple[str, str]]:
    """The first and the last release of each series of a package (1.2 of 1.2.3), the newest series first."""
    found: dict[tuple[int, ...], list[Version]] = {}
    for item in sorted(Version(text) for text in versions):
        if not item.is_prerelease:
            found.setdefault(item.release[:2], []).append(item)
    return [(str(items[0]), str(items[-1])) for _, items in sorted(found.items(), reverse=True)]


def reaches(name: str, lines: list[str]) -> list[tuple[str, str]]:
    """Of the series of a package, the newest first: its first release and the newest line that its last release can be
    installed on with all that it brings. Each is asked of the line of the one before it, then of those beside that.
    Where no line has wheels for all of it, that series and what is older is left out."""
    found: list[tuple[str, str]] = []
    at = len(lines) - 1
    for first, last in series(installable(name, lines[-1]))[:MAX_SERIES]:
        wanted = f"{name}=={last}"
        if resolves(wanted, lines[at]):
            while at + 1 < len(lines) and resolves(wanted, lines[at + 1]):
                at += 1
        else:
            at = next((lower for lower in range(at - 1, -1, -1) if resolves(wanted, lines[lower])), -1)
        if at < 0:
            break
        found.append((first, lines[at]))
    return found


def resolves(requirement: str, line: str) -> bool:
    """Whether uv can install a requirement, with all that it brings, from wheels alone on a line of Python."""
    command = ["uv", "pip", "compile", "-", "--quiet", "--python-version", line, "--only-binary", ":all:"]
    command += ["--python-platform", "x86_64-manylinux_2_28"]
    return subprocess.run(command, input=requirement, capture_output=True, text=True, check=False).returncode == 0


def steps(found: list[tuple[str, str]]) -> list[list[str]]:
    """The bounds of what `reaches` gives: below the first release of a series that reaches further; last, below the
    next major, how far the newest series reaches."""
    pairs = [[str(Version(found[0][0]).major + 1), found[0][1]]] if found else []
    for (first, line), (_, older) in itertools.pairwise(found):
        if older != line:
            pairs.append([first, older])
    return list(reversed(pairs))


def render(data: dict[str, Any], today: datetime.date) -> str:
    rows = [f"{name} = {json.dumps(pairs)}" for name, pairs in sorted(data.get("python", {}).items())]
    return f"{HEAD}as_of = {today.isoformat()}\n\n[python]\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
