"""Python in a folder of its own: imports by the folder's name, a Dockerfile above it, a program that is a bot too."""

from genfile import generate
from tests.test_traps import inspect, only

API = "from fastapi import FastAPI\nfrom backend.db import engine\n\napp = FastAPI()\n"
TREE = {
    "backend/requirements.txt": "fastapi==0.115.0\nuvicorn==0.32.0\n",
    "backend/main.py": API,
    "backend/db.py": "engine = 1\n",
    "frontend/index.html": "<h1>Hello</h1>",
}
ABOVE = (
    "FROM python:3.12-slim\nWORKDIR /srv\nCOPY backend/requirements.txt .\nRUN pip install -r requirements.txt\n"
    'COPY backend/ backend/\nCMD ["uvicorn", "backend.main:app", "--host", "0.0.0.0", "--port", "9000"]\n'
)


def backend(**files: str) -> object:
    return next(item.spec for item in inspect(**files).services if item.spec.path == "backend")


def test_code_that_imports_itself_by_its_folders_name_is_run_from_above(tmp_path) -> None:  # type: ignore[no-untyped-def]
    spec = backend(**TREE)
    assert (spec.python_path, spec.start[1]) == (".", "main:app")  # type: ignore[attr-defined]
    for name, text in TREE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    text = generate(tmp_path).files["backend/Dockerfile"]
    assert "PYTHONPATH=/app \\" in text
    assert "WORKDIR /app/backend" in text


def test_a_package_of_that_name_inside_is_meant_first() -> None:
    spec = backend(**TREE, **{"backend/backend/db.py": "engine = 1\n"})
    assert spec.python_path is None  # type: ignore[attr-defined]


def test_a_dockerfile_above_that_copies_this_folder_alone_says_how_it_runs() -> None:
    spec = backend(**TREE, Dockerfile=ABOVE)
    assert spec.start[:2] == ("uvicorn", "backend.main:app")  # type: ignore[attr-defined]
    assert spec.port == 9000  # type: ignore[attr-defined]
    other = backend(**TREE, Dockerfile=ABOVE.replace("COPY backend/ backend/", "COPY . ."))
    assert other.start[1] == "main:app"  # type: ignore[attr-defined]


def test_a_module_of_a_package_is_started_from_above() -> None:
    files = {**TREE, "backend/main.py": API.replace("backend.db", ".db")}
    spec = backend(**files)
    assert (spec.python_path, spec.start[1]) == (".", "backend.main:app")  # type: ignore[attr-defined]
    assert "WORKDIR /app/backend" in generate(files).files["backend/Dockerfile"]
    # The words of the Dockerfile above name it so already.
    spec = backend(**files, Dockerfile=ABOVE)
    assert (spec.python_path, spec.start[1]) == (".", "backend.main:app")  # type: ignore[attr-defined]
    # The root of a tree has no name that a package could have.
    inside = {path.removeprefix("backend/"): text for path, text in files.items() if "frontend" not in path}
    assert only(**inside).start[1] == "main:app"


def test_a_module_of_a_package_that_others_import_by_name_is_started_from_above_too() -> None:
    relative = API.replace("from backend.db", "from .db")
    tables = "from backend.db import engine\n\nprint(engine)\n"
    spec = backend(**{**TREE, "backend/main.py": relative, "backend/tables.py": tables})
    assert (spec.python_path, spec.start[1]) == (".", "backend.main:app")  # type: ignore[attr-defined]
    # A module that names its neighbours in full loads under either name.
    spec = backend(**{**TREE, "backend/extra.py": "from .db import engine\n"})
    assert (spec.python_path, spec.start[1]) == (".", "main:app")  # type: ignore[attr-defined]


def test_a_program_of_a_package_is_started_from_above() -> None:
    code = "import time\nfrom .db import engine\nwhile True:\n    time.sleep(engine)\n"
    spec = backend(**{**TREE, "backend/requirements.txt": "requests\n", "backend/main.py": code})
    assert (spec.python_path, spec.start) == (".", ("python", "-m", "backend.main"))  # type: ignore[attr-defined]


BOT = {
    "requirements.txt": "aiogram==3.13.0\nfastapi==0.115.0\nuvicorn==0.32.0\n",
    "app/__init__.py": "",
    "app/web.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    "app/run.py": (
        "import asyncio\nimport uvicorn\nfrom aiogram import Bot, Dispatcher\nfrom app.web import app\n\n\n"
        "async def go():\n    server = uvicorn.Server(uvicorn.Config(app, host='0.0.0.0', port=8080))\n"
        "    dp = Dispatcher()\n    await asyncio.gather(server.serve(), dp.start_polling(Bot('x')))\n"
    ),
    "app/main.py": "import asyncio\nfrom app.run import go\n\nif __name__ == '__main__':\n    asyncio.run(go())\n",
}


def test_a_program_that_is_a_bot_too_is_started_as_the_projects_dockerfile_does() -> None:
    run = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["uv", "run", "-m", "app.main"]\n'
    assert only(**BOT, Dockerfile=run).start == ("python", "-m", "app.main")
    plain = {
        **BOT,
        "app/run.py": "import uvicorn\nfrom app.web import app\n\n\nasync def go():\n    uvicorn.run(app)\n",
    }
    assert only(**plain, Dockerfile=run).start[0] == "uvicorn"


def test_a_second_list_above_a_django_project_makes_no_second_service() -> None:
    manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
    files = {
        "backend/manage.py": manage,
        "backend/shop/__init__.py": "",
        "backend/shop/settings.py": "WSGI_APPLICATION = 'shop.wsgi.application'\n",
        "backend/shop/wsgi.py": "from django.core import wsgi\napplication = wsgi.get_wsgi_application()\n",
        "requirements.txt": "django==5.2\n",
    }
    assert only(**files).path == "."
    assert only(**files, **{"backend/requirements.txt": "django==5.2\n"}).path == "backend"
