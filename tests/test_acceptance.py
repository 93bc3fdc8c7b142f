"""The acceptance checks: what genfile writes passes, and each check fails it once one passage is changed."""

from functools import cache

import pytest
from msgspec.structs import replace

import genfile
from tests.checklist import Case, acceptance_checks, faults
from tests.conftest import PROJECTS
from tests.test_projects import case_of

NODE, PYTHON, GO, JAVA, SITE = "node-express-js", "python-flask-pip", "go-cgo", "java-spring-maven", "static-plain"
# The check, a project, a passage of its Dockerfile, what replaces it, and how the fault that the check finds begins.
DOCKERFILES = [
    ("head", NODE, "# syntax=docker/dockerfile:1\n", "# no directive\n", "the first line"),
    ("head", NODE, "WORKDIR /app\n", "WORKDIR /app \n", "trailing blanks"),
    ("tags", NODE, "FROM node:22-trixie-slim AS base", "FROM node AS base", "node has no tag"),
    ("names", NODE, "FROM base AS deps", "FROM base AS Deps", "stages"),
    ("dangerous", PYTHON, "RUN groupadd", "RUN chmod 777 /app && groupadd", "chmod 777"),
    ("user", NODE, "USER 1000:1000\n", "USER 0:0\n", "USER ['0:0']"),
    ("user", NODE, "USER 1000:1000\n", "USER 1000:1000\nRUN id\n", "work after USER"),
    ("code_owner", GO, "COPY --link --from=build /out/n", "WORKDIR /app\nCOPY --link --from=build /out/n", "WORKDIR"),
    ("code_owner", GO, "/out/data /data\n", "/out/data/ /app/\n", "COPY /out/data/ /app/"),
    ("process", NODE, 'CMD ["node", "server.js"]', 'CMD ["npm", "start"]', "npm starts the service"),
    ("port", NODE, "EXPOSE 8080\n", "EXPOSE 4000\n", "EXPOSE ['4000']"),
    ("secret_values", NODE, "ENV NODE_ENV=production", "ENV API_TOKEN=x NODE_ENV=production", "ENV API_TOKEN"),
    ("installs", NODE, "--mount=type=cache,target=/root/.npm ", "", "npm ci: no cache mount"),
    ("installs", NODE, "npm ci", "npm install", "npm ci is missing"),
    ("apt", NODE, " && rm -rf /var/lib/apt/lists/*", " && rm -rf", "apt's package lists stay in the layer"),
    ("heredocs", SITE, "\nEOF\n\n", "\nEOF\n", "no empty line after a heredoc"),
    ("comments", GO, "# build runs on", "# It runs on", "# It runs on"),
    ("images", NODE, "FROM node:22-trixie-slim AS base", "FROM node:22 AS base", "node:22 names no distribution"),
    ("version", NODE, "FROM node:22-trixie-slim", "FROM node:24-trixie-slim", "no tag names 22"),
    ("stages", NODE, "AS runtime", "AS last", "stages"),
    ("forbidden", NODE, "USER 1000:1000\n", "STOPSIGNAL SIGINT\nUSER 1000:1000\n", "STOPSIGNAL"),
    ("node_init", NODE, 'ENTRYPOINT ["/usr/bin/tini", "--"]', "ENTRYPOINT []", "no tini"),
    ("order", JAVA, "dependency:go-offline", "validate", "build: the sources come before the dependencies"),
    ("copies", NODE, "COPY --link --exclude", "COPY --exclude", "no --link"),
    ("environment", NODE, "NODE_ENV=production", "NODE_ENV=development", "NODE_ENV"),
    ("go", GO, " -trimpath", "", "-trimpath"),
    ("java", JAVA, "FROM eclipse-temurin:21-jre-noble", "FROM eclipse-temurin:21-jdk-noble", "runs on"),
    ("python", PYTHON, "FROM base AS runtime", "FROM python AS build\nFROM base AS runtime", "two images"),
]  # fmt: skip
IGNORED = [
    ("ignored", NODE, "**/*.key\n", "", "server.key is sent"),
    (
        "survives",
        NODE,
        "**/node_modules\n",
        "**/node_modules\npackage.json\n",
        "is left out by package.json",
    ),
]


@cache
def written(project: str) -> Case:
    """The acceptance case of the one service of a project."""
    ((service, rendering),) = genfile.generate(PROJECTS / project).services
    return case_of(PROJECTS / project, service, rendering)


@pytest.mark.parametrize("project", [NODE, PYTHON, GO, JAVA, SITE])
def test_what_genfile_writes_passes(project: str) -> None:
    assert faults(written(project)) == []


@pytest.mark.parametrize(("check", "project", "old", "new", "said"), DOCKERFILES)
def test_a_fault_in_the_dockerfile_is_found(check: str, project: str, old: str, new: str, said: str) -> None:
    case = written(project)
    assert old in case.dockerfile.replace("\\\n   ", "")
    changed = replace(case, dockerfile=case.dockerfile.replace("\\\n   ", "").replace(old, new, 1))
    assert any(fault.startswith(f"{check}: {said}") for fault in faults(changed)), faults(changed)


@pytest.mark.parametrize(("check", "project", "old", "new", "said"), IGNORED)
def test_a_fault_in_the_ignore_file_is_found(check: str, project: str, old: str, new: str, said: str) -> None:
    case = written(project)
    assert old in case.ignorefile
    changed = replace(case, ignorefile=case.ignorefile.replace(old, new, 1))
    assert any(fault.startswith(f"{check}: ") and said in fault for fault in faults(changed)), faults(changed)


def test_every_acceptance_check_has_a_fault_that_it_finds() -> None:
    assert {name for name, *_ in (*DOCKERFILES, *IGNORED)} == {check.__name__ for check in acceptance_checks()}
