"""The Jinja environment of cookiecutter templates: the same output to the byte, inside a sandbox.

cookiecutter renders with all of Jinja; here a template is untrusted text. The methods of plain values that real
templates use work; what grows values or repeats is limited (`genfile.sandbox`); files come only from the bundle.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound, pass_environment
from jinja2.ext import Extension
from jinja2.loaders import split_template_path

from genfile.errors import PresetError
from genfile.sandbox import budget
from genfile.sandbox.base import BoundedEnvironment, flat_sum
from genfile.sandbox.checks import check_method
from genfile.sandbox.weigh import weigh
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


class CookiecutterEnvironment(BoundedEnvironment):
    """Jinja's sandbox with cookiecutter's extensions and settings, bounded."""

    strict = False

    def __init__(self, settings: Mapping[str, Any], extensions: Iterable[Any]) -> None:
        extensions = tuple(extensions)
        super().__init__(
            extensions=[DefaultsExtension, NowExtension, *extensions],
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            auto_reload=False,
            finalize=weigh,
            **checked_settings(settings),
        )
        self.concat = budget.joined  # type: ignore[method-assign]
        self.globals.pop("lipsum", None)
        self.filters["sum"] = pass_environment(flat_sum)
        self.bind()
        starts = (self.block_start_string, self.variable_start_string, self.comment_start_string)
        special = self.line_statement_prefix or self.line_comment_prefix or self.newline_sequence != "\n"
        foreign = any(not isinstance(extension, str) for extension in extensions)
        self._starts = None if special or foreign else starts

    def is_plain(self, text: str) -> bool:
        """Whether the text holds nothing for Jinja, so that it renders to itself."""
        return self._starts is not None and not any(start in text for start in self._starts)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        wrapped = super().wrap_str_format(value)
        if wrapped is None:
            return None
        text, known = value.__self__, wrapped

        @functools.wraps(known)
        def bounded(*args: Any, **kwargs: Any) -> str:
            check_method(text, "format", args, kwargs)
            return known(*args, **kwargs)

        return bounded

    def get_template(self, name: Any, *args: Any, **kwargs: Any) -> Template:
        budget.step()
        return super().get_template(name, *args, **kwargs)

    def _tokenize(self, source: str, name: str | None, filename: str | None = None, state: str | None = None) -> Any:
        stream = super()._tokenize(source, name, filename, state)
        stream._iter = _counted(stream._iter)
        return stream


def _counted(tokens: Iterable[Any]) -> Iterator[Any]:
    """A long text is soon read, but a long expression takes long to compile."""
    for number, token in enumerate(tokens):
        if number > _MAX_TOKENS:
            raise budget.LimitError(f"more than {_MAX_TOKENS:,} words in expressions")
        budget.step()
        yield token


def checked_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """`_jinja2_env_vars`: delimiters and switches for white space; anything else could be code."""
    if not isinstance(settings, Mapping):
        raise PresetError("cookiecutter.json: _jinja2_env_vars is not an object")
    for name, value in settings.items():
        short = isinstance(value, str) and 0 < len(value) <= 16
        prefix = value is None and name.endswith("_prefix")
        if not ((name in _TEXT_SETTINGS and (short or prefix)) or (name in _SWITCHES and isinstance(value, bool))):
            raise PresetError(
                f"cookiecutter.json: _jinja2_env_vars: {name!r} can't be set to {value!r}",
                hint=f"supported settings:  {', '.join(sorted(_TEXT_SETTINGS | _SWITCHES))}",
            )
    return dict(settings)
