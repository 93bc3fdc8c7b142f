from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.main import app


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


def test_health(client: TestClient) -> None:
    response = client.get("/health")
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


def test_greeting(client: TestClient) -> None:
    assert client.get("/greetings/Ada").json() == {"message": "Hello, Ada!"}


def test_a_name_that_is_too_long_is_refused(client: TestClient) -> None:
    assert client.get(f"/greetings/{'x' * 51}").status_code == 422
