"""The pure parts of bench/images: progress read, junk told apart, closures computed, layers read."""

import base64
import gzip
import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from bench.images.builder import Again, Fresh, differences
from bench.images.change import change_code, change_lock
from bench.images.closure import needless, npm_closure, pnpm_closure, uv_closure
from bench.images.measure import Figures, measure
from bench.images.page import fresh_section, page, with_section
from bench.images.progress import downloads_again, last_words, read_progress, run_again
from bench.images.recipe import Recipe
from bench.images.shapes import read_shapes
from bench.images.table import summary
from genfile.dockerfile.reader import read_dockerfile
from genfile.verify.docker import Result
from genfile.verify.junk import find_junk, kind_of
from genfile.verify.layers import BuiltImage, Layer, LayerFile, read_archive


def progress(*vertexes: dict[str, object]) -> str:
    return "\n".join(json.dumps({"vertexes": [vertex]}) for vertex in vertexes)


def test_steps_that_were_carried_out_are_told_from_cached_ones() -> None:
    install = "[deps 2/3] RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev"
    output = progress(
        {"digest": "a", "name": "[internal] load build context", "completed": "now"},
        {"digest": "b", "name": "[deps 1/3] FROM node:24", "completed": "now"},
        {"digest": "c", "name": install, "started": "now"},
        {"digest": "c", "name": install, "started": "now", "completed": "now"},
        {"digest": "d", "name": "[stage-1 2/4] COPY src ./src", "completed": "now"},
        {"digest": "e", "name": "[build 2/2] RUN npm run build", "completed": "now", "cached": True},
        {"digest": "f", "name": "[2/2] RUN true", "started": "now"},
    )
    steps = read_progress("#0 building\n" + output)
    assert [(step.stage, step.keyword, step.cached) for step in steps] == [
        ("deps", "RUN", False),
        ("stage-1", "COPY", False),
        ("build", "RUN", True),
    ]
    assert run_again(steps) == ["deps: npm ci --omit=dev"]


def test_a_cached_step_whose_layer_is_pulled_stays_cached() -> None:
    step: dict[str, object] = {"digest": "a", "name": "[build 2/3] RUN npm ci", "completed": "now"}
    assert run_again(read_progress(progress({**step, "cached": True}, step))) == []


def test_a_step_with_a_cache_of_downloads_downloads_again_on_a_new_builder() -> None:
    output = progress(
        {
            "digest": "a",
            "name": "[2/4] RUN --mount=type=cache,target=/root/.m2,sharing=locked mvn package",
            "completed": "",
        },
        {"digest": "b", "name": "[3/4] RUN --mount=type=cache,target=/app/.next/cache npm run build", "completed": ""},
        {
            "digest": "c",
            "name": "[4/4] RUN --mount=type=cache,id=pnpm,target=/pnpm/store pnpm i",
            "completed": "",
            "cached": True,
        },
    )
    assert downloads_again(read_progress(output)) == ["mvn package"]


def test_the_last_words_are_those_of_the_step_that_failed() -> None:
    data = base64.b64encode(b"npm error code E404\n").decode()
    output = json.dumps({"logs": [{"vertex": "a", "data": data}]}) + "\nERROR: failed to solve"
    assert last_words(output) == "npm error code E404\nERROR: failed to solve"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("app/src/server.js", None),
        ("app/.git/HEAD", "repository"),
        ("app/Dockerfile", "container files"),
        ("app/.env", "secrets"),
        ("opt/venv/lib/python3.14/site-packages/pip/__init__.py", "package manager"),
        ("opt/venv/lib/python3.14/site-packages/pipeline/__init__.py", None),
        ("var/lib/apt/lists/deb.debian.org_dists_trixie_InRelease", "package lists"),
        ("app/.next/cache/x", "caches"),
        ("app/.next/server/page.js", None),
        ("app/node_modules/typescript/lib/tsc.js", "compilers"),
        ("app/node_modules/express/History.md", "docs"),
        ("app/node_modules/pino/test/basic.test.js", "tests"),
        ("app/pages/tests.py", "tests"),
        ("app/latest/index.js", None),
        ("app/dist/main.js.map", "source maps"),
        ("app/dist/main.d.ts", "type declarations"),
        ("app/package-lock.json", "lockfiles"),
    ],
)
def test_junk_is_known_by_its_path(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind


def test_junk_inside_of_packages_stands_apart() -> None:
    files = {
        "app/README.md": LayerFile(10, "a"),
        "app/node_modules/express/Readme.md": LayerFile(1, "b"),
        "app/node_modules/pino/README.md": LayerFile(20, "c"),
        "app/node_modules/pino/docs/api.md": LayerFile(30, "d"),
    }
    own, packed = find_junk(files)
    assert (own.packed, own.kind, own.files, own.size, own.example) == (False, "docs", 1, 10, "app/README.md")
    assert (packed.packed, packed.files, packed.size) == (True, 3, 51)


NPM = {
    "packages": {
        "": {"name": "app"},
        "node_modules/express": {"version": "5.1.0"},
        "node_modules/express/node_modules/debug": {"version": "4.0.0"},
        "node_modules/nodemon": {"version": "3.0.0", "dev": True},
        "node_modules/alias": {"name": "@real/name", "version": "1.0.0"},
    }
}


def test_development_is_not_in_npms_closure() -> None:
    assert npm_closure(json.dumps(NPM)) == {"express@5.1.0", "debug@4.0.0", "@real/name@1.0.0"}


PNPM = """
lockfileVersion: '9.0'
importers:
  .:
    devDependencies: {typescript: {specifier: ^5, version: 5.9.0}}
  libs/log:
    dependencies: {pino: {specifier: ^10, version: 10.0.0}}
  services/api:
    dependencies:
      '@shop/log': {specifier: 'workspace:*', version: link:../../libs/log}
      fastify: {specifier: ^5, version: 5.0.0(ajv@8.0.0)}
      old: {specifier: npm:left@1, version: left@1.0.0}
    devDependencies: {vitest: {specifier: ^3, version: 3.0.0}}
  services/mailer:
    dependencies: {nodemailer: {specifier: ^7, version: 7.0.0}}
snapshots:
  fastify@5.0.0(ajv@8.0.0): {dependencies: {avvio: 9.0.0}, optionalDependencies: {fast: 1.0.0}}
  avvio@9.0.0: {dependencies: {fastq: 1.0.0}}
"""


def test_a_member_needs_what_its_libraries_need_and_nobody_elses() -> None:
    assert pnpm_closure(PNPM, "services/api") == {
        "pino@10.0.0",
        "fastify@5.0.0",
        "avvio@9.0.0",
        "fastq@1.0.0",
        "fast@1.0.0",
        "left@1.0.0",
    }


UV = """
[[package]]
name = "quotes"
version = "1"
source = { editable = "." }
dependencies = [{ name = "uvicorn", extra = ["standard"] }]
[package.dev-dependencies]
dev = [{ name = "pytest" }]

[[package]]
name = "uvicorn"
version = "0.38.0"
dependencies = [{ name = "click" }]
[package.optional-dependencies]
standard = [{ name = "httptools" }]
watch = [{ name = "watchfiles" }]

[[package]]
name = "click"
version = "8.0"

[[package]]
name = "httptools"
version = "0.7"

[[package]]
name = "watchfiles"
version = "1.0"
"""


def test_groups_and_other_extras_are_not_in_uvs_closure() -> None:
    assert uv_closure(UV, "quotes") == {"quotes@1", "uvicorn@0.38.0", "click@8.0", "httptools@0.7"}


def test_what_the_lock_file_does_not_name_is_needless(tmp_path: Path) -> None:
    (tmp_path / "package-lock.json").write_text(json.dumps(NPM))
    said = {"express": "5.1.0", "nodemon": "3.0.0"}
    files = {
        f"app/node_modules/{name}/package.json": LayerFile(9, name, json.dumps({"name": name, "version": version}))
        for name, version in said.items()
    }
    files["app/node_modules/express/lib/package.json"] = LayerFile(9, "x", '{"type": "commonjs"}')
    assert needless(tmp_path, ".", files) == ["nodemon@3.0.0"]


def test_the_project_itself_is_not_needless(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(UV)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "Quotes"\nversion = "1"\n')
    packages = ("click-8.0", "quotes-1", "watchfiles-1.0")
    files = {
        f"opt/venv/lib/python3.14/site-packages/{name}.dist-info/METADATA": LayerFile(1, name) for name in packages
    }
    assert needless(tmp_path, ".", files) == ["watchfiles@1.0"]


def layer(digest: str, size: int, **files: str) -> Layer:
    return Layer(digest, size, "COPY", {path: LayerFile(len(text), text) for path, text in files.items()})


def test_only_layers_that_a_registry_lacks_move() -> None:
    before = BuiltImage(100, (layer("deps", 50, express="a"), layer("one", 10, server="old", app="same")))
    after = BuiltImage(100, (layer("deps", 50, express="a"), layer("two", 12, server="newer", app="same")))
    assert after.size == 62
    assert before.holds(("base", "deps", "one"))
    assert not before.holds(("base", "deps", "two"))
    assert [item.digest for item in after.moved(before)] == ["two"]
    assert after.changed(before) == len("newer")


def archived(files: dict[str, bytes], time: int = 0) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), time
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def test_a_saved_image_is_read_without_its_base() -> None:
    base, own = archived({"./bin/sh": b"sh"}), archived({"app/node_modules/a/package.json": b"{}", "app/x.js": b"1"})
    config = {
        "rootfs": {"diff_ids": ["sha256:base", "sha256:own"]},
        "history": [{"created_by": "FROM"}, {"created_by": "ENV", "empty_layer": True}, {"created_by": "COPY app"}],
    }
    manifest = [{"Config": "config", "Layers": ["base.tar", "own.tar"]}]
    for own_blob in (own, gzip.compress(own)):
        saved = archived(
            {
                "base.tar": base,
                "own.tar": own_blob,
                "config": json.dumps(config).encode(),
                "manifest.json": json.dumps(manifest).encode(),
            }
        )
        with tarfile.open(fileobj=io.BytesIO(saved)) as archive:
            image = read_archive(archive, below=1)
        assert (image.base_size, image.size) == (len(base), len(own))
        assert image.added[0].command == "COPY app"
        assert {path: file.text for path, file in image.files.items()} == {
            "app/node_modules/a/package.json": "{}",
            "app/x.js": None,
        }


def oci(layers: dict[str, dict[str, bytes]], times: int = 0) -> bytes:
    """An OCI archive: each command with the files of its layer."""
    blobs = {hashlib.sha256(data).hexdigest(): data for data in (archived(files, times) for files in layers.values())}
    descriptors = [{"digest": f"sha256:{digest}"} for digest in blobs]
    config = json.dumps({"history": [{"created_by": "ENV", "empty_layer": True}, *({"created_by": c} for c in layers)]})
    blobs["config"] = config.encode()
    manifest = json.dumps({"config": {"digest": "sha256:config"}, "layers": descriptors}).encode()
    digest = hashlib.sha256(manifest).hexdigest()
    index = json.dumps({"manifests": [{"digest": f"sha256:{digest}"}]}).encode()
    named = {f"blobs/sha256/{name}": data for name, data in {**blobs, digest: manifest}.items()}
    return archived({"index.json": index, **named})


def test_what_differs_between_two_builds_is_named(tmp_path: Path) -> None:
    one, two, three = tmp_path / "1", tmp_path / "2", tmp_path / "3"
    one.write_bytes(oci({"FROM": {"bin/sh": b"sh"}, "RUN apt": {"var/log/dpkg.log": b"1", "usr/bin/tini": b"t"}}))
    two.write_bytes(oci({"FROM": {"bin/sh": b"sh"}, "RUN apt": {"var/log/dpkg.log": b"2", "usr/bin/tini": b"t"}}))
    three.write_bytes(oci({"FROM": {"bin/sh": b"sh"}, "RUN apt": {"usr/bin/tini": b"t"}}, times=7))
    assert differences(one, one) == []
    assert differences(one, two) == ["RUN apt: var/log/dpkg.log (content)"]
    assert differences(one, three) == [
        "FROM: bin/sh (time)",
        "RUN apt: usr/bin/tini (time), var/log/dpkg.log (one has it)",
    ]


def test_an_emptied_builder_is_told_of_in_a_section_of_its_own() -> None:
    shapes = read_shapes(["java-spring", "go-cgo"])
    line = Again(["build: mvn package"], 80_000_000)
    results = {"java-spring": {"genfile": Fresh(line=line, differs=["COPY: app.jar (content)"])}}
    assert Fresh.from_json(json.loads(json.dumps(results["java-spring"]["genfile"].to_json()))).line == line
    section = fresh_section(shapes[1:], results, ["genfile", "hand"])
    assert "| java-spring | 0 | – | 1, 80.0 MB | – | 1 differ | – |" in section
    written = page(shapes[1:], {"java-spring": {"genfile": Figures()}}, ["genfile"], stand_ins=False)
    once = with_section(written, section)
    assert with_section(once, section) == once
    assert once.index("- **java-spring**, genfile\n  - a line: `build: mvn package`") < once.index("## Each in detail")
    again = page(shapes[1:], {"java-spring": {"genfile": Figures()}}, ["genfile"], stand_ins=False, written=once)
    assert again == once


def test_every_shape_is_whole() -> None:
    """Its application, what is changed in it, and a Dockerfile by hand that reads."""
    shapes = read_shapes([])
    assert len(shapes) >= 13
    for shape in shapes:
        for path in (shape.touch, *shape.locks, *([shape.other] if shape.other else [])):
            assert (shape.source / path).is_file(), (shape.name, path)
        assert read_dockerfile((shape.by_hand / "Dockerfile").read_text("utf-8")).stages
        assert (shape.by_hand / ".dockerignore").is_file()
    with pytest.raises(KeyError):
        read_shapes(["nobody"])


def test_the_base_is_that_of_the_last_stage(tmp_path: Path) -> None:
    text = "# syntax=docker/dockerfile:1\nFROM node:24 AS base\nFROM golang:1.27 AS build\nFROM base\nCOPY x x\n"
    (tmp_path / "Dockerfile").write_text(text)
    recipe = Recipe(tmp_path, "Dockerfile", ".")
    assert recipe.base() == "node:24"
    (tmp_path / "Dockerfile").write_text(text.replace("FROM node:24", 'ARG V="24"\nFROM node:${V}-slim'))
    assert recipe.base() == "node:24-slim"
    assert recipe.images() == ["node:24-slim", "golang:1.27"]
    (tmp_path / "Dockerfile").write_text(text)
    recipe.on_stand_ins({"ENGINE": "/bin/true"})
    stages = ("FROM node:24 AS base", "FROM golang:1.27 AS build", "FROM base")
    assert recipe.path.read_text() == "".join(f"{stage}\nENV ENGINE=/bin/true\n" for stage in stages) + "COPY x x\n"


def test_the_page_tells_of_stand_ins_and_of_what_could_not_be_built() -> None:
    shapes = read_shapes(["node-express"])
    results = {"node-express": {"genfile": Figures(size=1_500_000, delta=2048), "hand": Figures(fault="no network")}}
    told = page(shapes, results, ["genfile", "hand"], stand_ins=True)
    assert "| node-express: Express, npm | 1.5 MB | – | 2.0 kB | – |" in told
    assert "stand-ins" in told
    assert "**hand**: no network" in told
    assert "by hand: node-tsx, node-pnpm" in told
    assert "stand-ins" not in page(shapes, results, ["genfile", "hand"], stand_ins=False)


def test_figures_come_back_from_json() -> None:
    figures = Figures(size=3, junk=find_junk({"app/README.md": LayerFile(1, "x")}), needless=["a@1"])
    assert Figures.from_json(json.loads(json.dumps(figures.to_json()))) == figures


def test_the_summary_names_where_genfile_is_worse() -> None:
    shapes = read_shapes(["node-express", "python-flask", "go-cgo"])
    results = {
        "node-express": {"genfile": Figures(size=2000, delta=10), "hand": Figures(size=1000, delta=10)},
        "python-flask": {"genfile": Figures(size=1005, other=["x"]), "hand": Figures(size=1000, other=[])},
        "go-cgo": {"genfile": Figures(size=9), "hand": Figures(fault="no network")},
    }
    told = summary(shapes, results)
    assert "| size beyond the base | 1 of 2 | node-express |" in told
    assert "| bytes moved after a line | 2 of 2 | – |" in told
    assert "| RUN steps after another member | 0 of 1 | python-flask |" in told


@pytest.mark.parametrize(
    ("name", "before"),
    [("a.py", "x = 1\n"), ("a.go", "package a\n"), ("a.ts", "export {};\n"), ("A.java", "class A {}\n")],
)
def test_a_changed_line_is_code_that_nobody_has_seen(tmp_path: Path, name: str, before: str) -> None:
    (tmp_path / name).write_text(before)
    change_code(tmp_path / name)
    once = (tmp_path / name).read_text()
    change_code(tmp_path / name)
    twice = (tmp_path / name).read_text()
    first, second = once.removeprefix(before).strip(), twice.removeprefix(once).strip()
    assert first != second
    assert not first.startswith(("//", "#"))
    assert "{{" not in first


def test_a_changed_lock_file_says_the_same(tmp_path: Path) -> None:
    lock = tmp_path / "package-lock.json"
    lock.write_text(json.dumps(NPM))
    change_lock(lock)
    assert lock.read_text() != json.dumps(NPM)
    assert json.loads(lock.read_text()) == NPM


class Engine:
    """An engine that builds nothing: each build after a change has a new topmost layer; a column's name can fail."""

    def __init__(self, fails: str) -> None:
        self.fails, self.builds = fails, 0

    def docker(self, *words: str, timeout: float = 60) -> Result:
        if words[0] != "buildx":
            return Result(0, "")
        if f"-{self.fails}-" in words[words.index("--tag") + 1]:
            return Result(1, "ERROR: no network")
        self.builds += 1
        return Result(0, progress({"digest": "a", "name": "[deps 1/1] RUN npm ci", "completed": "now"}))

    def digests(self, tag: str) -> tuple[str, ...]:
        return ("base", "deps", f"app{self.builds}")

    def read_image(self, tag: str, base: str) -> BuiltImage:
        return BuiltImage(
            100, (layer("deps", 50, express="a"), layer(f"app{self.builds}", 10, server=str(self.builds)))
        )


def test_a_column_that_fails_leaves_the_others_their_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(fails="hand")
    fakes = {
        "docker": engine.docker,
        "digests": engine.digests,
        "read_image": engine.read_image,
        "hadolint": lambda text: [],
        "build_check": lambda text: ([], "no engine"),
        "inspect": lambda kind, name: {"State": {"Running": True}},
        "STAYS": 0,
        "STAND_INS": None,
    }
    for name, fake in fakes.items():
        monkeypatch.setattr(f"bench.images.measure.{name}", fake)
    said: list[str] = []
    found = measure(read_shapes(["node-pnpm"])[0], ["genfile", "hand"], 2, said.append)
    ours, theirs = found["genfile"], found["hand"]
    assert ours.fault is None
    assert (ours.size, ours.delta, ours.other_delta, len(ours.times)) == (60, 10, 10, 2)
    assert ours.again == ours.deps == ours.other == ["deps: npm ci"]
    assert ours.findings == ["not checked by BuildKit: no engine"]
    assert theirs.fault == "ERROR: no network"
    assert len(said) == 2
