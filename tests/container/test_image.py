"""Dockerfiles interpreted: variables, stages, files, what runs."""

import pytest

from genfile.container import Image, interpret


def image(text: str, files: dict[str, str] | None = None, **settings: object) -> Image:
    return interpret(text, "Dockerfile", (files or {}).get, **settings)  # type: ignore[arg-type]


def numbers(found: Image) -> list[int]:
    return [said.value.number for said in found.ports]


# Docker's own table: https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
TABLE = [
    ("", 'CMD ["exec_cmd", "p1_cmd"]', ("exec_cmd", "p1_cmd")),
    ("", "CMD exec_cmd p1_cmd", ("/bin/sh", "-c", "exec_cmd p1_cmd")),
    ("ENTRYPOINT exec_entry p1_entry", "", ("/bin/sh", "-c", "exec_entry p1_entry")),
    ("ENTRYPOINT exec_entry p1_entry", 'CMD ["exec_cmd"]', ("/bin/sh", "-c", "exec_entry p1_entry")),
    ("ENTRYPOINT exec_entry p1_entry", "CMD exec_cmd", ("/bin/sh", "-c", "exec_entry p1_entry")),
    ('ENTRYPOINT ["exec_entry", "p1_entry"]', "", ("exec_entry", "p1_entry")),
    (
        'ENTRYPOINT ["exec_entry", "p1_entry"]',
        'CMD ["exec_cmd", "p1_cmd"]',
        ("exec_entry", "p1_entry", "exec_cmd", "p1_cmd"),
    ),
    (
        'ENTRYPOINT ["exec_entry", "p1_entry"]',
        "CMD exec_cmd p1_cmd",
        ("exec_entry", "p1_entry", "/bin/sh", "-c", "exec_cmd p1_cmd"),
    ),
    ("", "", ()),
]


@pytest.mark.parametrize(("entrypoint", "command", "words"), TABLE)
def test_entrypoint_and_command_make_one_process(entrypoint: str, command: str, words: tuple[str, ...]) -> None:
    assert image(f"FROM x\n{entrypoint}\n{command}\n").words == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('FROM a AS b\nCMD ["x"]\nFROM b\nENTRYPOINT ["y"]', ("y",)),
        ('FROM a AS b\nENTRYPOINT ["y"]\nFROM b\nCMD ["x"]', ("y", "x")),
        ('FROM a\nCMD ["x"]\nENTRYPOINT ["y"]', ("y", "x")),
        ('FROM a\nSHELL ["bash", "-ec"]\nCMD x y', ("bash", "-ec", "x y")),
        ('FROM a\nCMD ["x"]\nCMD []', ()),
    ],
)
def test_stages_hand_their_commands_on(text: str, words: tuple[str, ...]) -> None:
    assert image(text).words == words


@pytest.mark.parametrize(
    ("command", "words", "before"),
    [
        (
            '["sh", "-c", "alembic upgrade head && uvicorn a:b --port 7200"]',
            ("uvicorn", "a:b", "--port", "7200"),
            ("alembic upgrade head",),
        ),
        ('["tini", "--", "node", "x.js"]', ("node", "x.js"), ()),
        ('["dumb-init", "node", "x.js"]', ("node", "x.js"), ()),
        ('["/usr/bin/tini", "-g", "--", "gosu", "app", "node", "x.js"]', ("node", "x.js"), ()),
        ('["uv", "run", "--no-sync", "--", "gunicorn", "a:b"]', ("gunicorn", "a:b"), ()),
        ('["uv", "run", "--group", "prod", "gunicorn", "a:b"]', ("gunicorn", "a:b"), ()),
        ('["env", "A=1", "poetry", "run", "python", "x.py"]', ("python", "x.py"), ()),
        ('["npx", "--yes", "serve", "dist"]', ("serve", "dist"), ()),
        ("cd app; exec node x.js", ("node", "x.js"), ()),
        ("npm run migrate && exec node x.js", ("node", "x.js"), ("npm run migrate",)),
        ('["docker-entrypoint.sh", "node", "x.js"]', ("node", "x.js"), ()),
        ('["bash", "-lc", "exec java -jar a.jar"]', ("java", "-jar", "a.jar"), ()),
        ('["su-exec", "nobody:nobody", "./server"]', ("./server",), ()),
        ("su app -c 'node x.js'", ("node", "x.js"), ()),
    ],
)
def test_wrappers_are_seen_through(command: str, words: tuple[str, ...], before: tuple[str, ...]) -> None:
    found = image(f"FROM x\nCMD {command}").command
    assert found is not None
    assert (found.value.words, found.value.before) == (words, before)


def test_a_script_of_the_context_is_followed() -> None:
    text = 'FROM x\nWORKDIR /srv\nCOPY . .\nCOPY deploy/start.sh /\nENTRYPOINT ["/start.sh"]\nCMD ["gunicorn", "a:b"]'
    script = '#!/bin/sh\nset -e\nif [ "$MIGRATE" = 1 ]; then\n  python manage.py migrate\nfi\nexec "$@"\n'
    found = image(text, {"deploy/start.sh": script}).command
    assert found is not None
    assert found.value.words == ("gunicorn", "a:b")
    assert found.value.before == ("python manage.py migrate",)
    assert found.value.scripts == ("deploy/start.sh",)


def test_what_runs_beside_the_server_is_kept_apart() -> None:
    found = image(
        "FROM x\nCOPY . /\nCMD /start.sh", {"start.sh": "#!/bin/sh\nnode web.js &\ncd /api && exec uvicorn m:a"}
    )
    assert found.command is not None
    assert found.command.value.words == ("uvicorn", "m:a")
    assert found.command.value.beside == ("node web.js",)
    assert found.command.value.folder == "/api"


def test_variables_have_the_scope_of_their_stage() -> None:
    text = """ARG BASE=node
ARG TAG=22
FROM ${BASE}:${TAG} AS one
ARG TAG
ARG HOME_OF=/opt/${TAG:-none}
ENV PORT=8000 OTHER=${PORT:-unset}
WORKDIR $HOME_OF
FROM one AS two
WORKDIR inner
EXPOSE ${PORT} ${NOTHING:-9000-9002}/tcp
FROM scratch AS other
WORKDIR ${HOME_OF:-/none}
FROM two
"""
    found = image(text)
    assert found.stages[0].image == "node:22"
    assert found.folder == "/opt/22/inner"
    assert found.environment["OTHER"].value == "unset"
    assert numbers(found) == [8000, 9000, 9001, 9002]
    assert found.stages[2].folder == "/none"


def test_files_are_followed_through_stages() -> None:
    text = """FROM a AS build
WORKDIR /src
COPY web ./ui
COPY go.mod *.go ./
FROM scratch AS middle
COPY --from=build /src/ui /www
FROM b
WORKDIR /app
COPY --from=middle /www/dist ./static
COPY --from=1 /www/index.html .
COPY config.yml /etc/app/
"""
    found = image(text)
    assert found.from_context("static/app.js") == ("web/dist/app.js",)
    assert found.from_context("/app/index.html") == ("web/index.html",)
    assert found.from_context("/etc/app/config.yml") == ("config.yml",)
    assert found.in_image("web/dist/app.js") == ("/app/static/app.js",)
    assert found.in_image("main.go") == ()
    assert [stage.index for stage in found.needed()] == [2, 1, 0]


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        ("EXPOSE 5678\nEXPOSE 7200\nHEALTHCHECK CMD curl -f http://localhost:7200/", 7200),
        ("EXPOSE 9229 3100\nCMD node --inspect=0.0.0.0:9229 x.js", 3100),
        ("EXPOSE 4321 3100\nCMD node --inspect=0.0.0.0:4321 x.js", 3100),
        ("EXPOSE 22 8081\n", 8081),
        ("EXPOSE 9999/udp 8081\n", 8081),
        ("ENV PORT=4000\nEXPOSE 3000 4000\nCMD node x.js", 4000),
        ("EXPOSE 1000 8300\nCMD gunicorn -b 0.0.0.0:8300 a:b", 8300),
        ("ENV PORT=4100\nCMD gunicorn -b :$PORT a:b", 4100),
        ("EXPOSE 1000\nHEALTHCHECK CMD nc -z localhost 8400", 8400),
    ],
)
def test_the_port_of_the_service_comes_first(lines: str, first: int) -> None:
    assert numbers(image(f"FROM x\n{lines}"))[0] == first


def test_the_stage_of_production_is_not_that_of_tests() -> None:
    text = 'FROM a AS production\nCMD ["run"]\nFROM production AS test\nCMD ["pytest"]'
    assert image(text).words == ("run",)
    assert image(text, target="test").words == ("pytest",)
    assert image('FROM a AS dev\nCMD ["x"]\nFROM a AS latest\nCMD ["y"]').words == ("y",)


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("go build ./...", False),
        ("pip install git+https://x.example/a", False),
        ("git clone https://x", False),
        ("true", True),
    ],
)
def test_git_that_the_build_itself_works_with_is_no_package_of_the_service(step: str, told: bool) -> None:
    image = interpret(f"FROM debian\nRUN apt-get install -y git ffmpeg\nRUN {step}\nCMD x\n", "Dockerfile")
    assert {said.value for said in image.packages} == ({"ffmpeg", "git"} if told else {"ffmpeg"})


def test_packages_are_those_of_the_final_lineage() -> None:
    text = """FROM a AS base
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg=7:1 curl && rm -rf /var/lib/apt
FROM base AS build
RUN apk add --no-cache git
FROM base
ENV EXTRA="libpq5 tini"
RUN apt-get install -y $EXTRA
RUN <<EOF
dnf install -y graphviz
mkdir -p /data/files
EOF
RUN apk add --virtual .deps gcc && make && apk del .deps
"""
    found = image(text)
    assert [said.value for said in found.packages] == ["ffmpeg", "curl", "libpq5", "tini", "graphviz"]
    assert "/data/files" in [said.value for said in found.folders]


def test_triggers_run_in_the_stage_above() -> None:
    found = image("FROM a AS base\nONBUILD WORKDIR /srv\nONBUILD EXPOSE 4700\nFROM base")
    assert (found.folder, numbers(found)) == ("/srv", [4700])


def text_of(text: str, files: dict[str, str]) -> str | None:
    found = image(text, files).command
    return found.value.text if found is not None else None


@pytest.mark.parametrize(
    ("flags", "started"),
    [
        ("--traces_exporter otlp uvicorn app:app", "uvicorn app:app"),
        ("--traces_exporter=otlp --service_name shop uvicorn app:app --port 80", "uvicorn app:app --port 80"),
        ("uvicorn app:app", "uvicorn app:app"),
    ],
)
def test_every_long_flag_of_opentelemetry_takes_a_word(flags: str, started: str) -> None:
    assert text_of(f"FROM python:3.13\nCMD opentelemetry-instrument {flags}\n", {}) == started


def test_what_a_script_writes_or_hands_to_another_program_is_not_what_it_runs() -> None:
    script = (
        "#!/bin/sh\ncat > wait.py <<'EOF'\nimport shop.connector\nit doesn't matter\nEOF\n"
        "python - <<-END\n\timport time\n\ttime.sleep(5)\n\tEND\n"
        "python -c '\nimport socket\nsocket.create_connection()\n'\ngunicorn shop:app\n"
    )
    found = text_of('FROM x\nCOPY . /app\nWORKDIR /app\nENTRYPOINT ["./start.sh"]\n', {"start.sh": script})
    assert found == "gunicorn shop:app"
    # Without an end a here-document takes the rest.
    cut = "#!/bin/sh\nnode server.js\ncat <<EOF\nnode other.js\n"
    assert (
        text_of('FROM x\nCOPY . /app\nWORKDIR /app\nENTRYPOINT ["./start.sh"]\n', {"start.sh": cut}) == "node server.js"
    )
    # `<<<` is a word, and a quote that is never closed quotes nothing.
    here = "#!/bin/bash\nread x <<< word\necho it's\nnode server.js\n"
    assert (
        text_of('FROM x\nCOPY . /app\nWORKDIR /app\nENTRYPOINT ["./start.sh"]\n', {"start.sh": here})
        == "node server.js"
    )


WAIT = '#!/usr/bin/env bash\nWAIT_CLI=("$@")\nif ready; then\n  exec "${WAIT_CLI[@]}"\nfi\n'
PLAIN = '#!/bin/sh\nwhile ! nc -z db 5432; do sleep 1; done\nexec "$@"\n'


@pytest.mark.parametrize("script", [WAIT, PLAIN, None])
def test_a_script_that_waits_runs_what_stands_behind_its_dashes(script: str | None) -> None:
    text = 'FROM x\nCOPY . /app\nWORKDIR /app\nENTRYPOINT ["./wait.sh", "db:5432", "--", "node", "server.js"]\n'
    assert text_of(text, {"wait.sh": script} if script else {}) == "node server.js"


def test_dashes_for_the_program_itself_stay() -> None:
    text = 'FROM x\nCOPY . /app\nWORKDIR /app\nENTRYPOINT ["./start.sh", "--", "x"]\n'
    assert text_of(text, {"start.sh": '#!/bin/sh\nexec node server.js "$@"\n'}) == "node server.js -- x"


def test_scripts_that_hand_over_to_scripts_are_followed_two_levels() -> None:
    text = 'FROM x\nCOPY run /run\nENTRYPOINT ["/run/entry.sh"]\nCMD ["/run/start.sh"]\n'
    files = {
        "run/entry.sh": '#!/bin/sh\nexec "$@"\n',
        "run/start.sh": "#!/bin/sh\npython manage.py migrate\nexec gunicorn shop.wsgi\n",
    }
    found = image(text, files).command
    assert found is not None
    assert (found.value.text, found.value.before) == ("gunicorn shop.wsgi", ("python manage.py migrate",))
    assert found.value.scripts == ("run/entry.sh", "run/start.sh")
    # One that hands over to itself ends, and so does a third.
    files["run/start.sh"] = "#!/bin/sh\nexec /run/start.sh\n"
    assert text_of(text, files) == "/run/start.sh"


def test_an_entry_script_that_is_given_nothing_runs_nothing() -> None:
    text = 'FROM x\nCOPY entry.sh /entry\nENTRYPOINT ["/entry"]\n'
    assert text_of(text, {"entry.sh": '#!/bin/sh\nset -e\nexec "$@"\n'}) is None


@pytest.mark.parametrize(
    ("command", "folder"),
    [
        ("env --chdir=server/ node a.js", "server"),
        ("env -C server -u X KEY=1 node a.js", "server"),
        ("env --chdir server --unset X node a.js", "server"),
        ("env KEY=1 node a.js", None),
    ],
)
def test_env_runs_a_program_in_a_folder(command: str, folder: str | None) -> None:
    found = image(f"FROM node\nCMD {command}\n").command
    assert found is not None
    assert (found.value.words, found.value.folder) == (("node", "a.js"), folder)
