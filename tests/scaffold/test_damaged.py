"""Projects whose records are damaged, or were made by somebody who means harm: one line, and nothing is written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from genfile.project.bases import MAX_BYTES
from genfile.scaffold.update import MAX_RECORD
from genfile.template.answers import FILE
from tests.bundle.remotes import git
from tests.scaffold.projects import INNER, digest_of, genfile, write_files, write_template

LOCK = "genfile.lock"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    template = write_template(tmp_path / "tpl", {"a": "1\n2\n3\n", "b": "1\n"})
    assert genfile(tmp_path, "new", "./tpl", "shop", "--defaults").returncode == 0
    git(tmp_path / "shop", "init", "--quiet")
    (template / INNER / "a").write_text("one\n2\n3\n")
    return tmp_path / "shop"


def edit(project: Path, name: str, change: Callable[[str], str]) -> None:
    (project / name).write_text(change((project / name).read_text()))


@pytest.mark.parametrize(
    "path", [".git/config", ".GIT/hooks/post-checkout", "git~1/x", "../outside", "/etc/hostname", "x/../../outside"]
)
@pytest.mark.parametrize("where", ["lock", "modes", "conflicts"])
def test_paths_that_no_template_has(where: str, path: str, project: Path) -> None:
    (project.parent / "outside").write_text("outside\n")
    if where == "lock":
        edit(project, LOCK, lambda text: f'{text}"{path}" = "c-jL100001"\n')
    elif where == "modes":
        edit(project, LOCK, lambda text: text.replace("executable = []", f'executable = ["{path}"]'))
    else:
        pending = '[pending.template]\nreference = "../tpl"\nkind = "folder"\n[pending.answers]\n'
        edit(project, FILE, lambda text: f'{text}\n[pending]\nconflicts = ["{path}"]\n{pending}')
    check_refused(project, where="genfile.lock: template." if where != "conflicts" else f"{FILE}: pending.conflicts")


def check_refused(project: Path, *, where: str) -> None:
    before = digest_of(project.parent)
    done = genfile(project.parent, "update", "shop", "--from", "tpl", "--defaults", "--trust")
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.startswith(f"error: {where}"), done.stderr
    assert done.stderr.count("\n") <= 2
    assert "Traceback" not in done.stderr
    assert digest_of(project.parent) == before


@pytest.mark.parametrize(
    "table",
    [
        "pending = 1",
        "pending = []",
        "[pending]\nconflicts = 1",
        '[pending]\nconflicts = "a"',
        "[pending]\nconflicts = [1]",
        "[pending]",
        "[pending.template]\nreference = 1\n[pending.answers]",
        "[[[",
    ],
)
def test_wrong_types_in_the_answers(table: str, project: Path) -> None:
    edit(project, FILE, lambda text: text.replace("[template]", f"{table}\n[template]", 1))
    check_refused(project, where=FILE)


@pytest.mark.parametrize("line", ["defaulted = 1", 'defaulted = "a"', "defaulted = [1]", "version = 2"])
def test_wrong_types_at_the_top(line: str, project: Path) -> None:
    def change(text: str) -> str:
        return "\n".join([line, *(old for old in text.split("\n") if not old.startswith(line.split(" ")[0]))])

    edit(project, FILE, change)
    check_refused(project, where=FILE)


@pytest.mark.parametrize(("name", "limit"), [(LOCK, MAX_BYTES), (FILE, MAX_RECORD)])
def test_files_far_too_large(name: str, limit: int, project: Path) -> None:
    with (project / name).open("r+b") as file:
        file.truncate(10 * limit)
    check_refused(project, where=f"{name} is larger than")


def test_a_lock_of_bombs(project: Path) -> None:
    from tests.project.test_bases import encoded

    bomb = encoded(b"\0" * 256 * 1024)
    edit(project, LOCK, lambda text: text + "".join(f'"x{number}" = "{bomb}"\n' for number in range(1300)))
    check_refused(project, where="genfile.lock: template.files unpacks to more than 32 MiB")


def test_without_its_lock_an_update_asks_for_what_differs(project: Path) -> None:
    (project / LOCK).unlink()
    (project / "b").write_text("mine\n")
    done = genfile(project.parent, "update", "shop", "--from", "tpl", "--defaults")
    assert done.returncode == 3
    assert "genfile.lock is missing" in done.stderr
    assert (project / "a").read_text() == (
        "<<<<<<< yours\n1\n||||||| last written by genfile\n=======\none\n"
        ">>>>>>> genfile " + done_label(project) + "\n2\n3\n"
    )
    assert "mine\n" in (project / "b").read_text()
    write_files(project, {"a": "one\n2\n3\n", "b": "mine\n"})
    again = genfile(project.parent, "update", "shop", "--from", "tpl", "--defaults")
    assert again.returncode == 0, again.stderr
    assert (project / "b").read_text() == "mine\n"


def done_label(project: Path) -> str:
    return (project / "a").read_text().split(">>>>>>> genfile ")[1].split("\n")[0]


def test_a_link_in_the_place_of_a_record_is_not_followed(project: Path) -> None:
    for name in (LOCK, FILE):
        (project / name).rename(project.parent / name)
        (project / name).symlink_to(project.parent / name)
        before = digest_of(project.parent)
        done = genfile(project.parent, "update", "shop", "--from", "tpl", "--defaults")
        assert done.returncode == 1
        assert f"{name} is a symbolic link" in done.stderr
        assert digest_of(project.parent) == before
        (project / name).unlink()
        (project.parent / name).rename(project / name)
