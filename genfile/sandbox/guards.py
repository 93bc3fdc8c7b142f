"""Nodes added to a template's syntax tree before compilation, so that everything it does is counted."""

from collections.abc import Iterator
from typing import Any, cast

from jinja2 import Environment, nodes, pass_context
from jinja2.exceptions import TemplateSyntaxError
from jinja2.runtime import Context, markup_join
from jinja2.visitor import NodeTransformer

from genfile.sandbox import budget
from genfile.sandbox.weigh import weigh

# Part of the name of what is kept compiled: raise it when what is added to a template changes.
GUARDS_VERSION = 2
# Names that no template can write: filters of the compiler's own.
_EACH, _SIZED, _JOINED = "genfile each", "genfile sized", "genfile joined"


def guard(tree: nodes.Template, environment: Environment, name: str | None, *, strict: bool) -> None:
    """Count loops, size lists, and bound `~` and literal numbers. Raises TemplateSyntaxError.

    ``strict``: refuse what only cookiecutter's templates may: a loop that calls itself, a template named by a value.
    """
    for number in tree.find_all(nodes.Const):
        if isinstance(number.value, int) and number.value.bit_length() > budget.LIMITS.bits:
            raise TemplateSyntaxError("a number in the template is too large", number.lineno, name)
    if strict:
        _refuse(tree, name)
    _Guard().visit(tree)
    tree.set_environment(environment)


def _refuse(tree: nodes.Template, name: str | None) -> None:
    for loop in tree.find_all(nodes.For):
        if loop.recursive:
            raise TemplateSyntaxError("recursive loops are not supported", loop.lineno, name)
    for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        if not isinstance(node.template, nodes.Const):  # type: ignore[attr-defined]
            raise TemplateSyntaxError("write the name of the other template in quotes", node.lineno, name)


class _Guard(NodeTransformer):
    def visit_For(self, node: nodes.For) -> nodes.Node:
        literal = sum(len(part.data) for part in node.find_all(nodes.TemplateData))
        self.generic_visit(node)
        node.iter = _filtered(cast(nodes.Expr, node.iter), _EACH, nodes.Const(literal, lineno=node.lineno))
        return node

    def visit_List(self, node: nodes.List) -> nodes.Node:
        return self._sized(node, all(isinstance(item, nodes.Const) for item in node.items))

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:
        return self._sized(node, node.ctx != "load" or all(isinstance(item, nodes.Const) for item in node.items))

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:
        return self._sized(node, all(isinstance(pair.value, nodes.Const) for pair in node.items))

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes, lineno=node.lineno), _JOINED)

    def _sized(self, node: nodes.Expr, harmless: bool) -> nodes.Node:
        self.generic_visit(node)
        return node if harmless else _filtered(node, _SIZED)


def _filtered(node: nodes.Expr, name: str, *arguments: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, list(arguments), [], None, None, lineno=node.lineno)


# All take the context, for a filter without it would be folded away when the template is compiled.
@pass_context
def _each(context: Context, iterable: Any, literal: int) -> Iterator[Any]:
    for item in budget.each(iterable):
        budget.write(literal)
        yield item


@pass_context
def _sized(context: Context, value: Any) -> Any:
    return weigh(value)


@pass_context
def _joined(context: Context, values: list[Any]) -> str:
    for value in values:
        weigh(value)
    if context.eval_ctx.autoescape:
        return cast(str, weigh(markup_join(values)))
    return budget.joined(str(value) for value in values)


GUARDS = {_EACH: _each, _SIZED: _sized, _JOINED: _joined}
