"""Which paths a stage has: the model against what BuildKit does, case by case."""

import json

import pytest

from genfile.image.files import Answer
from tests.image import paper

TREE = {
    "package.json": "{}",
    "src/index.js": "",
    "src/lib/a.js": "",
    "docs/readme.md": "",
    "go.mod": "module x",
    "main.go": "package main",
}
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN

# Instructions after `FROM node:24-slim` and WORKDIR /app; a path of the image; whether it is there.
CASES = [
    ("COPY . .", "/app/src/index.js", YES),
    ("COPY . .", "/app/src/other.js", NO),
    ("COPY src /app/code", "/app/code/index.js", YES),
    ("COPY src /app/code", "/app/code/src/index.js", NO),
    ("COPY src/index.js .", "/app/index.js", YES),
    ("COPY src/index.js x.js", "/app/x.js", YES),
    ("COPY src/index.js x/", "/app/x/index.js", YES),
    ("COPY package*.json ./", "/app/package.json", YES),
    ("COPY package*.json ./", "/app/go.mod", NO),
    ("COPY --parents src/lib/a.js ./", "/app/src/lib/a.js", YES),
    ("COPY <<EOF /etc/x.conf\na\nEOF", "/etc/x.conf", YES),
    ("COPY --exclude=src . .", "/app/src/index.js", NO),
    ("COPY --exclude=src . .", "/app/docs/readme.md", YES),
    ("COPY src /app/code\nCOPY --exclude=lib src /app/code", "/app/code/lib/a.js", YES),
    ("COPY . .\nRUN rm -rf src", "/app/src/index.js", NO),
    ("COPY . .\nRUN mv src code", "/app/code/lib/a.js", YES),
    ("COPY . .\nRUN mv src code", "/app/src/index.js", NO),
    ("COPY . .\nRUN cp -r src /srv/code", "/srv/code/index.js", YES),
    ("COPY . .\nRUN cd src && mkdir -p ../data/x", "/app/data/x", YES),
    ("RUN mkdir data && touch data/a", "/app/data/a", YES),
    ("RUN mkdir data", "/app/data/a", NO),
    ("RUN echo x > note.txt", "/app/note.txt", YES),
    ("RUN false || touch x", "/app/x", NO),
    # What is not known may have made anything.
    ("RUN ./configure", "/app/x", UNKNOWN),
    ("RUN some-tool", "/app/x", UNKNOWN),
    ("RUN curl -o tool.tgz https://x.example/y", "/app/tool.tgz", UNKNOWN),
    ("RUN for i in 1 2; do touch $(x); done", "/app/x", UNKNOWN),
    # Folders of the base image's own, and those that are new in it.
    ("", "/usr/lib/libc.so", UNKNOWN),
    ("", "/app/x", NO),
    ("", "/data", NO),
    ("WORKDIR /usr/src/app", "/usr/src/app/index.js", NO),
    ("WORKDIR /opt/service", "/opt/service/x", NO),
    # A mount is there for its step alone.
    ("RUN --mount=type=bind,source=src,target=src cp -r src kept", "/app/kept/index.js", YES),
    ("RUN --mount=type=bind,source=src,target=src cp -r src kept", "/app/src/index.js", NO),
    ("VOLUME /data", "/data", YES),
]


@pytest.mark.parametrize(("text", "path", "answer"), CASES)
def test_a_path_is_there_or_is_not_or_nobody_knows(text: str, path: str, answer: Answer) -> None:
    built = paper(f"FROM node:24-slim\nWORKDIR /app\n{text}\n", TREE)
    assert built.final.files.find(path).answer is answer


def test_the_ignore_file_decides_what_is_copied() -> None:
    built = paper("FROM node:24-slim\nCOPY . /app\n", TREE, "docs\nsrc/*\n!src/index.js\n")
    files = built.final.files
    assert files.find("/app/docs/readme.md").answer is NO
    assert files.find("/app/src/index.js").answer is YES
    assert files.find("/app/src/lib/a.js").answer is NO


def test_an_image_that_nobody_knows_may_hold_anything() -> None:
    assert paper("FROM example.com/base:1\n").final.files.find("/app/x").answer is UNKNOWN
    assert paper("FROM scratch\n").final.files.find("/usr/bin/x").answer is NO
    assert paper("ARG BASE\nFROM $BASE\n").final.files.find("/x").answer is UNKNOWN


def test_a_copy_of_a_stage_has_what_the_stage_has() -> None:
    built = paper(
        "FROM golang:1.27 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /out/app .\n"
        "FROM scratch\nCOPY --from=build /out/app /app\nCOPY --from=0 /src/docs /docs\n",
        TREE,
    )
    files = built.final.files
    assert files.find("/app").answer is YES
    assert files.find("/docs/readme.md").source == "docs/readme.md"
    assert files.find("/src/main.go").answer is NO


def test_owners_follow_copy_and_chown() -> None:
    built = paper(
        "FROM node:24-slim\nWORKDIR /app\nCOPY --chown=1000:1000 src src\nCOPY docs docs\n"
        "RUN mkdir data && chown -R node:node data\n",
        TREE,
    )
    owner = {path: built.final.files.find(path).owner for path in ("/app", "/app/src/lib", "/app/docs", "/app/data")}
    assert owner == {"/app": "0", "/app/src/lib": "1000", "/app/docs": "0", "/app/data": "node"}


def test_a_folder_that_is_made_below_another_leaves_its_owner() -> None:
    built = paper(
        "FROM node:24-slim\nRUN install -d -m 1777 /app && install -d -o 1000 /app/var/uploads\n"
        "COPY docs /app/docs\nRUN mkdir -p /srv/x/y && chown 1000 /srv\n",
        TREE,
    )
    paths = ("/app", "/app/var", "/app/var/uploads", "/app/docs", "/srv", "/srv/x")
    owner = {path: built.final.files.find(path).owner for path in paths}
    assert owner == dict(zip(paths, ("*", "0", "1000", "0", "1000", "0"), strict=True))


@pytest.mark.parametrize(
    ("options", "files", "output"),
    [
        ({"outDir": "dist"}, ["src/server.ts"], "dist/server.js"),
        ({"outDir": "dist"}, ["src/server.ts", "prisma/seed.ts"], "dist/src/server.js"),
        ({"outDir": "dist", "rootDir": "."}, ["src/server.ts"], "dist/src/server.js"),
        ({"outDir": "out", "rootDir": "src"}, ["src/server.ts", "src/a/b.ts"], "out/a/b.js"),
        ({}, ["src/server.ts"], "src/server.js"),
    ],
)
def test_the_compiler_writes_where_its_configuration_says(
    options: dict[str, str], files: list[str], output: str
) -> None:
    tree = dict.fromkeys(files, "export {}")
    tree["tsconfig.json"] = json.dumps({"compilerOptions": options})
    tree["package.json"] = json.dumps({"scripts": {"build": "tsc"}, "devDependencies": {"typescript": "5"}})
    built = paper("FROM node:24-slim\nWORKDIR /app\nCOPY . .\nRUN npm install && npm run build\n", tree)
    assert built.final.files.find(f"/app/{output}").answer in (YES, UNKNOWN)
    if options:
        assert built.final.files.find("/app/" + options["outDir"] + "/nothing.js").answer is NO


@pytest.mark.parametrize("ending", ["ts", "tsx"])
def test_the_compiler_follows_what_a_page_imports(ending: str) -> None:
    page = "import { shop } from '../shared/shop'\nexport const page = <T,>(item: T): T => item as T;\n"
    tree = {
        f"src/page.{ending}": "const kept = <T,>(item: T) => item!;\n" + page,
        "shared/shop.ts": "export const shop = 1\n",
        "tsconfig.json": json.dumps({"compilerOptions": {"outDir": "dist"}, "include": ["src"]}),
        "package.json": json.dumps({"scripts": {"build": "tsc"}, "devDependencies": {"typescript": "5"}}),
    }
    built = paper("FROM node:24-slim\nWORKDIR /app\nCOPY . .\nRUN npm install && npm run build\n", tree)
    assert built.final.files.find("/app/dist/src/page.js").answer is YES
    assert built.final.files.find("/app/dist/page.js").answer is NO
