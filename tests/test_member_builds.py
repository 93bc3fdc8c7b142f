"""With an engine: a member's image holds its own part of the workspace, and a change elsewhere builds nothing again."""

import json
import shutil
from pathlib import Path

import pytest

import genfile
from genfile.project.apply import apply_plan
from genfile.project.plan import make_plan
from genfile.verify.docker import build, docker, inspect
from genfile.verify.gates import changed_line
from genfile.verify.log import BuildStep, read_steps
from tests.conftest import PROJECTS, make_images

pytestmark = pytest.mark.build

# What `api` and its library need in production, and what nobody but others, or the build, needs.
NEEDED = {"is-number", "ms"}
FOREIGN = {"is-odd", "left-pad", "isarray", "mkdirp", "kind-of", "semver"}
FIND = "find /app -name package.json -path '*/node_modules/*'"


@pytest.fixture(params=["pnpm", "yarn", "yarn-berry", "bun"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path, engine: str | None) -> Path:
    root = tmp_path / "shop"
    shutil.copytree(PROJECTS / f"workspace-{request.param}", root)
    made = genfile.generate(root)
    apply_plan(make_plan(root, made.files))
    place = root / "apps/api/Dockerfile"
    make_images(engine, place.read_text("utf-8"))
    if engine is not None:
        place.write_text(place.read_text("utf-8").removeprefix("# syntax=docker/dockerfile:1\n"), "utf-8")
    return root


def built(root: Path, tag: str, *, cache: bool = True) -> tuple[list[BuildStep], list[str]]:
    """The steps of a build, and the layers of its image."""
    result = build(root / "apps/api/Dockerfile", root, tag, cache=cache)
    assert result.ok, result.output
    return read_steps(result.output), inspect("image", tag)["RootFS"]["Layers"]


def test_a_member_alone(workspace: Path) -> None:
    tag = f"genfile-member:{workspace.parent.name}"
    try:
        # Cold: a step that another test has run is known as cached by an engine that no longer holds what it wrote.
        _, layers = built(workspace, tag, cache=False)
        packages = {Path(line).parent.name for line in docker("run", "--rm", tag, "sh", "-c", FIND).output.splitlines()}
        assert packages >= NEEDED
        assert not packages & FOREIGN
        said = docker("run", "--rm", tag, "node", "-e", "console.log(require('@shop/core').about(3))")
        assert said.output.strip().endswith("3: true"), said.output

        # Another service and its library: sources, and a script of a manifest.
        for path in ("apps/web/src/main.js", "libs/ui/src/index.js"):
            changed_line(workspace / path)
        other = workspace / "apps/web/package.json"
        other.write_text(json.dumps({**json.loads(other.read_text("utf-8")), "version": "1.0.1"}), "utf-8")
        steps, after = built(workspace, tag)
        assert [step.instruction for step in steps if not step.cached] == []
        assert after == layers

        # Its own: nothing is installed again, and one layer of the image is another one.
        changed_line(workspace / "apps/api/src/main.js")
        steps, after = built(workspace, tag)
        assert [step.instruction for step in steps if step.installs and not step.cached] == []
        assert len(set(after) - set(layers)) == 1
    finally:
        docker("image", "rm", "--force", tag)
