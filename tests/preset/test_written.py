"""Where a program writes: the image has a folder for it, compose keeps it, and both mean the same place."""

from typing import Any

import pytest
import yaml

import genfile
from genfile.preset.places import written_folders
from genfile.spec.base import plain
from tests.conftest import PROJECTS, project_names
from tests.test_traps import GO_MOD

SQLITE = "import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\nsqlite3.connect('shop.db')\n"
LINES = "\\\n    "


def generated(files: dict[str, str], **settings: Any) -> tuple[str, dict[str, Any]]:
    """The Dockerfile of the one service of a tree, and its entry in compose.yaml."""
    made = genfile.generate(files, compose=True, settings=settings)
    (entry,) = yaml.safe_load(made.files["compose.yaml"])["services"].values()
    return made.files["Dockerfile"].replace(LINES, ""), entry


def test_a_war_and_the_jvm_have_what_they_write_to() -> None:
    made = genfile.generate(PROJECTS / "java-war", compose=True)
    (entry,) = yaml.safe_load(made.files["compose.yaml"])["services"].values()
    assert entry["read_only"] is True
    tomcat = [f"/usr/local/tomcat/{name}mode=1777" for name in ("logs:", "temp:exec,", "work:")]
    # Docker mounts a tmpfs noexec, and what is unpacked there is loaded as a library.
    assert entry["tmpfs"] == ["/tmp:exec", *tomcat]
    assert "volumes" not in entry


def test_the_name_of_rabbitmqs_host_stays() -> None:
    made = genfile.generate(PROJECTS / "go-worker-module", compose=True)
    assert yaml.safe_load(made.files["compose.yaml"])["services"]["rabbitmq"]["hostname"] == "rabbitmq"


@pytest.mark.parametrize("project", project_names())
def test_every_folder_that_is_written_to_is_kept_by_compose(project: str) -> None:
    made = genfile.generate(PROJECTS / project, compose=True)
    services = yaml.safe_load(made.files["compose.yaml"])["services"]
    named = yaml.safe_load(made.files["compose.yaml"]).get("volumes") or {}
    for item, rendering in made.services:
        folders = written_folders(plain(item.spec), rendering.layout.context)
        mounts = [mount.split(":") for mount in services[item.spec.name].get("volumes", [])]
        mounted = [place.partition(":")[0] for place in services[item.spec.name]["tmpfs"]]
        in_memory = [place for place in mounted if place in folders]
        assert sorted([*in_memory, *(place for _, place in mounts)]) == sorted(folders)
        assert {name for name, _ in mounts} <= named.keys()
        for folder in folders:
            assert folder in rendering.dockerfile or folder.removeprefix("/app") in rendering.dockerfile


def test_a_database_beside_the_code_makes_no_volume_over_the_code() -> None:
    """A volume there would hide the code of the next image, and without one a root that is read only stops it."""
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": SQLITE}
    dockerfile, entry = generated(files)
    # Like /tmp: what root has put there stays as it is.
    assert "install -d -m 1777 /app\n" in dockerfile
    assert "volumes" not in entry
    assert "read_only" not in entry
    (told,) = [note.text for note in genfile.generate(files).notes if "lies beside" in note.text]
    assert told.startswith("app.py:4 (its database is a file): shop.db lies beside the code")


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("import sqlite3\nsqlite3.connect(os.getenv('STORE', 'shop.db'))", "data/shop.db"),
        ("import sqlite3\nSTORE = os.environ.get('STORE', 'shop.db')\nsqlite3.connect(STORE)", "data/shop.db"),
        (
            "from sqlalchemy import create_engine\nURL = os.getenv('STORE', 'sqlite:///./shop.db')",
            "sqlite:///data/shop.db",
        ),
        ("URL = os.getenv('STORE') or 'sqlite+aiosqlite:///shop.db'", "sqlite+aiosqlite:///data/shop.db"),
    ],
)
def test_a_variable_moves_a_database_from_beside_the_code(code: str, value: str) -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\nsqlalchemy\n",
        "app.py": f"import os\nfrom flask import Flask\n{code}\napp = Flask(__name__)\n",
    }
    dockerfile, entry = generated(files)
    assert f"STORE={value}" in dockerfile
    assert "install -d -o 10001 -g 10001 /app/data" in dockerfile
    assert 'VOLUME ["/app/data"]' in dockerfile
    assert [mount.split(":")[1] for mount in entry["volumes"]] == ["/app/data"]
    assert not [note for note in genfile.generate(files).notes if "lies beside" in note.text]


def test_a_database_in_the_tree_is_not_moved_away_from_its_content() -> None:
    code = "import os, sqlite3\nfrom flask import Flask\nsqlite3.connect(os.getenv('STORE', 'shop.db'))\napp = Flask(__name__)\n"
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": code, "shop.db": "rows"}
    dockerfile, _ = generated(files)
    assert "STORE" not in dockerfile
    assert [note for note in genfile.generate(files).notes if "shop.db lies beside" in note.text]


def test_a_variable_that_another_database_takes_stays() -> None:
    code = "import os, psycopg\nfrom flask import Flask\nURL = os.getenv('DATABASE_URL', 'sqlite:///shop.db')\napp = Flask(__name__)\n"
    files = {"requirements.txt": "flask\ngunicorn\nsqlalchemy\npsycopg[binary]\n", "app.py": code}
    made = genfile.generate(files, compose=True)
    assert "sqlite" not in made.files["Dockerfile"]
    assert not [note for note in made.notes if "lies beside" in note.text]


def test_a_node_program_cannot_replace_its_code() -> None:
    code = "const Database = require('better-sqlite3')\nnew Database({})\nrequire('express')().listen(3000)\n"
    manifest = '{"name": "shop", "scripts": {"start": "node app.js"}, "dependencies": {"express": "5.0.0", "better-sqlite3": "12.0.0"}}'
    files = {"package.json": manifest, "app.js": code.format("'shop.db'")}
    dockerfile, _ = generated(files)
    assert "install -d -m 1777 /app\n" in dockerfile
    assert [note for note in genfile.generate(files).notes if "shop.db lies beside" in note.text]
    dockerfile, entry = generated({**files, "app.js": code.format("process.env.STORE || './shop.db'")})
    assert "STORE=data/shop.db" in dockerfile
    assert [mount.split(":")[1] for mount in entry["volumes"]] == ["/app/data"]


def test_a_folder_with_code_that_is_written_to_keeps_its_code() -> None:
    code = SQLITE.replace("shop.db", "shop/kept.db") + "import shop.part\n"
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": code, "shop/__init__.py": "", "shop/part.py": ""}
    dockerfile, _ = generated(files)
    assert "install -d -m 1777 /app/shop\n" in dockerfile
    assert "-o 10001" not in dockerfile
    apart = {name.replace("shop/part.py", "shop/words.txt"): text for name, text in files.items()}
    del apart["shop/__init__.py"]
    dockerfile, _ = generated(apart | {"app.py": SQLITE.replace("shop.db", "shop/kept.db")})
    assert "install -d -o 10001 -g 10001 /app/shop" in dockerfile


DJANGO = {
    "requirements.txt": "django\ngunicorn\n",
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "s.settings")\n',
    "s/__init__.py": "",
    "s/wsgi.py": "application = None\n",
}
SETTINGS = """
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / {} }} }}
"""


def test_a_database_beside_the_code_is_migrated_in_the_container_that_has_it() -> None:
    files = {**DJANGO, "s/settings.py": SETTINGS.format("'db.sqlite3'")}
    _, entry = generated(files)
    command = "python manage.py migrate --noinput && exec gunicorn s.wsgi:application"
    assert entry["command"] == ["sh", "-c", command]
    assert [note for note in genfile.generate(files).notes if "db.sqlite3 lies beside the code" in note.text]


def test_a_database_on_a_volume_is_migrated_by_a_job_that_shares_it() -> None:
    made = genfile.generate({**DJANGO, "s/settings.py": SETTINGS.format("'data' / 'db.sqlite3'")}, compose=True)
    services = yaml.safe_load(made.files["compose.yaml"])["services"]
    assert len(services) == 2
    (mounts,) = {tuple(service["volumes"]) for service in services.values()}
    assert mounts[0].endswith(":/app/data")
    assert {service["read_only"] for service in services.values()} == {True}


def test_with_a_database_of_its_own_the_root_stays_read_only() -> None:
    files = {"requirements.txt": "flask\ngunicorn\npsycopg[binary]\n", "app.py": f"import psycopg\n{SQLITE}"}
    made = genfile.generate(files, compose=True)
    services = yaml.safe_load(made.files["compose.yaml"])["services"]
    assert "postgres" in services
    assert services[made.services[0][0].spec.name]["read_only"] is True


GO = """
package main
import ("database/sql"; "net/http"; "os"; _ "github.com/mattn/go-sqlite3")
func main() {
	sql.Open("sqlite3", "shop.db")
	os.MkdirAll("backups", 0o755)
	http.ListenAndServe(":8080", nil)
}
"""


def test_what_a_go_program_writes_lies_where_it_is_started() -> None:
    """Started on the volume of its database, it makes `backups` there, not beside its binary."""
    files = {"go.mod": f"{GO_MOD}require github.com/mattn/go-sqlite3 v1.14.0\n", "go.sum": "", "main.go": GO}
    dockerfile, entry = generated(files)
    assert "mkdir -p /out/data/backups" in dockerfile
    assert "/out/writable" not in dockerfile
    assert [mount.split(":")[1] for mount in entry["volumes"]] == ["/data"]


def test_without_a_database_it_lies_beside_the_binary() -> None:
    code = GO.replace('sql.Open("sqlite3", "shop.db")', "").replace('"database/sql"; ', "")
    dockerfile, entry = generated({"go.mod": GO_MOD, "go.sum": "", "main.go": code.replace("; _ ", "; _ ")})
    assert "mkdir -p /out/writable/backups" in dockerfile
    assert "COPY --link --from=build --chown=65532:65532 /out/writable/backups /app/backups" in dockerfile
    assert [mount.split(":")[1] for mount in entry["volumes"]] == ["/app/backups"]


def test_gunicorn_has_a_place_for_its_socket() -> None:
    flask = {"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
    fastapi = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}
    assert "XDG_RUNTIME_DIR=/dev/shm" in generated(flask)[0]
    assert "XDG_RUNTIME_DIR" not in generated(fastapi)[0]


def test_gunicorn_is_told_nothing_that_its_configuration_says() -> None:
    files = {"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
    files["gunicorn.conf.py"] = "accesslog = None\n"
    assert 'CMD ["gunicorn", "--worker-tmp-dir=/dev/shm", "app:app"]' in generated(files)[0]
    files["gunicorn.conf.py"] += "worker_tmp_dir = '/dev/shm'\n"
    assert 'CMD ["gunicorn", "app:app"]' in generated(files)[0]


def test_two_services_keep_their_own_files() -> None:
    server = "from flask import Flask\nimport os\napp = Flask(__name__)\nos.makedirs('uploads', exist_ok=True)\n"
    files = {f"{name}/requirements.txt": "flask\ngunicorn\n" for name in ("shop", "office")}
    files |= {f"{name}/app.py": server for name in ("shop", "office")}
    services = yaml.safe_load(genfile.generate(files, compose=True).files["compose.yaml"])["services"]
    assert services["shop"]["volumes"] == ["shop-uploads:/app/uploads"]
    assert services["office"]["volumes"] == ["office-uploads:/app/uploads"]


def test_no_volume_hides_a_package_with_the_program_s_database() -> None:
    """Flask-SQLAlchemy 2 keeps it beside the code, which a volume would keep from the next image."""
    code = "from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask(__name__)\n"
    code += 'app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///shop.db"\ndb = SQLAlchemy(app)\n'
    for release, mounts in (("2.5.1", []), ("3.1.1", ["/app/instance"])):
        listed = f"flask\ngunicorn\nflask-sqlalchemy=={release}\n"
        _, entry = generated({"requirements.txt": listed, "shop/__init__.py": code})
        assert [mount.split(":")[1] for mount in entry.get("volumes", [])] == mounts
        assert entry.get("read_only", False) is bool(mounts)


def test_a_folder_of_code_that_is_written_to_is_no_fallback_for_a_database() -> None:
    code = "import psycopg\nfrom flask import Flask\napp = Flask(__name__)\nimport shop\nopen('shop/made.txt', 'w')\n"
    files = {"requirements.txt": "flask\ngunicorn\npsycopg[binary]\n", "app.py": code, "shop/__init__.py": ""}
    made = genfile.generate({**files, "shop/words.txt": ""}, compose=True)
    services = yaml.safe_load(made.files["compose.yaml"])["services"]
    (entry,) = (entry for name, entry in services.items() if name != "postgres")
    assert "postgres" in services
    assert "read_only" not in entry


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("app.config.update(UPLOAD_FOLDER='taken')", "/app/taken"),
        ("app.config.from_mapping(SESSION_FILE_DIR='kept/sessions')", "/app/kept/sessions"),
        ("Cache(app, config={'CACHE_TYPE': 'FileSystemCache', 'CACHE_DIR': 'spared'})", "/app/spared"),
        ("import joblib\nmemory = joblib.Memory('results')", "/app/results"),
        ("import diskcache\ncache = diskcache.Cache(directory='spared')", "/app/spared"),
    ],
)
def test_a_setting_or_a_cache_names_a_written_folder(code: str, wanted: str) -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\n",
        "app.py": f"from flask import Flask\napp = Flask(__name__)\n{code}\n",
    }
    assert f'VOLUME ["{wanted}"]' in generated(files)[0]


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (
            "CACHES = {'default': {'BACKEND': 'x.filebased.FileBasedCache', 'LOCATION': BASE_DIR / 'spared'}}",
            "/app/spared",
        ),
        ("SESSION_FILE_PATH = BASE_DIR / 'var' / 'sessions'", "/app/var/sessions"),
    ],
)
def test_django_keeps_caches_and_sessions_in_folders_of_their_own(code: str, wanted: str) -> None:
    settings = f"{SETTINGS.split('DATABASES')[0]}{code}\n"
    assert f'VOLUME ["{wanted}"]' in genfile.generate({**DJANGO, "s/settings.py": settings}).files["Dockerfile"]


def test_a_cache_in_memory_has_no_folder() -> None:
    code = "CACHES = {'default': {'BACKEND': 'x.locmem.LocMemCache', 'LOCATION': 'unique'}}"
    files = {**DJANGO, "s/settings.py": f"{SETTINGS.split('DATABASES')[0]}{code}\n"}
    assert "VOLUME" not in genfile.generate(files).files["Dockerfile"]


@pytest.mark.parametrize(("options", "stays"), [("--inspect=0.0.0.0", False), ("--max-old-space-size=512", True)])
def test_no_script_opens_a_debugger_to_everybody(options: str, stays: bool) -> None:
    manifest = (
        f'{{"scripts": {{"start": "NODE_OPTIONS={options} node app.js"}}, "dependencies": {{"express": "5.0.0"}}}}'
    )
    files = {"package.json": manifest, "app.js": "require('express')().listen(3000)\n"}
    assert (options in generated(files)[0]) is stays
