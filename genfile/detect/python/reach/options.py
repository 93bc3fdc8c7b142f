"""argparse's command line: options, by the sub-command that they belong to."""

import ast
from typing import TYPE_CHECKING, Any

from genfile.detect.python.reach.program import Module, statements
from genfile.detect.python.reach.values import Frame, FunctionNode, FunctionRef, Namespace, Path, ProgramOption
from genfile.parsers.values import UNKNOWN, is_known

if TYPE_CHECKING:
    from genfile.detect.python.reach.evaluate import Evaluator

_GROUPS = ("add_argument_group", "add_mutually_exclusive_group")
_SWITCHES = ("store_true", "store_false", "BooleanOptionalAction", "count")


def options_of(evaluator: "Evaluator", frame: Frame, parser: ast.expr) -> Namespace:
    """All options of the module's parsers, at the place of `parse_args`, or where the parser is created."""
    module = frame.module
    if isinstance(parser, ast.Name):
        for binding in evaluator.locals_of(frame).get(parser.id, ()):
            made_by = evaluator.value(frame, binding.func) if isinstance(binding, ast.Call) else None
            module = made_by.frame.module if isinstance(made_by, FunctionRef) else module
    elif isinstance(parser, ast.Call):
        made_by = evaluator.value(frame, parser.func)
        module = made_by.frame.module if isinstance(made_by, FunctionRef) else module
    if module.name not in evaluator.namespaces:
        # While they are being read, asking again yields no options.
        evaluator.namespaces[module.name] = Namespace({})
        evaluator.namespaces[module.name] = _Scan(evaluator, module).namespace
    return evaluator.namespaces[module.name]


class _Scan:
    """One module's parsers, by the variables that hold them in each function."""

    def __init__(self, evaluator: "Evaluator", module: Module) -> None:
        self._evaluator = evaluator
        self._module = module
        self.namespace = Namespace({})
        # The arguments of a helper's parameters, by its name and the parameter's position.
        self._given: dict[tuple[str, int], list[Path]] = {}
        functions: list[FunctionNode] = module.parsed.of(ast.FunctionDef, ast.AsyncFunctionDef)
        # Callers pass parsers to their helpers, so callers come first.
        helpers = [item for item in functions if self._is_helper(item)]
        for function in [None, *(item for item in functions if item not in helpers), *helpers]:
            self._scope(function)

    @staticmethod
    def _is_helper(function: FunctionNode) -> bool:
        return any("parser" in item.arg or "sub" in item.arg for item in function.args.args)

    def _scope(self, function: FunctionNode | None) -> None:
        frame = Frame(self._module, function)
        holds: dict[str, list[Path]] = {}
        for at, item in enumerate(function.args.args if function is not None else ()):
            name = function.name if function is not None else ""
            holds[item.arg] = self._given.get((name, at), [()] if (name, at) not in self._given else [])
        for node in statements(function.body if function is not None else self._module.body):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and len(node.targets) == 1:
                paths = self._made(frame, node.value, holds)
                target = node.targets[0]
                if paths is not None and isinstance(target, ast.Name):
                    holds[target.id] = paths
            for call in self._evaluator.program.calls_of(node):
                self._call(frame, call, holds)

    def _paths(self, node: ast.expr, frame: Frame, holds: dict[str, list[Path]]) -> list[Path]:
        if isinstance(node, ast.Call):
            return self._made(frame, node, holds) or [()]
        return holds.get(node.id, [()]) if isinstance(node, ast.Name) else [()]

    def _made(self, frame: Frame, call: ast.Call, holds: dict[str, list[Path]]) -> list[Path] | None:
        """The paths of the parser or sub-parsers that a call creates."""
        func = call.func
        if not isinstance(func, ast.Attribute):
            return None
        if func.attr in _GROUPS or func.attr == "add_subparsers":
            return self._paths(func.value, frame, holds)
        if func.attr == "add_parser" and call.args:
            name = self._evaluator.value(frame, call.args[0])
            return [(*path, name) for path in self._paths(func.value, frame, holds) if isinstance(name, str)]
        return None

    def _call(self, frame: Frame, call: ast.Call, holds: dict[str, list[Path]]) -> None:
        func = call.func
        if isinstance(func, ast.Name):
            for at, item in enumerate(call.args):
                if isinstance(item, ast.Name) and item.id in holds:
                    self._given.setdefault((func.id, at), []).extend(holds[item.id])
            return
        if not isinstance(func, ast.Attribute):
            return
        keywords = {item.arg: item.value for item in call.keywords if item.arg}
        for path in self._paths(func.value, frame, holds):
            if func.attr == "add_argument":
                self._option(frame, call, keywords, path)
            elif func.attr == "add_subparsers" and "dest" in keywords:
                self._put(str(self._evaluator.value(frame, keywords["dest"])), ProgramOption("", None, path, "command"))
            elif func.attr == "set_defaults":
                for node in keywords.values():
                    handler = self._evaluator.value(frame, node)
                    if isinstance(handler, FunctionRef):
                        self.namespace.handlers.append((path, handler))

    def _option(self, frame: Frame, call: ast.Call, keywords: dict[str, ast.expr], path: Path) -> None:
        names = [name for name in (self._evaluator.value(frame, item) for item in call.args) if isinstance(name, str)]
        if not names:
            return
        flag = next((name for name in names if name.startswith("--")), names[0])
        dest = self._evaluator.value(frame, keywords["dest"]) if "dest" in keywords else flag
        default = self._evaluator.value(frame, keywords["default"]) if "default" in keywords else None
        choices = self._evaluator.value(frame, keywords["choices"]) if "choices" in keywords else ()
        action = keywords.get("action")
        kind = self._evaluator.value(frame, action) if action is not None else None
        kind = getattr(action, "attr", kind) if not isinstance(kind, str) else kind
        option = ProgramOption(
            flag if flag.startswith("-") else "",
            default,
            path,
            "switch" if kind in _SWITCHES else "value",
            tuple(item for item in choices if isinstance(item, str)) if isinstance(choices, list) else (),
        )
        self._put(str(dest).lstrip("-").replace("-", "_"), option)

    def _put(self, dest: str, option: ProgramOption) -> None:
        listed = self.namespace.options.setdefault(dest, [])
        if option.path not in [item.path for item in listed]:
            listed.append(option)


def option_of(evaluator: "Evaluator", frame: Frame, call: ast.Call, path: Path, parameter: str | None) -> Any:
    """An option of click or typer: `click.option("--port", default=8000)`, `typer.Option(8000)`."""
    keywords = {item.arg: item.value for item in call.keywords if item.arg}
    values = [evaluator.value(frame, item) for item in call.args]
    names = [item for item in values if isinstance(item, str) and item.startswith("-")]
    flag = next((item for item in names if item.startswith("--")), names[0] if names else None)
    default = evaluator.value(frame, keywords["default"]) if "default" in keywords else None
    if parameter is not None and values and values[0] not in names and is_known(values[0]):
        default = values[0]
    name = parameter or next((item for item in values if isinstance(item, str) and not item.startswith("-")), None)
    name = name or (flag or "").lstrip("-").replace("-", "_")
    if "envvar" in keywords:
        from genfile.parsers.values import EnvDefault

        variable = evaluator.value(frame, keywords["envvar"])
        variable = variable[0] if isinstance(variable, list) and variable else variable
        default = (
            EnvDefault(variable, default if default is not ... else None) if isinstance(variable, str) else default
        )
    flag = (flag or f"--{name.replace('_', '-')}").partition("/")[0]
    kind = "switch" if "is_flag" in keywords or isinstance(default, bool) else "value"
    kinds = evaluator.value(frame, keywords["type"].args[0]) if _is_choice(keywords.get("type")) else ()  # type: ignore[attr-defined]
    choices = tuple(item for item in kinds if isinstance(item, str)) if isinstance(kinds, list) else ()
    return name, ProgramOption(flag, None if default is ... or default is UNKNOWN else default, path, kind, choices)


def _is_choice(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Call) and bool(node.args) and getattr(node.func, "attr", "") == "Choice"
