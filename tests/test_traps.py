"""What real trees do: each case is the smallest tree that has the trap, and what genfile must read there."""

import json
from typing import Any

import pytest

from genfile.detect.inspection import Inspection, inspect_source
from genfile.source.memory import MemorySource


def inspect(**files: str) -> Inspection:
    """Inspect a tree that is given as file names (`__` for a slash is not needed: pass a dict by `**`)."""
    return inspect_source(MemorySource({name: text.encode() for name, text in files.items()}))


def only(**files: str) -> Any:
    """The spec of the one service of a tree."""
    services = inspect(**files).services
    assert [item.spec.path for item in services] == [services[0].spec.path], [item.spec.path for item in services]
    return services[0].spec


def package(**keys: Any) -> str:
    return json.dumps({"name": "x", "private": True, **keys})


EXPRESS = {"express": "5.0.0"}
LISTEN = "const app = require('express')(); app.listen(process.env.PORT)"
FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n"
GO_SERVER = 'package main\nimport "net/http"\nfunc main() { http.ListenAndServe(":9000", nil) }\n'
GO_MOD = "module example.com/shop\n\ngo 1.26\n"
VITE_PAGE = {"index.html": "<div id=app></div>"}


# --- evidence of hosts and containers ------------------------------------------------------------------------------


def test_exposed_port_fills_what_the_code_leaves_open() -> None:
    files = {"package.json": package(dependencies=EXPRESS, scripts={"start": "node server.js"}), "server.js": LISTEN}
    spec = only(**files, Dockerfile="FROM node:24\nEXPOSE 4100\nCMD node server.js\n")
    assert (spec.port, spec.port_variable) == (4100, "PORT")


def test_port_in_the_code_beats_the_dockerfile() -> None:
    code = "require('express')().listen(5000)"
    files = {"package.json": package(dependencies=EXPRESS, scripts={"start": "node server.js"}), "server.js": code}
    assert only(**files, Dockerfile="FROM node:24\nEXPOSE 80\n").port == 5000


def test_ports_of_other_protocols_are_passed_over() -> None:
    files = {"package.json": package(dependencies=EXPRESS, scripts={"start": "node server.js"}), "server.js": LISTEN}
    assert only(**files, Dockerfile="FROM node:24\nEXPOSE 22 3100\n").port == 3100


def test_port_of_an_env_example() -> None:
    files = {"package.json": package(dependencies=EXPRESS, scripts={"start": "node server.js"}), "server.js": LISTEN}
    assert only(**files, **{".env.example": "PORT=4200\nSECRET=\n"}).port == 4200


def test_port_of_a_schema() -> None:
    code = (
        "import { z } from 'zod'; const env = z.object({ PORT: z.coerce.number().default(4300) }); app.listen(env.PORT)"
    )
    files = {"package.json": package(dependencies=EXPRESS, scripts={"start": "node server.js"}), "server.js": code}
    assert only(**files).port == 4300


def test_fly_says_port_health_and_release() -> None:
    toml = '[deploy]\nrelease_command = "python seed.py"\n[http_service]\ninternal_port = 8090\n'
    files = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": FASTAPI, "fly.toml": toml}
    spec = only(**files, **{"seed.py": ""})
    # A file that is not there is one of another layout.
    assert only(**files).release is None
    assert spec.port == 8090
    assert "8090" in spec.start
    assert spec.release == ("python", "seed.py")


@pytest.mark.parametrize(
    "host",
    [
        {"render.yaml": "services:\n  - {type: web, name: shop, preDeployCommand: npm run db:up}\n"},
        {"railway.json": '{"deploy": {"preDeployCommand": ["npm run db:up"]}}'},
        {"heroku.yml": "run:\n  web: node server.js\nrelease:\n  command: [npm run db:up]\n"},
    ],
)
def test_a_host_says_what_runs_before_each_release(host: dict[str, str]) -> None:
    scripts = {"start": "node server.js", "db:up": "knex migrate:latest"}
    needs = {**EXPRESS, "knex": "3.1.0"}
    files = {"package.json": package(dependencies=needs, scripts=scripts), "server.js": LISTEN}
    release = only(**files, **host).release
    assert release is not None
    assert release[0].endswith("knex")
    assert release[1:] == ("migrate:latest",)


def test_what_a_host_runs_goes_before_the_frameworks_own_command_and_not_before_a_procfile() -> None:
    files = {
        "requirements.txt": "django==5.2\ngunicorn==23.0\n",
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
        "shop/__init__.py": "",
        "shop/settings.py": "SECRET_KEY = 'x'\nDATABASES = {'default': {'ENGINE': 'x'}}\n",
        "shop/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
        "fly.toml": '[deploy]\nrelease_command = "python manage.py prepare"\n',
    }
    assert only(**files).release == ("python", "manage.py", "prepare")
    procfile = "web: gunicorn shop.wsgi\nrelease: python manage.py migrate\n"
    assert only(**files, Procfile=procfile).release == ("python", "manage.py", "migrate")


def test_version_of_an_image_without_support_is_raised_to_the_next_with() -> None:
    files = {"package.json": package(dependencies=EXPRESS, scripts={"start": "node server.js"}), "server.js": LISTEN}
    found = inspect(**files, Dockerfile="FROM node:16-alpine\n").services[0]
    assert found.spec.runtime is not None
    assert found.spec.runtime.version == "22"
    assert found.facts["/runtime/version"].guess


def test_ci_names_the_version_where_nothing_else_does() -> None:
    workflow = 'jobs:\n  t:\n    steps:\n      - uses: actions/setup-python@v5\n        with:\n          python-version: "3.12"\n'
    files = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": FASTAPI, ".github/workflows/ci.yml": workflow}
    assert only(**files).runtime.version == "3.12"
    # The newest of the day is no version of the project's.
    files[".github/workflows/a.yml"] = workflow.replace("3.12", "3.x")
    assert only(**files).runtime.version == "3.12"
    del files[".github/workflows/ci.yml"]
    assert inspect(**files).services[0].evidence["/runtime/version"][0].path == "requirements.txt"


def test_own_command_of_the_dockerfile_is_kept() -> None:
    files = {
        "requirements.txt": "fastapi\nuvicorn\n",
        "api/main.py": FASTAPI,
        "local/main.py": FASTAPI,
        "Dockerfile": 'FROM python:3.13\nCMD ["sh", "-c", "uvicorn local.main:app --port ${PORT:-8123}"]\n',
    }
    spec = only(**files)
    assert "local.main:app" in " ".join(spec.start)
    assert spec.port == 8123


def test_programs_that_the_dockerfile_installs_are_kept() -> None:
    dockerfile = "FROM alpine AS x\nRUN apk add build-base\nFROM alpine\nRUN apk add --no-cache ffmpeg tini\n"
    spec = only(**{"go.mod": GO_MOD, "main.go": GO_SERVER, "Dockerfile": dockerfile})
    assert spec.system_packages.run == ("ffmpeg",)


# --- Node ----------------------------------------------------------------------------------------------------------


def test_member_that_others_need_is_a_library() -> None:
    files = {
        "package.json": package(workspaces=["packages/*", "apps/*"]),
        "apps/web/package.json": package(dependencies={**EXPRESS, "@x/db": "*"}, scripts={"start": "node server.js"}),
        "apps/web/server.js": LISTEN,
        "packages/db/package.json": json.dumps({"name": "@x/db", "main": "index.js", "dependencies": {"pg": "8"}}),
        "packages/db/index.js": "module.exports = 1",
    }
    assert only(**files).path == "apps/web"


def test_framework_of_the_workspace_root() -> None:
    files = {
        "package.json": package(workspaces=["site"], devDependencies={"vite": "7.0.0"}),
        "site/package.json": package(scripts={"build": "vite build"}),
        "site/index.html": "<div/>",
    }
    spec = only(**files)
    assert (spec.path, spec.framework, spec.static.root) == ("site", "vite", "site/dist")


def test_vitepress_in_the_folder_that_is_built() -> None:
    here = {"package.json": package(devDependencies={"vitepress": "2"}, scripts={"build": "vitepress build"})}
    assert only(**here, **{"index.md": "#"}).static.root == ".vitepress/dist"
    below = {"package.json": package(devDependencies={"vitepress": "2"}, scripts={"build": "vitepress build docs"})}
    assert only(**below, **{"docs/index.md": "#"}).static.root == "docs/.vitepress/dist"


@pytest.mark.parametrize(
    "files",
    [
        {"package.json": package(dependencies={"hono": "4"}, scripts={"dev": "wrangler dev"}), "wrangler.toml": ""},
        {
            "package.json": package(
                devDependencies={"@sveltejs/kit": "2", "@sveltejs/adapter-vercel": "6"}, scripts={"build": "vite build"}
            )
        },
        {"package.json": package(devDependencies={"webpack": "5"}, scripts={"build": "webpack"}), "Gemfile": "gem 'x'"},
    ],
    ids=["worker", "adapter-of-a-host", "ruby"],
)
def test_what_no_container_here_can_run_is_no_service(files: dict[str, str]) -> None:
    found = inspect(**files)
    assert not found.services
    assert found.notes


def test_addon_needs_a_compiler_where_no_file_can_be_downloaded() -> None:
    lock = {
        "packages": {
            "node_modules/addon": {
                "hasInstallScript": True,
                "dependencies": {"prebuild-install": "7"},
                "version": "1.0.0",
            },
            "node_modules/node-gyp": {"version": "8.4.1"},
        }
    }
    files = {
        "package.json": package(dependencies={**EXPRESS, "addon": "1.0.0"}, scripts={"start": "node server.js"}),
        "package-lock.json": json.dumps(lock),
        "server.js": LISTEN,
    }
    assert only(**files).system_packages.build == ("g++", "make", "python3", "python3-setuptools")


@pytest.mark.parametrize(
    ("version", "line"), [("4.9.4", "10"), ("4.12.0", "12"), ("6.0.1", "16"), ("7.0.1", "16"), ("8.0.0", "18")]
)
def test_addon_bounds_the_runtime_and_says_so(version: str, line: str) -> None:
    files = {
        "package.json": package(
            dependencies={**EXPRESS, "node-sass": f"^{version}"},
            engines={"node": ">=10"},
            scripts={"start": "node server.js"},
        ),
        "server.js": LISTEN,
    }
    found = inspect(**files).services[0]
    assert found.spec.runtime is not None
    assert found.spec.runtime.version == line
    assert any(f"node-sass {version}" in str(item) for item in found.facts["/runtime/version"].evidence)


def test_old_bundler_on_a_new_openssl() -> None:
    files = {
        "package.json": package(
            dependencies={"react-scripts": "4.0.3", "react": "17"}, scripts={"build": "react-scripts build"}
        ),
        "public/index.html": "<div/>",
    }
    # It gets a Node of its time, and where a newer one is pinned the old algorithms.
    assert not any(item.name == "NODE_OPTIONS" for item in only(**files).environment)
    spec = only(**files, **{".nvmrc": "18"})
    assert any(item.name == "NODE_OPTIONS" and item.phase == "build" for item in spec.environment)


def test_program_that_nothing_says_anything_of_is_a_guess() -> None:
    found = inspect(**{"package.json": package(main="index.js"), "index.js": "require('x')(1)"})
    assert [item.spec.start for item in found.services] == [("node", "index.js")]
    assert any("no sign that this program keeps running or listens" in note.text for note in found.notes)


# --- Python --------------------------------------------------------------------------------------------------------


def test_syntax_of_a_newer_python_hides_only_itself() -> None:
    code = f"{FASTAPI}\ndef f():\n    try:\n        pass\n    except KeyError, ValueError:\n        pass\n"
    assert only(**{"requirements.txt": "fastapi\nuvicorn\n", "main.py": code}).application == "main:app"


def test_manage_py_of_another_framework() -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\n",
        "manage.py": "from app.cli import run\nrun()\n",
        "app/__init__.py": "from flask import Flask\nclass Own(Flask): pass\ndef create_app():\n    return Own(__name__)\n",
        "app/wsgi.py": "from app import create_app\napp = create_app()\n",
    }
    spec = only(**files)
    assert (spec.framework, spec.start[-1]) == ("flask", "app.wsgi:app")


DJANGO = {
    "requirements.txt": "django==5.2.8\ngunicorn\n",
    "src/manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\nimport django\n",
    "src/shop/settings.py": "import os\nDEBUG = os.getenv('DEBUG', 'True')\nSTATIC_ROOT = 'static'\n",
    "src/shop/wsgi.py": "application = 1\n",
}


def test_django_below_its_manifest_is_one_service() -> None:
    assert only(**DJANGO).path == "."


def test_django_runs_without_debugging() -> None:
    values = {(item.name, item.phase): item.value for item in only(**DJANGO).environment}
    assert values["DEBUG", "run"] == values["DEBUG", "build"] == "False"
    # Any text is true for bool().
    settings = DJANGO["src/shop/settings.py"].replace("os.getenv('DEBUG', 'True')", "bool(os.getenv('DEBUG', True))")
    switched = {item.name: item.value for item in only(**{**DJANGO, "src/shop/settings.py": settings}).environment}
    assert switched["DEBUG"] == ""


def test_translations_are_compiled_where_only_their_sources_are_kept() -> None:
    spec = only(**DJANGO, **{"src/locale/de/LC_MESSAGES/django.po": ""})
    assert spec.build[0] == "python src/manage.py compilemessages"
    assert "gettext" in spec.system_packages.build


def test_gunicorn_configuration_binds() -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\n",
        "app.py": "from flask import Flask\napp = Flask(__name__)\n",
        "gunicorn.conf.py": "import os\nbind = ['[::]:{}'.format(os.environ.get('PORT', 5006))]\n",
    }
    assert only(**files).port == 5006
    files["gunicorn.conf.py"] = "bind = '127.0.0.1:8000'\n"
    assert "--bind=0.0.0.0:8000" in only(**files).start


def test_procfile_of_a_development_machine() -> None:
    files = {
        "requirements.txt": "flask\ngunicorn\n",
        "app.py": "from flask import Flask\napp = Flask(__name__)\n",
        "Procfile": "web: make run\n",
    }
    assert only(**files).start[0] == "gunicorn"


def test_programs_that_the_code_starts() -> None:
    code = FASTAPI + "import subprocess\nsubprocess.run(['ffmpeg', '-version'])\n"
    assert only(**{"requirements.txt": "fastapi\nuvicorn\n", "main.py": code}).system_packages.run == ("ffmpeg",)
    start = 'package main\nimport ("net/http"; "os/exec")\nfunc main() { exec.Command("git", "log"); http.ListenAndServe(":1", nil) }\n'
    assert only(**{"go.mod": GO_MOD, "main.go": start}).system_packages.run == ("git",)


def test_git_of_an_image_with_dependencies_of_git_is_for_the_install() -> None:
    code = f"require('child_process').execSync('curl -o a.zip https://example.com/a.zip'); {LISTEN}"
    files = {
        "index.js": code,
        "Dockerfile": "FROM node:22\nRUN apt-get install -y git openssh-client\nCMD node index.js\n",
    }
    spec = only(
        **files, **{"package.json": package(dependencies={"express": "5.0.0", "x": "git+https://example.com/x.git"})}
    )
    assert "git" in spec.system_packages.build
    assert spec.system_packages.run == ("curl",)
    kept = only(**files, **{"package.json": package(dependencies=EXPRESS)})
    assert "git" in kept.system_packages.run


def test_settings_without_a_default_are_required() -> None:
    code = "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    secret_key: str\n    debug: bool = False\n"
    spec = only(**{"requirements.txt": "fastapi\nuvicorn\n", "main.py": "import config\n" + FASTAPI, "config.py": code})
    assert [(item.name, item.required) for item in spec.environment] == [("SECRET_KEY", True), ("DEBUG", False)]


def test_member_of_a_uv_workspace() -> None:
    files = {
        "pyproject.toml": '[tool.uv.workspace]\nmembers = ["backend"]\n',
        "uv.lock": 'version = 1\nrequires-python = ">=3.13"\n',
        "backend/pyproject.toml": (
            '[project]\nname = "api"\nversion = "1"\nrequires-python = ">=3.13"\n'
            'dependencies = ["fastapi[standard]"]\n[build-system]\nrequires = ["hatchling"]\n'
        ),
        "backend/app/__init__.py": "",
        "backend/app/main.py": FASTAPI,
    }
    spec = only(**files)
    assert (spec.package_manager.name, spec.workspace.root, spec.package_name) == ("uv", ".", "api")
    assert spec.manifests == ("pyproject.toml", "backend/pyproject.toml", "uv.lock")


# --- Go ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("line", "version"), [("1.26.3", "1.26"), ("1.27", "1.27"), ("1.16", "1.27")])
def test_line_of_go_mod_is_taken_while_it_is_supported(line: str, version: str) -> None:
    assert only(**{"go.mod": f"module x\n\ngo {line}\n", "main.go": GO_SERVER}).runtime.version == version


def test_tool_for_a_terminal_is_no_service() -> None:
    mod = GO_MOD + "require github.com/spf13/cobra v1.9.0\n"
    code = 'package main\nimport "github.com/spf13/cobra"\nfunc main() { (&cobra.Command{}).Execute() }\n'
    assert not inspect(**{"go.mod": mod, "main.go": code, "Dockerfile": "FROM golang\n"}).services


def test_worker_that_waits_is_a_service() -> None:
    assert only(**{"go.mod": GO_MOD, "main.go": "package main\nfunc main() { select {} }\n"}).port is None


def test_daemon_before_the_client_of_the_same_name() -> None:
    files = {"go.mod": GO_MOD, "cmd/shop/main.go": GO_SERVER, "cmd/shopd/main.go": GO_SERVER}
    assert only(**files).main_package == "./cmd/shopd"


def test_port_of_a_field_with_a_tag() -> None:
    code = (
        'package main\nimport "net/http"\ntype Config struct {\n'
        '\tPort string `env:"HTTP_PORT" env-default:"9100"`\n}\n'
        "func main() { http.ListenAndServe(config.Port, nil) }\n"
    )
    spec = only(**{"go.mod": GO_MOD, "main.go": code})
    assert (spec.port, spec.port_variable) == (9100, "HTTP_PORT")


def test_subcommand_that_serves() -> None:
    mod = GO_MOD + "require github.com/spf13/cobra v1.9.0\n"
    code = (
        'package main\nimport ("net/http"; "github.com/spf13/cobra")\n'
        'var root = &cobra.Command{Use: "shop"}\n'
        'var serve = &cobra.Command{Use: "serve [flags]", Run: func(*cobra.Command, []string) { http.ListenAndServe(":1", nil) }}\n'
        "func main() { root.AddCommand(serve); root.Execute() }\n"
    )
    files = {"go.mod": mod, "main.go": code}
    assert only(**files).start == ("/app/shop", "serve")
    assert only(**files | {"main.go": code.replace('Use: "shop"', 'Use: "shop", Run: all')}).start == ("/app/shop",)
    dockerfile = 'FROM golang\nENTRYPOINT ["/shop"]\nCMD ["serve", "--port", "80"]\n'
    assert only(**files, Dockerfile=dockerfile).start == ("/app/shop", "serve", "--port", "80")


def test_released_package_is_the_one_that_is_built() -> None:
    release = "builds:\n  - main: ./cmd/b\n    tags: [netgo]\n"
    files = {"go.mod": GO_MOD, "cmd/a/main.go": GO_SERVER, "cmd/b/main.go": GO_SERVER, ".goreleaser.yml": release}
    spec = only(**files)
    assert (spec.main_package, spec.tags) == ("./cmd/b", ("netgo",))


def test_build_constraints_are_evaluated() -> None:
    mod = GO_MOD + "require github.com/mattn/go-sqlite3 v1.14.0\n"
    driver = '//go:build sqlite && !windows\n\npackage main\nimport _ "github.com/mattn/go-sqlite3"\n'
    files = {"go.mod": mod, "go.sum": "", "main.go": GO_SERVER, "driver.go": driver}
    assert not only(**files).cgo
    files["Makefile"] = "build:\n\tgo build -tags='netgo sqlite' -o x .\n"
    spec = only(**files)
    assert (spec.cgo, spec.tags) == (True, ("netgo", "sqlite"))
    # Tags of a tool that is installed are not the program's.
    files["Makefile"] = (
        "tools:\n\tgo install -tags 'postgres' github.com/golang-migrate/migrate/v4/cmd/migrate@latest\n"
    )
    assert not only(**files).tags


def test_own_database_lies_on_a_volume() -> None:
    mod = GO_MOD + "require go.etcd.io/bbolt v1.4.0\n"
    code = 'package main\nimport ("net/http"; "go.etcd.io/bbolt")\nfunc main() { bbolt.Open("state/x.db", 0, nil); http.ListenAndServe(":1", nil) }\n'
    assert only(**{"go.mod": mod, "main.go": code}).data == "state"


def test_module_that_is_private_by_its_own_word() -> None:
    mod = GO_MOD + "require go.corp.example/lib v1.0.0\nrequire code.public.example/x v1.0.0\n"
    files = {"go.mod": mod, "main.go": GO_SERVER}
    assert not only(**files).secrets
    files["Makefile"] = "export GOPRIVATE=go.corp.example\n"
    assert only(**files).private_hosts == ("go.corp.example",)


# --- the JVM -------------------------------------------------------------------------------------------------------

PARENT = "<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>4.0.1</version></parent>"
WEB = "<dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies>"
BOOT = "<plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin>"


def pom(inner: str) -> str:
    return f"<project><artifactId>shop</artifactId><version>1</version>{inner}</project>"


APP = {"src/main/java/ShopApplication.java": "class ShopApplication {}"}


def test_plugin_of_a_profile_that_a_file_activates() -> None:
    profile = (
        "<profiles><profile><id>boot</id><activation><file><exists>src/main/resources/application.yml</exists></file>"
        f"</activation><build><plugins>{BOOT}</plugins></build></profile></profiles>"
    )
    files = {"pom.xml": pom(PARENT + WEB + profile), **APP}
    assert not inspect(**files).services
    assert only(**files, **{"src/main/resources/application.yml": "server:\n  port: 8085\n"}).port == 8085


def test_package_of_production_and_no_image_of_its_own() -> None:
    profiles = (
        "<profiles><profile><id>dev</id><activation><activeByDefault>true</activeByDefault></activation></profile>"
        "<profile><id>prod</id></profile></profiles>"
    )
    docker = "<plugin><artifactId>docker-maven-plugin</artifactId><executions><execution><goals><goal>build</goal></goals></execution></executions></plugin>"
    spec = only(**{"pom.xml": pom(f"{PARENT}{WEB}<build><plugins>{BOOT}{docker}</plugins></build>{profiles}"), **APP})
    assert "-Pprod" in spec.build[0]
    assert "-Ddocker.skip=true" in spec.build[0]


def test_enforcer_raises_the_java() -> None:
    rule = (
        "<plugin><artifactId>maven-enforcer-plugin</artifactId><configuration><rules><requireJavaVersion>"
        "<version>[21,22),[25,26)</version></requireJavaVersion></rules></configuration></plugin>"
    )
    java = "<properties><java.version>17</java.version></properties>"
    spec = only(**{"pom.xml": pom(f"{PARENT}{java}{WEB}<build><plugins>{BOOT}{rule}</plugins></build>"), **APP})
    assert spec.runtime.version == "21"


def test_port_of_javalin_by_a_method_of_its_own() -> None:
    javalin = "<dependencies><dependency><groupId>io.javalin</groupId><artifactId>javalin</artifactId></dependency></dependencies>"
    shade = "<build><plugins><plugin><artifactId>maven-shade-plugin</artifactId><executions><execution><goals><goal>shade</goal></goals></execution></executions><configuration><mainClass>Main</mainClass></configuration></plugin></plugins></build>"
    code = (
        "class Main { static void main(String[] a) { Javalin.create().start(port()); }\n"
        'static int port() { String p = System.getenv("PORT"); if (p != null) { return Integer.parseInt(p); } return 7001; } }'
    )
    spec = only(**{"pom.xml": pom(javalin + shade), "src/main/java/Main.java": code})
    assert (spec.port, spec.port_variable) == (7001, "PORT")


# --- front ends of a server ----------------------------------------------------------------------------------------


def front(folder: str, script: str = "vite build", **more: str) -> dict[str, str]:
    built = package(devDependencies={"vite": "7.0.0"}, scripts={"build": script})
    return {
        f"{folder}/package.json": built,
        f"{folder}/index.html": "<div/>",
        **{f"{folder}/{k}": v for k, v in more.items()},
    }


def test_embedded_front_end() -> None:
    embed = 'package ui\nimport "embed"\n//go:embed all:dist\nvar Files embed.FS\n'
    files = {"go.mod": GO_MOD, "main.go": GO_SERVER, **front("ui"), "ui/embed.go": embed}
    spec = only(**files)
    assert (spec.frontend.path, spec.frontend.output, spec.frontend.target) == ("ui", "ui/dist", "ui/dist")


def test_front_end_that_is_written_into_the_server() -> None:
    config = (
        "import path from 'path'\nexport default { build: { outDir: path.resolve(__dirname, '../api/app/static') } }"
    )
    files = {
        "api/requirements.txt": "fastapi\nuvicorn\n",
        "api/main.py": FASTAPI,
        **front("web", **{"vite.config.js": config}),
    }
    spec = only(**files)
    assert (spec.path, spec.frontend.path, spec.frontend.target) == ("api", "web", "api/app/static")


def test_front_end_that_the_code_names() -> None:
    code = (
        f'{FASTAPI}from fastapi.staticfiles import StaticFiles\napp.mount("/", StaticFiles(directory="client/dist"))\n'
    )
    files = {"requirements.txt": "fastapi\nuvicorn\n", "main.py": code, **front("client")}
    assert only(**files).frontend.output == "client/dist"


def test_front_end_that_the_dockerfile_copies() -> None:
    dockerfile = (
        "FROM node:24 AS client\nWORKDIR /app\nCOPY client ./\nRUN npm run build\n"
        "FROM node:24\nWORKDIR /app\nCOPY backend ./\nCOPY --from=client /app/dist ./public\n"
    )
    files = {
        "backend/package.json": package(dependencies=EXPRESS, scripts={"start": "node server.js"}),
        "backend/server.js": LISTEN,
        **front("client"),
        "Dockerfile": dockerfile,
    }
    spec = only(**files)
    assert (spec.frontend.path, spec.frontend.target) == ("client", "backend/public")


def test_front_end_of_nobody_is_a_service_of_its_own() -> None:
    files = {"api/requirements.txt": "fastapi\nuvicorn\n", "api/main.py": FASTAPI, **front("web")}
    assert [item.spec.path for item in inspect(**files).services] == ["api", "web"]


# --- sites of a generator ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "build", "root"),
    [
        ({"hugo.toml": 'publishDir = "web"\n', "content/_index.md": "#"}, "hugo --minify", "web"),
        ({"mkdocs.yml": "site_name: x\n", "docs/index.md": "#"}, "mkdocs build", "site"),
        (
            {"_config.yml": "title: x\n", "_posts/2026-01-01-x.md": "#", "Gemfile": "gem 'jekyll'"},
            "jekyll build",
            "_site",
        ),
        ({"book.toml": "[book]\n", "src/SUMMARY.md": "#"}, "mdbook build", "book"),
    ],
    ids=["hugo", "mkdocs", "jekyll", "mdbook"],
)
def test_site_of_a_generator(files: dict[str, str], build: str, root: str) -> None:
    spec = only(**files)
    assert (spec.language, spec.build, spec.static.root) == ("static", (build,), root)


def test_documentation_of_a_library_is_no_site() -> None:
    library = '[project]\nname = "x"\nversion = "1"\n[build-system]\nrequires = ["hatchling"]\n'
    assert not inspect(**{"pyproject.toml": library, "mkdocs.yml": "site_name: x\n", "docs/index.md": "#"}).services


# --- frameworks that came in as data alone -------------------------------------------------------------------------

MAIN = "src/main/java/Main.java"
SHADED = "<build><plugins><plugin><artifactId>maven-shade-plugin</artifactId><executions><execution><goals><goal>shade</goal></goals></execution></executions><configuration><mainClass>Main</mainClass></configuration></plugin></plugins></build>"


def requires(path: str) -> dict[str, str]:
    code = f'package main\nimport "{path}"\nfunc main() {{ x.Run() }}\n'
    return {"go.mod": f"{GO_MOD}require {path} v1.0.0\n", "main.go": code}


def maven(group: str) -> dict[str, str]:
    one = (
        f"<dependencies><dependency><groupId>{group}</groupId><artifactId>core</artifactId></dependency></dependencies>"
    )
    return {"pom.xml": pom(one + SHADED), MAIN: "class Main {}"}


@pytest.mark.parametrize(
    ("name", "port", "files"),
    [
        ("fasthtml", 5001, {"requirements.txt": "python-fasthtml\n", "main.py": "from fasthtml.common import *\n"}),
        ("marimo", 2718, {"requirements.txt": "marimo\n", "app.py": "import marimo\n"}),
        (
            "blacksheep",
            8000,
            {
                "requirements.txt": "blacksheep\nuvicorn\n",
                "app.py": "from blacksheep import Application\napp = Application()\n",
            },
        ),
        ("macaron", 4000, requires("gopkg.in/macaron.v1")),
        ("flamego", 2830, requires("github.com/flamego/flamego")),
        ("go-restful", 8080, requires("github.com/emicklei/go-restful/v3")),
        ("ozzo-routing", 8080, requires("github.com/go-ozzo/ozzo-routing/v2")),
        (
            "twirp",
            8080,
            {
                **requires("github.com/twitchtv/twirp"),
                "serve.go": GO_SERVER.replace("main()", "init()").replace('":9000"', "a"),
            },
        ),
        ("armeria", 8080, maven("com.linecorp.armeria")),
        ("ratpack", 5050, maven("io.ratpack")),
        (
            "grpc",
            50051,
            {
                "package.json": package(dependencies={"@grpc/grpc-js": "1"}, scripts={"start": "node server.js"}),
                "server.js": "new grpc.Server().bindAsync(address)",
            },
        ),
    ],
)
def test_framework_by_data_alone(name: str, port: int, files: dict[str, str]) -> None:
    spec = only(**files)
    assert (spec.framework, spec.port) == (name, port)
