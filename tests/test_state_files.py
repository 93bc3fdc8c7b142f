"""What a known command keeps beside the code by itself is kept in /tmp: the root of the container is read-only."""

from typing import Any

import pytest

import genfile

MOVED = ["--schedule", "/tmp/celerybeat-schedule"]
CELERY = "from celery import Celery\napp = Celery('shop')\n"


def spec_of(procfile: str, code: str = CELERY) -> Any:
    files = {
        "requirements.txt": "flask\ngunicorn\ncelery[redis]\n",
        "web.py": "from flask import Flask\nfrom shop import app as celery\napp = Flask(__name__)\n",
        "shop.py": code,
        "Procfile": procfile,
    }
    (service,) = genfile.inspect(files).services
    return service.spec


def command(text: str, code: str = CELERY) -> list[str]:
    return list(spec_of(f"web: gunicorn web:app\nclock: {text}\n", code).processes["clock"])


@pytest.mark.parametrize(
    "text",
    ["celery -A shop beat -l info", "celery --app shop worker -B", "python -m celery -A shop beat"],
)
def test_beat_of_a_procfile(text: str) -> None:
    assert command(text) == [*text.split(), *MOVED]


def test_beat_in_a_shell() -> None:
    assert command("celery -A shop beat -l $LEVEL")[:2] == ["sh", "-c"]
    assert command("celery -A shop beat -l $LEVEL")[2].endswith(" --schedule /tmp/celerybeat-schedule")


def test_beat_alone() -> None:
    assert list(spec_of("worker: celery -A shop worker --beat\n").start)[-2:] == MOVED


@pytest.mark.parametrize(
    "text",
    [
        "celery -A shop worker -l info",
        "celery -A shop beat -s /data/schedule",
        "celery -A shop beat --schedule=/data/schedule",
        "celery -A shop beat -S redbeat.RedBeatScheduler",
        "celery -A shop beat --scheduler django_celery_beat.schedulers:DatabaseScheduler",
    ],
)
def test_a_command_that_names_another_place(text: str) -> None:
    assert command(text) == text.split()


@pytest.mark.parametrize(
    "line", ["app.conf.beat_scheduler = 'redbeat.RedBeatScheduler'", "CELERY_BEAT_SCHEDULER = 'x'"]
)
def test_settings_that_name_another_scheduler(line: str) -> None:
    assert command("celery -A shop beat", f"{CELERY}{line}\n") == ["celery", "-A", "shop", "beat"]
