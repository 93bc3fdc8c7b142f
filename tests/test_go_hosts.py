"""The host that a Go program listens on, and the variables that libraries for configuration read an address from."""

import pytest

from tests.test_traps import inspect, only

GET = 'func get(k, d string) string { if v := os.Getenv(k); v != "" { return v }; return d }\n'
VIPER, ENVCONFIG = "github.com/spf13/viper", "github.com/kelseyhightower/envconfig"
CAARLOS, CLEANENV = "github.com/caarlos0/env/v11", "github.com/ilyakaznacheev/cleanenv"


def program(body: str, more: str = "", *imports: str) -> dict[str, str]:
    listed = "; ".join(f'"{item}"' for item in ("net/http", "net", "os", "fmt", "strings", *imports))
    required = "".join(f"require {item} v1.0.0\n" for item in imports if "." in item)
    code = f"package main\nimport ({listed})\n{more}\nfunc main() {{ {body} }}\n"
    return {"go.mod": f"module example.com/mill\n\ngo 1.25\n\n{required}", "go.sum": "", "main.go": code}


def set_by(files: dict[str, str]) -> dict[str, str]:
    return {item.name: item.value for item in only(**files).environment if item.value is not None}


@pytest.mark.parametrize(
    ("body", "more", "found"),
    [
        ('http.ListenAndServe(get("HOST", "localhost")+":"+get("PORT", "8085"), nil)', GET, {"HOST": "0.0.0.0"}),
        ('http.ListenAndServe(fmt.Sprintf("%s:%s", get("HOST", "127.0.0.1"), get("PORT", "8085")), nil)', GET,
         {"HOST": "0.0.0.0"}),
        ('h := os.Getenv("HOST"); if h == "" { h = "::1" }; http.ListenAndServe(net.JoinHostPort(h, "8085"), nil)', "",
         {"HOST": "0.0.0.0"}),
        ('http.ListenAndServe(get("ADDRESS", "localhost:8085"), nil)', GET, {"ADDRESS": "0.0.0.0:8085"}),
        ('c := Config{Host: get("HOST", "localhost"), Port: "8085"}; http.ListenAndServe(c.Addr(), nil)',
         f'{GET}type Config struct {{ Host, Port string }}\nfunc (c Config) Addr() string {{ return c.Host+":"+c.Port }}',  # noqa: E501
         {"HOST": "0.0.0.0"}),
        # All interfaces without a value, or by default.
        ('http.ListenAndServe(os.Getenv("HOST")+":8085", nil)', "", {}),
        ('http.ListenAndServe(get("HOST", "0.0.0.0")+":8085", nil)', GET, {}),
        ('http.ListenAndServe(get("DB_HOST", "localhost")+":8085", nil)', GET, {}),
        ('c := load(); http.ListenAndServe(c.Host+":8085", nil)',
         'type Server struct { Host string `env:"HOST"` }\n'
         'type DB struct { Host string `env:"DB_HOST" default:"localhost"` }\n',
         {}),
    ],
)  # fmt: skip
def test_the_variable_of_a_loopback_host_is_set(body: str, more: str, found: dict[str, str]) -> None:
    spec = only(**program(body, more))
    assert (spec.port, set_by(program(body, more))) == (8085, found)
    assert spec.port_variable not in ("HOST", "ADDRESS", "DB_HOST")


def test_a_host_that_is_a_constant_is_told_of() -> None:
    files = program('host := "127.0.0.1"; http.ListenAndServe(fmt.Sprintf("%s:%d", host, 8085), nil)')
    notes = [note.text for note in inspect(**files).services[0].notes]
    assert any("reachable only from inside the container; listen on :8085" in text for text in notes)


SPRINT = 'http.ListenAndServe(fmt.Sprintf("%s:%d", c.Host, c.Port), nil)'
AUTOMATIC = (
    'viper.AutomaticEnv(); viper.SetDefault("port", 8085); {}http.ListenAndServe(":"+viper.GetString("port"), nil)'
)
TREE = (
    "type Config struct {{ HTTP HTTP `{}` }}\n"
    'type HTTP struct {{ Host string `env:"HOST" {}:"127.0.0.1"`; Port int `env:"PORT" {}:"8085"` }}'
)


@pytest.mark.parametrize(
    ("library", "body", "more", "variable", "found"),
    [
        (VIPER, AUTOMATIC.format(""), "", "PORT", {}),
        (VIPER, AUTOMATIC.format('viper.SetEnvPrefix("mill"); '), "", "MILL_PORT", {}),
        (VIPER, AUTOMATIC.format('viper.BindEnv("port", "HTTP_PORT"); '), "", "HTTP_PORT", {}),
        (VIPER, AUTOMATIC.format("viper.SetEnvPrefix(name()); "), "", None, {}),
        (VIPER, AUTOMATIC.format("").removeprefix("viper.AutomaticEnv(); "), "", None, {}),
        (VIPER, 'viper.SetEnvKeyReplacer(strings.NewReplacer(".", "_")); viper.AutomaticEnv(); '
         'viper.SetDefault("http.host", "localhost"); viper.SetDefault("http.port", 8085); '
         'http.ListenAndServe(viper.GetString("http.host")+":"+viper.GetString("http.port"), nil)', "",
         "HTTP_PORT", {"HTTP_HOST": "0.0.0.0"}),
        (ENVCONFIG, f'var c Config; envconfig.Process("mill", &c); {SPRINT}',
         'type Config struct { Host string `default:"localhost"`; Port int `default:"8085"` }',
         "MILL_PORT", {"MILL_HOST": "0.0.0.0"}),
        (ENVCONFIG, f'var c Config; envconfig.Process("", &c); {SPRINT}',
         'type Config struct { Host string; Port int `envconfig:"HTTP_PORT" default:"8085"` }', "HTTP_PORT", {}),
        (CAARLOS, f'var c Config; env.ParseWithOptions(&c, env.Options{{Prefix: "MILL_"}}); {SPRINT}',
         'type Config struct { Host string `env:"HOST"`; Port int `env:"PORT" envDefault:"8085"` }', "MILL_PORT", {}),
        (CAARLOS, f'var c Config; env.Parse(&c); {SPRINT.replace("c.", "c.HTTP.")}',
         TREE.format('envPrefix:"HTTP_"', "envDefault", "envDefault"), "HTTP_PORT", {"HTTP_HOST": "0.0.0.0"}),
        (CLEANENV, f'var c Config; cleanenv.ReadEnv(&c); {SPRINT.replace("c.", "c.HTTP.")}',
         TREE.format('env-prefix:"WEB_"', "env-default", "env-default"), "WEB_PORT", {"WEB_HOST": "0.0.0.0"}),
    ],
)  # fmt: skip
def test_the_variable_that_a_library_reads(
    library: str, body: str, more: str, variable: str | None, found: dict[str, str]
) -> None:
    files = program(body, more, library)
    spec = only(**files)
    assert (spec.port, spec.port_variable, set_by(files)) == (8085, variable, found)


def test_the_defaults_of_koanf() -> None:
    body = 'k.Load(confmap.Provider(map[string]any{"server.port": 8085}, "."), nil); '
    body += 'http.ListenAndServe(":"+k.String("server.port"), nil)'
    files = program(body, 'var k = koanf.New(".")', "github.com/knadh/koanf/v2")
    files["main.go"] = files["main.go"].replace('"fmt"', '"fmt"; "github.com/knadh/koanf/providers/confmap"')
    assert only(**files).port == 8085


@pytest.mark.parametrize(
    ("before", "read", "variable"),
    [
        ("viper.AutomaticEnv()", 'viper.GetString("PORT")', "PORT"),
        ("viper.AutomaticEnv()", 'viper.GetInt("HTTP_PORT")', "HTTP_PORT"),
        ('viper.SetEnvPrefix("mill"); viper.AutomaticEnv()', 'viper.GetString("port")', "MILL_PORT"),
        ("viper.ReadInConfig()", 'viper.GetString("PORT")', None),
    ],
)
def test_a_key_of_vipers_that_nothing_gives_a_value_is_a_variable(before: str, read: str, variable: str | None) -> None:
    body = f"{before}; port := {read}; var c Config; c.Port = port; return &c"
    more = f"type Config struct {{ Port string }}\nfunc load() *Config {{ {body} }}"
    files = program('c := load(); http.ListenAndServe(":"+c.Port, nil)', more, VIPER)
    spec = only(**files, Dockerfile="FROM golang:1.26\nEXPOSE 8085\n")
    assert (spec.port, spec.port_variable) == (8085, variable)
