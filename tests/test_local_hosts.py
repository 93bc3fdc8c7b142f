"""The hosts that a web application answers for: compose lets it answer on this machine."""

from typing import Any

import pytest
import yaml

import genfile

MANAGE = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
WSGI = "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"
HEAD = "import environ, json, os\nfrom decouple import Csv, config\nenv = environ.Env()\n"


def django(hosts: str) -> Any:
    """What compose gives the variable in the settings: None if it leaves that to others."""
    files = {
        "requirements.txt": "django==5.2\ngunicorn\npython-decouple\ndjango-environ\n",
        "manage.py": MANAGE,
        "shop/__init__.py": "",
        "shop/wsgi.py": WSGI,
        "shop/settings.py": f"{HEAD}SECRET_KEY = 'x'\n{hosts}\n",
    }
    return hosts_of(files)


def hosts_of(files: dict[str, str]) -> Any:
    services = yaml.safe_load(genfile.generate(files, compose=True).files["compose.yaml"])["services"]
    return next(iter(services.values())).get("environment", {}).get("HOSTS")


@pytest.mark.parametrize(
    ("hosts", "value"),
    [
        ("os.environ.get('HOSTS', '').split(',')", "localhost,127.0.0.1"),
        ("os.environ['HOSTS'].split(',')", "localhost,127.0.0.1"),
        ("os.environ.get('HOSTS', 'shop.example').split()", "localhost 127.0.0.1"),
        ("[h.strip() for h in os.getenv('HOSTS', '').split(';') if h.strip()]", "localhost;127.0.0.1"),
        ("list(filter(None, os.getenv('HOSTS', '').split(',')))", "localhost,127.0.0.1"),
        ("['shop.example'] + os.getenv('HOSTS', '').split(',')", "localhost,127.0.0.1"),
        ("env.list('HOSTS', default=[])", "localhost,127.0.0.1"),
        ("config('HOSTS', default='', cast=Csv())", "localhost,127.0.0.1"),
        ("[os.environ['HOSTS']]", "localhost"),
        # Its own value is for this machine, too, or for every host.
        ("os.environ.get('HOSTS', 'localhost').split(',')", None),
        ("env.list('HOSTS', default=['*'])", None),
        ("['localhost', os.environ.get('HOSTS', '')]", None),
        # Another form than a list with separators.
        ("json.loads(os.environ.get('HOSTS', '[]'))", None),
        ("['*'] if os.environ.get('HOSTS') else []", None),
    ],
)
def test_django_answers_on_this_machine(hosts: str, value: str | None) -> None:
    assert django(f"ALLOWED_HOSTS = {hosts}") == value


def test_a_list_of_other_hosts_is_left_alone() -> None:
    assert django("ALLOWED_HOSTS = ['*']\nTRUSTED = os.environ.get('HOSTS', '').split(',')") is None


def test_env_with_a_scheme() -> None:
    scheme = "env = environ.Env(HOSTS=(list, []))\nALLOWED_HOSTS = env('HOSTS')"
    assert django(scheme) == "localhost,127.0.0.1"


STARLETTE = """
import os
from fastapi import FastAPI
from fastapi.middleware.trustedhost import TrustedHostMiddleware
app = FastAPI()
app.add_middleware(TrustedHostMiddleware, allowed_hosts={0})
"""


@pytest.mark.parametrize(
    ("hosts", "value"),
    [
        ("os.environ.get('HOSTS', '').split(',')", "localhost,127.0.0.1"),
        ("os.environ.get('HOSTS', '*').split(',')", None),
        ("['shop.example']", None),
    ],
)
def test_middleware_of_starlette(hosts: str, value: str | None) -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": STARLETTE.format(hosts)}
    assert hosts_of(files) == value
