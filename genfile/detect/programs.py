"""Programs of the project's own image that its code starts and that the new image does not have."""

import re

from genfile.data import known_programs
from genfile.detect.hosting import hosting
from genfile.detect.mentioned import first_mention
from genfile.detect.tree import Project
from genfile.evidence import Draft

_MAX_TOLD = 3


def tell_of_programs(folder: Project, draft: Draft) -> None:
    """Warn of each: no package that genfile knows has it, so nothing brings it."""
    installed = set(draft.values.get("system_packages", {}).get("run", ()))
    left = {
        name: says
        for name, says in hosting(folder).programs.items()
        if name not in installed and known_programs().get(name) not in installed
    }
    for name, says in list(left.items())[:_MAX_TOLD]:
        quoted = re.escape(name.lower())
        started = first_mention(folder, re.compile(rf"[\"'`](?:/[a-z0-9/._-]*/)?{quoted}(?:[\"'`]|\s+-)"), code=True)
        if started is not None:
            text = f"{says.path}:{says.line} brings {name}, which {started.path}:{started.line} starts"
            draft.note("warning", f"{text}; this image does not have it, so add it by hand", says.path, says.line)
