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
        # What a configuration service looks up.
        ("const key = config.get('API_KEY');\nif (!key) { throw new Error('no key'); }", {"API_KEY": 2}),
        ("const key = config.get('API_KEY') || 'none';\nif (!key) { throw new Error('no key'); }", {}),
        ("const all = config.get('ORIGINS').split(',');", {"ORIGINS": 1}),
        ("const all = config.get('ORIGINS')?.split(',');", {}),
        ("const api = new URL(config.get('API'));\nconst web = new URL(process.env.WEB);", {"API": 1, "WEB": 2}),
        ("const api = new URL('/a', process.env.WEB || 'http://localhost');", {}),
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
    ("test", "names"),
    [
        ('value == ""', {"DSN"}),
        ('value == "" && mode != "test"', {"DSN"}),
        ('value == "" && strict', set()),
    ],
)
def test_a_function_of_go_that_is_given_the_name(tmp_path: Path, test: str, names: set[str]) -> None:
    config = (
        'package config\n\nimport "os"\n\nvar mode, strict = "", false\n\n'
        "func must(key string) string {\n\tvalue := os.Getenv(key)\n"
        f'\tif {test} {{\n\t\tpanic(key)\n\t}}\n\treturn value\n}}\n\nvar DSN = must("DSN")\n'
    )
    main = (GO_MAIN % "\t_ = config.DSN").replace('\t"os"\n', '\t"x.example/x/config"\n')
    files = {**GO, "go.mod": "module x.example/x\n\ngo 1.26\n", "main.go": main, "config/config.go": config}
    assert set(required(tmp_path, files)) == names


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


@pytest.mark.parametrize(
    ("read", "returns", "names"),
    [
        ('strconv.ParseBool(os.Getenv("SECURE"))', "false, err", {"SECURE"}),
        ('time.ParseDuration(os.Getenv("SECURE"))', 'false, fmt.Errorf("bad: %w", err)', {"SECURE"}),
        ('strconv.ParseBool(os.Getenv("SECURE"))', "true, nil", set()),
        ('os.ReadFile(os.Getenv("SECURE"))', "false, err", set()),
    ],
)
def test_a_parsers_error_that_a_function_hands_on(tmp_path: Path, read: str, returns: str, names: set[str]) -> None:
    config = (
        'package config\n\nimport (\n\t"fmt"\n\t"os"\n\t"strconv"\n\t"time"\n)\n\n'
        f"func Load() (bool, error) {{\n\tvalue, err := {read}\n"
        f"\tif err != nil {{\n\t\treturn {returns}\n\t}}\n\treturn value, nil\n}}\n"
    )
    main = (GO_MAIN % "\t_, err := config.Load()\n\tif err != nil {\n\t\tpanic(err)\n\t}").replace(
        '\t"os"\n', '\t"x.example/x/config"\n'
    )
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
        ('app = Flask("x")\napp.config.from_envvar("SHOP_CONFIG")', {"SHOP_CONFIG": 5}),
        ('app = Flask("x")\napp.config.from_envvar("SHOP_CONFIG", silent=True)', {}),
        ('TOKEN = os.getenv("TOKEN")\nif not TOKEN:\n    sys.exit("no TOKEN")', {"TOKEN": 5}),
        ('TOKEN = os.getenv("TOKEN")\nif TOKEN is None:\n    raise RuntimeError("no TOKEN")', {"TOKEN": 5}),
        ('HOSTS = os.getenv("HOSTS").split(",")\nSALT = os.environ.get("SALT").encode()', {"HOSTS": 4, "SALT": 5}),
        ('ROUNDS = int(os.getenv("ROUNDS"))\nLEVEL = str(os.getenv("LEVEL"))', {"ROUNDS": 4}),
        ('HOSTS = os.getenv("HOSTS").split(",") if os.getenv("HOSTS") else []', {}),
        ('ROUNDS = int(os.getenv("ROUNDS", 3))\nif os.getenv("N"):\n    N = int(os.getenv("N"))', {}),
        ('AGE = int(os.getenv("AGE", 60 * 90))\nNONE = int(os.getenv("NONE", None))', {"NONE": 5}),
        ('def hosts():\n    return os.getenv("HOSTS").split(",")', {}),
        ('def mail():\n    return os.environ["TOKEN"]', {}),
        ('TOKEN = os.getenv("TOKEN", "none")\nif not TOKEN:\n    raise RuntimeError', {}),
        ('try:\n    TOKEN = os.environ["TOKEN"]\nexcept KeyError:\n    TOKEN = None', {}),
    ],
)
def test_python(tmp_path: Path, code: str, names: dict[str, int]) -> None:
    script = 'import os\nKEY = os.environ["ONLY_HERE"]\n'
    found = required(tmp_path, PYTHON | {"app.py": FLASK % code, "tools/seed.py": script})
    assert found == {name: ("app.py", line) for name, line in names.items()}


def helper(body: str, *calls: str) -> str:
    return "\n".join([f"def take(key, needed=True):\n    {body}\n    return value", *calls])


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (helper("value = os.environ[key]", 'A = take("A_KEY")'), {"A_KEY"}),
        (helper("value = os.getenv(key)\n    if needed and not value:\n        raise ValueError(key)",
                'A = take("A_KEY")', 'B = take("B_KEY", False)', 'C = take(key="C_KEY")'), {"A_KEY", "C_KEY"}),
        (helper("value = os.getenv(key)", 'A = take("A_KEY")'), set()),
        (helper("value = os.environ[key]", 'def answer(): return take("A_KEY")'), set()),
        (helper("value = {}[key]", 'A = take("A_KEY")'), set()),
    ],
)  # fmt: skip
def test_what_a_python_helper_reads(tmp_path: Path, code: str, names: set[str]) -> None:
    assert required(tmp_path, PYTHON | {"app.py": FLASK % code}).keys() == names


def test_a_helper_of_another_module_is_known_by_its_name(tmp_path: Path) -> None:
    code = 'from tools import env_int, set_env\nA = env_int("A_COUNT")\nset_env("B_COUNT", 1)\nenv_int(A)'
    assert not required(tmp_path, PYTHON | {"app.py": FLASK % code, "tools.py": ""})
    assert [item.name for item in inspect(tmp_path).services[0].spec.environment] == ["A_COUNT"]


@pytest.mark.parametrize(
    "line", ["from shop.env import env", "from .env import env", "from shop.env import env as read", None]
)
def test_an_object_of_another_module_that_reads_the_environment(tmp_path: Path, line: str | None) -> None:
    makes = "import environ\n\nenv = environ.Env()\n"
    name = (line or "env").rpartition(" ")[2]
    code = f'KEY = {name}("KEY")\nDATABASE = {name}.db("SHOP_DATABASE_URL")\nAGE = {name}.int("AGE", default=3)\n'
    files = {
        "requirements.txt": "flask==3.1.0\ngunicorn\ndjango-environ\npsycopg2-binary\n",
        "Procfile": "web: gunicorn shop.web:app\n",
        "shop/__init__.py": "",
        "shop/env.py": makes,
        "shop/web.py": (makes if line is None else f"{line}\n") + "from flask import Flask\n\n" + code,
    }
    files["shop/web.py"] += "app = Flask(__name__)\n"
    assert set(required(tmp_path, files)) == {"KEY", "SHOP_DATABASE_URL"}
    (service,) = inspect(tmp_path).services
    assert [item.variable for item in service.spec.connections] == ["SHOP_DATABASE_URL"]
    # A function that is called so may do without.
    other = {**files, "shop/env.py": "import os\ndef env(name):\n    return os.getenv(name)\n"}
    if line is not None:
        assert required(tmp_path, other) == {}


def test_compose_stops_with_the_name_of_what_is_missing(tmp_path: Path) -> None:
    required(tmp_path, PYTHON | {"app.py": FLASK % 'TOKEN = os.environ["TOKEN"]'})
    assert (
        'TOKEN: "${TOKEN:?set TOKEN in .env, a secret of your own}"'
        in generate(tmp_path, compose=True).files["compose.yaml"]
    )


def test_django_stops_without_a_secret_key(tmp_path: Path) -> None:
    settings = (
        'import os\nSECRET_KEY = os.getenv("SECRET_KEY")\nDEBUG = False\nROOT_URLCONF = "shop.urls"\n'
        'ALLOWED_HOSTS = os.getenv("ALLOWED_HOSTS").split(",")\nSTATIC_ROOT = "static"\nSTATIC_URL = "/static/"\n'
        'WSGI_APPLICATION = "shop.wsgi.application"\nINSTALLED_APPS = ["django.contrib.staticfiles"]\n'
    )
    manage = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
    files = {"requirements.txt": "django==5.2\ngunicorn==23.0\n", "manage.py": manage, "shop/settings.py": settings,
             "shop/__init__.py": "", "shop/wsgi.py": "application = get_wsgi_application()\n"}  # fmt: skip
    assert required(tmp_path, files) == {
        "SECRET_KEY": ("shop/settings.py", 2),
        "ALLOWED_HOSTS": ("shop/settings.py", 5),
    }
    # While the build collects the static files, they have some value.
    dockerfile = generate(tmp_path).files["Dockerfile"]
    assert "SECRET_KEY=only-for-the-build" in dockerfile
    assert "ALLOWED_HOSTS=only-for-the-build" in dockerfile


def test_djangos_settings_for_production_are_asked_for_what_they_need(tmp_path: Path) -> None:
    manage = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.local")\n'
    base = (
        'import os\nSECRET_KEY = "of a developer"\nDEBUG = bool(os.getenv("DEBUG", "1"))\nSTATIC_ROOT = "static"\n'
        'STATIC_URL = "/static/"\nROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["django.contrib.staticfiles"]\n'
    )
    files = {
        "requirements.txt": "django==5.2\ngunicorn==23.0\n",
        "manage.py": manage,
        "shop/__init__.py": "",
        "shop/wsgi.py": "application = get_wsgi_application()\n",
        "shop/settings/__init__.py": "",
        "shop/settings/base.py": base,
        "shop/settings/local.py": 'import os\nfrom .base import *\nTOOLBAR = os.environ["TOOLBAR"]\n',
        "shop/settings/production.py": 'import os\nfrom .base import *\nSECRET_KEY = os.getenv("KEY")\nDEBUG = False\n',
    }
    assert required(tmp_path, files) == {"KEY": ("shop/settings/production.py", 3)}
    (service,) = inspect(tmp_path).services
    built = {item.name: item.value for item in service.spec.environment if item.phase == "build"}
    assert built == {"DJANGO_SETTINGS_MODULE": "shop.settings.production", "KEY": "only-for-the-build"}


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
        (
            "const { Strategy } = require('passport-google-oauth20');\nnew Strategy({ clientID: process.env.G_ID });",
            {"G_ID": 2},
        ),
        # A class that a container of dependencies makes while it starts, and a setting that it looks up.
        (
            "const { Strategy } = require('passport-jwt');\nclass Jwt extends mixin(Strategy) {\n"
            "  constructor(config) { super({ secretOrKey: config.get('JWT_KEY') }); }\n}\nnew Jwt();",
            {"JWT_KEY": 3},
        ),
        (
            "const { Strategy } = require('passport-jwt');\nclass Jwt extends mixin(Strategy) {\n"
            "  constructor(config) { super({ secretOrKey: config.get('JWT_KEY', 'none') }); }\n}\nnew Jwt();",
            {},
        ),
        # A factory that the container calls.
        (
            "const { JwtModule } = require('@nestjs/jwt');\nJwtModule.registerAsync({ inject: [C],\n"
            "  useFactory: (config) => ({ secret: config.get('JWT_KEY') }) });",
            {"JWT_KEY": 2},
        ),
        (
            "const { JwtModule } = require('@nestjs/jwt');\nJwtModule.registerAsync({ inject: [C],\n"
            "  useFactory: (config) => { return { secret: config.get('JWT_KEY') || 'none' }; } });",
            {},
        ),
    ],
)
def test_clients_that_throw_without_a_value(tmp_path: Path, code: str, names: dict[str, int]) -> None:
    settings = "exports.dbURL = process.env.DB_URL;\nexports.deep = { url: process.env.DEEP_URL };\n"
    found = required(tmp_path, {**NODE, "index.js": f"{code}\n{LISTENS}", "settings.js": settings})
    assert found == {name: ("index.js", line) for name, line in names.items()}


@pytest.mark.parametrize(
    ("call", "names"),
    [
        ("make({}, process.env.ACCESS, '1h')", {"ACCESS"}),
        ("make({}, settings.access, '1h')", {"ACCESS"}),
        ("app.get('/', wrap(async () => make({}, settings.access, '1h')))", {"ACCESS"}),
        ("tokens.make({}, process.env.ACCESS)", {"ACCESS"}),
        # A default, another parameter, another function, and a parameter with a default of its own.
        ("make({}, process.env.ACCESS || 'none', '1h')", set()),
        ("make({}, 'none', process.env.EXPIRES)", set()),
        ("tokens.other({}, process.env.ACCESS)", set()),
        ("tokens.lax({}, process.env.ACCESS)", set()),
    ],
)
def test_a_key_is_handed_to_the_function_that_signs(tmp_path: Path, call: str, names: set[str]) -> None:
    helper = (
        "const jwt = require('jsonwebtoken');\n"
        "exports.make = (payload, secret, expiresIn) => { return jwt.sign(payload, secret, { expiresIn }); };\n"
        "exports.other = (payload, secret) => [payload, secret];\n"
        "exports.lax = (payload, secret = 'none') => jwt.sign(payload, secret);\n"
    )
    code = "const tokens = require('./tokens');\nconst { make } = require('./tokens');\n"
    code += "const settings = require('./settings');\n"
    files = {"settings.js": "module.exports = { access: process.env.ACCESS };\n", "tokens.js": helper}
    assert set(required(tmp_path, {**NODE, "index.js": f"{code}{call};\n{LISTENS}", **files})) == names


@pytest.mark.parametrize(
    ("schema", "missing"), [("Joi.string().default('mongodb://db/a')", False), ("Joi.string()", True)]
)
def test_a_client_gets_what_a_schema_gives_by_default(tmp_path: Path, schema: str, missing: bool) -> None:
    settings = (
        f"const Joi = require('joi');\nconst shape = Joi.object({{ DB_ADDRESS: {schema} }}).unknown();\n"
        "const { value } = shape.validate(process.env);\nmodule.exports = { ...value };\n"
    )
    code = (
        "const db = require('mongoose');\nconst env = require('./settings');\ndb.connect(env.DB_ADDRESS);\n" + LISTENS
    )
    assert ("DB_ADDRESS" in required(tmp_path, {**NODE, "index.js": code, "settings.js": settings})) is missing


@pytest.mark.parametrize(
    ("code", "names"),
    [
        # What the top level calls runs, too: functions, classes, methods of their objects, what they call in turn.
        ("function check() {\n  if (!process.env.API_KEY) throw new Error();\n}\ncheck();", {"API_KEY": 2}),
        ("const go = async () => {\n  if (!process.env.API_KEY) throw new Error();\n};\ngo();", {"API_KEY": 2}),
        ("(async () => {\n  if (!process.env.API_KEY) throw new Error();\n})();", {"API_KEY": 2}),
        ("class A {\n  constructor() { if (!process.env.A_KEY) throw 1; }\n}\nnew A();", {"A_KEY": 2}),
        (
            "class A {\n  constructor() { this.check(); }\n  check() { if (!process.env.A_KEY) throw 1; }\n}\nnew A();",
            None,
        ),
        ("class A {\n  go() { if (!process.env.A_KEY) throw 1; }\n}\nconst a = new A();\na.go();", {"A_KEY": 2}),
        ("const go = () => inner();\nfunction inner() { if (!process.env.A_KEY) throw 1; }\ngo();", {"A_KEY": 2}),
        # Functions that are given a name.
        ("const need = (k) => {\n  const v = process.env[k];\n  if (!v) throw 1;\n  return v;\n};\nneed('A_KEY');", 6),
        ("function need(k) {\n  if (process.env[k]) return process.env[k];\n  throw 1;\n}\n\nneed('A_KEY');", 6),
        ("function need(k, d) {\n  const v = process.env[k] ?? d;\n  if (!v) throw 1;\n}\n\nneed('A_KEY');", 6),
        (
            "function need(k, d) {\n  const v = process.env[k];\n  if (!v && d === undefined) throw 1;\n}\n"
            "const all = { url: need('B_URL', 'x'),\n  key: need('A_KEY') };",
            6,
        ),
        ("const need = (k) => { if (!process.env[k]) throw 1; };\nconst no = (k) => +need(k);\n\n\n\nno('A_KEY');", 6),
        # Nothing calls it, what it throws is caught, it has another value.
        ("class A {\n  constructor() { if (!process.env.A_KEY) throw 1; }\n}", {}),
        ("class A {\n  go() { if (!process.env.A_KEY) throw 1; }\n}\nnew A();", {}),
        ("function mail() { if (!process.env.A_KEY) throw 1; }\ntry { mail(); } catch (error) {}", {}),
        ("async function mail() { if (!process.env.A_KEY) throw 1; }\nmail().catch(console.error);", {}),
        ("try { if (!process.env.A_KEY) throw 1; } catch (error) {}", {}),
        ("function need(k, d = 'x') {\n  const v = process.env[k] ?? d;\n  if (!v) throw 1;\n}\nneed('A_KEY');", {}),
        ("function need(k) { if (!process.env[k]) throw 1; }\nfunction later() { need('A_KEY'); }", {}),
        # What is not there has no methods.
        ("\nconst all = process.env.A_KEY.split(',');", {"A_KEY": 2}),
        ("const all = process.env.A_KEY?.split(',');", {}),
        ("const all = process.env.A_KEY ? process.env.A_KEY.split(',') : [];", {}),
        ("process.env.A_KEY ??= 'a';\nconst all = process.env.A_KEY.split(',');", {}),
        ("if (process.env.A_KEY) {\n  console.log(process.env.A_KEY.split(','));\n}", {}),
        ("function later() { return process.env.A_KEY.split(','); }", {}),
        # It is caught by what ends the program, or by what keeps it from listening.
        (
            "async function go() { if (!process.env.A_KEY) throw 1; }\ngo().catch(() => process.exit(1));",
            {"A_KEY": 1},
        ),
    ],
)
def test_what_the_start_of_a_program_calls(tmp_path: Path, code: str, names: dict[str, int] | int | None) -> None:
    found = required(tmp_path, NODE | {"index.js": f"{code}\n{LISTENS}"})
    if isinstance(names, dict):
        assert found == {name: ("index.js", line) for name, line in names.items()}
    else:
        assert found == {"A_KEY": ("index.js", names or 3)}


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        ("const { check } = require('./env');\ncheck();", {"A_KEY": ("env.js", 1)}),
        ("const env = require('./env');\nenv.check();", {"A_KEY": ("env.js", 1)}),
        ("const { need } = require('./env');\nmodule.exports = { key: need('B_KEY') };", {"B_KEY": ("index.js", 2)}),
        ("const { Shop } = require('./env');\nnew Shop().open();", {"C_KEY": ("env.js", 3)}),
        ("const { Shop } = require('./env');\nconst shop = new Shop();\nshop.open();", {"C_KEY": ("env.js", 3)}),
        ("const { check, need } = require('./env');\nfunction later() { check(); need('B_KEY'); }", {}),
    ],
)
def test_what_modules_call_of_each_other(tmp_path: Path, entry: str, names: dict[str, tuple[str, int]]) -> None:
    env = (
        "function check() { if (!process.env.A_KEY) throw 1; }\n"
        "const need = (k) => { const v = process.env[k]; if (!v) throw 1; return v; };\n"
        "class Shop { open() { if (!process.env.C_KEY) throw 1; } }\n"
        "module.exports = { check, need, Shop };\n"
    )
    assert required(tmp_path, NODE | {"index.js": f"{entry}\n{LISTENS}", "env.js": env}) == names


def test_an_exported_object_of_a_class_and_a_class_of_a_container(tmp_path: Path) -> None:
    package = (
        NODE["package.json"].replace("index.js", "main.ts").replace('"5.0.0"', '"5.0.0", "@nestjs/core": "11.0.0"')
    )
    files = {
        "main.ts": "import auth from './auth';\nimport { Mail } from './mail';\nconsole.log(auth, Mail);\n",
        "auth.ts": "class Auth {\n  constructor() { if (!process.env.A_KEY) throw new Error(); }\n}\n"
        "export default new Auth();\n",
        "mail.ts": "@Injectable()\nexport class Mail {\n  constructor() { if (!process.env.M_KEY) throw 1; }\n"
        "  send() { if (!process.env.S_KEY) throw new Error(); }\n}\n",
    }
    assert required(tmp_path, {"package.json": package} | files) == {"A_KEY": ("auth.ts", 2), "M_KEY": ("mail.ts", 3)}


def test_a_schema_whose_client_nothing_loads_asks_for_no_address(tmp_path: Path) -> None:
    package = (
        '{"name": "shop", "scripts": {"start": "node index.js"}, '
        '"dependencies": {"express": "5.0.0", "@prisma/client": "6.0.0"}, "devDependencies": {"prisma": "6.0.0"}}'
    )
    schema = 'datasource db {\n  provider = "postgresql"\n  url = env("DB_URL")\n}\n'
    files = {"package.json": package, "index.js": LISTENS, "prisma/schema.prisma": schema}
    assert required(tmp_path, files) == {}
    loads = LISTENS + 'const { PrismaClient } = require("@prisma/client");\n'
    assert required(tmp_path, {"index.js": loads}) == {"DB_URL": ("prisma/schema.prisma", 3)}
    # The migrations of a release read it.
    migrated = {"index.js": LISTENS, "prisma/migrations/1/migration.sql": ""}
    assert required(tmp_path, migrated) == {"DB_URL": ("prisma/schema.prisma", 3)}


BOT = (
    "import os\nimport discord\nfrom discord.ext import commands\n"
    "bot = commands.Bot(intents=discord.Intents.default())\n"
)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (BOT + "bot.run(os.getenv('BOT_TOKEN'))\n", "BOT_TOKEN"),
        (BOT + "TOKEN = os.environ.get('BOT_TOKEN')\nif __name__ == '__main__':\n    bot.run(TOKEN)\n", "BOT_TOKEN"),
        (BOT + "bot.run(os.getenv('BOT_TOKEN', 'none'))\n", None),
        (
            "import os\nfrom telegram.ext import ApplicationBuilder\n"
            "app = ApplicationBuilder().token(os.getenv('TG_TOKEN')).build()\napp.run_polling()\n",
            "TG_TOKEN",
        ),
        (
            "import telebot\nfrom settings import KEY\nbot = telebot.TeleBot(token=KEY)\nbot.infinity_polling()\n",
            "TG_KEY",
        ),
    ],
)
def test_a_bot_names_the_token_that_it_fails_without(tmp_path: Path, code: str, name: str | None) -> None:
    files = {
        "requirements.txt": "discord.py==2.6\npython-telegram-bot==22.5\npyTelegramBotAPI==4.29\n",
        "bot.py": code,
        "settings.py": "import os\nKEY = os.environ.get('TG_KEY')\n",
    }
    assert set(required(tmp_path, files)) == ({name} if name is not None else set())


def test_a_client_that_an_imported_module_makes(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "flask==3.1\ngunicorn==23.0\ngroq==0.30\n",
        "app.py": "from flask import Flask\nimport talk\napp = Flask(__name__)\n",
        "talk.py": "import os\nfrom groq import Groq\nmodel = Groq(api_key=os.environ.get('TALK_KEY'))\n"
        "if __name__ == '__main__':\n    Groq(api_key=os.environ.get('OTHER_KEY'))\n",
        "aside.py": "import os\nfrom groq import Groq\nmodel = Groq(api_key=os.environ.get('ASIDE_KEY'))\n",
    }
    assert required(tmp_path, files) == {"TALK_KEY": ("talk.py", 3)}


JWT = "const jwt = require('jsonwebtoken');\n"
JOSE = "const { jwtVerify } = require('jose');\n"
SIGN = "const { SignJWT } = require('jose');\n"
ENCODED = "new TextEncoder().encode(process.env.JWT_KEY)"


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (JWT + "const login = (id) => jwt.sign({ id }, process.env.JWT_KEY, { expiresIn: '1d' });", {"JWT_KEY": 2}),
        (JWT + "function check(t) {\n  const key = process.env.JWT_KEY;\n  jwt.verify(t, key);\n}", {"JWT_KEY": 4}),
        (JWT + "const { auth } = require('./settings');\njwt.sign({}, auth.key);", {"DEEP_KEY": 3}),
        (JWT + "const login = (id) => jwt.sign({ id }, process.env.JWT_KEY || 'development');", {"JWT_KEY": 2}),
        (JWT + "const login = (id) => jwt.sign({ id }, process.env.JWT_KEY || require('crypto').randomBytes(9));", {}),
        (JWT + "const read = (token) => jwt.decode(token, process.env.JWT_KEY);", {}),
        (JOSE + f"const check = (token) => jwtVerify(token, {ENCODED});", {"JWT_KEY": 2}),
        (JOSE + f"const key = {ENCODED}; const check = (token) => jwtVerify(token, key);", {"JWT_KEY": 2}),
        (JOSE + f"const key = () => {ENCODED}; const check = (token) => jwtVerify(token, key());", {"JWT_KEY": 2}),
        (JOSE + f"function key() {{ return {ENCODED}; }}\nconst check = (t) => jwtVerify(t, key());", {"JWT_KEY": 3}),
        (JOSE + "const check = (t) => jwtVerify(t, Buffer.from(process.env.JWT_KEY, 'hex'));", {"JWT_KEY": 2}),
        (
            JOSE + "const check = (t) => jwtVerify(t, Buffer.from(process.env.JWT_KEY || 'development'));",
            {"JWT_KEY": 2},
        ),
        (SIGN + f"const login = () => new SignJWT({{}}).setProtectedHeader(x).sign({ENCODED});", {"JWT_KEY": 2}),
        (
            SIGN + f"const key = {ENCODED};\nconst login = () => new SignJWT({{}}).setIssuedAt().sign(key);",
            {"JWT_KEY": 3},
        ),
        (SIGN + f"const made = new SignJWT({{}});\nconst login = () => made.sign({ENCODED});", {"JWT_KEY": 3}),
        (SIGN + "const login = () => new SignJWT({}).sign(importKey());", {}),
        (SIGN + f"const login = () => new Other({{}}).setIssuedAt().sign({ENCODED});", {}),
        (JOSE + "const keys = createRemoteJWKSet(x); const check = (t) => jwtVerify(t, keys);", {}),
        ("const made = require('express-session');\nconst s = made({ secret: process.env.S_KEY });", {"S_KEY": 2}),
        ("const cookies = require('cookie-session');\nconst c = cookies({ keys: [process.env.C_KEY] });", {"C_KEY": 2}),
    ],
)
def test_the_key_of_a_nodes_signatures(tmp_path: Path, code: str, names: dict[str, int]) -> None:
    settings = "exports.auth = { key: process.env.DEEP_KEY };\n"
    found = required(tmp_path, {**NODE, "index.js": f"{code}\n{LISTENS}", "settings.js": settings})
    assert found == {name: ("index.js", line) for name, line in names.items()}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("app.secret_key = os.getenv('S_KEY')", {"S_KEY"}),
        ("app.config['SECRET_KEY'] = os.environ.get('S_KEY')", {"S_KEY"}),
        ("class Settings:\n    SECRET_KEY = os.getenv('S_KEY')\napp.config.from_object(Settings)", {"S_KEY"}),
        ("app.secret_key = os.getenv('S_KEY', 'development')", {"S_KEY"}),
        ("app.secret_key = os.getenv('S_KEY') or os.urandom(24)", set()),
        ("app.secret_key = os.getenv('S_KEY', os.urandom(24).hex())", set()),
        ("import jwt\nfrom settings import KEY\n\n\ndef login():\n    return jwt.encode({}, KEY)", {"JWT_KEY"}),
        ("import jwt\n\n\ndef check(t):\n    key = os.getenv('T_KEY')\n    return jwt.decode(t, key=key)", {"T_KEY"}),
        ("from itsdangerous import URLSafeSerializer\nlinks = URLSafeSerializer(os.getenv('L_KEY'))", {"L_KEY"}),
    ],
)
def test_the_key_of_a_pythons_signatures(tmp_path: Path, code: str, names: set[str]) -> None:
    settings = "import os\nKEY = os.environ.get('JWT_KEY')\n"
    text = f"import os\nfrom flask import Flask\napp = Flask(__name__)\n{code}\n"
    found = required(tmp_path, {**PYTHON, "app.py": text, "settings.py": settings})
    assert found.keys() == names


def test_what_signs_is_told_apart_from_what_the_start_needs(tmp_path: Path) -> None:
    code = JWT + "if (!process.env.DB) throw new Error();\nconst t = (id) => jwt.sign({ id }, process.env.JWT_KEY);\n"
    required(tmp_path, {**NODE, "index.js": code + LISTENS})
    (service,) = inspect(tmp_path).services
    texts = [note.text for note in service.notes]
    assert "set DB in the container; the service does not start without it" in texts
    assert "set JWT_KEY in the container; it signs tokens or sessions" in texts


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ('\tsigned, _ := token.SignedString([]byte(os.Getenv("KEY")))', {"KEY"}),
        ('\tkey := []byte(os.Getenv("KEY"))\n\tsigned, _ := token.SignedString(key)', {"KEY"}),
        ("\tsigned, _ := token.SignedString([]byte(config.Key))", {"KEY"}),
        (
            '\tkey := os.Getenv("KEY")\n\tif key == "" {\n\t\tkey = "development"\n\t}\n'
            "\tsigned, _ := token.SignedString([]byte(key))",
            {"KEY"},
        ),
        ('\tsigned, _ := other.Signed([]byte(os.Getenv("KEY")))', set()),
    ],
)
def test_the_key_of_a_gos_signatures(tmp_path: Path, code: str, names: set[str]) -> None:
    manifest = "module x.example/x\n\ngo 1.25\n\nrequire github.com/golang-jwt/jwt/v5 v5.3.0\n"
    main = (GO_MAIN % code).replace('\t"os"\n', '\t"os"\n\n\t"x.example/x/config"\n')
    config = 'package config\n\nimport "os"\n\nvar Key = os.Getenv("KEY")\n'
    files = {"go.mod": manifest, "main.go": main, "config/config.go": config}
    assert set(required(tmp_path, files)) == names


NEXT = {
    "package.json": '{"name": "shop", "scripts": {"build": "next build", "start": "next start"}, "dependencies": '
    '{"next": "16.0.0", "next-auth": "4.24.0", "better-auth": "1.4.0"}}'
}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        # A library's own key of sessions, and the name that the project uses for it.
        ("import NextAuth from 'next-auth';\nexport const auth = NextAuth({ providers: [] });", {"NEXTAUTH_SECRET": 2}),
        (
            "import NextAuth from 'next-auth';\nimport { options } from './options';\n"
            "export default NextAuth(options);",
            {"SIGN_KEY": 3},
        ),
        ("import NextAuth from 'next-auth';\nexport default NextAuth({ secret: 'fixed' });", {}),
        (
            "import { betterAuth } from 'better-auth';\nexport const auth = betterAuth({});",
            {"BETTER_AUTH_SECRET": 2},
        ),
        # A schema, and a guard of a module that requests load.
        (
            "import { createEnv } from '@t3-oss/env-nextjs';\nexport const env = createEnv({\n"
            "  server: { MAIL_KEY: z.string(), LEVEL: z.string().default('info'), NOTE: z.string().optional() },\n"
            "  client: { NEXT_PUBLIC_API: z.string() }, experimental__runtimeEnv: {} });",
            {"MAIL_KEY": 3},
        ),
        ("if (!process.env.MAIL_KEY) throw new Error('no key');", {"MAIL_KEY": 1}),
        ("export function send() { if (!process.env.MAIL_KEY) throw new Error('no key'); }", {}),
    ],
)
def test_a_server_that_its_build_puts_together(tmp_path: Path, code: str, names: dict[str, int]) -> None:
    options = "export const options = { secret: process.env.SIGN_KEY };\n"
    found = required(tmp_path, {**NEXT, "lib/auth.ts": code, "lib/options.ts": options})
    assert found == {name: ("lib/auth.ts", line) for name, line in names.items()}


def test_the_name_that_a_project_lists_for_a_key_of_a_library(tmp_path: Path) -> None:
    code = "import NextAuth from 'next-auth';\nexport const { auth } = NextAuth({});\n"
    found = required(tmp_path, {**NEXT, "auth.ts": code, ".env.example": "AUTH_SECRET=\n"})
    assert set(found) == {"AUTH_SECRET"}


@pytest.mark.parametrize(("ignored", "listed"), [("node_modules\n", True), (".env\n", False)])
def test_settings_that_the_image_leaves_out_are_those_of_an_example(tmp_path: Path, ignored: str, listed: bool) -> None:
    """A committed .env names variables of the container; an ignored one is one developer's own."""
    files = {**NODE, ".gitignore": ignored, ".env": "MAIL_HOST=localhost\n", "index.js": LISTENS}
    required(tmp_path, files)
    (service,) = inspect(tmp_path).services
    assert ("MAIL_HOST" in {item.name for item in service.spec.environment}) is listed


def test_an_ignored_file_hides_no_variable_of_the_example(tmp_path: Path) -> None:
    files = {**NODE, ".gitignore": ".env\n", ".env": "MAIL_HOST=mail\n", ".env.example": "MAIL_HOST=\n"}
    required(tmp_path, {**files, "index.js": LISTENS})
    (service,) = inspect(tmp_path).services
    assert "MAIL_HOST" in {item.name for item in service.spec.environment}


def test_variables_of_a_package_that_is_called_src_are_asked_for(tmp_path: Path) -> None:
    main = "from fastapi import FastAPI\n\nfrom src.config import config\n\napp = FastAPI(title=config.TITLE)\n"
    settings = (
        "import os\n\nfrom pydantic_settings import BaseSettings\n\n\nclass Config(BaseSettings):\n"
        '    TITLE: str\n\n\nTOKEN = os.environ["TOKEN"]\nconfig = Config()\n'
    )
    files = {
        "requirements.txt": "fastapi\nuvicorn\npydantic-settings\n",
        "Procfile": "web: uvicorn src.main:app --port 8000\n",
        "src/__init__.py": "",
        "src/main.py": main,
        "src/config.py": settings,
    }
    assert set(required(tmp_path, files)) == {"TITLE", "TOKEN"}


CRYPTO = "const crypto = require('node:crypto');\n"
SESSION = "const made = require('express-session');\n"


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (JWT + "const key = process.env.SALT || 'secret';\njwt.sign({}, key);", {"SALT": 3}),
        (SESSION + "made({ secret: process.env.WORD ?? 'keyboard cat' });", {"WORD": 2}),
        (
            CRYPTO + "const sign = (x) => crypto.createHmac('sha256', process.env.PEPPER || 'x').update(x);",
            {"PEPPER": 2},
        ),
        (CRYPTO + "crypto.createCipheriv('aes-256-cbc', process.env.BOX || 'x', iv);", {"BOX": 2}),
        (SIGN + "new SignJWT({}).setIssuedAt().sign(Buffer.from(process.env.WORD || 'x'));", {"WORD": 2}),
        # The name alone says nothing; what is random, empty or not a key is no default that everyone knows.
        ("const key = process.env.JWT_SECRET || 'secret';", {}),
        (JWT + "jwt.sign({}, process.env.JWT_SECRET || require('crypto').randomBytes(32));", {}),
        (CRYPTO + "crypto.createHmac('sha256', process.env.HOOK_SECRET || '');", {}),
        (CRYPTO + "const check = () => crypto.createHmac('sha256', process.env.HOOK_SECRET);", {}),
        (CRYPTO + "crypto.createHash(process.env.SECRET_HASH || 'sha256');", {}),
        (JWT + "jwt.sign({}, key, { expiresIn: process.env.SESSION_SECRET_TTL || '1d' });", {}),
    ],
)
def test_a_default_key_that_everyone_can_read(tmp_path: Path, code: str, names: dict[str, int]) -> None:
    found = required(tmp_path, {**NODE, "index.js": f"{code}\n{LISTENS}"})
    assert found == {name: ("index.js", line) for name, line in names.items()}


@pytest.mark.parametrize(
    "guard",
    [
        "if (!process.env.WORD) throw new Error('WORD');",
        "if (process.env.NODE_ENV === 'production' && !process.env.WORD) throw new Error('WORD');",
    ],
)
def test_a_default_that_the_code_refuses_counts_once(tmp_path: Path, guard: str) -> None:
    code = f"{JWT}{guard}\njwt.sign({{}}, process.env.WORD || 'development');\n{LISTENS}"
    assert required(tmp_path, {**NODE, "index.js": code}).keys() == {"WORD"}
    (service,) = inspect(tmp_path).services
    assert len([note for note in service.notes if "WORD" in note.text]) == 1


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("app.secret_key = os.getenv('WORD', 'dev-secret')", {"WORD"}),
        ("app.config['SECRET_KEY'] = os.environ.get('WORD') or 'dev'", {"WORD"}),
        ("import jwt\njwt.encode({}, os.getenv('SALT', 'x'), algorithm='HS256')", {"SALT"}),
        ("import hmac\nhmac.new(os.getenv('PEPPER', 'x').encode(), b'', 'sha256')", {"PEPPER"}),
        (
            "import jwt\nclass S(BaseSettings):\n    word: str = 'changeme'\n    title: str = 'shop'\n"
            "settings = S()\njwt.encode({}, settings.word)",
            {"WORD"},
        ),
        ("class S(BaseSettings):\n    jwt_secret: str = 'changeme'", set()),
        ("app.secret_key = os.getenv('SECRET_KEY') or os.urandom(24)", set()),
        ("key = os.getenv('JWT_SECRET_KEY', 'sk_test')", set()),
    ],
)
def test_a_default_key_of_python(tmp_path: Path, code: str, names: set[str]) -> None:
    head = "import os\nimport secrets\nfrom flask import Flask\nfrom pydantic_settings import BaseSettings\n"
    found = required(tmp_path, {**PYTHON, "app.py": f"{head}app = Flask(__name__)\n{code}\n"})
    assert found.keys() == names


def test_compose_asks_for_a_key_whose_default_is_in_the_code(tmp_path: Path) -> None:
    code = f"{JWT}jwt.sign({{}}, process.env.WORD || 'secret');\nconst name = process.env.SHOP_NAME || 'shop';\n"
    required(tmp_path, {**NODE, "index.js": code + LISTENS})
    (service,) = inspect(tmp_path).services
    texts = [note.text for note in service.notes]
    assert "set WORD in the container; its default is in the code, for everyone to read" in texts
    (risk,) = [item.text for item in service.risks if item.id == "required-variables"]
    assert risk == "WORD should be set when the container starts: everyone can read its default in the code"
    text = dict(generate(tmp_path, compose=True).files)["compose.yaml"]
    assert "${WORD:?set WORD in .env, a secret of your own}" in text
    assert "${SHOP_NAME:?" not in text
