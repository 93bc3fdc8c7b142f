"""Requests that the server of a page passes on to another service: the rewrites of Next.js, the route rules of Nuxt.

The build compiles their addresses in: https://github.com/vercel/next.js/issues/33931
"""

from genfile.detect.addresses import LocalPort, add_address, read_place
from genfile.detect.node.configs import build_configs
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.public import public_settings
from genfile.evidence import Draft, Evidence
from genfile.parsers.javascript import JsModule
from genfile.parsers.jsproxies import destinations

_KEYS = ("rewrites", "routeRules")


def put_rewrites(project: NodeProject, draft: Draft) -> None:
    """Add to /addresses the variables of the build with such an address; warn of one that compose can't set."""
    if "static" in draft.values:
        return
    listed = {item["name"] for item in draft.values.get("environment", ()) if item["phase"] == "build"}
    for name, module in build_configs(project):
        for variable, place, line in _variables(module):
            if variable not in listed or place.port == draft.values.get("port"):
                continue
            says = project.folder.says(name, line, f"reads {variable}")
            if _is_public(project, module, variable, str(draft.values.get("framework"))):
                mend = f"browsers may get {variable} too, so read the server's address from another variable"
                _tell(draft, says, place, mend)
            else:
                add_address(draft, variable, "build", place, says)
        for text, line in destinations(module, module.below(*_KEYS)):
            fixed = read_place(text.partition("/:")[0])
            if fixed is not None and fixed.port != draft.values.get("port"):
                says = project.folder.says(name, line, "a fixed address")
                _tell(draft, says, fixed, "read the address from an environment variable")


def _variables(module: JsModule) -> list[tuple[str, LocalPort, int]]:
    """The variables with an address in the rules, each with its default and line."""
    inside = module.below(*_KEYS)
    defaults = {value.name: value.last for value, _ in module.env_defaults if isinstance(value.last, str)}
    found: list[tuple[str, LocalPort, int]] = []
    for item in module.env_reads:
        place = read_place(defaults.get(item.name, "")) if item.start in inside and not item.condition else None
        if place is not None:
            found.append((item.name, place, item.line))
    return found


def _is_public(project: NodeProject, module: JsModule, variable: str, framework: str) -> bool:
    """Whether a page may get a variable too: its code reads it, or the configuration does outside of the rules."""
    inside = module.below(*_KEYS)
    if any(item.name == variable and item.start not in inside for item in module.env_reads):
        return True
    return variable in public_settings(project, framework)


def _tell(draft: Draft, says: Evidence, place: LocalPort, mend: str) -> None:
    address = place.form.replace("{host}", "localhost").replace("{port}", str(place.port))
    text = f"{says}: the server passes requests on to {address}, which is the container itself at run time; {mend}"
    draft.note("warning", text, says.path, says.line)
