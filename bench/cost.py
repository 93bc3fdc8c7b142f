"""What `genfile inspect` and the rendering after it cost on small trees, counted: no load of the machine changes it.

    python -m bench.cost [--write]

`--write` keeps the counts in bench/cost.json, where tests/test_cost.py holds them within 5 %.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "bench" / "cost.json"
TREES = {name: ROOT / "examples" / name for name in ("node", "python", "go", "java", "static")}

# A process of its own: modules, files of the tree that are opened, texts parsed, and calls of genfile's own functions.
# What is named `<...>` is left out: releases of Python differ in which comprehensions are calls.
_CODE = """
import json, os, sys
import genfile
root, own = os.path.realpath(sys.argv[1]), os.path.dirname(genfile.__file__)
counts = {"modules": 0, "opened": 0, "parsed": 0, "calls": 0}
def audit(event, given):
    if event == "open" and isinstance(given[0], str) and os.path.realpath(given[0]).startswith(root + os.sep):
        counts["opened"] += 1
def profile(frame, event, _):
    code = frame.f_code
    if event == "call" and code.co_filename.startswith(own) and code.co_name[0] != "<":
        counts["calls"] += 1
        counts["parsed"] += code.co_qualname == "Tree._parse"
sys.addaudithook(audit)
sys.setprofile(profile)
genfile.generate(root)
sys.setprofile(None)
counts["modules"] = sum(name.split(".")[0] == "genfile" for name in sys.modules)
print(json.dumps(counts))
"""


def measure(folder: Path) -> dict[str, int]:
    """The counts of one tree, of a second process: the first one compiles the templates."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONHASHSEED"] = "0"
    command = [sys.executable, "-c", _CODE, str(folder)]
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    counts: dict[str, int] = json.loads(done.stdout)
    return counts


def main() -> None:
    """Count, and print or keep it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    found = {name: measure(folder) for name, folder in TREES.items()}
    text = json.dumps(found, indent=2) + "\n"
    print(text, end="")
    if options.write:
        KEPT.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
