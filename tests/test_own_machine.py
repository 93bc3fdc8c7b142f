"""An address of a database that the code writes out leads to the container itself."""

import pytest
import yaml

import genfile
from tests.test_python import DJANGO, FLASK, notes
from tests.test_traps import package

DICT = 'DATABASES = {{"default": {{\n    "ENGINE": "django.db.backends.postgresql",\n    "HOST": {},\n}}}}\n'


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ('URL = "postgresql://me:secret@localhost:5432/x"\n', True),
        ('URL = "postgresql+psycopg2://127.0.0.1/x"\n', True),
        ('# URL = "postgresql://localhost/x"\n', False),
        ('URL = "postgresql://db:5432/x"\n', False),
        ('URL = "postgresql://localhost.example.org/x"\n', False),
        ('import os\nURL = os.getenv(\n    "URL",\n    "postgresql://localhost/x",\n)\n', False),
        ('import os\nURL = os.environ["DATABASE_URL"] or "x"\n\n\nOTHER = "postgresql://localhost/x"\n', False),
        ('import os\nLOCAL = "postgresql://localhost/x"\n\n\nURL = os.environ.get("DB_URL")\n', False),
        ('URL = "host=localhost user=me dbname=x"\n', True),
        ('URL = "dbname=x host=db user=me"\n', False),
        ('URL = "user=me dbname=x password=secret"\n', True),
        ('URL = "user=me dbname=x " + "host=" + NAME\n', False),
        ('URL = "dbname=x service=shop user=me"\n', False),
        ('import os\nURL = "user=me dbname=" + os.environ["NAME"] + " password=secret"\n', False),
        ('STORE = ("localhost:5432", "me")\n', True),
        ('STORE = ("localhost:6379", "me")\n', False),
        ('PAGE = "http://localhost/x"\n', False),
    ],
)
def test_an_address_of_this_machine_is_told_of(code: str, told: bool) -> None:
    files = {"requirements.txt": "flask\ngunicorn\npsycopg2-binary\n", "app.py": FLASK + code}
    found = notes(**files)
    assert ("the address of postgres is hard-coded to this machine" in found) is told
    assert "secret" not in found


@pytest.mark.parametrize(("host", "told"), [('"localhost"', True), ('os.environ["DB_HOST"]', False), ('"db"', False)])
def test_the_host_of_djangos_settings(host: str, told: bool) -> None:
    files = {
        "requirements.txt": "django\ngunicorn\npsycopg\n",
        "shop/settings.py": "import os\n\n\n" + DICT.format(host),
    }
    assert ("the address of postgres is hard-coded to this machine" in notes(**DJANGO | files)) is told


@pytest.mark.parametrize(
    ("settings", "code", "told"),
    [
        ("store: postgres://me:secret@localhost:5432/x\ncache: localhost:6379\n", "", ["postgres", "redis"]),
        ("store: postgres://me:secret@db:5432/x\ncache: localhost:80\n", "", []),
        ("# store: postgres://localhost/x\nstore: postgres://${USER}@localhost/x\n", "", []),
        ("store: postgres://localhost/x\n", "viper.AutomaticEnv()", []),
    ],
)
def test_the_settings_that_a_program_of_go_opens(settings: str, code: str, told: list[str]) -> None:
    needs = "require (\n\tgithub.com/lib/pq v1.0.0\n\tgithub.com/redis/go-redis/v9 v9.0.0\n)\n"
    main = f"""package main

import (
	"net/http"
	"os"

	_ "github.com/lib/pq"
	_ "github.com/redis/go-redis/v9"
)

func main() {{
	os.ReadFile("settings/shop.yml")
	{code}
	http.ListenAndServe(":8080", nil)
}}
"""
    files = {"go.mod": f"module x\n\ngo 1.25\n\n{needs}", "go.sum": "", "main.go": main, "settings/shop.yml": settings}
    (service,) = genfile.inspect(files).services
    texts = [note.text for note in service.notes if "is hard-coded to this machine" in note.text]
    assert [name for name in ("postgres", "redis") if any(f"the address of {name} " in text for text in texts)] == told
    assert bool(service.spec.connections) is bool(code)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ('redis.NewClient(&redis.Options{Addr: "localhost:6379"})', ["redis"]),
        ('redis.NewClient(&redis.Options{\n\t\tAddr: "127.0.0.1:6379",\n\t})', ["redis"]),
        ('sql.Open("postgres", "user=me dbname=x password=y")', ["postgres"]),
        ('sql.Open("postgres", "user=me dbname=x password=y host=db")', []),
        ('redis.NewClient(&redis.Options{Addr: "store:6379"})', []),
        ('redis.NewClient(&redis.Options{Addr: "localhost:7000"})', []),
        ('redis.NewClient(&redis.Options{Addr: *flag.String("redis", "localhost:6379", "")})', []),
        ('address := os.Getenv("CACHE_ADDR")\n\tother("localhost:6379", address)', []),
    ],
)
def test_the_constants_of_a_program_of_go(code: str, told: list[str]) -> None:
    needs = "require (\n\tgithub.com/lib/pq v1.0.0\n\tgithub.com/redis/go-redis/v9 v9.0.0\n)\n"
    main = f"""package main

import (
	"database/sql"
	"flag"
	"net/http"
	"os"

	_ "github.com/lib/pq"
	"github.com/redis/go-redis/v9"
)

func main() {{
	{code}
	http.ListenAndServe(":8080", nil)
}}
"""
    files = {"go.mod": f"module x\n\ngo 1.25\n\n{needs}", "go.sum": "", "main.go": main}
    (service,) = genfile.inspect(files).services
    texts = [note.text for note in service.notes if "is hard-coded to this machine" in note.text]
    assert [name for name in ("postgres", "redis") if any(f"the address of {name} " in text for text in texts)] == told


@pytest.mark.parametrize(
    ("settings", "level", "text"),
    [
        ("app:\n  db:\n    host: store\n", "warning", "x.yml:3 (app.db.host): the address of postgres is in this file"),
        ("db_url: postgres://u@store/x\n", "warning", "x.yml:1 (db_url): the address of postgres is in this file"),
        ("db:\n  name: shop\n", "info", "go.mod:5 (github.com/lib/pq): found no variable with the address of postgres"),
        ("db:\n  url: https://store/x\n", "info", "go.mod:5 (github.com/lib/pq): found no variable with the"),
    ],
)
def test_a_database_that_no_variable_leads_to(settings: str, level: str, text: str) -> None:
    main = """package main

import (
	"net/http"
	"os"

	_ "github.com/lib/pq"
)

func main() {
	os.ReadFile("etc/x.yml")
	http.ListenAndServe(":8080", nil)
}
"""
    module = "module x\n\ngo 1.25\n\nrequire github.com/lib/pq v1.0.0\n"
    files = {"go.mod": module, "go.sum": "", "main.go": main, "etc/x.yml": settings}
    (service,) = genfile.inspect(files).services
    assert service.spec.backing_services == ("postgres",)
    assert service.spec.connections == ()
    found = [note for note in service.notes if " the address of " in note.text]
    assert [note.level for note in found] == [level]
    assert text in found[0].text
    assert "address of" not in str(genfile.inspect({**files, "main.go": main.replace("x.yml", "y.yml").replace(
        "http.L", 'os.Getenv("DATABASE_URL")\n\thttp.L')}).services[0].notes)  # fmt: skip


@pytest.mark.parametrize(("path", "told"), [("src/main/java/org/example", True), ("src/test/java/org/example", False)])
def test_packages_of_java_are_no_folders_of_examples(path: str, told: bool) -> None:
    pom = """<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>shop</artifactId>
<version>1</version><packaging>war</packaging><dependencies><dependency><groupId>com.mysql</groupId>
<artifactId>mysql-connector-j</artifactId><version>9.1.0</version></dependency></dependencies></project>"""
    code = 'package org.example;\nclass Store { static final String URL = "jdbc:mysql://localhost:3306/shop"; }\n'
    files = {"pom.xml": pom, "src/main/webapp/index.jsp": "", f"{path}/Store.java": code}
    (service,) = genfile.inspect(files).services
    texts = " ".join(note.text for note in service.notes)
    assert (f"{path}/Store.java:2 (localhost): the address of mysql is hard-coded" in texts) is told
    assert service.spec.connections == ()


def unit(url: str, key: str = "jakarta.persistence.jdbc.url") -> str:
    properties = f'<properties><property name="{key}" value="{url}"/></properties>'
    return f'<persistence version="3.0">\n<persistence-unit name="pu">{properties}</persistence-unit></persistence>\n'


HERE = "jdbc:postgresql://localhost:5432/shop"
HIBERNATE = (
    '<!DOCTYPE hibernate-configuration PUBLIC "-//Hibernate/Hibernate Configuration DTD 3.0//EN"\n'
    ' "http://www.hibernate.org/dtd/hibernate-configuration-3.0.dtd">\n<hibernate-configuration><session-factory>\n'
    f'<property name="hibernate.connection.url">{HERE}</property>\n</session-factory></hibernate-configuration>\n'
)
MAIN = (
    "package a;\n@org.springframework.boot.autoconfigure.SpringBootApplication\npublic class Shop {\n"
    "  public static void main(String[] a) { org.springframework.boot.SpringApplication.run(Shop.class, a); }\n}\n"
)


def spring_with(path: str, text: str, *more: str) -> tuple[bool, bool]:
    """Whether compose sets Spring's address of the database, and whether a warning tells of the unit's."""
    boot = "<groupId>org.springframework.boot</groupId><artifactId>spring-boot-{}</artifactId>"
    listed = (boot.format("starter-web"), "<groupId>org.postgresql</groupId><artifactId>postgresql</artifactId>", *more)
    pom = (
        f"<project><modelVersion>4.0.0</modelVersion><parent>{boot.format('starter-parent')}<version>3.5.0</version>"
        "</parent><groupId>a</groupId><artifactId>shop</artifactId><version>1</version><dependencies>"
        f"{''.join(f'<dependency>{item}</dependency>' for item in listed)}</dependencies><build><plugins><plugin>"
        f"{boot.format('maven-plugin')}</plugin></plugins></build></project>"
    )
    files = {"pom.xml": pom, "src/main/java/a/Shop.java": MAIN, path: text}
    found = genfile.generate(files, compose=True)
    told = any("hard-coded to this machine" in note.text for service, _ in found.services for note in service.notes)
    return "SPRING_DATASOURCE_URL" in found.files["compose.yaml"], told


UNIT = "src/main/resources/META-INF/persistence.xml"
JPA = "<groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-data-jpa</artifactId>"
OTHER = "<groupId>com.example</groupId><artifactId>example-starter-store</artifactId>"


@pytest.mark.parametrize(
    ("path", "text", "more", "wanted"),
    [
        (UNIT, unit(HERE), (), (False, True)),
        (UNIT, unit(HERE, "javax.persistence.jdbc.url"), (), (False, True)),
        ("src/main/resources/hibernate.cfg.xml", HIBERNATE, (), (False, True)),
        # Spring connects by its own settings, whatever the unit says; it may by somebody's starter.
        (UNIT, unit(HERE), (JPA,), (True, False)),
        (UNIT, unit(HERE), (OTHER,), (True, False)),
        # Another database, no address, a file of tests.
        (UNIT, unit("jdbc:h2:mem:x"), (), (True, False)),
        (UNIT, unit(HERE, "jakarta.persistence.jdbc.user"), (), (True, False)),
        ("src/test/resources/META-INF/persistence.xml", unit(HERE), (), (True, False)),
    ],
)
def test_a_persistence_unit(path: str, text: str, more: tuple[str, ...], wanted: tuple[bool, bool]) -> None:
    assert spring_with(path, text, *more) == wanted


CELERY = (
    "from celery import Celery\napp = Celery('p', broker='redis://localhost:6379/0', backend='redis://localhost/1')\n"
)


def beside(code: str, **files: str) -> tuple[str, dict[str, str]]:
    """The warnings, and the variables of the service in compose.yaml; another module has the address from outside."""
    tree = {
        "requirements.txt": "flask\ngunicorn\nredis\ncelery\n",
        "app.py": FLASK + "import tasks, cache\n",
        "cache.py": "import os, redis\nclient = redis.from_url(os.environ['REDIS_URL'])\n",
        "tasks.py": code,
        **files,
    }
    made = genfile.generate(tree, compose=True)
    told = "\n".join(note.text for note in made.notes if note.level == "warning")
    service = next(iter(yaml.safe_load(made.files["compose.yaml"])["services"].values()))
    return told, service["environment"]


def test_celery_is_led_to_the_broker_by_its_own_variable() -> None:
    told, given = beside(CELERY)
    assert "tasks.py:2 (localhost): the address of redis is hard-coded to this machine" in told
    assert "Celery takes CELERY_BROKER_URL instead" in told
    assert given["CELERY_BROKER_URL"] == "redis://redis:6379/0"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import redis\nlocks = redis.from_url('redis://localhost:6379/2')\n", True),
        ("import redis\nDEFAULT_URL = 'redis://localhost:6379/2'\n", False),
        ("import os, redis\nlocks = redis.from_url(os.environ.get('LOCKS_URL', 'redis://localhost'))\n", False),
        ("# locks = redis.from_url('redis://localhost:6379/2')\n", False),
        ("HELP = 'such as redis://localhost:6379'\n", False),
    ],
)
def test_an_address_beside_one_from_outside(code: str, told: bool) -> None:
    found, given = beside(code)
    assert ("tasks.py:2 (localhost): the address of redis is hard-coded" in found) is told
    assert given["REDIS_URL"] == "redis://redis:6379/0"


def test_an_address_beside_one_from_outside_in_node() -> None:
    files = {
        "package.json": package(dependencies={"express": "5.0.0", "ioredis": "5.4.0"}, scripts={"start": "node a.js"}),
        "a.js": "const Redis = require('ioredis');\nnew Redis(process.env.REDIS_URL);\nrequire('./locks');\n"
        "require('express')().listen(3000);\n",
        "locks.js": "const Redis = require('ioredis');\nmodule.exports = new Redis('redis://localhost:6379');\n",
    }
    assert "locks.js:2 (localhost): the address of redis is hard-coded" in notes(**files)


READS = "import os\n{} = os.environ.get('{}')\n"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SMTP_HOST", "localhost", True),
        ("LDAP_SERVER", "127.0.0.1", True),
        ("MQTT_BROKER", "mqtt://localhost", True),
        ("SMTP_HOST", "mail.example.org", False),
        ("SMTP_USER", "localhost", False),
        # A browser's address of a page, and where the program itself is.
        ("SHOP_URL", "http://localhost:3000", False),
        ("HOST", "localhost", False),
        ("APP_HOST", "localhost", False),
        # The database has its own container.
        ("POSTGRES_HOST", "localhost", False),
    ],
)
def test_an_example_of_this_machine(name: str, value: str, told: bool) -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\npsycopg\n",
        "app.py": FLASK + READS.format("VALUE", name),
        ".env.example": f"{name}={value}\n",
    }
    assert (f"{name} is localhost there" in notes(**files)) is told


def test_an_example_that_nothing_reads() -> None:
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": FLASK, ".env.example": "SMTP_HOST=localhost\n"}
    assert "localhost there" not in notes(**files)


@pytest.mark.parametrize(
    ("name", "example", "given"),
    [
        ("SMTP_HOST", "localhost", "host.docker.internal"),
        ("MQTT_BROKER", "mqtt://me@127.0.0.1:1883", "mqtt://me@host.docker.internal:1883"),
        # A host elsewhere is passed on.
        ("SMTP_HOST", "mail.example.org", None),
    ],
)
def test_compose_never_leads_a_variable_to_the_container_itself(name: str, example: str, given: str | None) -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\n",
        "app.py": FLASK + READS.format("VALUE", name),
        ".env.example": f"{name}={example}\n",
    }
    made = genfile.generate(files, compose=True).files["compose.yaml"]
    (service,) = yaml.safe_load(made)["services"].values()
    assert service["environment"][name] == given
    assert service.get("extra_hosts") == (["host.docker.internal:host-gateway"] if given else None)


def test_what_the_code_has_a_host_for_is_its_own() -> None:
    code = "import os\nHOST = os.environ.get('SMTP_HOST', 'mail.example.org')\n"
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": FLASK + code, ".env.example": "SMTP_HOST=localhost\n"}
    assert "host.docker.internal:host-gateway" in genfile.generate(files, compose=True).files["compose.yaml"]
