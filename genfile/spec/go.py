"""The fields that only a Go service has."""

from typing import Literal

from pydantic import Field

from genfile.spec.base import Argument, RelativePath, Text, Word
from genfile.spec.service import Service


class GoService(Service):
    language: Literal["go"]
    module: Argument = Field("app", description="The module's path in go.mod.")
    main_package: Argument = Field(".", description="The package to build: `.` or `./cmd/server`.")
    commands: dict[Word, Argument] = Field({}, description="Every main package of the module, by name.")
    cgo: bool = Field(False, description="The program needs cgo and a C compiler.")
    tags: tuple[Word, ...] = Field((), description="Build tags that the project builds its release with.")
    vendored: bool = Field(False, description="vendor/ is committed, so nothing is downloaded.")
    gopath: bool = Field(
        False, description="Older than modules: built below GOPATH, at its import path, with what vendor/ contains."
    )
    sums: bool = Field(True, description="go.sum exists.")
    gowork_off: bool = Field(
        False, description="Built with its own go.mod only, because go.work names folders that are missing."
    )
    working_folder: RelativePath | None = Field(
        None,
        description="The working directory that the program's relative paths start from; null: the service's folder.",
    )
    version_variable: Text | None = Field(None, description="The variable that is set at link time: `main.version`.")
    assets: tuple[RelativePath, ...] = Field((), description="Files and folders that the program opens at run time.")
    data_files: tuple[RelativePath, ...] = Field(
        (), description="Committed database files that the program opens; the volume of `data` starts with them."
    )
    source_files: tuple[RelativePath, ...] = Field(
        (), description="Files and folders that the program finds by the path of its own source code (runtime.Caller)."
    )
    empty_files: tuple[RelativePath, ...] = Field(
        (),
        description="Files that the program must find but that may be empty, such as a `.env` whose variables the "
        "container has.",
    )
    private_hosts: tuple[Argument, ...] = Field((), description="Hosts of private modules: GOPRIVATE.")
