"""What keeps a JVM program running: a library for servers, bots and consumers, or a call that listens."""

from genfile.detect.java.build import Build
from genfile.detect.java.declared import declared_build
from genfile.detect.java.life import JavaLife
from genfile.detect.java.port import LISTENERS, sources
from genfile.detect.paths import relative
from genfile.evidence import Evidence

# Libraries for programs that listen, wait for messages, or run on a schedule.
_STAYING = tuple(
    """
    org.eclipse.jetty io.undertow io.netty org.apache.tomcat.embed org.glassfish.jersey.containers org.glassfish.grizzly
    org.apache.kafka com.rabbitmq:amqp-client org.quartz-scheduler net.dv8tion:JDA com.discord4j dev.kord org.javacord
    org.telegram com.github.pengrad com.slack.api:bolt org.apache.activemq org.apache.pulsar io.nats redis.clients
    com.typesafe.akka org.apache.pekko io.rsocket org.java-websocket org.nanohttpd org.apache.camel
    io.projectreactor.netty
    org.apache.mina
    """.split()
)
# Calls in a program that is meant to keep running.
_STAYING_CALLS = frozenset(
    """
    ServerSocket createServer newScheduledThreadPool newSingleThreadScheduledExecutor scheduleAtFixedRate
    scheduleWithFixedDelay Timer KafkaConsumer embeddedServer addShutdownHook awaitTermination
    """.split()
)


def listening(build: Build, course: JavaLife, *, framework: bool = False) -> Evidence | None:
    """The first call that listens or keeps running, in a file that the main class reaches; in any file if those are
    unknown.

    ``framework``: the program uses one, so calls with common names such as `start` count too."""
    stays = _STAYING_CALLS | (LISTENERS if framework else LISTENERS - {"start", "port", "listen"})
    for path, file in sources(build.folder):
        if course.paths and path not in course.paths:
            continue
        call = next((call for call in file.calls if call.callee in stays), None)
        if call is not None:
            return build.folder.says(path, call.line, call.callee)
    return None


def staying(build: Build) -> Evidence | None:
    """The evidence of a library for programs that wait for others: bots, queue consumers, servers."""
    found = build.find(*_STAYING)
    return found.evidence if found is not None else None


def serves_http(build: Build) -> bool:
    """Whether a Spring Boot program serves HTTP; with other starters only, it is a worker or a job."""
    web = tuple(
        """
    spring-boot-starter-web spring-boot-starter-webmvc spring-boot-starter-webflux
    spring-boot-starter-jersey spring-boot-starter-graphql spring-boot-starter-data-rest
    spring-boot-starter-websocket spring-boot-starter-actuator spring-boot-starter-thymeleaf
    spring-boot-admin-starter-server vaadin-spring-boot-starter
    """.split()
    )
    if any(
        item.name in web or "gateway" in item.name or "eureka-server" in item.name or "config-server" in item.name
        for item in build.dependencies
    ):
        return True
    # Another module of the same build may bring a starter.
    for path in build.needs:
        other = declared_build(build.root.at(relative(path, build.root.path)))
        if other is not None and any(item.name in web for item in other.dependencies):
            return True
    return not any(
        item.name.startswith("spring-boot-starter")
        for item in build.dependencies
        if not item.plugin and item.name != "spring-boot-starter-parent"
    )
