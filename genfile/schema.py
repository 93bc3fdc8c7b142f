"""JSON Schemas of the documents that genfile reads and writes."""

from typing import Any, Literal

SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def json_schema(name: Literal["spec", "preset", "template", "config"]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `spec` (the inspect document), `preset`, `template` (TOML), or `config`."""
    from pydantic import TypeAdapter

    if name == "preset":
        from genfile.preset.manifest import Manifest
        from genfile.spec.rules import DetectRules

        # The rules of detection are read apart, for few presets have any.
        schema = TypeAdapter(Manifest).json_schema()
        rules = TypeAdapter(DetectRules).json_schema(ref_template="#/$defs/{model}")
        schema["$defs"] = {**schema.get("$defs", {}), **rules.pop("$defs", {}), "DetectRules": rules}
        schema["properties"]["detect"] = {"anyOf": [{"$ref": "#/$defs/DetectRules"}, {"type": "null"}], "default": None}
        return {"$schema": SCHEMA, **schema}
    if name == "template":
        from genfile.template.manifest import Manifest as Template

        return {"$schema": SCHEMA, **TypeAdapter(Template).json_schema()}
    from genfile.spec.config import Config
    from genfile.spec.document import InspectDocument

    model: Any = Config if name == "config" else InspectDocument
    return {"$schema": SCHEMA, **TypeAdapter(model).json_schema()}
