"""Presets that mean harm: each is refused within two seconds, in one line, with nothing left on the disk."""

import shutil
import time
from pathlib import Path

import pytest

from genfile.cli.app import run
from tests.conftest import EXAMPLES

HEAD = 'manifest = 1\nname = "x"\nsummary = "x"\nextends = "node"\n'
# What stands in a block of the Dockerfile.
TEMPLATES = {
    "class": "{{ ''.__class__.__mro__[1].__subclasses__() | word }}",
    "globals": "{{ spec.__init__.__globals__ | word }}",
    "format": "{{ '{0.__class__}'.format(spec) | word }}",
    "format_map": "{{ '{a.__class__}'.format_map(spec) | word }}",
    "attr": "{{ '' | attr('__class__') | word }}",
    "map-attr": "{{ [''] | map(attribute='__class__') | list | words }}",
    "stored-format": "{% set f = 'x'.format %}{{ f(1) | word }}",
    "namespace": "{{ namespace.__init__.__globals__ | word }}",
    "self": "{{ self.__init__.__globals__ | word }}",
    "self-environment": "{{ self._TemplateReference__context.environment | word }}",
    "loop-object": "{% for a in [1] %}{{ loop.__class__ | word }}{% endfor %}",
    "nested-ranges": "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% endfor %}"
    "{% endfor %}{% endfor %}",
    "10-GB-of-range": "{% for a in range(10000000000) %}x{% endfor %}",
    "power": "{% set x = 9 ** 9999999 %}",
    "long-text": "{% set x = 'a' * 999999999 %}",
    "padded": "{% set x = '%999999999d' % 1 %}",
    "doubling-list": "{% set ns = namespace(x=[1]) %}{% for a in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "doubling-text": "{% set ns = namespace(x='a') %}{% for a in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "endless-macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "bushy-macro": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    "wide-output": "{% for a in range(999) %}{% for b in range(999) %}" + "x" * 500 + "{% endfor %}{% endfor %}",
    "include-absolute": "{% include '/etc/passwd' %}",
    "include-above": "{% include '../../../etc/passwd' %}",
    "import-above": "{% import '../../../../etc/passwd' as p %}",
    "unquoted": "{{ spec.name }}",
    "include-itself": "{% include 'x/Dockerfile.j2' %}",
}
# What stands in preset.toml, below its head.
MANIFESTS = {
    "output-above": '[[files]]\npath = "../evil"\nsource = "preset.toml"\n',
    "output-absolute": '[[files]]\npath = "/tmp/evil"\nsource = "preset.toml"\n',
    "source-above": '[[files]]\npath = "a"\nsource = "../../etc/passwd"\n',
    "template-absolute": '[[files]]\npath = "a"\ntemplate = "/etc/passwd"\n',
    "when-calls": '[[files]]\npath = "a"\nsource = "preset.toml"\nwhen = "open(\'/etc/passwd\')"\n',
    "default-escapes": '[options.a]\ntype = "text"\nhelp = ""\ndefault = "{{ \'\'.__class__.__mro__ }}"\n',
    "default-loops": '[options.a]\ntype = "text"\nhelp = ""\n'
    'default = "{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% endfor %}{% endfor %}{% endfor %}"\n',
    "pattern-explodes": '[options.a]\ntype = "text"\nhelp = ""\ndefault = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"\n'
    'pattern = "(a+)+"\n',
    "extends-itself": "",
}


def refused(preset: Path, target: Path, capfd: pytest.CaptureFixture[str]) -> str:
    """Run `init` with the preset: the one line that says why it was refused."""
    shutil.copytree(EXAMPLES / "node", target)
    before = sorted(path.relative_to(target).as_posix() for path in target.rglob("*"))
    started = time.process_time()
    code = run(["init", str(target), "--yes", "--preset", str(preset)])
    spent = time.process_time() - started
    said = capfd.readouterr().err
    assert code in (1, 2)
    assert spent < 2
    assert sorted(path.relative_to(target).as_posix() for path in target.rglob("*")) == before
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert "Traceback" not in said
    assert "this is a bug" not in said
    return errors[0]


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_that_mean_harm(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    preset = tmp_path / "preset"
    preset.mkdir()
    (preset / "preset.toml").write_text(HEAD)
    (preset / "Dockerfile.j2").write_text(
        '{% extends "node/Dockerfile.j2" %}\n{% block labels %}\n' + TEMPLATES[name] + "\n{% endblock %}\n"
    )
    # Where it ends depends on how long everything before it is.
    assert ".j2" in refused(preset, tmp_path / "target", capfd)


@pytest.mark.parametrize("name", MANIFESTS)
def test_manifests_that_mean_harm(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    preset = tmp_path / "preset"
    preset.mkdir()
    head = HEAD.replace('"node"', '"."') if name == "extends-itself" else HEAD
    (preset / "preset.toml").write_text(head + MANIFESTS[name])
    refused(preset, tmp_path / "target", capfd)
