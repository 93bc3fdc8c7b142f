"""What keeps a Go program running, what it is where nothing does, and how one without go.mod is built."""

import pytest

from genfile.api import generate
from tests.test_go_context import dockerfile
from tests.test_go_java import module
from tests.test_traps import GO_MOD, GO_SERVER, inspect, only

MAIN = "package main\nimport (\n{imports}\n)\n{more}\nfunc main() {{ {body} }}\n"


def main(body: str, *imports: str, more: str = "") -> str:
    return MAIN.format(imports="\n".join(f'"{item}"' for item in imports), body=body, more=more)


def found(code: str, **files: str) -> tuple[int, str]:
    """How many services a module has, and all that is said of the tree."""
    inspection = inspect(**{"go.mod": GO_MOD, "main.go": code, **files})
    return len(inspection.services), " ".join(note.text for note in inspection.notes)


# --- what stays -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        main("select {}"),
        main("for { work(); time.Sleep(time.Minute) }", "time"),
        main("for range time.NewTicker(time.Hour).C { work() }", "time"),
        main("go work(); <-make(chan struct{})"),
        main("var forever chan bool; go work(); <-forever"),
        main("c := make(chan os.Signal, 1); signal.Notify(c, os.Interrupt); go work(); <-c", "os", "os/signal"),
        main("for update := range bot.Updates(60) { answer(update.Message) }", "example.com/bot"),
        main("messages, err := queue.Consume(); for m := range messages { work(m.Body, err) }", "example.com/queue"),
        main("for { m, err := reader.Read(); if err != nil { break }; work(m) }", "example.com/kafka"),
        main("for { select { case <-ctx.Done(): return; case m := <-queue: work(m) } }"),
        main(
            "var g sync.WaitGroup; g.Add(1); go poll(); g.Wait()",
            "sync",
            more="func poll() { for { work() } }",
        ),
        # Nothing is known of what may be sent: a guess.
        main("app := start(); <-app.stopped"),
        main("srv := asynq.NewServer(a, b); srv.Run(mux)", "github.com/hibiken/asynq"),
    ],
)
def test_a_program_that_stays_is_a_worker(code: str) -> None:
    spec = only(**{"go.mod": GO_MOD, "main.go": code})
    assert (spec.language, spec.port, spec.framework) == ("go", None, None)


def test_what_stays_may_be_in_another_package() -> None:
    files = {
        "cmd/worker/main.go": main("jobs.Run()", "example.com/shop/jobs"),
        "jobs/jobs.go": "package jobs\ntype runner struct{}\nfunc Run() { runner{}.loop() }\n"
        "func (r runner) loop() { for { r.once() } }\nfunc (r runner) once() {}\n",
    }
    assert only(**{"go.mod": GO_MOD, **files}).main_package == "./cmd/worker"


@pytest.mark.parametrize(
    "code",
    [
        main('fmt.Println("hello")', "fmt"),
        main("c := colly.NewCollector(); c.Visit(page)", "github.com/gocolly/colly/v2"),
        # A goroutine that never ends does not keep the program.
        main("go spin(); work()", more="func spin() { for { draw() } }"),
        main("for { row, err := r.Read(); if err == io.EOF { break }; work(row) }", "io", "encoding/csv"),
        main("for { if err := try(); err == nil { break } }"),
        main(
            "jobs := make(chan Job); var g sync.WaitGroup; go run(jobs); close(jobs); g.Wait()",
            "sync",
            more="type Job struct{ ID int }\nfunc run(jobs <-chan Job) { for j := range jobs { work(j.ID) } }",
        ),
        main("done := make(chan bool); go func() { work(); done <- true }(); <-done"),
        # What listens is never called.
        main("work()", "net/http", more='func debug() { http.ListenAndServe(":6060", nil) }'),
        main("for user := range slices.Values(users) { work(user.Name) }", "slices"),
    ],
)
def test_a_program_that_ends_by_itself_is_no_service(code: str) -> None:
    count, said = found(code)
    assert count == 0
    assert "ends by itself" in said or "so it is not a service" in said or "no service found" in said


def test_a_listener_that_only_a_type_of_the_program_starts() -> None:
    server = 'package api\nimport "net/http"\ntype S struct{}\nfunc (S) Start() { http.ListenAndServe(":7070", nil) }\n'
    code = main("service.Run(api.S{})", "example.com/shop/api", "github.com/kardianos/service")
    assert only(**{"go.mod": GO_MOD, "main.go": code, "api/api.go": server}).port == 7070


# --- who is asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        main("var n int; for { fmt.Scanln(&n); work(n) }", "fmt"),
        main("s := bufio.NewScanner(os.Stdin); for s.Scan() { work(s.Text()) }", "bufio", "os"),
        main("for { menu() }", "fmt", more="func menu() { var n int; fmt.Scan(&n) }"),
        main("pass, _ := term.ReadPassword(0); for { work(pass) }", "golang.org/x/term"),
    ],
)
def test_a_program_that_asks_somebody_at_a_terminal_is_no_service(code: str) -> None:
    count, said = found(code)
    assert count == 0
    assert "asks a person at a terminal" in said
    assert found(code, Dockerfile="FROM golang\nCMD go run .\n")[0] == 0


@pytest.mark.parametrize(
    "code",
    [
        GO_SERVER.replace("{ http", "{ go func() { s := bufio.NewScanner(os.Stdin); s.Scan() }(); http"),
        # Handing the stream on to another program asks nobody.
        main("c := exec.Command(tool); c.Stdin = os.Stdin; for { c.Run() }", "os", "os/exec"),
    ],
)
def test_a_program_that_also_reads_its_input_may_serve(code: str) -> None:
    assert found(code)[0] == 1


def test_a_tool_that_only_one_program_of_a_module_is_made_with() -> None:
    files = {
        "go.mod": module("github.com/spf13/cobra"),
        "go.sum": "",
        "cmd/ctl/main.go": main("c := cobra.Command{}; c.Execute()", "github.com/spf13/cobra"),
        "cmd/worker/main.go": main("for { work() }"),
    }
    spec = only(**files, Dockerfile="FROM golang\nRUN go build ./cmd/worker\n")
    assert spec.main_package == "./cmd/worker"


def test_a_raw_listener_has_no_framework() -> None:
    code = main('l, _ := net.Listen("tcp", ":9999"); for { l.Accept() }', "net")
    spec = only(**{"go.mod": GO_MOD, "main.go": code})
    assert (spec.port, spec.framework) == (9999, None)


# --- without go.mod -------------------------------------------------------------------------------------------------


def test_a_module_is_made_where_there_is_none() -> None:
    code = main('handlers.Add(mux.NewRouter()); http.ListenAndServe(":3000", nil)', "net/http",
                "github.com/ann/shop/handlers", "github.com/gorilla/mux")  # fmt: skip
    files = {"main.go": code, "handlers/handlers.go": "package handlers\n", "README.md": ""}
    spec = only(**files)
    assert (spec.framework, spec.port, spec.start) == ("gorilla", 3000, ("/app/shop",))
    assert spec.build == ("go mod init github.com/ann/shop", "go mod tidy")
    made = dockerfile(**files)
    assert "go mod init github.com/ann/shop \\\n    && go mod tidy \\\n    && GOOS=" in made
    assert "go mod download" not in made
    assert any("go.mod is missing" in note.text for note in inspect(**files).services[0].notes)


def test_a_module_starts_above_its_commands() -> None:
    spec = only(**{"server/README.md": "", "server/cmd/api/main.go": GO_SERVER})
    assert (spec.path, spec.main_package) == ("server", "./cmd/api")


def test_code_older_than_modules_is_built_where_its_import_path_is() -> None:
    code = main('b.Add(part.P); http.ListenAndServe(":3000", nil)', "net/http", "github.com/a/b",
                "github.com/ann/shop/part")  # fmt: skip
    files = {"cmd/web/main.go": code, "part/part.go": "package part\nvar P = 1\n", "README.md": ""}
    whole = {**files, "vendor/github.com/a/b/b.go": "package b\n"}
    assert (only(**whole).gopath, only(**whole).build) == (True, ())
    made = dockerfile(**whole)
    assert "WORKDIR /go/src/github.com/ann/shop\n" in made
    assert "GO111MODULE=off" in made
    assert "COPY . /go/src/github.com/ann/shop\n" in made
    assert "go mod" not in made
    assert "go build -buildvcs=false" in made
    assert any("GOPATH mode" in note.text for note in inspect(**whole).services[0].notes)
    # What vendor/ lacks has to be downloaded, by modules.
    assert only(**files, **{"vendor/github.com/a/c/c.go": "package c\n"}).build[0].startswith("go mod init")


def test_a_vendor_folder_of_older_tools_is_left_aside() -> None:
    files = {"main.go": GO_SERVER, "Gopkg.lock": "", "vendor/github.com/a/b/b.go": "package b\n"}
    assert "go build -mod=mod" in dockerfile(**files)
    assert any("Gopkg.lock" in note.text for note in inspect(**files).services[0].notes)


@pytest.mark.parametrize(
    "files",
    [
        {"main.go": main("work()")},
        {"main.go": main("var n int; fmt.Scan(&n)", "fmt")},
        {"lib/lib.go": "package lib\n"},
        # The tree has a module: what lies beside it is not one.
        {"main.go": GO_SERVER, "lib/go.mod": GO_MOD, "lib/lib.go": "package lib\n"},
        {"examples/main.go": GO_SERVER},
    ],
)
def test_what_is_no_service_without_go_mod(files: dict[str, str]) -> None:
    assert not inspect(**files).services


def test_many_files_without_go_mod_are_looked_at_once() -> None:
    files = {f"p{at}/f{at}.go": f"package p{at}\n" for at in range(2000)}
    assert not inspect(**files).services


def test_a_package_that_no_module_can_import_is_told_of() -> None:
    code = main('http.ListenAndServe(":3000", nil)', "net/http", "./handlers")
    notes = inspect(**{"main.go": code, "handlers/a.go": "package handlers\n"}).services[0].notes
    assert any("this import path is not part of the module" in note.text for note in notes)


# --- generated code -------------------------------------------------------------------------------------------------


def test_a_recipe_that_also_says_what_it_does() -> None:
    recipe = 'BUF ?= go tool buf\ngen:\n\t@echo "==> code (buf)"\n\t$(BUF) generate\n'
    code = main('http.ListenAndServe(":80", nil)', "net/http", "example.com/shop/gen")
    files = {"go.mod": f"{GO_MOD}\ntool google.golang.org/protobuf/cmd/protoc-gen-go\n", "main.go": code,
             "Makefile": recipe}  # fmt: skip
    template = "version: v2\nplugins:\n  - local: {}\n    out: gen\n"
    with_name = only(**files, **{"buf.gen.yaml": template.format("protoc-gen-go")})
    assert with_name.build == ("go install google.golang.org/protobuf/cmd/protoc-gen-go", "go tool buf generate")
    by_go = only(**files, **{"buf.gen.yaml": template.format("[go, tool, protoc-gen-go]")})
    assert by_go.build == ("go tool buf generate",)
    missing = inspect(**files, **{"buf.gen.yaml": template.format("web/node_modules/.bin/protoc-gen-es")})
    assert any("the Go stage does not have" in note.text for note in missing.services[0].notes)


def test_a_tool_of_a_module_that_is_required_has_its_version() -> None:
    code = main('http.ListenAndServe(":80", nil)', "net/http", "example.com/shop/docs")
    files = {"go.mod": module("github.com/swaggo/swag"), "go.sum": "", "main.go": code}
    assert only(**files).build == ("go run github.com/swaggo/swag/cmd/swag@v1.0.0 init",)


def test_a_package_of_which_only_a_part_is_committed() -> None:
    line = "//go:generate go run -mod=mod entgo.io/ent/cmd/ent generate ./schema\n"
    code = main('ent.Open("x"); http.ListenAndServe(":80", nil)', "net/http", "example.com/shop/ent")
    files = {"go.mod": GO_MOD, "main.go": code, "ent/generate.go": f"package ent\n{line}"}
    assert only(**files).build == ("go generate ./ent",)
    assert only(**files, **{"ent/client.go": "package ent\nfunc Open(name string) {}\n"}).build == ()


# --- configuration --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("config.yaml", "server:\n  port: 9091\ndb:\n  port: 5432\n", 'viper.GetString("server.port")'),
        ("config/app.toml", "[http]\nport = 9091\n", 'viper.GetInt("http.port")'),
        ("configs/config.json", '{"Port": "9091", "grpc": {"port": 7000}}', 'viper.Get("port")'),
    ],
)
def test_the_port_of_a_configuration_file(path: str, text: str, code: str) -> None:
    body = f"a := {code}; http.ListenAndServe(a, nil)"
    files = {"go.mod": module("github.com/spf13/viper"), "go.sum": "", path: text}
    assert only(**files, **{"main.go": main(body, "net/http", "github.com/spf13/viper")}).port == 9091


def test_the_field_that_a_configuration_file_fills() -> None:
    more = 'type c struct { Address string `yaml:"address" env-default:"localhost:8080"` }'
    body = "http.ListenAndServe(cfg.Address, nil)"
    code = main(body, "net/http", "github.com/ilyakaznacheev/cleanenv", more=more)
    files = {"go.mod": GO_MOD, "main.go": code, "config/local.yaml": "http_server:\n  address: localhost:8081\n"}
    assert only(**files).port == 8081
    assert only(**files, **{"config/prod.yaml": "http_server:\n  address: 0.0.0.0:8082\n"}).port == 8082
    assert only(**files, **{"config/prod.yaml": "http_server:\n  address: ':1'\n  port: 9\n"}).port == 8081


SHARED = "example.com/company/shared/config"
READS = 'c := config.Read("config/shop.yml"); r := gin.New(); r.Run(c.Address)'
HANDED = main(READS, "github.com/gin-gonic/gin", SHARED)


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("name: shop\nport: 7010\n", 7010),
        ("server:\n  port: 7010\ndatabase:\n  port: 15432\n", 7010),
        # One section for each environment: production's counts.
        ("dev: {port: 7011, database: shop_dev}\nprod: {port: 7010, database: shop}\n", 7010),
        ("staging: {port: 7010, database: a}\ntest: {port: 7012, database: b}\n", 7010),
        # Sections of other things, and ports that differ.
        ("shop: {port: 7010, host: a}\nmail: {port: 7012, host: b}\n", 8080),
        ("products: {port: 7010, host: a}\ndevices: {port: 7010, host: b}\n", 8080),
        ("port: 7010\nserver:\n  port: 7012\n", 8080),
    ],
)
def test_the_port_in_a_file_that_another_module_reads(text: str, port: int) -> None:
    files = {"go.mod": module("github.com/gin-gonic/gin"), "go.sum": "", "config/shop.yml": text}
    assert only(**files, **{"main.go": HANDED}).port == port


def test_a_file_that_the_program_itself_reads_needs_its_own_reader() -> None:
    own = "example.com/shop/config"
    reader = "package config\ntype c struct { Address string }\nfunc Read(n string) c { return c{} }\n"
    files = {"go.mod": module("github.com/gin-gonic/gin"), "go.sum": "", "config/shop.yml": "port: 7010\n"}
    code = HANDED.replace(SHARED, own)
    assert only(**files, **{"main.go": code, "config/config.go": reader}).port == 8080


def test_a_file_of_variables_that_must_be_there_is_told_of_and_is_empty() -> None:
    load = 'err := godotenv.Load(); if err != nil { log.Fatal("no .env") }; http.ListenAndServe(":80", nil)'
    files = {"go.mod": module("github.com/joho/godotenv"), "go.sum": ""}
    code = main(load, "net/http", "log", "github.com/joho/godotenv")
    service = inspect(**files, **{"main.go": code}).services[0]
    assert any("has an empty .env" in note.text for note in service.notes)
    assert service.spec.model_dump()["empty_files"] == (".env",)
    text = generate({**files, "main.go": code}).files["Dockerfile"]
    assert "&& mkdir -p /out/empty \\\n    && touch /out/empty/.env\n" in text
    assert "\nCOPY --link --from=build /out/empty/ /app/\n" in text
    code = code.replace("log.Fatal", "log.Println")
    assert not any("has an empty .env" in note.text for note in inspect(**files, **{"main.go": code}).services[0].notes)


@pytest.mark.parametrize(
    ("load", "told"),
    [
        ("if err := godotenv.Load(); err != nil { log.Panic(err) }", True),
        ("if godotenv.Load() != nil { log.Fatal(1) }", True),
        ("_ = godotenv.Load()\n_, err := read()\nif err != nil { log.Fatal(err) }", False),
        ("godotenv.Load()\n_, err := read()\nif err != nil { log.Fatal(err) }", False),
        ('if err := godotenv.Load(); err != nil { log.Print("none") }\nif bad() { log.Fatal(1) }', False),
    ],
)
def test_an_error_that_is_not_looked_at_stops_nothing(load: str, told: bool) -> None:
    files = {"go.mod": module("github.com/joho/godotenv"), "go.sum": ""}
    code = main(f'{load}\nhttp.ListenAndServe(":80", nil)', "net/http", "log", "github.com/joho/godotenv")
    notes = inspect(**files, **{"main.go": code}).services[0].notes
    assert any("has an empty .env" in note.text for note in notes) is told


@pytest.mark.parametrize("path", ["github.com/astaxie/beego", "github.com/beego/beego/v2/server/web"])
def test_beego_gets_the_folders_that_it_reads_and_runs_for_production(path: str) -> None:
    name = path.removesuffix("/server/web")
    code = f'package main\n\nimport web "{path}"\n\nfunc main() {{ web.Run() }}\n'
    tree = {"conf/app.conf": "httpport = 8090\nrunmode = dev\n", "views/index.tpl": "", "static/a.css": ""}
    spec = only(**{"go.mod": f"{GO_MOD}require {name} v1.0.0\n", "main.go": code, **tree})
    assert (spec.framework, spec.port, list(spec.assets)) == ("beego", 8090, ["conf", "static", "views"])
    assert [(item.name, item.value) for item in spec.environment] == [("BEEGO_RUNMODE", "prod")]


def test_a_committed_folder_that_is_written_too_belongs_to_the_user() -> None:
    body = (
        'os.ReadDir("lists"); os.MkdirAll("lists", 0o755); os.ReadFile("words/a.txt"); http.ListenAndServe(":9000", h)'
    )
    code = main(body, "net/http", "os")
    files = {"go.mod": GO_MOD, "main.go": code, "lists/demo.json": "{}", "words/a.txt": ""}
    text = generate(files).files["Dockerfile"]
    assert "COPY --link --chown=65532:65532 lists /app/lists\n" in text
    assert "COPY --link words/a.txt /app/words/a.txt\n" in text


def test_a_committed_file_that_is_written_belongs_to_the_user() -> None:
    body = (
        'os.ReadDir("lists"); os.MkdirAll("lists/own", 0o755); os.ReadFile("seen.json"); '
        'os.WriteFile("seen.json", b, 0o644); os.OpenFile("words.json", os.O_RDONLY, 0); http.ListenAndServe(":9", h)'
    )
    tree = {"lists/own/a.json": "{}", "lists/b.json": "{}", "seen.json": "{}", "words.json": "{}"}
    text = generate({"go.mod": GO_MOD, "main.go": main(body, "net/http", "os"), **tree}).files["Dockerfile"]
    assert "COPY --link --chown=65532:65532 seen.json /app/seen.json\n" in text
    assert "COPY --link words.json /app/words.json\n" in text
    assert "COPY --link lists /app/lists\n" in text
    assert "COPY --link --chown=65532:65532 lists/own /app/lists/own\n" in text


def test_two_mains_in_one_package_are_told_of() -> None:
    tree = {"go.mod": GO_MOD, "server.go": GO_SERVER, "player.go": main("println(1)")}
    texts = [note.text for note in inspect(**tree).services[0].notes]
    assert any(text.startswith("main is declared in player.go, server.go, so go build refuses") for text in texts)
    apart = {"go.mod": GO_MOD, "server.go": GO_SERVER, "player/player.go": main("println(1)")}
    assert not any("main is declared" in note.text for note in inspect(**apart).services[0].notes)


@pytest.mark.parametrize(("address", "told"), [("localhost:9001", 1), ("127.0.0.1:9001", 1), (":9001", 0)])
def test_a_constant_on_the_loopback_is_told_of(address: str, told: int) -> None:
    more = f'const where = "{address}"\ntype server struct {{ addr string }}\n'
    more += 'func (s *server) run() { net.Listen("tcp", s.addr); select {} }'
    more += "\nfunc made(addr string) *server { return &server{addr: addr} }"
    code = main("made(where).run()", "net", more=more)
    service = inspect(**{"go.mod": GO_MOD, "main.go": code}).services[0]
    assert service.spec.port == 9001
    assert len([note for note in service.notes if "listen on :9001" in note.text]) == told


@pytest.mark.parametrize(
    ("load", "file"),
    [
        ('viper.SetConfigName("shop")\nif err := viper.ReadInConfig(); err != nil { panic(err) }', "shop.yaml"),
        ('viper.SetConfigName("shop")\nviper.SetConfigType("toml")\nerr := viper.ReadInConfig()\n'
         "if err != nil { log.Fatal(err) }", "shop.toml"),
        ('viper.SetConfigFile("./etc/shop.json")\nif err := viper.ReadInConfig(); err != nil { panic(err) }',
         "shop.json"),
        # It goes on without the file, asks for it by another name, or looks at another error.
        ('viper.SetConfigName("shop")\nviper.ReadInConfig()', None),
        ('viper.SetConfigName("shop")\nif err := viper.ReadInConfig(); err != nil { log.Print(err) }', None),
        ('viper.SetConfigName("shop")\nif err := viper.ReadInConfig(); err != nil {\n'
         "if _, ok := err.(viper.ConfigFileNotFoundError); !ok { panic(err) } }", None),
        ("viper.SetConfigName(name())\nif err := viper.ReadInConfig(); err != nil { panic(err) }", None),
    ],
)  # fmt: skip
def test_a_configuration_file_that_the_program_stops_without_is_told_of(load: str, file: str | None) -> None:
    files = {"go.mod": module("github.com/spf13/viper"), "go.sum": ""}
    code = main(f'{load}\nhttp.ListenAndServe(":80", nil)', "net/http", "log", "github.com/spf13/viper")

    def told(**more: str) -> list[str]:
        [service] = inspect(**files, **{"main.go": code}, **more).services
        return [note.text.partition("stops without ")[2] for note in service.notes if "stops without" in note.text]

    remedy = "mount it into the container, or commit one without secrets"
    assert told() == ([f"{file}, which is not in the tree; {remedy}"] if file else [])
    ignored = told(**{".gitignore": "shop.*\n"})
    assert ignored == ([f"{file}, which is not in version control; {remedy}"] if file else [])
    assert not told(**{f"conf/{file or 'shop.yaml'}": "a: b\n"})
