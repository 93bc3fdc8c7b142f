"""Whatever stands in a file with decisions, it ends in files or in one line of what is wrong, and soon."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genfile.detect.inspection import Inspection
from genfile.errors import GenfileError
from genfile.project.decided import find_decided
from genfile.source.memory import MemorySource
from genfile.spec.service import Service
from genfile.upkeep.decisions import Decisions, Flags
from genfile.upkeep.look import look
from genfile.upkeep.produce import produce_from

MISSING = Path("/nowhere/at/all")
TREE = {"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n", "docs/a.md": "x"}
FIELDS = st.sampled_from([*Service.model_fields, "image", "labels", "runtime.version", "static.root", "a", "", "."])
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["$(x)", "a\nb", "../x", "[", "\x1b"]),
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=3), max_leaves=6
)
SET = st.dictionaries(FIELDS, VALUES, max_size=4)
SERVICE = st.fixed_dictionaries(
    {}, optional={"name": LEAVES, "skip": LEAVES, "language": st.sampled_from(["go", "x", "", "\n"]), "set": SET}
)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "comments": st.sampled_from(["none", "brief", 1]),
        "compose": LEAVES,
        "ignore": st.lists(st.text(max_size=6), max_size=3),
        "set": SET,
        "services": st.dictionaries(st.sampled_from([".", "docs", "x", "../x", "/", ""]), SERVICE, max_size=2),
    },
)


def made(document: Any) -> None:
    text = json.dumps({"genfile": document})
    decided = find_decided(MISSING, {"package.json": text})
    decisions = Decisions(None, Flags(), decided, None)
    inspection = look(MemorySource(TREE), decisions)
    assert isinstance(inspection, Inspection)
    for content in produce_from(inspection, decisions).files.values():
        assert "\x1b" not in content


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS)
def test_any_document_ends_in_files_or_in_one_line(document: Any) -> None:
    failure: GenfileError | None = None
    try:
        made(document)
    except GenfileError as error:
        failure = error
    if failure is not None:
        assert failure.message.isprintable()
        assert failure.exit_code in (1, 2, 4)


@pytest.mark.parametrize(
    "document",
    [
        {"set": {f"labels{n}": "x" for n in range(501)}},
        {"services": {f"a{n}": {"set": {"port": n}} for n in range(5_000)}},
        {"ignore": ["*a" * 100] * 101},
        {"ignore": ["x" * 201]},
        {"set": {"start": ["x"] * 100_000}},
    ],
    ids=["settings", "services", "patterns", "long pattern", "long list"],
)
def test_what_is_too_much_is_refused_soon(document: Any) -> None:
    start = time.process_time()
    with pytest.raises(GenfileError):
        made(document)
    assert time.process_time() - start < 5
