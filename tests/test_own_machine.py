"""An address of a database that the code writes out leads to the container itself."""

import pytest

import genfile
from tests.test_python import DJANGO, FLASK, notes

DICT = 'DATABASES = {{"default": {{\n    "ENGINE": "django.db.backends.postgresql",\n    "HOST": {},\n}}}}\n'


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ('URL = "postgresql://me:secret@localhost:5432/x"\n', True),
        ('URL = "postgresql+psycopg2://127.0.0.1/x"\n', True),
        ('# URL = "postgresql://localhost/x"\n', False),
        ('URL = "postgresql://db:5432/x"\n', False),
        ('URL = "postgresql://localhost.example.org/x"\n', False),
        ('import os\nURL = os.getenv(\n    "URL",\n    "postgresql://localhost/x",\n)\n', False),
        ('import os\nURL = os.environ["DATABASE_URL"] or "x"\n\n\nOTHER = "postgresql://localhost/x"\n', False),
        ('import os\nLOCAL = "postgresql://localhost/x"\n\n\nURL = os.environ.get("DB_URL")\n', False),
        ('URL = "host=localhost user=me dbname=x"\n', True),
        ('URL = "dbname=x host=db user=me"\n', False),
        ('PAGE = "http://localhost/x"\n', False),
    ],
)
def test_an_address_of_this_machine_is_told_of(code: str, told: bool) -> None:
    files = {"requirements.txt": "flask\ngunicorn\npsycopg2-binary\n", "app.py": FLASK + code}
    found = notes(**files)
    assert ("the address of postgres is hard-coded to this machine" in found) is told
    assert "secret" not in found


@pytest.mark.parametrize(("host", "told"), [('"localhost"', True), ('os.environ["DB_HOST"]', False), ('"db"', False)])
def test_the_host_of_djangos_settings(host: str, told: bool) -> None:
    files = {
        "requirements.txt": "django\ngunicorn\npsycopg\n",
        "shop/settings.py": 'import os\n\n\nKEY = os.environ["KEY"]\n' + DICT.format(host),
    }
    assert ("the address of postgres is hard-coded to this machine" in notes(**DJANGO | files)) is told


@pytest.mark.parametrize(
    ("settings", "code", "told"),
    [
        ("store: postgres://me:secret@localhost:5432/x\ncache: localhost:6379\n", "", ["postgres", "redis"]),
        ("store: postgres://me:secret@db:5432/x\ncache: localhost:80\n", "", []),
        ("# store: postgres://localhost/x\nstore: postgres://${USER}@localhost/x\n", "", []),
        ("store: postgres://localhost/x\n", "viper.AutomaticEnv()", []),
    ],
)
def test_the_settings_that_a_program_of_go_opens(settings: str, code: str, told: list[str]) -> None:
    needs = "require (\n\tgithub.com/lib/pq v1.0.0\n\tgithub.com/redis/go-redis/v9 v9.0.0\n)\n"
    main = f"""package main

import (
	"net/http"
	"os"

	_ "github.com/lib/pq"
	_ "github.com/redis/go-redis/v9"
)

func main() {{
	os.ReadFile("settings/shop.yml")
	{code}
	http.ListenAndServe(":8080", nil)
}}
"""
    files = {"go.mod": f"module x\n\ngo 1.25\n\n{needs}", "go.sum": "", "main.go": main, "settings/shop.yml": settings}
    (service,) = genfile.inspect(files).services
    texts = [note.text for note in service.notes if "is hard-coded to this machine" in note.text]
    assert [name for name in ("postgres", "redis") if any(f"the address of {name} " in text for text in texts)] == told
    given = {item.service for item in service.spec.connections}
    assert given == {"postgres", "redis"} - set(told)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ('client.connect("mqtt://me:secret@localhost:1883")\n', "mqtt://localhost:1883"),
        ('URL = "tcp://127.0.0.1:61613"\n', "tcp://127.0.0.1:61613"),
        ('socket.bind("tcp://127.0.0.1:5555")\n', None),
        ('# URL = "mqtt://localhost:1883"\n', None),
        ('PAGE = "http://localhost:3000"\n', None),
        ('URL = "mqtt://broker:1883"\n', None),
        ('import os\nURL = os.getenv("BROKER", "mqtt://localhost:1883")\n', None),
    ],
)
def test_an_address_of_another_server(code: str, told: str | None) -> None:
    found = notes(**{"requirements.txt": "flask\ngunicorn\n", "app.py": FLASK + code})
    text = f"({told}): the address of this server is hard-coded to this machine"
    assert (text in found) if told else "is hard-coded to this machine" not in found
    assert "secret" not in found
