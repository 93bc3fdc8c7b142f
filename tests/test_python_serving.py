"""What a program of a project's own does once it is started: where it listens, and what it must be given for that."""

from typing import Any

import pytest

from tests.test_go_context import dockerfile
from tests.test_traps import inspect, only

BUILD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'


def project(dependency: str, script: str = "thing", target: str = "thing.cli:main", **more: str) -> dict[str, str]:
    text = f'[project]\nname = "thing"\nversion = "1"\ndependencies = [{dependency!r}]\n'
    return {
        "pyproject.toml": f'{text}[project.scripts]\n{script} = "{target}"\n{BUILD}',
        "src/thing/__init__.py": "",
        **more,
    }


def environment(spec: Any) -> dict[str, str]:
    return {item.name: item.value for item in spec.environment if item.phase == "run" and item.value is not None}


ARGPARSE = """
import argparse
import uvicorn
def build_parser():
    parser = argparse.ArgumentParser()
    sub = parser.add_subparsers(dest="cmd")
    web = sub.add_parser("web")
    add_network(web)
    web.set_defaults(func=run_web)
    sub.add_parser("migrate").set_defaults(func=migrate)
    return parser
def add_network(parser):
    parser.add_argument("-H", "--bind-host", dest="host", default="localhost")
    parser.add_argument("--port", type=int, default=7001)
def run_web(args):
    uvicorn.run("thing.app:app", host=args.host, port=args.port)
def migrate(args):
    print("done")
def main():
    args = build_parser().parse_args()
    args.func(args)
"""
CLICK = """
import click
from waitress import serve
@click.group()
def main():
    pass
@main.command("start")
@click.option("--host", default="127.0.0.1")
@click.option("--port", "-p", default=7002, envvar="THING_PORT")
def start_server(host, port):
    from thing.web import make
    serve(make(), host=host, port=port)
@main.command()
def check():
    print("ok")
"""
TYPER = """
import typer
from typing import Annotated
from aiohttp import web
app = typer.Typer()
@app.command()
def serve(host: str = "127.0.0.1", port: Annotated[int, typer.Option("--listen-port")] = 7003):
    web.run_app(web.Application(), host=host, port=port)
@app.command()
def version():
    print(1)
"""
TABLE = """
import argparse, asyncio
from hypercorn.asyncio import serve
async def up(args):
    from websockets.asyncio.server import serve as listen
    async with listen(print, args.address, args.port):
        await asyncio.Future()
def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command")
    run = commands.add_parser("run")
    run.add_argument("--address", default="127.0.0.1")
    run.add_argument("--port", default=7004, type=int)
    commands.add_parser("dump")
    args = parser.parse_args()
    {"run": up_now, "dump": dump}[args.command](args)
def up_now(args):
    asyncio.run(up(args))
def dump(args):
    pass
"""


@pytest.mark.parametrize(
    ("code", "dependency", "target", "start", "port"),
    [
        (ARGPARSE, "uvicorn", "main", ("thing", "web", "--bind-host", "0.0.0.0"), 7001),
        (CLICK, "waitress", "main", ("thing", "start", "--host", "0.0.0.0"), 7002),
        (TYPER, "aiohttp", "app", ("thing", "serve", "--host", "0.0.0.0"), 7003),
        (TABLE, "websockets", "main", ("thing", "run", "--address", "0.0.0.0"), 7004),
    ],
    ids=["argparse", "click", "typer", "table"],
)
def test_a_console_script_is_started_as_it_must_be_to_listen(
    code: str, dependency: str, target: str, start: tuple[str, ...], port: int
) -> None:
    spec = only(**project(dependency, target=f"thing.cli:{target}", **{"src/thing/cli.py": code}))
    assert (spec.start, spec.port) == (start, port)


def test_of_several_scripts_the_one_that_listens() -> None:
    files = project("aiohttp", **{"src/thing/cli.py": "def main():\n    print(1)\n"})
    files["pyproject.toml"] = files["pyproject.toml"].replace(
        'thing = "thing.cli:main"', 'thing = "thing.cli:main"\nthingd = "thing.daemon:go"'
    )
    files["src/thing/daemon.py"] = "from aiohttp import web\ndef go():\n    web.run_app(web.Application(), port=7100)\n"
    spec = only(**files)
    assert (spec.start, spec.port) == (("thingd",), 7100)


@pytest.mark.parametrize(
    "code",
    [
        "def main():\n    print('formatted')\n",
        # The callback of a login, and the preview of a generator.
        "from thing.auth import login\ndef main():\n    login()\n",
        "import argparse\nfrom http.server import HTTPServer\ndef main():\n    p = argparse.ArgumentParser()\n"
        "    p.add_argument('--serve', action='store_true')\n    a = p.parse_args()\n    if a.serve:\n"
        "        HTTPServer(('', 8000), None).serve_forever()\n",
    ],
    ids=["formatter", "login", "switch"],
)
def test_a_tool_with_a_console_script_is_not_a_service(code: str) -> None:
    login = (
        "from http.server import HTTPServer\ndef login():\n    HTTPServer(('localhost', 0), None).handle_request()\n"
    )
    files = project("rich", **{"src/thing/cli.py": code, "src/thing/auth.py": login})
    assert not inspect(**files).services


FACTORY = {
    "ledger/__init__.py": "from flask import Flask\ndef build() -> Flask:\n    return _assemble({})\n"
    "def _assemble(config):\n    site = Flask(__name__)\n    return site\n"
}


def test_a_factory_of_any_name_in_a_package_is_an_application() -> None:
    files = {
        "pyproject.toml": f'[project]\nname = "ledger"\nversion = "1"\ndependencies = ["flask"]\n{BUILD}',
        **FACTORY,
    }
    spec = only(**files)
    assert (spec.application, spec.start[-1]) == ("ledger:build()", "ledger:build()")


def test_a_library_for_a_framework_has_no_factory() -> None:
    code = "from flask import Flask\nclass Login:\n    def init_app(self, app: Flask):\n        app.login = self\n"
    text = f'[project]\nname = "flask-x"\nversion = "1"\ndependencies = ["flask"]\n{BUILD}'
    assert not inspect(**{"pyproject.toml": text, "flask_x/__init__.py": code}).services


MCP = "from fastmcp import FastMCP\nmcp = FastMCP('x')\ndef main():\n    mcp.run({})\n"


def test_a_server_over_standard_input_is_told_of() -> None:
    found = inspect(**project("fastmcp", "thing-mcp", **{"src/thing/cli.py": MCP.format("")})).services[0]
    assert found.spec.port is None
    assert any("stdio" in note.text for note in found.notes)


def test_a_transport_that_a_variable_chooses() -> None:
    code = MCP.replace("from fastmcp", "import os\nfrom fastmcp")
    code = code.format('transport=os.getenv("THING_TRANSPORT", "stdio"), host=os.getenv("THING_HOST", "127.0.0.1")')
    spec = only(**project("fastmcp", "thing-mcp", **{"src/thing/cli.py": code}))
    assert environment(spec) | {"THING_TRANSPORT": "http", "THING_HOST": "0.0.0.0"} == environment(spec)
    assert (spec.port, spec.port_variable) == (8000, "FASTMCP_PORT")


# --- where the port comes from -------------------------------------------------------------------------------------

RUN = (
    "from aiohttp import web\n{}\nif __name__ == '__main__':\n"
    "    web.run_app(web.Application(), host='0.0.0.0', port={})\n"
)


@pytest.mark.parametrize(
    ("head", "port", "files", "number", "variable"),
    [
        (
            "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n"
            "    model_config = {'env_prefix': 'SHOP_'}\n    port: int = 7201\n"
            "    admin_port: int = 9090\nsettings = S()",
            "settings.port",
            {},
            7201,
            "SHOP_PORT",
        ),
        (
            "from dataclasses import dataclass, field\n@dataclass\nclass Net:\n    port: int = 7202\n@dataclass\n"
            "class C:\n    net: Net = field(default_factory=Net)\ndef load():\n    return C()\nconfig = load()",
            "config.net.port",
            {},
            7202,
            None,
        ),
        (
            "from conf import values",
            "values.HTTP",
            {"conf/__init__.py": "", "conf/values.py": "import os\nHTTP = int(os.environ.get('HTTP_PORT') or 7203)\n"},
            7203,
            "HTTP_PORT",
        ),
        (
            "import tomllib\nfrom pathlib import Path\n"
            "C = tomllib.loads((Path(__file__).parent / 'c.toml').read_text())",
            "C['web']['port']",
            {"c.toml": "[metrics]\nport = 9100\n[web]\nport = 7204\n"},
            7204,
            None,
        ),
        (
            "import configparser\nparser = configparser.ConfigParser()\nparser.read('etc/app.ini')",
            "int(parser['http']['port'])",
            {"etc/app.ini": "[admin]\nport = 9101\n[http]\nport = 7205\n"},
            7205,
            None,
        ),
        (
            "from dynaconf import Dynaconf\nsettings = Dynaconf(settings_files=['settings.toml'])",
            "settings.port",
            {"settings.toml": "[default]\nmetrics_port = 9102\nport = 7206\n"},
            7206,
            None,
        ),
    ],
    ids=["pydantic", "dataclass", "module", "toml", "ini", "dynaconf"],
)
def test_the_port_is_followed_to_where_it_is_set(
    head: str, port: str, files: dict[str, str], number: int, variable: str | None
) -> None:
    spec = only(**{"requirements.txt": "aiohttp\n", "main.py": RUN.format(head, port), **files})
    assert (spec.port, spec.port_variable) == (number, variable)


def test_other_listeners_of_a_program_do_not_win() -> None:
    code = (
        "import debugpy, grpc, os\nfrom prometheus_client import start_http_server\ndebugpy.listen(('0.0.0.0', 5678))\n"
        "def main():\n    start_http_server(9090)\n    server = grpc.server(None)\n"
        "    server.add_insecure_port(f\"[::]:{os.getenv('RPC_PORT', '7300')}\")\n    server.start()\n"
        "if __name__ == '__main__':\n    main()\n"
    )
    spec = only(**{"requirements.txt": "grpcio\n", "main.py": code})
    assert (spec.port, spec.port_variable) == (7300, "RPC_PORT")


def test_a_variable_that_must_be_set_is_set() -> None:
    code = RUN.format("import os", "int(os.environ['LISTEN'])")
    spec = only(**{"requirements.txt": "aiohttp\n", "main.py": code})
    assert (spec.port, spec.port_variable) == (8080, "LISTEN")


def test_a_host_that_a_variable_moves_is_set_to_all_addresses() -> None:
    code = (
        "import os\nfrom http.server import HTTPServer\nif __name__ == '__main__':\n"
        "    HTTPServer((os.getenv('ADDR', 'localhost'), 7301), None).serve_forever()\n"
    )
    spec = only(**{"requirements.txt": "requests\n", "main.py": code})
    assert (spec.port, environment(spec)["ADDR"]) == (7301, "0.0.0.0")


# --- servers' configurations ---------------------------------------------------------------------------------------

FASTAPI = {
    "requirements.txt": "fastapi\ngunicorn\nuvicorn\n",
    "svc/__init__.py": "",
    "svc/main.py": "import fastapi\napp = fastapi.FastAPI()\n",
}


def test_a_configuration_of_gunicorn_that_must_be_named() -> None:
    text = (
        "import os\nhost = os.getenv('HOST', '127.0.0.1')\nport = os.getenv('WEB_PORT', '9200')\n"
        "bind = f'{host}:{port}'\nworker_class = 'uvicorn.workers.UvicornWorker'\n"
    )
    spec = only(**FASTAPI, **{"deploy/gunicorn_conf.py": text})
    assert spec.start == ("gunicorn", "--config=deploy/gunicorn_conf.py", "--bind=0.0.0.0:9200", "svc.main:app")
    assert (spec.port, spec.port_variable) == (9200, None)


def test_workers_that_speak_no_asgi_leave_the_server_alone() -> None:
    assert only(**FASTAPI, **{"gunicorn.conf.py": "workers = 4\n"}).start[0] == "uvicorn"


def test_a_class_of_workers_is_not_what_is_served() -> None:
    command = "web: gunicorn -k uvicorn.workers.UvicornWorker svc.main:app -b 0.0.0.0:8300\n"
    render = "services:\n  - type: web\n    name: x\n    runtime: python\n    startCommand: {}"
    spec = only(**FASTAPI, **{"render.yaml": render.format(command.removeprefix("web: "))})
    assert (spec.start[-3], spec.port) == ("svc.main:app", 8300)


def test_streamlit_below_a_path() -> None:
    files = {"requirements.txt": "streamlit\n", "app.py": "import streamlit as st\nst.title('x')\n"}
    config = "[server]\nport = 8700\nbaseUrlPath = '/a/b/'\naddress = 'localhost'\n"
    spec = only(**files, **{".streamlit/config.toml": config})
    assert (spec.port, spec.health.path) == (8700, "/a/b/_stcore/health")
    assert environment(spec)["STREAMLIT_SERVER_ADDRESS"] == "0.0.0.0"


def test_settings_that_are_classes_run_the_one_for_production() -> None:
    files = {
        "requirements.txt": "django\ndjango-configurations\ngunicorn\n",
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'hall.settings')\n"
        "from configurations.management import execute_from_command_line\n",
        "hall/__init__.py": "",
        "hall/wsgi.py": "application = 1\n",
        "hall/settings.py": "from configurations import Configuration, values\nclass Common(Configuration):\n"
        "    SECRET_KEY = values.SecretValue(environ_name='KEY', environ_prefix=None)\n    STATIC_ROOT = 'static'\n"
        "class Prod(Common):\n    DEBUG = False\n",
    }
    spec = only(**files)
    assert environment(spec)["DJANGO_CONFIGURATION"] == "Prod"
    assert spec.build == ("python manage.py collectstatic --noinput",)
    assert {item.name for item in spec.environment if item.phase == "build"} == {"DJANGO_CONFIGURATION", "KEY"}
    plain = {**files, "hall/settings.py": files["hall/settings.py"].replace("class Prod(", "class Dev(")}
    assert "DJANGO_CONFIGURATION" not in environment(only(**plain))


# --- what is not a service -----------------------------------------------------------------------------------------

SERVER = {"api/requirements.txt": "flask\n", "api/app.py": "from flask import Flask\napp = Flask(__name__)\n"}


def test_a_tool_beside_a_service_is_not_one() -> None:
    tool = {"licenses/requirements.txt": "requests\n", "licenses/main.py": "import requests\nprint(requests)\n"}
    assert [item.spec.path for item in inspect(**SERVER, **tool).services] == ["api"]
    worker = {
        "jobs/requirements.txt": "requests\n",
        "jobs/main.py": "import time\nwhile True:\n    time.sleep(60)\n",
    }
    assert [item.spec.path for item in inspect(**SERVER, **worker).services] == ["api", "jobs"]


def test_the_server_of_an_editors_extension_is_not_a_service() -> None:
    manifest = '{"name": "x", "engines": {"vscode": "^1.90.0"}, "main": "./out/extension.js"}'
    files = {"package.json": manifest, "server/requirements.txt": "pygls\n", "server/server.py": "print(1)\n"}
    assert not inspect(**files).services


def test_a_program_beside_its_requirements_is_a_plan() -> None:
    assert only(**{"requirements.txt": "requests\n", "main.py": "import requests\n"}).start == ("python", "main.py")


def test_what_listens_is_found_behind_any_number_of_helpers() -> None:
    """Calls near the entry are followed before those below them, and the walk has an end."""
    helpers = "".join(f"def h{n}(x):\n    return h{n + 1}(x) + h{n + 1}(x + 1)\n" for n in range(5000))
    code = (
        f"{helpers}def h5000(x):\n    return x\nfrom aiohttp import web\ndef main():\n    h0(1)\n    start()\n"
        "def start():\n    web.run_app(web.Application(), host='0.0.0.0', port=7400)\n"
    )
    spec = only(**project("aiohttp", **{"src/thing/cli.py": code}))
    assert (spec.start, spec.port) == (("thing",), 7400)


def test_a_loop_that_waits_is_a_worker() -> None:
    code = (
        "import time\nclass Worker:\n    running = True\n    def start(self):\n        while self.running:\n"
        "            time.sleep(5)\ndef main():\n    Worker().start()\n"
    )
    spec = only(**project("requests", **{"src/thing/cli.py": code}))
    assert (spec.start, spec.port) == (("thing",), None)
    asks = code.replace("time.sleep(5)", "time.sleep(1); print(input())")
    assert not inspect(**project("requests", **{"src/thing/cli.py": asks})).services


def test_options_in_a_table_reach_the_server() -> None:
    code = (
        "import click, uvicorn\n@click.command()\n@click.option('--bind', default='localhost')\n"
        "@click.option('--port', default=7401)\ndef main(bind, port):\n    options = {'log_level': 'info'}\n"
        "    options['host'] = bind\n    options['port'] = port\n    uvicorn.run('thing.app:app', **options)\n"
    )
    spec = only(**project("uvicorn", **{"src/thing/cli.py": code}))
    assert (spec.start, spec.port) == (("thing", "--bind", "0.0.0.0"), 7401)


def test_variable_of_gunicorns_configuration_that_the_makefile_sets() -> None:
    files = {
        "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n",
        "application.py": "from flask import Flask\napplication = Flask(__name__)\n",
        "gunicorn_config.py": 'import os\nbind = "0.0.0.0:{}".format(os.getenv("PORT"))\n',
    }
    makefile = (
        "run:\n\tPORT=5000 flask run\n\nserve:\n\tPORT=6012 poetry run gunicorn -c gunicorn_config.py application\n"
    )
    assert only(**files).port == 8000
    assert only(**files, Makefile=makefile).port == 6012


def test_application_of_django_in_a_module_of_another_name() -> None:
    manage = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\nimport django\n'
    made = "from django.core.wsgi import get_wsgi_application\nserved = get_wsgi_application()\n"
    files = {
        "requirements.txt": "django==5.2\ngunicorn==23.0.0\n",
        "manage.py": manage,
        "shop/settings.py": "ROOT_URLCONF = 'shop.urls'\n",
        "web/__init__.py": "",
        "web/app.py": made,
    }
    assert only(**files).start[-1] == "web.app:served"


def test_sub_command_that_a_project_adds_to_another_program() -> None:
    setup = (
        "from setuptools import setup\nsetup(name='bloom', version='1', packages=['bloom'],\n"
        "      install_requires=open('requirements/default.txt').read().splitlines(),\n"
        "      entry_points={'celery.commands': ['bloom = bloom.command:bloom']})\n"
    )
    files = {
        "setup.py": setup,
        "requirements/default.txt": "celery==5.5.0\ntornado==6.5.0\n",
        "bloom/__init__.py": "",
        "bloom/command.py": "import tornado.web\nfrom tornado.options import define\ndefine('port', default=5555)\n",
    }
    dockerfile = 'FROM python:3.13\nRUN pip install bloom\nEXPOSE 5555\nCMD ["celery", "bloom"]\n'
    spec = only(**files, Dockerfile=dockerfile)
    assert (spec.start, spec.port, spec.build) == (("celery", "bloom"), 5555, ("pip install --no-deps .",))
    # Celery's own commands make no service of a library.
    assert inspect(**files, Dockerfile=dockerfile.replace("bloom", "report")).services == ()


@pytest.mark.parametrize("told", ["Procfile", "render.yaml"])
def test_of_several_frameworks_the_one_counts_whose_application_is_served(told: str) -> None:
    command = "uvicorn api.main:app --host 0.0.0.0 --port $PORT"
    by = {"Procfile": f"web: {command}\n", "render.yaml": f"services:\n- type: web\n  startCommand: {command}\n"}
    files = {
        "requirements.txt": "streamlit\nfastapi\nuvicorn\n",
        "page.py": "import streamlit as st\nst.title('x')\n",
        "api/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        told: by[told],
    }
    spec = only(**files)
    assert (spec.framework, spec.health) == ("fastapi", None)
    assert spec.start[-1].startswith("exec uvicorn api.main:app")


def test_the_port_of_a_flag_of_gunicorns_is_moved_by_no_variable() -> None:
    code = "from flask import Flask\napp = Flask(__name__)\n"
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": code}
    fixed = only(**files, Procfile="web: gunicorn -b 0.0.0.0:8000 app:app\n")
    assert (fixed.port, fixed.port_variable) == (8000, None)
    assert only(**files, Procfile="web: gunicorn -b 0.0.0.0:$PORT app:app\n").port_variable == "PORT"


def below(head: str, **files: str) -> Any:
    """A program and the application that it imports, both in a folder below the manifest."""
    return only(
        **{
            "Pipfile": '[packages]\nflask = "*"\ngunicorn = "*"\n',
            "server/config.py": "from flask import Flask\napp = Flask(__name__)\n",
            "server/app.py": f"from config import app\n{head}setup(app)\nif __name__ == '__main__':\n    app.run()\n",
            **files,
        }
    )


def test_a_program_beside_its_application_below_the_manifest() -> None:
    spec = below("from routes import setup\n", **{"server/routes.py": "def setup(app): pass\n"})
    assert (spec.start, spec.python_path) == (("gunicorn", "app:app"), "server")
    # What the program imports is the module of that name at the root.
    assert below("", **{"config.py": "from flask import Flask\napp = Flask(__name__)\n"}).start[-1] == "server.app:app"


@pytest.mark.parametrize(
    ("entry", "served"),
    [
        # It makes the tables, has a route of its own, under another name.
        ("from shop import db, app\ndb.create_all()\n", "run:app"),
        ("from shop import app, db\nwith app.app_context():\n    db.create_all()\n", "run:app"),
        ("from shop import app\n@app.route('/x')\ndef x():\n    return 'x'\n", "run:app"),
        ("from shop import app as application\nsetup(application)\n", "run:application"),
        # It only runs it, or what it calls has nothing to do with it.
        ("from shop import app\n", "shop:app"),
        ("from dotenv import load_dotenv\nload_dotenv()\nfrom shop import app\nprint('x')\n", "shop:app"),
    ],
)
def test_a_program_that_does_more_for_the_application_that_it_runs(entry: str, served: str) -> None:
    name = served.partition(":")[2] if served.startswith("run") else "app"
    files = {
        "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n",
        "shop/__init__.py": "from flask import Flask\napp = Flask(__name__)\n",
        "run.py": f'{entry}\nif __name__ == "__main__":\n    {name}.run(debug=True)\n',
    }
    assert only(**files).start == ("gunicorn", served)
    # A script that nobody runs does nothing for the service.
    seed = {**files, "run.py": entry}
    assert only(**seed).start == ("gunicorn", "shop:app")


SETTINGS = (
    "from pydantic_settings import BaseSettings, SettingsConfigDict\nclass Settings(BaseSettings):\n"
    "    model_config = SettingsConfigDict(env_prefix='APP_')\n    host: str = '127.0.0.1'\n    port: int = {}\n"
    "settings = Settings()\n"
)
SERVED = "from fastapi import FastAPI\napp = FastAPI()\n"
RUNS = "import uvicorn\nfrom shop.settings import settings\ndef main():\n    uvicorn.run('shop.main:app', port={})\n"


@pytest.mark.parametrize(
    ("settings", "port", "variable"),
    [
        (SETTINGS.format("9100"), 9100, "APP_PORT"),
        ("import os\nclass settings:\n    port = int(os.environ.get('PORT', '9200'))\n", 9200, "PORT"),
        ("class settings:\n    port = 9300\n", 9300, None),
    ],
)
def test_the_default_port_of_a_console_script_is_kept_and_its_variable_told_of(
    settings: str, port: int, variable: str | None
) -> None:
    text = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi", "uvicorn", "pydantic-settings"]\n'
    files = {
        "pyproject.toml": f'{text}[project.scripts]\nshop = "shop.cli:main"\n{BUILD}',
        "src/shop/__init__.py": "",
        "src/shop/settings.py": settings,
        "src/shop/main.py": SERVED,
        "src/shop/cli.py": RUNS.format("settings.port"),
    }
    (service,) = inspect(**files).services
    assert service.spec.start == ("uvicorn", "shop.main:app", "--host", "0.0.0.0", "--port", str(port))
    assert (service.spec.port, service.spec.port_variable) == (port, None)
    told = [note.text for note in service.notes if "does not change the port" in note.text]
    said = f"src/shop/cli.py:4 (uvicorn.run(port={variable})): {variable} does not change the port in the image"
    assert [text.startswith(said) for text in told] == ([True] if variable else [])


def test_gunicorn_reads_port_as_the_program_does() -> None:
    code = "import os\nfrom flask import Flask\napp = Flask(__name__)\n"
    code += "if __name__ == '__main__':\n    app.run(port={})\n"
    for variable, told in (("PORT", 0), ("SHOP_PORT", 1)):
        text = code.format(f"int(os.getenv('{variable}', '9400'))")
        (service,) = inspect(**{"requirements.txt": "flask\ngunicorn\n", "app.py": text}).services
        assert (service.spec.start, service.spec.port) == (("gunicorn", "app:app"), 9400)
        assert service.spec.port_variable == "PORT"
        assert sum("reads PORT instead" in note.text for note in service.notes) == told


BARE = "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'x']\n"
LIBRARY = {"lib/shop/__init__.py": "", "lib/shop/prices.py": "", "lib/shop/wsgi.py": "import shop.prices\n" + BARE}
COMMAND = "dockerize -multiline -wait tcp://db:5432 -timeout 60s uwsgi --master --http :5050"


def test_compose_gives_a_wrapper_the_server_of_a_plain_wsgi_application() -> None:
    compose = (
        f"services:\n  shop:\n    build: .\n    command: {COMMAND} --wsgi-file /srv/lib/shop/wsgi.py\n"
        "    ports: ['80:5050']\n"
    )
    image = "FROM python:3.13\nWORKDIR /srv\nCOPY . .\n"
    files = {"requirements.txt": "uwsgi==2.0.30\n", "Dockerfile": image, "compose.yaml": compose, **LIBRARY}
    spec = only(**files)
    assert spec.start == ("uwsgi", "--master", "--http", ":5050", "--wsgi-file", "lib/shop/wsgi.py")
    assert (spec.port, spec.python_path) == (5050, "lib")
    # A file that is not there is no command of this project.
    assert not inspect(**files | {"compose.yaml": compose.replace("shop/wsgi.py", "shop/other.py")}).services


CONTAINER = '{"image": "mcr.microsoft.com/devcontainers/python:1-3.13", "forwardPorts": [8501]}'


def test_a_server_that_a_procfile_starts_listens_without_a_framework() -> None:
    files = {"requirements.txt": "gunicorn==23.0.0\n", "main.py": BARE, ".devcontainer.json": CONTAINER}
    spec = only(**files, Procfile="web: gunicorn main:application\n")
    assert (spec.framework, spec.port, spec.port_variable) == (None, 8000, "PORT")
    assert only(**files, Procfile="worker: python main.py\n").port != 8000


TABLES = """from flask import Flask
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///shop.db"
db = SQLAlchemy(app)
"""
PREPARES = "import shop\nif __name__ == '__main__':\n    shop.db.create_all()\n    shop.app.run(host='0.0.0.0')\n"


@pytest.mark.parametrize(
    ("more", "program"),
    [
        ("", True),
        ("def make():\n    db.create_all()\n", True),
        ("with app.app_context():\n    db.create_all()\n", False),
    ],
)
def test_what_an_import_does_too_needs_no_program(more: str, program: bool) -> None:
    files = {"requirements.txt": "flask\nflask-sqlalchemy\n", "shop/__init__.py": TABLES + more, "main.py": PREPARES}
    [service] = inspect(**files).services
    assert any("only `python main.py` does this" in note.text for note in service.notes) is program
    assert (service.spec.start[0] == "python") is program


@pytest.mark.parametrize(
    ("version", "folder"), [("==2.5.1", "shop"), ("<3", "shop"), ("==3.1.1", "instance"), ("", "instance")]
)
def test_where_flask_sqlalchemy_keeps_its_file(version: str, folder: str) -> None:
    files = {"requirements.txt": f"flask\ngunicorn\nflask-sqlalchemy{version}\n", "shop/__init__.py": TABLES}
    assert only(**files).writable == (folder,)


@pytest.mark.parametrize(("version", "socket"), [("==21.2.0", False), ("<25", False), ("==25.1.0", True), ("", True)])
def test_only_a_gunicorn_with_a_control_socket_gets_a_place_for_it(version: str, socket: bool) -> None:
    files = {"requirements.txt": f"flask\ngunicorn{version}\n", "shop/__init__.py": TABLES}
    assert only(**files).control_socket is socket
    assert ("XDG_RUNTIME_DIR" in dockerfile(**files)) is socket
