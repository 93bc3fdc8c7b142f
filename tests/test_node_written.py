"""What the files of a Node service say: each case is a smallest tree."""

import pytest

from genfile.api import generate
from genfile.source.memory import MemorySource
from tests.test_traps import EXPRESS, LISTEN, inspect, only, package

NEXT = {
    "package.json": package(dependencies={"next": "15.0.0", "pg": "8.0.0"}, scripts={"build": "next build"}),
    "app/page.tsx": "export const revalidate = 60\nexport default function Page() { return null }\n",
}


def written(files: dict[str, str], settings: dict[str, str] | None = None) -> dict[str, str]:
    """The files that are made of a tree, a continued line being one."""
    made = generate(
        MemorySource({name: text.encode() for name, text in files.items()}), settings=settings, compose=True
    )
    return {path: text.replace("\\\n    ", "") for path, text in made.files.items()}


@pytest.mark.parametrize(
    ("code", "answers"),
    [
        (LISTEN, True),
        ("const http = require('http')\nhttp.createServer(f).listen(3000)\n", True),
        ("const https = require('node:https')\nhttps.createServer(options, f).listen(3000)\n", False),
        ("import net from 'node:net'\nnet.createServer(f).listen(3000)\n", False),
        ("import { createServer } from 'net'\ncreateServer(f).listen(3000)\n", False),
        ("Bun.serve({ port: 3000, tls: { key, cert }, fetch })\n", False),
    ],
)
def test_a_check_asks_for_http_where_http_is_spoken(code: str, answers: bool) -> None:
    files = {"package.json": package(dependencies=EXPRESS, scripts={"start": "node index.js"}), "index.js": code}
    assert only(**files).answers_http is answers
    check = next(line for line in written(files)["Dockerfile"].splitlines() if "127.0.0.1" in line)
    assert ("fetch('http://127.0.0.1:" in check) is answers
    assert ("node:net" in check) is not answers


@pytest.mark.parametrize(
    ("version", "asks"), [("14.x", "require('http').get("), ("16.x", "require('http').get("), ("18.x", "fetch(")]
)
@pytest.mark.parametrize(("health", "good"), [("", "() => process.exit(0)"), ("/health", "process.exit(r.")])
def test_a_node_without_fetch_checks_with_its_own_client(version: str, asks: str, health: str, good: str) -> None:
    code = LISTEN + (f"app.get('{health}', (req, res) => res.send('ok'))\n" if health else "")
    manifest = package(dependencies=EXPRESS, scripts={"start": "node index.js"}, engines={"node": version})
    made = written({"package.json": manifest, "index.js": code})["Dockerfile"]
    check = next(line for line in made.splitlines() if "127.0.0.1" in line)
    assert f"\"{asks}'http://127.0.0.1:" in check
    assert good in check
    assert health in check


def test_a_page_that_is_made_anew_can_be_written() -> None:
    files = written(NEXT)
    assert "--chown=1000:1000 /app/.next/server /app/.next/server" in files["Dockerfile"]
    assert "VOLUME" not in files["Dockerfile"]
    assert "/app/.next/cache:mode=1777" in files["compose.yaml"].split("tmpfs:")[1]
    assert "read_only: true" not in files["compose.yaml"]
    lasting = {**NEXT, "app/page.tsx": "export const revalidate = false\n"}
    assert "/app/.next/server" not in written(lasting)["Dockerfile"]
    assert "read_only: true" in written(lasting)["compose.yaml"]


def test_a_placeholder_is_said_once_and_never_as_a_secret() -> None:
    text = written(NEXT)["Dockerfile"]
    assert "ENV NEXT_TELEMETRY_DISABLED=1\n" in text
    assert "NEXT_TELEMETRY_DISABLED=1 n" not in text


@pytest.mark.parametrize(("user", "entry"), [("20000:20000", True), ("1000:1000", False)])
def test_another_user_has_an_entry_in_passwd(user: str, entry: bool) -> None:
    text = written(NEXT, settings={"user": user})["Dockerfile"]
    assert ("useradd --uid 20000" in text) is entry


def test_the_user_of_distroless_is_its_own() -> None:
    files = {"package.json": package(dependencies=EXPRESS, scripts={"start": "node index.js"}), "index.js": LISTEN}
    assert "USER 65532:65532" in written(files, settings={"family": "distroless"})["Dockerfile"]


def test_a_command_in_another_folder_starts_there() -> None:
    files = {
        "package.json": package(dependencies=EXPRESS, scripts={"start": "cd lib && node x.js"}),
        "lib/x.js": LISTEN,
    }
    text = written(files)["Dockerfile"]
    assert "WORKDIR /app/lib\n" in text
    assert 'CMD ["node", "x.js"]' in text


GUARDED = "const app = require('express')()\nif (%s) {\n  app.listen(3000)\n}%s\nmodule.exports = app\n"


@pytest.mark.parametrize(
    ("condition", "more", "mode"),
    [
        ("process.env.NODE_ENV !== 'production'", "", "development"),
        ("process.env.NODE_ENV === 'development'", "", "development"),
        ("process.env.NODE_ENV === 'production'", "", "production"),
        ("process.env.NODE_ENV !== 'test'", "", "production"),
        ("process.env.NODE_ENV !== 'production'", " else {\n  app.listen(80)\n}", "production"),
        ("!process.env.VERCEL", "", "production"),
    ],
)
def test_a_program_that_listens_outside_production_alone_is_told_so(condition: str, more: str, mode: str) -> None:
    code = GUARDED % (condition, more)
    manifest = package(dependencies=EXPRESS, scripts={"start": "node index.js"})
    files = {"package.json": manifest, "index.js": code}
    made = written(files)
    assert f"ENV NODE_ENV={mode}" in made["Dockerfile"]
    assert made["Dockerfile"].count("NODE_ENV=") == 1
    notes = [note.text for note in inspect(**files).services[0].notes]
    assert any("only if NODE_ENV is not production" in text for text in notes) is (mode == "development")
