"""`python -m tools.runtimes ENDOFLIFE OFFICIAL_IMAGES`: rebuild genfile/data/runtimes.toml from public data.

ENDOFLIFE is a checkout of endoflife.date (dates), OFFICIAL_IMAGES one of docker-library/official-images (which tags
exist). A line that is no longer built keeps the distribution that it has: its last tags stay where they are.
"""

import datetime
import sys
from pathlib import Path
from typing import Any

import tomli

from genfile.parsers.data import parse_yaml

PATH = Path(__file__).parent.parent / "genfile" / "data" / "runtimes.toml"
# Language: the product's page, the library file, the tag that a preset writes, distributions newest first.
SOURCES = {
    "node": ("nodejs", "node", "{version}-{distro}-slim", ("trixie", "bookworm", "bullseye", "buster")),
    "python": ("python", "python", "{version}-slim-{distro}", ("trixie", "bookworm", "bullseye", "buster")),
    "go": ("go", "golang", "{version}-{distro}", ("trixie", "bookworm", "bullseye", "buster")),
    "java": ("eclipse-temurin", "eclipse-temurin", "{version}-jdk-{distro}", ("noble", "jammy")),
}
# The same tag for Alpine, whose releases have numbers.
ALPINE = {
    "node": "{version}-alpine{alpine}",
    "python": "{version}-alpine{alpine}",
    "go": "{version}-alpine{alpine}",
    "java": "{version}-jre-alpine-{alpine}",
}
HEAD = """\
# Runtimes: their lines, when each ends, and the newest distribution that official tags exist for; `alpine`: the newest
# Alpine, absent where there was never an official tag.
# Sources: endoflife.date (dates) and docker-library/official-images (tags); made by `python -m tools.runtimes`.
# To add a release: one line. `default` is what a project gets that asks for nothing.
"""


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__)
        return 2
    old = tomli.loads(PATH.read_text("utf-8"))
    new = rebuild(old, Path(arguments[0]), Path(arguments[1]), datetime.date.today())
    PATH.write_text(render(new), "utf-8")
    return 0


def rebuild(old: dict[str, Any], endoflife: Path, images: Path, today: datetime.date) -> dict[str, Any]:
    """The data with every line that the sources know brought up to date; lines they do not know stay as they are."""
    new = dict(old) | {"as_of": today}
    for language, (product, library, tag, distros) in SOURCES.items():
        releases = read_releases((endoflife / "products" / f"{product}.md").read_text("utf-8"))
        tags = read_tags((images / "library" / library).read_text("utf-8"))
        known = {line["version"]: line for line in old[language]["lines"]}
        lines = [
            line
            for version, entry in releases.items()
            if version in known or any(name.startswith(f"{version}-") for name in tags)
            if (line := _line(language, version, entry, known.get(version), tags, tag, distros)) is not None
        ]
        present = {line["version"] for line in lines}
        lines += [line for line in old[language]["lines"] if line["version"] not in present]
        lines.sort(key=lambda line: [-int(part) for part in line["version"].split(".")])
        new[language] = {"default": old[language]["default"], "lines": lines}
    return new


def _line(
    language: str,
    version: str,
    entry: dict[str, Any],
    known: dict[str, Any] | None,
    tags: frozenset[str],
    tag: str,
    distros: tuple[str, ...],
) -> dict[str, Any] | None:
    distro = next((name for name in distros if tag.format(version=version, distro=name) in tags), None)
    distro = distro or (known["distro"] if known else None)
    end = entry.get("eol")
    end = end if isinstance(end, datetime.date) else known["end_of_life"] if known else None
    if distro is None or end is None:
        return None
    lts = bool(entry.get("lts")) if language in ("node", "java") else True
    alpine = newest_alpine(tags, ALPINE[language].format(version=version, alpine="")) or (known or {}).get("alpine")
    return {
        "version": version,
        "lts": lts,
        "released": entry.get("releaseDate") or (known or {}).get("released"),
        "end_of_life": end,
        "distro": distro,
        **({"alpine": alpine} if alpine else {}),
    }


def newest_alpine(tags: frozenset[str], prefix: str) -> str | None:
    """The newest release of Alpine, of two numbers, that ends a tag with a prefix."""
    ends = [tag.removeprefix(prefix).split(".") for tag in tags if tag.startswith(prefix)]
    releases = [[int(part) for part in end] for end in ends if len(end) == 2 and all(map(str.isdigit, end))]
    return ".".join(map(str, max(releases))) if releases else None


def read_releases(text: str) -> dict[str, dict[str, Any]]:
    """The releases of a product's page, by cycle: the front matter between the first two lines of dashes."""
    front = text.split("---\n")[1]
    releases = parse_yaml(front).value.get("releases", [])
    return {str(item["releaseCycle"]): {key: _date(value) for key, value in item.items()} for item in releases}


def _date(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            return value
    return value


def read_tags(text: str) -> frozenset[str]:
    """Every tag of a library file."""
    return frozenset(
        tag.strip()
        for line in text.splitlines()
        if line.startswith(("Tags:", "SharedTags:"))
        for tag in line.partition(":")[2].split(",")
    )


def _alpine(line: dict[str, Any]) -> str:
    return f', alpine = "{line["alpine"]}"' if "alpine" in line else ""


def render(data: dict[str, Any]) -> str:
    """The file, a line a release."""
    parts = [HEAD + f"as_of = {data['as_of']}\n"]
    for language, entry in data.items():
        if not isinstance(entry, dict):
            continue
        lines = "".join(
            f'    {{ version = "{line["version"]}", lts = {str(line["lts"]).lower()}, released = {line["released"]}, '
            f'end_of_life = {line["end_of_life"]}, distro = "{line["distro"]}"{_alpine(line)} }},\n'
            for line in entry["lines"]
        )
        parts.append(f'[{language}]\ndefault = "{entry["default"]}"\nlines = [\n{lines}]\n')
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
