"""PasteDeploy's files, which say what `pserve` serves and where it listens."""

from genfile.detect.python.manifest import PythonProject
from genfile.parsers.data import parse_ini
from genfile.parsers.values import port_of

_SECTION = "server:main"


def paste_file(project: PythonProject) -> tuple[str, int | None] | None:
    """The file beside the manifests that configures a server, the one for production first, and the port in it."""
    names = [name for name in project.folder.names() if name.endswith(".ini")]
    for name in sorted(names, key=lambda item: (not item.startswith("prod"), "dev" in item or "test" in item, item)):
        document = project.folder.parse(parse_ini, name)
        if document is not None and document.table(_SECTION):
            text = document.text(_SECTION, "listen") or document.text(_SECTION, "port") or ""
            return name, port_of(text.split()[0])[0] if text.split() else None
    return None
