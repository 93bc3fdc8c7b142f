"""What one rule finds in one folder: texts with their evidence, before the rule interprets them."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from genfile.detect.declared.search import MAX_FINDS, MAX_TEXT, Searcher, expand
from genfile.detect.paths import relative
from genfile.detect.tree import Project
from genfile.evidence import Evidence
from genfile.parsers import Document, Key
from genfile.parsers.data import parse_dotenv, parse_ini, parse_json, parse_toml, parse_yaml
from genfile.spec.rules import FORMATS, DetectRules, FactRule, parse_path

_PARSERS: dict[str, Callable[[str], Document]] = {
    "toml": parse_toml,
    "json": parse_json,
    "yaml": parse_yaml,
    "ini": parse_ini,
}


class Find(Struct, frozen=True):
    """A text that was found in the tree, and where."""

    text: str
    evidence: Evidence


def places(project: Project, rule: FactRule) -> Iterator[Project]:
    """The folders that a rule searches: the service's own, then its parents if the rule says so."""
    yield project
    folder = project.parent() if rule.above else None
    while folder is not None:
        yield folder
        folder = folder.parent()


def find(project: Project, rule: FactRule, searcher: Searcher) -> Iterator[Find]:
    """Everything in the first file with an answer; for a list, in all files of the nearest folder with one."""
    for place in places(project, rule):
        answered = False
        for name in expand(place, rule.file or ""):
            for item in _in_file(place, name, rule, searcher):
                answered = True
                yield item if place is project or not rule.exists else _from_above(project, item)
            if answered and not rule.many and not rule.append:
                return
        if answered:
            return


def _from_above(project: Project, item: Find) -> Find:
    """A file in a parent folder, by its path relative to the service's folder."""
    return Find(relative(item.evidence.path, project.path), item.evidence)


def _in_file(place: Project, name: str, rule: FactRule, searcher: Searcher) -> Iterator[Find]:
    if rule.exists:
        yield Find(name, place.says(name, None, "the file exists"))
    elif rule.regex is not None:
        yield from _matches(place, name, rule.regex, searcher)
    elif rule.env is not None:
        variables = place.parse(parse_dotenv, name) or {}
        if rule.env in variables:
            text, line = variables[rule.env]
            yield Find(text, place.says(name, line, f"{rule.env}={text}"))
    else:
        way = next(item for item in FORMATS if rule.way(item) is not None)
        document = place.parse(_PARSERS[way], name)
        if document is not None:
            yield from _in_document(place, name, document, rule.way(way) or "", keys=rule.keys)


def _matches(place: Project, name: str, pattern: str, searcher: Searcher) -> Iterator[Find]:
    text = place.text(name)
    if text is None:
        return
    if len(text) > MAX_TEXT:
        full = place.full(name)
        place.tree.note("info", f"{full} is larger than 1 MiB, so patterns are not searched for in it", full)
        return
    for found, start in searcher.search(pattern, text):
        # The line where the group's text begins, not that of a blank that the pattern also matched.
        at = max(text.find(found, start), start)
        first = text.rfind("\n", 0, at) + 1
        last = text.find("\n", at)
        said = text[first : last if last >= 0 else len(text)].strip()
        yield Find(found, place.says(name, text.count("\n", 0, at) + 1, said))


def _in_document(place: Project, name: str, document: Document, path: str, *, keys: bool) -> Iterator[Find]:
    for count, (steps, value) in enumerate(_walk(document.value, parse_path(path), ())):
        if count >= MAX_FINDS:
            return
        title = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
        if keys:
            for key in list(value)[:MAX_FINDS] if isinstance(value, dict) else ():
                yield Find(str(key), place.says(name, _line(document, (*steps, key)), f"{title} has {key}"))
            continue
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            text = _scalar(item)
            if text is not None:
                line = _line(document, (*steps, index) if isinstance(value, list) else steps)
                yield Find(text, place.says(name, line, f"{title} {'has' if isinstance(value, list) else 'is'} {text}"))


def _line(document: Document, steps: tuple[Key, ...]) -> int | None:
    """The line of a value in a document, else that of the nearest table around it."""
    return next((line for end in range(len(steps), 0, -1) if (line := document.line(*steps[:end]))), None)


def _walk(value: Any, steps: tuple[str | None, ...], done: tuple[Key, ...]) -> Iterator[tuple[tuple[Key, ...], Any]]:
    if not steps:
        yield done, value
        return
    step, rest = steps[0], steps[1:]
    if step is None:
        items: Any = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
        for key, item in items:
            yield from _walk(item, rest, (*done, key))
    elif isinstance(value, dict) and step in value:
        yield from _walk(value[step], rest, (*done, step))


def _scalar(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() or None if isinstance(value, str | int | float) else None


def workspace_root(project: Project, rules: DetectRules) -> tuple[Project, Evidence] | None:
    """The nearest parent folder that is a workspace root by the rules, with its evidence."""
    rule = rules.workspace
    folder = project.parent() if rule is not None else None
    while rule is not None and folder is not None:
        for way in ("toml", "json", "yaml"):
            path: str | None = rule.json_path if way == "json" else getattr(rule, way)
            for name in expand(folder, rule.file) if path is not None else ():
                document = folder.parse(_PARSERS[way], name)
                for steps, _ in _walk(document.value, parse_path(path or ""), ()) if document is not None else ():
                    line = _line(document, steps) if document is not None else None
                    return folder, folder.says(name, line, f"{path}: a workspace root")
        folder = folder.parent()
    return None
