"""Any edits by hand and any change of the project: no edit is lost, and a second update changes nothing."""

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from genfile.cli.app import run

# What becomes of the project between two runs: versions, ports, packages, the way that it is started.
CHANGES = st.fixed_dictionaries(
    {
        "node": st.sampled_from(["20", "22", "24"]),
        "port": st.sampled_from([3000, 4000, 8080]),
        "package": st.sampled_from(["express", "fastify", "canvas"]),
        "start": st.sampled_from(["node server.js", "node --enable-source-maps server.js"]),
        "lock": st.booleans(),
    }
)
# Lines of a person's own, each put in at a place of the file, or a line taken out.
EDITS = st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from(["LABEL", "ENV", "#", "-"])), max_size=5)


def put_project(folder: Path, state: dict[str, object]) -> None:
    manifest = {
        "name": "shop",
        "engines": {"node": state["node"]},
        "scripts": {"start": state["start"]},
        "dependencies": {"express": "5.1.0", str(state["package"]): "*"},
    }
    (folder / "package.json").write_text(json.dumps(manifest, indent=2) + "\n")
    (folder / "server.js").write_text(f"require('express')().listen(process.env.PORT || {state['port']})\n")
    lock = folder / "package-lock.json"
    if state["lock"]:
        lock.write_text(json.dumps({"name": "shop", "lockfileVersion": 3, "packages": {"": manifest}}))
    else:
        lock.unlink(missing_ok=True)


def edited(text: str, edits: list[tuple[int, str]]) -> tuple[str, list[str]]:
    """The text with the edits in it, and the lines that were put in."""
    lines = text.splitlines()
    mine: list[str] = []
    for number, (place, kind) in enumerate(edits):
        free = [at for at in range(1, len(lines) + 1) if not lines[at - 1].endswith("\\")]
        at = free[place % len(free)]
        if kind == "-":
            if lines[at - 1].startswith(("LABEL", "EXPOSE", "# deps")):
                # It may be one of the lines that an edit before put in.
                mine = [line for line in mine if line != lines[at - 1]]
                del lines[at - 1]
            continue
        line = {"LABEL": f"LABEL mine.{number}=x", "ENV": f"ENV MINE_{number}=x", "#": f"# mine {number}"}[kind]
        if at > max((i for i, text in enumerate(lines) if text.startswith("FROM")), default=0) or kind == "#":
            lines.insert(at, line)
            mine.append(line)
    return "\n".join(lines) + "\n", mine


@settings(max_examples=40, deadline=None)
@given(CHANGES, CHANGES, EDITS)
def test_no_edit_is_lost_and_twice_is_once(
    before: dict[str, object], after: dict[str, object], edits: list[tuple[int, str]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        put_project(folder, before)
        assert run(["init", name, "--yes", "--json"]) == 0
        dockerfile = folder / "Dockerfile"
        text, mine = edited(dockerfile.read_text(), edits)
        dockerfile.write_text(text)
        put_project(folder, after)
        code = run(["update", name, "--json"])
        merged = dockerfile.read_text()
        assert all(line in merged.splitlines() for line in mine)
        if code == 3:
            assert "<<<<<<< yours" in merged
            return
        assert code == 0
        state = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert run(["update", name, "--json"]) == 0
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == state
        assert run(["check", name, "--json"]) == 0
        if not edits:
            fresh = folder / "fresh"
            fresh.mkdir()
            put_project(fresh, after)
            assert run(["init", str(fresh), "--yes", "--json"]) == 0
            assert (fresh / "Dockerfile").read_text() == merged
