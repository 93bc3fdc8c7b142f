"""What a browser requests first: the start page, and its first script and style sheet."""

import http.client
import re
import urllib.error
import urllib.request
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from msgspec import Struct

# Something answers, but not in HTTP: gRPC, a database's protocol.
OTHER_PROTOCOL = 0
_READ = 1 << 20
_HTML = ("text/html", "application/xhtml+xml")


class PageAnswer(Struct, frozen=True):
    """A response: its status, its URL after redirects, its media type, and a page's text."""

    status: int
    url: str
    media: str = ""
    text: str = ""

    @property
    def is_page(self) -> bool:
        return self.media in _HTML


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follow redirects on the same host only; any other redirect is the answer."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if urlsplit(newurl).netloc != urlsplit(req.full_url).netloc:
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(url: str, timeout: float = 3) -> PageAnswer | None:
    """The response to one GET without a proxy, with a page's first megabyte; None if nothing answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _SameHost())
    asked = urllib.request.Request(url, headers={"Accept": "text/html,*/*"})
    try:
        with opener.open(asked, timeout=timeout) as response:
            media = response.headers.get_content_type()
            text = response.read(_READ).decode("utf-8", "replace") if media in _HTML else ""
            return PageAnswer(int(response.status), response.url, media, text)
    except urllib.error.HTTPError as error:
        with error:
            return PageAnswer(error.code, url, error.headers.get_content_type())
    except http.client.InvalidURL:
        return None
    except http.client.RemoteDisconnected:
        # A proxy in between took the connection: the program does not listen yet.
        return None
    except http.client.HTTPException:
        return PageAnswer(OTHER_PROTOCOL, url)
    except (OSError, ValueError):
        return None


class _Assets(HTMLParser):
    """The URLs of a page's scripts and style sheets, in order, and its base."""

    def __init__(self) -> None:
        super().__init__()
        self.base = ""
        self.scripts: list[str] = []
        self.styles: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "base" and not self.base:
            self.base = given.get("href", "")
        elif tag == "script" and given.get("src"):
            self.scripts.append(given["src"])
        elif tag == "link" and "stylesheet" in given.get("rel", "").lower().split() and given.get("href"):
            self.styles.append(given["href"])


def _as_browsers(address: str) -> str:
    """A URL as browsers parse it (WHATWG URL): a backslash before the query is a slash; line breaks and surrounding
    blanks are ignored."""
    path = re.split(r"[?#]", address, maxsplit=1)[0]
    return re.sub(r"[\t\r\n]", "", path.replace("\\", "/") + address[len(path) :]).strip()


def first_assets(page: str, url: str) -> list[tuple[str, str]]:
    """`("script" or "style sheet", address)`: the first of each kind on the page's own host."""
    parser = _Assets()
    parser.feed(page)
    found: list[tuple[str, str]] = []
    for kind, listed in (("script", parser.scripts), ("style sheet", parser.styles)):
        for address in listed:
            try:
                target = urljoin(urljoin(url, _as_browsers(parser.base)), _as_browsers(address))
                parts = urlsplit(target)
            except ValueError:
                continue
            if (parts.scheme, parts.netloc) == ("http", urlsplit(url).netloc):
                # Like browsers: blanks and non-ASCII letters are quoted, quoted ones stay.
                found.append((kind, quote(target.split("#", 1)[0], safe="%/:?&=+,;@!$'()*~[]")))
                break
    return found


def broken_asset(page: PageAnswer) -> tuple[str | None, list[str]]:
    """What is wrong with a page's first script or style sheet, or None; and the kinds that load.

    A page in place of an asset is wrong too, since browsers refuse it: a fallback to index.html returns one for a
    missing file.
    """
    loaded: list[str] = []
    for kind, address in first_assets(page.text, page.url):
        answer = fetch(address)
        path = urlsplit(address).path
        if answer is None or answer.status == OTHER_PROTOCOL:
            return f"its {kind} {path} does not load", loaded
        if answer.status >= 400:
            return f"its {kind} {path} answers {answer.status}", loaded
        if answer.is_page:
            return f"its {kind} {path} is a page of HTML", loaded
        loaded.append(kind)
    return None, loaded
