"""The port that callers pass to a function that listens."""

from collections.abc import Iterator

from genfile.detect.hosting import HostedPort
from genfile.detect.node.framework import read_module
from genfile.detect.node.imports import resolve_import
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.reach import Sources, reached
from genfile.evidence import Fact
from genfile.parsers.jsgiven import Parameter, Passed
from genfile.parsers.values import EnvDefault, port_of

# How many parameters to follow, and those already followed: a function may call itself.
MAX_SEEN = 40
Seen = set[tuple[str, str, int, tuple[str, ...]]]


def handed(
    project: NodeProject, sources: Sources, name: str, parameter: Parameter, seen: Seen | None = None
) -> Fact[HostedPort] | None:
    """The port that a parameter of a module's function stands for: from the first call that shows it, else its
    default."""
    seen = seen if seen is not None else set()
    key = (name, parameter.function, parameter.index, parameter.names)
    if key in seen or len(seen) >= MAX_SEEN:
        return None
    seen.add(key)
    for caller, passed in _calls(project, sources, name, parameter):
        fact = _of_argument(project, sources, caller, passed, seen)
        if fact is not None:
            return fact
    number, variable = port_of(parameter.default)
    says = f"{'.'.join(parameter.names) or 'a parameter'} of {parameter.function} is {number} by default"
    return project.folder.fact(HostedPort(number, variable), name, None, says) if number is not None else None


def _calls(project: NodeProject, sources: Sources, name: str, parameter: Parameter) -> Iterator[tuple[str, Passed]]:
    """The calls of a module's function in all of the program's modules, each with what it passes."""
    module = dict(sources)[name]
    for caller, other in sources:
        for node, target, outside in other.flow.calls() if project.folder.tree.budget.allows() else ():
            if outside is None:
                meant = caller == name and target == parameter.function
            else:
                source, *exported = outside
                meant = parameter.function in module.flow.exported(*exported)
                meant = meant and _leads(project, caller, source, name)
            passed = other.parameters.passed(node, parameter) if meant else None
            if passed is not None:
                yield caller, passed


def _leads(project: NodeProject, caller: str, source: str, name: str) -> bool:
    """Whether an import leads to a module, directly or through one that re-exports it."""
    target = resolve_import(project, caller, source)
    through = read_module(project, target) if target is not None and target != name else None
    handed_on = (item.module for item in through.imports if item.handed_on) if through is not None else ()
    return target == name or any(target and resolve_import(project, target, item) == name for item in handed_on)


def _of_argument(
    project: NodeProject, sources: Sources, caller: str, passed: Passed, seen: Seen
) -> Fact[HostedPort] | None:
    number, variable = port_of(passed.value)
    if number is not None:
        return project.folder.fact(HostedPort(number, variable), caller, passed.line, f"the port is {number} here")
    further = handed(project, sources, caller, passed.parameter, seen) if passed.parameter is not None else None
    found = further or (reached(project, sources, caller, passed.reference) if passed.reference is not None else None)
    if found is None and isinstance(passed.value, EnvDefault):
        says = f"the port is process.env.{variable} here"
        return project.folder.fact(HostedPort(None, variable), caller, passed.line, says)
    return found.but(HostedPort(found.value.number, variable or found.value.variable)) if found is not None else None
