"""Streamlit's own configuration: the port, and the base path."""

from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Draft

CONFIG = ".streamlit/config.toml"
_HEALTH = "/_stcore/health"


def put_streamlit(project: PythonProject, draft: Draft) -> None:
    """Put /port and /health from `[server]` of the configuration, unless the command sets them."""
    folder = project.folder
    document = folder.toml(CONFIG) if folder.has(CONFIG) else None
    server = document.table("server") if document is not None else {}
    start = draft.values.get("start", [])
    port = server.get("port")
    flags = {word.partition("=")[0]: word.partition("=")[2] for word in start}
    if document is not None and isinstance(port, int) and 0 < port < 65536 and "--server.port" not in flags:
        draft.put("port", folder.fact(port, CONFIG, document.line("server", "port"), f"port = {port}"))
    base = server.get("baseUrlPath")
    if "--server.baseUrlPath" in start:
        base = (start[start.index("--server.baseUrlPath") + 1 :] or [None])[0]
    base = flags.get("--server.baseUrlPath") or base
    if isinstance(base, str) and base.strip("/"):
        path = f"/{base.strip('/')}{_HEALTH}"
        line = document.line("server", "baseUrlPath") if document is not None else None
        where = CONFIG if document is not None else draft.evidence["/start"].evidence[0].path
        draft.put("health", folder.fact({"path": path}, where, line, f"baseUrlPath = {base}"))
