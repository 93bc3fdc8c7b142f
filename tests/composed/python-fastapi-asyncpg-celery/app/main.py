from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app.settings import settings
from app.worker import visited

engine = create_async_engine(settings.database_url)


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with engine.begin() as connection:
        await connection.execute(text("create table if not exists visits (at timestamptz)"))
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/")
async def index() -> int:
    async with engine.begin() as connection:
        await connection.execute(text("insert into visits values (now())"))
        number = (await connection.execute(text("select count(*) from visits"))).scalar_one()
    visited.delay(number)
    return number
