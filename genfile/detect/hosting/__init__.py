"""Evidence from files for containers, hosting platforms and CI.

`genfile.container` says what each file means; this package decides which of them concern a folder, and their order.
They are weaker than the manifests (a Dockerfile may be years stale) but stronger than a default or a guess, so each
language puts these signals between the two. Files that genfile itself wrote do not count.
"""

from fnmatch import fnmatchcase

from genfile.data import known_programs, load_table
from genfile.detect.hosting.containers import read_compose_files, read_devcontainer, read_dockerfiles
from genfile.detect.hosting.envfiles import dotenv_port, example_port, read_variables
from genfile.detect.hosting.facts import OTHER_PORTS, PORT_NAMES, HostedPort, Hosting, first_whole
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
from genfile.evidence import Evidence

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
    read_variables,
)


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


def kept_packages(folder: Project) -> tuple[list[str], list[Evidence]]:
    """What apt installs in the project's own Dockerfile that a running service may need and nothing else tells."""
    known, patterns = known_programs(), load_table("packages")["kept"]["debian"].split()
    found = {
        name: says
        for name, says in hosting(folder).debian.items()
        if name not in known and not name.endswith("-dev") and any(fnmatchcase(name, item) for item in patterns)
    }
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
    "kept_packages",
    "run_packages",
]
