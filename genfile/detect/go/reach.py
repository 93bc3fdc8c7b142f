"""Servers that only listen on loopback, which a container can't reach: the setting to listen on all addresses."""

import re
from collections.abc import Iterator

from genfile.detect.go.hosts import hosts_of
from genfile.detect.go.module import GoModule
from genfile.detect.go.port import AskedAddress, Sources
from genfile.detect.loopback import put_fixed, put_moved
from genfile.evidence import Draft, Evidence
from genfile.parsers.go import GoFile
from genfile.parsers.godispatch import dashed

_LOOPBACK = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(:\d{2,5})?")
_HOST = re.compile(r"(?:localhost|127\.0\.0\.1|\[?::1\]?)(:.*)?")
_FLAGS = frozenset({"String", "StringVar", "StringP", "StringVarP"})
# Words in a flag or variable that sets the program's own address.
_OWN = ("addr", "host", "listen", "bind", "http")
_FOREIGN = ("db", "database", "redis", "mysql", "postgres", "pg", "mongo", "smtp", "mail", "kafka", "amqp", "nats",
            "proxy", "upstream", "remote", "backend", "target", "grpc", "metrics", "pprof", "debug", "admin", "etcd",
            "elastic", "ldap", "consul", "jaeger", "otel", "statsd", "influx", "rpc")  # fmt: skip


def put_reachable(asked: AskedAddress, sources: Sources, draft: Draft) -> None:
    """Put arguments or a variable that move a loopback listener to all addresses; a note if there is no way."""
    module, port = asked.module, draft.values.get("port")
    for path, file in sources:
        for call in file.calls:
            words = [value for value in call.arguments if isinstance(value, str)]
            if call.callee.rsplit(".", 1)[-1] in _FLAGS and len(words) > 1 and _is_own(words[0]):
                match = next((found for word in words[1:] if (found := _LOOPBACK.fullmatch(word))), None)
                if match is None or (match[1] and match[1] != f":{port}"):
                    continue
                _tell(module.folder.says(path, call.line, f"flag {words[0]} is {match[0]}"), words[0], match, draft)
                return
        for name, match, line in _tagged(file):
            if not match[1] or match[1] == f":{port}":
                _tell(module.folder.says(path, line, f"flag {name} is {match[0]}"), name, match, draft)
                return
    if not _move_host(asked, draft):
        _tell_of_literal(module, sources, draft)


def _move_host(asked: AskedAddress, draft: Draft) -> bool:
    """Set the variable that the host of a loopback listener is read from, or note that there is none; whether there is
    such a listener."""
    port = draft.values.get("port")
    for host in hosts_of(asked):
        match = _HOST.fullmatch(host.text)
        if match is None or (match[1] and match[1][1:].isdecimal() and match[1] != f":{port}"):
            continue
        if host.variable is None or not set(host.variable.lower().split("_")).isdisjoint(_FOREIGN):
            put_fixed(draft, host.says, f"listen on :{port}")
            return True
        put_moved(draft, host.says)
        listed = draft.values.setdefault("environment", [])
        listed[:] = [item for item in listed if item["name"] != host.variable]
        listed.append({"name": host.variable, "phase": "run", "value": f"0.0.0.0:{port}" if match[1] else "0.0.0.0"})
        return True
    return False


def _tell_of_literal(module: GoModule, sources: Sources, draft: Draft) -> None:
    """Note a loopback address that is a constant in the code."""
    fact, port = draft.evidence.get("/port"), draft.values.get("port")
    found = {(says.path, says.line) for says in fact.evidence if says.path.endswith(".go")} if fact else set()
    places = {path for path, _ in found}
    for path, file in sources:
        for text, line in file.strings if module.folder.full(path) in places else ():
            match = _LOOPBACK.fullmatch(text) if (module.folder.full(path), line) in found else None
            if match is not None and match[1] == f":{port}":
                put_fixed(draft, module.folder.says(path, line, text), f"listen on :{port}")
                return


def _tagged(file: GoFile) -> Iterator[tuple[str, re.Match[str], int]]:
    """kong's flags with a loopback default: "Host string `default:"localhost"`"."""
    for field, tag, line in file.tags:
        name = tag.get("name") or dashed(field)
        match = _LOOPBACK.fullmatch(tag.get("default", "")) if "help" in tag and "arg" not in tag else None
        if match is not None and _is_own(name):
            yield name, match, line


def _tell(says: Evidence, name: str, match: re.Match[str], draft: Draft) -> None:
    told = f"--{name}=0.0.0.0{match[1] or ''}"
    if not any(str(word).lstrip("-").startswith(name) for word in draft.values["start"][1:]):
        draft.values["start"] = [*draft.values["start"], told]
        draft.note("info", f"{says}: the image starts it with {told}", says.path, says.line)
        put_moved(draft, says)


def _is_own(name: str) -> bool:
    words = re.split(r"[^a-z]+", name.lower())
    return any(part in name.lower() for part in _OWN) and not any(word in _FOREIGN for word in words)
