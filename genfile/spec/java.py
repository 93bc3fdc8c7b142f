"""What only a service on the JVM has."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from genfile.spec.base import Argument, Command, Port, RelativePath, Version, Word
from genfile.spec.service import Service

LayerName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
JvmOption = Annotated[str, StringConstraints(pattern=r"^--[a-z-]+(=[A-Za-z0-9_./,=-]+)?$", max_length=300)]


class JavaService(Service):
    language: Literal["java"]
    wrapper: bool = Field(False, description="mvnw or gradlew, with its jar or script, is committed.")
    layout: Literal["spring-boot", "quarkus", "jar", "distribution", "war"] = Field(
        "jar",
        description="What the build produces: a layered Spring Boot jar, Quarkus's fast-jar folder, a single runnable "
        "jar, a distribution of the application plugin, or a war for a servlet container.",
    )
    artifact: RelativePath | None = Field(
        None, description="The file or folder that the build produces; null means the only jar in `artifact_folder`."
    )
    artifact_version: Version | None = Field(
        None, description="The version in the name of `artifact`, if no other file there differs only in that part."
    )
    artifact_folder: RelativePath = Field("target", description="Where the build puts its jars.")
    libraries: RelativePath | None = Field(
        None, description="The folder of libraries that the build produces beside a thin jar: `lib` in the image."
    )
    own_jars: tuple[Word, ...] = Field(
        (), description="Name prefixes of the build's own jars in a distribution, which are copied last."
    )
    jdk: bool = Field(False, description="The program compiles Java at run time, so the image needs a JDK.")
    tomcat: Literal["9.0", "10.1", "11.0"] | None = Field(None, description="The Tomcat version that a war runs in.")
    framework_version: Version | None = None
    main_class: Argument | None = None
    sources: tuple[RelativePath, ...] = Field(
        (),
        description="Folders and files that the build tool reads in addition to the manifests: .mvn, gradle, buildSrc.",
    )
    health_port: Port | None = Field(None, description="The port of `health`; null means the port of the service.")
    layers: tuple[LayerName, ...] = Field(
        ("dependencies", "spring-boot-loader", "snapshot-dependencies", "application"),
        description="The layers of a Spring Boot jar, in copy order; empty if it has none.",
    )
    jvm_options: tuple[JvmOption, ...] = Field(
        (), description="JVM flags that the compiled code needs: --enable-preview, --add-opens."
    )
    unread: tuple[RelativePath, ...] = Field(
        (), description="Tests and documentation that the build does not read; they stay out of the build context."
    )
    settings: RelativePath | None = Field(None, description="A settings.xml of the project that Maven runs with.")
    git: bool = Field(False, description="The build runs git, so .git is part of the build context.")
    resolve: Command | None = Field(
        None,
        description="The command that downloads dependencies from the manifests and `sources` alone; null "
        "if there is none.",
    )
