"""Pages that are shipped as somebody wrote them: the addresses that their scripts call."""

import posixpath
import re
from collections.abc import Iterator

from genfile.practice.defaults import ASIDE, calls_own_machine
from genfile.practice.secrets import brought_by
from genfile.practice.subject import Subject, Wrong

_SCRIPT = re.compile(r"<script\b[^>]*\bsrc=[\"'](?P<path>[^\"'?#{}<>:]+\.m?js)[\"'?#]", re.IGNORECASE)
_MAX_PAGES = 60
_MAX_TEXT = 100_000


def in_hypertext(subject: Subject) -> Iterator[Wrong]:
    """Literal addresses of this machine in HTML and in the scripts that it names."""
    context = subject.context
    files = sorted(path for path in context.below("") if ASIDE.isdisjoint(path.split("/")[:-1]))
    pages = [path for path in files if path.endswith((".html", ".htm"))][:_MAX_PAGES]
    for page in pages:
        text = (context.read(page) or "")[:_MAX_TEXT]
        names = (posixpath.normpath(match["path"].lstrip("./")) for match in _SCRIPT.finditer(text))
        scripts = [path for name in names for path in files if path == name or path.endswith(f"/{name}")]
        for path in (page, *scripts):
            line = calls_own_machine((context.read(path) or "")[:_MAX_TEXT])
            item = brought_by(subject, path) if line is not None else None
            if item is not None:
                place = f"{posixpath.join(context.root, path)}:{line}"
                said = f"the pages look for a server on the machine of their browser: {place}"
                yield Wrong("address-of-itself", item.line, said, "call a path without a host", "hint")
                return
