"""A front end that a server of the same tree gives out: one service whose image holds the files where it reads them."""

import json
from typing import Any

import pytest

from genfile.api import generate
from genfile.detect.inspection import Inspection, inspect_source
from genfile.source.memory import MemorySource

VITE = {"name": "pages", "private": True, "devDependencies": {"vite": "5.4.0"}, "dependencies": {"react": "18.3.1"}}
CRA = {"name": "pages", "private": True, "dependencies": {"react": "18.3.1", "react-scripts": "5.0.1"}}
BUILDS = {"dev": "vite", "build": "vite build"}
GO_MOD = {"api/go.mod": "module example.com/api\n\ngo 1.26\n"}
POM = (
    "<project><modelVersion>4.0.0</modelVersion><parent><groupId>org.springframework.boot</groupId>"
    "<artifactId>spring-boot-starter-parent</artifactId><version>3.5.0</version></parent>"
    "<groupId>example</groupId><artifactId>api</artifactId><version>1</version>"
    "<properties><java.version>21</java.version></properties><dependencies><dependency>"
    "<groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>"
    "</dependencies><build><plugins><plugin><groupId>org.springframework.boot</groupId>"
    "<artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>"
)
MAIN = (
    "package a;\n@org.springframework.boot.autoconfigure.SpringBootApplication\npublic class App {\n"
    "  public static void main(String[] a) { org.springframework.boot.SpringApplication.run(App.class, a); }\n}\n"
)
SPRING = {"api/pom.xml": POM, "api/src/main/java/a/App.java": MAIN}


def inspect(files: dict[str, str]) -> Inspection:
    return inspect_source(MemorySource({name: text.encode() for name, text in files.items()}))


def pages(folder: str, scripts: dict[str, str] | None = None, of: dict[str, Any] = VITE) -> dict[str, str]:
    """A front end in a folder: pages and a build."""
    page = "index.html" if of is VITE else "public/index.html"
    document = {**of, "scripts": scripts or BUILDS}
    return {f"{folder}/package.json": json.dumps(document), f"{folder}/{page}": "<div></div>"}


def server(folder: str, code: str, scripts: dict[str, str] | None = None, **more: str) -> dict[str, str]:
    """An Express server in a folder, `` for the root."""
    place = f"{folder}/" if folder else ""
    document = {"name": "api", "private": True, "dependencies": {"express": "5.0.0", **more}}
    document["scripts"] = scripts or {"start": "node index.js"}
    head = 'const express = require("express"), path = require("path"), app = express();\n'
    return {
        f"{place}package.json": json.dumps(document),
        f"{place}index.js": f"{head}{code}\napp.listen(process.env.PORT || 5000);\n",
    }


def only(files: dict[str, str]) -> Any:
    services = inspect(files).services
    assert len(services) == 1, [item.spec.path for item in services]
    return services[0].spec


def paths(files: dict[str, str]) -> list[str]:
    return [item.spec.path for item in inspect(files).services]


def risks(files: dict[str, str]) -> list[str]:
    """What is wrong with the image on paper."""
    made = generate(MemorySource({name: text.encode() for name, text in files.items()}))
    return [risk.text for service, _ in made.services for risk in service.risks]


PUBLIC = 'app.use(express.static(path.join(__dirname, "public")));'


@pytest.mark.parametrize(
    ("scripts", "target", "room"),
    [
        ({"build": "vite build && cp -r dist/. ../api/public"}, "api/public", "../api/public"),
        ({"build": "vite build && rm -rf ../api/public && mv dist ../api/public"}, "api/public", "../api"),
        ({"build": "vite build", "postbuild": "cp -r dist ../api"}, "api/dist", "../api"),
        (
            {"build": "vite build && npm run put", "put": "shx cp -r dist/* ../api/public"},
            "api/public",
            "../api/public",
        ),
    ],
    ids=["contents", "moved", "into", "called"],
)
def test_build_that_copies_into_the_server(scripts: dict[str, str], target: str, room: str) -> None:
    files = {**server("api", PUBLIC), **pages("web", scripts)}
    spec = only(files)
    assert (spec.path, spec.frontend.output, spec.frontend.target) == ("api", target, target)
    assert spec.frontend.build == (f"mkdir -p {room}", "npm run build")
    assert risks(files) == []


def test_copy_into_a_folder_that_is_there_lies_below_it() -> None:
    files = {**server("api", PUBLIC), "api/public/robots.txt": "", **pages("web")}
    files["web/package.json"] = json.dumps({**VITE, "scripts": {"build": "vite build && cp -r dist ../api/public"}})
    assert only(files).frontend.target == "api/public/dist"


@pytest.mark.parametrize(
    ("folder", "scripts"),
    [
        ("", {"deploy": "cd web && npm run build && mv dist ../api/public"}),
        ("api", {"start": "node index.js", "build:ui": "cd ../web && npm run build && cp -r dist/. ../api/public"}),
    ],
    ids=["of the root", "of the server"],
)
def test_script_that_puts_the_output_into_the_server(folder: str, scripts: dict[str, str]) -> None:
    files = {**server("api", PUBLIC), **pages("web")}
    name = f"{folder}/package.json" if folder else "package.json"
    files[name] = json.dumps({**json.loads(files.get(name, '{"private": true}')), "scripts": scripts})
    spec = only(files)
    assert (spec.frontend.output, spec.frontend.target, spec.frontend.build) == (
        "web/dist",
        "api/public",
        ("npm run build",),
    )
    # The stage does what the server's own script would do.
    assert spec.build == ()


def test_copy_for_a_server_of_another_language() -> None:
    to_java = {"build": "vite build", "postbuild": "cp -r dist/* ../api/src/main/resources/static/"}
    assert only({**SPRING, **pages("web", to_java)}).frontend.target == "api/src/main/resources/static"
    embed = 'package main\nimport ("embed"; "net/http")\n//go:embed all:dist\nvar files embed.FS\n'
    code = f'{embed}func main() {{ http.Handle("/", http.FileServerFS(files)); http.ListenAndServe(":8080", nil) }}\n'
    files = {**GO_MOD, "api/main.go": code, **pages("web", {"build": "vite build && cp -r dist ../api/dist"})}
    assert only(files).frontend.target == "api/dist"


@pytest.mark.parametrize(
    ("folder", "opened", "copied"),
    [("api", "../web/dist", "/web/dist"), ("", "web/dist", "/app/web/dist")],
)
def test_files_that_a_go_server_reads_from_disk_are_in_its_image(folder: str, opened: str, copied: str) -> None:
    code = f'import "net/http"\nfunc main() {{ http.Handle("/", http.FileServer(http.Dir("{opened}")))'
    code = f'package main\n{code}; http.ListenAndServe(":8080", nil) }}\n'
    where = f"{folder}/" if folder else ""
    proxy = "export default { server: { proxy: { '/api': 'http://localhost:8080' } } }\n"
    files = {f"{where}go.mod": GO_MOD["api/go.mod"], f"{where}main.go": code, **pages("web")}
    files["web/vite.config.js"] = proxy
    made = generate(files)
    ((_, rendering),) = made.services
    build, runtime = rendering.dockerfile.split("AS runtime\n")
    assert f"COPY --link --from=frontend /app/web/dist {copied}\n" in runtime
    assert "--from=frontend" not in build
    # The server answers /api itself.
    assert not any("passes /api on" in note.text for note in made.notes)


def test_files_that_a_go_server_embeds_are_in_its_binary() -> None:
    embed = 'package main\nimport ("embed"; "net/http")\n//go:embed all:dist\nvar files embed.FS\n'
    code = f'{embed}func main() {{ http.Handle("/", http.FileServerFS(files)); http.ListenAndServe(":8080", nil) }}\n'
    files = {**GO_MOD, "api/main.go": code, **pages("web", {"build": "vite build --outDir ../api/dist"})}
    ((_, rendering),) = generate(files).services
    build, runtime = rendering.dockerfile.split("AS runtime\n")
    assert "--from=frontend" in build
    assert "--from=frontend" not in runtime


def test_copy_for_others_than_the_server_is_none_of_its_own() -> None:
    scripts = {"start": "node index.js", "pages": "cd web && npm run build && cp -r dist ../docs"}
    files = {**server("", 'app.get("/", (q, r) => r.send("x"));', scripts), **pages("web")}
    assert paths(files) == [".", "web"]


def test_server_whose_build_is_that_of_its_front_end() -> None:
    code = 'app.use(express.static(require("config").get("pages")));'
    scripts = {"start": "node index.js", "build": "cd web && npm install && npm run build"}
    spec = only({**server("", code, scripts, config="3.3.0"), **pages("web", {"build": "react-scripts build"}, CRA)})
    assert (spec.path, spec.frontend.path, spec.frontend.target, spec.build) == (".", "web", "web/build", ())


def test_own_part_of_a_build_that_makes_the_front_end_too() -> None:
    scripts = {"start": "node index.js", "build": "npx tsc --outDir out && npm run build --prefix web"}
    files = {**server("", "app.use(express.static(process.env.PAGES));", scripts, typescript="5.9.0"), **pages("web")}
    spec = only(files)
    assert (spec.frontend.path, spec.build) == ("web", ("npx --no-install tsc --outDir out",))


def test_build_of_pages_that_the_server_does_not_give_out() -> None:
    scripts = {"start": "node index.js", "build": "cd web && npm install && npm run build"}
    assert paths({**server("", "", scripts), **pages("web")}) == [".", "web"]


def test_output_by_build_path() -> None:
    scripts = {"build": "BUILD_PATH='../api/public' react-scripts build"}
    files = {**server("api", PUBLIC), **pages("web", scripts, CRA)}
    assert only(files).frontend.target == "api/public"
    assert risks(files) == []
    alone = pages("web", {"build": "react-scripts build"}, CRA) | {"web/.env.production": "BUILD_PATH=./site\n"}
    assert only(alone).static.root == "web/site"


def test_output_of_a_bundler_outside_of_its_folder_is_there_on_paper() -> None:
    config = 'export default { build: { outDir: "../api/src/main/resources/static" } }'
    files = {**SPRING, **pages("web"), "web/vite.config.js": config}
    assert only(files).frontend.target == "api/src/main/resources/static"
    assert risks(files) == []


# --- programs that an application for desktops brings along ---------------------------------------------------------

FLASK = "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run(port=5001)\n"
DESKTOP = {
    "name": "d",
    "main": "main.js",
    "devDependencies": {"electron": "40.0.0"},
    "scripts": {"start": "electron ."},
}


def desktop(main: str, folder: str, **more: Any) -> dict[str, str]:
    place = f"{folder}/" if folder else ""
    return {
        "package.json": json.dumps({**DESKTOP, **more}),
        "main.js": f'const {{ app }} = require("electron"), path = require("path");\n{main}\n',
        f"{place}app.py": FLASK,
        f"{place}requirements.txt": "flask==3.1.0\n",
    }


def test_program_that_a_desktop_application_starts_is_no_service() -> None:
    assert paths(desktop("", "")) == []
    started = 'require("child_process").spawn("python3", [path.join(__dirname, "engine", "app.py")]);'
    assert paths(desktop(started, "engine")) == []
    packed = {"build": {"extraResources": [{"from": "engine/dist", "to": "engine"}]}}
    assert paths(desktop("", "engine", **packed)) == []


def test_server_beside_a_desktop_application_is_a_service() -> None:
    assert paths(desktop('fetch("https://api.example.com");', "engine")) == ["engine"]
    assert paths({**desktop("", ""), "Procfile": "web: python app.py\n"}) == ["."]


EMBED = 'import "embed"\n\n//go:embed {}\nvar Files embed.FS\n'
SERVES = (
    'package main\n\nimport ("net/http"; _ "example.com/api/{}")\n\n'
    'func main() {{ http.ListenAndServe(":7000", nil) }}\n'
)


def test_front_end_of_the_program_that_is_built() -> None:
    files = {
        **GO_MOD,
        "api/cmd/api/main.go": SERVES.format("web/server"),
        "api/cmd/agent/main.go": SERVES.format("web/agent"),
        "api/web/server/embed.go": f"package server\n\n{EMBED.format('dist')}",
        "api/web/agent/embed.go": f"package agent\n\n{EMBED.format('dist')}",
        **pages("api/web/agent"),
        **pages("api/web/server"),
    }
    assert only(files).frontend.path == "api/web/server"
    assert any("another program" in note.text for note in inspect(files).notes)


def test_front_end_beside_the_one_that_its_package_embeds() -> None:
    files = {
        **GO_MOD,
        "api/main.go": SERVES.format("ui"),
        "api/ui/web.go": f"package ui\n\n{EMBED.format('app/dist')}",
        **pages("api/ui/app"),
        **pages("api/ui/next"),
        **pages("site"),
    }
    assert paths(files) == ["api", "site"]
    # One that has an image of its own is a service.
    dockerfile = "FROM node:24\nCOPY . .\nRUN npm ci && npm run build\nFROM nginx\nCOPY --from=0 /dist /srv\n"
    assert paths({**files, "api/ui/next/Dockerfile": dockerfile}) == ["api", "api/ui/next", "site"]


def test_a_copy_of_manifests_says_nothing_of_where_a_front_end_lies() -> None:
    image = (
        "FROM node:22 AS web\nWORKDIR /app/web\nCOPY web/package*.json ./\nRUN npm ci\nCOPY web/ ./\n"
        "RUN npm run build\n"
        "FROM golang:1.25 AS build\nWORKDIR /app\nCOPY . .\n"
        "COPY --from=web /app/web/dist ./internal/static/dist/\nRUN go build -o /srv .\n"
        'FROM debian:12\nCOPY --from=build /srv /srv\nCMD ["/srv"]\n'
    )
    embeds = 'package static\n\nimport "embed"\n\n//go:embed dist\nvar Files embed.FS\n'
    tree = {
        "go.mod": "module example.com/shop\n\ngo 1.25\n",
        "main.go": 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n',
        "internal/static/files.go": embeds,
        "web/package.json": '{"name":"web","devDependencies":{"vite":"6.0.0"},"scripts":{"build":"vite build"}}',
        "web/package-lock.json": '{"lockfileVersion":3,"packages":{}}',
        "web/index.html": "",
        "Dockerfile": image,
    }
    found = only(tree).frontend
    assert (found.output, found.target) == ("web/dist", "internal/static/dist")


BOOT = {"settings.gradle": "rootProject.name = 'shop'", "src/main/java/a/App.java": MAIN}
KOTLIN = """plugins { id("java"); id("org.springframework.boot") version "3.5.0" }
val ui = layout.projectDirectory.dir("ui")
val pack = tasks.register<Exec>("pack") {
    workingDir(ui)
    commandLine("npm", "run", "build")
    outputs.dir(ui.dir("dist"))
}
tasks.processResources { from(pack) { into("static") } }
"""
GROOVY = """plugins { id 'java'; id 'org.springframework.boot' version '3.5.0' }
task pack(type: Exec) {
    workingDir "$projectDir/ui"
    commandLine 'npm', 'run', 'build'
}
processResources.dependsOn pack
"""


@pytest.mark.parametrize(("name", "script"), [("build.gradle.kts", KOTLIN), ("build.gradle", GROOVY)])
def test_front_end_that_a_task_of_gradle_builds(name: str, script: str) -> None:
    found = inspect({**BOOT, name: script, **pages("ui")}).services
    assert [item.spec.path for item in found] == ["."]
    spec = found[0].spec
    assert spec.frontend is not None
    assert (spec.frontend.path, spec.frontend.target) == ("ui", "ui/dist")
    assert spec.build[-1].endswith(" -x pack")


def test_front_end_beside_a_task_of_gradle_for_another_folder() -> None:
    found = inspect({**BOOT, "build.gradle": GROOVY.replace("/ui", "/docs"), **pages("ui")}).services
    assert [item.spec.path for item in found] == [".", "ui"]
    assert not found[0].spec.build[-1].endswith(" -x pack")


@pytest.mark.parametrize("start", ["node dist/main", "node dist/main.js"])
def test_pages_that_the_source_of_a_committed_output_gives_out(start: str) -> None:
    app = 'import express from "express"; import { files } from "./files"; files(express()).listen(5000);'
    give = 'import path from "path"; import express from "express"; export const files = (app) =>\n'
    give += '  app.use(express.static(path.join(__dirname, "..", "..", "pages", "dist")));'
    files = server("api", "", {"build": "tsc", "start": start}, typescript="5.9.0")
    del files["api/index.js"]
    config = {"compilerOptions": {"outDir": "dist", "rootDir": "src", "module": "commonjs"}}
    sources = {"api/src/main.ts": app, "api/src/files.ts": give, "api/tsconfig.json": json.dumps(config)}
    # Of the output, only one file is committed.
    spec = only({**files, **sources, "api/dist/main.js": 'require("./files")', **pages("pages")})
    assert (spec.path, spec.port) == ("api", 5000)
    assert (spec.frontend.path, spec.frontend.target) == ("pages", "pages/dist")


FLASK_AND_PAGE = {
    "package.json": json.dumps(
        {"dependencies": {"react-scripts": "5.0.1"}, "scripts": {"build": "react-scripts build"}}
    ),
    "public/index.html": "<div id=root></div>",
    "src/index.js": "fetch('http://127.0.0.1:5069/prices')",
}
PRICES = "from flask import Flask\napp = Flask(__name__%s)\nif __name__ == '__main__':\n    app.run(port=5069)\n"


def told(files: dict[str, str]) -> list[tuple[str, str]]:
    return [(note.level, note.text) for note in inspect(files).notes if "package.json" in (note.path or "")]


def test_page_in_the_folder_of_a_program_that_does_not_serve_it_is_missing_from_the_image() -> None:
    found = told({**FLASK_AND_PAGE, "server.py": PRICES % ""})
    assert [level for level, _ in found] == ["warning"]
    assert "this front end is in no image" in found[0][1]
    assert "does not serve build" in found[0][1]


def test_page_in_the_folder_of_a_program_that_serves_it_is_part_of_the_image() -> None:
    files = {**FLASK_AND_PAGE, "server.py": PRICES % ", static_folder='build'"}
    assert [(level, "counts as part" in text) for level, text in told(files)] == [("info", True)]
    assert only(files).frontend.target == "build"


API_IMAGE = """FROM node:24 AS modules
WORKDIR /app
COPY package*.json ./
COPY apps/api/package.json ./apps/api/
RUN npm ci --omit=dev
FROM node:24 AS build
WORKDIR /app
COPY package*.json ./
COPY apps/api/package.json ./apps/api/
COPY apps/web/package.json ./apps/web/
COPY packages/shared/package.json ./packages/shared/
RUN npm ci
COPY packages/shared packages/shared
COPY apps/api apps/api
RUN npm run build -w packages/shared && npm run build -w apps/api
FROM node:24-slim
WORKDIR /app
COPY --from=modules /app/node_modules ./node_modules
COPY --from=build /app/packages/shared/dist ./packages/shared/dist
COPY --from=build /app/apps/api/dist ./apps/api/dist
CMD ["node", "apps/api/dist/main.js"]
"""


def test_an_image_that_takes_only_the_manifest_of_a_front_end_does_not_build_it() -> None:
    files = {
        "package.json": json.dumps({"private": True, "workspaces": ["apps/*", "packages/*"]}),
        "packages/shared/package.json": json.dumps({"name": "shared", "scripts": {"build": "tsc"}}),
        **server("apps/api", ""),
        **pages("apps/web"),
        "apps/api/Dockerfile": API_IMAGE,
    }
    assert paths(files) == ["apps/api", "apps/web"]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ('["bun", "run", ".output/server/index.mjs"]', ["api", "web"]),
        ('["bun", "server.ts"]', ["api", "web"]),
        ('["deno", "run", "-A", "server.ts"]', ["api", "web"]),
        ('["/srv"]', ["api"]),
    ],
)
def test_a_front_end_whose_image_starts_a_server_is_a_service(command: str, expected: list[str]) -> None:
    image = (
        "FROM oven/bun:1 AS pages\nCOPY web /web\nWORKDIR /web\nRUN bun install && bun run build\n"
        "FROM golang:1.26 AS build\nCOPY api /api\nRUN cd /api && go build -o /srv .\n"
        f"FROM debian\nCOPY --from=build /srv /srv\nCOPY --from=pages /web/dist /api/web\nCMD {command}\n"
    )
    code = 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":7000", nil) }\n'
    web = server("web", "", {"build": "vite build", "start": "node index.js"}, vite="7.1.0")
    assert paths({**GO_MOD, "api/main.go": code, "Dockerfile": image, **web}) == expected


def test_the_image_of_a_front_end_alone_says_nothing_of_a_program_at_the_root() -> None:
    image = (
        "FROM node:24 AS build\nCOPY web/ .\nRUN npm ci && npm run build\n"
        "FROM nginx\nCOPY --from=build /dist /usr/share/nginx/html\n"
    )
    code = 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":7000", nil) }\n'
    files = {"go.mod": "module example.com/api\n\ngo 1.26\n", "main.go": code, **pages("web")}
    assert paths({**files, "web/Dockerfile": image}) == [".", "web"]


@pytest.mark.parametrize(
    ("script", "text", "target"),
    [
        (
            "build.sh",
            "#!/bin/sh\nset -e\ncd web && npm run build && cd ..\ncp -R web/dist/. api/ui/dist/\n",
            "api/ui/dist",
        ),
        ("scripts/pages.sh", "pages() {\n  rsync -a web/dist/ api/ui/dist\n}\npages\n", "api/ui/dist"),
        ("build.sh", 'cp -R "$ROOT/web/dist" api/ui/dist\n', None),
        ("build.sh", "cp -R web/dist /srv/www\n", None),
        ("build.sh", "cp -R docs/dist api/ui/dist\n", None),
    ],
)
def test_a_script_that_moves_the_front_end_to_where_it_is_embedded(script: str, text: str, target: str | None) -> None:
    files = {
        **GO_MOD,
        "api/main.go": SERVES.format("ui"),
        "api/ui/ui.go": f"package ui\n\n{EMBED.format('all:dist')}",
        "api/ui/dist/.keep": "",
        **pages("web"),
        script: text,
    }
    found = {item.spec.path: item.spec for item in inspect(files).services}
    front = found["api"].frontend
    assert (front.target if front is not None else None, "web" in found) == (target, target is None)
