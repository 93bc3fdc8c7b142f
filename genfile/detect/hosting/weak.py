"""Weak evidence for a service: Kubernetes manifests, CI workflows, the README."""

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from genfile.container.command import combined, understand
from genfile.container.prose import addresses, apt_lines, fenced, published
from genfile.container.references import image_name
from genfile.detect.hosting.beside import add_beside
from genfile.detect.hosting.facts import Hosting
from genfile.detect.tree import Project, Tree
from genfile.evidence import Fact

if TYPE_CHECKING:
    from genfile.container.kubernetes import Container

_PLACES = (
    "k8s",
    "kubernetes",
    ".k8s",
    "deploy",
    "deployment",
    "deployments",
    "manifests",
    "kube",
    "infra",
    "infra/k8s",
)
_HELM = ("", "chart", "helm", "charts", "deploy/helm", "deploy/chart")
_DEEPER = ("base", "production", "prod")
MAX_FILES = 40
# Ports of development servers, mostly those of front ends.
_DEVELOPMENT = frozenset({3001, 4200, 4321, 5173, 5174, 8025, 8081, 8888, 9000, 9090})


def read_kubernetes(folder: Project, found: Hosting) -> None:
    """The container of a Kubernetes workload that matches the folder by image or name, or is the only one; the others
    with its image run beside it."""
    own = _own_containers(folder)
    for container in own:
        found.ports += [Fact(said.value, (said.evidence,)) for said in container.ports]
        found.volumes += [Fact(said.value, (said.evidence,)) for said in container.mounts]
        if container.health is not None:
            found.health.append(Fact(container.health.value, (container.health.evidence,)))
        said = container.command or container.arguments
        given = container.arguments.value if container.arguments else ()
        command = understand(combined(container.command.value, given, ())) if container.command and said else None
        if command is None or said is None:
            continue
        fact = Fact(command.text, (said.evidence,))
        if not container.ports and any(item.ports and item.image == container.image for item in own):
            add_beside(found, container.names[-1], fact)
        else:
            found.starts.append(fact)


def _own_containers(folder: Project) -> "list[Container]":
    containers = [item for item in _containers(folder) if not _is_store(item)]
    name = posixpath.basename(folder.path).lower()
    named = [item for item in containers if name and any(_plain(name) == _plain(other) for other in item.names)]
    if not folder.path and len({item.image for item in containers}) == 1:
        return containers
    return named


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("service")


def _is_store(container: "Container") -> bool:
    from genfile.data import backing_services

    image = image_name(container.image)
    return image in {image_name(service.image) for service in backing_services().values()} | {
        "nginx",
        "redis",
        "postgres",
        "mysql",
        "mongo",
        "busybox",
    }


def _containers(folder: Project) -> "Iterator[Container]":
    count = 0
    for place in folder.upwards():
        bases = [base for base in _PLACES if place.has_folder(base)]
        deeper = [path for base in bases for name in _DEEPER if place.has_folder(path := f"{base}/{name}")]
        for base in ("", *bases, *deeper):
            for name in place.names(base) if base else place.names():
                if name.endswith((".yaml", ".yml")) and not name.startswith("."):
                    count += 1
                    if count > MAX_FILES:
                        return
                    yield from _manifests(place.tree, place.full(f"{base}/{name}" if base else name))


def _manifests(tree: Tree, path: str) -> "tuple[Container, ...]":
    """The containers in a manifest file; read once, since every service below it asks for them."""
    from genfile.container.kubernetes import read_manifests

    return tree.once(("kubernetes", path), lambda: tuple(read_manifests(tree.text(path) or "", path)))


def read_helm(folder: Project, found: Hosting) -> None:
    """The port in the values of the folder's Helm chart."""
    from genfile.detect.hosting.images import quietly

    for base in _HELM:
        name = f"{base}/values.yaml" if base else "values.yaml"
        chart = f"{base}/Chart.yaml" if base else "Chart.yaml"
        document = quietly(folder, name) if folder.has(name) and folder.has(chart) else None
        for keys in (("service", "targetPort"), ("containerPort",), ("service", "containerPort"), ("service", "port")):
            number = document.get(*keys) if document is not None else None
            # Port 80 belongs to the cluster's Service, not to the program behind it.
            if document is not None and isinstance(number, int) and 80 < number < 65536:
                found.ports.append(folder.fact(number, name, document.line(*keys), f"{'.'.join(keys)}: {number}"))
                break


def read_workflows(folder: Project, found: Hosting) -> None:
    """`docker run -p` and apt packages in GitHub workflows, for a tree with one service."""
    root = Project(folder.tree, "")
    base = ".github/workflows"
    for name in root.names(base)[:12] if not folder.path else ():
        text = root.text(f"{base}/{name}") if name.endswith((".yml", ".yaml")) else None
        if text and "docker run" in text:
            found.told += [Fact(said.value, (said.evidence,)) for said in published(text, f"{base}/{name}")]
        for said in apt_lines(text or "", f"{base}/{name}"):
            found.installed.setdefault(said.value, said.evidence)


def read_readme(folder: Project, found: Hosting) -> None:
    """`docker run -p 8080:80` and `http://localhost:5000` in code blocks of the folder's README."""
    name = next((name for name in folder.names() if name.lower() in ("readme.md", "readme.markdown", "readme")), None)
    text = fenced(folder.text(name) or "") if name is not None else ""
    if name is None or not text:
        return
    found.told += [Fact(said.value, (said.evidence,)) for said in published(text, folder.full(name))]
    named = [said for said in addresses(text, folder.full(name)) if said.value not in _DEVELOPMENT]
    # Several addresses mean several programs, with no sign of which one this is.
    if len({said.value for said in named}) == 1:
        found.addresses.append(Fact(named[0].value, (named[0].evidence,)))
