"""Where downloads stay: in cache mounts, or in a layer for builders that are new each time."""

import pytest

import genfile
from bench.images.shapes import read_shapes

KEPT = ("target=/root/.m2", "target=/root/.gradle", "target=/go/pkg/mod")


@pytest.mark.parametrize("name", ["java-spring", "java-modules", "java-gradle", "java-quarkus", "go-module", "go-cgo"])
def test_a_layer_holds_what_was_fetched_ahead(name: str) -> None:
    (shape,) = read_shapes([name])
    mounted = genfile.generate(shape.source, service=shape.service)
    layered = genfile.generate(shape.source, service=shape.service, settings={"downloads": "layer"})
    assert any(path in mounted.files["Dockerfile"] for path in KEPT)
    assert not any(path in layered.files["Dockerfile"] for path in KEPT)


def test_what_is_not_fetched_ahead_has_its_mount_all_the_same() -> None:
    go = {
        "go.mod": "module example.com/a\n\ngo 1.24\n",
        "main.go": 'package main\nimport "net/http"\nfunc main() { http.ListenAndServe(":8080", nil) }\n',
    }
    settings = {"downloads": "layer"}
    assert "target=/root/.cache/go-build" in genfile.generate(go, settings=settings).files["Dockerfile"]
    (shape,) = read_shapes(["java-spring"])
    (service,) = genfile.inspect(shape.source).services
    unresolved = genfile.render(service.spec.model_copy(update={"resolve": None}), options=settings)
    assert "target=/root/.m2" in unresolved.dockerfile
