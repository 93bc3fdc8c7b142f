"""What a program must be given for a condition in its code to hold, and for it not to hold."""

import ast
from typing import TYPE_CHECKING, Any

from genfile.detect.python.reach.calls import http_choice
from genfile.detect.python.reach.values import Frame, Need, ProgramOption, settled, variable

if TYPE_CHECKING:
    from genfile.detect.python.reach.evaluate import Evaluator


def condition(evaluator: "Evaluator", frame: Frame, test: ast.expr) -> tuple[Need, Need]:
    """What must be given for a condition to hold, and for it not to hold."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yes, no = condition(evaluator, frame, test.operand)
        return no, yes
    if isinstance(test, ast.BoolOp):
        pairs = [condition(evaluator, frame, item) for item in test.values]
        if isinstance(test.op, ast.And):
            need = Need()
            for yes, _ in pairs:
                need = need.also(yes)
            return need, Need()
        return min((yes for yes, _ in pairs), key=lambda item: item.size), Need()
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        value = evaluator.value(frame, test.left)
        other = evaluator.value(frame, test.comparators[0])
        if isinstance(test.comparators[0], ast.Constant) and other is None:
            given = _truth(value)
            return (given, Need()) if isinstance(test.ops[0], ast.IsNot) else (Need(), given)
        if isinstance(test.ops[0], ast.In) and isinstance(other, list) and other:
            given = settled(value) if settled(value) in other else other[0]
            return equals(value, given), Need()
        if isinstance(test.ops[0], ast.Eq | ast.Is):
            return equals(value, other), _differs(value, other)
        if isinstance(test.ops[0], ast.NotEq | ast.IsNot):
            return _differs(value, other), equals(value, other)
        return Need(), Need()
    return _truth(evaluator.value(frame, test)), Need()


def _truth(value: Any) -> Need:
    """What must be given for an option to be set; if the option takes a value, that stays open."""
    if isinstance(value, ProgramOption) and value.kind != "command" and value.flag and not settled(value):
        return Need((), ((value.path, value.flag, None if value.kind == "switch" else ""),))
    return Need()


def equals(value: Any, other: Any) -> Need:
    """What must be given for a value to equal another."""
    if not isinstance(other, str | bool):
        return Need()
    if isinstance(value, ProgramOption):
        if value.kind == "command":
            return Need((*value.path, str(other)))
        if settled(value) == other or not isinstance(other, str) or not value.flag:
            return Need()
        return Need((), ((value.path, value.flag, other),))
    name = variable(value)
    if name is not None and isinstance(other, str) and settled(value) != other:
        return Need((), (), ((name, other),))
    return Need()


def _differs(value: Any, other: Any) -> Need:
    """What must be given for a value to differ from another; of an option's choices, the one over HTTP first."""
    if settled(value) != other or not isinstance(other, str):
        return Need()
    if isinstance(value, ProgramOption) and value.kind == "value" and value.flag:
        left = tuple(item for item in value.choices if item != other)
        if left or other == "stdio":
            choice = http_choice(left)
            return Need((), ((value.path, value.flag, choice if not left or choice in left else left[0]),))
    name = variable(value)
    return Need((), (), ((name, "http"),)) if name is not None and other == "stdio" else Need()
