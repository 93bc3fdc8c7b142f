"""The effects of the options that every built-in preset has: images by family and registry, a private index."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from genfile.data.families import DEFAULT, Family, FamilyLine, asked_of, families
from genfile.data.systems import is_archived
from genfile.errors import UsageError
from genfile.options import resolve_options
from genfile.preset.load import BUILTIN

if TYPE_CHECKING:
    from genfile.preset.load import Preset

# By language: the file that holds the credentials of a private index, as a kind of build secret.
_INDEX_SECRETS = {"node": "npmrc", "python": "pip-conf", "java": "maven-settings", "go": "netrc"}
# Kinds that are no language, in words.
_WORDS = {"war": "Tomcat with Java", "jdk": "a Java JDK"}


class CompanyChoices(Struct, frozen=True):
    """The values of all options, and what they add to the context of a template."""

    options: dict[str, Any]
    context: dict[str, Any]


def resolve(
    preset: "Preset", spec: dict[str, Any], given: Mapping[str, Any], context: Mapping[str, Any]
) -> CompanyChoices:
    """The options of a preset for one spec (plain values): the given value, or the family's default.

    Raises UsageError for a name or value that does not fit, or a family that has no images for the language.
    """
    kind, line = kind_of(spec), FamilyLine(**{key: context["runtime"][key] for key in ("version", "distro", "alpine")})
    family = _family(preset, given, kind, line)
    images = family.images_of(kind, line, _chosen(preset, given, context, family, kind))
    if not _same_runtime(spec):
        images.pop("frontend_image", None)
    defaults = {
        name: text for name, text in images.items() if name in preset.options and name not in {*preset.changed, *given}
    }
    options = {
        name: option.model_copy(update={"default": defaults[name]}) if name in defaults else option
        for name, option in preset.options.items()
    }
    # A test checks the order of the built-in options: computing it each time would cost a tenth of a run.
    values = resolve_options(options, given, context, in_order=preset.chain[0] in BUILTIN)
    registry = values.get("registry")
    if registry:
        for name, option in options.items():
            own = name in given or name in preset.changed or values[name] in given.values()
            if option.type == "image" and not own:
                values[name] = swap_registry(str(values[name]), str(registry))
    base = families()[DEFAULT]
    builder = (families()[family.build] if family.build else family) if "build_image" in images else base
    seen = {
        "family": family.to_context(kind, line),
        # The family of each stage whose image is not that of the runtime.
        "build_family": builder.to_context(kind, line) | {"setup": []},
        "frontend_family": (family if "frontend_image" in images else base).to_context(),
    }
    builds_from = "build_image" if "build_image" in values else "image"
    for stage, reference in (("family", "image"), ("build_family", builds_from)):
        seen[stage]["archived"] = is_archived(str(values.get(reference) or ""))
    return CompanyChoices(values, seen)


def _chosen(
    preset: "Preset", given: Mapping[str, Any], context: Mapping[str, Any], family: Family, language: str
) -> list[str]:
    """The enabled options that need their own images. Raises UsageError if the family does not have them."""
    chosen: list[str] = []
    for name in sorted(asked_of() & preset.options.keys()):
        asked = {key: value for key, value in given.items() if key == name}
        if not resolve_options({name: preset.options[name]}, asked, context, in_order=True)[name]:
            continue
        if not family.can(name, language):
            known = ", ".join(item.name for item in families().values() if item.can(name, language))
            raise UsageError(
                f"option {name} has no image in the {family.name} family", hint=f"families that have it: {known}"
            )
        chosen.append(name)
    return chosen


def add_index(spec: dict[str, Any], secret: Any) -> None:
    """Add the secret of a private index to those of the spec, unless it is there already."""
    kind = _INDEX_SECRETS.get(spec["language"])
    if secret and kind and all(item["kind"] != kind for item in spec["secrets"]):
        spec["secrets"].append({"id": secret, "kind": kind, "variable": None, "phase": "install"})


def swap_registry(reference: str, registry: str) -> str:
    """The same image in another registry: `ghcr.io/astral-sh/uv:0.13` gives `registry.example/astral-sh/uv:0.13`."""
    if reference == "scratch":
        return reference
    first, slash, rest = reference.partition("/")
    hosted = slash and ("." in first or ":" in first or first == "localhost")
    return f"{registry.rstrip('/')}/{rest if hosted else reference}"


def kind_of(spec: Mapping[str, Any]) -> str:
    """The kind that a family is looked up by: a language, or a part of it with other images; see families.toml."""
    if spec["static"] is not None:
        return "static"
    if spec.get("engine") == "bun":
        return "bun"
    if spec.get("layout") == "war":
        return "war"
    return "jdk" if spec.get("jdk") else str(spec["language"])


def _same_runtime(spec: Mapping[str, Any]) -> bool:
    """Whether the front end is built with the image that the service runs on."""
    front = spec["frontend"]
    return front is not None and (front["engine"], front["runtime"]) == (spec.get("engine"), spec["runtime"])


def _family(preset: "Preset", given: Mapping[str, Any], kind: str, line: FamilyLine) -> Family:
    option = preset.options.get("family")
    if option is None:
        return families()[DEFAULT]
    asked = {key: value for key, value in given.items() if key == "family"}
    name = str(resolve_options({"family": option}, asked, {}, in_order=True)["family"])
    family = families()[name]
    if not family.has(kind, line):
        known = ", ".join(item.name for item in families().values() if item.has(kind, line))
        words = {"static": "static sites"}.get(kind) or f"{_WORDS.get(kind, kind)} {line.version}".rstrip()
        raise UsageError(f"the {name} family has no image for {words}", hint=f"families that have it: {known}")
    return family
