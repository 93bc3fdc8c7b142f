"""Installations: by the lock file, before the sources, without what only development needs."""

import re
from collections.abc import Iterator

from genfile.dockerfile.model import Instruction
from genfile.practice.subject import Practice, Subject, Wrong

# An installation of all dependencies: the words, the lock files that it could follow, and what makes it follow them.
_INSTALLS: tuple[tuple[re.Pattern[str], tuple[str, ...], re.Pattern[str], str], ...] = (
    (
        re.compile(r"\bnpm (?:i|install)\b(?P<rest>[^&|;]*)"),
        ("package-lock.json", "npm-shrinkwrap.json"),
        re.compile(r"$^"),
        "npm ci",
    ),
    (
        re.compile(r"\byarn(?: install)?\b(?P<rest>(?: --?[^&|;]*)?)(?=\s*(?:$|&&|\|\||;))"),
        ("yarn.lock",),
        re.compile(r"--(?:frozen-lockfile|immutable)"),
        "yarn install --frozen-lockfile, or --immutable from Yarn 2",
    ),
    (
        re.compile(r"\bpnpm (?:i|install)\b(?P<rest>[^&|;]*)"),
        ("pnpm-lock.yaml",),
        re.compile(r"--frozen-lockfile"),
        "pnpm install --frozen-lockfile",
    ),
    (
        re.compile(r"\bbun (?:i|install)\b(?P<rest>[^&|;]*)"),
        ("bun.lock", "bun.lockb"),
        re.compile(r"--frozen-lockfile"),
        "bun install --frozen-lockfile",
    ),
    (re.compile(r"\buv sync\b(?P<rest>[^&|;]*)"), ("uv.lock",), re.compile(r"--(?:locked|frozen)"), "uv sync --locked"),
    (
        re.compile(r"\bpipenv install\b(?P<rest>[^&|;]*)"),
        ("Pipfile.lock",),
        re.compile(r"--(?:deploy|ignore-pipfile)"),
        "pipenv sync, or pipenv install --deploy",
    ),
)
_GLOBAL = re.compile(r"(?:^|\s)(?:-g|--global|--location[= ]global)(?:\s|$)")
_PACKAGES = re.compile(r"(?:^|\s)(?![-$\"'>0-9])\S")
_ANY_INSTALL = re.compile(
    r"\b(?:npm (?:ci|i|install)|yarn install|pnpm (?:i|install)|bun install|"
    r"pip3? install [^&|;]*(?:-r|--requirement)\s|"
    r"uv sync|poetry install|pipenv (?:install|sync)|go mod download|bundle install|composer install)\b"
)
_NODE_FULL = re.compile(r"\b(?:npm (?:ci|i|install)|yarn(?: install)?|pnpm (?:i|install))\b(?P<rest>[^&|;]*)")
_PRODUCTION = re.compile(r"--(?:omit[= ]dev|production|prod|only[= ]prod(?:uction)?)\b|(?:^|\s)-P(?:\s|$)")
_PRUNES = re.compile(
    r"\b(?:npm prune|pnpm prune|yarn workspaces focus|yarn install [^&|;]*--production|rm -rf [^&|;]*node_modules)"
)
_MANAGER = re.compile(
    r"\b(?:npm (?:i|install) [^&|;]*(?:-g|--global)[^&|;]*?|corepack (?:prepare|install|use) [^&|;]*?)\b"
    r"(?P<name>pnpm|yarn)(?:@(?P<version>latest|next|\*))?(?=\s|$|&|;)"
)


def _runs(instructions: tuple[Instruction, ...]) -> Iterator[tuple[Instruction, str]]:
    for item in instructions:
        if item.keyword == "RUN":
            yield item, item.value if item.exec_form is None else " ".join(item.exec_form)


def _lock(subject: Subject) -> Iterator[Wrong]:
    for stage in subject.image.needed():
        for item, text in _runs(subject.instructions(stage)):
            for pattern, locks, follows, instead in _INSTALLS:
                match = pattern.search(text)
                lock = next((name for name in locks if _has(subject, name)), None)
                if match is None or lock is None or follows.search(text):
                    continue
                rest = match["rest"]
                if _GLOBAL.search(rest) or _PACKAGES.search(rest):
                    continue
                what = " ".join(match[0].split())[:60]
                yield Wrong(
                    "lock-not-followed",
                    item.line,
                    f"`{what}` may install other versions than {lock} names",
                    f"use {instead}",
                )


def _has(subject: Subject, name: str) -> bool:
    """Whether a lock file is in the build context, in the folder of the service or at its root."""
    service = subject.service
    root = subject.context.root
    path = service.spec.path if service is not None and service.spec.path != "." else ""
    below = path.removeprefix(root).strip("/") if path.startswith(root) else ""
    return any(subject.context.is_file(f"{folder}/{name}" if folder else name) for folder in dict.fromkeys(("", below)))


def _order(subject: Subject) -> Iterator[Wrong]:
    for stage in subject.image.needed():
        whole: Instruction | None = None
        for item in subject.instructions(stage):
            if item.keyword in ("COPY", "ADD") and item.flag("from") is None and not item.heredocs:
                sources = item.words[:-1]
                if any(word.rstrip("/") in (".", "./", "") or word in (".", "./", "*") for word in sources):
                    whole = whole or item
            elif whole is not None and item.keyword == "RUN" and (match := _ANY_INSTALL.search(item.value)):
                yield Wrong(
                    "sources-before-dependencies",
                    whole.line,
                    f"all sources are copied before `{' '.join(match[0].split())}` in line {item.line}: "
                    "each change installs anew",
                    "copy the manifest and the lock file first, install, then copy the sources",
                )
                break


def _development(subject: Subject) -> Iterator[Wrong]:
    service = subject.service
    if service is None or service.spec.language != "node":
        return
    values = service.spec.model_dump()
    if not values.get("has_dev_dependencies") or values.get("dependencies_at_run") != "production":
        return
    production = False
    last: Instruction | None = None
    for item in subject.final:
        if item.keyword == "ENV" and ("NODE_ENV", "production") in item.pairs:
            production = True
        if item.keyword != "RUN":
            continue
        if _PRUNES.search(item.value):
            last = None
        elif (match := _NODE_FULL.search(item.value)) and not _GLOBAL.search(match["rest"]):
            full = not production and not _PRODUCTION.search(item.value) and "NODE_ENV=production" not in item.value
            last = item if full and not _PACKAGES.search(match["rest"]) else None
    if last is not None:
        yield Wrong(
            "development-dependencies",
            last.line,
            "the final image holds every development dependency",
            "install them in a build stage, and with --omit=dev for the final one",
        )


def _manager(subject: Subject) -> Iterator[Wrong]:
    service = subject.service
    manager = service.spec.package_manager if service is not None else None
    fact = service.facts.get("/package_manager/version") if service is not None else None
    if manager is None or manager.version is None or fact is None or not fact.evidence or fact.guess:
        return
    for stage in subject.image.needed():
        for item, text in _runs(subject.instructions(stage)):
            match = _MANAGER.search(text)
            if match is None or match["name"] != manager.name or text[match.end() : match.end() + 1] == "@":
                continue
            what = f"{manager.name}@{match['version']}" if match["version"] else f"the newest {manager.name}"
            yield Wrong(
                "manager-unpinned",
                item.line,
                f"{what} is installed, and the project asks for {manager.version}: {fact.evidence[0]}",
                f"install {manager.name}@{manager.version}",
            )


PRACTICES = (
    Practice(
        "lock-not-followed",
        "An installation that may change the lock file installs what nobody has tested.",
        "docs.npmjs.com/cli/commands/npm-ci",
        _lock,
    ),
    Practice(
        "sources-before-dependencies",
        "The cache of the installation is lost with each change of a source file.",
        "docs.docker.com/build/cache/optimize/#order-your-layers",
        _order,
    ),
    Practice(
        "development-dependencies",
        "What only development needs makes the image larger and gives attackers more to work with.",
        "docs.npmjs.com/cli/commands/npm-ci#omit",
        _development,
    ),
    Practice(
        "manager-unpinned",
        "Another major version of the package manager reads the lock file differently, or refuses it.",
        "nodejs.org/api/packages.html#packagemanager",
        _manager,
    ),
)
