"""Which variables a program is told its databases by, and in what form: compose gives it no other."""

import json
from typing import Any

import pytest
import yaml

import genfile
from genfile.data import backing_services
from genfile.spec.base import plain
from tests.conftest import PROJECTS
from tests.test_traps import only

FLASK = "from flask import Flask\napp = Flask(__name__)\n"
GO_MOD = "module x\n\ngo 1.25\n\nrequire {} v1.0.0\n"
GO = 'package main\nimport ("net/http"; "os"; _ "{}")\nfunc main() {{\n\t{}\n\thttp.ListenAndServe(":8080", nil)\n}}\n'


def environment(files: dict[str, str], **given: Any) -> dict[str, Any]:
    """What compose gives the first service of a tree."""
    text = genfile.generate(files, compose=True, **given).files["compose.yaml"]
    services = yaml.safe_load(text)["services"]
    found: dict[str, Any] = next(iter(services.values())).get("environment", {})
    return found


def python(code: str, *requirements: str, **files: str) -> dict[str, Any]:
    listed = "".join(f"{name}\n" for name in ("flask", "gunicorn", *requirements))
    return environment({"requirements.txt": listed, "app.py": f"import os\n{FLASK}{code}\n", **files})


def node(code: str, *dependencies: str, **files: str) -> dict[str, Any]:
    manifest = {
        "name": "x",
        "scripts": {"start": "node x.js"},
        "dependencies": dict.fromkeys(("express", *dependencies), "1"),
    }
    code = f'const app = require("express")();\n{code}\napp.listen(process.env.PORT || 3000);\n'
    return environment({"package.json": json.dumps(manifest), "x.js": code, **files})


def go(code: str, module: str) -> dict[str, Any]:
    return environment({"go.mod": GO_MOD.format(module), "go.sum": "", "main.go": GO.format(module, code)})


SERVER = "app:development@postgres:5432"
POSTGRES = f"{SERVER}/app"


@pytest.mark.parametrize(
    ("code", "requirements", "expected"),
    [
        ('u = os.environ["DATABASE_URL"]', ["sqlalchemy", "asyncpg"], f"postgresql+asyncpg://{POSTGRES}"),
        ('u = os.environ["DATABASE_URL"]', ["asyncpg"], f"postgresql://{POSTGRES}"),
        ('u = os.environ["DATABASE_URL"]', ["sqlalchemy", "psycopg2-binary"], f"postgresql+psycopg2://{POSTGRES}"),
        ('u = os.environ["DATABASE_URL"]', ["sqlalchemy", "psycopg"], f"postgresql+psycopg://{POSTGRES}"),
        ('u = os.environ["DATABASE_URL"]', ["flask-sqlalchemy", "pymysql"], "mysql+pymysql://app:development@mysql:3306/app"),
        ('u = os.getenv("DATABASE_URL", "postgres://localhost/x")', ["sqlalchemy", "asyncpg"], f"postgres://{SERVER}/x"),
        # A file is only what it falls back to.
        ('u = os.getenv("DATABASE_URL", "sqlite:///x.db")', ["sqlalchemy", "asyncpg"], f"postgresql+asyncpg://{POSTGRES}"),
    ],
)  # fmt: skip
def test_the_drivers_and_the_default_say_the_form(code: str, requirements: list[str], expected: str) -> None:
    assert python(code, *requirements)["DATABASE_URL"] == expected


PIECES = {"PGHOST": "postgres", "PGPORT": "5432", "PGUSER": "app", "PGPASSWORD": "development", "PGDATABASE": "app"}


@pytest.mark.parametrize(
    ("code", "bare"),
    [
        ("import psycopg\ndb = psycopg.connect()", True),
        ("import psycopg\ndb = psycopg.connect('', autocommit=True)", True),
        ("from psycopg2.pool import ThreadedConnectionPool\npool = ThreadedConnectionPool(1, 9)", True),
        ("import psycopg\ndb = psycopg.connect('dbname=shop host=db')", False),
        ("import psycopg\ndb = psycopg.connect(host=settings.host)", False),
        ("import psycopg\ndb = psycopg.connect(**settings)", False),
        ("import psycopg\ndb = psycopg.connect(settings.url)", False),
        ("import psycopg", False),
    ],
)
def test_a_client_without_an_address_reads_its_own_variables(code: str, bare: bool) -> None:
    assert python(code, "psycopg") == (PIECES if bare else {})


def test_clients_of_node_and_go_without_an_address() -> None:
    assert node('const { Pool } = require("pg");\nconst db = new Pool({ max: 9 });', "pg") == PIECES
    assert node('const pg = require("pg");\nconst db = new pg.Client();', "pg") == PIECES
    assert node('const { Pool } = require("pg");\nconst db = new Pool({ host: h });', "pg") == {}
    assert node('const { Pool } = require("pg");\nconst db = new Pool(settings);', "pg") == {}
    assert go('sql.Open("postgres", "")', "github.com/lib/pq") == PIECES
    assert "PGHOST" not in go('sql.Open("postgres", dsn)', "github.com/lib/pq")


def test_an_address_in_the_code_leaves_no_use_for_variables() -> None:
    code = "import psycopg\ndb = psycopg.connect('postgresql://me@localhost:5432/shop')"
    assert python(code, "psycopg") == {}
    cache = 'import redis\nsettings = Settings("redis_url")\n'
    assert python(f"{cache}{code}", "psycopg", "redis") == {"REDIS_URL": "redis://redis:6379/0"}


def test_the_default_of_a_variable_says_that_it_is_the_databases() -> None:
    words = "host = localhost user=me password=secret dbname=shop port=5432 sslmode=disable"
    keyed = "host={} user=app password=development dbname=shop port=5432 sslmode=disable".format
    found = go(f'settings.GetString("MIGRATE_STRING", "{words}")', "github.com/jackc/pgx/v5")
    assert found["MIGRATE_STRING"] == keyed("postgres")
    found = python('x = os.getenv("STORE", "postgres://me@localhost/shop")', "psycopg")
    assert found["STORE"] == f"postgres://{SERVER}/shop"
    # A test's own, a page, and what an example says of a variable that no code reads.
    assert python('x = os.getenv("TEST_STORE", "postgres://me@localhost/shop")', "psycopg")["TEST_STORE"] is None
    assert python('x = os.getenv("PAGE", "http://localhost/shop")', "elasticsearch")["PAGE"] is None


def test_a_helper_of_go_in_another_package_reads_the_variable() -> None:
    helper = 'package settings\n\nimport "os"\n\nfunc Text(key, otherwise string) string {\n\tvalue := os.Getenv(key)\n'
    helper += '\tif value == "" {\n\t\treturn otherwise\n\t}\n\treturn value\n}\n'
    main = GO.format(
        "github.com/lib/pq", 'settings.Text("STORE", "postgres://me@localhost/shop"); settings.Text("MODE", "x")'
    )
    files = {"go.mod": GO_MOD.format("github.com/lib/pq"), "go.sum": "", "settings/settings.go": helper}
    found = environment({**files, "main.go": main.replace('"os";', '"x/settings";')})
    assert found == {"STORE": f"postgres://{SERVER}/shop"}


def test_the_usual_variable_is_not_added_to_one_of_an_example() -> None:
    example = {".env.example": "MONGO_HOST=mongodb://localhost:27017/x\n"}
    assert python("h = find('mongo_host')", "pymongo", **example) == {"MONGO_HOST": "mongodb://mongodb:27017/x"}


@pytest.mark.parametrize(
    ("files", "kept"),
    [
        ({".env": "store=sqlite3\n", ".gitignore": "x\n"}, False),
        ({".env.example": "STORE_KIND=mysql\n"}, False),
        ({".env.example": "STORE_KIND=postgres\n"}, True),
        ({".env.example": "STORE_KIND=sqlite3\nDB_HOST=db\n"}, True),
        # A file that only one machine has says nothing.
        ({".env": "store=sqlite3\n", ".gitignore": ".env\n"}, True),
    ],
)
def test_a_driver_beside_settings_of_another_database(files: dict[str, str], kept: bool) -> None:
    code = GO.format("github.com/lib/pq", 'gorm.Open(os.Getenv("store"), os.Getenv("dsn"))')
    tree = {"go.mod": GO_MOD.format("github.com/lib/pq"), "go.sum": "", "main.go": code, **files}
    (service,) = genfile.inspect(tree).services
    assert list(service.spec.backing_services) == (["postgres"] if kept else [])


def test_a_setting_adds_a_database_with_its_usual_variable() -> None:
    assert python("") == {}
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": FLASK}
    assert environment(files, settings={"backing_services": ["redis"]}) == {"REDIS_URL": "redis://redis:6379/0"}


@pytest.mark.parametrize("name", ["DATABASE_URL", "database_url", "database.url", "databaseUrl"])
def test_the_usual_variable_is_for_a_program_with_a_word_for_it(name: str) -> None:
    usual = {"DATABASE_URL": "mysql://app:development@mysql:3306/app"}
    assert python(f'import pymysql\nurl = find("{name}")', "pymysql") == usual
    assert python("import pymysql\nurl = find('my_database_urls')", "pymysql") == {}


def test_frameworks_with_variables_of_their_own() -> None:
    assert node("", "@medusajs/medusa", "pg")["DATABASE_URL"] == f"postgresql://{POSTGRES}?ssl_mode=disable"


def test_celery_reads_its_broker_where_no_code_names_it() -> None:
    broker, backend = "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND"
    assert python("", "celery[redis]") == {broker: "redis://redis:6379/0"}
    found = python("", "celery[redis]", "pika")
    assert found == {broker: "amqp://guest:guest@rabbitmq:5672/", backend: "redis://redis:6379/0"}
    assert python('u = os.environ["REDIS_URL"]', "celery[redis]") == {"REDIS_URL": "redis://redis:6379/0"}


def test_spring_is_not_given_what_overrides_the_variable_of_the_project() -> None:
    pom = (PROJECTS / "java-spring-maven" / "pom.xml").read_text()
    settings = "spring.datasource.url=${SHOP_DB_URL}\n"
    main = "package a; class A { public static void main(String[] a) { SpringApplication.run(A.class, a); } }"
    files = {"pom.xml": pom, "src/main/java/a/A.java": main, "src/main/resources/application.properties": settings}
    found = environment(files)
    assert found["SHOP_DB_URL"] == "jdbc:postgresql://postgres:5432/app"
    assert found["SPRING_DATASOURCE_USERNAME"] == "app"
    assert "SPRING_DATASOURCE_URL" not in found
    pieces = "spring.datasource.url=jdbc:postgresql://${SHOP_DB_HOST}/${SHOP_DB_NAME}?ssl=false\n"
    found = environment({**files, "src/main/resources/application.properties": pieces})
    assert (found["SHOP_DB_HOST"], found["SHOP_DB_NAME"]) == ("postgres", "app")
    assert "SPRING_DATASOURCE_URL" not in found
    alone = "spring.datasource.url=jdbc:postgresql://localhost/shop\nshop.user=${SHOP_DB_USER}\n"
    found = environment({**files, "src/main/resources/application.properties": alone})
    assert found["SPRING_DATASOURCE_URL"] == "jdbc:postgresql://postgres:5432/shop"


def test_pieces_of_an_address_are_given_one_by_one() -> None:
    names = ("POSTGRES_DB", "PGUSER", "DB_PASS", "SHOP_DB_HOST", "DBPORT")
    found = python("".join(f'{name} = os.environ["{name}"]\n' for name in names), "psycopg")
    assert [found.pop(name) for name in names] == ["app", "app", "development", "postgres", "5432"]
    assert found == {}


def test_a_program_with_two_connections_to_one_database() -> None:
    names = ("DB_DSN_PRIMARY", "DB_DSN_READONLY")
    found = python("".join(f'{name} = os.environ["{name}"]\n' for name in names), "psycopg")
    assert found == dict.fromkeys(names, f"postgresql://{POSTGRES}")


def test_neo4j_is_told_by_its_address_and_who_asks() -> None:
    names = ("NEO4J_URI", "NEO4J_AUTH_USER", "NEO4J_AUTH_PASS")
    found = python("".join(f'{name} = os.environ["{name}"]\n' for name in names), "neo4j")
    assert [found[name] for name in names] == ["neo4j://neo4j:7687", "neo4j", "development"]


def test_dj_database_url_reads_a_variable_of_its_own() -> None:
    found = python("import dj_database_url\ndb = dj_database_url.config()", "psycopg", "dj-database-url")
    assert found == {"DATABASE_URL": f"postgresql://{POSTGRES}"}


def test_what_is_not_of_the_database_is_not_given() -> None:
    names = ("TEST_DATABASE_URL", "DB_POOL_SIZE", "SERVICE_NAME", "APP_HOST")
    found = python("".join(f'{name} = os.environ.get("{name}")\n' for name in names), "psycopg")
    assert [found[name] for name in names] == [None] * 4


def test_a_name_that_leads_elsewhere_is_left_alone() -> None:
    assert python('x = os.getenv("DATABASE_URL", "https://api.example.org/db")', "psycopg")["DATABASE_URL"] is None


def test_pydantic_and_examples_say_names_and_forms() -> None:
    files = {
        "requirements.txt": "fastapi\nuvicorn\nsqlalchemy\nasyncpg\npsycopg2\npydantic-settings\n",
        "main.py": "from fastapi import FastAPI\nfrom pydantic_settings import BaseSettings\n"
        "class Settings(BaseSettings):\n    database_dsn: str\napp = FastAPI()\n",
        ".env.example": "DATABASE_DSN=postgresql+psycopg2://me:secret@localhost:5432/me\n",
    }
    found = environment(files)
    assert found["DATABASE_DSN"] == f"postgresql+psycopg2://{SERVER}/me"


def test_celery_takes_the_broker_that_is_there() -> None:
    code = 'b = os.getenv("CELERY_BROKER_URL")\nr = os.getenv("CELERY_RESULT_BACKEND", "redis://localhost:6379/1")'
    assert python(code, "celery[redis]")["CELERY_BROKER_URL"] == "redis://redis:6379/0"
    found = python(code, "celery[redis]", "pika")
    assert found["CELERY_BROKER_URL"] == "amqp://guest:guest@rabbitmq:5672/"
    assert found["CELERY_RESULT_BACKEND"] == "redis://redis:6379/1"


def test_django_is_told_its_engine() -> None:
    files = {
        "requirements.txt": "django\npsycopg\ngunicorn\n",
        "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "s.settings")\n',
        "s/__init__.py": "",
        "s/settings.py": """
import os
DATABASES = {
    "default": {
        "ENGINE": os.environ.get("DB_ENGINE", "django.db.backends.sqlite3"),
        "HOST": os.environ.get("DB_HOST"),
    }
}
WSGI_APPLICATION = "s.wsgi.application"
""",
        "s/wsgi.py": "application = None\n",
    }
    found = environment(files)
    assert found["DB_ENGINE"] == "django.db.backends.postgresql"
    assert found["DB_HOST"] == "postgres"
    assert "DATABASE_URL" not in found


def test_node_reads_pieces_urls_and_what_nest_is_asked_for() -> None:
    code = """
        const a = config.getOrThrow("DATABASE_HOST"), b = config.get("DATABASE_PORT", "5432");
        connect(process.env.REDIS_URI || "redis://localhost:6379");
    """
    found = node(code, "pg", "redis")
    assert found == {"DATABASE_HOST": "postgres", "DATABASE_PORT": "5432", "REDIS_URI": "redis://redis:6379"}


URL = "mongodb://mongodb:27017/app"


@pytest.mark.parametrize(
    ("address", "given"),
    [
        ("process.env.MONGODB", {"MONGODB": URL}),
        ("MONGODB", {"MONGODB": URL}),
        ("process.env.SHOP", {"SHOP": URL}),
        ('"mongodb://mongodb/" + process.env.MONGODB', {"MONGODB": "app"}),
        ("`mongodb://mongodb/${process.env.MONGODB}`", {"MONGODB": "app"}),
        ("process.env.SHOP, { dbName: process.env.MONGODB }", {"SHOP": URL, "MONGODB": "app"}),
    ],
)  # fmt: skip
def test_what_a_client_is_given_is_its_whole_address(address: str, given: dict[str, str]) -> None:
    code = 'const { MONGODB } = require("./keys");\nconst mongoose = require("mongoose");\n'
    code += f"mongoose.connect({address});"
    keys = "const MONGODB = process.env.MONGODB;\nmodule.exports = { MONGODB };\n"
    found = node(code, "mongoose", **{"keys.js": keys})
    assert {name: found.get(name) for name in given} == given


def test_the_database_of_prismas_schema() -> None:
    schema = """
        generator client { provider = "prisma-client-js" }
        datasource db {
          provider = "mysql"
          url       = env("SHOP_DATABASE_URL")
          directUrl = env("DIRECT_URL")
        }
    """
    found = node("", "@prisma/client", **{"prisma/schema.prisma": schema})
    assert found["SHOP_DATABASE_URL"] == "mysql://app:development@mysql:3306/app"
    assert found["DIRECT_URL"] == found["SHOP_DATABASE_URL"]


VIPER = """v := viper.New(); v.SetDefault("db.host", "localhost"); v.SetDefault("db.port", 5432)
	v.SetEnvPrefix("SHOP"); v.SetEnvKeyReplacer(strings.NewReplacer(".", "_")); v.AutomaticEnv(); v.Unmarshal(&c)"""


def test_keys_of_viper_are_variables() -> None:
    found = go(VIPER, "github.com/lib/pq")
    assert (found["SHOP_DB_HOST"], found["SHOP_DB_PORT"]) == ("postgres", "5432")
    assert "SHOP_DB_HOST" not in go(VIPER.replace("v.AutomaticEnv(); ", ""), "github.com/lib/pq")
    code = VIPER.replace(
        'v.SetDefault("db.host", "localhost"); v.SetDefault("db.port", 5432)', 'v.SetConfigName("config")'
    )
    files = {
        "go.mod": GO_MOD.format("github.com/lib/pq"),
        "go.sum": "",
        "main.go": GO.format("github.com/lib/pq", code),
    }
    found = environment({**files, "config.yaml": "db:\n  host: localhost\n  name: shop\nport: 8080\n"})
    assert (found["SHOP_DB_HOST"], found["SHOP_DB_NAME"]) == ("postgres", "shop")
    assert "SHOP_PORT" not in found


def test_go_speaks_its_drivers_own_form() -> None:
    assert (
        go('os.Getenv("DATABASE_URL")', "github.com/lib/pq")["DATABASE_URL"] == f"postgres://{POSTGRES}?sslmode=disable"
    )
    mysql = go('os.Getenv("DSN_URL"); os.Getenv("MYSQL_DSN")', "github.com/go-sql-driver/mysql")
    assert mysql["MYSQL_DSN"] == "app:development@tcp(mysql:3306)/app?parseTime=true"
    redis = go('getEnv("REDIS_ADDR", "localhost:6379")', "github.com/redis/go-redis/v9")
    assert redis["REDIS_ADDR"] == "redis:6379"


POM = """<project><modelVersion>4.0.0</modelVersion><parent><groupId>org.springframework.boot</groupId>
<artifactId>spring-boot-starter-parent</artifactId><version>3.5.6</version></parent><groupId>g</groupId><artifactId>shop</artifactId>
<version>1</version><dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId>
</dependency><dependency><groupId>org.postgresql</groupId><artifactId>{}</artifactId></dependency></dependencies></project>"""
MAIN = """package g;
@SpringBootApplication
public class Shop { public static void main(String[] a) { SpringApplication.run(Shop.class, a); } }
"""


def test_spring_has_variables_of_its_own() -> None:
    files = {"pom.xml": POM.format("postgresql"), "src/main/java/g/Shop.java": MAIN}
    found = environment(files)
    assert found["SPRING_DATASOURCE_URL"] == "jdbc:postgresql://postgres:5432/app"
    assert found["SPRING_DATASOURCE_PASSWORD"] == "development"
    assert "DATABASE_URL" not in found
    reactive = environment(files | {"pom.xml": POM.format("r2dbc-postgresql")})
    assert reactive["SPRING_R2DBC_URL"] == "r2dbc:postgresql://postgres:5432/app"


def test_every_form_of_the_data_leads_somewhere() -> None:
    for service in backing_services().values():
        for form in (service.url, *(item["url"] for item in service.forms)):
            filled = service.fill(form, "h")
            assert "{" not in filled
            assert "h" in filled


def test_the_release_runs_first_and_workers_with_the_service() -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\npsycopg\nalembic\n",
        "app.py": FLASK,
        "Procfile": "web: gunicorn app:app\nworker: python worker.py\nrelease: alembic upgrade head\n"
        "db-seed: python seed.py\n",
        "seed.py": "print()\n",
        "worker.py": "print()\n",
    }
    text = genfile.generate(files, compose=True).files["compose.yaml"]
    services = yaml.safe_load(text)["services"]
    web, release, worker = (
        services[next(key for key in services if key.endswith(end))] for end in ("app", "-release", "-worker")
    )
    assert [item["condition"] for item in web["depends_on"].values()] == [
        "service_healthy",
        "service_completed_successfully",
    ]
    assert release["depends_on"].keys() == {"postgres"}
    assert "profiles" not in release
    assert "profiles" not in worker
    assert services["app-db-seed"]["profiles"] == ["tools"]
    assert "docker compose run --rm app-db-seed" in text
    # Compose names the images after the project: another one may have a service of this name.
    assert all("image" not in item for item in (web, release, worker))
    assert web["build"] == release["build"] == worker["build"] == "."
    assert worker["depends_on"] == web["depends_on"]
    assert release["healthcheck"] == {"disable": True}
    assert worker["healthcheck"]["test"] == ["CMD", "true"]


def test_build_secrets_and_arguments_come_from_outside() -> None:
    manifest = {"name": "x", "scripts": {"start": "node x.js"}, "dependencies": {"express": "5"}}
    files = {
        "package.json": json.dumps(manifest),
        "x.js": 'require("express")().listen(3000);\n',
        ".npmrc": "//npm.example.org/:_authToken=${NPM_TOKEN}\n",
    }
    text = genfile.generate(files, compose=True).files["compose.yaml"]
    document = yaml.safe_load(text)
    assert "# Set these in .env or the shell first: NPM_TOKEN\n" in text
    assert document["services"]["x"]["build"]["secrets"] == ["npm_token"]
    assert document["secrets"] == {"npm_token": {"environment": "NPM_TOKEN"}}


def test_no_two_services_are_published_at_one_port_of_the_host() -> None:
    """The ports inside of the containers stay; of the host, what a service asks for is kept for it."""
    files: dict[str, str] = {}
    for name, port in (("api", 3000), ("web", 3000), ("admin", 3001), ("zoo", 3000)):
        manifest = {"name": name, "scripts": {"start": "node x.js"}, "dependencies": {"express": "5"}}
        files |= {f"{name}/package.json": json.dumps(manifest), f"{name}/x.js": f'require("express")().listen({port})'}
    text = genfile.generate(files, compose=True).files["compose.yaml"]
    services = yaml.safe_load(text)["services"]
    assert {name: service["ports"] for name, service in services.items()} == {
        "admin": ["127.0.0.1:3001:3001"],
        "api": ["127.0.0.1:3000:3000"],
        "web": ["127.0.0.1:3002:3000"],
        "zoo": ["127.0.0.1:3003:3000"],
    }
    assert text.count("# api already uses port 3000.\n") == 2


def test_the_head_names_what_may_be_set() -> None:
    text = environment_text({".env.example": "SESSION_SECRET=\n"})
    assert "# Optional, passed on if set in .env or the shell: SESSION_SECRET\n" in text
    assert "and others below" in environment_text({".env.example": "".join(f"A{n}=\n" for n in range(9))})


def environment_text(files: dict[str, str]) -> str:
    manifest = {"name": "x", "scripts": {"start": "node x.js"}, "dependencies": {"express": "5"}}
    files = {"package.json": json.dumps(manifest), "x.js": 'require("express")().listen(3000);\n', **files}
    return genfile.generate(files, compose=True).files["compose.yaml"]


def test_what_the_code_reads_is_handed_on() -> None:
    code = "verify(x, process.env.JWT_SECRET); mail(process.env.MAIL_FROM);"
    assert node(code) == {"JWT_SECRET": None, "MAIL_FROM": None}


GETS = 'func getEnv(k, d string) string { if v := os.Getenv(k); v != "" { return v }; return d }'


@pytest.mark.parametrize(
    ("name", "default", "listed"),
    [
        ("LOG_LEVEL", '"info"', False),
        ("LIMIT", "20", False),
        # Empty, an address on another machine, a secret that is none.
        ("MAIL_FROM", '""', True),
        ("MAIL_HOST", '"mail"', True),
        ("MAIL", '"localhost"', True),
        ("PAGE_URL", '"http://localhost:3000"', True),
        ("JWT_SECRET", '"change-me"', True),
    ],
)
def test_what_the_code_has_a_value_for_is_not_listed(name: str, default: str, listed: bool) -> None:
    expected: dict[str, None] = {name: None} if listed else {}
    assert python(f'x = os.getenv("{name}", {default})') == expected
    assert node(f"const x = process.env.{name} || {default};") == expected
    text = default if '"' in default else f'"{default}"'
    main = GO.format("github.com/lib/pq", f'getEnv("{name}", {text})') + GETS
    found = environment({"go.mod": GO_MOD.format("github.com/lib/pq"), "go.sum": "", "main.go": main})
    assert {key: value for key, value in found.items() if key == name} == expected
    settings = {"src/main/resources/application.yml": f"shop.value: ${{{name}:{default.strip(chr(34))}}}\n"}
    found = environment({"pom.xml": POM.format("postgresql"), "src/main/java/g/Shop.java": MAIN, **settings})
    assert {key: value for key, value in found.items() if key == name} == expected


@pytest.mark.parametrize(
    ("code", "host"),
    [
        (
            "const { Sequelize } = require('sequelize');\nnew Sequelize('a', 'b', 'c', { dialect: 'mysql', HOST });",
            "mysql",
        ),
        ("module.exports = { type: 'postgres', HOST };", "postgres"),
        ("require('knex')({ client: 'mysql2', connection: { HOST } });", "mysql"),
        # It names none: the first of them.
        ("connect({ HOST });", "postgres"),
    ],
)
def test_the_code_decides_between_two_drivers(code: str, host: str) -> None:
    code = code.replace("HOST", "host: process.env.DB_HOST")
    made = node(code, "pg", "mysql2")
    assert made["DB_HOST"] == host


def test_variables_are_known_by_the_option_that_they_are_given_to() -> None:
    code = (
        "const { USER, PASSWORD, HOST, STORE } = process.env;\nconst { Client } = require('pg');\n"
        "new Client({ user: USER, password: PASSWORD, host: HOST, port: process.env.PORT, database: STORE });"
    )
    made = node(code, "pg")
    assert {name: made[name] for name in ("USER", "PASSWORD", "HOST", "STORE")} == {
        "USER": "app",
        "PASSWORD": "development",
        "HOST": "postgres",
        "STORE": "app",
    }
    # The program itself listens there.
    assert made.get("PORT") is None
    assert "DATABASE_URL" not in made


BOTH = "require (\n\tgithub.com/lib/pq v1.0.0\n\tgithub.com/go-sql-driver/mysql v1.0.0{}\n)\n"
SERVES = 'package main\nimport ("net/http"; "os"{})\nfunc main() {{ {}; http.ListenAndServe(":8080", nil) }}\n'


@pytest.mark.parametrize(
    ("imports", "comment", "expected"),
    [
        ('; _ "github.com/go-sql-driver/mysql"', "", "mysql"),
        ('; _ "github.com/lib/pq"', " // indirect", "postgres"),
        # Where both are there, a name for any database leads to the first, and the other is not started.
        ('; _ "github.com/lib/pq"; _ "github.com/go-sql-driver/mysql"', "", "postgres"),
    ],
)
def test_a_program_of_go_opens_the_databases_that_it_imports(imports: str, comment: str, expected: str) -> None:
    module = f"module x\n\ngo 1.25\n\n{BOTH.format(comment)}"
    files = {"go.mod": module, "go.sum": "", "main.go": SERVES.format(imports, 'os.Getenv("DB_HOST")')}
    (service,) = genfile.inspect(files).services
    assert [(item.variable, item.service) for item in service.spec.connections] == [("DB_HOST", expected)]
    assert list(service.spec.backing_services) == [expected]


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        ('; _ "github.com/jinzhu/gorm/dialects/sqlite"', []),
        ('; _ "github.com/mattn/go-sqlite3"', []),
        ('; _ "modernc.org/sqlite/lib"', []),
        ('; _ "github.com/mattn/go-sqlite3"; _ "github.com/lib/pq"', ["postgres"]),
        # Something else may open it, such as a library; a store of another kind says nothing of that.
        ("", ["postgres"]),
        ('; _ "go.etcd.io/bbolt"', ["postgres"]),
    ],
)
def test_a_program_of_go_that_opens_sqlite_needs_no_driver_of_others(imports: str, expected: list[str]) -> None:
    needs = "require github.com/lib/pq v1.0.0 // indirect\n"
    main = SERVES.format(imports, 'os.Getenv("DB_HOST")')
    (service,) = genfile.inspect({"go.mod": f"module x\n\ngo 1.25\n\n{needs}", "go.sum": "", "main.go": main}).services
    assert list(service.spec.backing_services) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, []),
        # Words of those who develop it, and a comment, are not the program's.
        ({"scripts/posts.py": "topics = ['MongoDB']\n", "docker-compose.yml": "# no mongo yet\nservices: {}\n"}, []),
        ({"about.go": "package main\n// not with mongodb yet\n"}, []),
        ({f"pages/{at}.go": "package pages\n" for at in range(450)}, []),
        ({".env.example": "STORE_URL=mongodb://localhost/shop\n"}, ["mongodb"]),
        ({"config/app.yaml": "store: mongodb\n"}, ["mongodb"]),
        ({"store.go": 'package main\nconst kind = "mongodb"\n'}, ["mongodb"]),
    ],
)
def test_a_driver_that_a_library_brings_is_no_database_of_a_program_of_go(
    more: dict[str, str], expected: list[str]
) -> None:
    # gin itself requires it, for one of its formats.
    needs = "require github.com/gin-gonic/gin v1.12.0\nrequire go.mongodb.org/mongo-driver/v2 v2.5.0 // indirect\n"
    files = {"go.mod": f"module x\n\ngo 1.25\n\n{needs}", "go.sum": "", "main.go": SERVES.format("", "")}
    (service,) = genfile.inspect(files | more).services
    assert list(service.spec.backing_services) == expected


def test_a_value_of_a_variable_decides_between_two_drivers() -> None:
    code = 'kind = os.getenv("DB_DRIVER", "mysql")\nurl = os.environ["DB_DSN"]\n'
    found = python(code, "psycopg", "pymysql")
    assert (found["DB_DRIVER"], found["DB_DSN"]) == ("mysql", "mysql://app:development@mysql:3306/app")
    both = python(f'{code}other = os.environ["POSTGRES_HOST"]\n', "psycopg", "pymysql")
    assert (both["DB_DRIVER"], both["POSTGRES_HOST"]) == ("mysql", "postgres")


def test_the_address_of_springs_source_decides_between_two_drivers() -> None:
    driver = "<dependency><groupId>com.mysql</groupId><artifactId>mysql-connector-j</artifactId></dependency>"
    pom = POM.format("postgresql").replace("</dependencies>", f"{driver}</dependencies>")
    files = {"pom.xml": pom, "src/main/java/g/Shop.java": MAIN}
    for kind, host in (("mysql", "mysql"), ("postgresql", "postgres")):
        settings = {"src/main/resources/application.yml": f"spring.datasource.url: jdbc:{kind}://10.0.0.7/shop\n"}
        found = environment(files | settings)["SPRING_DATASOURCE_URL"]
        assert found == f"jdbc:{kind}://{host}:{5432 if host == 'postgres' else 3306}/shop"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('p = os.getenv("REDIS_PASSWORD", "secret")', ""),
        # Without one in the code, the program sends none.
        ('p = os.getenv("REDIS_PASSWORD")', None),
    ],
)
def test_a_server_without_a_password_gets_none(code: str, expected: str | None) -> None:
    found = python(f'import redis\nh = os.environ["REDIS_HOST"]\n{code}', "redis")
    assert found == {"REDIS_HOST": "redis", "REDIS_PASSWORD": expected}


BROKERS = "".join(
    f"<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-{name}</artifactId></dependency>"
    for name in ("data-redis", "amqp")
)


def test_what_the_settings_tell_another_server_is_overridden() -> None:
    pom = POM.format("postgresql").replace("</dependencies>", f"{BROKERS}</dependencies>")
    files = {"pom.xml": pom, "src/main/java/g/Shop.java": MAIN}
    plain = environment(files)
    assert {name for name in plain if "REDIS" in name or "RABBIT" in name} == {
        "SPRING_DATA_REDIS_HOST",
        "SPRING_RABBITMQ_HOST",
    }
    settings = """spring:
  data.redis: {host: 10.0.0.7, port: 6380, password: secret}
  rabbitmq:
    host: 10.0.0.7
    username: ${BROKER_USER:root}
    password: secret
    virtual-host: shop
  flyway:
    url: jdbc:postgresql://10.0.0.7/shop
"""
    found = environment({**files, "src/main/resources/application.yml": settings})
    assert "secret" not in str(found)
    assert {name: text for name, text in found.items() if name not in plain} == {
        "SPRING_DATA_REDIS_PORT": "6379",
        "SPRING_DATA_REDIS_PASSWORD": "",
        "SPRING_RABBITMQ_PASSWORD": "guest",
        "SPRING_RABBITMQ_VIRTUALHOST": "/",
        "SPRING_FLYWAY_URL": "jdbc:postgresql://postgres:5432/app",
    }


@pytest.mark.parametrize(
    ("name", "code", "given"),
    [
        ("DB_HOST", "x = 1", False),
        ("DB_HOST", "h = find('DB_HOST')", True),
        ("DB_HOST", "h = settings['db.host']", True),
        ("DB_HOST", "h = find('TEST_DB_HOST')", False),
        ("DB_HOST", "h = find('DB_HOSTS')", False),
        # The prefix is a library's.
        ("SHOP_DB_HOST", "h = settings.db_host", True),
        ("DB_HOST", "h = settings.host", False),
        # The client itself reads it.
        ("PGHOST", "x = 1", True),
    ],
)
@pytest.mark.parametrize("file", [".env.example", "compose.yaml"])
def test_an_example_alone_does_not_give_a_variable(file: str, name: str, code: str, given: bool) -> None:
    text = (
        f"{name}=db\n"
        if file == ".env.example"
        else f"services:\n  x:\n    build: .\n    environment: {{{name}: db}}\n"
    )
    files = {"requirements.txt": "flask\ngunicorn\npsycopg\n", "app.py": f"import psycopg\n{FLASK}{code}\n", file: text}
    (service,) = genfile.inspect(files).services
    assert [item.variable for item in service.spec.connections] == ([name] if given else [])


def test_a_name_of_another_database_is_not_for_any() -> None:
    assert python('x = os.environ.get("MONGODB_DB_NAME")', "psycopg")["MONGODB_DB_NAME"] is None


def test_kafka_tells_its_clients_where_to_go_on() -> None:
    files = {"requirements.txt": "flask\ngunicorn\naiokafka\n", "app.py": f"import aiokafka\n{FLASK}"}
    text = genfile.generate(files, compose=True).files["compose.yaml"]
    server = yaml.safe_load(text)["services"]["kafka"]
    assert server["environment"]["KAFKA_ADVERTISED_LISTENERS"] == "PLAINTEXT://kafka:9092"
    assert server["volumes"] == [f"kafka-data:{server['environment']['KAFKA_LOG_DIRS']}"]


@pytest.mark.parametrize(
    ("packages", "added"),
    [
        (["pymysql"], ["cryptography"]),
        (["aiomysql", "pymysql"], ["cryptography"]),
        (["pymysql", "cryptography"], []),
        (["pymysql[rsa]"], []),
        (["mysqlclient"], []),
        # Brought by another package.
        (["pymysql", "pyopenssl"], []),
        (["psycopg"], []),
    ],
)
def test_pymysql_gets_what_it_logs_in_with(packages: list[str], added: list[str]) -> None:
    listed = "".join(f"{name}\n" for name in ("flask", "gunicorn", *packages))
    code = f'import os\n{FLASK}url = os.environ["DATABASE_URL"]\n'
    (service,) = genfile.inspect({"requirements.txt": listed, "app.py": code}).services
    assert list(plain(service.spec)["extra_packages"]) == added
    told = "requirements.txt:3 (pymysql): pymysql needs cryptography to log in to mysql, and it is not in your"
    assert any(told in note.text for note in service.notes) is (packages == ["pymysql"])


@pytest.mark.parametrize("scheme", ["psql", "pgsql", "postgis", "postgres"])
def test_a_scheme_of_djangos_addresses_is_that_of_its_database(scheme: str) -> None:
    manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
    address = f"{scheme}://me:word@127.0.0.1:5438/shop"
    settings = f"from shop.env import env\nDATABASES = {{'default': env.db('SHOP_DB', default='{address}')}}\n"
    files = {
        "requirements.txt": "django==5.2\ndjango-environ\npsycopg2\n",
        "manage.py": manage,
        "shop/__init__.py": "",
        "shop/env.py": "import environ\nenv = environ.Env()\n",
        "shop/settings.py": settings,
        "shop/wsgi.py": "application = get_wsgi_application()\n",
    }
    [item] = only(**files).connections
    assert (item.variable, item.service, item.form.partition(":")[0]) == ("SHOP_DB", "postgres", scheme)
