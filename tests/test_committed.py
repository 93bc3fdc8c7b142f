"""What looks like a secret is sent to the builder where version control has it and something reads it; else never."""

import json
from typing import Any

import pytest

import genfile
from genfile.dockerfile.ignore import read_ignore
from tests.conftest import PROJECTS

VITE = {
    "package.json": json.dumps({"name": "x", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}),
    "index.html": "<script type=module src=/x.js></script>",
    "x.js": "",
}
FLASK = {"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
READS = 'open("keys/jwt.pem")\n'


def sent(files: dict[str, str], path: str) -> bool:
    """Whether the ignore file that is made lets a path through."""
    made = genfile.generate(files)
    text = next(text for name, text in made.files.items() if name.endswith(".dockerignore"))
    return not read_ignore(text).excludes(path)


@pytest.mark.parametrize(
    ("name", "ignored", "through"),
    [
        (".env.production", "node_modules\n", True),
        (".env.production", ".env.production\n", False),
        (".env.production", ".env*\n", False),
        (".env", "node_modules\n", True),
        (".env", ".env\n", False),
        # Nobody says what is in version control.
        (".env", None, False),
        (".env.local", "node_modules\n", True),
        (".env.production.local", "node_modules\n", True),
        (".env.local", "*.local\n", False),
        (".env.local", None, False),
        # The build for production does not read it.
        (".env.development.local", "node_modules\n", False),
    ],
)
def test_the_public_settings_of_a_front_end(name: str, ignored: str | None, through: bool) -> None:
    files = {**VITE, name: "VITE_A=1\n", **({".gitignore": ignored} if ignored is not None else {})}
    assert sent(files, name) is through


@pytest.mark.parametrize(
    ("code", "ignored", "through"),
    [
        (READS, "*.log\n", True),
        (READS, "*.pem\n", False),
        (READS, "keys/\n", False),
        (READS, "*.pem\n!keys/jwt.pem\n", True),
        ("", "*.log\n", False),
        (READS, None, False),
    ],
)
def test_a_key_that_the_code_names(code: str, ignored: str | None, through: bool) -> None:
    files = {**FLASK, "app.py": FLASK["app.py"] + code, "keys/jwt.pem": "x\n"}
    files |= {".gitignore": ignored} if ignored is not None else {}
    assert sent(files, "keys/jwt.pem") is through
    assert not sent(files, "keys/other.pem")


def test_what_is_on_the_class_path() -> None:
    pom = (
        "<project><modelVersion>4.0.0</modelVersion><parent><groupId>org.springframework.boot</groupId><artifactId>"
        "spring-boot-starter-parent</artifactId><version>3.5.6</version></parent><groupId>g</groupId><artifactId>a"
        "</artifactId><version>1</version><dependencies><dependency><groupId>org.springframework.boot</groupId>"
        "<artifactId>spring-boot-starter-web</artifactId></dependency></dependencies><build><plugins><plugin>"
        "<groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins>"
        "</build></project>"
    )
    main = """package g;
@SpringBootApplication
public class A { public static void main(String[] a) { SpringApplication.run(A.class, a); } }
"""
    key, own = "src/main/resources/keys/public.pem", "src/main/resources/own.jks"
    files: dict[str, Any] = {"pom.xml": pom, "src/main/java/g/A.java": main, key: "x", own: "x"}
    files |= {".gitignore": "own.jks\n", "deploy/tls.key": "x"}
    assert sent(files, key)
    assert not sent(files, own)
    assert not sent(files, "deploy/tls.key")


def test_the_settings_of_a_front_end_below_a_server() -> None:
    files = {f"web/{name}": text for name, text in VITE.items()}
    files |= {**FLASK, "web/.env.production": "VITE_A=1\n", ".env.production": "TOKEN=1\n", ".gitignore": "x\n"}
    files["app.py"] += "app.static_folder = 'web/dist'\n"
    made = genfile.generate(files)
    for name, text in made.files.items():
        if name.endswith(".dockerignore") and "web" not in name:
            assert read_ignore(text).excludes(".env.production")


CONNECTS = 'import sqlite3\nsqlite3.connect("shop.sqlite3")\n'


@pytest.mark.parametrize(
    ("ignored", "code", "through"),
    [
        ("venv\n", CONNECTS, True),
        # Nobody says what is in version control, and what it has are tables and rows.
        (None, CONNECTS, True),
        ("*.sqlite3\n", CONNECTS, False),
        ("venv\n", "", False),
    ],
)
def test_a_database_of_the_tree_that_the_program_opens(ignored: str | None, code: str, through: bool) -> None:
    files = FLASK | {"shop.sqlite3": "", "app.py": FLASK["app.py"] + code}
    files |= {".gitignore": ignored} if ignored is not None else {}
    assert sent(files, "shop.sqlite3") is through
    assert not sent(files, "other.sqlite3")
    text = genfile.generate(files).files["Dockerfile"]
    # The program's user may change it.
    assert ("chown 10001:10001 /app/shop.sqlite3" in text) is through


def test_the_database_of_a_django_project() -> None:
    settings = """from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "x"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
"""
    files = {
        "requirements.txt": "django\ngunicorn\n",
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
        "shop/__init__.py": "",
        "shop/settings.py": settings,
        "shop/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
        "db.sqlite3": "",
        ".gitignore": "venv\n",
    }
    assert sent(files, "db.sqlite3")
    assert "chown 10001:10001 /app/db.sqlite3" in genfile.generate(files).files["Dockerfile"]
    assert not sent({**files, ".gitignore": "db.sqlite3\n"}, "db.sqlite3")


@pytest.mark.parametrize(
    ("embedded", "path", "through"),
    [
        ("certs/ca.pem", "certs/ca.pem", True),
        ("certs/*", "certs/ca.pem", True),
        ("all:certs", "certs/deep/ca.pem", True),
        ("data", "data/golden.out", True),
        ("data/*.txt", "certs/ca.pem", False),
    ],
)
def test_what_go_embeds_is_sent_whatever_its_name(embedded: str, path: str, through: bool) -> None:
    """Nobody says what is in version control: what is embedded is a part of the program all the same."""
    go = f'package main\nimport (_ "embed"; "net/http")\n//go:embed {embedded}\nvar data string\n'
    go += 'func main() { http.ListenAndServe(":8080", nil) }\n'
    assert sent({"go.mod": "module x\n\ngo 1.25\n", "main.go": go, path: "x\n"}, path) is through


@pytest.mark.parametrize("ignored", ["dist\n", None])
def test_what_a_developer_has_built_is_not_merged_into_what_the_image_builds(ignored: str | None) -> None:
    project = PROJECTS / "go-embedded-ui"
    files = {path.relative_to(project).as_posix(): path.read_text() for path in project.rglob("*") if path.is_file()}
    files |= {"ui/.gitignore": ignored, "ui/dist/assets/old.js": ""} if ignored else {}
    assert not sent(files, "ui/dist/assets/old.js")


def warned(env: str, ignored: str = "*.log\n") -> list[str]:
    files = {**VITE, ".env.production": env, ".gitignore": ignored}
    return [note.text for note in genfile.generate(files).notes if "the build gets this file" in note.text]


def test_secrets_in_a_file_that_the_build_gets_are_told_once() -> None:
    (text,) = warned("VITE_A=1\nDB_PASSWORD=x\nSMTP_PASSWORD=y\n")
    assert "with DB_PASSWORD and 1 more" in text
    assert not warned("VITE_A=1\nDB_PASSWORD=\n")
    assert not warned("DB_PASSWORD=x\n", ".env*\n")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({".gitignore": "keys/\n"}, "keys/jwt.pem is not in version control, so the image doesn't have it: mount it"),
        ({}, "keys/jwt.pem looks like a secret, so it stays out of the image: mount it"),
        ({".gitignore": "*.log\n"}, None),
        ({".gitignore": "keys/\n", "app.py": FLASK["app.py"], "vite.config.ts": READS}, None),
        ({".gitignore": "keys/\n", "app.py": FLASK["app.py"], "compose.yaml": "x: keys/jwt.pem\n"}, None),
    ],
)
def test_a_key_that_the_program_reads_and_no_image_has_is_told_of(files: dict[str, str], told: str | None) -> None:
    made = genfile.generate({**FLASK, "app.py": FLASK["app.py"] + READS, "keys/jwt.pem": "x", **files})
    texts = [note.text for service, _ in made.services for note in service.notes if "keys/jwt.pem" in note.text]
    assert [text.partition(" into the container")[0] for text in texts] == ([told] if told else [])


def test_a_private_key_that_go_code_reads_is_not_copied() -> None:
    reads = 'os.ReadFile("certs/tls.key"); http.ListenAndServe(":80", nil)'
    code = f'package main\nimport ("net/http"; "os")\nfunc main() {{ {reads} }}\n'
    tree = {"go.mod": "module x\ngo 1.27\n", "main.go": code, "certs/tls.key": "x", ".gitignore": "*.key\n"}
    made = genfile.generate(tree)
    assert "tls.key" not in made.files["Dockerfile"]
    assert any("mount it into the container" in note.text for service, _ in made.services for note in service.notes)
    assert "COPY --link certs/tls.key" in genfile.generate({**tree, ".gitignore": "*.log\n"}).files["Dockerfile"]


def test_no_private_key_is_copied_however_many_there_are() -> None:
    names = [f"certs/{number}.key" for number in range(6)]
    reads = "".join(f'os.ReadFile("{name}"); ' for name in names)
    code = f'package main\nimport ("net/http"; "os")\nfunc main() {{ {reads}http.ListenAndServe(":80", nil) }}\n'
    tree = {"go.mod": "module x\ngo 1.27\n", "main.go": code, ".gitignore": "*.key\n", **dict.fromkeys(names, "x")}
    assert "certs" not in genfile.generate(tree).files["Dockerfile"]
