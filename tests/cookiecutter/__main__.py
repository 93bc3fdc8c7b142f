"""`python -m tests.cookiecutter CHECKOUTS [WORD]`: are the files of public templates the same as cookiecutter's?

CHECKOUTS holds a folder `OWNER+NAME` for each repository, at the commit that repositories.toml names.
"""

import sys
from collections import Counter
from pathlib import Path

from tests.cookiecutter.baking import HAS_ORACLE
from tests.cookiecutter.judge import judge, templates


def main(arguments: list[str]) -> int:
    if not arguments or not HAS_ORACLE:
        print(__doc__ if HAS_ORACLE else "cookiecutter is not installed")
        return 2
    counts: Counter[str] = Counter()
    for template in templates():
        checkout = Path(arguments[0]).resolve() / template.repository.replace("/", "+")
        if not all(word in template.name for word in arguments[1:]):
            continue
        if not (checkout / template.directory / "cookiecutter.json").is_file():
            print(f"{template.name:<64} not there")
            counts["not there"] += 1
            continue
        for verdict in judge(template, checkout):
            word = "different" if verdict.differences else "both refuse" if verdict.refused else "equal"
            counts[word] += 1
            counts["files"] += verdict.files
            how = f"{verdict.answers}{', hooks' if verdict.hooks else ''}"
            print(f"{template.name:<64} {how:<16} {verdict.files:>4} files  {word}  {verdict.refused[:100]}")
            for line in verdict.differences[:10]:
                print(f"    {line[:200]}")
    print(", ".join(f"{count} {word}" for word, count in counts.items()))
    return 1 if counts["different"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
