"""What `genfile lint` says of work that each start does again, of data that no volume keeps, and of what compose files
and defaults make of an image."""

import json
from pathlib import Path

import pytest

from genfile.cli.app import run
from tests.test_practice import NODE, found
from tests.test_practice_carried import written
from tests.test_practice_started import SITE
from tests.test_practice_weight import PYTHON, SERVED

START = SERVED.rpartition("CMD")[0]


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ('["sh", "-c", "pip install -r requirements.txt && exec gunicorn app:app"]', True),
        ('["sh", "-c", "python manage.py createsuperuser --noinput && gunicorn app:app"]', True),
        ('["sh", "-c", "python manage.py createsuperuser --noinput || true; gunicorn app:app"]', False),
        ('["sh", "-c", "python manage.py test && gunicorn app:app"]', True),
        ('["sh", "-c", "python manage.py migrate && exec gunicorn app:app"]', False),
        ('["gunicorn", "app:app"]', False),
    ],
)
def test_work_that_each_start_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, wrong: bool
) -> None:
    said = found(tmp_path, capsys, f"{START}CMD {command}\n", PYTHON)
    assert said.get("start-does-more") == (8 if wrong else None)


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ("npm run seed\nexec node server.js", True),
        ('if [ -n "$SEED" ]; then\n  npm run seed\nfi\nexec node server.js', False),
        ("# npm install\nexec node server.js", False),
    ],
)
def test_work_of_a_script(tmp_path: Path, capsys: pytest.CaptureFixture[str], lines: str, wrong: bool) -> None:
    text = 'FROM node:22-slim\nWORKDIR /app\nCOPY . .\nUSER 1\nEXPOSE 3000\nENTRYPOINT ["./start.sh"]\n'
    said = found(tmp_path, capsys, text, NODE, {"start.sh": f"#!/bin/sh\n{lines}\n"})
    assert said.get("start-does-more") == (6 if wrong else None)


UPLOADS = (
    "const express = require('express')\nconst multer = require('multer')\nconst app = express()\n"
    "const upload = multer({ dest: 'uploads/' })\napp.post('/', upload.single('a'), (req, res) => res.end())\n"
    "app.listen(3000)\n"
)
EXPRESS = {
    "package.json": json.dumps({"name": "shop", "dependencies": {"express": "^5", "multer": "^2"}}),
    "server.js": UPLOADS,
    ".dockerignore": "node_modules\n",
}
KEEPS = 'FROM node:22-slim\nWORKDIR /app\nCOPY . .\nRUN npm install\nEXPOSE 3000\nLINE\nCMD ["node", "server.js"]\n'


@pytest.mark.parametrize(
    ("line", "compose", "wrong"),
    [
        ("USER 1", "", True),
        ("VOLUME /app/uploads", "", False),
        ("USER 1", "services:\n  app:\n    build: .\n    volumes: ['files:/app/uploads']\n", False),
        ("USER 1", "services:\n  app:\n    image: shop\n    volumes: ['files:/app/uploads']\n", False),
        ("USER 1", "services:\n  app:\n    build: .\n    volumes: ['files:/files']\n", True),
    ],
)
def test_uploads_that_no_volume_keeps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, compose: str, wrong: bool
) -> None:
    files = {**EXPRESS, "compose.yaml": compose} if compose else EXPRESS
    said = found(tmp_path, capsys, KEEPS.replace("LINE", line), files)
    assert ("data-lost" in said) is wrong


@pytest.mark.parametrize(
    ("name", "body", "wrong"),
    [
        ("compose.yaml", "command: uvicorn app:app --reload", True),
        ("compose.yaml", "environment: {FLASK_DEBUG: '1'}", True),
        ("compose.yaml", "volumes: ['.:/app']", True),
        ("compose.yaml", "volumes: ['./data:/app/data']", False),
        ("compose.yaml", "volumes: ['./requirements.txt:/app/requirements.txt']", False),
        ("compose.yaml", "command: uvicorn app:app --workers 2", False),
        ("compose.dev.yaml", "command: uvicorn app:app --reload", False),
    ],
)
def test_a_compose_file_for_developers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, body: str, wrong: bool
) -> None:
    text = f"services:\n  app:\n    build: .\n    {body}\n"
    said = found(tmp_path, capsys, SERVED, PYTHON, {name: text})
    assert said.get("compose-development") == (8 if wrong else None)


def test_a_compose_file_beside_that_of_production(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = "services:\n  app:\n    build: .\n"
    others = {"compose.yaml": f"{body}    volumes: ['.:/app']\n", "compose.prod.yaml": body}
    assert "compose-development" not in found(tmp_path, capsys, SERVED, PYTHON, others)


@pytest.mark.parametrize(
    ("code", "env", "wrong"),
    [
        ("class Settings(BaseSettings):\n    DEBUG: bool = True\n", "", True),
        ("class Settings(BaseSettings):\n    DEBUG: bool = False\n", "", False),
        ("class Settings(BaseSettings):\n    DEBUG: bool = True\n", "ENV DEBUG=false\n", False),
        ("DEBUG = os.getenv('DEBUG', 'True') == 'True'\n", "", True),
        ("DEBUG = os.getenv('DEBUG', 'False') == 'True'\n", "", False),
    ],
)
def test_a_debug_mode_by_default(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, env: str, wrong: bool
) -> None:
    text = SERVED.replace("EXPOSE", f"{env}EXPOSE")
    config = f"import os\nfrom pydantic_settings import BaseSettings\n\n{code}"
    assert ("development-settings" in found(tmp_path, capsys, text, PYTHON, {"config.py": config})) is wrong


def test_the_port_of_a_server_for_development(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = json.dumps(
        {"name": "a", "scripts": {"dev": "vite", "build": "vite build"}, "devDependencies": {"vite": "7"}}
    )
    text = 'FROM node:24-slim\nWORKDIR /b\nCOPY . .\nRUN npm ci\nUSER 1\nCMD ["npm", "run", "dev"]\n'
    said = found(tmp_path, capsys, text, {**SITE, "package.json": manifest})
    assert said.get("port-undeclared") == 6


def test_a_folder_of_a_service_without_an_ignore_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SERVED.replace("COPY . .", "COPY api/ ./").replace("COPY req", "COPY api/req")
    files = {f"api/{name}": text for name, text in PYTHON.items() if not name.startswith(".")}
    run(["lint", str(written(tmp_path, {**files, "Dockerfile": text})), "--json"])
    risks = json.loads(capsys.readouterr().out)["files"][0]["risks"]
    assert [risk["line"] for risk in risks if risk["id"] == "no-dockerignore"] == [5]


DOTNET = {
    "shop.csproj": '<Project><ItemGroup><PackageReference Include="A"/></ItemGroup></Project>',
    "Program.cs": "var app = WebApplication.Create(args);\n",
    ".dockerignore": "bin\n",
}
PUBLISHED = (
    "FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build\nWORKDIR /s\nCOPY . .\nRUN dotnet restore\n"
    "RUN dotnet publish -o /out\nFROM mcr.microsoft.com/dotnet/aspnet:10.0\nCOPY --from=build /out /app\nUSER app\n"
    'CMD ["dotnet", "/app/shop.dll"]\n'
)


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("appsettings.json", '{"ConnectionStrings": {"Db": "Server=sql;User Id=sa;Password=Tulip7581$!;"}}', True),
        ("appsettings.json", '{"Jwt": {"Key": "tulips-and-daisies-7581"}}', True),
        ("appsettings.json", '{"ConnectionStrings": {"Db": "Server=localhost;Password=Tulip7581;"}}', False),
        ("appsettings.json", '{"ConnectionStrings": {"Db": "Server=sql;Password=${DB_PASSWORD};"}}', False),
        ("appsettings.json", '{"Cache": {"Key": "tulips"}}', False),
        ("appsettings.Development.json", '{"ConnectionStrings": {"Db": "Server=sql;Password=Tulip7581;"}}', False),
    ],
)
def test_settings_that_dotnet_publishes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, wrong: bool
) -> None:
    said = found(tmp_path, capsys, PUBLISHED, DOTNET, {name: text})
    assert said.get("secret-in-settings") == (7 if wrong else None)
    assert said.get("sources-before-dependencies") == 3


def test_a_connection_string_in_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = 'options.UseSqlServer("Server=sql;Database=shop;User Id=sa;Password=Tulip7581;");\n'
    assert found(tmp_path, capsys, PUBLISHED, DOTNET, {"Data.cs": code}).get("secret-in-code") == 3
    code = code.replace("=sql", "=localhost")
    assert "secret-in-code" not in found(tmp_path, capsys, PUBLISHED, DOTNET, {"Data.cs": code})


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("mongodb+srv://shop:tulip7581@cluster0.abc.mongodb.net/shop", True),
        ("mongodb+srv://user:password@cluster0.abc.mongodb.net/shop", False),
        ("postgres://postgres:tulip7581@localhost:5432/shop", False),
        ("postgres://postgres:tulip7581@db:5432/shop", False),
    ],
)
def test_an_address_with_a_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str, wrong: bool
) -> None:
    code = f"{PYTHON['app.py']}connect('{address}')\n"
    said = found(tmp_path, capsys, SERVED, {**PYTHON, "app.py": code})
    assert said.get("secret-in-code") == (5 if wrong else None)


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [("DB_HOST: db", True), ("DATABASE_HOST: db", False), ("PGHOST: db", False), ("NAME: shop", False)],
)
def test_a_host_that_nothing_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str], entry: str, wrong: bool) -> None:
    code = f"import os\n{PYTHON['app.py']}host = os.environ.get('DATABASE_HOST')\n"
    compose = f"services:\n  app:\n    build: .\n    environment:\n      {entry}\n  db:\n    image: postgres:18\n"
    said = found(tmp_path, capsys, SERVED, {**PYTHON, "app.py": code}, {"compose.yaml": compose})
    assert said.get("variable-unread") == (8 if wrong else None)


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ("JWT_SECRET: tulips-and-daisies", True),
        ("DATABASE_URL: postgres://shop:tulip7581@db/shop", True),
        ("JWT_SECRET: ${JWT_SECRET}", False),
        ("JWT_SECRET: ${JWT_SECRET:-tulips}", False),
        ("JWT_SECRET: change-me", False),
        ("TOKEN_TTL: '3600'", False),
    ],
)
def test_a_secret_in_a_compose_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], entry: str, wrong: bool
) -> None:
    compose = f"services:\n  app:\n    build: .\n    environment:\n      LOG_LEVEL: info\n      {entry}\n"
    said = found(tmp_path, capsys, SERVED, PYTHON, {"compose.yaml": compose})
    assert said.get("secret-in-compose") == (8 if wrong else None)
    said = found(tmp_path, capsys, SERVED, {**PYTHON, "compose.yaml": ""}, {"compose.dev.yaml": compose})
    assert "secret-in-compose" not in said


DJANGO = {
    "requirements.txt": "django==5.2.8\ngunicorn==23.0.0\n",
    "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    "shop/__init__.py": "",
    "shop/wsgi.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\napplication = None\n",
    "shop/settings.py": (
        "import os\nfrom pathlib import Path\nBASE_DIR = Path(__file__).resolve().parent.parent\n"
        "SECRET_KEY = os.environ['SECRET_KEY']\nINSTALLED_APPS = ['django.contrib.staticfiles']\n"
        "STATIC_URL = '/static/'\nSTATIC_ROOT = BASE_DIR / 'static'\nROOT_URLCONF = 'shop.urls'\n"
    ),
    ".dockerignore": ".git\n",
}


@pytest.mark.parametrize(
    ("step", "script", "wrong"),
    [("", "", True), ("RUN python manage.py collectstatic --noinput\n", "", False), ("", "collectstatic", False)],
)
def test_static_files_that_nothing_collects(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], step: str, script: str, wrong: bool
) -> None:
    text = SERVED.replace("EXPOSE", f"{step}EXPOSE").replace("app:app", "shop.wsgi:application")
    files = {**DJANGO, "release.sh": f"python manage.py {script}\n", "Dockerfile": text}
    run(["lint", str(written(tmp_path, files)), "--json"])
    ids = [risk["id"] for risk in json.loads(capsys.readouterr().out)["files"][0]["risks"]]
    assert ("start-does-less" in ids) is wrong


def test_a_compose_file_that_another_one_makes_fit_for_production(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "services:\n  app:\n    build: .\n    environment: {NODE_ENV: development}\n"
    others = {"compose.yaml": body, "compose.prod.yaml": "services:\n  app:\n    image: shop\n"}
    assert "compose-development" not in found(tmp_path, capsys, SERVED, PYTHON, others)


@pytest.mark.parametrize(("scripts", "wrong"), [({}, True), ({"postinstall": "node src/made.js"}, False)])
def test_sources_before_packages_of_node(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], scripts: dict[str, str], wrong: bool
) -> None:
    text = "FROM node:24-slim\nWORKDIR /b\nCOPY *.json ./\nCOPY src ./src\nRUN npm ci\nUSER 1\nCMD node src/a.js\n"
    manifest = json.dumps({"name": "a", "scripts": scripts, "dependencies": {"koa": "3"}})
    files = {**NODE, "package.json": manifest, "src/a.js": NODE["server.js"], "Dockerfile": text}
    run(["lint", str(written(tmp_path, files)), "--json"])
    ids = {risk["id"]: risk["line"] for risk in json.loads(capsys.readouterr().out)["files"][0]["risks"]}
    assert ids.get("sources-before-dependencies") == (4 if wrong else None)


def test_settings_of_a_library_are_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = KEEPS.replace("LINE", "USER 1")
    files = {**EXPRESS, ".env.production": "REDIS_URL=redis://localhost:6379\n"}
    assert "address-of-itself" not in found(tmp_path, capsys, text, files)
