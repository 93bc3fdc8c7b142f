"""The form of a required value: told by compose and by a note, and kept by what is made up for a test."""

import base64
from pathlib import Path

import pytest

from genfile import generate, inspect
from genfile.verify import prove
from tests.test_required import FLASK, LISTENS, NODE, PYTHON
from tests.test_verify_parts import spec_of

SCHEMA = "const {{ z }} = require('zod');\nconst env = z.object({{ KEY: {} }}).parse(process.env);\n"


def asked(tree: Path, files: dict[str, str], name: str = "KEY") -> str:
    """What compose says of a required variable after its name; empty if it says no more."""
    for path, text in files.items():
        (tree / path).write_text(text)
    text = dict(generate(tree, compose=True).files)["compose.yaml"]
    line = next(line for line in text.splitlines() if f"${{{name}:?" in line)
    return (
        line.partition(f"set {name} in .env")[2].removesuffix('}"').removeprefix(", a secret of your own").strip(", ")
    )


@pytest.mark.parametrize(
    ("code", "form"),
    [
        (SCHEMA.format("z.string().min(32)"), "at least 32 characters"),
        (SCHEMA.format("z.string().length(32)"), "exactly 32 characters"),
        (SCHEMA.format("z.enum(['live', 'sandbox'])"), "one of live, sandbox"),
        (SCHEMA.format("z.string().url()"), "a URL"),
        (SCHEMA.format("z.string().transform((text) => JSON.parse(text))"), "JSON"),
        (
            "if (!process.env.KEY || process.env.KEY.length < 32) throw new Error('short');\n",
            "at least 32 characters",
        ),
        ("if (!process.env.KEY) throw new Error();\nconst key = JSON.parse(process.env.KEY);\n", "JSON"),
        # Any value does, a number has no length, a function takes it apart, it is decoded first, it only warns.
        (SCHEMA.format("z.string().min(1)"), ""),
        (SCHEMA.format("z.coerce.number().min(32)"), ""),
        (SCHEMA.format("z.string().min(32).transform((text) => text.split(','))"), ""),
        (
            "if (!process.env.KEY) throw new Error();\n"
            "const key = JSON.parse(Buffer.from(process.env.KEY, 'base64').toString());\n",
            "",
        ),
        ("if (!process.env.KEY) throw new Error();\nif (process.env.KEY.length < 32) console.warn('short');\n", ""),
    ],
)
def test_the_form_of_a_nodes_variable(tmp_path: Path, code: str, form: str) -> None:
    assert asked(tmp_path, {**NODE, "index.js": code + LISTENS}) == form


SETTINGS = "from pydantic import {0}\nfrom pydantic_settings import BaseSettings\n\n\nclass S(BaseSettings):\n    {1}\n"


@pytest.mark.parametrize(
    ("code", "form"),
    [
        (SETTINGS.format("Field", "key: list[str]"), "a JSON list"),
        (SETTINGS.format("Field", "key: dict[str, int]"), "a JSON object"),
        (SETTINGS.format("Field", "key: str = Field(min_length=32)"), "at least 32 characters"),
        (SETTINGS.format("HttpUrl", "key: HttpUrl"), "a URL"),
        ("from typing import Literal\n" + SETTINGS.format("Field", "key: Literal['a', 'b']"), "one of a, b"),
        ("import json\nkey = json.loads(os.environ['KEY'])", "JSON"),
        ("key = os.environ['KEY']\nif len(key) < 32:\n    raise ValueError(key)", "at least 32 characters"),
        (
            "from cryptography.fernet import Fernet\nbox = Fernet(os.environ['KEY'])",
            "a Fernet key: URL-safe base64 of 32 bytes",
        ),
        # Any text does, a validator or a field's own decoder takes it apart.
        (SETTINGS.format("Field", "key: str"), ""),
        (SETTINGS.format("Field", "key: list[str] | str"), ""),
        (
            SETTINGS.format("field_validator", "key: list[str]")
            + "\n    @field_validator('key', mode='before')\n    @classmethod\n    def parts(cls, v):\n"
            "        return v.split(',')\n",
            "",
        ),
        (SETTINGS.format("Field", "key: Annotated[list[str], NoDecode]"), ""),
    ],
)
def test_the_form_of_a_pythons_variable(tmp_path: Path, code: str, form: str) -> None:
    assert asked(tmp_path, {**PYTHON, "app.py": FLASK % code}) == form


def test_a_note_tells_the_form(tmp_path: Path) -> None:
    code = SCHEMA.format("z.string().min(32)") + LISTENS
    asked(tmp_path, {**NODE, "index.js": code})
    (service,) = inspect(tmp_path).services
    assert any("set KEY (at least 32 characters) in the container" in note.text for note in service.notes)


def test_what_is_made_up_fits_its_form() -> None:
    forms = {
        "LONG_SECRET": {"kind": "text", "length": 99},
        "AES_SECRET": {"kind": "text", "length": 32, "exact": True},
        "BOX_KEY": {"kind": "fernet"},
        "JSON_SECRET": {"kind": "json"},
        "HOOK_SECRET": {"kind": "url"},
    }
    listed = [{"name": name, "required": True, "secret": True, "form": form} for name, form in forms.items()]
    made = prove._made_up(spec_of(environment=listed), ())
    assert len(made["LONG_SECRET"]) >= 99
    assert len(made["AES_SECRET"]) == 32
    assert len(base64.urlsafe_b64decode(made["BOX_KEY"])) == 32
    assert made["JSON_SECRET"] == "{}"
    assert "HOOK_SECRET" not in made
