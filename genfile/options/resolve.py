"""Resolve the values of all options, in the order of their dependencies, each from the first source that has one."""

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from genfile.errors import PresetError, UsageError
from genfile.options.model import Option, Value
from genfile.options.values import ValueFault, empty_value, parse_value, show_value, takes

if TYPE_CHECKING:
    from collections.abc import Callable

    from genfile.sandbox import Sandbox


class Ask(Protocol):
    """Ask a person for one value; the answer is checked against the option's type."""

    def __call__(self, name: str, option: Option, default: Value | None, /) -> Any: ...


def resolve_options(
    options: Mapping[str, Option],
    given: Mapping[str, Any],
    context: Mapping[str, Any],
    *,
    ask: Ask | None = None,
    earlier: Mapping[str, Any] = {},
    defaulted: Collection[str] = (),
    of: str = "preset",
    in_order: bool = False,
) -> dict[str, Value]:
    """The value of every option: fixed or computed, else given, else asked, else of an earlier time, else the default.

    An expression sees the values by name, all of them as `options`, and the context. What is `earlier` and does not
    fit any longer is passed over, and so is what was ``defaulted`` then, where what its default is made of has changed
    since. An option whose `when` is false has the empty value of its type. ``in_order``: no option needs a later one,
    so that nothing has to be read to know the order.
    Raises UsageError for a name or value that does not fit or is missing, PresetError for a fault of the manifest.
    """
    _check_given(options, given, of)
    scope = dict(context)
    values: dict[str, Value] = {}
    scope["options"] = values
    missing: list[str] = []
    changed: set[str] = set()
    for name in options if in_order else check_options(options, context):
        follows = name in defaulted and _made_of(name, options, context, ("default",)) & changed
        value = _resolve(name, options[name], given, scope, ask, {} if follows else earlier)
        if value is None:
            # A stand-in, so that all that is missing is known at once.
            missing.append(name)
            value = empty_value(options[name])
        values[name] = value
        scope.setdefault(name, value)
        if defaulted and _has_changed(name, value, options, earlier, context, changed):
            changed.add(name)
    if missing:
        each = "; ".join(f"{name} ({takes(options[name])})" for name in missing)
        raise UsageError(
            f"no value for {each}",
            hint=f"set each one, as in --set {missing[0]}=VALUE, or pass a file with --answers",
        )
    return {name: values[name] for name in options}


def check_options(options: Mapping[str, Option], context: Iterable[str]) -> list[str]:
    """The names in the order in which they can be resolved. Raises PresetError: an unknown name, a circle, syntax."""
    needs = {name: _needs(name, option, options, set(context)) for name, option in options.items()}
    order: list[str] = []
    path: list[str] = []

    def visit(name: str) -> None:
        if name in path:
            circle = [*path[path.index(name) :], name]
            raise PresetError(f"options depend on each other in a circle: {' -> '.join(circle)}")
        if name in order:
            return
        path.append(name)
        for need in needs[name]:
            visit(need)
        path.pop()
        order.append(name)

    for name in options:
        visit(name)
    return order


def _resolve(
    name: str,
    option: Option,
    given: Mapping[str, Any],
    scope: Mapping[str, Any],
    ask: Ask | None,
    earlier: Mapping[str, Any],
) -> Value | None:
    if not _applies(name, option, scope):
        return empty_value(option)
    own = option.computed if option.computed is not None else option.fixed
    if own is not None:
        return _own(name, option, own, scope, "value")
    if name in given:
        return _checked(name, option, given[name])
    default = _earlier(name, option, earlier)
    if default is None and option.default is not None:
        default = _own(name, option, option.default, scope, "default")
    if ask is not None:
        return _checked(name, option, ask(name, option, default))
    return default


def _has_changed(
    name: str,
    value: Value,
    options: Mapping[str, Option],
    earlier: Mapping[str, Any],
    context: Iterable[str],
    changed: set[str],
) -> bool:
    """Whether a value is another one than at the earlier time; of one that was not kept, what it is computed from."""
    if name in earlier:
        return value != _earlier(name, options[name], earlier)
    return bool(_made_of(name, options, context, ("computed", "fixed")) & changed)


def _earlier(name: str, option: Option, earlier: Mapping[str, Any]) -> Value | None:
    try:
        return parse_value(option, earlier[name]) if name in earlier else None
    except ValueFault:
        return None


def _check_given(options: Mapping[str, Option], given: Mapping[str, Any], of: str) -> None:
    for name in given:
        option = options.get(name)
        if option is None:
            close = get_close_matches(name, options, 1)
            known = ", ".join(sorted(options)) or "none"
            hint = f"did you mean {close[0]}?" if close else f"options: {known}"
            raise UsageError(f"the {of} has no option {name!r}", hint=hint)
        if option.computed is not None:
            raise UsageError(f"option {name!r} is computed by the {of} and can't be set")
        if option.fixed is not None and given[name] != option.fixed:
            raise UsageError(f"option {name!r} is fixed by the {of} and can't be set", hint=option.help)


def _checked(name: str, option: Option, given: Any) -> Value:
    try:
        return parse_value(option, given)
    except ValueFault as fault:
        shown = "the value" if option.secret else _shown(given)
        raise UsageError(f"{name}: {shown} {fault}", hint=f"{name} takes {takes(option)}. {option.help}") from None


def _own(name: str, option: Option, literal: Any, scope: Mapping[str, Any], what: str) -> Value:
    """A value that the manifest gives, rendered where it is an expression."""
    value = _render(name, literal, scope, what)
    try:
        return parse_value(option, value)
    except ValueFault as fault:
        raise PresetError(f"{what} of option {name!r}: {_shown(value)} {fault}") from None


def _shown(value: Any) -> str:
    """A value as it was given: numbers as they are, texts in quotes."""
    text = show_value(value)[:60]
    return text if isinstance(value, int) or text.lstrip("-").isdecimal() else repr(text)


def _is_expression(literal: Any) -> bool:
    return isinstance(literal, str) and ("{{" in literal or "{%" in literal)


def _render(name: str, literal: Any, scope: Mapping[str, Any], what: str) -> Any:
    if not _is_expression(literal):
        return literal
    return _guarded(name, what, scope, lambda environment: environment.compiled(literal).render(**scope))


def _applies(name: str, option: Option, scope: Mapping[str, Any]) -> bool:
    if option.when is None or isinstance(option.when, bool):
        return option.when is not False
    text = option.when
    value = _guarded(name, "when", scope, lambda environment: environment.evaluate(text, scope))
    if not isinstance(value, bool):
        raise PresetError(f"when of option {name!r}: {text[:80]!r} is not true or false")
    return value


def _guarded(name: str, what: str, scope: Iterable[str], work: "Callable[[Sandbox], Any]") -> Any:
    from jinja2 import TemplateError

    from genfile.sandbox import TEMPLATE_FAULTS, bounded, describe_fault

    place = f"{what} of option {name!r}"
    try:
        with bounded():
            # Checked by its type afterwards, so it needs no quoting here.
            return work(_sandbox())
    except (TemplateError, *TEMPLATE_FAULTS) as error:
        raise PresetError(describe_fault(error, place, scope)) from None


@cache
def _sandbox() -> "Sandbox":
    from genfile.sandbox import Sandbox

    return Sandbox()


def _made_of(
    name: str, options: Mapping[str, Option], context: Iterable[str], parts: tuple[str, ...]
) -> frozenset[str]:
    return frozenset(_needs(name, options[name], options, set(context), parts))


def _needs(
    name: str,
    option: Option,
    options: Mapping[str, Option],
    context: set[str],
    parts: tuple[str, ...] = ("when", "computed", "fixed", "default"),
) -> list[str]:
    """The options that an option's expressions name, in order. Raises PresetError for a name that is nothing."""
    found: dict[str, None] = {}
    for what in parts:
        text = getattr(option, what)
        if what == "when" and isinstance(text, str):
            text = "{{ (" + text + ") }}"
        if not _is_expression(text):
            continue
        for used in _names(name, what, text):
            if used in options and used not in context:
                found[used] = None
            elif used not in context:
                close = get_close_matches(used, [*options, *context], 1)
                also = f" (did you mean {close[0]}?)" if close else ""
                raise PresetError(f"{what} of option {name!r}: unknown name {used!r}{also}")
    return list(found)


@lru_cache(1000)
def _names(name: str, what: str, text: str) -> tuple[str, ...]:
    """The names that an expression uses; of `options.x` it is x."""
    from jinja2 import meta, nodes

    def _is_options(node: nodes.Node) -> bool:
        return isinstance(node, nodes.Name) and node.name == "options"

    def read(environment: "Sandbox") -> list[str]:
        tree = environment.parse(text)
        used = meta.find_undeclared_variables(tree) - set(environment.globals)
        fields: list[Any] = []
        for field in tree.find_all(nodes.Getattr):
            fields += [field.attr] if _is_options(field.node) else []
        for item in tree.find_all(nodes.Getitem):
            fields += [item.arg.value] if _is_options(item.node) and isinstance(item.arg, nodes.Const) else []
        return [*sorted(used - {"options"}), *(field for field in fields if isinstance(field, str) and field)]

    return tuple(_guarded(name, what, (), read))


def stored_values(
    options: Mapping[str, Option], values: Mapping[str, Value], context: Mapping[str, Any]
) -> dict[str, Value]:
    """The values worth keeping for the next time: no secrets, nothing computed or fixed, nothing that did not apply."""
    scope = {**values, **context, "options": values}
    return {
        name: values[name]
        for name, option in options.items()
        if not option.secret and option.computed is None and option.fixed is None and _applies(name, option, scope)
    }
