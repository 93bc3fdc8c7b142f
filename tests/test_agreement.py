"""tools/agreement: what a Dockerfile says is compared with what is found without it, by meaning."""

import pytest

from genfile.detect.tree import Tree
from genfile.source.memory import MemorySource
from tools.agreement.hide import container_files
from tools.agreement.model import Compared
from tools.agreement.program import file_name, go_package, program, same
from tools.agreement.repository import compare_source

EXPRESS = {
    "api/package.json": '{"scripts": {"start": "node src/server.js"}, "dependencies": {"express": "4.19.2"}}',
    "api/src/server.js": "const app = require('express')();\napp.listen(process.env.PORT || 4000);\n",
}
NODE = 'FROM node:24-slim\nWORKDIR /app\nCOPY package.json .\nCOPY . .\nEXPOSE 4000\nCMD ["npm", "start"]\n'


def compared(files: dict[str, str]) -> dict[str, Compared]:
    return {item.field: item for item in compare_source(MemorySource(files), "owner/name")}


def test_npm_start_and_the_file_behind_it_are_one() -> None:
    found = compared({**EXPRESS, "api/Dockerfile": NODE.replace('"npm", "start"', '"node", "src/server.js"')})
    assert found["found"].verdict == "agree"
    assert found["found"].service == "api"
    assert found["start"].verdict == "agree"
    assert found["port"].verdict == "agree"
    assert found["port"].written_at == "api/Dockerfile:5"


def test_another_file_and_another_port_differ() -> None:
    text = NODE.replace('"npm", "start"', '"node", "worker.js"').replace("4000", "5000")
    found = compared({**EXPRESS, "api/Dockerfile": text, "api/worker.js": ""})
    assert found["start"].verdict == "differ"
    assert (found["port"].verdict, found["port"].written, found["port"].found) == ("differ", "5000", "4000")


def test_a_port_that_the_image_sets_by_a_variable_that_is_known_agrees() -> None:
    found = compared({**EXPRESS, "api/Dockerfile": NODE.replace("EXPOSE 4000", "ENV PORT=5000\nEXPOSE 5000")})
    assert found["port"].verdict == "agree"


def test_what_compose_takes_from_outside_leaves_the_port_of_the_image() -> None:
    files = {
        **EXPRESS,
        "api/Dockerfile": NODE.replace("EXPOSE 4000", "ENV PORT=80\nEXPOSE 80"),
        "compose.yaml": "services:\n  api:\n    build: ./api\n    environment:\n      - PORT=${PORT}\n",
    }
    assert compared(files)["port"].verdict == "agree"
    named = {**files, "compose.yaml": files["compose.yaml"].replace("${PORT}", "81")}
    assert compared(named)["port"].verdict == "differ"


def test_the_image_of_a_root_is_of_the_member_whose_file_it_runs() -> None:
    copy = "COPY package.json .\nCOPY api/package.json api/\nRUN npm ci\nCOPY . .\n"
    files = {
        **EXPRESS,
        "package.json": '{"private": true, "workspaces": ["api", "web"]}',
        "web/package.json": '{"scripts": {"start": "node web.js"}, "dependencies": {"express": "4.19.2"}}',
        "web/web.js": "require('express')().listen(4001);\n",
        "Dockerfile": f'FROM node:24\nWORKDIR /app\n{copy}CMD ["node", "api/src/server.js"]\n',
    }
    found = compared(files)
    assert (found["found"].verdict, found["found"].service) == ("agree", "api")
    assert found["start"].verdict == "agree"


def test_a_binary_of_go_on_another_base_is_go() -> None:
    build = "FROM golang:1.25 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /bin/worker .\n"
    files = {
        "go.mod": "module example.com/worker\n\ngo 1.25\n",
        "main.go": 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":80", nil) }\n',
        "Dockerfile": f'{build}FROM python:3.13\nWORKDIR /app\nCOPY --from=build /bin/worker /app/\nCMD ["./worker"]\n',
    }
    assert (compared(files)["found"].language, compared(files)["found"].verdict) == ("go", "agree")


def test_an_archive_that_the_root_s_build_made_is_of_its_module() -> None:
    module = "plugins { id 'org.springframework.boot' version '3.3.2' }\n"
    main = "@SpringBootApplication\nclass App { public static void main(String[] words) {} }\n"
    compose = "services:\n"
    files = {"settings.gradle": "include 'order', 'user'\n", "build.gradle": "", "gradlew": ""}
    for name in ("order", "user"):
        files[f"{name}/build.gradle"] = module
        files[f"{name}/src/main/java/App.java"] = main
        copy = f"COPY {name}/build/libs/*.jar app.jar"
        files[f"{name}/Dockerfile"] = f'FROM eclipse-temurin:21-jre\n{copy}\nCMD ["java", "-jar", "app.jar"]\n'
        compose += f"  {name}:\n    build:\n      context: .\n      dockerfile: {name}/Dockerfile\n"
    files["compose.yaml"] = compose
    found = compare_source(MemorySource(files), "owner/name")
    assert [(item.service, item.verdict) for item in found if item.field == "found"] == [
        ("order", "agree"),
        ("user", "agree"),
    ]


def test_the_context_of_compose_is_where_sources_are_copied_from() -> None:
    files = {
        **EXPRESS,
        "docker/api.Dockerfile": "FROM node:24\nWORKDIR /app\nCOPY api/package.json .\nCOPY api .\nCMD npm start\n",
        "compose.yaml": "services:\n  api:\n    build:\n      context: .\n      dockerfile: docker/api.Dockerfile\n",
    }
    found = compared(files)
    assert found["found"].service == "api"
    assert found["start"].verdict == "agree"


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("Dockerfile", "FROM php:8\nCOPY . .\n", "not one of the four languages"),
        ("Dockerfile.dev", NODE, "a Dockerfile for development, tests or another process"),
        ("Dockerfile", "FROM node:24\nCOPY lost/app.json /x\n", "copies files that are not in the tree"),
    ],
)
def test_what_is_not_compared_says_why(path: str, text: str, reason: str) -> None:
    found = compared({path: text, "README.md": ""})
    assert found["found"].verdict == "not comparable"
    assert found["found"].reason == reason


def test_a_service_that_is_not_found_differs() -> None:
    found = compared({"Dockerfile": "FROM python:3.13\nCOPY requirements.txt .\n", "requirements.txt": "left-alone\n"})
    assert list(found) == ["found"]
    assert found["found"].verdict == "differ"


def test_container_files_are_hidden_and_others_are_not() -> None:
    files = {
        "Dockerfile.prod": "FROM scratch",
        "docker-compose.prod.yml": "",
        "production.yml": "services:\n  web:\n    build: .\n",
        ".dockerignore": "",
        "deploy/web.yaml": "apiVersion: apps/v1\nkind: Deployment\n",
        "chart/Chart.yaml": "name: a",
        "chart/templates/x.txt": "",
        "start.sh": "",
        "kept.sh": "",
        "Procfile": "web: sh kept.sh",
        "fly.toml": "",
        ".github/workflows/ci.yml": "jobs:\n  a:\n    services:\n      db:\n        image: postgres\n",
        "dockerfile_reader.py": "",
    }
    hidden = container_files(Tree(MemorySource(files)), ["start.sh", "kept.sh"])
    kept = {"kept.sh", "Procfile", "fly.toml", ".github/workflows/ci.yml", "dockerfile_reader.py"}
    assert hidden == frozenset(files) - kept


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("gunicorn shop.wsgi --bind 0.0.0.0:8000", "python manage.py runserver 0.0.0.0:8000", True),
        ("uvicorn app.main:app --port 80", "python -m uvicorn main:app", True),
        ("python src/bot.py", "python bot.py", True),
        ("flask --app shop run", "gunicorn shop:app", True),
        ("uvicorn app.main:app", "uvicorn app.other:app", False),
        ("uvicorn main:app", "uvicorn main:api", False),
        ("node dist/main.js", "ts-node src/main.ts", True),
        ("node dist", "node dist/index.js", True),
        ("node a.js", "node b.js", False),
        ("next start -p 80", "node server.js", True),
        ("java -jar app.war", "java -jar target/app.jar", True),
        ("celery -A shop worker", "gunicorn shop.wsgi", False),
    ],
)
def test_programs_are_compared_by_what_they_are(one: str, other: str, alike: bool) -> None:
    first, second = (program(tuple(text.split()), {}, {}) for text in (one, other))
    assert first is not None
    assert second is not None
    assert same(first, second) is alike


def test_what_cannot_be_seen_is_no_program() -> None:
    assert program(("/entrypoint.sh",), {}, {}) is None
    assert program(("npm", "start"), {}, {}) is None


def test_packages_that_go_builds() -> None:
    text = "cd cmd && CGO_ENABLED=0 go build -installsuffix cgo -o /x ./api && go install tool.org/x@latest"
    assert list(go_package(text)) == [("cmd", "./api")]


def test_files_without_the_folders_of_a_compiler() -> None:
    assert file_name("./dist/src/main.js") == "main"
    assert file_name("server") == "server"
