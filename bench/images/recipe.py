"""One application with the container files of one column, in a folder of its own, ready to build."""

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

import genfile
from bench.images.shapes import Shape
from genfile.dockerfile.model import Dockerfile
from genfile.dockerfile.reader import read_dockerfile
from genfile.project.apply import apply_plan
from genfile.project.plan import make_plan

_SYNTAX = re.compile(r"#\s*syntax\s*=")
_LEFT_OUT = shutil.ignore_patterns(".git", "node_modules", ".venv", "__pycache__", "target", "build", ".next")


@dataclass(frozen=True)
class Recipe:
    """A folder to build; ``dockerfile`` and ``context`` are relative to it."""

    root: Path
    dockerfile: str
    context: str

    @property
    def path(self) -> Path:
        return self.root / self.dockerfile

    def images(self) -> list[str]:
        """Every external image."""
        parsed = read_dockerfile(self.path.read_text("utf-8"))
        return [_expanded(image, parsed) for image in parsed.external_images()]

    def base(self) -> str:
        """The image that the last stage is based on."""
        parsed = read_dockerfile(self.path.read_text("utf-8"))
        return _expanded(parsed.lineage(parsed.stages[-1])[-1].image, parsed)

    def on_stand_ins(self, variables: Mapping[str, str]) -> None:
        """Drop the `# syntax=` line, whose image an engine without a registry can't get, and set variables in every
        stage."""
        values = "".join(f"ENV {name}={value}\n" for name, value in variables.items())
        lines = self.path.read_text("utf-8").splitlines(keepends=True)
        kept = (line + values if line.startswith("FROM ") else line for line in lines if not _SYNTAX.match(line))
        self.path.write_text("".join(kept), "utf-8")


def _expanded(image: str, parsed: Dockerfile) -> str:
    """An image name, with the ARGs before the first FROM filled in."""
    defaults = dict(item.value.split("=", 1) for item in parsed.head if item.keyword == "ARG" and "=" in item.value)
    return Template(image).safe_substitute({name: value.strip("\"'") for name, value in defaults.items()})


def by_genfile(shape: Shape, root: Path, **options: str) -> Recipe:
    """The files that `genfile init` writes."""
    shutil.copytree(shape.source, root, ignore=_LEFT_OUT)
    made = genfile.generate(root, service=shape.service, settings=options)
    apply_plan(make_plan(root, made.files))
    layout = made.services[0][1].layout
    return Recipe(root, layout.dockerfile, layout.context)


def in_layers(shape: Shape, root: Path) -> Recipe:
    """The files that `genfile init --set downloads=layer` writes."""
    return by_genfile(shape, root, downloads="layer")


def by_hand(shape: Shape, root: Path) -> Recipe:
    """The hand-written files."""
    shutil.copytree(shape.source, root, ignore=_LEFT_OUT)
    shutil.copytree(shape.by_hand, root, dirs_exist_ok=True)
    return Recipe(root, "Dockerfile", ".")


def by_flyctl(shape: Shape, root: Path) -> Recipe:
    """The files that the npm package @flydotio/dockerfile writes, for Node only. Raises RuntimeError if there are
    none."""
    if not (shape.source / "package.json").is_file():
        raise RuntimeError("it reads a package.json alone")
    shutil.copytree(shape.source, root, ignore=_LEFT_OUT)
    command = ["npx", "--yes", "@flydotio/dockerfile", "--yes", "--force", "--skip"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if not (root / "Dockerfile").is_file():
        raise RuntimeError((done.stdout + done.stderr).strip()[-200:] or "it wrote no Dockerfile")
    return Recipe(root, "Dockerfile", ".")


COLUMNS: dict[str, Callable[[Shape, Path], Recipe]] = {
    "genfile": by_genfile,
    "layer": in_layers,
    "hand": by_hand,
    "fly": by_flyctl,
}
