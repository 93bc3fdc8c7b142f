"""What `genfile lint` says of what an image carries, in which order it is built, and how it starts and is reached."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from genfile.cli.app import run
from tests.test_practice import found

GO = {
    "go.mod": "module x\n\ngo 1.26\n\nrequire example.org/y v1.0.0\n",
    "go.sum": "example.org/y v1.0.0 h1:x\n",
    "main.go": 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n',
    ".dockerignore": ".git\n",
}
ONE_STAGE = (
    "FROM golang:1.26\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build -o /app .\n"
    'EXPOSE 8080\nUSER 1\nCMD ["/app"]\n'
)
TWO_STAGES = ONE_STAGE.replace("golang:1.26", "golang:1.26 AS build").replace(
    "EXPOSE", "FROM alpine:3.23\nCOPY --from=build /app /app\nEXPOSE"
)
PYTHON = {
    "requirements.txt": "flask==3.1.2\ngunicorn==23.0.0\n",
    "app.py": "from flask import Flask\napp = Flask(__name__)\n",
    ".dockerignore": ".git\n.env\n",
}
SERVED = (
    "FROM python:3.14-slim\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n"
    'EXPOSE 8000\nUSER 1000\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]\n'
)
JAVA = {"pom.xml": "<project></project>", "src/main/java/A.java": "class A {}", ".dockerignore": ".git\n"}
JAR = (
    "FROM maven:3.9-eclipse-temurin-21 AS build\nWORKDIR /b\nCOPY pom.xml .\nRUN mvn dependency:go-offline\n"
    "COPY src ./src\nRUN mvn package\nFROM eclipse-temurin:21-jre\nCOPY --from=build /b/target/*.jar /app.jar\n"
    'EXPOSE 8080\nUSER 1\nCMD ["java", "-jar", "/app.jar"]\n'
)


@pytest.fixture
def said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> "Said":
    return Said(tmp_path, capsys)


class Said:
    """The findings in one folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def of(self, text: str, files: Mapping[str, str]) -> dict[str, int | None]:
        for name in files:
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        return found(self.folder, self.capsys, text, files)


def test_nothing_is_said_of_good_ones(said: Said) -> None:
    assert said.of(TWO_STAGES, GO) == {}


@pytest.mark.parametrize("text", [SERVED, SERVED.replace("slim\n", "slim\nRUN apt-get install -y libpq5\n")])
def test_a_program_that_is_only_served_is_light(said: Said, text: str) -> None:
    assert said.of(text, PYTHON) == {}


@pytest.mark.parametrize(
    ("files", "text", "line"),
    [
        (GO, ONE_STAGE, 1),
        (JAVA, JAR.replace("21-jre", "21"), 7),
        (PYTHON, SERVED.replace("slim\n", "slim\nRUN apt-get install -y gcc libpq-dev\n"), 2),
        (PYTHON, SERVED.replace("slim\n", "slim\nRUN apk add gcc && pip install a && apk del gcc\n"), None),
        (JAVA, JAR, None),
    ],
)
def test_what_only_a_build_needs(said: Said, files: Mapping[str, str], text: str, line: int | None) -> None:
    assert said.of(text, files).get("build-tools-shipped") == line


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("USER 1000\n", "RUN chown -R 1000 /app\nUSER 1000\n", 7),
        ("USER 1000\n", "RUN chown -R 1000 /data\nUSER 1000\n", None),
        ("COPY . .\n", "RUN chown -R 1000 /app\nCOPY . .\n", None),
    ],
)
def test_an_owner_that_is_changed_later(said: Said, old: str, new: str, line: int | None) -> None:
    assert said.of(SERVED.replace(old, new), PYTHON).get("layer-doubled") == line


@pytest.mark.parametrize(
    ("files", "text", "line"),
    [
        (GO, TWO_STAGES.replace("COPY go.mod go.sum ./\nRUN go mod download\n", ""), 3),
        (GO, TWO_STAGES.replace("RUN go mod download\n", "RUN go mod download -x\n"), None),
        (
            GO,
            TWO_STAGES.replace("COPY go.mod go.sum ./\nRUN go mod download\n", "").replace(
                "RUN go", "RUN --mount=type=cache,target=/go/pkg/mod go"
            ),
            None,
        ),
        ({**GO, "go.mod": "module x\n\ngo 1.26\n"}, TWO_STAGES.replace("RUN go mod download\n", ""), None),
        (JAVA, JAR.replace("RUN mvn dependency:go-offline\n", ""), 4),
        (JAVA, JAR, None),
        (PYTHON, SERVED.replace("COPY . .\n", "COPY . .\nRUN apt-get install -y curl\n"), 5),
    ],
)
def test_sources_come_last(said: Said, files: Mapping[str, str], text: str, line: int | None) -> None:
    assert said.of(text, files).get("sources-before-dependencies") == line


@pytest.mark.parametrize(
    ("command", "script", "lost"),
    [
        ('["sh", "-c", "gunicorn app:app"]', "", True),
        ('["sh", "-c", "python a.py && exec gunicorn app:app"]', "", False),
        ('["sh", "-c", "gunicorn app:app & nginx"]', "", False),
        ('["./start.sh"]', "#!/bin/sh\npython manage.py migrate\ngunicorn app:app\n", True),
        ('["./start.sh"]', "#!/bin/sh\nexec gunicorn app:app\n", False),
        ('["./start.sh"]', "#!/bin/sh\nif true; then\n  gunicorn app:app\nfi\n", False),
        ('["npm", "start"]', "", True),
        ('["npm", "run", "dev"]', "", False),
    ],
)
def test_signals_reach_the_program(said: Said, command: str, script: str, lost: bool) -> None:
    text = SERVED[: SERVED.index("CMD")] + f"CMD {command}\n"
    files = {**PYTHON, **({"start.sh": script} if script else {})}
    assert ("signals-lost" in said.of(text, files)) is lost


def test_exec_at_the_end_of_the_shell_form_is_enough(said: Said) -> None:
    text = SERVED[: SERVED.index("CMD")] + "CMD python a.py && exec gunicorn app:app\n"
    assert "shell-form" not in said.of(text, PYTHON)
    assert "shell-form" in said.of(text.replace("exec ", ""), PYTHON)


@pytest.mark.parametrize(
    ("files", "text", "there"),
    [
        (GO, TWO_STAGES, False),
        (GO, TWO_STAGES.replace("EXPOSE 8080\n", ""), True),
        (PYTHON, SERVED.replace("EXPOSE 8000\n", ""), True),
        # Nobody names a port: gunicorn has its own default.
        (PYTHON, SERVED.replace("EXPOSE 8000\n", "").replace('"--bind", "0.0.0.0:8000", ', ""), False),
    ],
)
def test_a_port_is_declared(said: Said, files: Mapping[str, str], text: str, there: bool) -> None:
    assert ("port-undeclared" in said.of(text, files)) is there


@pytest.mark.parametrize(
    ("listed", "text", "expected"),
    [
        ("flask>=3\ngunicorn\n", SERVED, {"versions-open": 4}),
        ("flask==3.1.2\ngunicorn==23.0.0\npytest==9.0.0\n", SERVED, {"development-dependencies": 4}),
        ("flask==3.1.2\n", SERVED.replace("-r requirements.txt", "flask gunicorn"), {"lock-not-followed": 4}),
        ("flask==3.1.2\n", SERVED.replace("-r requirements.txt", "flask==3.1.2"), {}),
    ],
)
def test_versions_of_python(said: Said, listed: str, text: str, expected: dict[str, int]) -> None:
    assert said.of(text, {**PYTHON, "requirements.txt": listed}) == expected


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("nginx:alpine", "base-moving"),
        ("nginx:1.27-alpine", "base-ended"),
        ("golang:bookworm", "base-moving"),
        ("golang:1.15", "base-ended"),
        ("maven:3.8-openjdk-17", "base-ended"),
        ("maven:3.9-eclipse-temurin-21", None),
        ("adoptopenjdk/openjdk11:jre", "base-ended"),
        ("debian:trixie-slim", None),
        ("node:24-alpine3.23", None),
        ("python:3", None),
    ],
)
def test_bases_that_move_or_ended(said: Said, image: str, expected: str | None) -> None:
    wrong = said.of(f"FROM {image}\nUSER 1\n", {"a.txt": ""})
    assert {name for name in wrong if name.startswith("base-")} == ({expected} if expected else set())


def test_a_mirror_of_an_official_image_runs_as_root_too(said: Said) -> None:
    text = SERVED.replace("USER 1000\n", "")
    for image in ("mirror.example.org/python:3.14-slim", "public.ecr.aws/docker/library/python:3.14-slim"):
        assert said.of(text.replace("python:3.14-slim", image), PYTHON) == {"runs-as-root": 1}
    assert said.of(text.replace("python:3.14-slim", "ghcr.io/acme/python:3.14-slim"), PYTHON) == {}


def test_the_first_process_of_nginx_is_only_a_hint(said: Said, capsys: pytest.CaptureFixture[str]) -> None:
    assert "runs-as-root" in said.of(PAGES, {"site.conf": "server { listen 8080; }\n"})
    run(["lint", str(said.folder)])
    assert "hint: the container runs as root" in capsys.readouterr().out


def test_a_program_that_changes_its_user_starts_as_root(said: Said) -> None:
    text = 'FROM debian:trixie-slim\nRUN apt-get install -y openssh-server\nCMD ["/usr/sbin/sshd", "-D"]\n'
    assert said.of(text, {"a.txt": ""}) == {}


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("ENV DATABASE_URL=postgres://app:hunter2@db:5432/app\n", True),
        ("ENV DATABASE_URL=postgres://app:$PASSWORD@db:5432/app\n", False),
        ("ENV DATABASE_URL=postgres://db:5432/app\n", False),
        ("ENV DB_PASS=hunter2\n", True),
    ],
)
def test_passwords_in_addresses(said: Said, line: str, secret: bool) -> None:
    assert ("secret-in-image" in said.of(SERVED.replace("EXPOSE", f"{line}EXPOSE"), PYTHON)) is secret


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (".env.docker", SERVED, 5),
        (".env.example", SERVED, None),
        (".env", SERVED, None),
        (
            ".env.production",
            SERVED.replace("FROM", "FROM python:3.14-slim AS all\nCOPY . /all\nFROM").replace(
                "COPY . .", "COPY --from=all /all ."
            ),
            7,
        ),
        (".env.production", SERVED.replace("FROM", "FROM python:3.14-slim AS all\nCOPY . /all\nFROM"), 7),
        (".env.docker", SERVED.replace("COPY . .", "COPY app.py ."), None),
    ],
)
def test_settings_that_reach_the_image(said: Said, name: str, text: str, line: int | None) -> None:
    assert said.of(text, {**PYTHON, name: "DB_PASSWORD=hunter2\n"}).get("env-file-shipped") == line


PAGES = 'FROM nginx:1.29-alpine\nCOPY site.conf /etc/nginx/conf.d/default.conf\nCMD ["nginx", "-g", "daemon off;"]\n'


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("location /api/ { proxy_pass http://api:3000/; }", True),
        ("location /api/ { proxy_pass http://shop:3000/; }", False),
        ("location /api/ { proxy_pass http://$upstream; }", False),
        ("location /api/ { proxy_pass https://api.example.org; }", False),
        ("location /api/ { proxy_pass http://127.0.0.1:3000; }", True),
        ("location /api/ { proxy_pass http://127.0.0.1:8080; }", False),
        ("# proxy_pass http://api:3000/;", False),
        ("location /api/ { proxy_pass http://pool; }", True),
    ],
)
def test_hosts_of_a_proxy(said: Said, body: str, wrong: bool) -> None:
    pool = "upstream pool { server api:3000; }\n" if "pool" in body else ""
    files = {
        "site.conf": f"{pool}server {{\n  listen 8080;\n  {body}\n}}\n",
        "compose.yaml": "services:\n  shop:\n    image: example.org/shop:1\n",
    }
    assert ("proxied-host-exists" in said.of(PAGES, files)) is wrong


def test_a_configuration_in_the_dockerfile(said: Said) -> None:
    text = PAGES.replace("COPY site.conf", "COPY <<EOF").replace(
        "default.conf\n", "default.conf\nserver { location / { proxy_pass http://api; } }\nEOF\n"
    )
    assert said.of(text, {"a.txt": ""})["proxied-host-exists"] == 2


@pytest.mark.parametrize(
    ("copied", "missing"),
    [
        ("target/*.jar /app.jar", True),
        ("target/a.jar /app.jar", True),
        ("dist /dist", True),
        ("src /src", False),
        (".env /", True),
    ],
)
def test_a_fresh_checkout_builds(said: Said, copied: str, missing: bool) -> None:
    text = f'FROM eclipse-temurin:21-jre\nCOPY {copied}\nUSER 1\nCMD ["java", "-jar", "/app.jar"]\n'
    files = {**JAVA, ".gitignore": "target\ndist\n.env\n", ".dockerignore": "doc\n"}
    assert ("checkout-builds" in said.of(text, files)) is missing


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("USER", "RUN npm run build || true\nUSER", "failure-hidden"),
        ("USER", "RUN npm run build 2>/dev/null || true\nUSER", "failure-hidden"),
        ("USER", "RUN npm run build || exit 1\nUSER", None),
        ("USER", "RUN rm -r /x || true\nUSER", None),
        ("USER", "RUN curl -sSL https://example.org/x | bash -s -- -y\nUSER", "unchecked-script"),
        ("USER", "RUN curl -sSL https://example.org/x | tar xz\nUSER", None),
        ("USER", "RUN curl -sSL https://example.org/x | python3 -\nUSER", "unchecked-script"),
        ("USER", "RUN pip install --timeout 300 -r requirements.txt\nUSER", None),
        ("USER", "RUN npm install -g serve\nUSER", "versions-open"),
        ("USER", "RUN npm install -g serve@14.2.5 pnpm\nUSER", None),
        ("USER", "RUN pip install --upgrade pip && pip install semgrep\nUSER", "versions-open"),
        ("USER", "RUN pip install --upgrade pip && pip install 'semgrep==1.140.0'\nUSER", None),
    ],
)
def test_steps(said: Said, old: str, new: str, expected: str | None) -> None:
    # That the image lacks curl and npm is another matter.
    assert said.of(SERVED.replace(old, new), PYTHON).keys() - {"program-missing"} == ({expected} if expected else set())


@pytest.mark.parametrize(
    ("lines", "ends"),
    [
        ("USER nginx\n", True),
        ("RUN touch /var/run/nginx.pid && chown nginx /var/run/nginx.pid\nUSER nginx\n", False),
        ("RUN chmod -R 777 /run\nUSER nginx\n", False),
        ("COPY main.conf /etc/nginx/nginx.conf\nUSER nginx\n", False),
        ("", False),
    ],
)
def test_nginx_may_write_its_number(said: Said, lines: str, ends: bool) -> None:
    files = {"site.conf": "server { listen 8080; }\n", "main.conf": "pid /tmp/nginx.pid;\nevents {}\n"}
    assert ("nginx-writes-its-pid" in said.of(PAGES.replace("CMD", f"{lines}CMD"), files)) is ends
    free = PAGES.replace("nginx:1.29-alpine", "nginxinc/nginx-unprivileged:1.29")
    assert "nginx-writes-its-pid" not in said.of(free.replace("CMD", f"{lines}CMD"), files)


def test_a_source_that_an_argument_names(said: Said) -> None:
    text = "FROM eclipse-temurin:21-jre\nARG JAR=target/*.jar\nCOPY ${JAR} /app.jar\nUSER 1\n"
    assert said.of(text, {**JAVA, ".gitignore": "target\n"})["checkout-builds"] == 3


def test_what_the_ignore_file_leaves_out_is_no_matter_of_version_control(said: Said) -> None:
    files = {**JAVA, ".gitignore": "target\n", ".dockerignore": "*\n!target/*.jar\n"}
    assert "checkout-builds" not in said.of("FROM eclipse-temurin:21-jre\nCOPY src /src\nUSER 1\n", files)


@pytest.mark.parametrize(
    ("image", "asked", "wrong"),
    [
        ("golang:1.25", "1.26", True),
        ("golang:1.26", "1.26.3", False),
        ("golang:1.26.1", "1.26.3", True),
        ("golang:1.26.4-alpine", "1.26.3", False),
        ("golang:1.26", "1.25.0", False),
    ],
)
def test_go_is_as_new_as_the_module_asks(said: Said, image: str, asked: str, wrong: bool) -> None:
    files = {**GO, "go.mod": GO["go.mod"].replace("1.26", asked)}
    assert ("base-version" in said.of(TWO_STAGES.replace("golang:1.26", image), files)) is wrong


def test_the_script_that_the_container_runs_is_a_server_for_development(said: Said) -> None:
    files = {
        "package.json": '{"scripts": {"start": "react-scripts start"}, "dependencies": {"react-scripts": "5"}}',
        "src/index.js": "",
        ".dockerignore": ".git\n",
    }
    text = 'FROM node:24\nWORKDIR /app\nCOPY . .\nRUN npm install\nUSER 1\nCMD ["npm", "start"]\n'
    assert said.of(text, files)["development-server"] == 6
    assert said.of(text.replace('["npm", "start"]', "npm start"), files)["development-server"] == 6


def test_flask_serves_only_in_development(said: Said) -> None:
    text = SERVED.replace('"gunicorn", "--bind", "0.0.0.0:8000", "app:app"', '"python", "app.py"')
    code = PYTHON["app.py"] + "if __name__ == '__main__':\n    app.run(host='0.0.0.0', port=8000)\n"
    assert said.of(text, {**PYTHON, "app.py": code}) == {"development-server": 8}
    assert said.of(SERVED, {**PYTHON, "app.py": code}) == {}
    waits = "from waitress import serve\n" + PYTHON["app.py"] + "serve(app, port=8000)\n"
    assert "development-server" not in said.of(text, {**PYTHON, "app.py": waits})


@pytest.mark.parametrize(
    ("image", "lines", "missing"),
    [
        ("node:24-alpine", "", True),
        ("node:24-slim", "", True),
        ("node:24", "", False),
        ("node:24-alpine", "RUN apk add --no-cache openssl\n", False),
    ],
)
def test_system_packages_that_the_program_needs(said: Said, image: str, lines: str, missing: bool) -> None:
    files = {
        "package.json": '{"dependencies": {"@prisma/client": "6.5.0"}, "devDependencies": {"prisma": "6.5.0"}}',
        "prisma/schema.prisma": 'generator client {\n  provider = "prisma-client-js"\n}\n',
        "server.js": "const { PrismaClient } = require('@prisma/client');\nnew PrismaClient();\n"
        "require('http').createServer().listen(3000);\n",
        ".dockerignore": ".git\n",
    }
    text = f'FROM {image}\nWORKDIR /app\nCOPY . .\n{lines}RUN npm install\nUSER 1\nCMD ["node", "server.js"]\n'
    assert ("system-packages" in said.of(text, files)) is missing


def test_an_image_without_a_command(said: Said) -> None:
    text = SERVED[: SERVED.index("CMD")]
    assert said.of(text, PYTHON) == {"nothing-started": 1}
    assert "nothing-started" not in said.of(
        "FROM nginx:1.29-alpine\nCOPY a.html /usr/share/nginx/html/\n", {"a.html": ""}
    )


@pytest.mark.parametrize(
    ("image", "asked", "wrong"),
    [
        ("node:18", ">=20.0.0", True),
        ("node:20", ">=20.19.0", False),
        ("node:21", "^20.19.0 || >=22.12.0", True),
        ("node:24", "*", False),
    ],
)
def test_node_is_what_the_packages_ask_for(said: Said, image: str, asked: str, wrong: bool) -> None:
    lock = {
        "lockfileVersion": 3,
        "packages": {"": {"dependencies": {"router": "7"}}, "node_modules/router": {"engines": {"node": asked}}},
    }
    files = {
        "package.json": '{"dependencies": {"router": "7"}}',
        "package-lock.json": json.dumps(lock),
        "a.js": "",
        ".dockerignore": ".git\n",
    }
    text = f"FROM {image}\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nUSER 1\n"
    assert ("base-version" in said.of(text, files)) is wrong


def test_a_stage_that_another_one_copies_from_has_no_lockfile(said: Said) -> None:
    text = (
        "FROM node:24-alpine AS deps\nWORKDIR /b\nCOPY package.json ./\nRUN npm install\n"
        "FROM node:24-alpine AS build\nWORKDIR /b\nCOPY . .\nCOPY --from=deps /b/node_modules ./node_modules\n"
        "RUN npm run build\nFROM nginx:1.29-alpine\nCOPY --from=build /b/dist /usr/share/nginx/html\nEXPOSE 80\n"
    )
    package = '{"name": "pages", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7.0.0"}}'
    files = {"package.json": package, ".dockerignore": ".git\nnode_modules\n"}
    assert said.of(text, files).get("versions-open") == 4
    lock = {"package-lock.json": '{"lockfileVersion": 3, "packages": {"": {}}}'}
    assert "versions-open" not in said.of(text, {**files, **lock})
