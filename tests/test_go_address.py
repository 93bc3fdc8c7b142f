"""Where a Go program listens when its address is a field: set in another module, a file, a variable, or nowhere."""

import pytest

from genfile.preset.render import render_spec
from tests.test_go_running import main
from tests.test_traps import GO_MOD, inspect, only

LIBRARY = """package server
import ("net/http"; "os")
type Config struct { Name, Port string }
type Server struct { cfg Config }
func New(c Config) *Server {
	if c.Port == "" { c.Port = os.Getenv("PORT") }
	if c.Port == "" { c.Port = "8090" }
	return &Server{cfg: c}
}
func (s *Server) Start() error {
	listener := &http.Server{Addr: ":" + s.cfg.Port}
	return listener.ListenAndServe()
}
"""
PROGRAM = """package main
import "example.com/all/pkg/server"
type Upstream struct { Port string }
var upstream = Upstream{Port: "5999"}
func main() { server.New(server.Config{Name: "shop"%s}).Start() }
"""


def work(program: str, **files: str) -> dict[str, str]:
    return {
        "go.work": "go 1.26\nuse (\n\t./cmd/shop\n\t./pkg/server\n)\n",
        "cmd/shop/go.mod": "module example.com/all/cmd/shop\n\ngo 1.26\n",
        "cmd/shop/main.go": program,
        "pkg/server/go.mod": "module example.com/all/pkg/server\n\ngo 1.26\n",
        "pkg/server/server.go": LIBRARY,
        **files,
    }


def test_a_listener_in_another_module_of_go_work_is_the_programs() -> None:
    found = inspect(**work(PROGRAM % ', Port: "8081"')).services
    assert [(item.spec.path, item.spec.framework, item.spec.port) for item in found] == [("cmd/shop", "net-http", 8081)]


def test_what_the_library_sets_where_the_field_is_empty() -> None:
    spec = only(**work(PROGRAM % ""))
    assert (spec.port, spec.port_variable) == (8090, "PORT")


def test_a_local_replacement_is_followed_too() -> None:
    tree = work(PROGRAM % ', Port: "8081"')
    del tree["go.work"]
    tree["cmd/shop/go.mod"] += (
        "require example.com/all/pkg/server v0.0.0\nreplace example.com/all/pkg/server => ../../pkg/server\n"
    )
    assert only(**tree).port == 8081


def test_a_module_that_is_downloaded_is_not_followed() -> None:
    tree = work(PROGRAM % ', Port: "8081"')
    del tree["go.work"]
    assert not [item for item in inspect(**tree).services if item.spec.port == 8081]


def server(body: str, more: str = "", *imports: str) -> str:
    listed = "; ".join(f'"{item}"' for item in ("net/http", *imports))
    return f"package main\nimport ({listed})\n{more}\nfunc main() {{ {body} }}\n"


FIELDS = (
    'type Config struct { HTTP Part `yaml:"http"`; DB Part `yaml:"db"` }\ntype Part struct { Port int `yaml:"port"` }'
)
SERVE = 'http.ListenAndServe(fmt.Sprintf(":%d", cfg.HTTP.Port), nil)'
FILE = "db: {port: 5433}\nhttp: {port: 4567}\n"


def test_the_section_of_a_configuration_file_that_the_field_is_of() -> None:
    code = server(SERVE, FIELDS, "fmt", "gopkg.in/yaml.v3")
    assert only(**{"go.mod": GO_MOD, "main.go": code, "config/config.yaml": FILE}).port == 4567


@pytest.mark.parametrize(
    ("code", "port"),
    [
        (server("http.ListenAndServe(cfg.Server.Addr, nil)", 'func f() { v.SetDefault("server.addr", ":8123") }',
                "github.com/spf13/viper"), 8123),
        (server("http.ListenAndServe(address, nil)",
                'func f() { flag.StringVar(&address, "addr", cmp.Or(os.Getenv("ADDR"), ":8123"), "") }',
                "flag", "cmp", "os"), 8123),
        (server('http.ListenAndServe(":"+cmp.Or(os.Getenv("PORT"), "8123"), nil)', "", "cmp", "os"), 8123),
        # Not the service's own.
        (server("http.ListenAndServe(cfg.Server.Addr, nil)", 'func f() { v.SetDefault("email.port", 587) }',
                "github.com/spf13/viper"), None),
    ],
)  # fmt: skip
def test_defaults_that_are_said_in_other_ways(code: str, port: int | None) -> None:
    assert only(**{"go.mod": GO_MOD, "main.go": code}).port == (port or 8080)


def test_the_configuration_of_the_program_that_is_built() -> None:
    more = 'type c struct { Address string `yaml:"address" env-default:"localhost:8080"` }'
    code = server("http.ListenAndServe(cfg.Address, nil)", more, "github.com/ilyakaznacheev/cleanenv")
    tree = {
        "go.mod": GO_MOD,
        "cmd/server/main.go": code,
        "configs/bot/bot.yaml": "http:\n  address: ':8124'\n",
        "configs/server/server.yaml": "http:\n  address: ':8123'\n",
    }
    assert only(**tree).port == 8123


@pytest.mark.parametrize("address", ["cfg.Address", "address()", "os.Args[1]"])
def test_an_address_that_cant_be_seen_is_not_the_frameworks(address: str) -> None:
    code = server(f"http.ListenAndServe({address}, nil)", "", "os", "github.com/gin-gonic/gin")
    found = inspect(**{"go.mod": GO_MOD, "main.go": code}).services[0]
    assert "not known from the code" in found.evidence["/port"][0].says
    assert "/port" in found.guesses
    assert [note.line for note in found.notes if "not known from the code" in note.text] == [4]


def test_a_framework_that_is_told_nothing_has_its_default() -> None:
    code = server("gin.Default().Run()", "", "github.com/gin-gonic/gin")
    found = inspect(**{"go.mod": GO_MOD, "main.go": code}).services[0]
    assert not [note for note in found.notes if "not known from the code" in note.text]


@pytest.mark.parametrize(
    ("body", "variable"),
    [
        ('addr := os.Getenv("LISTEN_ADDR"); if addr == "" { addr = ":8123" }; http.ListenAndServe(addr, nil)', None),
        ('http.ListenAndServe(cmp.Or(os.Getenv("LISTEN_ADDR"), "0.0.0.0:8123"), nil)', None),
        ('port := os.Getenv("LISTEN"); if port == "" { port = "8123" }; http.ListenAndServe(":"+port, nil)', "LISTEN"),
    ],
)
def test_a_variable_that_is_a_whole_address_is_not_given_a_number(body: str, variable: str | None) -> None:
    code = f'package main\nimport ("cmp"; "net/http"; "os")\nfunc main() {{ {body} }}\n'
    spec = only(**{"go.mod": GO_MOD, "main.go": code})
    assert (spec.port, spec.port_variable) == (8123, variable)


FILED = """package main
import ("flag"; "fmt"; "net/http"; "os"; "gopkg.in/yaml.v3")
type ServerConfig struct { Port int `yaml:"port"` }
type Config struct { Server ServerConfig `yaml:"server"` }
func load(path string) *Config {
	cfg := &Config{Server: ServerConfig{Port: 8070}}
	data, _ := os.ReadFile(path)
	yaml.Unmarshal(data, cfg)
	return cfg
}
func main() {
	path := flag.String("config", "shop.config.yaml", "configuration")
	flag.Parse()
	cfg := load(*path)
	srv := &http.Server{Addr: fmt.Sprintf(":%d", cfg.Server.Port)}
	srv.ListenAndServe()
}
"""


@pytest.mark.parametrize(
    ("files", "port"),
    [
        ({"shop.config.yaml": "server:\n  port: 3050\n"}, 3050),
        # Not a file that the program reads where it is told nothing, and one that leaves the key out.
        ({"config.example.yaml": "server:\n  port: 3051\n"}, 8070),
        ({"shop.config.yaml": "metrics:\n  port: 3052\n"}, 8070),
        ({}, 8070),
    ],
)
def test_a_file_that_the_program_reads_is_laid_over_what_it_sets(files: dict[str, str], port: int) -> None:
    mod = GO_MOD + "require gopkg.in/yaml.v3 v3.0.1\n"
    assert only(**{"go.mod": mod, "main.go": FILED, **files}).port == port


CACHE = """package cache
import "github.com/redis/go-redis/v9"
type Options struct { Addr string }
func New(o Options) *redis.Client { return redis.NewClient(&redis.Options{Addr: o.Addr}) }
"""


def test_a_struct_whose_package_hands_the_address_to_a_client_is_no_server() -> None:
    fields = 'type Config struct { App, Cache Part }\ntype Part struct { Addr string `mapstructure:"addr"` }'
    imports = ("github.com/spf13/viper", "example.com/shop/cache")
    code = server(
        "viper.Unmarshal(&cfg); cache.New(cache.Options{Addr: cfg.Cache.Addr}); serve(cfg.App)", fields, *imports
    )
    serve = "func serve(app Part) { s := &http.Server{Addr: app.Addr}; s.ListenAndServe() }\n"
    serve = f'package main\nimport "net/http"\n{serve}'
    mod = GO_MOD + "require github.com/redis/go-redis/v9 v9.7.0\n"
    tree = {"go.mod": mod, "main.go": code, "serve.go": serve, "cache/cache.go": CACHE}
    # Not a port that queues and caches usually have: nothing but the client tells them apart.
    spec = only(**tree, **{"config/config.yaml": 'app: {addr: ":4567"}\ncache: {addr: "cache:6390"}\n'})
    assert spec.port == 4567


HELPER = """package env
import "os"
func must(key string) string {
	value := os.Getenv(key)
	if value == "" { panic("missing " + key) }
	return value
}
var (
	LEVEL = must("LOG_LEVEL")
	WEB   = must("WEB_SOCKET")
)
"""
COMPOSE = "services:\n  web:\n    build: .\n    environment:\n      - LOG_LEVEL=9001\n      - WEB_SOCKET=%s\n"


@pytest.mark.parametrize("value", ["4567", "0.0.0.0:4567"])
def test_a_variable_that_only_compose_sets(value: str) -> None:
    code = server('http.ListenAndServe(":" + env.WEB, nil)', "", "example.com/shop/env")
    tree = {"go.mod": GO_MOD, "main.go": code, "env/env.go": HELPER, "Dockerfile": "FROM golang:1.26\n"}
    spec = only(**tree, **{"compose.yaml": COMPOSE % value})
    assert (spec.port, spec.port_variable) == (4567, "WEB_SOCKET")
    # Of another service's variables nothing is taken.
    spec = only(**tree, **{"compose.yaml": (COMPOSE % value).replace("build: .", "image: other/web")})
    assert spec.port == 8080


NAMED = 'data, _ := os.ReadFile(os.Getenv("CONFIG")); var cfg Config; yaml.Unmarshal(data, &cfg);'


@pytest.mark.parametrize(("extra", "port"), [("", 4567), ("kind: Deployment\n", 8080)])
def test_a_file_that_a_variable_names_is_known_by_its_keys(extra: str, port: int) -> None:
    code = server(NAMED + SERVE, FIELDS, "fmt", "os", "gopkg.in/yaml.v3")
    assert only(**{"go.mod": GO_MOD, "main.go": code, "deployment/values.yaml": FILE + extra}).port == port


def test_the_variable_of_the_host_is_none_of_the_port() -> None:
    more = "func port() string { return string(read()) }"
    code = server('http.ListenAndServe(fmt.Sprintf("%s:%s", os.Getenv("HOST"), port()), nil)', more, "fmt", "os")
    spec = only(**{"go.mod": GO_MOD, "main.go": code})
    assert (spec.port, spec.port_variable) == (8080, None)


GIN = GO_MOD + "require github.com/gin-gonic/gin v1.11.0\n"
BESIDE = (
    'package main\nimport ("net/http"; "github.com/gin-gonic/gin")\nfunc more() { http.ListenAndServe(":9100", nil) }\n'
    "func main() {\n\tMORE\n\tMAIN\n}\n"
)


@pytest.mark.parametrize(
    ("more", "main", "port"),
    [
        ("go more()", 'gin.New().Run(":8081")', 8081),
        ("go func() { more() }()", 'http.ListenAndServe(":8081", nil)', 8081),
        # Where main itself waits at neither of them, or at both, the one that comes first in the code is the port.
        ("go more()", 'go gin.New().Run(":8081"); select {}', 9100),
        ("if ready() { more() }", 'gin.New().Run(":8081")', 9100),
    ],
)
def test_what_main_waits_at_comes_before_a_server_of_a_goroutine(more: str, main: str, port: int) -> None:
    code = BESIDE.replace("MORE", more).replace("MAIN", main)
    assert only(**{"go.mod": GIN, "main.go": code}).port == port


@pytest.mark.parametrize(("place", "port"), [("", 3050), ("cmd/shop/", 3050), ("cmd/other/", 8070)])
def test_a_file_that_is_opened_from_the_folder_of_the_program(place: str, port: int) -> None:
    files = {
        f"{place}shop.config.yaml": "server:\n  port: 3050\n",
        "go.mod": GO_MOD + "require gopkg.in/yaml.v3 v3.0.1\n",
    }
    assert only(**files, **{"cmd/shop/main.go": FILED}).port == port


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ('os.Getenv("PORT")', "ENV PORT=:8080\n"),
        ('":" + os.Getenv("PORT")', "ENV PORT=8080\n"),
        ('fmt.Sprintf(":%s", os.Getenv("PORT"))', "ENV PORT=8080\n"),
        ('net.JoinHostPort(os.Getenv("HOST"), os.Getenv("PORT"))', "ENV PORT=8080\n"),
    ],
)
def test_a_variable_that_is_the_whole_address_has_a_colon(address: str, said: str) -> None:
    names = ("net/http", "os", *(name for name in ("fmt", "net") if f"{name}." in address))
    server = main(f"http.ListenAndServe({address}, nil)", *names)
    assert said in render_spec(only(**{"go.mod": GO_MOD, "main.go": server})).dockerfile
