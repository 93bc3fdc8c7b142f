"""Where tsc writes its output: as releases 5.9 and 6.0 of the compiler do."""

import time
from typing import Any

import pytest

from genfile.parsers.tsoutput import Chain, chain_of, output_of, root_of, selected


def chain(value: dict[str, Any], **others: dict[str, Any]) -> Chain:
    files = {"tsconfig.json": value, **{name.replace("__", "/") + ".json": item for name, item in others.items()}}
    found = chain_of("tsconfig.json", files.get)
    assert found is not None
    return found


OUT = {"compilerOptions": {"outDir": "dist"}}


@pytest.mark.parametrize(
    ("config", "files", "source", "made"),
    [
        (OUT, ["src/main.ts", "src/lib/x.ts"], "src/main.ts", "dist/main.js"),
        (OUT, ["src/main.ts", "prisma/seed.ts"], "src/main.ts", "dist/src/main.js"),
        (OUT, ["src/main.ts", "vite.config.ts"], "src/main.ts", "dist/src/main.js"),
        (OUT, ["src/api/main.ts", "src/api/x.ts"], "src/api/main.ts", "dist/main.js"),
        ({**OUT, "include": ["src"]}, ["src/main.ts", "seed.ts"], "src/main.ts", "dist/main.js"),
        (
            {**OUT, "include": ["src/**/*", "test/**/*.ts"]},
            ["src/main.ts", "test/a.ts"],
            "src/main.ts",
            "dist/src/main.js",
        ),
        (
            {**OUT, "exclude": ["test", "*.config.ts"]},
            ["src/a.ts", "test/b.ts", "x.config.ts"],
            "src/a.ts",
            "dist/a.js",
        ),
        ({**OUT, "exclude": ["**/*.spec.ts"]}, ["src/a.ts", "e2e/b.spec.ts"], "src/a.ts", "dist/a.js"),
        ({**OUT, "files": ["src/a.ts"]}, ["src/a.ts", "b.ts"], "src/a.ts", "dist/a.js"),
        (OUT, ["src/a.mts", "src/b.cts"], "src/a.mts", "dist/a.mjs"),
        (OUT, ["src/a.ts", "types/x.d.ts"], "src/a.ts", "dist/a.js"),
        (OUT, ["src/a.ts", "dist/old.ts", "node_modules/x/y.ts", ".cache/z.ts"], "src/a.ts", "dist/a.js"),
        ({"compilerOptions": {"outDir": "dist", "rootDir": "."}}, ["src/a.ts"], "src/a.ts", "dist/src/a.js"),
        ({"compilerOptions": {"outDir": "dist", "rootDir": "src"}}, ["src/a.ts", "seed.ts"], "src/a.ts", "dist/a.js"),
        ({"compilerOptions": {"outDir": "dist", "composite": True}}, ["src/a.ts"], "src/a.ts", "dist/src/a.js"),
        ({"compilerOptions": {}}, ["src/a.ts"], "src/a.ts", "src/a.js"),
        ({"compilerOptions": {"outDir": "dist", "noEmit": True}}, ["src/a.ts"], "src/a.ts", None),
        ({"compilerOptions": {"outDir": "out", "jsx": "preserve"}}, ["src/a.tsx"], "src/a.tsx", "out/a.jsx"),
        ({"compilerOptions": {"outDir": "out", "allowJs": True}}, ["src/a.ts", "tool.js"], "src/a.ts", "out/src/a.js"),
        ({"compilerOptions": {"outDir": "out"}}, ["src/a.ts", "tool.js"], "src/a.ts", "out/a.js"),
        ({"compilerOptions": {"outDir": "../out"}}, ["src/a.ts"], "src/a.ts", None),
    ],
)
def test_output(config: dict[str, Any], files: list[str], source: str, made: str | None) -> None:
    found = chain(config)
    assert output_of(source, found, selected(found, files)) == made


def test_what_is_imported_is_compiled_too() -> None:
    """`import x from "../package.json"` moves the root, as everybody learns once."""
    found = chain({**OUT, "include": ["src"]})
    inputs = (*selected(found, ["src/main.ts", "package.json"]), "package.json")
    assert output_of("src/main.ts", found, inputs) == "dist/src/main.js"


def test_from_release_six_the_root_is_the_folder_of_the_configuration() -> None:
    assert output_of("src/main.ts", chain(OUT), ["src/main.ts"], 6) == "dist/src/main.js"
    assert output_of("src/main.ts", chain(OUT), ["src/main.ts"], 5) == "dist/main.js"


def test_paths_are_relative_to_the_file_that_states_them() -> None:
    base = {"compilerOptions": {"outDir": "../build", "rootDir": "../src"}, "exclude": ["../old"]}
    found = chain({"extends": "./config/base.json"}, config__base=base)
    assert found.folder("outDir") == "build"
    assert output_of("src/a.ts", found, ["src/a.ts"]) == "build/a.js"
    assert selected(found, ["src/a.ts", "old/b.ts"]) == ("src/a.ts",)


def test_the_nearest_file_wins_and_of_several_the_last() -> None:
    first, last = {"compilerOptions": {"outDir": "a"}}, {"compilerOptions": {"outDir": "b"}}
    assert chain({"extends": ["./one", "./two"]}, one=first, two=last).folder("outDir") == "b"
    assert chain({**OUT, "extends": "./one"}, one=first).folder("outDir") == "dist"


def test_what_is_not_known_is_not_told() -> None:
    found = chain({**OUT, "extends": "@acme/tsconfig"})
    assert not found.complete
    assert output_of("src/a.ts", found, ["src/a.ts"]) is None
    assert output_of("src/a.ts", chain({"extends": "./gone.json", **OUT}), ["src/a.ts"]) is None
    assert root_of(chain({"extends": "@tsconfig/node22/tsconfig.json", **OUT}), ["src/a.ts"]) == "src"


def test_a_loop_of_extends_ends() -> None:
    assert not chain({"extends": "./a"}, a={"extends": "./b"}, b={"extends": "./a"}).complete


def test_a_hostile_pattern_takes_no_time() -> None:
    began = time.perf_counter()
    found = chain({**OUT, "include": ["**/" * 59 + "x" * 50, "*a" * 500, "/".join(["**"] * 5000)]})
    selected(found, ["/".join(["d" * 50] * 50) + "/" + "a" * 250 + ".ts"] * 20)
    assert time.perf_counter() - began < 2
