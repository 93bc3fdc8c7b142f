# ruff: noqa: E501
"""What is installed of a Python project, from where, on which Python, and what it needs of the system."""

import datetime
import json

import pytest
from packaging.version import Version

from genfile.data import default_tool, load_table, newest_for, runtime
from genfile.preset.render import render_spec
from tests.test_python import DJANGO, FASTAPI, FLASK, notes
from tests.test_traps import inspect, only
from tools import wheels

LOCK = "version = 1\nrevision = 3\n"


def locked(name: str, version: str = "1.0", brings: tuple[str, ...] = (), more: str = "") -> str:
    listed = ", ".join(f'{{ name = "{item}" }}' for item in brings)
    source = 'source = { registry = "https://pypi.org/simple" }'
    return f'\n[[package]]\nname = "{name}"\nversion = "{version}"\n{source}\ndependencies = [{listed}]\n{more}'


def wheel(name: str, tag: str, uploaded: str = "") -> str:
    time = f', upload-time = "{uploaded}"' if uploaded else ""
    return f'{{ url = "https://files.example/{name}-1.0-{tag}.whl", hash = "sha256:0"{time} }}'


def uv(main: str, *, dependencies: str = '"fastapi", "uvicorn"', more: str = "", lock: str = "") -> dict[str, str]:
    head = f'[project]\nname = "x"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = [{dependencies}]\n'
    return {"pyproject.toml": head + more, "uv.lock": LOCK + lock, "main.py": main + FASTAPI}


def dockerfile(files: dict[str, str]) -> str:
    return render_spec(only(**files)).dockerfile


# --- extras and groups ---------------------------------------------------------------------------------------------

EXTRAS = '[project.optional-dependencies]\nml = ["scikit-learn"]\ndocs = ["mkdocs"]\n'
GROUPS = '[dependency-groups]\nimages = ["Pillow>=10"]\ndev = ["pytest"]\n'


@pytest.mark.parametrize(
    ("main", "more", "extras", "groups"),
    [
        ("import sklearn\n", EXTRAS, ("ml",), ()),
        ("def f():\n    from sklearn.svm import SVC\n", EXTRAS, ("ml",), ()),
        ("try:\n    import sklearn\nexcept ImportError:\n    sklearn = None\n", EXTRAS, (), ()),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import sklearn\n", EXTRAS, (), ()),
        ("import mkdocs\n", EXTRAS, (), ()),
        ("from PIL import Image\n", GROUPS, (), ("images",)),
        ("import pytest\n", GROUPS, (), ()),
        (
            "from google.cloud import storage\n",
            '[project.optional-dependencies]\ngcs = ["google-cloud-storage"]\n',
            ("gcs",),
            (),
        ),
    ],
)
def test_what_the_code_imports_chooses_extras_and_groups(
    main: str, more: str, extras: tuple[str, ...], groups: tuple[str, ...]
) -> None:
    spec = only(**uv(main, more=more))
    assert (spec.extras, spec.groups) == (extras, groups)


def test_an_import_of_a_module_that_nothing_reaches_chooses_nothing() -> None:
    files = uv("import x.used\n", more=EXTRAS) | {
        "x/__init__.py": "",
        "x/used.py": "",
        "x/train.py": "import sklearn\n",
    }
    assert only(**files).extras == ()
    assert only(**files | {"x/used.py": "from . import train\n"}).extras == ("ml",)


def test_an_extra_is_not_chosen_for_what_a_dependency_brings_already() -> None:
    lock = locked("lightgbm", brings=("scikit-learn",)) + locked("scikit-learn")
    files = uv("import sklearn\n", dependencies='"fastapi", "uvicorn", "lightgbm"', more=EXTRAS, lock=lock)
    assert only(**files).extras == ()


@pytest.mark.parametrize(("source", "brings"), [('git = "https://x.example/a.git#1"', True), ('editable = "a"', False)])
def test_an_extra_of_a_package_from_git_brings_what_the_lock_file_says(source: str, brings: bool) -> None:
    extra = '[package.optional-dependencies]\nml = [{ name = "scikit-learn" }]\n'
    lock = locked("a", more=extra).replace('registry = "https://pypi.org/simple"', source) + locked("scikit-learn")
    files = uv("import sklearn\n", dependencies='"fastapi", "uvicorn", "a[ml]"', more=EXTRAS, lock=lock)
    assert only(**files).extras == (() if brings else ("ml",))


def test_of_extras_that_exclude_each_other_the_one_for_the_cpu() -> None:
    more = '[project.optional-dependencies]\ncu128 = ["torch"]\ncpu = ["torch", "torchvision"]\n'
    more += '[tool.uv]\nconflicts = [[{ extra = "cu128" }, { extra = "cpu" }]]\n'
    assert only(**uv("import torch\n", more=more)).extras == ("cpu",)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("compose.yaml", "services:\n  web:\n    environment:\n      DB: postgresql+asyncpg://a:b@db/c\n"),
        (".env.example", "DATABASE_URL=postgresql+asyncpg://a:b@db/c\n"),
        ("settings.py", "URL = 'postgresql+asyncpg://a:b@db/c'\n"),
    ],
)
def test_the_driver_of_a_database_url_chooses_its_extra(place: str, text: str) -> None:
    more = '[project.optional-dependencies]\npg = ["asyncpg"]\nmy = ["aiomysql"]\n'
    assert only(**uv("", more=more), **{place: text}).extras == ("pg",)


def test_a_group_for_pip_is_installed_as_packages() -> None:
    files = uv("from PIL import Image\n", more=GROUPS + '[build-system]\nrequires = ["setuptools"]\n')
    del files["uv.lock"]
    spec = only(**files)
    assert (spec.package_manager.name, spec.groups, spec.extra_packages) == ("pip", ("images",), ("Pillow>=10",))
    assert "Pillow>=10" in dockerfile(files)
    assert only(**files, **{"requirements.txt": "fastapi\nuvicorn\n"}).groups == ()


def test_extras_of_poetry() -> None:
    text = '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\npython = "^3.12"\nfastapi = "*"\nuvicorn = "*"\n'
    text += 'redis = { version = "*", optional = true }\n[tool.poetry.extras]\ncache = ["redis"]\n'
    spec = only(**{"pyproject.toml": text, "poetry.lock": "", "main.py": "import redis\n" + FASTAPI})
    assert (spec.extras, spec.backing_services) == (("cache",), ("redis",))


def test_what_a_whole_lock_file_does_not_have_is_installed_and_said() -> None:
    lock = locked("fastapi", brings=("pydantic",)) + locked("uvicorn") + locked("pydantic") + locked("requests", "2.9")
    files = uv("import requests\nimport pydantic\n", lock=lock)
    assert only(**files).extra_packages == ("requests==2.9",)
    assert "requests is not in your dependencies" in notes(**files)
    brought = uv("import requests\n", lock=lock.replace('"pydantic" }', '"requests" }'))
    assert only(**brought).extra_packages == ()


def test_a_framework_that_the_list_leaves_out_is_installed_and_said() -> None:
    main = 'if __name__ == "__main__":\n    import uvicorn\n    uvicorn.run("shop.web.app:app", host="0.0.0.0", port=8000)\n'
    files = {"requirements.txt": "redis>=5\n", "shop/__init__.py": "", "shop/web/__init__.py": "",
             "shop/web/app.py": FASTAPI + main}  # fmt: skip
    spec = only(**files)
    assert (spec.framework, spec.port) == ("fastapi", 8000)
    assert "fastapi" in spec.extra_packages
    assert "fastapi is not in your dependencies" in notes(**files)


# --- the Python that pinned packages work with ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pins", "version"),
    [
        ("faiss-cpu==1.8.0", "3.12"),
        ("pyarrow==16.1.0", "3.12"),
        ("playwright==1.49.1", "3.13"),
        ("playwright==1.40.0", "3.12"),
        ("onnxruntime==1.16.3\npyarrow==22.0.0", "3.11"),
        ("pyarrow", "3.14"),
        ("pyarrow>=16.1.0", "3.14"),
    ],
)
def test_pinned_packages_bound_python(pins: str, version: str) -> None:
    files = {"requirements.txt": f"flask\ngunicorn\n{pins}\n", "app.py": FLASK}
    assert only(**files).runtime.version == version


@pytest.mark.parametrize(
    ("code", "more", "version"),
    [
        ("import cgi", "", "3.12"),
        ("import imp, cgi", "", "3.11"),
        ("from distutils.util import strtobool", "", "3.11"),
        ("from distutils.util import strtobool", "setuptools", "3.14"),
        ("import audioop", "audioop-lts", "3.14"),
        ("try:\n    import cgi\nexcept ImportError:\n    cgi = None", "", "3.14"),
        ("def old():\n    import telnetlib", "", "3.12"),
    ],
)
def test_modules_that_python_dropped_bound_it(code: str, more: str, version: str) -> None:
    app = f"from flask import Flask\n{code}\napp = Flask(__name__)\n"
    assert only(**{"requirements.txt": f"flask\ngunicorn\n{more}\n", "app.py": app}).runtime.version == version


@pytest.mark.parametrize(
    ("tags", "version"),
    [
        (("cp311-cp311-manylinux_2_17_x86_64", "cp312-cp312-manylinux_2_17_x86_64"), "3.12"),
        (("cp311-cp311-musllinux_1_2_x86_64", "cp313-cp313-macosx_11_0_arm64"), "3.11"),
        (("cp39-abi3-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_17_x86_64"), "3.14"),
        (("py3-none-any",), "3.14"),
    ],
)
def test_the_wheels_of_a_lock_file_bound_python(tags: tuple[str, ...], version: str) -> None:
    listed = ", ".join(wheel("fastmath", tag) for tag in tags)
    lock = locked("fastapi", brings=("fastmath",)) + locked("fastmath", more=f"wheels = [{listed}]\n")
    assert only(**uv("", lock=lock)).runtime.version == version
    poetry = '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\npython = "^3.11"\nfastapi = "*"\nuvicorn = "*"\n'
    files = ", ".join(f'{{file = "fastmath-1.0-{tag}.whl", hash = "sha256:0"}}' for tag in tags)
    lock = '[[package]]\nname = "fastapi"\nversion = "1"\n[package.dependencies]\nfastmath = "*"\n'
    lock += f'[[package]]\nname = "fastmath"\nversion = "1.0"\nfiles = [{files}]\n'
    assert only(**{"pyproject.toml": poetry, "poetry.lock": lock, "main.py": FASTAPI}).runtime.version == version


def test_wheels_of_a_group_that_is_not_installed_bound_nothing() -> None:
    listed = wheel("fastmath", "cp311-cp311-manylinux_2_17_x86_64")
    lock = locked("fastapi", brings=("pydantic",)) + locked("fastmath", more=f"wheels = [{listed}]\n")
    assert only(**uv("", lock=lock)).runtime.version == "3.14"


def test_of_a_package_that_is_locked_twice_the_newer_release_bounds_python() -> None:
    older = wheel("fastmath", "cp311-cp311-manylinux_2_17_x86_64")
    newer = wheel("fastmath", "cp314-cp314-manylinux_2_17_x86_64")
    lock = locked("fastapi", brings=("fastmath",)) + locked("fastmath", "0.9", more=f"wheels = [{older}]\n")
    assert only(**uv("", lock=lock + locked("fastmath", more=f"wheels = [{newer}]\n"))).runtime.version == "3.14"


def test_a_lock_file_gets_no_python_that_is_newer_than_it() -> None:
    listed = wheel("fastapi", "py3-none-any", "2025-06-01T10:00:00Z")
    assert only(**uv("", lock=locked("fastapi", more=f"wheels = [{listed}]\n"))).runtime.version == "3.13"
    assert only(**uv("", lock=locked("fastapi", more="wheels = [3]\n"))).runtime.version == "3.14"


def test_bounds_are_made_of_what_pip_can_install() -> None:
    assert wheels.read_versions("x (2.0)\nAvailable versions: 2.0, 1.1\n  INSTALLED: 2.0\n") == ["2.0", "1.1"]
    assert wheels.read_versions("") == []
    released = {"3.10": ["1.0", "1.1", "2.0"], "3.11": ["1.1", "2.0"], "3.12": ["1.1", "2.0"], "3.13": []}
    assert wheels.bounds(released) == [["1.1", "3.10"], ["3", "3.12"]]
    assert wheels.bounds({"3.12": ["1.0"], "3.13": ["1.0"]}) == []
    text = wheels.render({"python": {"x": [["1.1", "3.10"]]}}, datetime.date(2026, 1, 2))
    assert text.endswith('as_of = 2026-01-02\n\n[python]\nx = [["1.1", "3.10"]]\n')
    assert newest_for("python", "faiss-cpu", "1.8.0") == "3.12"


# --- manifests that nothing installs -------------------------------------------------------------------------------

STALE = "django==4.2.1\npsycopg2==2.9.9\nredis==5.0.1\nopencv-python==4.10.0.84\n"


@pytest.mark.parametrize(
    "manifests",
    [
        {
            "pyproject.toml": '[project]\nname = "x"\nversion = "0"\ndependencies = ["flask", "gunicorn"]\n',
            "uv.lock": LOCK,
        },
        {
            "pyproject.toml": '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\nflask = "*"\ngunicorn = "*"\n',
            "poetry.lock": "",
        },
        {"Pipfile": '[packages]\nflask = "*"\ngunicorn = "*"\n'},
    ],
)
def test_requirements_beside_what_is_installed_say_nothing(manifests: dict[str, str]) -> None:
    spec = only(**manifests, **{"requirements.txt": STALE, "app.py": FLASK})
    assert (spec.framework, spec.backing_services, spec.requirements) == ("flask", (), ())
    assert (spec.system_packages.run, spec.system_packages.build) == ((), ())


def test_requirements_beside_settings_of_tools_are_installed() -> None:
    files = {"pyproject.toml": "[tool.ruff]\nline-length = 100\n", "requirements.txt": "flask\nredis\ngunicorn\n"}
    assert only(**files, **{"app.py": f"import redis\n{FLASK}"}).backing_services == ("redis",)


@pytest.mark.parametrize("line", ["-r backend/requirements.txt\n", "--requirement ./backend/requirements/prod.txt\n"])
def test_requirements_that_only_point_into_a_folder_are_of_its_service(line: str) -> None:
    files = {"requirements.txt": line, "Procfile": "web: cd backend && gunicorn app:app\n", "backend/app.py": FLASK}
    files |= {"backend/requirements.txt": "flask\ngunicorn\n", "backend/requirements/prod.txt": "flask\ngunicorn\n"}
    assert [item.spec.path for item in inspect(**files).services] == ["backend"]


def test_requirements_that_point_into_a_folder_of_lists_are_the_root_s() -> None:
    files = {"requirements.txt": "-r requirements/prod.txt\n", "requirements/prod.txt": "flask\ngunicorn\n"}
    spec = only(**files, **{"app.py": FLASK})
    assert (spec.path, spec.framework) == (".", "flask")


# --- system packages -----------------------------------------------------------------------------------------------


def test_a_lock_file_names_what_needs_a_shared_library() -> None:
    lock = locked("fastapi", brings=("vision",)) + locked("vision", brings=("opencv-python", "gitpython", "pydub"))
    lock += locked("opencv-python") + locked("gitpython") + locked("pydub") + locked("psycopg2")
    spec = only(**uv("", lock=lock))
    assert spec.system_packages.run == ("libgl1", "libglib2.0-0t64")
    assert only(**uv("", lock=lock.replace("opencv-python", "opencv-python-headless"))).system_packages.run == (
        "libglib2.0-0t64",
    )


def test_what_brings_opencv_is_known_without_a_lock_file() -> None:
    for name, wanted in (("supervision", True), ("easyocr", False), ("imgaug==0.4.0", True)):
        spec = only(**{"requirements.txt": f"flask\ngunicorn\n{name}\n", "app.py": FLASK})
        assert ("libgl1" in spec.system_packages.run, "libglib2.0-0t64" in spec.system_packages.run) == (wanted, True)


def test_geodjango_needs_gdal_in_both_stages() -> None:
    spec = only(**{**DJANGO, "shop/settings.py": "INSTALLED_APPS = ['django.contrib.gis']\n"})
    assert (spec.system_packages.run, spec.system_packages.build) == (("libgdal36",), ("libgdal36",))
    assert only(**DJANGO).system_packages.run == ()


def test_what_conda_brings_is_not_installed_by_apt() -> None:
    text = "dependencies:\n  - python=3.12\n  - gdal\n  - flask\n  - pip:\n    - opencv-python\n    - gunicorn\n"
    assert only(**{"environment.yml": text, "app.py": FLASK}).system_packages.run == ("libgl1", "libglib2.0-0t64")


@pytest.mark.parametrize("own", ["-e .", "--editable .", ".[web]", "./"])
def test_the_sources_are_there_before_conda_installs_the_project(own: str) -> None:
    text = f"dependencies:\n  - python=3.12\n  - pip\n  - pip:\n    - flask\n    - gunicorn\n    - '{own}'\n"
    files = {"environment.yml": text, "setup.py": "from setuptools import setup\nsetup(name='x')\n", "app.py": FLASK}
    made = dockerfile(files)
    assert made.index("\nCOPY . .") < made.index("micromamba create")
    plain = dockerfile({**files, "environment.yml": text.replace(f"    - '{own}'\n", "")})
    assert "\nCOPY . ." not in plain


@pytest.mark.parametrize(("more", "needed"), [("", True), ("unidic-lite\n", False), ("ipadic\n", False)])
def test_a_dictionary_for_mecab_unless_a_package_brings_one(more: str, needed: bool) -> None:
    spec = only(**{"requirements.txt": f"flask\ngunicorn\nmecab-python3\n{more}", "app.py": FLASK})
    assert spec.system_packages.run == (("mecab-ipadic-utf8",) if needed else ())
    assert [item.value for item in spec.environment if item.name == "MECABRC"] == ["/etc/mecabrc"] * needed


# --- browsers and models -------------------------------------------------------------------------------------------

SYNC = "from playwright.sync_api import sync_playwright as start\nwith start() as p:\n    "


@pytest.mark.parametrize(
    ("launch", "command", "has"),
    [
        ("p.firefox.launch()", "playwright install firefox", "libgtk-3-0t64"),
        ("p.webkit.launch(headless=True)", "playwright install webkit", "libgtk-4-1"),
        ("p.chromium.launch()", "playwright install --only-shell chromium", "libnss3"),
        ("p.chromium.launch(channel='chromium')", "playwright install chromium", "libnss3"),
        ("p.chromium.launch_persistent_context('x', headless=False)", "playwright install chromium", "xvfb"),
        ("p.chromium.connect_over_cdp('http://chrome:9222')", None, None),
    ],
)
def test_the_browser_that_is_launched_is_fetched(launch: str, command: str | None, has: str | None) -> None:
    spec = only(**{"requirements.txt": "fastapi\nuvicorn\nplaywright\n", "main.py": FASTAPI + SYNC + launch + "\n"})
    assert [item.command.split(" ", 1)[1] for item in spec.fetch] == ([command] if command else [])
    assert (has in spec.system_packages.run) if has else spec.system_packages.run == ()


def test_a_browser_is_fetched_before_the_sources_are_copied() -> None:
    files = {
        "requirements.txt": "fastapi\nuvicorn\nplaywright==1.44.0\n",
        "main.py": FASTAPI + SYNC + "p.chromium.launch()",
    }
    made = dockerfile(files)
    # That release does not know --only-shell yet.
    assert made.index("playwright install chromium\n") < made.index("COPY --link . /app")
    assert "COPY --link --from=deps /app/.playwright /app/.playwright" in made
    assert "PLAYWRIGHT_BROWSERS_PATH=/app/.playwright" in made


def test_a_browser_of_another_maker_is_said() -> None:
    files = {"requirements.txt": "fastapi\nuvicorn\nplaywright\n"}
    code = FASTAPI + SYNC + "p.chromium.launch(channel='chrome')\n"
    assert "Google Chrome" in notes(**files, **{"main.py": code})
    assert "Google Chrome" not in notes(**files, **{"main.py": FASTAPI + SYNC + "p.chromium.launch()\n"})


@pytest.mark.parametrize(
    ("package", "code", "command", "path"),
    [
        ("spacy", "import spacy\nn = spacy.load('de_core_news_md')\n", "spacy download de_core_news_md", None),
        ("nltk", "import nltk\nnltk.download('punkt')\n", "-d /app/.models/nltk punkt", ".models/nltk"),
        (
            "sentence-transformers",
            "from sentence_transformers import SentenceTransformer as T\nm = T('all-MiniLM-L6-v2')\n",
            "SentenceTransformer('all-MiniLM-L6-v2')",
            ".models/huggingface",
        ),
        (
            "ultralytics",
            "from ultralytics import YOLO\nm = YOLO('yolov8s-seg.pt')\n",
            "/yolov8s-seg.pt",
            "yolov8s-seg.pt",
        ),
        ("tiktoken", "import tiktoken\ne = tiktoken.get_encoding('o200k_base')\n", "o200k_base", ".models/tiktoken"),
    ],
)
def test_a_model_by_name_is_fetched_in_the_build(package: str, code: str, command: str, path: str | None) -> None:
    files = {"requirements.txt": f"flask\ngunicorn\n{package}\n", "app.py": code + FLASK}
    (item,) = only(**files).fetch
    assert command in item.command
    assert item.path == path
    made = dockerfile(files)
    assert made.index(command) < made.index("COPY --link . /app")
    assert path is None or f"COPY --link --from=deps /app/{path} /app/{path}\n" in made


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": "flask\ngunicorn\nultralytics\n", "yolo11n.pt": "x", "app.py": "from ultralytics import YOLO\nm = YOLO('yolo11n.pt')\n" + FLASK},
        {"requirements.txt": "flask\ngunicorn\nultralytics\n", "app.py": "from ultralytics import YOLO\nm = YOLO('runs/best.pt')\n" + FLASK},
        {"requirements.txt": "flask\ngunicorn\nspacy\nhttps://x.example/en_core_web_sm-3.8.0-py3-none-any.whl\n", "app.py": "import spacy\nspacy.load('en_core_web_sm')\n" + FLASK},
        {"requirements.txt": "flask\ngunicorn\nspacy\n", "app.py": "import spacy, os\nspacy.load(os.environ['M'])\n" + FLASK},
    ],
)  # fmt: skip
def test_a_model_that_is_there_or_has_no_known_name_is_not_fetched(files: dict[str, str]) -> None:
    assert only(**files).fetch == ()


@pytest.mark.parametrize(("listed", "fetched"), [("", 0), ("spacy", 1), ("spacy-llm", 1), ("acme-language", 1)])
def test_a_model_is_fetched_only_where_something_may_install_its_package(listed: str, fetched: int) -> None:
    code = "try:\n    import spacy\n    n = spacy.load('en_core_web_sm')\nexcept Exception:\n    n = None\n"
    files = {"requirements.txt": f"flask\ngunicorn\n{listed}\n", "app.py": code + FLASK}
    assert len(only(**files).fetch) == fetched


def test_a_model_of_a_script_that_the_service_does_not_load_is_left_out() -> None:
    code = "from transformers import AutoModel\nm = AutoModel.from_pretrained('acme/large')\n"
    code += "import nltk\nnltk.download('punkt')\n"
    files = {"requirements.txt": "flask\ngunicorn\ntransformers\nnltk\n", "app.py": FLASK, "learn/tune.py": code}
    assert only(**files).fetch == ()
    assert "hf download" not in notes(**files)
    files["app.py"] = "import learn.tune\n" + FLASK
    assert len(only(**files).fetch) == 1
    assert "hf download" in notes(**files)
    files["app.py"] = FLASK
    worker = {**files, "Procfile": "web: gunicorn app:app\nlearner: python learn/tune.py\n"}
    assert len(only(**worker).fetch) == 1


def test_a_model_that_may_be_large_is_said() -> None:
    code = "from transformers import AutoModel\nm = AutoModel.from_pretrained('acme/large')\n"
    files = {"requirements.txt": "flask\ngunicorn\ntransformers\n", "app.py": code + FLASK}
    assert only(**files).fetch == ()
    assert "hf download acme/large" in notes(**files)
    again = {**files, "app.py": code + code.replace("AutoModel", "AutoTokenizer") + FLASK}
    assert notes(**again).count("hf download acme/large") == 1


def test_what_was_fetched_among_the_packages_stays_when_uv_installs_the_project() -> None:
    more = '[build-system]\nrequires = ["hatchling"]\n[project.scripts]\nx-server = "x.main:run"\n'
    files = uv("", dependencies='"fastapi", "uvicorn", "spacy"', more=more)
    files |= {"src/x/__init__.py": "", "src/x/main.py": "import spacy\nspacy.load('en_core_web_sm')\n" + FASTAPI}
    del files["main.py"]
    made = dockerfile(files)
    assert "ensurepip && python -m spacy download en_core_web_sm && python -m pip uninstall --yes pip" in made
    assert made.index("spacy download") < made.index("FROM deps AS build") < made.index("uv build --wheel")


# --- private indexes and git ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "variables"),
    [
        (
            uv("", more='[[tool.uv.index]]\nname = "corp.main"\nurl = "https://pypi.corp.example/simple"\n'),
            ["UV_INDEX_CORP_MAIN_USERNAME", "UV_INDEX_CORP_MAIN_PASSWORD"],
        ),
        (uv("", more='[[tool.uv.index]]\nurl = "https://pypi.corp.example/simple"\n'), [None]),
        (uv("", more='[[tool.uv.index]]\nname = "t"\nurl = "https://download.pytorch.org/whl/cpu"\n'), []),
        (
            {"requirements.txt": "--extra-index-url https://${USER_A}:${TOKEN_B}@x.example/s\nflask\n", "app.py": FLASK},
            ["USER_A", "TOKEN_B"],
        ),
        ({"requirements.txt": "-i https://pypi.corp.example/simple\nflask\n", "app.py": FLASK}, [None]),
        ({"requirements.txt": "--extra-index-url https://pypi.org/simple\nflask\n", "app.py": FLASK}, []),
        ({"requirements.txt": "--find-links ./wheels\nflask\n", "app.py": FLASK}, []),
        (
            {"Pipfile": '[[source]]\nurl = "https://x:$CORP_TOKEN@x.example/s"\n[packages]\nflask = "*"\n', "app.py": FLASK},
            ["CORP_TOKEN"],
        ),
    ],
)  # fmt: skip
def test_an_index_of_one_s_own_gets_its_login_as_secrets(files: dict[str, str], variables: list[str | None]) -> None:
    spec = only(**files)
    assert [item.variable for item in spec.secrets] == variables
    made = dockerfile(files)
    for variable in variables:
        assert (f"env={variable}" if variable else "target=/root/.netrc") in made
    assert ("type=secret" in made) == bool(variables)


@pytest.mark.parametrize(
    ("files", "hosts"),
    [
        (uv("", more='[tool.uv.sources]\nfastapi = { git = "https://git.example/f" }\n'), ()),
        (uv("", more='[tool.uv.sources]\nfastapi = { git = "ssh://git@git.example/f" }\n'), ("git.example",)),
        (uv("", dependencies='"fastapi", "uvicorn", "a @ git+https://git.example/a@v1"'), ()),
        ({"requirements.txt": "flask\n-e git+ssh://git@git.example:22/a.git#egg=a\n", "app.py": FLASK}, ("git.example",)),
        ({"Pipfile": '[packages]\nflask = "*"\na = { git = "git@git.example:a/b.git" }\n', "app.py": FLASK}, ("git.example",)),
    ],
)  # fmt: skip
def test_a_dependency_of_git_is_fetched_where_it_is_installed(files: dict[str, str], hosts: tuple[str, ...]) -> None:
    spec = only(**files)
    assert "git" in spec.system_packages.build
    assert "git" not in spec.system_packages.run
    assert spec.ssh_hosts == hosts
    made = dockerfile(files)
    assert ("--mount=type=ssh" in made, "ssh-keyscan" in made) == (bool(hosts), bool(hosts))
    assert ("--ssh default" in notes(**files)) == bool(hosts)


def test_git_of_a_group_or_source_that_is_not_installed_is_not_wanted() -> None:
    more = (
        '[dependency-groups]\ndev = ["a @ git+https://git.example/a"]\n[tool.uv.sources]\nb = { git = "https://x" }\n'
    )
    assert only(**uv("", more=more)).system_packages.build == ()


# --- versions that come from git -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "dynamic", "variable"),
    [
        ('requires = ["hatchling", "hatch-vcs"]', True, "SETUPTOOLS_SCM_PRETEND_VERSION"),
        ('requires = ["setuptools>=80", "setuptools_scm[toml]>=8"]', True, "SETUPTOOLS_SCM_PRETEND_VERSION"),
        ('requires = ["uv-dynamic-versioning", "hatchling"]', True, "UV_DYNAMIC_VERSIONING_BYPASS"),
        ('requires = ["setuptools>=80", "setuptools_scm"]', False, None),
        ('requires = ["hatchling"]', True, None),
    ],
)
def test_a_version_of_git_is_an_argument_of_the_build(build: str, dynamic: bool, variable: str | None) -> None:
    own = 'dynamic = ["version"]' if dynamic else 'version = "1"'
    text = f'[project]\nname = "x"\n{own}\ndependencies = ["fastapi", "uvicorn"]\n[build-system]\n{build}\n'
    files = {"pyproject.toml": text, "uv.lock": LOCK, "src/x/__init__.py": "", "src/x/main.py": FASTAPI}
    spec = only(**files)
    assert (spec.package, spec.version_variable) == (True, variable)
    made = dockerfile(files)
    assert variable is None or made.index("COPY . .") < made.index(f"ARG {variable}=0.0.0") < made.index("uv build")
    assert "ARG" in made or variable is None


# --- tools on an older Python --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("python", "manager", "server"), [("3.8", "2024.4.1", "23.0.0"), ("3.9", "2025.0.4", "23.0.0")]
)
def test_tools_are_of_a_release_that_the_python_can_install(python: str, manager: str, server: str) -> None:
    """The newest release asks for a newer Python than an old project has."""
    pipfile = f'[packages]\nflask = "*"\n[requires]\npython_version = "{python}"\n'
    spec = only(Pipfile=pipfile, **{"Pipfile.lock": "{}", "app.py": "from flask import Flask\napp = Flask(__name__)\n"})
    assert (spec.runtime.version, spec.package_manager.version) == (python, manager)
    assert spec.extra_packages == (f"gunicorn=={server}",)


def test_the_default_python_gets_the_default_tools() -> None:
    files = {"Pipfile": '[packages]\nflask = "*"\n', "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
    spec = only(**files)
    assert spec.package_manager.version == default_tool("pipenv")
    assert spec.extra_packages == (f"gunicorn=={default_tool('gunicorn')}",)


# --- the tool of a build backend -----------------------------------------------------------------------------------

MADE_BY_POETRY = (
    '[project]\nname = "a"\nversion = "1"\nrequires-python = ">=3.12"\ndependencies = ["fastapi (>=0.115)", "uvicorn"]\n'
    '[build-system]\nrequires = ["poetry-core>=2"]\nbuild-backend = "poetry.core.masonry.api"\n'
)


def test_the_backend_of_poetry_is_installed_by_poetry_though_nothing_is_locked() -> None:
    spec = only(**{"pyproject.toml": MADE_BY_POETRY, "main.py": FASTAPI})
    # `pip install .` would fail: there is no package of the project's name.
    assert (spec.package_manager.name, spec.package_manager.lockfile, spec.package) == ("poetry", None, False)
    assert spec.manifests == ("pyproject.toml",)


def test_the_backend_of_uv_is_installed_by_uv() -> None:
    text = MADE_BY_POETRY.replace("poetry-core>=2", "uv_build").replace("poetry.core.masonry.api", "uv_build")
    assert only(**{"pyproject.toml": text, "main.py": FASTAPI}).package_manager.name == "uv"


@pytest.mark.parametrize(
    ("files", "manager"),
    [
        ({"requirements.txt": "fastapi==0.115.0\nuvicorn\n"}, "pip"),
        ({"uv.lock": "version = 1\n"}, "uv"),
        ({"pdm.lock": "[metadata]\n"}, "pdm"),
        ({"pyproject.toml": MADE_BY_POETRY.replace("poetry.core.masonry.api", "hatchling.build")}, "pip"),
    ],
)
def test_what_else_says_what_is_installed_wins_over_a_backend(files: dict[str, str], manager: str) -> None:
    assert only(**{"pyproject.toml": MADE_BY_POETRY, "main.py": FASTAPI, **files}).package_manager.name == manager


def test_how_far_a_package_reaches_with_all_that_it_brings(monkeypatch: pytest.MonkeyPatch) -> None:
    newest = {"1.0.1": "3.10", "1.1.0": "3.12", "2.0.5": "3.12", "2.1.0": "3.13"}
    listed = ["1.0.0", "1.0.1", "1.1.0", "2.0.4", "2.0.5", "2.1.0", "3.0rc1"]

    def resolves(requirement: str, line: str) -> bool:
        return Version(line) <= Version(newest[requirement.partition("==")[2]])

    monkeypatch.setattr(wheels, "installable", lambda *_: listed)
    monkeypatch.setattr(wheels, "resolves", resolves)
    found = wheels.reaches("x", ["3.10", "3.11", "3.12", "3.13", "3.14"])
    assert found == [("2.1.0", "3.13"), ("2.0.4", "3.12"), ("1.1.0", "3.12"), ("1.0.0", "3.10")]
    assert wheels.steps(found) == [["1.1.0", "3.10"], ["2.1.0", "3.12"], ["3", "3.13"]]
    assert wheels.steps([]) == []


def test_a_package_that_is_not_pinned_is_bounded_by_its_newest_release(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = {
        "pins": {"python": {}, "newest": {"python": {}}, "numpy2": {}},
        "wheels": {"python": {"acme": [["1.0", "3.11"], ["2", "3.12"]]}},
    }
    monkeypatch.setattr("genfile.data.load_table", lambda name: tables.get(name) or load_table(name))
    for text, line in (("acme\n", "3.12"), ("acme>=1\n", "3.12"), ("acme<1\n", "3.11"), ("acme==2.1\n", "3.14")):
        spec = only(**{"requirements.txt": f"fastapi\nuvicorn\n{text}", "main.py": FASTAPI})
        assert spec.runtime.version == line, text


@pytest.mark.parametrize(
    ("version", "line"),
    [("1.10.0", "3.6"), ("1.12.3", "3.7"), ("1.14.2", "3.8"), ("1.14.6", "3.9"), ("1.15.0", "3.10")],
)
def test_a_pin_with_wheels_for_an_old_python_alone_takes_that_line(version: str, line: str) -> None:
    spec = only(**{"requirements.txt": f"fastapi\nuvicorn\ncffi=={version}\n", "main.py": FASTAPI})
    assert spec.runtime.version == line


@pytest.mark.parametrize(
    ("listed", "line"),
    [
        ("psycopg[binary]==3.2.3", "3.13"),
        ("psycopg[binary,pool]==3.1.18", "3.12"),
        # From source, for any Python; a later release; another way to say that it is pinned.
        ("psycopg==3.2.3", "3.14"),
        ("psycopg[c]==3.2.3", "3.14"),
        ("psycopg[binary]==3.2.10", "3.14"),
        ("psycopg[binary]~=3.2.3", "3.14"),
        ("psycopg-binary==3.2.3", "3.13"),
    ],
)
def test_the_wheels_that_an_extra_brings_bound_python(listed: str, line: str) -> None:
    spec = inspect(**{"requirements.txt": f"fastapi\nuvicorn\n{listed}\n", "main.py": FASTAPI}).services[0]
    assert spec.spec.runtime is not None
    assert spec.spec.runtime.version == line
    if line != "3.14":
        assert [(item.path, item.line) for item in spec.facts["/runtime/version"].evidence][-1] == (
            "requirements.txt",
            3,
        )


def test_wheels_of_the_newest_release_for_a_later_python_leave_it_unbounded(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = {"wheels": {"python": {"acme": [["1.0", "3.11"], ["1.4.2", "3.12"]]}}}
    monkeypatch.setattr("genfile.data.load_table", lambda name: tables.get(name) or load_table(name))
    files = {"requirements.txt": "fastapi\nuvicorn\nacme\n", "main.py": FASTAPI}
    assert only(**files).runtime.version == runtime("python").default
    assert only(**files | {"requirements.txt": "fastapi\nuvicorn\nacme==1.3\n"}).runtime.version == "3.12"


def test_an_import_that_no_list_names_bounds_python_as_a_listed_package_does() -> None:
    code = "import tensorflow as tf\n" + FASTAPI
    assert only(**{"main.py": code}).runtime.version == "3.13"
    # The list leaves it out: the image installs it all the same.
    spec = only(**{"requirements.txt": "fastapi\nuvicorn\n", "main.py": code})
    assert (spec.extra_packages, spec.runtime.version) == (("tensorflow",), "3.13")
    # A pin is the user's word, and a module that nothing starts needs nothing.
    pinned = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": code, ".python-version": "3.14\n"}
    assert only(**pinned).runtime.version == "3.14"
    aside = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": FASTAPI, "train.py": "import tensorflow\n"}
    assert only(**aside).runtime.version == runtime("python").default


SETUP = """
from setuptools import setup
base = ["requests"]
setup(name="shop", install_requires=base, extras_require={%s})
"""


@pytest.mark.parametrize(
    ("extras", "main", "chosen"),
    [
        ("'web': ['flask', 'waitress'], 'all': base + ['flask', 'pandas']", "", ("web",)),
        ("'all': base + ['flask'] + ['pandas']", "", ("all",)),
        ("'all': base + ['flask', 'pandas'], 'web': ['flask']", "def f():\n    import pandas\n", ("web",)),
    ],
)
def test_the_extras_of_setup_py_and_everything_only_where_nothing_less_will_do(
    extras: str, main: str, chosen: tuple[str, ...]
) -> None:
    code = "from flask import Flask\napp = Flask(__name__)\n" + main
    spec = only(**{"setup.py": SETUP % extras, "app.py": code})
    assert (spec.framework, spec.extras) == ("flask", chosen)


def test_the_extras_of_setup_cfg() -> None:
    cfg = "[metadata]\nname = shop\n[options.extras_require]\nweb =\n    flask>=3\n    waitress\n"
    code = "from flask import Flask\napp = Flask(__name__)\n"
    files = {"setup.cfg": cfg, "setup.py": "from setuptools import setup\nsetup()\n", "app.py": code}
    assert only(**files).extras == ("web",)
    # pyproject.toml has the metadata, and does not say that the extras come from elsewhere.
    project = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask"]\n'
    assert only(**files, **{"pyproject.toml": project}).extras == ()


@pytest.mark.parametrize(("version", "line"), [("==20.7", "3.12"), ("==22.3", "3.13")])
def test_an_exact_version_outside_of_requirements_bounds_python(version: str, line: str) -> None:
    bot = "from telegram.ext import Application\nApplication.builder().token('x').build().run_polling()\n"
    setup = SETUP.replace("base = [", f"base = ['python-telegram-bot{version}', ") % ""
    assert only(**{"setup.py": setup, "bot.py": bot}).runtime.version == line
    told = {"README.md": f"```sh\npip install python-telegram-bot{version}\n```\n", "bot.py": bot}
    assert only(**told).runtime.version == line


def test_a_range_above_the_wheels_of_the_lock() -> None:
    wheels = "".join(f'{{file = "fastchar-2.1-cp{tag}-cp{tag}-manylinux1_x86_64.whl"}}, ' for tag in ("38", "39"))
    lock = f'[[package]]\nname = "fastchar"\nversion = "2.1"\nfiles = [{wheels}]\n'
    text = '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "{}"\nfastchar = "*"\nflask = "*"\n'
    files = {"poetry.lock": lock, "app.py": FLASK}
    # Compiled for the line that is nearest to the last wheel, or for the one that the project itself uses.
    spec = only(**files, **{"pyproject.toml": text.format("^3.10")})
    assert (spec.runtime.version, spec.system_packages.build) == ("3.10", ("g++",))
    docker = {"pyproject.toml": text.format("^3.10"), "Dockerfile": "FROM python:3.11-slim\n"}
    assert only(**files, **docker).runtime.version == "3.11"
    # Within the range, the wheels decide, and an image for a later Python does not.
    docker["pyproject.toml"] = text.format("^3.8")
    spec = only(**files, **docker)
    assert (spec.runtime.version, spec.system_packages.build) == ("3.9", ())


ZONE = '[[package]]\nname = "oldzone"\nversion = "0.2"\n{}[{{{} = "oldzone-0.2-cp38-cp38-manylinux1_x86_64.whl"}}]\n'
POETRY_ZONE = ZONE.format("files = ", "file") + (
    '[[package]]\nname = "flask"\nversion = "3.0"\n[package.dependencies]\njinja2 = "*"\n'
    'oldzone = {version = "*", markers = "python_version < \\"3.9\\""}\n'
)
UV_ZONE = ZONE.format("wheels = ", "url") + (
    '[[package]]\nname = "flask"\nversion = "3.0"\n'
    'dependencies = [{ name = "jinja2" }, { name = "oldzone", marker = "python_full_version < \'3.9\'" }]\n'
)


@pytest.mark.parametrize(("name", "lock"), [("poetry.lock", POETRY_ZONE), ("uv.lock", UV_ZONE)])
def test_what_a_marker_keeps_from_new_pythons_bounds_none(name: str, lock: str) -> None:
    text = '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.8"\ndependencies = ["flask"]\n'
    files = {"pyproject.toml": text, "app.py": FLASK}
    assert only(**files, **{name: lock}).runtime.version == "3.14"
    assert only(**files, **{name: lock.replace("< ", ">= ")}).runtime.version == "3.8"


def test_the_pin_of_several_that_holds_for_new_pythons() -> None:
    text = 'flask\nnumpy==1.24.4; python_version < "3.12"\nnumpy==2.3.0; python_version >= "3.12"\n'
    assert only(**{"requirements.txt": text, "app.py": FLASK}).runtime.version == "3.13"
    old = text.replace(">= ", "> ").replace("< ", ">= ")
    assert only(**{"requirements.txt": old, "app.py": FLASK}).runtime.version == "3.11"


def test_package_of_the_lock_alone_that_bounds_python_names_the_lock() -> None:
    lock = json.dumps({"default": {"psycopg2-binary": {"version": "==2.9.9"}}})
    files = {"Pipfile": '[packages]\nflask = "*"\n', "Pipfile.lock": lock, "app.py": FLASK}
    (says,) = inspect(**files).services[0].evidence["/runtime/version"]
    assert (says.path, says.says) == ("Pipfile.lock", "psycopg2-binary 2.9.9 works with Python up to 3.12")


@pytest.mark.parametrize(
    ("name", "text", "listed"),
    [
        ("requirment.txt", "Flask==3.0.3\ngunicorn==23.0.0 ; python_version > '3.8'\n", True),
        ("pip.txt", "# frozen\nFlask==3.0.3\n", True),
        ("packages.txt", "libgl1\nffmpeg\n", False),
        ("notes.txt", "Flask==3.0.3 is what we use\n", False),
    ],
)
def test_a_list_of_exact_versions_is_known_under_any_name(name: str, text: str, listed: bool) -> None:
    code = "from flask import Flask\napp = Flask(__name__)\n"
    assert (name in dockerfile({name: text, "app.py": code})) is listed
    two = dockerfile({name: text, "other.txt": "Flask==3.0.0\n", "app.py": code})
    assert ("other.txt" in two) is not listed


def test_packages_are_named_in_the_order_in_which_the_program_loads_them() -> None:
    loads = ["httpx", "redis", "pandas", "pillow", "jinja2", "boto3"]
    modules = {
        "httpx": "httpx",
        "redis": "redis",
        "pandas": "pandas",
        "pillow": "PIL",
        "jinja2": "jinja2",
        "boto3": "boto3",
    }
    files = {f"part{at}.py": f"import {modules[name]}\n" for at, name in enumerate(loads)}
    app = (
        "".join(f"import part{at}\n" for at in range(len(loads)))
        + "from bottle import default_app\napp = default_app()\n"
    )
    inspection = inspect(**{"requirements.txt": "bottle\ngunicorn\n", "app.py": app, **files})
    (service,) = inspection.services
    said = [note.text for note in service.notes if "is not in your dependencies" in note.text]
    assert [name for text in said for name in loads if f" {name} is not" in text] == loads
