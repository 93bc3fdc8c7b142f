"""Which variables of a Python program are listed, and a broker that only its address shows."""

from typing import Any

import pytest
import yaml

import genfile
from genfile.detect.shared import is_secret

APP = "import os\nfrom fastapi import FastAPI\napp = FastAPI()\n"
REQUIREMENTS = "fastapi\nuvicorn\npydantic-settings\npyjwt\n"


def settings(*fields: str) -> str:
    body = "".join(f"    {field}\n" for field in fields)
    return f"from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n{body}settings = Settings()\n"


def inspected(code: str, requirements: str = REQUIREMENTS, **files: str) -> Any:
    tree = {"requirements.txt": requirements, "main.py": f"{APP}{code}\n", **files}
    return genfile.inspect(tree).services[0]


def listed(service: Any) -> list[str]:
    return [item.name for item in service.spec.environment if item.phase == "run"]


def test_of_too_many_variables_the_important_ones_stay() -> None:
    plain = [f"setting_{number}: int = {number}" for number in range(100)]
    last = ['pepper_secret: str = ""', "mail_sender: str", 'web_address: str = ""']
    found = inspected("import config", **{"config.py": settings(*plain, *last)})
    names = listed(found)
    assert {"PEPPER_SECRET", "MAIL_SENDER", "WEB_ADDRESS"} <= set(names)
    # What stays is in the order of the code.
    assert names[:2] == ["SETTING_0", "SETTING_1"]
    left = 103 - len(names)
    texts = [note.text for note in found.notes]
    assert any(
        text.startswith(f"{left} more variables that the code reads are not listed: SETTING_77, ") for text in texts
    )


def test_few_variables_need_no_note() -> None:
    found = inspected("import config", **{"config.py": settings("a: int = 1", "b: str")})
    assert listed(found) == ["A", "B"]
    assert not any("more variable" in note.text for note in found.notes)


@pytest.mark.parametrize("name", ["JWT_SECRET", "API_TOKEN", "DATABASE_URL", "TOKEN", "DB_PASSWORD", "SECRET_KEY_BASE"])
def test_secrets_by_name(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name", ["PASSWORD_MIN_LENGTH", "MAX_TOKENS", "ACCESS_TOKEN_EXPIRE_MINUTES", "PASSWORD_REQUIRE_DIGIT", "TOKEN_NAME"]
)
def test_what_only_says_something_of_a_secret(name: str) -> None:
    assert not is_secret(name)


def test_an_empty_default_is_no_key() -> None:
    code = "import jwt\nfrom config import settings\ndef sign(data):\n    return jwt.encode(data, settings.sign_key)"
    found = inspected(code, **{"config.py": settings('sign_key: str = ""', 'other_key: str = ""')})
    assert {item.name for item in found.spec.environment if item.required} == {"SIGN_KEY"}


WORKER = 'import os\nfrom celery import Celery\ncelery = Celery("x", broker=os.getenv("CELERY_BROKER_URL", ""))\n'
CELERY = "fastapi\nuvicorn\ncelery\nredis\n"
AMQP = "amqp://guest:guest@rabbitmq:5672//"


def backing(requirements: str = CELERY, worker: str = WORKER, **files: str) -> tuple[str, ...]:
    found = inspected("from tasks import celery\nimport redis", requirements, **{"tasks.py": worker} | files)
    names: tuple[str, ...] = found.spec.backing_services
    return names


def composed(address: str) -> str:
    return yaml.safe_dump({"services": {"web": {"build": ".", "environment": {"CELERY_BROKER_URL": address}}}})


def test_a_broker_is_rabbitmq_where_its_address_says_so() -> None:
    assert "rabbitmq" in backing(**{".env.example": f"CELERY_BROKER_URL={AMQP}\n"})
    assert "rabbitmq" in backing(**{"compose.yml": composed(AMQP)})
    own = f'from celery import Celery\ncelery = Celery("x", broker="{AMQP}")\n'
    assert "rabbitmq" in backing(worker=own)
    tree = {"requirements.txt": CELERY, "main.py": f"{APP}from tasks import celery\n", "tasks.py": WORKER}
    text = genfile.generate(tree | {".env.example": f"CELERY_BROKER_URL={AMQP}\n"}, compose=True).files["compose.yaml"]
    services = yaml.safe_load(text)["services"]
    assert "rabbitmq" in services
    assert "amqp://guest:guest@rabbitmq:5672/" in text


def test_another_broker_is_not() -> None:
    assert backing(**{".env.example": "CELERY_BROKER_URL=redis://localhost:6379/0\n"}) == ("redis",)
    assert backing() == ("redis",)
    # An address that nothing reads, and one without a task queue.
    assert backing(**{".env.example": f"OTHER_URL={AMQP}\n"}) == ("redis",)
    none = inspected('X = os.getenv("MIRROR_URL")', "fastapi\nuvicorn\n", **{".env.example": f"MIRROR_URL={AMQP}\n"})
    assert none.spec.backing_services == ()
    # Where the code falls back on Redis, an example for another place says nothing.
    worker = WORKER.replace('""', '"redis://localhost"')
    assert backing(worker=worker, **{".env.example": f"CELERY_BROKER_URL={AMQP}\n"}) == ("redis",)
