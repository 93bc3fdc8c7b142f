"""Reading a Dockerfile gives what BuildKit's parser gives."""

from contextlib import suppress

import dockerfile as buildkit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genfile.dockerfile.reader import DockerfileError, read_dockerfile

CASES = [
    "FROM a:1 AS base\nRUN echo hi\n",
    "# syntax=docker/dockerfile:1\n\nFROM a\n"
    "RUN --mount=type=cache,target=/x \\\n    --network=none \\\n    # why\n    make \\\n    && ls\n",
    "FROM --platform=$BUILDPLATFORM a AS b\nCOPY --link --from=b --chown=1:1 /a /b\n",
    'FROM a\nCMD ["a", "b c"]\nENTRYPOINT ["/x"]\nHEALTHCHECK --interval=5s CMD ["c"]\n',
    "FROM a\nENV A=1 \\\n    B=\"x y\"\nARG C\nLABEL d='e f'\n",
    "FROM a\nCOPY <<'EOF' /x\nserver {\n}\nEOF\n\nUSER 1:1\n",
    "FROM a\nRUN <<EOF\necho one\necho two\nEOF\nUSER 1:1\n",
    "FROM a\r\nRUN echo \\\r\n  hi\r\nUSER 2\r\n",
    "FROM a\nWORKDIR /x\nEXPOSE 80\nUSER 1000:1000\nSTOPSIGNAL SIGQUIT\nVOLUME /v\n",
    "from a as b\nrun x\n",
]


@pytest.mark.parametrize("text", CASES)
def test_as_buildkit_reads_it(text: str) -> None:
    ours = read_dockerfile(text)
    everything = [(stage.line, "FROM") for stage in ours.stages] + [(i.line, i.keyword) for i in ours.instructions]
    theirs = buildkit.parse_string(text)
    assert sorted(everything) == [(item.start_line, item.cmd.upper()) for item in theirs]
    flags = {item.line: [f"--{k}={v}" if v else f"--{k}" for k, v in item.flags] for item in ours.instructions}
    for item in theirs:
        if item.cmd.upper() != "FROM":
            assert flags[item.start_line] == list(item.flags)


LINES = st.lists(
    st.sampled_from(
        [
            *(
                "RUN ",
                "COPY ",
                "WORKDIR ",
                "CMD ",
                "ONBUILD RUN ",
                "USER ",
                "--x=",
                "--y ",
                "\n",
                "\n",
                "\\\n",
                " \\ \n",
            ),
            *(
                "\\\\\n",
                "# c\n",
                "# c \\\n",
                "  # d\n",
                "\n\n",
                "<<EOF",
                "<<-E",
                "EOF\n",
                "\tE\n",
                "E",
                "a",
                "b c",
                " ",
            ),
            *(
                '"',
                "'",
                "\\",
                '["a"]\n',
                '["a", "<<EOF"]\n',
                "$X",
                "\r\n",
                "\t",
                "`\n",
                "FROM y\n",
                "--",
                "HEALTHCHECK ",
            ),
        ]
    ),
    max_size=16,
).map("".join)
HEADS = st.sampled_from(["", "# escape=`\n", "#c\n# escape=`\n", "# syntax=a\n#escape = `\n"])


@settings(max_examples=500)
@given(HEADS, LINES)
def test_any_lines_as_buildkit_reads_them(head: str, lines: str) -> None:
    """Instructions, their places, flags, JSON form and heredocs; the binding has no word for a refused keyword."""
    text = f"{head}FROM x\n{lines}"
    try:
        theirs = buildkit.parse_string(text)
        ours = read_dockerfile(text)
    except (buildkit.GoParseError, DockerfileError):
        return
    made = [(stage.line, "FROM") for stage in ours.stages]
    made += [(item.line, item.keyword, item.end_line, item.exec_form is not None) for item in ours.instructions]  # type: ignore[misc]
    read = [
        (item.start_line, "FROM")
        if item.cmd.upper() == "FROM"
        else (item.start_line, item.cmd.upper(), item.end_line, item.json and item.cmd.upper() != "ONBUILD")
        for item in theirs
    ]
    assert sorted(made, key=lambda item: item[0]) == read
    by_line = {item.start_line: item for item in theirs}
    for item in ours.instructions:
        other = by_line[item.line]
        # The parser of the binding takes a backslash for the escape of flags, whatever the directive says.
        if item.escape == "\\" or "\\" not in item.original:
            assert tuple(f"--{key}={value}" for key, value in item.flags) == tuple(
                flag if "=" in flag else f"{flag}=" for flag in other.flags
            )
        assert item.heredocs == tuple(heredoc.content.replace("\r\n", "\n") for heredoc in other.heredocs)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('COPY "a b" c', ('"a', 'b"', "c")),
        ('COPY ["a\\\\$ b", "c"]', ("a$ b", "c")),
        ("WORKDIR /a  b\\'", ("/a  b'",)),
        ('VOLUME ["/\\\\$x"]', ("/$x",)),
        ('CMD ["$a", "\'b\'"]', ("$a", "'b'")),
        ("EXPOSE 80 81/udp", ("80", "81/udp")),
    ],
)
def test_operands_as_the_build_gets_them(text: str, words: tuple[str, ...]) -> None:
    made = read_dockerfile(f"FROM x\n{text}\n").stages[0].instructions[0]
    assert made.words == words


@pytest.mark.parametrize("head", ["# escape=x\n", "# syntax=a\n# Syntax=b\n"])
def test_directives_that_buildkit_refuses(head: str) -> None:
    with pytest.raises(DockerfileError):
        read_dockerfile(f"{head}FROM x\n")


@given(st.text(max_size=200))
def test_no_text_is_more_than_refused(text: str) -> None:
    with suppress(DockerfileError):
        assert read_dockerfile(text).stages


def test_what_is_taken_from_the_context() -> None:
    text = (
        "FROM a AS b\nCOPY x y /z/\nCOPY --from=b /q /q\n"
        "RUN --mount=type=bind,source=m,target=m --mount=type=bind,from=b,source=n true\n"
    )
    assert read_dockerfile(text).context_sources() == (("x", 2), ("y", 2), ("m", 4))
