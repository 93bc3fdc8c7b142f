"""What a setting of a Python project names and no import says: drivers of databases, libraries of workers."""

import pytest

from tests.test_python import DJANGO, FLASK, notes
from tests.test_traps import only

ENGINE = 'DATABASES = {{"default": {{"ENGINE": {}}}}}\n'
URL = 'from sqlalchemy import create_engine\nengine = create_engine("{}")\n'


def django(settings: str, requirements: str = "django==5.2\ngunicorn==23.0.0\n") -> dict[str, str]:
    files = dict(DJANGO)
    name = next(path for path in files if path.endswith("settings.py"))
    return files | {"requirements.txt": requirements, name: files[name] + settings}


@pytest.mark.parametrize(
    ("settings", "listed", "expected"),
    [
        (ENGINE.format('"django.db.backends.postgresql"'), "", ("psycopg2-binary",)),
        (ENGINE.format('os.environ.get("ENGINE", "django.db.backends.mysql")'), "", ("mysqlclient",)),
        (ENGINE.format('"django.db.backends.postgresql"'), "psycopg[binary]\n", ()),
        (ENGINE.format('"django.db.backends.mysql"'), "PyMySQL[rsa]\n", ()),
        (ENGINE.format('"django.db.backends.sqlite3"'), "", ()),
        (ENGINE.format('"mssql"'), "mssql-django\n", ()),
        (
            'import dj_database_url\nDATABASES = {"default": dj_database_url.config(default="postgres://a@b/c")}\n',
            "dj-database-url\n",
            ("psycopg2-binary",),
        ),
    ],
)
def test_the_driver_of_djangos_engine_is_installed_where_none_is_listed(
    settings: str, listed: str, expected: tuple[str, ...]
) -> None:
    spec = only(**django("import os\n" + settings, "django==5.2\ngunicorn==23.0.0\n" + listed))
    assert spec.extra_packages == expected
    if expected == ("mysqlclient",):
        # What it is compiled with, and the database itself.
        assert "default-libmysqlclient-dev" in spec.system_packages.build
        assert spec.backing_services == ("mysql",)


@pytest.mark.parametrize(
    ("address", "listed", "expected"),
    [
        ("postgresql://a@b/c", "sqlalchemy==2.0.30\n", ("psycopg2-binary",)),
        ("mysql://a@b/c", "sqlalchemy\n", ("mysqlclient",)),
        ("postgresql+pg8000://a@b/c", "sqlalchemy\npg8000\n", ()),
        ("postgresql://a@b/c", "sqlalchemy[postgresql_psycopg2binary]==2.0.30\n", ()),
        ("postgresql://a@b/c", "psycopg2-binary\nsqlalchemy==2.0.30\n", ()),
        # SQLAlchemy 2.1 loads psycopg where no driver is named.
        ("postgresql://a@b/c", "psycopg2-binary\nsqlalchemy\n", ("psycopg[binary]",)),
        ("postgresql://a@b/c", "psycopg2-binary\nsqlalchemy<2.1\n", ()),
        ("postgresql://a@b/c", "psycopg2-binary\npsycopg\nsqlalchemy\n", ()),
        ("postgresql://a@b/c", "requests\n", ()),
    ],
)
def test_the_driver_of_an_address_of_sqlalchemys_is_installed(
    address: str, listed: str, expected: tuple[str, ...]
) -> None:
    files = {"requirements.txt": "flask\ngunicorn==23.0.0\n" + listed, "app.py": FLASK, "db.py": URL.format(address)}
    assert only(**files).extra_packages == expected


def test_an_address_that_the_code_gives_a_driver_needs_no_other() -> None:
    code = 'URL = "postgresql://a@b/c".replace("postgresql://", "postgresql+psycopg2://")\n'
    listed = "flask\ngunicorn==23.0.0\nsqlalchemy\npsycopg2-binary\n"
    assert only(**{"requirements.txt": listed, "app.py": FLASK, "db.py": code}).extra_packages == ()


@pytest.mark.parametrize(
    ("listed", "start", "expected"),
    [
        ("gunicorn\ngevent\n", "gunicorn app:app -k gevent", ("gunicorn[gevent]",)),
        ("gunicorn==27.0.1\ngevent\n", "gunicorn app:app --worker-class=gevent", ("gunicorn[gevent]==27.0.1",)),
        ("gunicorn==27.0.1\ngevent\npackaging\n", "gunicorn app:app -k gevent", ()),
        ("gunicorn==22.0.0\ngevent\n", "gunicorn app:app -k gevent", ()),
        ("gunicorn==22.0.0\n", "gunicorn app:app -k gevent", ("gunicorn[gevent]==22.0.0",)),
        ("gunicorn[gevent]\n", "gunicorn app:app -k gevent", ()),
        ("gunicorn\n", "gunicorn app:app -k gthread", ()),
    ],
)
def test_gunicorn_has_the_extra_of_its_workers(listed: str, start: str, expected: tuple[str, ...]) -> None:
    files = {"requirements.txt": "flask\n" + listed, "app.py": FLASK, "Procfile": f"web: {start}\n"}
    assert only(**files).extra_packages == expected


def test_workers_of_its_configuration_count_too_and_the_server_is_named_once() -> None:
    files = {"requirements.txt": "flask\n", "app.py": FLASK, "gunicorn.conf.py": 'worker_class = "gevent"\n'}
    spec = only(**files)
    assert len(spec.extra_packages) == 1
    assert spec.extra_packages[0].startswith("gunicorn[gevent]==")
    assert "gunicorn's worker class is gevent" in notes(**files)


@pytest.mark.parametrize(
    ("requirements", "code", "expected"),
    [
        ("flask==3.1.0\n", "import pkg_resources\n", ("setuptools<82",)),
        # The whole list, which names none; one that does; a condition; no part of the program.
        (
            "#    pip-compile requirements.in\nflask==3.1.0\n    # via -r x\n",
            "import pkg_resources\n",
            ("setuptools<82",),
        ),
        ("flask==3.1.0\nsetuptools==80.9.0\n", "import pkg_resources\n", ()),
        ("flask==3.1.0\n", "try:\n    import pkg_resources\nexcept ImportError:\n    pass\n", ()),
        ("flask==3.1.0\n", "import json\n", ()),
    ],
)
def test_pkg_resources_needs_setuptools_of_before_82(requirements: str, code: str, expected: tuple[str, ...]) -> None:
    files = {"requirements.txt": requirements + "gunicorn==23.0.0\n", "app.py": FLASK + "import words\n",
             "words.py": code, "seed.py": "import pkg_resources\n"}  # fmt: skip
    assert only(**files).extra_packages == expected


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        ("gunicorn==20.1.0\n", ("setuptools<82",)),
        ("gunicorn==20.1.0\nsetuptools\n", ("setuptools<82",)),
        ("gunicorn==20.1.0\nsetuptools==80.9.0\n", ()),
        ("gunicorn==20.1.0\nsetuptools<81\n", ()),
        ("gunicorn==23.0.0\n", ()),
        ("gunicorn==23.0.0\nface-recognition==1.3.0\n", ("setuptools<82",)),
        ("gunicorn>=20.1.0\n", ()),
    ],
)
def test_a_package_that_imports_pkg_resources_needs_setuptools_too(
    requirements: str, expected: tuple[str, ...]
) -> None:
    files = {"requirements.txt": "flask==3.1.0\n" + requirements, "app.py": FLASK}
    assert only(**files).extra_packages == expected
    told = "imports pkg_resources), which setuptools 82 removed: the image installs setuptools<82"
    assert (told in notes(**files)) is bool(expected)


def test_what_a_lockfile_brings_counts_too() -> None:
    lock = """version = 1
[[package]]
name = "shop"
source = {{ virtual = "." }}
dependencies = [{{ name = "flask" }}, {{ name = "gunicorn" }}]
[[package]]
name = "flask"
version = "3.1.0"
[[package]]
name = "gunicorn"
version = "20.1.0"
dependencies = [{{ name = "setuptools" }}]
[[package]]
name = "setuptools"
version = "{}"
"""
    project = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask", "gunicorn"]\n'
    files = {"pyproject.toml": project, "app.py": FLASK}
    assert only(**files, **{"uv.lock": lock.format("82.0.1")}).extra_packages == ("setuptools<82",)
    assert only(**files, **{"uv.lock": lock.format("80.9.0")}).extra_packages == ()


def test_an_import_that_a_whole_list_lacks_is_installed() -> None:
    lock = 'version = 1\n[[package]]\nname = "shop"\nsource = { virtual = "." }\ndependencies = [{ name = "flask" }]\n'
    lock += '[[package]]\nname = "flask"\nversion = "3.1.0"\n'
    project = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask"]\n'
    files = {"pyproject.toml": project, "uv.lock": lock, "app.py": FLASK + "import words\n"}
    assert "groq" in only(**files, **{"words.py": "import groq\n"}).extra_packages
    assert "groq" not in only(**files, **{"words.py": "import json\n", "seed.py": "import groq\n"}).extra_packages
    assert "groq" not in only(**files, **{"words.py": "import groq\n", "groq.py": ""}).extra_packages


@pytest.mark.parametrize(
    ("requirements", "code", "expected"),
    [
        ("sqlalchemy\nasyncpg\n", "from sqlalchemy.ext.asyncio import AsyncSession\n", ("greenlet",)),
        ("sqlalchemy>=2.0\nalembic\n", "import sqlalchemy.ext.asyncio.session\n", ("greenlet",)),
        ("sqlalchemy[asyncio]\n", "from sqlalchemy.ext.asyncio import AsyncSession\n", ()),
        ("sqlalchemy==2.0.36\n", "from sqlalchemy.ext.asyncio import AsyncSession\n", ()),
        ("sqlalchemy<2.1\n", "from sqlalchemy.ext.asyncio import AsyncSession\n", ()),
        ("sqlalchemy\ngreenlet==3.5.1\n", "from sqlalchemy.ext.asyncio import AsyncSession\n", ()),
        ("sqlalchemy\ngevent\n", "from sqlalchemy.ext.asyncio import AsyncSession\n", ()),
        ("sqlalchemy\n", "from sqlalchemy.ext.asyncio_extras import AsyncSession\n", ()),
        ("sqlalchemy\n", "from sqlalchemy.orm import Session\n", ()),
    ],
)
def test_what_a_part_of_a_package_needs_is_installed_where_the_package_brings_it_no_longer(
    requirements: str, code: str, expected: tuple[str, ...]
) -> None:
    files = {"requirements.txt": requirements + "flask==3.1.0\ngunicorn==23.0.0\n", "app.py": FLASK + code}
    assert only(**files).extra_packages == expected
