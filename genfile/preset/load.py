"""From the folder of a preset, and of all that it extends, to a preset that can render."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from genfile.bundle.builtin import builtin_folder
from genfile.errors import PresetError, UsageError
from genfile.preset.expression import Expression, parse_expression
from genfile.preset.manifest import OutputFile, PresetManifest, parse_manifest, parse_options
from genfile.spec.base import plain

if TYPE_CHECKING:
    from genfile.bundle import Bundle
    from genfile.options.model import Option
    from genfile.spec.rules import DetectRules

# In order: the first that applies to a spec is used. `static` comes first, because a front end is also a Node project.
BUILTIN = ("static", "node", "python", "go", "java")
# The name for whichever built-in preset applies to the spec.
ANY = "builtin"
MAX_CHAIN = 8
# Files that a preset need not declare: the template's name says which one it is.
IMPLIED = {"Dockerfile.j2": "Dockerfile", "dockerignore.j2": ".dockerignore"}


class Preset(Struct, frozen=True, eq=False):
    """A preset with everything that it inherits: merged options and files, templates of the whole chain by name.

    ``chain``: its name, then what it extends. ``templates``: by `preset/name.j2`. ``contents``: files that are
    copied as they are. ``changed``: options whose default a preset that is not built in set. ``pins``: the commit
    of each git preset, by its reference.
    """

    name: str
    summary: str
    chain: tuple[str, ...]
    applies: Expression | None
    options: "dict[str, Option]"
    files: tuple[OutputFile, ...]
    templates: dict[str, str]
    contents: dict[str, str]
    changed: frozenset[str]
    detect: "DetectRules | None"
    conditions: dict[str, Expression]
    pins: Mapping[str, str]

    def applies_to(self, spec: Mapping[str, Any]) -> bool:
        """Whether it is for a spec, given as plain values."""
        return self.applies is None or self.applies.holds({"spec": spec})


class _Layer(Struct, frozen=True):
    """The folder of one preset: its manifest as read, and its files by path."""

    place: str
    values: dict[str, Any]
    text: str
    files: Mapping[str, str]
    builtin: bool
    bundle: "Bundle | None" = None


@cache
def load_builtin(name: str) -> Preset:
    """A built-in preset by name. Raises UsageError for an unknown name, PresetError for a fault in the preset."""
    if name not in BUILTIN:
        raise UsageError(f"unknown preset {name!r}", hint=f"use one of {', '.join(BUILTIN)}, a folder, or a reference")
    return _build(_builtin_layer(name), None, ())


def load_preset(
    reference: "str | Bundle", *, base: Path | None = None, pinned: str | None = None, builtin: str | None = None
) -> Preset:
    """A preset by a built-in name, by a reference (see `genfile.bundle`), or from an opened bundle.

    ``base``: the folder that a relative path starts from. ``pinned``: the commit that was recorded for it.
    ``builtin``: the built-in preset for `extends = "builtin"`; None: such a preset can be shown
    but can't render. Raises UsageError for a reference that leads nowhere, PresetError for a fault in it.
    """
    if not isinstance(reference, str):
        return _build(_bundle_layer(reference), builtin, ())
    if reference in BUILTIN:
        return load_builtin(reference)
    from genfile.bundle import open_bundle

    return _build(_bundle_layer(open_bundle(reference, what="preset", base=base, pinned=pinned)), builtin, ())


def _build(layer: _Layer, builtin: str | None, below: tuple[str, ...]) -> Preset:
    own = str(layer.values.get("name", ""))
    if own in below or len(below) >= MAX_CHAIN:
        raise PresetError(f"presets extend each other in a circle: {' -> '.join((*below, own))}")
    parent = _parent(layer, builtin, (*below, own))
    above = parent.options if parent else _common_options()
    inherited = {name: plain(option) for name, option in above.items()}
    manifest = parse_manifest(layer.values, inherited, layer.place, layer.text)
    _check_version(manifest, layer.place)
    templates, contents = _sort_files(manifest.name, layer.files)
    declared = _files(manifest, layer)
    declared_paths = {file.path for file in declared}
    place = f"{layer.place}: applies-to"
    # Those of the built-in ones are held by a test: to check them would load the models of every language.
    fields = None if layer.builtin else _spec_fields
    applies = parse_expression(manifest.applies_to, {"spec": fields}, place) if manifest.applies_to else None
    options = above | manifest.options
    known = {"spec": fields, "options": lambda: frozenset(options)}
    conditions = {
        file.path: parse_expression(file.when, known, f"{layer.place}: files: when") for file in declared if file.when
    }
    changed = frozenset() if layer.builtin else frozenset(layer.values.get("options", {}))
    return Preset(
        name=manifest.name,
        summary=manifest.summary,
        chain=(manifest.name, *(parent.chain if parent else ())),
        applies=applies or (parent.applies if parent else None),
        options=options,
        files=(*(f for f in parent.files if f.path not in declared_paths), *declared) if parent else declared,
        templates=(parent.templates if parent else _shared_templates()) | templates,
        contents=(parent.contents if parent else {}) | contents,
        changed=changed | (parent.changed if parent else frozenset()),
        detect=_rules(manifest, layer) or (parent.detect if parent else None),
        conditions=(parent.conditions if parent else {}) | conditions,
        pins={**(parent.pins if parent else {}), **_pin(layer)},
    )


def _pin(layer: _Layer) -> dict[str, str]:
    bundle = layer.bundle
    return {bundle.reference: bundle.commit} if bundle and bundle.kind == "git" and bundle.commit else {}


def _rules(manifest: PresetManifest, layer: _Layer) -> "DetectRules | None":
    if manifest.detect is None:
        return None
    from genfile.spec.rules import parse_rules

    return parse_rules(manifest.detect, f"{layer.place}: detect")


def _parent(layer: _Layer, builtin: str | None, below: tuple[str, ...]) -> Preset | None:
    extends = layer.values.get("extends")
    if not isinstance(extends, str):
        return None
    if extends == ANY:
        # Without a spec only the skeleton is known; that is enough to show the preset.
        return _alias(load_builtin(builtin)) if builtin else None
    if extends in BUILTIN:
        return load_builtin(extends) if layer.builtin is False else _build(_builtin_layer(extends), None, below)
    if layer.bundle is None:
        raise PresetError(f"{layer.place}: extends: a built-in preset can only extend built-in presets")
    from genfile.bundle import open_bundle

    try:
        bundle = open_bundle(extends, what="preset", base=layer.bundle.folder, tree=layer.bundle.tree)
    except UsageError as error:
        raise PresetError(f"{layer.place}: extends: {error.message}", hint=error.hint) from None
    return _build(_bundle_layer(bundle), builtin, below)


def _alias(preset: Preset) -> Preset:
    """The same preset, whose templates are known by `builtin/…` too: `{% extends "builtin/Dockerfile.j2" %}`."""
    from msgspec.structs import replace

    own = {
        f"{ANY}/{name.partition('/')[2]}": text
        for name, text in preset.templates.items()
        if name.startswith(preset.name + "/")
    }
    return replace(preset, templates=preset.templates | own)


def _files(manifest: PresetManifest, layer: _Layer) -> tuple[OutputFile, ...]:
    """The files that a preset declares, those implied by the names of templates, each with its template's full name."""
    declared = {file.path for file in manifest.files}
    implied = [
        OutputFile(path=path, template=name)
        for name, path in IMPLIED.items()
        if name in layer.files and path not in declared and not layer.builtin
    ]
    return tuple(_named(file, manifest.name, layer) for file in (*manifest.files, *implied))


def _named(file: OutputFile, name: str, layer: _Layer) -> OutputFile:
    from genfile.preset.faults import close_name

    wanted = file.template or file.source or ""
    if layer.builtin:
        return file
    if wanted not in layer.files:
        raise PresetError(
            f"{layer.place}: files: {wanted} is not in the preset", hint=close_name(wanted, sorted(layer.files))
        )
    changes = {"template": f"{name}/{wanted}"} if file.template else {"source": f"{name}/{wanted}"}
    return file.model_copy(update=changes)


def _sort_files(name: str, files: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    templates = {f"{name}/{path}": text for path, text in files.items() if path.endswith(".j2")}
    contents = {f"{name}/{path}": text for path, text in files.items() if not path.endswith(".j2")}
    return templates, contents


def _check_version(manifest: PresetManifest, place: str) -> None:
    if manifest.requires is None:
        return
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    from genfile import __version__

    try:
        fits = SpecifierSet(manifest.requires).contains(__version__, prereleases=True)
    except InvalidSpecifier:
        raise PresetError(
            f"{place}: requires: {manifest.requires!r} is not a version range", hint="for example >=0.3,<1"
        ) from None
    if not fits:
        raise PresetError(
            f"{place}: preset {manifest.name} requires genfile {manifest.requires}, but this is {__version__}",
            hint="install that version, or use another version of the preset",
        )


@cache
def _spec_fields() -> frozenset[str]:
    """Every field that a spec of any language has."""
    from genfile.spec.project import LANGUAGES, spec_class

    return frozenset(name for language in LANGUAGES for name in spec_class(language).model_fields) | {"facts"}


def _builtin_layer(name: str) -> _Layer:
    folder = builtin_folder("presets") / name
    text = _read(folder / "preset.toml")
    files = {path.relative_to(folder).as_posix(): _read(path) for path in sorted(folder.rglob("*.j2"))}
    return _Layer(f"{name}/preset.toml", _parse(text, f"{name}/preset.toml"), text, files, builtin=True)


def _bundle_layer(bundle: "Bundle") -> _Layer:
    place = f"{bundle.reference.rstrip('/')}/preset.toml"
    texts: dict[str, str] = {}
    for path, content in bundle.files.items():
        if path.startswith("tests/"):
            continue
        try:
            texts[path] = content.decode("utf-8")
        except UnicodeDecodeError:
            raise PresetError(f"{bundle.reference}: {path} is not UTF-8 text") from None
    if "preset.toml" not in texts:
        raise UsageError(f"{bundle.reference} has no preset.toml", hint="pass the folder of a preset")
    return _Layer(place, _parse(texts["preset.toml"], place), texts["preset.toml"], texts, builtin=False, bundle=bundle)


@cache
def _common_options() -> dict[str, "Option"]:
    """The options that every built-in preset has. Raises PresetError with the line of a mistake."""
    place = "presets/common/options.toml"
    text = _read(builtin_folder("presets") / "common" / "options.toml")
    return parse_options(_parse(text, place), place, text)


@cache
def _shared_templates() -> dict[str, str]:
    """The skeleton, and Node's templates: a server of any language may have a front end."""
    root = builtin_folder("presets")
    return {
        path.relative_to(root).as_posix(): _read(path)
        for name in ("common", "node")
        for path in sorted((root / name).rglob("*.j2"))
    }


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise PresetError(f"{path}: {error.strerror or error}") from None


def _parse(text: str, place: str) -> dict[str, Any]:
    from genfile.parsers import ParseError
    from genfile.parsers.data import parse_toml

    try:
        value = parse_toml(text).value
    except ParseError as error:
        raise PresetError(f"{place}: {error}") from None
    return dict(value) if isinstance(value, dict) else {}
