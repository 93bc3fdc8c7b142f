"""What `genfile lint` says of secrets in files of settings, of pages that lack an address, and of nginx's port."""

from pathlib import Path

import pytest

from tests.test_practice import found
from tests.test_practice_layers import SITE
from tests.test_practice_weight import PYTHON, SERVED

PAGES = (
    "FROM node:24-slim AS build\nWORKDIR /b\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nLINE\nRUN npm run build\n"
    "FROM nginx:1.29-alpine\nCOPY nginx.conf /etc/nginx/conf.d/default.conf\n"
    "COPY --from=build /b/dist /usr/share/nginx/html\n"
)
PAGE = "export const call = () => fetch(`${import.meta.env.VITE_SHOP_API}/items`)\n"


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        ("config.yaml", "mysql:\n  user: shop\n  password: tulip7581\n", True),
        ("appsettings.json", '{"smtp": {"apiSecret": "9f8e7d6c"}}', True),
        ("settings.toml", 'auth_token = "9f8e7d6c5b"\n', True),
        ("config.yaml", "mysql:\n  password: xxxx\n", False),
        ("config.yaml", "mysql:\n  password: ${DB_PASSWORD}\n", False),
        ("config.example.yaml", "mysql:\n  password: tulip7581\n", False),
        ("labels.yaml", "mysql:\n  password: tulip7581\n", False),
    ],
)
def test_a_password_in_a_file_of_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, wrong: bool
) -> None:
    said = found(tmp_path, capsys, SERVED, PYTHON, {name: text})
    assert said.get("secret-in-settings") == (5 if wrong else None)


def test_settings_that_are_not_shipped_are_nobodys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "password: tulip7581\n"
    said = found(tmp_path, capsys, SERVED.replace("COPY . .", "COPY app.py ."), PYTHON, {"config.yaml": text})
    assert "secret-in-settings" not in said


@pytest.mark.parametrize(
    ("line", "page", "wrong"),
    [
        ("", PAGE, True),
        ("", PAGE.replace("_API}", "_API || '/api'}"), False),
        ("ARG VITE_SHOP_API", PAGE, False),
        ("ENV VITE_SHOP_API=https://a.example.org", PAGE, False),
    ],
)
def test_an_address_that_only_one_machine_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, page: str, wrong: bool
) -> None:
    (tmp_path / "src").mkdir()
    files = {**SITE, "src/main.js": page, "nginx.conf": "server { listen 80; }\n"}
    assert ("checkout-builds" in found(tmp_path, capsys, PAGES.replace("LINE\n", f"{line}\n"), files)) is wrong


@pytest.mark.parametrize(("port", "exposed", "wrong"), [("8081", "", True), ("80", "", False), ("8081", "8081", False)])
def test_a_port_that_only_nginx_knows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], port: str, exposed: str, wrong: bool
) -> None:
    text = PAGES.replace("LINE\n", "") + (f"EXPOSE {exposed}\n" if exposed else "")
    said = found(tmp_path, capsys, text, {**SITE, "nginx.conf": f"server {{ listen {port}; }}\n"})
    assert said.get("port-undeclared") == (8 if wrong else None)
