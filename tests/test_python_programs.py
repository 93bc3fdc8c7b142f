"""Programs that are found by what they do: deep in a tree, without any manifest, told of by tasks and prose."""

from typing import Any

import pytest

from tests.test_traps import FASTAPI, inspect, only

CONSUMER = "import pika\nchannel = pika.BlockingConnection().channel()\nchannel.start_consuming()\n"
GUARDED = "import pika\ndef main():\n    pika.BlockingConnection().channel().start_consuming()\n"
POLLS = "import time, requests\nwhile True:\n    requests.get('x')\n    time.sleep(60)\n"
PAGE = "import streamlit as st\nst.title('x')\n"
GUARD = "if __name__ == '__main__':\n    main()\n"


@pytest.mark.parametrize(
    ("requirements", "path", "code"),
    [
        ("pika\n", "src/jobs/consumer.py", CONSUMER),
        ("pika\n", "app/queue/take.py", GUARDED + GUARD),
        ("requests\n", "app/services/run.py", POLLS),
        ("apscheduler\n", "jobs/nightly/main.py", "from apscheduler.schedulers.blocking import BlockingScheduler\n"
         "BlockingScheduler().start()\n"),
    ],
)  # fmt: skip
def test_a_worker_deep_in_a_tree(requirements: str, path: str, code: str) -> None:
    spec = only(**{"requirements.txt": requirements, path: code})
    assert (spec.start, spec.port) == (("python", path), None)


@pytest.mark.parametrize(
    "files",
    [
        # A part of another program, a package that is installed, code of tests.
        {"app/queue/take.py": GUARDED + GUARD, "app/all.py": "from app.queue.take import main\nprint(main)\n"},
        {"app/queue/take.py": GUARDED + GUARD, "setup.py": "from setuptools import setup\nsetup(name='x')\n"},
        {"app/tests/take.py": GUARDED + GUARD},
    ],
)
def test_what_is_deep_in_a_tree_and_no_program(files: dict[str, str]) -> None:
    assert not inspect(**{"requirements.txt": "pika\n", **files}).services


@pytest.mark.parametrize("path", ["src/front/board/parts/overview.py", "demo/app.py", "a/b/c/d/page.py"])
def test_a_page_deep_in_a_tree(path: str) -> None:
    spec = only(**{"requirements.txt": "streamlit\n", path: PAGE})
    assert (spec.framework, spec.start) == ("streamlit", ("streamlit", "run", path))


def test_a_demonstration_beside_a_program_is_not_taken() -> None:
    files = {"requirements.txt": "streamlit\n", "main.py": PAGE, "demo/app.py": PAGE}
    assert only(**files).start == ("streamlit", "run", "main.py")


def test_messages_that_are_waited_for() -> None:
    code = (
        "import asyncio, aio_pika\nasync def main():\n    queue = await aio_pika.connect('x')\n"
        "    async for message in queue.iterator():\n        print(message)\nasyncio.run(main())\n"
    )
    assert only(**{"requirements.txt": "aio-pika\n", "take.py": code}).start == ("python", "take.py")


# --- what a program imports ----------------------------------------------------------------------------------------


def test_a_program_that_imports_what_lies_above_it_is_started_as_a_module() -> None:
    files = {
        "requirements.txt": "requests\n",
        "src/main.py": "from src.conf import X\n" + POLLS,
        "src/conf.py": "X = 1\n",
    }
    spec = only(**files)
    assert (spec.start, spec.python_path) == (("python", "-m", "src.main"), None)


@pytest.mark.parametrize("start", [None, "worker: python src/main.py\n"])
def test_where_no_module_can_be_named_the_path_says_it(start: str | None) -> None:
    code = "from src.conf import X\nimport near\n" + POLLS
    files = {"requirements.txt": "requests\n", "src/main.py": code, "src/conf.py": "X = 1\n", "src/near.py": ""}
    spec = only(**files, **({"Procfile": start} if start else {}))
    assert (spec.start, spec.python_path) == (("python", "src/main.py"), ".")


def test_a_page_that_imports_what_lies_above_it() -> None:
    files = {"requirements.txt": "streamlit\n", "app/ui/main.py": PAGE + "import app.core\n", "app/core.py": ""}
    spec = only(**files)
    assert (spec.start, spec.python_path) == (("streamlit", "run", "app/ui/main.py"), ".")


@pytest.mark.parametrize("code", [POLLS, POLLS + "import near\n", "import yaml\n" + POLLS])
def test_a_program_that_has_all_of_it_is_started_as_it_is(code: str) -> None:
    spec = only(**{"requirements.txt": "requests\n", "src/main.py": code, "src/near.py": "", "main": ""})
    assert (spec.start, spec.python_path) == (("python", "src/main.py"), None)


# --- no manifest at all --------------------------------------------------------------------------------------------


def test_a_program_without_any_manifest_is_a_guess_with_what_it_imports() -> None:
    found = inspect(**{"poll.py": POLLS, "other.py": "import pandas\n"})
    spec: Any = found.services[0].spec
    assert (spec.start, spec.extra_packages) == (("python", "poll.py"), ("requests",))
    assert any("no sign that this program keeps running" in note.text for note in found.notes)


def test_a_consumer_comes_before_what_only_sends() -> None:
    sends = "import time\nfrom kafka import KafkaProducer\nwhile True:\n    time.sleep(1)\n"
    takes = "from kafka import KafkaConsumer\nfor message in KafkaConsumer('x'):\n    print(message)\n"
    spec = only(**{"make.py": sends, "take.py": takes})
    assert (spec.start, spec.extra_packages) == (("python", "take.py"), ("kafka-python",))


@pytest.mark.parametrize(
    "files",
    [
        {"clock.py": "import time\nwhile True:\n    print(time.time())\n    time.sleep(1)\n"},
        {"report.py": "import pandas\nprint(pandas.read_csv('x'))\n"},
        {"one.py": "def f(x): return x\n", "two.py": "def g(x): return x\n"},
    ],
)
def test_exercises_and_what_ends_are_none(files: dict[str, str]) -> None:
    assert not inspect(**files).services


def test_what_a_readme_and_a_dockerfile_install_by_hand() -> None:
    files = {
        "poll.py": POLLS,
        "README.md": "```bash\n$ pip install -U 'requests==2.32.0' oddly-named\npip install -r x.txt\n```\n",
    }
    assert only(**files).extra_packages == ("oddly-named", "requests==2.32.0")
    files = {
        "main.py": FASTAPI,
        "Dockerfile": "FROM python:3.12\nRUN pip install --no-cache-dir \\\n  fastapi==0.115.0 rare\n",
    }
    assert only(**files).extra_packages[:2] == ("fastapi==0.115.0", "rare")


def test_the_driver_that_an_address_names_is_installed() -> None:
    code = FASTAPI + "URL = 'postgresql+asyncpg://a:b@db/shop'\n"
    assert "asyncpg" in only(**{"main.py": code}).extra_packages


def test_what_django_s_settings_name_is_installed() -> None:
    settings = (
        "INSTALLED_APPS = ['rest_framework', 'shop']\nLAYERS = {'default': {'BACKEND': 'channels_redis.core.Layer'}}\n"
    )
    manage = "import os, django\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
    spec = only(**{"manage.py": manage, "shop/__init__.py": "", "shop/settings.py": settings})
    assert {"channels-redis", "django", "djangorestframework"} <= set(spec.extra_packages)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("from django.db import models\nclass Flat(models.Model):\n    photo = models.ImageField()\n", True),
        ("from django.forms import ImageField\nphoto = ImageField()\n", True),
        ("from django.db import models\nclass Flat(models.Model):\n    plan = models.FileField()\n", False),
        ("from shop.own import ImageField\nphoto = ImageField()\n", False),
    ],
)
def test_what_a_field_loads_by_itself_is_installed(code: str, wanted: bool) -> None:
    manage = "import os, django\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n"
    files = {"manage.py": manage, "shop/__init__.py": "", "shop/settings.py": "INSTALLED_APPS = ['shop']\n"}
    found = only(**{**files, "shop/own.py": "", "shop/models.py": code}).extra_packages
    assert ("pillow" in found) is wanted


def test_a_distribution_of_a_shared_package() -> None:
    code = FASTAPI + "from google.cloud import storage\nimport google.protobuf.message\n"
    found = set(only(**{"main.py": code}).extra_packages)
    assert {"google-cloud-storage", "protobuf"} <= found
    assert "google" not in found


# --- what people are told ------------------------------------------------------------------------------------------

FACTORY = "from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    return app\n"
PACKAGE = (
    '[project]\nname = "todo"\nversion = "1"\ndependencies = ["flask"]\n[project.scripts]\ntodo = "views.cli:main"\n'
    '[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n'
)


@pytest.mark.parametrize(
    "tasks",
    [
        '[tool.pdm.scripts]\nweb = "pdm run flask --app views.web run"\n',
        "[tool.poe.tasks]\nweb = { cmd = \"gunicorn 'views.web:create_app()'\" }\n",
        '[tool.taskipy.tasks]\nweb = "FLASK_APP=views.web flask run --debug"\n',
    ],
)
def test_a_task_that_serves_makes_a_service_of_a_package(tasks: str) -> None:
    files = {"src/views/web/__init__.py": FACTORY, "src/views/cli.py": "def main(): print(1)\n"}
    spec = only(**{"pyproject.toml": PACKAGE + tasks, **files})
    assert (spec.framework, spec.start) == ("flask", ("gunicorn", "views.web:create_app()"))
    assert not inspect(**{"pyproject.toml": PACKAGE, **files}).services


def test_the_readme_says_which_of_two_pages() -> None:
    files = {"requirements.txt": "streamlit\n", "one.py": PAGE, "two.py": PAGE}
    readme = "Run it:\n```\nstreamlit run two.py\n```\n"
    assert only(**files, **{"README.md": readme}).start == ("streamlit", "run", "two.py")
    assert only(**files, **{"README.md": readme.replace("```", "")}).start == ("streamlit", "run", "one.py")


def test_the_command_for_development_does_not_displace_the_module_for_servers() -> None:
    made = "from shop import app\n"
    files = {"requirements.txt": "flask\ngunicorn\n", "shop/__init__.py": "from flask import Flask\napp = Flask('x')\n"}
    files |= {
        "wsgi.py": "from shop import app\napplication = app\n" + FACTORY + "app = create_app()\n",
        "serve.py": made + FACTORY + "app = create_app()\n",
    }
    assert only(**files, Makefile="serve:\n\tpython serve.py\n").start == ("gunicorn", "wsgi:app")


# --- more than one -------------------------------------------------------------------------------------------------


def test_of_a_root_and_a_folder_with_one_program_the_folder() -> None:
    files = {
        "requirements.txt": "fastapi\nuvicorn\n",
        "api/requirements.txt": "fastapi\nuvicorn\n",
        "api/main.py": FASTAPI,
    }
    assert only(**files).path == "api"


def test_a_root_with_a_program_of_its_own_stays() -> None:
    files = {
        "requirements.txt": "fastapi\nuvicorn\n",
        "main.py": FASTAPI,
        "api/requirements.txt": "fastapi\n",
        "api/main.py": FASTAPI,
    }
    assert [item.spec.path for item in inspect(**files).services] == [".", "api"]


def test_what_was_before_is_no_service() -> None:
    files = {f"{name}/requirements.txt": "fastapi\nuvicorn\n" for name in ("api", "api_old", "web-legacy")}
    files |= {f"{name}/main.py": FASTAPI for name in ("api", "api_old", "web-legacy")}
    assert [item.spec.path for item in inspect(**files).services] == ["api", "web-legacy"]


@pytest.mark.parametrize(("name", "kind"), [("worker.py", "worker"), ("run_consumer.py", "consumer")])
def test_a_worker_beside_the_web_is_a_process(name: str, kind: str) -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\nrequests\npika\n", "main.py": FASTAPI, name: POLLS}
    assert only(**files).processes == {kind: ("python", name)}


def test_a_tool_beside_the_web_is_no_process() -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": FASTAPI, "worker.py": "print(1)\n", "loop.py": POLLS}
    assert not only(**files).processes


NEEDS = "import argparse\ndef main():\n    parser = argparse.ArgumentParser()\n    parser.add_argument({})\n"


@pytest.mark.parametrize(
    ("argument", "wanted"),
    [
        ("'--config', required=True", False),
        ("'config'", False),
        ("'config', nargs='?'", True),
        ("'config', nargs='+'", False),
        ("'--config', required=False", True),
    ],
)
def test_a_worker_that_requires_an_argument_is_not_started_by_itself(argument: str, wanted: bool) -> None:
    polls = POLLS.replace("\n", "\n    ")
    code = f"{NEEDS.format(argument)}    args = parser.parse_args()\n    {polls}\nmain()\n"
    files = {"requirements.txt": "fastapi\nuvicorn\nrequests\npika\n", "main.py": FASTAPI, "worker.py": code}
    [service] = inspect(**files).services
    assert bool(service.spec.processes) is wanted
    assert any("this program needs an argument" in note.text for note in service.notes) is not wanted


def test_a_package_of_packages_is_imported_from_above() -> None:
    code = "from src.bot.hands import x\n" + POLLS
    files = {"requirements.txt": "requests\n", "src/bot/main.py": code, "src/bot/hands.py": "x = 1\n"}
    assert only(**files).start == ("python", "-m", "src.bot.main")


def test_a_page_below_an_environment_of_conda_belongs_to_that() -> None:
    text = "name: x\ndependencies:\n  - python=3.12\n  - streamlit\n"
    spec = only(**{"environment.yml": text, "app/Home.py": PAGE})
    assert (spec.path, spec.package_manager.name, spec.runtime.version) == (".", "conda", "3.12")


def test_the_port_of_flask_script_s_server() -> None:
    manage = (
        "from flask_script import Manager, Server\nfrom shop import app\nmanager = Manager(app)\n"
        "manager.add_command('runserver', Server(host='0.0.0.0', port=9000))\nmanager.run()\n"
    )
    shop = "from flask import Flask\napp = Flask(__name__)\n"
    spec = only(**{"requirements.txt": "flask==1.1.2\nflask-script\n", "manage.py": manage, "shop.py": shop})
    assert (spec.framework, spec.start, spec.port) == ("flask", ("gunicorn", "shop:app"), 9000)


SOURCES = {
    "requirements.txt": "fastapi\nuvicorn\n",
    "src/app.py": "from fastapi import FastAPI\nfrom src.stock.part import P\napp = FastAPI()\n",
    "src/stock/__init__.py": "",
    "src/stock/part.py": "P = 1\n",
}


def test_packages_in_src_that_the_code_names_with_src_need_no_path() -> None:
    spec = only(**SOURCES)
    assert (spec.start[1], spec.python_path) == ("src.app:app", None)
    bare = SOURCES["src/app.py"] + "import stock.part\n"
    assert only(**{**SOURCES, "src/app.py": bare}).python_path == "src"
    own = SOURCES["src/app.py"].replace("src.stock", "stock")
    assert only(**{**SOURCES, "src/app.py": own}).python_path == "src"
