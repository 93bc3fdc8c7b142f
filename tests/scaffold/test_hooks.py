"""What hooks make, from the command line: the user's repository, his secrets and his files survive every update."""

import json
from pathlib import Path

import pytest

from genfile.project.bases import read_bases
from tests.bundle.remotes import commit, git, make_repository
from tests.scaffold.projects import INNER, digest_of, genfile, write_files, write_template

GIT_HOOK = """
import subprocess
subprocess.run("git init -q && git add . && git -c user.name=T -c user.email=t@example.com commit -qm made",
               shell=True, check=True)
"""
SECRET_HOOK = """
import pathlib, secrets
path = pathlib.Path("settings")
path.write_text(path.read_text().replace("!!!SET!!!", secrets.token_hex(16)).replace("by nobody", "by the hook"))
pathlib.Path(".env").write_text("TOKEN=" + secrets.token_hex(16) + "\\n")
pathlib.Path("seed").write_text("seed " + secrets.token_hex(16) + "\\n")
pathlib.Path("steady").write_text("the same each time\\n")
"""
SETTINGS = "debug = no\nname = x\nkey = !!!SET!!!\nmade = by nobody\nport = 1\n"


def kept_in_lock(project: Path) -> dict[str, bytes | str]:
    return dict(read_bases((project / "genfile.lock").read_text()).files)


def own_repository(project: Path) -> dict[str, str]:
    """Make the project a repository of the user's, with a hook, a branch and a commit."""
    git(project, "init", "--quiet", "--initial-branch=main")
    commit(project, {"own.txt": "mine\n"})
    git(project, "branch", "feature")
    write_files(project, {".git/hooks/pre-commit!": "#!/bin/sh\nexit 0\n"})
    return digest_of(project / ".git")


def test_a_hook_that_runs_git_never_reaches_the_users_repository(tmp_path: Path) -> None:
    template = write_template(tmp_path / "tpl", {"a": "1\n2\n3\n"}, GIT_HOOK)
    made = genfile(tmp_path, "new", "./tpl", "shop", "--defaults", "--trust")
    assert made.returncode == 0, made.stderr
    assert "created a git repository (.git), which genfile does not copy; run `git init` yourself" in made.stderr
    project = tmp_path / "shop"
    assert not (project / ".git").exists()
    assert list(kept_in_lock(project)) == ["a"]
    before = own_repository(project)
    (template / INNER / "a").write_text("1\ntwo\n3\n")
    updated = genfile(tmp_path, "update", "shop", "--from", "tpl", "--defaults", "--trust")
    assert updated.returncode == 0, updated.stderr
    assert "repository" not in updated.stderr
    assert (project / "a").read_text() == "1\ntwo\n3\n"
    assert digest_of(project / ".git") == before
    assert git(project, "log", "--format=%s") == "Change"


@pytest.mark.parametrize("variables", [["GIT_DIR"], ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"]])
def test_an_update_that_git_itself_starts_does_not_lead_hooks_to_the_users_repository(
    variables: list[str], tmp_path: Path
) -> None:
    """As from an alias or a hook of the user's: git names its repository in the environment."""
    template = write_template(tmp_path / "tpl", {"a": "1\n"}, GIT_HOOK)
    assert genfile(tmp_path, "new", "./tpl", "shop", "--defaults", "--trust").returncode == 0
    project = tmp_path / "shop"
    before = own_repository(project)
    places = {"GIT_DIR": ".git", "GIT_WORK_TREE": ".", "GIT_INDEX_FILE": ".git/index"}
    environment = {name: str(project / places[name]) for name in variables}
    (template / INNER / "a").write_text("2\n")
    updated = genfile(project, "update", "--from", "../tpl", "--defaults", "--trust", **environment)
    assert updated.returncode == 0, updated.stderr
    assert digest_of(project / ".git") == before


def test_a_hook_without_a_repository_of_its_own_does_not_find_one_above(tmp_path: Path) -> None:
    """The temporary folder lies in a repository here."""
    write_template(tmp_path / "tpl", {"a": "1\n"}, "import subprocess\nsubprocess.run(['git', 'add', '.'])\n")
    outer = make_repository(tmp_path / "outer", {"x": "1\n"})
    before = digest_of(outer / ".git")
    made = genfile(tmp_path, "new", "./tpl", "shop", "--defaults", "--trust", TMPDIR=str(outer))
    assert made.returncode == 0, made.stderr
    assert digest_of(outer / ".git") == before


def test_secrets_are_written_once_and_neither_kept_nor_merged(tmp_path: Path) -> None:
    files = {"settings": SETTINGS, ".gitignore": ".env\n"}
    template = write_template(tmp_path / "tpl", files, SECRET_HOOK)
    made = genfile(tmp_path, "new", "./tpl", "shop", "--defaults", "--trust")
    assert made.returncode == 0, made.stderr
    project = tmp_path / "shop"
    first = {name: (project / name).read_text() for name in ("settings", ".env", "seed")}
    assert "!!!SET!!!" not in first["settings"]
    assert kept_in_lock(project) == {
        ".gitignore": b".env\n",
        "settings": SETTINGS.encode(),
        "steady": b"the same each time\n",
    }
    before = own_repository(project)
    # Next to the line of the secret, above and below it.
    new = SETTINGS.replace("name = x", "name = y").replace("port = 1", "port = 2\nmore = 3")
    write_template(template, {"settings": new, ".gitignore": ".env\n"}, SECRET_HOOK)
    updated = genfile(tmp_path, "update", "shop", "--from", "tpl", "--defaults", "--trust")
    assert updated.returncode == 0, updated.stdout + updated.stderr
    changed = first["settings"].replace("name = x", "name = y").replace("port = 1", "port = 2\nmore = 3")
    assert (project / "settings").read_text() == changed
    assert {name: (project / name).read_text() for name in (".env", "seed")} == {
        name: first[name] for name in (".env", "seed")
    }
    assert kept_in_lock(project)["settings"] == new.encode()
    assert digest_of(project / ".git") == before
    again = genfile(tmp_path, "update", "shop", "--from", "tpl", "--defaults", "--trust")
    assert (again.returncode, again.stdout) == (0, "up to date\n")


def test_a_secret_made_of_the_clock_is_one_too(tmp_path: Path) -> None:
    hook = "import hashlib, time\nopen('pw', 'w').write(hashlib.sha256(str(int(time.time())).encode()).hexdigest())\n"
    write_template(tmp_path / "tpl", {"a": "1\n"}, hook)
    assert genfile(tmp_path, "new", "./tpl", "shop", "--defaults", "--trust").returncode == 0
    assert (tmp_path / "shop/pw").exists()
    assert list(kept_in_lock(tmp_path / "shop")) == ["a"]


def test_what_an_older_lock_kept_of_it_is_not_deleted(tmp_path: Path) -> None:
    """As a hook's results were all kept once: they are no longer the template's, but the user's files stay."""
    from genfile.project.bases import Bases, write_bases

    write_template(tmp_path / "tpl", {"settings": SETTINGS, ".gitignore": ".env\nlib/\n"}, SECRET_HOOK)
    assert genfile(tmp_path, "new", "./tpl", "shop", "--defaults", "--trust").returncode == 0
    project = tmp_path / "shop"
    everything = {name: (project / name).read_bytes() for name in ("settings", ".env", "seed", ".gitignore", "steady")}
    (project / "genfile.lock").write_text(write_bases(None, Bases(everything)))
    before = digest_of(project)
    updated = genfile(tmp_path, "update", "shop", "--from", "tpl", "--defaults", "--trust")
    assert updated.returncode == 0, updated.stdout + updated.stderr
    after = digest_of(project)
    assert {name: after.get(name) for name in (".env", "seed")} == {name: before[name] for name in (".env", "seed")}
    assert kept_in_lock(project).keys() == {"settings", ".gitignore", "steady"}


def test_what_gitignore_leaves_out_stays_behind_when_it_is_large_or_bound_to_its_place(tmp_path: Path) -> None:
    hook = """
import pathlib, subprocess, sys
subprocess.run([sys.executable, "-m", "venv", "--without-pip", ".venv"], check=True)
for number in range(2000):
    path = pathlib.Path(f"web/node_modules/p{number}/index.js")
    path.parent.mkdir(parents=True)
    path.write_text(str(number))
pathlib.Path("keys").mkdir()
pathlib.Path("keys/private.pem").write_text("secret")
"""
    files = {".gitignore": ".venv/\n/keys/\n", "web/.gitignore": "node_modules\n", "web/index.html": "x\n"}
    write_template(tmp_path / "tpl", files, hook)
    made = genfile(tmp_path, "new", "./tpl", "shop", "--defaults", "--trust")
    assert made.returncode == 0, made.stderr
    assert ".venv/, web/node_modules/: created by a hook and ignored by .gitignore" in made.stderr
    project = tmp_path / "shop"
    found = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}
    assert found == {*files, "keys/private.pem", ".genfile-answers.toml", "genfile.lock"}
    assert kept_in_lock(project).keys() == files.keys()


def test_a_hook_that_can_run_only_once(tmp_path: Path) -> None:
    """As one that makes a repository on a server: what it made is the user's alone, and he is told."""
    hook = f"import pathlib\npathlib.Path({str(tmp_path / 'made')!r}).mkdir()\nopen('made', 'w').write('x')\n"
    write_template(tmp_path / "tpl", {"a": "1\n"}, hook)
    made = genfile(tmp_path, "new", "./tpl", "shop", "--defaults", "--trust")
    assert made.returncode == 0, made.stderr
    assert "updates do not include the files that hooks create" in made.stderr
    assert (tmp_path / "shop/made").read_text() == "x"
    assert list(kept_in_lock(tmp_path / "shop")) == ["a"]


def test_a_hook_that_only_deletes_runs_once_and_asks_once(tmp_path: Path) -> None:
    hook = f"import os\nos.remove('b')\nopen({str(tmp_path / 'runs')!r}, 'a').write('x')\n"
    write_template(tmp_path / "tpl", {"a": "1\n", "b": "1\n"}, hook)
    assert genfile(tmp_path, "new", "./tpl", "shop", "--defaults", "--trust").returncode == 0
    assert (tmp_path / "runs").read_text() == "x"
    assert list(kept_in_lock(tmp_path / "shop")) == ["a"]


def test_the_same_of_a_template_in_git(tmp_path: Path) -> None:
    files = {"settings": SETTINGS, ".gitignore": ".env\n"}
    template = write_template(tmp_path / "tpl", files, SECRET_HOOK + GIT_HOOK)
    git(template, "init", "--quiet", "--initial-branch=main")
    commit(template, {})
    reference = f"git+file://{template}"
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    made = genfile(tmp_path, "new", reference, "shop", "--defaults", "--trust", **environment)
    assert made.returncode == 0, made.stderr
    project = tmp_path / "shop"
    assert not (project / "genfile.lock").exists()
    first = (project / "settings").read_text()
    before = own_repository(project)
    commit(template, {f"{INNER}/settings": SETTINGS.replace("name = x", "name = y")})
    updated = genfile(tmp_path, "update", "shop", "--from", reference, "--defaults", "--trust", "--json", **environment)
    assert updated.returncode == 0, updated.stdout + updated.stderr
    actions = {file["path"]: file["action"] for file in json.loads(updated.stdout)["files"]}
    assert actions == {
        ".gitignore": "unchanged",
        "settings": "merge",
        "steady": "unchanged",
        ".genfile-answers.toml": "replace",
    }
    assert (project / "settings").read_text() == first.replace("name = x", "name = y")
    assert digest_of(project / ".git") == before


def test_chance_in_the_texts_of_a_template_is_not_kept(tmp_path: Path) -> None:
    secret = "{{ random_ascii_string(40) }}"
    files = {"a": "one\n{{ cookiecutter.key }}\n" + secret + "\ntwo\n"}
    template = write_template(tmp_path / "tpl", files, key=secret)
    assert genfile(tmp_path, "new", "./tpl", "shop", "--defaults").returncode == 0
    project = tmp_path / "shop"
    first = (project / "a").read_text()
    assert kept_in_lock(project) == {"a": b"one\ntwo\n"}
    answers = (project / ".genfile-answers.toml").read_text()
    assert not any(line in answers for line in first.splitlines()[1:3])
    write_template(template, {"a": files["a"] + "three\n"}, key=secret)
    updated = genfile(tmp_path, "update", "shop", "--from", "tpl", "--defaults")
    assert updated.returncode == 0, updated.stdout + updated.stderr
    assert (project / "a").read_text() == first + "three\n"


def test_a_file_that_is_new_in_the_template_comes_with_its_secret(tmp_path: Path) -> None:
    template = write_template(tmp_path / "tpl", {"a": "1\n"})
    assert genfile(tmp_path, "new", "./tpl", "shop", "--defaults").returncode == 0
    write_template(template, {"settings": SETTINGS}, SECRET_HOOK)
    updated = genfile(tmp_path, "update", "shop", "--from", "tpl", "--defaults", "--trust")
    assert updated.returncode == 0, updated.stdout + updated.stderr
    text = (tmp_path / "shop/settings").read_text()
    assert "!!!SET!!!" not in text
    assert "made = by the hook" in text
    assert kept_in_lock(tmp_path / "shop")["settings"] == SETTINGS.encode()
