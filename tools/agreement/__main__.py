"""`python -m tools.agreement CHECKOUTS [--json FILE] [--sample N]`: agreement with what people wrote.

CHECKOUTS holds a folder OWNER+NAME for each repository. Its Dockerfiles for production are interpreted; genfile
then looks at the tree without its container files (`hide.py` says which); both are compared field by field. A field is
`agree`, `differ`, or `not comparable` with a reason. `--json` writes every comparison with both places;
`--sample` prints so many of the disagreements, chosen by the seed.

The repositories of docs/detection.md are chosen by a rule. An index of public repositories lists a hundred names, in
an order of its own, for each of thirteen paths: `Dockerfile`, `Dockerfile.prod`, and a `Dockerfile` in `backend`,
`server`, `api`, `app`, `apps/api`, `services/api`, `api-gateway`, `cmd/server`, `cmd/api`, `src/main/docker` and
`compose/production/django`. Taken is every second name of `app`, `services/api` and `cmd/server`, every fourth of
`Dockerfile`, `cmd/api` and `compose/production/django`, every third of the others (of the first 62 of `backend` and
`server` two of three), at the newest commit. Left out are those of tests/corpus, those that measure genfile from
outside, those with more than 20,000 files, and those that could not be had.

A second sample has other paths: a `Dockerfile` in `web`, `deploy`, `build`, `src`, `bot`, `worker`, `build/package`,
`frontend`, `user-service`, `eureka-server` and `cmd/worker`, and `backend/Dockerfile.prod`. Of the hundred names that
the index lists for each, taken are those whose listed commit begins with 0 or 1, for `cmd/worker` with 0, 1 or 2; the
same are left out.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tools.agreement.model import FIELDS, LANGUAGES, Compared
from tools.agreement.repository import compare_repository


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.agreement", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("checkouts", type=Path)
    parser.add_argument("--json", type=Path, help="write every comparison to this file")
    parser.add_argument("--sample", type=int, default=0, help="print so many disagreements")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(arguments)
    folders = sorted(path for path in options.checkouts.iterdir() if "+" in path.name and path.is_dir())
    with ProcessPoolExecutor(options.jobs) as pool:
        done = [item for found in pool.map(compare_repository, folders, chunksize=4) for item in found]
    if options.json:
        options.json.write_text(json.dumps([item.to_json() for item in done], indent=1) + "\n", "utf-8")
    print(report(len(folders), done))
    for item in sample(done, options.sample, options.seed):
        print(shown(item))
    return 0


def report(repositories: int, done: Iterable[Compared]) -> str:
    """The table by language and field, in Markdown, and why what is not compared is not."""
    counts: Counter[tuple[str, str, str]] = Counter()
    reasons: Counter[str] = Counter()
    used: set[str] = set()
    for item in done:
        counts[item.language, item.field, item.verdict] += 1
        if item.verdict == "not comparable":
            reasons[f"{item.field}: {item.reason}"] += 1
        elif item.field == "found":
            used.add(item.repository)
    lines = [f"{repositories} repositories, {len(used)} of them with a Dockerfile that can be compared", ""]
    lines += [f"| field | {' | '.join((*LANGUAGES, 'all'))} |", "|---" * (len(LANGUAGES) + 2) + "|"]
    for name in FIELDS:
        cells = [_cell(counts, (language,), name) for language in LANGUAGES]
        lines.append(f"| {name} | {' | '.join(cells)} | {_cell(counts, LANGUAGES, name)} |")
    lines += ["", "Not comparable:", *(f"{count:>6}  {text}" for text, count in reasons.most_common())]
    return "\n".join(lines)


def _cell(counts: Counter[tuple[str, str, str]], languages: Iterable[str], name: str) -> str:
    agree = sum(counts[language, name, "agree"] for language in languages)
    asked = agree + sum(counts[language, name, "differ"] for language in languages)
    return f"{agree} of {asked}, {agree / asked:.0%}" if asked else "–"


def sample(done: Iterable[Compared], size: int, seed: int) -> list[Compared]:
    """So many of the disagreements, the same ones for the same seed."""
    differing = [item for item in done if item.verdict == "differ"]
    return random.Random(seed).sample(differing, min(size, len(differing)))


def shown(item: Compared) -> str:
    head = f"{item.repository} [{item.language}] {item.field} of {item.service or 'no service'}, {item.dockerfile}"
    sides = [f"  written: {item.written}  ({item.written_at})", f"  genfile: {item.found}  ({item.found_at})"]
    return "\n".join([head, *sides, *([f"  {item.reason}"] if item.reason else [])])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
