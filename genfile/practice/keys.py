"""Secrets that are written in the code: keys that sign, passwords and tokens, each for whoever has the image."""

import ast
import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from genfile.dockerfile.model import Instruction
from genfile.parsers.python import PyModule, parse_python
from genfile.parsers.values import EnvDefault
from genfile.practice.defaults import own_files
from genfile.practice.secrets import is_secret
from genfile.practice.subject import Practice, Subject, Wrong

# What a name ends with: keys that sign or cipher, passwords, and what others have issued.
_SIGNS = re.compile(
    r"(?:^|_)(?:SECRET(?:_KEY(?:_BASE)?)?|(?:JWT|SIGNING|SIGNATURE|ENCRYPTION|SESSION|COOKIE|CRYPTO|HMAC)_KEY"
    r"|SECRET_OR_KEY|ISSUER_SIGNING_KEY)$"
)
_PASSES = re.compile(r"(?:^|_)(?:PASSWORD|PASSWD|PASS|PWD)$")
# What others have issued is no key of the program's own, whatever it is called.
_OF_OTHERS = re.compile(
    r"(?:^|_)(?:API|CLIENT|CONSUMER|ACCESS|S3|AWS|MINIO|STRIPE|PAYPAL|RAZORPAY|GOOGLE|GITHUB|FACEBOOK|TWITTER|CLOUDINARY"
    r"|AUTH0|OAUTH\d?|OIDC|SPOTIFY|TWILIO|WEBHOOK|RECAPTCHA)(?:_\w+)?_SECRET(?:_KEY)?$"
)
_ISSUED = re.compile(
    r"(?:^|_)(?:API_SECRET|CLIENT_SECRET|SECRET_ACCESS_KEY|API_?KEY|ACCESS_KEY|PRIVATE_KEY|AUTH_TOKEN|BOT_TOKEN|ACCESS_TOKEN|API_TOKEN)$"
)
# What such a name is of: something else than a secret, or a rule for secrets.
_ABOUT = re.compile(
    r"(?:^|_)(?:RESET|CHANGE|FORGOT|INVALID|WRONG|MISSING|NO|MIN|MAX|CONFIRM|SHOW|HASHED|ERR|ERROR|BAD|WEAK|NEW|OLD"
    r"|CURRENT|LABEL|FIELD|UPDATE|SET|VERIFY|INCORRECT|EMPTY|REQUIRED|TYPE|TEST|EXAMPLE|DUMMY|FAKE|MOCK|SAMPLE|GRANT"
    r"|KIND|ROUTE|HINT|HELP|TEXT|TITLE|MESSAGE|PLACEHOLDER)(?:_|$)"
)
# Accounts that a program makes with a password of its own.
_OF_ACCOUNTS = re.compile(r"(?:^|_)(?:ADMIN|SUPERUSER|SUPERADMIN|OWNER)(?:_|$)")
_WEAK = frozenset("admin root postgres secret guest changeme mysql toor passw0rd letmein qwerty".split())
_NO_VALUE = re.compile(
    r"[/.<{$%@#*&].*|.*://.*|[A-Z_]+|(.)\1*|(?:hs|rs|es)\d{3}|bearer|none|null|undefined", re.IGNORECASE
)
_CONSTANT = re.compile(r"[A-Z][A-Z_]+")
_STANDS_FOR = re.compile(r"(?i)your|example|placeholder|change|xxx|dummy|test|fake|sample|<|\.\.\.")
# Keys that every browser may have.
_PUBLIC = re.compile(r"AIza|pk_|sb_publishable")
_JS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
_LANGUAGES = {"python": (".py",), "node": _JS, "go": (".go",), "dotnet": (".cs",)}
_QUOTED = r"""["'`](?P<value>[^"'`\s]{4,200})["'`]"""
_JS_DEFAULT = re.compile(
    rf"""(?:\benv(?:\.|\[["'])(?P<name>[A-Z][A-Z0-9_]+)(?:["']\])?|\.get(?:<\w+>)?\(\s*["'](?P<key>[A-Z][A-Z0-9_]+)["']\s*\))"""
    rf"""[)!\s]*(?:\|\||\?\?)\s*{_QUOTED}"""
)
_JS_SECOND = re.compile(rf"""\.get(?:<\w+>)?\(\s*["'](?P<name>[A-Z][A-Z0-9_]+)["']\s*,\s*{_QUOTED}\s*\)""")
_JS_FIXED = re.compile(
    rf"""(?:^|[\s,{{(])["']?(?P<name>[A-Za-z_]\w*)["']?\s*(?::\s*string\s*)?[:=]\s*{_QUOTED}\s*(?:[,;)}}]|$)"""
)
_JS_SIGNED = re.compile(rf"""\bjwt\.(?P<name>sign|verify)\([^"'`]+,\s*{_QUOTED}""")
_GO_DEFAULT = re.compile(r"""\b\w*[Ee]nv\w*\(\s*"(?P<name>[A-Z][A-Z0-9_]+)"\s*,\s*"(?P<value>[^"\s]{4,200})"\s*\)""")
_GO_FIXED = re.compile(
    r"""(?P<name>[A-Za-z_]\w*)\s*(?:string\s*)?(?::=|[=:])\s*(?:\[\]byte\()?"(?P<value>[^"\s]{4,200})"\)?\s*[,}]?\s*(?://.*)?$"""
)
# A connection string of .NET, to a server on another machine.
_CS_FIXED = re.compile(
    r"""(?P<name>"(?:server|data source|host)\s*=(?!\s*(?:\(?local|\.|127\.))[^"]*?;\s*(?:password|pwd))\s*"""
    r"""=(?P<value>[^;"{]+)[;"]""",
    re.IGNORECASE,
)
# The address of a server elsewhere with a password, and what stands for one in texts that explain addresses.
_ADDRESS = re.compile(
    r"""\b[a-z][a-z0-9+.-]{1,30}://[^\s/:@"'`]{1,100}:(?P<value>[^\s/@"'`${}<>%]{4,100})@(?P<host>[\w.-]+)"""
)
_OF_TEXTS = re.compile(r"(?i)(?:x+|\*+|\.+|pass(?:word|wd)?|pwd|secret|your.*|db_?pass\w*)")
_HERE = re.compile(r"(?i)localhost|127\..*|0\.0\.0\.0|host(?:name)?|.*example\.\w+|server|your.*")
_COMMENT = re.compile(r"\s*(?:#|//|\*|/\*|<!--)")
_Patterns = tuple[re.Pattern[str], ...]
_OF_JS: tuple[_Patterns, _Patterns] = ((_JS_DEFAULT, _JS_SECOND), (_JS_FIXED, _JS_SIGNED))
_PATTERNS: dict[str, tuple[_Patterns, _Patterns]] = {
    ".go": ((_GO_DEFAULT,), (_GO_FIXED,)),
    ".cs": ((), (_CS_FIXED,)),
    ".sh": ((), ()),
}
_MAX_TEXT, _MAX_LINE = 100_000, 1_000


class InCode(Struct, frozen=True):
    """A text that the code gives a name, ``fallback``: unless a variable of that name is set."""

    name: str
    value: str
    line: int
    fallback: bool = False


def _keys(subject: Subject) -> Iterator[Wrong]:
    """The first secrets that are fixed, and the first that a variable may replace."""
    service = subject.service
    endings = _endings(subject)
    known = set(subject.image.environment)
    if service is not None:
        # Of keys with a default that sign, those that must be set are another finding.
        known |= {item.name for item in service.spec.environment if item.required}
    told: set[bool] = set()
    for path in own_files(subject, lambda name: name.endswith(endings)) if endings else ():
        item = bringing(subject, path)
        found = [one for one in _secrets_of(subject, path) if one.name not in known] if item is not None else []
        for fallback in (False, True):
            some = [one for one in found if one.fallback is fallback]
            if some and item is not None and fallback not in told:
                told.add(fallback)
                yield _said(subject, path, item, some)


def _endings(subject: Subject) -> tuple[str, ...]:
    """The endings of the modules that the image is made from."""
    service = subject.service
    if service is None:
        return (*_LANGUAGES["dotnet"], ".sh") if any("dotnet/" in image for image, _ in subject.bases) else (".sh",)
    return (*_LANGUAGES.get(service.spec.language, ()), ".sh") if service.spec.static is None else ()


def _said(subject: Subject, path: str, item: Instruction, found: list[InCode]) -> Wrong:
    names = list(dict.fromkeys(one.name for one in found))
    shown = ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")
    place = f"{posixpath.join(subject.context.root, path)}:{found[0].line}"
    if not found[0].fallback:
        what = shown if shown.startswith("the ") else f"the value of {shown}"
        text = f"{place} has {what}: whoever has the image can read it"
        return Wrong("secret-in-code", item.line, text, "read it from an environment variable without a default")
    verb, pronoun = ("is", "its") if len(names) == 1 else ("are", "their")
    text = f"unless {shown} {verb} given, everyone can read {pronoun} value in the code ({place})"
    return Wrong("secret-in-code", item.line, text, "let the program stop without it", "hint")


def bringing(subject: Subject, path: str) -> Instruction | None:
    """The instruction that brings a file into the image, or into a stage that builds what the image has."""
    if subject.context.find(path) is not True:
        return None
    for stage in subject.built.needed:
        for item in reversed(subject.instructions(stage)):
            if item.keyword not in ("COPY", "ADD") or item.flag("from") is not None or item.heredocs:
                continue
            sources = [posixpath.normpath(word.lstrip("/") or ".") for word in item.words[:-1]]
            if any(source in (".", path) or path.startswith(f"{source}/") for source in sources):
                return item
    return None


def _secrets_of(subject: Subject, path: str) -> Iterator[InCode]:
    """The secrets that a module has a value for."""
    if path.endswith(".py"):
        module = subject.context.parsed(parse_python, path)
        written = list(_of_python(module)) if module is not None else []
    else:
        text = (subject.context.read(path) or "")[:_MAX_TEXT]
        written = list(_of_lines(text, *_PATTERNS.get(posixpath.splitext(path)[1], _OF_JS)))
    yield from (one for one in written if _is_one(one))
    yield from _addresses((subject.context.read(path) or "")[:_MAX_TEXT], named=path.endswith(".sh"))


def _addresses(text: str, *, named: bool) -> Iterator[InCode]:
    """Addresses with a password for a server in the network; ``named``: or for one that has only a name there."""
    for number, line in enumerate(text.splitlines() if "@" in text else (), 1):
        match = _ADDRESS.search(line) if len(line) <= _MAX_LINE and not _COMMENT.match(line) else None
        if match is None or _OF_TEXTS.fullmatch(match["value"]) or _HERE.fullmatch(match["host"]):
            continue
        if named or "." in match["host"].strip("."):
            yield InCode(f"the password for {match['host']}", match["value"], number)


def _of_python(module: PyModule) -> Iterator[InCode]:
    fields = {field.line for field in module.settings}
    for field in module.settings:
        if isinstance(field.default, str):
            yield InCode(field.name, field.default, field.line, fallback=True)
    for node in module.of(ast.Assign, ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets if node.value is not None and node.lineno not in fields else ():
            name = _name_of(module, target)
            yield from _of_value(module, name, node.value) if name else ()
    for node in module.of(ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield from _of_value(module, key.value, value)
    for node in module.of(ast.Call):
        for keyword in node.keywords:
            yield from _of_value(module, keyword.arg, keyword.value) if keyword.arg else ()


def _name_of(module: PyModule, target: ast.expr) -> str:
    """What an assignment gives a value: a name, an attribute, or a key such as `app.config["SECRET_KEY"]`."""
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    key = module.value(target.slice) if isinstance(target, ast.Subscript) else None
    return key if isinstance(key, str) else ""


def _of_value(module: PyModule, name: str, node: ast.expr) -> Iterator[InCode]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield InCode(name, node.value, node.lineno)
        return
    value = module.value(node) if isinstance(node, ast.Call | ast.BoolOp) else None
    if isinstance(value, EnvDefault) and isinstance(value.default, str):
        yield InCode(value.name, value.default, node.lineno, fallback=True)


def _of_lines(text: str, defaults: _Patterns, fixed: _Patterns) -> Iterator[InCode]:
    """What the lines of a module give a value: unless a variable is set, and in any case."""
    before = ""
    for number, line in enumerate(text.splitlines(), 1):
        last, before = before, line
        if len(line) > _MAX_LINE or _COMMENT.match(line):
            continue
        given = [match for pattern in defaults for match in pattern.finditer(line)]
        for match in given:
            groups = match.groupdict()
            yield InCode(groups["name"] or groups.get("key") or "", match["value"], number, fallback=True)
        for match in (match for pattern in fixed for match in pattern.finditer(line) if not given):
            if match.re is _CS_FIXED:
                yield InCode("Password", match["value"], number)
                continue
            signed = match["name"] in ("sign", "verify")
            # `if key == "" {` before it: what the code takes without a variable.
            tested = re.search(rf"\bif\b.*\b{match['name']}\b", last) is not None
            name = "JWT_SECRET" if signed else words_of_name(match["name"]) if tested else match["name"]
            yield InCode(name, match["value"], number, tested)


def words_of_name(name: str) -> str:
    """A name as variables of the environment are written: `jwtSecret` is JWT_SECRET."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[.-]", "_", name).upper()


def _is_one(one: InCode) -> bool:
    """Whether a name is that of a secret, and the text may be one."""
    name, value = words_of_name(one.name), one.value.strip()
    named = is_secret(name) or _SIGNS.search(name) is not None
    if not (4 <= len(value) <= 200) or re.search(r"\s", value) or not named or _ABOUT.search(name):
        return False
    if _NO_VALUE.fullmatch(value) and not one.fallback:
        return False
    same = re.sub(r"\W", "_", value).upper()
    if _SIGNS.search(name) and not _OF_OTHERS.search(name):
        return one.fallback or (same != name and not _CONSTANT.fullmatch(value) and same not in name.split("_"))
    if _PASSES.search(name):
        if one.fallback:
            return _OF_ACCOUNTS.search(name) is not None
        return re.search(r"\d", value) is not None or value.lower() in _WEAK
    if _ISSUED.search(name) and len(value) >= 16:
        digits = re.search(r"\d", value) is not None
        return digits and not _STANDS_FOR.search(value) and not _PUBLIC.match(value)
    return False


PRACTICES = (
    Practice(
        "secret-in-code",
        "A key in the code is in each copy of the image, and in the history of the code.",
        "docs.docker.com/build/building/secrets",
        _keys,
    ),
)
