"""With an engine: services that are really broken, what `genfile verify --fix` says of each, and that it mends them.

A folder in tests/faults is a test. Its fault.toml says at which gate it fails, which cause is found, and either the
settings that mend it or what else does (`mended_by`: flags); with neither only a person can: the test holds the cause.
"""

import json
import os
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from genfile.cli.app import run

FAULTS = Path(__file__).parent / "faults"
# All of them take minutes: these stand for each way of being mended, and GENFILE_FAULTS=all runs the others too.
USUAL = frozenset(
    """
    shared-library python-module not-copied loopback-variable read-only wrong-port health-path memory-limit
    python-bound
    """.split()
)
NAMES = sorted(path.name for path in FAULTS.iterdir() if path.is_dir())


def fault_of(name: str) -> dict[str, Any]:
    return tomllib.loads((FAULTS / name / "fault.toml").read_text("utf-8"))


@pytest.fixture
def broken(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a fixture with the modes, variables and certificate that its fault.toml asks for."""
    fault = fault_of(request.param)
    folder = tmp_path / "shop"
    shutil.copytree(FAULTS / request.param, folder, ignore=shutil.ignore_patterns("fault.toml"))
    for path, mode in fault.get("modes", {}).items():
        (folder / path).chmod(mode)
    for name, value in fault.get("environment", {}).items():
        monkeypatch.setenv(name, value)
    if fault.get("certificate"):
        certify(folder)
    return folder


def certify(folder: Path) -> None:
    """A key and a certificate that nobody has signed but itself: none is kept in the repository."""
    (folder / "proxy").mkdir()
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    files = ["-keyout", str(folder / "proxy" / "key.txt"), "-out", str(folder / "company-ca.crt")]
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    subprocess.run(["openssl", *words.split(), *files], check=True, capture_output=True)
    (folder / "proxy" / "key.txt").chmod(0o644)


def verify(folder: Path, engine: str | None, capsys: pytest.CaptureFixture[str], *flags: str) -> dict[str, Any]:
    """What `genfile verify --quick --json` says of the one service of a folder."""
    words = ["verify", str(folder), "--quick", "--json", *flags]
    if engine is not None:
        words += ["--no-syntax", "--prepare", f"{engine} images"]
    code = run(words)
    printed = capsys.readouterr()
    said = json.loads(printed.out)
    assert "services" in said, (said, printed.err)
    (service,) = said["services"]
    assert code == (0 if service["passed"] else 1)
    return {**service, "saved": said["saved"]}


def test_there_are_enough_of_them() -> None:
    assert len(NAMES) >= 24
    assert set(NAMES) >= USUAL


def test_every_fault_has_a_known_cause() -> None:
    """The ids of the causes are those of the table and of what is seen."""
    table = tomllib.loads((Path(__file__).parent.parent / "genfile/data/diagnoses.toml").read_text("utf-8"))
    known = {item["id"] for item in table["diagnoses"]}
    known |= {"loopback", "wrong-port", "health-path", "memory-limit", "no-signal"}
    assert {fault_of(name)["id"] for name in NAMES} <= known


@pytest.mark.build
@pytest.mark.parametrize("broken", NAMES, indirect=True)
def test_faults_are_named_and_mended(
    broken: Path, engine: str | None, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    name = request.node.callspec.params["broken"]
    if name not in USUAL and os.environ.get("GENFILE_FAULTS") != "all":
        pytest.skip("one of the longer list: GENFILE_FAULTS=all runs it")
    fault = fault_of(name)
    flags = fault.get("flags", [])
    settings = fault.get("settings")
    said = verify(broken, engine, capsys, "--fix", *flags)
    found = said["diagnosis"] if settings is None else next(iter(said["mended"]), said["diagnosis"])
    assert found is not None, said["log"]
    assert (found["id"], fault["text"] in found["text"]) == (fault["id"], True), (found, said["log"])
    assert found["settings"] == (settings or {}), found
    if settings is not None:
        assert said["passed"], (said["diagnosis"], said["log"])
        assert said["saved"] == "genfile.toml"
        assert settings.items() <= tomllib.loads((broken / "genfile.toml").read_text("utf-8"))["set"].items()
        return
    failed = said["gates"][-1]
    assert (failed["name"], failed["passed"]) == (fault["gate"], False), said
    assert not said["mended"]
    if "mended_by" in fault:
        assert verify(broken, engine, capsys, *flags, *fault["mended_by"])["passed"]
