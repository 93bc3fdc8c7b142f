"""The first files of a preset of one's own, with its first test."""

import json
from typing import Any

from genfile.errors import UsageError
from genfile.preset.load import ANY, BUILTIN, load_preset

_EXAMPLES = {
    "node": "node-express-js",
    "python": "python-fastapi-uv",
    "go": "go-root",
    "java": "java-spring-maven",
    "static": "static-plain",
    ANY: "node-express-js",
}


_EMPTY = """{{% extends "{parent}/Dockerfile.j2" %}}

{{# Blocks are named sections of the parent template; super() inserts the parent's content. An example:
{{% block environment %}}
{{{{ super() }}}}
ENV TZ=UTC
{{% endblock %}}
#}}
"""


def scaffold(name: str, extends: str, written: str | None = None) -> dict[str, str]:
    """The files of a new preset by path: a manifest, a template that overrides one block, one spec to test it.

    ``extends``: the parent, a path being relative to the current folder; ``written``: the same as the manifest says it.
    Raises UsageError when there is no preset to extend.
    """
    parent = ANY if extends == ANY else load_preset(extends).name
    example = _example(parent, extends)
    manifest = f"""manifest = 1
name = "{name}"
summary = "What {name} images have in common"
extends = {json.dumps(written or extends)}

# Change the default of a parent's option here; use `fixed` instead to make it a policy that nobody can override.
# `genfile presets show {extends if extends != ANY else "node"}` lists them all.
[options]
# registry.default = "registry.example/mirror"
labels.default = ["org.opencontainers.image.vendor=Example"]
"""
    if extends != ANY and load_preset(extends).chain[0] not in BUILTIN:
        # What the parent says already is not said a second time.
        manifest = manifest.replace("\nlabels.default", "\n# labels.default")
        return {
            "preset.toml": manifest,
            "Dockerfile.j2": _EMPTY.format(parent=parent),
            "tests/example.json": json.dumps(example, indent=1, ensure_ascii=False) + "\n",
        }
    template = f"""{{% extends "{parent}/Dockerfile.j2" %}}

{{# Blocks are named sections of the parent template; super() inserts the parent's content. #}}
{{% block runtime_setup %}}
{{{{ super() }}}}
ENV TZ=UTC
{{% endblock %}}
"""
    test = json.dumps(example, indent=1, ensure_ascii=False) + "\n"
    return {"preset.toml": manifest, "Dockerfile.j2": template, "tests/example.json": test}


def _example(parent: str, extends: str) -> dict[str, Any]:
    """A spec that the new preset is for."""
    from genfile.data.fixtures import fixture_specs
    from genfile.spec.project import parse_spec

    known = fixture_specs()
    found = known.get(_EXAMPLES.get(parent, ""))
    if found is None:
        preset = load_preset(extends)
        found = next((item for item in known.values() if preset.applies_to(item["spec"])), None)
    if found is None:
        raise UsageError(f"{extends} applies to none of genfile's example services")
    # What a reader has to see: the fields that are not what they are by default.
    return found | {"spec": parse_spec(found["spec"]).model_dump(mode="json", exclude_defaults=True)}
