"""`python -m tools.families CHECKOUT…`: hold families.toml and names.toml against public lists of packages and images.

A checkout is recognised by its files: alpinelinux/aports at the release that the presets name, wolfi-dev/os,
docker-library/official-images (with its history, for lines that are no longer built), canonical/chisel-releases at
ubuntu-24.04, heroku/base-images, ros/rosdistro, and for UBI sclorg/s2i-*, adoptium/containers and any project with an
rpms.lock.yaml. The lists of Alpine and Wolfi are whole: a name that they lack is wrong (exit code 1). Those of Ubuntu
and UBI are not: a name that none of them has is only not proven. Nothing of a checkout is run or kept.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from genfile.data import load_table, runtime
from genfile.data.families import Family, FamilyLine, families, package_names
from tools.families.listings import Listing, listings, tags

# The runtime that tells the lines of a kind.
RUNTIMES = {"node": "node", "bun": "bun", "python": "python", "go": "go", "java": "java", "jdk": "java", "war": "java"}


def main(arguments: list[str]) -> int:
    if not arguments or any(not Path(item).is_dir() for item in arguments):
        print(__doc__)
        return 2
    checkouts = [Path(item) for item in arguments]
    found = [item for checkout in checkouts for item in listings(checkout)]
    known = {name: some for checkout in checkouts for name, some in tags(checkout).items()}
    wrong = 0
    for family in families().values():
        own = [item for item in found if item.family == family.name]
        if own:
            wrong += _packages(family, own)
        if known:
            wrong += _images(family, known)
    return 1 if wrong else 0


def _packages(family: Family, own: list[Listing]) -> int:
    wanted = sorted(set(packages(family)))
    missing = [name for name in wanted if not any(item.has(name) for item in own)]
    whole = any(item.whole for item in own)
    print(f"{family.name}: {len(wanted) - len(missing)} of {len(wanted)} packages are in the lists")
    if missing:
        print(f"  {'missing' if whole else 'not proven'}: {' '.join(missing)}")
    unused = [name for name, text in package_names(family.name).items() if text is None and name in _exact(own)]
    if whole and unused:
        print(f"  there under Debian's name, but not in names.toml: {' '.join(unused)}")
    return len(missing) if whole else 0


def _exact(own: list[Listing]) -> set[str]:
    return {name for item in own for name in item.names}


def packages(family: Family) -> Iterator[str]:
    """Every package that a Dockerfile of this family may install, by the family's own name."""
    if family.packages == "apt":
        # Debian's names, but for those that are Ubuntu's own.
        own = package_names(family.name)
        yield from (text for name in load_table("names") if (text := own.get(name, name)))
    else:
        yield from (word for text in package_names(family.name).values() if text for word in text.split())
    for table in (family.setup, family.headers):
        for kind, items in table.items():
            yield from (line.fill(item) for line in lines(family, kind) for item in items)


def lines(family: Family, kind: str) -> list[FamilyLine]:
    """The lines of the runtime that this family has images for."""
    if kind not in RUNTIMES:
        return [FamilyLine()]
    every = [FamilyLine(line.version, line.distro, line.alpine) for line in runtime(RUNTIMES[kind]).lines]
    return [line for line in every if family.has(kind, line)]


def references(family: Family) -> Iterator[str]:
    """Every image that a Dockerfile of this family may start from."""
    for kind in family.images:
        for line in lines(family, kind):
            yield from family.images_of(kind, line).values()


def _images(family: Family, known: dict[str, frozenset[str]]) -> int:
    official = [name.partition(":") for name in sorted(set(references(family))) if name.partition(":")[0] in known]
    missing = [f"{name}:{tag}" for name, _, tag in official if tag not in known[name]]
    if official:
        print(f"{family.name}: {len(official) - len(missing)} of {len(official)} official images have had their tag")
    if missing:
        print(f"  missing: {' '.join(missing)}")
    return len(missing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
