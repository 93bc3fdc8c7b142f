"""A company's preset of a few lines, applied to every fixture of every language."""

import shutil
from pathlib import Path

import pytest

import genfile
from genfile.dockerfile.reader import read_dockerfile
from genfile.errors import GenfileError
from genfile.project.apply import apply_plan
from genfile.project.plan import make_plan
from genfile.verify.docker import check, docker
from genfile.verify.gates import run_gates
from tests.checklist import faults
from tests.conftest import EXAMPLES, gates_of, make_images
from tests.test_projects import EVERY, case_of, hadolint_says

SHOP = EXAMPLES / "presets" / "shop"
REGISTRY = "registry.example/base/"


def test_it_is_short() -> None:
    lines = (SHOP / "preset.toml").read_text("utf-8").splitlines()
    assert len([line for line in lines if line.strip()]) <= 15


@pytest.mark.parametrize("project", EVERY, ids=lambda path: path.name)
def test_every_fixture_passes_the_acceptance_list(project: Path) -> None:
    for service, rendering in genfile.generate(project, preset=str(SHOP)).services:
        made = {file.path for file in rendering.files}
        case = case_of(project, service, rendering, extra=made)
        assert faults(case) == []
        assert hadolint_says(rendering.dockerfile) == ""


@pytest.mark.parametrize("project", EVERY, ids=lambda path: path.name)
def test_every_image_stage_label_and_user_is_the_company_s(project: Path) -> None:
    for service, rendering in genfile.generate(project, preset=str(SHOP)).services:
        parsed = read_dockerfile(rendering.dockerfile)
        assert all(image.startswith(REGISTRY) for image in parsed.external_images())
        final = parsed.stages[-1]
        assert final.last("USER").value == "20000:20000"  # type: ignore[union-attr]
        assert 'org.opencontainers.image.vendor="The Shop"' in rendering.dockerfile
        plain_site = service.spec.language == "static" and not service.spec.build
        for stage in parsed.stages:
            # A stage that an earlier one made has its certificate; of the images of tools the binary alone is taken.
            if stage.image in parsed.stage_names or stage.name in ("uv", "micromamba", "pixi") or plain_site:
                continue
            assert any(
                "ca-certificates" in item.value and item.keyword in ("COPY", "RUN") for item in stage.instructions
            ), stage.name


# What the acceptance list asks of Debian's images alone: their tags, and where tini is.
OF_DEBIAN = ("go", "images", "node_init", "tags", "version")
OTHERS = ["alpine", "wolfi", "ubi", "distroless", "ubuntu"]


@pytest.mark.parametrize("family", OTHERS)
@pytest.mark.parametrize("project", EVERY, ids=lambda path: path.name)
def test_every_family_is_written_or_refused_with_the_others_named(project: Path, family: str) -> None:
    """Whatever a family can't do is said; what it can is a Dockerfile that hadolint accepts."""
    refusal: GenfileError | None = None
    try:
        made = genfile.generate(project, settings={"family": family})
    except GenfileError as error:
        refusal = error
    if refusal is not None:
        assert "families that have" in (refusal.hint or "families that have")
        return
    for service, rendering in made.services:
        parsed = read_dockerfile(rendering.dockerfile)
        found = faults(case_of(project, service, rendering))
        assert [item for item in found if item.partition(":")[0] not in OF_DEBIAN] == []
        # DL3006, DL3007: rolling images have no other tag; DL3002, DL3059: root installs, step by step;
        # DL3018, DL3041: versions of packages are never pinned.
        assert hadolint_says(rendering.dockerfile, "DL3006", "DL3007", "DL3018", "DL3041", "DL3002", "DL3059") == ""
        if family in ("alpine", "wolfi", "ubi"):
            assert "apt-get" not in "".join(item.value for item in parsed.stages[-1].all("RUN"))


BUILT = {"node": "src/app.ts", "python": "app/main.py", "go": "cmd/server/main.go", "static": "index.html"}
BUILT |= {"java": "src/main/java/com/example/shop/ShopApplication.java"}


@pytest.mark.build
@pytest.mark.parametrize(("example", "touch"), BUILT.items(), indirect=["example"], ids=BUILT)
def test_one_of_each_language_is_built_and_started(example: Path, touch: str, engine: str | None) -> None:
    """The images of the company's registry are the public ones under its names."""
    made = genfile.generate(example, preset=str(SHOP))
    apply_plan(make_plan(example, made.files))
    service, rendering = made.services[0]
    company = read_dockerfile(rendering.dockerfile).external_images()
    public = read_dockerfile(genfile.generate(example).services[0][1].dockerfile).external_images()
    make_images(engine, "".join(f"FROM {image}\n" for image in public))
    for name, original in zip(company, public, strict=True):
        if engine is None:
            assert docker("pull", original, timeout=600).ok
        assert docker("tag", original, name).ok
    report = run_gates(gates_of(example, service, rendering, touch, engine))
    assert report.passed, report.render()


def test_the_text_inside_a_block_may_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks and options are the contract: a preset over built-ins whose inner text was rewritten still renders."""
    from genfile.bundle import builtin
    from genfile.preset import load, render

    changed = tmp_path / "presets"
    shutil.copytree(builtin.builtin_folder("presets"), changed)
    for path in changed.rglob("Dockerfile.j2"):
        text = path.read_text("utf-8")
        path.write_text(text.replace("RUN npm", "RUN NPM_CONFIG_UPDATE_NOTIFIER=false npm").replace("/src", "/work"))
    preset = tmp_path / "own"
    preset.mkdir()
    (preset / "preset.toml").write_text('manifest = 1\nname = "own"\nsummary = "x"\nextends = "builtin"\n')
    (preset / "Dockerfile.j2").write_text(
        '{% extends "builtin/Dockerfile.j2" %}\n{% block labels %}\n{{ super() }}\nLABEL team=web\n{% endblock %}\n'
        '{% block environment %}\n{{ super() }}\nENV HTTP_PROXY={{ "http://proxy.example:3128" | env }}\n{% endblock %}\n'
    )
    caches = (load.load_builtin, load._common_options, load._shared_templates, render._environment)
    try:
        monkeypatch.setattr(load, "builtin_folder", lambda kind: tmp_path / kind)
        for cached in caches:
            cached.cache_clear()
        for example in ("node", "python", "go", "java", "static"):
            text = genfile.generate(EXAMPLES / example, preset=str(preset)).services[0][1].dockerfile
            assert "LABEL team=web" in text
            assert "ENV HTTP_PROXY=http://proxy.example:3128" in text
            # The built-in text was really another one.
            assert example not in ("go", "java") or "WORKDIR /work" in text
    finally:
        for cached in caches:
            cached.cache_clear()


def test_a_preset_is_not_for_other_services(tmp_path: Path) -> None:
    (tmp_path / "preset.toml").write_text('manifest = 1\nname = "js"\nsummary = "x"\nextends = "node"\n')
    with pytest.raises(GenfileError, match=r"preset js does not apply to .*, a go service"):
        genfile.generate(EXAMPLES / "go", preset=str(tmp_path))


FAULTY = {
    'manifest = 1\nname = "x"\nsumary = "x"\n': r"preset.toml:3: sumary is not a known key",
    'manifest = 2\nname = "x"\nsummary = "x"\n': r"preset.toml:1: manifest",
    'manifest = 1\nname = "x"\nsummary = "x"\nextends = "nod"\n': r"nod",
    'manifest = 1\nname = "x"\nsummary = "x"\napplies-to = "spec.langage"\n': r"spec.langage, which does not exist",
    'manifest = 1\nname = "x"\nsummary = "x"\napplies-to = "open(1)"\n': r"contains call, which is not allowed",
    'manifest = 1\nname = "x"\nsummary = "x"\nrequires = ">=99"\n': r"requires genfile >=99",
    'manifest = 1\nname = "x"\nsummary = "x"\n[[files]]\npath = "a"\n': r"either `template` or `source`",
    'manifest = 1\nname = "x"\nsummary = "x"\n[[files]]\npath = "a"\nsource = "b"\n': r"b is not in the preset",
    'manifest = 1\nname = "x"\nsummary = "x"\n[[files]]\npath = "../a"\nsource = "preset.toml"\n': r"relative path",
    'manifest = 1\nname = "x"\nsummary = "x"\n[options.a]\ntype = "sting"\nhelp = ""\n': r"preset.toml:5: options.a.type",
    "manifest = \n": r"preset.toml",
}


@pytest.mark.parametrize("text", FAULTY)
def test_faults_of_a_manifest_name_the_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "preset.toml").write_text(text)
    with pytest.raises(GenfileError, match=FAULTY[text]):
        genfile.generate(EXAMPLES / "node", preset=str(tmp_path))


TEMPLATES = {
    "{% block labels %}\nLABEL a={{ spec.prot | env }}\n{% endblock %}": r"j2:3 \(block 'labels'\): spec has no field 'prot'",
    "{% block user %}\n\n{{ spec.runtime.vresion | word }}\n{% endblock %}": r"j2:4 .*spec.runtime has no field 'vresion'",
    "{% block lables %}\n{% endblock %}": r"j2:2: node/Dockerfile.j2 has no block 'lables' to override",
    "{% block labels %}\n{{ spec.name }}\n{% endblock %}": r"j2:3 .*without a quoting filter",
    "{% block labels %}\n{% if %}\n{% endblock %}": r"j2:3: Expected an expression",
    '{% include "/etc/passwd" %}\n{% block labels %}{% include "/etc/passwd" %}{% endblock %}': r"no template named",
}


@pytest.mark.parametrize("text", TEMPLATES)
def test_faults_of_a_template_name_line_block_and_field(tmp_path: Path, text: str) -> None:
    (tmp_path / "preset.toml").write_text('manifest = 1\nname = "x"\nsummary = "x"\nextends = "node"\n')
    (tmp_path / "Dockerfile.j2").write_text('{% extends "node/Dockerfile.j2" %}\n' + text + "\n")
    with pytest.raises(GenfileError, match=TEMPLATES[text]):
        genfile.generate(EXAMPLES / "node", preset=str(tmp_path))


PROXY = """{% extends "builtin/Dockerfile.j2" %}
{% block base_setup %}
{{ super() }}
ARG HTTPS_PROXY={{ "http://proxy:3128" | env }}
{% endblock %}
{% block build_setup %}
{{ super() }}
ARG HTTPS_PROXY={{ "http://proxy:3128" | env }}
{% endblock %}
"""


@pytest.mark.parametrize("example", ["node", "python", "java", "go"])
def test_a_preset_for_every_language_reaches_the_build_stages(tmp_path: Path, example: str) -> None:
    """Whichever stages a language has: those that build get the argument."""
    (tmp_path / "preset.toml").write_text('manifest = 1\nname = "x"\nsummary = "x"\nextends = "builtin"\n')
    (tmp_path / "Dockerfile.j2").write_text(PROXY)
    text = genfile.generate(EXAMPLES / example, preset=str(tmp_path)).files["Dockerfile"]
    stages = read_dockerfile(text).stages
    assert any("HTTPS_PROXY" in item.value for stage in stages for item in stage.all("ARG"))


def test_the_setup_of_a_stage_that_a_named_preset_does_not_have_is_refused(tmp_path: Path) -> None:
    (tmp_path / "preset.toml").write_text('manifest = 1\nname = "x"\nsummary = "x"\nextends = "go"\n')
    (tmp_path / "Dockerfile.j2").write_text(PROXY.replace("builtin/", "go/"))
    with pytest.raises(GenfileError, match=r"go/Dockerfile\.j2 has no block 'base_setup' to override"):
        genfile.generate(EXAMPLES / "go", preset=str(tmp_path))


def test_a_fetched_preset_can_not_extend_a_path_of_this_machine() -> None:
    from genfile.bundle import Bundle
    from genfile.preset.find import load_preset

    text = b'manifest = 1\nname = "x"\nsummary = "x"\nextends = "../node"\n'
    bundle = Bundle("git+https://x.example/y", "git", "y", {"preset.toml": text}, frozenset(), "0" * 40, None)
    with pytest.raises(GenfileError, match="points outside of the project"):
        load_preset(bundle)


@pytest.mark.parametrize("example", ["node", "python", "java", "go"])
def test_a_mirror_and_a_private_index(example: str) -> None:
    """Packages of the system come from the mirror; the credentials of the index are mounted, and never in a layer."""
    settings = {"apt_mirror": "https://mirror.example/debian", "index_secret": "index"}
    service, rendering = genfile.generate(EXAMPLES / example, settings=settings).services[0]
    parsed = read_dockerfile(rendering.dockerfile)
    runs = [item.value for stage in parsed.stages for item in stage.all("RUN")]
    assert any("https://mirror.example/debian" in run for run in runs)
    assert "--mount=type=secret,id=index" in rendering.dockerfile
    assert faults(case_of(EXAMPLES / example, service, rendering)) == []
    assert hadolint_says(rendering.dockerfile) == ""


def test_what_was_set_by_name_stays_in_its_registry() -> None:
    settings = {"registry": "registry.example/mirror", "image": "other.example/node:24-trixie-slim"}
    text = genfile.generate(EXAMPLES / "node", settings=settings).services[0][1].dockerfile
    assert "FROM other.example/node:24-trixie-slim AS base" in text


def test_a_preset_for_every_service_that_it_applies_to(tmp_path: Path) -> None:
    """Files and conditions: what is written depends on the spec and on options."""
    (tmp_path / "preset.toml").write_text(
        'manifest = 1\nname = "x"\nsummary = "x"\nextends = "builtin"\nrequires = ">=0.2"\n'
        "applies-to = \"spec.port and spec.language in ['node', 'go']\"\n"
        '[options.notes]\ntype = "bool"\nhelp = "Write notes"\ndefault = false\n'
        '[[files]]\npath = "deploy/NOTES.md"\ntemplate = "notes.j2"\nwhen = "options.notes"\n'
    )
    (tmp_path / "notes.j2").write_text("{{ spec.name | word }} listens on {{ spec.port }}\n")
    made = genfile.generate(EXAMPLES / "node", preset=str(tmp_path), settings={"notes": "true"})
    assert made.files["deploy/NOTES.md"] == "example-node listens on 3000\n"
    assert "deploy/NOTES.md" not in genfile.generate(EXAMPLES / "node", preset=str(tmp_path)).files
    with pytest.raises(GenfileError, match="does not apply to"):
        genfile.generate(EXAMPLES / "python", preset=str(tmp_path))


@pytest.mark.build
@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("family", OTHERS)
@pytest.mark.parametrize("language", BUILT)
def test_buildkit_checks_find_nothing_in_a_family(language: str, family: str, tmp_path: Path) -> None:
    """The images themselves are not asked for: their stages start from nothing."""
    try:
        text = genfile.generate(EXAMPLES / language, settings={"family": family}).services[0][1].dockerfile
    except GenfileError as error:
        pytest.skip(error.message)
    for image in read_dockerfile(text).external_images():
        text = text.replace(f" {image} AS ", " scratch AS ")
    path = tmp_path / "Dockerfile"
    path.write_text(text.replace("# syntax=docker/dockerfile:1", "# check=experimental=all"))
    done = check(path, EXAMPLES / language)
    assert done.ok, done.output


@pytest.mark.build
@pytest.mark.parametrize("example", ["node"], indirect=True)
def test_node_without_a_shell_is_built_and_started(example: Path, engine: str | None) -> None:
    """Of the families beside Debian's, the one whose images can be stood in for: distroless (Go has it by default)."""
    made = genfile.generate(example, settings={"family": "distroless"})
    apply_plan(make_plan(example, made.files))
    service, rendering = made.services[0]
    make_images(engine, rendering.dockerfile)
    report = run_gates(gates_of(example, service, rendering, "src/app.ts", engine))
    assert report.passed, report.render()
