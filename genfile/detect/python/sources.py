"""Sources of packages besides PyPI: indexes with a login, and git repositories."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from genfile.detect.python.groups import extra_file, listed_groups
from genfile.detect.python.locks import reach
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.requirements import normalise

# Hosts that need no login, and the suffix for their subdomains.
_PUBLIC = frozenset(
    """
    pypi.org pythonhosted.org pytorch.org pypi.nvidia.com github.io data.pyg.org anaconda.org piwheels.org
    pypi.python.org googleapis.com dl.fbaipublicfiles.com openvino.ai mirrors.aliyun.com tuna.tsinghua.edu.cn
    mirrors.ustc.edu.cn pypi.douban.com doubanio.com mirrors.cloud.tencent.com repo.huaweicloud.com huggingface.co
    github.com wheels.vllm.ai flashinfer.ai
    """.split()
)
_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")
_SSH_HOST = re.compile(r"(?:^|\+|@)?(?:ssh://(?:[^@/\s]+@)?|git@)([A-Za-z0-9.-]+)")


def put_sources(project: PythonProject, draft: Draft) -> None:
    """Put /secrets and /ssh_hosts, and git where the installation fetches from a repository."""
    _put_secrets(project, draft)
    _put_git(project, draft)


def _put_secrets(project: PythonProject, draft: Draft) -> None:
    found: dict[str, tuple[dict[str, Any], Evidence]] = {}
    for url, variables, says in _indexes(project, draft.values["package_manager"]["name"]):
        named = _VARIABLE.findall(url)
        if named:
            # The address itself names them.
            variables = tuple(named)
        elif _is_public(url):
            continue
        if "@" in urlsplit(url).netloc and not named:
            found.setdefault("pip_conf", ({"id": "pip_conf", "kind": "pip-conf"}, says))
        elif variables:
            for variable in variables:
                name = variable.lower().lstrip("_")
                found.setdefault(name, ({"id": name, "kind": "variable", "variable": variable}, says))
        else:
            found.setdefault("netrc", ({"id": "netrc", "kind": "netrc"}, says))
    if not found:
        return
    evidence = tuple(dict.fromkeys(says for _, says in found.values()))
    draft.put("secrets", Fact([value for value, _ in found.values()], evidence))
    given = " ".join(_flag(value) for value, _ in found.values())
    text = f"{evidence[0].says}: a private package index; if it needs a login, build with {given}"
    draft.note("info", text, evidence[0].path, evidence[0].line)


def _flag(secret: dict[str, Any]) -> str:
    if secret["kind"] == "variable":
        return f"--secret id={secret['id']},env={secret['variable']}"
    return f"--secret id={secret['id']},src={'~/.netrc' if secret['kind'] == 'netrc' else 'pip.conf'}"


def _indexes(project: PythonProject, manager: str) -> Iterator[tuple[str, tuple[str, ...], Evidence]]:
    """Each index's address, the variables of its login, and its place."""
    for name, parsed in project.requirements_files.items():
        for url, line in parsed.index_urls:
            if "://" in url:
                yield url, (), project.folder.says(name, line, f"index {_host(url)}")
    root, document = project.root, None
    if root.has("pyproject.toml"):
        document = root.toml("pyproject.toml")
    tables = {
        "uv": (("tool", "uv", "index"), ("UV_INDEX_{}_USERNAME", "UV_INDEX_{}_PASSWORD")),
        "poetry": (("tool", "poetry", "source"), ("POETRY_HTTP_BASIC_{}_USERNAME", "POETRY_HTTP_BASIC_{}_PASSWORD")),
        "pdm": (("tool", "pdm", "source"), ()),
    }
    path, patterns = tables.get(manager, ((), ()))
    for index, item in enumerate(document.items(*path) if document is not None and path else ()):
        if isinstance(item, dict) and isinstance(item.get("url"), str):
            name = re.sub(r"[^A-Za-z0-9]", "_", str(item.get("name") or "")).upper()
            variables = tuple(pattern.format(name) for pattern in patterns) if name else ()
            says = root.says("pyproject.toml", document.line(*path, index) if document else None, _host(item["url"]))
            yield item["url"], variables, says
    for index, item in enumerate(project.pipfile.items("source") if project.pipfile and manager == "pipenv" else ()):
        if isinstance(item, dict) and isinstance(item.get("url"), str):
            at = project.pipfile.line("source", index) if project.pipfile else None
            yield item["url"], (), project.folder.says("Pipfile", at, _host(item["url"]))


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2] or url


def _is_public(url: str) -> bool:
    host = _host(url).partition(":")[0].lower()
    return "@" not in urlsplit(url).netloc and (
        urlsplit(url).scheme not in ("http", "https")
        or any(host == name or host.endswith(f".{name}") for name in _PUBLIC)
    )


def _put_git(project: PythonProject, draft: Draft) -> None:
    found = list(_repositories(project))
    if not found:
        return
    packages = draft.values.setdefault("system_packages", {"build": [], "run": []})
    wanted = {"ca-certificates", "git"}
    hosts: dict[str, Evidence] = {}
    for url, says in found:
        match = _SSH_HOST.search(url)
        if match is not None and not url.startswith(("http", "git+http")):
            hosts.setdefault(match[1].lower(), says)
    if hosts:
        wanted.add("openssh-client")
        draft.put("ssh_hosts", Fact(sorted(hosts), tuple(hosts.values())))
        text = (
            f"{', '.join(sorted(hosts))}: fetched over SSH with the keys of your agent; build with docker build "
            "--ssh default"
        )
        says = next(iter(hosts.values()))
        draft.note("warning", text, says.path, says.line)
    packages["build"] = sorted({*packages["build"], *wanted})
    old = draft.evidence.get("/system_packages")
    evidence = (*(old.evidence if old else ()), *(says for _, says in found[:3]))
    draft.put("system_packages", Fact(packages, evidence))


def _repositories(project: PythonProject) -> Iterator[tuple[str, Evidence]]:
    """The git repositories that an installation clones, from the manifests and the lockfile."""
    folder = project.folder
    for name, parsed in project.requirements_files.items():
        for entry in parsed.entries:
            if entry.url and entry.url.startswith(("git+", "git@")):
                yield entry.url, folder.says(name, entry.line, entry.url.partition("@")[0] or entry.url)
    # A manifest that is not installed doesn't count: with requirements, only those do.
    if project.requirements_files:
        return
    for name, file, url in (*_texts(project), *_tables(project)):
        yield url, folder.says(file, None, f"{name} comes from git")
    names = {*project.dependencies, *reach(project.packages, project.dependencies)}
    for package in project.packages.values():
        if package.git is not None and package.name in names:
            yield package.git, project.root.says("pyproject.toml", None, f"{package.name} comes from git")


def _texts(project: PythonProject) -> Iterator[tuple[str, str, str]]:
    """Requirements with a git URL: `acme @ git+https://…`."""
    listed: list[tuple[str, Any]] = [("pyproject.toml", project.project_table.get("dependencies"))]
    groups, extras = listed_groups(project)
    listed += [("pyproject.toml", groups[name]) for name in project.chosen.groups]
    listed += [(extra_file(project, name), extras[name]) for name in project.chosen.extras]
    listed.append(("setup.py", project.setup_keywords.get("install_requires")))
    name, document = project.conda
    for item in document.items("dependencies") if document is not None else ():
        listed.append((name, item.get("pip") if isinstance(item, dict) else None))
    if project.inline is not None:
        listed.append((project.inline[0], project.inline[1].get("dependencies")))
    for file, texts in listed:
        for text in texts if isinstance(texts, list) else ():
            before, found, after = str(text).partition("git+")
            if found:
                yield before.strip(" @") or "a package", file, f"git+{after}"


def _tables(project: PythonProject) -> Iterator[tuple[str, str, str]]:
    """Tables with the key `git`: [tool.uv.sources], Poetry's dependencies, the Pipfile."""
    document = project.root.toml("pyproject.toml") if project.root.has("pyproject.toml") else None
    shared = document.table("tool", "uv", "sources") if document is not None else {}
    own = project.pyproject.table("tool", "uv", "sources") if project.pyproject else {}
    sources = {name: item for name, item in (shared | own).items() if normalise(name) in project.dependencies}
    tables = [("pyproject.toml", sources), ("pyproject.toml", project.poetry_table.get("dependencies"))]
    groups = project.poetry_table.get("group")
    for name in project.chosen.groups if isinstance(groups, dict) else ():
        table = groups.get(name) if isinstance(groups, dict) else None
        tables.append(("pyproject.toml", table.get("dependencies") if isinstance(table, dict) else None))
    tables.append(("Pipfile", project.pipfile.table("packages") if project.pipfile else None))
    for file, table in tables:
        for name, value in table.items() if isinstance(table, dict) else ():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, dict) and isinstance(item.get("git"), str):
                    yield name, file, item["git"]
