"""The forms of addresses: all that is another's is taken out, and what is kept means the same everywhere."""

import pytest

from genfile.parsers.addresses import read_address


@pytest.mark.parametrize(
    ("text", "scheme", "form"),
    [
        ("postgres://me:pw@localhost/shop", "postgres", "postgres://{user}:{password}@{host}:{port}/{name}"),
        ("postgresql+asyncpg://localhost/x", "postgresql", "postgresql+asyncpg://{user}:{password}@{host}:{port}/{name}"),
        (
            "postgresql://a:b@ep-1.eu.example.net/x?sslmode=require&schema=public&channel_binding=require",
            "postgresql",
            "postgresql://{user}:{password}@{host}:{port}/{name}?sslmode=disable&schema=public",
        ),
        ("jdbc:postgresql://h:5432/x", "postgresql", "jdbc:postgresql://{host}:{port}/{name}"),
        (
            "jdbc:mysql://h/x?useSSL=false&user=u&password=p",
            "mysql",
            "jdbc:mysql://{host}:{port}/{name}?useSSL=false&user={user}&password={password}",
        ),
        ("r2dbc:postgresql://h/x", "postgresql", "r2dbc:postgresql://{host}:{port}/{name}"),
        ("mongodb+srv://u:p@c.example.net/x?retryWrites=true", "mongodb", "mongodb://{host}:{port}/{name}?retryWrites=true"),
        ("mongodb://a:1,b:2/x?replicaSet=rs0", "mongodb", "mongodb://{host}:{port}/{name}"),
        ("redis://:pw@localhost:6379/1", "redis", "redis://{host}:{port}/1"),
        ("rediss://cache.example.net", "rediss", "redis://{host}:{port}"),
        ("amqp://u:p@localhost:5672//", "amqp", "amqp://{user}:{password}@{host}:{port}/"),
        ("me:pw@tcp(127.0.0.1:3306)/x?a=b", "mysql", "{user}:{password}@tcp({host}:{port})/{name}?a=b"),
        (
            "host=localhost user=me password=pw dbname=x port=5432 sslmode=require",
            "postgresql",
            "host={host} user={user} password={password} dbname={name} port={port} sslmode=disable",
        ),
        ("localhost:6379", "", "{host}:{port}"),
        ("a:9092,b:9092", "", "{host}:{port}"),
    ],
)  # fmt: skip
def test_a_form_is_read(text: str, scheme: str, form: str) -> None:
    found = read_address(text)
    assert found is not None
    assert (found.scheme, found.form) == (scheme, form)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("postgres://me:pw@localhost/shop", "shop"),
        ("jdbc:mysql://h:3306/shop?useSSL=false", "shop"),
        ("me:pw@tcp(127.0.0.1:3306)/shop?a=b", "shop"),
        ("host=localhost dbname=shop port=5432", "shop"),
        ("redis://localhost:6379/1", ""),
        ("mongodb://localhost:27017", ""),
    ],
)
def test_the_name_of_the_database(text: str, name: str) -> None:
    found = read_address(text)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("text", ["", "localhost", "changeme", "5432", "a\nb://c", "x" * 2_000, "your database's url"])
def test_what_is_no_address(text: str) -> None:
    assert read_address(text) is None
