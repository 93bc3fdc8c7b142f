"""A small web service."""

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

app = FastAPI(title="example-python")


@app.get("/", response_class=HTMLResponse)
def home() -> str:
    return "<h1>It works</h1>"


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}
