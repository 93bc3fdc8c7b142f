"""The facts about public repositories: well formed always; compared with what genfile reads where they are at hand."""

import os
from pathlib import Path

import pytest

from genfile.data import frameworks
from tests.corpus.judge import FIELDS, facts, judge

CHECKOUTS = os.environ.get("GENFILE_CORPUS", "")
# How much of the corpus must be right: below this a change has broken what was right before.
LEAST = 0.95


def test_there_are_enough_facts() -> None:
    assert len(facts()) >= 60
    languages = [item["language"] for _, expected in facts() for item in expected.get("service", ())]
    assert {"node", "python", "go", "java"} <= set(languages)
    assert sum(not expected.get("service") for _, expected in facts()) >= 5


@pytest.mark.parametrize(("name", "expected"), facts(), ids=[name for name, _ in facts()])
def test_facts_are_well_formed(name: str, expected: dict[str, object]) -> None:
    assert expected["repository"] == name.replace("+", "/", 1)
    assert len(str(expected["commit"])) == 40
    known = {item.name for language in ("node", "python", "go", "java") for item in frameworks(language)}
    for service in expected.get("service", ()):  # type: ignore[attr-defined]
        assert set(service) <= {"path", "aside", "note", *FIELDS}
        assert set(str(service.get("framework", "express")).split(" | ")) <= known | {"socket.io", "net-http"}


@pytest.mark.skipif(not CHECKOUTS, reason="GENFILE_CORPUS names no folder with checkouts of the repositories")
def test_what_genfile_reads() -> None:
    right = asked = 0
    for name, expected in facts():
        checkout = Path(CHECKOUTS) / name
        if checkout.is_dir():
            for verdict in judge(name, expected, checkout).verdicts:
                asked += len(verdict.fields)
                right += sum(verdict.fields.values())
    assert asked, f"{CHECKOUTS} holds no checkout of the corpus"
    assert right / asked >= LEAST
