"""Credentials of private registries."""

import re

from genfile.detect.node.manager import NodeProject
from genfile.detect.tree import Project
from genfile.evidence import Draft


def put_secrets(project: NodeProject, draft: Draft) -> None:
    """The token of a private registry: a secret of the build, never a part of an image."""
    if draft.values["package_manager"]["name"] == "yarn-berry":
        _berry(project, draft)
    else:
        _npmrc(project, draft)


def _berry(project: NodeProject, draft: Draft) -> None:
    """`npmAuthToken: "${TOKEN}"` in .yarnrc.yml, its own or a scope's."""
    root = project.root
    settings = root.yaml(".yarnrc.yml") if root.has(".yarnrc.yml") else None
    if settings is None:
        return
    places = [(), *(("npmScopes", scope) for scope in settings.table("npmScopes"))]
    for place in (*places, *(("npmRegistries", url) for url in settings.table("npmRegistries"))):
        for key in ("npmAuthToken", "npmAuthIdent"):
            text = settings.text(*place, key) or ""
            match = re.fullmatch(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?:[-:].*)?\}", text)
            line = settings.line(*place, key)
            if match is not None:
                _put(
                    root, draft, {"id": match[1].lower(), "kind": "variable", "variable": match[1]}, ".yarnrc.yml", line
                )
            elif text:
                path = root.full(".yarnrc.yml")
                draft.note("warning", ".yarnrc.yml holds a credential: write ${NAME} in its place", path, line)


def _put(root: Project, draft: Draft, secret: dict[str, str], name: str, line: int | None) -> None:
    if secret not in draft.values.setdefault("secrets", []):
        draft.values["secrets"].append(secret)
        draft.evidence["/secrets"] = root.fact(draft.values["secrets"], name, line, "a private registry")


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
        if value.startswith("${") and value.endswith("}") and value[2:-1].isidentifier():
            name = value[2:-1]
            secret = {"id": name.lower(), "kind": "variable", "variable": name}
        else:
            secret = {"id": "npmrc", "kind": "npmrc"}
            npmrc = root.full(".npmrc")
            draft.values["manifests"] = [path for path in draft.values["manifests"] if path != npmrc]
            draft.note(
                "warning",
                ".npmrc holds a credential: take it out of the repository; the build gets one as a secret",
                npmrc,
                number,
            )
        _put(root, draft, secret, ".npmrc", number)
    if scoped is not None and not draft.values.get("secrets"):
        text = f"packages of {scoped[1]} come from a registry of their own: its token is given to the build as a secret"
        draft.note("info", text, root.full(".npmrc"), scoped[0])
        _put(root, draft, {"id": "npmrc", "kind": "npmrc"}, ".npmrc", scoped[0])
