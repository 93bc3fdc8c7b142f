"""Writes bench/IMAGES.md."""

import re

from bench.images.shapes import Shape, read_shapes
from bench.images.table import FreshResults, Results, details, fresh, fresh_details, quality, reruns, sizes, summary

_HEAD = """\
# Images

What genfile writes for {count} small applications (`bench/apps`), beside Dockerfiles that were written by hand for the
same applications (`bench/hand`), built on one engine. `python -m bench.images --write` writes this page.
"""
_PEERS = """
## Other generators

`--columns genfile,hand,fly` measures what the npm package @flydotio/dockerfile writes for the Node applications.
nixpacks, railpack and buildpacks build on images of their own, and `docker init` comes with Docker Desktop and asks its
questions at a terminal: this command runs none of them.
"""
_MISSING = """
Not measured in this run, though there is an application and a Dockerfile by hand: {names}.
"""
_STAND_INS = """
The base images of this run were stand-ins, made where no registry could be reached: sizes, and times with them, can be
compared between the columns of this page, and with nothing else.
"""
_BUSY = """
The machine had other work during this run, so the times say little.
"""
_REASONS = """
Why genfile does not do all that the hand-written files do:

- **Size**: in Node images, 1.7 MB are tini and apt's records of it; the hand-written files have no init process, so a
  program without a SIGTERM handler is killed after ten seconds. For Streamlit, 45 MB are tests and headers inside of
  pandas and pyarrow, which the hand-written file deletes; genfile changes nothing in installed packages. The
  hand-written file for cgo links statically; genfile keeps the C library, since a program may load others later.
- **Bytes moved, junk**: genfile copies the project's folder without what .dockerignore leaves out; the hand-written
  files list what the program reads. A Python package is installed, and its sources are copied too, since programs read
  files by their paths. The rest is small files, and the lists that useradd leaves.
- **RUN steps**: byte code in Python, owned folders in Next.js and layers in Java are steps of their own, so that each
  says what it does.
- **Downloads on a new builder**: cache mounts keep downloads between builds on one machine, and a new one has none of
  them. `--set downloads=layer` keeps them in a layer instead, which a registry cache brings along.
"""
_SIZES = """
## Size and change

**size**: the layers beyond the base image, before compression. **moved**: the layers that a push moves after one more
line in a source file. **again**: the time of that build, the median of {rounds}, the columns in turn.
"""
_RERUNS = """
## What runs again

**source**: the `RUN` steps that run again after that line; a builder that imports its layers from elsewhere (CI) runs
the same ones. **fresh**: those of them that download there, since a new builder's cache mounts are empty. **lock**: the
`RUN` steps that run again after a change of the lock file. **member**: `RUN` steps, and bytes of new layers, after a
change of another member of the workspace. **needless**: packages in the image that the lock file does not name for the
service in production.
"""
_QUALITY = """
## Junk and findings

**own junk**: files of the kinds of `genfile/data/junk.toml` that the Dockerfile itself brought. **packed junk**: those
inside of installed packages. **findings**: of hadolint, and of `docker build --check`.
"""
_FRESH_HEAD = "## On a builder that has nothing\n"
_FRESH = f"""\
{_FRESH_HEAD}
`python -m bench.images --builder NAME --write` writes this section. The builder is emptied before each build, its cache
mounts too. **same**, **line**: the `RUN` steps that run with a registry cache (`mode=max`) after no change, and after
one more line in a source file; and the bytes that come into cache mounts of downloads. **digest**: whether the same
tree built twice without a cache, its files with other times the second time, is the same image (`SOURCE_DATE_EPOCH`,
`rewrite-timestamp=true`), or how many layers differ.

Where the digest differs, the build itself writes something else each time: Next.js an id of the build, uv the time of
the wheel, Maven the time of the build into jars, unless pom.xml has `project.build.outputTimestamp`, and so does Gradle
before version 9.
"""
_SECTION = re.compile(rf"{re.escape(_FRESH_HEAD)}.*?(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_NEXT = "## Each in detail\n"


def fresh_section(shapes: list[Shape], results: FreshResults, columns: list[str]) -> str:
    """The section on an empty builder."""
    missing = [shape.name for shape in read_shapes([]) if shape not in shapes]
    left = [f"Not measured: {', '.join(missing)}.", ""] if missing else []
    return "\n".join(
        [_FRESH, *fresh(shapes, results, columns), "", *left, *fresh_details(shapes, results, columns), "", ""]
    )


def with_section(written: str, section: str) -> str:
    """The page with that section in place of the one it had."""
    rest = _SECTION.sub("", written)
    before, heading, after = rest.partition(_NEXT)
    return f"{before}{section}{heading}{after}" if heading else f"{before.rstrip()}\n\n{section.rstrip()}\n"


def page(
    shapes: list[Shape],
    results: Results,
    columns: list[str],
    *,
    stand_ins: bool,
    busy: bool = False,
    written: str = "",
) -> str:
    """The whole page; keeps the section on an empty builder from the page that is ``written``. ``busy``: the machine
    had other work."""
    parts = [_HEAD.format(count=len(shapes)), *([_STAND_INS] if stand_ins else []), *([_BUSY] if busy else [])]
    missing = [shape.name for shape in read_shapes([]) if shape.name not in results]
    parts += [_MISSING.format(names=", ".join(missing))] if missing else []
    parts += ["\n", "\n".join(summary(shapes, results)), "\n", _REASONS]
    rounds = min((len(one.times) for found in results.values() for one in found.values() if not one.fault), default=0)
    for text, table in ((_SIZES, sizes), (_RERUNS, reruns), (_QUALITY, quality)):
        parts += [text.format(rounds=rounds), "\n", "\n".join(table(shapes, results, columns)), "\n"]
    parts += ["\n## Each in detail\n\n", "\n".join(details(shapes, results, columns))]
    parts += ["\n", _PEERS]
    text = "".join(parts).rstrip("\n") + "\n"
    kept = _SECTION.search(written)
    return with_section(text, kept[0]) if kept else text
