"""`python -m tools.signals`: write docs/signals.md from the lists of signals in the code."""

import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from genfile.data import frameworks, system_packages
from genfile.detect import frontend, hosting
from genfile.detect.go import command as go_command
from genfile.detect.go import generate as go_generate
from genfile.detect.go import module as go_module
from genfile.detect.go import port as go_port
from genfile.detect.go import version as go_version
from genfile.detect.java import gradle, maven
from genfile.detect.java import version as java_version
from genfile.detect.node import manager, start
from genfile.detect.node import port as node_port
from genfile.detect.node import version as node_version
from genfile.detect.python import manager as python_manager
from genfile.detect.python import manifest
from genfile.detect.python import start as python_start
from genfile.detect.python import version as python_version

PATH = Path(__file__).parent.parent / "docs" / "signals.md"

Signal = Callable[..., Any]
# Every decision that is made by an ordered list: the heading, what is decided, the lists in order of strength.
DECISIONS: tuple[tuple[str, str, tuple[tuple[str, tuple[Signal, ...]], ...]], ...] = (
    (
        "Any language",
        "What files made for containers, hosts and CI say: weaker than the manifests, stronger than a guess",
        (("", hosting.READERS),),
    ),
    ("Any language", "A front end that a server of the same tree gives out", (("", frontend.SIGNALS),)),
    (
        "Node",
        "Runtime version",
        (
            ("one version", node_version.PIN_SIGNALS),
            ("a range, bounded by the addons among the dependencies", (node_version._ranges, node_version._bound)),
            ("", (node_version._hosted,)),
        ),
    ),
    ("Node", "Package manager", (("", manager.NAME_SIGNALS),)),
    ("Node", "Its version", (("", manager.VERSION_SIGNALS),)),
    ("Node", "Start command", (("", start.START_SIGNALS),)),
    ("Node", "Port", (("", node_port.PORT_SIGNALS),)),
    (
        "Python",
        "Runtime version",
        (
            ("one version", python_version.PIN_SIGNALS),
            ("a range, bounded by the wheels of the pinned packages", (python_version._ranges, python_version._bound)),
            ("a guess", python_version.GUESS_SIGNALS),
        ),
    ),
    ("Python", "Package manager", (("", python_manager.NAME_SIGNALS),)),
    ("Python", "Start command", (("", python_start.START_SIGNALS),)),
    (
        "Go",
        "Runtime version",
        (("one version", go_version.PIN_SIGNALS), ("the directives of go.mod", (go_version._supported,))),
    ),
    ("Go", "Port", (("", go_port.PORT_SIGNALS),)),
    ("Go", "What the program is told", (("", go_command.SIGNALS),)),
    ("Go", "Commands that make code which is not committed", (("", go_generate.SIGNALS),)),
    ("Go", "Main package and build tags", (("", (go_module.declared_programs, go_module.build_tags)),)),
    (
        "Java",
        "Runtime version",
        (
            ("one version", java_version.PIN_SIGNALS),
            ("Maven", maven.JAVA_SIGNALS),
            ("Gradle", gradle.JAVA_SIGNALS),
            ("what the build lets", (java_version._enforced, java_version._newest_for)),
        ),
    ),
)


def render() -> str:
    """The whole document."""
    lines = [
        "# Signals",
        "",
        "Made by `python -m tools.signals` from the lists in `genfile/detect`: each decision asks its signals in this",
        "order, and takes the first that answers. Later ones that disagree become warnings.",
    ]
    heading = ""
    for language, title, groups in DECISIONS:
        if language != heading:
            heading = language
            lines += ["", f"## {language}"]
        lines += ["", f"### {title}", ""]
        number = 0
        for label, signals in groups:
            if label:
                lines += [*([""] if number else []), f"{label}:", ""]
            for signal in signals:
                number += 1
                lines.append(f"{number}. {_first_sentence(signal)}")
    lines += ["", "## Names", "", *_names()]
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def _first_sentence(signal: Signal) -> str:
    text = inspect.getdoc(signal)
    if not text:
        raise SystemExit(f"{signal.__module__}.{signal.__qualname__} says nothing of itself")
    return " ".join(text.split("\n\n")[0].split())


def _names() -> Iterator[str]:
    groups = manifest.REQUIREMENTS
    yield f"Requirements files of production, best first: {', '.join(f'`{name}`' for name in groups)}."
    yield ""
    for language in ("node", "python", "go", "java"):
        names = ", ".join(dict.fromkeys(item.name for item in frameworks(language)))
        yield f"Frameworks, {language}: {names}."
        yield ""
    count = sum(len(system_packages(name)) for name in ("npm", "pypi", "go", "maven"))
    yield f"Dependencies with system packages: {count} (genfile/data/packages.toml)."


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if PATH.read_text("utf-8") == render() else "docs/signals.md is not what the code says")
    PATH.write_text(render(), "utf-8")
