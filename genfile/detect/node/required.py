"""The variables that a program of Node ends without."""

from collections.abc import Iterator
from dataclasses import replace

from genfile.detect.node.clients import client_names
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.sources import source_files
from genfile.detect.node.stores import schema_variables
from genfile.detect.required import put_required
from genfile.evidence import Draft, Evidence
from genfile.parsers.jsrequired import required_names


def put_needed(project: NodeProject, draft: Draft) -> None:
    """Mark what the modules behind the start command throw or exit without."""
    start = tuple(draft.values.get("start") or ())
    if start and "static" not in draft.values:
        put_required(draft, _found(project, start))


def _found(project: NodeProject, start: tuple[str, ...]) -> Iterator[tuple[str, Evidence]]:
    for name, module in source_files(project, start):
        for item in (*required_names(module), *client_names(project, name, module)):
            yield item.name, project.folder.says(name, item.line, f"{item.name} must be set")
    for variable, says in schema_variables(project):
        yield variable, replace(says, says=f"{variable} must be set")
