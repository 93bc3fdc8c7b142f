"""What a page of the tree loads beside itself: scripts, styles and pictures in the folders next to it."""

import posixpath
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from genfile.detect.tree import Project

_LOADS = {"script": "src", "img": "src", "source": "src", "video": "src", "audio": "src", "iframe": "src"}
MAX_TEXT = 500_000
MAX_LINKS = 200


def loaded_by(folder: Project, page: str) -> list[str]:
    """The files beside a page, and the folders next to it with files, that it loads: `app.js`, `static`.

    ``page``: the path of an HTML file in ``folder``. A URL that begins with `/` starts at the page's own folder.
    """
    links = _Links()
    links.feed((folder.text(page) or "")[:MAX_TEXT])
    place = posixpath.dirname(page)
    found: dict[str, None] = {}
    for link in links.found[:MAX_LINKS]:
        try:
            parts = urlsplit(link)
        except ValueError:
            continue
        name = posixpath.normpath(unquote(parts.path).lstrip("/")) if not parts.scheme and not parts.netloc else "."
        if name.startswith(".") or not folder.has(posixpath.join(place, name)):
            continue
        found.setdefault(posixpath.join(place, name.split("/")[0]))
    return list(found)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the address of what the page loads; a link to another page is none."""
        values = dict(attrs)
        loads = values.get("href") if tag == "link" else values.get(_LOADS.get(tag, ""))
        if loads:
            self.found.append(loads)
