"""The browsers that Playwright starts, and how, by the calls that launch one."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from genfile.data import PackageNeeds, system_packages
from genfile.detect.python.application import modules
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Evidence
from genfile.parsers.values import Call

KINDS = ("chromium", "firefox", "webkit")
# Channels that Playwright does not build itself.
BRANDED = ("chrome", "msedge")
# The first release with `--only-shell`.
_SHELL = (1, 49)


class Browsers(Struct):
    """The browsers that are launched, in order; ``branded``: another vendor's channel; ``window``: one with a
    window."""

    kinds: dict[str, Evidence] = field(default_factory=dict)
    branded: tuple[str, Evidence] | None = None
    window: Evidence | None = None
    shell: bool = True

    def packages(self) -> Iterator[tuple[PackageNeeds, Evidence]]:
        """The system packages of each browser, and a display for one with a window."""
        known = system_packages("pypi")
        for kind, says in self.kinds.items():
            yield known["playwright" if kind == "chromium" else f"playwright[{kind}]"], says
        if self.window is not None:
            yield PackageNeeds(run=("xauth", "xvfb")), self.window

    def command(self) -> str:
        """`playwright install …` for these browsers."""
        shell = "--only-shell " if "chromium" in self.kinds and self.shell and self.window is None else ""
        return f"playwright install {shell}{' '.join(self.kinds)}"


def browsers(project: PythonProject) -> Browsers:
    """The browsers that the code launches: Chromium if it does not say; none if it only connects to one."""
    found = Browsers(shell=_knows_shell(project.locked.get("playwright")))
    imported: Evidence | None = None
    remote = False
    for path, module in modules(project):
        if "playwright" not in module.imports:
            continue
        imported = imported or project.folder.says(path, 1, "import playwright")
        for call in module.calls:
            name = call.callee.rsplit(".", 1)[-1]
            if name in ("launch", "launch_persistent_context"):
                _launched(found, call, project.folder.says(path, call.line, f"{call.callee}()"))
            remote = remote or name in ("connect", "connect_over_cdp")
    if imported is not None and not found.kinds and not remote:
        found.kinds["chromium"] = imported
    return found


def _launched(found: Browsers, call: Call, says: Evidence) -> None:
    parts = call.callee.split(".")
    kind = parts[-2] if len(parts) > 1 and parts[-2] in KINDS else "chromium"
    found.kinds.setdefault(kind, says)
    channel: Any = call.keywords.get("channel")
    if isinstance(channel, str) and channel.startswith(BRANDED):
        found.branded = found.branded or (channel, says)
    if channel == "chromium":
        # The new headless mode needs the whole browser.
        found.shell = False
    if call.keywords.get("headless") is False:
        found.window = found.window or says


def _knows_shell(version: str | None) -> bool:
    parts = (version or "1.49").split(".")
    return len(parts) < 2 or not all(part.isdecimal() for part in parts[:2]) or tuple(map(int, parts[:2])) >= _SHELL
