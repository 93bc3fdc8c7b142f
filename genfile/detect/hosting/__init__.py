"""Evidence from files for containers, hosting platforms and CI.

`genfile.container` says what each file means; this package decides which of them concern a folder, and their order.
They are weaker than the manifests (a Dockerfile may be years stale) but stronger than a default or a guess, so each
language puts these signals between the two. Files that genfile itself wrote do not count.
"""

from collections.abc import Collection

from genfile.data import known_programs
from genfile.detect.hosting.containers import read_compose_files, read_devcontainer, read_dockerfiles
from genfile.detect.hosting.facts import OTHER_PORTS, PORT_NAMES, HostedPort, Hosting, first_whole, port_of_text
from genfile.detect.hosting.images import read_ci, read_gitlab
from genfile.detect.hosting.platforms import (
    read_app_engine,
    read_fly,
    read_heroku,
    read_railway,
    read_render,
    read_replit,
)
from genfile.detect.hosting.weak import read_helm, read_kubernetes, read_readme, read_workflows
from genfile.detect.tree import Project
from genfile.evidence import Evidence, Fact
from genfile.parsers.data import parse_dotenv

# In order of strength.
READERS = (
    read_fly,
    read_render,
    read_railway,
    read_app_engine,
    read_heroku,
    read_dockerfiles,
    read_compose_files,
    read_devcontainer,
    read_kubernetes,
    read_helm,
    read_ci,
    read_gitlab,
    read_replit,
    read_workflows,
    read_readme,
)


def example_port(folder: Project) -> Fact[HostedPort] | None:
    """The port and its variable in an example of the project's variables: .env.example and the like."""
    for name in (".env.example", ".env.sample", ".env.template", ".env.dist", "example.env", ".env.default"):
        for number, line in enumerate((folder.text(name) or "").splitlines() if folder.has(name) else (), 1):
            key, sign, value = line.partition("=")
            port = port_of_text(value.split("#")[0].strip().strip("\"'"))
            key = key.removeprefix("export ").strip()
            if sign and port is not None and key in PORT_NAMES:
                return folder.fact(HostedPort(port, key), name, number, line.strip())
    return None


def dotenv_port(folder: Project, asked: Collection[str]) -> Fact[HostedPort] | None:
    """The port and its variable in the .env that the program loads, of the variables that it asks for. An image has no
    .env, so the variable has to be set there."""
    values = (folder.parse(parse_dotenv, ".env") if folder.has(".env") else None) or {}
    for name in PORT_NAMES:
        text, line = values.get(name, ("", 0))
        port = port_of_text(text) if name in asked else None
        if port is not None:
            return folder.fact(HostedPort(port, name), ".env", line, f"{name} is {port}")
    return None


def hosting(folder: Project) -> Hosting:
    """What these files say about a folder's service; read once, then cached."""
    found = folder.tree.memory.get(("hosting", folder.path))
    if not isinstance(found, Hosting):
        found = Hosting()
        folder.tree.memory["hosting", folder.path] = found
        for reader in READERS:
            reader(folder, found)
    return found


def run_packages(folder: Project) -> tuple[list[str], list[Evidence]]:
    """The programs that the project's own Dockerfile installs for the running service, of those that genfile knows, by
    Debian's names; each with its evidence."""
    known = known_programs()
    found = {known[name]: says for name, says in hosting(folder).packages.items() if name in known}
    return sorted(found), [found[name] for name in sorted(found)]


__all__ = [
    "OTHER_PORTS",
    "PORT_NAMES",
    "READERS",
    "HostedPort",
    "Hosting",
    "dotenv_port",
    "example_port",
    "first_whole",
    "hosting",
    "run_packages",
]
