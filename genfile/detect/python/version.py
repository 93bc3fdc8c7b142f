"""The Python version that runs the service."""

from collections.abc import Iterator

from msgspec.structs import replace

from genfile.data import newest_for, reach_of_newest, removed_modules, runtime
from genfile.data.requires import brought
from genfile.detect.hosting import hosting
from genfile.detect.pins import pin_in_file, pin_in_mise, pin_in_tool_versions
from genfile.detect.python.application import modules
from genfile.detect.python.compiled import BOUND, built_for_old
from genfile.detect.python.dependency import Dependency
from genfile.detect.python.locks import FILES, reach
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.writes import by_hand
from genfile.detect.runtime import AskedRuntime, Range, put_runtime
from genfile.evidence import Draft, Evidence, Fact, decide
from genfile.parsers.pyimports import required_imports
from genfile.parsers.requirements import BELOW, cap
from genfile.versions import Pin, Scheme, parse_pin


def python_version(project: PythonProject, draft: Draft) -> None:
    """Put /runtime: a pin before ranges, ranges bounded by what the locked packages work with."""
    remedy = "add a .python-version, or requires-python to pyproject.toml"
    place = project.requirements_name or "pyproject.toml"
    asked = AskedRuntime(
        "python",
        "Python",
        decide(project, PIN_SIGNALS, agree=lambda a, b: a.line == b.line),
        _ranges(project),
        _bound(project),
        hosting(project.folder).version("python"),
        lambda: decide(project, GUESS_SIGNALS).fact,
        lambda line: project.folder.guess(line, place, f"no Python version found; using the default ({line})", remedy),
    )
    put_runtime(asked, draft)
    project.python = draft.values.get("runtime", {}).get("version")


def python_version_of_all(project: PythonProject, draft: Draft) -> None:
    """Put /runtime again if a package that the image installs beyond the list works with fewer lines of Python."""
    listed = draft.values.get("extra_packages", [])
    lines = [reach_of_newest(name) for name in _open(project) if name in listed]
    if project.python is not None and any(line and _number(line) < _number(project.python) for line in lines):
        python_version(project, draft)


def _bound(project: PythonProject) -> tuple[str | None, Evidence | None]:
    """The newest Python that every pinned package works with."""
    best: tuple[str | None, Evidence | None] = (None, None)
    listed = _capped(project) | pinned(project)
    for name, version in sorted((_parts(project, listed) | listed).items()):
        bound, says = _newest(project, name, version)
        if bound is not None and (best[0] is None or _number(bound) < _number(best[0])):
            best = (bound, says)
    for name, item in sorted(_open(project).items()):
        line = reach_of_newest(name)
        if line is not None and (best[0] is None or _number(line) < _number(best[0])):
            best = (line, replace(item.evidence, says=f"the newest release of {name} works with Python up to {line}"))
    for bound, says in _of_imports(project):
        if best[0] is None or _number(bound) < _number(best[0]):
            best = (bound, says)
    made = _made(project)
    if made is not None and (best[0] is None or _number(made[0]) < _number(best[0])):
        best = made
    return best


def pinned(project: PythonProject) -> dict[str, str]:
    """What production installs of the locked versions; all of them where the lock does not say what brings what."""
    locked, packages = project.locked, project.packages
    if not any(item.brings for item in packages.values()):
        return locked
    installed = {*project.dependencies, *reach(packages, project.dependencies)}
    return {name: version for name, version in locked.items() if name in installed}


def _capped(project: PythonProject) -> dict[str, str]:
    """What no lock pins and a requirement keeps below a release: `~=3.8.5` is anything below 3.9; and NumPy for
    what was built for an old one."""
    caps = {name: cap(item.specifier) for name, item in project.dependencies.items() if name not in project.locked}
    old = {"numpy": cap(BOUND)} if built_for_old(project) is not None else {}
    return {name: version for name, version in (caps | old).items() if version is not None}


def _parts(project: PythonProject, listed: dict[str, str]) -> dict[str, str]:
    """The packages that are released together with a listed one, and that an extra brings: psycopg-binary with
    `psycopg[binary]`."""
    found: dict[str, str] = {}
    for name, item in project.dependencies.items():
        for extra in item.extras if name in listed else ():
            part = f"{name}-{extra}"
            if part in brought([f"{name}[{extra}]"])[0]:
                found[part] = listed[name]
    return found


def _open(project: PythonProject) -> dict[str, Dependency]:
    """What nothing keeps below a release: the newest one is installed. What conda brings is built by conda."""
    return {
        name: item
        for name, item in project.dependencies.items()
        if name not in project.locked and name not in project.conda_names and cap(item.specifier) is None
    }


def _newest(project: PythonProject, name: str, version: str) -> tuple[str | None, Evidence | None]:
    """The newest Python that a release works with: by the wheels in the lockfile, else by what is known of it."""
    package = project.packages.get(name)
    minor = package.newest_python() if package is not None and package.version == version else None
    known = newest_for("python", name, version)
    bound = known if minor is None else f"3.{minor}"
    if package is not None and package.wheels and minor is None and known is not None and package.is_compiled:
        # A wheel for any later Python.
        bound = None
    shown = f"below {version.removesuffix(BELOW)}" if version.endswith(BELOW) else version
    text = f"{name} {shown} works with Python up to {bound}"
    lock = next((item for item in FILES if project.root.has(item)), None)
    if package is not None and package.version == version and lock is not None:
        return bound, project.root.says(lock, _line(project, lock, name), text)
    dependency = project.dependencies.get(name) or project.dependencies.get(name.rpartition("-")[0])
    listed = (project.requirements_name, "pyproject.toml", "Pipfile.lock")
    file = next((item for item in listed if item is not None and project.folder.has(item)), "pyproject.toml")
    path = dependency.evidence.path if dependency else project.folder.full(file)
    line = dependency.evidence.line if dependency else None
    return bound, Evidence(path, line, text)


def _line(project: PythonProject, lock: str, name: str) -> int | None:
    """The line with a package's version in a lockfile."""
    document = project.root.toml(lock)
    items = document.items("package") if document is not None else []
    at = (index for index, item in enumerate(items) if isinstance(item, dict) and item.get("name") == name)
    index = next(at, None)
    return document.line("package", index, "version") if document is not None and index is not None else None


def _of_imports(project: PythonProject) -> Iterator[tuple[str, Evidence]]:
    """The last Python that has a module of its library that the code imports, where nothing installed brings it."""
    gone, installed = removed_modules(), {*project.dependencies, *project.locked}
    for path, module in modules(project):
        for item in required_imports(module) if not by_hand(path) and path != "setup.py" else ():
            line, brought = gone.get(item.name.split(".")[0], ("", ()))
            if line and not item.level and installed.isdisjoint(brought):
                yield line, project.folder.says(path, item.line, f"{item.name} is part of Python up to {line}")


def _made(project: PythonProject) -> tuple[str, Evidence] | None:
    """The newest Python of the day that the lockfile was made: uv writes when each file was uploaded."""
    days = [item.made for item in project.packages.values() if item.made is not None]
    if not days or not project.root.has("uv.lock"):
        return None
    made = max(days)
    lines = [line for line in runtime("python").lines if line.released <= made]
    if not lines:
        return None
    newest = max(lines, key=lambda line: _number(line.version)).version
    return newest, project.root.says(
        "uv.lock", None, f"its newest package dates from {made}, when Python {newest} was current"
    )


def _number(line: str) -> int:
    return int(line.split(".")[1])


def _ranges(project: PythonProject) -> list[Range]:
    """requires-python in all its forms."""
    found = [*_of_pyproject(project), *_of_script(project)]
    return [*found, *(_of_locks(project) if not found else ()), *_of_setup(project)]


def _of_pyproject(project: PythonProject) -> Iterator[Range]:
    """`requires-python` of pyproject.toml, and `python` among Poetry's dependencies."""
    document = project.pyproject
    for path, scheme in _PYPROJECT if document is not None else ():
        text = document.text(*path) if document is not None else None
        if text and document is not None:
            yield text, scheme, project.folder.says("pyproject.toml", document.line(*path), f"{path[-1]} {text}")


_PYPROJECT: tuple[tuple[tuple[str, ...], Scheme], ...] = (
    (("project", "requires-python"), "pep440"),
    (("tool", "poetry", "dependencies", "python"), "poetry"),
)


def _of_script(project: PythonProject) -> Iterator[Range]:
    """`requires-python` in the metadata of a single-file script."""
    text = str(project.inline[1].get("requires-python") or "") if project.inline else ""
    if text and project.inline is not None:
        yield text, "pep440", project.folder.says(project.inline[0], 1, f"requires-python {text}")


_LOCKED = (
    ("uv.lock", ("requires-python",)),
    ("poetry.lock", ("metadata", "python-versions")),
    ("pdm.lock", ("metadata", "requires_python")),
)


def _of_locks(project: PythonProject) -> Iterator[Range]:
    """The range that the first lockfile was resolved for."""
    for name, path in _LOCKED:
        document = project.root.toml(name) if project.root.has(name) else None
        text = document.text(*path) if document is not None else None
        if text and document is not None:
            yield text, "pep440", project.root.says(name, document.line(*path), f"{path[-1]} {text}")
            return


def _of_setup(project: PythonProject) -> Iterator[Range]:
    """`python_requires` of setup.py and setup.cfg."""
    text = str(project.setup_keywords.get("python_requires") or "")
    if text:
        yield text, "pep440", project.folder.says("setup.py", None, f"python_requires {text}")
    text = (project.setup_cfg.text("options", "python_requires") if project.setup_cfg else None) or ""
    if text:
        yield text, "pep440", project.folder.says("setup.cfg", None, f"python_requires {text}")


def _mise(project: PythonProject) -> Fact[Pin] | None:
    """`python` in mise.toml."""
    return pin_in_mise(project.folder, "python")


def _tool_versions(project: PythonProject) -> Fact[Pin] | None:
    """`python` in .tool-versions."""
    return pin_in_tool_versions(project.folder, "python")


def _python_version(project: PythonProject) -> Fact[Pin] | None:
    """The first line of .python-version."""
    return pin_in_file(project.folder, ".python-version", "python")


def _runtime_txt(project: PythonProject) -> Fact[Pin] | None:
    """runtime.txt: `python-3.11.4`; Heroku reads it in the application's own folder alone."""
    return pin_in_file(project.folder, "runtime.txt", "python", upwards=False)


def _pipfile(project: PythonProject) -> Fact[Pin] | None:
    """`python_full_version` or `python_version` in the Pipfile."""
    if project.pipfile is not None:
        for key in ("python_full_version", "python_version"):
            text = project.pipfile.text("requires", key)
            pin = parse_pin(text, "python") if text else None
            if pin is not None and text:
                return project.folder.fact(pin, "Pipfile", project.pipfile.line("requires", key), f"{key} {text}")
    return None


def _conda(project: PythonProject) -> Fact[Pin] | None:
    """`python=3.11` in a conda environment, `python` in pixi.toml."""
    folder = project.folder
    for name in ("environment.yml", "environment.yaml"):
        document = folder.yaml(name) if folder.has(name) else None
        for index, item in enumerate(document.items("dependencies") if document else []):
            text = item.replace(" ", "") if isinstance(item, str) else ""
            pin = (
                parse_pin(text.removeprefix("python").lstrip("=<>~").split("=")[0], "python")
                if text.startswith("python=")
                else None
            )
            if pin is not None and document is not None:
                return folder.fact(pin, name, document.line("dependencies", index), str(item))
    document = folder.toml("pixi.toml") if folder.has("pixi.toml") else None
    text = (document.text("dependencies", "python") or "").lstrip("=<>~ ") if document else ""
    pin = parse_pin(text.split(",")[0].removesuffix(".*"), "python") if text else None
    return folder.fact(pin, "pixi.toml", None, f"python {text}") if pin is not None else None


PIN_SIGNALS = (_mise, _tool_versions, _python_version, _runtime_txt, _pipfile, _conda)


def _compiled_with(project: PythonProject) -> Fact[Pin] | None:
    """The Python version in pip-compile's header of a requirements file."""
    for name, parsed in project.requirements_files.items():
        pin = parse_pin(parsed.python_comment, "python") if parsed.python_comment else None
        if pin is not None:
            return project.folder.fact(pin, name, 1, f"made with Python {parsed.python_comment}")
    return None


def _classifiers(project: PythonProject) -> Fact[Pin] | None:
    """The newest Python in the classifiers."""
    listed = project.project_table.get("classifiers", [])
    prefix = "Programming Language :: Python :: 3."
    minors = [
        int(text.removeprefix(prefix))
        for text in listed
        if isinstance(text, str) and text.removeprefix(prefix).isdecimal()
    ]
    if minors:
        return project.folder.guess(Pin(f"3.{max(minors)}"), "pyproject.toml", f"classifiers name 3.{max(minors)}")
    return None


def _read_the_docs(project: PythonProject) -> Fact[Pin] | None:
    """`build.tools.python` in .readthedocs.yaml."""
    name = ".readthedocs.yaml"
    document = project.folder.yaml(name) if project.folder.has(name) else None
    text = str(document.get("build", "tools", "python") or "") if document else ""
    pin = parse_pin(text, "python") if text else None
    if pin is None or document is None:
        return None
    return project.folder.guess(pin, name, f"python {text}", line=document.line("build", "tools", "python"))


def _linters(project: PythonProject) -> Fact[Pin] | None:
    """`target-version` of ruff or black, `python_version` of mypy."""
    if project.pyproject is None:
        return None
    for path in (("tool", "ruff", "target-version"), ("tool", "mypy", "python_version")):
        text = str(project.pyproject.get(*path) or "").removeprefix("py")
        text = f"{text[0]}.{text[1:]}" if text.isdecimal() and len(text) > 1 else text
        pin = parse_pin(text, "python") if text else None
        if pin is not None:
            line = project.pyproject.line(*path)
            return project.folder.guess(pin, "pyproject.toml", f"{path[-1]} {text}", line=line)
    return None


GUESS_SIGNALS = (_compiled_with, _classifiers, _read_the_docs, _linters)
