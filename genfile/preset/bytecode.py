"""The built-in templates, compiled and stored next to the code that renders them, like Python's own .pyc files.

Compiling takes a quarter to a third of the time of `genfile init`. Byte code is code: whoever can write it runs as
whoever loads it. So it never lies in a cache folder, which people share, mount, and restore from elsewhere, but in
the `__pycache__` of the installed package, where writing it takes the right to change genfile itself; a signature
would only move the question to its key. Where the package can't be written, templates are compiled on each run;
those of other presets always are, for they are few and small.

Jinja keys an entry by the text of the template, so a changed template is compiled again.
"""

import os
import sys
from pathlib import Path

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

from genfile.sandbox.guards import GUARDS_VERSION

FOLDER = Path(__file__).parent / "__pycache__"


class TemplateCache(BytecodeCache):
    """Jinja's cache of byte code; whatever fails, the template is compiled as if there were none."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder

    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        """The compiled form of a built-in template; of any other, an empty one that is not kept."""
        key = self.get_cache_key(name, filename)
        bucket = Bucket(environment, key if _is_builtin(name, source) else "", self.get_source_checksum(source))
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        if not bucket.key:
            return
        try:
            with self._path(bucket).open("rb") as file:
                bucket.load_bytecode(file)
        except (OSError, ValueError, EOFError, TypeError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not bucket.key or sys.dont_write_bytecode:
            return
        path = self._path(bucket)
        temporary = path.with_suffix(f".{os.urandom(4).hex()}")
        try:
            self._folder.mkdir(exist_ok=True)
            with temporary.open("wb") as file:
                bucket.write_bytecode(file)
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"template-{bucket.key}.{GUARDS_VERSION}.{sys.implementation.cache_tag}.pyc"


def _is_builtin(name: str, source: str) -> bool:
    """Whether a template is an unmodified built-in one."""
    from genfile.bundle.builtin import builtin_folder

    try:
        return (builtin_folder("presets") / name).read_text("utf-8") == source
    except (OSError, ValueError):
        return False
