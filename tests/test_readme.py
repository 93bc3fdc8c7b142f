"""The front page does what it says, and no page links to nothing."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "bench").glob("*.md")])
README = (ROOT / "README.md").read_text("utf-8")


def block(heading: str) -> str:
    """The first fenced block of a section of the README."""
    section = README.split(f"## {heading}\n", 1)[1].split("\n## ")[0]
    return section.split("```", 2)[1].partition("\n")[2]


def test_try_it_and_test_it_have_one_command_each() -> None:
    """CI takes what stands under "Test it" as it is."""
    for heading in ("Try it", "Test it"):
        assert len(block(heading).splitlines()) == 1
    section = README.split("## Test it\n", 1)[1].split("\n## ")[0]
    assert section.count("```") == 2


def test_the_life_of_a_project(tmp_path: Path) -> None:
    """Each of the six commands works on the example; those that need an engine only as far as without one."""
    project = tmp_path / "node"
    shutil.copytree(ROOT / "examples" / "node", project)
    commands = [line.split("#")[0].split() for line in block("The life of a project").splitlines()]
    assert [command[1] for command in commands] == ["init", "check", "update", "explain", "build", "verify"]
    more = {"init": ["--yes"], "build": ["--print", "--engine", "docker"], "verify": ["--help"]}
    for _, name, *arguments in commands:
        command = [sys.executable, "-m", "genfile", name, *arguments, *more.get(name, [])]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def test_the_example_in_python_works() -> None:
    done = subprocess.run([sys.executable, "-c", block("From Python")], capture_output=True, text=True, check=True)
    assert 'CMD ["gunicorn"' in done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """To a file of the repository, and to a heading that is there."""
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.S)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = page.parent / name if name else page
        assert path.exists(), target
        if anchor and path.suffix == ".md":
            assert anchor in anchors(path), target


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
