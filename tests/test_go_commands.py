"""What a Go program does where it is told nothing, and what it must be told to serve or to work."""

import pytest

from tests.test_go_running import main
from tests.test_traps import GO_MOD, inspect, only

SERVE = '\nfunc serve() {\n\thttp.ListenAndServe(":9000", nil)\n}\n'
COBRA = GO_MOD + "require github.com/spf13/cobra v1.9.1\n"
ROOT = """package cmd

import "github.com/spf13/cobra"

var rootCmd = &cobra.Command{Use: "tool", Short: "a tool"}

func Execute() { rootCmd.Execute() }
"""


def started(code: str, **files: str) -> list[tuple[str, ...]]:
    """The words that each service of a tree is started with, after the program."""
    tree = {"go.mod": GO_MOD, "main.go": code, **files}
    return [tuple(item.spec.start[1:]) for item in inspect(**tree).services]


def cobra(**files: str) -> dict[str, str]:
    return {
        "go.mod": COBRA,
        "main.go": 'package main\n\nimport "example.com/shop/cmd"\n\nfunc main() { cmd.Execute() }\n',
        "cmd/root.go": ROOT,
        **{f"cmd/{name}.go": code for name, code in files.items()},
    }


def command(name: str, body: str, *imports: str, parent: str = "rootCmd") -> str:
    listed = "\n".join(f'\t"{item}"' for item in ("github.com/spf13/cobra", *imports))
    return (
        f"package cmd\n\nimport (\n{listed}\n)\n\n"
        f'var {name}Cmd = &cobra.Command{{\n\tUse: "{name}",\n'
        "\tRunE: func(cmd *cobra.Command, args []string) error {\n"
        f"\t\t{body}\n\t\treturn nil\n\t}},\n}}\n\nfunc init() {{ {parent}.AddCommand({name}Cmd) }}\n"
    )


# --- the first argument, flags, tables of functions ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            main(
                'switch os.Args[1] {\ncase "export":\n\tlist()\ncase "serve":\n\tserve()\ndefault:\n\tos.Exit(1)\n}',
                "net/http", "os", more=SERVE,
            ),
            ("serve",),
        ),
        (
            main('if len(os.Args) > 1 && os.Args[1] == "web" {\n\tserve()\n\treturn\n}\nlist()', "net/http", "os",
                 more=SERVE),
            ("web",),
        ),
        (
            main('on := flag.Bool("listen", false, "serve")\nflag.Parse()\nif *on {\n\tserve()\n}\nlist()', "net/http",
                 "flag", more=SERVE),
            ("--listen",),
        ),
        (
            main(
                'table := map[string]func(){\n\t"list": list,\n\t"serve": serve,\n}\ntable[os.Args[1]]()',
                "net/http", "os", more=SERVE,
            ),
            ("serve",),
        ),
        # What serves by itself needs no word, whatever else it can be told.
        (
            main('if len(os.Args) > 1 && os.Args[1] == "migrate" {\n\tlist()\n\treturn\n}\nserve()', "net/http", "os",
                 more=SERVE),
            (),
        ),
        (
            main(
                'what := ""\nif len(os.Args) > 1 {\n\twhat = os.Args[1]\n}\n'
                'switch what {\ncase "", "start":\n\tserve()\ncase "stop":\n\tlist()\n}',
                "net/http", "os", more=SERVE,
            ),
            (),
        ),
        (
            main('seed := flag.Bool("seed", false, "fill")\nflag.Parse()\nif *seed {\n\tlist()\n\treturn\n}\nserve()',
                 "net/http", "flag", more=SERVE),
            (),
        ),
        # A table that nothing of the command line chooses from.
        (
            main('kinds := map[string]func(){\n\t"http": serve,\n}\nkinds[mode()]()', "net/http", more=SERVE),
            (),
        ),
    ],
)  # fmt: skip
def test_what_a_program_must_be_told_to_serve(code: str, words: tuple[str, ...]) -> None:
    assert started(code) == [words]


@pytest.mark.parametrize(("name", "words"), [("worker", [("worker",)]), ("watch", []), ("export", [])])
def test_a_command_that_works_until_it_is_stopped(name: str, words: list[tuple[str, ...]]) -> None:
    code = main(
        f'switch os.Args[1] {{\ncase "{name}":\n\twork()\ncase "seed":\n\tlist()\n}}',
        "os",
        more="\nfunc work() {\n\tfor {\n\t\tonce()\n\t}\n}\n",
    )
    assert started(code) == words


def test_words_in_texts_and_comments_are_no_calls() -> None:
    code = main('say("serve")\n// serve()', "net/http", more=SERVE)
    assert started(code) == []


# --- commands of libraries -------------------------------------------------------------------------------------------

LISTEN = 'http.ListenAndServe(":9000", nil)'


def test_the_command_that_listens_is_found_by_what_it_does() -> None:
    files = cobra(rest=command("rest", LISTEN, "net/http"), migrate=command("migrate", "up()"))
    assert only(**files).start[1:] == ("rest",)


def test_a_command_below_another_one_is_told_with_both_words() -> None:
    parent = 'package cmd\n\nimport "github.com/spf13/cobra"\n\nvar serverCmd = &cobra.Command{Use: "server"}\n'
    parent += "\nfunc init() { rootCmd.AddCommand(serverCmd) }\n"
    files = cobra(server=parent, start=command("start", LISTEN, "net/http", parent="serverCmd"))
    assert only(**files).start[1:] == ("server", "start")


def test_commands_that_functions_of_other_packages_make() -> None:
    make = (
        'package {0}\n\nimport (\n\t"net/http"\n\t"github.com/spf13/cobra"\n)\n\nfunc New() *cobra.Command {{\n'
        '\treturn &cobra.Command{{\n\t\tUse: "{0}",\n\t\tRunE: func(*cobra.Command, []string) error {{ return {1} }},\n'
        "\t}}\n}}\n"
    )
    files = {
        "go.mod": COBRA,
        "main.go": (
            'package main\n\nimport (\n\t"github.com/spf13/cobra"\n'
            '\t"example.com/shop/api"\n\t"example.com/shop/dump"\n)\n\n'
            'func main() {\n\troot := &cobra.Command{Use: "x"}\n'
            "\troot.AddCommand(dump.New(), api.New())\n\troot.Execute()\n}\n"
        ),
        "api/api.go": make.format("api", LISTEN),
        "dump/dump.go": make.format("dump", "nil"),
    }
    assert only(**files).start[1:] == ("api",)


def test_a_root_command_that_serves_needs_no_word() -> None:
    root = ROOT.replace('Short: "a tool"', f"Run: func(*cobra.Command, []string) {{ {LISTEN} }}")
    files = cobra(migrate=command("migrate", "up()")) | {
        "cmd/root.go": root.replace("import ", 'import "net/http"\nimport ')
    }
    assert only(**files).start[1:] == ()


def test_a_login_that_waits_for_a_browser_is_no_server() -> None:
    body = 'srv := &http.Server{Addr: "localhost:8085"}\n\t\tgo srv.ListenAndServe()\n\t\t<-code\n\t\tsrv.Shutdown(ctx)'
    files = cobra(login=command("login", body, "net/http"), list=command("list", "show()"))
    assert not inspect(**files).services


@pytest.mark.parametrize("address", ['net.Listen("tcp", "127.0.0.1:0")', 'net.Listen("tcp", "localhost:7777")'])
def test_a_listener_on_the_loopback_for_one_answer_is_no_server(address: str) -> None:
    more = (
        f"\nfunc token() string {{\n\tcodes := make(chan string)\n\tl, _ := {address}\n"
        "\tsrv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {\n"
        "\t\tcodes <- r.FormValue(name)\n\t})}\n\tgo srv.Serve(l)\n"
        "\tcode := <-codes\n\tsrv.Close()\n\treturn code\n}\n"
    )
    assert started(main("show(token())", "net", "net/http", more=more)) == []


CONSOLE = """package cmd

import (
	"bufio"
	"net"
	"os"
	"github.com/spf13/cobra"
)

type Shell struct { port string }

func (s *Shell) Start() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() { s.listen() }
}

func (s *Shell) listen() {
	l, _ := net.Listen("tcp", s.port)
	go accept(l)
}

var rootCmd = &cobra.Command{Use: "tool", Run: func(*cobra.Command, []string) { (&Shell{port: ":6666"}).Start() }}

func Execute() { rootCmd.Execute() }
"""


def test_a_console_that_listens_for_its_own_run_is_no_server() -> None:
    console = cobra() | {"cmd/root.go": CONSOLE}
    assert not inspect(**console).services
    # What a container runs, what a command serves, and what has a framework of servers is one.
    dockerfile = "FROM golang:1.26\nCOPY . .\nRUN go build -o /tool .\nCMD /tool\n"
    assert len(inspect(**console, Dockerfile=dockerfile).services) == 1
    served = cobra(serve=command("serve", LISTEN, "net/http")) | {"cmd/root.go": CONSOLE}
    assert len(inspect(**served).services) == 1
    api = 'package cmd\n\nimport "github.com/gin-gonic/gin"\n\nfunc accept(any) { gin.Default().Run() }\n'
    assert len(inspect(**console, **{"cmd/api.go": api}).services) == 1


def test_a_server_on_the_loopback_that_a_signal_ends_is_one() -> None:
    body = (
        'srv := &http.Server{Addr: "localhost:8080"}\ngo srv.ListenAndServe()\nquit := make(chan os.Signal, 1)\n'
        "signal.Notify(quit, os.Interrupt)\n<-quit\nsrv.Shutdown(ctx)"
    )
    assert started(main(body, "net/http", "os", "os/signal")) == [()]


# --- goroutines ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ('go func() {\n\thttp.ListenAndServe(":6060", nil)\n}()\nwork()', 0),
        ('go func() {\n\thttp.ListenAndServe(":9000", nil)\n}()\ng.Wait()', 1),
        ('errs := make(chan error)\ngo func() {\n\terrs <- http.ListenAndServe(":9000", nil)\n}()\nfail(<-errs)', 1),
    ],
)
def test_main_must_wait_for_what_listens_in_a_goroutine(body: str, count: int) -> None:
    assert len(started(main(body, "net/http"))) == count


def test_a_client_of_a_library_for_both_is_no_server() -> None:
    mod = {"go.mod": GO_MOD + "require github.com/valyala/fasthttp v1.58.0\n"}
    assert started(main('fasthttp.Get(nil, "http://x")', "github.com/valyala/fasthttp"), **mod) == []
    assert started(main('fasthttp.ListenAndServe(":80", h)', "github.com/valyala/fasthttp"), **mod) == [()]


def test_what_a_container_of_dependencies_starts_is_a_server() -> None:
    more = (
        '\nfunc New(lc fx.Lifecycle) *http.Server {\n\ts := &http.Server{Addr: ":9000"}\n'
        "\tlc.Append(fx.Hook{OnStart: func(ctx context.Context) error {\n"
        "\t\tgo s.ListenAndServe()\n\t\treturn nil\n\t}})\n"
        "\treturn s\n}\n"
    )
    code = main("fx.New(fx.Provide(New)).Run()", "net/http", "context", "go.uber.org/fx", more=more)
    assert started(code, **{"go.mod": GO_MOD + "require go.uber.org/fx v1.23.0\n"}) == [()]


# --- loops -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "count"),
    [
        # What goes through pages until there are none comes to an end.
        ("for {\n\tpage++\n\tgoquery.Get(page)\n\tif page > last {\n\t\tbreak\n\t}\n}", 0),
        ("for {\n\titems := goquery.Get(page)\n\tif len(items) == 0 {\n\t\treturn\n\t}\n}", 0),
        ("for {\n\tm, err := goquery.Get(page)\n\tif err == nil {\n\t\treturn\n\t}\n}", 0),
        # What only a failure ends goes on.
        ("for {\n\tm, err := goquery.Get(page)\n\tif err != nil {\n\t\tbreak\n\t}\n\tshow(m)\n}", 1),
    ],
)
def test_a_loop_that_is_left_for_what_it_found_ends(body: str, count: int) -> None:
    assert len(started(main(body, "github.com/PuerkitoBio/goquery"))) == count


def test_joining_texts_and_running_templates_keep_nobody_alive() -> None:
    code = main(
        't := template.New("x")\nt.Execute(os.Stdout, strings.Join(goquery.All(), ","))',
        "os", "strings", "text/template", "github.com/PuerkitoBio/goquery",
    )  # fmt: skip
    assert started(code) == []


# --- frameworks ------------------------------------------------------------------------------------------------------


def test_a_logger_of_a_framework_does_not_make_a_worker_one_of_it() -> None:
    code = main("logs.Info(x)\nselect {}", "github.com/astaxie/beego/logs")
    spec = only(**{"go.mod": GO_MOD + "require github.com/astaxie/beego v1.12.3\n", "main.go": code})
    assert (spec.framework, spec.port) == (None, None)


# --- commands that are fields of a struct -----------------------------------------------------------------------------

KONG = GO_MOD + "require github.com/alecthomas/kong v1.10.0\n"
KONG_MAIN = """package main

import (
	"example.com/shop/cli"
	"github.com/alecthomas/kong"
)

var CLI struct {
	%s
	Version cli.Version `cmd:"" help:"Say which one it is."`
}

func main() { kong.Parse(&CLI).Run() }
"""
KONG_COMMANDS = """package cli

import (
	"fmt"
	"net/http"
)

type Version struct{}

func (v *Version) Run() error { fmt.Println("1"); return nil }

type Run struct {
	HTTPHost string `help:"Host to listen on." default:"localhost"`
}

func (r *Run) Run() error { return http.ListenAndServe(r.HTTPHost+":9000", nil) }

type Group struct {
	List Version `cmd:""`
	WebUI Run `cmd:""`
}
"""


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ('Run cli.Run `cmd:"" help:"Serve."`', ("run",)),
        ('RunNow cli.Run `cmd:""`', ("run-now",)),
        ('Run cli.Run `cmd:"" name:"up"`', ("up",)),
        ('Run cli.Run `cmd:"" default:"1"`', ()),
        ('Site cli.Group `cmd:""`', ("site", "web-ui")),
        ('Site struct { Start cli.Run `cmd:""` } `cmd:""`', ("site", "start")),
    ],
)
def test_command_that_is_a_field_of_a_struct(field: str, words: tuple[str, ...]) -> None:
    files = {"go.mod": KONG, "cli/commands.go": KONG_COMMANDS}
    assert started(KONG_MAIN % field, **files) == [(*words, "--http-host=0.0.0.0")]


def test_fields_of_a_struct_none_of_which_serves() -> None:
    files = {"go.mod": KONG, "cli/commands.go": KONG_COMMANDS}
    assert started(KONG_MAIN % 'List cli.Version `cmd:""`', **files) == []


def test_profiler_is_not_what_serves() -> None:
    profiler = (
        'package debug\n\nimport (\n\t"net/http"\n\t_ "net/http/pprof"\n)\n\n'
        'func Start() { go http.ListenAndServe("localhost:6060", nil) }\n'
    )
    code = main("debug.Start()\nserve()", "example.com/shop/debug", "github.com/go-chi/chi/v5", "net/http", more=(
        '\nfunc serve() {\n\tr := chi.NewRouter()\n\thttp.ListenAndServe(":9000", r)\n}\n'
    ))  # fmt: skip
    files = {"go.mod": GO_MOD + "require github.com/go-chi/chi/v5 v5.2.0\n", "debug/debug.go": profiler}
    assert only(**files, **{"main.go": code}).port == 9000


TOLD = {
    "serve": command("serve", "http.ListenAndServe(addr, nil); return nil", "net/http"),
    "agent": command("agent", "select {}"),
}
ASKING = 'FROM golang:1.26\nCOPY . .\nRUN go build -o /shop .\nENTRYPOINT ["/shop"]\nCMD ["--help"]\n'
COMPOSE = """services:
  shop:
    build: .
    image: shop:dev
    command: [serve, --addr=0.0.0.0:7000, --data-dir=/var/lib/shop]
    ports: ["7000:7000"]
    volumes: ["data:/var/lib/shop"]
  agent:
    image: shop:dev
    command: [agent]
"""


def words(**files: str) -> tuple[str, ...]:
    return tuple(only(**cobra(**TOLD), **files).start[1:])


def test_a_command_that_only_asks_for_help_is_no_start() -> None:
    assert "--help" not in words(Dockerfile=ASKING)
    assert "version" not in words(Dockerfile=ASKING.replace("--help", "version"))


def test_the_compose_file_says_what_an_image_that_asks_for_help_is_told() -> None:
    told = {"Dockerfile": ASKING, "compose.yaml": COMPOSE}
    assert words(**told) == ("serve", "--addr=0.0.0.0:7000")
    # A path that is no volume is one of that image: nothing is taken of such a command.
    assert "--addr=0.0.0.0:7000" not in words(**{**told, "compose.yaml": COMPOSE.replace("data:/var", "data:/srv")})
