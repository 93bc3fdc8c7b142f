"""Collecting Django's static files in the build: what its settings need there, and what the image leaves out."""

import base64
import re

import pytest
import yaml

import genfile
from genfile.dockerfile.ignore import read_ignore

SETTINGS = """
import os
from pathlib import Path
from decouple import config
BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = config("SECRET_KEY")
CRYPT_KEY = config("CRYPT_KEY")
INSTALLED_APPS = ["django.contrib.staticfiles", "vault"]
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "collected"
WSGI_APPLICATION = "shop.wsgi.application"
"""
LOGGING = """
LOGGING = {
    "version": 1,
    "handlers": {"file": {"class": "logging.FileHandler", "filename": os.path.join(BASE_DIR, "logs/shop.log")}},
}
"""
FIELDS = "from cryptography.fernet import Fernet\nfrom django.conf import settings\n"
TREE = {
    "requirements.txt": "django==5.2\ncryptography\npython-decouple\n",
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
    "shop/__init__.py": "",
    "shop/settings.py": SETTINGS,
    "shop/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
    "vault/__init__.py": "",
    "vault/fields.py": f"{FIELDS}fernet = Fernet(settings.CRYPT_KEY.encode())\n",
}


def dockerfile(files: dict[str, str]) -> str:
    return str(genfile.generate(files).files["Dockerfile"])


def placeholder(files: dict[str, str]) -> str:
    match = re.search(r"CRYPT_KEY='?([^\s']+)", dockerfile(files))
    assert match is not None
    return match[1]


@pytest.mark.parametrize(
    "code",
    [
        "fernet = Fernet(settings.CRYPT_KEY.encode())\n",
        "fernet = Fernet(settings.CRYPT_KEY)\n",
        "key = settings.CRYPT_KEY.encode()\nfernet = Fernet(key)\n",
        'fernet = Fernet(getattr(settings, "CRYPT_KEY"))\n',
        "def cipher():\n    key = settings.CRYPT_KEY\n    return Fernet(key)\n",
    ],
)
def test_a_key_of_fernet_gets_one_for_the_build_and_its_form_is_said(code: str) -> None:
    files = TREE | {"vault/fields.py": f"{FIELDS}{code}"}
    assert len(base64.urlsafe_b64decode(placeholder(files))) == 32
    text = genfile.generate(files, compose=True).files["compose.yaml"]
    service = next(iter(yaml.safe_load(text)["services"].values()))
    assert "Fernet" in service["environment"]["CRYPT_KEY"]
    assert "Fernet" not in service["environment"]["SECRET_KEY"]


@pytest.mark.parametrize(
    "code",
    [
        # Its hash is the key, or another setting.
        "import hashlib, base64\nraw = hashlib.sha256(settings.CRYPT_KEY.encode()).digest()\n"
        "fernet = Fernet(base64.urlsafe_b64encode(raw))\n",
        "fernet = Fernet(Fernet.generate_key())\nname = settings.CRYPT_KEY\n",
    ],
)
def test_what_is_no_key_of_fernet_has_no_form(code: str) -> None:
    assert placeholder(TREE | {"vault/fields.py": f"{FIELDS}{code}"}) == "only-for-the-build"


def test_folders_of_logs_are_there_when_static_files_are_collected() -> None:
    files = TREE | {"shop/settings.py": SETTINGS + LOGGING, ".gitignore": "logs/\n"}
    text = dockerfile(files)
    assert text.index("mkdir -p logs") < text.index("collectstatic --noinput")
    assert "/app/logs" in text[text.index("AS runtime") :]


@pytest.mark.parametrize(
    ("settings", "files"),
    [
        (SETTINGS, {}),
        (SETTINGS + LOGGING, {"logs/.gitkeep": ""}),
        (f'{SETTINGS}os.makedirs(BASE_DIR / "logs", exist_ok=True)\n{LOGGING}', {}),
        (SETTINGS + LOGGING.replace("logs/shop.log", "shop.log"), {}),
        (SETTINGS + LOGGING.replace('os.path.join(BASE_DIR, "logs/shop.log")', '"/var/log/shop.log"'), {}),
    ],
)
def test_no_folder_is_made_that_is_there(settings: str, files: dict[str, str]) -> None:
    assert "mkdir -p logs" not in dockerfile(TREE | {"shop/settings.py": settings} | files)


SQLITE = "SQLite format 3\0"


def left_out(files: dict[str, str]) -> set[str]:
    rules = read_ignore(genfile.generate(files).files[".dockerignore"])
    return {path for path in files if rules.excludes(path)}


def test_settings_of_replit_and_copies_of_databases_stay_out() -> None:
    more = {".replit": 'run = "x"\n', "replit.nix": "{}", "db.sqlite34": SQLITE, "backup/old.bak": SQLITE}
    assert left_out(TREE | more) == set(more)


def test_a_database_that_the_code_names_and_other_files_go_in() -> None:
    more = {"geo.db": SQLITE, "data/plz.dat": SQLITE, "notes.db": "text", "media.store": "text"}
    code = 'import sqlite3\nGEO = sqlite3.connect("geo.db")\nPLZ = "data"\n'
    assert left_out(TREE | more | {"vault/geo.py": code}) == set()


def test_databases_found_by_their_ending_go_in() -> None:
    code = 'import glob\nFILES = glob.glob("*.db")\n'
    assert left_out(TREE | {"geo.db": SQLITE, "vault/geo.py": code}) == set()
