"""The one file that a Python application is."""

from genfile.detect.python.frameworks import find_framework, find_program
from genfile.detect.python.manifest import python_project
from genfile.detect.python.objects import find_application
from genfile.detect.python.serving import serving
from genfile.detect.tree import Project


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
