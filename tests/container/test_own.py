"""Files that genfile wrote are no witnesses: a second look at a tree finds what the first one found."""

import json
from pathlib import Path

import pytest

import genfile
from genfile.container.own import is_own_compose, is_own_dockerfile
from tests.conftest import EXAMPLES, PROJECTS, project_names

EVERY = [PROJECTS / name for name in project_names()] + [
    path for path in sorted(EXAMPLES.iterdir()) if path.is_dir() and path.name != "presets"
]


def tree(project: Path) -> dict[str, bytes]:
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in project.rglob("*") if path.is_file()}


@pytest.mark.parametrize("comments", ["none", "brief", "teach"])
@pytest.mark.parametrize("project", EVERY, ids=lambda path: path.name)
def test_a_second_look_finds_the_same(project: Path, comments: str) -> None:
    before: dict[str, str | bytes] = dict(tree(project))
    first = genfile.inspect(before)
    if not first.services:
        return
    made = genfile.generate(before, compose=True, comments=comments)  # type: ignore[arg-type]
    kept = {path: text for path, text in made.files.items() if path not in before}
    second = genfile.inspect({**before, **kept})
    assert json.dumps(second.to_json()) == json.dumps(first.to_json())
    for path, text in kept.items():
        if path.endswith("Dockerfile"):
            assert is_own_dockerfile(text), path
        elif path.endswith("compose.yaml"):
            assert is_own_compose(text), path


OWN = """# syntax=docker/dockerfile:1

FROM node:24-trixie-slim AS base
WORKDIR /app

FROM base AS runtime
COPY --link . /app
USER 1000:1000
EXPOSE 3000
CMD ["node", "x.js"]
"""


def test_an_edited_line_does_not_make_facts_of_the_others() -> None:
    assert is_own_dockerfile(OWN.replace("3000", "4000"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# syntax=docker/dockerfile:1\n", ""),
        ("AS runtime", "AS final"),
        ("AS base", "AS everything"),
        ("USER 1000:1000", "USER node"),
        ('CMD ["node", "x.js"]', "CMD node x.js"),
        ("EXPOSE 3000", "EXPOSE 3000/tcp 9229"),
        ("EXPOSE 3000", "EXPOSE 3000\nHEALTHCHECK CMD curl localhost"),
        ("COPY --link . /app", "COPY . /app"),
    ],
)
def test_a_hand_written_file_is_a_witness(old: str, new: str) -> None:
    assert not is_own_dockerfile(OWN.replace(old, new).replace(old, new))


def test_a_guess_stays_a_guess_beside_its_own_dockerfile() -> None:
    files: dict[str, str | bytes] = {
        "package.json": '{"name": "a", "dependencies": {"express": "5"}, "scripts": {"start": "node x.js"}}',
        "x.js": "require('express')().listen(process.env.WHERE)",
    }
    made = genfile.generate(files)
    again = genfile.inspect({**files, **made.files}).services[0]
    assert again.facts["/port"].guess
    edited = {
        **files,
        "Dockerfile": made.files["Dockerfile"].replace("EXPOSE 3000", "EXPOSE 3000/tcp").replace("--link ", ""),
    }
    assert not genfile.inspect(edited).services[0].facts["/port"].guess
