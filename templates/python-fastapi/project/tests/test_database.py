import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from app.database import session
from app.main import app
from app.settings import Settings


class Answers:
    async def execute(self, _: object) -> None:
        return None


class Down:
    async def execute(self, _: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))


@pytest.mark.parametrize(("database", "status"), [(Answers(), 200), (Down(), 503)])
def test_ready(database: object, status: int) -> None:
    app.dependency_overrides[session] = lambda: database
    try:
        assert TestClient(app).get("/ready").status_code == status
    finally:
        app.dependency_overrides.clear()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_driver_is_named(scheme: str) -> None:
    settings = Settings(database_url=f"{scheme}://db/shop")
    assert settings.database_url == "postgresql+psycopg://db/shop"
