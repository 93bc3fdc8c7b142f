"""compose.yaml for several processes of one image: what they have in common is written once."""

from typing import Any

import yaml

import genfile
from tests.test_traps import package

FILES = {
    "requirements.txt": "flask\ngunicorn\npsycopg\nalembic\n",
    "app.py": "import os\nfrom flask import Flask\napp = Flask(__name__)\nDATABASE = os.environ['DATABASE_URL']\n",
    "worker.py": "print()\n",
    "Procfile": "web: gunicorn app:app\nworker: python worker.py\nrelease: alembic upgrade head\n",
}
WEB = {name: text for name, text in FILES.items() if name not in ("Procfile", "worker.py")}


def text_of(files: dict[str, str]) -> str:
    return genfile.generate(files, compose=True).files["compose.yaml"]


def test_each_entry_has_what_they_have_in_common() -> None:
    text = text_of(FILES)
    services = yaml.safe_load(text)["services"]
    entries = [services[name] for name in ("app", "app-release", "app-worker")]
    assert text.count("DATABASE_URL:") == text.count("read_only: true") == text.count("build: .") == 1
    for entry in entries:
        assert entry["environment"] == entries[0]["environment"]
        assert entry["read_only"] is True
        assert entry["cap_drop"] == ["ALL"]
        assert entry["security_opt"] == ["no-new-privileges:true"]
        assert entry["tmpfs"] == entries[0]["tmpfs"]


def test_nothing_is_shared_by_one_entry() -> None:
    assert "x-shared" not in text_of(WEB)


def test_each_image_has_its_own_block() -> None:
    shop = {f"shop/{name}": text for name, text in FILES.items()}
    mail = {f"mail/{name}": text for name, text in FILES.items()}
    page = {f"page/{name}": text for name, text in WEB.items()}
    document = yaml.safe_load(text_of(shop | mail | page))
    assert set(document["x-shared"]) == {"shop", "mail"}
    builds = {name: item["build"] for name, item in document["services"].items() if "build" in item}
    assert len(set(map(str, builds.values()))) == 3
    assert builds["shop-worker"] == builds["shop"] != builds["mail-worker"] == builds["mail"]


UPLOADS = """
import os
from flask import Flask
app = Flask(__name__)
os.makedirs("{0}", exist_ok=True)
open("{0}/note.txt", "w").write("x")
DATABASE = os.environ["DATABASE_URL"]
"""


def test_a_volume_is_called_by_its_service_and_folder() -> None:
    files = {f"shop/{name}": text for name, text in (WEB | {"app.py": UPLOADS.format("uploads")}).items()}
    document = yaml.safe_load(text_of(files))
    service = next(item for item in document["services"].values() if "build" in item)
    assert [mount.split(":")[0].rsplit("-", 1)[-1] for mount in service["volumes"]] == ["uploads"]
    assert all(not name.endswith("-files") for name in document["volumes"])


def test_a_volume_is_never_that_of_a_database() -> None:
    files = {f"postgres/{name}": text for name, text in (WEB | {"app.py": UPLOADS.format("data")}).items()}
    document = yaml.safe_load(text_of(files))
    mounts = [mount.split(":")[0] for item in document["services"].values() for mount in item.get("volumes", [])]
    assert len(mounts) == len(set(mounts)) == 2
    assert set(mounts) == set(document["volumes"])


PRISMA = {
    "package.json": package(
        dependencies={"express": "5.0.0", "@prisma/client": "6.0.0", "prisma": "6.0.0", "ioredis": "5.4.0"},
        scripts={"start": "node index.js"},
    ),
    "index.js": "const Redis = require('ioredis');\nnew Redis(process.env.REDIS_URL);\n"
    "const { PrismaClient } = require('@prisma/client');\nif (!process.env.STRIPE_KEY) throw new Error('key');\n"
    "require('express')().listen(3000);\n",
    "prisma/schema.prisma": 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n'
    '  directUrl = env("DIRECT_URL")\n}\ngenerator client {\n  provider = "prisma-client-js"\n}\n',
    "prisma/migrations/1/migration.sql": "SELECT 1;",
}


def entries_of(files: dict[str, str]) -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load(text_of(files))["services"]
    return services


def test_a_migration_waits_for_its_own_database_and_gets_its_own_variables() -> None:
    services = entries_of(PRISMA)
    assert services["x-release"]["depends_on"].keys() == {"postgres"}
    assert services["x-release"]["environment"].keys() == {"DATABASE_URL", "DIRECT_URL"}
    assert services["x"]["depends_on"].keys() == {"postgres", "redis", "x-release"}
    assert services["x"]["environment"].keys() >= {"DATABASE_URL", "REDIS_URL", "STRIPE_KEY"}


def test_the_others_share_what_a_migration_does_not_get() -> None:
    files = {**PRISMA, "worker.js": "console.log()\n", "Procfile": "web: node index.js\nworker: node worker.js\n"}
    text, services = text_of(files), entries_of(files)
    assert text.count("    STRIPE_KEY:") == 1
    assert services["x-release"]["environment"].keys() == {"DATABASE_URL", "DIRECT_URL"}
    assert services["x-worker"]["environment"] == services["x"]["environment"]


def test_a_configuration_that_imports_the_project_may_read_all() -> None:
    config = "import { defineConfig } from 'prisma/config';\nimport { settings } from './settings';\n"
    services = entries_of({**PRISMA, "prisma.config.ts": f"{config}export default defineConfig({{}});\n"})
    assert services["x-release"]["environment"] == services["x"]["environment"]
    assert services["x-release"]["depends_on"].keys() == {"postgres"}


def test_alembic_waits_for_the_database_of_sql_alone() -> None:
    web = FILES["app.py"] + "import redis\nCACHE = redis.from_url(os.environ['REDIS_URL'])\n"
    services = entries_of({**FILES, "requirements.txt": f"{FILES['requirements.txt']}redis\n", "app.py": web})
    assert services["app-release"]["depends_on"].keys() == {"postgres"}
    assert services["app-release"]["environment"] == services["app"]["environment"]


def test_a_script_of_the_projects_own_waits_for_all() -> None:
    web = FILES["app.py"] + "import redis\nCACHE = redis.from_url(os.environ['REDIS_URL'])\n"
    release = FILES["Procfile"].replace("alembic upgrade head", "python prepare.py")
    tree = {
        **FILES,
        "requirements.txt": f"{FILES['requirements.txt']}redis\n",
        "app.py": web,
        "prepare.py": "print()\n",
    }
    services = entries_of({**tree, "Procfile": release})
    assert services["app-release"]["depends_on"].keys() == {"postgres", "redis"}
