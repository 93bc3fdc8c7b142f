"""What packages of the tree that a Python service is installed with mean for it: databases, variables, settings."""

from typing import Any

import yaml

import genfile

ROOT = '[tool.uv.workspace]\nmembers = ["apps/*", "libs/*"]\n'
LOCK = """
version = 1
requires-python = ">=3.12"

[[package]]
name = "api"
version = "1"
source = { editable = "apps/api" }
dependencies = [{ name = "core" }, { name = "fastapi" }, { name = "uvicorn" }]

[[package]]
name = "core"
version = "1"
source = { editable = "libs/core" }
dependencies = [{ name = "asyncpg" }, { name = "pydantic-settings" }]
"""
BUILD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
API = f"""
{BUILD}
[project]
name = "api"
version = "1"
requires-python = ">=3.12"
dependencies = ["core", "fastapi", "uvicorn"]

[tool.uv.sources]
core = {{ workspace = true }}
"""
CORE = f"""
{BUILD}
[project]
name = "core"
version = "1"
requires-python = ">=3.12"
dependencies = ["asyncpg", "pydantic-settings"]

[project.optional-dependencies]
cache = ["redis"]
"""
SETTINGS = """
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    database_url: str = "postgresql://localhost/shop"
    mail_key: str

class KafkaSettings(BaseSettings):
    kafka_token: str

settings = Settings()
"""
TREE = {
    "pyproject.toml": ROOT,
    "uv.lock": LOCK,
    "apps/api/pyproject.toml": API,
    "apps/api/main.py": "from core.config import settings\nfrom fastapi import FastAPI\napp = FastAPI()\n",
    "libs/core/pyproject.toml": CORE,
    "libs/core/src/core/__init__.py": "",
    "libs/core/src/core/config.py": SETTINGS,
    "libs/core/src/core/queue.py": 'import os\nTOKEN = os.environ["QUEUE_TOKEN"]\n',
}


def service(files: dict[str, str], path: str = "apps/api") -> Any:
    return next(item.spec for item in genfile.inspect(files).services if item.spec.path == path)


def names(spec: Any) -> set[str]:
    return {item.name for item in spec.environment}


def required(spec: Any) -> set[str]:
    return {item.name for item in spec.environment if item.required}


def test_a_members_database_and_settings_are_the_services() -> None:
    found = service(TREE)
    assert found.backing_services == ("postgres",)
    assert [(item.variable, item.service) for item in found.connections] == [("DATABASE_URL", "postgres")]
    assert required(found) == {"MAIL_KEY"}
    text = genfile.generate(TREE, compose=True).files["compose.yaml"]
    listed = yaml.safe_load(text)["services"]
    assert listed["api"]["environment"]["DATABASE_URL"] == "postgresql://app:development@postgres:5432/shop"
    assert "MAIL_KEY" in listed["api"]["environment"]


def test_the_same_without_a_lockfile() -> None:
    found = service({name: text for name, text in TREE.items() if name != "uv.lock"})
    assert found.backing_services == ("postgres",)
    assert required(found) == {"MAIL_KEY"}


def test_what_the_service_does_not_load_of_a_member_is_none_of_its_own() -> None:
    found = service(TREE)
    # Another module of the library; a settings class that nothing creates an object of.
    assert "QUEUE_TOKEN" not in names(found)
    assert "KAFKA_TOKEN" not in required(found)


def test_what_a_members_package_loads_with_the_module_counts() -> None:
    found = service(TREE | {"libs/core/src/core/__init__.py": "from . import queue\n"})
    assert required(found) == {"MAIL_KEY", "QUEUE_TOKEN"}


def test_an_extra_of_a_member_counts_where_it_is_asked_for() -> None:
    code = f"{SETTINGS}\nimport os\nCACHE = os.getenv('REDIS_URL')\n"
    asked = TREE | {
        "apps/api/pyproject.toml": API.replace('["core",', '["core[cache]",'),
        "libs/core/src/core/config.py": code,
    }
    assert service(asked).backing_services == ("postgres", "redis")
    assert service(asked | {"apps/api/pyproject.toml": API}).backing_services == ("postgres",)


def test_a_member_that_the_service_does_not_depend_on_is_none_of_its_own() -> None:
    api = API.replace('"core", ', "").replace("core = { workspace = true }", "")
    lock = LOCK.replace('{ name = "core" }, ', "")
    main = "from fastapi import FastAPI\napp = FastAPI()\n"
    found = service(TREE | {"apps/api/pyproject.toml": api, "apps/api/main.py": main, "uv.lock": lock})
    assert found.backing_services == ()
    assert "MAIL_KEY" not in names(found)


def test_the_services_own_module_of_the_name_comes_first() -> None:
    own = {
        "apps/api/core/__init__.py": "",
        "apps/api/core/config.py": "settings = None\n",
    }
    assert "MAIL_KEY" not in names(service(TREE | own))


def test_a_path_dependency_of_poetry() -> None:
    lock = """
[[package]]
name = "core"
version = "1"
develop = true

[package.dependencies]
asyncpg = "*"

[package.source]
type = "directory"
url = "libs/core"

[metadata]
lock-version = "2.1"
python-versions = "^3.12"
"""
    manifest = """
[tool.poetry]
name = "api"
version = "1"
package-mode = false

[tool.poetry.dependencies]
python = "^3.12"
fastapi = "*"
uvicorn = "*"
core = { path = "libs/core", develop = true }
"""
    kept = {name: text for name, text in TREE.items() if name.startswith("libs/")}
    main = {"pyproject.toml": manifest, "poetry.lock": lock, "main.py": TREE["apps/api/main.py"]}
    found = service(kept | main, ".")
    assert found.backing_services == ("postgres",)
    assert required(found) == {"MAIL_KEY"}


def test_a_folder_in_the_requirements() -> None:
    kept = {name: text for name, text in TREE.items() if name.startswith("libs/")}
    main = {"requirements.txt": "fastapi\nuvicorn\n-e ./libs/core\n", "main.py": TREE["apps/api/main.py"]}
    found = service(kept | main, ".")
    assert found.backing_services == ("postgres",)
    assert required(found) == {"MAIL_KEY"}
