"""What a built image contains: its layers, what should not be in it, and what a one-line change moves."""

import re
import secrets
from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict

from genfile.dockerfile.model import Dockerfile
from genfile.verify.docker import build_text, docker, inspect
from genfile.verify.junk import Junk, find_junk
from genfile.verify.layers import BuiltImage, Layer, digests, read_image
from genfile.verify.traces import label_of

# Files that tell more than anyone who pulls the image should know: an error. All other junk only costs space.
_SERIOUS = re.compile(
    r"(?:^|/)\.git/|(?:^|/)\.env(?!\.(?:example|sample|template|dist|defaults?)$)(?:\.[^/]+)?$|"
    r"(?:^|/)(?:\.npmrc|\.netrc|\.pypirc|id_rsa|id_ed25519|\.git-credentials)$|(?:^|/)\.(?:aws|docker|kube)/|"
    r"\.(?:p12|pfx|jks)$"
)
# Folders with third-party packages.
_PACKED = re.compile(r"(?:^|/)(?:node_modules|site-packages|dist-packages)/")
_SHOWN_LAYERS = 8
_COMMAND = 70


class Contents(Struct):
    """An image beyond its base: layers with their sizes, junk, and the bytes that a one-line change moves.

    ``serious``: paths of files that no one who pulls the image should see. ``delta``: the size of the layers that a
    registry lacks after that change; None if no change was tried.
    """

    base_bytes: int = 0
    layers: list[Layer] = field(default_factory=list)
    junk: list[Junk] = field(default_factory=list)
    serious: list[str] = field(default_factory=list)
    delta: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "base_bytes": self.base_bytes,
            "layers": [{"bytes": layer.size, "command": layer.command} for layer in self.layers],
            "junk": [asdict(item) for item in self.junk],
            "serious": self.serious,
            "delta_bytes": self.delta,
        }

    def lines(self) -> list[str]:
        """A summary for people: the largest layers, the junk, the delta."""
        largest = sorted(self.layers, key=lambda layer: -layer.size)[:_SHOWN_LAYERS]
        told = [f"{megabytes(self.base_bytes)}  the base image"]
        told += [f"{megabytes(layer.size)}  {_short(layer.command)}" for layer in largest if layer.size > 50_000]
        told += [
            f"{item.kind}: {item.files} {'file' if item.files == 1 else 'files'}, {megabytes(item.size)}, "
            f"for example /{item.example}: it {item.why}"
            for item in self.junk
            if not item.packed
        ]
        if self.delta is not None:
            told.append(f"{megabytes(self.delta)} to push after a change of one line")
        return told


def megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _short(command: str) -> str:
    text = " ".join(command.replace("/bin/sh -c ", "").replace("# buildkit", "").split())
    return text if len(text) <= _COMMAND else text[: _COMMAND - 1] + "…"


def read_contents(tag: str, dockerfile: Dockerfile, run: str) -> tuple[Contents, BuiltImage]:
    """Read an image from the engine. Raises RuntimeError if the engine does not hand it out."""
    image = read_image(tag, _base(dockerfile, run))
    files = image.files
    # A file that a later layer deletes is still in the image.
    every = sorted({path for layer in image.added for path in layer.files})
    serious = [path for path in every if _SERIOUS.search(path) and not _PACKED.search(path)]
    return Contents(image.base_size, list(image.added), find_junk(files), serious), image


def moved_bytes(tag: str, dockerfile: Dockerfile, run: str, before: BuiltImage) -> int:
    """The bytes of this image that a registry with the previous one lacks."""
    if before.holds(digests(tag)):
        return 0
    return sum(layer.size for layer in read_image(tag, _base(dockerfile, run)).moved(before))


def _base(dockerfile: Dockerfile, run: str) -> str:
    """The base of the final stage, under a name that the engine knows."""
    image = _outermost(dockerfile.stages)
    if image == "scratch" or inspect("image", image):
        return image
    # The builder has it, but the engine's image store does not: a build that adds nothing loads it.
    name = f"genfile-gates-base:{secrets.token_hex(6)}"
    done = build_text(f"FROM {image}\n", name, label_of(run))
    if not done.ok:
        return "scratch"
    return name


def _outermost(stages: Sequence[Any]) -> str:
    """The image that the last stage is ultimately based on."""
    named = {stage.name: stage for stage in stages if stage.name}
    image = str(stages[-1].image)
    for _ in stages:
        if image not in named:
            break
        image = str(named[image].image)
    return image


def remove_base(run: str) -> None:
    """Remove the names that `read_contents` gave to base images."""
    found = docker("image", "ls", "--filter", f"label={label_of(run)}", "--format", "{{.Repository}}:{{.Tag}}")
    names = [name for name in found.output.split() if name.startswith("genfile-gates-base:")]
    if found.ok and names:
        docker("image", "rm", "--force", *names)
