"""Detection rules as data: the table `[detect]` of a preset for a language that genfile does not know."""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from genfile.errors import PresetError
from genfile.spec.base import Model, Text, VersionLine, Word
from genfile.spec.generic import OtherLanguage
from genfile.spec.patterns import check_pattern

# The fields that a rule can fill, with their kinds; besides these `facts.NAME`, a text or a list of texts.
# Paths are given relative to the service's folder and converted to those of the spec.
FIELDS: dict[str, str] = {
    "name": "text",
    "runtime.version": "text",
    "runtime.pinned": "text",
    "package_manager.name": "text",
    "package_manager.version": "text",
    "package_manager.lockfile": "path",
    "framework": "text",
    "build": "commands",
    "start": "words",
    "port": "number",
    "port_variable": "text",
    "health.path": "text",
    "release": "words",
    "static.root": "path",
    "static.spa": "flag",
    "system_packages.build": "texts",
    "system_packages.run": "texts",
    "environment": "tables",
    "secrets": "tables",
    "backing_services": "texts",
    "manifests": "paths",
    "run_paths": "paths",
    "writable": "paths",
    "outputs": "paths",
    "data": "path",
}
LISTS = frozenset(["texts", "paths", "tables", "commands"])
PLACEHOLDER = re.compile(r"\{(0|[a-z_]+(?:\.[a-z][a-z0-9_]*)?)\}")
FORMATS = ("toml", "json", "yaml", "ini", "env")

_FIELD = re.compile(r"[a-z_]+(\.[a-z_]+)?|(facts|processes)\.[a-z][a-z0-9_]{0,40}")
_STEP = re.compile(r'"([^"]+)"|([^."\[\]]+)|(\[\])')


def kind_of(field: str) -> str:
    """The kind of a field: one of those in FIELDS, or `fact`."""
    if field.startswith("facts."):
        return "fact"
    return "words" if field.startswith("processes.") else FIELDS[field]


def _field(text: str) -> str:
    if _FIELD.fullmatch(text) and (text in FIELDS or text.startswith(("facts.", "processes."))):
        return text
    hint = _close(text, FIELDS)
    raise ValueError(f"is no field of a spec that a rule can fill{hint or ': those of its own are facts.NAME'}")


def _glob(text: str) -> str:
    parts = text.split("/")
    if not text.isprintable() or "\\" in text or any(part in ("", ".", "..") for part in parts):
        raise ValueError("must be a path below the folder, with forward slashes; *, ? and ** stand for names")
    if parts[-1] == "**":
        raise ValueError("ends in `**`: say which files, for example `**/*.rs`")
    return text


def _path(text: str) -> str:
    parse_path(text)
    return text


def _condition(text: str) -> str:
    _field(text.partition("=")[0])
    return text


def parse_path(text: str) -> tuple[str | None, ...]:
    """A path into a document as its steps: `package[].name` gives ("package", None, "name"); None is "each of"."""
    steps: list[str | None] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            raise ValueError('is no path: keys with dots between, [] for each item of a list, "…" for a key with dots')
        steps.append(None if match[3] else match[1] or match[2])
        at = match.end()
        at += at < len(text) - 1 and text[at] == "."
    if not steps:
        raise ValueError("is an empty path")
    return tuple(steps)


FieldName = Annotated[str, StringConstraints(max_length=60), AfterValidator(_field)]
Condition = Annotated[str, StringConstraints(max_length=200), AfterValidator(_condition)]
Glob = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_glob)]
DocumentPath = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_path)]
Pattern = Annotated[str, StringConstraints(min_length=1), AfterValidator(check_pattern)]


class FactRule(Model):
    """One source of one field's value: where to look, how to read it, what it means."""

    model_config = ConfigDict(populate_by_name=True)

    field: FieldName = Field(description="A field of the spec (`runtime.version`), or `facts.NAME`.")
    file: Glob | None = Field(None, description="The file to read, below the folder; the nearest match of a glob.")
    above: bool = Field(False, description="Also look in the folders above, if this one gives no answer.")
    toml: DocumentPath | None = Field(None, description="A path into the file: `package.name`, `bin[].name`.")
    json_path: DocumentPath | None = Field(None, alias="json", description="As `toml`, for JSON.")
    yaml: DocumentPath | None = Field(None, description="As `toml`, for YAML.")
    ini: DocumentPath | None = Field(None, description="`section.key` of an INI file.")
    env: DocumentPath | None = Field(None, description="The name of a variable in a file of NAME=value lines.")
    regex: Pattern | None = Field(None, description="A pattern; the finding is its group, or the whole match.")
    exists: bool = Field(False, description="The file only has to exist; the finding is its path.")
    from_field: FieldName | None = Field(None, alias="from", description="A field that an earlier rule filled.")
    keys: bool = Field(False, description="The findings are the keys of the table at the path.")
    match: Pattern | None = Field(None, description="The finding must match; its group, or the whole match, is used.")
    range: Literal["composer", "gem", "npm", "pep440", "floor"] | None = Field(
        None, description="The finding is a version range in this syntax; `lines` are the candidates."
    )
    lines: tuple[VersionLine, ...] = Field((), description="Release lines, best first: the first in the range is used.")
    map: dict[str, Any] = Field({}, description="The value for each finding; others are ignored. The first entry wins.")
    value: Any = Field(None, description="The value, with {0} for the finding and {field} for an earlier field.")
    default: Any = Field(None, description="A guess without evidence, used if no rule above answered.")
    guess: bool = Field(False, description="The answer is likely, not certain: the prompt asks about it.")
    many: bool = Field(False, description="For `facts.NAME`: collect every finding in a list.")
    append: bool = Field(False, description="For lists: add the findings to those of the rules above.")
    when: Condition | None = Field(None, description="Only if a field is filled, or has this value: `framework=axum`.")
    unless: Condition | None = Field(None, description="Only if it is not.")
    warn: Text | None = Field(None, description="A warning if the rule answers; placeholders as in `value`.")

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        ways = [name for name in (*FORMATS, "regex") if self.way(name) is not None] + ["exists"] * self.exists
        if self.file is None and self.from_field is None:
            if ways or self.keys or self.match or self.map or self.range:
                raise ValueError("needs `file` or `from`: where to look")
            if (self.value is None) == (self.default is None):
                raise ValueError("takes `file`, `from`, `value` or `default`")
        elif self.default is not None:
            raise ValueError("`default` stands in a rule of its own, below the others of its field")
        elif self.from_field is not None and (self.file or ways):
            raise ValueError("takes `file` or `from`, not both")
        elif self.file is not None and len(ways) != 1:
            raise ValueError(f"takes one of {', '.join(FORMATS)}, regex, exists; it has {' and '.join(ways) or 'none'}")
        if bool(self.range) != bool(self.lines):
            raise ValueError("`range` and `lines` go together")
        if (self.append or self.many) and kind_of(self.field) not in LISTS | {"fact"}:
            raise ValueError("`append` and `many` are for fields that hold a list")
        return self

    def way(self, name: str) -> str | None:
        """The rule's path for one of FORMATS, or its pattern for `regex`."""
        text: str | None = self.json_path if name == "json" else getattr(self, name)
        return text

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names in braces in `value` and `warn`."""
        texts = _texts((self.value, self.default, self.warn))
        return tuple(name for text in texts for name in PLACEHOLDER.findall(text))


class WorkspaceRule(Model):
    """How to find the root of a workspace: the nearest folder above whose file has the key is the build context."""

    tool: Word
    file: Glob
    toml: DocumentPath | None = None
    json_path: DocumentPath | None = Field(None, alias="json")
    yaml: DocumentPath | None = None

    model_config = ConfigDict(populate_by_name=True)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(item is not None for item in (self.toml, self.json_path, self.yaml)) != 1:
            raise ValueError("takes one of toml, json, yaml")
        return self


class DetectRules(Model):
    """Which folders are services of a language that genfile does not know, and how to find the facts of each."""

    language: OtherLanguage = Field(description="The language's name in a spec: `rust`, `php`.")
    title: Text | None = Field(None, description="The language's name for people: `Rust`, `PHP`.")
    files: tuple[Glob, ...] = Field(min_length=1, description="All of these must exist.")
    any: tuple[Glob, ...] = Field((), description="At least one of these must exist.")
    unless: tuple[Glob, ...] = Field((), description="None of these may exist.")
    serves: tuple[FieldName, ...] = Field(
        (),
        description="If several folders match, the services are those with the first of these fields filled from a "
        "file; if there are none, the next field decides, and finally all are services.",
    )
    workspace: WorkspaceRule | None = Field(None, description="How to find the root of a monorepo.")
    facts: tuple[FactRule, ...] = Field((), max_length=300, description="In order: the first rule that answers wins.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        """A rule may refer only to fields that rules above it fill; anything else is a typo."""
        known: set[str] = set()
        for number, rule in enumerate(self.facts, 1):
            used = [name for name in rule.placeholders if name != "0"]
            used += [text.partition("=")[0] for text in (rule.when, rule.unless, rule.from_field) if text]
            for name in used:
                if name not in known:
                    raise ValueError(
                        f"facts, rule {number} ({rule.field}): no rule above fills {name!r}{_close(name, known)}"
                    )
            if "0" in rule.placeholders and rule.file is None and rule.from_field is None:
                raise ValueError(f"facts, rule {number} ({rule.field}): {{0}} stands for nothing that was found")
            known.add(rule.field)
        return self


def parse_rules(values: Any, place: str) -> DetectRules:
    """Validate a table `[detect]`. Raises PresetError that names ``place``, the key, and the closest known key."""
    try:
        return DetectRules.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)
        first = min(found, key=lambda item: item["type"] != "extra_forbidden")
    where = ".".join(str(part) for part in first["loc"]) or "detect"
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] != "extra_forbidden":
        got = "" if isinstance(first["input"], dict) else f" (got {str(first['input'])[:80]!r})"
        raise PresetError(f"{place}: {where} {message}{got}")
    inner: dict[str, type[Model]] = {"facts": FactRule, "workspace": WorkspaceRule}
    model = inner[str(first["loc"][0])] if len(first["loc"]) > 1 else DetectRules
    known = [field.alias or name for name, field in model.model_fields.items()]
    close = _close(str(first["loc"][-1]), known).removeprefix("; ")
    raise PresetError(f"{place}: {where} is not a key of a rule", hint=close or f"keys: {', '.join(known)}")


def _close(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]}?" if close else ""


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(tuple(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
