"""Renders the texts of a template: names, defaults, contents; what goes wrong becomes one line with its place."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from jinja2 import Template
from jinja2.exceptions import SecurityError, TemplateNotFound, TemplateSyntaxError, UndefinedError

from genfile.errors import GenfileError, PresetError
from genfile.sandbox.budget import LimitError, TemplateLimits, bounded
from genfile.template.cookiecutter.environment import BundleLoader, CookiecutterEnvironment

LIMITS = TemplateLimits(text=8 * 1024 * 1024, steps=1_000_000)
MAX_SECONDS_IN_ALL = 10.0


class Texts:
    """One template's texts: their environment, and what they may use in all."""

    def __init__(
        self, variables: Mapping[str, Any], files: Mapping[str, bytes], folder: str = "", extensions: Iterable[Any] = ()
    ) -> None:
        self.seconds = MAX_SECONDS_IN_ALL
        with guarded("cookiecutter.json: _jinja2_env_vars"):
            settings = variables.get("_jinja2_env_vars", {})
            self.environment = CookiecutterEnvironment(settings, extensions)
        self.files = files
        self.environment.loader = BundleLoader(files, (folder, "templates"))

    def in_folder(self, folder: str) -> None:
        """From now on files are looked up below the templated folder first."""
        self.environment.loader = BundleLoader(self.files, (folder, "templates"))

    def render(self, text: str, context: Mapping[str, Any], place: str) -> str:
        """A text that stands by itself."""
        if self.environment.is_plain(text) and "\r" not in text:
            return text
        with guarded(place):
            return self._rendered(lambda: self.environment.from_string(text), context)

    def render_file(self, path: str, content: bytes, context: Mapping[str, Any], place: str) -> str:
        """A file of the templated folder, by the name that `{% extends %}` would give it."""
        with guarded(place):
            text = content.decode("utf-8")
            if self.environment.is_plain(text):
                return text.replace("\r\n", "\n").replace("\r", "\n")
            return self._rendered(lambda: self.environment.get_template(path), context)

    def _rendered(self, compiled: Callable[[], Template], context: Mapping[str, Any]) -> str:
        began = time.thread_time()
        try:
            with bounded(LIMITS, shared=True):
                return compiled().render(**context)
        finally:
            # A text inside another one is counted twice, which is no harm.
            self.seconds -= time.thread_time() - began
            if self.seconds < 0:
                raise LimitError(f"the template takes more than {MAX_SECONDS_IN_ALL:.0f} seconds")


@contextmanager
def guarded(place: str) -> Iterator[None]:
    """Whatever a template does wrong, as one PresetError that names the place."""
    try:
        yield
    except GenfileError:
        raise
    except UndefinedError as error:
        raise PresetError(f"{_where(place, error.__traceback__)}: {error.message}") from None
    except TemplateSyntaxError as error:
        where = error.filename or place
        raise PresetError(f"{where}:{error.lineno}: {error.message}") from None
    except TemplateNotFound as error:
        raise PresetError(
            f"{_where(place, error.__traceback__)}: no template {error.name!r} in the repository"
        ) from None
    except SecurityError as error:
        raise PresetError(f"{_where(place, error.__traceback__)}: refused: {error}") from None
    except UnicodeDecodeError:
        raise PresetError(f"{place}: not UTF-8 text, and not a known binary type") from None
    except RecursionError:
        raise PresetError(f"{place}: refused: endless recursion") from None
    except Exception as error:  # a template's own mistake: a method of the wrong type, a division by zero
        raise PresetError(f"{_where(place, error.__traceback__)}: {type(error).__name__}: {error}") from None


def _where(place: str, trace: TracebackType | None) -> str:
    """The place, with the line in the template's own text where the traceback has it."""
    found = place
    while trace is not None:
        if "__jinja_exception__" in trace.tb_frame.f_globals:
            name = trace.tb_frame.f_code.co_filename
            found = f"{place if name == '<template>' else name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
