from wsgi import app


def test_health() -> None:
    assert app.test_client().get("/health").status_code == 200
