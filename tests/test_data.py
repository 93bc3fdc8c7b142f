"""The facts in genfile/data: whole, true where that can be asked, and extended without code."""

import datetime
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import tomli
from msgspec.structs import fields

from genfile.data import (
    Framework,
    frameworks,
    known_programs,
    runtime,
    site_generators,
    started_programs,
    starting_calls,
    system_packages,
)
from genfile.dockerfile.reader import read_dockerfile
from genfile.preset.render import render_spec
from genfile.spec.project import parse_spec
from tools import runtimes

DATA = Path(__file__).parent.parent / "genfile" / "data"
PAGE = """---
title: Go
releases:
  - releaseCycle: "1.28"
    releaseDate: 2027-02-10
    eol: 2028-02-10

  - releaseCycle: "1.27"
    releaseDate: 2026-08-19
    eol: 2027-08-20
---
"""


def test_the_head_of_node_toml_explains_every_key_of_a_framework() -> None:
    head = (DATA / "frameworks" / "node.toml").read_text("utf-8").partition("[[framework]]")[0]
    explained = {word for line in head.splitlines() if line.startswith("#   ") for word in line[4:26].split(",")}
    keys = {item.name for item in fields(Framework)} - {"name"}
    assert keys <= {word.strip().split(" ")[0] for word in explained}


def test_there_is_enough_of_each() -> None:
    assert sum(len(frameworks(language)) for language in ("node", "python", "go", "java")) >= 80
    assert sum(len(system_packages(name)) for name in ("npm", "pypi", "go", "maven")) >= 120


@pytest.mark.parametrize("language", ["node", "python", "go", "java"])
def test_every_tag_is_of_a_line_and_distribution_that_exist(language: str) -> None:
    """Whatever line a project asks for, an image reference names a distribution that the line has images for."""
    for line in runtime(language).lines:
        values = {"name": "x", "language": language, "runtime": {"version": line.version}, "start": ["x"]}
        if language in ("node", "python"):
            values |= {"package_manager": {"name": "npm" if language == "node" else "pip"}}
        if language == "java":
            values |= {"package_manager": {"name": "maven"}, "layout": "jar", "artifact_folder": "target"}
        text = render_spec(parse_spec(values)).dockerfile
        images = [name for name in read_dockerfile(text).external_images() if f":{line.version}-" in name]
        assert images
        assert all(name.rsplit("-", 1)[-1] == line.distro or f"-{line.distro}-" in name for name in images)


def test_runtimes_are_rebuilt_from_public_data(tmp_path: Path) -> None:
    """A new release, a moved end and a new distribution come in; what the sources do not know stays."""
    for language, (product, library, _, _) in runtimes.SOURCES.items():
        page = tmp_path / "products" / f"{product}.md"
        page.parent.mkdir(exist_ok=True)
        page.write_text(PAGE if language == "go" else "---\nreleases: []\n---\n")
        tags = tmp_path / "library" / library
        tags.parent.mkdir(exist_ok=True)
        tags.write_text(
            "Tags: 1.28.0-trixie, 1.28-trixie\nTags: 1.27-bookworm\n"
            "Tags: 1.28-alpine3.9, 1.28-alpine3.25, 1.28-alpine\n"
        )
    old = tomli.loads((DATA / "runtimes.toml").read_text("utf-8"))
    new = runtimes.rebuild(old, tmp_path, tmp_path, datetime.date(2027, 3, 1))
    lines = {line["version"]: line for line in new["go"]["lines"]}
    assert (lines["1.28"]["distro"], lines["1.28"]["alpine"]) == ("trixie", "3.25")
    assert lines["1.27"]["alpine"] == "3.24"
    assert (lines["1.27"]["end_of_life"], lines["1.27"]["distro"]) == (datetime.date(2027, 8, 20), "bookworm")
    assert lines["1.26"] == next(line for line in old["go"]["lines"] if line["version"] == "1.26")
    assert new["node"] == old["node"]
    assert tomli.loads(runtimes.render(new))["go"] == new["go"]


def test_the_file_is_as_its_script_writes_it() -> None:
    text = (DATA / "runtimes.toml").read_text("utf-8")
    assert runtimes.render(tomli.loads(text)) == text


def debian_packages() -> list[str]:
    names = {
        name
        for eco in ("npm", "pypi", "go")
        for item in system_packages(eco).values()
        for name in item.build + item.run
    }
    names |= set(started_programs().values())
    names |= {name for item in site_generators() for name in item.packages}
    return sorted(names | set(known_programs().values()))


def test_a_program_that_a_call_starts_has_a_package() -> None:
    assert set(starting_calls().values()) <= started_programs().keys()


@pytest.mark.parametrize("name", debian_packages())
def test_names_of_packages_are_names(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", name)


def test_debian_knows_every_package() -> None:
    """Asked of apt, on a machine of Debian trixie with its lists; `-m build` asks a container elsewhere."""
    release = Path("/etc/os-release")
    if shutil.which("apt-cache") is None or not release.is_file() or "trixie" not in release.read_text("utf-8"):
        pytest.skip("this machine has no apt of Debian trixie")
    done = subprocess.run(["apt-cache", "pkgnames"], capture_output=True, text=True, check=True)
    known = set(done.stdout.split())
    assert [name for name in debian_packages() if name not in known] == []
