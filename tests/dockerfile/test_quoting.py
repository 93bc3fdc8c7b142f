"""Any text that a spec accepts comes out of BuildKit's own parser unchanged.

The oracle is PyPI's `dockerfile`, which wraps that parser. What it does not do, the expansion of operands, is done
by `genfile.dockerfile.lexer`, and held against a real engine in `test_build_quoting.py`.
"""

import json
import re
import shlex
import shutil
import string
import subprocess

import dockerfile as buildkit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from genfile.dockerfile import quoting
from genfile.dockerfile.ignore import IgnoreRule, read_ignore
from genfile.dockerfile.lexer import lex
from genfile.dockerfile.quoting import QuotingError
from genfile.dockerfile.reader import read_dockerfile
from tests.dockerfile.odd import BACKSLASHES, NAMES, VALUES

PRINTABLE = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" \"'\\$`#<>&|;*?[]{}()!~=,:"), max_size=40
)
WORDS = st.lists(PRINTABLE.filter(bool), min_size=1, max_size=5)
PATHS = st.text(
    st.sampled_from(string.ascii_letters + "0123456789._-+@ *?[]$'\"#!,<^|{}()"), min_size=1, max_size=20
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


def expanded(text: str) -> str:
    """What the build gets of an operand: no variable is set but one, which would show."""
    return lex(text, variables={"HOME": "expanded"}).text


@given(PRINTABLE | st.sampled_from(VALUES))
def test_env_arg_and_label_values_stay_one_value(text: str) -> None:
    quoted = quoting.env_value(text)
    for keyword in ("ENV", "LABEL"):
        command = parse(f"FROM x\n{keyword} A={quoted} \\\n    B=end\nUSER 1\n")[1]
        values = dict(zip(command.value[::2], command.value[1::2], strict=True))
        assert {key: expanded(value) for key, value in values.items()} == {"A": text, "B": "end"}
    made = parse(f"ARG A={quoted}\nFROM x\nUSER 1\n")
    assert [item.cmd for item in made] == ["ARG", "FROM", "USER"]
    assert expanded(made[0].value[0].partition("=")[2]) == text
    assert read_dockerfile(f"FROM x\nENV A={quoted} B=end\n").stages[0].instructions[0].pairs == (
        ("A", text),
        ("B", "end"),
    )


@given(PATHS | st.sampled_from(NAMES))
def test_workdir_and_volume_get_exactly_this_path(name: str) -> None:
    path = f"/app/{name}"
    if path != path.strip():
        for function in (quoting.workdir, lambda text: quoting.volumes([text])):
            with pytest.raises(QuotingError, match="starts or ends with a space"):
                function(path)
        return
    made = parse(f"FROM x\nWORKDIR {quoting.workdir(path)}\nVOLUME {quoting.volumes([path, '/b'])}\nUSER 1\n")
    assert [item.cmd for item in made] == ["FROM", "WORKDIR", "VOLUME", "USER"]
    assert [expanded(value) for value in made[1].value] == [path]
    assert [expanded(value).strip() for value in made[2].value] == [path, "/b"]
    ours = read_dockerfile(f"FROM x\nWORKDIR {quoting.workdir(path)}\n").stages[0].instructions[0]
    assert ours.words == (path,)


@given(PATHS)
def test_an_entry_of_a_search_path_is_one_entry(name: str) -> None:
    command = parse(f"FROM x\nENV PATH={quoting.search_path('/' + name)}/bin:/end\n")[1]
    assert expanded(command.value[1]).split(":") == [f"/{name}/bin", "/end"]
    with pytest.raises(QuotingError, match="colon"):
        quoting.search_path(f"/{name}:")


@given(PRINTABLE)
def test_shell_word_is_one_word(text: str) -> None:
    assert shlex.split(quoting.shell_word(text)) == [text]
    made = parse(f"FROM x\nRUN cp {quoting.shell_word(text)} \\\n    {quoting.shell_path(text)}\nUSER 1\n")
    assert [item.cmd for item in made] == ["FROM", "RUN", "USER"]


@given(st.sampled_from(NAMES))
def test_a_path_is_never_an_option_of_a_command(name: str) -> None:
    (word,) = shlex.split(quoting.shell_path(name))
    assert not word.startswith("-")
    assert word.removeprefix("./") == name


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


@given(st.lists(PATHS | st.sampled_from(NAMES), min_size=1, max_size=3), PATHS | st.sampled_from(NAMES))
def test_copy_takes_exactly_these_paths(paths: list[str], target: str) -> None:
    """BuildKit reads as many operands, none as a heredoc; expanded, each source matches its own path alone."""
    text = f"FROM x\nCOPY --link {quoting.copy_paths(paths, f'/app/{target}')}\nUSER 1\n"
    made = parse(text)
    assert [item.cmd for item in made] == ["FROM", "COPY", "USER"]
    assert len(made[1].value) == len(paths) + 1
    assert made[1].heredocs == ()
    assert not any(value.lstrip("0123456789").startswith("<<") for value in made[1].value)
    *sources, destination = map(expanded, made[1].value)
    assert destination == f"/app/{target}"
    for source, path in zip(sources, paths, strict=True):
        for name in {*NAMES, path}:
            assert takes(source, name) is (name == path)
    assert read_dockerfile(text).stages[0].instructions[0].words == (*sources, destination)


def takes(source: str, name: str) -> bool:
    """Whether a source takes a path, by the two rules that both have to hold.

    A path without a wildcard that is not escaped is taken as it is, backslashes too; else it is a pattern. What is
    sent to the builder is chosen by the matcher of .dockerignore, which reads `!` and blanks at the ends.
    """
    source = source.removeprefix("./")
    bare = re.sub(r"\\.", "", source)
    if not any(char in bare for char in "*?["):
        return source == name and source == source.strip() and not source.startswith("!")
    return not source.startswith("!") and IgnoreRule(source, 0, negated=False).matches(name)


@pytest.mark.parametrize("path", [*NAMES, *BACKSLASHES])
def test_no_pattern_holds_a_wildcard_that_a_matcher_could_read(path: str) -> None:
    """moby's matcher takes a bare `*` or `?` for any text in a class, too, and forgets to escape `^`, `|`, braces."""
    pattern = quoting.literal_pattern(path, anywhere=True)
    rest = re.sub(r"\[\\[*?\\^]\]|\[[\[{}|!# ]\]", "", pattern)
    assert not set(rest) & set("*?[\\^{}|")


@pytest.mark.parametrize("path", ["", ".", "..", "a/../b", "/a", "a//b"])
def test_what_is_not_below_the_context_is_refused_as_an_ignore_pattern(path: str) -> None:
    with pytest.raises(QuotingError):
        quoting.ignore_pattern(path)


@given(PATHS | st.sampled_from(NAMES))
def test_an_ignore_pattern_matches_its_path_and_all_below(path: str) -> None:
    rules = read_ignore(quoting.ignore_pattern(path) + "\n")
    assert rules.excludes(path)
    assert rules.excludes(f"{path}/below")
    for other in NAMES:
        assert rules.excludes(other) is (other == path)
    assert not rules.excludes(f"other/{path}")


@pytest.mark.parametrize("text", ["syntax=a/b", "escape=`", " Check = skip=all", "it ends \\", "so ` "])
def test_a_comment_is_never_a_directive_and_continues_nothing(text: str) -> None:
    with pytest.raises(QuotingError):
        quoting.comment_text(text)


@pytest.mark.parametrize("text", ["make # later", "make #", "a;#b", "x (#c"])
def test_a_shell_comment_is_refused(text: str) -> None:
    with pytest.raises(QuotingError, match="comment"):
        quoting.shell_command(text)


@pytest.mark.parametrize("text", ["echo '#' a#b \\# \"x # y\"", "echo $#"])
def test_a_number_sign_elsewhere_passes(text: str) -> None:
    assert quoting.shell_command(text) == text


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no sh")
@pytest.mark.parametrize(
    ("steps", "said", "good"),
    [
        (["true", "echo a"], "a", True),
        (["false", "true || echo a", "echo b"], "", False),
        (["false", "echo a; echo b"], "", False),
        (["echo a; false", "echo b"], "a", False),
        (["false", "echo a & wait", "echo b"], "", False),
        (["ECHO; ECHO", "ECHO"], "v v v", True),
        (["cd / && ECHO", "true"], "v", True),
        (["if true; then ECHO; fi", "echo b 2>&1"], "v b", True),
        (["! false", "(ECHO)", "{ ECHO; }"], "v v", True),
        (["false || false", "echo b"], "", False),
        (["case a in a) ECHO;; esac", "echo b"], "v b", True),
    ],
)
def test_a_step_fails_and_sees_values_as_a_whole(steps: list[str], said: str, good: bool) -> None:
    """What a real shell makes of the joined line: a step after a failed one never runs."""
    told = [step.replace("ECHO", "sh -c 'echo $V'") for step in steps]
    joined = " && ".join(quoting.shell_step(step, [("V", "v")]) for step in told)
    done = subprocess.run(["sh", "-c", joined], capture_output=True, text=True, check=False)
    assert done.stdout.split() == said.split()
    assert (done.returncode == 0) is good


@pytest.mark.parametrize(
    "step", ["npm run build", "a && b", "a | b", "x 2>&1", "make >&2 2>/dev/null", "a '||' \";\"", "echo $(date)"]
)
def test_a_step_that_needs_no_subshell_gets_none(step: str) -> None:
    assert quoting.shell_step(step) == step


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
