"""Paths that a front end's development server passes on: the web server of the image does so too."""

import json

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

import genfile
from genfile.spec.service import Proxied
from tests.test_traps import inspect, package

LOCK = {"package-lock.json": json.dumps({"lockfileVersion": 3, "packages": {}})}
VITE = {
    "package.json": package(devDependencies={"vite": "7.1.0"}, scripts={"dev": "vite", "build": "vite build"}),
    "index.html": "<div id=app></div>",
}
ANGULAR = {
    "package.json": package(
        dependencies={"@angular/core": "20.0.0"}, scripts={"start": "ng serve", "build": "ng build"}
    ),
    "angular.json": json.dumps({
        "projects": {"shop": {"architect": {
            "build": {"builder": "@angular/build:application", "options": {}},
            "serve": {"options": {"proxyConfig": "src/proxy.conf.json"}},
        }}}
    }),
    "src/proxy.conf.json": json.dumps({"/api/**": {"target": "http://localhost:3000"}}),
}  # fmt: skip
CRA = {
    "package.json": package(dependencies={"react-scripts": "5.0.1"}, scripts={"build": "react-scripts build"}),
    "src/setupProxy.js": "const { createProxyMiddleware } = require('http-proxy-middleware');\n"
    "module.exports = (app) => { app.use('/api', createProxyMiddleware({ target: 'http://localhost:5000' })); };\n",
}

ANGULAR_MODULE = {
    name.replace(".json", ".js") if "proxy" in name else name: text.replace("proxy.conf.json", "proxy.conf.js")
    for name, text in ANGULAR.items()
} | {
    "src/proxy.conf.js": "const PROXY = [{ context: ['/api', '/auth'], target: 'http://localhost:3000', ws: false }];\n"
    "module.exports = PROXY;\n"
}
CRA_ALL = {
    "package.json": package(
        dependencies={"react-scripts": "5.0.1"},
        scripts={"build": "react-scripts build"},
        proxy="http://localhost:5000",
    ),
    "public/index.html": "<div id=root></div>",
}


def vite(proxy: str) -> dict[str, str]:
    return {**VITE, "vite.config.ts": f"export default defineConfig({{ server: {{ proxy: {proxy} }} }})"}


def proxied(files: dict[str, str]) -> tuple[Proxied, ...]:
    (service,) = inspect(**files, **LOCK).services
    assert service.spec.static is not None
    return service.spec.static.proxied


@pytest.mark.parametrize(
    ("files", "paths"),
    [
        (VITE, []),
        (
            vite("{ '/api': 'http://localhost:5000', '/ws': { target: 'ws://localhost:5000', ws: true } }"),
            ["/api", "/ws"],
        ),
        (vite("{ '^/api': { target: process.env.API || 'http://localhost:5000' } }"), ["/api"]),
        (vite("{ '^/v[0-9]+': 'http://localhost:5000', '/': 'http://localhost:5000' }"), []),
        ({**vite("{ '/data': 'http://localhost:5000' }"), "public/data/a.json": "{}"}, []),
        (ANGULAR, ["/api"]),
        (ANGULAR_MODULE, ["/api", "/auth"]),
        (CRA, ["/api"]),
        (CRA_ALL, ["/"]),
        ({**CRA_ALL, "package.json": CRA_ALL["package.json"].replace("react-scripts", "vite")}, []),
    ],
)
def test_paths_of_the_development_server(files: dict[str, str], paths: list[str]) -> None:
    assert [item.path for item in proxied(files)] == paths
    (service,) = inspect(**files, **LOCK).services
    assert any("API_UPSTREAM" in note.text for note in service.notes) == bool(paths)


@pytest.mark.parametrize(
    ("options", "rewrite"),
    [
        ("'http://localhost:5000'", None),
        ("'http://localhost:5000/v1'", "/v1/api"),
        ("{ target: 'http://localhost:5000', rewrite: (path) => path.replace(/^\\/api/, '') }", "/"),
        ("{ target: 'http://localhost:5000', rewrite: path => path.replace('/api', '/v2') }", "/v2"),
        ("{ target: 'http://localhost:5000', rewrite(p) { return p.replace(/^\\/api\\//, '/') } }", "/"),
        ("{ target: 'http://localhost:5000/api', rewrite: (p) => { return p.replace(/^\\/api/, '') } }", None),
        ("{ target: 'http://localhost:5000', pathRewrite: { '^/api': '' } }", "/"),
    ],
)
def test_what_the_other_service_gets(options: str, rewrite: str | None) -> None:
    (item,) = proxied(vite(f"{{ '/api': {options} }}"))
    assert item.rewrite == rewrite


@pytest.mark.parametrize("rewrite", ["rewriteApi", "(p) => p.replace(/^.api(v\\d)?/, '')", "(p) => '/v1' + p"])
def test_a_rewrite_that_cannot_be_read_is_named(rewrite: str) -> None:
    files = vite(f"{{ '/api': {{ target: 'http://localhost:5000', rewrite: {rewrite} }} }}")
    (item,) = proxied(files)
    assert item.rewrite is None
    (service,) = inspect(**files, **LOCK).services
    assert any(note.level == "warning" and "can't read how /api is rewritten" in note.text for note in service.notes)


@pytest.mark.parametrize(("version", "rewrite"), [("2.0.6", None), ("3.0.5", "/")])
def test_express_takes_the_path_of_its_middleware_off(version: str, rewrite: str | None) -> None:
    manifest = package(
        dependencies={"react-scripts": "5.0.1", "http-proxy-middleware": f"^{version}"},
        scripts={"build": "react-scripts build"},
    )
    (item,) = proxied({**CRA, "package.json": manifest})
    assert item.rewrite == rewrite


def test_one_variable_for_each_address() -> None:
    passed = proxied(
        vite(
            "{ '/api': 'http://localhost:5000', '/live': { target: 'ws://localhost:5000', ws: true },"
            " '/quotes': 'https://quotes.example.com', '/10': 'http://10.0.0.7:9000' }"
        )
    )
    assert [(item.upstream, item.address, item.port, item.websocket) for item in passed] == [
        ("API_UPSTREAM", None, 5000, False),
        ("API_UPSTREAM", None, 5000, True),
        ("QUOTES_UPSTREAM", "https://quotes.example.com", 443, False),
        ("_10_UPSTREAM", None, 9000, False),
    ]


API = {
    "api/package.json": package(name="shop-api", scripts={"start": "node server.js"}),
    "api/server.js": "require('http').createServer(() => {}).listen(5000)",
}


def made(files: dict[str, str]) -> dict[str, str]:
    return dict(genfile.generate({name: text.encode() for name, text in files.items()}, compose=True).files)


def test_a_page_in_front_of_its_service(snapshot: SnapshotAssertion) -> None:
    proxy = "{ '/api': { target: 'http://localhost:5000', rewrite: (p) => p.replace(/^\\/api/, ''), ws: true } }"
    files = made({f"web/{name}": text for name, text in (vite(proxy) | LOCK).items()} | API)
    assert files["web/Dockerfile"] == snapshot(name="Dockerfile")
    assert files["compose.yaml"] == snapshot(name="compose.yaml")


def test_everything_that_no_file_answers(snapshot: SnapshotAssertion) -> None:
    assert made(CRA_ALL | LOCK)["Dockerfile"] == snapshot


@pytest.mark.parametrize(
    ("target", "others", "address"),
    [
        # The development server names the port of one of them.
        ("http://localhost:5000", API, "http://shop-api:5000"),
        # There is only one.
        ("http://localhost:3001", API, "http://shop-api:5000"),
        ("http://localhost:3001", {}, None),
        ("https://api.example.com", API, None),
    ],
)
def test_compose_knows_the_other_service(target: str, others: dict[str, str], address: str | None) -> None:
    page = {f"web/{name}": text for name, text in (vite(f"{{ '/api': '{target}' }}") | LOCK).items()}
    services = yaml.safe_load(made(page | others)["compose.yaml"])["services"]
    (web,) = (item for item in services.values() if "API_UPSTREAM" in item.get("environment", {}))
    assert web["environment"]["API_UPSTREAM"] == address
    assert ("shop-api" in web.get("depends_on", {})) == (address is not None)


def test_a_key_that_a_committed_file_of_variables_settles() -> None:
    files = VITE | {
        "package.json": package(
            devDependencies={"@vue/cli-service": "5.0.8"}, scripts={"build": "vue-cli-service build"}
        ),
        "vue.config.js": "module.exports = { devServer: { proxy: { [process.env.VUE_APP_BASE]: { target: "
        "'http://10.1.2.3:6060', pathRewrite: { ['^' + process.env.VUE_APP_BASE]: '' } } } } };\n",
        ".env.development": "VUE_APP_BASE=/dev-api\n",
        ".env.production": "VUE_APP_BASE = '/prod-api'\n",
    }
    (item,) = proxied(files)
    assert (item.path, item.rewrite, item.port, item.address) == ("/prod-api", "/", 6060, None)


def test_targets_that_only_a_run_would_tell_stay_apart() -> None:
    files = vite("{ '/auth': { target: identityUrl }, '/users': identityUrl, '/shop': env.VITE_SHOP_URL, '/x': f() }")
    assert [(item.path, item.upstream) for item in proxied(files)] == [
        ("/auth", "IDENTITY_UPSTREAM"),
        ("/users", "IDENTITY_UPSTREAM"),
        ("/shop", "SHOP_UPSTREAM"),
        ("/x", "X_UPSTREAM"),
    ]


def test_compose_finds_a_service_by_the_name_of_the_setting() -> None:
    page = vite("{ '/auth': { target: identityUrl }, '/shop': { target: shopUrl } }") | LOCK
    services = {
        f"{name}/{file}": text.replace("shop-api", name).replace("5000", port)
        for name, port in (("identity-service", "4001"), ("shop", "4002"))
        for file, text in ((path.removeprefix("api/"), text) for path, text in API.items())
    }
    text = made({f"web/{name}": text for name, text in page.items()} | services)["compose.yaml"]
    assert "IDENTITY_UPSTREAM: http://identity-service:4001\n" in text
    assert "SHOP_UPSTREAM: http://shop:4002\n" in text


def nginx(*locations: str, root: str = "location / { root /srv; try_files $uri /index.html; }") -> dict[str, str]:
    text = f"server {{ listen 80;\n{root}\n" + "\n".join(locations) + "\n}\n"
    return VITE | {"nginx.conf": text}


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("location /api { proxy_pass http://backend:8080; }", ("/api", "BACKEND_UPSTREAM", 8080, None)),
        ("location ^~ /api/ { proxy_pass http://backend:8080/; }", ("/api", "BACKEND_UPSTREAM", 8080, "/")),
        ("location /api/ { proxy_pass http://localhost:8080/v1/; }", ("/api", "API_UPSTREAM", 8080, "/v1")),
        ("location /api/ { proxy_pass http://backend:8080/api/; }", ("/api", "BACKEND_UPSTREAM", 8080, None)),
        ("location /api { proxy_pass ${SHOP_URL}; }", ("/api", "SHOP_UPSTREAM", None, None)),
    ],
)
def test_the_projects_own_nginx_says_what_is_passed_on(location: str, expected: tuple[object, ...]) -> None:
    (item,) = proxied(nginx(location))
    assert (item.path, item.upstream, item.port, item.rewrite) == expected


@pytest.mark.parametrize(
    "files",
    [
        # A gateway in front of everything serves no page.
        nginx("location /api { proxy_pass http://api:80; }", root="location / { proxy_pass http://web:3000; }"),
        nginx("# location /api { proxy_pass http://backend:8080; }"),
        nginx("location ~ ^/api { proxy_pass http://backend:8080; }"),
        nginx("location = /health { proxy_pass http://backend:8080; }"),
        nginx("location /data { proxy_pass http://backend:8080; }") | {"public/data/a.json": "{}"},
        VITE | {"nginx.conf": "server { location /api { proxy_pass http://backend:8080; }"},
    ],
)
def test_what_an_nginx_configuration_does_not_pass_on_for_the_page(files: dict[str, str]) -> None:
    assert proxied(files) == ()


def test_the_development_server_comes_before_the_projects_own_nginx() -> None:
    files = nginx("location /api { proxy_pass http://backend:8080; }") | vite("{ '/api': 'http://localhost:5000' }")
    assert [item.port for item in proxied(files)] == [5000]


def test_compose_finds_the_service_that_the_projects_own_nginx_names() -> None:
    page = nginx("location /api { proxy_pass http://shop-api:9999; }") | LOCK
    other = {
        path.replace("api/", "jobs/"): text.replace("shop-api", "jobs").replace("5000", "7000")
        for path, text in API.items()
    }
    text = made({f"web/{name}": body for name, body in page.items()} | API | other)["compose.yaml"]
    assert "SHOP_API_UPSTREAM: http://shop-api:5000\n" in text


def plain(*locations: str) -> dict[str, str]:
    return {"index.html": "<p>", "nginx.conf": nginx(*locations)["nginx.conf"]}


def passed(files: dict[str, str]) -> list[tuple[str, str, str | None]]:
    services = [item.spec for item in inspect(**files).services if item.spec.static is not None]
    assert len(services) == 1
    assert services[0].static is not None
    return [(item.path, item.upstream, item.rewrite) for item in services[0].static.proxied]


TO_BACKEND = "location /api/ { proxy_pass http://backend:8080; }"


def test_plain_pages_with_the_projects_own_nginx() -> None:
    files = made(plain(TO_BACKEND))
    assert "location ^~ /api {" in files["Dockerfile"]
    assert "**/*.conf\n" in files[".dockerignore"]
    assert passed(plain(TO_BACKEND)) == [("/api", "BACKEND_UPSTREAM", None)]
    # Files of the page's own under the prefix, and a configuration of a gateway.
    assert passed(plain(TO_BACKEND) | {"api/x.json": "{}"}) == []
    gateway = nginx(TO_BACKEND, root="location / { proxy_pass http://web; }")["nginx.conf"]
    assert passed({"index.html": "<p>", "nginx.conf": gateway}) == []


def test_a_configuration_that_a_plain_page_links_stays_in_the_image() -> None:
    files = {"index.html": '<a href="sample.conf">', "sample.conf": "a = 1", "other.conf": "b = 1"}
    assert "!sample.conf\n" in made(files)[".dockerignore"]
    assert "!other.conf\n" not in made(files)[".dockerignore"]


@pytest.mark.parametrize(
    ("rule", "rewrite"),
    [
        ("rewrite ^/auth/(.*) /$1 break;", "/"),
        ("rewrite ^/auth/?(.*)$ /$1 break;", "/"),
        ("rewrite ^/auth(/.*)$ $1 break;", "/"),
        ("rewrite ^/auth/(.*)$ /v1/$1 break;", "/v1"),
        # Another path, another search for a location, and a rule that only a request would tell.
        ("rewrite ^/other/(.*) /$1 break;", None),
        ("rewrite ^/auth/(.*) /$1 last;", None),
        ("rewrite ^/auth/(a|b)/(.*) /$2 break;", None),
    ],
)
def test_a_rewrite_of_the_projects_own_nginx(rule: str, rewrite: str | None) -> None:
    found = passed(plain(f"location /auth/ {{ {rule} proxy_pass http://users:80; }}"))
    assert found == [("/auth", "USERS_UPSTREAM", rewrite)]


def test_a_configuration_outside_the_pages_folder() -> None:
    page = {f"web/{name}": text for name, text in (VITE | LOCK).items()} | API
    conf = nginx(TO_BACKEND)["nginx.conf"]
    other = {f"admin/{name}": text.replace("app", "admin") for name, text in VITE.items()}
    copied = "FROM nginx\nCOPY web/dist /usr/share/nginx/html\nCOPY ops/page.conf /etc/nginx/conf.d/default.conf\n"
    mounts = "./ops/page.conf:/etc/nginx/conf.d/default.conf"
    compose = "services:\n  web:\n    image: nginx\n    volumes:\n"
    assert [path for path, *_ in passed(page | {"nginx/default.conf": conf})] == ["/api"]
    assert [path for path, *_ in passed(page | {"ops/page.conf": conf, "Dockerfile": copied})] == ["/api"]
    both = f"{compose}      - {mounts}\n      - ./web/dist:/usr/share/nginx/html\n"
    assert [path for path, *_ in passed(page | {"ops/page.conf": conf, "docker-compose.yml": both})] == ["/api"]
    # Of several pages, of another server, and that nothing names.
    several = inspect(**(page | other | {"nginx/default.conf": conf})).services
    assert not any(item.spec.static.proxied for item in several if item.spec.static is not None)
    alone = f"{compose}      - {mounts}\n"
    assert passed(page | {"ops/page.conf": conf, "docker-compose.yml": alone}) == []
    assert passed(page | {"ops/page.conf": conf}) == []


def test_prefixes_that_only_nginx_has_are_added_to_the_development_servers() -> None:
    more = "location /uploads { proxy_pass http://backend:8080; }"
    files = LOCK | nginx(TO_BACKEND, more) | vite("{ '/api': 'http://localhost:5000' }")
    assert passed(files) == [("/api", "API_UPSTREAM", None), ("/uploads", "API_UPSTREAM", None)]
    same = nginx("location /ws { proxy_pass http://shop:5000; }") | vite("{ '/api': 'http://localhost:5000' }") | LOCK
    assert passed(same) == [("/api", "API_UPSTREAM", None), ("/ws", "API_UPSTREAM", None)]
    # Another service, and a development server that passes everything on already.
    apart = nginx("location /ws { proxy_pass http://chat:7000; }") | vite("{ '/api': 'http://localhost:5000' }") | LOCK
    assert [upstream for _, upstream, _ in passed(apart)] == ["API_UPSTREAM", "CHAT_UPSTREAM"]


BY_VARIABLE = "set $api http://backend:8080; proxy_pass $api;"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (f"location /api/ {{ {BY_VARIABLE} }}", ("/api", "BACKEND_UPSTREAM", None)),
        ("location /api/ { set $api backend; proxy_pass http://$api:8080; }", ("/api", "BACKEND_UPSTREAM", None)),
        (
            "set $api backend;\nlocation /api/ { proxy_pass http://$api$request_uri; }",
            ("/api", "BACKEND_UPSTREAM", None),
        ),
        (
            'location /api/ { set $api "http://backend:8080"; rewrite ^/api/(.*) /$1 break; proxy_pass $api; }',
            ("/api", "BACKEND_UPSTREAM", "/"),
        ),
        # Its value comes from outside.
        ("location /api/ { set $api ${SHOP_URL}; proxy_pass $api; }", ("/api", "SHOP_UPSTREAM", None)),
        # Nothing sets it.
        ("location /api/ { proxy_pass $shop_url; }", ("/api", "SHOP_UPSTREAM", None)),
        # A location in another one has its whole prefix.
        (
            "location /v1 { limit_except GET { deny all; } location /v1/api { proxy_pass http://backend:8080; } }",
            ("/v1/api", "BACKEND_UPSTREAM", None),
        ),
    ],
)
def test_variables_and_inner_locations_of_nginx(location: str, expected: tuple[object, ...]) -> None:
    assert passed(plain(location)) == [expected]


def test_a_path_behind_a_variable_takes_the_place_of_the_whole_request() -> None:
    files = plain("location /api/ { set $api http://backend:8080; proxy_pass $api/v1/; }")
    assert passed(files) == [("/api", "BACKEND_UPSTREAM", None)]
    assert any("can't read how /api is rewritten" in note.text for note in inspect(**files).services[0].notes)


@pytest.mark.parametrize(
    ("named", "path"),
    [
        ("/etc/nginx/snippets/api.conf", "web/nginx/snippets/api.conf"),
        ("snippets/api.conf", "web/nginx/snippets/api.conf"),
        ("/etc/nginx/api.d/*.conf", "web/nginx/api.d/api.conf"),
        ("/etc/nginx/api.conf", "web/nginx/api.conf"),
        # In the folder above `conf.d`.
        ("/etc/nginx/api.conf", "web/nginx/conf.d/../api.conf"),
    ],
)
def test_what_a_configuration_includes(named: str, path: str) -> None:
    place = "web/nginx/conf.d/default.conf" if ".." in path else "web/nginx/default.conf"
    page = {f"web/{name}": text for name, text in VITE.items()}
    conf = nginx(f"include mime.types;\ninclude {named};")["nginx.conf"]
    tree = page | {place: conf, path.replace("conf.d/../", ""): f"# own\n{TO_BACKEND}\n"}
    assert passed(tree) == [("/api", "BACKEND_UPSTREAM", None)]
    notes = [note for item in inspect(**tree).services for note in item.notes if "web server passes" in note.text]
    assert (notes[0].path, notes[0].line) == (path.replace("conf.d/../", ""), 2)


def test_includes_that_lead_nowhere() -> None:
    page = {f"web/{name}": text for name, text in VITE.items()}
    # A file that is not there, and one that includes itself.
    conf = nginx("include /etc/nginx/none/*.conf;", "include default.conf;", TO_BACKEND)["nginx.conf"]
    assert passed(page | {"web/nginx/default.conf": conf}) == [("/api", "BACKEND_UPSTREAM", None)]
    circle = {"web/nginx/a.conf": "include b.conf;\n", "web/nginx/b.conf": f"include a.conf;\n{TO_BACKEND}\n"}
    conf = nginx("include a.conf;")["nginx.conf"]
    assert passed(page | circle | {"web/nginx/default.conf": conf}) == [("/api", "BACKEND_UPSTREAM", None)]
