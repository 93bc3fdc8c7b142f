"""Servers that talk to the client that starts them, over standard input and output, in compose."""

from genfile.api import generate
from genfile.source.memory import MemorySource
from tests.test_traps import only

SERVER = (
    "from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('scales')\n"
    "if __name__ == '__main__':\n    mcp.run(transport='stdio')\n"
)
SCALES = {"scales/requirements.txt": "mcp\n", "scales/server.py": SERVER}
SHOP = {"shop/requirements.txt": "fastapi\nuvicorn\n", "shop/main.py": "from fastapi import FastAPI\napp = FastAPI()\n"}
RUN = "# scales talks to the client that starts it: docker compose run --rm -T scales\n"
TOOL = '  scales:\n    build: scales\n    profiles: ["tools"]\n    stdin_open: true\n'


def compose(files: dict[str, str]) -> str:
    source = MemorySource({name: text.encode() for name, text in files.items()})
    return generate(source, compose=True).files["compose.yaml"]


def test_a_server_over_standard_input_waits_for_its_client() -> None:
    assert only(**SCALES).stdio
    text = compose({**SCALES, **SHOP})
    assert RUN in text
    assert TOOL in text
    assert text.count("stdin_open") == 1
    # Nor does it join the workers, which another command starts.
    assert "--profile" not in text


def test_a_server_over_standard_input_alone_is_what_compose_starts() -> None:
    text = compose(SCALES)
    assert RUN in text
    assert TOOL.replace('    profiles: ["tools"]\n', "") in text


def test_a_server_with_a_port_is_started_with_the_others() -> None:
    files = {**SCALES, "scales/server.py": SERVER.replace("'stdio'", "'streamable-http'")}
    assert not only(**files).stdio
    text = compose({**files, **SHOP})
    assert "stdin_open" not in text
    assert "profiles" not in text
