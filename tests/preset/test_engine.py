"""Templates see plain values, and nothing unquoted gets out."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genfile.bundle.builtin import builtin_folder
from genfile.errors import PresetError, SourceError, UsageError
from genfile.preset.comments import comment_lines
from genfile.preset.environment import PresetEnvironment
from genfile.preset.find import BUILTIN, load_preset
from genfile.preset.manifest import parse_options
from genfile.preset.options import is_image_reference
from genfile.preset.rules import load_rules
from genfile.preset.trace import render_lines
from tools.blocks import BLOCKS


def render(text: str, **context: object) -> str:
    template = PresetEnvironment({"t.j2": text}).get_template("t.j2")
    lines = comment_lines(render_lines(template, dict(context)), "brief", dockerfile=False)
    return "".join(line.text + "\n" for line in lines)


@pytest.mark.parametrize(
    "text", ["{{ x }}", "{{ x | length ~ 'a' }}", "{{ 'a' }}", "{{ [x] }}", "{{ {} }}", "{{ none }}", "{{ true }}"]
)
def test_forgotten_quoting_is_an_error(text: str) -> None:
    from jinja2 import TemplateError

    with pytest.raises((PresetError, TemplateError)):
        render(text, x="$(id)")


@pytest.mark.parametrize(
    "text",
    [
        "{{ x.__class__ | word }}",
        "{{ ''.__class__.__mro__ | word }}",
        "{{ x.format(1) | word }}",
        "{{ x | attr('upper') | word }}",
        "{{ x.encode('utf-8') | word }}",
        "{% include 'other.j2' %}",
        "{% import '../../etc/passwd' as p %}",
        "{{ lipsum() | word }}",
        "{{ cycler.__init__.__globals__ | word }}",
        "{{ (9 ** 9999999) | word }}",
        "{{ ('a' * 999999999) | word }}",
        "{{ ('%999999999d' % 1) | word }}",
        "{{ missing | word }}",
        "{{ x.nothing | word }}",
        "{% for a in range(99999999) %}x{% endfor %}",
        "{% for a in range(90000) %}{% for b in range(90000) %}xxxxxxxxxxxxxxxx{% endfor %}{% endfor %}",
        "{% rule x %}{% endrule %}",
    ],
)
def test_what_a_template_must_not_do(text: str) -> None:
    from jinja2 import TemplateError

    with pytest.raises((PresetError, TemplateError, OverflowError)):
        render(text, x="abc")


def test_an_instruction_is_joined_and_continued() -> None:
    text = (
        '{% instruction "RUN" %}\n--mount=a\n{% if false %}\nno\n{% endif %}\n'
        '{% rule "apt" %}\nmake\n{% endrule %}\n&& ls\n{% endinstruction %}\nUSER 1\n'
    )
    assert render(text) == "RUN --mount=a \\\n    make \\\n    && ls\nUSER 1\n"


def test_an_empty_instruction_is_left_out() -> None:
    assert render('A\n{% instruction "ENV" %}\n{% endinstruction %}\nB\n') == "A\nB\n"


def test_lines_know_their_rules_and_fields() -> None:
    text = 'FROM x\n{% rule "expose" %}\n{% if spec.port %}\nEXPOSE {{ spec.port }}\n{% endif %}\n{% endrule %}\nEND\n'
    template = PresetEnvironment({"t.j2": text}).get_template("t.j2")
    lines = render_lines(template, {"spec": {"port": 80}}, trace=True)
    assert [(line.text, line.rules, line.fields) for line in lines[:3]] == [
        ("FROM x", (), ()),
        ("EXPOSE 80", ("expose",), ("/port",)),
        ("END", (), ()),
    ]
    # The line of the nearest tag above the text.
    assert lines[1].template_line == 3


def test_a_value_cannot_forge_a_mark() -> None:
    """Marks are private-use characters, which no type of a spec accepts and no quoting filter passes."""
    with pytest.raises(PresetError):
        render("{{ x | shell }}", x="\ue000expose\ue001")


def used_rules() -> set[str]:
    texts = [path.read_text("utf-8") for path in builtin_folder("presets").rglob("*.j2")]
    return {name for text in texts for name in re.findall(r'\{% rule "([^"]+)" %\}', text)}


def test_every_rule_is_known_and_used() -> None:
    assert used_rules() == set(load_rules())


def test_every_rule_says_why_in_one_line_and_where_it_is_written() -> None:
    for rule in load_rules().values():
        assert rule.why.endswith(".")
        assert len(rule.why) <= 130
        assert rule.source


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        (
            {"type": "text", "hlep": "x"},
            r"options.toml:2: user.hlep is not a known key; and 1 more",
            "did you mean help?",
        ),
        ({"type": "txt", "help": "x"}, r"options.toml:3: user.type: 'txt' is not one of text, int", None),
        ({"type": "text"}, r"options.toml:1: user.help is missing", None),
    ],
)
def test_a_mistake_in_a_file_of_options_names_its_line(given: dict[str, str], message: str, hint: str | None) -> None:
    text = "[user]\n" + "".join(f'{key} = "{value}"\n' for key, value in reversed(given.items()))
    with pytest.raises(PresetError, match=message) as caught:
        parse_options({"user": given}, "options.toml", text)
    assert caught.value.hint == hint


@pytest.mark.parametrize("name", BUILTIN)
def test_blocks_are_an_api(name: str) -> None:
    """Every built-in Dockerfile has the same named blocks; a preset may count on them."""
    preset = load_preset(name)
    environment = PresetEnvironment(preset.templates)
    skeleton = environment.get_template("common/Dockerfile.j2")
    assert set(skeleton.blocks) == set(BLOCKS) - {"base_setup", "build_setup"}
    own = environment.get_template(f"{preset.files[0].template}")
    assert set(own.blocks) <= set(BLOCKS) | {"server_config"}


def test_presets_are_found_and_refused_by_name() -> None:
    assert load_preset("static").chain == ("static", "node")
    with pytest.raises((UsageError, PresetError, SourceError)):
        load_preset("../no-such-preset")


def test_presets_lie_at_the_top_of_a_checkout() -> None:
    assert builtin_folder("presets") == Path(__file__).parent.parent.parent / "presets"


@pytest.mark.parametrize(
    "text",
    [
        "node:24-trixie-slim",
        "gcr.io/distroless/static-debian13:nonroot",
        "registry.example:5000/a/b:1",
        "localhost/x",
        "a@sha256:" + "0" * 64,
    ],
)
def test_image_references(text: str) -> None:
    assert is_image_reference(text)


@given(st.text(max_size=40))
def test_what_is_no_image_reference_holds_no_blank(text: str) -> None:
    if is_image_reference(text):
        assert text.isascii()
        assert not set(text) & set(" \t\n\"'$\\`")


@pytest.mark.parametrize("name", BUILTIN)
def test_options_of_the_built_in_presets_stand_in_order(name: str) -> None:
    """No option needs a later one, and every name in an expression is known: rendering counts on it."""
    from genfile.options import check_options

    options = load_preset(name).options
    assert check_options(options, ["spec", "runtime", "frontend_runtime"]) == list(options)
