"""Whole-process time of genfile's commands, what a tree of 10,000 files takes beyond one walk of it, memory, and
repositories a second inside one process.

    python -m bench.run [--runs 15] [--peer] [--write]

Every command is run in turn, round after round, so that a machine that slows down slows all of them. `--peer` adds
the npm package @flydotio/dockerfile on the Node example; it is installed into a temporary folder with npm. `--write`
puts the tables into bench/RESULTS.md.
"""

import argparse
import compileall
import json
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.trees import packages

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ("node", "python", "go", "java")
COMPLETION = ("_GENFILE_COMPLETE=complete_bash", "COMP_WORDS=genfile", "COMP_CWORD=1")
# Inspects a tree again and again in one process, each time beside one bare walk of it.
_BESIDE_WALK = """
import json, os, resource, sys, time, genfile
def walk(folder):
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                walk(entry.path)
def taken(step):
    began = time.process_time()
    step(sys.argv[1])
    return time.process_time() - began
genfile.inspect(sys.argv[1])
found = [(taken(genfile.inspect), taken(walk)) for _ in range(int(sys.argv[2]))]
print(json.dumps([found, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


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
        "python -c 'import typer, pydantic'": ([*python, "-c", "import typer, pydantic"], work),
        "genfile --version": ([*genfile, "--version"], work),
        "genfile --help": ([*genfile, "--help"], work),
        "completion of genfile": (["env", *COMPLETION, *genfile], work),
    }
    for name in EXAMPLES:
        folder = work / name
        shutil.copytree(ROOT / "examples" / name, folder)
        found[f"genfile init --yes ({name})"] = ([*genfile, "init", "--yes", "--force"], folder)
        found[f"genfile inspect ({name})"] = ([*genfile, "inspect"], folder)
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


def beside_walk(folder: Path, runs: int) -> tuple[float, float, float]:
    """Milliseconds of CPU of a warm inspection and of a bare walk of the same tree, medians; MiB of the process."""
    command = [sys.executable, "-c", _BESIDE_WALK, str(folder), str(runs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    pairs, memory = json.loads(done.stdout)
    inspected, walked = (1000 * statistics.median(column) for column in zip(*pairs, strict=True))
    return inspected, walked, memory


def tree_rows(runs: int) -> Iterator[str]:
    """The rows of the table of trees: the examples, and 10,000 files around one service."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        packages(folder, 1)
        for number in range(10_000):
            path = folder / f"pages/p{number // 100}/n{number}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        trees = {name: ROOT / "examples" / name for name in EXAMPLES} | {"10,000 files": folder}
        for name, tree in trees.items():
            inspected, walked, memory = beside_walk(tree, runs)
            yield f"| {name} | {inspected:.1f} | {walked:.2f} | {inspected / walked:.1f} | {memory:.0f} |"


def report(runs: int, *, peer: bool) -> str:
    """Everything that is measured, in Markdown."""
    lines = [f"Python {platform.python_version()}, {platform.machine()}, {runs} runs, milliseconds", ""]
    lines += ["| command | median | min | max |", "|---|---|---|---|"]
    for name, times in whole_process(runs, peer=peer).items():
        values = [1000 * value for value in times]
        lines.append(f"| `{name}` | {statistics.median(values):.0f} | {min(values):.0f} | {max(values):.0f} |")
    lines += ["", "In one warm process, CPU time; the ratio is to one walk by `os.scandir` of the same tree:", ""]
    lines += ["| tree | inspect | walk | ratio | MiB |", "|---|---|---|---|---|", *tree_rows(runs)]
    lines += ["", f"In one process, warm: {throughput(400):.0f} repositories a second on one core."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    # pip compiles what it installs; a checkout may not have been, where Python is told to write no byte code.
    compileall.compile_dir(ROOT / "genfile", quiet=1)
    text = report(options.runs, peer=options.peer)
    print(text, end="")
    if options.write:
        command = f"python -m bench.run --runs {options.runs}{' --peer' if options.peer else ''} --write"
        head = f"# Results\n\nBy `{command}`. Compare the rows; don't quote single times.\n\n"
        (ROOT / "bench" / "RESULTS.md").write_text(head + text, "utf-8")


if __name__ == "__main__":
    main()
