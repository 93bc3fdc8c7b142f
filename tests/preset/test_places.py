"""Whatever a spec holds, its Dockerfile has the instructions that the template wrote, and no others.

Each field of a real spec gets odd texts; BuildKit's parser must read the same keywords in the same order as with
harmless ones, else the text was refused by name, in one line.
"""

import copy
import re
from typing import Any

import dockerfile as buildkit
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

import genfile
from genfile.errors import GenfileError
from genfile.preset.compose import render_compose
from genfile.preset.layout import plan_layout
from genfile.preset.render import render_spec
from genfile.spec.base import plain
from genfile.spec.project import parse_spec
from tests.conftest import PROJECTS
from tests.dockerfile.odd import COMMANDS, NAMES, VALUES

KINDS = ["node-nestjs-monorepo", "node-vite-spa-pnpm", "python-django-src", "go-embedded-ui", "java-spring-maven"]
SPECS: dict[str, dict[str, Any]] = {
    f"{kind}:{item.spec.name}": plain(item.spec)
    for kind in [*KINDS, "static-plain", "several-languages", "python-uv-workspace"]
    for item in genfile.inspect(PROJECTS / kind).services
}
PIECES = st.sampled_from(
    [*NAMES, *VALUES, *COMMANDS, "\n", "\nRUN id", "\u2028", "\x1b[2J", "\u202e", "make", " ", "/"]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=3).map("".join)
# Where an odd text goes, and what stands there otherwise: a text alone, a list, or the values of a table.
FIELDS = [
    *("path", "name", "build", "start", "release", "processes", "values", "manifests", "run_paths", "writable"),
    *("outputs", "data", "assets", "artifact", "artifact_folder", "standalone", "python_path", "extras", "groups"),
    *("requirements", "extra_packages", "package_name", "lifecycle_scripts", "main_package", "tags", "volumes"),
    *("private_hosts", "version_variable", "sources", "libraries", "static.root", "frontend.build", "frontend.output"),
    *("frontend.target", "health.path", "labels"),
]


# Places that hold any printable text: nothing of it may be refused.
ANY_TEXT = ("start", "release", "processes", "values", "labels")


def put(spec: dict[str, Any], field: str, text: str) -> dict[str, Any] | None:
    """A copy of a spec with a text in one field; None where such a spec has no such field."""
    made = copy.deepcopy(spec)
    *parents, name = field.split(".")
    table = made
    for parent in parents:
        if not table.get(parent):
            return None
        table = table[parent]
    if field == "values":
        phases = ["build", "run", "install"] if spec["language"] == "node" else ["build", "run"]
        made["environment"] = [{"name": f"V_{phase}", "phase": phase, "value": text} for phase in phases]
    elif field == "processes":
        made["processes"] = {"worker": ["sh", text]}
    elif field == "labels":
        return made
    elif name not in table:
        return None
    elif name in ("start", "release"):
        table[name] = [table[name][0] if table[name] else "run", text]
    elif isinstance(table[name], list):
        table[name] = [text, "other"]
    elif name == "version_variable" and not text:
        # There is none.
        return None
    elif name == "data" and text in (".", spec["path"]):
        # The folder that it is started in: an instruction of its own.
        return None
    else:
        table[name] = text
    return made


def keywords(spec: dict[str, Any], label: str) -> list[str]:
    rendering = render_spec(parse_spec(spec), options={"labels": [f"a={label}"]}, several=True)
    return [item.cmd for item in buildkit.parse_string(rendering.dockerfile)]


@pytest.mark.parametrize("name", SPECS)
@settings(max_examples=120, deadline=None)
@given(st.sampled_from(FIELDS), TEXTS)
@example("build", "cat <<\\EOF")
@example("build", "a\nRUN touch PWNED")
@example("values", "a\\")
def test_no_text_of_a_spec_makes_or_hides_an_instruction(name: str, field: str, text: str) -> None:
    odd = put(SPECS[name], field, text)
    if odd is None:
        return
    harmless = put(SPECS[name], field, "/ok" if field == "health.path" else "ok")
    assert harmless is not None
    label = text if field == "labels" else "ok"
    refusal = ""
    try:
        made = keywords(odd, label)
    except GenfileError as error:
        refusal = error.message
    if refusal:
        assert refusal.isprintable()
        assert not (field in ANY_TEXT and text and text.isprintable()), refusal
    else:
        assert made == keywords(harmless, "ok")


@pytest.mark.parametrize("command", [*COMMANDS, "a\nRUN b", "# x", "-x", "[x", "x \\", "echo 'a", "make # x"])
@pytest.mark.parametrize("name", SPECS)
def test_a_command_that_would_be_misread_is_refused_by_name(name: str, command: str) -> None:
    with pytest.raises(genfile.SpecError, match=r"build\.0") as caught:
        parse_spec(SPECS[name] | {"build": [command]})
    assert "\n" not in str(caught.value)


def interpolated(value: Any) -> Any:
    """Compose's own rule for every value, as far as genfile writes one: `$$` is `$`, `${X:?set X}` is asked for."""
    if isinstance(value, dict):
        return {key: interpolated(item) for key, item in value.items()}
    if isinstance(value, list):
        return [interpolated(item) for item in value]
    if not isinstance(value, str) or re.fullmatch(r"(\w+=)?\$\{(\w+):\?set \2 in .env[a-z ,]*\}", value):
        return value
    assert "$" not in value.replace("$$", ""), f"compose would expand {value!r}"
    return value.replace("$$", "$")


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(NAMES), st.sampled_from(NAMES), st.lists(TEXTS, min_size=1, max_size=3))
def test_compose_means_what_the_spec_says(folder: str, inner: str, words: list[str]) -> None:
    values = next(spec for name, spec in SPECS.items() if name.startswith("several-languages"))
    changed = values | {"path": f"{folder}/{inner}", "processes": {"worker": words}, "release": words}
    try:
        spec = parse_spec(changed)
    except GenfileError:
        return
    layout = plan_layout(plain(spec), several=True)
    text = render_compose([(spec, layout)])
    document = interpolated(yaml.safe_load(text))
    services = document["services"]
    assert set(services) >= {spec.name, f"{spec.name}-worker", f"{spec.name}-release"}
    assert services[f"{spec.name}-worker"]["command"] == words
    assert services[f"{spec.name}-release"]["command"] == words
    build = services[spec.name]["build"]
    build = {"context": build, "dockerfile": "Dockerfile"} if isinstance(build, str) else build
    assert build["context"].removeprefix("./") == layout.context
    assert not build["context"].startswith(("github.com/", "git@", "http"))
    assert build["dockerfile"].startswith("Dockerfile") or layout.context == "."


def test_a_variable_that_has_to_be_given_stops_compose() -> None:
    values = next(spec for name, spec in SPECS.items() if name.startswith("several-languages"))
    given = [{"name": "NEEDED", "phase": "run", "required": True}, {"name": "MAY", "phase": "run"}]
    spec = parse_spec(values | {"environment": given})
    text = render_compose([(spec, plan_layout(plain(spec), several=False))])
    assert yaml.safe_load(text)["services"][spec.name]["environment"] == {
        "NEEDED": "${NEEDED:?set NEEDED in .env}",
        "MAY": None,
    }


def test_a_context_that_looks_like_an_option_or_an_address() -> None:
    for folder in ("-x", "git@host:x", "github.com"):
        spec = parse_spec(SPECS[next(iter(SPECS))] | {"path": f"{folder}/a", "workspace": None, "run_paths": []})
        context = render_spec(spec, several=True).build_command[-1]
        assert context == f"./{folder}/a"
