"""With an engine: what a comment says of the layer of libraries, that it is the same on every builder."""

import json
import re
import subprocess
import time
from pathlib import Path

import pytest

import genfile
from tests.conftest import PROJECTS, make_images

LIBRARIES = "mkdir -p {0} && echo a > {0}/a.jar && echo b > target/shop.jar"


@pytest.mark.build
def test_two_builds_give_one_layer_of_libraries(tmp_path: Path, engine: str | None) -> None:
    text = genfile.generate(PROJECTS / "java-maven-thin").services[0][1].dockerfile
    assert "# Fixed timestamps give the library layer the same digest on every builder.\n" in text
    make_images(engine, text)
    # Files take the place of what Maven downloads and compiles.
    text = re.sub(r"(?<=\s)mvn [^\n]*go-offline", "true", text)
    text = re.sub(r"(?<=\s)mvn [^\n]*package", LIBRARIES.format("target/lib"), text)
    text = re.sub(r"cp \S*target/\S+ ", "cp target/shop.jar ", text)
    (tmp_path / "Dockerfile").write_text(text if engine is None else text.split("\n", 1)[1])
    (tmp_path / "pom.xml").write_text("")
    made = []
    for _ in range(2):
        command = ["docker", "build", "--quiet", "--no-cache", "--tag", "genfile-test-layers", str(tmp_path)]
        subprocess.run(command, check=True, capture_output=True)
        format_ = ["docker", "image", "inspect", "--format", "{{json .RootFS.Layers}}", "genfile-test-layers"]
        made.append(json.loads(subprocess.run(format_, check=True, capture_output=True, text=True).stdout))
        time.sleep(1.1)
    subprocess.run(["docker", "image", "rm", "genfile-test-layers"], check=True, capture_output=True)
    layers = [item.split()[0] for item in text[text.index("AS runtime") :].splitlines() if item.startswith("COPY")]
    # The program's jar is copied last, and only its layer has the time of the build.
    assert layers == ["COPY", "COPY"]
    assert [one == other for one, other in zip(*made, strict=True)][-2:] == [True, False]
