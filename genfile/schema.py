"""JSON Schemas of the documents that genfile reads and writes."""

from typing import Any, Literal

SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def json_schema(name: Literal["spec", "preset", "template", "config"]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `spec` (the inspect document), `preset`, `template` (TOML), or `config`."""
    from pydantic import TypeAdapter

    if name == "preset":
        from genfile.preset.manifest import PresetManifest
        from genfile.spec.rules import DetectRules

        # The rules of detection are read apart, for few presets have any.
        schema = TypeAdapter(PresetManifest).json_schema()
        rules = TypeAdapter(DetectRules).json_schema(ref_template="#/$defs/{model}")
        schema["$defs"] = {**schema.get("$defs", {}), **rules.pop("$defs", {}), "DetectRules": rules}
        schema["properties"]["detect"] = {"anyOf": [{"$ref": "#/$defs/DetectRules"}, {"type": "null"}], "default": None}
        return {"$schema": SCHEMA, **schema}
    if name == "template":
        from genfile.template.manifest import TemplateManifest as Template

        return {"$schema": SCHEMA, **TypeAdapter(Template).json_schema()}
    if name == "config":
        return {"$schema": SCHEMA, **_config()}
    from genfile.spec.document import InspectDocument

    return {"$schema": SCHEMA, **TypeAdapter(InspectDocument).json_schema()}


def _config() -> dict[str, Any]:
    """Of genfile.toml: the tables `set` know the fields of the specs, and take the options of any preset."""
    from pydantic import TypeAdapter

    from genfile.spec.config import Config
    from genfile.spec.project import LANGUAGES, spec_class

    # In TOML, what is not said is left out.
    schema: dict[str, Any] = _without_null(TypeAdapter(Config).json_schema())
    fields: dict[str, Any] = {}
    for language in LANGUAGES:
        for name, field in spec_class(language).model_fields.items():
            fields.setdefault(name, {"$ref": "#/$defs/Setting"})
            if field.description:
                fields[name]["description"] = field.description
    schema["$defs"]["Setting"] = {
        "description": "A string means the same as with `--set`. Write a version as a string: the number 3.10 is 3.1.",
        "anyOf": [{"type": kind} for kind in ("string", "integer", "boolean", "array", "object")],
    }
    schema["$defs"]["Settings"] = {
        "type": "object",
        "properties": dict(sorted(fields.items())),
        "additionalProperties": {"$ref": "#/$defs/Setting"},
    }
    for table in (schema, schema["$defs"]["ServiceConfig"]):
        table["properties"]["set"] = {
            "$ref": "#/$defs/Settings",
            "description": table["properties"]["set"]["description"],
        }
    return schema


def _without_null(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_null(item) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {key: _without_null(item) for key, item in value.items() if not (key == "default" and item is None)}
    kinds = inner.pop("anyOf", None)
    if kinds is None:
        return inner
    kinds = [kind for kind in kinds if kind != {"type": "null"}]
    return {**kinds[0], **inner} if len(kinds) == 1 else {**inner, "anyOf": kinds}
