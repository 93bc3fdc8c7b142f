"""The Jinja environment of cookiecutter's templates: its behaviour to the byte, inside a sandbox.

cookiecutter renders with all of Jinja; here a template is other people's text. The methods of plain values that
real templates use work; what grows values or repeats is bounded (`limits`); files come from the bundle alone.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import BuiltinMethodType
from typing import Any, cast

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound, nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension
from jinja2.loaders import split_template_path
from jinja2.runtime import markup_join
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

from genfile.errors import PresetError
from genfile.template.cookiecutter import limits
from genfile.template.cookiecutter.clock import DEFAULT_FORMAT, NowExtension
from genfile.template.cookiecutter.functions import FILTERS, FUNCTIONS

# Extensions that are built in: the names that templates call them by. None: nothing to be added.
BUILT_IN: dict[str, str | None] = {
    "cookiecutter.extensions.JsonifyExtension": None,
    "cookiecutter.extensions.RandomStringExtension": None,
    "cookiecutter.extensions.SlugifyExtension": None,
    "cookiecutter.extensions.TimeExtension": None,
    "cookiecutter.extensions.UUIDExtension": None,
    "jinja2_time.TimeExtension": None,
    "jinja2.ext.autoescape": None,
    "jinja2.ext.with_": None,
    "jinja2.ext.do": "jinja2.ext.do",
    "jinja2.ext.i18n": "jinja2.ext.i18n",
    "jinja2.ext.loopcontrols": "jinja2.ext.loopcontrols",
}
_TEXT_SETTINGS = frozenset(
    """
    block_start_string block_end_string variable_start_string variable_end_string comment_start_string
    comment_end_string line_statement_prefix line_comment_prefix newline_sequence
    """.split()
)
_SWITCHES = frozenset(["trim_blocks", "lstrip_blocks", "autoescape", "optimized"])
_MAX_TOKENS = 100_000
_WITH_WIDTH = frozenset(["center", "indent", "truncate", "wordwrap", "batch", "slice", "tojson", "jsonify", "urlize"])


class DefaultsExtension(Extension):
    """The filters and functions that cookiecutter always has; a template's own extension may replace them."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.filters.update(FILTERS)
        environment.globals.update(FUNCTIONS)
        environment.extend(datetime_format=DEFAULT_FORMAT)


class BundleLoader(BaseLoader):
    """Text files of the bundle: first below the templated folder, then in `templates/` beside it."""

    def __init__(self, files: Mapping[str, bytes], folders: Iterable[str]) -> None:
        self.files = files
        self.folders = tuple(folders)

    def get_source(self, environment: Any, template: str) -> tuple[str, str, Callable[[], bool]]:
        path = "/".join(split_template_path(template))
        for folder in self.folders:
            content = self.files.get(f"{folder}/{path}")
            if content is not None:
                text = content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
                return text, f"{folder}/{path}", lambda: True
        raise TemplateNotFound(template)


class _Bounds(NodeTransformer):
    """Puts the checks of `limits` where a template makes, joins or repeats values."""

    def visit_Concat(self, node: nodes.Concat, *args: Any) -> nodes.Node:
        self.generic_visit(node)
        return _call("joined", node.nodes, node.lineno)

    def visit_For(self, node: nodes.For, *args: Any) -> nodes.Node:
        self.generic_visit(node)
        node.iter = _call("each", [cast("nodes.Expr", node.iter)], node.lineno)
        return node

    def visit_List(self, node: nodes.Literal, *args: Any) -> nodes.Node:
        self.generic_visit(node)
        stored = getattr(node, "ctx", "load") != "load"
        simple = all(isinstance(child, nodes.Const) for child in node.iter_child_nodes())
        return node if stored or simple else _call("weigh", [node], node.lineno)

    visit_Tuple = visit_List
    visit_Dict = visit_List


def _call(name: str, arguments: list[nodes.Expr], line: int) -> nodes.Expr:
    call = nodes.Call(nodes.EnvironmentAttribute(name), arguments, [], None, None, lineno=line)
    call.set_environment(arguments[0].environment)  # type: ignore[arg-type]
    return call


class CookiecutterEnvironment(SandboxedEnvironment):
    """Jinja's sandbox with cookiecutter's extensions and settings, bounded."""

    intercepted_binops = frozenset(["+", "*", "%", "**"])

    def __init__(self, settings: Mapping[str, Any], extensions: Iterable[Any], budget: limits.Budget) -> None:
        self.budget, extensions = budget, tuple(extensions)
        super().__init__(
            extensions=[DefaultsExtension, NowExtension, *extensions],
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            auto_reload=False,
            finalize=limits.weigh,
            **checked_settings(settings),
        )
        self.concat = budget.join  # type: ignore[method-assign]
        self.weigh = limits.weigh
        self.globals.pop("lipsum", None)
        self.filters = {name: self._bounded(name, function) for name, function in self.filters.items()}
        starts = (self.block_start_string, self.variable_start_string, self.comment_start_string)
        special = self.line_statement_prefix or self.line_comment_prefix or self.newline_sequence != "\n"
        foreign = any(not isinstance(extension, str) for extension in extensions)
        self._starts = None if special or foreign else starts

    def is_plain(self, text: str) -> bool:
        """Whether the text holds nothing for Jinja, so that it renders to itself."""
        return self._starts is not None and not any(start in text for start in self._starts)

    def each(self, values: Any) -> Any:
        """A loop's values, counted; what has a length keeps it."""
        return self.budget.each(values)

    def joined(self, *values: Any) -> str:
        if self.autoescape:
            return markup_join(values)
        return self.budget.join(str(limits.weigh(value)) for value in values)

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        owner = getattr(__obj, "__self__", None)
        if getattr(owner, "__class__", None) is CookiecutterEnvironment and __obj in (__self.joined, __self.each):
            return __obj(*args)  # the keywords are Jinja's own
        __self.budget.step()
        for value in (*args, *kwargs.values()):
            limits.weigh(value)
        if isinstance(__obj, BuiltinMethodType) and isinstance(owner, (str, bytes, int, float, list, dict, set, tuple)):
            if __obj.__name__ == "join" and args:
                args = (limits.check_join(owner, args[0]), *args[1:])
            else:
                limits.check_method(owner, __obj.__name__, args, kwargs)
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        limits.check_operator(operator, left, right)
        return super().call_binop(context, operator, left, right)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        wrapped = super().wrap_str_format(value)
        if wrapped is not None:
            limits.check_format(value.__self__)
        return wrapped

    def get_template(self, name: Any, *args: Any, **kwargs: Any) -> Template:
        self.budget.step()
        return super().get_template(name, *args, **kwargs)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        bounded: nodes.Template = _Bounds().visit(tree)
        return bounded

    def _tokenize(self, source: str, name: str | None, filename: str | None = None, state: str | None = None) -> Any:
        stream = super()._tokenize(source, name, filename, state)
        stream._iter = self._counted(stream._iter)
        return stream

    def _counted(self, tokens: Iterable[Any]) -> Iterator[Any]:
        """A long text is soon read, but a long expression takes long to compile."""
        for number, token in enumerate(tokens):
            if number > _MAX_TOKENS:
                raise SecurityError(f"more than {_MAX_TOKENS:,} words in expressions")
            self.budget.step()
            yield token

    def _bounded(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        skipped = 1 if hasattr(function, "jinja_pass_arg") else 0

        @functools.wraps(function)
        def bounded(*args: Any, **kwargs: Any) -> Any:
            self.budget.step()
            own, value, rest = args[:skipped], args[skipped], args[skipped + 1 :]
            for argument in (value, *rest, *kwargs.values()):
                limits.weigh(argument)
            if name in _WITH_WIDTH:
                limits.check_numbers((*rest, *kwargs.values()))
            if name in ("format", "indent"):
                _check_growth(name, value, rest, kwargs)
            elif name == "replace" and len(rest) > 1:
                limits.check_replace(str(value), str(rest[0]), str(rest[1]))
            elif name == "join":
                value = limits.check_join(rest[0] if rest else kwargs.get("d", ""), value)
            return function(*own, value, *rest, **kwargs)

        return bounded


def _check_growth(name: str, value: Any, rest: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    if name == "format":
        limits.check_format(str(value))
        return
    width = rest[0] if rest else kwargs.get("width", 4)
    each = len(width) if isinstance(width, str) else int(width)
    if str(value).count("\n") * each > limits.MAX_TEXT:
        raise SecurityError("the text is too long")


def checked_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """`_jinja2_env_vars`: delimiters and switches for white space; anything else could be code."""
    if not isinstance(settings, Mapping):
        raise PresetError("cookiecutter.json: _jinja2_env_vars is no object")
    for name, value in settings.items():
        short = isinstance(value, str) and 0 < len(value) <= 16
        prefix = value is None and name.endswith("_prefix")
        if not ((name in _TEXT_SETTINGS and (short or prefix)) or (name in _SWITCHES and isinstance(value, bool))):
            raise PresetError(
                f"cookiecutter.json: _jinja2_env_vars: {name!r} can't be set to {value!r}",
                hint=f"what can be set: {', '.join(sorted(_TEXT_SETTINGS | _SWITCHES))}",
            )
    return dict(settings)
