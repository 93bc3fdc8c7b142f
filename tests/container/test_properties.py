"""Properties of the interpreter: it takes any text, and agrees with itself on where files come from."""

import posixpath
import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genfile.container import interpret
from genfile.container.variables import interpolate
from genfile.dockerfile.reader import DockerfileError, read_dockerfile

bk = pytest.importorskip("dockerfile", exc_type=ImportError)

NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=6)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
WORDS = st.text(string.ascii_letters + string.digits + "._-/", min_size=1, max_size=8)
LINES = st.lists(
    st.tuples(
        st.sampled_from(
            "FROM RUN CMD ENTRYPOINT COPY ADD ENV ARG EXPOSE WORKDIR USER VOLUME HEALTHCHECK ONBUILD SHELL".split()
        ),
        st.text(string.ascii_letters + string.digits + "$${}:-+=\"'[],./&|;<> \\@*", max_size=40),
    ),
    max_size=12,
)


@given(LINES)
def test_any_file_is_taken_or_refused(lines: list[tuple[str, str]]) -> None:
    text = "FROM a AS b\n" + "".join(f"{keyword} {value}\n" for keyword, value in lines)
    with suppress(DockerfileError):
        found = interpret(text, "Dockerfile", {"a": '#!/bin/sh\nexec "$@"'}.get)
        assert len(found.stages) == len(read_dockerfile(text).stages)


@given(PATHS, PATHS, PATHS, NAMES)
def test_a_copied_folder_leads_back(folder: str, source: str, target: str, name: str) -> None:
    """What lies in a folder of the context is found in the image, and from there in the context again."""
    text = f"FROM a AS one\nWORKDIR /{folder}\nCOPY {source} {target}/\nFROM b\nCOPY --from=one /{folder} /out\n"
    found = interpret(text, "Dockerfile")
    path = posixpath.join(source, name)
    places = found.in_image(path)
    assert places == (f"/out/{target}/{name}",)
    assert path in found.from_context(places[0])


@given(NAMES, WORDS, WORDS, st.booleans(), st.booleans())
def test_defaults_and_alternatives(name: str, value: str, other: str, is_set: bool, colon: bool) -> None:
    name = name.upper()
    sign = ":" if colon else ""
    head = f"ENV {name}={value}\n" if is_set else ""
    text = f"FROM a\n{head}ENV Z1=${{{name}{sign}-{other}}} Z2=${{{name}{sign}+{other}}}\n"
    found = interpret(text, "Dockerfile").environment
    assert found["Z1"].value == (value if is_set else other)
    assert found["Z2"].value == (other if is_set else "")
    values = {name: value} if is_set else {}
    assert interpolate(f"${{{name}{sign}-{other}}}", values) == found["Z1"].value
    assert interpolate(f"${{{name}{sign}+{other}}}", values) == found["Z2"].value


@given(st.lists(st.tuples(NAMES, st.integers(0, 3)), min_size=1, max_size=5))
def test_stages_and_instructions_are_those_of_buildkit(stages: list[tuple[str, int]]) -> None:
    text = "".join(f"FROM {name} AS s{index}\n" + "RUN x \\\n  y\n" * runs for index, (name, runs) in enumerate(stages))
    theirs = [item.cmd.upper() for item in bk.parse_string(text)]
    found = interpret(text, "Dockerfile")
    assert [len(stage.runs) for stage in found.stages] == [runs for _, runs in stages]
    assert theirs.count("FROM") == len(found.stages)


def test_work_is_bounded() -> None:
    """Ten thousand stages, a chain of them, a deep nest of shells, a long text: each ends at once."""
    chain = "FROM a AS s0\nCOPY . /x\n" + "".join(
        f"FROM s{i} AS s{i + 1}\nCOPY --from=s{i} /x /x\n" for i in range(10_000)
    )
    assert len(interpret(chain, "Dockerfile").stages) == 200
    nested = "x"
    for _ in range(11):
        nested = "sh -c " + __import__("shlex").quote(nested)
    interpret(f"FROM a\nCMD {nested}", "Dockerfile")
    interpret("FROM a\nCMD " + "a && " * 100_000 + "b", "Dockerfile")
    interpret("FROM a\nEXPOSE 1-65535 " + "2-65535 " * 10_000, "Dockerfile")
    interpret("FROM a\nRUN apt-get install " + "x " * 200_000, "Dockerfile")


def test_paths_and_variables_that_double_end() -> None:
    """Stages that take the same from two others, and variables made of themselves twice."""
    text = "FROM a AS s0\nCOPY . /x\nENV A=abcdefgh\n"
    text += "".join(
        f"FROM s{i} AS s{i + 1}\nCOPY --from=s{i} /x /x\nCOPY --from=s{i} /x /x\nENV A=$A$A\n" for i in range(150)
    )
    found = interpret(text, "Dockerfile")
    assert found.from_context("/x/y") == ("y",)
    assert len(found.environment["A"].value) <= 262_144
    assert len(interpolate("$A" * 8_000, {"A": "x" * 100_000})) <= 262_144
