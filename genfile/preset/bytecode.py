"""Compiled templates, kept between runs in the user's cache folder as Python keeps its own .pyc files.

Compiling takes a third of the time of `genfile init`. Jinja keys an entry by the text of the template, so a changed
one is compiled anew; a folder that others can write to, or one that can't be written, is not used.
"""

import os
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from genfile.bundle.cache import cache_folder as user_cache
from genfile.sandbox.guards import GUARDS_VERSION


def cache_folder() -> Path | None:
    """The folder for compiled templates; what lies there is run, so that only a safe one will do."""
    return user_cache("templates")


class TemplateCache(BytecodeCache):
    """Jinja's cache of byte code over files; whatever fails, the template is compiled as if there were none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            with self._path(bucket).open("rb") as file:
                bucket.load_bytecode(file)
        except (OSError, ValueError, EOFError, TypeError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        path = self._path(bucket)
        temporary = path.with_suffix(f".{os.urandom(4).hex()}")
        try:
            with temporary.open("wb") as file:
                bucket.write_bytecode(file)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"{bucket.key}.{GUARDS_VERSION}.pyc"
