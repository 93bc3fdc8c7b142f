"""From what a project asks for to a line that exists."""

from collections import defaultdict

import nodesemver
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from genfile.data import backing_services, frameworks, newest_for, runtime, system_packages
from genfile.evidence import Evidence, Fact, decide
from genfile.versions import Pin, choose, java_line, parse_pin, satisfies

NODE = [line.version for line in runtime("node").lines]
PYTHON = [line.version for line in runtime("python").lines]


@pytest.mark.parametrize(
    ("text", "language", "pin"),
    [
        ("v22.3.1", "node", Pin("22", "22.3.1")),
        ("22", "node", Pin("22")),
        ("20.x", "node", Pin("20")),
        ("lts/jod", "node", Pin("22")),
        ("lts/*", "node", Pin("24")),
        ("python-3.11.4", "python", Pin("3.11", "3.11.4")),
        ("3.13t", "python", Pin("3.13")),
        ("cpython@3.12", "python", Pin("3.12")),
        ("pypy3.10", "python", None),
        ("my-environment", "python", None),
        ("1.8", "java", Pin("8")),
        ("temurin-21.0.2+13", "java", Pin("21")),
        ("21.0.2-tem", "java", Pin("21")),
        ("go1.22.3", "go", Pin("1.22", "1.22.3")),
        (">=18", "node", None),
    ],
)
def test_version_files(text: str, language: str, pin: Pin | None) -> None:
    assert parse_pin(text, language) == pin


@pytest.mark.parametrize(
    ("language", "constraint", "scheme", "line"),
    [
        ("node", ">=18", "npm", "24"),
        ("node", "^18 || ^20", "npm", "20"),
        ("node", ">=20 <23", "npm", "22"),
        ("node", "20.11.1", "npm", "20"),
        ("node", ">=26", "npm", "26"),
        ("node", "nonsense!", "npm", None),
        ("python", ">=3.9,<4", "pep440", "3.14"),
        ("python", "<=3.11", "pep440", "3.10"),
        ("python", "==3.11.*", "pep440", "3.11"),
        ("python", "==3.11.4", "pep440", "3.11"),
        ("python", "^3.11", "poetry", "3.14"),
        ("python", ">=3.10,<3.13", "poetry", "3.12"),
        ("python", "~3.11", "poetry", "3.11"),
        ("python", "*", "pep440", "3.14"),
        ("go", "1.20", "floor", "1.27"),
        ("go", "1.99", "floor", None),
    ],
)
def test_a_range_is_no_version(language: str, constraint: str, scheme: str, line: str | None) -> None:
    """The default where it fits, else the newest supported; never the lower bound for its own sake."""
    assert choose(language, [(constraint, scheme)]).line == line  # type: ignore[list-item]


def test_an_end_of_life_version_is_honoured_and_said() -> None:
    choice = choose("node", [("16.x", "npm")])
    assert (choice.line, choice.over) == ("16", True)


def test_a_bound_of_the_dependencies_is_kept() -> None:
    assert choose("python", [(">=3.9", "pep440")], "3.12").line == "3.12"


def test_java_without_long_support_gives_the_next_with_it() -> None:
    assert [java_line(text).line for text in ("8", "17", "18", "21", "22", "25", "99")] == [
        "8",
        "17",
        "21",
        "21",
        "25",
        "25",
        None,
    ]


@given(st.sampled_from(["^", "~", ">=", "<", "<=", ">", ""]), st.integers(10, 27), st.integers(0, 30))
def test_npm_ranges_agree_with_npms_own_library(operator: str, major: int, minor: int) -> None:
    """A line fits when some release of it does: its newest, or for exact ones the one that is named."""
    constraint = f"{operator}{major}.{minor}.0"
    for line in NODE:
        releases = [f"{line}.{m}.{p}" for m in (0, minor, 98, 99) for p in (0, 99)]
        some = any(nodesemver.satisfies(release, constraint, True) for release in releases)
        if satisfies(line, constraint, "npm"):
            assert some
        if nodesemver.satisfies(f"{line}.99.99", constraint, True):
            assert satisfies(line, constraint, "npm")


@given(st.sampled_from([">=", "<", "!=", "~=", ">"]), st.integers(6, 15))
def test_pep440_agrees_with_packaging(operator: str, minor: int) -> None:
    constraint = f"{operator}3.{minor}"
    for line in PYTHON:
        assert satisfies(line, constraint, "pep440") == SpecifierSet(constraint).contains(f"{line}.99")


@given(st.text(max_size=30), st.sampled_from(["node", "python", "java", "go", "bun"]))
def test_no_text_is_an_error(text: str, language: str) -> None:
    parse_pin(text, language)
    for scheme in ("npm", "pep440", "poetry", "floor"):
        choice = choose(language, [(text, scheme)])
        if choice.line is not None:
            assert satisfies(choice.line, text, scheme)


@pytest.mark.parametrize("language", ["node", "bun", "python", "go", "java"])
def test_a_default_is_supported(language: str) -> None:
    line = runtime(language).line(runtime(language).default)
    assert line is not None
    assert not line.over


def test_the_data_is_broad_and_without_doubles() -> None:
    names = {language: [item.name for item in frameworks(language)] for language in ("node", "python", "go", "java")}
    assert sum(map(len, names.values())) >= 80
    assert all(len(set(found)) == len(found) for found in names.values())
    ecosystems = [system_packages(name) for name in ("npm", "pypi", "go", "maven")]
    assert sum(map(len, ecosystems)) >= 120
    assert all(service.url.format_map(defaultdict(str, host="db")) for service in backing_services().values())


@pytest.mark.parametrize(
    ("name", "version", "newest"),
    [
        ("numpy", "1.26.4", "3.12"),
        ("django", "3.2.5", "3.10"),
        ("numpy", "99.0", None),
        ("unheard-of", "1.0", None),
        ("numpy", "x", None),
    ],
)
def test_what_a_pinned_package_works_with(name: str, version: str, newest: str | None) -> None:
    assert newest_for("python", name, version) == newest


def test_the_strongest_signal_wins_and_the_others_are_kept() -> None:
    def strong(_: None) -> Fact[int] | None:
        return Fact(1, (Evidence("a", 1, "one"),))

    def silent(_: None) -> Fact[int] | None:
        return None

    def weak(_: None) -> Fact[int] | None:
        return Fact(2, (Evidence("b", 2, "two"),))

    decision = decide(None, (silent, strong, weak))
    assert decision.fact is not None
    assert decision.fact.value == 1
    assert [note.text for note in decision.conflicts("it")] == ["it: a says one, b says two; using a"]


@pytest.mark.parametrize(
    ("image", "line"),
    [
        ("openjdk:8u201-jre-alpine", "8"),
        ("registry.example.com/base/openjdk:8u201-jre-alpine", "8"),
        ("localhost:5000/eclipse-temurin:21-jre", "21"),
        ("public.ecr.aws/docker/library/openjdk:17", "17"),
        ("somebody/openjdk:17", None),
        ("mcr.microsoft.com/openjdk:17", None),
    ],
)
def test_official_images_by_the_name_that_a_registry_has_for_them(image: str, line: str | None) -> None:
    from genfile.detect.hosting.images import IMAGES, image_pin

    found = image_pin(image, "java", IMAGES["java"])
    assert (found.line if found is not None else None) == line
