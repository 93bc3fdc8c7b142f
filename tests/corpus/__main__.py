"""`python -m tests.corpus CHECKOUTS [FACTS]`: accuracy a field, and every fact that was missed."""

import sys
import time
from collections import Counter
from pathlib import Path

from tests.corpus.judge import FACTS, FIELDS, Judged, facts, judge


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__)
        return 2
    checkouts, folder = Path(arguments[0]), Path(arguments[1]) if len(arguments) > 1 else FACTS
    done: list[Judged] = []
    absent, slowest = 0, (0.0, "")
    for name, expected in facts(folder):
        if not (checkouts / name).is_dir():
            absent += 1
            continue
        started = time.monotonic()
        done.append(judge(name, expected, checkouts / name))
        slowest = max(slowest, (time.monotonic() - started, name))
    print(report(done))
    print(f"{len(done)} repositories; {absent} not there; slowest {slowest[1]} {slowest[0]:.2f} s")
    return 0


def report(done: list[Judged]) -> str:
    """What was missed, then a line a field."""
    lines: list[str] = []
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    services = whole = extra = 0
    for item in done:
        for verdict in item.verdicts:
            services += 1
            whole += verdict.right
            for name, good in verdict.fields.items():
                asked[name] += 1
                right[name] += good
            missed = verdict.fields and not any(verdict.fields.values())
            shown = ["not found"] if missed else verdict.wrong
            lines.extend(f"{item.name} [{verdict.path}] {text}" for text in shown)
        extra += len(item.extra)
        lines.extend(f"{item.name} [{path}] no service" for path in item.extra)
    lines.append("")
    for name in FIELDS:
        if asked[name]:
            lines.append(f"{name:<24} {right[name]:>4} of {asked[name]:>4}  {right[name] / asked[name]:.1%}")
    total = sum(asked.values())
    if total:
        lines.append(f"{'every field':<24} {sum(right.values()):>4} of {total:>4}  {sum(right.values()) / total:.1%}")
        lines.append(f"{'services wholly right':<24} {whole:>4} of {services:>4}  {whole / services:.1%}")
        lines.append(f"{'services made up':<24} {extra:>4}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
