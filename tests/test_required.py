"""Variables without which a program does not start: found, marked, told with their places, asked for by compose."""

from pathlib import Path

import pytest

from genfile import generate, inspect

NODE = {"package.json": '{"name": "shop", "scripts": {"start": "node index.js"}, "dependencies": {"express": "5.0.0"}}'}
LISTENS = 'require("express")().listen(3000);\n'
GO = {"go.mod": "module example.com/shop\n\ngo 1.25\n"}
GO_MAIN = (
    'package main\n\nimport (\n\t"log"\n\t"net/http"\n\t"os"\n)\n\nfunc main() {\n%s\n'
    '\tlog.Fatal(http.ListenAndServe(":8080", nil))\n}\n'
)
PYTHON = {"requirements.txt": "flask==3.1.0\n"}
FLASK = "import os\nimport sys\nfrom flask import Flask\n%s\napp = Flask(__name__)\n"


def required(tree: Path, files: dict[str, str]) -> dict[str, tuple[str | None, int | None]]:
    """The variables that the one service must be given, with the place of the risk that tells of each."""
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    (service,) = inspect(tree).services
    marked = [item.name for item in service.spec.environment if item.required]
    told = {item.text.split()[0]: (item.path, item.line) for item in service.risks if item.id == "required-variables"}
    assert sorted(marked) == sorted(told)
    return told


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ('if (!process.env.DB_URL) throw new Error("no DB_URL");', {"DB_URL": 1}),
        ("const key = process.env.API_KEY;\nif (!key || !process.env.DB_URL) { process.exit(1); }", None),
        ("if (process.env.API_KEY === undefined) { process.exit(1) }", {"API_KEY": 1}),
        ("for (const name of ['A_KEY', 'B_KEY']) if (!process.env[name]) throw new Error(name);", None),
        ("['A_KEY'].forEach((name) => { if (!process.env[name]) throw new Error(name); });", {"A_KEY": 1}),
        (
            "const all = ['A_KEY'];\nconst gone = all.filter((n) => !process.env[n]);\n"
            "if (gone.length) { process.exit(1); }",
            {"A_KEY": 3},
        ),
        ('const assert = require("assert");\nassert(process.env.API_KEY, "no key");', {"API_KEY": 2}),
        # Only a request fails, only something else is done, there is a default, it is another's.
        ('function answer() { if (!process.env.API_KEY) throw new Error("no key"); }', {}),
        ("if (!process.env.API_KEY) console.warn('no mail is sent');", {}),
        ("const key = process.env.API_KEY || 'none';\nif (!key) throw new Error();", {}),
        ("if (!process.env.API_KEY && !process.env.KEY_FILE) throw new Error();", {}),
        ("if (!process.env.PORT) throw new Error();", {}),
    ],
)
def test_node(tmp_path: Path, code: str, names: dict[str, int] | None) -> None:
    found = required(tmp_path, NODE | {"index.js": f"{code}\n{LISTENS}"})
    if names is None:
        assert len(found) == 2
    else:
        assert found == {name: ("index.js", line) for name, line in names.items()}


def test_a_schema_of_another_module(tmp_path: Path) -> None:
    schema = (
        'const { z } = require("zod");\n'
        'module.exports = z.object({ DB_URL: z.string().url(), LEVEL: z.string().default("info"),\n'
        "  MAIL: z.string().optional() }).parse(process.env);\n"
    )
    found = required(tmp_path, NODE | {"env.js": schema, "index.js": f'require("./env");\n{LISTENS}'})
    assert found == {"DB_URL": ("env.js", 2)}


def test_a_module_that_is_not_loaded_asks_for_nothing(tmp_path: Path) -> None:
    script = "if (!process.env.API_KEY) throw new Error();\n"
    assert required(tmp_path, NODE | {"seed.js": script, "index.js": LISTENS}) == {}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ('\tdsn := os.Getenv("DSN")\n\tif dsn == "" {\n\t\tlog.Fatal("no DSN")\n\t}', {"DSN": 11}),
        ('\tif os.Getenv("DSN") == "" {\n\t\tpanic("no DSN")\n\t}', {"DSN": 10}),
        ('\t_, ok := os.LookupEnv("DSN")\n\tif !ok {\n\t\tos.Exit(1)\n\t}', {"DSN": 11}),
        ('\tn, err := strconv.Atoi(os.Getenv("N"))\n\tif err != nil {\n\t\tlog.Fatal(err)\n\t}\n\t_ = n', {"N": 11}),
        ('\tif n, err := strconv.Atoi(os.Getenv("N")); err != nil {\n\t\tpanic(n)\n\t}', {"N": 10}),
        (
            '\ts := os.Getenv("N")\n\tif s == "" {\n\t\ts = "1"\n\t}\n\tn, err := strconv.Atoi(s)\n'
            "\tif err != nil {\n\t\tpanic(n)\n\t}",
            {},
        ),
        ('\t_, err := os.Open(os.Getenv("N"))\n\tif err != nil {\n\t\tpanic(err)\n\t}', {}),
        ('\tdsn := os.Getenv("DSN")\n\tif dsn == "" {\n\t\tdsn = "file.db"\n\t}\n\tlog.Print(dsn)', {}),
        ('\tdsn := os.Getenv("DSN")\n\tif dsn == "" {\n\t\tlog.Print("no DSN")\n\t}', {}),
    ],
)
def test_go(tmp_path: Path, code: str, names: dict[str, int]) -> None:
    found = required(tmp_path, GO | {"main.go": GO_MAIN % code})
    assert found == {name: ("main.go", line) for name, line in names.items()}


@pytest.mark.parametrize(
    ("then", "names"),
    [("log.Fatal(err)", {"KEY"}), ('log.Print("without")', set())],
)
def test_an_error_of_a_function_that_ends_the_program(tmp_path: Path, then: str, names: set[str]) -> None:
    config = (
        'package config\n\nimport (\n\t"errors"\n\t"os"\n)\n\ntype Config struct{ Key, Port string }\n\n'
        'func Load() (*Config, error) {\n\tc := &Config{Key: os.Getenv("KEY"), Port: os.Getenv("PORT")}\n'
        '\tif c.Key == "" {\n\t\treturn nil, errors.New("no key")\n\t}\n'
        '\tif c.Port == "" {\n\t\tc.Port = "8080"\n\t}\n\treturn c, nil\n}\n'
    )
    body = f"\t_, err := config.Load()\n\tif err != nil {{\n\t\t{then}\n\t}}"
    main = (GO_MAIN % body).replace('\t"os"\n', '\t"x.example/x/config"\n')
    files = {**GO, "go.mod": "module x.example/x\n\ngo 1.26\n", "main.go": main, "config/config.go": config}
    assert set(required(tmp_path, files)) == names


def test_tags_of_a_structure(tmp_path: Path) -> None:
    fields = (
        'type settings struct {\n\tDSN string `env:"DSN,required"`\n\tKey string `env:"KEY" env-required:"true"`\n'
        '\tLevel string `env:"LEVEL" env-default:"info"`\n\tName string `env:"NAME"`\n}\n'
    )
    found = required(tmp_path, GO | {"main.go": GO_MAIN % '\t_ = os.Getenv("HOME")' + fields})
    assert set(found) == {"DSN", "KEY"}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ('TOKEN = os.environ["TOKEN"]', {"TOKEN": 4}),
        ('TOKEN = os.getenv("TOKEN")\nif not TOKEN:\n    sys.exit("no TOKEN")', {"TOKEN": 5}),
        ('TOKEN = os.getenv("TOKEN")\nif TOKEN is None:\n    raise RuntimeError("no TOKEN")', {"TOKEN": 5}),
        ('def mail():\n    return os.environ["TOKEN"]', {}),
        ('TOKEN = os.getenv("TOKEN", "none")\nif not TOKEN:\n    raise RuntimeError', {}),
        ('try:\n    TOKEN = os.environ["TOKEN"]\nexcept KeyError:\n    TOKEN = None', {}),
    ],
)
def test_python(tmp_path: Path, code: str, names: dict[str, int]) -> None:
    script = 'import os\nKEY = os.environ["ONLY_HERE"]\n'
    found = required(tmp_path, PYTHON | {"app.py": FLASK % code, "tools/seed.py": script})
    assert found == {name: ("app.py", line) for name, line in names.items()}


def test_compose_stops_with_the_name_of_what_is_missing(tmp_path: Path) -> None:
    required(tmp_path, PYTHON | {"app.py": FLASK % 'TOKEN = os.environ["TOKEN"]'})
    assert (
        '"TOKEN": "${TOKEN:?set TOKEN in .env, a secret of your own}"'
        in generate(tmp_path, compose=True).files["compose.yaml"]
    )


def test_a_secret_of_django_configurations_is_told_too(tmp_path: Path) -> None:
    """What marks a variable without a place of its own is no less required."""
    settings = (
        "from configurations import Configuration, values\n\n\n"
        'class Production(Configuration):\n    SECRET_KEY = values.SecretValue()\n    ROOT_URLCONF = "shop.urls"\n'
    )
    manage = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
    manage += 'os.environ.setdefault("DJANGO_CONFIGURATION", "Production")\n'
    files = {
        "requirements.txt": "django==5.2\ndjango-configurations==2.5\ngunicorn==23.0\n",
        "manage.py": manage,
        "shop/__init__.py": "",
        "shop/settings.py": settings,
        "shop/wsgi.py": "from configurations.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
    }
    assert "DJANGO_SECRET_KEY" in required(tmp_path, files)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("const OpenAI = require('openai');\nconst ai = new OpenAI();", {"OPENAI_API_KEY": 2}),
        ("const { OpenAI } = require('openai');\nnew OpenAI({ apiKey: process.env.AI_KEY });", {"AI_KEY": 2}),
        ("const { OpenAI } = require('openai');\nnew OpenAI({ apiKey: 'none', baseURL: process.env.AI });", {}),
        ("const OpenAI = require('openai');\nfunction ai() { return new OpenAI(); }", {}),
        ("const db = require('mongoose');\nasync function go() { await db.connect(process.env.DB); }", {"DB": 2}),
        ("const db = require('mongoose');\ndb.connect(process.env.DB || 'mongodb://db/a');", {}),
        (
            "const db = require('mongoose');\nconst { dbURL } = require('./settings');\ndb.connect(dbURL);",
            {"DB_URL": 3},
        ),
        ("const db = require('mongoose');\nconst s = require('./settings');\ndb.connect(s.deep.url);", {"DEEP_URL": 3}),
        (
            "const { createClient: make } = require('@supabase/supabase-js');\nmake(process.env.A_URL, unseen);",
            {"A_URL": 2},
        ),
        ("const { Client } = require('discord.js');\nconst c = new Client();\nc.login(process.env.BOT);", {"BOT": 3}),
    ],
)
def test_clients_that_throw_without_a_value(tmp_path: Path, code: str, names: dict[str, int]) -> None:
    settings = "exports.dbURL = process.env.DB_URL;\nexports.deep = { url: process.env.DEEP_URL };\n"
    found = required(tmp_path, {**NODE, "index.js": f"{code}\n{LISTENS}", "settings.js": settings})
    assert found == {name: ("index.js", line) for name, line in names.items()}
