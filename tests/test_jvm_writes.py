"""Folders that programs on the JVM write to: by their code, their settings, and what their logging is told."""

from typing import Any

import pytest

from genfile.api import generate, render
from genfile.detect.java.settings import expand
from genfile.detect.tree import Project, Tree
from genfile.parsers.jvmwrites import database_folder
from genfile.source.memory import MemorySource
from tests.test_go_java import dependency, pom
from tests.test_jvm_running import boot
from tests.test_traps import inspect, only

WEB = "spring-boot-starter-web"
CLASS = "package shop;\n@Service\npublic class Shelf {{\n{}\n}}\n"


def shop(body: str = "", settings: str = "", **files: str) -> dict[str, str]:
    made = {"src/main/java/shop/Shelf.java": CLASS.format(body)} if body else {}
    resources = {"application.properties": settings} if settings else {}
    return {**boot(WEB, **resources), **made, **files}


def wrote(files: dict[str, str]) -> Any:
    spec = only(**files)
    return spec.writable, spec.data


@pytest.mark.parametrize(
    ("body", "settings", "folders"),
    [
        ('void a() { Files.createDirectories(Paths.get("uploads")); }', "", ("uploads",)),
        ('Path p = Path.of("a", "b").toAbsolutePath().normalize(); void a() { p.toFile().mkdirs(); }', "", ("a/b",)),
        ('@Value("${shelf.place}") String p; void a() { new File(p).mkdir(); }', "shelf.place=./box/", ("box",)),
        ('@Value("${shelf.place:pics/x}") String p; void a() { new File(p).mkdir(); }', "", ("pics/x",)),
        ('Path p; Shelf(@Value("${shelf:pics}") String q) { p = Paths.get(q); } void a() { Files.createDirectory(p); }',
         "", ("pics",)),
        ('Path p; Shelf(@Value("${a}") String q) { this.p = Paths.get(q); } void a() { Files.createFile(p); }',
         "base=store\na=${base}/pics/x", ("store/pics",)),
        ('static final String P = System.getProperty("user.dir") + File.separator + "out" + "/";'
         ' void a(MultipartFile f, String n) { f.transferTo(new File(P + n)); }', "", ("out",)),
        ('void a(String n) { new FileWriter("notes/" + n); }', "", ("notes",)),
        ('void a() { new FileOutputStream("notes.txt"); }', "", (".",)),
        ('void a() { File f = new File("notes/a"); f.getParentFile().mkdirs(); f.createNewFile(); }', "", ("notes",)),
        ('void a(int id) { new File(String.format("pics/%d/x", id)).mkdirs(); }', "", ("pics",)),
        ('void a(MultipartFile f, String n) { File d = new File("/tmp"); d = new File("pics/" + n); f.transferTo(d);}',
         "", ("pics",)),
        ('File at(String n) { return new File("pics", n); } void a(MultipartFile f) { f.transferTo(at(name)); }', "",
         ("pics",)),
        ('void a(MultipartFile f) { f.transferTo(new File(Unknown.at(name))); f.transferTo(at(at(name))); }'
         ' File at(File n) { return at(n); }', "", ()),
        ('void a(FileChannel c, long at) { c.transferTo(at, 10, out); c.transferTo(0, c.size(), "x"); }', "", ()),
        # What is read, what is given by a caller, what lies elsewhere, the developer's own tree, what is computed.
        ('void a() { new FileInputStream("notes/a.txt"); new RandomAccessFile("notes/a", "r"); }', "", ()),
        ('void a(File f) { f.mkdirs(); }', "", ()),
        ('void a() { new File("/tmp/x").mkdirs(); new File("~/x").mkdirs(); new File("C:\\\\x").mkdirs(); }', "", ()),
        ('void a() { new File("src/main/java/shop").mkdirs(); new File("target/x").mkdirs(); }', "", ()),
        ('void a() { new File("../x").mkdirs(); new File(name() + "/x").mkdirs(); }', "", ()),
        ('@Value("${unknown}") String p; void a() { new File(p).mkdir(); }', "", ()),
        ('String p = "a"; void a(String p) { new File(p).mkdirs(); }', "", ()),
        # Spring gives Tomcat's own folder to what is relative here.
        ("", "spring.servlet.multipart.location=uploads", ()),
    ],
)  # fmt: skip
def test_folders_that_code_writes_to(body: str, settings: str, folders: tuple[str, ...]) -> None:
    assert wrote(shop(body, settings)) == (folders, None)


def test_a_path_through_other_classes() -> None:
    """Constants, bound properties, and what a method is called with."""
    code = (
        "void a() { new File(Places.UP).mkdirs(); new File(Places.of(id)).mkdirs(); }\n"
        "Path p; Shelf(BoxProperties box) { p = Paths.get(box.getPlace()); Files.createDirectories(p); }\n"
        "void keep(String where, byte[] b) { Files.write(Paths.get(where, name), b); }\n"
    )
    files = {
        "src/main/java/shop/Places.java": 'class Places { static final String UP = "up"; static String of(int i) '
        '{ return "of/" + i; } }',
        "src/main/java/shop/BoxProperties.java": '@ConfigurationProperties("box")\nclass BoxProperties '
        '{ private String place = "box-files"; String getPlace() { return place; } }',
        "src/main/java/shop/Door.java": 'class Door { void x(Shelf s) { s.keep("doors/" + id, b); } }',
    }
    assert wrote(shop(code, **files))[0] == ("up", "of", "box-files", "doors")
    assert wrote(shop(code, "box.place=elsewhere", **files))[0] == ("up", "of", "elsewhere", "doors")


def test_another_program_of_the_module_is_left_out() -> None:
    other = 'package shop;\nclass Generator { public static void main(String[] a) { new File("made").mkdirs(); } }'
    assert wrote(shop(**{"src/main/java/shop/Generator.java": other}))[0] == ()


def test_kotlin_writes_by_its_own_words() -> None:
    code = (
        'package shop\nconst val BASE = "up"\n@Service class Shelf(@Value("\\${box:boxes}") val box: String) {\n'
        'fun a(n: String) { File("$BASE/$n").writeText("x"); File(box, n).outputStream() }\n'
        'fun b() { val d = System.getenv("OUT") ?: "out"; File(d).mkdirs(); connect("jdbc:sqlite:rows/a.db") }\n}'
    )
    assert wrote(shop(**{"src/main/kotlin/shop/Shelf.kt": code})) == (("up", "boxes", "out"), "rows")


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ("spring.datasource.url=jdbc:h2:file:./data/shop;MODE=MySQL", ((), "data")),
        ("spring.datasource.url=${DB_URL:jdbc:sqlite:shop.db}", ((".",), None)),
        ("spring.datasource.url=jdbc:h2:~/shop", ((), None)),
        ("spring.datasource.url=jdbc:h2:mem:shop", ((), None)),
        ("spring.datasource.url=jdbc:postgresql://db/shop", ((), None)),
        ("logging.file.name=logs/shop.log", (("logs",), None)),
        ("logging.file.path=${LOGS:var/logs}", (("var/logs",), None)),
    ],
)
def test_folders_that_settings_name(settings: str, found: tuple[tuple[str, ...], str | None]) -> None:
    assert wrote(shop(settings=settings)) == found


LOGBACK = (
    '<configuration><property name="D" value="logs"/><springProperty name="E" source="own.logs" defaultValue="own"/>'
    '<appender name="F" class="ch.qos.logback.core.rolling.RollingFileAppender">{}</appender>'
    '<appender name="U" class="ch.qos.logback.core.FileAppender"><file>unused/x.log</file></appender>'
    '<springProfile name="dev"><appender name="F" class="ch.qos.logback.core.FileAppender"><file>d/x</file></appender>'
    '</springProfile><root><appender-ref ref="F"/></root></configuration>'
)


@pytest.mark.parametrize(
    ("body", "settings", "folders"),
    [
        ("<file>${D}/shop.log</file>", "", ("logs",)),
        ("<file>${E}/shop.log</file>", "", ("own",)),
        ("<file>${E}/shop.log</file>", "own.logs=mine", ("mine",)),
        ("<file>${LOG_PATH:-var/logs}/shop.log</file>", "", ("var/logs",)),
        ("<rollingPolicy><fileNamePattern>${D}/shop-%d.log</fileNamePattern></rollingPolicy>", "", ("logs",)),
        ("<file>${NOBODY_SAYS}/shop.log</file>", "", ()),
        ("<file>/var/tmp/shop.log</file>", "", ()),
        # A configuration of its own that does not ask for it.
        ("<file>${D}/shop.log</file>", "logging.file.name=others/x.log", ("logs",)),
    ],
)
def test_folders_that_logback_writes_to(body: str, settings: str, folders: tuple[str, ...]) -> None:
    files = shop(settings=settings, **{"src/main/resources/logback-spring.xml": LOGBACK.format(body)})
    assert wrote(files)[0] == folders


def test_log4j_is_read_where_it_is_used() -> None:
    log4j2 = (
        '<Configuration><Properties><Property name="d">logs</Property></Properties><Appenders>'
        '<RollingFile name="F" fileName="${d}/x.log"/></Appenders><Loggers><Root><AppenderRef ref="F"/></Root>'
        "</Loggers></Configuration>"
    )
    files = {"src/main/resources/log4j2.xml": log4j2}
    assert wrote(shop(**files))[0] == ()
    assert wrote({**boot(WEB, "spring-boot-starter-log4j2"), **files})[0] == ("logs",)
    old = "log4j.appender.F=org.apache.log4j.FileAppender\nlog4j.appender.F.File=logs/x.log\n"
    web = pom(f"<dependencies>{dependency('log4j:log4j:1.2.17')}</dependencies>", "war")
    assert wrote({"pom.xml": web, "src/main/webapp/a.jsp": "", "src/main/resources/log4j.properties": old})[0] == (
        "logs",
    )


def test_a_war_writes_beside_tomcat_or_into_its_pages() -> None:
    code = (
        'class Up { String d = "pics"; void a(HttpServletRequest r) { new File("notes").mkdirs();\n'
        'new File(r.getServletContext().getRealPath("") + File.separator + d).mkdir(); } }'
    )
    found = inspect(**{"pom.xml": pom("", "war"), "src/main/webapp/a.jsp": "", "src/main/java/Up.java": code})
    spec = found.services[0].spec
    assert spec.writable == ("notes", "src/main/webapp/pics")
    dockerfile = render(spec).dockerfile
    assert "/usr/local/tomcat/notes /usr/local/tomcat/webapps/ROOT/pics" in dockerfile


@pytest.mark.parametrize("path", ['"" + name', 'r.getServletContext().getRealPath("") + name'])
def test_no_folder_with_tomcat_or_the_application_becomes_a_volume(path: str) -> None:
    """A volume there would keep the application of the first image."""
    code = f"class Up {{ void a(HttpServletRequest r, String name) {{ new FileOutputStream({path}); }} }}"
    files = {"pom.xml": pom("", "war"), "src/main/webapp/a.jsp": "", "src/main/java/Up.java": code}
    made = generate(files, compose=True).files
    own = "/usr/local/tomcat/logs /usr/local/tomcat/temp /usr/local/tomcat/work"
    assert f"install -d -o 10001 -g 10001 {own}\n" in made["Dockerfile"]
    mounted = [line.strip() for line in made["compose.yaml"].splitlines() if "/usr/local/tomcat" in line]
    assert mounted == [f'- "/usr/local/tomcat/{name}mode=1777"' for name in ("logs:", "temp:exec,", "work:")]


def test_tomcat_writes_its_logs_uploads_and_compiled_pages_to_volumes() -> None:
    found = inspect(**{"pom.xml": pom("", "war"), "src/main/webapp/a.jsp": ""})
    own = '["/usr/local/tomcat/logs", "/usr/local/tomcat/temp", "/usr/local/tomcat/work"]'
    assert f"VOLUME {own}\n" in render(found.services[0].spec).dockerfile


def test_what_lies_outside_of_the_tree() -> None:
    code = 'void a() { new File("/var/pics/x").mkdirs(); new File("/app/own").mkdirs(); }'
    found = inspect(**shop(code)).services[0]
    assert (found.spec.writable, found.spec.volumes) == (("own",), ())
    assert any("/var/pics/x, which does not exist in the image" in note.text for note in found.notes)
    docker = {"Dockerfile": "FROM eclipse-temurin:17\nVOLUME /var/pics\nCMD java -jar x.jar\n"}
    assert only(**shop(code), **docker).volumes == ("/var/pics",)


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("jdbc:sqlite:shop.db", "."),
        ("jdbc:sqlite::memory:", None),
        ("jdbc:sqlite:", None),
        ("jdbc:h2:./a/b/shop;AUTO_SERVER=TRUE", "./a/b"),
        ("jdbc:h2:tcp://x/shop", None),
        ("jdbc:hsqldb:file:data/shop", "data"),
        ("jdbc:hsqldb:hsql://x/shop", None),
        ("jdbc:derby:shop;create=true", "."),
        ("jdbc:mysql://x/shop", None),
    ],
)
def test_the_folder_of_a_database_that_is_a_file(url: str, folder: str | None) -> None:
    assert database_folder(url) == folder


def test_settings_that_stand_for_each_other_end() -> None:
    text = "a=${b}\nb=${a}\nc=${d:${e:x}}/y\n"
    folder = Project(Tree(MemorySource({"src/main/resources/application.properties": text.encode()})), "")
    assert expand(folder, "${a}") is None
    assert expand(folder, "${c}") == "x/y"
