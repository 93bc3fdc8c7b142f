"""pip, uv, Poetry, Pipenv and PDM: the environments that they fill, and with what."""

import posixpath
import re
from typing import Any

from genfile.image.effects.pylock import Wanted, locked_by_poetry, locked_by_uv
from genfile.image.effects.run import Effect, Run
from genfile.image.effects.shell import anything, perform, unknown
from genfile.image.files import Answer, Gone
from genfile.image.packages import Environment
from genfile.parsers.data import parse_toml
from genfile.parsers.requirements import normalise, parse_requirements

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_VALUED = frozenset(
    "-r --requirement -c --constraint -t --target --prefix --root -i --index-url --extra-index-url -f --find-links "
    "--cache-dir --timeout --retries --trusted-host --python -p --platform --python-version --only-binary --no-binary "
    "--index-strategy --link-mode --compile-bytecode --progress-bar --root-user-action --default-timeout --log".split()
)
MAX_FILES = 20
MAX_ENTRIES = 2_000


def _python(run: Run) -> None:
    """`python -m venv`, `python -m pip`, or one of the project's scripts."""
    if "-m" in run.rest:
        at = run.rest.index("-m")
        module, rest = (run.rest[at + 1], run.rest[at + 2 :]) if at + 1 < len(run.rest) else ("", ())
        folder = posixpath.dirname(run.words[0])
        if module in ("venv", "virtualenv"):
            _venv(run.again((module, *rest)))
        elif module in ("pip", "ensurepip"):
            perform(run.again((posixpath.join(folder, "pip"), *rest)))
        elif module in ("compileall", "site"):
            return
        elif module in ("uv", "poetry", "pipenv", "pdm"):
            perform(run.again((module, *rest)))
        else:
            unknown(run.again(run.words))
        return
    script = next((word for word in run.rest if not word.startswith("-")), None)
    if script is not None and script.endswith(".py") and "-c" not in run.rest:
        run.needs(script)
    run.may_change(".")


def _venv(run: Run) -> None:
    valued = {value for flag in ("--python", "-p", "--prompt", "--seed") for value in run.values(flag)}
    targets = [word for word in run.operands if word not in valued]
    for target in targets[:1]:
        run.make(target, folder=True, content=_empty(pip=not run.has("--without-pip")))


def _empty(*, pip: bool = True) -> Environment:
    base = {"python", "python3", "activate", *(("pip", "pip3") if pip else ())}
    return Environment(frozenset(), complete=True, base=frozenset(base))


def _prefix(run: Run) -> str | None:
    """The environment of a bare `pip` or `python`: the first one on PATH."""
    if "/" in run.words[0]:
        return posixpath.dirname(posixpath.dirname(run.at(run.words[0])))
    named = run.variable("VIRTUAL_ENV")
    if named and run.program == "uv":
        return named
    for folder in run.stage.path:
        if posixpath.basename(folder) != "bin":
            continue
        prefix = posixpath.dirname(folder)
        found = run.stage.files.find(prefix)
        if isinstance(found.content, Environment) or (found.answer is Answer.UNKNOWN and not found.base):
            return prefix
    return run.stage.base.python if run.stage.base is not None else None


def _pip(run: Run) -> None:
    words = list(run.rest)
    while words and words[0].startswith("-"):
        # Options before the verb: `pip --python /opt/venv install …`.
        del words[: 2 if words[0] in _VALUED else 1]
    if not words or words[0] not in ("install", "sync"):
        if words and words[0] in ("wheel", "download", "compile"):
            run.may_change(".", *run.values("-w", "--wheel-dir", "-d", "--dest", "-o", "--output-file"))
        return
    prefix = _prefix(run)
    target = run.value("-t", "--target")
    if target is not None:
        run.make(target, folder=True, open=True)
        return
    apart = run.value("--prefix", "--root")
    prefix = apart or ("/root/.local" if run.has("--user") else prefix)
    named = run.value("--python", "-p") if apart is None else None
    if named is not None and named.startswith("/") and "/bin/" in named:
        prefix = posixpath.dirname(posixpath.dirname(named))
    elif named is not None and named.startswith("/"):
        prefix = named
    if run.has("--system") and run.stage.base is not None:
        prefix = run.stage.base.python
    if prefix is None:
        anything(run.stage, "an installation into an unknown environment")
        return
    wanted = _asked(run, words[1:])
    if any(normalise(name) == "uv" for name in wanted.names) or "poetry" in wanted.names:
        # The tools themselves: their programs.
        run.stage.files.put(_tools(prefix, wanted))
    base = _empty(pip=False).base if run.program == "uv" or named is not None or apart is not None else _empty().base
    content = Environment(frozenset(wanted.names), wanted.complete, wanted.origin, frozenset(base))
    run.make(prefix, folder=True, open=False, content=content)


def _tools(prefix: str, wanted: Wanted) -> Any:
    from genfile.image.files import MadePath

    return MadePath(posixpath.join(prefix, "bin/uv" if "uv" in wanted.names else "bin/poetry"), "pip")


def _asked(run: Run, words: list[str]) -> Wanted:
    """The distributions in a `pip install`, by name and in its files."""
    names: set[str] = set()
    complete = run.has("--no-deps", "--require-hashes")
    origin: str | None = None
    files: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        name, sign, value = word.partition("=")
        if word in ("-r", "--requirement", "-c", "--constraint"):
            if at + 1 < len(words) and word in ("-r", "--requirement"):
                files.append(words[at + 1])
            at += 1
        elif word.startswith("-r") and not sign and len(word) > 2:
            files.append(word[2:])
        elif sign and name == "--requirement":
            files.append(value)
        elif word in _VALUED:
            at += 1
        elif word in ("-e", "--editable"):
            complete = False
            at += 1
        elif word.startswith("-"):
            pass
        elif word.startswith((".", "/")) or "://" in word or word.endswith(".whl"):
            complete = False
        elif match := _NAME.match(word):
            names.add(normalise(match[0]))
        at += 1
    for file in files:
        found, hashed = _of_file(run, file, 0)
        names |= found
        complete = complete or hashed
        origin = origin or file
    return Wanted(names, complete and bool(files or names), origin or "")


def _of_file(run: Run, path: str, depth: int) -> tuple[set[str], bool]:
    """The distributions in a requirements file and its includes, and whether each has a hash."""
    if not run.needs(path):
        return set(), False
    text = run.text(path)
    if text is None or depth > MAX_FILES:
        return set(), False
    try:
        parsed = parse_requirements(text)
    except ValueError:
        return set(), False
    names = {normalise(entry.name) for entry in parsed.entries if entry.name}
    hashed = bool(parsed.entries) and all(entry.hashes for entry in parsed.entries)
    for entry in parsed.entries[:MAX_ENTRIES]:
        if entry.place is not None:
            run.needs(entry.place)
    for include, _ in parsed.includes[:MAX_FILES]:
        more, _ = _of_file(run, posixpath.join(posixpath.dirname(path), include), depth + 1)
        names |= more
    for include, _ in parsed.constraints[:MAX_FILES]:
        run.needs(posixpath.join(posixpath.dirname(path), include))
    return names, hashed


def _uv(run: Run) -> None:
    words = [word for word in run.rest if not word.startswith("-")]
    verb = words[0] if words else ""
    if verb == "pip":
        at = run.rest.index("pip")
        perform(run.again(("uv-pip", *run.rest[at + 1 :])))
    elif verb == "venv":
        target = next((word for word in words[1:] if word not in run.values("--python", "-p")), ".venv")
        run.make(target, folder=True, content=_empty(pip=False))
    elif verb == "sync":
        _uv_sync(run)
    elif verb == "run":
        at = run.rest.index("run")
        rest = list(run.rest[at + 1 :])
        while rest and rest[0].startswith("-"):
            rest.pop(0)
        if rest:
            perform(run.again(rest))
    elif verb == "build":
        run.make(run.value("--out-dir", "-o") or "dist", folder=True, open=True)
    elif verb not in ("cache", "python", "lock", "export", "version", "tool"):
        run.may_change(".")
    elif verb in ("export", "python", "tool"):
        run.may_change(".", "/root")


def _uv_sync(run: Run) -> None:
    folder = run.value("--project", "--directory") or "."
    if not run.needs(posixpath.join(folder, "pyproject.toml")):
        return
    lock = posixpath.join(folder, "uv.lock")
    if run.has("--locked", "--frozen") and not run.needs(lock):
        return
    target = run.variable("UV_PROJECT_ENVIRONMENT") or posixpath.join(folder, ".venv")
    project, locked = run.data(parse_toml, posixpath.join(folder, "pyproject.toml")), run.data(parse_toml, lock)
    wanted = None
    if project is not None and locked is not None and not run.has("--active"):
        wanted = locked_by_uv(
            project.value,
            locked.value,
            development=not (run.has("--no-dev", "--only-group") or run.variable("UV_NO_DEV") in ("1", "true")),
            defaults=not run.has("--no-default-groups"),
            groups=run.values("--group"),
            without=run.values("--no-group"),
            extras=run.values("--extra"),
            every_extra=run.has("--all-extras"),
            every_group=run.has("--all-groups"),
            package=run.value("--package"),
            every_package=run.has("--all-packages"),
            origin=run.find(lock).source or lock,
        )
    _fill(run, target, wanted)


def _fill(run: Run, target: str, wanted: Wanted | None) -> None:
    """An environment with exactly what a lockfile lists, or with unknown content."""
    run.stage.files.put(Gone(run.at(target), run.words[0]))
    if wanted is None:
        run.make(target, folder=True, open=True)
    else:
        base = _empty(pip=False).base
        run.make(
            target, folder=True, content=Environment(frozenset(wanted.names), wanted.complete, wanted.origin, base)
        )


def _poetry(run: Run) -> None:
    words = [word for word in run.rest if not word.startswith("-")]
    verb = words[0] if words else ""
    if verb == "config" and len(words) > 2 and words[1].startswith("virtualenvs."):
        name = "POETRY_" + words[1].upper().replace(".", "_").replace("-", "_")
        run.stage.settings[name] = words[2]
    elif verb in ("install", "sync"):
        _poetry_install(run)
    elif verb == "run":
        at = run.rest.index("run")
        if run.rest[at + 1 :]:
            perform(run.again(run.rest[at + 1 :]))
    elif verb not in ("config", "check", "cache", "self", "lock", "version", "env"):
        run.may_change(".")


def _poetry_install(run: Run) -> None:
    folder = run.value("-C", "--directory", "--project") or "."
    if not run.needs(posixpath.join(folder, "pyproject.toml")):
        return
    project = run.data(parse_toml, posixpath.join(folder, "pyproject.toml"))
    locked = run.data(parse_toml, posixpath.join(folder, "poetry.lock"))
    created = (run.variable("POETRY_VIRTUALENVS_CREATE") or "true").lower() not in ("false", "0")
    inside = (run.variable("POETRY_VIRTUALENVS_IN_PROJECT") or "").lower() in ("true", "1")
    wanted = None
    if project is not None and locked is not None:
        wanted = locked_by_poetry(
            project.value,
            locked.value,
            only=_list(run.values("--only")),
            with_groups=_list(run.values("--with")),
            without=_list(run.values("--without")) + (["dev"] if run.has("--no-dev") else []),
            extras=_list(run.values("-E", "--extras")),
            every_extra=run.has("--all-extras"),
        )
    active = run.variable("VIRTUAL_ENV")
    if active or inside:
        # Poetry uses an active environment instead of creating one.
        _fill(run, active or posixpath.join(folder, ".venv"), wanted)
    elif not created and run.stage.base is not None and run.stage.base.python is not None:
        prefix = _prefix(run) or run.stage.base.python
        names = frozenset(wanted.names) if wanted is not None else frozenset()
        run.make(prefix, folder=True, content=Environment(names, wanted is not None and wanted.complete))
    else:
        run.stage.loose = run.stage.loose or "Poetry's environment has a generated name"


def _list(values: list[str]) -> list[str]:
    return [part for value in values for part in re.split(r"[,\s]+", value) if part]


def _others(run: Run) -> None:
    """Pipenv, PDM, conda and pixi: an environment with unknown content."""
    prefix = run.value("-p", "--prefix")
    if prefix is not None:
        run.make(prefix, folder=True, open=True)
    elif run.program == "pipenv" and run.has("--system"):
        run.make(
            run.stage.base.python if run.stage.base and run.stage.base.python else "/usr/local", folder=True, open=True
        )
    else:
        run.make(".venv", folder=True, open=True)
        run.may_change("/root")
        if not (run.variable("PIPENV_VENV_IN_PROJECT") or run.program != "pipenv"):
            run.stage.loose = run.stage.loose or f"{run.program}'s environment has a generated name"
    for folder in run.stage.path:
        if run.stage.files.find(posixpath.dirname(folder)).content is not None:
            run.make(posixpath.dirname(folder), folder=True, open=True)


def _uv_pip(run: Run) -> None:
    _pip(run.again(("uv", *run.rest)))


EFFECTS: dict[str, Effect] = {
    **dict.fromkeys(("python", "python3", *(f"python3.{minor}" for minor in range(6, 16))), _python),
    **dict.fromkeys(("pip", "pip3"), _pip),
    "virtualenv": _venv,
    "uv": _uv,
    "uv-pip": _uv_pip,
    "poetry": _poetry,
    **dict.fromkeys(("pipenv", "pdm", "conda", "mamba", "micromamba", "pixi"), _others),
}
