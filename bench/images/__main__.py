"""Measure the images: `python -m bench.images [SHAPE…] [--json FILE] [--write]`."""

import argparse
import json
import sys
from pathlib import Path

from bench.images.measure import STAND_INS, Figures, measure
from bench.images.page import page
from bench.images.recipe import COLUMNS
from bench.images.shapes import BENCH, read_shapes
from genfile.verify.docker import why_unavailable


def main() -> int:
    """Measure, print the page, and write it where that was asked for."""
    parser = _parser()
    given = parser.parse_args()
    reason = None if given.show else why_unavailable()
    if reason is not None:
        parser.error(reason)
    try:
        shapes = read_shapes(given.shapes)
    except KeyError as error:
        parser.error(f"there is no shape {error}")
    columns = given.columns.split(",")
    results = _known(given.json)
    for shape in [] if given.show else shapes:
        results[shape.name] = measure(shape, columns, given.rounds, _say)
        if given.json is not None:
            given.json.write_text(_as_json(results), "utf-8")
    listed = [shape for shape in (shapes if given.show else read_shapes([])) if shape.name in results]
    text = page(listed, results, columns, stand_ins=STAND_INS is not None)
    if given.write:
        (BENCH / "IMAGES.md").write_text(text, "utf-8")
    else:
        print(text)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.images", description=__doc__)
    add = parser.add_argument
    add("shapes", nargs="*", metavar="SHAPE", help="applications of shapes.toml; all by default")
    add("--columns", default="genfile,hand", help=f"of {', '.join(COLUMNS)}; genfile,hand by default")
    add("--rounds", type=int, default=3, help="builds after a change, of whose times the median counts")
    add("--json", type=Path, metavar="FILE", help="write every figure there; shapes not measured stay")
    add("--write", action="store_true", help="write bench/IMAGES.md")
    add("--show", action="store_true", help="measure nothing: tell what the file of --json holds")
    return parser


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _known(path: Path | None) -> dict[str, dict[str, Figures]]:
    if path is None or not path.is_file():
        return {}
    told = json.loads(path.read_text("utf-8"))
    return {shape: {name: Figures.from_json(said) for name, said in found.items()} for shape, found in told.items()}


def _as_json(results: dict[str, dict[str, Figures]]) -> str:
    told = {shape: {name: one.to_json() for name, one in found.items()} for shape, found in results.items()}
    return json.dumps(told, indent=1) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
