"""What the project's own image does before its server starts, as the command of a release."""

from typing import Any

import pytest

import genfile

DOCKERFILE = """FROM python:3.12-slim
WORKDIR /code
COPY . .
RUN pip install -r requirements.txt
ENTRYPOINT ["sh", "entrypoint.sh"]
"""
TREE = {
    "requirements.txt": "fastapi\nuvicorn\nalembic\nsqlalchemy\n",
    "src/__init__.py": "",
    "src/main.py": "from fastapi import FastAPI\nfrom src import wait\napp = FastAPI()\n",
    "src/wait.py": "print('there')\n",
    "src/seed.py": "from src.main import app\n",
    "alembic.ini": "[alembic]\nscript_location = migrations\nprepend_sys_path = .\n",
    "migrations/env.py": "from alembic import context\n",
    "migrations/versions/a.py": "revision = 'a'\n",
    "Dockerfile": DOCKERFILE,
    "entrypoint.sh": "#!/bin/sh\nsh ./prestart.sh\nexec uvicorn src.main:app --host 0.0.0.0 --port 8000\n",
    "prestart.sh": "#!/bin/sh\nset -e\npython src/wait.py\nalembic upgrade head\npython src/seed.py\n",
}
ALONE = ("alembic", "upgrade", "head")


def release(files: dict[str, str]) -> Any:
    return spec(files).release


def spec(files: dict[str, str]) -> Any:
    return genfile.inspect(files).services[0].spec


def test_every_command_of_the_scripts_is_the_releases_in_order() -> None:
    found = spec(TREE)
    assert found.release == ("sh", "-c", "python src/wait.py && alembic upgrade head && python src/seed.py")
    # src/seed.py imports the folder that it is in.
    assert found.python_path == "."
    inner = {"entrypoint.sh": "#!/bin/sh\npython src/wait.py\nalembic upgrade head\nexec uvicorn src.main:app\n"}
    found = spec(TREE | inner)
    assert found.release == ("sh", "-c", "python src/wait.py && alembic upgrade head")


@pytest.mark.parametrize(
    "script",
    [
        # Under a condition; what is not in the tree, or only asked of a developer; nothing but the migrations.
        'alembic upgrade head\nif [ "$SEED" = 1 ]; then\n  python src/seed.py\nfi\n',
        "alembic upgrade head\npython /opt/other.py\n",
        "pip install -r requirements.txt\nalembic upgrade head\n",
        "alembic upgrade head || true\npython src/seed.py\n",
        "alembic upgrade head\n",
        "echo starting\n",
    ],
)
def test_what_may_not_run_is_left_out(script: str) -> None:
    files = TREE | {"prestart.sh": f"#!/bin/sh\n{script}"}
    assert release(files) == ALONE
