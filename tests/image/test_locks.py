"""What the locks of Yarn and Bun put into node_modules."""

import json

import pytest

from genfile.image.effects.nodelock import locked_by_bun, locked_by_yarn
from genfile.image.files import Answer
from genfile.parsers import ParseError
from genfile.parsers.yarnlock import parse_yarn_lock
from tests.image import found, paper

YARN = """# yarn lockfile v1


"@scope/kit@^1.0.0", "@scope/kit@^1.1.0":
  version "1.1.0"
  resolved "https://example.invalid/kit.tgz#0"
  dependencies:
    deep "^2.0.0"
    "@scope/inner" ">=1 <3"
  optionalDependencies:
    fast "1.0.0"

deep@^2.0.0:
  version "2.0.1"

"@scope/inner@>=1 <3":
  version "2.0.0"

fast@1.0.0:
  version "1.0.0"

tool@^3.0.0:
  version "3.0.0"
"""
BERRY = """__metadata:
  version: 8
  cacheKey: 10c0

"@scope/kit@npm:^1.0.0, @scope/kit@npm:^1.1.0":
  version: 1.1.0
  resolution: "@scope/kit@npm:1.1.0"
  dependencies:
    deep: "npm:^2.0.0"
    "@scope/inner": "npm:>=1 <3"
    fast: "npm:1.0.0"
  bin:
    kit: bin/kit.js
  languageName: node
  linkType: hard

"deep@npm:^2.0.0":
  version: 2.0.1

"@scope/inner@npm:>=1 <3":
  version: 2.0.0

"fast@npm:1.0.0":
  version: 1.0.0

"shop@workspace:.":
  version: 0.0.0-use.local
  linkType: soft

"tool@npm:^3.0.0":
  version: 3.0.0
"""
BUN = json.dumps(
    {
        "lockfileVersion": 1,
        "workspaces": {"": {"name": "shop"}},
        "packages": {
            "@scope/kit": [
                "@scope/kit@1.1.0",
                "",
                {
                    "dependencies": {"deep": "^2.0.0", "@scope/inner": ">=1 <3"},
                    "optionalDependencies": {"fast": "1.0.0"},
                    "peerDependencies": {"beside": "*", "absent": "*"},
                    "bin": {"kit": "bin/kit.js"},
                },
                "sha512-x",
            ],
            "@scope/kit/deep": ["deep@2.0.1", "", {"dependencies": {"below": "1"}}, "sha512-x"],
            "@scope/inner": ["@scope/inner@2.0.0", "", {}, "sha512-x"],
            "below": ["below@1.0.0", "", {}, "sha512-x"],
            "beside": ["beside@1.0.0", "", {}, "sha512-x"],
            "fast": ["fast@1.0.0", "", {}, "sha512-x"],
            "tool": ["tool@3.0.0", "", {"bin": "cli.js"}, "sha512-x"],
        },
    }
)
ASKED = {"@scope/kit": "^1.0.0"}
NAMES = {"@scope/kit", "@scope/inner", "deep", "fast"}


@pytest.mark.parametrize(("text", "programs"), [(YARN, set()), (BERRY, {"kit"})])
def test_a_lock_of_yarn_is_walked_from_what_is_asked_for(text: str, programs: set[str]) -> None:
    entries = parse_yarn_lock(text)
    locked = locked_by_yarn(entries, ASKED)
    assert locked is not None
    assert locked.names == NAMES
    assert set(locked.programs) == programs
    both = locked_by_yarn(entries, {**ASKED, "tool": "npm:^3.0.0"})
    assert both is not None
    assert both.names == {*NAMES, "tool"}
    # A range that `resolutions` replaced goes by the name; a package that is not there means that all is unknown.
    assert locked_by_yarn(entries, {"@scope/kit": "^9.0.0"}) == locked
    assert locked_by_yarn(entries, {**ASKED, "other": "1"}) is None
    assert [entry.version for entry in entries if entry.local] == (["0.0.0-use.local"] if text == BERRY else [])


@pytest.mark.parametrize("text", ["{}", "lockfileVersion: '9.0'\n\nimporters: {}", "<<<<<<< HEAD\n"])
def test_another_text_is_no_lock_of_yarn(text: str) -> None:
    with pytest.raises(ParseError):
        parse_yarn_lock(text)


def test_a_lock_of_bun_is_walked_from_what_is_asked_for() -> None:
    value = json.loads(BUN)
    locked = locked_by_bun(value, ["@scope/kit"])
    assert locked is not None
    assert locked.names == {*NAMES, "below", "beside"}
    assert set(locked.programs) == {"kit"}
    assert locked_by_bun(value, ["other"]) is None
    assert locked_by_bun({**value, "workspaces": {"": {}, "web": {}}}, ["tool"]) is None
    assert locked_by_bun({"packages": []}, []) is None


INSTALLS = [
    ("yarn.lock", YARN, "yarn install --frozen-lockfile", "yarn install --frozen-lockfile --production"),
    ("yarn.lock", BERRY, "yarn install --immutable", None),
    ("bun.lock", BUN, "bun install --frozen-lockfile", "bun install --frozen-lockfile --production"),
]


@pytest.mark.parametrize(("lock", "text", "install", "production"), INSTALLS)
def test_node_modules_are_known_by_the_lock(lock: str, text: str, install: str, production: str | None) -> None:
    manifest = json.dumps({"dependencies": ASKED, "devDependencies": {"tool": "^3.0.0"}})
    code = "require('@scope/kit'); require('deep'); require('left-pad'); require('tool')"
    files = {"package.json": manifest, lock: text, "server.js": code.replace("; ", ";\n")}
    base = "oven/bun:1.4" if lock == "bun.lock" else "node:24-slim"

    def image(command: str) -> str:
        return f'FROM {base}\nWORKDIR /app\nCOPY . .\nRUN {command}\nCMD ["node", "server.js"]\n'

    modules = paper(image(install), files).final.files
    there = {name: modules.find(f"/app/node_modules/{name}").answer for name in ("deep", "tool", "left-pad")}
    assert there == {"deep": Answer.YES, "tool": Answer.YES, "left-pad": Answer.NO}
    said = f"imports-installed: server.js imports left-pad, which {lock} does not install"
    assert found(image(install), files) == [said]
    if production is not None:
        assert found(image(production), files) == [said, said.replace("left-pad", "tool")]
