"""What the gates take for a service that works: pages and what they load, folders and whose they are, exits."""

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import genfile
from genfile.preset.places import holds_code, written_folders
from genfile.project.apply import apply_plan
from genfile.project.plan import make_plan
from genfile.spec.base import plain
from genfile.verify.docker import docker
from genfile.verify.folders import is_mounted, may_write, user_of
from genfile.verify.gates import Report, Request, run_gates
from genfile.verify.page import PageAnswer, broken_asset, fetch, first_assets
from tests.conftest import EXAMPLES, gates_of, make_images

PAGE = "http://shop.test:8080/en/"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<script src="/app.js"></script><link rel="stylesheet" href="a.css">', ["/app.js", "/en/a.css"]),
        ("<script>start()</script><script src='late.js'></script>", ["/en/late.js"]),
        ('<base href="/base/"><SCRIPT SRC="x.js?v=1#top"></SCRIPT>', ["/base/x.js?v=1"]),
        ('<script src="https://cdn.test/lib.js"></script><script src="own.js"></script>', ["/en/own.js"]),
        ('<script src="//cdn.test/lib.js"></script><link rel="stylesheet" href="http://other.test/a.css">', []),
        ('<script src="http://[broken/"></script><link rel="icon" href="i.png">', []),
        ('<script src="my app.js?a=%20b"></script>', ["/en/my%20app.js?a=%20b"]),
        (r'<script src="js\app.js?a=\b"></script>', ["/en/js/app.js?a=%5Cb"]),
        ('<link rel="preload stylesheet" href="b.css"><link rel=stylesheet href=c.css>', ["/en/b.css"]),
        ('<!-- <script src="gone.js"></script> --><p>no assets', []),
    ],
)
def test_first_assets_of_a_page(page: str, expected: list[str]) -> None:
    """The first script and the first style sheet of the page's own host."""
    assert [address for _, address in first_assets(page, PAGE)] == [f"http://shop.test:8080{path}" for path in expected]


class _Site(BaseHTTPRequestHandler):
    """A page with assets; `/away` leads to another host, `/spa.js` is a page where a script was asked for."""

    def do_GET(self) -> None:
        kinds = {"/": "text/html; charset=utf-8", "/ok.js": "text/javascript", "/spa.js": "text/html"}
        if self.path in ("/moved", "/away"):
            self.send_response(302)
            self.send_header("Location", "/" if self.path == "/moved" else "http://elsewhere.test/")
        else:
            self.send_response(200 if self.path in kinds else 404)
            self.send_header("Content-Type", kinds.get(self.path, "text/plain"))
        self.end_headers()
        self.wfile.write(b"<p>hello" if self.path in kinds else b"")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_fetch_follows_redirects_on_the_same_host_alone(site: str) -> None:
    assert fetch(f"{site}/moved") == PageAnswer(200, f"{site}/", "text/html", "<p>hello")
    away = fetch(f"{site}/away")
    assert away is not None
    assert (away.status, away.url) == (302, f"{site}/away")


def test_fetch_says_none_where_nothing_listens() -> None:
    assert fetch("http://127.0.0.1:1/") is None
    assert fetch("http://127.0.0.1:notaport/") is None


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("/ok.js", None),
        ("/gone.js", "its script /gone.js answers 404"),
        ("/spa.js", "its script /spa.js is a page of HTML"),
    ],
)
def test_assets_have_to_load(site: str, script: str, fault: str | None) -> None:
    page = PageAnswer(200, f"{site}/", "text/html", f'<script src="{script}"></script>')
    assert broken_asset(page) == (fault, ["script"] if fault is None else [])


@pytest.mark.parametrize(
    ("mode", "owner", "user", "expected"),
    [
        (0o755, (10001, 10001), (10001, 10001), True),
        (0o755, (0, 0), (10001, 10001), False),
        (0o775, (0, 10001), (10001, 10001), True),
        (0o1777, (0, 0), (10001, 10001), True),
        # The owner's bits decide for the owner, however open the others are.
        (0o077, (10001, 0), (10001, 0), False),
        # A folder that can be written but not entered.
        (0o622, (0, 0), (10001, 10001), False),
    ],
)
def test_who_may_write(mode: int, owner: tuple[int, int], user: tuple[int, int], expected: bool) -> None:
    assert may_write(mode, owner, user) is expected


def test_users_are_numbers() -> None:
    assert user_of("10001:10002") == (10001, 10002)
    assert user_of("65532") == (65532, 0)


def test_the_innermost_mount_counts() -> None:
    state = {
        "Mounts": [{"Destination": "/data", "RW": True}, {"Destination": "/data/fixed", "RW": False}],
        "HostConfig": {"Tmpfs": {"/tmp": ""}},
    }
    found = [is_mounted(state, folder) for folder in ("/data", "/data/in", "/data/fixed/in", "/tmp/x", "/database")]
    assert found == [True, True, False, True, False]
    assert is_mounted({}, "/data") is False


def test_a_build_that_failed_has_no_size() -> None:
    assert Report().to_json()["image_bytes"] is None


def test_where_the_folders_of_a_spec_lie() -> None:
    """Below /app and the service's place in the context; a Go image has no folder of the service."""
    spec = {
        "path": "apps/shop", "writable": ["apps/shop/uploads"], "workspace": None, "data": None, "volumes": ["/state"],
        "kept": [], "owned": [], "framework": None,
    }  # fmt: skip
    node, go = spec | {"language": "node"}, spec | {"language": "go"}
    assert written_folders(node, "apps/shop") == ["/app/uploads", "/state"]
    assert written_folders(node, ".") == ["/app/apps/shop/uploads", "/state"]
    assert written_folders(go, ".") == ["/app/uploads", "/state"]
    assert written_folders(go | {"data": "apps/shop/db"}, ".") == ["/app/db", "/app/uploads", "/state"]
    # Started on the volume, it writes there.
    assert written_folders(go | {"data": "apps/shop"}, ".") == ["/data", "/state"]
    python = spec | {"language": "python", "writable": ["apps/shop"]}
    assert written_folders(python, "apps/shop") == ["/app", "/state"]
    assert [holds_code(path, python, ".") for path in ("/app", "/app/apps/shop", "/app/apps/shop/db", "/state")] == [
        True,
        True,
        False,
        False,
    ]


# With an engine: a small program in Python that says what it is told to.
_PROGRAM = """\
import http.server, signal, sys
KIND = {"/": "text/html", "/app.js": "text/javascript"}
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.path in sys.argv[1:]
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", KIND.get(self.path, "text/plain"))
        self.end_headers()
        if known:
            self.wfile.write(b"<script src=/app.js></script>")
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
if sys.argv[1:]:
    http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
"""


def run_program(folder: Path, stand_ins: str | None, *known: str, **request: object) -> Report:
    """The gates of that program, answering the paths ``known``; without any it ends at once."""
    words = ", ".join(f'"{word}"' for word in ("python", "/app.py", *known))
    dockerfile = (
        "FROM python:3.14-slim-trixie\n"
        "RUN install -d -o 10001 -g 10001 /own && install -d /foreign\n"
        f"COPY app.py /\nUSER 10001:10001\nCMD [{words}]\n"
    )
    (folder / "app.py").write_text(_PROGRAM)
    (folder / "Dockerfile").write_text(dockerfile)
    make_images(stand_ins, dockerfile)
    values: dict[str, object] = {"port": 8000, "syntax": False, "answer_within": 20, "stop_within": 9, **request}
    return run_gates(Request(folder, **values))  # type: ignore[arg-type]


@pytest.mark.build
@pytest.mark.parametrize(
    ("known", "path", "passed", "says"),
    [
        (("/", "/app.js"), "/", True, "/ answers HTTP 200; its script loads"),
        (("/",), "/", False, "its script /app.js answers 404"),
        (("/health",), "/health", True, "/health answers HTTP 200; / answers HTTP 404"),
    ],
)
def test_a_page_has_to_load_its_assets(
    tmp_path: Path, engine: str | None, known: tuple[str, ...], path: str, passed: bool, says: str
) -> None:
    report = run_program(tmp_path, engine, *known, path=path)
    (gate,) = [gate for gate in report.gates if gate.name == "answer"]
    assert (gate.passed, says in gate.detail) == (passed, True), report.render()
    assert report.passed is passed


@pytest.mark.build
@pytest.mark.parametrize(("folder", "passed"), [("/own", True), ("/foreign", False), ("/nowhere", False)])
def test_folders_have_to_be_writable(tmp_path: Path, engine: str | None, folder: str, passed: bool) -> None:
    report = run_program(tmp_path, engine, "/", "/app.js", writable=(folder,))
    (gate,) = [gate for gate in report.gates if gate.name == "answer"]
    assert gate.passed is passed, report.render()
    assert (f"{folder}: written to" if passed else f"{folder} can't be written to") in gate.detail


@pytest.mark.build
def test_a_worker_has_to_stay_and_nothing_is_left(tmp_path: Path, engine: str | None) -> None:
    def left() -> set[str]:
        listed = [docker("ps", "-aq"), docker("image", "ls", "-aq", "--filter", "label=genfile.gates")]
        return {word for done in (*listed, docker("volume", "ls", "-q")) for word in done.output.split()}

    before = left()
    ends = run_program(tmp_path, engine, port=None)
    stays = run_program(tmp_path, engine, "/", port=None, writable=("/own",))
    assert [gate.passed for gate in ends.gates] == [True, True, False]
    assert stays.passed, stays.render()
    assert left() == before


@pytest.mark.build
def test_a_program_that_exits_is_no_failed_worker(tmp_path: Path, engine: str | None) -> None:
    done = run_program(tmp_path, engine, port=None, one_off=True)
    assert done.passed, done.render()
    assert "it did its work and ended with 0" in done.render()


@pytest.mark.build
def test_folders_of_an_image_without_a_shell(tmp_path: Path, engine: str | None) -> None:
    """A Go image has nothing to write with: mounts and owners tell."""
    project = tmp_path / "go"
    shutil.copytree(EXAMPLES / "go", project)
    made = genfile.generate(project, settings={"data": "."})
    apply_plan(make_plan(project, made.files))
    service, rendering = made.services[0]
    make_images(engine, rendering.dockerfile)
    report = run_gates(gates_of(project, service, rendering, "cmd/server/main.go", engine))
    assert plain(service.spec)["data"] == "."
    assert report.passed, report.render()
    assert "/data: by mount and owner" in report.gates[3].detail
