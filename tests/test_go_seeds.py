"""Database files in version control that a Go program opens: what its volume starts with."""

import pytest

from tests.test_go_context import dockerfile
from tests.test_go_running import main
from tests.test_go_values import LISTEN, mod
from tests.test_traps import only

GIT = {".gitignore": "bin/\n"}


def tree(path: str, **more: str) -> dict[str, str]:
    code = main(f'sql.Open("sqlite", "{path}")\n{LISTEN}', "net/http", "database/sql", "modernc.org/sqlite")
    return {"go.mod": mod("modernc.org/sqlite"), "go.sum": "", "main.go": code, **more}


@pytest.mark.parametrize(
    ("path", "file", "data", "copied"),
    [
        ("./shop.db", "shop.db", ".", "shop.db /data/shop.db"),
        (
            "file:state/shop.sqlite?cache=shared",
            "state/shop.sqlite",
            "state",
            "state/shop.sqlite /app/state/shop.sqlite",
        ),
    ],
)
def test_a_committed_database_is_where_the_program_opens_it(path: str, file: str, data: str, copied: str) -> None:
    files = tree(path, **{file: "x"}, **GIT)
    spec = only(**files)
    assert (spec.data, spec.data_files, spec.assets) == (data, (file,), ())
    assert f"COPY --link --chown=65532:65532 {copied}\nVOLUME" in dockerfile(**files)


@pytest.mark.parametrize(
    "files",
    [tree("./shop.db", **GIT), tree("./shop.db", **{"shop.db": "x", ".gitignore": "*.db\n"}), tree("/srv/shop.db")],
    ids=["missing", "ignored", "elsewhere"],
)
def test_what_is_no_committed_database_is_not_copied(files: dict[str, str]) -> None:
    assert only(**files).data_files == ()


def test_a_file_that_is_only_read_is_copied_as_it_was() -> None:
    code = main(f'os.Open("zones.db")\n{LISTEN}', "net/http", "os")
    spec = only(**{"go.mod": mod(), "main.go": code, "zones.db": "x"})
    assert (spec.assets, spec.data_files) == (("zones.db",), ())


def test_beside_other_files_it_is_copied_with_them() -> None:
    files = tree("./shop.db", **{"shop.db": "x", "pages/a.html": "x"}, **GIT)
    files["main.go"] = files["main.go"].replace("sql.Open", 'os.ReadFile("pages/a.html")\nsql.Open')
    spec = only(**files)
    assert (spec.data, spec.data_files, spec.assets) == (None, (), ("pages/a.html", "shop.db"))
