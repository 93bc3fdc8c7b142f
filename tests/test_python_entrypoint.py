"""Applications of FastAPI that its own command starts: by the extra with a server, by the entry in the manifest."""

import genfile

MANIFEST = """
[project]
name = "shop"
version = "1"
requires-python = ">=3.12"
dependencies = ["fastapi{extra}"]
{entry}
[build-system]
requires = ["uv_build"]
build-backend = "uv_build"
"""
APP = "from fastapi import FastAPI\napp = FastAPI()\n"


def tree(extra: str = "[standard]", entry: str = "", **files: str) -> dict[str, str]:
    listed = {path.replace("__", "/"): text for path, text in files.items()}
    packages = {f"{path.rsplit('/', 1)[0]}/__init__.py": "" for path in listed}
    lines = f'[tool.fastapi]\nentrypoint = "{entry}"\n' if entry else ""
    manifest = MANIFEST.format(extra=extra, entry=lines)
    return (
        {"pyproject.toml": manifest, "src/shop/__init__.py": ""}
        | packages
        | {f"{path}.py": listed[path] for path in listed}
    )


def starts(files: dict[str, str]) -> list[tuple[str, ...]]:
    return [tuple(item.spec.start or ()) for item in genfile.inspect(files).services]


def test_the_extra_that_brings_a_server_makes_an_application_a_service() -> None:
    found = starts(tree(src__shop__api__main=APP))
    assert [words[:2] for words in found] == [("uvicorn", "shop.api.main:app")]


def test_the_entry_in_the_manifest_does_so_too_and_says_which() -> None:
    files = tree("", "shop.api.public:app", src__shop__api__main=APP, src__shop__api__public=APP)
    assert [words[:2] for words in starts(files)] == [("uvicorn", "shop.api.public:app")]
    both = tree("[standard]", "shop.api.public:app", src__shop__api__main=APP, src__shop__api__public=APP)
    assert [words[:2] for words in starts(both)] == [("uvicorn", "shop.api.public:app")]


def test_a_library_is_no_service() -> None:
    assert starts(tree("", src__shop__api__main=APP)) == []
    # Routes alone, for somebody's application.
    routes = "from fastapi import APIRouter\nrouter = APIRouter()\n"
    assert starts(tree(src__shop__api__routes=routes)) == []


def test_an_entry_that_is_not_there_says_nothing() -> None:
    files = tree("[standard]", "other.main:app", src__shop__api__main=APP)
    assert [words[:2] for words in starts(files)] == [("uvicorn", "shop.api.main:app")]
