"""An image as `docker save` writes it: its layers above the base image's, with their files."""

import gzip
import hashlib
import json
import re
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import IO

from msgspec import Struct

from genfile.verify.docker import docker, inspect

# Files whose text matters: they list the installed packages and versions.
_KEPT = re.compile(r"(?:.*/)?node_modules/(?:@[^/]+/)?[^/@.][^/]*/package\.json")


class LayerFile(Struct, frozen=True):
    """A file in a layer: its size, the digest of its content, its text if that matters."""

    size: int
    digest: str
    text: str | None = None


class Layer(Struct, frozen=True):
    """A layer: the digest and the size of its tar archive before compression, and its files by path."""

    digest: str
    size: int
    command: str
    files: dict[str, LayerFile]


class BuiltImage(Struct, frozen=True):
    """An image: the size of its base, and the layers above it."""

    base_size: int
    added: tuple[Layer, ...]

    @property
    def size(self) -> int:
        return sum(layer.size for layer in self.added)

    @property
    def files(self) -> dict[str, LayerFile]:
        """Every file above the base, as the topmost layer has it."""
        return {path: file for layer in self.added for path, file in layer.files.items()}

    def holds(self, layers: tuple[str, ...]) -> bool:
        """Whether these are its layers, the topmost one last."""
        own = tuple(layer.digest for layer in self.added)
        return layers[len(layers) - len(own) :] == own

    def moved(self, before: "BuiltImage") -> tuple[Layer, ...]:
        """The layers that a registry with the earlier image lacks."""
        known = {layer.digest for layer in before.added}
        return tuple(layer for layer in self.added if layer.digest not in known)

    def changed(self, before: "BuiltImage") -> int:
        """The bytes of new files, and of files with new content."""
        old = before.files
        return sum(file.size for path, file in self.files.items() if old.get(path, None) != file)


def digests(tag: str) -> tuple[str, ...]:
    """The digests of all layers of a local image, the base's first; faster than reading it."""
    return tuple(inspect("image", tag).get("RootFS", {}).get("Layers", ()))


def read_image(tag: str, base: str) -> BuiltImage:
    """Read a local image, and the size of its base. Raises RuntimeError if the engine has no such image."""
    below = len(digests(base)) if base != "scratch" else 0
    with tempfile.TemporaryDirectory(prefix="genfile-image-") as folder:
        path = Path(folder) / "image.tar"
        done = docker("save", "--output", str(path), tag, timeout=600)
        if not done.ok:
            raise RuntimeError(done.output)
        with tarfile.open(path) as archive:
            return read_archive(archive, below)


def read_archive(archive: tarfile.TarFile, below: int) -> BuiltImage:
    """Read an archive of `docker save`; the first ``below`` layers are the base's."""
    manifest = json.load(_member(archive, "manifest.json"))[0]
    config = json.load(_member(archive, manifest["Config"]))
    commands = [item.get("created_by", "") for item in config["history"] if not item.get("empty_layer")]
    sizes = [archive.getmember(name).size for name in manifest["Layers"]]
    added = [
        _layer(_member(archive, name), digest, commands[number] if number < len(commands) else "")
        for number, (name, digest) in enumerate(zip(manifest["Layers"], config["rootfs"]["diff_ids"], strict=True))
        if number >= below
    ]
    return BuiltImage(sum(sizes[:below]), tuple(added))


def _member(archive: tarfile.TarFile, name: str | tarfile.TarInfo) -> IO[bytes]:
    found = archive.extractfile(name)
    assert found is not None
    return found


def _layer(stream: IO[bytes], digest: str, command: str) -> Layer:
    with unpacked(stream) as plain:
        size = plain.seek(0, 2)
        plain.seek(0)
        files: dict[str, LayerFile] = {}
        with tarfile.open(fileobj=plain, mode="r:") as archive:
            for member in archive:
                if member.isfile():
                    path = member.name.removeprefix("./")
                    files[path] = _file(path, _member(archive, member).read())
    return Layer(digest, size, command, files)


def unpacked(stream: IO[bytes]) -> IO[bytes]:
    """A layer's tar archive, decompressed if the engine keeps it compressed."""
    packed = stream.read(2) == b"\x1f\x8b"
    stream.seek(0)
    plain = tempfile.TemporaryFile()  # noqa: SIM115 -- the caller closes it
    with gzip.open(stream) if packed else stream as source:
        shutil.copyfileobj(source, plain)
    return plain


def _file(path: str, content: bytes) -> LayerFile:
    text = content.decode("utf-8", "replace") if _KEPT.fullmatch(path) else None
    return LayerFile(len(content), hashlib.sha256(content).hexdigest(), text)
