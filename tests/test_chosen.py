"""Choices among several things that a tree has of one kind: ports, programs, manifests, Dockerfiles."""

from pathlib import Path

from genfile import generate
from tests.test_traps import inspect, only

GO_MOD = "module example.com/shop\n\ngo 1.25\n\nrequire github.com/gofiber/fiber/v2 v2.52.0\n"


def test_a_stand_in_for_tests_does_not_say_the_port() -> None:
    main = (
        'package main\n\nimport (\n\t"flag"\n\n\t"example.com/shop/api"\n)\n\nfunc main() {\n'
        '\tflag.String("port", "9898", "where it listens")\n\tflag.Parse()\n'
        "\tvar c api.Config\n\tfill(&c)\n\tapi.Serve(&c)\n}\n\nfunc fill(any) {}\n"
    )
    api = (
        'package api\n\nimport "net/http"\n\ntype Config struct{ Port string }\n\nfunc Serve(c *Config) {\n'
        "\thttp.ListenAndServe(c.Port, nil)\n}\n"
    )
    mock = 'package api\n\nfunc NewMock() *Config {\n\treturn &Config{Port: "9999"}\n}\n'
    files = {"go.mod": "module example.com/shop\n\ngo 1.25\n", "main.go": main, "api/a.go": mock, "api/server.go": api}
    assert only(**files).port == 9898


def test_an_address_that_is_put_together_of_an_ip_and_a_port() -> None:
    code = (
        'package main\n\nimport (\n\t"net/http"\n\t"net/netip"\n)\n\ntype web struct{ addr netip.AddrPort }\n\n'
        "func main() {\n\tw := web{addr: netip.AddrPortFrom(netip.IPv4Unspecified(), 3000)}\n"
        "\ts := &http.Server{Addr: w.addr.String()}\n\ts.ListenAndServe()\n}\n"
    )
    assert only(**{"go.mod": "module example.com/shop\n\ngo 1.25\n", "main.go": code}).port == 3000


def test_the_default_of_an_option_gives_way_to_the_variable_that_must_be_set() -> None:
    files = {
        "go.mod": GO_MOD,
        "main.go": (
            'package main\n\nimport (\n\t"example.com/shop/config"\n\t"example.com/shop/rpc"\n'
            '\t"example.com/shop/web"\n)\n\nfunc main() {\n\tcfg := config.Load()\n\tgo rpc.New().Start()\n'
            "\tweb.New(web.Port(cfg.HTTP.Port)).Start()\n}\n"
        ),
        "config/config.go": (
            "package config\n\ntype Config struct{ HTTP HTTP }\n\n"
            'type HTTP struct {\n\tPort string `env:"HTTP_PORT,required"`\n'
            "}\n\nfunc Load() *Config { return &Config{} }\n"
        ),
        "web/server.go": (
            'package web\n\nimport (\n\t"net"\n\n\t"github.com/gofiber/fiber/v2"\n)\n\nconst standard = ":80"\n\n'
            "type Server struct {\n\tapp *fiber.App\n\taddress string\n}\n\ntype Option func(*Server)\n\n"
            "func Port(port string) Option {\n"
            '\treturn func(s *Server) { s.address = net.JoinHostPort("", port) }\n}\n\n'
            "func New(all ...Option) *Server {\n\ts := &Server{app: fiber.New(), address: standard}\n"
            "\tfor _, one := range all {\n\t\tone(s)\n\t}\n\treturn s\n}\n\n"
            "func (s *Server) Start() { s.app.Listen(s.address) }\n"
        ),
        "rpc/server.go": (
            'package rpc\n\nimport (\n\t"context"\n\t"net"\n)\n\ntype Server struct{ address string }\n\n'
            'func New() *Server { return &Server{address: ":90"} }\n\nfunc (s *Server) Start() {\n'
            '\tvar lc net.ListenConfig\n\tlc.Listen(context.Background(), "tcp", s.address)\n}\n'
        ),
        ".env.example": "HTTP_PORT=8080\n",
    }
    spec = only(**files)
    assert (spec.port, spec.port_variable) == (8080, "HTTP_PORT")


def test_a_folder_that_a_line_below_hides_from_go_is_aside() -> None:
    serves = 'package main\n\nimport "net/http"\n\nfunc main() {\n\thttp.ListenAndServe(":8080", nil)\n}\n'
    files = {"app/go.mod": "module example.com/app\n\ngo 1.25\n", "app/main.go": serves}
    files |= {
        "app/_example/store/go.mod": "module example.com/store\n\ngo 1.25\n",
        "app/_example/store/main.go": serves,
    }
    assert only(**files).path == "app"


def test_a_workspace_of_nx_that_is_one_project() -> None:
    target = '{"executor": "@nx/esbuild:esbuild", "options": {"outputPath": "dist/api", "main": "src/main.ts"}}'
    spec = only(**{
        "package.json": '{"name": "api", "private": true, "scripts": {"start": "nx serve", "build": "nx build"},'
        ' "dependencies": {"express": "4.18.1"}, "devDependencies": {"nx": "17.2.6", "ts-node": "10.9.1"}}',
        "nx.json": "{}",
        "project.json": '{"name": "api", "targets": {"build": ' + target + "}}",
        "src/main.ts": "import express from 'express';\nexpress().listen(3000);\n",
    })  # fmt: skip
    assert spec.start == ("node", "dist/api/main.js")


def test_a_member_whose_name_is_a_field_of_npms() -> None:
    files = {
        "package.json": '{"name": "pad", "private": true, "workspaces": ["src", "bin"]}',
        "package-lock.json": '{"lockfileVersion": 3, "packages": {}}',
        "bin/package.json": '{"name": "bin", "private": true}',
        "src/package.json": '{"name": "pad-server", "bin": {"pad": "server.js"}, "scripts": {"prod": "node server.js"},'
        ' "dependencies": {"express": "5.0.0"}}',
        "src/server.js": "require('express')().listen(9001);\n",
    }
    assert [item.spec.path for item in inspect(**files).services] == ["src"]


def test_the_port_of_a_health_check_that_is_the_managements() -> None:
    build = (
        'plugins {\n  id("io.micronaut.application") version "4.5.0"\n}\n'
        'dependencies {\n  implementation("io.micronaut:micronaut-management")\n}\n'
        'application {\n  mainClass = "shop.Main"\n}\n'
    )
    files = {
        "build.gradle": build,
        "settings.gradle": "rootProject.name = 'shop-admin'\n",
        "src/main/java/shop/Main.java": "package shop; class Main { public static void main(String[] a) {} }",
        "src/main/resources/application.yml": "endpoints:\n  all:\n    port: 28081\n",
        "Dockerfile": (
            "FROM eclipse-temurin:21-jre\nCOPY build/libs/shop.jar /app.jar\n"
            'HEALTHCHECK CMD curl --fail http://localhost:28081/health\nCMD ["java", "-jar", "/app.jar"]\n'
        ),
    }
    assert only(**files).port == 8080


def test_a_dockerfile_of_another_name_that_starts_the_builds_own_jar() -> None:
    files = {
        "build.gradle": "plugins { id 'java' }\njar {\n  manifest { attributes('Main-Class': 'shop.Main') }\n}\n",
        "settings.gradle": "rootProject.name = 'tracker-server'\n",
        "src/main/java/shop/Main.java": (
            "package shop; class Main { public static void main(String[] a) throws Exception {"
            " new java.net.ServerSocket(8082).accept(); } }"
        ),
        "setup/tracker.xml": "<a/>\n",
        "docker/Dockerfile.debian": (
            "FROM debian AS package\nCOPY release.zip /tmp/\nRUN unzip /tmp/release.zip -d /opt/tracker\n"
            "FROM eclipse-temurin:25\nCOPY --from=package /opt/tracker /opt/tracker\nWORKDIR /opt/tracker\n"
            'ENTRYPOINT ["java"]\nCMD ["-jar", "tracker-server.jar", "conf/tracker.xml"]\n'
        ),
    }
    assert only(**files).start[-1] == "setup/tracker.xml"
    other = files | {
        "docker/Dockerfile.debian": files["docker/Dockerfile.debian"].replace("tracker-server", "other-server")
    }
    assert only(**other).start[-1] != "setup/tracker.xml"


LOCK = '{"lockfileVersion": 3, "packages": {"": {"dependencies": {"express": "5.0.0", "qrcode": "1.5.0"}}}}'
BUN_LOCK = '{"lockfileVersion": 1, "workspaces": {"": {"dependencies": {"express": "5.0.0"%s}}}, "packages": {}}'
MANIFEST = '{"name": "x", "private": true, "dependencies": {"express": "5.0.0", "qrcode": "1.5.0"}%s}'
SERVES = "require('express')().listen(3000)"


def manager(**files: str) -> str:
    """The package manager of a server with these files."""
    name: str = only(**{"package.json": MANIFEST % "", "server.js": SERVES} | files).package_manager.name
    return name


def test_of_several_lock_files_the_one_that_is_kept_up() -> None:
    stale, whole = BUN_LOCK % "", BUN_LOCK % ', "qrcode": "1.5.0"'
    assert manager(**{"bun.lock": stale, "bun.lockb": "x", "package-lock.json": LOCK}) == "npm"
    assert manager(**{"bun.lock": whole, "package-lock.json": LOCK}) == "bun"
    assert manager(**{"bun.lock": stale}) == "bun"


def test_a_binary_lock_file_without_the_name_of_a_dependency_is_stale() -> None:
    head = "#!/usr/bin/env bun\nbun-lockfile-format-v0\n\0\0"
    assert manager(**{"bun.lockb": f"{head}express\0\0", "package-lock.json": LOCK}) == "npm"
    assert manager(**{"bun.lockb": f"{head}express\0qrcode\0", "package-lock.json": LOCK}) == "bun"
    assert manager(**{"bun.lockb": f"{head}express\0\0"}) == "bun"
    # Bun reads the other one.
    whole = BUN_LOCK % ', "qrcode": "1.5.0"'
    assert manager(**{"bun.lock": whole, "bun.lockb": f"{head}express\0\0", "package-lock.json": LOCK}) == "bun"


def test_of_several_lock_files_the_one_whose_manager_the_scripts_call() -> None:
    pnpm = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n"
    pnpm += "".join(f"      {name}: {{specifier: 1.0.0, version: 1.0.0}}\n" for name in ("express", "qrcode"))
    files = {"bun.lock": BUN_LOCK % ', "qrcode": "1.5.0"', "pnpm-lock.yaml": pnpm}
    assert manager(**files) == "pnpm"
    scripts = MANIFEST % ', "scripts": {"start": "bun server.js", "build": "bun run check"}'
    assert manager(**files, **{"package.json": scripts}) == "bun"


def test_a_manager_that_is_named_and_has_no_lock_file() -> None:
    named = MANIFEST % ', "packageManager": "pnpm@10.0.0"'
    assert manager(**{"package.json": named, "package-lock.json": LOCK}) == "npm"
    assert manager(**{"package.json": named}) == "pnpm"
    stale = LOCK.replace(', "qrcode": "1.5.0"', "")
    assert manager(**{"package.json": named, "package-lock.json": stale}) == "pnpm"


def test_a_dockerfile_at_the_root_that_is_a_folders_below() -> None:
    files = {
        "package.json": '{"name": "site", "dependencies": {"express": "5.0.0"}}',
        "server.js": "require('express')().listen(process.env.PORT)",
        "api/requirements.txt": "flask==3.1.0\n",
        "api/app.py": "from flask import Flask\napp = Flask(__name__)\n",
        "Dockerfile": "FROM python:3.13\nCOPY api/ ./api/\nWORKDIR /api\nEXPOSE 8123\nCMD flask run --port 8123\n",
    }
    ports = {item.spec.path: item.spec.port for item in inspect(**files).services}
    assert ports["."] != 8123
    for copied in (".", "package.json server.js"):
        own = files | {"Dockerfile": f"FROM node:24\nCOPY {copied} ./\nEXPOSE 8123\nCMD node server.js\n"}
        assert {item.spec.path: item.spec.port for item in inspect(**own).services}["."] == 8123


def test_a_field_of_a_store_with_the_same_name() -> None:
    code = (
        'package main\n\nimport (\n\t"net/http"\n\n\t"example.com/shop/config"\n)\n\nfunc main() {\n'
        "\tcfg := config.Load()\n\thttp.ListenAndServe(cfg.Port, nil)\n}\n"
    )
    config = (
        "package config\n\ntype Server struct{ Port string }\n\ntype Redis struct{ Port string }\n\n"
        'func cache() *Redis { return &Redis{Port: "6379"} }\n\n'
        'func Load() *Server {\n\tcache()\n\treturn &Server{Port: ":9090"}\n}\n'
    )
    manifest = "module example.com/shop\n\ngo 1.25\n"
    assert only(**{"go.mod": manifest, "main.go": code, "config/a.go": config}).port == 9090


def test_a_page_of_streamlits_in_a_package_that_is_installed() -> None:
    pyproject = (
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "desk"\nversion = "1"\ndependencies = ["streamlit>=1.35"]\n'
    )
    page = "import streamlit as st\n\nst.title('Desk')\n"
    files = {"pyproject.toml": pyproject, "src/desk/__init__.py": "", "src/desk/dashboard/app.py": page}
    assert only(**files, **{"scripts/tool.py": "import json\n"}).start[:3] == (
        "streamlit",
        "run",
        "src/desk/dashboard/app.py",
    )


def test_an_application_deep_in_a_package_that_the_projects_own_image_starts() -> None:
    pyproject = (
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "desk"\nversion = "1"\ndependencies = ["fastapi"]\n'
    )
    files = {
        "pyproject.toml": pyproject,
        "desk/__init__.py": "",
        "desk/server/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    }
    dockerfile = 'FROM python:3.13\nCOPY . /app\nWORKDIR /app\nCMD ["fastapi", "run", "desk/server/main.py"]\n'
    assert only(**files, Dockerfile=dockerfile).framework == "fastapi"
    assert not inspect(**files).services


def test_a_lock_of_uvs_that_was_not_made_for_a_dependency() -> None:
    pyproject = '[project]\nname = "desk"\nversion = "1"\ndependencies = ["Flask>=3", "PyYAML"]\n'
    listed = '{ name = "flask", specifier = ">=3" }'
    stale = (
        'version = 1\n[[package]]\nname = "desk"\nversion = "1"\nsource = { virtual = "." }\n'
        f"[package.metadata]\nrequires-dist = [{listed}]\n"
    )
    files = {"pyproject.toml": pyproject, "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
    manager = only(**files, **{"uv.lock": stale}).package_manager
    assert (manager.name, manager.lockfile) == ("uv", None)
    (service,) = inspect(**files, **{"uv.lock": stale}).services
    assert any("PyYAML" in note.text and "uv lock" in note.text for note in service.notes)
    whole = stale.replace(listed, listed + ', { name = "pyyaml" }')
    assert only(**files, **{"uv.lock": whole}).package_manager.lockfile == "uv.lock"


def test_bun_is_in_the_image_where_it_only_starts_the_service(tmp_path: Path) -> None:
    """Its packages come from another manager, so that the image is one of Node's."""
    scripts = '"scripts": {"start": "bun ./index.ts"}, "packageManager": "pnpm@10.10.0"'
    files = {
        "package.json": '{"name": "x", "private": true, "dependencies": {"hono": "4.0.0"}, ' + scripts + "}",
        "pnpm-lock.yaml": "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n"
        "      hono: {specifier: 4.0.0, version: 4.0.0}\n",
        "index.ts": "import { Hono } from 'hono';\nexport default { port: 3000, fetch: new Hono().fetch };\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    made = generate(tmp_path)
    ((service, rendering),) = made.services
    assert (service.spec.start, service.risks) == (("bun", "./index.ts"), ())
    assert "npm install --global --no-audit --no-fund bun@1" in rendering.dockerfile


def test_a_build_over_several_lines_says_which_program_is_meant() -> None:
    serve = 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n'
    build = "FROM golang:1.25\nCOPY . .\nRUN CGO_ENABLED=0 go build \\\n    -o server \\\n    ./cmd/server/main.go\n"
    tree = {
        "go.mod": "module example.com/shop\n\ngo 1.25\n",
        "service.go": serve,
        "cmd/server/main.go": serve,
        "Dockerfile": build,
    }
    assert only(**tree).main_package == "./cmd/server"
    del tree["Dockerfile"]
    make = "MAIN=./cmd/server\n\nbuild:\n\tgo build -o bin/server $(MAIN)/main.go\n"
    assert only(**tree, Makefile=make).main_package == "./cmd/server"


def test_dockerfile_above_that_takes_one_folder_alone() -> None:
    express = '{"dependencies": {"express": "5.0.0"}, "scripts": {"start": "node index.js"}}'
    tree = {
        "package.json": '{"devDependencies": {"prettier": "3.0.0"}, "scripts": {"format": "prettier ."}}',
        "shop/package.json": express,
        "docs/index.md": "x",
        "shop/index.js": "require('express')().listen(process.env.PORT)",
        "Dockerfile": "FROM node:24\nWORKDIR /app\nCOPY shop/package.json ./\nRUN npm i\nCOPY shop ./\n"
        "RUN apt-get install -y iptables\nENV PORT=5050\nCMD node index.js\n",
    }
    spec = only(**tree)
    assert (spec.path, spec.port, spec.system_packages.run) == ("shop", 5050, ("iptables",))
    spec = only(**{**tree, "Dockerfile": tree["Dockerfile"].replace("COPY shop ./", "COPY shop docs ./")})
    assert (spec.path, spec.port, spec.system_packages.run) == ("shop", 3000, ())
