"""The project's own modules that the program loads and the tree lacks."""

import pytest

from tests.test_traps import inspect

MAIN = "from fastapi import FastAPI\n{0}\napp = FastAPI()\n"
APP = {"requirements.txt": "fastapi\nuvicorn\n", "Procfile": "web: uvicorn shop.main:app\n", "shop/__init__.py": ""}
GONE = "is not in the tree; the program does not start without it"


def told(files: dict[str, str]) -> list[str]:
    """What is said of absent modules."""
    [service] = inspect(**files).services
    words = ("is not in the tree", "is not in version control", "declares this app")
    return [note.text for note in service.notes if any(word in note.text for word in words)]


@pytest.mark.parametrize(
    ("line", "file"),
    [
        ("from shop.settings import TOKEN", "shop/settings.py"),
        ("from .settings import TOKEN", "shop/settings.py"),
        ("import shop.core.settings", "shop/core/settings.py"),
    ],
)
def test_a_module_of_the_project_that_the_tree_lacks_is_told_of(line: str, file: str) -> None:
    files = {**APP, "shop/main.py": MAIN.format(line)}
    [text] = told(files)
    assert text.startswith("shop/main.py:2 (import ")
    assert text.endswith(f"{file} {GONE}")
    [text] = told({**files, ".gitignore": "settings.py\n"})
    assert text.endswith(f"{file} is not in version control; add it before you build the image")
    # It is there, as a module, as a package, or where the program may look as well.
    for there in (file, file.replace(".py", "/__init__.py"), file.replace(".py", "/a.py"), f"lib/{file}"):
        assert told({**files, there: ""}) == []


@pytest.mark.parametrize(
    ("line", "more"),
    [
        # A name that may be a value, what the program does without, and a package of somebody else.
        ("from shop import settings", {}),
        ("from . import settings", {}),
        ("try:\n    from shop.settings import TOKEN\nexcept ImportError:\n    TOKEN = ''", {}),
        ("def later():\n    from shop.settings import TOKEN", {}),
        ("from starlette.settings import TOKEN", {}),
        # Files of other kinds that may become the module, and a module that no command loads.
        ("from shop.settings import TOKEN", {"shop/settings.pyx": ""}),
        ("from shop.settings_pb2 import TOKEN", {"proto/settings.proto": ""}),
        ("", {"shop/other.py": "from shop.settings import TOKEN\n"}),
    ],
)
def test_what_may_be_there_is_not_told_of(line: str, more: dict[str, str]) -> None:
    assert told({**APP, "shop/main.py": MAIN.format(line), **more}) == []


def test_a_folder_with_the_name_of_a_package_hides_none_of_its_modules() -> None:
    """`import flask.views` is Flask's, whatever the folder of settings below is called."""
    line = "import email.message\nimport flask.views\nimport shop.options.flask"
    files = {
        **APP,
        "requirements.txt": "fastapi\nuvicorn\nflask\n",
        "shop/main.py": MAIN.format("import shop.options.a"),
    }
    files |= {f"shop/options/{name}.py": line for name in ("a", "flask/__init__", "flask/b", "email/__init__")}
    assert told(files) == []
    # Python looks into the service's own folder first.
    [text] = told({**files, "flask/__init__.py": ""})
    assert text.endswith(f"flask/views.py {GONE}")


def test_a_folder_of_scripts_hides_no_package_of_its_name() -> None:
    files = {
        **APP,
        "requirements.txt": "fastapi\nuvicorn\nalembic\n",
        "shop/main.py": MAIN.format("import alembic.config\nfrom alembic.script import ScriptDirectory"),
        "alembic/env.py": "from alembic import context\n",
        "alembic/versions/1.py": "",
    }
    assert told(files) == []
    assert len(told({**files, "alembic/__init__.py": ""})) == 2


MANAGE = (
    "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
    "from django.core.management import execute_from_command_line\nexecute_from_command_line([])\n"
)
WSGI = (
    "import os\nfrom django.core.wsgi import get_wsgi_application\n"
    "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\napplication = get_wsgi_application()\n"
)
APPS = "INSTALLED_APPS = ['django.contrib.admin', 'Orders.apps.OrdersConfig']\nDATABASES = {}\n"


def site(place: str, **more: str) -> dict[str, str]:
    return {"requirements.txt": "django\n", "manage.py": MANAGE, f"{place}wsgi.py": WSGI, **more}


def test_settings_that_the_tree_lacks_are_told_of_and_nothing_is_migrated() -> None:
    place = "manage.py:2 (DJANGO_SETTINGS_MODULE is shop.settings): shop/settings.py"
    assert told(site("")) == [f"{place} {GONE}"]
    ignored = site("shop/", **{"shop/__init__.py": "", ".gitignore": "settings.py\n"})
    assert told(ignored) == [f"{place} is not in version control; add it before you build the image"]
    assert inspect(**ignored).services[0].spec.release is None
    whole = site("shop/", **{"shop/settings.py": APPS.replace(", 'Orders.apps.OrdersConfig'", "")})
    assert told(whole) == []
    whole["shop/settings.py"] += "DATABASES['default'] = {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'x'}\n"
    assert inspect(**whole).services[0].spec.release is not None
    # A package may have them.
    assert told(site("", **{"requirements.txt": "django\nacme-shop\n"})) == []


def test_an_app_that_lost_its_folder_is_no_package_to_install() -> None:
    files = site("shop/", **{"shop/settings.py": APPS, "apps.py": "class OrdersConfig:\n    name = 'Orders'\n"})
    del files["requirements.txt"]
    [text] = told(files)
    assert text.endswith("(import Orders): apps.py declares this app, which is not in the tree; add its folder")
