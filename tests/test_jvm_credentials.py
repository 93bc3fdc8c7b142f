"""Secrets in the configuration that is part of a JVM program: told of once, by key and line alone."""

import pytest

from tests.test_jvm_hosts import SPRING, R
from tests.test_traps import inspect

TOLD = "the program contains this file with {}; pass secrets to the container instead"
DATABASE = "spring:\n  datasource:\n    url: jdbc:mysql://{}/shop\n    username: me\n    password: {}\n"


def told(settings: str, file: str = "application.yml", **more: str) -> list[tuple[str, str | None, int | None]]:
    (service,) = inspect(**SPRING | {R + file: settings} | more).services
    assert not any("hunter2hunter2" in note.text for note in service.notes)
    return [(note.text, note.path, note.line) for note in service.notes if "this file with" in note.text]


@pytest.mark.parametrize(
    ("settings", "key", "line"),
    [
        (DATABASE.format("db.example.org:3306", "hunter2hunter2"), "spring.datasource.password", 5),
        (DATABASE.format("${DB:db.example.org}", 123456), "spring.datasource.password", 5),
        ("jwt:\n  secret: hunter2hunter2\n", "jwt.secret", 2),
        ("s3:\n  bucket: a\n  secretKey: hunter2hunter2\n  access-key: hunter2hunter2\n", "s3.secretKey and 1 more", 3),
    ],
)
def test_a_secret_is_told_of(settings: str, key: str, line: int) -> None:
    assert told(settings) == [(TOLD.format(key), f"{R}application.yml", line)]


@pytest.mark.parametrize(
    "settings",
    [
        # Of a developer's machine, or of a container beside it.
        DATABASE.format("localhost:3306", "hunter2hunter2"),
        DATABASE.format("db", "hunter2hunter2"),
        "spring:\n  redis:\n    password: hunter2hunter2\n",
        "spring:\n  datasource:\n    url: jdbc:h2:mem:x.y\n    password: hunter2hunter2\n",
        # From elsewhere, still to be put in, or none.
        DATABASE.format("db.example.org", "${DB_PASSWORD}"),
        "jwt:\n  secret: your-secret\n",
        "jwt:\n  secret: ENC(abc)\n",
        "jwt:\n  secret: ''\n",
        "jwt:\n  secret: true\n",
        "jwt:\n  token-validity: 3600\n  header-key: Authorization\n",
    ],
)
def test_what_is_no_secret(settings: str) -> None:
    assert told(settings) == []


def test_the_form_of_properties_and_what_version_control_leaves_out() -> None:
    settings = "mail.host=smtp.example.org\nmail.password=hunter2hunter2\n"
    file = "application.properties"
    assert told(settings, file) == [(TOLD.format("mail.password"), R + file, 2)]
    assert told(settings.replace("smtp.example.org", "localhost"), file) == []
    assert told(settings, file, **{".gitignore": f"{R}{file}\n"}) == []
