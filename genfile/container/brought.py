"""Programs that an image has from elsewhere: copied out of another image, or downloaded to where programs are."""

import posixpath
import re
from collections.abc import Iterator

from genfile.container.image import Image
from genfile.container.stages import lineage
from genfile.evidence import Evidence

_PLACES = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin")
_DOWNLOADS = re.compile(r"\b(?:curl|wget)\b")
_TO = re.compile(
    r"(?:>|-o|-O|--output|--output-document|\bmv\s+\S+|\bchmod\s+\S+|\binstall\s+(?:-m\s*\d+\s+)?\S+)[\s=]*"
    r"(?:/usr(?:/local)?)?/s?bin/([A-Za-z0-9][A-Za-z0-9._-]*)"
)


def brought_programs(image: Image) -> Iterator[tuple[str, Evidence]]:
    """Their names, each with the line that brings it; none that a stage of the same Dockerfile compiles."""
    stages = {str(item.index) for item in image.stages} | {item.name for item in image.stages if item.name}
    for stage in lineage(image.stages, image.stage):
        for copied in stage.copies:
            item = copied.value
            if item.stage is None or item.stage in stages:
                continue
            target = posixpath.join(item.target, posixpath.basename(item.source)) if item.into else item.target
            if posixpath.dirname(target) in _PLACES:
                yield posixpath.basename(target), copied.evidence
        for run in stage.runs:
            if _DOWNLOADS.search(run.value):
                for name in dict.fromkeys(_TO.findall(run.value)):
                    yield name, run.evidence
