"""Addresses and paths of Go programs that are put together elsewhere than where they are used."""

from typing import Any

import pytest

from tests.test_go_running import main
from tests.test_traps import GO_MOD, GO_SERVER, inspect, only

LISTEN = 'http.ListenAndServe(":8080", nil)'


def mod(*paths: str) -> str:
    return GO_MOD + "".join(f"require {path} v1.0.0\n" for path in paths)


def port(files: dict[str, str], requires: tuple[str, ...] = ()) -> tuple[Any, Any]:
    spec = only(**{"go.mod": mod(*requires), **files})
    return spec.port, spec.port_variable


# --- through functions, constants, fields ----------------------------------------------------------------------------

CONFIG = """package config

import (
	"os"
	"strconv"
)

type DB struct{ Port int }
type Config struct {
	Host string
	Port int
	DB   DB
}

func Load() Config {
	c := Config{Host: "0.0.0.0", Port: 1430, DB: DB{Port: 5432}}
	if v := os.Getenv("DATA_DIR"); v != "" {
		c.Host = v
	}
	if v := os.Getenv("SHOP_PORT"); v != "" {
		if n, err := strconv.Atoi(v); err == nil {
			c.Port = n
		}
	}
	return c
}

func (c Config) Addr() string { return c.Host + ":" + strconv.Itoa(c.Port) }
"""
API = """package api

import "net/http"

type Server struct{ addr string }

func New(addr string, store any) *Server { return &Server{addr: addr} }

func (s *Server) Run() error { return http.ListenAndServe(s.addr, nil) }
"""


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {
                "main.go": main(
                    "http.ListenAndServe(port(), nil)", "net/http", "os",
                    more='\nfunc port() string {\n\tp := os.Getenv("PORT")\n\tif p == "" {\n\t\treturn ":8085"\n\t}\n'
                    '\treturn ":" + p\n}\n',
                )
            },
            (8085, "PORT"),
        ),
        ({"main.go": main('http.ListenAndServe(fmt.Sprintf("%s:9101", host), nil)', "net/http", "fmt")}, (9101, None)),
        ({"main.go": main("http.ListenAndServe(names.Addr, nil)", "net/http", "example.com/shop/names"),
          "names/names.go": 'package names\n\nconst Addr = ":9118"\n'}, (9118, None)),
        ({"main.go": main('api.New(":9123", nil).Run()', "example.com/shop/api"), "api/api.go": API}, (9123, None)),
        ({"main.go": main("api.New(config.Load().Addr(), nil).Run()", "example.com/shop/api",
                          "example.com/shop/config"),
          "api/api.go": API, "config/config.go": CONFIG}, (1430, "SHOP_PORT")),
        ({"main.go": main('port := "9124"\nif p := os.Getenv("PORT"); p != "" {\n\tport = p\n}\n'
                          'http.ListenAndServe(":"+port, nil)', "net/http", "os")}, (9124, "PORT")),
        ({"main.go": main('port, ok := os.LookupEnv("PORT")\nif !ok {\n\tport = "9125"\n}\n'
                          'http.ListenAndServe(":"+port, nil)', "net/http", "os")}, (9125, "PORT")),
    ],
)  # fmt: skip
def test_the_port_of_an_address_is_followed(files: dict[str, str], expected: tuple[int, str | None]) -> None:
    assert port(files) == expected


def test_arithmetic_on_a_port_is_not_done() -> None:
    more = "\nconst base = 7000\n\nfunc at(n int) string { return n }\n"
    assert port({"main.go": main("http.ListenAndServe(at(base+1), nil)", "net/http", more=more)})[0] == 8080


def test_the_address_of_a_client_is_not_the_programs() -> None:
    code = main(
        'redis.NewClient(&redis.Options{Addr: "cache:" + port})\nhttp.ListenAndServe(os.Args[1], nil)',
        "net/http", "os", "github.com/redis/go-redis/v9", more='\nvar port = "6390"\n',
    )  # fmt: skip
    assert port({"main.go": code}, ("github.com/redis/go-redis/v9",))[0] == 8080


def test_functions_that_call_each_other_end() -> None:
    more = "\nfunc a(x string) string { return b(x) }\nfunc b(x string) string { return a(x) }\n"
    assert port({"main.go": main("http.ListenAndServe(a(b(a(y))), nil)", "net/http", more=more)})[0] == 8080


# --- configuration files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requires", "body", "imports", "name", "text", "expected"),
    [
        ("github.com/zeromicro/go-zero", "conf.MustLoad(file, &c)\nrest.MustNewServer(c).Start()",
         ("github.com/zeromicro/go-zero/core/conf", "github.com/zeromicro/go-zero/rest"),
         "etc/shop-api.yaml", "Name: shop\nPort: 9126\n", 9126),
        ("github.com/beego/beego/v2", "web.Run()", ("github.com/beego/beego/v2/server/web",),
         "conf/app.conf", "appname = shop\nhttpport = 9127\n", 9127),
        ("gopkg.in/ini.v1",
         'c, _ := ini.Load("conf/app.ini")\np := c.Section("server").Key("HTTP_PORT").MustInt(8000)\n'
         'http.ListenAndServe(fmt.Sprintf(":%d", p), nil)',
         ("gopkg.in/ini.v1", "net/http", "fmt"), "conf/app.ini", "[app]\nPAGE = 1\n[server]\nHTTP_PORT = 9128\n", 9128),
        ("github.com/spf13/viper",
         'viper.SetConfigFile("app.env")\nviper.Unmarshal(&c)\nhttp.ListenAndServe(":"+c.ServerPort, nil)',
         ("github.com/spf13/viper", "net/http"), "app.env", "DB_PORT=5432\nSERVER_PORT=9111\n", 9111),
        ("github.com/joho/godotenv", 'godotenv.Load()\nhttp.ListenAndServe(":"+os.Getenv("PORT"), nil)',
         ("github.com/joho/godotenv", "net/http", "os"), ".env", "PORT=9117\n", 9117),
    ],
)  # fmt: skip
def test_ports_in_files_of_many_kinds(
    requires: str, body: str, imports: tuple[str, ...], name: str, text: str, expected: int
) -> None:
    more = (
        f'\nvar file = "{name}"\n\ntype Config struct {{\n\tDBPort string `mapstructure:"DB_PORT"`\n'
        '\tServerPort string `mapstructure:"SERVER_PORT"`\n}\n'
    )
    found = port({"main.go": main(body, *imports, more=more), name: text}, (requires,))
    assert found[0] == expected


def test_a_committed_env_file_that_nothing_loads_says_nothing() -> None:
    code = main('http.ListenAndServe(":"+os.Getenv("PORT"), nil)', "net/http", "os")
    assert port({"main.go": code, ".env": "PORT=9117\n"})[0] == 8080


# --- files and folders -----------------------------------------------------------------------------------------------

TREE = {"views/home.html": "x", "views/about.html": "y", "static/a.css": "z"}


@pytest.mark.parametrize(
    ("body", "more", "assets"),
    [
        ('template.ParseFiles("views/" + name + ".html")', "", ("views",)),
        ("template.ParseGlob(folder + pattern)", '\nconst folder = "views"\n\nvar pattern = "/*.html"\n', ("views",)),
        ('give("static")', "\nfunc give(dir string) { http.FileServer(http.Dir(dir)) }\n", ("static",)),
        # What is embedded is read from the program itself.
        ('template.ParseFS(files, "views/*.html")', "\n//go:embed views\nvar files embed.FS\n", ()),
        ('template.ParseFiles("nowhere/" + name)', "", ()),
    ],
)
def test_files_whose_path_is_put_together(body: str, more: str, assets: tuple[str, ...]) -> None:
    code = main(f"{body}\n{LISTEN}", "net/http", "embed", "html/template", more=more)
    assert only(**{"go.mod": GO_MOD, "main.go": code, **TREE}).assets == assets


@pytest.mark.parametrize(
    ("body", "more", "writable"),
    [
        ('c.SaveUploadedFile(f, "uploads/"+f.Filename)', "", ("uploads",)),
        ('to := filepath.Join("./uploads", f.Filename)\nc.SaveUploadedFile(f, to)', "", ("uploads",)),
        ('os.Create(fmt.Sprintf("./uploads/%s", name()))', "", ("uploads",)),
        ('dir := os.Getenv("UPLOADS")\nif dir == "" {\n\tdir = "./uploads"\n}\nos.MkdirAll(dir, 0o755)', "",
         ("uploads",)),
        ('os.MkdirAll("files/"+user, 0o755)', "", ("files",)),
        ('keep("./files")', "\nfunc keep(dir string) { os.MkdirAll(dir, 0o755) }\n", ("files",)),
        # Where that is can't be seen, or it is no folder of its own.
        ("os.MkdirAll(os.TempDir(), 0o755)", "", ()),
        ('os.MkdirAll("/var/lib/shop", 0o755)', "", ()),
    ],
)  # fmt: skip
def test_folders_that_are_written_whatever_says_their_path(body: str, more: str, writable: tuple[str, ...]) -> None:
    code = main(f"{body}\n{LISTEN}", "net/http", "os", "fmt", "path/filepath", more=more)
    assert only(**{"go.mod": GO_MOD, "main.go": code}).writable == writable


def test_cgo_through_a_driver_where_nothing_lists_what_it_needs() -> None:
    code = main(f'gorm.Open(sqlite.Open("shop.db"))\n{LISTEN}', "net/http", "gorm.io/driver/sqlite")
    assert only(**{"go.mod": mod("gorm.io/driver/sqlite"), "main.go": code}).cgo
    assert not only(**{"go.mod": mod("gorm.io/driver/sqlite"), "main.go": GO_SERVER}).cgo


# --- pages and front ends beside a program ---------------------------------------------------------------------------


@pytest.mark.parametrize("embed", ["//go:embed index.html\n", "//go:embed *.css\n", ""])
def test_pages_in_a_package_of_a_tool_are_no_site(embed: str) -> None:
    tool = main("print(web.Page)", "example.com/shop/web")
    page = f'package web\n\nimport _ "embed"\n\n{embed}var Page string\n'
    assert not inspect(**{"go.mod": GO_MOD, "main.go": tool, "web/web.go": page, "web/index.html": "<p>x</p>"}).services
    assert inspect(**{"web/index.html": "<p>x</p>"}).services


def test_each_line_of_a_recipe_starts_in_the_makefiles_folder() -> None:
    make = "ui:\n\tcd web && npm run build\n\trm -rf server/dist && cp -r web/dist server/dist\n"
    server = (
        'package main\n\nimport (\n\t"embed"\n\t"net/http"\n)\n\n//go:embed all:server/dist\nvar files embed.FS\n\n'
        f"func main() {{\n\t{LISTEN}\n}}\n"
    )
    front = '{"name": "ui", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7.0.0"}}'
    tree = {"Makefile": make, "go.mod": GO_MOD, "main.go": server, "web/package.json": front,
            "web/index.html": "<div id=app></div>", "server/dist/index.html": "built"}  # fmt: skip
    assert only(**tree).language == "go"


# --- literals without names, constants as keys, examples of variables ------------------------------------------------


def test_a_field_is_given_its_value_by_its_place() -> None:
    web = (
        'package web\n\nimport (\n\t"fmt"\n\t"net/http"\n)\n\ntype Door struct {\n\tname string\n\tport string\n}\n\n'
        'func New(port string) *Door { return &Door{"front", port} }\n\n'
        'func (d *Door) Open() error { return http.ListenAndServe(fmt.Sprintf(":%s", d.port), nil) }\n'
    )
    start = main('web.New("7100").Open()', "example.com/shop/web")
    assert port({"web/door.go": web, "main.go": start})[0] == 7100


BOUND = """package main

import (
	"fmt"
	"net/http"

	"github.com/spf13/viper"
)

const gatePort = "GATE_PORT"

func main() {
	v := viper.New()
	v.AutomaticEnv()
	http.ListenAndServe(fmt.Sprintf(":%d", v.GetInt(gatePort)), nil)
}
"""


@pytest.mark.parametrize(
    ("files", "number"),
    [
        ({".env": "GATE_PORT=7200\n"}, 8080),
        ({".example.env": 'GATE_PORT=":7300"\n'}, 7300),
        ({"env.sample": "OTHER_PORT=7300\n"}, 8080),
        (
            {
                "docker-compose.yml": "services: {a: {build: ., environment: {GATE_PORT: 7400}}}",
                ".env": "GATE_PORT=1\n",
            },
            7400,
        ),
    ],
)
def test_a_variable_without_a_default_has_the_port_that_the_project_shows(files: dict[str, str], number: int) -> None:
    assert port({"main.go": BOUND, **files}, ("github.com/spf13/viper",)) == (number, "GATE_PORT")


def test_an_address_is_the_default_of_a_flag_in_a_set_of_them() -> None:
    body = (
        'fs := flag.NewFlagSet("serve", flag.ContinueOnError)\n'
        '\tlisten := fs.String("listen", fallback("SHOP_LISTEN", "127.0.0.1:7500"), "where to listen")\n'
        "\tfs.Parse(os.Args[1:])\n\thttp.ListenAndServe(*listen, nil)"
    )
    more = (
        'func fallback(key, value string) string {\n\tif text := os.Getenv(key); text != "" {\n\t\treturn text\n\t}\n'
        "\treturn value\n}\n"
    )
    assert port({"main.go": main(body, "flag", "net/http", "os", more=more)})[0] == 7500


def test_a_folder_that_a_configuration_file_names_is_written() -> None:
    code = """package main

import (
	"net/http"
	"os"
	"path/filepath"

	"github.com/spf13/viper"
)

type Log struct {
	File string `mapstructure:"file_path"`
}

type Settings struct {
	Log Log `mapstructure:"log"`
}

func main() {
	var settings Settings
	viper.SetConfigFile("config/config.yaml")
	viper.ReadInConfig()
	viper.Unmarshal(&settings)
	os.MkdirAll(filepath.Dir(settings.Log.File), 0o755)
	http.ListenAndServe(":8080", nil)
}
"""
    told = {"config/config.yaml": "log:\n  file_path: records/app.log\nother:\n  file_path: elsewhere/x\n"}
    found = only(**{"go.mod": mod("github.com/spf13/viper"), "main.go": code, **told})
    assert found.writable == ("records",)


# --- names that viper is asked for -----------------------------------------------------------------------------------

ASKS = """package main

import (
	"net/http"

	"github.com/spf13/viper"
)

const (
	storeFolder = "STORE_DIR"
	nodeName = "NODE_NAME"
)

var keys = []string{{storeFolder, nodeName}}

func main() {{
	v := viper.New()
	{}
	open(v.GetString(storeFolder), v.GetString(nodeName), v.GetString("lower.key"))
	http.ListenAndServe(":8080", nil)
}}
"""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("v.BindEnv(keys...)", {"STORE_DIR", "NODE_NAME"}),
        ("for _, key := range keys {\n\t\tv.BindEnv(key)\n\t}", {"STORE_DIR", "NODE_NAME"}),
        ("v.AutomaticEnv()", {"STORE_DIR", "NODE_NAME"}),
        ('v.SetEnvPrefix("shop")\n\tv.AutomaticEnv()', {"SHOP_STORE_DIR", "SHOP_NODE_NAME"}),
        ("v.BindEnv(storeFolder)", {"STORE_DIR"}),
        ('v.BindEnv(storeFolder, "OTHER_DIR")', {"OTHER_DIR"}),
        ("v.ReadInConfig()", set()),
    ],
)
def test_the_variables_that_viper_is_asked_for(code: str, expected: set[str]) -> None:
    spec = only(**{"go.mod": mod("github.com/spf13/viper"), "main.go": ASKS.format(code)})
    assert {item.name for item in spec.environment} == expected
    assert not any(item.fallback for item in spec.environment)
