"""Asks about guesses: what was found, why it is uncertain, and what the choices are."""

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from genfile.cli import ui
from genfile.errors import UsageError
from genfile.evidence import Asked, Fact
from genfile.terminal import Styled

if TYPE_CHECKING:
    from genfile.detect.inspection import InspectedService
    from genfile.upkeep.decisions import Decisions

_MOST = 5


class Question(Struct, frozen=True):
    """A guess, of one service or of several that share it. ``choices``: texts, each with an explanation."""

    pointer: str
    fact: Fact[Any]
    services: "tuple[InspectedService, ...]"
    choices: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """The name that `--set` takes."""
        return self.pointer[1:].replace("/", ".")

    @property
    def offered(self) -> str:
        """The guess, as the user would type it."""
        return as_typed(self.fact.value)


def ask_guesses(
    services: "Sequence[InspectedService]", decisions: "Decisions", base: Path, log: Iterable[Asked]
) -> dict[str, dict[str, str]]:
    """Ask about every open guess; return the answers that differ from it, by service and field."""
    answers: dict[str, dict[str, str]] = {}
    questions = questions_of(services, decisions, log)
    for number, question in enumerate(questions, 1):
        ui.out("")
        _show(question, base, f"{number}/{len(questions)}  ", several=len(services) > 1)
        text = _answer(question, decisions)
        if text != question.offered:
            for service in question.services:
                answers.setdefault(service.spec.path, {})[question.key] = text
    if questions:
        ui.out("")
    return answers


def questions_of(
    services: "Sequence[InspectedService]", decisions: "Decisions", log: Iterable[Asked]
) -> list[Question]:
    """The questions, by service and field; a guess that several services share for the same reason is asked once."""
    log = list(log)
    found: dict[tuple[str, ...], Question] = {}
    for service in services:
        known = decisions.settings_for(service.spec.path)
        for pointer, fact in service.guesses.items():
            if pointer[1:].replace("/", ".") in known or isinstance(fact.value, dict):
                continue
            says = tuple(item.says for item in fact.evidence)
            same = (service.spec.language, pointer, as_typed(fact.value), *says)
            before = found[same].services if same in found else ()
            choices = _choices(service, pointer, fact, log)
            found[same] = Question(pointer, fact, (*before, service), choices)
    return list(found.values())


def as_typed(value: Any) -> str:
    """A value as `--set` and the prompt take it: the words of a command, a list's only command, else JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        items = list(map(str, value))
        if len(items) == 1 and " " in items[0]:
            return items[0]
        return json.dumps(items) if any(" " in item for item in items) else shlex.join(items)
    return str(value)


def _choices(
    service: "InspectedService", pointer: str, fact: Fact[Any], log: Sequence[Asked]
) -> tuple[tuple[str, str], ...]:
    """The numbered choices: the guess, what other signals say, and for a runtime its releases."""
    found = {as_typed(fact.value): "the guess"}
    if pointer == "/runtime/version":
        found |= _releases(service.spec.language, as_typed(fact.value))
    for asked in log:
        if asked.decided is None or not fact.evidence or asked.decided.evidence != fact.evidence:
            continue
        for _, answer in asked.answers:
            if answer is not None and isinstance(answer.value, type(fact.value)):
                found.setdefault(as_typed(answer.value), ", ".join(map(str, answer.evidence[:1])))
    return tuple(found.items())[:_MOST] if len(found) > 1 else ()


def _releases(language: str, guess: str) -> dict[str, str]:
    from genfile.data import runtime

    try:
        known = runtime(language)
    except KeyError:
        return {}
    usual = {known.default: "what genfile takes by default"}
    lines = [line for line in known.lines if not line.over and (line.lts or language in ("python", "go"))]
    told = {line.version: f"supported until {line.end_of_life:%B %Y}" for line in lines[:_MOST]}
    return {guess: usual.get(guess) or told.get(guess, "the guess")} | told | ({} if guess not in usual else usual)


def _show(question: Question, base: Path, number: str, *, several: bool) -> None:
    names = ", ".join(service.spec.name for service in question.services)
    of = f"  ({names})" if several else ""
    ui.out(Styled(number, "dim"), Styled(question.key, "bold"), of)
    for service in question.services[:1]:
        for item in service.facts[question.pointer].evidence:
            ui.paragraph(f"Found: {ui.evidence(item, base)}", indent="  ")
    if not question.fact.evidence:
        ui.paragraph("Found: nothing that says so", indent="  ")
    ui.paragraph(f"Offered: {question.offered}, which is a guess", indent="  ")
    if question.fact.remedy:
        ui.paragraph(f"To make it certain, {question.fact.remedy}", indent="  ")
    width = max((len(text) for text, _ in question.choices), default=0)
    for at, (text, meaning) in enumerate(question.choices, 1):
        ui.out("    ", Styled(f"{at})", "cyan"), f" {text:<{width}}", Styled(f"  {meaning}", "dim"))


def _answer(question: Question, decisions: "Decisions") -> str:
    """A valid answer; an invalid one is refused with the reason and asked again."""
    ask = f"  Number or {question.key}" if question.choices else f"  {question.key}"
    while True:
        text = ui.prompt(ask, question.offered).strip()
        text = chosen(text, [choice for choice, _ in question.choices])
        if text == question.offered:
            return text
        fault = _fault(question, text, decisions)
        if fault is None:
            return text
        ui.message("error", fault, indent="  ")


def chosen(text: str, choices: Sequence[str]) -> str:
    """The choice with a number; any other text as it is, and so is a number that is itself a choice."""
    if text in choices or not (text.isdecimal() and text.isascii() and len(text) < 4):
        return text
    return choices[int(text) - 1] if 1 <= int(text) <= len(choices) else text


def _fault(question: Question, text: str, decisions: "Decisions") -> str | None:
    """Why an answer is invalid, in one clause; None if it is valid."""
    from genfile.settle import apply_settings

    settings: Mapping[str, str] = {question.key: text}
    for service in question.services:
        preset = decisions.choice_for(service.spec.path).of(service.spec)
        try:
            apply_settings(service, settings, preset)
        except UsageError as error:
            return error.message.removeprefix("--set ").removeprefix(f"{question.key}: ")
    return None
