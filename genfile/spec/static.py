"""A folder of plain files that a web server gives out as they are."""

from typing import Literal

from genfile.spec.service import Service


class StaticService(Service):
    language: Literal["static"]
