"""The variables of pydantic's settings classes, and what a compose file says of them."""

from typing import Any

import pytest
import yaml

import genfile
from genfile.parsers.python import parse_python

HEAD = "from pydantic import AliasChoices, BaseModel, Field\nfrom pydantic_settings import BaseSettings\n"


def read(code: str) -> dict[str, bool]:
    """The variables of a module's settings, and whether each is required."""
    return {item.name: item.required for item in parse_python(HEAD + code).settings}


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("key: str", {"KEY": True}),
        ("key: str = 'a'", {"KEY": False}),
        ("key: str | None", {"KEY": False}),
        ("key: str = Field(...)", {"KEY": True}),
        ("key: str = Field(min_length=3)", {"KEY": True}),
        ("key: str = Field('a', min_length=1)", {"KEY": False}),
        ("key: list = Field(default_factory=list)", {"KEY": False}),
        ("key: str = Field(alias='STORE_KEY')", {"STORE_KEY": True}),
        ("key: str = Field('a', validation_alias=AliasChoices('FIRST', 'SECOND'))", {"FIRST": False}),
        ("key: str = Field(..., env='OLD_KEY')", {"OLD_KEY": True}),
        ("key: Annotated[str, Field(alias='STORE_KEY')]", {"STORE_KEY": True}),
        ("model_config = SettingsConfigDict(env_prefix='SHOP_')\n    key: str", {"SHOP_KEY": True}),
        ("model_config = {'env_prefix': 'shop_'}\n    key: str", {"SHOP_KEY": True}),
        ("class Config:\n        env_prefix = 'SHOP_'\n    key: str", {"SHOP_KEY": True}),
        ("model_config = SettingsConfigDict(env_prefix='SHOP_')\n    key: str = Field(alias='KEY')", {"KEY": True}),
        ("model_config = SettingsConfigDict(case_sensitive=True)\n    apiKey: str", {"apiKey": True}),
        # None of these is set from outside.
        ("key: ClassVar[str]\n    _own: str\n    model_config: SettingsConfigDict = {}", {}),
    ],
)
def test_variable_of_a_field(body: str, wanted: dict[str, bool]) -> None:
    assert read(f"class Settings(BaseSettings):\n    {body}\n") == wanted


def test_class_that_reads_nothing_from_outside() -> None:
    assert read("class Order(BaseModel):\n    key: str\n") == {}


NESTED = """
class Mail(BaseModel):
    host: str
    port: int = 25
"""


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("mail: Mail", {"MAIL__HOST": True, "MAIL__PORT": False}),
        ("mail: Mail | None = None", {"MAIL__HOST": False, "MAIL__PORT": False}),
        ("mail: Mail = Mail(host='localhost')", {"MAIL__HOST": False, "MAIL__PORT": False}),
    ],
)
def test_nested_fields(body: str, wanted: dict[str, bool]) -> None:
    config = "    model_config = SettingsConfigDict(env_nested_delimiter='__')\n"
    assert read(f"{NESTED}\nclass Settings(BaseSettings):\n{config}    {body}\n") == wanted


def test_nested_model_without_a_delimiter_is_one_variable() -> None:
    assert read(f"{NESTED}\nclass Settings(BaseSettings):\n    mail: Mail\n") == {"MAIL": True}


def test_fields_of_a_base_class() -> None:
    base = "class Base(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='SHOP_')\n    key: str\n"
    wanted = {"SHOP_KEY": True, "SHOP_OTHER": True}
    assert read(f"{base}\nclass Settings(Base):\n    other: str\n") == wanted
    derived = f"{base}\nclass Settings(Base):\n    key: str = 'a'\n"
    assert read(derived) == {"SHOP_KEY": False}
    # The base class is created as well, and has no default.
    assert read(f"{derived}\nbase = Base()\n") == {"SHOP_KEY": True}


def test_model_that_contains_itself_ends() -> None:
    tree = "class Node(BaseModel):\n    child: Node\n    name: str\n"
    code = f"{tree}\nclass S(BaseSettings, env_nested_delimiter='_'):\n    root: Node\n"
    assert read(code)["ROOT_CHILD_NAME"] is True


def compose(**more: str) -> Any:
    settings = f"""{HEAD}
class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")
    database_url: str
    token: str
    level: str = "info"

settings = Settings()
"""
    files = {
        "requirements.txt": "fastapi\nuvicorn\nsqlalchemy\npsycopg\npydantic-settings\n",
        "config.py": settings,
        "main.py": "from fastapi import FastAPI\nfrom config import settings\napp = FastAPI()\n",
        **more,
    }
    return yaml.safe_load(genfile.generate(files, compose=True).files["compose.yaml"])["services"]["app"]


def test_compose_sets_what_settings_need() -> None:
    found = compose()["environment"]
    assert found["SHOP_DATABASE_URL"] == "postgresql+psycopg://app:development@postgres:5432/app"
    assert found["SHOP_TOKEN"].startswith("${SHOP_TOKEN:?")
    # The settings have a level of their own.
    assert "SHOP_LEVEL" not in found
    assert not {"DATABASE_URL", "TOKEN", "LEVEL"} & found.keys()
