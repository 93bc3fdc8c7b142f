"""A service in a language that only a preset knows: the shared fields, and facts by name."""

from typing import Annotated

from pydantic import AfterValidator, Field

from genfile.spec.base import RelativePath, Text, Word
from genfile.spec.service import PackageManager, Service, Workspace

BUILT_IN = ("node", "python", "go", "java", "static")


def _other(language: str) -> str:
    if language in BUILT_IN:
        raise ValueError(f"{language} is a language with built-in support")
    return language


OtherLanguage = Annotated[Word, AfterValidator(_other), Field(json_schema_extra={"not": {"enum": list(BUILT_IN)}})]


class GenericPackageManager(PackageManager):
    name: Word  # type: ignore[assignment]


class GenericWorkspace(Workspace):
    tool: Word  # type: ignore[assignment]
    root: RelativePath = Field(description="The build context.")


class GenericService(Service):
    language: OtherLanguage
    package_manager: GenericPackageManager | None = None
    workspace: GenericWorkspace | None = None
    facts: dict[Word, Text | tuple[Text, ...]] = Field(
        {},
        description="Further findings of the preset's rules by name: a text, or a list of texts. Paths in them are "
        "relative to the folder of the service.",
    )
