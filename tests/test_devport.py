"""A page beside a service is published where its development server is, since an API may list that origin alone."""

import json

import pytest
import yaml

from tests.test_proxied import ANGULAR, API, CRA_ALL, LOCK, VITE, made, vite
from tests.test_traps import inspect, package

VUE = {"package.json": package(dependencies={"@vue/cli-service": "5.0.8"}, scripts={"build": "vue-cli-service build"})}


def scripts(**given: str) -> dict[str, str]:
    return VITE | {"package.json": package(devDependencies={"vite": "7.1.0"}, scripts={"build": "vite build"} | given)}


@pytest.mark.parametrize(
    ("files", "port"),
    [
        (VITE, 5173),
        (scripts(dev="vite --port 3100"), 3100),
        (scripts(dev="PORT=3200 vite"), 3200),
        (VITE | {"vite.config.js": "export default { server: { port: 3300 } }"}, 3300),
        (VITE | {"vite.config.js": "export default { server: { port: Number(process.env.P || 3400) } }"}, 3400),
        (CRA_ALL, 3000),
        (CRA_ALL | {".env": "PORT=3500\n"}, 3500),
        (ANGULAR, 4200),
        (ANGULAR | {"angular.json": ANGULAR["angular.json"].replace('"proxyConfig"', '"port": 4300, "x"')}, 4300),
        (VUE, 8080),
        (VUE | {"vue.config.js": "module.exports = { devServer: { port: 9528 } }"}, 9528),
    ],
)
def test_the_port_of_the_development_server(files: dict[str, str], port: int) -> None:
    (service,) = inspect(**files, **LOCK).services
    assert service.spec.static is not None
    assert service.spec.static.development_port == port


@pytest.mark.parametrize(
    ("page", "others", "published"),
    [
        (vite("{}"), API, {"web": "127.0.0.1:5173:8080", "api": "127.0.0.1:5000:5000"}),
        # Alone, it has its own port.
        (vite("{}"), {}, {"web": "127.0.0.1:8080:8080"}),
        # The service keeps a port that both have.
        (scripts(dev="vite --port 5000"), API, {"web": "127.0.0.1:5001:8080", "api": "127.0.0.1:5000:5000"}),
    ],
)
def test_where_compose_publishes_a_page(
    page: dict[str, str], others: dict[str, str], published: dict[str, str]
) -> None:
    files = made({f"web/{name}": text for name, text in (page | LOCK).items()} | others)
    services = yaml.safe_load(files["compose.yaml"])["services"]
    assert {item["build"]: item["ports"][0] for item in services.values()} == published


def test_the_folder_of_assets_in_vue() -> None:
    assets = VUE | {"vue.config.js": "module.exports = { assetsDir: 'static' }", "package-lock.json": json.dumps({})}
    (service,) = inspect(**assets).services
    assert service.spec.static is not None
    assert service.spec.static.hashed == ("/static/js/", "/static/css/", "/static/img/", "/static/fonts/")
