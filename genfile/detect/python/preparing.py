"""The commands that the project's own image runs before its server, as the command of a release."""

import re
import shlex

from genfile.detect.hosting import hosting
from genfile.detect.python.hosted import beside_words
from genfile.detect.python.manifest import PythonProject
from genfile.evidence import Draft, Evidence, Fact

# What the image has done by then, and what is for a developer's own database.
_OTHERS = re.compile(r"collectstatic|compilemessages|makemigrations|createsuperuser|\b(?:flush|reset|pip|pytest)\b|\$")


def put_prepared(project: PythonProject, draft: Draft) -> None:
    """Let /release, where it is only what Alembic's files show, do all that the project does before its server starts:
    in order, with its migrations among it."""
    words = draft.values.get("release") or []
    found: list[list[str]] = []
    says: list[Evidence] = []
    for fact in hosting(project.folder).prepared:
        own = beside_words(project, fact.value) if _OTHERS.search(fact.value) is None else None
        if own is not None and own not in found:
            found.append(own)
            says += fact.evidence
    if len(found) > 1 and words in found:
        text = " && ".join(map(shlex.join, found))
        known = draft.evidence["/release"].evidence
        draft.put("release", Fact(["sh", "-c", text], (*known, *dict.fromkeys(says))))
