"""The fields that only a service on the JVM has."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from genfile.spec.base import Argument, Command, Port, RelativePath, Version, Word
from genfile.spec.service import Service

LayerName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
JvmOption = Annotated[str, StringConstraints(pattern=r"^--[a-z-]+(=[A-Za-z0-9_./,=-]+)?$", max_length=300)]


class JavaService(Service):
    language: Literal["java"]
    wrapper: bool = Field(False, description="mvnw or gradlew is committed, with its jar or script.")
    layout: Literal["spring-boot", "quarkus", "jar", "distribution", "war"] = Field(
        "jar",
        description="What the build creates: a Spring Boot jar with layers, Quarkus' fast-jar folder, one runnable "
        "jar, a distribution of the application plugin, or a war for a servlet container.",
    )
    artifact: RelativePath | None = Field(
        None, description="The file or folder that the build creates; null: the only jar in `artifact_folder`."
    )
    artifact_version: Version | None = Field(
        None, description="The version in the name of `artifact`, if no other file there differs only in that part."
    )
    artifact_folder: RelativePath = Field("target", description="The folder where the build puts its jars.")
    libraries: RelativePath | None = Field(
        None, description="The folder of libraries for a jar that does not contain them: `lib` in the image."
    )
    own_jars: tuple[Word, ...] = Field(
        (), description="Prefixes of the project's own jars in a distribution: they are copied last."
    )
    jdk: bool = Field(False, description="The program compiles Java at run time, so it needs a JDK.")
    tomcat: Literal["9.0", "10.1", "11.0"] | None = Field(
        None, description="The version of Tomcat that a war is deployed to."
    )
    framework_version: Version | None = None
    main_class: Argument | None = None
    sources: tuple[RelativePath, ...] = Field(
        (),
        description="Files and folders that the build tool reads in addition to the manifests: .mvn, gradle, buildSrc.",
    )
    health_port: Port | None = Field(None, description="The port of `health`; null: the port of the service.")
    layers: tuple[LayerName, ...] = Field(
        ("dependencies", "spring-boot-loader", "snapshot-dependencies", "application"),
        description="The layers of a Spring Boot jar in the order of copying; empty: it has no layers.",
    )
    jvm_options: tuple[JvmOption, ...] = Field(
        (), description="Options that the JVM needs because of how the code is compiled: --enable-preview, --add-opens."
    )
    unread: tuple[RelativePath, ...] = Field(
        (), description="Tests, documents and other services that the build does not read: not sent to the builder."
    )
    settings: RelativePath | None = Field(None, description="A settings.xml in the tree that Maven uses.")
    git: bool = Field(False, description="The build runs git: .git is sent to the builder.")
    resolve: Command | None = Field(
        None,
        description="The command that downloads dependencies with only the manifests and `sources`; null: none can.",
    )
