"""What the project's own Dockerfile gives to variables that Python code reads, and engines that need an address."""

from typing import Any

import pytest
import yaml

import genfile

REQUIREMENTS = "fastapi\nuvicorn\nsqlalchemy\n"
MAIN = "from db import engine\nfrom fastapi import FastAPI\napp = FastAPI()\n"
CONFIG = 'import os\nDATABASE_URL = os.getenv("DATABASE_URL")\n'
ENGINE = "from sqlalchemy import create_engine\nfrom config import DATABASE_URL\nengine = create_engine(DATABASE_URL)\n"
TREE = {"requirements.txt": REQUIREMENTS, "main.py": MAIN, "config.py": CONFIG, "db.py": ENGINE}
DOCKERFILE = (
    'FROM python:3.12\nWORKDIR /app\n{}COPY . .\nRUN pip install -r requirements.txt\nCMD ["uvicorn", "main:app"]\n'
)


def variable(files: dict[str, str], name: str = "DATABASE_URL") -> Any:
    spec = genfile.inspect(files).services[0].spec
    return next((item for item in spec.environment if item.name == name and item.phase == "run"), None)


def with_env(*lines: str, **files: str) -> dict[str, str]:
    return TREE | {"Dockerfile": DOCKERFILE.format("".join(f"ENV {line}\n" for line in lines))} | files


def test_an_engine_without_an_address_does_not_start() -> None:
    assert variable(TREE).required
    asynchronous = ENGINE.replace(
        "sqlalchemy import create_engine", "sqlalchemy.ext.asyncio import create_async_engine"
    )
    asynchronous = asynchronous.replace("= create_engine", "= create_async_engine")
    assert variable(TREE | {"db.py": asynchronous}).required
    keyword = ENGINE.replace("create_engine(DATABASE_URL)", "create_engine(url=DATABASE_URL, echo=True)")
    assert variable(TREE | {"db.py": keyword}).required


@pytest.mark.parametrize(
    "files",
    [
        {"config.py": 'import os\nDATABASE_URL = os.getenv("DATABASE_URL", "sqlite:////data/x.db")\n'},
        {"config.py": 'import os\nDATABASE_URL = os.getenv("DATABASE_URL") or "sqlite:////data/x.db"\n'},
        {"db.py": ENGINE.replace("engine = ", "engine = None\nif DATABASE_URL:\n    engine = ")},
        {"db.py": ENGINE.replace("(DATABASE_URL)", "(DATABASE_URL) if DATABASE_URL else None")},
        {"db.py": ENGINE.replace("engine = ", "engine = None\ndef connect():\n    return ")},
        {"config.py": f'{CONFIG}if not DATABASE_URL:\n    DATABASE_URL = "sqlite:////data/x.db"\n'},
        {
            "config.py": "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n"
            "    database_url: str | None = None\n    @property\n    def url(self):\n"
            "        if self.database_url:\n            return self.database_url\n        return 'sqlite:////data/x.db'\n"
            "settings = Settings()\nDATABASE_URL = settings.url\n"
        },
        {
            "config.py": "import os\ndef url():\n    if 'DATABASE_URL' in os.environ:\n"
            "        return os.getenv('DATABASE_URL')\n    return 'sqlite:////data/x.db'\nDATABASE_URL = url()\n"
        },
    ],
)
def test_an_engine_that_may_do_without_is_no_reason(files: dict[str, str]) -> None:
    assert not variable(TREE | files).required


def test_the_database_of_the_projects_dockerfile_is_the_default_and_kept() -> None:
    found = variable(with_env('DATABASE_URL="sqlite:///shop.db"'))
    assert (found.value, found.required, found.secret) == ("sqlite:///data/shop.db", False, False)
    files = genfile.generate(with_env('DATABASE_URL="sqlite:///shop.db"'), compose=True).files
    assert "DATABASE_URL=sqlite:///data/shop.db" in files["Dockerfile"]
    services = yaml.safe_load(files["compose.yaml"])["services"]
    assert any(item.endswith(":/app/data") for item in next(iter(services.values()))["volumes"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("sqlite:////app/state/shop.db", "sqlite:///state/shop.db"),
        ("sqlite+aiosqlite:///./state/shop.db?timeout=5", "sqlite+aiosqlite:///state/shop.db?timeout=5"),
        ("sqlite:////var/lib/shop/shop.db", "sqlite:////var/lib/shop/shop.db"),
        ("postgresql://shop:secret@db/shop", None),
        ("sqlite://", None),
    ],
)
def test_addresses_of_databases(given: str, expected: str | None) -> None:
    found = variable(with_env(f"DATABASE_URL={given}"))
    assert found.value == expected
    assert found.required is (expected is None)


def test_a_database_in_the_tree_stays_where_it_is() -> None:
    files = with_env("DATABASE_URL=sqlite:///shop.db", **{"shop.db": "x"})
    assert variable(files).value == "sqlite:///shop.db"
    texts = [note.text for note in genfile.inspect(files).services[0].notes]
    assert any("shop.db lies beside the code" in text for text in texts)


READS = f'{CONFIG}A = os.environ["A"]\nB = os.getenv("B", "own")\nSECRET_KEY = os.environ["SECRET_KEY"]\n'
READS += 'API_HOST = os.environ["API_HOST"]\nBASE = os.environ["BASE_URL"]\nDEBUG = os.environ["FLASK_DEBUG"]\n'
READS += 'DIR = os.environ["DIR"]\nMAX_TOKENS = os.environ["MAX_TOKENS"]\n'


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("A=12", "A", "12"),
        ("MAX_TOKENS=4096", "MAX_TOKENS", "4096"),
        ("BASE_URL=https://api.example.com/v1", "BASE_URL", "https://api.example.com/v1"),
        # The code's own default; secrets; other containers; what makes it less secure; a path of another image.
        ("B=other", "B", None),
        ("SECRET_KEY=abc", "SECRET_KEY", None),
        ("API_HOST=backend", "API_HOST", None),
        ("BASE_URL=http://backend:8000", "BASE_URL", None),
        ("BASE_URL=https://me:secret@api.example.com", "BASE_URL", None),
        ("DIR=/srv/data", "DIR", None),
        ("A=$UNKNOWN", "A", None),
        ("A=", "A", None),
    ],
)
def test_which_values_are_defaults(line: str, name: str, value: str | None) -> None:
    found = variable(with_env(line, **{"config.py": READS}), name)
    assert found.value == value
    assert found.required is (value is None and name != "B")


def test_only_the_last_stage_counts() -> None:
    text = "FROM python:3.12 AS build\nENV A=12\nCOPY . /app\n" + DOCKERFILE.format("")
    assert variable(TREE | {"Dockerfile": text, "config.py": READS}, "A").value is None


def test_a_settings_field_without_a_default() -> None:
    code = "from pydantic_settings import BaseSettings as Base\nclass Settings(Base):\n    region: str\n"
    config = f"{CONFIG}{code}    zone: str = 'b'\nsettings = Settings()\n"
    files = with_env("REGION=eu ZONE=a", **{"config.py": config})
    assert (variable(files, "REGION").value, variable(files, "REGION").required) == ("eu", False)
    assert variable(files, "ZONE").value is None
