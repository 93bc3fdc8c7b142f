"""Jinja's immutable sandbox, closed further.

Allow-lists of filters, tests, attributes and methods; no `**`, no `*` or `%` on text; loops, calls, includes and text
are counted (see `budget`); templates come out of a mapping that was read beforehand, so rendering opens no file.
"""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound, nodes
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.parser import Parser
from jinja2.runtime import BlockReference, LoopContext, Macro, TemplateReference
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from genfile.sandbox import budget
from genfile.sandbox.base import BoundedEnvironment
from genfile.sandbox.text import STOCK_FILTERS, STOCK_TESTS, TEXT_FILTERS
from genfile.sandbox.weigh import weigh

MAX_SOURCE = 256 * 1024
MAX_TAGS = 10_000
MAX_RANGE = 1_000
MAX_KEPT = 500
_TEXT_METHODS = """
    capitalize endswith isalnum isalpha isdigit islower isupper lower lstrip removeprefix removesuffix replace rsplit
    rstrip split splitlines startswith strip swapcase title upper
""".split()
_RUNTIME = (TemplateModule, LoopContext, Macro, TemplateReference, BlockReference, Namespace)


class MappingLoader(BaseLoader):
    """Templates out of a mapping that was read beforehand."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        self.templates = templates

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source = self.templates.get(template)
        if source is None:
            raise TemplateNotFound(template)
        return source, template, lambda: True


class Sandbox(BoundedEnvironment, ImmutableSandboxedEnvironment):
    """An environment for templates of others. Its values must be plain: dict, list, str, int, float, bool, None."""

    # What may be asked of a value, by its type; of all other types nothing, but for Jinja's own.
    methods: Mapping[type, frozenset[str]] = {
        str: frozenset(_TEXT_METHODS),
        dict: frozenset(["items", "keys", "values", "get"]),
    }

    def __init__(self, templates: Mapping[str, str] = {}, **settings: Any) -> None:
        plain: dict[str, Any] = {"undefined": StrictUndefined, "keep_trailing_newline": True, "finalize": weigh}
        super().__init__(loader=MappingLoader(templates), **{**plain, "auto_reload": False, **settings})
        self._kept: dict[str, Template] = {}
        self.allow(STOCK_FILTERS, STOCK_TESTS, TEXT_FILTERS)

    def allow(self, filters: tuple[str, ...], tests: tuple[str, ...], own: Mapping[str, Callable[..., Any]]) -> None:
        """Set what there is to use: names of Jinja's filters and tests, and functions of ours."""
        from jinja2.filters import FILTERS
        from jinja2.tests import TESTS

        stock = {name: FILTERS[name] for name in filters}
        self.filters = stock | dict(own)
        self.tests = {name: TESTS[name] for name in tests}
        self.bind()
        self.globals = {"range": _range, "namespace": Namespace}

    def evaluate(self, expression: str, context: Mapping[str, Any]) -> Any:
        """The value of an expression, as in `when = "database"`. Raises what rendering raises."""
        key = "\0" + expression
        template = self._kept.get(key) or self._keep(key, self._expression(expression))
        scope = template.new_context(dict(context))
        for _ in template.root_render_func(scope):
            pass
        return scope.vars["result"]

    def compiled(self, text: str) -> Template:
        """A template of a text, kept for the life of the environment."""
        return self._kept.get(text) or self._keep(text, text)

    def _keep(self, key: str, source: str | nodes.Template) -> Template:
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        template = self._kept[key] = self.from_string(source)
        return template

    def _expression(self, expression: str) -> nodes.Template:
        parser = Parser(self, expression, state="variable")
        value = parser.parse_expression()
        if not parser.stream.eos:
            raise TemplateSyntaxError("chunk after expression", parser.stream.current.lineno)
        value.set_environment(self)
        body: list[nodes.Node] = [nodes.Assign(nodes.Name("result", "store", lineno=1), value, lineno=1)]
        return nodes.Template(body, lineno=1)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > MAX_SOURCE or source.count(self.variable_start_string) > MAX_TAGS:
            raise TemplateSyntaxError("a template can have at most 256 KiB and 10,000 tags", 1, name, filename)
        return super()._parse(source, name, filename)

    def _load_template(self, name: str, globals: Any) -> Template:
        budget.step()
        if isinstance(self.loader, MappingLoader):
            budget.write(len(self.loader.templates.get(name, "")))
        return super()._load_template(name, globals)

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        result = super().call(__context, __obj, *args, **kwargs)
        if isinstance(result, str):
            budget.write(len(result))
        return result

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict):
            if attribute in obj:
                return obj[attribute]
            if attribute not in self.methods[dict]:
                return self.undefined(obj=obj, name=attribute)
        if isinstance(obj, str) and attribute not in self.methods[str]:
            return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, dict) and isinstance(argument, str):
            return self.getattr(obj, argument) if argument in obj else self.undefined(obj=obj, name=argument)
        if isinstance(obj, str) and isinstance(argument, str):
            return self.undefined(obj=obj, name=argument)
        return super().getitem(obj, argument)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        for kind, names in self.methods.items():
            if isinstance(obj, kind):
                return attr in names
        return isinstance(obj, _RUNTIME) and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" or (operator in "*%" and not _are_small(left, right)):
            raise SecurityError(f"the operator {operator} works only with small numbers")
        return super().call_binop(context, operator, left, right)


def _are_small(*sides: Any) -> bool:
    return all(isinstance(side, int | float) and abs(side) < 1 << 64 for side in sides)


def _range(*bounds: int) -> range:
    result = range(*bounds)
    if len(result) > MAX_RANGE:
        raise budget.LimitError(f"a range can have at most {MAX_RANGE} items")
    return result
