"""What a container does each time it starts, and a build or a release should do once: installing, building, testing."""

import posixpath
import re
from collections.abc import Iterator

from genfile.container.compose import strength
from genfile.practice.subject import Practice, Subject, Wrong

_ENDS = "it fails once the account is there, and the start with it"
# What begins a command, and what of it makes it one that belongs elsewhere, with the reason.
_WORK: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"^(?:\S*/)?(?:{pattern})(?=\s|$)"), why)
    for pattern, why in (
        (
            r"npm (?:ci|install|i)|yarn install|yarn(?=$| --)|pnpm (?:install|i)|bun install|composer install"
            r"|bundle install|poetry install|(?:python3? -m )?pip3? install"
            r"|pipenv install|go mod download|go get|dotnet restore",
            "it installs packages: without a network, or with other versions, it does not start",
        ),
        (
            r"(?:npm|pnpm|yarn|bun) (?:run )?build|tsc|next build|nuxt build"
            r"|vite build|go build|mvn (?:-\S+ )*(?:package|install)|(?:gradle|gradlew) (?:build|bootJar)|cargo build"
            r"|dotnet (?:build|publish)",
            "it builds, which the image should have done",
        ),
        (
            r"go run|cargo run|dotnet (?:run|watch)|mvnw? (?:-\S+ )*spring-boot:run|gradlew? (?:-\S+ )*(?:bootRun|run)",
            "it compiles the program each time",
        ),
        (
            r"python3? manage\.py test|pytest|npm (?:run )?test|yarn test|go test",
            "it runs the tests each time",
        ),
        (
            r"python3? manage\.py makemigrations|prisma migrate dev|alembic revision|flask db migrate"
            r"|prisma db push",
            "it changes the database by what is not in version control",
        ),
        (
            r"prisma db seed|npm run (?:db:)?seed\S*|yarn (?:db:)?seed|python3? manage\.py loaddata|rails db:seed"
            r"|php artisan db:seed|python3? (?:\S*/)?seed\w*\.py|node (?:\S*/)?seed\w*\.js",
            "it fills the database each time",
        ),
        (r"python3? manage\.py createsuperuser", _ENDS),
    )
)
_PARTS = re.compile(r"&&|;|\n")
_OPENS = re.compile(r"^(?:if|case|for|while|until)\b")
_CLOSES = re.compile(r"^(?:fi|esac|done)\b")
_RUNNERS = re.compile(
    r"^(?:npx|bunx|npm exec(?: --)?|(?:yarn|pnpm|bun)(?: run| exec| dlx)?|(?:uv|poetry|pipenv) run)\s+"
)
_COLLECTS = "collectstatic"
_STARTERS = re.compile(
    r".*\.(?:ya?ml|sh|toml|cfg|py)|Makefile|Procfile|justfile|(?:docker-)?entrypoint.*|.*[Dd]ockerfile.*"
)
# Folders of what may be lost.
_PASSING = frozenset({"log", "logs", "cache", "tmp", "temp", "sessions"})
_MAX_SCRIPT = 8_000


def _work(subject: Subject) -> Iterator[Wrong]:
    stage = subject.image.stage
    said = stage.command or stage.entrypoint
    seen: set[str] = set()
    for command, strict in _commands(subject) if said is not None else ():
        for pattern, why in _WORK:
            match = _first(pattern, command) if strict or why is not _ENDS else None
            if match is not None and why not in seen and said is not None:
                seen.add(why)
                text = f"each start of the container runs `{command[:60]}`: {why}"
                yield Wrong("start-does-more", said.evidence.line, text, "do it in the build, or once for each release")


def _first(pattern: re.Pattern[str], command: str) -> re.Match[str] | None:
    """How a command begins, or what a package manager runs of its packages: `yarn run prisma`, `npx prisma`."""
    return pattern.match(command) or pattern.match(_RUNNERS.sub("", command))


def _commands(subject: Subject) -> Iterator[tuple[str, bool]]:
    """The commands that every start runs, in order, and whether one that fails ends it: those behind a condition are
    left out."""
    words = subject.image.words
    whole = len(words) == 3 and words[1] == "-c"
    texts = [words[2] if whole else " ".join(words)]
    command = subject.image.command
    for path in command.value.scripts if command is not None else ():
        texts.append((subject.context.read(path) or "")[:_MAX_SCRIPT].replace("\\\n", " "))
    for text in texts:
        depth, strict = 0, "&&" in text or re.search(r"(?m)^set -\w*e", text) is not None
        for part in _PARTS.split(text):
            line = part.strip()
            depth += 1 if _OPENS.match(line) else -1 if _CLOSES.match(line) else 0
            if depth <= 0 and line and not line.startswith("#") and "||" not in line:
                yield re.sub(r"^(?:exec|then|do|else|time)\s+", "", line), strict


def _uncollected(subject: Subject) -> Iterator[Wrong]:
    """The static files of a Django project that nothing collects: neither a step, a script, nor a compose file."""
    service, command = subject.service, subject.image.command
    collects = service is not None and any(_COLLECTS in line for line in service.spec.build)
    if service is None or command is None or not collects or service.spec.framework != "django":
        return
    texts = [item.value for item in subject.dockerfile.instructions]
    for folder, names in subject.context.folders.items():
        paths = (posixpath.join(folder, name) for name in names if _STARTERS.fullmatch(name))
        texts += [subject.context.read_text(path) or "" for path in paths]
    if not any(_COLLECTS in text for text in texts) and "runserver" not in " ".join(subject.image.words):
        text = "nothing collects the static files that Django has in STATIC_ROOT: pages come without styles"
        yield Wrong("start-does-less", command.evidence.line, text, "RUN python manage.py collectstatic --noinput")


def _kept(subject: Subject) -> Iterator[Wrong]:
    """Folders with what the program keeps, where neither the image nor a compose file has a volume for them."""
    service = subject.service
    if service is None or service.spec.static is not None:
        return
    volumes = [said.value for said in subject.image.volumes]
    volumes += [volume.value for _, item in subject.composed for volume in item.volumes]
    folder = service.spec.path
    for path in service.spec.kept:
        if posixpath.basename(path).strip(".") in _PASSING:
            continue
        inside = posixpath.relpath(path, folder) if folder != "." else path
        place = posixpath.normpath(posixpath.join(subject.built.final.folder, inside))
        if (
            inside.startswith("..")
            or _is_mounted(subject, place)
            or any(_holds(posixpath.normpath(volume), place) for volume in volumes)
        ):
            continue
        text = f"the program keeps files in {place}, and no volume does: they end with the container"
        at = subject.image.command.evidence.line if subject.image.command is not None else subject.image.stage.line
        yield Wrong("data-lost", at, text, f"VOLUME {place}, and mount one")
        return


def _is_mounted(subject: Subject, place: str) -> bool:
    """Whether a compose file mounts something at a place or above it, in whatever service."""
    parts = place.strip("/").split("/")
    places = "|".join(re.escape("/" + "/".join(parts[:end])) for end in range(1, len(parts) + 1))
    mounts = re.compile(rf":(?:{places})/?(?=[\s:\"']|$)", re.MULTILINE)
    for folder, names in subject.context.folders.items():
        for name in names:
            path = posixpath.join(folder, name)
            if strength(name) is not None and mounts.search(subject.context.read_text(path) or ""):
                return True
    return False


def _holds(volume: str, place: str) -> bool:
    return place == volume or place.startswith(f"{volume.rstrip('/')}/") or volume.startswith(f"{place}/")


PRACTICES = (
    Practice(
        "start-does-more",
        "A start that installs, builds or tests is slow, fails without a network, and runs again with each restart.",
        "docs.docker.com/build/building/best-practices/#create-ephemeral-containers",
        _work,
        "hint",
    ),
    Practice(
        "start-does-less",
        "What no build and no start does is missing in each container.",
        "docs.djangoproject.com/en/stable/howto/static-files/deployment/",
        _uncollected,
        "hint",
    ),
    Practice(
        "data-lost",
        "What a container writes outside of a volume is gone with the next version of the image.",
        "docs.docker.com/build/building/best-practices/#volume",
        _kept,
        "hint",
    ),
)
