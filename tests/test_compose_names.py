"""Compose files of any name: those that have services and build them are read, production's first."""

import pytest

from tests.test_traps import GO_MOD, only

SERVER = 'package main\nimport "net/http"\nfunc main() { http.ListenAndServe(address(), nil) }\n'
BUILT = "services:\n  web:\n    build: .\n    ports: ['{0}:{0}']\n"
PULLED = "services:\n  web:\n    image: shop\n    ports: ['{0}:{0}']\n"


@pytest.mark.parametrize(
    ("files", "port"),
    [
        ({"production.yml": BUILT.format(4567), "local.yml": BUILT.format(5678)}, 4567),
        ({"deploy.yaml": BUILT.format(4567), "local.yml": BUILT.format(5678)}, 4567),
        ({"production.yml": BUILT.format(4567), "docker-compose.yml": BUILT.format(5678)}, 4567),
        ({"docker-compose.yml": BUILT.format(4567), "stack.yml": BUILT.format(5678)}, 4567),
        # What builds nothing, and what has no services of this form, says nothing.
        ({"stack.yml": PULLED.format(4567)}, None),
        ({"render.yaml": "services:\n  - type: web\n    build: .\n    ports: ['4567:4567']\n"}, None),
        ({"notes.yml": "about:\n  services:\n    web:\n      build: .\n      ports: ['4567:4567']\n"}, None),
    ],
)
def test_a_compose_file_is_known_by_what_is_in_it(files: dict[str, str], port: int | None) -> None:
    found = only(**{"go.mod": GO_MOD, "main.go": SERVER, **files})
    assert found.port == (port or 8080)


def test_an_image_of_something_beside_the_program_is_not_the_programs() -> None:
    compose = (
        "services:\n  proxy:\n    build: {context: ., dockerfile: deploy/proxy/Dockerfile}\n    ports: ['81:81']\n"
        "  web:\n    build: {context: ., dockerfile: deploy/web/Dockerfile}\n    command: /start\n"
    )
    found = only(
        **{
            "go.mod": GO_MOD,
            "main.go": SERVER,
            "production.yml": compose,
            "deploy/proxy/Dockerfile": "FROM traefik\nCOPY deploy/proxy/proxy.yml /etc/proxy.yml\nEXPOSE 82\n",
            "deploy/proxy/proxy.yml": "a: 1\n",
            "deploy/web/Dockerfile": "FROM golang\nCOPY . /src\nEXPOSE 4567\n",
        }
    )
    assert found.port == 4567
