"""What a command starts, apart from how: the file, the module, the package, or that it gives out a site."""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from genfile.container.command import understand, understand_text
from genfile.container.shell import split_commands

_RUNS_FILES = frozenset(
    "node nodejs bun deno tsx ts-node ts-node-dev nodemon babel-node pm2 pm2-runtime pm2-docker forever swc-node "
    "python python3 streamlit chainlit fastapi uvicorn-worker".split()
)
_SITES = frozenset(
    "serve http-server vite react-scripts craco vue-cli-service ng nginx httpd caddy webpack parcel".split()
)
_FRAMEWORKS = {"next": "nextjs", "nuxt": "nuxt", "nuxi": "nuxt", "nest": "nestjs", "remix-serve": "remix",
               "react-router-serve": "react-router"}  # fmt: skip
# What the build of a framework makes to be started with node, without the folder of its output.
_OUTPUT_OF = {"nextjs": ("server",), "nuxt": ("server",), "nestjs": ("main",), "remix": (), "react-router": ()}
_OUTPUT = frozenset("dist build lib out src .output .next standalone".split())
_VALUED = frozenset(
    "-r --require --import --loader --env-file --exec -w --watch --ext -e -c --config -k --worker-class -b --bind "
    "--host --port -p --workers --threads --timeout --log-level --log-config -n --name -A --app --cov -i "
    "--max-old-space-size --interface --root-path --pythonpath --chdir --project -P --tsconfig -l --listen".split()
)
_SERVERS = frozenset("uvicorn gunicorn hypercorn daphne granian waitress-serve uwsgi".split())
_OBJECT = re.compile(r"[A-Za-z_][\w.]*(?::[A-Za-z_][\w.]*(?:\(.*\))?)?")
_MAX_DEPTH = 6


@dataclass(frozen=True)
class Program:
    """``kind``: file, module, framework, django, site, package, jar, war, class, or command for everything else."""

    kind: str
    name: str = ""
    object: str | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.name}{':' + self.object if self.object else ''}".strip()


def scripts_of(text: str | None) -> dict[str, str]:
    """The scripts of a package.json."""
    try:
        found = json.loads(text or "{}").get("scripts") or {}
        return {str(key): str(value) for key, value in found.items()}
    except (ValueError, AttributeError, RecursionError):
        return {}


def program(
    words: tuple[str, ...], scripts: Mapping[str, str], environment: Mapping[str, str], depth: int = 0
) -> Program | None:
    """What words start; None where that can't be seen. ``environment``: FLASK_APP and its like."""
    if not words:
        return None
    name, rest = posixpath.basename(words[0]), words[1:]
    script = _script(name, rest, scripts)
    if script is not None:
        inner = understand_text(scripts[script])
        if inner is None or not inner.words or depth > _MAX_DEPTH:
            return None
        return program(inner.words, scripts, {**environment, **dict(inner.assignments)}, depth + 1)
    if name in ("npx", "bunx", "dotenv", "env-cmd", "cross-env", "concurrently", "dotenvx"):
        left = tuple(word for word in rest if not word.startswith("-") and "=" not in word)
        return program(left, scripts, environment, depth + 1) if left and depth < _MAX_DEPTH else None
    if name in _FRAMEWORKS:
        return Program("framework", _FRAMEWORKS[name])
    if name in _SITES:
        return Program("site")
    if name in ("npm", "yarn", "pnpm"):
        return None
    known = _python(name, rest, environment) or _java(name, rest) or _file(name, rest)
    return known if known is not None or _is_unclear(name) else Program("command", name)


def _is_unclear(name: str) -> bool:
    """Whether a name tells nothing of what it starts: a script, a variable, a runner without a file."""
    return "entrypoint" in name or "$" in name or name.endswith((".sh", ".bash")) or name in _RUNS_FILES


def _script(name: str, rest: tuple[str, ...], scripts: Mapping[str, str]) -> str | None:
    """The script of package.json that a package manager is told to run."""
    if name not in ("npm", "yarn", "pnpm", "bun"):
        return None
    plain = [word for word in rest if not word.startswith("-") and word != "run"]
    return next((word for word in plain if word in scripts), None)


def _positional(rest: tuple[str, ...]) -> Iterator[str]:
    skip = False
    for word in rest:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in _VALUED
        else:
            yield word


def _python(name: str, rest: tuple[str, ...], environment: Mapping[str, str]) -> Program | None:
    if re.fullmatch(r"python[\d.]*", name) and "-m" in rest[:4]:
        at = rest.index("-m")
        if at + 1 < len(rest):
            module, behind = rest[at + 1], rest[at + 2 :]
            own = module in _SERVERS or module in ("flask", "streamlit", "fastapi", "celery", "chainlit")
            return _python(module, behind, environment) if own else Program("module", _module(module))
    if name in _SERVERS:
        words = [word for word in _positional(rest) if _OBJECT.fullmatch(word) and not word.endswith(".py")]
        best = next((word for word in words if ":" in word), words[-1] if words else None)
        if best is None:
            return None
        module, _, item = best.partition(":")
        return Program("module", _module(module), item.removesuffix("()") or None)
    if name == "flask":
        given = dict(pairwise(rest))
        text = given.get("--app") or given.get("-A") or environment.get("FLASK_APP")
        module, _, item = (text or "").partition(":")
        return Program("module", _module(module), item or None) if module else Program("flask")
    if (name == "manage.py" or (re.fullmatch(r"python[\d.]*", name) and "manage.py" in " ".join(rest))) and any(
        word in ("runserver", "runserver_plus", "runsslserver") for word in rest
    ):
        return Program("django")
    return Program("task", name) if name in ("celery", "rq", "dramatiq", "huey_consumer") else None


def _java(name: str, rest: tuple[str, ...]) -> Program | None:
    if name != "java":
        return Program("war") if name in ("catalina.sh", "startup.sh") else None
    words = [word for word in rest if not word.startswith("-")]
    if "-jar" in rest:
        return Program("jar")
    main = next((word for word in reversed(words) if re.fullmatch(r"(?:[\w$]+\.)+[A-Z][\w$]*", word)), None)
    loader = main is not None and main.startswith("org.springframework.boot.loader")
    return Program("jar") if loader else Program("class", main) if main else None


def _file(name: str, rest: tuple[str, ...]) -> Program | None:
    if re.sub(r"[\d.]+$", "", name) not in _RUNS_FILES and name not in _RUNS_FILES:
        return _named_file(name) if name.endswith((".py", ".js", ".mjs", ".cjs", ".ts")) else None
    for word in _positional(rest):
        if word not in ("run", "start", "dev", "watch", "x") and word not in _RUNS_FILES and " " not in word:
            return _named_file(word)
    return None


def _named_file(path: str) -> Program:
    return Program("module", _module(path)) if path.endswith(".py") else Program("file", file_name(path))


def _module(text: str) -> str:
    """A module's dotted name, of a module or of a file."""
    clean = posixpath.normpath(text.removesuffix(".py")).strip("/") if "/" in text or text.endswith(".py") else text
    return clean.replace("/", ".").removesuffix(".__main__")


def file_name(text: str) -> str:
    """A file without its ending and the folders that a compiler moves it between: `dist/main.js`, `src/main.ts`."""
    clean = posixpath.normpath(text).lstrip("/")
    stem = re.sub(r"\.(?:[cm]?[jt]sx?)$", "", clean)
    parts = [part for part in stem.split("/") if part not in _OUTPUT]
    return "/".join(parts) or "index"


def go_package(text: str) -> Iterator[tuple[str, str]]:
    """The packages that a shell text builds or runs with go, each with the folder that it is told to go to before."""
    commands = split_commands(text) or ()
    folder = ""
    for item in commands:
        if item.words[:1] == ("cd",) and len(item.words) > 1:
            folder = posixpath.join(folder, item.words[1])
        if len(item.words) > 1 and item.words[0] == "go" and item.words[1] in ("build", "run", "install"):
            rest = list(item.words[2:])
            named: list[str] = []
            while rest:
                word = rest.pop(0)
                if word.startswith("-"):
                    if word in (
                        "-o",
                        "-ldflags",
                        "-tags",
                        "-gcflags",
                        "-asmflags",
                        "-mod",
                        "-p",
                        "-C",
                        "-buildmode",
                        "-installsuffix",
                    ):
                        value = rest.pop(0) if rest else ""
                        folder = posixpath.join(folder, value) if word == "-C" else folder
                else:
                    named.append(word)
            if not any("@" in word for word in named):
                yield folder, named[0] if named else "."


def same(one: Program, other: Program, framework: str | None = None) -> bool:
    """Whether two programs are one: compiled or not, by a server of production or of development."""
    pair = {one.kind, other.kind}
    if "framework" in pair:
        names = {one.name, other.name}
        outputs = _OUTPUT_OF.get(one.name if one.kind == "framework" else other.name, ())
        return len(names) == 1 or any(item in names for item in outputs)
    if framework in _OUTPUT_OF and pair == {"file"} and one.name.split("/")[-1] == other.name.split("/")[-1]:
        return True
    if "django" in pair:
        module = one if other.kind == "django" else other
        return module.kind == "django" or module.name.rsplit(".", 1)[-1] in ("wsgi", "asgi")
    if pair == {"flask", "module"}:
        return True
    if one.kind != other.kind:
        return pair == {"jar", "class"}
    if one.kind == "module":
        first, second = one.name.split("."), other.name.split(".")
        interfaces = {"wsgi", "asgi"}
        if first[-1] in interfaces and second[-1] in interfaces:
            first, second = first[:-1], second[:-1]
        objects = one.object is None or other.object is None or one.object == other.object
        return _is_tail(first, second) and objects
    if one.kind == "file":
        return _is_tail(_indexed(one.name), _indexed(other.name))
    return one.kind in ("site", "jar", "war") or one.name == other.name


def _indexed(name: str) -> list[str]:
    parts = name.split("/")
    return parts[:-1] if parts[-1] == "index" and len(parts) > 1 else parts


def _is_tail(first: list[str], second: list[str]) -> bool:
    short, long = sorted((first, second), key=len)
    return long[len(long) - len(short) :] == short


__all__ = ["Program", "file_name", "go_package", "program", "same", "scripts_of", "understand"]
