"""The environment under another name: handed to functions as a parameter, and read by helpers of another module."""

import json
from typing import Any

import pytest

from tests.test_node_traps import LOCK
from tests.test_traps import EXPRESS, inspect, only, package

HELPERS = """
export const text = (env: NodeJS.ProcessEnv, name: string) => { const value = env[name]?.trim(); return value || undefined; };
export const number = (env: Record<string, string | undefined> | NodeJS.ProcessEnv, name: string, fallback: number, more = {}) => {
  const raw = text(env, name); if (!raw) return fallback; return Number(raw); };
"""  # noqa: E501
CONFIG = """
import { number, text } from '%s';
const attempt = (issues, read) => { try { return read(); } catch (error) { issues.push(error); } };
export const load = (env: NodeJS.ProcessEnv = process.env) => {
  const issues = [];
  const port = attempt(issues, () => number(env, 'API_PORT', 3300, { minimum: 1 }));
  const level = env.LOG_LEVEL;
  if (issues.length > 0) throw issues[0];
  return { host: text(env, 'API_HOST') ?? 'localhost', port: port ?? 3300, level };
};
export const other = (env: Options, more) => [env.NOT_ONE, text(more, 'NOT_TWO'), number(env, 'NOT_THREE', 1)];
"""
SERVER = """
import express from 'express';
import { load } from './config';
const config = load();
express().listen({ port: config.port, host: config.host });
"""
TSX = {"scripts": {"start": "tsx src/server.ts"}, "dependencies": {**EXPRESS, "tsx": "4.0.0"}}
FILES = {"package.json": package(**TSX), "src/server.ts": SERVER, **LOCK}


def variables(spec: Any) -> dict[str, str | None]:
    return {item.name: item.value for item in spec.environment if item.name != "NODE_ENV"}


@pytest.mark.parametrize(
    "files",
    [
        {"src/helpers.ts": HELPERS, "src/config.ts": CONFIG % "./helpers"},
        {"src/helpers.ts": HELPERS, "src/all.ts": "export * from './helpers';", "src/config.ts": CONFIG % "./all"},
        {"src/config.ts": (CONFIG % "./x").replace("import { number, text } from './x';", HELPERS)},
    ],
)
def test_the_environment_is_a_parameter(files: dict[str, str]) -> None:
    spec = only(**FILES, **files)
    assert (spec.port, spec.port_variable) == (3300, "API_PORT")
    assert variables(spec) == {"API_HOST": "0.0.0.0", "LOG_LEVEL": None}


@pytest.mark.parametrize(
    ("manifest", "source"),
    [
        ({"exports": {".": {"types": "./src/index.ts", "default": "./src/index.ts"}}}, "src/index.ts"),
        ({"main": "dist/index.js", "scripts": {"build": "tsc"}}, "src/index.ts"),
        ({}, "index.ts"),
    ],
)
def test_the_helper_is_in_a_member(manifest: dict[str, Any], source: str) -> None:
    folder, _, index = source.rpartition("/")
    core = f"packages/core/{folder}/" if folder else "packages/core/"
    files = {
        "package.json": json.dumps({"name": "root", "private": True, "workspaces": ["apps/*", "packages/*"]}),
        "package-lock.json": json.dumps({"lockfileVersion": 3, "packages": {}}),
        "packages/core/package.json": json.dumps({"name": "@x/core", "private": True, **manifest}),
        core + index: "export * from './helpers.js';",
        core + "helpers.ts": HELPERS,
        "apps/api/package.json": package(**{**TSX, "dependencies": {**TSX["dependencies"], "@x/core": "*"}}),
        "apps/api/src/server.ts": SERVER,
        "apps/api/src/config.ts": CONFIG % "@x/core",
    }
    (spec,) = (item.spec for item in inspect(**files).services if item.spec.path == "apps/api")
    assert (spec.port, spec.port_variable) == (3300, "API_PORT")
    assert variables(spec) == {"API_HOST": "0.0.0.0", "LOG_LEVEL": None}


@pytest.mark.parametrize(
    "code",
    [
        # What a platform hands over, an object of another type, and a helper that reads from any object.
        "export default { fetch(request, env) { return env.NOT_ONE; } };",
        "const read = (options, name) => options[name]; read(settings, 'NOT_ONE');",
        "const read = (env = {}, name) => env[name]; read(settings, 'NOT_ONE');",
        "const read = (env: NodeJS.ProcessEnv, name) => env[name]; read({ NOT_ONE: '1' }, 'NOT_ONE');",
        "const read = (env: NodeJS.ProcessEnv, name) => env[name]; const all = (env: Options) => read(env, 'NOT_ONE');",
        "const load = (env = process.env.MODE) => env.NOT_ONE;",
    ],
)
def test_other_objects_of_the_name_are_not_the_environment(code: str) -> None:
    files = {"src/server.ts": f"import express from 'express';\n{code}\nexpress().listen(3000);\n"}
    assert "NOT_ONE" not in variables(only(**{**FILES, **files}))
    assert "NOT_ONE" not in variables(only(**{**FILES, "src/server.ts": f"{files['src/server.ts']}process.env.A"}))


def test_a_helper_that_throws_requires_what_it_is_asked_for() -> None:
    code = (
        "import express from 'express';\n"
        "function must(env: NodeJS.ProcessEnv, name) { if (!env[name]) throw new Error(name); return env[name]; }\n"
        "const load = (env = process.env) => ({ key: must(env, 'KEY') });\nload();\nexpress().listen(3000);\n"
    )  # fmt: skip
    spec = only(**{**FILES, "src/server.ts": code})
    assert [item.name for item in spec.environment if item.required] == ["KEY"]
