"""What only the modules that the service runs need: programs and variables; and what a README's list names."""

import pytest

from tests.test_traps import inspect, only

APP = "from flask import Flask\napp = Flask(__name__)\n"
BOT = "import discord\nclient = discord.Client()\n{}\nclient.run('x')\n"
TOOL = "import os, subprocess\nsubprocess.run(['git', 'log'])\nprint(os.environ.get('REPO_TOKEN'))\n"


@pytest.mark.parametrize(
    ("path", "more", "counts"),
    [
        ("scripts/guard.py", "", False),
        ("bin/guard.py", "", False),
        ("bin/guard.py", "import bin.guard\n", True),
        ("guard.py", "", True),
    ],
)
def test_what_somebody_runs_by_hand_asks_for_nothing(path: str, more: str, counts: bool) -> None:
    spec = only(**{"requirements.txt": "flask\ngunicorn\n", "app.py": more + APP, path: TOOL, "bin/__init__.py": ""})
    assert ("git" in spec.system_packages.run) is counts
    assert any(item.name == "REPO_TOKEN" for item in spec.environment) is counts


def test_an_application_that_django_finds_by_itself_counts() -> None:
    files = {
        "requirements.txt": "django\ngunicorn\n",
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
        "shop/__init__.py": "",
        "shop/settings.py": "INSTALLED_APPS = ['data']\n",
        "shop/wsgi.py": "application = 1\n",
        "data/__init__.py": "",
        "data/views.py": TOOL,
    }
    assert "git" in only(**files).system_packages.run


@pytest.mark.parametrize(
    ("call", "run"),
    [
        ("voice.play(discord.FFmpegPCMAudio('a.mp3'))", ("ffmpeg",)),
        ("discord.FFmpegOpusAudio.from_probe('a.mp3')", ("ffmpeg",)),
        ("voice.play(discord.PCMAudio(open('a')))", ()),
    ],
)
def test_a_call_that_makes_its_library_start_a_program(call: str, run: tuple[str, ...]) -> None:
    files = {"requirements.txt": "discord.py\n", "bot.py": BOT.format(f"def play(voice):\n    {call}")}
    assert only(**files).system_packages.run == run


@pytest.mark.parametrize(
    ("readme", "installed"),
    [
        ("# Needs\n1. discord.py\n2. `odd_sounds`\n", True),
        ("- odd-sounds\n", True),
        ("- odd_sounds plays sounds\n", False),
        ("odd_sounds\n", False),
    ],
)
def test_without_a_list_the_readme_names_what_is_imported(readme: str, installed: bool) -> None:
    [service] = inspect(**{"README.md": readme, "bot.py": "import odd_sounds\n" + BOT.format("")}).services
    assert ("odd-sounds" in service.facts["/extra_packages"].value) is installed
    assert any("no dependency list says which package" in note.text for note in service.notes) is not installed
