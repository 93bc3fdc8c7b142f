"""Write `genfile/data/specs/`: what `inspect` says of some of the tests' projects, for `genfile presets test`.

python -m tools.specs
"""

import json
from pathlib import Path

import genfile
from genfile.preset.layout import plan_layout, relative_to
from genfile.spec.base import plain

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "genfile" / "data" / "specs"
# A few of each language: every package manager once, with and without a build, workers, native packages, front ends.
PROJECTS = tuple(
    """
    go-cgo go-embedded-ui go-root java-gradle-kotlin java-quarkus java-spring-maven node-bun-hono node-express-js
    node-fastify-pnpm-ts node-nestjs-yarn1 node-nextjs-standalone node-vite-spa-pnpm node-worker python-celery-worker
    python-django-pip python-fastapi-uv python-pipenv-flask python-poetry-fastapi static-plain workspace-pnpm-turbo
    """.split()
)


def render() -> dict[Path, str]:
    """The text of one file a service, by path; those of one project share its name."""
    made: dict[Path, str] = {}
    for project in PROJECTS:
        root = ROOT / "tests" / "projects" / project
        found = genfile.inspect(root).services
        paths = sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
        for service in found:
            spec = plain(service.spec)
            context = plan_layout(spec, several=len(found) > 1).context
            files = [relative_to(path, context) for path in paths if context == "." or path.startswith(context + "/")]
            name = project if len(found) == 1 else f"{project}-{spec['name']}"
            made[TARGET / f"{name}.json"] = (
                json.dumps({"spec": spec, "files": files}, indent=1, ensure_ascii=False) + "\n"
            )
    return made


def main() -> None:
    """Write the files, and nothing else into their folder."""
    TARGET.mkdir(exist_ok=True)
    for old in TARGET.glob("*.json"):
        old.unlink()
    for path, text in render().items():
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
