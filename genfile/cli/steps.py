"""The next commands to run, as they work from the user's current folder."""

import os
import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from genfile.cli import ui
from genfile.dockerfile.reader import DockerfileError, read_dockerfile
from genfile.engine.asks import asks_of, secret_source
from genfile.terminal import Styled

if TYPE_CHECKING:
    from genfile.api import Generation
    from genfile.preset.render import Rendering

_SHOWN = 4
# The name of a service in the profile of what runs once.
_JOB = re.compile(r'(?m)^  "?([a-z0-9][a-z0-9._-]*)"?:\n(?: {4}.*\n)*? {4}profiles: \["jobs"\]$')
_REQUIRED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*):\?")


def next_steps(generation: "Generation", base: Path, environment: Mapping[str, str] = os.environ) -> list[str]:
    """The commands that build and start what was written; a comment says what they need first."""
    compose = generation.files.get("compose.yaml")
    stopped = [note for note in generation.notes if note.stops]
    first = [f"# first see the warning{'s' if len(stopped) > 1 else ''} above"] if stopped else []
    if compose is not None:
        return [*first, *_compose(compose, base, _jobs(generation, compose))]
    commands = [build_command(rendering, base, environment) for _, rendering in generation.services]
    if len(commands) > _SHOWN:
        commands = [f"genfile build{'' if str(base) == '.' else ' ' + shlex.quote(str(base))}"]
    return [*first, *commands]


def show_steps(steps: list[str], first: str = "Next:") -> None:
    """One step a line, never broken: lines are copied as they are."""
    for at, step in enumerate(steps):
        label = f"{first if at == 0 else '':<{len(first)}}  "
        ui.out(Styled(label, "bold"), step)


def build_command(rendering: "Rendering", base: Path, environment: Mapping[str, str] = os.environ) -> str:
    """`docker build -t demo:dev services/demo`, with the secrets and arguments that the Dockerfile asks for."""
    context = _from_here(base, rendering.layout.context)
    dockerfile = _from_here(base, rendering.layout.dockerfile)
    words = ["docker", "build"]
    if dockerfile != posixpath.normpath(posixpath.join(context, "Dockerfile")):
        words += ["-f", dockerfile]
    words += _asked(rendering.dockerfile, environment)
    return shlex.join([*words, "-t", f"{rendering.name}:dev", context])


def _asked(dockerfile: str, environment: Mapping[str, str]) -> Iterator[str]:
    try:
        asks = asks_of(read_dockerfile(dockerfile))
    except DockerfileError:
        return
    for secret in asks.secrets:
        source = secret_source(secret, environment, Path.home())
        # An unset variable: its name says what to set.
        yield from ("--secret", source or f"id={secret.id},env={secret.variable or secret.usual_variable}")
    for agent in asks.ssh:
        yield from ("--ssh", agent.name)
    for argument in asks.arguments:
        yield from ("--build-arg", argument.name if argument.name in environment else f"{argument.name}=VALUE")


def _jobs(generation: "Generation", text: str) -> list[str]:
    """The services of compose.yaml that exit by themselves, if it has no others: there is nothing to bring up."""
    if not all(service.spec.one_off for service, _ in generation.services):
        return []
    return _JOB.findall(text)


def _compose(text: str, base: Path, jobs: list[str]) -> Iterator[str]:
    file = _from_here(base, "compose.yaml")
    missing = dict.fromkeys(_REQUIRED.findall(text))
    if missing:
        yield f"# first set {', '.join(missing)} in {_from_here(base, '.env')}"
    if secrets := [name for name in _build_secrets(text) if name not in missing]:
        # Some releases of Compose build with an empty secret if only .env has it: docker/compose issue 13235.
        yield f"# first export {', '.join(secrets)}: the build needs {'them' if len(secrets) > 1 else 'it'}"
    compose = ["docker", "compose", *([] if file == "compose.yaml" else ["-f", file])]
    for words in [["run", "--build", "--rm", name] for name in jobs] or [["up", "--build"]]:
        yield shlex.join([*compose, *words])


def _build_secrets(text: str) -> list[str]:
    """The variables that hold the secrets of a compose file."""
    from genfile.parsers import ParseError
    from genfile.parsers.data import parse_yaml

    try:
        value = parse_yaml(text).value
    except ParseError:
        return []
    secrets = value.get("secrets") if isinstance(value, dict) else None
    held = secrets.values() if isinstance(secrets, dict) else ()
    return [str(item["environment"]) for item in held if isinstance(item, dict) and "environment" in item]


def _from_here(base: Path, path: str) -> str:
    return posixpath.normpath(posixpath.join(str(base).replace(os.sep, "/"), path))
