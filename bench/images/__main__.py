"""Measure the images: `python -m bench.images [SHAPE…] [--json FILE] [--write]`.

With `--builder NAME`, measure what an empty builder does instead; bench/README.md says how to set one up."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from bench.images.builder import Builder, Fresh, measure_fresh
from bench.images.measure import STAND_INS, Figures, measure
from bench.images.page import fresh_section, page, with_section
from bench.images.recipe import COLUMNS
from bench.images.shapes import BENCH, Shape, read_shapes
from genfile.verify.docker import why_unavailable

T = TypeVar("T")


def main() -> int:
    """Measure, print the page, and write it if asked to."""
    parser = _parser()
    given = parser.parse_args()
    reason = None if given.show else why_unavailable()
    if reason is not None:
        parser.error(reason)
    if given.builder == "default":
        parser.error("the builder is emptied: it can't be the engine's own")
    try:
        shapes = read_shapes(given.shapes)
    except KeyError as error:
        parser.error(f"there is no shape {error}")
    columns = given.columns.split(",")
    written = (BENCH / "IMAGES.md").read_text("utf-8")
    text = _fresh(given, shapes, columns, written) if given.builder else _images(given, shapes, columns, written)
    if given.write:
        (BENCH / "IMAGES.md").write_text(text, "utf-8")
    else:
        print(text)
    return 0


def _images(given: argparse.Namespace, shapes: list[Shape], columns: list[str], written: str) -> str:
    results = {name: _each(found, Figures.from_json) for name, found in _known(given.json).items()}
    for shape in [] if given.show else shapes:
        results[shape.name] = measure(shape, columns, given.rounds, _say)
        _keep(given.json, results)
    listed = _listed(shapes, results, given)
    return page(listed, results, columns, stand_ins=STAND_INS is not None, busy=given.busy, written=written)


def _fresh(given: argparse.Namespace, shapes: list[Shape], columns: list[str], written: str) -> str:
    results = {name: _each(found, Fresh.from_json) for name, found in _known(given.json).items()}
    for shape in [] if given.show else shapes:
        builder = Builder(given.builder, given.registry)
        results[shape.name] = {**results.get(shape.name, {}), **measure_fresh(shape, columns, builder, _say)}
        _keep(given.json, results)
    return with_section(written, fresh_section(_listed(shapes, results, given), results, columns))


def _listed(shapes: list[Shape], results: Mapping[str, Any], given: argparse.Namespace) -> list[Shape]:
    return [shape for shape in (shapes if given.show else read_shapes([])) if shape.name in results]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.images", description=__doc__)
    add = parser.add_argument
    add("shapes", nargs="*", metavar="SHAPE", help="applications of shapes.toml; all by default")
    add("--columns", default="genfile,hand", help=f"of {', '.join(COLUMNS)}; genfile,hand by default")
    add("--rounds", type=int, default=3, help="builds after a change, of whose times the median counts")
    add("--json", type=Path, metavar="FILE", help="write every figure there; shapes not measured stay")
    add("--write", action="store_true", help="write bench/IMAGES.md")
    add("--builder", metavar="NAME", help="a builder of buildx for this alone, which is emptied before each build")
    add("--registry", default="localhost:5000", metavar="HOST", help="where it pushes to; localhost:5000 by default")
    add("--busy", action="store_true", help="say on the page that the machine had other work")
    add("--show", action="store_true", help="measure nothing: tell what the file of --json holds")
    return parser


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _known(path: Path | None) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8")) if path and path.is_file() else {}
    return told


def _each(found: dict[str, Any], read: Callable[[dict[str, Any]], T]) -> dict[str, T]:
    return {name: read(said) for name, said in found.items()}


def _keep(path: Path | None, results: Mapping[str, Mapping[str, Figures | Fresh]]) -> None:
    if path is not None:
        told = {shape: {name: one.to_json() for name, one in found.items()} for shape, found in results.items()}
        path.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
