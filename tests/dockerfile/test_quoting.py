"""Any text that a spec accepts comes out of BuildKit's own parser unchanged.

The oracle is PyPI's `dockerfile`, which wraps that parser; variables are expanded after parsing, by a lexer whose
rules for double quotes are written down in `unquoted` below.
"""

import json
import shlex
import string

import dockerfile as buildkit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genfile.dockerfile import quoting
from genfile.dockerfile.ignore import read_ignore
from genfile.dockerfile.quoting import QuotingError
from genfile.dockerfile.reader import read_dockerfile

PRINTABLE = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" \"'\\$`#<>&|;*?[]{}()!~=,:"), max_size=40
)
WORDS = st.lists(PRINTABLE.filter(bool), min_size=1, max_size=5)
PATHS = st.text(
    st.sampled_from(string.ascii_letters + "0123456789._-+@ *?[]$\\'\"#!,"), min_size=1, max_size=20
).filter(lambda text: text.strip() == text and text not in (".", ".."))


def parse(text: str) -> tuple[buildkit.Command, ...]:
    return tuple(buildkit.parse_string(text))


@given(WORDS)
def test_exec_form_gives_back_every_word(words: list[str]) -> None:
    command = parse(f"FROM x\nCMD {quoting.exec_form(words)}\n")[1]
    assert command.json is True
    assert list(command.value) == words
    assert read_dockerfile(f"FROM x\nCMD {quoting.exec_form(words)}\n").stages[0].instructions[0].exec_form == tuple(
        words
    )


def unquoted(text: str) -> str:
    """BuildKit's shell lexer on one word: in double quotes a backslash escapes `"`, `\\` and `$` only."""
    if not text.startswith('"'):
        assert not set(text) & set("\"'\\$ ")
        return text
    result, at = [], 1
    while text[at] != '"':
        if text[at] == "\\" and text[at + 1] in '"\\$':
            at += 1
        else:
            assert text[at] != "$", "a variable would be expanded"
        result.append(text[at])
        at += 1
    assert at == len(text) - 1
    return "".join(result)


@given(PRINTABLE)
def test_env_value_stays_one_value(text: str) -> None:
    quoted = quoting.env_value(text)
    command = parse(f"FROM x\nENV A={quoted} B=end\n")[1]
    values = dict(zip(command.value[::2], command.value[1::2], strict=True))
    assert values == {"A": quoted, "B": "end"}
    assert unquoted(quoted) == text


@given(PRINTABLE)
def test_shell_word_is_one_word(text: str) -> None:
    assert shlex.split(quoting.shell_word(text)) == [text]


@given(PRINTABLE)
def test_an_accepted_command_is_one_instruction(text: str) -> None:
    """Behind a mount and a continuation, as presets write it: nothing of it is taken for something else."""
    try:
        command = quoting.shell_command(text)
    except QuotingError:
        return
    made = parse(f"FROM x\nRUN --mount=type=cache,target=/x \\\n    {command}\nUSER 1:1\n")
    assert [item.cmd.upper() for item in made] == ["FROM", "RUN", "USER"]
    assert made[1].flags == ("--mount=type=cache,target=/x",)
    assert made[1].json is False
    assert made[1].value[0].split() == command.split()


@pytest.mark.parametrize(
    "text",
    ["", " ", "a\nb", "a\rb", "a\x00", "# x", "--mount=x", '["a"]', "a \\", "cat <<EOF", "cat <<-'E'", "a\u2028b"],
)
def test_a_command_that_run_would_misread_is_refused(text: str) -> None:
    with pytest.raises(QuotingError):
        quoting.shell_command(text)


@given(st.lists(PATHS, min_size=1, max_size=3))
def test_copy_takes_exactly_these_paths(paths: list[str]) -> None:
    """Plain or as JSON, BuildKit reads as many operands; undoing its escapes gives the paths back."""
    made = parse(f"FROM x\nCOPY --link {quoting.copy_paths(paths, '/app/')}\n")[1]
    assert len(made.value) == len(paths) + 1
    plain = [value.replace("\\$", "$") for value in made.value[:-1]]
    for char in "*?[\\":
        plain = [value.replace(f"\\{char}", char) if char != "\\" else value for value in plain]
    assert [value.replace("\\\\", "\\") for value in plain] == paths


@given(PATHS)
def test_an_ignore_pattern_matches_its_path_and_all_below(path: str) -> None:
    rules = read_ignore(quoting.ignore_pattern(path) + "\n")
    assert rules.excludes(path)
    assert rules.excludes(f"{path}/below")
    assert not rules.excludes(f"other/{path}")


@given(st.text(max_size=30))
def test_control_characters_never_pass(text: str) -> None:
    if text.isprintable():
        return
    for function in (
        quoting.shell_word,
        quoting.shell_command,
        quoting.env_value,
        quoting.mount_value,
        quoting.ignore_pattern,
        quoting.comment_text,
    ):
        with pytest.raises(QuotingError):
            function(text)
    with pytest.raises(QuotingError):
        quoting.exec_form([text])


def test_exec_form_is_json() -> None:
    assert json.loads(quoting.exec_form(["a b", 'c"d'])) == ["a b", 'c"d']
