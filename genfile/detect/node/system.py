"""What the service needs from the system and other services: Debian packages, stores, databases."""

import posixpath
import re
from collections.abc import Iterator

from genfile.data import backing_services, started_programs, system_packages
from genfile.detect.aside import is_aside
from genfile.detect.hosting import run_packages
from genfile.detect.node.framework import read_config, read_module
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.manifest import PackageJson
from genfile.detect.node.members import needed_members
from genfile.detect.node.native import has_old_gyp, native_modules
from genfile.detect.node.nx import nx_build
from genfile.detect.node.nxapps import nx_app
from genfile.detect.node.schema import has_engine
from genfile.detect.node.sources import MAX_FILES, source_files
from genfile.detect.shared import started
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.javascript import JsModule
from genfile.parsers.values import Call


def _put_programs(project: NodeProject, draft: Draft, run: set[str], evidence: list[Evidence]) -> None:
    """Put the programs that the code starts: spawn("git", …), execa("ffmpeg", …)."""
    sources = source_files(project, tuple(draft.values.get("start", ())))
    for path, module in (*sources, *_unreached(project, sources)):
        for call in module.calls:
            starts = call.callee.rsplit(".", 1)[-1] in STARTERS or _is_command_line(call)
            package = started(call.arguments) if starts else None
            if package is not None and package not in run:
                run.add(package)
                evidence.append(project.folder.says(path, call.line, f"{call.callee} runs it"))
    _put_display(project, draft, run, evidence, sources)
    if "docker-cli" in run and any("compose" in module.words for _, module in sources):
        run.add("docker-compose")


def _unreached(project: NodeProject, sources: list[tuple[str, JsModule]]) -> Iterator[tuple[str, JsModule]]:
    """Of a program with more modules than are followed, the others beside it that write out a program's name."""
    if len(sources) < MAX_FILES:
        return
    followed, top = {name for name, _ in sources}, sources[0][0].partition("/")[0]
    named = re.compile(rf"""["'](?:{"|".join(map(re.escape, sorted(started_programs())))})[ "']""")
    for count, path in enumerate(project.folder.files("*.[jt]s", below=top, depth=8)):
        test = ".spec." in path or ".test." in path or is_aside(posixpath.dirname(path))
        if count > MAX_UNREACHED:
            return
        if path not in followed and not test and named.search(project.folder.text(path) or ""):
            module = read_module(project, path)
            if module is not None:
                yield path, module


def _is_command_line(call: Call) -> bool:
    """Whether a function of the project's own is given what starts a program: its name, and a list with options."""
    words = call.arguments[1] if len(call.arguments) > 1 else None
    return isinstance(words, list) and any(isinstance(word, str) and word.startswith("-") for word in words)


def _put_display(
    project: NodeProject,
    draft: Draft,
    run: set[str],
    evidence: list[Evidence],
    sources: list[tuple[str, JsModule]],
) -> None:
    """Put what a browser with a window needs: `launch({headless: false})` of Puppeteer and Playwright."""
    for path, module in sources:
        for call in module.calls:
            options = call.arguments[0] if call.arguments else None
            if call.callee.endswith(".launch") and isinstance(options, dict) and options.get("headless") is False:
                says = project.folder.says(path, call.line, f"{call.callee}({{headless: false}})")
                run.update(("xauth", "xvfb"))
                evidence.append(says)
                start = " ".join(draft.values.get("start", ()))
                draft.note(
                    "warning",
                    f"{says}: headless: false needs a display. The image installs xvfb; start with "
                    f"`xvfb-run -a {start}`, or run headless",
                    says.path,
                    says.line,
                )
                return


GIT = re.compile(r"(git\+|git:|git@|github:|gitlab:|bitbucket:|https?://[^#]+\.git(#|$)|[\w-][\w.-]*/[\w.-]+(#|$))")
# How many files are searched for the name of a program.
MAX_UNREACHED = 2000
STARTERS = frozenset("spawn spawnSync exec execSync execFile execFileSync execa execaSync $ execAsync".split())


def put_system(project: NodeProject, draft: Draft, *, with_run: bool) -> None:
    """Put /system_packages, /playwright, /data and /backing_services; without what only a running program needs."""
    # A project of Nx leaves its dependencies to the root.
    hoisted = (project.root_package,) if nx_build(project.folder) or nx_app(project.folder) else ()
    packages = (project.package, *needed_members(project), *hoisted)
    production = {name: item for item in reversed(packages) for name in item.dependencies}
    every = {name: item for item in reversed(packages) for name in item.every_dependency}
    build: set[str] = set()
    run: set[str] = set()
    evidence: list[Evidence] = []
    running = production if with_run else {}
    if not has_engine(project) and "prisma" not in (
        posixpath.basename(word) for word in draft.values.get("release") or ()
    ):
        # What Prisma needs of the system, its engines need; the client has none.
        running = {name: item for name, item in running.items() if name not in ("prisma", "@prisma/client")}
    _known(draft, every, running, (build, run, evidence))
    for _, says in native_modules(project):
        # node-gyp before version 10 needs distutils, which Python no longer has.
        build.update(("g++", "make", "python3", *(("python3-setuptools",) if has_old_gyp(project) else ())))
        evidence.append(says)
    fetches = _from_git(project, draft)
    build.update(fetches)
    if with_run:
        programs, says_programs = run_packages(project.folder)
        # The running service does not need what a single-stage image needs for git dependencies.
        run.update(item for item in programs if not (fetches and item in ("git", "openssh-client")))
        evidence.extend(says_programs)
        _put_programs(project, draft, run, evidence)
        _put_run(project, draft, production)
    if build or run:
        draft.put("system_packages", Fact({"build": sorted(build), "run": sorted(run)}, tuple(evidence)))


def _known(
    draft: Draft,
    every: dict[str, PackageJson],
    production: dict[str, PackageJson],
    into: tuple[set[str], set[str], list[Evidence]],
) -> None:
    """What known dependencies need, and the variables that go with it."""
    build, run, evidence = into
    known = system_packages("npm")
    for name in sorted(every):
        needs = known.get(name)
        if needs is None or not (needs.build or needs.environment or (name in production and needs.run)):
            continue
        evidence.append(every[name].depends(name))
        build.update(needs.build)
        for key, value in needs.environment.items():
            installs = any(word in key for word in ("SKIP", "INSTALL_BINARY"))
            for phase in ("install",) * installs + ("run",) * (name in production and not installs):
                draft.values.setdefault("environment", []).append({"name": key, "phase": phase, "value": value})
        if name in production:
            run.update(needs.run)


def _from_git(project: NodeProject, draft: Draft) -> tuple[str, ...]:
    """Dependencies fetched with git, which must be installed; over SSH, they need a key too."""
    fetched = [item for item in sorted(project.package.every_dependency.items()) if GIT.match(item[1])]
    for name, value in fetched:
        if value.startswith(("git+ssh:", "ssh:", "git@")):
            says = project.package.depends(name)
            draft.note("warning", f"{says}: fetched over SSH, but the build has no key; use https", says.path)
    return ("ca-certificates", "git") if fetched else ()


def _put_run(project: NodeProject, draft: Draft, production: dict[str, PackageJson]) -> None:
    """Put a browser, a local store, and other services."""
    if "playwright" in production and draft.values.get("engine") != "bun":
        draft.put("playwright", Fact(True, (production["playwright"].depends("playwright"),)))
        place = {"name": "PLAYWRIGHT_BROWSERS_PATH", "phase": "run", "value": "/opt/playwright"}
        draft.values.setdefault("environment", []).append(place)
    backing = {
        service.name: production[dependency].depends(dependency)
        for service in backing_services().values()
        for dependency in service.npm
        if dependency in production
    }
    backing |= {name: says for name, says in _configured(project, production) if name not in backing}
    if backing:
        draft.put("backing_services", Fact(sorted(backing), tuple(backing[name] for name in sorted(backing))))


def _configured(project: NodeProject, production: dict[str, PackageJson]) -> Iterator[tuple[str, Evidence]]:
    """The Redis that Medusa's configuration names: its client is Medusa's own."""
    found = read_config(project, "medusa-config") if "@medusajs/framework" in production else None
    for item in found[1].env_names if found is not None else ():
        if "REDIS" in item.name.split("_") and found is not None:
            yield "redis", project.folder.says(found[0], None, f"it reads {item.name}")
            return
