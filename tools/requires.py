"""`python -m tools.requires LOCKFILE…`: add to genfile/data/requires.toml what each package of some lockfiles requires.

The lockfiles are uv's and Poetry's, of any project: each names every package that its packages bring. What several
releases require is put together, since a list of dependencies may be satisfied by any of them. Entries that no lockfile
names stay as they are.

`python -m tools.requires --packages NAME…` asks pip instead, for a few packages that genfile's own data names.
"""

import datetime
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomli
from packaging.markers import InvalidMarker, Marker
from packaging.requirements import Requirement

from genfile.data.requires import parse_requires
from genfile.parsers.requirements import normalise

PATH = Path(__file__).parent.parent / "genfile" / "data" / "requires.toml"
MAX_PACKAGES = 20
# Extras that no service installs.
ASIDE = frozenset(
    "dev develop development test tests testing doc docs docs-build lint style type typing ci all-dev".split()
)
PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
HEAD = """\
# What packages of PyPI require on Linux, by name; an extra is an entry of its own. What has no entry is unknown.
# Made by `python -m tools.requires LOCKFILE…`, which puts together what the releases in lockfiles require.
"""


def main(arguments: list[str]) -> int:
    if not arguments or (arguments[0] == "--packages" and not 1 < len(arguments) <= MAX_PACKAGES + 1):
        print(__doc__)
        return 2
    old = tomli.loads(PATH.read_text("utf-8"))["pypi"] if PATH.exists() else ""
    found = {name: set(needs.split()) for name, needs in parse_requires(old).items()}
    asks = arguments[0] == "--packages"
    locks = [] if asks else [tomli.loads(Path(path).read_text("utf-8")) for path in arguments]
    entries = [entry for lock in locks for entry in read_lock(lock)]
    entries += read_report(ask(arguments[1:])) if asks else []
    for name, needs in entries:
        found.setdefault(name, set()).update(needs)
    PATH.write_text(render(found, datetime.date.today()), "utf-8")
    print(f"{len(found)} entries")
    return 0


def read_lock(lock: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """Each package of PyPI in a lockfile, and each of its extras that the lockfile has, with what it requires."""
    for item in lock.get("package", []):
        source = item.get("source", {})
        if item.get("version") is None or (source and "registry" not in source):
            continue
        name = normalise(item["name"])
        yield name, set(_required(item.get("dependencies", [])))
        extras = item.get("optional-dependencies", {})
        for extra, listed in ((extra, listed) for extra, listed in extras.items() if normalise(extra) not in ASIDE):
            yield f"{name}[{normalise(extra)}]", set(_required(listed))


def ask(names: list[str]) -> dict[str, Any]:
    """pip's report on what it would install of a few packages, with all that they bring."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
    done = subprocess.run([*command, "--only-binary=:all:", *names], capture_output=True, text=True, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def read_report(report: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """Each package of a report of pip, and each of its extras, with what it requires."""
    for item in report["install"]:
        about = item["metadata"]
        needs = [Requirement(text) for text in about.get("requires_dist", [])]
        for extra in ("", *(extra for extra in about.get("provides_extra", []) if normalise(extra) not in ASIDE)):
            rows = [
                {"name": need.name, "extras": sorted(need.extras)}
                for need in needs
                if holds(str(need.marker or ""), extra) and (not extra or not holds(str(need.marker or "")))
            ]
            yield normalise(about["name"]) + (f"[{normalise(extra)}]" if extra else ""), set(_required(rows))


def _required(listed: Any) -> Iterator[str]:
    """What a package requires on Linux: of uv's list of tables, or of Poetry's table by name."""
    if isinstance(listed, dict):
        rows = [(name, row) for name, rows in listed.items() for row in (rows if isinstance(rows, list) else [rows])]
        listed = [(row if isinstance(row, dict) else {}) | {"name": name} for name, row in rows]
    for row in listed:
        if not row.get("optional") and holds(str(row.get("marker") or row.get("markers") or "")):
            name = normalise(row["name"])
            yield name
            yield from (f"{name}[{normalise(extra)}]" for extra in [*row.get("extra", []), *row.get("extras", [])])


def holds(text: str, extra: str = "") -> bool:
    """Whether a marker holds on Linux for a release of Python, with an extra or without."""
    try:
        marker = Marker(text) if text else None
    except InvalidMarker:
        return False
    linux = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"}
    usual = linux | {"implementation_name": "cpython", "platform_python_implementation": "CPython", "extra": extra}
    return marker is None or any(
        marker.evaluate(usual | {"python_version": python, "python_full_version": f"{python}.9"}) for python in PYTHONS
    )


def render(found: dict[str, set[str]], today: datetime.date) -> str:
    """The data file: a line for each entry."""
    rows = [f"{name}: {' '.join(sorted(needs))}".rstrip() for name, needs in sorted(found.items())]
    listed = "\n".join(rows)
    return f"{HEAD}as_of = {today.isoformat()}\n\npypi = '''\n{listed}\n'''\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
