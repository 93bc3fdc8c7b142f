"""A cookiecutter template and answers in; the project out, in memory."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from genfile.bundle import Bundle
from genfile.errors import PresetError, UsageError
from genfile.template.cookiecutter import hooks
from genfile.template.cookiecutter.extensions import importable, known_extensions, load
from genfile.template.cookiecutter.files import find_folder, project_folder
from genfile.template.cookiecutter.making import Making
from genfile.template.cookiecutter.questions import Ask, CookiecutterAnswers, choose_template, is_derived, is_nested
from genfile.template.cookiecutter.texts import Texts
from genfile.template.cookiecutter.variables import FILE, apply_overrides, read_variables
from genfile.template.project import NONE_EARLIER, Earlier, NewProject

MAX_NESTED = 8
_SELECTORS = ("template", "templates")


class _Job(Struct):
    """One call of `render_cookiecutter`: what was asked for, and what became known on the way."""

    given: Mapping[str, Any]
    earlier: Earlier
    ask: Ask | None
    defaults: Mapping[str, Any]
    trusted: bool
    run_hooks: bool
    again: bool
    replay: Mapping[str, Any] | None
    output: Path
    # Of the earlier answers, those that follow others.
    derived: dict[str, Any] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    outer: list[Bundle] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def is_cookiecutter(bundle: Bundle) -> bool:
    """Whether a bundle is a template of cookiecutter's."""
    return FILE in bundle.files


def code_in(bundle: Bundle) -> list[str]:
    """What would run on this machine, one line each: hooks, and extensions that are not built in."""
    lines: list[str] = []
    waiting = [""]
    seen: set[str] = set()
    while waiting:
        folder = waiting.pop(0)
        if folder in seen or len(seen) > 100:
            continue
        seen.add(folder)
        inner = _sub_bundle(bundle, folder.rstrip("/"))
        if FILE not in inner.files:
            continue
        variables = read_variables(inner.files)
        nested = is_nested(variables)
        lines.extend(_code(inner, variables, nested, folder))
        waiting.extend(_offered(inner, variables, folder) if nested else ())
    return lines


def render_cookiecutter(
    bundle: Bundle,
    given: Mapping[str, Any],
    *,
    ask: Ask | None = None,
    user_config: Mapping[str, Any] | None = None,
    trusted: bool = False,
    run_hooks: bool = True,
    replay: Mapping[str, Any] | None = None,
    output: Path | None = None,
    notes: list[str] | None = None,
    earlier: Earlier = NONE_EARLIER,
    again: bool = False,
) -> NewProject:
    """The files that cookiecutter would write with the same answers.

    ``ask`` is None if nobody answers: defaults are taken. Code of the template runs only when it is ``trusted``,
    else it is refused; ``run_hooks=False`` leaves the hooks out instead. ``replay`` are the answers
    of a replay file. ``output`` is the folder in which the project's own will be; ``notes`` collects what the user
    should hear. ``earlier``: the answers of another time, below those that are given; ``again``: all is rendered
    twice, hooks with it, so that `Project.again` tells what chance made. Raises PresetError for the template's faults,
    UsageError for a value that does not fit and for code without trust.
    """
    if replay is not None and given:
        raise UsageError("a replay file can't be combined with values", hint="edit the replay file")
    defaults = (user_config or {}).get("default_context") or {}
    where = Path(os.path.abspath(output or "."))  # noqa: PTH100 - as cookiecutter says it, links kept
    job = _Job(given, earlier, ask, defaults, trusted, run_hooks, again, replay, where)
    try:
        return _render(bundle, job, MAX_NESTED)
    finally:
        if notes is not None:
            notes.extend(job.notes)


def _render(bundle: Bundle, job: _Job, depth: int) -> NewProject:
    """One template, or the one that it offers and that is chosen."""
    variables = read_variables(bundle.files)
    _refuse_code(bundle, variables, job)
    with _code_at_hand(bundle, variables, job) as (bundle, work):
        variables = read_variables(bundle.files)
        _apply(variables, job)
        nested = is_nested(variables)
        _refuse_code(bundle, variables, job)
        extensions = [*known_extensions(variables), *load(hooks.foreign_extensions(variables.get("_extensions")))]
        texts = Texts(variables, bundle.files, extensions=extensions)
        if not nested:
            return _project(bundle, variables, texts, job, work)
        name, chosen, folder = choose_template(variables, texts, job.ask, {**job.earlier.values, **job.given})
    job.chosen[name] = chosen
    job.outer.append(bundle)
    inner = _sub_bundle(bundle, folder)
    if FILE not in inner.files:
        raise PresetError(f"{FILE}: {name}: no {FILE} in {folder}")
    if depth == 0:
        raise PresetError(f"{FILE}: more than {MAX_NESTED} nested templates")
    return _render(inner, job, depth - 1)


def _apply(variables: dict[str, Any], job: _Job) -> None:
    """The user's values over the template's: first the configuration's, then those of earlier, then those given now."""
    _configure(variables, job)
    known = {name: value for name, value in job.earlier.values.items() if name not in (*job.given, *_SELECTORS)}
    derived = {name for name in job.earlier.defaulted if is_derived(variables.get(name))}
    _apply_earlier(variables, {name: value for name, value in known.items() if name not in derived})
    job.derived = {name: value for name, value in known.items() if name in derived}
    given = {name: value for name, value in job.given.items() if name not in _SELECTORS}
    unknown = apply_overrides(variables, deepcopy(given))
    if not is_nested(variables):
        job.notes.extend(f"{name} is not one of the template's variables" for name in unknown)


def _configure(variables: dict[str, Any], job: _Job) -> None:
    try:
        apply_overrides(variables, job.defaults)
    except UsageError as error:  # cookiecutter warns, and goes on without the ones that follow
        job.notes.append(f"default_context of the user's configuration: {error.message}")


def _apply_earlier(variables: dict[str, Any], values: Mapping[str, Any]) -> None:
    """Each that still fits."""
    for name, value in values.items():
        with suppress(UsageError):
            apply_overrides(variables, {name: deepcopy(value)})


def _project(
    bundle: Bundle, variables: dict[str, Any], texts: Texts, job: _Job, work: hooks.HookWorkspace | None
) -> NewProject:
    context, answered = _context(bundle, variables, texts, job, work)
    folder = find_folder(bundle, texts)
    texts.in_folder(folder)
    name = project_folder(folder, context, texts)
    kept = _kept(context)
    make = Making(bundle, folder, texts, work if job.run_hooks else None)
    made = make.first(context, name, str(job.output))
    # Once more, with the answers that are certain to be the same.
    fresh = replace(job, given={**job.given, **answered}, ask=None, notes=[], output=job.output / "again")
    variables = read_variables(bundle.files)
    _apply(variables, fresh)
    other, _ = _context(bundle, variables, texts, fresh, work)
    unsteady = {key for key, value in kept.items() if _kept(other).get(key) != value}
    again = make.second(made, other, job.notes) if job.again else None
    answers = {**job.chosen, **{key: value for key, value in kept.items() if key not in unsteady}}
    return NewProject(made.files, name, answers, made.folders, frozenset(unsteady), made.hooked, again)


def _kept(context: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are worth keeping: none that is private."""
    values = context["cookiecutter"]
    return {str(key): _plain(value) for key, value in values.items() if not key.startswith("_")}


def _context(
    bundle: Bundle, variables: dict[str, Any], texts: Texts, job: _Job, work: hooks.HookWorkspace | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a template sees: the values, and the original options of those that are not private. And what was asked."""
    replayed = job.replay.get("cookiecutter") if job.replay is not None else None
    if job.replay is not None and not isinstance(replayed, Mapping):
        raise UsageError("the replay file has no object `cookiecutter`")
    known = dict(deepcopy(replayed)) if replayed is not None else variables
    original = {key: value for key, value in known.items() if not key.startswith("_")}
    missing = {key: value for key, value in variables.items() if replayed is None or key not in replayed}
    answers = CookiecutterAnswers(missing, texts, job.ask, job.derived, _then(bundle, texts, job))
    if replayed is not None:
        answers.values.update(known)
    values = answers.resolve()
    known.pop("__prompts__", None)
    known.update(values)
    folder = bundle.folder if bundle.kind != "archive" else None
    disk = str(folder or (work.template if work is not None else bundle.reference))
    known.update(_template=bundle.reference, _output_dir=str(job.output), _repo_dir=disk, _checkout=None)
    return {"cookiecutter": known, "_cookiecutter": original}, answers.answered


def _then(bundle: Bundle, texts: Texts, job: _Job) -> Mapping[str, Any]:
    """The values as they would be by the answers of the earlier time alone."""
    if not job.derived:
        return {}
    variables = read_variables(bundle.files)
    _configure(variables, replace(job, notes=[]))
    _apply_earlier(variables, job.earlier.values)
    return CookiecutterAnswers(variables, texts, None).resolve()


@contextmanager
def _code_at_hand(
    bundle: Bundle, variables: Mapping[str, Any], job: _Job
) -> Iterator[tuple[Bundle, hooks.HookWorkspace | None]]:
    """With trust: the template on disk, `pre_prompt` run, its own modules importable. Else the bundle as it is."""
    if not job.trusted or not hooks.code_of(bundle.files, variables.get("_extensions")):
        yield bundle, None
        return
    with ExitStack() as stack:
        work = stack.enter_context(hooks.workspace(bundle))
        if job.run_hooks:
            bundle = work.run_pre_prompt(bundle)
        stack.enter_context(importable(work.template))
        for number, outer in enumerate(job.outer):  # a template may share the modules of the one that offers it
            stack.enter_context(importable(work.lay(outer, f"outer-{number}")))
        yield bundle, work


def _refuse_code(bundle: Bundle, variables: Mapping[str, Any], job: _Job) -> None:
    """Refuse a template whose code would run, where the user does not trust it."""
    if job.trusted:
        return
    lines = _code(bundle, variables, is_nested(variables))
    if not job.run_hooks:
        lines = [line for line in lines if line.startswith(FILE)]
    if lines:
        raise UsageError(
            f"{bundle.reference} runs code: {'; '.join(lines)}",
            hint="nothing was run. Review the code, then allow it with --trust or a `trust` rule in your configuration",
        )


def _code(bundle: Bundle, variables: Mapping[str, Any], nested: bool, folder: str = "") -> list[str]:
    files = bundle.files
    if nested:  # of a template that only offers others, the hooks around the files never run
        files = {path: b"" for path in files if not path.startswith("hooks/") or "pre_prompt" in path}
    return hooks.code_of(files, variables.get("_extensions"), folder)


def _offered(bundle: Bundle, variables: Mapping[str, Any], folder: str) -> list[str]:
    """The folders of all templates that a template offers."""
    found = []
    for selector in _SELECTORS:
        offered = variables.get(selector)
        names = list(offered) if isinstance(offered, (list, dict)) else []
        for name in names:
            try:
                chosen = choose_template(dict(variables), Texts({}, {}), None, {selector: name})
            except (PresetError, UsageError):
                continue
            found.append(f"{folder}{chosen[2]}/")
    return found


def _sub_bundle(bundle: Bundle, folder: str) -> Bundle:
    """The template in a folder of the bundle."""
    if folder in ("", "."):
        return bundle
    start = f"{folder}/"
    return replace(
        bundle,
        reference=f"{bundle.reference}/{folder}",
        name=folder.rpartition("/")[2],
        files={path.removeprefix(start): content for path, content in bundle.files.items() if path.startswith(start)},
        executable=frozenset(path.removeprefix(start) for path in bundle.executable if path.startswith(start)),
        folder=bundle.folder / folder if bundle.folder is not None else None,
    )


def _plain(value: Any) -> Any:
    """Dicts and lists of Python's own."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
