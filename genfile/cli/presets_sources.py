"""`genfile presets add`, `fetch`, `update`, `remove`: the presets that a project names, and their pins."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genfile.cli import ui
from genfile.cli.complete import own_presets
from genfile.cli.spinner import working
from genfile.errors import ConflictError, UsageError

if TYPE_CHECKING:
    from genfile.spec.config import LockedPreset, PresetSource

ProjectOption = Annotated[Path, typer.Option("--path", metavar="DIR", help="Folder of the project.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")]


def add(
    name: Annotated[str, typer.Argument(help="The name that the project gives to the preset.")],
    reference: Annotated[
        str, typer.Argument(help="A folder, an archive, git+URL@tag#folder, gh:owner/repo@tag, package:NAME.")
    ],
    path: ProjectOption = Path(),
    default: Annotated[
        bool | None,
        typer.Option("--default/--no-default", help="Make it the preset of the project; asked on a terminal."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch a preset, give it a NAME in genfile.toml, and pin it in genfile.lock."""
    from genfile.project.config import read_config
    from genfile.project.reading import CONFIG

    ui.check_preset_name(name)
    _check_project(path)
    source = _stored(reference, path)
    known = read_config(path).presets.get(name)
    if known is not None and known.source != source:
        raise ConflictError(
            f"{CONFIG} has a preset {name} already: {known.source}",
            hint=f"`genfile presets remove {name}` first, or `update {name} --to TAG`",
        )
    locked = _resolve(source, path)
    _write(path, {name: locked})
    _report([(name, None, locked)], as_json=as_json)
    if default is None:
        asks = ui.is_terminal() and not as_json and read_config(path).preset != name
        default = asks and ui.confirm(f"Make {name} the preset of this project?", default=True)
    if default:
        _make_default(name, path)
    if not as_json:
        _show_next(name, path, default=default or read_config(path).preset == name)


def _make_default(name: str, path: Path) -> None:
    from genfile.project.apply import apply_plan
    from genfile.project.config import plan_texts
    from genfile.project.reading import read_text
    from genfile.upkeep.decisions import Flags, decide
    from genfile.upkeep.save import save

    _, texts = save(decide(path, Flags(preset=name, save=True)))
    apply_plan(plan_texts(path, {file: read_text(path, file) for file in texts}, texts))


def _show_next(name: str, path: Path, *, default: bool) -> None:
    from genfile.cli.steps import show_steps
    from genfile.project.lock import LOCK, read_lock
    from genfile.project.reading import read_text
    from genfile.project.written import read_written

    written = read_written(read_text(path, LOCK))
    words = ["genfile", "update" if written is not None else "init"]
    words += [] if str(path) == "." else [str(path)]
    show_steps([shlex.join(words if default else [*words, "--preset", name])])
    if any(locked.commit is not None for locked in read_lock(path).presets.values()):
        ui.message("note", "on another machine and in CI, run `genfile presets fetch` first")


def fetch(
    name: Annotated[
        str | None, typer.Argument(help="One preset; without it, all of the project.", autocompletion=own_presets)
    ] = None,
    path: ProjectOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Fetch the presets that genfile.lock pins, at their pinned commits: on a new machine, and in CI."""
    from genfile.api import Choice
    from genfile.preset.load import load_preset
    from genfile.project.lock import read_lock

    locked = read_lock(path).presets
    rows = []
    for key in _chosen(name, path):
        if key not in locked:
            raise UsageError(
                f"preset {key} is not pinned in genfile.lock", hint=f"`genfile presets update {key}` pins it"
            )
        with working(f"Fetching {key}"):
            source = Choice(key, path).source
            load_preset(source if source is not None else key)
        rows.append((key, locked[key]))
    if as_json:
        fetched = [{"name": key, "source": entry.source, "at": _mark(entry)} for key, entry in rows]
        ui.json_out({"version": 1, "presets": fetched})
        return
    for key, entry in rows:
        ui.out(f"fetched  {key}  {entry.source}  {_mark(entry)}")
    if not rows:
        ui.out("the project has no presets of its own")


def update(
    name: Annotated[
        str | None, typer.Argument(help="One preset; without it, all of the project.", autocompletion=own_presets)
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="REF", help="Another tag, branch or commit.")] = None,
    path: ProjectOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Pin presets to what their sources are now."""
    from genfile.bundle import parse_reference
    from genfile.project.lock import read_lock

    chosen = _chosen(name, path)
    if to is not None and name is None:
        raise UsageError("--to goes with the name of one preset")
    before = read_lock(path).presets
    after: dict[str, LockedPreset] = {}
    for key, preset in chosen.items():
        source = preset.source
        after[key] = _resolve(parse_reference(source).at(to).text if to else source, path)
    _write(path, after)
    _report([(key, before.get(key), locked) for key, locked in after.items()], as_json=as_json)


def remove(
    name: Annotated[str, typer.Argument(help="The project's name for the preset.", autocompletion=own_presets)],
    path: ProjectOption = Path(),
) -> None:
    """Take a preset out of genfile.toml and genfile.lock."""
    from genfile.project.apply import apply_plan
    from genfile.project.config import drop_preset, plan_texts, read_config
    from genfile.project.decided import TABLES, file_to_write, find_decided
    from genfile.project.lock import LOCK, read_lock, set_locked
    from genfile.project.reading import read_text

    config = read_config(path)
    _check_known(name, list(config.presets))
    file = file_to_write(find_decided(path))
    if name in (config.preset, *(service.preset for service in config.services.values())):
        raise UsageError(f"{file} renders this project by preset {name}", hint=f"change `preset` in {file} first")
    before = {file: read_text(path, file), LOCK: read_text(path, LOCK)}
    after = {file: drop_preset(before[file] or "", name, TABLES[file])}
    if name in read_lock(path).presets:
        after[LOCK] = set_locked(before[LOCK], name, None)
    apply_plan(plan_texts(path, before, after))
    ui.out(f"removed  {name}")


def _check_project(path: Path) -> None:
    if not path.is_dir():
        raise UsageError(f"{path} is not a folder", hint="name the folder of the project with --path")


def _chosen(name: str | None, path: Path) -> "dict[str, PresetSource]":
    """The project's preset of that name, or all of them. Raises UsageError for an unknown name."""
    from genfile.project.config import read_config

    _check_project(path)
    presets = read_config(path).presets
    _check_known(name, list(presets))
    return presets if name is None else {name: presets[name]}


def _check_known(name: str | None, known: list[str]) -> None:
    from difflib import get_close_matches

    if name is None or name in known:
        return
    close = get_close_matches(name, known, 1)
    hint = f"did you mean {close[0]}?" if close else f"presets are: {', '.join(known) or 'none'}"
    raise UsageError(f"the project has no preset {name!r}", hint=hint)


def _stored(reference: str, project: Path) -> str:
    """The reference as genfile.toml keeps it; a built-in preset needs no name."""
    from genfile.bundle import parse_reference
    from genfile.bundle.builtin import builtin_names
    from genfile.upkeep.decisions import stored_reference

    parsed = parse_reference(reference)
    if parsed.kind == "name" and parsed.location in builtin_names("presets"):
        raise UsageError(f"{reference} is built in: it needs no entry", hint=f"use it with --preset {reference}")
    return stored_reference(reference, project)


def _resolve(source: str, project: Path) -> "LockedPreset":
    """Fetch the current version of a preset and read its manifest."""
    from genfile.bundle import open_bundle, project_tree
    from genfile.preset.load import load_preset
    from genfile.spec.config import LockedPreset

    # Checked by the rules for a source tree even though the user names it: what the project could not use is not
    # recorded.
    tree = project_tree(project, fetch=True)
    with working(f"Fetching {source}"):
        bundle = open_bundle(source, what="preset", base=project, tree=tree, refresh=True)
    if "preset.toml" not in bundle.files:
        found = sorted(path for path in bundle.files if path.endswith("/preset.toml"))
        folders = ", ".join(path.rpartition("/")[0] for path in found[:5])
        raise UsageError(
            f"{source} holds no preset.toml", hint=f"there is one in: {folders} (name it after #)" if found else None
        )
    parents = {key: commit for key, commit in load_preset(bundle).pins.items() if key != source}
    return LockedPreset(source=source, commit=bundle.commit, sha256=bundle.sha256, extends=parents)


def _write(path: Path, locked: "dict[str, LockedPreset]") -> None:
    from genfile.project.apply import apply_plan
    from genfile.project.config import plan_texts, set_preset
    from genfile.project.decided import TABLES, file_to_write, find_decided
    from genfile.project.lock import LOCK, set_locked
    from genfile.project.reading import read_text

    file = file_to_write(find_decided(path))
    before = {file: read_text(path, file), LOCK: read_text(path, LOCK)}
    config, lock = before[file], before[LOCK]
    for name, entry in locked.items():
        config = set_preset(config, name, entry.source, TABLES[file])
        lock = set_locked(lock, name, entry)
    if config is not None and lock is not None:
        apply_plan(plan_texts(path, before, {file: config, LOCK: lock}))


def _report(rows: "list[tuple[str, LockedPreset | None, LockedPreset]]", *, as_json: bool) -> None:
    if as_json:
        presets = [
            {"name": name, "source": new.source, "before": old and _mark(old), "after": _mark(new)}
            for name, old, new in rows
        ]
        ui.json_out({"version": 1, "presets": presets})
        return
    for name, old, new in rows:
        if old is None:
            ui.out(f"{name}  {new.source}  {_mark(new)}")
        elif old == new:
            ui.out(f"{name}  unchanged at {_mark(new)}")
        else:
            moved = "" if old.source == new.source else f"{old.source} -> {new.source}  "
            ui.out(f"{name}  {moved}{_mark(old)} -> {_mark(new)}")
    if not rows:
        ui.out("the project has no presets of its own")


def _mark(locked: "LockedPreset") -> str:
    """A short form of a pin."""
    commit = locked.commit
    if commit is None:
        return "sha256:" + locked.sha256[:12]
    return commit[:12] if len(commit) == 40 else commit[:19]
