"""The start command of a Python service: the one that a host's file names, or what genfile would start."""

from genfile.data import Framework
from genfile.detect.code import parse_code
from genfile.detect.hosting import hosting
from genfile.detect.python.application import modules
from genfile.detect.python.besides import own_way
from genfile.detect.python.django import Django
from genfile.detect.python.gunicorn import configured_application, gunicorn_bind, is_misfit
from genfile.detect.python.hosted import hosted_program, put_hosted, put_procfile
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.objects import find_application
from genfile.detect.python.port import served_port
from genfile.detect.python.servers import ASGI_SERVERS, WSGI_SERVERS, ServerStart, named_port, plain_words
from genfile.detect.python.serving import code_port, serving, tell_of_variable
from genfile.detect.python.start import application_start, django_start, program_start
from genfile.evidence import About, Draft, Evidence, Fact, Topic
from genfile.parsers.python import parse_python


def put_start(project: PythonProject, draft: Draft, framework: Framework | None, django: Django | None) -> None:
    """Put /start, and what the start command settles: /port, /port_variable, /extra_packages."""
    hinted = hosting(project.folder).port or _code_port(project, framework)
    port = (hinted.value if hinted else None) or (framework.port if framework else None) or 8000
    by_procfile = put_procfile(project, draft, port) or put_hosted(project, draft, port)
    start, evidence, guess = _own_start(project, framework, django, draft, port)
    # A server of applications listens, whatever the application is made with.
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
                about=About(Topic.NO_START),
            )
        return
    if by_procfile:
        named = hosted if framework is None else framework.kind == "server"
        _put_named(project, draft, start, port if named else None)
    else:
        draft.put("start", Fact(start.words, evidence, guess))
        tell_of_variable(project, draft, start)
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
    """The warning about packages that the image installs and no manifest lists."""
    names = " and ".join(item.split("==")[0] for item in extra)
    one = len(extra) == 1
    are, them = ("is", "it") if one else ("are", "them")
    return f"{names} {are} not in your dependencies; the image installs {them}. Add {them} to {place}"


def _put_named(project: PythonProject, draft: Draft, start: ServerStart, port: int | None) -> None:
    """Set port and variable of a command in a host's file; an address in gunicorn's configuration is replaced."""
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
    """The port that the code itself would use: a command that takes a port gets the same one."""
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
            # The factory returns an object with the application as an attribute.
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
            # The project lists no server, but starts a program that is one.
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
    """The program at the root of a project that serves its application with a server library."""
    says = project.depends("tornado", "gevent", "cheroot", "cherrypy", "eventlet", "twisted", "bjoern", "meinheld")
    guarded = [path for path, module in modules(project) if module.has_main_guard and "/" not in path]
    return Fact(["python", guarded[0]], (says,)) if says is not None and len(guarded) == 1 else None


def _is_development(project: PythonProject, words: list[str]) -> bool:
    """Whether a program runs the framework's development server: `app.run(…)`."""
    path = next((word.removeprefix("./") for word in words if word.endswith(".py")), None)
    module = parse_code(project.folder, parse_python, path) if path is not None else None
    return module is not None and any(call.callee.endswith(".run") for call in module.calls)
