"""Bundlers: they write to their working folder, and to configured folders outside it."""

import posixpath
from collections.abc import Iterator
from typing import Any

from genfile.image.effects.run import Effect, Run
from genfile.image.effects.shell import unknown
from genfile.parsers.data import parse_json

# The stem of each bundler's JavaScript configuration, if it has one.
_CONFIGURED = {
    "vite": "vite.config",
    "rollup": "rollup.config",
    "webpack": "webpack.config",
    "rspack": "rspack.config",
    "rsbuild": "rsbuild.config",
    "vue-cli-service": "vue.config",
    "astro": "astro.config",
    "react-scripts": "",
    "craco": "craco.config",
    "ng": "",
}
_ENDINGS = (".ts", ".js", ".mts", ".mjs", ".cts", ".cjs")
# The output folder of create-react-app's tools, instead of `build`.
_VARIABLES = ("BUILD_PATH",)


def _bundle(run: Run) -> None:
    unknown(run)
    told = (*run.rest, *(run.variable(name) or "" for name in _VARIABLES), *_configured(run))
    for text in told:
        value = text.rpartition("=")[2]
        if value.startswith("../"):
            run.may_change(value)


def _configured(run: Run) -> Iterator[str]:
    """The output paths outside the folder, in the configuration that the bundler reads."""
    given = run.value("--config", "-c")
    stem = _CONFIGURED[run.program]
    for name in [given] if given else [stem + ending for ending in _ENDINGS] if stem else []:
        module = run.module(name)
        for text, _ in module.paths if module is not None else ():
            # A path joined to the configuration's own folder.
            yield posixpath.join(posixpath.dirname(name), text)
    if run.program == "ng":
        document = run.data(parse_json, "angular.json")
        yield from _texts(document.value if document is not None else None)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


EFFECTS: dict[str, Effect] = dict.fromkeys(_CONFIGURED, _bundle)
