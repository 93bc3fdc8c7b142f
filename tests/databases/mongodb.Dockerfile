# A stand-in for the official MongoDB image, built from the library mongo-java-server: the same port, data in memory.
FROM maven:3.9-eclipse-temurin-21 AS build
WORKDIR /opt/mongo
COPY <<'XML' pom.xml
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>stand-in</groupId>
  <artifactId>mongo</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>de.bwaldvogel</groupId>
      <artifactId>mongo-java-server</artifactId>
      <version>1.47.0</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-nop</artifactId>
      <version>2.0.17</version>
    </dependency>
  </dependencies>
</project>
XML
RUN mvn --quiet --batch-mode dependency:copy-dependencies -DoutputDirectory=lib
COPY <<'JAVA' Serve.java
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.ServerVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;

class Serve {
    public static void main(String[] arguments) {
        new MongoServer(new MemoryBackend().version(ServerVersion.MONGO_5_0)).bind("0.0.0.0", 27017);
    }
}
JAVA
RUN javac -cp "lib/*" Serve.java

FROM eclipse-temurin:21-jre
COPY --from=build /opt/mongo /opt/mongo
# The official image is asked by its shell; here the open port has to do.
COPY --chmod=755 <<'SH' /usr/local/bin/mongosh
#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/27017
SH
EXPOSE 27017
CMD ["java", "-XX:+UseSerialGC", "-Xmx192m", "-cp", "/opt/mongo/lib/*:/opt/mongo", "Serve"]
