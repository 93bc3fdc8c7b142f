"""Build backends that ask git for a version: the build has no `.git` and gets a version in a variable."""

from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Draft, Evidence
from genfile.parsers.requirements import normalise

# Build requirements, with the variable that they take the version from.
_VARIABLES = {
    "hatch-vcs": "SETUPTOOLS_SCM_PRETEND_VERSION",
    "setuptools-scm": "SETUPTOOLS_SCM_PRETEND_VERSION",
    "setuptools-git-versioning": None,
    "vcs-versioning": "SETUPTOOLS_SCM_PRETEND_VERSION",
    "pbr": "PBR_VERSION",
    "poetry-dynamic-versioning": "POETRY_DYNAMIC_VERSIONING_BYPASS",
    "uv-dynamic-versioning": "UV_DYNAMIC_VERSIONING_BYPASS",
}


def put_version_variable(project: PythonProject, draft: Draft) -> None:
    """Put /version_variable, if the project itself is installed."""
    if not draft.values.get("package"):
        return
    asked = _asked(project)
    if asked is None:
        return
    variable, says = asked
    draft.values["version_variable"] = variable
    draft.evidence["/version_variable"] = draft.evidence["/package"].but(variable)
    text = f"the version comes from git; pass it with --build-arg {variable}=…, which defaults to 0.0.0"
    draft.note("info", text, says.path, says.line)


def _asked(project: PythonProject) -> tuple[str, Evidence] | None:
    document, folder = project.pyproject, project.folder
    if document is not None and document.text("tool", "pdm", "version", "source") == "scm":
        line = document.line("tool", "pdm", "version", "source")
        return "PDM_BUILD_SCM_VERSION", folder.says("pyproject.toml", line, "version from source control")
    listed = document.items("build-system", "requires") if document is not None else []
    required = [normalise(str(item).partition("[")[0].split("=")[0].split(">")[0].split("<")[0].split("~")[0].strip())
                for item in listed]  # fmt: skip
    line = document.line("build-system", "requires") if document is not None else None
    for name in required:
        variable = _VARIABLES.get(name)
        if variable is not None and _is_dynamic(project, name):
            return variable, folder.says("pyproject.toml", line, f"built by {name}")
    keywords = project.setup_keywords
    if keywords.get("use_scm_version"):
        return "SETUPTOOLS_SCM_PRETEND_VERSION", folder.says("setup.py", None, "use_scm_version")
    if keywords.get("pbr"):
        return "PBR_VERSION", folder.says("setup.py", None, "pbr")
    return None


def _is_dynamic(project: PythonProject, name: str) -> bool:
    """Whether the tool is used at all: a literal version needs none."""
    table = project.project_table
    return "version" not in table or name.startswith("poetry")
