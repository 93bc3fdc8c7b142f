"""The presets for Rust and PHP: what they find in the examples, what comes out, and what checkers say of it."""

import json
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

import genfile
from genfile.detect.inspection import InspectedService, inspect_source
from genfile.errors import PresetError
from genfile.preset.render import Rendering, render_spec
from genfile.settle import apply_settings
from genfile.source.memory import MemorySource
from genfile.source.open import open_source
from genfile.spec.project import parse_spec
from genfile.verify import presets as verify
from genfile.verify.docker import check
from tests.checklist import faults
from tests.conftest import EXAMPLES, make_images
from tests.declared.presets import PRESETS, example_preset, rules_of
from tests.test_projects import TextFile, case_of

LANGUAGES = ("rust", "php")
RUST = str(PRESETS / "rust")
SPECS = sorted(path for name in LANGUAGES for path in (PRESETS / name / "tests").glob("*.json"))


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(TextFile)


def made(name: str, root: Path, **keys: Any) -> tuple[InspectedService, Rendering]:
    service = inspect_source(open_source(root), chosen=rules_of(name)).services[0]
    return service, render_spec(service.spec, preset=example_preset(name), **keys)


def of_spec(path: Path, **keys: Any) -> Rendering:
    document = json.loads(path.read_text("utf-8"))
    preset = example_preset(path.parent.parent.name)
    return render_spec(parse_spec(document["spec"]), preset=preset, options=document.get("options", {}), **keys)


def hadolint(text: str) -> str:
    program = shutil.which("hadolint", path=sysconfig.get_path("scripts")) or shutil.which("hadolint")
    assert program is not None, "install the dev dependencies"
    command = [program, "--ignore", "DL3008", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", LANGUAGES)
def test_what_is_found_in_the_example(name: str, snapshot: SnapshotAssertion) -> None:
    inspection = inspect_source(open_source(EXAMPLES / name), chosen=rules_of(name))
    assert json.dumps(inspection.to_json(), indent=1, ensure_ascii=False) + "\n" == snapshot


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_files_of_the_example(name: str, snapshot: SnapshotAssertion) -> None:
    _, rendering = made(name, EXAMPLES / name)
    assert "".join(f"==== {file.path}\n{file.text}" for file in rendering.files) == snapshot


@pytest.mark.parametrize("level", ["none", "brief", "teach"])
@pytest.mark.parametrize("name", LANGUAGES)
def test_the_acceptance_list(name: str, level: str) -> None:
    service, rendering = made(name, EXAMPLES / name, comments=level)
    assert faults(case_of(EXAMPLES / name, service, rendering), own=False) == []
    assert hadolint(rendering.dockerfile) == ""


@pytest.mark.parametrize("path", SPECS, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_the_specs_of_the_presets(path: Path, snapshot: SnapshotAssertion) -> None:
    rendering = of_spec(path)
    assert rendering.dockerfile == snapshot
    assert hadolint(of_spec(path, comments="teach").dockerfile) == ""


def test_no_python_in_them() -> None:
    kinds = {path.suffix for name in LANGUAGES for path in (PRESETS / name).rglob("*") if path.is_file()}
    assert kinds <= {".toml", ".j2", ".md", ".json"}


def test_fields_and_options_are_set_as_ever() -> None:
    service, _ = made("rust", EXAMPLES / "rust")
    settings = {"port": "9000", "facts.binary": "other", "profile": "release-lto"}
    changed, options = apply_settings(service, settings, example_preset("rust"))
    text = render_spec(changed.spec, preset=example_preset("rust"), options=options).dockerfile
    assert "EXPOSE 9000" in text
    assert "--profile release-lto" in text
    assert "/src/target/release-lto/other" in text


def test_a_member_of_a_cargo_workspace() -> None:
    files: dict[str, str | bytes] = {
        "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nrust-version = "1.90"\n',
        "Cargo.lock": '[[package]]\nname = "openssl-sys"\nversion = "0.9.1"\n',
        "rust-toolchain.toml": '[toolchain]\nchannel = "1.93.1"\n',
        "crates/core/Cargo.toml": '[package]\nname = "core"\n',
        "crates/core/src/lib.rs": "",
        "crates/cli/Cargo.toml": '[package]\nname = "cli"\n',
        "crates/cli/src/main.rs": "fn main() {}",
        "crates/web/Cargo.toml": '[package]\nname = "shop_web"\n[dependencies]\nactix-web = "4"\n',
        "crates/web/src/main.rs": 'HttpServer::new(app).bind(("127.0.0.1", 9090))?.run()',
    }
    inspection = inspect_source(MemorySource(files), chosen=rules_of("rust"))
    assert [item.spec.path for item in inspection.services] == ["crates/web"]
    service = inspection.services[0]
    spec: Any = service.spec
    assert (spec.framework, spec.port, spec.runtime.version) == ("actix-web", 9090, "1.93")
    assert [note.text for note in service.notes] == [
        "the program listens on 127.0.0.1, reachable only from inside the container; listen on 0.0.0.0"
    ]
    rendering = render_spec(spec, preset=example_preset("rust"))
    assert rendering.layout.context == "."
    assert "WORKDIR /src/crates/web" in rendering.dockerfile
    assert "--locked --target-dir /src/target --package shop_web --bin shop_web" in rendering.dockerfile
    assert "libssl3t64" in rendering.dockerfile


@pytest.mark.build
@pytest.mark.parametrize("name", LANGUAGES)
def test_buildkit_checks_find_nothing(name: str, tmp_path: Path, engine: str | None) -> None:
    _, rendering = made(name, EXAMPLES / name, comments="teach")
    text = rendering.dockerfile
    if engine is not None:
        make_images(engine, text)
        text = text.removeprefix("# syntax=docker/dockerfile:1\n")
    path = tmp_path / "Dockerfile"
    path.write_text(text, "utf-8")
    done = check(path, EXAMPLES / name)
    assert done.ok, done.output


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_preset_does_right(name: str) -> None:
    """As `genfile presets test` asks it: every spec of its own renders, and nothing is found fault with."""
    cases = [case for case in verify.load_cases(PRESETS / name) if case.name.startswith("own-")]
    tester = verify.Tester(PRESETS / name)
    assert [outcome.faults for case in cases if (outcome := tester.run(case))] == [[]] * 3


@pytest.mark.parametrize("name", LANGUAGES)
def test_init_by_the_folder_of_the_preset(name: str) -> None:
    made_by_init = genfile.generate(EXAMPLES / name, preset=str(PRESETS / name))
    assert made_by_init.files["Dockerfile"] == made(name, EXAMPLES / name)[1].dockerfile
    assert genfile.inspect(EXAMPLES, presets=[str(PRESETS / "rust"), str(PRESETS / "php")]).to_json()["notes"] == []


def test_other_services_of_the_tree_get_what_applies_to_them() -> None:
    kinds = {service.spec.path: made.preset for service, made in genfile.generate(EXAMPLES, preset=RUST).services}
    assert (kinds["rust"], kinds["go"]) == ("rust", "go")
    with pytest.raises(PresetError, match="no preset supports a cobol service"):
        genfile.render({"language": "cobol", "name": "x"})
