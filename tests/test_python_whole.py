"""Which object a server is given: the one that mounts everything; and Django without its manage.py."""

from typing import Any

import pytest

from tests.test_traps import FASTAPI, inspect, only

WSGI = (
    "import os\nfrom django.core.wsgi import get_wsgi_application\n"
    "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\napplication = get_wsgi_application()\n"
)
ASGI = WSGI.replace("wsgi", "asgi")
ROUTED = (
    "from channels.routing import ProtocolTypeRouter\nfrom django.core.asgi import get_asgi_application\n"
    "application = ProtocolTypeRouter({'http': get_asgi_application()})\n"
)
MOUNTED = (
    "from django.core.asgi import get_asgi_application\nfrom fastapi import FastAPI\n"
    "django = get_asgi_application()\napp = FastAPI()\napp.mount('/', django)\n"
)
MANAGE = (
    "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
    "from django.core.management import execute_from_command_line\n"
)
SETTINGS = "SECRET_KEY = 'x'\nSTATIC_ROOT = 'static'\n"
SQLITE = "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'db.sqlite3'}}\n"
SHOP = {"shop/__init__.py": "", "shop/settings.py": SETTINGS, "shop/wsgi.py": WSGI}


def test_django_without_manage_py_is_a_service_that_django_s_own_command_manages() -> None:
    spec = only(**{"requirements.txt": "django\ngunicorn\n", **SHOP, "shop/settings.py": SETTINGS + SQLITE})
    assert (spec.framework, spec.start) == ("django", ("gunicorn", "shop.wsgi:application"))
    assert spec.release == ("python", "-m", "django", "migrate", "--noinput", "--settings", "shop.settings")
    assert spec.build == ("python -m django collectstatic --noinput --settings shop.settings",)


@pytest.mark.parametrize(
    ("settings", "collected"),
    [
        ("INSTALLED_APPS = ['shop']\n", False),
        ("INSTALLED_APPS = ['shop', 'django.contrib.staticfiles']\n", True),
        ("INSTALLED_APPS = ['shop', 'django.contrib.staticfiles.apps.StaticFilesConfig']\n", True),
        # A list that others make: it may be in theirs.
        ("from company.settings import *\nINSTALLED_APPS += ['shop']\n", True),
        ("from shop.base import *\nINSTALLED_APPS = ['shop']\n", False),
    ],
)
def test_static_files_are_collected_where_the_app_that_does_it_is_installed(settings: str, collected: bool) -> None:
    spec = only(**{"requirements.txt": "django\ngunicorn\n", **SHOP, "shop/settings.py": SETTINGS + settings})
    assert bool(spec.build) == collected


FILLED = (
    "import os\nimport django_heroku\nSECRET_KEY = 'x'\nBASE_DIR = os.path.dirname(os.path.dirname(__file__))\n"
    "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql',\n 'HOST': 'localhost'}}\nSTATIC_URL = '/s/'\n"
)


@pytest.mark.parametrize(
    ("call", "collected", "variables"),
    [
        ("django_heroku.settings(locals())\n", True, {"DATABASE_URL", "SECRET_KEY"}),
        ("django_heroku.settings(locals(), staticfiles=False)\n", False, {"DATABASE_URL", "SECRET_KEY"}),
        ("django_heroku.settings(locals(), databases=False, secret_key=False)\n", True, set()),
        ("", False, set()),
    ],
)
def test_a_call_that_fills_the_settings(call: str, collected: bool, variables: set[str]) -> None:
    files = {**SHOP, "manage.py": MANAGE, "shop/settings.py": FILLED + call}
    service = inspect(**{"requirements.txt": "django\ngunicorn\ndjango-heroku\npsycopg2\n", **files}).services[0]
    spec: Any = service.spec
    assert bool(spec.build) == collected
    assert tuple(spec.outputs) == (("staticfiles",) if collected else ())
    assert {item.name for item in spec.environment if item.phase == "run"} & {"DATABASE_URL", "SECRET_KEY"} == variables
    assert any("localhost" in note.text for note in service.notes) == ("DATABASE_URL" not in variables)
    assert not any("static files" in note.text for note in service.notes)


FLASK = "from flask import Flask\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    ("more", "left"),
    [
        ({}, True),
        ({"requirements.txt": "flask\ngunicorn\nflask-migrate\n"}, False),
        # Another package may bring it; the program has a group of commands of that name; the image installs it.
        ({"requirements.txt": "flask\ngunicorn\nacme-base\n"}, False),
        ({"app.py": f"{FLASK}from flask.cli import AppGroup\ndb = AppGroup('db')\n"}, False),
        ({"app.py": f"{FLASK}@app.cli.group()\ndef db(): ...\n"}, False),
        ({"app.py": f"{FLASK}import flask_migrate\n"}, False),
        ({"Procfile": "web: gunicorn app:app\nrelease: flask seed\n"}, False),
        ({"Procfile": "web: gunicorn app:app\nrelease: alembic upgrade head\n"}, True),
    ],
)
def test_a_release_command_that_nothing_brings_is_left_out_and_told_of(more: dict[str, str], left: bool) -> None:
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": FLASK}
    files["Procfile"] = "web: gunicorn app:app\nrelease: flask db upgrade\n"
    service = inspect(**{**files, **more}).services[0]
    assert any("the release command is left out" in note.text for note in service.notes) == left
    assert (service.spec.release is None) == left


POSTGRES = "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': os.environ['DB_HOST']}}\n"


@pytest.mark.parametrize(
    ("settings", "more", "left"),
    [
        ("", {}, True),
        ("DATABASES = {}\n", {}, True),
        ("DATABASES = {'default': {}}\n", {}, True),
        ("DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}}\n", {}, True),
        (
            "import logging\nLOG = logging.getLogger(__name__)\nfrom dotenv import load_dotenv\nload_dotenv()\n",
            {},
            True,
        ),
        ("from .base import *\n", {"shop/base.py": "DEBUG = False\n"}, True),
        (POSTGRES, {}, False),
        ("DATABASES: dict = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'db.sqlite3'}}\n", {}, False),
        ("DATABASES = {}\nDATABASES['default'] = dj_database_url.config()\n", {}, False),
        ("from .base import *\n", {"shop/base.py": POSTGRES}, False),
        ("from .base import DATABASES\n", {}, False),
        # A module that only the server has; a package's settings; calls that fill the settings.
        ("try:\n    from .local import *\nexcept ImportError:\n    pass\n", {}, False),
        ("from company.settings import *\n", {}, False),
        ("import django_heroku\ndjango_heroku.settings(locals())\n", {}, False),
        ("import dynaconf\nsettings = dynaconf.DjangoDynaconf(__name__)\n", {}, False),
        ("from split_settings.tools import include\ninclude('parts/*.py')\n", {"shop/parts/db.py": ""}, False),
        ("from pydjantic import to_django\nfrom .model import Model\nto_django(Model())\n", {}, False),
        ("for name, value in load().items():\n    globals()[name] = value\n", {}, False),
        ("from acme import Mixin\nfrom configurations import Configuration\nclass Prod(Mixin): ...\n", {}, False),
    ],
)
def test_migrations_without_a_database_are_no_release_command(settings: str, more: dict[str, str], left: bool) -> None:
    files = {"requirements.txt": "django\ngunicorn\n", "manage.py": MANAGE, **SHOP}
    service = inspect(**{**files, "shop/settings.py": f"import os\n{settings}SECRET_KEY = 'x'\n", **more}).services[0]
    assert (service.spec.release is None) == left
    assert any("release command" in note.text for note in service.notes) == left


def test_a_procfile_that_migrates_without_a_database_is_warned_of() -> None:
    files = {"requirements.txt": "django\ngunicorn\n", "manage.py": MANAGE, **SHOP}
    files["Procfile"] = "web: gunicorn shop.wsgi\nrelease: python manage.py migrate\n"
    service = inspect(**files).services[0]
    [note] = [note for note in service.notes if "migrate" in note.text]
    assert (service.spec.release, note.level, note.path) == (None, "warning", "shop/settings.py")
    files["Procfile"] = "web: gunicorn shop.wsgi\nrelease: python manage.py compress\n"
    assert only(**files).release == ("python", "manage.py", "compress")


def test_django_without_manage_py_below_a_folder() -> None:
    files = {f"web/{name}": text for name, text in {**SHOP, "shop/settings.py": SETTINGS + SQLITE}.items()}
    spec = only(**{"requirements.txt": "django\ngunicorn\n", **files})
    assert spec.start == ("gunicorn", "--chdir", "web", "shop.wsgi:application")
    assert spec.release[-2:] == ("--pythonpath", "web")


@pytest.mark.parametrize(
    "files",
    [
        # No settings of that name; a library with an example; a module of the name that makes nothing of Django's.
        {"shop/wsgi.py": WSGI},
        {**{f"example/{name}": text for name, text in SHOP.items()}, "shopping/__init__.py": ""},
        {**SHOP, "shop/wsgi.py": "application = print\n"},
    ],
)
def test_what_is_no_django_project(files: dict[str, str]) -> None:
    assert not inspect(**{"requirements.txt": "django\n", **files}).services


@pytest.mark.parametrize(
    ("requirements", "asgi", "start"),
    [
        ("django\ngunicorn\n", ASGI, ("gunicorn", "shop.wsgi:application")),
        ("django\ngunicorn\nchannels\ndaphne\n", ROUTED, ("daphne", "-b", "0.0.0.0", "-p", "8000")),
        ("django\ngunicorn\n", ROUTED, ("uvicorn", "shop.asgi:application", "--host", "0.0.0.0")),
        ("django\nfastapi\ngunicorn\n", MOUNTED, ("uvicorn", "shop.asgi:app", "--host", "0.0.0.0")),
    ],
)
def test_of_wsgi_and_asgi_the_one_that_mounts_everything(requirements: str, asgi: str, start: tuple[str, ...]) -> None:
    spec = only(**{"requirements.txt": requirements, "manage.py": MANAGE, **SHOP, "shop/asgi.py": asgi})
    assert spec.start[: len(start)] == start


def test_the_routing_that_the_settings_name() -> None:
    settings = SETTINGS + "ASGI_APPLICATION = 'shop.routing.application'\n"
    files = {**SHOP, "manage.py": MANAGE, "shop/settings.py": settings, "shop/routing.py": ROUTED}
    spec = only(**{"requirements.txt": "django\nchannels\ndaphne\ngunicorn\n", **files})
    assert spec.start[-1] == "shop.routing:application"


SOCKETS = "import socketio\nsio = socketio.AsyncServer(async_mode='asgi')\n"


@pytest.mark.parametrize(
    ("files", "application"),
    [
        ({"main.py": SOCKETS + FASTAPI + "sockets = socketio.ASGIApp(sio, app)\n"}, "main:sockets"),
        ({"main.py": SOCKETS + FASTAPI + "part = socketio.ASGIApp(sio)\napp.mount('/ws', part)\n"}, "main:app"),
        (
            {
                "main.py": SOCKETS + "from api.web import app\nwhole = socketio.ASGIApp(sio, app)\n",
                "api/web.py": FASTAPI,
            },
            "main:whole",
        ),
        ({"main.py": FASTAPI.replace("app =", "v1 =") + "app = FastAPI()\napp.mount('/v1', v1)\n"}, "main:app"),
        ({"main.py": FASTAPI + "admin = FastAPI()\napp.mount('/admin', app=admin)\n"}, "main:app"),
    ],
)  # fmt: skip
def test_the_application_that_holds_the_others(files: dict[str, str], application: str) -> None:
    spec = only(**{"requirements.txt": "fastapi\nuvicorn\npython-socketio\n", **files})
    assert spec.start[:2] == ("uvicorn", application)


def test_a_dispatcher_of_flask_applications() -> None:
    code = (
        "from werkzeug.middleware.dispatcher import DispatcherMiddleware\nfrom web import app\n"
        "application = DispatcherMiddleware(app, {})\n"
    )
    web = "from flask import Flask\napp = Flask(__name__)\n"
    spec = only(**{"requirements.txt": "flask\ngunicorn\n", "wsgi.py": code, "web.py": web})
    assert spec.start == ("gunicorn", "wsgi:application")


@pytest.mark.parametrize("where", ["main", "board"])
def test_of_two_frameworks_the_one_that_mounts_the_other(where: str) -> None:
    board = "import dash\npage = dash.Dash(__name__)\n"
    code = FASTAPI + "from fastapi.middleware.wsgi import WSGIMiddleware\n"
    code += board if where == "main" else "from board import page\n"
    code += "app.mount('/board', WSGIMiddleware(page.server))\n"
    spec = only(**{"requirements.txt": "dash\nfastapi\nuvicorn\n", "main.py": code, "board.py": board})
    assert (spec.framework, spec.start[:2]) == ("fastapi", ("uvicorn", "main:app"))


@pytest.mark.parametrize(
    ("command", "server"),
    [
        ("gunicorn main:app", "uvicorn"),
        ("gunicorn -k uvicorn.workers.UvicornWorker main:app", "gunicorn"),
        ("gunicorn --worker-class=uvicorn_worker.UvicornWorker main:app", "gunicorn"),
    ],
)
def test_workers_that_cannot_serve_an_asgi_application(command: str, server: str) -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\ngunicorn\n", "main.py": FASTAPI, "Procfile": f"web: {command}\n"}
    found = inspect(**files).services[0]
    assert found.spec.start[0] == server
    assert any("gunicorn's own workers" in note.text for note in found.notes) is (server == "uvicorn")


def test_a_framework_that_is_listed_comes_before_one_that_is_only_imported() -> None:
    files = {
        "requirements.txt": "flask\n",
        "app.py": "from flask import Flask\napp = Flask(__name__)\n",
        "board.py": "import streamlit as st\nst.title('x')\n",
    }
    assert only(**files).framework == "flask"


FETCH = """
from urllib.request import urlretrieve
from django.conf import settings
from django.core.management.base import BaseCommand
class Command(BaseCommand):
    def handle(self, *args, **options):
        urlretrieve("https://cdn.example/lib.js", getattr(settings, "SCRIPTS") / "lib.js")
"""
STATIC = (
    "from pathlib import Path\nBASE_DIR = Path(__file__).parent.parent\nSECRET_KEY = 'x'\n"
    "ASSETS = BASE_DIR / 'assets'\nSCRIPTS = ASSETS / 'vendor'\n"
    "STATICFILES_DIRS = [ASSETS]\nSTATIC_ROOT = BASE_DIR / 'static'\n"
)
ARGUMENT = "    def add_arguments(self, parser):\n        parser.add_argument('release')\n"


@pytest.mark.parametrize(
    ("command", "more", "runs"),
    [
        (FETCH, {}, True),
        # Its folder is in the tree; it can't be run without an argument; it writes elsewhere.
        (FETCH, {"assets/vendor/lib.js": ""}, False),
        (FETCH.replace("    def handle", ARGUMENT + "    def handle"), {}, False),
        (FETCH.replace("SCRIPTS", "MEDIA_ROOT"), {}, False),
    ],
)
def test_a_command_that_fills_a_missing_folder_of_static_files_runs_before_they_are_collected(
    command: str, more: dict[str, str], runs: bool
) -> None:
    files = {"requirements.txt": "django\ngunicorn\n", "manage.py": MANAGE, "assets/site.css": "", **SHOP, **more}
    files |= {"shop/settings.py": STATIC, "shop/management/commands/fetch.py": command}
    collect = "python manage.py collectstatic --noinput"
    assert only(**files).build == (("python manage.py fetch", collect) if runs else (collect,))


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("os.getenv('SHOP_KEY')", ["SHOP_KEY"]),
        ("os.getenv('SHOP_KEY', '')", ["SHOP_KEY"]),
        ("os.getenv('SHOP_KEY', 'x')", []),
        ("'x'", []),
    ],
)
def test_collecting_static_files_gets_a_secret_key_whatever_its_variable_is_called(key: str, given: list[str]) -> None:
    settings = f"import os\nSECRET_KEY = {key}\nSTATIC_ROOT = 'static'\n"
    files = {"requirements.txt": "django\ngunicorn\n", "manage.py": MANAGE, **SHOP, "shop/settings.py": settings}
    assert [item.name for item in only(**files).environment if item.phase == "build"] == given


MODEL = "from django.db import models\nclass Part(models.Model):\n    name = models.TextField()\n"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"stock/models.py": MODEL}, True),
        ({"stock/models.py": MODEL, "stock/migrations/__init__.py": ""}, True),
        ({"stock/models/part.py": MODEL, "stock/models/__init__.py": ""}, True),
        ({"stock/models.py": MODEL, "stock/migrations/0001_initial.py": ""}, False),
        ({"stock/models.py": MODEL + "    class Meta:\n        abstract = True\n"}, False),
        ({"stock/models.py": MODEL.replace("models.Model", "object")}, False),
        ({"stock/models.py": MODEL, "shop/settings.py": "SECRET_KEY = 'x'\nMIGRATION_MODULES = {}\n"}, False),
    ],
)
def test_models_without_migrations_are_told(more: dict[str, str], told: bool) -> None:
    files = {"requirements.txt": "django\ngunicorn\n", "manage.py": MANAGE, **SHOP, "stock/__init__.py": ""}
    files |= {"shop/settings.py": "SECRET_KEY = 'x'\n", **more}
    text = "stock has no migrations, so `migrate` creates no tables; run `python manage.py makemigrations stock`"
    assert any(text in note.text for note in inspect(**files).services[0].notes) is told
