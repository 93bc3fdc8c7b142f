"""Commands of click and typer: the functions that a group runs, with options as parameters."""

import ast
from typing import TYPE_CHECKING, Any

from genfile.detect.python.reach.options import option_of
from genfile.detect.python.reach.values import (
    External,
    Frame,
    FunctionNode,
    FunctionRef,
    Instance,
    Need,
    Path,
    ProgramOption,
)
from genfile.parsers.values import UNKNOWN

if TYPE_CHECKING:
    from genfile.detect.python.reach.evaluate import Evaluator

Command = tuple[Path, FunctionRef]


def commands_of(evaluator: "Evaluator", root: Any, path: Path = ()) -> list[Command]:
    """The commands below a group, each with its path; typer's only command has no name."""
    found: list[Command] = []
    if len(path) > 3:
        return found
    callbacks = False
    for module in evaluator.program.modules.values():
        if not {"click", "typer", "rich_click", "asyncclick", "flask.cli"} & module.parsed.imports:
            continue
        frame = Frame(module)
        for node in module.parsed.of(ast.FunctionDef, ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                call = decorator if isinstance(decorator, ast.Call) else None
                func = call.func if call is not None else decorator
                if not isinstance(func, ast.Attribute) or func.attr not in ("command", "group", "callback"):
                    continue
                if not _same(evaluator.value(frame, func.value), root):
                    continue
                callbacks = callbacks or func.attr == "callback"
                own = FunctionRef(frame, node)
                name = (*path, _name(evaluator, frame, node, call))
                if func.attr == "command":
                    found.append((name, own))
                elif func.attr == "group":
                    found += commands_of(evaluator, own, name)
        found += _added(evaluator, frame, root, path)
    if isinstance(root, Instance) and not path and len(found) == 1 and len(found[0][0]) == 1 and not callbacks:
        return [((), found[0][1])]
    return found


def _added(evaluator: "Evaluator", frame: Frame, root: Any, path: Path) -> list[Command]:
    """The commands that are added by a call: `cli.add_command(serve)`, `app.add_typer(server, name="server")`."""
    found: list[Command] = []
    for call in frame.module.parsed.of(ast.Call):
        func = call.func
        if not isinstance(func, ast.Attribute) or func.attr not in ("add_command", "add_typer") or not call.args:
            continue
        if not _same(evaluator.value(frame, func.value), root):
            continue
        other = evaluator.value(frame, call.args[0])
        named = next((evaluator.value(frame, item.value) for item in call.keywords if item.arg == "name"), None)
        if isinstance(other, FunctionRef):
            name = named if isinstance(named, str) else _name(evaluator, other.frame, other.node, None)
            inside = commands_of(evaluator, other, (*path, name))
            found += inside or [((*path, name), other)]
        elif isinstance(other, Instance):
            found += commands_of(evaluator, other, (*path, named) if isinstance(named, str) else path)
    return found


def _same(value: Any, root: Any) -> bool:
    if isinstance(value, FunctionRef) and isinstance(root, FunctionRef):
        return value.node is root.node
    return isinstance(value, Instance) and isinstance(root, Instance) and value.call is root.call


def is_command(evaluator: "Evaluator", function: FunctionRef) -> bool:
    """Whether click turned a function into a command, so that its parameters come from the command line."""
    return any(_made_by(evaluator, function.frame, item) for item in function.node.decorator_list)


def _made_by(evaluator: "Evaluator", frame: Frame, node: ast.expr) -> bool:
    func = node.func if isinstance(node, ast.Call) else node
    if not isinstance(func, ast.Attribute | ast.Name):
        return False
    value = evaluator.value(frame, func)
    name = value.name if isinstance(value, External) else getattr(func, "attr", "")
    return name.endswith(("click.command", "click.group")) or (
        isinstance(func, ast.Attribute) and func.attr in ("command", "group", "callback")
    )


def _name(evaluator: "Evaluator", frame: Frame, node: FunctionNode, call: ast.Call | None) -> str:
    if call is None:
        call = next(
            (item for item in node.decorator_list if isinstance(item, ast.Call) and _made_by(evaluator, frame, item)),
            None,
        )
    given = [*call.args[:1], *(item.value for item in call.keywords if item.arg == "name")] if call else []
    value = evaluator.value(frame, given[0]) if given else None
    return value if isinstance(value, str) else node.name.lower().replace("_", "-").removesuffix("-command")


def framed(evaluator: "Evaluator", function: FunctionRef, path: Path, frame: Frame) -> Frame:
    """A command's frame: its parameters are its options."""
    inside = evaluator.called(function, None, frame)
    inside.need = frame.need.also(Need(path))
    for decorator in function.node.decorator_list:
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "attr", "") == "option":
            name, option = option_of(evaluator, function.frame, decorator, path, None)
            inside.bound[name] = option
    arguments = function.node.args
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    defaults: dict[str, ast.expr] = dict(
        zip([item.arg for item in reversed(listed)], reversed(arguments.defaults), strict=False)
    )
    if arguments.kwonlyargs:
        defaults = dict(
            zip(
                [item.arg for item in reversed((*arguments.posonlyargs, *arguments.args))],
                reversed(arguments.defaults),
                strict=False,
            )
        )
        defaults |= {
            item.arg: node for item, node in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if node
        }
    if any(getattr(getattr(item, "func", item), "attr", "") == "pass_context" for item in function.node.decorator_list):
        return inside
    for item in listed:
        if not isinstance(inside.bound.get(item.arg), ProgramOption):
            made = _typed(evaluator, function.frame, item, defaults.get(item.arg), path)
            if made is not None:
                inside.bound[item.arg] = made
    return inside


def _typed(
    evaluator: "Evaluator", frame: Frame, item: ast.arg, default: ast.expr | None, path: Path
) -> ProgramOption | None:
    """The option that typer makes from a parameter: by `typer.Option`, its annotation, or only its default."""
    calls = [node for node in (default, *_annotated(item.annotation)) if isinstance(node, ast.Call)]
    plain = evaluator.value(frame, default) if default is not None and not isinstance(default, ast.Call) else None
    for call in calls:
        if getattr(call.func, "attr", getattr(call.func, "id", "")) == "Option":
            _, option = option_of(evaluator, frame, call, path, item.arg)
            if plain is not None and plain is not UNKNOWN and option.default is None:
                return ProgramOption(option.flag, plain, path, option.kind, option.choices)
            return option  # type: ignore[no-any-return]
    if default is None or plain is None or plain is UNKNOWN:
        return None
    return ProgramOption(
        f"--{item.arg.replace('_', '-')}", plain, path, "switch" if isinstance(plain, bool) else "value"
    )


def _annotated(node: ast.expr | None) -> list[ast.expr]:
    """The metadata of `Annotated[int, typer.Option()]`."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        return node.slice.elts[1:]
    return []
