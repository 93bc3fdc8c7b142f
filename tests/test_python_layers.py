"""Which layers an image of Python has, and what moves which: the environment, an installed project, the sources."""

import pytest

import genfile
from genfile.preset.filters import ends_by_itself, operand
from tests.image import found
from tests.test_python import DJANGO, FASTAPI, FLASK, notes
from tests.test_python_dependencies import LOCK, dockerfile
from tests.test_traps import only

SERVER = "from http.server import HTTPServer, BaseHTTPRequestHandler\ndef run():\n    "
SERVER += "HTTPServer(('0.0.0.0', 8000), BaseHTTPRequestHandler).serve_forever()\n"


def package(head: str = 'dependencies = ["click"]\n', more: str = "") -> dict[str, str]:
    text = f'[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.13"\n{head}'
    text += f'[project.scripts]\nx-server = "x:run"\n{more}[build-system]\nrequires = ["hatchling"]\n'
    text += 'build-backend = "hatchling.build"\n'
    return {"pyproject.toml": text, "src/x/__init__.py": SERVER}


def order(text: str, *parts: str) -> bool:
    """Whether all parts are there, in this order."""
    places = [text.find(part) for part in parts]
    return -1 not in places and places == sorted(places)


def test_pip_installs_what_pyproject_lists_before_the_sources_and_the_project_apart() -> None:
    made = dockerfile(package())
    assert order(
        made,
        "['project']; print(*project['dependencies'], sep=",
        "install --no-compile --requirement /tmp/dependencies.txt",
        "FROM deps AS build\nCOPY . .\n",
        "install --no-compile --prefix /opt/package .\n",
        "COPY --link --from=deps /opt/venv /opt/venv\n",
        "COPY --link --from=build /opt/package /opt/venv\n",
        "COPY --link . /app\n",
    )


@pytest.mark.parametrize(
    ("head", "more"),
    [
        ('dynamic = ["dependencies"]\n', ""),
        ('dependencies = ["click", "x[web]"]\n', ""),
        ('dependencies = ["click", "y @ file:///app/y"]\n', ""),
    ],
)
def test_what_only_a_build_can_tell_is_installed_after_the_sources(head: str, more: str) -> None:
    files = package(head, more) | {"setup.py": "from setuptools import setup\nsetup(install_requires=['click'])\n"}
    assert not only(**files).dependencies_listed
    assert order(dockerfile(files), "AS deps", "COPY . .", "install --no-compile .\n", "AS runtime")
    assert "every source change reinstalls them" in notes(**files)


def test_a_python_that_reads_no_toml_installs_both_at_once() -> None:
    files = package() | {".python-version": "3.10"}
    files["pyproject.toml"] = files["pyproject.toml"].replace(">=3.13", ">=3.9")
    assert not only(**files).dependencies_listed


def test_no_environment_has_a_pip_of_its_own() -> None:
    made = dockerfile({"requirements.txt": "flask\ngunicorn\n", "app.py": FLASK})
    assert "python -m venv --without-pip /opt/venv\n" in made
    assert "pip --python /opt/venv install --no-compile --requirement requirements.txt\n" in made
    assert "--invalidation-mode unchecked-hash /opt/venv" in made


def test_the_pip_of_a_python_too_old_for_that_is_the_environments_own() -> None:
    made = dockerfile({"requirements.txt": "flask\ngunicorn\n", "app.py": FLASK, ".python-version": "3.6"})
    assert "RUN python -m venv /opt/venv\n" in made
    assert "/opt/venv/bin/pip install --no-compile --requirement requirements.txt\n" in made


MEMBER = '[build-system]\nrequires = ["hatchling"]\n'


def workspace() -> dict[str, str]:
    files = {"pyproject.toml": '[tool.uv.workspace]\nmembers = ["apps/*", "libs/*"]\n', "uv.lock": LOCK}
    brings = {"apps/api": ["core"], "libs/core": ["base"], "libs/base": [], "libs/other": [], "libs/data": []}
    brings["libs/base"] = ["data"]
    for path, names in brings.items():
        name = path.rsplit("/", 1)[1]
        own = '"fastapi", "uvicorn"' if name == "api" else ""
        text = f'[project]\nname = "{name}"\nversion = "0"\ndependencies = [{own}]\n'
        files[f"{path}/pyproject.toml"] = text + (MEMBER if name != "data" else "")
        files[f"{path}/src/{name}/__init__.py"] = ""
        listed = ", ".join(f'{{ name = "{item}" }}' for item in names)
        kind = "virtual" if name == "data" else "editable"
        files["uv.lock"] += f'[[package]]\nname = "{name}"\nversion = "0"\nsource = {{ {kind} = "{path}" }}\n'
        files["uv.lock"] += f"dependencies = [{listed}]\n"
    files["apps/api/src/api/main.py"] = FASTAPI
    return files


def test_of_a_workspace_the_members_closure_alone_is_built_and_its_own_folder_alone_copied() -> None:
    files = workspace()
    spec = only(**files)
    assert spec.workspace.depends_on == ("libs/base", "libs/core", "libs/data")
    assert spec.local_packages == ("libs/base", "libs/core")
    made = dockerfile(files)
    assert "COPY . " not in made
    assert "libs/other/" not in made.replace("libs/other/pyproject.toml", "")
    assert order(made, "COPY apps/api /app/apps/api\n", "COPY libs/core /app/libs/core\n", "./apps/api", "./libs/core")
    assert made.count("COPY --link apps/api /app/apps/api\n") == 1
    assert "COPY --link libs/" not in made


def test_a_dependency_of_poetry_by_path_is_installed_apart() -> None:
    text = '[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\npython = "^3.13"\nflask = "*"\n'
    lock = '[[package]]\nname = "greet"\nversion = "0"\n[package.source]\ntype = "directory"\nurl = "shared"\n'
    files = {"pyproject.toml": text + 'gunicorn = "*"\ngreet = { path = "shared" }\n', "poetry.lock": lock}
    files |= {"shared/pyproject.toml": '[project]\nname = "greet"\nversion = "0"\n', "app.py": FLASK}
    assert only(**files).local_packages == ("shared",)
    made = dockerfile(files)
    assert order(
        made,
        "--no-root --no-directory\n",
        "COPY . .\n",
        "install --no-deps --no-compile --prefix /opt/package ./shared\n",
    )


SETTINGS = "from pathlib import Path\nBASE_DIR = Path(__file__).parent.parent\nSTATIC_ROOT = BASE_DIR / 'collected'\n"


def test_what_django_collects_is_a_layer_apart_from_the_sources() -> None:
    files = {**DJANGO, "shop/settings.py": DJANGO["shop/settings.py"] + SETTINGS}
    assert only(**files).outputs == ("collected",)
    made = dockerfile(files)
    assert order(made, "COPY --link --from=build /app/collected /app/collected\n", "COPY --link . /app\n")


@pytest.mark.parametrize(
    "more",
    [
        {"shop/settings.py": SETTINGS + "STATIC_ROOT = BASE_DIR / 'other'\n"},
        {"shop/settings.py": SETTINGS, "collected/robots.txt": ""},
        {"shop/settings.py": SETTINGS, "shop/locale/de/LC_MESSAGES/django.po": ""},
    ],
)
def test_a_build_whose_output_is_not_known_for_sure_is_copied_whole(more: dict[str, str]) -> None:
    files = {**DJANGO, **more}
    files["shop/settings.py"] = DJANGO["shop/settings.py"] + more["shop/settings.py"]
    assert "COPY --link --from=build /app /app\n" in dockerfile(files)


@pytest.mark.parametrize(
    ("command", "alone"),
    [
        (["gunicorn", "app:app"], True),
        (["/opt/venv/bin/uvicorn", "app:app"], True),
        (["python", "-m", "uvicorn", "app:app"], True),
        (["sh", "-c", "exec gunicorn --bind 0.0.0.0:$PORT app:app"], True),
        (["sh", "-c", "gunicorn app:app"], False),
        (["sh", "-c", "exec 'gunicorn"], False),
        (["python", "app.py"], False),
        (["relay-server"], False),
        (["waitress-serve", "app:app"], False),
        (["flask", "run"], False),
        ([], False),
    ],
)
def test_a_program_without_a_handler_for_sigterm_is_told_apart(command: list[str], alone: bool) -> None:
    assert ends_by_itself(command) is alone


def test_a_console_script_gets_an_init() -> None:
    assert 'ENTRYPOINT ["/usr/bin/tini", "--"]\nCMD ["x-server"]\n' in dockerfile(package())


@pytest.mark.parametrize(
    ("path", "folder", "text"), [("a", "a", "."), ("libs/a", ".", "./libs/a"), ("a/b", "a", "./b"), ("b", "a", "../b")]
)
def test_a_folder_as_an_operand_is_never_taken_for_a_name(path: str, folder: str, text: str) -> None:
    assert operand(path, folder) == text


PAPER = "FROM python:3.13-slim-trixie\nWORKDIR /app\nRUN python -m venv --without-pip /opt/venv\n"
PAPER += "ENV PATH=/opt/venv/bin:$PATH\nCOPY . .\nRUN pip --python /opt/venv install --no-compile --require-hashes "
PAPER += '-r requirements.txt\nCMD ["python", "app.py"]\n'


def test_the_image_on_paper_follows_a_pip_that_works_in_another_environment() -> None:
    files = {"requirements.txt": f"flask==3.1.3 --hash=sha256:{'0' * 64}\n", "app.py": "import requests\n"}
    fault = "imports-installed: app.py imports requests, which requirements.txt does not install"
    assert found(PAPER, files) == [fault]
    more = files | {"requirements.txt": f"requests==2.32.5 --hash=sha256:{'0' * 64}\n"}
    assert found(PAPER, more) == []


SHARED = {
    "shared/pyproject.toml": '[project]\nname = "shared"\nversion = "1"\ndependencies = ["psycopg2"]\n'
    '[project.optional-dependencies]\ncache = ["redis"]\n',
    "shared/shared/__init__.py": 'STORES = "postgres, redis"\n',
}


@pytest.mark.parametrize(
    ("line", "extra"),
    [
        ("./shared", False),
        ("shared/", False),
        ("-e ./shared", False),
        ("-e shared[cache]", True),
        ("file:./shared", False),
        ("shared @ file:./shared", False),
        ("./shared[cache]", True),
    ],
)
def test_a_folder_that_requirements_name_is_there_before_pip_reads_them(line: str, extra: bool) -> None:
    files = {"requirements.txt": f"flask\ngunicorn\n{line}\n", "app.py": FLASK, **SHARED}
    spec = only(**files)
    assert (spec.package, spec.local_packages) == (False, ("shared",))
    assert set(spec.backing_services) == ({"postgres", "redis"} if extra else {"postgres"})
    assert "libpq5" in spec.system_packages.run
    made = dockerfile(files)
    assert order(made, "COPY shared /app/shared\n", "--requirement requirements.txt\n", "COPY --link . /app\n")
    assert "AS build" not in made


def test_a_folder_beside_the_service_that_its_requirements_name_is_in_the_image() -> None:
    other = {f"web/{name}": text for name, text in {"package.json": "{}", "x.js": ""}.items()}
    files = {"api/requirements.txt": "flask\ngunicorn\n-e ../shared\n", "api/app.py": FLASK, **SHARED, **other}
    spec = only(**files)
    assert (spec.local_packages, spec.beside) == (("shared",), ("shared",))
    ((_, rendering),) = genfile.generate(files).services
    made = rendering.dockerfile.replace("\\\n    ", "")
    assert rendering.layout.context == "."
    assert order(made, "WORKDIR /app/api\n", "COPY shared /app/shared\n", "--requirement requirements.txt\n")
    assert "COPY --link shared /app/shared\n" in made


def test_a_distribution_in_the_tree_is_there_before_pip_reads_the_requirements() -> None:
    wheel = "vendor/greet-1.0-py3-none-any.whl"
    files = {"requirements.txt": f"flask\ngunicorn\n{wheel}\n", "app.py": FLASK, wheel: "PK"}
    assert f"--mount=type=bind,source={wheel},target={wheel}" in dockerfile(files)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("./nothing", "./nothing is not in the tree"),
        ("-e ./docs", "./docs has no pyproject.toml or setup.py"),
        ("./shared", None),
        ("greet @ https://example.com/greet.zip", None),
        ("-e git+https://example.com/greet.git#egg=greet", None),
    ],
)
def test_a_folder_that_pip_would_stop_at_is_told_of(line: str, says: str | None) -> None:
    files = {"requirements.txt": f"flask\ngunicorn\n{line}\n", "app.py": FLASK, "docs/a.md": "", **SHARED}
    texts = [note.text for note in genfile.inspect(files).services[0].notes if "so pip fails" in note.text]
    assert [says is not None and says in text for text in texts] == ([True] if says else [])


@pytest.mark.parametrize(
    ("version", "options"),
    [
        ("1.1.15", "--no-dev --no-root"),
        ("1.4.1", "--only main --no-root"),
        ("1.5.0", "--only main --no-root --no-directory"),
        ("2.2.1", "--only main --no-root --no-directory"),
    ],
)
def test_an_old_poetry_is_given_the_options_that_it_has(version: str, options: str) -> None:
    text = '[tool.poetry]\nname = "x"\n[tool.poetry.dependencies]\npython = "^3.11"\nflask = "*"\ngunicorn = "*"\n'
    spec = only(**{"pyproject.toml": text, "poetry.lock": "", "app.py": FLASK}).model_dump(mode="json")
    spec["package_manager"]["version"] = version
    made = genfile.render(spec).dockerfile
    assert f"    poetry install {options}\n" in made
