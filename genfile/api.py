"""The Python API: pure functions from a source to specs, from a spec to text, and from a source to all files."""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from genfile.errors import GenfileError, NothingFoundError, UsageError
from genfile.evidence import Note
from genfile.settle import apply_settings, fits, names_for

if TYPE_CHECKING:
    from genfile.bundle import Bundle
    from genfile.detect.inspection import InspectedService, Inspection
    from genfile.guard import Runner
    from genfile.preset.comments import Comments
    from genfile.preset.find import Preset
    from genfile.preset.render import Rendering
    from genfile.settle import Settings
    from genfile.source.base import Source
    from genfile.spec.project import Spec
    from genfile.spec.rules import DetectRules

    AnySource = str | os.PathLike[str] | Mapping[str, str | bytes] | Source


class Choice:
    """The preset that is to render, or none: opened once, then asked for each service.

    ``name``: a built-in's, one that the genfile.toml of the folder ``base`` has, or a reference. ``by_tree``: it is
    genfile.toml itself that says the name, not the user; then nothing outside of the tree is read or fetched.
    ``own``: the presets that the user has names for, wherever the project is; ``home``: the folder that paths in them
    start from. ``mild``: a service that the preset is not for gets the built-in that applies.
    """

    def __init__(
        self,
        name: str | None,
        base: "str | os.PathLike[str] | None" = None,
        *,
        by_tree: bool = False,
        own: Mapping[str, str] = {},
        home: "str | os.PathLike[str] | None" = None,
        mild: bool = False,
    ) -> None:
        self.name = name
        self.base = base
        self.by_tree = by_tree
        self.own = {} if by_tree else own
        self.home = home
        self.mild = mild

    @cached_property
    def source(self) -> "str | Bundle | None":
        """A built-in's name as it is; else the bundle that the name leads to, at the commit that it is pinned to."""
        if self.name is None:
            return None
        from pathlib import Path

        from genfile.bundle import open_bundle, parse_reference, project_tree
        from genfile.preset.find import BUILTIN
        from genfile.project.config import preset_reference

        if self.name in BUILTIN:
            return self.name
        root = None if self.base is None else Path(self.base)
        known = None if root is None else preset_reference(self.name, root)
        if known is None and self.name in self.own:
            return open_bundle(self.own[self.name], what="preset", base=None if self.home is None else Path(self.home))
        if known is None or root is None:
            tree = project_tree(root) if self.by_tree and root is not None else None
            start = root if self.by_tree else None if self.home is None or root is not None else Path(self.home)
            is_name = parse_reference(self.name).kind == "name"
            if self.by_tree and is_name and root is not None and not os.path.lexists(root / self.name):
                add = f"add it with `genfile presets add {self.name} REFERENCE`"
                raise UsageError(f"preset {self.name!r} is not in this project's genfile.toml", hint=add)
            return open_bundle(self.name, what="preset", base=start, tree=tree)
        source, locked = known
        # A preset that the user asks for by its name is fetched at its pinned commit, and at no other.
        tree = project_tree(root, fetch=not self.by_tree and locked is not None, pins=locked.extends if locked else {})
        pinned, digest = (locked.commit, locked.sha256) if locked else (None, None)
        return open_bundle(source, what="preset", base=root, tree=tree, pinned=pinned, digest=digest)

    @cached_property
    def rules(self) -> "DetectRules | None":
        """The rules of detection that it carries."""
        if self.source is None:
            return None
        from genfile.preset.find import load_preset

        return load_preset(self.source).detect

    def of(self, spec: "Spec") -> "Preset":
        """The preset for one spec: what is not found by the rules of the named one gets the built-in that applies."""
        from genfile.preset.find import preset_for
        from genfile.spec.base import plain

        if self.rules is not None and self.rules.language != spec.language:
            return preset_for(plain(spec))
        try:
            return preset_for(plain(spec), self.source)
        except UsageError:
            if not self.mild:
                raise
            return preset_for(plain(spec))


def _choice(preset: "str | Choice | None", base: "str | os.PathLike[str] | None") -> Choice:
    return preset if isinstance(preset, Choice) else Choice(preset, base)


@dataclass(frozen=True)
class Generation:
    """What `generate` gives: the services with what was rendered for each, all files by path, and notes."""

    services: "tuple[tuple[InspectedService, Rendering], ...]"
    files: dict[str, str]
    notes: tuple[Note, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Plain values: files, services with their build commands, notes; `genfile init --json` adds what it did."""
        return {
            "version": 1,
            "files": [{"path": path} for path in sorted(self.files)],
            "services": [
                {
                    "name": service.spec.name,
                    "path": service.spec.path,
                    "dockerfile": rendering.layout.dockerfile,
                    "context": rendering.layout.context,
                    "port": service.spec.port,
                    "build": rendering.build_command,
                }
                for service, rendering in self.services
            ],
            "notes": [note.to_json() for note in self.notes],
        }


def inspect(
    source: "AnySource",
    *,
    presets: Sequence[str] = (),
    preset: "str | Choice | None" = None,
    base: "str | os.PathLike[str] | None" = None,
    guard: "Runner | None" = None,
    skip: Collection[str] = (),
) -> "Inspection":
    """Find the services of a source and what is true of each.

    ``source``: a folder's or an archive's path (tar, zip), a mapping of relative path to text, or a Source.
    ``presets``: presets whose own rules of detection take part, for languages that genfile does not know; built-in
    languages stand before them. ``preset``: the one that the user chose, whose rules stand before all others.
    ``base``: the folder whose genfile.toml names presets. ``guard``: a `Guard` or a `GuardPool`: the tree is read in
    a child process with limits of time, memory and files, and the answer is checked; the same answer, for a tree that
    keeps within them. ``skip``: paths of services that are left out; a guarded call looks at them, too.
    Raises SourceError when it can't be read, GuardError when a guarded call reached a limit; a tree without services
    gives an Inspection without services.
    """
    rules = [found for name in presets if (found := Choice(name, base).rules) is not None]
    chosen = _choice(preset, base).rules
    if guard is not None:
        from genfile.guard.tasks import guarded_inspect

        return guarded_inspect(guard, source, rules, chosen)
    from genfile.detect.inspection import inspect_source
    from genfile.proof import prove
    from genfile.source import Budget, open_source

    budget = Budget()
    tree = open_source(source, budget=budget)
    return inspect_source(tree, rules, chosen=chosen, budget=budget, prove=prove, skip=skip)


def render(
    spec: "Spec | Mapping[str, Any]",
    *,
    preset: "str | Choice | None" = None,
    options: Mapping[str, Any] | None = None,
    comments: "Comments" = "brief",
    several: bool = False,
    base: "str | os.PathLike[str] | None" = None,
) -> "Rendering":
    """Render one service's files from its spec, given as a model or as plain values.

    ``preset``: a built-in preset's name, or a reference (a folder, an archive, `git+URL@tag#folder`); by default
    the built-in that applies. ``options``: values for its options. ``base``: the folder whose genfile.toml names
    presets, by default the current one.
    ``several``: the tree has other services, so that the Dockerfile goes to the service's own folder.
    Raises SpecError, UsageError or PresetError, each with one line that says what is wrong.
    """
    from genfile.preset.render import render_spec
    from genfile.spec.project import parse_spec

    model = parse_spec(dict(spec)) if isinstance(spec, Mapping) else spec
    chosen = _choice(preset, base).of(model)
    return render_spec(model, preset=chosen, options=options, comments=comments, several=several)


def generate(
    source: "AnySource",
    *,
    preset: "str | Choice | None" = None,
    settings: Mapping[str, str] | None = None,
    service: str | None = None,
    compose: bool = False,
    comments: "Comments" = "brief",
    guard: "Runner | None" = None,
) -> Generation:
    """Inspect a source and render every file for it; nothing is written.

    ``settings``: spec fields (dotted) and preset options as text, as `--set` takes them. ``service``: the path or
    name of one service; others are left out. ``compose``: a compose.yaml too. ``guard``: as for `inspect`; the tree's
    own genfile.toml is then not asked which presets its names stand for.
    Raises NothingFoundError when there is no service, and what `inspect` and `render` raise.
    """
    base = source if isinstance(source, str | os.PathLike) and os.path.isdir(source) else None  # noqa: PTH112
    base = base if guard is None else None
    return generate_from(
        inspect(source, preset=preset, base=base, guard=guard),
        preset=preset,
        settings=settings,
        service=service,
        compose=compose,
        comments=comments,
        base=base,
    )


def generate_from(
    inspection: "Inspection",
    *,
    preset: "str | Choice | None" = None,
    settings: "Settings | None" = None,
    per_service: "Mapping[str, Settings] | None" = None,
    presets: Mapping[str, Choice] = {},
    service: str | Sequence[str] | None = None,
    compose: bool = False,
    comments: "Comments" = "brief",
    levels: "Mapping[str, Comments] | None" = None,
    base: "str | os.PathLike[str] | None" = None,
    trace: bool = False,
) -> Generation:
    """As `generate`, for a source that was inspected already; ``base`` as for `render`.

    ``per_service``: settings of single services by path, over those of all; ``presets`` and ``levels``: the presets of
    single services, and how much their files explain. ``service``: one, or several. ``trace``: each line of the files
    knows the fields of the spec that it comes from.
    """
    from genfile.preset.render import render_spec

    several = len(inspection.services) > 1
    done: list[tuple[InspectedService, Rendering]] = []
    files: dict[str, str] = {}
    for settled in settle(
        inspection, service, preset=_choice(preset, base), settings=settings, per_service=per_service, presets=presets
    ):
        spec = settled.service.spec
        rendering = render_spec(
            spec,
            preset=settled.preset,
            options=settled.options,
            comments=(levels or {}).get(spec.path, comments),
            several=several,
            trace=trace,
        )
        done.append((settled.service, rendering))
        files |= {file.path: file.text for file in rendering.files}
    if compose:
        from genfile.preset.compose import render_compose

        files["compose.yaml"] = render_compose([(item.spec, rendering.layout) for item, rendering in done], comments)
    notes = (*inspection.notes, *(note for item, _ in done for note in (*item.notes, *told_risks(item))))
    return Generation(tuple(done), dict(sorted(files.items())), tuple(dict.fromkeys(notes)))


@dataclass(frozen=True)
class Settled:
    """A service with its fields set, the preset that is to render it, and options for that."""

    service: "InspectedService"
    preset: "Preset"
    options: dict[str, str]


def settle(
    inspection: "Inspection",
    service: str | Sequence[str] | None = None,
    *,
    preset: Choice,
    settings: "Settings | None" = None,
    per_service: "Mapping[str, Settings] | None" = None,
    presets: Mapping[str, Choice] = {},
) -> list[Settled]:
    """The services that are meant, each with what was decided for it; parameters as for `generate_from`.

    A setting for all services that fits another one of them is passed over where it does not fit.
    """
    common, single = settings or {}, per_service or {}

    @cache
    def anywhere() -> frozenset[str]:
        known = (
            names_for(item.spec, presets.get(item.spec.path, preset).of(item.spec)) for item in inspection.services
        )
        return frozenset().union(*known)

    settled = []
    for found in select(inspection, service):
        choice = presets.get(found.spec.path, preset)
        own = single.get(found.spec.path, {})
        said = {**common, **own}

        def passed_over(key: str, said: "Settings" = said) -> bool:
            return key in common and said[key] == common[key] and fits(key, anywhere())

        picked = choice.of(found.spec)
        changed, options = apply_settings(found, said, picked, passed_over)
        settled.append(Settled(changed, picked if changed is found else choice.of(changed.spec), options))
    return settled


def told_risks(service: "InspectedService") -> "tuple[Note, ...]":
    """The risks of a service as notes; a variable that must be given is named by the summary and by compose already."""
    return tuple(risk.to_note() for risk in service.risks if risk.level == "error")


def select(inspection: "Inspection", service: str | Sequence[str] | None) -> "tuple[InspectedService, ...]":
    """The services that are meant. Raises NothingFoundError for a tree without any (GenfileError where that is due to
    an error of genfile's own), UsageError for an unknown one.
    """
    if not inspection.services:
        failed = next((note for note in inspection.notes if note.level == "error"), None)
        if failed is not None:
            raise GenfileError(
                failed.text, hint="please report it, with the project or a part of it that fails the same way"
            )
        reason = inspection.notes[-1].text if inspection.notes else "no service found"
        raise NothingFoundError(reason, hint="pass a project folder, or write a spec and run `genfile render`")
    if service is None:
        return inspection.services
    if not isinstance(service, str):
        return tuple(item for one in service for item in select(inspection, one))
    wanted = service.strip("/").removeprefix("./") or "."
    found = tuple(item for item in inspection.services if wanted in (item.spec.path, item.spec.name))
    if not found:
        known = ", ".join(item.spec.path for item in inspection.services)
        raise UsageError(f"no service at {service!r}", hint=f"services found at: {known}")
    return found
