"""The database: one engine a process, one session a request."""

from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from app.settings import settings

# Connects with the first query, not before: the service starts without its database.
engine = create_async_engine(
    settings.database_url, pool_pre_ping=True, connect_args={"connect_timeout": 5}
)
make_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """What all tables derive from."""


async def session() -> AsyncIterator[AsyncSession]:
    """A session for one request; FastAPI closes it afterwards."""
    async with make_session() as current:
        yield current
