"""A connection that always asks for TLS fails at the Postgres that compose starts, and the user is told first."""

import pytest

import genfile
from tests.test_python import FLASK

TOLD = "the code always asks the database for TLS"
NODE = """import express from "express";
import pg from "pg";
{}
express().listen(3000);
"""


def told(files: dict[str, str]) -> bool:
    (service,) = genfile.inspect(files).services
    found = [note for note in service.notes if TOLD in note.text]
    assert all(note.stops for note in found)
    return bool(found)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "new pg.Pool({\n  connectionString: process.env.DATABASE_URL,\n  ssl: { ca: 1 },\n});",
            True,
        ),
        ("new pg.Pool({ connectionString: process.env.DATABASE_URL ?? 'x', ssl: true });", True),
        ("const o = { connectionString: process.env.DATABASE_URL };\no.ssl = { ca: 1 };\nnew pg.Pool(o);", True),
        ("new pg.Pool({ connectionString: `${process.env.DATABASE_URL}?sslmode=require` });", True),
        ("new pg.Pool({ connectionString: process.env.DATABASE_URL, ssl: live ? { ca: 1 } : false });", False),
        ("new pg.Pool({ connectionString: process.env.DATABASE_URL, ...(live && { ssl: true }) });", False),
        ("const o = { connectionString: process.env.DATABASE_URL };\nif (live) {\n  o.ssl = true;\n}\n", False),
        ("new pg.Pool({ connectionString: process.env.DATABASE_URL, ssl: false });", False),
        ("// ssl: { rejectUnauthorized: false }\nnew pg.Pool({ connectionString: process.env.DATABASE_URL });", False),
        ("new pg.Pool({ connectionString: process.env.DATABASE_URL });\nredis({\n  ssl: true,\n});", False),
        ("new pg.Pool({ connectionString: process.env.DATABASE_URL || 'postgres://u@h/d?sslmode=require' });", False),
    ],
)
def test_of_node(code: str, expected: bool) -> None:
    package = '{"type": "module", "scripts": {"start": "node app.js"}, "dependencies": {"express": "5", "pg": "8"}}'
    assert told({"package.json": package, "app.js": NODE.format(code)}) is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('url = url.set(query={"ssl": "require"})\n', True),
        ('engine = create_engine(url, connect_args={"sslmode": "require"})\n', True),
        ('engine = create_engine(f"{url}?sslmode=require")\n', True),
        ('engine = create_engine(url + "?sslmode=verify-full")\n', True),
        ('engine = create_engine(url, connect_args={"sslmode": "prefer"})\n', False),
        ('engine = create_engine(url, connect_args={"sslmode": "require"} if live else {})\n', False),
        ('if live:\n    url = url.set(query={"ssl": "require"})\n', False),
    ],
)
def test_of_python(code: str, expected: bool) -> None:
    more = 'import os\nfrom sqlalchemy import create_engine, make_url\nurl = make_url(os.environ["DATABASE_URL"])\n'
    files = {"requirements.txt": "flask\ngunicorn\nsqlalchemy\npsycopg2-binary\n", "app.py": FLASK + more + code}
    assert told(files) is expected
    # Only Postgres has no TLS by itself.
    other = {**files, "requirements.txt": "flask\ngunicorn\nsqlalchemy\npymysql\n"}
    assert not told(other)


@pytest.mark.parametrize(
    ("mode", "expected"), [("require", True), ("disable", False), ("%s", False), ("required-by-nobody", False)]
)
def test_of_go(mode: str, expected: bool) -> None:
    main = f"""package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"os"

	_ "github.com/lib/pq"
)

func main() {{
	sql.Open("postgres", fmt.Sprintf("host=%s user=me dbname=x sslmode={mode}", os.Getenv("DB_HOST")))
	http.ListenAndServe(":8080", nil)
}}
"""
    module = "module x\n\ngo 1.25\n\nrequire github.com/lib/pq v1.0.0\n"
    assert told({"go.mod": module, "go.sum": "", "main.go": main}) is expected
