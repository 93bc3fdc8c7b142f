"""Folders that a program writes to, by what the tree and the project's own container files say; which are volumes."""

import json
from typing import Any

import pytest

import genfile

FLASK = "from flask import Flask\nimport os\napp = Flask(__name__)\n"
PYTHON = {"requirements.txt": "flask\ngunicorn\n"}
NODE = {"package.json": json.dumps({"name": "x", "scripts": {"start": "node x.js"}, "dependencies": {"express": "5"}})}
SERVER = 'const app = require("express")();\napp.listen(process.env.PORT || 3000);\n'
OWN = "*\n!.gitignore\n"


def made(files: dict[str, str]) -> tuple[Any, str]:
    """The spec and the Dockerfile of the one service of a tree."""
    ((found, rendering),) = genfile.generate(files).services
    return found.spec, rendering.dockerfile


@pytest.mark.parametrize(
    ("extra", "writable"),
    [
        # A folder with a .gitignore of its own, for its content.
        ({"uploads/.gitignore": OWN}, ("uploads",)),
        # One that is kept by a file, with its content left out at the root.
        ({"uploads/.gitkeep": "", ".gitignore": "uploads/*\n!uploads/.gitkeep\n"}, ("uploads",)),
        # Its content is in version control.
        ({"uploads/.gitkeep": ""}, ()),
        # There is something in it.
        ({"uploads/.gitignore": OWN, "uploads/seed.csv": "1\n"}, ()),
        # Nothing names it.
        ({"reports/.gitignore": OWN}, ()),
        # What names it is a folder of the system.
        ({"secrets/.gitignore": OWN, "vault.py": "PLACE = '/run/secrets'\n"}, ()),
        ({"secrets/.gitignore": OWN, "vault.py": "PLACE = 'secrets'\n"}, ("secrets",)),
        # The project's own image makes a volume of it, or gives it to its user.
        (
            {"Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nVOLUME /srv/media\nCMD python app.py\n"},
            ("media",),
        ),
        (
            {"Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nRUN mkdir -p var/x && chown 1 var/x\nUSER 1\n"},
            ("var/x",),
        ),
        ({"Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nRUN chown -R 1 /srv\nUSER 1\n"}, ()),
        # A script is no folder, made executable or given away; what chmod +x names is not written.
        (
            {
                "run.sh": "#!/bin/sh\npython app.py\n",
                "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nRUN chmod +x run.sh bin/* && chown 1 run.sh\n"
                'USER 1\nENTRYPOINT ["./run.sh"]\n',
            },
            (),
        ),
        ({"Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nRUN chmod -R a+rwX spool\nUSER 1\n"}, ("spool",)),
        (
            {
                "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nCMD python app.py\n",
                "compose.yaml": "services:\n  web:\n    build: .\n    volumes: ['media:/srv/media', '.:/srv']\n",
            },
            ("media",),
        ),
        # A file of the host's is mounted as a file: what is written is in its folder.
        (
            {
                "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nCMD python app.py\n",
                "compose.yaml": "services:\n  web:\n    build: .\n    volumes: ['./shop.db:/srv/state/shop.db']\n",
            },
            ("state",),
        ),
        # By convention such a name is a folder's.
        (
            {
                "Dockerfile": "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nCMD python app.py\n",
                "compose.yaml": "services:\n  web:\n    build: .\n    volumes: ['./jobs.d:/srv/jobs.d']\n",
            },
            ("jobs.d",),
        ),
    ],
)
def test_where_it_writes_to(extra: dict[str, str], writable: tuple[str, ...]) -> None:
    spec, dockerfile = made({**PYTHON, "app.py": f"{FLASK}UPLOADS = os.path.join('uploads')\n", **extra})
    assert spec.writable == spec.kept == writable
    for path in writable:
        assert f'VOLUME ["/app/{path}"]' in dockerfile
        assert f"install -d -o 10001 -g 10001 /app/{path}\n" in dockerfile


def test_node_names_a_folder_too() -> None:
    spec, dockerfile = made({**NODE, "x.js": f'const dir = "uploads";\n{SERVER}', "uploads/.gitignore": OWN})
    assert spec.kept == ("uploads",)
    assert 'VOLUME ["/app/uploads"]' in dockerfile


def test_a_folder_with_code_or_with_what_is_built_is_no_volume() -> None:
    code = f"{FLASK}os.makedirs('static/cache', exist_ok=True)\nos.makedirs('static', exist_ok=True)\n"
    spec, dockerfile = made({**PYTHON, "app.py": code, "static/site.css": "a {}\n"})
    assert spec.writable == ("static",)
    assert spec.kept == ()
    assert "VOLUME" not in dockerfile
    assert "mount volumes to keep the data" in dockerfile


def test_never_the_folder_of_the_code() -> None:
    code = f"{FLASK}import sqlite3\nsqlite3.connect('x.db')\nos.makedirs('media')\n"
    spec, dockerfile = made({**PYTHON, "app.py": code})
    assert "." not in spec.kept
    assert '"/app"]' not in dockerfile


@pytest.mark.parametrize(
    ("extra", "owned", "given"),
    [
        # Folders below it are root's, if only a placeholder is in them.
        ({"uploads/avatars/.gitkeep": ""}, ("uploads",), "chown -R 1000:1000 /app/uploads\n"),
        ({"uploads/seed.json": "{}"}, ("uploads",), "chown -R 1000:1000 /app/uploads\n"),
        ({"uploads/.gitkeep": ""}, (), None),
        # Code stays root's, the file that the program writes next to it does not.
        ({"uploads/names.js": "", "uploads/seed.json": "{}"}, (), None),
        ({"uploads/names.js": "", "uploads/last.json": "{}"}, ("uploads/last.json",), "/app/uploads/last.json\n"),
        # A file beside the code, if it is in version control.
        ({"state.json": "{}"}, ("state.json",), "RUN chown 1000:1000 /app/state.json\n"),
        ({"state.json": "{}", ".gitignore": "state.json\n"}, (), None),
        (
            {"state.json": "{}", "uploads/a/b.png": ""},
            ("uploads", "state.json"),
            "RUN chown 1000:1000 /app/state.json\n",
        ),
    ],
)
def test_what_the_tree_has_where_a_program_writes_belongs_to_its_user(
    extra: dict[str, str], owned: tuple[str, ...], given: str | None
) -> None:
    code = 'fs.mkdirSync("uploads");\nfs.writeFileSync("uploads/last.json", x);\nfs.writeFile("./state.json", x);\n'
    spec, dockerfile = made({**NODE, "x.js": code + SERVER, **extra})
    assert spec.owned == owned
    assert given in dockerfile if given is not None else "chown" not in dockerfile


def test_a_committed_database_of_python_belongs_to_its_user() -> None:
    code = f"{FLASK}import sqlite3\nsqlite3.connect('shop.db')\nopen('seen.json', 'w')\nopen('words.json')\n"
    kept = {"shop.db": "", "seen.json": "{}", "words.json": "[]"}
    spec, dockerfile = made({**PYTHON, "app.py": code, **kept})
    assert spec.owned == ("shop.db", "seen.json")
    assert "RUN chown 10001:10001 /app/shop.db /app/seen.json\n" in dockerfile
    # The ignore file lets a database that the program names through, whatever its ending.
    spec, _ = made({**PYTHON, "app.py": code.replace("shop.db", "shop.sqlite3"), "shop.sqlite3": ""})
    assert spec.owned == ("shop.sqlite3",)


def test_a_committed_database_on_a_volume_belongs_to_its_user() -> None:
    code = "const D = require('better-sqlite3');\nnew D('./data/shop.db');\n"
    spec, dockerfile = made({**NODE, "x.js": code + SERVER, "data/shop.db": ""})
    assert (spec.data, spec.owned) == ("data", ("data",))
    given = dockerfile.index("chown -R 1000:1000 /app/data\n")
    assert given < dockerfile.index('VOLUME ["/app/data"]')
