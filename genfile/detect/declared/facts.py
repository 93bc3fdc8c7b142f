"""Ask rules in order: the first answer for a field wins, and a later one that disagrees is reported."""

import posixpath
import re
from typing import Any

from msgspec import Struct, field

from genfile.detect.declared.finds import Find, find
from genfile.detect.declared.search import Searcher, SlowPattern
from genfile.detect.tree import Project
from genfile.evidence import Evidence, Fact, Note
from genfile.parsers.small import parse_shell
from genfile.parsers.values import port_number
from genfile.spec.rules import LISTS, PLACEHOLDER, DetectRules, FactRule, kind_of
from genfile.versions import Scheme, satisfies

MAX_ITEMS = 200
MAX_VALUE = 1_000
NEVER = "9999"


class RuleAnswers(Struct):
    """What the rules found in a folder: facts by field, notes, and the fields that a file itself answered."""

    facts: dict[str, Fact[Any]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    found: set[str] = field(default_factory=set)
    place: str = "."

    def holds(self, condition: str | None, *, default: bool) -> bool:
        """Whether a field has an answer, or a certain value (`framework=axum`); a list has the value of each item."""
        if condition is None:
            return default
        name, sign, wanted = condition.partition("=")
        if name not in self.facts:
            return False
        value = self.facts[name].value
        return not sign or wanted in ([str(item) for item in value] if isinstance(value, list) else [str(value)])


def ask(project: Project, rules: DetectRules) -> RuleAnswers:
    """Apply every rule to a candidate folder."""
    answers, searcher = RuleAnswers(place=project.full(rules.files[0])), Searcher()
    for rule in rules.facts:
        if not answers.holds(rule.when, default=True) or answers.holds(rule.unless, default=False):
            continue
        try:
            fact, finds = _answer(project, rule, answers, searcher)
        except SlowPattern:
            text = f"the search for {rule.field} in {rule.file or rule.from_field} took too long and was skipped"
            answers.notes.append(Note("warning", text))
            continue
        if fact is None:
            continue
        known = answers.facts.get(rule.field)
        if known is not None and not rule.append:
            _compare(rule, known, fact, finds, answers)
            continue
        if known is not None:
            before = known.value if isinstance(known.value, list) else [known.value]
            merged = _unique([*before, *fact.value])[:MAX_ITEMS]
            fact = Fact(merged, _evidence((*known.evidence, *fact.evidence)))
        answers.facts[rule.field] = fact
        if rule.file is not None and not fact.guess:
            answers.found.add(rule.field)
        if rule.warn:
            first = fact.evidence[0]
            text = _fill(rule.warn, finds[0].text if finds else "", answers) or rule.warn
            answers.notes.append(Note("warning", text, first.path, first.line))
    return answers


def _compare(rule: FactRule, known: Fact[Any], fact: Fact[Any], finds: list[Find], answers: RuleAnswers) -> None:
    """Add a warning if a weaker rule that is certain disagrees about the runtime version or the port."""
    if rule.field not in ("runtime.version", "port") or known.guess or fact.guess:
        return
    agrees = known.value == fact.value
    if rule.range is not None:
        agrees = satisfies(str(known.value), *_constraint(finds[0].text, rule))
    if not agrees:
        winner, loser = known.evidence[0], fact.evidence[0]
        text = f"{rule.field}: {winner.path} says {winner.says}, {loser.path} says {loser.says}; {winner.path} wins"
        answers.notes.append(Note("warning", text, loser.path, loser.line))


def _answer(
    project: Project, rule: FactRule, answers: RuleAnswers, searcher: Searcher
) -> tuple[Fact[Any] | None, list[Find]]:
    finds = _finds(project, rule, answers, searcher)
    kind = kind_of(rule.field)
    listed = kind in LISTS or rule.many or rule.append
    values: list[Any] = []
    used: list[Find] = []
    if rule.map:
        # For a single value, the table's order is the order of precedence, whatever the order in the file.
        order = {name: place for place, name in enumerate(rule.map)}
        finds = [item for item in finds if item.text in order]
        finds = finds if listed else sorted(finds, key=lambda item: order[item.text])
    for item in finds:
        value = _meaning(item.text, rule, answers)
        value = _converted(value, kind, project) if value is not None else None
        if value is None:
            continue
        values += value if isinstance(value, list) and listed else [value]
        used.append(item)
        if not listed:
            break
    if not values:
        return None, []
    guess = rule.guess or rule.default is not None
    result = _unique(values)[:MAX_ITEMS] if listed else values[0]
    return Fact(result, _evidence(tuple(item.evidence for item in used)), guess), used


def _finds(project: Project, rule: FactRule, answers: RuleAnswers, searcher: Searcher) -> list[Find]:
    if rule.from_field is not None:
        fact = answers.facts.get(rule.from_field)
        items = [] if fact is None else fact.value if isinstance(fact.value, list) else [fact.value]
        evidence = fact.evidence[0] if fact is not None else Evidence(answers.place, None, "")
        finds = [Find(str(item), _source_of(str(item), fact, evidence)) for item in items]
    elif rule.file is not None:
        finds = list(find(project, rule, searcher))
    else:
        says = "the default" if rule.default is not None else "from the preset's rules"
        return [Find("", Evidence(answers.place, None, says))]
    if rule.match is None:
        return finds
    matched = [(next(iter(searcher.search(rule.match, item.text)), None), item) for item in finds]
    return [Find(found[0], item.evidence) for found, item in matched if found is not None]


def _source_of(text: str, fact: Fact[Any] | None, default: Evidence) -> Evidence:
    """The evidence for one item of a list; the default if none mentions it."""
    return next((item for item in fact.evidence if text in item.says), default) if fact is not None else default


def _meaning(text: str, rule: FactRule, answers: RuleAnswers) -> Any:
    """What a finding means under a rule: a release line that its range allows, a map entry, the value filled in."""
    if rule.range is not None:
        constraint = _constraint(text, rule)
        line = next((item for item in rule.lines if satisfies(item, *constraint)), None)
        if line is None and rule.range == "floor" and constraint[0] != NEVER:
            # Newer than every line that the rules know; the lower bound is as good as any.
            line = ".".join(constraint[0].split(".")[: len(rule.lines[0].split("."))])
        if line is None:
            return None
        text = line
    if rule.map:
        return _filled(rule.map[text], text, answers)
    template = rule.value if rule.value is not None else rule.default
    return text if template is None else _filled(template, text, answers)


def _filled(template: Any, text: str, answers: RuleAnswers) -> Any:
    if isinstance(template, str):
        return _fill(template, text, answers)
    if isinstance(template, list | tuple):
        items = [_filled(item, text, answers) for item in template]
        return None if None in items else items
    if isinstance(template, dict):
        table = {key: _filled(item, text, answers) for key, item in template.items()}
        return None if None in table.values() else table
    return template


def _fill(template: str, text: str, answers: RuleAnswers) -> str | None:
    """A template with its placeholders filled in; None if a field has no single value."""
    names = [name for name in PLACEHOLDER.findall(template) if name != "0"]
    if any(name not in answers.facts or isinstance(answers.facts[name].value, list | dict) for name in names):
        return None
    return PLACEHOLDER.sub(lambda m: text if m[1] == "0" else str(answers.facts[m[1]].value), template)


def _converted(value: Any, kind: str, project: Project) -> Any:
    """A value converted to its field's type; None if it does not fit."""
    if isinstance(value, str) and not (value.isprintable() and len(value) <= MAX_VALUE):
        return None
    if kind == "number":
        return port_number(value)
    if kind == "flag":
        return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value).lower())
    if kind in ("path", "paths"):
        paths = [_placed(project, str(item)) for item in (value if isinstance(value, list) else [value])]
        return paths if kind == "paths" else paths[0]
    if kind == "words" and isinstance(value, str):
        commands = parse_shell(value)
        return list(commands[0].words) if commands and len(commands) == 1 and not commands[0].assignments else None
    if kind == "fact":
        return [str(item) for item in value] if isinstance(value, list) else str(value)
    if kind == "text":
        return str(value) if isinstance(value, str | int) and str(value) else None
    return value


def _placed(project: Project, path: str) -> str:
    """A path in the service's folder, as a spec writes it."""
    return project.full(posixpath.normpath(path)) or "."


def _constraint(text: str, rule: FactRule) -> tuple[str, Scheme]:
    """A version range in a syntax that `satisfies` reads, with the name of that syntax."""
    if rule.range in ("npm", "pep440"):
        return text, rule.range
    if rule.range == "floor":
        number = re.search(r"\d+(?:\.\d+)*", text)
        return (number[0] if number else NEVER), "floor"
    # Composer and RubyGems: `~ 8.1` lets its last number grow; `~ 8.1.2` means what it means in npm.
    text = re.sub(r"~>?\s*(\d+)(\.\d+)?(?![\d.])", r"^\1\2", text.replace("@stable", ""))
    text = re.sub(r"~>\s*", "~", re.sub(r"\s*\|\|?\s*", " || ", text.replace(",", " ")))
    return re.sub(r"([<>=^~!])\s+", r"\1", text), "npm"


def _evidence(items: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(items))[:20]


def _unique(values: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for value in values:
        if value not in kept:
            kept.append(value)
    return kept
