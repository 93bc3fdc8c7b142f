"""What checkouts of public repositories say of a family's packages, each recognised by its files."""

import fnmatch
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genfile.container.packages import installed
from genfile.parsers import ParseError
from genfile.parsers.data import parse_yaml
from tools.families import apkbuild

# A pattern that begins with less is no proof of a name.
_MIN_BEGIN = 4
UBUNTU = "noble"


@dataclass(frozen=True)
class Listing:
    """Names of packages of one family. ``whole``: what is not among them does not exist."""

    family: str
    names: frozenset[str]
    whole: bool

    def has(self, name: str) -> bool:
        if name in self.names:
            return True
        patterns = (item for item in self.names if "*" in item and item.index("*") >= _MIN_BEGIN)
        return any(fnmatch.fnmatchcase(name, item) for item in patterns)


def listings(checkout: Path) -> Iterator[Listing]:
    """Every list that a checkout holds."""
    for family, whole, read in READERS:
        found = frozenset(item for item in read(checkout) if item and item.strip("*"))
        if found:
            yield Listing(family, found, whole)


def _aports(checkout: Path) -> Iterator[str]:
    """alpinelinux/aports: the repositories that an image of Alpine installs from."""
    for repository in ("main", "community"):
        for path in sorted((checkout / repository).glob("*/APKBUILD")):
            yield from apkbuild.names(path.read_text("utf-8", "replace"), path.parent.name)


def _melange(checkout: Path) -> Iterator[str]:
    """wolfi-dev/os: a file a package, with its subpackages."""
    for path in sorted(checkout.glob("*.yaml")):
        data = _yaml(path)
        package = data.get("package")
        if isinstance(package, dict) and isinstance(package.get("name"), str):
            yield from _melange_package(data, package)


def _melange_package(data: dict[str, Any], package: dict[str, Any]) -> Iterator[str]:
    own = {"package.name": package["name"]}
    own |= {f"vars.{key}": str(value) for key, value in (data.get("vars") or {}).items()}
    yield package["name"]
    yield from _provides(package, own)
    ranges = {item["name"]: item.get("items") or {} for item in data.get("data") or []}
    for part in data.get("subpackages") or []:
        items = ranges.get(part["range"], {}).items() if "range" in part else [("", "")]
        for key, value in items:
            values = own | {"range.key": str(key), "range.value": str(value)}
            values["subpkg.name"] = _put_in(str(part["name"]), values)
            yield values["subpkg.name"]
            yield from _provides(part, values)


def _provides(part: dict[str, Any], values: dict[str, str]) -> Iterator[str]:
    for item in (part.get("dependencies") or {}).get("provides") or []:
        yield re.split(r"[=<>~]", _put_in(str(item), values))[0]


def _put_in(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\$\{\{\s*([\w.-]+)\s*\}\}", lambda match: values.get(match[1], "*"), text)


def _rpm_locks(checkout: Path) -> Iterator[str]:
    """Lock files of rpm, of any project: what was installed from the repositories of UBI."""
    for path in sorted(checkout.rglob("rpms.lock.yaml")):
        for machine in _yaml(path).get("arches") or []:
            for item in machine.get("packages") or []:
                if "ubi-" in str(item.get("repoid")):
                    yield str(item["name"])


def _ubi_images(checkout: Path) -> Iterator[str]:
    """sclorg/s2i-*, adoptium/containers: what images of UBI install."""
    for path in sorted(checkout.rglob("Dockerfile*")):
        if path.is_file() and (path.name in ("Dockerfile.rhel9", "Dockerfile.rhel10") or "ubi" in path.parent.name):
            text = re.sub(r"^\s*#.*\n", "", path.read_text("utf-8", "replace"), flags=re.MULTILINE)
            lists = dict(re.findall(r'\b(INSTALL_PKGS)="([^"$]*)"', text.replace("\\\n", " ")))
            yield from installed(text, lists)


def _chisel(checkout: Path) -> Iterator[str]:
    """canonical/chisel-releases, the branch of the release: a file a package."""
    if (checkout / "chisel.yaml").is_file() and UBUNTU in (checkout / "chisel.yaml").read_text("utf-8"):
        yield from (path.stem for path in sorted((checkout / "slices").glob("*.yaml")))


def _heroku(checkout: Path) -> Iterator[str]:
    """heroku/base-images: what images of the release hold."""
    for path in sorted(checkout.glob("heroku-24*/installed-packages*.txt")):
        for line in path.read_text("utf-8").splitlines():
            yield line.partition("#")[0].strip()


def _rosdep(checkout: Path) -> Iterator[str]:
    """ros/rosdistro: keys with the packages of each distribution, which its CI asks the distribution for."""
    for path in sorted((checkout / "rosdep").glob("*.yaml")):
        for entry in _yaml(path).values():
            ubuntu = entry.get("ubuntu") if isinstance(entry, dict) else None
            if isinstance(ubuntu, dict) and "packages" not in ubuntu and "apt" not in ubuntu:
                ubuntu = ubuntu.get(UBUNTU, ubuntu.get("*"))
            yield from _texts(ubuntu)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from value.split()
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from _texts(value.get("packages", value.get("apt")))


def _yaml(path: Path) -> dict[str, Any]:
    try:
        value = parse_yaml(path.read_text("utf-8", "replace")).value
    except ParseError:
        return {}
    return value if isinstance(value, dict) else {}


READERS: tuple[tuple[str, bool, Callable[[Path], Iterable[str]]], ...] = (
    ("alpine", True, _aports),
    ("wolfi", True, _melange),
    ("ubi", False, _rpm_locks),
    ("ubi", False, _ubi_images),
    ("ubuntu", False, _chisel),
    ("ubuntu", False, _heroku),
    ("ubuntu", False, _rosdep),
)


def tags(checkout: Path) -> dict[str, frozenset[str]]:
    """docker-library/official-images: every tag of each image, those that its history alone has too."""
    found: dict[str, frozenset[str]] = {}
    for path in sorted((checkout / "library").glob("*")) if (checkout / "library").is_dir() else ():
        if path.name in ("alpine", "eclipse-temurin", "golang", "node", "python", "ubuntu"):
            found[path.name] = _tags(path.read_text("utf-8") + _history(checkout, path))
    return found


def _history(checkout: Path, path: Path) -> str:
    command = ["git", "-C", str(checkout), "log", "-p", "--format=", "--", str(path.relative_to(checkout))]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    return done.stdout if done.returncode == 0 else ""


def _tags(text: str) -> frozenset[str]:
    lists = re.findall(r"^\+?(?:Shared)?Tags:(.*)$", text, flags=re.MULTILINE)
    # Older files: `tag: git://…@commit folder`.
    old = re.findall(r"^\+?([\w.-]+):\s*(?:git|https)://", text, flags=re.MULTILINE)
    return frozenset(tag.strip() for item in lists for tag in item.split(",")) | frozenset(old)
