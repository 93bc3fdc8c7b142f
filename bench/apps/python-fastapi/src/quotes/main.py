"""The application: `uvicorn quotes.main:app`."""

from fastapi import FastAPI

from quotes.books import BOOKS

app = FastAPI()


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/quotes")
def quotes() -> list[str]:
    return BOOKS
