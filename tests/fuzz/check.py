"""What must never happen with any tree, counted: one line a fault."""

import json
from collections.abc import Iterator
from typing import Any

import dockerfile
import yaml

import genfile
from genfile.api import Generation
from genfile.dockerfile.reader import read_dockerfile
from genfile.errors import GenfileError
from genfile.source.memory import MemorySource
from tests.fuzz.mutate import CANARY, Tree

# Every instruction that the templates of the built-in presets write.
_WRITTEN = frozenset("FROM ARG ENV WORKDIR RUN COPY USER EXPOSE VOLUME HEALTHCHECK ENTRYPOINT CMD LABEL SHELL".split())
_HEREDOCS = frozenset({"/etc/nginx/conf.d/default.conf"})


def faults_of(tree: Tree) -> list[str]:
    """Run genfile on a tree twice, and say what is wrong with what it did."""
    first, second = outcome(tree), outcome(tree)
    if isinstance(first, str) and " in genfile" in first:
        return [first]
    if isinstance(first, str) or isinstance(second, str):
        return [] if first == second else [f"two runs differ: {first!r} and {second!r}"]
    found = [fault for text in _dockerfiles(first) for fault in _injected(text)]
    notes = [note for service, _ in first.services for note in service.notes] + list(first.notes)
    found += [f"an error of genfile's own: {note.text}" for note in notes if note.level == "error"]
    if first.files != second.files:
        found.append("two runs differ in their files")
    if json.dumps(first.to_json()) != json.dumps(second.to_json()):
        found.append("two runs differ in their JSON")
    found += _compose_faults(first.files.get("compose.yaml", ""))
    return found


def outcome(tree: Tree) -> Generation | str:
    """What genfile makes of a tree: files, or the expected error as a line. All other exceptions go on."""
    try:
        return genfile.generate(MemorySource(tree, name="app"), compose=True)
    except GenfileError as error:
        return f"{type(error).__name__}: {error}"


def _dockerfiles(made: Generation) -> list[str]:
    return [rendering.dockerfile for _, rendering in made.services]


def _injected(text: str) -> Iterator[str]:
    """Instructions that no template wrote, read by BuildKit's own parser."""
    try:
        commands = dockerfile.parse_string(text)
    except Exception as error:  # of several kinds, none of them public
        yield f"BuildKit refuses the Dockerfile: {error}"
        return
    words = [command.cmd.upper() for command in commands]
    for word in words:
        if word == CANARY or word not in _WRITTEN:
            yield f"an instruction {word} that no template wrote"
    if words[-1:] not in (["CMD"], ["ENTRYPOINT"], ["COPY"], ["USER"], ["EXPOSE"], ["HEALTHCHECK"], ["VOLUME"]):
        yield f"the last instruction is {words[-1:]}"
    for command in commands:
        if command.heredocs and not _HEREDOCS.intersection(command.value):
            yield f"a heredoc that no template wrote: {command.original[:60]!r}"
    read = read_dockerfile(text)
    ours = [item.keyword for item in read.head]
    for stage in read.stages:
        ours += ["FROM", *(item.keyword for item in stage.instructions)]
    if ours != words:
        yield "genfile's reader and BuildKit's parser see different instructions"


def _compose_faults(text: str) -> Iterator[str]:
    if not text:
        return
    try:
        document: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        yield f"compose.yaml is not valid YAML: {error}"
        return
    if set(document) - {"name", "services", "volumes", "secrets", "networks", "x-shared"}:
        yield f"compose.yaml has other keys at its top: {sorted(document)}"
    if any(
        set(service) & {"privileged", "cap_add", "network_mode", "pid"} for service in document["services"].values()
    ):
        yield "a service of compose.yaml has more rights than the template gives"
