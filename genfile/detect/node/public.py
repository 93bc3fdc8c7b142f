"""Settings that a bundler compiles in: those that the front end's code reads, whatever an example file lists."""

import posixpath
import re
from collections.abc import Iterator

from genfile.detect.code import parse_code
from genfile.detect.node.framework import read_config
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.members import needed_members
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers.javascript import parse_javascript, parse_typescript
from genfile.parsers.jscomponents import COMPONENTS
from genfile.parsers.jsrequired import CHECKED, checked_names, required_names
from genfile.parsers.jsstart import ModuleStart

# The bundler of each prefix: another bundler's setting in the same code doesn't count.
PREFIXES = {
    "nextjs": ("NEXT_PUBLIC_",),
    "vite": ("VITE_",),
    "create-react-app": ("REACT_APP_",),
    "vue-cli": ("VUE_APP_",),
    "gatsby": ("GATSBY_",),
    "astro": ("PUBLIC_",),
    "react-router": ("VITE_",),
    "sveltekit": ("VITE_",),
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


def public_settings(project: NodeProject, framework: str) -> dict[str, Evidence | None]:
    """The public variables that the code reads, and that of the workspace's members that it needs, by name; from a
    bounded number of files. Each with the place that makes the page fail without it, if there is one."""
    prefixes = (*PREFIXES.get(framework, ()), *_own_prefixes(project))
    members = [member.project for member in needed_members(project)] if prefixes else []
    found: dict[str, Evidence | None] = {}
    for folder in (project.folder, *members) if prefixes else ():
        for name, says in _settings_in(folder, prefixes):
            found[name] = found.get(name) or says
    return dict(sorted(found.items()))


def _settings_in(folder: Project, prefixes: tuple[str, ...]) -> Iterator[tuple[str, Evidence | None]]:
    """Those that the sources of a folder read."""
    for name in source_names(folder):
        text = folder.text(name) or ""
        # Only the few files that name one are parsed.
        if any(prefix in text for prefix in prefixes):
            read = _read(folder, name, text)
            yield from ((item, says) for item, says in read if item.startswith(prefixes) and _NAME.fullmatch(item))


def _read(folder: Project, name: str, text: str) -> Iterator[tuple[str, Evidence | None]]:
    """The variables that a file reads, with a default or without: an address that is compiled in is the one that each
    deployment changes."""
    if name.endswith(COMPONENTS):
        # The markup reads them too, and no grammar for it is at hand.
        yield from ((item, None) for item in _IN_COMPONENT.findall(text))
        return
    typescript = name.endswith((".ts", ".tsx"))
    module = parse_code(folder, parse_typescript if typescript else parse_javascript, name)
    if module is None:
        return
    yield from ((item.name, None) for item in module.env_names)
    if "throw" in text:
        for needs in required_names(ModuleStart(module)):
            yield needs.name, folder.says(name, needs.line, f"throws without {needs.name}")
    if any(word in text for word in CHECKED):
        needed = dict(checked_names(module))
        for item, _, _ in module.called_pairs:
            line = needed.get(item)
            yield item, folder.says(name, line, f"{item} must be set") if line is not None else None


def _own_prefixes(project: NodeProject) -> tuple[str, ...]:
    """`envPrefix` of Vite's configuration: one text or a list."""
    found = read_config(project, "vite.config")
    config = found[1].default_export if found is not None else None
    value = config.get("envPrefix") if isinstance(config, dict) else None
    texts = value if isinstance(value, list) else [value]
    return tuple(text for text in texts if isinstance(text, str) and re.fullmatch(r"[A-Z][A-Z0-9]*_", text))


def source_names(folder: Project) -> Iterator[str]:
    """The sources of an application in its usual folders, without tests; bounded."""
    count = 0
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
