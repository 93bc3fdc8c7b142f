"""What git ignores stays out of the image, too: local data, outputs and environments of one machine."""

import json

import pytest

import genfile
from genfile.dockerfile.ignore import read_ignore
from genfile.parsers.gitignore import parse_gitignore

FLASK = "from flask import Flask\napp = Flask(__name__)\n"
BASE = {"requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n", "app.py": FLASK}


def rules(**more: str) -> list[str]:
    """The lines that are there because of git."""
    lines = genfile.generate({**BASE, **more}).files[".dockerignore"].splitlines()
    if "# not in version control" not in lines:
        return []
    after = lines[lines.index("# not in version control") + 1 :]
    return after[: next(at for at, line in enumerate(after) if line.startswith("#"))]


def left_out(path: str, **more: str) -> bool:
    return read_ignore(genfile.generate({**BASE, **more}).files[".dockerignore"]).excludes(path)


def test_local_data_and_outputs_stay_out() -> None:
    text = "__pycache__/\n*.py[cod]\n.venv/\nvenv/\nenv/\ninstance/\ndist/\n*.db\n/uploads\n# notes\nlib/\neggs/\n"
    assert rules(**{".gitignore": text}) == ["**/env", "**/instance", "**/dist", "**/*.db", "uploads"]
    assert rules() == []


def test_the_same_file_whether_the_data_is_there_or_not() -> None:
    text = {".gitignore": "env/\ninstance/\nmedia/\n*.sqlite3\n"}
    data = {"instance/app.db": "", "media/a.jpg": "", "env/lib/python/site.py": "import instance\n", "db.sqlite3": ""}
    assert rules(**text) == rules(**text, **data) == ["**/env", "**/instance", "**/media"]


DJANGO = {
    "requirements.txt": "django==5.2.8\ngunicorn==23.0.0\n",
    "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    "shop/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
    "shop/settings.py": "from pathlib import Path\nBASE = Path(__file__).parent.parent\nMEDIA_ROOT = BASE / 'media'\n",
}


def test_what_the_program_writes_stays_out_though_the_code_names_it() -> None:
    assert "**/media" in rules(**DJANGO, **{".gitignore": "media/\n"})
    # Data of this machine is nothing that the image brings along.
    plain = genfile.generate({**DJANGO, ".gitignore": "/media/\n"}, compose=True).files
    assert plain == genfile.generate({**DJANGO, ".gitignore": "/media/\n", "media/a.jpg": ""}, compose=True).files
    assert "media" in plain[".dockerignore"].splitlines()


@pytest.mark.parametrize(
    ("ignored", "more"),
    [
        # What the code reads may be made before the build: a model, generated code, a page that is bundled elsewhere.
        ("model/\n", {"app.py": f"{FLASK}data = open('model/weights.bin').read()\n"}),
        ("generated/\n", {"app.py": f"{FLASK}from generated import messages\n"}),
        ("generated/\n", {"app.py": f"{FLASK}from .generated.messages import X\n"}),
        ("bundle/\n", {"templates/index.html": "<script src='/bundle/app.js'></script>"}),
        ("wheelhouse/\n", {"requirements.txt": "--find-links wheelhouse/\nflask==3.1.0\ngunicorn==23.0.0\n"}),
        # Settings and code.
        ("settings_local.py\nconfig.json\n*.mo\n_version.py\n", {}),
        # What .dockerignore can't say in the same way.
        ("data[0-9]/\nlog\\s/\n", {}),
        ("src/gen/\n", {}),
    ],
)
def test_what_may_be_needed_is_sent(ignored: str, more: dict[str, str]) -> None:
    assert rules(**{".gitignore": ignored, **more}) == []


def test_tools_that_only_leave_a_folder_out_do_not_need_it() -> None:
    text = '[project]\nname = "x"\nversion = "1"\n[tool.ruff]\nexclude = ["env", "dist"]\n'
    assert rules(**{".gitignore": "env/\ndist/\n", "pyproject.toml": text}) == ["**/env", "**/dist"]


def test_what_git_takes_back_is_sent() -> None:
    text = {".gitignore": "uploads/*\n!uploads/defaults/\n!uploads/.gitkeep\n"}
    assert rules(**text) == ["uploads", "!uploads/defaults/**"]
    assert not left_out("uploads/defaults/logo.png", **text)
    assert left_out("uploads/me.png", **text)
    # git takes nothing back from a folder that it leaves out as a whole.
    assert rules(**{".gitignore": "uploads/\n!uploads/logo.png\n"}) == ["**/uploads"]
    # What can't be said in the same way: then all of it is sent.
    assert rules(**{".gitignore": "uploads/*\n!logo.png\n"}) == []
    assert rules(**{".gitignore": "uploads/*\n!uploads/[a-z].png\n"}) == []
    # A secret among it is none for the image.
    assert left_out("uploads/defaults/a.key", **text)


def test_a_file_with_the_name_of_a_folder_is_sent() -> None:
    text = {".gitignore": "tool/\n", "bin/tool": "#!/bin/sh\n"}
    assert rules(**text) == ["**/tool/**"]
    assert not left_out("bin/tool", **text)


def test_a_gitignore_in_a_folder() -> None:
    assert rules(**{"var/run/.gitignore": "*\n!.gitignore\n"}) == ["var/run"]
    assert rules(**{"var/run/.gitignore": "*\n!.gitignore\n!*.json\n"}) == []
    assert rules(**{".gitignore": "*\n!*.py\n!requirements.txt\n"}) == []
    assert rules(**{"shop/.gitignore": "cache/\n/spool\n"}) == ["shop/**/cache", "shop/spool"]
    # A tool's own folder.
    assert rules(**{"myenv/.gitignore": "*\n"}) == []


def test_a_service_in_a_folder_has_the_patterns_of_its_context() -> None:
    server = json.dumps({"name": "web", "scripts": {"start": "node i.js"}, "dependencies": {"express": "5"}})
    files = {f"api/{name}": text for name, text in BASE.items()} | {"web/package.json": server, "web/i.js": ""}
    files[".gitignore"] = "/api/uploads\n*/spool/\n/web/store/\ndumps/\n"
    made = genfile.generate(files).files
    own = made["api/Dockerfile.dockerignore"].splitlines()
    assert {"uploads", "spool", "**/dumps"} <= {*own}
    assert "store" not in own
    assert {"store", "spool", "**/dumps"} <= {*made["web/Dockerfile.dockerignore"].splitlines()}


def test_patterns() -> None:
    text = "\ufeff# x\n\n \na\n!b/\n/c\nd/e/**\n**/f\ng/**/h\n\\#i\nj[0]\nk\\ \n/\na**b\n../x\n"
    found = [(item.below("at"), item.negated, item.folder) for item in parse_gitignore(text) if item.plain]
    plain = ["at/**/a", "at/**/b", "at/c", "at/d/e", "at/**/f", "at/g/**/h"]
    assert [item[0] for item in found] == plain
    assert found[1][1:] == (True, True)


def test_what_editors_and_windows_keep_is_no_data_of_the_project() -> None:
    files = {".idea/.gitignore": "dictionaries/\n", ".gitignore": "Thumbs.db\nehthumbs.db\nuploads/\n"}
    assert rules(**files) == ["**/uploads"]


def test_what_generates_code_among_the_sources_is_left_to_the_build() -> None:
    assert rules(**{"src/client/.gitignore": "typings/\n", "client/.gitignore": "typings/\n"}) == ["client/**/typings"]


def test_a_pattern_of_two_folders_is_written_once() -> None:
    page = {"web/package.json": "{}", "web/index.html": "", ".gitignore": "out\n", "api/.gitignore": "out\n"}
    files = genfile.generate({f"api/{name}": text for name, text in BASE.items()} | page).files
    (ignore,) = [text for name, text in files.items() if "ignore" in name and "out" in text]
    assert ignore.splitlines().count("**/out") == 1
