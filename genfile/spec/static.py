"""A folder of plain files that a web server serves unchanged."""

from typing import Literal

from pydantic import Field

from genfile.spec.base import RelativePath
from genfile.spec.service import Service


class StaticService(Service):
    language: Literal["static"]
    linked: tuple[RelativePath, ...] = Field(
        (), description="Files that its pages link although their kind is normally left out of a plain site."
    )
