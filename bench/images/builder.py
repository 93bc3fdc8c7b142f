"""What an empty builder does: with a registry cache, and when it builds the same tree twice.

The builder is emptied before each build, including its cache mounts: layers can only come from the registry cache.
"""

import json
import os
import re
import secrets
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from bench.images.change import change_code
from bench.images.progress import KEPT_DOWNLOADS, last_words, read_progress, run_again
from bench.images.recipe import COLUMNS, Recipe
from bench.images.shapes import Shape
from genfile.verify.docker import docker, run
from genfile.verify.layers import unpacked

# One timestamp for every build: WORKDIR creates its folder with this time, so another one would miss the cache.
_EPOCH = "1700000000"
_UNITS = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
_MOUNT = re.compile(r"cached mount (\S+) from exec ")
_SHOWN = 4


@dataclass
class Again:
    """A build with a registry cache: the RUN steps that ran, and the bytes downloaded into cache mounts."""

    steps: list[str] = field(default_factory=list)
    downloaded: int = 0


@dataclass
class Fresh:
    """One column's figures for one shape; ``fault``: why there are none. ``differs``: layers, and how they differ."""

    fault: str | None = None
    unchanged: Again = field(default_factory=Again)
    line: Again = field(default_factory=Again)
    differs: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "unchanged": vars(self.unchanged), "line": vars(self.line)}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Fresh":
        return cls(**{**told, "unchanged": Again(**told["unchanged"]), "line": Again(**told["line"])})


@dataclass(frozen=True)
class Builder:
    """A buildx builder that nobody else uses, and a registry it can push to."""

    name: str
    registry: str

    def empty(self) -> None:
        done = docker("buildx", "prune", "--builder", self.name, "--all", "--force", timeout=600)
        if not done.ok:
            raise RuntimeError(done.output)

    def build(self, recipe: Recipe, *flags: str) -> str:
        """Empty the builder, build, and return BuildKit's progress. Raises RuntimeError with the end of the output."""
        self.empty()
        words = ["env", f"SOURCE_DATE_EPOCH={_EPOCH}", "docker", "buildx", "build", "--builder", self.name]
        # Provenance states the build time, which would make every image different.
        words += ["--progress=rawjson", "--provenance=false", *flags, "--file", str(recipe.path)]
        done = run([*words, str(recipe.root / recipe.context)], timeout=1800)
        if not done.ok:
            raise RuntimeError(last_words(done.output, 20))
        return done.output

    def downloaded(self) -> int:
        """The size of the cache mounts that keep downloads."""
        done = docker("buildx", "du", "--builder", self.name, "--format", "{{json .}}")
        if not done.ok:
            raise RuntimeError(done.output)
        records = [json.loads(line) for line in done.output.splitlines() if line.startswith("{")]
        return sum(_size(item["Size"]) for item in records if _keeps_downloads(item))


def _keeps_downloads(record: dict[str, Any]) -> bool:
    mount = _MOUNT.match(record["Description"]) if record["Type"] == "exec.cachemount" else None
    return mount is not None and KEPT_DOWNLOADS.match(mount[1]) is not None


def _size(text: str) -> int:
    number, unit = re.fullmatch(r"([\d.]+)(\w+)", text).groups()  # type: ignore[union-attr]
    return round(float(number) * _UNITS[unit])


def measure_fresh(shape: Shape, names: list[str], builder: Builder, say: Callable[[str], None]) -> dict[str, Fresh]:
    """The figures of each column for a shape."""
    found: dict[str, Fresh] = {}
    for name in names:
        fresh = found[name] = Fresh()
        with tempfile.TemporaryDirectory(prefix="genfile-bench-") as folder:
            try:
                _measure(shape, COLUMNS[name](shape, Path(folder) / name / shape.name), builder, fresh)
            except (RuntimeError, OSError) as error:
                fresh.fault = str(error)
        lines = f"{len(fresh.line.steps)} steps, {fresh.line.downloaded / 1e6:.1f} MB after a line"
        say(f"{shape.name}, {name}: {fresh.fault or f'{lines}, {len(fresh.differs)} layers differ'}")
    return found


def _measure(shape: Shape, recipe: Recipe, builder: Builder, fresh: Fresh) -> None:
    if os.environ.get("GENFILE_STAND_INS") is not None:
        recipe.on_stand_ins(shape.stand_in)
    name = f"{builder.registry}/genfile-bench/{shape.name}:{secrets.token_hex(8)}"
    images = [recipe.root.parent / f"{number}.tar" for number in (1, 2)]
    cache = f"type=registry,ref={name}-cache"
    builder.build(recipe, "--no-cache", f"--output={_archive(images[0])}", f"--cache-to={cache},mode=max")
    for file in recipe.root.rglob("*"):
        os.utime(file)  # a checkout elsewhere has file times of its own
    builder.build(recipe, "--no-cache", f"--output={_archive(images[1])}")
    fresh.differs = differences(*images)
    pushed = ("--output", f"type=image,name={name},push=true", f"--cache-from={cache}")
    fresh.unchanged = Again(run_again(read_progress(builder.build(recipe, *pushed))), builder.downloaded())
    change_code(recipe.root / shape.touch)
    fresh.line = Again(run_again(read_progress(builder.build(recipe, *pushed))), builder.downloaded())


def _archive(path: Path) -> str:
    return f"type=oci,dest={path},rewrite-timestamp=true,compression=uncompressed"


def differences(first: Path, second: Path) -> list[str]:
    """Each layer in which two OCI image archives differ, with the files that differ; empty if the digests are equal."""
    with tarfile.open(first) as one, tarfile.open(second) as other:
        if _json(one, "index.json")["manifests"][0]["digest"] == _json(other, "index.json")["manifests"][0]["digest"]:
            return []
        pairs = zip(_layers(one), _layers(other), strict=True)
        found = [
            f"{command}: {_differing(_entries(one, ours), _entries(other, theirs))}"
            for (command, ours), (_, theirs) in pairs
            if ours != theirs
        ]
        return found or ["the configuration alone"]


def _layers(archive: tarfile.TarFile) -> list[tuple[str, str]]:
    """Each layer's command and digest."""
    manifest = _json(archive, _blob(_json(archive, "index.json")["manifests"][0]["digest"]))
    history = _json(archive, _blob(manifest["config"]["digest"]))["history"]
    commands = [item.get("created_by", "") for item in history if not item.get("empty_layer")]
    return [(command, layer["digest"]) for command, layer in zip(commands, manifest["layers"], strict=True)]


def _entries(archive: tarfile.TarFile, digest: str) -> dict[str, tuple[object, ...]]:
    with unpacked(_open(archive, _blob(digest))) as plain:
        plain.seek(0)
        with tarfile.open(fileobj=plain) as entries:
            return {item.name: _entry(entries, item) for item in entries}


def _entry(archive: tarfile.TarFile, item: tarfile.TarInfo) -> tuple[object, ...]:
    content = _open(archive, item).read() if item.isfile() else item.linkname
    return hash(content), item.mtime, (item.mode, item.uid, item.gid, item.type)


def _differing(ours: dict[str, tuple[object, ...]], theirs: dict[str, tuple[object, ...]]) -> str:
    told = []
    for path in sorted({*ours, *theirs}):
        one, other = ours.get(path), theirs.get(path)
        if one is None or other is None:
            told.append(f"{path} (one has it)")
        elif one != other:
            kinds = zip(("content", "time", "owner"), one, other, strict=True)
            told.append(f"{path} ({', '.join(kind for kind, left, right in kinds if left != right)})")
    more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return ", ".join(told[:_SHOWN]) + more if told else "the order of the entries"


def _blob(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _open(archive: tarfile.TarFile, name: str | tarfile.TarInfo) -> IO[bytes]:
    found = archive.extractfile(name)
    assert found is not None
    return found


def _json(archive: tarfile.TarFile, name: str) -> Any:
    return json.load(_open(archive, name))
