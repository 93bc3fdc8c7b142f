"""The facts of one Python service, put together."""

from genfile.data import Framework
from genfile.data import framework as framework_named
from genfile.detect.code import parse_code
from genfile.detect.committed import in_git
from genfile.detect.hosting import hosting
from genfile.detect.python.application import modules
from genfile.detect.python.besides import own_way
from genfile.detect.python.closure import needed_folders
from genfile.detect.python.dependency import Dependency
from genfile.detect.python.django import Django, find_django
from genfile.detect.python.extras import put_collectstatic, put_environment, put_install
from genfile.detect.python.fetched import put_fetched
from genfile.detect.python.frameworks import find_framework, find_program
from genfile.detect.python.gunicorn import configured_application, gunicorn_bind, is_misfit, put_configured
from genfile.detect.python.hosted import hosted_program, put_hosted, put_procfile, served_framework
from genfile.detect.python.implied import put_implied
from genfile.detect.python.imports import loaded_by
from genfile.detect.python.listening import put_listening, put_page
from genfile.detect.python.locks import out_of_step
from genfile.detect.python.manager import LOCKS, manager_version, package_manager
from genfile.detect.python.manifest import PythonProject, python_project
from genfile.detect.python.mistaken import put_mistaken
from genfile.detect.python.objects import find_application
from genfile.detect.python.outside import put_references
from genfile.detect.python.port import find_health, served_port
from genfile.detect.python.processes import put_processes, put_release
from genfile.detect.python.removed import put_removed
from genfile.detect.python.runnable import put_runnable
from genfile.detect.python.scm import put_version_variable
from genfile.detect.python.servers import ASGI_SERVERS, WSGI_SERVERS, ServerStart, named_port, plain_words
from genfile.detect.python.serving import code_port, serving
from genfile.detect.python.sources import put_sources
from genfile.detect.python.start import application_start, django_start, program_start
from genfile.detect.python.stores import put_stores
from genfile.detect.python.streamlit import put_streamlit
from genfile.detect.python.system import put_backing, put_system, put_torch
from genfile.detect.python.undeclared import put_framework, put_groups_as_packages, put_undeclared
from genfile.detect.python.unlisted import imported, unknown
from genfile.detect.python.version import python_version
from genfile.detect.python.writes import named_paths, put_volumes, put_writes
from genfile.detect.tree import Project
from genfile.detect.written import put_written
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.python import parse_python
from genfile.spec.base import service_name


def detect(folder: Project) -> Draft:
    """Fill a draft for a folder that was claimed."""
    draft = Draft()
    project = python_project(folder)
    python_version(project, draft)
    _put_identity(project, draft)
    django = find_django(project)
    found = _framework(project, django)
    framework = found.value if found else None
    if framework is None or framework.name != "django":
        django = None
    if found is not None:
        draft.put("framework", found.but(found.value.name))
    _put_workspace(project, draft)
    _put_start(project, draft, framework, django)
    _put_port(project, draft, framework)
    if django is not None:
        put_collectstatic(project, draft, django)
    put_processes(project, draft, framework, django)
    put_release(project, draft, framework)
    put_install(project, draft)
    _put_imported(project, draft)
    put_groups_as_packages(project, draft)
    put_framework(project, draft, framework)
    put_undeclared(project, draft)
    put_implied(project, draft, django)
    put_mistaken(project, draft)
    put_removed(project, draft)
    put_environment(project, draft, django)
    put_writes(project, draft)
    put_written(project.folder, draft, named_paths(project))
    put_volumes(project, draft)
    put_torch(project, draft)
    put_system(project, draft)
    put_backing(project, draft)
    put_stores(project, draft)
    put_sources(project, draft)
    put_fetched(project, draft)
    put_version_variable(project, draft)
    put_configured(project, draft)
    put_runnable(project, draft)
    draft.values["run_paths"] = [folder.spec_path]
    put_references(project, draft)
    return draft


def _framework(project: PythonProject, django: Django | None) -> Fact[Framework] | None:
    """What the project is made with; Django where it has a project of that, whatever else it depends on."""
    found, folder = find_framework(project), project.folder
    if found is not None and found.value.interface is None and found.value.kind == "server":
        # Several are listed: a server of applications is given one of another.
        found = served_framework(project) or found
    if django is None or (found is not None and found.value.name == "django"):
        return found
    item = framework_named("python", "django") if folder.has("manage.py") or project.depends("django") else None
    says = folder.says(django.place, 1, django.place.rsplit("/", 1)[-1])
    return Fact(item, (says,)) if item is not None else found


def _put_identity(project: PythonProject, draft: Draft) -> None:
    folder = project.folder
    draft.values["language"] = "python"
    fallback = service_name(folder.folder_name)
    draft.put("name", Fact(service_name(project.name, fallback) if project.name else fallback))
    manager = package_manager(project)
    draft.put("package_manager.name", manager)
    draft.put("package_manager.version", manager_version(project, manager.value))
    lock = LOCKS.get(manager.value)
    root = project.root
    missing = out_of_step(root, project.name) if lock == "uv.lock" and project.workspace is None else []
    if lock and missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        text = (
            f"it does not list {', '.join(missing[:3])}{more}, which pyproject.toml requires, and `uv sync --locked` "
            "would fail. The image installs without it; run `uv lock` and commit the lockfile"
        )
        draft.note("warning", f"{lock}: {text}", root.full(lock))
    elif lock and root.has(lock):
        draft.put("package_manager.lockfile", root.fact(root.full(lock), lock, 1, lock))
    elif manager.value in LOCKS and project.inline is None:
        draft.note(
            "warning",
            f"no {lock} found, so installed versions can differ between builds; commit one",
            manager.evidence[0].path if manager.evidence else None,
        )


def _put_workspace(project: PythonProject, draft: Draft) -> None:
    """The uv workspace that the service is a member of, and the members it needs."""
    if draft.values["package_manager"]["name"] in ("uv", "poetry", "pdm") or not project.requirements_name:
        chosen = project.chosen
        says = tuple(chosen.evidence)
        draft.put("groups", Fact(chosen.groups, says) if chosen.groups else None)
        draft.put("extras", Fact(chosen.extras, says) if chosen.extras else None)
        draft.notes.extend(chosen.notes)
    if project.workspace is None or not project.root.has("uv.lock"):
        return
    root, members = project.workspace
    needs = [path for path in needed_folders(project) if path in members]
    value = {"tool": "uv", "root": root.spec_path, "member": project.folder.spec_path, "depends_on": needs}
    document = root.toml("pyproject.toml")
    line = document.line("tool", "uv", "workspace", "members") if document else None
    draft.put("workspace", root.fact(value, "pyproject.toml", line, "[tool.uv.workspace] members"))
    draft.values["package_name"] = project.name or project.folder.folder_name


def _put_start(project: PythonProject, draft: Draft, framework: Framework | None, django: Django | None) -> None:
    hinted = hosting(project.folder).port or _code_port(project, framework)
    port = (hinted.value if hinted else None) or (framework.port if framework else None) or 8000
    by_procfile = put_procfile(project, draft, port) or put_hosted(project, draft, port)
    start, evidence, guess = _own_start(project, framework, django, draft, port)
    # A server of applications listens whatever the application is made with.
    hosted = by_procfile and {*ASGI_SERVERS, *WSGI_SERVERS} & {*plain_words(draft.values["start"])[:1]}
    if start is None and by_procfile and (framework.kind != "worker" if framework is not None else hosted):
        start = ServerStart(draft.values["start"], port, "PORT")
    if by_procfile and start is not None and is_misfit(project, draft.values["start"], draft.values, framework):
        says = draft.evidence["/start"].evidence[0]
        text = (
            f"{says}: gunicorn's own workers can't serve an ASGI application; the image starts {' '.join(start.words)}"
        )
        draft.note("warning", text, says.path, says.line)
        by_procfile = False
    if start is None:
        if not by_procfile:
            draft.note(
                "warning",
                "no start command found; add a Procfile, or use --set start=…",
                project.folder.spec_path,
            )
        return
    if by_procfile:
        named = hosted if framework is None else framework.kind == "server"
        _put_named(project, draft, start, port if named else None)
    else:
        draft.put("start", Fact(start.words, evidence, guess))
    if start.port is not None:
        draft.values["port"] = start.port
        draft.evidence["/port"] = Fact(start.port, draft.evidence["/start"].evidence)
    if start.port_variable is not None:
        draft.values["port_variable"] = start.port_variable
    if start.extra:
        draft.put("extra_packages", Fact(start.extra, evidence))
        draft.note(
            "warning",
            _not_listed(start.extra, project.requirements_name or "your dependencies"),
            project.requirements_name and project.folder.full(project.requirements_name),
        )


def _not_listed(extra: list[str], place: str) -> str:
    """The warning for packages that the image installs and no manifest lists."""
    names = " and ".join(item.split("==")[0] for item in extra)
    one = len(extra) == 1
    are, them = ("is", "it") if one else ("are", "them")
    return f"{names} {are} not in your dependencies; the image installs {them}. Add {them} to {place}"


def _put_named(project: PythonProject, draft: Draft, start: ServerStart, port: int | None) -> None:
    """Port and variable of a command that a host's file names; what its configuration binds is bound in its place."""
    words = draft.values["start"]
    at = next((index for index, word in enumerate(words) if word in ("gunicorn", "gunicorn.app.wsgiapp")), None)
    start.port_variable = "PORT" if at is not None or words[0] == "sh" else start.port_variable
    start.extra = [item for item in start.extra if item.split("==")[0] == words[0]]
    bound = gunicorn_bind(project, words) if at is not None else None
    named = named_port(words)
    start.port = named or (bound.port if bound else None) or start.port or port
    if bound is not None and (bound.port or bound.variable):
        start.port_variable = bound.variable
    if at is not None and bound is not None and bound.alone and named is None:
        draft.values["start"] = [*words[: at + 1], f"--bind=0.0.0.0:{start.port}", *words[at + 1 :]]
        start.port_variable = None
    elif at is not None and named is not None and words[0] != "sh":
        # A flag beats the variable.
        start.port_variable = None


def _code_port(project: PythonProject, framework: Framework | None) -> Fact[int] | None:
    """Where the code would serve by itself: a command that takes a port takes the same."""
    takes = framework is not None and (framework.interface is not None or "{port}" in framework.start)
    return (code_port(project) or served_port(project)) if takes else None


def _own_start(
    project: PythonProject, framework: Framework | None, django: Django | None, draft: Draft, port: int
) -> tuple[ServerStart | None, tuple[Evidence, ...], bool]:
    """What genfile would start: Django's application, an application object, else a program."""
    if django is not None:
        says = project.folder.says(django.application_file or django.place, 1, django.application)
        draft.put("application", Fact(django.application, (says,)))
        draft.put("interface", Fact("asgi" if django.asgi else "wsgi", (says,)))
        return django_start(project, django, port), (says,), False
    own = serving(project) if framework is not None and framework.start == ("python", "{file}") else None
    application = None
    if framework is not None and own is None:
        application = configured_application(project) or find_application(project, framework)
        if application is not None and application.value.factory and framework.attribute:
            # What the factory gives is not an application: an attribute of it is one.
            application = None
    written = hosted_program(project)
    whole = own_way(project, draft, application.value, written) if application is not None else None
    if whole is not None:
        return ServerStart(whole.value, None), whole.evidence, False
    if framework is not None and application is not None:
        start = application_start(project, framework, application.value, port)
        hosted = written if start is not None and start.extra else None
        hosted = hosted or (_own_server(project) if start is not None and start.extra else None)
        if hosted is not None and not _is_development(project, hosted.value):
            # The project has no server for it, and starts a program that is one.
            return ServerStart(hosted.value, None), hosted.evidence, False
        if start is not None:
            draft.put("application", application.but(application.value.reference))
            if framework.interface:
                draft.put("interface", application.but("asgi" if application.value.asgi else framework.interface))
            if application.value.root:
                draft.put("python_path", application.but(project.folder.full(application.value.root)))
            return start, application.evidence, False
    if written is not None:
        return ServerStart(written.value, None), written.evidence, False
    program = program_start(project, framework, port)
    if program is None:
        return None, (), False
    return program[0], (program[1],), framework is None


def _own_server(project: PythonProject) -> Fact[list[str]] | None:
    """The program at the root of a project that serves its application by a library of its own choice."""
    says = project.depends("tornado", "gevent", "cheroot", "cherrypy", "eventlet", "twisted", "bjoern", "meinheld")
    guarded = [path for path, module in modules(project) if module.has_main_guard and "/" not in path]
    return Fact(["python", guarded[0]], (says,)) if says is not None and len(guarded) == 1 else None


def _is_development(project: PythonProject, words: list[str]) -> bool:
    """Whether a program runs the framework's own server for development: `app.run(…)`."""
    path = next((word.removeprefix("./") for word in words if word.endswith(".py")), None)
    module = parse_code(project.folder, parse_python, path) if path is not None else None
    return module is not None and any(call.callee.endswith(".run") for call in module.calls)


def _put_port(project: PythonProject, draft: Draft, framework: Framework | None) -> None:
    """A port that a program of its own listens on; servers were told theirs on the command line."""
    if framework is not None and framework.kind == "worker":
        draft.values.pop("port", None)
        draft.evidence.pop("/port", None)
        put_page(project, draft)
        return
    put_listening(project, draft, framework)
    if draft.values.get("port") and framework is not None:
        if framework.health:
            draft.put("health", Fact({"path": framework.health}, draft.evidence["/framework"].evidence))
        elif (health := find_health(project)) is not None:
            draft.put("health", health.but({"path": health.value}))
    if framework is not None and framework.name == "streamlit":
        put_streamlit(project, draft)
    listed = draft.values.setdefault("environment", [])
    for name, value in (framework.environment if framework else {}).items():
        if all(item["name"] != name for item in listed):
            listed.append({"name": name, "phase": "run", "value": value})


def _put_imported(project: PythonProject, draft: Draft) -> None:
    """What no list names and the code imports is installed beside the server, and said."""
    only = _loaded(project, draft)
    found = project.imported if only is None else imported(project, only)
    names = sorted(found if not project.has_manifest else ())
    for name, where in unknown(project, only).items() if not project.has_manifest else ():
        own = in_git(project.folder.tree, project.folder.full(f"{name}.py")) is False
        text = "no dependency list says which package provides it; add that package to a requirements.txt"
        text = f"{name}.py is not in version control; commit it before you build the image" if own else text
        draft.note("warning", f"{where}: {text}", where.path, where.line)
    if not names:
        return
    says = found[names[0]].evidence
    texts = [_text(found[name]) for name in names]
    draft.put("extra_packages", Fact([*texts, *draft.values.get("extra_packages", [])], (says,), guess=True))
    newest = ", ".join(text for name, text in zip(names, texts, strict=True) if not found[name].specifier)
    listed = [text for name, text in zip(names, texts, strict=True) if found[name].specifier]
    listed += [f"the newest {newest}"] if newest else []
    text = f"no dependency list found; the image installs {', '.join(listed)}. Add a requirements.txt"
    draft.note("warning", text, says.path, says.line)


def _text(item: Dependency) -> str:
    """A requirement as it is written."""
    return f"{item.name}{'[' + ','.join(item.extras) + ']' if item.extras else ''}{item.specifier}"


def _loaded(project: PythonProject, draft: Draft) -> set[str] | None:
    """The modules that the commands of a draft load, where all of them run a file; else None: any may be loaded."""
    commands = [draft.values.get("start", []), *draft.values.get("processes", {}).values()]
    files = [words[1] for words in commands if words[:1] == ["python"] and words[1:2] != ["-m"]]
    if draft.values.get("framework") == "django" or len(files) < len(commands):
        return None
    return {path for file in files for path in loaded_by(project, file)} or None


def main_file(folder: Project) -> str | None:
    """The file of a folder's application, else of its program, relative to the folder."""
    project = python_project(folder)
    found = find_framework(project)
    application = find_application(project, found.value) if found is not None else None
    if application is not None:
        return application.value.file
    if found is not None and found.value.name == "django":
        return None
    own = serving(project)
    if own is not None and own.value[-1].endswith(".py"):
        return own.value[-1]
    return find_program(project, found.value if found is not None else None)
