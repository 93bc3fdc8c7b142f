"""Whether Next.js regenerates pages at run time, which it writes beside the build's."""

import re

from genfile.detect.tree import Project

_FOLDERS = ("app", "pages", "src/app", "src/pages", "lib", "src/lib")
_ENDINGS = (".js", ".jsx", ".ts", ".tsx", ".mjs")
# `export const revalidate = 60`, `revalidate: 60` of getStaticProps and fetch; `false` and 0 regenerate nothing.
_REVALIDATE = re.compile(r"\brevalidate\s*[=:]\s*[1-9]|\brevalidate(?:Path|Tag)\s*\(|['\"]use cache['\"]")
MAX_FILES = 400


def regenerates(folder: Project) -> bool:
    """Whether any page has a lifetime, or is revalidated on demand."""
    names = [
        name
        for place in _FOLDERS
        if folder.has_folder(place)
        for name in folder.files("*", below=place, depth=10)
        if name.endswith(_ENDINGS)
    ]
    return any(_REVALIDATE.search(folder.text(name) or "") for name in names[:MAX_FILES])
