"""Whole-process time of `genfile init --yes` on the examples, and repositories a second inside one process.

    python bench/run.py [--runs 15] [--peer]

Every command is run in turn, round after round, so that a machine that slows down slows all of them. `--peer` adds
the npm package @flydotio/dockerfile on the Node example; it is installed into a temporary folder with npm.
"""

import argparse
import compileall
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ("node", "python", "go", "java")


def seconds(command: list[str], folder: Path) -> float:
    """One run of a command, from start to end."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    taken = time.perf_counter() - started
    if done.returncode != 0:
        raise SystemExit(f"{command}: {done.stderr.decode()}")
    return taken


def commands(work: Path, *, peer: bool) -> dict[str, tuple[list[str], Path]]:
    """What is measured, by name: a command and the folder it runs in."""
    python = [sys.executable]
    genfile = [str(Path(sys.executable).parent / "genfile")]
    found: dict[str, tuple[list[str], Path]] = {
        "python -c pass": ([*python, "-c", "pass"], work),
        "python -c 'import typer'": ([*python, "-c", "import typer"], work),
        "python -c 'import typer, pydantic, jinja2'": ([*python, "-c", "import typer, pydantic, jinja2"], work),
        "genfile --version": ([*genfile, "--version"], work),
    }
    for name in EXAMPLES:
        folder = work / name
        shutil.copytree(ROOT / "examples" / name, folder)
        found[f"genfile init --yes ({name})"] = ([*genfile, "init", "--yes", "--force"], folder)
    if peer:
        folder = work / "peer"
        shutil.copytree(ROOT / "examples" / "node", folder)
        tool = work / "npm"
        tool.mkdir()
        subprocess.run(
            ["npm", "install", "--silent", "--prefix", str(tool), "@flydotio/dockerfile"],
            check=True,
            capture_output=True,
        )
        entry = next((tool / "node_modules" / "@flydotio" / "dockerfile").glob("index.js"))
        found["@flydotio/dockerfile (node)"] = (["node", str(entry), "--yes", "--force", "--skip"], folder)
    return found


def whole_process(runs: int, *, peer: bool) -> dict[str, list[float]]:
    """The times of each command, in seconds; one round of warm-up is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        table = commands(Path(folder), peer=peer)
        times: dict[str, list[float]] = {name: [] for name in table}
        for number in range(runs + 1):
            for name, (command, place) in table.items():
                taken = seconds(command, place)
                if number:
                    times[name].append(taken)
    return times


def throughput(rounds: int = 40) -> float:
    """Repositories a second on one core: every example and fixture, inspected and rendered, warm."""
    import genfile

    folders = [ROOT / "examples" / name for name in EXAMPLES]
    folders += sorted(path for path in (ROOT / "tests" / "projects").iterdir() if path.is_dir())
    for folder in folders:
        genfile.generate(folder)
    started = time.perf_counter()
    count = 0
    for number in range(rounds):
        genfile.generate(folders[number % len(folders)])
        count += 1
    return count / (time.perf_counter() - started)


def main() -> None:
    """Measure, and print two tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--peer", action="store_true")
    options = parser.parse_args()
    # pip compiles what it installs; a checkout may not have been, where Python is told to write no byte code.
    compileall.compile_dir(ROOT / "genfile", quiet=1)
    print(f"Python {platform.python_version()}, {platform.machine()}, {options.runs} runs, milliseconds\n")
    print("| command | median | min | max |\n|---|---|---|---|")
    for name, times in whole_process(options.runs, peer=options.peer).items():
        values = [1000 * value for value in times]
        print(f"| `{name}` | {statistics.median(values):.0f} | {min(values):.0f} | {max(values):.0f} |")
    print(f"\nIn one process, warm: {throughput(400):.0f} repositories a second on one core.")


if __name__ == "__main__":
    main()
