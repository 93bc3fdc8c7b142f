"""Python: detection from requirements, pyproject.toml, Pipfile, and the application object in the sources."""

from genfile.detect.language import Claim
from genfile.detect.tree import Project
from genfile.evidence import Draft, Evidence
from genfile.source.base import any_ends

NAME = "python"
MANIFESTS = frozenset(
    """
    pyproject.toml Pipfile setup.py setup.cfg manage.py uv.lock poetry.lock pdm.lock environment.yml
    environment.yaml pixi.toml requirements/
    """.split()
)
PROGRAMS = frozenset(
    """
    main.py app.py server.py wsgi.py asgi.py bot.py run.py streamlit_app.py Home.py index.py application.py
    worker.py consumer.py scheduler.py
    """.split()
)
_NAMES = MANIFESTS | PROGRAMS


def is_candidate(names: frozenset[str]) -> bool:
    return not names.isdisjoint(_NAMES) or (
        any_ends(names, ".txt", ".in")
        and any(name.startswith("requirements") and name.endswith((".txt", ".in")) for name in names)
    )


def claim(project: Project) -> Claim | None:
    from genfile.detect.python.claims import claim as claim_python

    return claim_python(project)


def detect(project: Project) -> Draft:
    from genfile.detect.python.service import detect as detect_python

    return detect_python(project)


def main_file(project: Project) -> str | None:
    """The file that a service's server imports, or that it runs; None for a command of a dependency."""
    from genfile.detect.python.mainfile import main_file as main_file_of_python

    return main_file_of_python(project)


def program(project: Project) -> Evidence | None:
    """A file with a usual name that can run as it is."""
    from genfile.detect.python.claims import bare_program

    return bare_program(project)
