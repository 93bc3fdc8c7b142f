"""Why pip, uv and Poetry find no release of a Python package: `genfile verify` tells four causes apart."""

import pytest

from genfile.spec.project import parse_spec
from genfile.verify.diagnose import Diagnosis, diagnose
from genfile.verify.gates import Gate, Report


def found(log: str, python: str = "3.14") -> Diagnosis | None:
    spec = parse_spec(
        {"language": "python", "name": "shop", "package_manager": {"name": "pip"}, "runtime": {"version": python}}
    )
    return diagnose(Report([Gate("build", False, 1.0, "")], f"#9 1.2 first\n{log}\n#9 1.3 last"), spec)


def pip(asked: str, offered: str, others: str = "", yanked: str = "") -> str:
    """What pip prints, as BuildKit shows it."""
    lines = [
        f"Ignored the following versions that require a different python version: {others}" if others else "",
        f"Ignored the following yanked versions: {yanked}" if yanked else "",
        f"Could not find a version that satisfies the requirement {asked} (from versions: {offered})",
        f"No matching distribution found for {asked}",
    ]
    return "\n".join(f"#9 3.141 ERROR: {line}" for line in lines if line)


def told(log: str, python: str = "3.14") -> tuple[str, str | None]:
    """The cause, and the Python that is put in."""
    diagnosis = found(log, python)
    assert diagnosis is not None
    assert diagnosis.hint
    return diagnosis.id, diagnosis.settings.get("runtime.version")


INSTALLER = "4.0 Requires-Python <3.11,>=3.6; 6.11.1 Requires-Python <3.14,>=3.8; 6.9.0 Requires-Python <3.13,>=3.8"
NEWER = "2.5.0rc1 Requires-Python >=3.12; 2.5.0 Requires-Python >=3.12"


@pytest.mark.parametrize(
    ("log", "python", "version"),
    [
        (pip("pyinstaller==6.11.1", "none", INSTALLER), "3.14", "3.13"),
        (pip("pyinstaller==6.9.0", "2.0, 2.1", INSTALLER, "5.9"), "3.14", "3.12"),
        (pip("pyinstaller<5,>=4", "none", INSTALLER), "3.14", "3.10"),
        (pip("numpy==2.5.0", "1.3.0, 2.4.0", NEWER), "3.11", "3.14"),
        ("Package 'x' requires a different Python: 3.14.0 not in '<3.12,>=3.9'", "3.14", "3.11"),
        (
            "cause: Because the requested Python version (>=3.14) does not satisfy Python>=3.8,<3.14 and "
            "pyinstaller==6.11.1 depends on Python>=3.8,<3.14, we can conclude that it cannot be used.",
            "3.14",
            "3.13",
        ),
    ],
)
def test_a_version_for_another_python(log: str, python: str, version: str) -> None:
    assert told(log, python) == ("python-bound", version)
    diagnosis = found(log, python)
    assert diagnosis is not None
    assert diagnosis.certain
    assert f"and the image has {python}" in diagnosis.text


@pytest.mark.parametrize(
    ("log", "text"),
    [
        (pip("requests==99.0", "0.2.0, 2.31.0, 2.32.5, 3.0rc1"), "requests==99.0 does not exist"),
        (pip("requests==2.31.99", "0.2.0, 2.31.0, 2.32.5"), "the newest release is 2.32.5"),
        (pip("requests<1,>=2", "0.2.0, 2.31.0"), "requests<1,>=2 does not exist"),
        # Versions for other Pythons are no reason, if none of them is asked for.
        (pip("pyinstaller==9", "none", INSTALLER), "the newest release is 6.11.1"),
        (pip("django==9.9", "1.1.3, 5.2", "6.0 Requires-Python >=3.12"), "the newest release is 6.0"),
        (pip("bar[all]>=99 (from foo)", "1.0"), "bar[all]>=99 does not exist"),
        (
            "cause: Because there is no version of requests==99.0 and you require requests==99.0, we can conclude",
            "requests==99.0",
        ),
        ("Because only django<=6.1.3 is available and you require django>=9,<10, we can", "django>=9"),
        (
            "Because only the following versions of a are available:\n  a==1\n  a==2\nand you require a>=3, we",
            "a>=3",
        ),
        (
            "Because shop depends on requests (99.0) which doesn't match any versions, version solving failed.",
            "requests (99.0)",
        ),
    ],
)
def test_a_version_that_does_not_exist(log: str, text: str) -> None:
    assert told(log) == ("no-version", None)
    diagnosis = found(log)
    assert diagnosis is not None
    assert text in diagnosis.text
    assert not diagnosis.certain


@pytest.mark.parametrize(
    ("log", "python", "version", "text"),
    [
        # Wheels alone, none of them for this Python: pip leaves them out without a word.
        (pip("tensorflow==2.8.0", "2.12.0rc0, 2.12.0, 2.13.0"), "3.11", "3.10", "tensorflow==2.8.0 has no release"),
        (pip("shop-native<2", "2.0, 2.1"), "3.14", "3.12", "shop-native<2 has no release for Python 3.14"),
        (pip("shop-native==1.0", "none"), "3.14", "3.12", "or no index has a package of that name"),
        (pip("shop-native==1.0", "none"), "3.12", "3.11", "has no release for Python 3.12"),
        ("No matching distribution found for numpy==1.21.0", "3.14", "3.9", "numpy==1.21.0 has no release"),
        ("  Unable to find installation candidates for shop-native (2.0.1)", "3.14", "3.12", "shop-native==2.0.1 has"),
        (
            "cause: Because tensorflow==2.8.0 has no wheels with a matching Python ABI tag (e.g., `cp311`) and you\n\n"
            "hint: You require CPython 3.11 (`cp311`), but we only found wheels for `tensorflow` (v2.8.0) with the "
            "following Python ABI tags: `cp37m`, `cp38`, `cp39`, `cp310`",
            "3.11",
            "3.10",
            "tensorflow==2.8.0 has no release for Python 3.11",
        ),
        (
            "hint: You're using CPython 3.13 (`cp313`), but `torch` (v2.0.1) only has wheels with the following Python "
            "ABI tag: `cp311`",
            "3.13",
            "3.11",
            "torch==2.0.1 has no release for Python 3.13",
        ),
    ],
)
def test_a_version_without_a_file_for_this_python(log: str, python: str, version: str, text: str) -> None:
    assert told(log, python) == ("no-wheel", version)
    diagnosis = found(log, python)
    assert diagnosis is not None
    assert text in diagnosis.text


@pytest.mark.parametrize(
    ("log", "text"),
    [
        (
            "ERROR: Invalid requirement: 'requests==-2.31.0': Expected semicolon (after name with no version specifier)"
            " or end\n    requests==-2.31.0\n            ^ (from line 1 of requirements.txt)",
            "requests==-2.31.0 is not a valid requirement",
        ),
        ("ERROR: Invalid requirement: 'requests=2' (from line 1 of r.txt)", "requests=2 is not a valid requirement"),
        ('ERROR: Invalid requirement: "a; x==\'y": Expected', "a; x=='y is not a valid requirement"),
        # Older pips look for it.
        (pip("requests==-2.31.0", "0.2.0, 2.31.0", NEWER), "requests==-2.31.0 is not a valid requirement"),
        (
            "error: Failed to parse: `requests==-2.31.0`\n  cause: expected version to start with a number",
            "requests==-2.31.0 is not a valid requirement",
        ),
        ("error: Couldn't parse requirement in `r.txt` at position 0", "r.txt is not a valid requirement"),
    ],
)
def test_a_requirement_that_is_not_valid(log: str, text: str) -> None:
    assert told(log) == ("invalid-requirement", None)
    diagnosis = found(log)
    assert diagnosis is not None
    assert diagnosis.text == text


def test_a_package_that_does_not_exist() -> None:
    log = "cause: Because shop-x1 was not found in the package registry and you require shop-x1==1, we can conclude"
    assert told(log) == ("no-package", None)
