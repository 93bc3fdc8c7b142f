"""A folder of plain files that a web server gives out as they are."""

from typing import Literal

from pydantic import Field

from genfile.spec.base import RelativePath
from genfile.spec.service import Service


class StaticService(Service):
    language: Literal["static"]
    linked: tuple[RelativePath, ...] = Field(
        (), description="Files that a plain site normally excludes but that its pages link to."
    )
