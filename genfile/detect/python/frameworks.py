"""The framework that a project uses, and the file to run if there is no application object."""

from genfile.data import Framework, frameworks
from genfile.detect.code import parse_code
from genfile.detect.python.application import Application, modules
from genfile.detect.python.deep import deep_programs
from genfile.detect.python.django import find_django
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.mounts import mounted
from genfile.detect.python.objects import find_application
from genfile.detect.python.reach import reach
from genfile.detect.python.told import told, told_programs
from genfile.evidence import Evidence, Fact
from genfile.parsers.pyimports import required_imports
from genfile.parsers.python import PyModule, parse_python
from genfile.parsers.small import parse_procfile

# Files that are run as they are, best first.
PROGRAMS = tuple(
    """
    main.py app.py server.py bot.py run.py start.py streamlit_app.py Home.py home.py worker.py hello.py
    """.split()
)


# How deep an application's module may be if no dependency list names its framework.
_DEPTH = 2


def find_framework(project: PythonProject) -> Fact[Framework] | None:
    """A framework that is a production dependency and that the code uses: the first whose application is found; else
    the first server, then the first at all."""
    return project.folder.tree.once(("python-framework", project.folder.path), lambda: _find_framework(project))


def _find_framework(project: PythonProject) -> Fact[Framework] | None:
    found: list[Fact[Framework]] = []
    forgotten: list[Fact[Framework]] = []
    for item in frameworks("python"):
        says = project.depends(*item.dependencies)
        listed = says is not None
        says = says or _unlisted(project, item)
        if says is not None and _is_imported(project, item) and _is_called(project, item):
            (found if listed else forgotten).append(Fact(item, (says,)))
    if not any(fact.value.kind == "server" and _is_certain(project, fact.value) for fact in found):
        found += forgotten
    servers = [fact for fact in found if fact.value.kind == "server"]
    bot = next((fact for fact in found if fact.value.kind == "worker" and fact.value.imports), None)
    if bot is not None and servers and _is_aside_of(project, servers[0].value, bot.value):
        return bot
    if len(servers) > 1:
        certain = [fact for fact in servers if _is_certain(project, fact.value)]
        return next((fact for fact in certain if not _is_part(project, fact.value)), (certain or servers)[0])
    return next(iter(servers or found), None)


def _is_part(project: PythonProject, server: Framework) -> bool:
    """Whether another application mounts this one, so that a server gets that one."""
    application = find_application(project, server)
    if application is None:
        return False
    names = {application.value.name, f"{application.value.module}.{application.value.name}"}
    return any(
        any(name in names and (path == application.value.file or "." in name) for name in mounted(module))
        for path, module in modules(project)
    )


def _is_aside_of(project: PythonProject, server: Framework, bot: Framework) -> bool:
    """Whether an application only keeps a bot awake, so that the bot's program starts it, in a thread or not at all."""
    program = find_program(project, bot)
    application = find_application(project, server)
    module = parse_code(project.folder, parse_python, program) if program is not None else None
    if program is None or module is None or "/" in program:
        return False
    found = reach(project, ["python", program])
    if found.bot and (_is_named(project, program) or not _is_served(project, server, application)):
        return True
    brings = application is not None and application.value.module in module.imports
    if found.bot:
        own = application is None or application.value.file == program
        return own or brings or any(item.way.aside for item in found.listeners)
    return brings and application is not None and application.value.file != program


def _is_served(project: PythonProject, server: Framework, application: Fact[Application] | None) -> bool:
    """Whether a server can run an application, or the file that creates it listens when run."""
    if server.interface is not None or application is None:
        return server.interface is not None
    return reach(project, ["python", application.value.file]).main is not None


def _is_named(project: PythonProject, program: str) -> bool:
    """Whether a Procfile starts a program, and nothing for the web."""
    processes = project.folder.parse(parse_procfile, "Procfile") if project.folder.has("Procfile") else None
    return bool(processes and "web" not in processes and any(program in text.split() for text, _ in processes.values()))


def _unlisted(project: PythonProject, item: Framework) -> Evidence | None:
    """Where the code of a project that is not an installed package uses a framework missing from its list. Either
    something listed brings it, or it was forgotten and the program would not start."""
    if not project.has_manifest or project.has_build_system:
        return None
    roots = {name.split(".")[0] for name in item.imports or ((item.object,) if item.object else ())}
    for path, module in modules(project) if roots else ():
        if path.count("/") > _DEPTH or roots.isdisjoint(module.imports):
            continue
        for need in required_imports(module):
            if not need.level and not need.lazy and need.name.split(".")[0] in roots:
                used = item.object is None or any(call.callee == item.object for call in module.calls)
                return project.folder.says(path, need.line, f"import {need.name}") if used else None
    return None


def _is_imported(project: PythonProject, item: Framework) -> bool:
    listed = modules(project)
    if not item.imports:
        return True
    return any(name in module.imports for _, module in listed for name in item.imports) or (
        not listed and "{notebook}" in item.start
    )


def _is_called(project: PythonProject, item: Framework) -> bool:
    return not item.calls or any(_calls(module, item.calls) for _, module in modules(project))


def _calls(module: PyModule, names: tuple[str, ...]) -> bool:
    return any(
        f".{call.callee}".endswith(name) if name.startswith(".") else call.callee == name
        for call in module.calls
        for name in names
    )


def _is_certain(project: PythonProject, item: Framework) -> bool:
    if item.name == "django":
        return next(project.folder.files("manage.py", depth=3), None) is not None
    if item.object is not None:
        return find_application(project, item) is not None
    return bool(item.imports) and find_program(project, item) is not None


def find_program(project: PythonProject, framework: Framework | None = None) -> str | None:
    """A file to run: with a usual name, else the only one with a main guard; for a framework whose command takes a
    file, one that imports the framework."""
    if framework is not None and framework.imports and framework.start:
        found = importing_program(project, framework)
        if found is not None:
            return found
    for base in ("", "src/", "app/"):
        for name in PROGRAMS:
            if project.folder.has(base + name):
                return base + name
    named = {path for path in told_programs(project) if not is_djangos(project, path)}
    if len(named) == 1:
        return named.pop()
    guarded = [path for path, module in modules(project) if module.has_main_guard and "/" not in path]
    guarded = [path for path in guarded if not is_djangos(project, path)]
    if len(guarded) == 1:
        return guarded[0]
    own = [path for path in project.folder.names() if path.endswith(".py") and path not in ("setup.py", "manage.py")]
    if len(own) == 1:
        return own[0]
    deep = deep_programs(project) if not own else []
    return deep[0] if len(deep) == 1 else None


def is_djangos(project: PythonProject, path: str) -> bool:
    """Whether a file is Django's own tool rather than a program of the project."""
    return path == "manage.py" and find_django(project) is not None


def importing_program(project: PythonProject, framework: Framework) -> str | None:
    """The file for a framework's command: it imports the framework, and the project does not import it."""
    using = {
        path: module
        for path, module in modules(project)
        if any(name in module.imports for name in framework.imports) and "pages" not in path.split("/")[:-1]
    }
    if framework.calls:
        using = {path: module for path, module in using.items() if _calls(module, framework.calls)} or using
    imported = {name for _, module in modules(project) for name in module.imports}
    free = [path for path in using if path.removesuffix(".py").rsplit("/", 1)[-1] not in imported]
    order = {name: index for index, name in enumerate(PROGRAMS)}
    named = [item.path for item in told(project)]
    ranked = sorted(
        free or using,
        key=lambda path: (
            named.index(path) if path in named else len(named),
            path.count("/") - path.startswith("src/"),
            order.get(path.rsplit("/", 1)[-1], len(order)),
            not using[path].has_main_guard,
            path,
        ),
    )
    ranked = [path for path in ranked if not path.endswith("__init__.py")]
    # Deep files in an installed package are part of the package.
    near = bool(ranked) and ranked[0].removeprefix("src/").count("/") < 3
    return ranked[0] if ranked and (near or not project.has_build_system) else None


def has_main_package(project: PythonProject) -> str | None:
    """The folder of a package that `python -m` starts."""
    listed = sorted(project.folder.files("__main__.py", depth=2))
    return next((path.removesuffix("/__main__.py") for path in listed if "/" in path and not _is_test(path)), None)


def _is_test(path: str) -> bool:
    return bool({"test", "tests", "examples", "docs", "scripts", "tools"} & set(path.split("/")[:-1]))
