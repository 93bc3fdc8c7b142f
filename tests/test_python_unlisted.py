"""Imports that nothing on a list of dependencies brings, by what packages are known to require."""

import datetime

import pytest
import tomli

from genfile.data.requires import brought, parse_requires
from tests.test_python import FASTAPI, FLASK, notes
from tests.test_traps import only
from tools import requires

MANAGE = (
    "import os, sys\nfrom django.core.management import execute_from_command_line\n"
    "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mill.settings')\nexecute_from_command_line(sys.argv)\n"
)
SETTINGS = (
    "SECRET_KEY = 'x'\nROOT_URLCONF = 'mill.urls'\nWSGI_APPLICATION = 'mill.wsgi.application'\n"
    "INSTALLED_APPS = ['django.contrib.admin', 'rest_framework', 'grain']\n"
)
MILL = {
    "manage.py": MANAGE,
    "mill/__init__.py": "",
    "mill/settings.py": SETTINGS,
    "mill/urls.py": "from grain import views\nurlpatterns = []\n",
    "mill/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
    "grain/__init__.py": "",
    "grain/views.py": "import requests\n",
    "grain/models.py": "import stripe\n",
    "grain/offline.py": "import pandas\n",
}


def served(listed: str, code: str, **more: str) -> dict[str, str]:
    return {"requirements.txt": listed, "main.py": code + FASTAPI, **more}


@pytest.mark.parametrize(
    ("code", "extra"),
    [
        ("import dotenv\n", ("python-dotenv",)),
        ("import dotenv\nimport numpy as np\n", ("python-dotenv", "numpy")),
        ("from google.cloud import storage\n", ("google-cloud-storage",)),
        ("import starlette\nimport pydantic, anyio\n", ()),
        ("import somebodys_own\n", ()),
        ("import pathlib, asyncio\n", ()),
        ("def later():\n    import dotenv\n", ()),
        ("try:\n    import dotenv\nexcept ImportError:\n    dotenv = None\n", ()),
        ("from contextlib import suppress\nwith suppress(ImportError):\n    import dotenv\n", ()),
        ("import sys\nif sys.version_info < (3, 11):\n    import tomli\n", ()),
        ("if __name__ == '__main__':\n    import dotenv\n", ("python-dotenv",)),
    ],
)
def test_what_no_package_on_the_list_brings_is_installed(code: str, extra: tuple[str, ...]) -> None:
    files = served("fastapi\nuvicorn\n", code)
    assert only(**files).extra_packages == extra
    assert all(f"{name} is not in your dependencies; the image installs it" in notes(**files) for name in extra)


@pytest.mark.parametrize(
    "listed",
    [
        "fastapi\nuvicorn\npython-dotenv\n",
        "fastapi\nuvicorn[standard]\n",
        "fastapi\nuvicorn\nfriends-dotenv\n",
        "fastapi\nuvicorn\na-package-that-nobody-knows\n",
        "fastapi\nuvicorn\nkept @ https://files.example/kept-1.0-py3-none-any.whl\n",
        "fastapi\nuvicorn\n./local\n",
    ],
)
def test_what_the_list_may_bring_is_not_added(listed: str) -> None:
    assert only(**served(listed, "import dotenv\n")).extra_packages == ()


def test_a_module_of_the_tree_is_not_added() -> None:
    files = served("fastapi\nuvicorn\n", "import dotenv\n")
    assert only(**files, **{"lib/vendored/dotenv/__init__.py": ""}).extra_packages == ()


def test_only_what_is_started_counts() -> None:
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": FLASK, "train.py": "import torch\n"}
    assert only(**files).extra_packages == ()
    assert only(**files | {"app.py": "import train\n" + FLASK}).extra_packages == ("torch",)


def test_a_list_that_a_program_makes_is_left_alone() -> None:
    setup = "from setuptools import setup\nsetup(name='x', install_requires=open('base').read().splitlines())\n"
    files = {"setup.py": setup, "main.py": "import dotenv\n" + FASTAPI}
    assert "python-dotenv" not in only(**files).extra_packages


def test_what_django_loads_by_itself_counts() -> None:
    assert set(only(**MILL, **{"requirements.txt": "django\ngunicorn\n"}).extra_packages) == {
        "djangorestframework", "requests", "stripe"
    }  # fmt: skip
    listed = {"requirements.txt": "django\ngunicorn\ndjangorestframework\nrequests\nstripe\n"}
    assert only(**MILL, **listed).extra_packages == ()


def test_a_framework_that_another_package_brings_is_not_missing() -> None:
    files = {"requirements.txt": "flask-restx\ngunicorn\n", "app.py": FLASK}
    assert (only(**files).framework, only(**files).extra_packages) == ("flask", ())


def test_a_driver_that_another_package_brings_is_not_missing() -> None:
    code = "from sqlalchemy import create_engine\nengine = create_engine('mysql://a@db/c')\n"
    assert "mysqlclient" in only(**served("fastapi\nuvicorn\nsqlalchemy\n", code)).extra_packages
    assert "mysqlclient" not in only(**served("fastapi\nuvicorn\npyobvector\n", code)).extra_packages


# --- the data, and the tool that makes it --------------------------------------------------------------------------


def test_the_closure_of_what_packages_bring() -> None:
    names, unknown = brought(["flask", "nobodys-package"])
    assert {"flask", "werkzeug", "markupsafe"} <= names
    assert unknown == {"nobodys-package"}
    assert "watchfiles" in brought(["uvicorn", "uvicorn[standard]"])[0]
    assert "watchfiles" not in brought(["uvicorn"])[0]


UV = {
    "package": [
        {
            "name": "Oats_Core",
            "version": "1",
            "source": {"registry": "r"},
            "dependencies": [
                {"name": "rye", "extra": ["fast"]},
                {"name": "colour", "marker": "sys_platform == 'win32'"},
                {"name": "older", "marker": "python_full_version < '3.11'"},
            ],
            "optional-dependencies": {"web": [{"name": "bran"}], "dev": [{"name": "pytest"}]},
        },
        {"name": "own", "version": "1", "source": {"editable": "."}, "dependencies": [{"name": "rye"}]},
    ]
}
POETRY = {
    "package": [
        {
            "name": "oats-core",
            "version": "1",
            "dependencies": {"rye": {"version": "*", "extras": ["fast"]}, "bran": {"version": "*", "optional": True},
                             "older": [{"version": "1", "markers": "python_version < '3.11'"}]},
        }
    ]
}  # fmt: skip


def test_the_tool_reads_lockfiles() -> None:
    assert dict(requires.read_lock(UV)) == {"oats-core": {"rye", "rye[fast]", "older"}, "oats-core[web]": {"bran"}}
    assert dict(requires.read_lock(POETRY)) == {"oats-core": {"rye", "rye[fast]", "older"}}


def test_the_tool_reads_a_report_of_pip() -> None:
    listed = ["rye[fast]>=1", 'bran; extra == "web"', 'colour; sys_platform == "win32"', 'pytest; extra == "dev"']
    about = {"name": "Oats.Core", "requires_dist": listed, "provides_extra": ["web", "dev"]}
    found = dict(requires.read_report({"install": [{"metadata": about}]}))
    assert found == {"oats-core": {"rye", "rye[fast]"}, "oats-core[web]": {"bran"}}


def test_the_file_is_what_the_tool_writes() -> None:
    text = requires.PATH.read_text("utf-8")
    data = tomli.loads(text)
    entries = {name: set(needs.split()) for name, needs in parse_requires(data["pypi"]).items()}
    assert isinstance(data["as_of"], datetime.date)
    assert requires.render(entries, data["as_of"]) == text
