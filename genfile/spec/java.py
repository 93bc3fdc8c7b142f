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
        description="What the build leaves: a Spring Boot jar with layers, Quarkus' fast-jar folder, one runnable "
        "jar, a distribution of the application plugin, or a war for a servlet container.",
    )
    artifact: RelativePath | None = Field(
        None, description="The file or folder that the build leaves; null: the only jar in `artifact_folder`."
    )
    artifact_version: Version | None = Field(
        None, description="The version in the name of `artifact`, where no other file there differs in that part alone."
    )
    artifact_folder: RelativePath = Field("target", description="Where the build leaves its jars.")
    libraries: RelativePath | None = Field(
        None, description="The folder of libraries that the build leaves for a jar without them: `lib` in the image."
    )
    own_jars: tuple[Word, ...] = Field(
        (), description="What the names of the build's own jars in a distribution begin with: they are copied last."
    )
    jdk: bool = Field(False, description="The program compiles Java while it runs: a JDK, not a JRE.")
    tomcat: Literal["9.0", "10.1", "11.0"] | None = Field(None, description="The container that a war is put into.")
    framework_version: Version | None = None
    main_class: Argument | None = None
    sources: tuple[RelativePath, ...] = Field(
        (), description="Folders and files that the build tool reads beside the manifests: .mvn, gradle, buildSrc."
    )
    health_port: Port | None = Field(None, description="Where `health` is asked; null: on the port of the service.")
    layers: tuple[LayerName, ...] = Field(
        ("dependencies", "spring-boot-loader", "snapshot-dependencies", "application"),
        description="The layers of a Spring Boot jar, in the order that they are copied in; none: it has none.",
    )
    jvm_options: tuple[JvmOption, ...] = Field(
        (), description="What the JVM must be told because the code was compiled so: --enable-preview, --add-opens."
    )
    unread: tuple[RelativePath, ...] = Field(
        (), description="Tests and documentation that the build does not read: they are not sent to the builder."
    )
    settings: RelativePath | None = Field(None, description="A settings.xml of the tree that Maven is started with.")
    git: bool = Field(False, description="The build asks git: .git is sent to the builder.")
    resolve: Command | None = Field(
        None,
        description="Fetches the dependencies where the manifests and `sources` are there alone; null: nothing does.",
    )
