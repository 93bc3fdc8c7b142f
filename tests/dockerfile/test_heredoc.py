"""A heredoc is what BuildKit's parser takes for one, for the writer and for the reader alike."""

from contextlib import suppress

import dockerfile as buildkit
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from genfile.dockerfile import quoting
from genfile.dockerfile.heredoc import heredocs
from genfile.dockerfile.lexer import LexError, lex
from genfile.dockerfile.quoting import QuotingError
from genfile.dockerfile.reader import read_dockerfile
from tests.dockerfile.odd import COMMANDS

PIECES = st.sampled_from(
    [
        *("<", "<<", "<<-", "<<EOF", " ", " ", "a", "1", "$", "${", "}", "X", ":", "-", "+", "?", "#", "%", "/", '"'),
        *("'", "\\", "é", ".", "{", "(", ")", "|", "&&", ";", "$X", "${X:-", "@", "EOF", "((", "))", "`", "=", "!"),
    ]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=14).map("".join)


def accepted(command: str) -> bool:
    try:
        quoting.shell_command(command)
    except QuotingError:
        return False
    return True


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_opens_a_heredoc_is_refused_by_name(command: str) -> None:
    with pytest.raises(QuotingError, match="start a heredoc"):
        quoting.shell_command(command)


@pytest.mark.parametrize(
    "command", ["echo $((1<<2))", "echo '<<EOF'", 'echo "a <<EOF"', "x=$((a<<b)) y", "awk 'x<<1'", "a<<b", "echo \\<<x"]
)
def test_what_buildkit_takes_for_no_heredoc_passes(command: str) -> None:
    assert quoting.shell_command(command) == command
    made = buildkit.parse_string(f"FROM x\nRUN {command}\nUSER 1\n")
    assert [item.cmd for item in made] == ["FROM", "RUN", "USER"]


@settings(max_examples=500)
@given(st.lists(TEXTS, min_size=1, max_size=4))
@example(['echo "a', 'b" <<EOF'])
@example(["cat <<", "x"])
@example(["{ <<-"])
@example(["a '", "<<EOF", "' b"])
@example(["echo `a", "b` <<EOF"])
@example(["${X:-", "} <<EOF"])
def test_accepted_commands_are_one_instruction_each_way_they_are_written(commands: list[str]) -> None:
    """Alone, joined by `&&` on continued lines, and with values in front: no stage and no instruction is lost."""
    kept = [command for command in commands if accepted(command)]
    if not kept:
        return
    steps = [quoting.shell_step(command, [("NAME", "it's")]) for command in kept]
    joined = "RUN " + " \\\n    && ".join(steps)
    text = "\n".join(["FROM x AS a", *(f"RUN {command}" for command in kept), joined, "FROM a AS b", "USER 1"]) + "\n"
    keywords = ["FROM", *["RUN"] * (len(kept) + 1), "FROM", "USER"]
    made = buildkit.parse_string(text)
    assert [item.cmd for item in made] == keywords
    assert all(item.heredocs == () for item in made)
    ours = read_dockerfile(text)
    assert [stage.line for stage in ours.stages] == [1, made[-2].start_line]
    assert [item.heredocs for item in ours.instructions] == [()] * (len(kept) + 2)


@settings(max_examples=500)
@given(TEXTS)
def test_the_parsers_own_heredocs(command: str) -> None:
    """The binding has an early parser of BuildKit's, which took no blank between `<<` and its word."""
    if not command.strip() or command.strip()[0] in "[#-" or command.rstrip().endswith("\\"):
        return
    line = f"RUN {command}"
    try:
        names = [heredoc.name for heredoc in heredocs(line, early=True)]
    except LexError:
        with pytest.raises(buildkit.GoParseError):
            buildkit.parse_string(f"FROM x\n{line}\n")
        return
    made = buildkit.parse_string("\n".join(["FROM x", line, *names, "USER 1"]) + "\n")
    assert [[heredoc.name for heredoc in item.heredocs] for item in made] == [[], names, []]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("RUN cat << EOF", ["EOF"]),
        ("RUN cat <<-'A B'", ["A B"]),
        ("RUN cat <<\\EOF", ["EOF"]),
        ("RUN cat <<$X", ["$X"]),
        ("RUN cat <<a <<b", ["a", "b"]),
        ("RUN cat << <<a", []),
        ("RUN cat <<''", []),
        ("RUN a<<b", []),
        ("RUN echo 'it <<EOF", []),
        ("COPY <<a 3<<b /x/", ["a", "b"]),
    ],
)
def test_heredocs_of_a_line(line: str, names: list[str]) -> None:
    assert [heredoc.name for heredoc in heredocs(line)] == names


def test_onbuild_and_the_json_form() -> None:
    text = 'FROM x\nONBUILD RUN <<EOF\necho\nEOF\nRUN ["cat", "<<EOF"]\nCMD cat <<EOF\nUSER 1\n'
    made = read_dockerfile(text).stages[0].instructions
    assert [item.keyword for item in made] == ["ONBUILD", "RUN", "CMD", "USER"]
    assert [item.heredocs for item in made] == [("echo\n",), (), (), ()]
    assert [item.cmd for item in buildkit.parse_string(text)][1:] == [item.keyword for item in made]


@pytest.mark.parametrize(
    ("text", "word", "words"),
    [
        ("a b", "a b", ("a", "b")),
        ("a' b'", "a b", ("a b",)),
        ('"a\\"\\$\\\\\\n"', 'a"$\\\\n', ('a"$\\\\n',)),
        ("\\$X\\'", "$X'", ("$X'",)),
        ("$X ${X} ${Y:-d e} ${X:+p}", "1 2 1 2 d e p", ("1", "2", "1", "2", "d", "e", "p")),
        ('"$X"', "1 2", ("1 2",)),
        ("$", "$", ("$",)),
        ("${N-}", "", ()),
        ("''", "", ()),
    ],
)
def test_words_as_buildkit_expands_them(text: str, word: str, words: tuple[str, ...]) -> None:
    made = lex(text, variables={"X": "1 2"})
    assert (made.text, made.words) == (word, words)


@pytest.mark.parametrize("text", ["'", '"', "${", "${X", "${}", "${X=1}", "${N?}", "${:-a}", "${X:-" * 500])
def test_words_that_buildkit_refuses(text: str) -> None:
    with pytest.raises(LexError):
        lex(text, variables={"X": "1"})


@given(st.text(max_size=60))
def test_the_lexer_ends_with_a_result_or_its_error(text: str) -> None:
    for raw in (False, True):
        with suppress(LexError):
            assert isinstance(lex(text, raw=raw).text, str)
