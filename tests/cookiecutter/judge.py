"""Both bake the same template with the same answers; the trees are compared."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from genfile.errors import GenfileError
from genfile.template.cookiecutter.hooks import foreign_extensions
from tests.cookiecutter.baking import bake, bake_by_cookiecutter, differences, tree_of_project

REPOSITORIES = Path(__file__).with_name("repositories.toml")


@dataclass(frozen=True)
class Template:
    """One template of a repository."""

    repository: str
    commit: str
    directory: str = ""
    hooks: bool = False
    given: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        return f"{self.repository}{f'#{self.directory}' if self.directory else ''}"


@dataclass(frozen=True)
class Verdict:
    """How one baking went: `files` is cookiecutter's count."""

    answers: str
    hooks: bool
    files: int
    differences: tuple[str, ...]
    refused: str = ""


def templates() -> list[Template]:
    return [Template(**entry) for entry in tomllib.loads(REPOSITORIES.read_text("utf-8"))["template"]]


def judge(template: Template, checkout: Path) -> Iterator[Verdict]:
    """Defaults and other answers, without hooks and, where they are harmless, with them."""
    folder = checkout / template.directory
    variables = json.loads((folder / "cookiecutter.json").read_text("utf-8"))
    given = dict(template.given or {})
    for hooks in (False, True)[: 1 + template.hooks]:
        yield _baked("defaults", folder, checkout, given, hooks)
        yield _baked("others", folder, checkout, others(variables) | given, hooks)


def others(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The last of each choice, the opposite of each switch, a name that is not the default."""
    found: dict[str, Any] = {}
    for name, raw in variables.items():
        if isinstance(raw, list) and raw and not name.startswith("_"):
            found[name] = raw[-1]
        elif isinstance(raw, bool) and not name.startswith("_"):
            found[name] = "no" if raw else "yes"
    for name in ("project_name", "full_name", "author_name"):
        if isinstance(variables.get(name), str):
            found[name] = "otherthing"
    return found


def _baked(answers: str, folder: Path, checkout: Path, given: dict[str, Any], hooks: bool) -> Verdict:
    with TemporaryDirectory() as place:
        output = Path(place) / "output"
        output.mkdir()
        refused, expected = "", {}
        try:
            expected = bake_by_cookiecutter(folder, given, output, hooks=hooks)
        except Exception as error:  # cookiecutter raises what comes
            refused = f"{type(error).__name__}: {error}"
        try:
            project = bake(folder, given, root=checkout, hooks=hooks, trusted=_has_extensions(folder), output=output)
        except GenfileError as error:
            wrong = () if refused else (f"refused by genfile: {error.message}",)
            return Verdict(answers, hooks, len(expected), wrong, refused)
        if refused.startswith("UnknownExtension"):  # of jinja2_time, which genfile has built in, and cookiecutter not
            return Verdict(answers, hooks, 0, (), refused)
        if refused:
            return Verdict(answers, hooks, 0, (f"refused by cookiecutter alone: {refused}",), refused)
        return Verdict(answers, hooks, len(expected), tuple(differences(expected, tree_of_project(project))))


def _has_extensions(folder: Path) -> bool:
    variables = json.loads((folder / "cookiecutter.json").read_text("utf-8"))
    return bool(foreign_extensions(variables.get("_extensions")))
