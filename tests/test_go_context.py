"""What a Go program needs beside its own code: files, generated code, private modules, the modules around it."""

from typing import Any, cast

import pytest

from genfile.api import generate
from genfile.source.memory import MemorySource
from tests.test_go_java import MAIN, module
from tests.test_traps import GO_MOD, GO_SERVER, inspect, only

LISTEN = 'http.ListenAndServe(":8080", nil)'


def dockerfile(service: str = ".", **files: str) -> str:
    """The Dockerfile of one service of a tree."""
    made = generate(MemorySource({name: text.encode() for name, text in files.items()}))
    return next(rendering.dockerfile for item, rendering in made.services if item.spec.path == service)


# --- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "body", "file", "asset"),
    [
        ('const dir = "web"\n', 'use(http.FileServer(http.Dir(path.Join(dir, "dist"))))', "web/dist/a", "web/dist"),
        ("", 'template.Must(template.ParseGlob(filepath.Join("ui", "html", "*.tmpl")))', "ui/html/a.tmpl", "ui/html"),
        ("", 'goose.UpContext(ctx, db, "db/migrations")', "db/migrations/1.sql", "db/migrations"),
        ("", 'migrate.New("file://schema", "x")', "schema/1.up.sql", "schema"),
        ("", 'v := viper.New(); v.SetConfigName("app"); v.AddConfigPath(".")', "app.toml", "app.toml"),
        ("", 'v.SetConfigFile(filepath.Join("deploy", "app.ini"))', "deploy/app.ini", "deploy/app.ini"),
        ("", 'e := echo.New(); e.Static("/", "public")', "public/a.css", "public"),
        ("", 'app.Use("/", static.New("./public"))', "public/a.css", "public"),
        ("", 'app.Use("/", static.New("/app/public"))', "public/a.css", "public"),
        ("", 'engine.SetPages("./views")', "views/a.html", "views"),
        ("", 'f := migrate.FileMigrationSource{Dir: "sqls"}; use(f)', "sqls/1.sql", "sqls"),
        ("", 'c := flag.String("config-dir", "settings", ""); use(c)', "settings/a.yaml", "settings"),
        ("", 'd := getEnv("TEMPLATE_DIR", "pages"); use(d)', "pages/a.html", "pages"),
        ("", 'if d, err := os.Getwd(); err == nil { l = append(l, filepath.Join(d, "sqls")) }', "sqls/1.sql", "sqls"),
        ("", 'wd, _ := os.Getwd(); use(wd + "/etc/a.json")', "etc/a.json", "etc/a.json"),
        ('type c struct { File string `env:"F" env-default:"etc/a.yml"` }\n', "", "etc/a.yml", "etc/a.yml"),
    ],
)  # fmt: skip
def test_files_that_are_opened_by_a_path_that_is_put_together(code: str, body: str, file: str, asset: str) -> None:
    files = {"go.mod": GO_MOD, "main.go": MAIN.format(more=code, body=f"{body}; {LISTEN}"), file: "x"}
    assert only(**files).assets == (asset,)


@pytest.mark.parametrize("body", ['engine.SetPages("views")', 'os.MkdirAll("./views", 0o755)'])
def test_a_name_or_a_folder_that_is_made_is_no_file_of_the_image(body: str) -> None:
    assert (
        only(**{"go.mod": GO_MOD, "main.go": MAIN.format(more="", body=f"{body}; {LISTEN}"), "views/a": "x"}).assets
        == ()
    )


@pytest.mark.parametrize(
    ("name", "assets", "told"),
    [("shop.db", True, True), ("data/shop.db", True, False), ("shop.db", False, False), (":memory:", True, False)],
)
def test_a_database_among_the_files_of_the_image_is_told_of(name: str, assets: bool, told: bool) -> None:
    body = f'sql.Open("sqlite", "{name}"); ' + ('migrate.New("file://schema", "x"); ' if assets else "")
    store = "module example.com/shop\n\ngo 1.26\n\nrequire modernc.org/sqlite v1.34.0\n"
    code = MAIN.format(more="", body=body + LISTEN).replace('"net/http"', '("net/http"\n_ "modernc.org/sqlite")', 1)
    found = inspect(**{"go.mod": store, "go.sum": "", "main.go": code, "schema/1.sql": ""}).services[0]
    assert any("the database file is in the working folder" in note.text for note in found.notes) is told


@pytest.mark.parametrize(
    ("code", "body", "file"),
    [
        # A route, a word of a log, a package of Go code, and a file that is compiled in.
        ("", 'http.HandleFunc("/static", f)', "static/a.css"),
        ("", 'log.Println("assets")', "assets/a.css"),
        ("", 'use(os.DirFS("internal"))', "internal/a.go"),
        ("", 'home, _ := os.UserHomeDir(); use(filepath.Join(home, "assets"))', "assets/a.css"),
        ('import _ "embed"\n//go:embed a.html\nvar page string\n', "", "a.html"),
    ],
)
def test_what_is_not_opened_is_not_copied(code: str, body: str, file: str) -> None:
    files = {"go.mod": GO_MOD, "main.go": MAIN.format(more=code, body=f"{body}; {LISTEN}"), file: "package a"}
    assert only(**files).assets == ()


def test_paths_that_start_at_the_folder_of_the_program() -> None:
    main = MAIN.format(more="", body=f'template.ParseGlob("templates/*.html"); {LISTEN}')
    files = {"go.mod": GO_MOD, "cmd/site/main.go": main, "cmd/site/templates/a.html": ""}
    spec = only(**files)
    assert (spec.working_folder, spec.assets) == ("cmd/site", ("cmd/site/templates",))
    text = dockerfile(**files)
    assert "COPY --link cmd/site/templates /app/cmd/site/templates\n" in text
    assert "\nWORKDIR /app/cmd/site\n" in text
    assert only(**files, **{"templates/a.html": ""}).working_folder is None


PAGE = (
    "<link rel=stylesheet href='/static/app.css'><script src='app.js?v=2'></script><img src=//x.org/y.png>"
    "<a href='/docs/manual.html'>Manual</a><script src='http://['></script><img src='../secret.png'>"
)


def test_what_a_served_page_loads_is_in_the_image() -> None:
    main = MAIN.format(more="", body=f'http.HandleFunc("/", page); {LISTEN}') + (
        'func page(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "index.html") }\n'
    )
    beside = dict.fromkeys(("static/app.css", "static/a/logo.png", "app.js", "docs/manual.html", "other.js"), "")
    spec = only(**beside, **{"go.mod": GO_MOD, "main.go": main, "index.html": PAGE})
    assert spec.assets == ("app.js", "index.html", "static")


def test_a_program_with_the_name_of_a_folder_that_it_opens() -> None:
    main = MAIN.format(more="", body=f'os.ReadFile("web/a.html"); {LISTEN}')
    files = {"go.mod": GO_MOD, "cmd/web/main.go": main, "web/a.html": ""}
    assert only(**files).start == ("/app/bin/web",)
    assert "COPY --link --from=build /out/web /app/bin/web\n" in dockerfile(**files)


# --- generated code -------------------------------------------------------------------------------------------------

IMPORTS = 'import "example.com/shop/{}"\n'
SQLC = "github.com/sqlc-dev/sqlc/cmd/sqlc"


@pytest.mark.parametrize(
    ("missing", "files", "commands"),
    [
        ("db", {"sqlc.yaml": "", "go.mod": f"{GO_MOD}\ntool {SQLC}\n"}, ("go tool sqlc generate",)),
        ("db", {"sqlc.yml": "", "go.mod": f"{GO_MOD}\ntool (\n\t{SQLC}\n)\n"}, ("go tool sqlc generate",)),
        ("db", {"sqlc.json": "", "tools/tools.go": f'package x\nimport _ "{SQLC}"\n'}, (f"go run {SQLC} generate",)),
        (
            "db",
            {"sqlc.yaml": "", "Makefile": f"setup:\n\tgo install {SQLC}@v1.28.0\n"},
            (f"go run {SQLC}@v1.28.0 generate",),
        ),
        ("db", {"Makefile": "gen: a\n\tgo tool x\na:\n\tmkdir -p db\n"}, ("mkdir -p db", "go tool x")),
        (
            "docs",
            {"go.mod": f"{GO_MOD}\ntool github.com/swaggo/swag/cmd/swag\n"},
            ("go tool swag init",),
        ),
        ("ent", {"ent/schema/a.go": "package schema\n", "gen.go": "package main\n//go:generate go run ./x ent\n"},
         ("go generate .",)),
        # A tool that the image does not have, and a recipe that is a program of its own: a note alone.
        ("db", {"sqlc.yaml": "", "Makefile": "generate:\n\tsqlc generate\n"}, ()),
        ("db", {"Makefile": "generate:\n\tgo run x | sh\n"}, ()),
        ("db", {"gen.go": "package main\n//go:generate go run go.uber.org/mock/mockgen x\n"}, ()),
    ],
)  # fmt: skip
def test_code_that_git_ignores_is_made(missing: str, files: dict[str, str], commands: tuple[str, ...]) -> None:
    main = MAIN.format(more=IMPORTS.format(missing), body=LISTEN)
    found = inspect(**{"go.mod": GO_MOD, "main.go": main, **files}).services[0]
    assert found.spec.build == commands
    assert any("generate it with make generate" in note.text for note in found.notes) == (not commands)


def test_code_that_is_committed_is_not_made() -> None:
    main = MAIN.format(more=IMPORTS.format("db"), body=LISTEN)
    files = {"go.mod": f"{GO_MOD}\ntool {SQLC}\n", "main.go": main, "sqlc.yaml": "", "db/a.go": "package db\n"}
    assert only(**files).build == ()


def test_wire_is_run_where_its_output_is_not_committed() -> None:
    injector = "//go:build wireinject\n\npackage main\n"
    files = {"go.mod": f"{GO_MOD}\ntool github.com/google/wire/cmd/wire\n", "main.go": GO_SERVER, "wire.go": injector}
    assert only(**files).build == ("go tool wire .",)
    assert only(**files, **{"wire_gen.go": "package main\n"}).build == ()


# --- private modules ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Makefile", "GOPRIVATE ?= github.com/acme/*\n"),
        ("Dockerfile", "FROM golang:1.26\nRUN go env -w GOPRIVATE=github.com/acme\n"),
        (".envrc", 'export GONOSUMDB="github.com/acme"\n'),
        (".circleci/config.yml", "environment:\n  GOPRIVATE: github.com/acme/\n"),
        ("azure-pipelines.yml", "variables:\n  GONOPROXY: 'github.com/acme/*'\n"),
        ("rules.mk", "export GOPRIVATE := github.com/acme/*\n"),
    ],
)
def test_private_modules_are_named_by_the_project(path: str, text: str) -> None:
    files = {"go.mod": module("github.com/acme/kit", "github.com/other/x"), "go.sum": "", "main.go": GO_SERVER}
    spec = only(**files, **{path: text})
    assert [item.kind for item in spec.secrets] == ["netrc"]
    assert spec.private_hosts[0].startswith("github.com/acme")
    assert only(**files).private_hosts == ()


def test_every_private_host_is_told() -> None:
    text = "variables:\n  GOPRIVATE: git.corp.example/*,dev.example.org/a\n"
    requires = module("git.corp.example/kit/log", "dev.example.org/a/b", "dev.example.org/ab/c")
    made = dockerfile(**{"go.mod": requires, "go.sum": "", "main.go": GO_SERVER, ".gitlab-ci.yml": text})
    assert "GOPRIVATE='git.corp.example/*',dev.example.org/a go mod download" in made


# --- go.work --------------------------------------------------------------------------------------------------------


def test_a_workspace_that_uses_its_own_folder() -> None:
    files = {
        "go.work": "go 1.26\n\nuse .\nuse ./jobs\n",
        "go.mod": GO_MOD,
        "main.go": GO_SERVER,
        "jobs/go.mod": "module example.com/shop/jobs\n\ngo 1.26\n\nrequire github.com/x/y v1.0.0\n",
        "jobs/main.go": GO_SERVER.replace("9000", "9001"),
    }
    root, member = (cast(Any, item.spec) for item in inspect(**files).services)
    assert root.workspace is None
    assert root.manifests == ("go.work", "go.mod", "jobs/go.mod")
    assert (member.workspace.root, member.workspace.member, member.workspace.depends_on) == (".", "jobs", ())
    assert "-mod=mod" not in dockerfile("jobs", **files)


def test_a_workspace_has_the_folders_that_its_modules_put_in_place_of_others() -> None:
    replaces = "\nreplace example.com/fork => ../third/fork\n"
    files = {
        "go.work": "go 1.26\n\nuse ./api\nuse ./jobs\n\nreplace example.com/old => ./third/old\n",
        "api/go.mod": module("example.com/fork", more=replaces),
        "api/main.go": GO_SERVER.replace("import ", 'import _ "example.com/fork"\nimport '),
        "jobs/go.mod": "module example.com/jobs\n\ngo 1.26\n",
        "jobs/jobs.go": "package jobs\n",
        **{f"third/{name}/go.mod": f"module example.com/{name}\n\ngo 1.26\n" for name in ("fork", "old")},
        **{f"third/{name}/{name}.go": f"package {name}\n" for name in ("fork", "old")},
    }
    spec = cast(Any, only(**files))
    listed = ("go.work", "api/go.mod", "jobs/go.mod", "third/fork/go.mod", "third/old/go.mod")
    assert spec.manifests == listed
    assert spec.workspace.depends_on == ("third/fork",)
    written = dockerfile("api", **files)
    assert all(f"source={path}" in written for path in listed)
    assert "COPY . /src" in written
    assert spec.workspace.unused == ("jobs", "third/old")


def test_a_workspace_with_members_that_are_missing_is_left_aside() -> None:
    files = {"go.work": "go 1.26\n\nuse ./api\nuse ../other\n", "api/go.mod": GO_MOD, "api/main.go": GO_SERVER}
    assert only(**files).gowork_off
    assert "GOWORK=off" in dockerfile("api", **files)


def test_replaced_modules_need_no_sums() -> None:
    more = "\nreplace example.com/lib => ./lib\n"
    files = {
        "go.mod": module("example.com/lib", more=more),
        "main.go": GO_SERVER,
        "lib/go.mod": "module example.com/lib\n",
    }
    found = inspect(**files, **{"lib/a.go": "package lib\n"}).services[0]
    assert cast(Any, found.spec).sums
    assert not any("go.sum" in note.text for note in found.notes)
