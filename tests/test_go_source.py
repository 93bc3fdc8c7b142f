"""Go programs that look for files by the path of their own source code."""

import pytest

from tests.test_go_context import dockerfile
from tests.test_traps import GO_MOD, inspect, only

SERVER = """package main

import (
	"net/http"
	"shop/store"
)

func main() {
	store.Load()
	http.ListenAndServe(":8080", nil)
}
"""
STORE = """package store

import (
	"log"
	"os"
	"path/filepath"
	"runtime"
)

func Load() {
	_, b, _, _ := runtime.Caller(0)
	base := filepath.Dir(b)
	data, err := os.ReadFile(%s)
	if err != nil {
		log.Fatal(err)
	}
	log.Print(data)
}
"""
MOD = GO_MOD.replace(GO_MOD.split()[1], "shop", 1)


def tree(expression: str, **more: str) -> dict[str, str]:
    return {"go.mod": MOD, "main.go": SERVER, "store/store.go": STORE % expression, **more}


@pytest.mark.parametrize(
    ("expression", "file"),
    [
        ('base + "/../seed.json"', "seed.json"),
        ('filepath.Join(base, "..", "data", "seed.json")', "data/seed.json"),
        ('filepath.Join(filepath.Dir(base), "seed.json")', "seed.json"),
        ('filepath.Join(base, "seed.json")', "store/seed.json"),
    ],
)
def test_files_beside_the_source_code_are_where_it_was_compiled(expression: str, file: str) -> None:
    files = tree(expression, **{file: "{}"})
    assert only(**files).source_files == (file,)
    text = dockerfile(**files)
    assert f"COPY --link {file} /src/{file}\n" in text
    assert "-buildvcs=false -ldflags" in text


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ('base + "/../.env"', "looks for .env beside its source code"),
        ("filepath.Join(base, os.Args[0])", "looks for files beside its source code"),
    ],
)
def test_what_can_t_be_there_is_told_of(expression: str, says: str) -> None:
    [service] = inspect(**tree(expression, **{".env": "A=1"})).services
    assert service.spec.source_files == ()  # type: ignore[union-attr]
    assert any(f"store/store.go:12 (runtime.Caller(0)): the program {says}" in note.text for note in service.notes)


@pytest.mark.parametrize(
    "use", ["log.Print(b)", "log.Print(filepath.Dir(b))", 'root := filepath.Join(filepath.Dir(b), "..")']
)
def test_a_file_name_for_a_log_is_none(use: str) -> None:
    code = STORE.replace("base := filepath.Dir(b)", use) % '"seed.json"'
    files = {"go.mod": MOD, "main.go": SERVER, "store/store.go": code, "seed.json": "{}"}
    [service] = inspect(**files).services
    assert service.spec.source_files == ()  # type: ignore[union-attr]
    assert not any("runtime.Caller" in note.text for note in service.notes)
    assert " -trimpath " in dockerfile(**files)
