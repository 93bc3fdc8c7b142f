"""Jinja's sandbox with everything that a template does measured and counted, for both kinds of templates."""

import functools
from collections.abc import Callable, Iterable, Iterator
from types import BuiltinMethodType
from typing import Any, cast

from jinja2 import Undefined, nodes, pass_context
from jinja2.exceptions import TemplateSyntaxError
from jinja2.runtime import Context, Macro
from jinja2.sandbox import SandboxedEnvironment

from genfile.sandbox import budget
from genfile.sandbox.checks import check_filter, check_method, check_operator, check_test
from genfile.sandbox.guards import GUARDS, guard
from genfile.sandbox.weigh import weigh

_PLAIN = (str, bytes, int, float, list, tuple, dict, set, frozenset)


class BoundedEnvironment(SandboxedEnvironment):
    """Filters, tests, operators, calls: what goes in and what comes out is weighed, and each takes a step."""

    # Nothing is computed while a template is compiled, for no budget is in force then.
    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "%", "**"])
    intercepted_unops = frozenset(["+", "-"])
    strict = True

    def bind(self) -> None:
        """Wrap the filters and tests that there are now, and add those of the guards."""
        self.filters = {name: _filter(name, function) for name, function in self.filters.items()} | GUARDS
        self.tests = {name: _test(name, cast(Callable[..., Any], function)) for name, function in self.tests.items()}

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        budget.step()
        owner = getattr(__obj, "__self__", None)
        args = tuple(_listed(value) for value in args)
        if isinstance(__obj, BuiltinMethodType) and isinstance(owner, _PLAIN):
            check_method(owner, __obj.__name__, args, kwargs)
        elif not isinstance(__obj, Macro):
            # A macro only names what it gets, all of which was weighed when it was made.
            weigh((*args, *kwargs.values()))
        return weigh(super().call(__context, __obj, *args, **kwargs))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        check_operator(operator, left, right)
        return weigh(super().call_binop(context, operator, left, right))

    def call_unop(self, context: Any, operator: str, arg: Any) -> Any:
        return weigh(super().call_unop(context, operator, weigh(arg)))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        try:
            return super()._parse(source, name, filename)
        except (RecursionError, MemoryError):
            raise TemplateSyntaxError("the template is nested too deeply", 1, name, filename) from None
        except (ValueError, OverflowError):
            raise TemplateSyntaxError("a number in the template is too large", 1, name, filename) from None

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        try:
            guard(source, self, name, strict=self.strict)
            return super()._generate(source, name, filename, defer_init)
        except (RecursionError, MemoryError):
            raise TemplateSyntaxError("the template is nested too deeply", 1, name, filename) from None

    def _compile(self, source: str, filename: str) -> Any:
        try:
            return super()._compile(source, filename)
        except (SyntaxError, RecursionError, MemoryError, ValueError, OverflowError):
            raise TemplateSyntaxError("the template is nested too deeply", 1, None, filename) from None


def _listed(value: Any) -> Any:
    """The values of an iterator, counted: what takes them may not count."""
    return list(budget.each(value)) if isinstance(value, Iterator) and hasattr(value, "gi_frame") else value


def _given(value: Any) -> Any:
    """What a filter gave, weighed; each part of what it gives bit by bit."""
    if isinstance(value, Undefined):
        return value
    return (weigh(item) for item in budget.each(value)) if isinstance(value, Iterator) else weigh(value)


def _passed(function: Callable[..., Any]) -> Callable[[Context], tuple[Any, ...]]:
    """What Jinja passes to a function first."""
    kind = getattr(getattr(function, "jinja_pass_arg", None), "name", None)
    return {
        None: lambda context: (),
        "context": lambda context: (context,),
        "eval_context": lambda context: (context.eval_ctx,),
        "environment": lambda context: (context.environment,),
    }[kind]


# With the context as its first, a function is not folded away when the template is compiled.
def _filter(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    passed = _passed(function)

    @functools.wraps(function)
    def bounded(context: Context, value: Any = None, *rest: Any, **named: Any) -> Any:
        budget.step()
        if name in ("join", "sum", "pprint", "tojson", "jsonify"):
            value = _listed(value)
        check_filter(name, value, rest, named)
        try:
            return _given(function(*passed(context), value, *rest, **named))
        except AssertionError as error:
            raise TypeError(str(error)) from None

    return pass_context(bounded)


def _test(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    passed = _passed(function)

    @functools.wraps(function)
    def bounded(context: Context, value: Any, *rest: Any) -> Any:
        budget.step()
        check_test(name, value, rest)
        return function(*passed(context), value, *rest)

    return pass_context(bounded)


def flat_sum(environment: Any, values: Iterable[Any], attribute: Any = None, start: Any = 0) -> Any:
    """Jinja's `sum`, which copies no list again and again."""
    from jinja2.filters import make_attrgetter

    items = list(budget.each(values if attribute is None else map(make_attrgetter(environment, attribute), values)))
    if not isinstance(start, list):
        return sum(items, start)
    total = list(start)
    for item in items:
        if not isinstance(item, list):
            raise TypeError("a list can only be joined with another list")
        total += item
        weigh(total) if len(total) > budget.limits().items else None
    return total
