"""Settings that a bundler compiles in: those that the front end's code reads, whatever an example file lists."""

import posixpath
import re
from collections.abc import Iterator

from genfile.detect.node.framework import read_config, read_module
from genfile.detect.node.manager import NodeProject
from genfile.parsers.jscomponents import COMPONENTS

# The bundler of each prefix: another bundler's setting in the same code doesn't count.
PREFIXES = {
    "nextjs": ("NEXT_PUBLIC_",),
    "vite": ("VITE_",),
    "create-react-app": ("REACT_APP_",),
    "vue-cli": ("VUE_APP_",),
    "gatsby": ("GATSBY_",),
    "astro": ("PUBLIC_",),
    "react-router": ("VITE_",),
    "expo": ("EXPO_PUBLIC_",),
    "solid-start": ("VITE_",),
    "tanstack-start": ("VITE_",),
}
# Those of all bundlers.
PUBLIC_PREFIXES = tuple(
    """
    NEXT_PUBLIC_ VITE_ REACT_APP_ NUXT_PUBLIC_ PUBLIC_ GATSBY_ VUE_APP_ NG_APP_ EXPO_PUBLIC_ STORYBOOK_
    """.split()
)
FOLDERS = ("src", "app", "pages", "components", "lib", "config", "utils", "hooks", "services")
ENDINGS = (".ts", ".tsx", ".js", ".jsx", ".mjs")
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_IN_COMPONENT = re.compile(r"\b(?:import\.meta|process)\.env\.([A-Z][A-Z0-9_]*)")
MAX_FILES = 200


def public_settings(project: NodeProject, framework: str) -> list[str]:
    """The public variables that the code reads, sorted; from a bounded number of files."""
    prefixes = (*PREFIXES.get(framework, ()), *_own_prefixes(project))
    found: set[str] = set()
    for name in source_names(project) if prefixes else ():
        text = project.folder.text(name) or ""
        # Only the few files that name one are parsed.
        if not any(prefix in text for prefix in prefixes):
            continue
        found |= {item for item in _read(project, name, text) if item.startswith(prefixes) and _NAME.fullmatch(item)}
    return sorted(found)


def _read(project: NodeProject, name: str, text: str) -> Iterator[str]:
    """The variables that a file reads, with a default or without: an address that is compiled in is the one that each
    deployment changes."""
    if name.endswith(COMPONENTS):
        # The markup reads them too, and no grammar for it is at hand.
        yield from _IN_COMPONENT.findall(text)
        return
    module = read_module(project, name)
    yield from (item.name for item in module.env_names) if module is not None else ()


def _own_prefixes(project: NodeProject) -> tuple[str, ...]:
    """`envPrefix` of Vite's configuration: one text or a list."""
    found = read_config(project, "vite.config")
    config = found[1].default_export if found is not None else None
    value = config.get("envPrefix") if isinstance(config, dict) else None
    texts = value if isinstance(value, list) else [value]
    return tuple(text for text in texts if isinstance(text, str) and re.fullmatch(r"[A-Z][A-Z0-9]*_", text))


def source_names(project: NodeProject) -> Iterator[str]:
    """The sources of an application in its usual folders, without tests; bounded."""
    folder, count = project.folder, 0
    for place in ("", *FOLDERS):
        if place and not folder.has_folder(place):
            continue
        for name in folder.files("*", below=place, depth=6 if place else 0):
            tested = any(part in name for part in (".test.", ".spec.", ".stories.", "__tests__", ".config."))
            if not name.endswith((*ENDINGS, *COMPONENTS)) or tested or name.endswith(".d.ts"):
                continue
            count += 1
            if count > MAX_FILES:
                return
            yield posixpath.normpath(name)
