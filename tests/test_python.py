"""What real Python projects do: each case is the smallest tree that has the trap, and what genfile must read there."""

import pytest

from tests.test_traps import inspect, only

FLASK = "from flask import Flask\napp = Flask(__name__)\n"
FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n"
SERVED = {"requirements.txt": "flask\ngunicorn\n", "app.py": FLASK}
MANAGE = (
    "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
    "from django.core.management import execute_from_command_line\n"
)
DJANGO = {
    "requirements.txt": "django\ngunicorn\n",
    "manage.py": MANAGE,
    "shop/__init__.py": "",
    "shop/settings.py": "",
    "shop/wsgi.py": "application = 1\n",
}


def notes(**files: str) -> str:
    found = inspect(**files)
    return "\n".join(note.text for service in found.services for note in service.notes)


# --- manifests -----------------------------------------------------------------------------------------------------


def test_a_folder_of_requirements_alone_is_a_project() -> None:
    files = {"requirements/prod.txt": "-r base.txt\ngunicorn\n", "requirements/base.txt": "flask\n"}
    spec = only(**files, **{"app/__init__.py": "from flask import Flask\ndef create_app():\n    return Flask('x')\n"})
    assert spec.start == ("gunicorn", "app:create_app()")
    assert spec.manifests == ("requirements/prod.txt", "requirements/base.txt")


@pytest.mark.parametrize(
    ("package", "start"),
    [
        ({"shop/__init__.py": "from flask import Flask\ndef make():\n    return Flask('x')\n"}, "shop:make()"),
        ({"shop/__init__.py": FLASK}, "shop:app"),
        ({"shop/helpers.py": ""}, "shop:app"),
    ],
    ids=["factory", "object", "no-package"],
)
def test_a_package_is_imported_before_a_module_with_its_name(package: dict[str, str], start: str) -> None:
    files = {"requirements.txt": "flask\ngunicorn\n", "shop.py": FLASK.replace("app =", "app = server ="), **package}
    if "make" in start:
        files["shop.py"] = "from shop import make\napp = make()\n"
    assert only(**files).start == ("gunicorn", start)


def test_the_only_requirements_file_that_is_not_for_another_purpose() -> None:
    files = {"requirements-app.txt": "flask\ngunicorn\n", "requirements-dev.txt": "pytest\n", "app.py": FLASK}
    assert only(**files).requirements == ("requirements-app.txt",)


def test_inline_metadata_is_a_manifest() -> None:
    head = '# /// script\n# requires-python = "<3.14"\n# dependencies = ["fastapi", "uvicorn"]\n# ///\n'
    spec = only(**{"app.py": head + FASTAPI})
    assert (spec.package_manager.name, spec.framework, spec.requirements) == ("uv", "fastapi", ("app.py",))
    assert spec.runtime.version == "3.13"


def test_pixi_and_conda_name_dependencies() -> None:
    pixi = '[workspace]\nname = "x"\n[dependencies]\npython = "3.13.*"\nflask = "*"\ngunicorn = "*"\n'
    spec = only(**{"pixi.toml": pixi, "pixi.lock": "", "app.py": FLASK})
    assert (spec.package_manager.name, spec.framework) == ("pixi", "flask")
    assert spec.package_manager.lockfile == "pixi.lock"
    conda = "dependencies:\n  - python=3.13\n  - pip:\n    - streamlit==1.5\n"
    spec = only(**{"environment.yml": conda, "app.py": "import streamlit as st\n"})
    assert (spec.package_manager.name, spec.framework) == ("conda", "streamlit")


def test_groups_of_poetry_for_production() -> None:
    text = '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\npython = "^3.12"\nflask = "*"\n'
    text += '[tool.poetry.group.prod.dependencies]\ngunicorn = "*"\n'
    spec = only(**{"pyproject.toml": text, "poetry.lock": "", "app.py": FLASK})
    assert (spec.groups, spec.extra_packages) == (("prod",), ())


def test_poetry_of_the_second_kind_without_a_lock() -> None:
    text = '[project]\nname = "x"\nversion = "0"\ndependencies = ["flask", "gunicorn"]\n'
    text += "[tool.poetry]\npackage-mode = false\n"
    assert only(**{"pyproject.toml": text, "app.py": FLASK}).package_manager.name == "poetry"


def test_what_pip_would_refuse_to_install_is_left_to_uv() -> None:
    text = '[project]\nname = "x"\nversion = "0"\ndependencies = ["flask", "gunicorn"]\n'
    assert only(**{"pyproject.toml": text, "app.py": FLASK}).package_manager.name == "pip"
    two = {"pyproject.toml": text, "shop/__init__.py": FLASK, "static/x.css": ""}
    assert only(**two).package_manager.name == "uv"


def test_scripts_of_setup_cfg() -> None:
    cfg = "[metadata]\nname = x\n[options]\ninstall_requires = aiohttp\n"
    cfg += "[options.entry_points]\nconsole_scripts =\n    x-server = x.main:run\n"
    code = "from aiohttp import web\ndef run():\n    web.run_app(web.Application(), port=8081)\n"
    spec = only(**{"setup.cfg": cfg, "setup.py": "import setuptools\nsetuptools.setup()\n", "x/main.py": code})
    assert (spec.start, spec.port) == (("x-server",), 8081)


def test_old_flask_runs_on_what_still_has_what_it_imports() -> None:
    files = {"requirements.txt": "Flask==1.1.4\nWerkzeug==1.0.1\n", "app.py": FLASK}
    assert only(**files).runtime.version == "3.13"
    assert only(**{**files, "requirements.txt": "Flask==1.1.4\ngunicorn==20.1.0\n"}).runtime.version == "3.11"


def test_the_root_of_a_uv_workspace_with_a_program_of_its_own() -> None:
    root = '[project]\nname = "x"\nversion = "0"\ndependencies = ["flask", "gunicorn", "lib"]\n'
    root += '[tool.uv.workspace]\nmembers = ["lib"]\n[tool.uv.sources]\nlib = { workspace = true }\n'
    lib = '[project]\nname = "lib"\nversion = "0"\n[build-system]\nrequires = ["uv_build"]\n'
    files = {
        "pyproject.toml": root,
        "uv.lock": "",
        "app.py": FLASK,
        "lib/pyproject.toml": lib,
        "lib/src/lib/__init__.py": "",
    }
    spec = only(**files)
    assert (spec.workspace.root, spec.workspace.depends_on, spec.local_packages) == (".", ("lib",), ("lib",))
    assert not spec.package
    assert "lib/pyproject.toml" in spec.manifests


# --- frameworks and applications -----------------------------------------------------------------------------------


def test_of_two_frameworks_the_one_whose_application_is_there() -> None:
    spec = only(**{"requirements.txt": "fastapi\nflask\ngunicorn\n", "app.py": FLASK})
    assert spec.framework == "flask"
    mounted = FASTAPI + "import gradio\napp = gradio.mount_gradio_app(app, None, path='/ui')\n"
    spec = only(**{"requirements.txt": "fastapi\ngradio\nuvicorn\n", "main.py": mounted})
    assert spec.framework == "fastapi"


def test_a_page_of_streamlit_has_any_name() -> None:
    files = {"requirements.txt": "streamlit\n", "helpers.py": "import streamlit\n"}
    spec = only(**files, **{"taxis.py": "import streamlit\nimport helpers\n", "pages/1_more.py": "import streamlit\n"})
    assert spec.start == ("streamlit", "run", "taxis.py")


def test_modules_that_import_their_neighbours_are_started_from_their_folder() -> None:
    code = "from routers import shop\n" + FASTAPI
    spec = only(
        **{
            "requirements.txt": "fastapi\nuvicorn\n",
            "app/main.py": code,
            "app/routers/__init__.py": "",
            "app/routers/shop.py": "",
        }
    )
    assert (spec.application, spec.python_path) == ("main:app", "app")


def test_a_package_of_the_same_name_in_the_start_folder_is_part_of_a_modules_name() -> None:
    code = "from flask import Flask\nfrom words import listed\napp = Flask(__name__)\n"
    files = {"requirements.txt": "flask\ngunicorn\n", "app/app.py": code, "app/words.py": "listed = 1\n"}
    # Without __init__.py, Python takes the file that it finds in /app/app.
    spec = only(**files)
    assert (spec.start[-1], spec.python_path) == ("app:app", "app")
    spec = only(**files, **{"app/__init__.py": ""})
    assert (spec.start[-1], spec.python_path) == ("app.app:app", "app")
    # A program that runs it by that name, and adds to it, is served.
    run = "from app.app import app\n\n@app.get('/more')\ndef more():\n    return ''\n\n"
    run += "if __name__ == '__main__':\n    app.run()\n"
    spec = only(**files, **{"app/__init__.py": "", "run.py": run})
    assert (spec.start[-1], spec.python_path) == ("run:app", "app")


def test_a_maker_that_wants_arguments_still_makes_the_application() -> None:
    code = "from shop import create_app\napp = create_app('production')\n"
    factory = "from flask import Flask\ndef create_app(config):\n    app = Flask('x')\n    return app\n"
    files = {"requirements.txt": "flask\ngunicorn\n", "run.py": code, "shop/__init__.py": factory}
    assert only(**files).start == ("gunicorn", "run:app")


def test_a_bot_that_is_kept_awake_by_a_page_is_a_bot() -> None:
    page = FLASK + "def keep_alive():\n    app.run(host='0.0.0.0', port=8080)\n"
    bot = "import discord\nfrom page import keep_alive\nkeep_alive()\ndiscord.Client().run('x')\n"
    spec = only(**{"requirements.txt": "discord.py\nflask\n", "main.py": bot, "page.py": page})
    assert (spec.framework, spec.start, spec.port) == ("discord-py", ("python", "main.py"), None)


def test_what_no_list_names_is_installed_and_said() -> None:
    assert only(**{"app.py": FASTAPI}).extra_packages[0] == "fastapi"
    files = {name: text for name, text in DJANGO.items() if name != "requirements.txt"}
    assert only(**files).extra_packages[0] == "django"
    assert "no dependency list found" in notes(**files)


def test_no_server_imports_a_module_with_a_hyphen() -> None:
    spec = only(**{"requirements.txt": "flask\n", "shop-api.py": FLASK + "if __name__ == '__main__':\n    app.run()\n"})
    assert spec.start == ("python", "shop-api.py")


def test_asgi_of_falcon() -> None:
    spec = only(**{"requirements.txt": "falcon\nuvicorn\n", "app.py": "import falcon.asgi\napp = falcon.asgi.App()\n"})
    assert (spec.interface, spec.start[:2]) == ("asgi", ("uvicorn", "app:app"))


def test_gunicorn_reads_no_attribute_of_an_attribute() -> None:
    spec = only(**{"requirements.txt": "dash\n", "index.py": "import dash\napp = dash.Dash(__name__)\n"})
    assert spec.start[0] == "waitress-serve"
    assert spec.extra_packages[0].startswith("waitress==")


def test_socket_io_wants_one_process() -> None:
    files = {"requirements.txt": "flask\nflask-socketio\ngevent\ngunicorn\n", "app.py": FLASK}
    assert only(**files).start == ("gunicorn", "--workers=1", "--worker-class=gevent", "app:app")


def test_a_template_of_projects_is_no_service() -> None:
    files = {"{{name}}/requirements.txt": "flask\ngunicorn\n", "{{name}}/app.py": FLASK}
    assert inspect(**files, **{"cookiecutter.json": "{}"}).services == ()


def test_functions_of_a_platform_are_no_service() -> None:
    files = {"requirements.txt": "boto3\n", "handler.py": "def handler(event, context): ...\n"}
    assert inspect(**files, **{"serverless.yml": "service: x\n"}).services == ()


# --- where it listens ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bind", "port", "variable"),
    [
        ('bind = "0.0.0.0:9001"', 9001, None),
        ('import os\nbind = "0.0.0.0:" + os.environ.get("PORT", "9002")', 9002, "PORT"),
        ('import os\nbind = "0.0.0.0:%s" % os.getenv("WEB_PORT", 9003)', 9003, "WEB_PORT"),
    ],
)
def test_gunicorn_conf_decides(bind: str, port: int, variable: str | None) -> None:
    spec = only(**SERVED, **{"gunicorn.conf.py": bind + "\n"})
    assert (spec.port, spec.port_variable) == (port, variable)


def test_a_configuration_that_the_command_names() -> None:
    files = {**SERVED, "Procfile": "web: gunicorn -c conf.py app:app\n"}
    assert only(**files, **{"conf.py": 'bind = "0.0.0.0:9004"\n'}).port == 9004
    spec = only(**files, **{"conf.py": 'bind = "unix:/run/x.sock"\n'})
    assert spec.start == ("gunicorn", "--bind=0.0.0.0:8000", "-c", "conf.py", "app:app")


@pytest.mark.parametrize(
    ("name", "code", "port"),
    [
        ("tornado", "import tornado.web\nfrom tornado.options import define\ndefine('port', default=8765)\n", 8765),
        ("grpcio", "import grpc\ns = grpc.server(None)\ns.add_insecure_port('[::]:50052')\n", 50052),
        ("slack-bolt", "import os, slack_bolt\nslack_bolt.App().start(port=int(os.environ.get('PORT', 3000)))\n", 3000),
        (
            "nothing",
            "import os\nfrom http.server import HTTPServer\nHTTPServer(('', 8123), None).serve_forever()\n",
            8123,
        ),
    ],
)
def test_ports_of_programs(name: str, code: str, port: int) -> None:
    assert only(**{"requirements.txt": name + "\n", "server.py": code}).port == port


def test_the_port_of_the_code_holds_for_a_server_beside_it() -> None:
    code = FASTAPI + "import uvicorn\nif __name__ == '__main__':\n    uvicorn.run(app, port=9100)\n"
    assert only(**{"requirements.txt": "fastapi\nuvicorn\n", "main.py": code}).start[-1] == "9100"


def test_the_port_of_settings() -> None:
    settings = "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    port: int = 9200\ns = S()\n"
    code = "import uvicorn\nfrom conf import s\n" + FASTAPI + "uvicorn.run(app, port=s.port)\n"
    files = {"requirements.txt": "fastapi\nuvicorn\npydantic-settings\n", "conf.py": settings, "main.py": code}
    assert only(**files).port == 9200


def test_a_flag_that_is_this_machine_by_default_is_given() -> None:
    code = (
        "import argparse\nfrom aiohttp import web\np = argparse.ArgumentParser()\n"
        "p.add_argument('--host', default='127.0.0.1')\np.add_argument('--port', type=int, default=7000)\n"
        "a = p.parse_args()\nweb.run_app(web.Application(), host=a.host, port=a.port)\n"
    )
    spec = only(**{"requirements.txt": "aiohttp\n", "main.py": code})
    assert (spec.start, spec.port) == (("python", "main.py", "--host", "0.0.0.0"), 7000)


def test_a_loopback_that_nothing_moves_is_said() -> None:
    code = "import bottle\nbottle.run(host='localhost', port=8080)\n"
    assert "reachable only from inside the container" in notes(**{"requirements.txt": "bottle\n", "app.py": code})


# --- beside the web ------------------------------------------------------------------------------------------------


def test_a_schedule_makes_a_scheduler() -> None:
    files = {**DJANGO, "requirements.txt": "django\ngunicorn\ncelery\ndjango-celery-beat\n"}
    spec = only(**files, **{"shop/celery.py": "from celery import Celery\napp = Celery('shop')\n"})
    assert set(spec.processes) == {"beat", "worker"}
    assert spec.processes["beat"][-1] == "django_celery_beat.schedulers:DatabaseScheduler"


def test_workers_of_other_queues() -> None:
    spec = only(**{**DJANGO, "requirements.txt": "django\ngunicorn\nhuey\n"})
    assert spec.processes["worker"] == ("python", "manage.py", "run_huey")
    files = {"requirements.txt": "fastapi\nuvicorn\narq\n", "main.py": FASTAPI}
    spec = only(**files, **{"jobs.py": "class WorkerSettings:\n    functions = []\n"})
    assert spec.processes["worker"] == ("arq", "jobs.WorkerSettings")
    code = FLASK + "import rq\nqueue = rq.Queue('mails')\n"
    spec = only(**{"requirements.txt": "flask\ngunicorn\nrq\n", "app.py": code})
    assert spec.processes["worker"] == ("rq", "worker", "mails")


def test_migrations_are_a_release() -> None:
    spec = only(**{**SERVED, "requirements.txt": "flask\ngunicorn\nflask-migrate\n", "migrations/env.py": ""})
    assert spec.release == ("flask", "--app", "app:app", "db", "upgrade")
    spec = only(**{"requirements.txt": "fastapi\nuvicorn\nalembic\n", "main.py": FASTAPI, "alembic.ini": ""})
    assert spec.release == ("alembic", "upgrade", "head")


def test_a_procfile_that_changes_folder() -> None:
    procfile = "web: cd web && gunicorn app:app\nworker: cd web && rq worker\n"
    files = {"requirements.txt": "flask\ngunicorn\nrq\n", "web/app.py": FLASK, "Procfile": procfile}
    spec = only(**files)
    assert spec.start == ("gunicorn", "--chdir", "web", "app:app")
    assert spec.processes["worker"] == ("sh", "-c", "cd web && exec rq worker")


def test_a_dockerfile_that_starts_the_projects_own_server() -> None:
    text = (
        '[project]\nname = "cal"\nversion = "0"\ndependencies = ["vobject"]\n[project.scripts]\ncal = "cal.main:run"\n'
    )
    text += '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    files = {"pyproject.toml": text, "cal/__init__.py": "", "cal/main.py": "def run(): ...\n"}
    assert inspect(**files).services == ()
    spec = only(**files, Dockerfile='FROM python:3.13\nENTRYPOINT ["cal"]\nCMD ["--hosts", "0.0.0.0:5232"]\n')
    assert (spec.start, spec.port) == (("cal", "--hosts", "0.0.0.0:5232"), 5232)


def test_a_script_that_a_host_starts() -> None:
    text = '[project]\nname = "job"\nversion = "0"\n[project.scripts]\njob = "job:main"\n'
    text += '[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n'
    files = {"pyproject.toml": text, "uv.lock": "", "src/job/__init__.py": "def main(): ...\n"}
    assert inspect(**files).services == ()
    spec = only(**files, **{"railpack.json": '{"deploy": {"startCommand": "job"}}'})
    assert (spec.start, spec.package) == (("job",), True)


def test_a_package_that_listens_when_it_is_run() -> None:
    text = '[project]\nname = "svc"\nversion = "0"\ndependencies = ["websockets"]\n'
    text += '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    code = "import websockets\nwebsockets.serve(print, '0.0.0.0', 8765)\n"
    files = {"pyproject.toml": text, "src/svc/__init__.py": ""}
    spec = only(**files, **{"src/svc/__main__.py": code})
    assert (spec.start, spec.port) == (("python", "-m", "svc"), 8765)
    assert inspect(**files, **{"src/svc/__main__.py": "print('a tool')\n"}).services == ()


def test_a_browser_is_fetched_while_building() -> None:
    files = {"requirements.txt": "playwright\n", "main.py": "from playwright.sync_api import sync_playwright\n"}
    spec = only(**files)
    assert [(item.path, item.command.split(" ", 1)[1]) for item in spec.fetch] == [
        (".playwright", "playwright install --only-shell chromium")
    ]
    assert "libnss3" in spec.system_packages.run


def test_an_entrypoint_that_only_wraps_the_command() -> None:
    files = {"requirements.txt": "flask\n", "app.py": FLASK, "serve.py": "import app\napp.main()\n"}
    docker = 'FROM python:3.13\nENTRYPOINT ["/docker-entrypoint.sh"]\nCMD ["python", "serve.py"]\n'
    assert only(**files, Dockerfile=docker).start == ("python", "serve.py")


# --- what it reads and writes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "folder"),
    [
        ("import os\nos.makedirs('logs', exist_ok=True)\n", "logs"),
        ("from pathlib import Path\nHERE = Path(__file__).resolve().parent\n(HERE / 'cache').mkdir()\n", "cache"),
        (
            "import os\nBASE = os.path.dirname(os.path.abspath(__file__))\nos.mkdir(os.path.join(BASE, 'a', 'b'))\n",
            "a/b",
        ),
        ("import logging\nlogging.FileHandler('var/app.log')\n", "var"),
        ("app.config['UPLOAD_FOLDER'] = 'uploads'\n", "uploads"),
        ("import os\nos.makedirs(app.instance_path)\n", "instance"),
        ("import sqlite3\nsqlite3.connect('shop.db')\n", "."),
        ("import os\nHERE = os.path.dirname(__file__)\nURL = f'sqlite:///{HERE}/kept/shop.db'\n", "kept"),
        ("DATABASE_URL = 'sqlite:///./shop.db'\n", "."),
        (
            "import os, sqlite3\ndef where(path=None):\n    if path:\n        return path\n"
            "    return os.getenv('SHOP_DB', 'kept/shop.db')\n"
            "def connect(path=None):\n    found = where(path)\n    return sqlite3.connect(found)\n",
            "kept",
        ),
        ("from pathlib import Path\nPath('/app/uploads').mkdir(exist_ok=True)\n", "uploads"),
        ("import os\nURL = os.getenv('DATABASE_URL', 'sqlite:////app/kept/shop.db')\n", "kept"),
        (
            "import os\nDEFAULTS = {'DIR': os.getenv('DIR', os.path.join(os.path.dirname(__file__), 'kept'))}\n"
            "DIR = DEFAULTS['DIR']\nos.makedirs(DIR, exist_ok=True)\n",
            "kept",
        ),
        (
            "def keep(text):\n    folder = 'var/notes'\n    open(f'{folder}/note-{text}.txt', 'w').write(text)\n",
            "var/notes",
        ),
        (
            "import sqlite3\nclass Store:\n    def __init__(self, path='var/x.db'):\n        self.path = path\n"
            "        sqlite3.connect(self.path)\n",
            "var",
        ),
        ("import shelve\nshelve.open('var/kept.shelf')\n", "var"),
        ("import joblib\ndef keep(model):\n    joblib.dump(model, 'models/model.pkl')\n", "models"),
        ("import chromadb\nclient = chromadb.PersistentClient(path='./index')\n", "index"),
        ("def keep(upload):\n    upload.save('uploads/' + upload.filename)\n", "uploads"),
        ("from pathlib import Path\nfor path in [Path('kept')]:\n    path.mkdir()\n", "kept"),
        ("import os\nDIRS = ('kept',)\nfor name in DIRS:\n    os.makedirs(os.path.join('var', name))\n", "var/kept"),
    ],
)
def test_folders_that_are_written_to(code: str, folder: str) -> None:
    assert only(**{**SERVED, "app.py": FLASK + code}).writable == (folder,)


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.makedirs('/var/x')\n",
        "import tempfile, os\nos.makedirs(tempfile.mkdtemp())\n",
        "open('x')\n",
        "open('data/x.txt', 'r')\n",
        "import os\nname = 'a'\nname = 'b'\nos.makedirs(os.getenv('DIR', name.lower()))\n",
        "def a(path='x'): pass\ndef b(path):\n    import os\n    os.mkdir(path)\n",
        "form.save(commit=False)\n",
        "import os\ndef where(name):\n    return name or os.environ['DIR']\nos.makedirs(where(''))\n",
    ],
)
def test_folders_outside_of_the_tree_are_left_alone(code: str) -> None:
    assert only(**{**SERVED, "app.py": FLASK + code}).writable == ()


@pytest.mark.parametrize(
    ("start", "folder"),
    [
        ("gunicorn --chdir site app:app", "site/var"),
        ("gunicorn --chdir=site app:app", "site/var"),
        ("cd site && gunicorn app:app", "site/var"),
        ("gunicorn site.app:app", "var"),
    ],
)
def test_a_server_that_changes_to_a_folder_writes_from_there(start: str, folder: str) -> None:
    code = FLASK + "import os, logging\nlogging.FileHandler('var/app.log')\n"
    code += "os.makedirs(os.path.join(os.path.dirname(__file__), 'kept'))\n"
    files = {"requirements.txt": "flask\ngunicorn\n", "site/app.py": code, "Procfile": f"web: {start}\n"}
    assert set(only(**files).writable) == {folder, "site/kept"}


IN_A_LOOP = """
from pathlib import Path
class Config:
    def __init__(self):
        self.DATA = Path("data")
        self.KEPT = Path("kept")
        for path in [self.DATA, self.KEPT]:
            path.mkdir(exist_ok=True)
            for _ in self.others():
                (path / "deep").mkdir()
"""


def test_every_folder_that_a_loop_makes() -> None:
    assert only(**{**SERVED, "app.py": FLASK + IN_A_LOOP}).writable == ("data", "kept")


@pytest.mark.parametrize(
    ("code", "folders"),
    [
        ("app.config['SESSION_TYPE'] = 'filesystem'\n", ("flask_session",)),
        ("app.config.update(SESSION_TYPE='filesystem')\n", ("flask_session",)),
        ("app.config['SESSION_TYPE'] = 'redis'\n", ()),
        ("app.config.from_mapping({'SESSION_TYPE': 'filesystem', 'SESSION_FILE_DIR': '/tmp/kept'})\n", ()),
        ("app.config['SESSION_TYPE'] = 'filesystem'\napp.config['SESSION_FILE_DIR'] = 'kept'\n", ("kept",)),
    ],
)
def test_sessions_in_files_have_a_folder(code: str, folders: tuple[str, ...]) -> None:
    lists = {"requirements.txt": f"{SERVED['requirements.txt']}\nflask-session\n"}
    assert only(**{**SERVED, **lists, "app.py": FLASK + code}).writable == folders


SETTINGS = """
from pathlib import Path
from pydantic import Field
from pydantic_settings import BaseSettings

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "kept"

class Settings(BaseSettings):
    upload_path: str = "./uploads"
    cache_path: Path = Field(default=ROOT / "cache")
    secret: str

settings = Settings()
"""


@pytest.mark.parametrize(
    ("code", "folders"),
    [
        ("from conf.base import KEPT\nKEPT.mkdir()\n", ("kept",)),
        ("from conf import base\n(base.KEPT / 'deep').mkdir()\n", ("kept/deep",)),
        (
            "from conf.base import settings\nfrom pathlib import Path\nPath(settings.upload_path).mkdir()\n",
            ("uploads",),
        ),
        ("from conf.base import settings\nsettings.cache_path.mkdir()\n", ("cache",)),
        ("from conf.base import settings\nimport os\nos.makedirs(settings.secret)\n", ()),
        ("from elsewhere import KEPT\nKEPT.mkdir()\n", ()),
    ],
)
def test_folders_that_another_module_names(code: str, folders: tuple[str, ...]) -> None:
    files = {**SERVED, "conf/__init__.py": "", "conf/base.py": SETTINGS, "app.py": FLASK + code}
    assert only(**files).writable == folders


def test_files_that_only_a_tool_beside_the_service_writes() -> None:
    tool = "def export():\n    open('reports/all.csv', 'w')\n"
    assert only(**{**SERVED, "app.py": FLASK, "report.py": tool}).writable == ()
    assert only(**{**SERVED, "app.py": f"import report\n{FLASK}", "report.py": tool}).writable == ("reports",)


def test_folders_that_the_projects_own_image_keeps() -> None:
    files = {**SERVED, "app.py": FLASK + "STORE = '/var/lib/shop/items'\n"}
    assert only(**files, Dockerfile="FROM python:3.13\nVOLUME /var/lib/shop\nVOLUME /etc/shop\n").volumes == (
        "/var/lib/shop",
    )
    assert only(**SERVED, Dockerfile="FROM python:3.13\nVOLUME /var/lib/shop\n").volumes == ()
    files = {"requirements.txt": "nothing\n", "serve.py": "import nothing\n"}
    docker = 'FROM python:3.13\nCMD ["python", "serve.py", "-d", "/datastore"]\n'
    assert only(**files, Dockerfile=docker).volumes == ("/datastore",)


def test_variables_that_the_code_looks_for_first_are_not_needed() -> None:
    code = (
        "import os\nA = os.environ['A']\nif 'B' in os.environ:\n    B = os.environ['B']\n"
        "try:\n    C = os.environ['C']\nexcept KeyError:\n    C = ''\n"
        "def application(environ, start_response):\n    return environ['PATH_INFO']\n"
    )
    found = {item.name: item.required for item in only(**{**SERVED, "app.py": FLASK + code}).environment}
    assert found == {"A": True, "B": False, "C": False}


def test_catalogues_without_their_compiled_form() -> None:
    files = {**SERVED, "requirements.txt": "flask\ngunicorn\nflask-babel\n"}
    spec = only(**files, **{"app/translations/de/LC_MESSAGES/messages.po": ""})
    assert spec.build == ("pybabel compile --directory app/translations",)


def test_torch_of_pypi_is_said_to_bring_cuda() -> None:
    files = {"main.py": FASTAPI, "requirements.txt": "torch\nfastapi\nuvicorn\n"}
    assert "includes CUDA" in notes(**files)
    index = "--extra-index-url https://download.pytorch.org/whl/cpu\n"
    assert "includes CUDA" not in notes(**{**files, "requirements.txt": index + files["requirements.txt"]})


# --- several applications ------------------------------------------------------------------------------------------

PACKAGE = {
    "shop/__init__.py": "",
    "shop/main.py": "from fastapi import FastAPI\nfrom shop import carts, users\napp = FastAPI()\n",
    "shop/carts.py": "from shop import users\n",
    "shop/users.py": "KEPT = []\n",
    "requirements.txt": "fastapi\nuvicorn\n",
}


def test_the_application_that_the_modules_hang_on_is_started() -> None:
    lone = "from fastapi import FastAPI\napp = FastAPI()\n"
    assert "shop.main:app" in only(**{**PACKAGE, "app_fixed.py": lone, "simple_server.py": lone}).start


def test_a_script_that_brings_up_the_same_application_is_passed_over() -> None:
    main = PACKAGE["shop/main.py"].replace("app = FastAPI()\n", "def make():\n    return FastAPI()\napp = make()\n")
    script = "from shop.main import make\ndef build():\n    return make()\napp = build()\n"
    assert "shop.main:app" in only(**{**PACKAGE, "shop/main.py": main, "alone.py": script}).start


def test_an_application_that_holds_another_is_started() -> None:
    host = "from fastapi import FastAPI\nfrom shop.main import app as shop\napp = FastAPI()\napp.mount('/shop', shop)\n"
    assert "whole:app" in only(**{**PACKAGE, "whole.py": host}).start


def test_the_usual_file_stays_first_where_as_much_hangs_on_it() -> None:
    root = "from fastapi import FastAPI\nfrom shop import carts\napp = FastAPI()\n"
    assert "main:app" in only(**{**PACKAGE, "main.py": root}).start
