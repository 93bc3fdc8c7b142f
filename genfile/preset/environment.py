"""The sandbox that templates run in: plain values, an allow-list of filters, and no unquoted output.

Forgotten quoting is an error instead of a risk: `finalize` accepts only the output of quoting filters, and the
parser refuses the two constructs that would bypass it (a literal in `{{ }}`, and `~`).
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError, UndefinedError
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

from genfile.errors import PresetError
from genfile.preset import filters
from genfile.preset.bytecode import TemplateCache
from genfile.preset.marks import CLOSE, END, INSTRUCTION, OPEN
from genfile.preset.trace import current_reads
from genfile.sandbox import Sandbox
from genfile.sandbox.text import STOCK_TESTS

_STOCK_FILTERS = tuple(
    """
    length first last list sort default int select reject selectattr rejectattr map
    """.split()
)


class MarkExtension(Extension):
    """Two tags of our own; both only leave marks in the output, which `trace` takes out again.

    `{% rule "cache-mount" %} … {% endrule %}` marks the passage that follows a rule of rules.toml.
    `{% instruction "RUN" %} … {% endinstruction %}` makes one instruction of the lines in it: blank ones fall
    away, the rest are indented and continued. An instruction without lines is left out.
    """

    tags = {"rule", "instruction"}

    def parse(self, parser: Parser) -> list[nodes.Node]:
        tag = next(parser.stream)
        line = tag.lineno
        argument = parser.parse_expression()
        if not isinstance(argument, nodes.Const) or not isinstance(argument.value, str):
            raise TemplateSyntaxError(f"{tag.value} needs a word in quotes", line, parser.name, parser.filename)
        name = argument.value if tag.value == "rule" else INSTRUCTION + argument.value
        body = parser.parse_statements((f"name:end{tag.value}",), drop_needle=True)

        def mark(text: str) -> nodes.Node:
            return nodes.Output([nodes.TemplateData(text)]).set_lineno(line)

        return [mark(f"{OPEN}{name}{CLOSE}"), *body, mark(END)]


class FieldError(UndefinedError):
    """A template used a field that does not exist: ``holder`` is the table, ``name`` the field."""

    def __init__(self, holder: dict[str, Any], name: str, message: str | None) -> None:
        super().__init__(message)
        self.holder = holder
        self.name = name


class PresetEnvironment(Sandbox):
    """The sandbox of all templates, for Dockerfiles; a field that is read is noted for `trace`."""

    methods: Mapping[type, frozenset[str]] = {
        str: frozenset("lower upper strip startswith endswith split removeprefix removesuffix".split()),
        dict: frozenset("items keys values get".split()),
    }

    def __init__(self, templates: Mapping[str, str]) -> None:
        super().__init__(
            templates,
            extensions=[MarkExtension],
            autoescape=True,
            finalize=_finalize,
            trim_blocks=True,
            lstrip_blocks=True,
            cache_size=400,
            bytecode_cache=TemplateCache(),
        )
        self.allow(_STOCK_FILTERS, STOCK_TESTS, filters.PLAIN | filters.QUOTING)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all((nodes.Output, nodes.Concat)):
            if isinstance(node, nodes.Concat):
                raise TemplateSyntaxError(
                    "`~` joins without quoting; use a quoting filter", node.lineno, name, filename
                )
            for child in getattr(node, "nodes", ()):
                if isinstance(child, nodes.Literal) and not isinstance(child, nodes.TemplateData):
                    raise TemplateSyntaxError("write literal text outside of {{ }}", child.lineno, name, filename)
        return tree

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict) and attribute in obj:
            _log(self, obj, attribute)
        elif isinstance(obj, dict) and attribute not in self.methods[dict]:
            return self._no_field(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, dict) and isinstance(argument, str) and argument not in obj:
            return self._no_field(obj, argument)
        return super().getitem(obj, argument)

    def _no_field(self, holder: dict[str, Any], name: str) -> Any:
        # Jinja takes any callable that makes the exception; this one keeps the table, so that the error can name it.
        return self.undefined(obj=holder, name=name, exc=partial(FieldError, holder, name))  # type: ignore[arg-type]


# Rendering is per thread, and so is the log of what it reads.
def _log(environment: PresetEnvironment, obj: dict[str, Any], key: str) -> None:
    reads = current_reads()
    if reads is not None:
        reads.append((id(obj), key))


def _finalize(value: Any) -> Any:
    if isinstance(value, Markup) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise PresetError(f"value without a quoting filter: {str(value)[:60]!r}")
