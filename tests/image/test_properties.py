"""Whatever a Dockerfile says, carrying it out on paper ends soon, with findings or without."""

import time
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from genfile.dockerfile.reader import DockerfileError
from genfile.image import check
from tests.image import paper

WORDS = st.sampled_from(
    "npm ci install run build start tsc nest go -o /out/app ./cmd mvn package gradle sh -c ./x.sh python -m venv pip "
    "-r requirements.txt uv sync --locked poetry install cp -r mv rm -rf mkdir -p chown -R 1000 a b/c /app . .. * a* "
    "$X ${X} ${X:-y} && ; | || > $(x) 'a b' \"c\" \\ --from=0 --from=build --chown=1 node dist/x.js -- -w x --prefix "
    "cd ../.. /.. apt-get install git -y export A=b env touch ln -s tar -C / --omit=dev prune rebuild exec".split()
)
LINE = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
INSTRUCTION = st.one_of(
    LINE.map(lambda text: f"RUN {text}"),
    LINE.map(lambda text: f"COPY {text}"),
    LINE.map(lambda text: f"ADD {text}"),
    LINE.map(lambda text: f"CMD {text}"),
    st.lists(WORDS, min_size=1, max_size=5).map(lambda words: "CMD [" + ", ".join(f'"{w}"' for w in words) + "]"),
    WORDS.map(lambda text: f"WORKDIR {text}"),
    WORDS.map(lambda text: f"USER {text}"),
    WORDS.map(lambda text: f"VOLUME {text}"),
    LINE.map(lambda text: f"ENV A={text}"),
    LINE.map(lambda text: f"ENV PATH={text}:$PATH"),
    LINE.map(lambda text: f"HEALTHCHECK CMD {text}"),
    LINE.map(lambda text: f"RUN --mount=type=bind,source=a,target={text}"),
    st.sampled_from(["FROM scratch", "FROM node:24-slim AS build", "FROM build", "FROM python:3.13 AS x", "FROM $X"]),
)
FILES = {
    "package.json": '{"scripts": {"build": "npm run build", "start": "npm run start && tsc", "prepare": "node x.js"}}',
    "package-lock.json": '{"packages": {"": {}, "node_modules/a": {"bin": 3, "dev": "x"}, "node_modules/": []}}',
    "tsconfig.json": '{"extends": "./tsconfig.json", "compilerOptions": {"outDir": "a"}}',
    "pyproject.toml": '[project]\nname = "a"\n[tool.poetry.dependencies]\na = 1\n',
    "uv.lock": '[[package]]\nname = "a"\nsource = { virtual = "." }\ndependencies = [{ name = "a" }]\n',
    "poetry.lock": '[[package]]\nname = "a"\n[package.dependencies]\na = "*"\n',
    "requirements.txt": "-r requirements.txt\n-r ../x\na\n",
    "b/c": "",
    "dist/x.js": "require('./x'); require('../dist/x')",
}


@settings(max_examples=400, deadline=None)
@given(st.lists(INSTRUCTION, max_size=14))
def test_any_dockerfile_ends(lines: list[str]) -> None:
    started = time.thread_time()
    with suppress(DockerfileError):
        check(paper("FROM node:24-slim\n" + "\n".join(lines) + "\n", FILES))
    assert time.thread_time() - started < 3


def test_stages_that_copy_each_other_many_times_end() -> None:
    lines = ["FROM node:24-slim AS s0", "COPY . /a"]
    for number in range(1, 40):
        lines += [
            f"FROM s{number - 1} AS s{number}",
            f"COPY --from=s{number - 1} /a /a",
            f"COPY --from=s{number - 1} / /",
        ]
    started = time.thread_time()
    check(paper("\n".join([*lines, 'CMD ["node", "/a/none.js"]']) + "\n", FILES))
    assert time.thread_time() - started < 3
