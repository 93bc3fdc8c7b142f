"""System packages and folders that RUN steps add: apt, apk, dnf; mkdir, chown."""

import re
from collections.abc import Iterator, Mapping

from genfile.container.variables import shell_text

_TOOLS = {
    "apt-get": "install",
    "apt": "install",
    "aptitude": "install",
    "apk": "add",
    "dnf": "install",
    "microdnf": "install",
    "yum": "install",
    "zypper": "install",
    "install_packages": "",
}
# Flags that take a word.
_VALUED = frozenset({"-t", "--target-release", "-o", "--virtual", "--repository", "-X", "--root", "--setopt", "-c"})
_NAME = re.compile(r"[a-z0-9][a-z0-9.+_=~<>:*-]*")
_PARTS = re.compile(r"&&|\|\||;|\n|\|")


def installed(text: str, variables: Mapping[str, str] | None = None) -> Iterator[str]:
    """The packages that a shell text has a package manager install, and does not remove again."""
    values = {**(variables or {}), **dict(re.findall(r"\b([A-Z][A-Z0-9_]*)=[\"']([^\"'$]*)[\"']", text))}
    found: dict[str, None] = {}
    for part in _parts(text):
        words = [word for piece in part.split() for word in _expanded(piece, values)]
        names, virtual = _names(words)
        # A set under a name of its own is there to be removed again.
        found.update(dict.fromkeys(() if virtual and f"del {virtual}" in re.sub(r"--\S+\s", "", text) else names))
    for part in _parts(text):
        words = part.split()
        if any(word in ("purge", "remove", "autoremove", "del") for word in words[:4]):
            for word in words:
                found.pop(word, None)
    yield from found


def _parts(text: str) -> list[str]:
    return _PARTS.split(text.replace("\\\n", " "))


def _expanded(word: str, values: dict[str, str]) -> list[str]:
    match = re.fullmatch(r"\$\{?([A-Za-z_]\w*)\}?", word.strip("\"'"))
    return values.get(match[1], "").split() if match else [shell_text(word, values).strip("\"'")]


def _names(words: list[str]) -> tuple[list[str], str | None]:
    for index, word in enumerate(words):
        verb = _TOOLS.get(word.rsplit("/", 1)[-1])
        if verb is None or (verb and verb not in words[index + 1 : index + 12]):
            continue
        rest = words[words.index(verb, index) + 1 :] if verb else words[index + 1 :]
        before = words[index + 1 : len(words) - len(rest)]
        virtual = next((before[at + 1] for at, item in enumerate(before[:-1]) if item in ("-t", "--virtual")), None)
        names: list[str] = []
        at = 0
        while at < len(rest):
            if rest[at] in _VALUED:
                if rest[at] in ("-t", "--virtual") and word == "apk" and at + 1 < len(rest):
                    virtual = rest[at + 1]
                at += 1
            elif rest[at] in (">", "<", ">>", "2>&1"):
                break
            elif _NAME.fullmatch(rest[at]):
                names.append(re.split(r"[=~<>:]", rest[at])[0])
            at += 1
        return names, virtual
    return [], None


def made_folders(text: str) -> Iterator[str]:
    """The folders that a shell text makes, or gives to a user: mkdir, install -d, chown, chmod."""
    for part in _parts(text):
        words = part.split()
        while words and (words[0] == "sudo" or re.match(r"[A-Za-z_]\w*=", words[0])):
            words = words[1:]
        plain = [word.strip("\"'") for word in words[1:] if not word.startswith("-")]
        if words[:1] == ["mkdir"] or (words[:1] == ["install"] and "-d" in words):
            yield from plain
        elif words[:1] == ["chown"] or (words[:1] == ["chmod"] and plain and _lets_write(plain[0])):
            yield from plain[1:]


def _lets_write(mode: str) -> bool:
    """Whether a mode of chmod may be about writing: 777, a+rw. `+x` makes a program of a file."""
    return mode.isdecimal() or bool(re.search(r"[+=][^,]*[wugo]", mode))
