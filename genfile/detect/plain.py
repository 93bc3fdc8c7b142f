"""A plain site, whose folder is served as it is: which files are for people and tools, and what else would be
public."""

import posixpath
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from genfile.container.own import is_left_out
from genfile.detect.tree import Project
from genfile.evidence import Draft

# What the preset's .dockerignore excludes from every plain site, anywhere and at the root.
_TOOLS = (".*", "*.sh", "*.sql", "*.bak", "*.conf", "*.conf.template", "package.json", "package-lock.json", "Makefile")
_ROOT = ("README.md", "LICENSE")
# Files that browsers request, or that static hosts read.
_WEB = frozenset(
    """
    html htm xhtml css js mjs json map xml txt md webmanifest ico png jpg jpeg gif svg webp avif bmp woff woff2 ttf otf
    eot pdf mp3 mp4 m4a m4v webm ogg ogv wav flac wasm csv tsv geojson glb gltf vtt zip gz rss atom ics vcf
    """.split()
)
_HOSTS = ("CNAME", "_redirects", "_headers")
MAX_PAGES = 200
MAX_LINKED = 50
_NAMED = 5


def put_linked(site: Project, draft: Draft) -> None:
    """Put /linked, with a warning about other files that would be served too."""
    pages = [site.text(name) or "" for name, _ in zip(site.files("*.html"), range(MAX_PAGES), strict=False)]
    renders = any("docsify" in text for text in pages)
    linked = [name for name in _left_out(site) if (renders and name.endswith(".md")) or _is_named(name, pages)]
    draft.values["linked"] = [site.full(name) for name in linked[:MAX_LINKED]]
    others = [name for name in site.names() if not _is_web(name) and name not in linked and not _is_kept_back(name)]
    if others:
        more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        text = (
            f"{', '.join(others[:_NAMED])}{more}: the web server serves every file beside the pages; move them "
            "elsewhere if they are not public"
        )
        draft.note("warning", text, site.full(others[0]))


def _left_out(site: Project) -> Iterator[str]:
    for pattern in _TOOLS[1:]:
        yield from site.files(pattern)
    yield from (name for name in _ROOT if not site.path and site.has(name))


def _is_named(path: str, pages: list[str]) -> bool:
    """Whether a page links a file by its name."""
    pattern = re.compile(rf"[\"'/(]{re.escape(posixpath.basename(path))}[\"'?#)]")
    return any(pattern.search(text) is not None for text in pages)


def _is_web(name: str) -> bool:
    return name in _HOSTS or name.rpartition(".")[2].lower() in _WEB


def _is_kept_back(name: str) -> bool:
    return is_left_out(name) or any(fnmatchcase(name, pattern) for pattern in (*_TOOLS, *_ROOT))
