"""Compare a spec with the facts of its repository, field by field."""

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli

from genfile.detect.inspection import inspect_source
from genfile.proof import prove
from genfile.source import open_source

if TYPE_CHECKING:
    from genfile.spec.project import Spec

FACTS = Path(__file__).parent
FIELDS = (
    "language", "runtime", "package_manager", "package_manager_version", "framework", "build", "start", "port",
    "static", "system_run", "workspace", "frontend",
)  # fmt: skip


@dataclass
class Verdict:
    """One service of the facts: each field that is judged, right or not; all wrong where it was not found."""

    repository: str
    path: str
    fields: dict[str, bool] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        return all(self.fields.values())


@dataclass
class Judged:
    """A repository: its services, and those that genfile made up."""

    name: str
    verdicts: list[Verdict]
    extra: list[str]


def facts(folder: Path = FACTS) -> list[tuple[str, dict[str, Any]]]:
    """Every repository's facts by its folder name, in order."""
    return [(path.stem, tomli.loads(path.read_text("utf-8"))) for path in sorted(folder.glob("*+*.toml"))]


def judge(name: str, expected: dict[str, Any], checkout: Path) -> Judged:
    found = {item.spec.path: item.spec for item in inspect_source(open_source(str(checkout)), prove=prove).services}
    services = expected.get("service", [])
    verdicts = [_compare(name, item, found.get(item["path"])) for item in services]
    optional = set(expected.get("optional", []))
    extra = [path for path in found if path not in {item["path"] for item in services} | optional]
    return Judged(name, verdicts, extra)


def _compare(repository: str, expected: dict[str, Any], spec: "Spec | None") -> Verdict:
    verdict = Verdict(repository, expected["path"])
    for name in FIELDS:
        if name not in expected and not (name == "frontend" and spec is not None and "language" in expected):
            continue
        if name == "frontend" and "frontend" not in expected:
            continue
        right, shown = (False, "not found") if spec is None else CHECKS[name](expected, spec)
        verdict.fields[name] = right
        if not right:
            verdict.wrong.append(f"{name}: {shown}, not {expected[name]}")
    return verdict


def _language(expected: dict[str, Any], spec: "Spec") -> tuple[bool, Any]:
    return spec.language == expected["language"], spec.language


def _runtime(expected: dict[str, Any], spec: "Spec") -> tuple[bool, Any]:
    version = spec.runtime.version if spec.runtime else None
    if spec.package_manager and getattr(spec, "engine", "") == "bun":
        return True, version
    return version in [str(item) for item in expected["runtime"]], version


def _manager(expected: dict[str, Any], spec: "Spec") -> tuple[bool, Any]:
    name = spec.package_manager.name if spec.package_manager else None
    return name in expected["package_manager"].split(" | "), name


def _manager_version(expected: dict[str, Any], spec: "Spec") -> tuple[bool, Any]:
    version = (spec.package_manager.version if spec.package_manager else None) or ""
    wanted = str(expected["package_manager_version"])
    return version == wanted or version.startswith(wanted + ".") or wanted.startswith((version or "?") + "."), version


def _framework(expected: dict[str, Any], spec: "Spec") -> tuple[bool, Any]:
    same = {"socket.io": "socket-io", "discord.js": "discord-js"}
    # `a | b`: either is right.
    return spec.framework in [same.get(item, item) for item in expected["framework"].split(" | ")], spec.framework


def _build(expected: dict[str, Any], spec: "Spec") -> tuple[bool, Any]:
    commands = [*(spec.frontend.build if spec.frontend else ()), *spec.build]
    text = " ".join(commands)
    if not expected["build"]:
        return not spec.build, text
    # `a | b`: either is right.
    return all(any(_within(one, text) for one in wanted.split(" | ")) for wanted in expected["build"]), text


def _start(expected: dict[str, Any], spec: "Spec") -> tuple[bool, Any]:
    if spec.language == "go":
        wanted = {item.removeprefix("./").rstrip("/") or "." for item in expected["start"]}
        package = str(getattr(spec, "main_package", ""))
        return (package.removeprefix("./") or ".") in wanted or package in wanted, package
    text = shlex.join(spec.start)
    return any(_within(wanted, text) for wanted in expected["start"]), text


def _within(wanted: str, text: str) -> bool:
    """Whether the words stand in a text in that order, others between them allowed."""
    rest = iter(_words(text))
    return all(any(_same(word, other) for other in rest) for word in _words(wanted))


def _words(text: str) -> list[str]:
    return [word.removeprefix("./") for word in re.split(r"[\s'\"]+", text) if word]


def _same(wanted: str, word: str) -> bool:
    plain = word.removesuffix(".js")
    if wanted.startswith("-D"):
        return word.startswith(wanted)
    return wanted.removesuffix(".js") in (
        plain,
        plain.rsplit(":", 1)[-1],
        plain.split(":")[0],
        plain.rsplit("/", 1)[-1],
    )


def _port(expected: dict[str, Any], spec: "Spec") -> tuple[bool, Any]:
    return (spec.port in expected["port"]) if expected["port"] else spec.port is None, spec.port


def _static(expected: dict[str, Any], spec: "Spec") -> tuple[bool, Any]:
    root = spec.static.root if spec.static else None
    return root == expected["static"].strip("/"), root


def _system_run(expected: dict[str, Any], spec: "Spec") -> tuple[bool, Any]:
    found = {name.removesuffix("t64") for name in spec.system_packages.run}
    return {name.removesuffix("t64") for name in expected["system_run"]} <= found, list(spec.system_packages.run)


def _workspace(expected: dict[str, Any], spec: "Spec") -> tuple[bool, Any]:
    found = f"{spec.workspace.tool}@{spec.workspace.root}" if spec.workspace else None
    return found == expected["workspace"].replace("yarn-berry@", "yarn@"), found


def _frontend(expected: dict[str, Any], spec: "Spec") -> tuple[bool, Any]:
    found = spec.frontend.path if spec.frontend else None
    if spec.language == "java" and found is None:
        # A plugin of the Java build makes it: no stage of its own. That it is no service shows among the extra ones.
        return True, found
    return found == expected["frontend"], found


CHECKS = {
    "language": _language,
    "runtime": _runtime,
    "package_manager": _manager,
    "package_manager_version": _manager_version,
    "framework": _framework,
    "build": _build,
    "start": _start,
    "port": _port,
    "static": _static,
    "system_run": _system_run,
    "workspace": _workspace,
    "frontend": _frontend,
}
