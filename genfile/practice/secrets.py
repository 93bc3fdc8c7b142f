"""Secrets and version control: what must not be in a layer."""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

from genfile.container.compose import EXAMPLES, read_dotenv
from genfile.detect.node.public import PUBLIC_PREFIXES
from genfile.dockerfile.model import Instruction
from genfile.practice.subject import Practice, Subject, Wrong

_NAME = re.compile(
    r"(?:^|_)(?:SECRET|TOKEN|PASSWORD|PASSWD|PASS|PWD|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?)(?:_|$)|SECRET_KEY"
)
# Of those, what no page can make use of: keys and tokens may be public ones.
_KEPT = re.compile(r"(?:^|_)(?:SECRET|PASSWORD|PASSWD|PRIVATE_?KEY)(?:_|$)(?!ID\b|NAME\b)")
# Names that look like a secret's but hold none: files, times, keys that every browser gets.
_HARMLESS = re.compile(
    r"(?:_FILE|_PATH|_DIR|_URL|_EXPIR\w*|_TTL|_NAME|_ID|_HEADER|_LENGTH|_ALGORITHM|_SECONDS|_MINUTES|_ENABLED|PUBLIC\w*)$"
    r"|PUBLISHABLE|^(?:NEXT_PUBLIC|NUXT_PUBLIC|VITE|REACT_APP|PUBLIC|EXPO_PUBLIC)_|_PUBLIC_",
    re.IGNORECASE,
)
_NO_VALUE = re.compile(r"|\"\"|''|true|false|\d{1,2}", re.IGNORECASE)
_MAX_COMMAND = 8_000
# A file of settings by its name, and one of examples that names no secret of anybody.
_ENV_FILE = re.compile(r"\.env(?:\.[\w.-]+)?|[\w-]+\.env")
_EXAMPLE = re.compile(r"example|sample|template|dist|defaults?|test|ci\b|schema|vault|keys", re.IGNORECASE)
# Keys by the endings of their names and by their first line; databases that are one file.
_KEYS = (".pem", ".key", "id_rsa", "id_ed25519")
_PRIVATE = re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")
_DATABASES = (".sqlite", ".sqlite3", ".mdb")
_SQLITE = b"SQLite format 3\0"
# A password in the address of a server: `postgres://user:password@host`.
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/:@]*:(?P<password>[^\s/@]+)@")


def is_secret(name: str) -> bool:
    """Whether a variable holds a secret, by its name."""
    return _NAME.search(name.upper()) is not None and not _HARMLESS.search(name)


def _values(subject: Subject) -> Iterator[Wrong]:
    """Values of ENV and ARG in the stages behind the image; other stages leave none in it."""
    told: set[str] = set()
    for item in subject.final:
        for name, value in item.pairs if item.keyword in ("ENV", "ARG") else ():
            address = _ADDRESS.search(value)
            if address is not None and "$" not in address["password"]:
                text = f"{item.keyword} {name} has a password in its address: whoever has the image can read it"
                yield Wrong("secret-in-image", item.line, text, "give the address when the container starts")
                continue
            public = next((prefix for prefix in PUBLIC_PREFIXES if name.startswith(prefix)), None)
            if public is not None and _KEPT.search(name[len(public) :]) and name not in told:
                told.add(name)
                text = f"{name} is a secret by its name, and the build writes it into the pages: each browser gets it"
                yield Wrong("secret-in-image", item.line, text, "keep it on the server")
                continue
            if not is_secret(name) or _NO_VALUE.fullmatch(value):
                continue
            if "$" in value:
                origin = re.fullmatch(r"\$\{?(\w+)\}?", value)
                if origin is None or not _is_argument(subject, origin[1]):
                    continue
            yield Wrong(
                "secret-in-image",
                item.line,
                f"{item.keyword} {name} has a value: whoever has the image can read it",
                "mount it for one step (RUN --mount=type=secret), or give it when the container starts",
            )


def _is_argument(subject: Subject, name: str) -> bool:
    """Whether a variable is a build argument."""
    return any(name == key for item in subject.final if item.keyword == "ARG" for key, _ in item.pairs)


def _env_file(subject: Subject) -> Iterator[Wrong]:
    """Files of settings that the image has, however they came there."""
    for path, item, values in settings_shipped(subject):
        if not values:
            continue
        secrets = [key for key, value in values.items() if value and is_secret(key)]
        if not secrets and posixpath.basename(path) != ".env":
            continue
        what = f"with its {', '.join(secrets[:3])}" if secrets else "with the settings of one machine"
        yield Wrong(
            "env-file-shipped",
            item.line,
            f"{path} goes into the image {what}: whoever has the image can read it",
            f"leave {path} out in .dockerignore, and give the variables when the container starts",
            None if secrets else "hint",
        )
        return
    for path, item in settings_handed(subject):
        text = f"{path} goes into the image with the settings of one machine: whoever has the image can read it"
        yield Wrong("env-file-shipped", item.line, text, "give the variables when the container starts")
        return
    yield from _untracked(subject)


def _untracked(subject: Subject) -> Iterator[Wrong]:
    """A file of settings that each machine has of its own: git leaves it out, and the ignore file does not."""
    context = subject.context
    item = next((item for item in subject.final if _copies_all(item)), None)
    if item is None or not context.ignored.rules or context.untracked is None:
        return
    for folder in dict.fromkeys(("", _folder(subject))):
        path = posixpath.join(folder, ".env")
        full = posixpath.join(context.root, path)
        is_left_out = context.excludes(path) or is_removed(subject, item, ".env")
        if context.is_file(path) or is_left_out or not context.untracked(full) or not _is_wanted(subject, full):
            continue
        text = f"{path} is ignored by git, and not by .dockerignore: where there is one, it goes into the image"
        fix = f"leave {path} out in .dockerignore, too"
        yield Wrong("env-file-shipped", item.line, text, fix, "hint")
        return


def _is_wanted(subject: Subject, path: str) -> bool:
    """Whether the project asks for a file of settings: by an example beside it, or in a compose file."""
    # `.env.local.example` stands for another file.
    examples = {name for name in EXAMPLES if ".local" not in name}
    if not examples.isdisjoint(subject.context.folders.get(posixpath.dirname(path), ())):
        return True
    for file in dict.fromkeys(file for file, _ in subject.composed):
        text = subject.context.read_text(file) or ""
        place = posixpath.relpath(path, posixpath.dirname(file) or ".")
        if "env_file" in text and re.search(rf"(?<![^\s\"'\[])(?:\./)?{re.escape(place)}(?![^\s\"'\],])", text):
            return True
    return False


def _data(subject: Subject) -> Iterator[Wrong]:
    """Private keys and databases of the build context that the image has."""
    seen: set[bool] = set()
    for path in sorted(subject.context.below("")):
        is_key = is_private_key(path, subject.context.read)
        if not (is_key or _is_database(subject, path)) or _EXAMPLE.search(path) or is_key in seen:
            continue
        item = brought_by(subject, path)
        if item is None or is_removed(subject, item, posixpath.basename(path)):
            continue
        seen.add(is_key)
        what = "a private key: whoever has the image has the key" if is_key else "a database, with all that is in it"
        text = f"{path} goes into the image: it is {what}"
        instead = "mount it when the container starts" if is_key else "keep it in a volume"
        fix = f"leave {path} out in .dockerignore, and {instead}"
        yield Wrong("data-shipped", item.line, text, fix)


def is_example(path: str) -> bool:
    """Whether a file names no secret of anybody, by its name."""
    return _EXAMPLE.search(posixpath.basename(path)) is not None


def is_private_key(path: str, read: Callable[[str], str | None]) -> bool:
    """Whether a file holds a private key, by the ending of its name and by its first line."""
    return path.endswith(_KEYS) and _PRIVATE.search(read(path) or "") is not None


def _is_database(subject: Subject, path: str) -> bool:
    """Whether a file is a database: by its ending, or, as `.db` may be anything, by how SQLite's files begin."""
    if not path.endswith(".db"):
        return path.endswith(_DATABASES)
    read = subject.context.read_start
    full = posixpath.join(subject.context.root, path)
    return read is not None and read(full).startswith(_SQLITE)


def settings_sent(subject: Subject) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The files of settings in the build context, with their values."""
    for path in _env_files(subject):
        yield path, read_dotenv(subject.context.read(path) or "")


def settings_handed(subject: Subject) -> Iterator[tuple[str, Instruction]]:
    """Files of settings that the image takes from a build stage where the build context has none: the machine that
    builds it does. Each with the instruction that takes it."""
    for item in subject.final:
        origin = item.flag("from") if item.keyword == "COPY" else None
        stage = next((one for one in subject.built.needed if origin in (one.name, str(one.index))), None)
        for word in item.words[:-1] if stage is not None and origin is not None else ():
            name = posixpath.basename(word)
            if not _ENV_FILE.fullmatch(name) or _EXAMPLE.search(name) or stage is None:
                continue
            steps = (one for one in subject.instructions(stage) if one.keyword == "RUN" or one.heredocs)
            sent = stage.files.find(posixpath.normpath(posixpath.join("/", word))).source
            if sent is None and not any(name in one.value for one in steps):
                yield name, item


def settings_shipped(subject: Subject) -> Iterator[tuple[str, Instruction, Mapping[str, str]]]:
    """The files of settings that the image has: each with the instruction that brings it, and with its values."""
    for path in _env_files(subject):
        item = brought_by(subject, path)
        if item is not None and not is_removed(subject, item, posixpath.basename(path)):
            yield path, item, read_dotenv(subject.context.read(path) or "")


def _env_files(subject: Subject) -> Iterator[str]:
    """The files of settings that the build context sends, at its top and in the folder of the service."""
    for folder in dict.fromkeys(("", _folder(subject))):
        names = subject.context.folders.get(posixpath.join(subject.context.root, folder).rstrip("/"), ())
        for name in sorted(names):
            path = posixpath.join(folder, name)
            if _ENV_FILE.fullmatch(name) and not _EXAMPLE.search(name) and subject.context.find(path):
                yield path


def brought_by(subject: Subject, path: str) -> Instruction | None:
    """The instruction that brings a file of the build context into the image, straight or through another stage."""
    files = subject.built.final.files
    for copy in reversed(subject.image.stage.copies):
        source = posixpath.normpath(copy.value.source.lstrip("/") or ".")
        if copy.value.stage is None and source != "." and source != path and not path.startswith(f"{source}/"):
            continue
        target, name = copy.value.target, posixpath.basename(path)
        below = posixpath.relpath(path, source) if copy.value.stage is None else name
        for place in (
            target,
            posixpath.join(target, name),
            posixpath.join(target, path),
            posixpath.join(target, below),
        ):
            if files.find(posixpath.normpath(place)).source == path:
                return subject.at(copy.evidence.line)
    return None


def _folder(subject: Subject) -> str:
    """The folder of the service in the build context."""
    path = subject.service.spec.path if subject.service is not None else "."
    root = subject.context.root
    inside = path == root or path.startswith(f"{root}/") or not root
    return path[len(root) :].lstrip("/") if inside and path != "." else ""


def is_removed(subject: Subject, copied: Instruction, name: str) -> bool:
    """Whether a step behind the instruction that brings a file removes it again."""
    pattern = re.compile(rf"\brm\b[^&;|]*{re.escape(name)}")
    later = (item for item in subject.final if item.keyword == "RUN" and item.line > copied.line)
    return any(pattern.search(item.value[:_MAX_COMMAND]) for item in later)


def _no_ignore(subject: Subject) -> Iterator[Wrong]:
    if subject.context.ignored.rules:
        return
    shipped = next((item for item in subject.final if _copies_all(item)), None)
    item = shipped
    for stage in () if shipped is not None else subject.image.needed():
        item = item or next((item for item in subject.instructions(stage) if _copies_all(item)), None)
    if item is None:
        yield from _of_the_service(subject)
        return
    what = ".git, installed packages" if not subject.context.root else "installed packages"
    yield Wrong(
        "no-dockerignore",
        item.line,
        f"there is no .dockerignore: {what} and local settings are copied, too",
        "`genfile init` writes one",
        None if shipped is not None else "hint",
    )


def _of_the_service(subject: Subject) -> Iterator[Wrong]:
    """The folder of a service, copied whole with what each machine has there: installed packages, local settings."""
    folder = _folder(subject)
    for stage in subject.image.needed() if folder else ():
        for item in subject.instructions(stage):
            own = item.keyword == "COPY" and item.flag("from") is None and not item.heredocs
            if own and folder in [posixpath.normpath(word.lstrip("/")) for word in item.words[:-1]]:
                text = f"there is no .dockerignore: installed packages and local settings of {folder} are copied, too"
                yield Wrong("no-dockerignore", item.line, text, "`genfile init` writes one", "hint")
                return


def _history(subject: Subject) -> Iterator[Wrong]:
    """.git in a copied build context; a context without any ignore file is another finding."""
    ignored = subject.context.ignored
    if subject.context.root or not ignored.rules or ignored.excludes(".git/config"):
        return
    item = next((item for item in subject.final if _copies_all(item)), None)
    if item is not None and not is_removed(subject, item, ".git"):
        text = ".git goes into the image: with it the whole history, and each secret that was ever committed"
        yield Wrong("git-shipped", item.line, text, "add .git to .dockerignore")


def _copies_all(item: Instruction) -> bool:
    if item.keyword not in ("COPY", "ADD") or item.flag("from") is not None or item.heredocs:
        return False
    return any(word in (".", "./", "/") for word in item.words[:-1])


PRACTICES = (
    Practice(
        "secret-in-image",
        "A value in ENV or ARG is in the image's history for good.",
        "docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env",
        _values,
    ),
    Practice(
        "env-file-shipped",
        "A file of local settings often holds secrets, and every layer can be read.",
        "docs.docker.com/build/building/secrets",
        _env_file,
    ),
    Practice(
        "data-shipped",
        "Keys and databases of one machine are in each copy of the image, and what a container writes to them is lost.",
        "docs.docker.com/build/concepts/context/#dockerignore-files",
        _data,
    ),
    Practice(
        "no-dockerignore",
        "Without an ignore file the build context holds what must not be in an image, and changes all the time.",
        "docs.docker.com/build/concepts/context/#dockerignore-files",
        _no_ignore,
    ),
    Practice(
        "git-shipped",
        "A copy of version control makes the image larger, and holds what was deleted long ago.",
        "docs.docker.com/build/concepts/context/#dockerignore-files",
        _history,
    ),
)
