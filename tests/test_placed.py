"""Data go where the project's own container files put them: a variable's path on a volume."""

from typing import Any

import pytest

import genfile

MAIN = """package main

import (
	"database/sql"
	"net/http"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite"
)

func main() {
	path := "shop.db"
	if folder := os.Getenv("DATA_DIR"); folder != "" {
		path = filepath.Join(folder, "shop.db")
	}
	sql.Open("sqlite", path)
	os.ReadFile("pages.json")
	http.ListenAndServe(":8080", nil)
}
"""
GO = {
    "go.mod": "module x\n\ngo 1.25\n\nrequire modernc.org/sqlite v1.40.0\n",
    "go.sum": "",
    "main.go": MAIN,
    "pages.json": "{}",
}
DOCKERFILE = (
    'FROM golang:1.25\nWORKDIR /app\nCOPY . .\nRUN go build -o x .\nENV DATA_DIR={0}\nVOLUME {1}\nCMD ["./x"]\n'
)
COMPOSE = "services:\n  web:\n    build: .\n    environment:\n      DATA_DIR: {0}\n    volumes:\n      - {1}\n"


def spec(more: dict[str, str]) -> tuple[str | None, tuple[str, ...], list[str]]:
    """The value of DATA_DIR, the volumes, and the warnings on what lies beside the program."""
    (service,) = genfile.inspect(GO | more).services
    values: dict[str, Any] = {item.name: item.value for item in service.spec.environment}
    told = [note.text for note in service.notes if "working folder" in note.text]
    return values["DATA_DIR"], service.spec.volumes, told


@pytest.mark.parametrize(
    ("files", "value", "volumes"),
    [
        ({"Dockerfile": DOCKERFILE.format("/data", "/data")}, "/data", ("/data",)),
        (
            {"Dockerfile": DOCKERFILE.format("/var/lib/shop/db", "/var/lib/shop")},
            "/var/lib/shop/db",
            ("/var/lib/shop",),
        ),
        ({"docker-compose.yml": COMPOSE.format("/data", "data:/data")}, "/data", ("/data",)),
        ({"docker-compose.yml": COMPOSE.format("/root/.shop", "data:/root/.shop")}, "/data/shop", ("/data",)),
    ],
)
def test_a_path_on_a_volume_is_kept(files: dict[str, str], value: str, volumes: tuple[str, ...]) -> None:
    assert spec(files) == (value, volumes, [])


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"Dockerfile": DOCKERFILE.format("/elsewhere", "/data")},
        # Settings, secrets and code are mounted as well.
        {"docker-compose.yml": COMPOSE.format("/etc/shop", "./settings:/etc/shop")},
        {"docker-compose.yml": COMPOSE.format("/run/secrets/x", "./x:/run/secrets")},
        {"docker-compose.yml": COMPOSE.format("/app/pages", "./pages:/app/pages")},
        {"docker-compose.yml": COMPOSE.format("/srv/x.json", "./x.json:/srv/x.json")},
    ],
)
def test_what_is_no_place_of_data_is_left_alone(files: dict[str, str]) -> None:
    value, volumes, told = spec(files)
    assert (value, volumes, len(told)) == (None, (), 1)
