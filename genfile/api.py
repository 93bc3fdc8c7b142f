"""The Python API: from a source to specs, from a spec to text, and from a source to all files. Nothing is written."""

import os
from collections.abc import Collection, Mapping, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from genfile.arguments import (
    check_base,
    check_comments,
    check_guard,
    check_name,
    check_names,
    check_options,
    check_spec,
    settings_as_text,
)
from genfile.errors import GenfileError, NothingFoundError, UsageError
from genfile.evidence import Note
from genfile.settle import apply_settings, fits, names_for

if TYPE_CHECKING:
    from genfile.arguments import SettingValue
    from genfile.bundle import Bundle
    from genfile.detect.inspection import InspectedService, Inspection
    from genfile.guard import Runner
    from genfile.preset.comments import Comments
    from genfile.preset.find import Preset
    from genfile.preset.render import Rendering
    from genfile.settle import Settings
    from genfile.source.open import AnySource
    from genfile.spec.project import Spec
    from genfile.spec.rules import DetectRules


class Choice:
    """The preset to render with, if any: opened once, then used for each service.

    ``name``: a built-in preset, a name from the genfile.toml of the folder ``base``, or a reference. ``by_tree``: the
    name comes from genfile.toml itself, not from the user; nothing outside the tree is then read or fetched.
    ``own``: presets that the user's own configuration gives names to; ``home``: the folder that paths in it start
    from. ``mild``: a service that the preset does not apply to gets the built-in preset instead.
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
        """The name of a built-in preset; for any other, the bundle that it refers to, at its pinned commit."""
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
        """The preset's rules of detection, if it has any."""
        if self.source is None:
            return None
        from genfile.preset.find import load_preset

        return load_preset(self.source).detect

    def of(self, spec: "Spec") -> "Preset":
        """The preset for one spec; a service that this preset's rules did not find gets the built-in that applies."""
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
    if not isinstance(preset, Choice):
        check_name("preset", preset)
    return preset if isinstance(preset, Choice) else Choice(preset, base)


class Generation(Struct, frozen=True):
    """The result of `generate`.

    ``services``: each service with its rendering. ``files``: the text of every file, by its path relative to the
    source, sorted. ``notes``: what the user should know, without duplicates.
    """

    services: "tuple[tuple[InspectedService, Rendering], ...]"
    files: dict[str, str]
    notes: tuple[Note, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """The document of `genfile init --json` as plain values, without the actions that `init` took."""
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
    """Find the services of a source tree, and the facts of each.

    ``source``: the tree: the path of a folder or of an archive (zip, tar, compressed tar), the bytes of an archive, a
    file object opened in binary mode, a mapping of relative path to content (str or bytes), or a Source.
    ``presets``: names or references of presets whose `[detect]` rules take part, after the built-in languages.
    ``preset``: the preset that the user chose; its rules come before everything else.
    ``base``: the folder whose genfile.toml gives names to presets; default: none.
    ``guard``: a `Guard` or a `GuardPool`, to read the tree in a child process with limits on time, memory and files.
    The result is the same as without, for a tree that stays within the limits.
    ``skip``: paths of services to leave out of the result; with ``guard`` they are inspected all the same.

    Returns an `Inspection`, which has no services where the tree has none.
    Raises TypeError for an argument of the wrong type, SourceError when the tree can't be read, UsageError or
    PresetError when a preset can't be found or loaded, GuardError when a guarded call fails or reaches a limit.
    """
    check_names(presets)
    check_guard(guard)
    check_base(base)
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
    """Render the files of one service from its spec. No source tree is needed.

    ``spec``: a spec of an `Inspection`, or a mapping of the same shape (`genfile schema spec` prints its schema).
    ``preset``: a built-in preset's name or a reference (a folder, an archive, `git+URL@tag#folder`); default: the
    built-in preset that applies to the spec.
    ``options``: the preset's options by name, as plain values; default: what the preset says.
    ``comments``: how much the files explain: `none`, `brief` (default) or `teach`.
    ``several``: whether the project has other services, so that the Dockerfile goes to the service's own folder.
    ``base``: the folder whose genfile.toml gives names to presets, and that relative references start from; default:
    the current folder, without a genfile.toml.

    Returns a `Rendering`: `files`, `dockerfile` (its text) and `build_command`.
    Raises SpecError for a spec that does not validate, UsageError for an option or a name that does not fit,
    PresetError when the preset is at fault, TypeError for an argument of the wrong type.
    """
    check_comments(comments)
    check_base(base)
    check_options(options)
    from genfile.preset.render import render_spec
    from genfile.spec.project import parse_spec

    check_spec(spec)
    model = parse_spec(dict(spec)) if isinstance(spec, Mapping) else spec
    chosen = _choice(preset, base).of(model)
    return render_spec(model, preset=chosen, options=options, comments=comments, several=several)


def generate(
    source: "AnySource",
    *,
    preset: "str | Choice | None" = None,
    settings: "Mapping[str, SettingValue] | None" = None,
    service: str | None = None,
    compose: bool = False,
    comments: "Comments" = "brief",
    guard: "Runner | None" = None,
) -> Generation:
    """Inspect a source tree and render every file for it. Nothing is written.

    ``source``, ``guard``: as for `inspect`; with ``guard``, the tree's genfile.toml gives no names to presets.
    ``preset``, ``comments``: as for `render`.
    ``settings``: values of spec fields (dotted: `runtime.version`) and of preset options, by name. An int, a bool, a
    list, a mapping or None stands for itself; a str means what it means for `--set` on the command line.
    ``service``: path or name of the one service to generate for; default: every service.
    ``compose``: whether to render compose.yaml as well.

    Returns a `Generation`: `files` by path, `services` and `notes`.
    Raises NothingFoundError when the tree has no service, TypeError for an argument of the wrong type, and whatever
    `inspect` and `render` raise.
    """
    check_name("service", service)
    check_comments(comments)
    texts = settings_as_text(settings)
    base = source if isinstance(source, str | os.PathLike) and os.path.isdir(source) else None  # noqa: PTH112
    base = base if guard is None else None
    return generate_from(
        inspect(source, preset=preset, base=base, guard=guard),
        preset=preset,
        settings=texts,
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
    """As `generate`, for a source that has been inspected already; ``base`` as for `render`.

    ``per_service``: settings of single services by path, which win over ``settings``; ``presets`` and ``levels``: the
    preset and the level of comments of single services, by path. ``service``: one service, or several. ``trace``:
    record for each line the spec fields that it comes from.
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


class Settled(Struct, frozen=True):
    """A service with its settings applied, the preset that renders it, and that preset's options."""

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
    """The selected services, each with its settings applied; parameters as for `generate_from`.

    A setting for all services is ignored for those that it does not fit, as long as it fits one of them.
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
    """The errors among a service's risks, as notes. The summary and compose.yaml name required variables already."""
    return tuple(risk.to_note() for risk in service.risks if risk.level == "error")


def select(inspection: "Inspection", service: str | Sequence[str] | None) -> "tuple[InspectedService, ...]":
    """The selected services, all by default. Raises UsageError for an unknown one, NothingFoundError for a tree without
    services (GenfileError where an error of genfile's own is the reason).
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
