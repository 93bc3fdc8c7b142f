"""Processes of the same code beside the web server: workers, schedulers, and the command of a release."""

import posixpath
import re

from genfile.data import Framework, frameworks
from genfile.data import framework as framework_named
from genfile.detect.hosting import hosting
from genfile.detect.python.application import Application, modules
from genfile.detect.python.celeryoptions import put_options, queues_of
from genfile.detect.python.django import Django
from genfile.detect.python.hosted import beside_words, command_words, put_stated_release
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.objects import find_application
from genfile.detect.python.preparing import put_prepared
from genfile.detect.python.reach import reach
from genfile.detect.python.serving import bot, entries, needed_argument
from genfile.detect.python.start import worker_settings
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.data import parse_ini

# Words in the names of programs that run beside a web application.
_BESIDE = re.compile(r"(?:\w+_)?(worker|consumer|scheduler|poller|listener)(?:_\w+)?")
_TARGET = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*(?:\(\))?")
# Task queues that are manage.py commands, by package, as their documentation names them.
_MANAGED = (
    ("django-rq", ("rqworker", "default")),
    ("huey", ("run_huey",)),
    ("django-q2", ("qcluster",)),
    ("django-q", ("qcluster",)),
    ("django-dramatiq", ("rundramatiq",)),
    ("django-tasks", ("db_worker",)),
    ("django-tasks-db", ("db_worker",)),
    ("procrastinate", ("procrastinate", "worker")),
)


def put_processes(project: PythonProject, draft: Draft, framework: Framework | None, django: Django | None) -> None:
    """Put /processes: the worker of a task queue beside a web application, and its scheduler."""
    before = set(draft.values.get("processes", {}))
    if framework is not None and framework.kind != "worker":
        _put_queues(project, draft, django)
    put_options(project, draft, draft.values.get("processes", {}).keys() - before)
    _put_stated(project, draft)


def _put_queues(project: PythonProject, draft: Draft, django: Django | None) -> None:
    """Put what the code and the dependencies show: a bot, a program named as a worker, the worker of a task queue."""
    _put_bot(project, draft)
    _put_beside(project, draft)
    if "worker" not in draft.values.get("processes", {}):
        found = _celery(project, draft, django) or _queue(project, django)
        if found is not None:
            _put(draft, "worker", *found)


def _put_stated(project: PythonProject, draft: Draft) -> None:
    """Put the other programs that the project's compose file, Kubernetes manifests or hosts' files run."""
    for name, fact in hosting(project.folder).beside.items():
        words = beside_words(project, fact.value)
        named = draft.values.get("processes", {})
        known = [_gist(item) for item in (draft.values.get("start", []), *named.values())]
        if words is not None and name not in named and _gist(words) not in known:
            _put(draft, name, words, fact.evidence[0])


def _gist(words: list[str]) -> tuple[str, ...]:
    """What a command runs, whatever its options: two workers of Celery are the same program, if not for their
    queues."""
    if words[:1] == ["celery"]:
        return (*(word for word in words if word in ("celery", "worker", "beat", "flower")), *queues_of(words))
    return tuple(word.removeprefix("./") for word in words if not word.startswith("-"))


def _put_bot(project: PythonProject, draft: Draft) -> None:
    """Put a bot in the same code that is a program of its own."""
    found = bot(project)
    named = draft.values.get("processes", {}).values()
    if found is None or draft.values.get("start") == found.value or found.value in named:
        return
    imported = {name for _, module in modules(project) for name in module.imports}
    clients = [item for item in frameworks("python") if item.kind == "worker" and not imported.isdisjoint(item.imports)]
    if clients:
        _put(draft, "bot", found.value, found.evidence[0])


def _put_beside(project: PythonProject, draft: Draft) -> None:
    """Put a program whose name says that it runs beside the web server, and that keeps running."""
    processes = draft.values.get("processes", {})
    for words in entries(project):
        name = words[-1].rsplit("/", 1)[-1].removesuffix(".py")
        if not _BESIDE.fullmatch(name) or words in processes.values() or words == draft.values.get("start"):
            continue
        found = reach(project, words)
        own = [role for role in found.stays if not role.way.aside and not role.need.size]
        kind = next(word for word in _BESIDE.fullmatch(name).groups() if word)  # type: ignore[union-attr]
        if own and not found.listeners and kind not in processes:
            needs = needed_argument(project, words[-1])
            if needs is not None:
                draft.note("info", needs, project.folder.full(words[-1]))
                continue
            says = project.folder.says(own[0].path, own[0].line, f"{own[0].callee}(…)")
            _put(draft, kind, words, says)
            processes = draft.values["processes"]


def _put(draft: Draft, name: str, words: list[str], says: Evidence) -> None:
    draft.values.setdefault("processes", {})[name] = words
    draft.evidence[f"/processes/{name}"] = Fact(words, (says,))


def _celery(project: PythonProject, draft: Draft, django: Django | None) -> tuple[list[str], Evidence] | None:
    """A Celery worker; also its beat, if there is a schedule."""
    item = framework_named("python", "celery") if "celery" in project.dependencies else None
    found = find_application(project, item) if item is not None else None
    if found is None:
        return None
    command = ["celery", "--app", found.value.module]
    if django is not None and django.base != "." and found.value.file.startswith(f"{django.base}/"):
        module = found.value.module.removeprefix(django.base.replace("/", ".") + ".")
        command = ["celery", "--workdir", django.base, "--app", module]
    schedule = _schedule(project, found)
    if schedule is not None and "beat" not in draft.values.get("processes", {}):
        words = [*command, "beat", "--loglevel=info"]
        if "django-celery-beat" in project.dependencies:
            words += ["--scheduler", "django_celery_beat.schedulers:DatabaseScheduler"]
        _put(draft, "beat", words, schedule)
    return [*command, "worker", "--loglevel=info"], found.evidence[0]


def _schedule(project: PythonProject, found: Fact[Application]) -> Evidence | None:
    """Where periodic tasks are listed."""
    says = project.depends("django-celery-beat")
    if says is not None:
        return says
    for path, module in modules(project):
        for name in ("CELERY_BEAT_SCHEDULE", "CELERYBEAT_SCHEDULE", "beat_schedule"):
            line = module.sets(name)
            if line is not None:
                return project.folder.says(path, line, name)
    return None


def _queue(project: PythonProject, django: Django | None) -> tuple[list[str], Evidence] | None:
    """The worker of another task queue."""
    if django is not None:
        for name, words in _MANAGED:
            says = project.depends(name)
            if says is not None:
                return django.command(*words), says
        return None
    settings = worker_settings(project) if "arq" in project.dependencies else None
    if settings is not None:
        return ["arq", settings[0]], project.folder.says(settings[1], 1, "WorkerSettings")
    if "rq" in project.dependencies:
        for path, module in modules(project):
            for call in module.calls:
                if call.callee in ("rq.Queue", "rq.queue.Queue"):
                    named = [item for item in call.arguments[:1] if isinstance(item, str)]
                    return ["rq", "worker", *named], project.folder.says(path, call.line, "rq.Queue")
    return None


def _has_files(project: PythonProject, words: list[str]) -> bool:
    return all(project.folder.has(word.removeprefix("./")) for word in words if word.endswith(".py"))


def put_release(project: PythonProject, draft: Draft, framework: Framework | None) -> None:
    """Put /release: the migrations of Flask-Migrate or Alembic, if nothing else names a command."""
    folder = project.folder
    listed = [(command_words(fact.value, 8000), fact) for fact in hosting(folder).releases]
    # A path of another layout, such as that of the project's own Dockerfile, is not this image's.
    there = ((words, fact) for words, fact in listed if words is not None and _has_files(project, words))
    stated = next((fact.but(words) for words, fact in there), None)
    named = draft.evidence["/release"].evidence[0].path if draft.values.get("release") else ""
    if stated is not None and posixpath.basename(named) != "Procfile":
        # What a host runs before each release goes before what a framework would.
        put_stated_release(project, draft, stated)
    if draft.values.get("release"):
        return
    says = project.depends("flask-migrate")
    if says is not None and folder.has("migrations/env.py") and framework is not None and framework.name == "flask":
        start = draft.values.get("start", [])
        served = next((word for word in start[1:] if _TARGET.fullmatch(word)), None)
        reference = (served or str(draft.values.get("application") or "")).removesuffix("()")
        if reference:
            words = ["flask", "--app", reference, "db", "upgrade"]
            draft.put("release", Fact(words, (says, folder.says("migrations/env.py", 1, "migrations/env.py"))))
        return
    says = project.depends("alembic")
    if says is not None and folder.has("alembic.ini") and not _is_unused(folder):
        draft.put("release", Fact(["alembic", "upgrade", "head"], (folder.says("alembic.ini", 1, "alembic.ini"), says)))
        put_prepared(project, draft)


def _is_unused(folder: Project) -> bool:
    """Whether Alembic is set up and has no revision yet, so that there is nothing to upgrade to."""
    document = folder.parse(parse_ini, "alembic.ini")
    if document is None:
        return False
    place = posixpath.normpath((document.text("alembic", "script_location") or "").removeprefix("%(here)s/"))
    if document.text("alembic", "version_locations") or not folder.has(posixpath.join(place, "env.py")):
        return False
    return not any(True for _ in folder.files("*.py", below=posixpath.join(place, "versions")))
