"""What is shipped: a wheel in a bare environment does the main job, and the sdist holds all that it is made from."""

import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(out), str(ROOT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def test_the_wheel_holds_presets_templates_and_types(dist: Path) -> None:
    names = set(zipfile.ZipFile(next(dist.glob("*.whl"))).namelist())
    assert {
        "genfile/py.typed",
        "genfile/data/runtimes.toml",
        "genfile/builtin/presets/rules.toml",
        "genfile/builtin/presets/node/Dockerfile.j2",
        "genfile/builtin/presets/compose/compose.yaml.j2",
        "genfile/builtin/templates/README.md",
    } <= names


def test_the_sdist_holds_the_tests_and_examples(dist: Path) -> None:
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {"presets/rules.toml", "tests/checklist.py", "examples/node/package.json", "LICENSE", "README.md"} <= names


def test_a_bare_environment_does_the_main_job(dist: Path, tmp_path: Path) -> None:
    """Installed from the wheel, away from the checkout, `genfile init` writes what the checkout writes."""
    import genfile

    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    wheel = next(dist.glob("*.whl"))
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", str(wheel)], check=True, cwd=tmp_path)
    example = ROOT / "examples" / "node"
    done = subprocess.run(
        [str(python), "-I", "-m", "genfile", "init", str(example), "--stdout"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert done.stdout == genfile.generate(example).services[0][1].dockerfile
