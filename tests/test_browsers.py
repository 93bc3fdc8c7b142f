"""A page beside its server: `docker compose up` gives each the address that browsers need."""

import json
from typing import Any

import pytest
import yaml

from genfile.api import generate

API = """import os
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=os.environ.get("PAGES", "").split(","))
print(os.environ.get("SHOP_URL"))
"""
PAGE = json.dumps({"name": "web", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7.1.0"}})
FILES = {
    "api/requirements.txt": "fastapi==0.121.0\nuvicorn==0.38.0\n",
    "api/main.py": API,
    "web/package.json": PAGE,
    "web/index.html": "<script type=module src=/src/main.js></script>",
    "web/src/main.js": "fetch(`${import.meta.env.VITE_API_URL}/visits`)",
}


def services(more: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(generate(FILES | more, compose=True).files["compose.yaml"])["services"]
    return made


@pytest.mark.parametrize(
    ("example", "given"),
    [
        ("VITE_API_URL=http://localhost:8000/v1", "VITE_API_URL=http://localhost:8000/v1"),
        ("VITE_API_URL=http://127.0.0.1:8000", "VITE_API_URL=http://localhost:8000"),
        # Nobody is known to listen there, or it is somebody else's.
        ("VITE_API_URL=http://localhost:9999", "VITE_API_URL"),
        ("VITE_API_URL=https://api.example.com", "VITE_API_URL"),
        ("VITE_API_URL=", "VITE_API_URL"),
    ],
)
def test_a_page_is_built_with_the_published_address_of_its_server(example: str, given: str) -> None:
    assert services({"web/.env.example": example})["web"]["build"]["args"] == [given]


@pytest.mark.parametrize(
    ("example", "given"),
    [
        ("PAGES=http://localhost:5173", "http://localhost:5173"),
        ("PAGES=http://localhost:3000, http://localhost:5173/", "http://localhost:3000, http://localhost:5173/"),
        ('PAGES=["http://localhost:5173"]', '["http://localhost:5173"]'),
        # No page of the project is published there.
        ("PAGES=http://localhost:4200", None),
        ("PAGES=https://shop.example.com,http://localhost:5173", None),
        ("PAGES=*", None),
    ],
)
def test_a_server_answers_the_pages_of_its_example(example: str, given: str | None) -> None:
    assert services({"api/.env.example": example})["api"]["environment"]["PAGES"] == given


def test_a_server_knows_the_address_of_its_page() -> None:
    found = services({"api/.env.example": "SHOP_URL=http://localhost:5173\n"})["api"]["environment"]
    assert found["SHOP_URL"] == "http://localhost:5173"


def test_a_server_alone_gets_no_pages() -> None:
    alone = {name: text for name, text in FILES.items() if name.startswith("api/")}
    made = generate({**alone, "api/.env.example": "PAGES=http://localhost:5173\n"}, compose=True).files["compose.yaml"]
    assert yaml.safe_load(made)["services"]["api"]["environment"]["PAGES"] is None
