"""Where orders are kept."""

from sqlalchemy import Engine, create_engine, text

_engine: Engine | None = None


def connect(url: str) -> None:
    global _engine
    _engine = create_engine(url)


def answer() -> int:
    assert _engine is not None
    with _engine.connect() as connection:
        return int(connection.execute(text("select 1")).scalar_one())
