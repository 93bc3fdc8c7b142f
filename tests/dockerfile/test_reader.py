"""Reading a Dockerfile gives what BuildKit's parser gives."""

from contextlib import suppress

import dockerfile as buildkit
import pytest
from hypothesis import given
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
