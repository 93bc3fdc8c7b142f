"""Mutations of a tree. Pure: the same generator of random numbers gives the same tree."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import Any

from tests.conftest import EXAMPLES, PROJECTS, project_names

Tree = dict[str, bytes]

# An instruction that no template of genfile's writes: where one comes out, text of the tree became an instruction.
CANARY = "MAINTAINER"
HOSTILE = (
    f"x\n{CANARY} pwned",
    f"x\r\n{CANARY} pwned",
    f"x\\\n{CANARY} pwned",
    f"x\u2028{CANARY} pwned",
    f"\\\n{CANARY} pwned",
    f"# comment\n{CANARY} pwned",
    "cat <<EOF",
    "cat <<\\EOF",
    "cat <<-'EOF'",
    "x <<2",
    "3<<é",
    "$(touch pwned)",
    "`touch pwned`",
    "${HOME}",
    "${X:-${Y}}",
    "$",
    "a; touch pwned",
    "a && touch pwned",
    "' \" \\",
    "x\\",
    "--privileged",
    "--mount=type=bind",
    "[a]",
    '["a"]',
    "#",
    "-",
    "",
    " ",
    "/",
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\x",
    ".git/config",
    "a b",
    "*",
    "[[]",
    "!x",
    "{{ 7*7 }}",
    "{% raw %}",
    "\x1b[31mred",
    "\u202etxt",
    "\ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "é" * 50,
    "x" * 5000,
    "0",
    "-1",
    "99999",
    "9" * 400,
    "1e999",
    "null",
    "latest",
    "22 || rm",
    ">=1 <0",
    "@scope/../x",
    "file:..",
    "git+ssh://git@host/x",
    "npm:evil@1",
)
_ODD_VALUES: tuple[Any, ...] = (None, True, 0, -1, 1.5, [], {}, [[]], {"": ""}, [None], "", 10**30)
_NAMES = (
    "Dockerfile",
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "compose.yaml",
    "Procfile",
    "fly.toml",
    ".env",
    "genfile.toml",
    "main.py",
    "server.js",
)


@cache
def seeds() -> tuple[tuple[str, Tree], ...]:
    """The fixtures and examples, each as a mapping of path to bytes."""
    folders = [PROJECTS / name for name in project_names()]
    folders += sorted(path for path in EXAMPLES.iterdir() if path.is_dir() and path.name != "presets")
    return tuple(
        (
            folder.name,
            {
                path.relative_to(folder).as_posix(): path.read_bytes()
                for path in sorted(folder.rglob("*"))
                if path.is_file() and path.stat().st_size < 200_000
            },
        )
        for folder in folders
    )


def make_tree(seed: int, number: int) -> tuple[str, Tree]:
    """The tree of a case, and one line that says how it was made."""
    random = Random(f"{seed}/{number}")
    name, files = random.choice(seeds())
    tree = dict(files)
    done = [name]
    for _ in range(random.choice((1, 1, 2, 3, 5, 8))):
        mutation = random.choice(MUTATIONS)
        done.append(mutation(random, tree) or mutation.__name__)
        if not tree:
            break
    return ", ".join(done), tree


def _pick(random: Random, tree: Mapping[str, bytes]) -> str:
    """A file of the tree; manifests and other small files more often than sources."""
    names = sorted(tree)
    top = [name for name in names if name.rpartition("/")[2] in _NAMES or name.count("/") == 0]
    return random.choice(top if top and random.random() < 0.7 else names)


def flip_bytes(random: Random, tree: Tree) -> str:
    path = _pick(random, tree)
    content = bytearray(tree[path])
    for _ in range(random.randint(1, 8)):
        if content:
            content[random.randrange(len(content))] = random.randrange(256)
    tree[path] = bytes(content)
    return f"flip {path}"


def insert_hostile(random: Random, tree: Tree) -> str:
    path = _pick(random, tree)
    content, text = tree[path], random.choice(HOSTILE)
    at = random.randint(0, len(content))
    tree[path] = content[:at] + text.encode() + content[at:]
    return f"insert {text[:20]!r} into {path}"


def replace_word(random: Random, tree: Tree) -> str:
    """A word between two quotes, or behind `=` or `:`, gives way to hostile text."""
    path = _pick(random, tree)
    parts = tree[path].split(b'"')
    if len(parts) < 3:
        return insert_hostile(random, tree)
    text = random.choice(HOSTILE)
    at = random.randrange(1, len(parts), 2) if len(parts) > 1 else 0
    quoted = json.dumps(text)[1:-1] if random.random() < 0.8 else text
    parts[at] = quoted.encode()
    tree[path] = b'"'.join(parts)
    return f"word {text[:20]!r} in {path}"


def replace_value(random: Random, tree: Tree) -> str:
    """A value of a JSON file becomes one of another type, or hostile text."""
    names = [path for path in sorted(tree) if path.endswith(".json")]
    if not names:
        return replace_word(random, tree)
    path = random.choice(names)
    try:
        value = json.loads(tree[path])
    except (ValueError, RecursionError):
        return flip_bytes(random, tree)
    places = list(_places(value))
    if not places:
        return flip_bytes(random, tree)
    holder, key = random.choice(places)
    holder[key] = random.choice(_ODD_VALUES) if random.random() < 0.4 else random.choice(HOSTILE)
    if isinstance(holder, dict) and random.random() < 0.3:
        holder[random.choice(HOSTILE)] = holder.pop(key)
    tree[path] = json.dumps(value, indent=random.choice((None, 2))).encode()
    return f"value in {path}"


def _places(value: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting and len(found) < 2000:
        item = waiting.pop()
        keys = list(item) if isinstance(item, dict) else range(len(item)) if isinstance(item, list) else ()
        for key in keys:
            found.append((item, key))
            waiting.append(item[key])
    return found


def repeat_chunk(random: Random, tree: Tree) -> str:
    """Some bytes of a file, very often."""
    path = _pick(random, tree)
    content = tree[path]
    at = random.randint(0, len(content))
    chunk = content[at : at + random.choice((1, 2, 3, 8, 40, 400))] or b"("
    count = random.choice((10, 1000, 100_000))
    tree[path] = content[:at] + chunk * min(count, 300_000 // len(chunk)) + content[at:]
    return f"repeat {chunk[:10]!r} in {path}"


def cut_file(random: Random, tree: Tree) -> str:
    path = _pick(random, tree)
    tree[path] = tree[path][: random.randint(0, len(tree[path]))]
    return f"cut {path}"


def drop_file(random: Random, tree: Tree) -> str:
    path = _pick(random, tree)
    del tree[path]
    return f"drop {path}"


def rename_file(random: Random, tree: Tree) -> str:
    """A file moves, perhaps into a folder with a hostile name."""
    path = _pick(random, tree)
    folder = random.choice(("", "a/", "a b/", "${HOME}/", "[x]/", "it's/", "--x/", "#/", "é/", "src/", "node_modules/"))
    name = random.choice((path.rpartition("/")[2], random.choice(_NAMES)))
    tree[folder + name] = tree.pop(path)
    return f"rename {path} to {folder}{name}"


def move_below(random: Random, tree: Tree) -> str:
    """The whole tree moves into a folder."""
    folder = random.choice(("svc", "a b", "${HOME}", "[x]", "it's", "-x", "#x", "$x", "!x", "x:y", "ü", "x,y"))
    moved = {f"{folder}/{path}": content for path, content in tree.items()}
    tree.clear()
    tree.update(moved)
    return f"move below {folder}"


def add_fixture(random: Random, tree: Tree) -> str:
    """Another fixture lies in it too, in a folder or over it."""
    name, files = random.choice(seeds())
    prefix = random.choice(("", f"{name}/"))
    tree.update({prefix + path: content for path, content in files.items()})
    return f"add {name}"


def swap_contents(random: Random, tree: Tree) -> str:
    one, other = _pick(random, tree), _pick(random, tree)
    tree[one], tree[other] = tree[other], tree[one]
    return f"swap {one} and {other}"


def change_encoding(random: Random, tree: Tree) -> str:
    path = _pick(random, tree)
    text = tree[path].decode("utf-8", "replace")
    tree[path] = random.choice(
        (
            text.encode("utf-16"),
            b"\xef\xbb\xbf" + text.encode(),
            text.replace("\n", "\r\n").encode(),
            text.replace("\n", "\r").encode(),
            b"\x00" + text.encode(),
        )
    )
    return f"encode {path}"


MUTATIONS: tuple[Callable[[Random, Tree], str], ...] = (
    flip_bytes,
    insert_hostile,
    insert_hostile,
    replace_word,
    replace_word,
    replace_value,
    replace_value,
    repeat_chunk,
    cut_file,
    drop_file,
    rename_file,
    move_below,
    add_fixture,
    swap_contents,
    change_encoding,
)
