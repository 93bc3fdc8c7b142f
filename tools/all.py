"""`python -m tools.all`: regenerate every file that is made from the code. `--check` only names those that are stale.

Files that are made from public data (runtimes.toml, wheels.toml, libraries.toml) have scripts of their own: they need
checkouts or a network.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from genfile.schema import json_schema
from tools import blocks, checks, readme, signals, specs, terminal

SCHEMA = Path(__file__).parent.parent / "docs" / "genfile.schema.json"


def _schema() -> str:
    return json.dumps(json_schema("config"), indent=2, ensure_ascii=False) + "\n"


# The text of every file that a generator makes, by the generator's name.
GENERATORS: dict[str, Callable[[], dict[Path, str]]] = {
    "blocks": lambda: {blocks.PATH: blocks.render()},
    "checks": lambda: {checks.PATH: checks.render()},
    "readme": lambda: {readme.PATH: readme.render()},
    "schema": lambda: {SCHEMA: _schema()},
    "signals": lambda: {signals.PATH: signals.render()},
    "specs": specs.render,
    "terminal": lambda: {terminal.PATH: terminal.render()},
}
# Folders whose files all come from one generator: a file that it does not make is stale.
FOLDERS = {"specs": specs.TARGET}


def stale(name: str) -> list[Path]:
    """The files of one generator that are not what the code says."""
    made = GENERATORS[name]()
    old = [path for path, text in made.items() if not path.is_file() or not _same(path, text)]
    if name in FOLDERS:
        old += [path for path in FOLDERS[name].glob("*.json") if path not in made]
    return sorted(old)


def _same(path: Path, text: str) -> bool:
    found = path.read_text("utf-8")
    if path.suffix == ".svg":
        # Another release of rich draws the same text by other means.
        return terminal.shown(found) == terminal.shown(text)
    return found == text


def main() -> int:
    """Write what is stale, or with `--check` only name it; the exit code is 1 where `--check` finds something."""
    check = "--check" in sys.argv
    found = False
    for name in GENERATORS:
        for path in stale(name):
            found = True
            print(f"{'stale' if check else 'write'}  {path.relative_to(SCHEMA.parent.parent)}")
            made = GENERATORS[name]()
            if not check and path in made:
                path.write_text(made[path], "utf-8")
            elif not check:
                path.unlink()
    return 1 if check and found else 0


if __name__ == "__main__":
    sys.exit(main())
