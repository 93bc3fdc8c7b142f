"""A database file outside of the tree: the image makes its folder, and keeps it on a volume."""

from typing import Any

import pytest

import genfile
from tests.test_traps import EXPRESS, LISTEN, only, package

FLASK = "from flask import Flask\napp = Flask(__name__)\n"


def python(code: str, **more: str) -> Any:
    return only(**{"requirements.txt": "flask\ngunicorn\nsqlalchemy\n", "app.py": FLASK + code, **more})


def node(code: str) -> Any:
    manifest = package(dependencies={**EXPRESS, "better-sqlite3": "12.0.0"}, scripts={"start": "node index.js"})
    head = "const path = require('path'); const Database = require('better-sqlite3')\n"
    return only(**{"package.json": manifest, "index.js": f"{LISTEN}\n{head}{code}"})


def go(address: str) -> dict[str, str]:
    code = f"""package main

import (
	"database/sql"
	"net/http"

	_ "modernc.org/sqlite"
)

func main() {{
	db, _ := sql.Open("sqlite", "{address}")
	defer db.Close()
	http.ListenAndServe(":9000", nil)
}}
"""
    return {"go.mod": "module example.com/shop\n\ngo 1.26\n\nrequire modernc.org/sqlite v1.40.0\n", "main.go": code}


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("import sqlite3\nsqlite3.connect('/data/shop.db')\n", ("/data",)),
        ("import sqlite3, os\nsqlite3.connect(os.environ.get('DB', '/var/lib/shop/shop.db'))\n", ("/var/lib/shop",)),
        ("import sqlite3, os\nHOME = '/state'\nsqlite3.connect(os.path.join(HOME, 'shop.db'))\n", ("/state",)),
        ("from sqlalchemy import create_engine\ncreate_engine('sqlite:////data/in/shop.db')\n", ("/data/in",)),
        ("import sqlite3\na = sqlite3.connect('/data/a/1.db')\nb = sqlite3.connect('/data/0.db')\n", ("/data",)),
        # Not an image's to make: the system's, or someone's own.
        ("import sqlite3\nsqlite3.connect('/tmp/shop.db')\n", ()),
        ("import sqlite3\nsqlite3.connect('/home/ann/shop.db')\n", ()),
        ("import sqlite3\nsqlite3.connect('/usr/share/shop.db')\n", ()),
        ("import sqlite3\nsqlite3.connect('/shop.db')\n", ()),
        ("import sqlite3\nsqlite3.connect('/data/../etc/shop.db')\n", ()),
        # Not a database.
        ("open('/data/notes.txt', 'w')\n", ()),
        # The program's own folder in the image.
        ("import sqlite3\nsqlite3.connect('/app/shop/shop.db')\n", ()),
    ],
)
def test_far_database_of_python(code: str, wanted: tuple[str, ...]) -> None:
    assert python(code).volumes == wanted


def test_far_database_of_settings_in_another_module() -> None:
    settings = "class Settings:\n    database: str = 'sqlite:////data/shop.db'\n\nsettings = Settings()\n"
    code = "from sqlalchemy import create_engine\nfrom config import settings\ncreate_engine(settings.database)\n"
    assert python(code, **{"config.py": settings}).volumes == ("/data",)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("from pathlib import Path\n(Path.home() / '.shop' / 'kept').mkdir(parents=True)\n", ("/home/app/.shop",)),
        ("import pathlib\npathlib.Path('~/.shop').expanduser().mkdir()\n", ("/home/app/.shop",)),
        ("import os\nHOME = os.path.expanduser('~')\nos.makedirs(os.path.join(HOME, '.shop'))\n", ("/home/app/.shop",)),
        ("import os\nos.makedirs(os.path.expanduser(os.getenv('DIR', '~/shop')))\n", ("/home/app/shop",)),
        ("import os\nopen(os.path.expanduser('~/.shop/a.txt'), 'w')\n", ("/home/app/.shop",)),
        ("import os, sqlite3\nsqlite3.connect(os.path.expanduser('~/.shop/shop.db'))\n", ("/home/app/.shop",)),
        ("import os\nopen(os.path.expanduser('~/.shop.log'), 'w')\n", ("/home/app",)),
        # Only read, and a folder that is called so.
        ("import os\nopen(os.path.expanduser('~/.shop/a.txt'))\n", ()),
        ("import os\nos.makedirs('~/shop')\n", ()),
    ],
)
def test_what_a_python_program_writes_below_its_home(code: str, wanted: tuple[str, ...]) -> None:
    found = python(code)
    assert (found.volumes, found.data, found.writable) == (wanted, None, ())


def test_a_home_of_settings_in_another_module() -> None:
    settings = {"config.py": "from pathlib import Path\nKEPT = Path.home() / '.shop'\n"}
    assert python("from config import KEPT\nKEPT.mkdir()\n", **settings).volumes == ("/home/app/.shop",)
    # A program by hand, beside the service.
    tool = {"fill.py": "from config import KEPT\nKEPT.mkdir()\n"}
    assert python("", **settings, **tool).volumes == ()


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("new Database('/data/shop.db')", ("/data",)),
        ("new Database(process.env.DB_PATH || '/data/shop.db')", ("/data",)),
        ("const dir = process.env.DIR ?? '/state'; new Database(path.join(dir, 'shop.db'))", ("/state",)),
        ("const dir = process.env.DIR || '/state'; new Database(`${dir}/in/shop.db`)", ("/state/in",)),
        ("new Database('/tmp/shop.db')", ()),
        ("new Database('/shop.db')", ()),
        ("require('fs').mkdirSync('/data/uploads')", ()),
    ],
)
def test_far_database_of_node(code: str, wanted: tuple[str, ...]) -> None:
    found = node(code)
    assert (found.volumes, found.data, found.writable) == (wanted, None, ())


@pytest.mark.parametrize(
    ("address", "volumes", "data"),
    [
        ("/data/shop.db", ("/data",), None),
        ("file:/state/shop.db?cache=shared", ("/state",), None),
        ("/tmp/shop.db", (), "."),
        ("data/shop.db", (), "data"),
    ],
)
def test_far_database_of_go(address: str, volumes: tuple[str, ...], data: str | None) -> None:
    found = only(**go(address))
    assert (found.volumes, found.data) == (volumes, data)


def test_image_makes_the_folder() -> None:
    made = genfile.generate(go("/state/shop.db"), compose=True).files
    assert "COPY --link --from=build --chown=65532:65532 /out/volume /state\n" in made["Dockerfile"]
    assert 'VOLUME ["/state"]\n' in made["Dockerfile"]
    assert ":/state\n" in made["compose.yaml"]
