"""From variables to values: defaults are rendered in the order of the file, with prompts if someone can answer."""

import json
import posixpath
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from genfile.errors import PresetError, UsageError
from genfile.template.cookiecutter.texts import Texts
from genfile.template.cookiecutter.variables import FILE, ChoiceVariable, as_bool

_TRIES = 10


class VariableQuestion(Struct, frozen=True):
    """What is asked for one variable: an option of genfile's, as far as cookiecutter's file says one.

    A dict variable is a text, JSON; ``is_json`` tells it from the others.
    """

    type: Literal["text", "bool", "choice"]
    help: str
    default: Any
    choices: dict[str, str] = field(default_factory=dict)
    is_json: bool = False
    pattern: None = None
    min: None = None
    max: None = None
    secret: bool = False


Ask = Callable[[str, Any, Any], Any]


class CookiecutterAnswers:
    """The values as they become known; `values` is what `cookiecutter` is in a template."""

    def __init__(
        self,
        variables: dict[str, Any],
        texts: Texts,
        ask: Ask | None,
        earlier: Mapping[str, Any] = {},
        then: Mapping[str, Any] = {},
    ) -> None:
        """``earlier``: defaults of an earlier time; one stays unless it is another with the values of ``then``."""
        prompts = variables.pop("__prompts__", {})
        self.prompts = prompts if isinstance(prompts, dict) else {}
        self.variables, self.texts, self.ask = variables, texts, ask
        self.values: dict[str, Any] = OrderedDict()
        self.earlier, self.then = earlier, then
        # Answers that were given, not just accepted.
        self.answered: dict[str, Any] = {}

    def resolve(self) -> dict[str, Any]:
        """Every variable's value; dict variables in a second pass, since they may use all others."""
        for name, raw in self.variables.items():
            if name.startswith("_") and not name.startswith("__"):
                self.values[name] = raw
            elif name.startswith("__"):
                self.values[name] = self.render(name, raw)
            elif not isinstance(raw, dict):
                self.values[name] = self._value(name, raw)
        for name, raw in self.variables.items():
            if isinstance(raw, dict) and (name.startswith("__") or not name.startswith("_")):
                value = self.render(name, raw)
                asked = self.ask is not None and not name.startswith("__")
                answer = self._asked(name, self._json(name, value)) if asked else value
                self.values[name] = self._noted(name, answer, value)
        return self.values

    def render(self, name: str, raw: Any) -> Any:
        if raw is None or isinstance(raw, bool):
            return raw
        if isinstance(raw, dict):
            return {self.render(name, key): self.render(name, value) for key, value in raw.items()}
        if isinstance(raw, list):
            return [self.render(name, value) for value in raw]
        return self.texts.render(str(raw), {"cookiecutter": self.values}, f"{FILE}: {name}")

    def choose(self, name: str, raw: list[Any]) -> Any:
        """One of the rendered choices: the one that was named, else the first, or the answer."""
        choices = [self.render(name, choice) for choice in raw]
        if not choices:
            raise PresetError(f"{FILE}: {name}: the list of choices is empty")
        first = choices[0]
        if isinstance(raw, ChoiceVariable):
            if raw.wanted not in choices:
                shown = ", ".join(map(str, choices))
                raise UsageError(f"{name}: {raw.wanted!r} is not one of the choices", hint=f"choices: {shown}")
            first = raw.wanted
        if self.ask is None:
            return first
        texts = self.prompts.get(name)
        labels = texts if isinstance(texts, dict) else {}
        shown_as = {str(choice): str(labels.get(choice, choice)) for choice in choices}
        answer = self._asked(name, VariableQuestion("choice", self._help(name), first, shown_as))
        return self._noted(name, next(choice for choice in choices if str(choice) == answer), first)

    def _value(self, name: str, raw: Any) -> Any:
        if isinstance(raw, list):
            return self.choose(name, raw)
        value = self.render(name, raw)
        if name in self.earlier and value == self.texts.render(
            str(raw), {"cookiecutter": self.then}, f"{FILE}: {name}"
        ):
            value = self.earlier[name]
        if self.ask is None:
            return value
        kind: Literal["bool", "text"] = "bool" if isinstance(raw, bool) else "text"
        return self._noted(name, self._asked(name, VariableQuestion(kind, self._help(name), value)), value)

    def _noted(self, name: str, value: Any, default: Any) -> Any:
        if value != default:
            self.answered[name] = value
        return value

    def _help(self, name: str) -> str:
        text = self.prompts.get(name) or name
        return str(text.get("__prompt__", name) if isinstance(text, dict) else text)

    def _json(self, name: str, value: Any) -> VariableQuestion:
        return VariableQuestion("text", f"{self._help(name)} (JSON)", json.dumps(value), is_json=True)

    def _asked(self, name: str, question: VariableQuestion) -> Any:
        """Prompt until the answer fits, a limited number of times."""
        assert self.ask is not None
        for _ in range(_TRIES):
            answer = self.ask(name, question, question.default)
            try:
                return parsed(name, question, answer)
            except UsageError as error:
                question = replace(question, help=f"{error.message}. {self._help(name)}")
        raise UsageError(f"{name}: no valid answer after {_TRIES} tries")


def parsed(name: str, question: VariableQuestion, answer: Any) -> Any:
    """The value that an answer stands for; nothing is the default. Raises UsageError."""
    if answer is None or answer == "":
        answer = question.default
    if question.is_json:
        return _parsed_dict(name, answer)
    if answer == question.default:
        return answer
    if question.type == "bool":
        return answer if isinstance(answer, bool) else as_bool(name, str(answer))
    text = str(answer).strip()
    if question.type == "text":
        return text
    values = list(question.choices)
    if text in values:
        return text
    if text.isdecimal() and 1 <= int(text) <= len(values):
        return values[int(text) - 1]
    raise UsageError(f"{name}: {text!r} is not one of the choices", hint=f"choices: {', '.join(values)}")


def _parsed_dict(name: str, answer: Any) -> Any:
    if isinstance(answer, dict):
        return answer
    try:
        value = json.loads(str(answer), object_pairs_hook=OrderedDict)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise UsageError(f"{name}: not a JSON object")
    return value


def is_derived(raw: Any) -> bool:
    """Whether a default is made of other values."""
    return isinstance(raw, str) and "{" in raw


def is_nested(variables: Mapping[str, Any]) -> bool:
    """Whether the file only says which templates there are."""
    return "template" in variables or "templates" in variables


def choose_template(
    variables: dict[str, Any], texts: Texts, ask: Ask | None, given: Mapping[str, Any]
) -> tuple[str, str, str]:
    """The variable that offers templates, the one that is chosen, and its folder in the bundle."""
    offered = variables.get("templates")
    if offered:
        chosen, path = _choose_new_style(offered, texts, ask, given.get("templates"))
        return "templates", chosen, _inside(path)
    offered = variables.get("template", [])
    if not isinstance(offered, list):
        raise PresetError(f"{FILE}: template is not a list")
    wanted = given.get("template")
    if wanted is None:
        chosen = CookiecutterAnswers(variables, texts, ask).choose("template", offered)
    else:
        named = [choice for choice in offered if choice == wanted or f"({wanted})" in str(choice)]
        if not named:
            raise UsageError(
                f"template: {wanted!r} is not one of the templates", hint=f"templates: {', '.join(offered)}"
            )
        chosen = named[0]
    found = re.search(r"\((.+)\)", str(chosen))
    if found is None:
        raise PresetError(f"{FILE}: {chosen!r} does not name a folder in parentheses")
    return "template", str(chosen), _inside(found[1])


def _choose_new_style(offered: Any, texts: Texts, ask: Ask | None, wanted: Any) -> tuple[str, Any]:
    if not isinstance(offered, dict) or not all(isinstance(item, dict) and "path" in item for item in offered.values()):
        raise PresetError(f"{FILE}: templates: each needs a path")
    if wanted is not None and wanted not in offered:
        raise UsageError(f"templates: {wanted!r} is not one of the templates", hint=f"templates: {', '.join(offered)}")
    chosen = next(iter(offered)) if wanted is None else wanted
    if ask is not None and wanted is None:
        labels = {}
        for name, item in offered.items():
            title, description = str(item.get("title", name)), str(item.get("description", name))
            labels[name] = title if title == description else f"{title} ({description})"
        question = VariableQuestion("choice", "Select a template", chosen, labels)
        chosen = parsed("templates", question, ask("templates", question, chosen))
    return chosen, offered[chosen]["path"]


def _inside(path: Any) -> str:
    normal = posixpath.normpath(str(path).replace("\\", "/"))
    if not path or normal.startswith(("/", "../")) or normal == ".." or re.match(r"[A-Za-z]:", normal):
        raise PresetError(f"{FILE}: the template {path!r} is outside of the template repository")
    return normal
