"""`node --import tsx` starts one Node in place of the two of `tsx`."""

import pytest

from tests.test_traps import LISTEN, only, package

LOADED = ("node", "--import", "tsx", "src/a.ts")


def start(script: str, node: str = "24", version: str = "4.19.0", **files: str) -> tuple[str, ...]:
    manifest = package(
        scripts={"start": script, "worker": "tsx src/w.ts"},
        dependencies={"express": "5.0.0", "tsx": version},
        engines={"node": node},
    )
    return tuple(only(**{"package.json": manifest, "src/a.ts": LISTEN, "src/w.ts": LISTEN, **files}).start)


def test_a_file_alone_is_loaded_by_node() -> None:
    assert start("tsx src/a.ts") == LOADED
    assert start("tsx src/a.ts --port 3000") == (*LOADED, "--port", "3000")
    assert start("tsx src/a.ts", "22") == LOADED


@pytest.mark.parametrize("script", ["tsx --tsconfig tsconfig.app.json src/a.ts", "tsx --conditions=x src/a.ts"])
def test_options_of_tsx_stay_with_tsx(script: str) -> None:
    assert start(script)[0] == "tsx"


@pytest.mark.parametrize(("node", "version"), [("18", "4.19.0"), ("20.5.0", "4.19.0"), ("24", "3.14.0")])
def test_older_releases_can_t_load_it(node: str, version: str) -> None:
    assert start("tsx src/a.ts", node, version) == ("tsx", "src/a.ts")


def test_a_process_is_loaded_likewise() -> None:
    manifest = package(scripts={"start": "tsx src/a.ts"}, dependencies={"express": "5.0.0", "tsx": "4.19.0"})
    files = {"src/a.ts": LISTEN, "src/w.ts": LISTEN, "Procfile": "web: npm start\nworker: tsx src/w.ts\n"}
    assert dict(only(**{"package.json": manifest, **files}).processes) == {"worker": (*LOADED[:3], "src/w.ts")}
