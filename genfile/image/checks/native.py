"""Native modules are built in the node_modules that the image copies."""

from collections.abc import Iterator

from genfile.image.build import Built
from genfile.image.files import Answer
from genfile.image.finding import Finding, Mend
from genfile.image.needs import Needs
from genfile.image.packages import Modules, parents
from genfile.image.target import words_of

ID = "native-modules-built"
REASON = "A package fails to load if its install script never ran in the image's node_modules."


def find(built: Built, needs: Needs) -> Iterator[Finding]:
    started = words_of(built)
    folder = started[1] if started is not None else built.final.folder
    for place in parents(folder):
        found = built.final.files.find(f"{place.rstrip('/')}/node_modules")
        if found.answer is Answer.YES and isinstance(found.content, Modules) and found.content.unfinished:
            names = found.content.unfinished
            text = f"{', '.join(names[:4])}: the install script did not run in the image's node_modules"
            hint = f"run `npm rebuild {' '.join(names[:4])}` after the installation"
            mend = Mend("rebuild", names, "install scripts are off")
            yield Finding(ID, text, found.content.lock or built.path, None, hint, mend=mend)
            return
