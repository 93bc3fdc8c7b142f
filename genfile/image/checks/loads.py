"""What the start file loads by a relative path is in the image."""

from collections.abc import Iterator

from genfile.image.build import Built
from genfile.image.finding import Finding, Mend
from genfile.image.loaded import reached
from genfile.image.needs import Needs

ID = "loads-exist"
REASON = "The program fails at its first line if it loads a file that the image does not have."


def find(built: Built, needs: Needs) -> Iterator[Finding]:
    missing = reached(built).missing
    ignored = tuple(dict.fromkeys(item.ignored for item in missing if item.ignored is not None))
    for item in missing:
        text = f"{item.source} loads {item.name}, which is not in the image"
        mend = Mend("run_paths", (item.file,), f"{item.source} loads it") if item.file is not None else None
        hint = "copy it into the image"
        if item.ignored is not None:
            hint = f"add !{item.ignored} to .dockerignore"
            mend = Mend("committed", ignored, f"{item.source} loads it")
        if item.alike is not None:
            text = f"{item.source} loads {item.name}, but the file is {item.alike}: on Linux, case counts"
            hint = "write the name as the file has it"
        yield Finding(ID, text, item.source, item.line, hint, mend=mend)
