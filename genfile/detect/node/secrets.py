"""Credentials of private registries."""

import re
from collections.abc import Iterator
from typing import Any

from genfile.detect.node.ciregistry import scoped_registry
from genfile.detect.node.manager import NodeProject
from genfile.detect.tree import Project
from genfile.evidence import Draft, Fact

# A variable in an npm or Yarn settings file, with its default.
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(\?|:?-[^}]*)?\}")
_PLAIN = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")


def put_secrets(project: NodeProject, draft: Draft) -> None:
    """Put the token of a private registry as a build secret, which never becomes part of an image."""
    if draft.values["package_manager"]["name"] == "yarn-berry":
        _berry(project, draft)
    else:
        _npmrc(project, draft)
    if draft.values["package_manager"]["name"] == "bun":
        _bunfig(project, draft)
    if not draft.values.get("secrets") and draft.values["package_manager"]["name"] != "yarn-berry":
        _of_ci(project, draft)


def _of_ci(project: NodeProject, draft: Draft) -> None:
    """A scope whose registry and token only CI has: whoever builds the image has them in an .npmrc of their own."""
    found = scoped_registry(project)
    if found is not None:
        scope, says = found
        text = f"packages of {scope} come from a private registry; the build reads its address and token from a secret"
        draft.note("warning", f"{says}: {text}; build with --secret id=npmrc,src=$HOME/.npmrc", says.path, says.line)
        draft.values["secrets"] = [{"id": "npmrc", "kind": "npmrc"}]
        draft.evidence["/secrets"] = Fact(draft.values["secrets"], (says,))


def _berry(project: NodeProject, draft: Draft) -> None:
    """`npmAuthToken: "${TOKEN}"` in .yarnrc.yml, and any other `${NAME}` there.

    Yarn reads the whole file at every start, so each command fails if a variable without a default is missing.
    """
    root = project.root
    settings = root.yaml(".yarnrc.yml") if root.has(".yarnrc.yml") else None
    if settings is None:
        return
    for place, text in _texts(settings.value, ()):
        line = settings.line(*place)
        names = _REFERENCE.findall(text)
        for name, default in names:
            _put(root, draft, _variable(name, "install" if default else "every"), ".yarnrc.yml", line)
        if not names and place[-1] in ("npmAuthToken", "npmAuthIdent"):
            path = root.full(".yarnrc.yml")
            draft.note("warning", ".yarnrc.yml contains a credential; replace it with ${NAME}", path, line)


def _texts(value: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each text in a YAML mapping with its keys; to a bounded depth."""
    if isinstance(value, str) and place:
        yield place, value
    elif isinstance(value, dict) and len(place) < 8:
        for key, item in value.items():
            yield from _texts(item, (*place, str(key)))


def secret_id(variable: str) -> str:
    """The id of the secret for a variable."""
    return re.sub(r"^[^a-z]+", "", variable.lower())[:60] or "token"


def _variable(name: str, phase: str = "install") -> dict[str, str]:
    secret = {"id": secret_id(name), "kind": "variable", "variable": name}
    return secret if phase == "install" else {**secret, "phase": phase}


def _bunfig(project: NodeProject, draft: Draft) -> None:
    """`token = "$NPM_TOKEN"` of a registry in bunfig.toml; Bun treats a missing variable as empty."""
    root = project.root
    settings = root.toml("bunfig.toml") if root.has("bunfig.toml") else None
    for place, text in _texts(settings.get("install"), ("install",)) if settings is not None else ():
        match = _PLAIN.fullmatch(text) if place[-1] in ("token", "password", "username") else None
        if match is not None and settings is not None:
            _put(root, draft, _variable(match[1]), "bunfig.toml", settings.line(*place))


def _put(root: Project, draft: Draft, secret: dict[str, str], name: str, line: int | None) -> None:
    if secret not in draft.values.setdefault("secrets", []):
        draft.values["secrets"].append(secret)
        draft.evidence["/secrets"] = root.fact(draft.values["secrets"], name, line, "private registry")


def _npmrc(project: NodeProject, draft: Draft) -> None:
    root = project.root
    scoped: tuple[int, str] | None = None
    text = root.text(".npmrc") if root.has(".npmrc") else None
    for number, line in enumerate((text or "").splitlines(), 1):
        key, sign, value = line.strip().partition("=")
        private = key.strip().startswith("@") and key.strip().endswith(":registry")
        if sign and private and "registry.npmjs.org" not in value and "registry.yarnpkg.com" not in value:
            scoped = scoped or (number, key.strip().partition(":")[0])
        if not sign or not key.strip().endswith(("_authToken", "_auth", "_password")):
            continue
        value = value.strip().strip('"')
        reference = _REFERENCE.fullmatch(value)
        if reference is not None:
            strict = not reference[2] and _stops_without(draft)
            secret = _variable(reference[1], "every" if strict else "install")
        else:
            secret = {"id": "npmrc", "kind": "npmrc"}
            npmrc = root.full(".npmrc")
            draft.values["manifests"] = [path for path in draft.values["manifests"] if path != npmrc]
            workspace = draft.values.get("workspace") or {}
            if workspace.get("files"):
                workspace["files"] = [path for path in workspace["files"] if path != npmrc]
            draft.note(
                "warning",
                ".npmrc contains a credential; remove it from the repository. The build reads one from a secret",
                npmrc,
                number,
            )
        _put(root, draft, secret, ".npmrc", number)
    if scoped is not None and not draft.values.get("secrets"):
        text = f"packages of {scoped[1]} come from a private registry; the build reads its token from a secret"
        draft.note("info", text, root.full(".npmrc"), scoped[0])
        _put(root, draft, {"id": "npmrc", "kind": "npmrc"}, ".npmrc", scoped[0])


def _stops_without(draft: Draft) -> bool:
    """Whether the manager fails on a missing variable in .npmrc whatever the command: Yarn 1, and npm before version
    7."""
    manager, line = draft.values["package_manager"]["name"], draft.values["runtime"]["version"]
    return manager == "yarn" or (manager == "npm" and int(line.split(".")[0]) < 15)
