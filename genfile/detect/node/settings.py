"""Optional variables that a program's modules read."""

from genfile.detect.node.configs import is_common
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.public import PUBLIC_PREFIXES
from genfile.detect.node.serverside import server_modules
from genfile.detect.node.sources import source_files
from genfile.detect.required import GIVEN
from genfile.detect.shared import is_secret
from genfile.evidence import Draft

MAX_SETTINGS = 30


def put_settings(project: NodeProject, draft: Draft) -> None:
    """Add to /environment, as optional, what the modules behind the start command read and nothing else lists."""
    start = tuple(draft.values.get("start") or ())
    if not start or "static" in draft.values:
        return
    listed = draft.values.setdefault("environment", [])
    known = {item["name"] for item in listed} | GIVEN | {draft.values.get("port_variable")}
    sources = source_files(project, start)
    read = [item.name for _, module in sources for item in module.env_names]
    # Another program may set what is in small letters: `npm_package_version`.
    own = {item.name for _, module in sources for item in module.configured}
    # Of what only a build puts together, the variables that nobody else sets.
    asked = (item for _, module in server_modules(project, draft) for item in module.env_names if not item.has_default)
    read += [item.name for item in asked if not is_common(item.name) and not item.name.startswith(PUBLIC_PREFIXES)]
    fitting = (name for name in dict.fromkeys(read) if name in own or (name.isupper() and name.isidentifier()))
    found = [name for name in fitting if name not in known]
    listed += [{"name": name, "phase": "run", "secret": is_secret(name)} for name in found[:MAX_SETTINGS]]
