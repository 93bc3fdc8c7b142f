"""The variables without which a Node program exits."""

from collections import defaultdict
from collections.abc import Iterator

from msgspec.structs import replace

from genfile.detect.node.clients import client_names, handed_keys, signing_keys
from genfile.detect.node.configs import is_common
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.public import PUBLIC_PREFIXES
from genfile.detect.node.serverside import server_modules
from genfile.detect.node.started import program_of
from genfile.detect.node.stores import loads_client, schema_variables
from genfile.detect.required import put_required
from genfile.detect.shared import is_readable
from genfile.evidence import Draft, Evidence
from genfile.parsers.jsforms import forms_of
from genfile.parsers.jsrequired import required_names
from genfile.parsers.jsstart import ModuleStart
from genfile.parsers.values import EnvName


def put_needed(project: NodeProject, draft: Draft) -> None:
    """Mark the variables without which the modules behind the start command throw or exit."""
    start = tuple(draft.values.get("start") or ())
    if start and "static" not in draft.values:
        # What only a framework's build puts together is loaded when it is asked for.
        later = {name: ModuleStart(module) for name, module in server_modules(project, draft)}
        parts = program_of(project, start).starts | later
        found = _found(project, start, migrates=bool(draft.values.get("release")))
        forms = (item for part in parts.values() for item in forms_of(part.module))
        keys, asked = _keys(project, parts, draft), _asked_later(project, later)
        put_required(draft, found, keys, asked, _shown(project, parts), forms)


def _asked_later(project: NodeProject, parts: dict[str, ModuleStart]) -> Iterator[tuple[str, Evidence]]:
    """The variables without which modules can't be loaded when a request needs them."""
    for name, part in parts.items():
        for item in required_names(part):
            if not item.name.startswith(PUBLIC_PREFIXES) and not is_common(item.name):
                yield item.name, project.folder.says(name, item.line, f"{item.name} must be set")


def _shown(project: NodeProject, parts: dict[str, ModuleStart]) -> Iterator[tuple[str, Evidence]]:
    """The variables of keys with a literal default: `jwt.sign(data, process.env.KEY || "secret")`."""
    given = {key: value for part in parts.values() for key, value, _ in part.module.defaults}
    for name, part in parts.items():
        for value, line in signing_keys(project, name, part.module):
            if is_readable(given.get(value.name) if value.open else value.last):
                yield value.name, project.folder.says(name, line, f"{value.name} has a default in the code")


def _keys(project: NodeProject, parts: dict[str, ModuleStart], draft: Draft) -> Iterator[tuple[str, Evidence]]:
    """The variables without a default that hold the keys of signatures and sessions."""
    listed = {item["name"] for item in draft.values.get("environment", ())}
    modules = [part.module for part in parts.values()]
    given = {key for module in modules for key, _, _ in module.defaults}
    # Some defaults only a run shows: `process.env.KEY || randomBytes(32)`.
    given |= {item.name for module in modules for item in module.env_names if item.has_default}
    for name, part in parts.items():
        for item in client_names(project, name, part, signs=True, listed=listed):
            if item.name not in given:
                yield item.name, project.folder.says(name, item.line, f"{item.name} must be set")
    for name, item in handed_keys(project, parts):
        if item.name not in given:
            yield item.name, project.folder.says(name, item.line, f"{item.name} must be set")


def _found(project: NodeProject, start: tuple[str, ...], *, migrates: bool) -> Iterator[tuple[str, Evidence]]:
    program = program_of(project, start)
    asked: dict[str, list[EnvName]] = defaultdict(list)
    for name, variable, line in program.asked_for():
        asked[name].append(EnvName(variable, line, has_default=False))
    # What a schema of the environment gives a value is never missing where a client is made with it.
    given = {key for part in program.starts.values() for key, _, _ in part.module.defaults}
    for name, part in program.starts.items():
        clients = (item for item in client_names(project, name, part) if item.name not in given)
        for item in (*required_names(part), *asked[name], *clients):
            yield item.name, project.folder.says(name, item.line, f"{item.name} must be set")
    for variable, says in schema_variables(project) if migrates or loads_client(project, start) else ():
        yield variable, replace(says, says=f"{variable} must be set")
