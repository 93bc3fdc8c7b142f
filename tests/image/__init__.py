"""Images on paper."""

from collections.abc import Mapping

from genfile.dockerfile.ignore import read_ignore
from genfile.image import Built, Context, Needs, build, check
from genfile.image.needs import NOTHING_KNOWN


def paper(dockerfile: str, files: Mapping[str, str] | None = None, ignored: str = "") -> Built:
    """The image that a Dockerfile makes of some files."""
    texts = dict(files or {})
    folders: dict[str, list[str]] = {}
    for path in sorted(texts):
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder, []).append(name)
    return build(dockerfile, Context(folders, texts.get, ignored=read_ignore(ignored)))


def found(
    dockerfile: str, files: Mapping[str, str] | None = None, ignored: str = "", needs: Needs = NOTHING_KNOWN
) -> list[str]:
    """What the checks find, as `id: text`."""
    return [f"{item.check}: {item.text}" for item in check(paper(dockerfile, files, ignored), needs)]
