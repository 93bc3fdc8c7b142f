"""What the user of a Go image may change: never the program, nor the folder that it lies in."""

import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.conftest import make_images
from tests.test_go_context import dockerfile
from tests.test_traps import GO_MOD, GO_SERVER, inspect

UPLOADS = (
    'package main\nimport (\n"net/http"\n"os"\n)\n'
    'func main() {{ {body}; http.Handle("/", http.FileServer(http.Dir("static"))); '
    'http.ListenAndServe(":9000", nil) }}\n'
)
PROGRAM = "COPY --link --from=build /out/shop /app/shop"
GIVEN = "COPY --link --from=build --chown=65532:65532 "


def lines(**files: str) -> list[str]:
    made = dockerfile(**{"go.mod": GO_MOD, **files})
    return made[made.index(" AS runtime") :].splitlines()


def runtime(body: str, **files: str) -> list[str]:
    return lines(**{"main.go": UPLOADS.format(body=body), **files})


def test_the_working_folder_is_set_behind_the_program() -> None:
    made = lines(**{"main.go": GO_SERVER})
    assert made.index(PROGRAM) < made.index("WORKDIR /app")


def test_each_written_folder_is_given_and_nothing_above_it() -> None:
    made = runtime('os.MkdirAll("uploads", 0o755); os.MkdirAll("var/log", 0o755)')
    given = [line.removeprefix(GIVEN) for line in made if "--chown" in line]
    assert given == ["/out/writable/uploads /app/uploads", "/out/writable/var/log /app/var/log"]
    assert made.index(PROGRAM) < made.index(f"{GIVEN}{given[0]}")


def test_a_folder_that_is_read_and_written_comes_behind_the_program() -> None:
    # It would make /app, and the user's.
    made = runtime('os.WriteFile("static/a.css", nil, 0o644)', **{"static/a.css": "a {}"})
    given = [line for line in made if "--chown" in line]
    assert given == ["COPY --link --chown=65532:65532 static /app/static"]
    assert made.index(PROGRAM) < made.index(given[0]) < made.index("WORKDIR /app")


def test_a_folder_that_is_only_read_stays_roots() -> None:
    made = runtime('os.MkdirAll("static/uploads", 0o755)', **{"static/a.css": "a {}"})
    assert "COPY --link static /app/static" in made
    assert made.index("COPY --link static /app/static") < made.index(
        f"{GIVEN}/out/writable/static/uploads /app/static/uploads"
    )


@pytest.mark.build
def test_in_the_image_the_program_and_its_folder_are_roots(tmp_path: Path, engine: str | None) -> None:
    files = {
        "go.mod": GO_MOD,
        "main.go": UPLOADS.format(body='os.MkdirAll("uploads", 0o755); os.MkdirAll("static/new", 0o755)'),
        "static/a.css": "a {}",
    }
    text = dockerfile(**files)
    make_images(engine, text)
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    (tmp_path / "Dockerfile").write_text(text if engine is None else text.split("\n", 1)[1])
    made = tmp_path / "made.tar"
    command = ["docker", "build", "--quiet", "--output", f"type=tar,dest={made}", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    with tarfile.open(made) as archive:
        owners = {item.name.rstrip("/"): item.uid for item in archive.getmembers() if item.name.startswith("app")}
    assert owners == {
        "app": 0,
        "app/shop": 0,
        "app/static": 0,
        "app/static/a.css": 0,
        "app/static/new": 65532,
        "app/uploads": 65532,
    }


# --- downloads and comments ------------------------------------------------------------------------------------------


def test_nothing_is_downloaded_while_nothing_is_required() -> None:
    assert "go mod download" not in dockerfile(**{"go.mod": GO_MOD, "main.go": GO_SERVER})
    required = {"go.mod": f"{GO_MOD}\nrequire example.com/x v1.0.0\n", "go.sum": "x", "main.go": GO_SERVER}
    assert "go mod download" in dockerfile(**required)
    # What its replacement requires is listed in go.mod too, but may be in go.sum alone before Go 1.17.
    replaced = {**required, "go.mod": f"{required['go.mod']}\nreplace example.com/x => ./x\n", "x/go.mod": "module x\n"}
    assert "go mod download" in dockerfile(**replaced)


def test_a_missing_health_check_has_its_reason() -> None:
    assert "# No HEALTHCHECK: the image has no HTTP client. Probe port 9000 from outside.\n" in dockerfile(
        **{"go.mod": GO_MOD, "main.go": GO_SERVER}
    )


def test_a_build_that_makes_go_mod_says_so() -> None:
    said = "# The project has no go.mod, so every build uses the newest version of every module.\n"
    assert said in dockerfile(**{"main.go": GO_SERVER})
    assert said not in dockerfile(**{"go.mod": GO_MOD, "main.go": GO_SERVER})


# --- databases -------------------------------------------------------------------------------------------------------

STORE = (
    'package main\nimport (\n"database/sql"\n"net/http"\n"os"\n_ "modernc.org/sqlite"\n)\nfunc main() {{ {body} }}\n'
)
SERVE = '; http.ListenAndServe(":9000", nil)'


@pytest.mark.parametrize(
    ("body", "volume"),
    [
        ('sql.Open("sqlite", "file::memory:?cache=shared")', False),
        ('p := os.Getenv("DATABASE_PATH"); if p == "" { p = ":memory:" }; sql.Open("sqlite", p)', False),
        ('sql.Open("sqlite", os.Getenv("DATABASE_PATH"))', True),
        ('sql.Open("sqlite", "data/shop.db")', True),
        # A test's helper has its own; the program's file counts.
        ('sql.Open("sqlite", ":memory:"); sql.Open("sqlite", "data/shop.db")', True),
    ],
)
def test_a_database_in_memory_needs_no_volume(body: str, volume: bool) -> None:
    files = {
        "go.mod": f"{GO_MOD}\nrequire modernc.org/sqlite v1.34.0\n",
        "go.sum": "x",
        "main.go": STORE.format(body=body + SERVE),
    }
    assert ("VOLUME" in dockerfile(**files)) is volume


def test_where_a_database_lies_is_a_guess_if_nothing_says_it() -> None:
    files = {"go.mod": f"{GO_MOD}\nrequire modernc.org/sqlite v1.34.0\n", "go.sum": "x"}
    unknown = inspect(**files, **{"main.go": STORE.format(body=f'sql.Open("sqlite", os.Args[1]){SERVE}')})
    assert "/data" in unknown.services[0].guesses
    known = inspect(**files, **{"main.go": STORE.format(body=f'sql.Open("sqlite", "data/shop.db"){SERVE}')})
    assert "/data" not in known.services[0].guesses
