"""References taken apart: what is meant, and that no text becomes an option or a program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genfile.bundle.reference import SCHEMES, BundleReference, parse_reference
from genfile.errors import UsageError


@pytest.mark.parametrize(
    ("text", "kind", "location", "revision", "subfolder", "name"),
    [
        ("node", "name", "node", None, "", "node"),
        ("./acme", "path", "./acme", None, "", "acme"),
        ("/srv/presets/acme/", "path", "/srv/presets/acme/", None, "", "acme"),
        ("../a b", "path", "../a b", None, "", "a b"),
        ("C:\\presets\\acme", "path", "C:\\presets\\acme", None, "", "acme"),
        ("acme.tar.gz#sub/x", "path", "acme.tar.gz", None, "sub/x", "x"),
        ("dir/acme-1.0.tar.gz", "path", "dir/acme-1.0.tar.gz", None, "", "acme-1.0"),
        ("acme.ZIP", "path", "acme.ZIP", None, "", "acme"),
        ("git+https://h.example/o/r@v1.2#sub", "git", "https://h.example/o/r", "v1.2", "sub", "sub"),
        ("git+https://h.example:8443/o/r.git", "git", "https://h.example:8443/o/r.git", None, "", "r"),
        ("git+ssh://git@h.example/o/r@feature/x", "git", "ssh://git@h.example/o/r", "feature/x", "", "r"),
        ("git+ssh://git@h.example/o/r", "git", "ssh://git@h.example/o/r", None, "", "r"),
        ("https://h.example/o/r.git@v1", "git", "https://h.example/o/r.git", "v1", "", "r"),
        ("git+file:///srv/r@v1", "git", "file:///srv/r", "v1", "", "r"),
        ("git+https://h/o/r@v1#subdirectory=a/b", "git", "https://h/o/r", "v1", "a/b", "b"),
        ("gh:o/r@v1#sub", "git", "https://github.com/o/r.git", "v1", "sub", "sub"),
        ("gl:group/inner/r", "git", "https://gitlab.com/group/inner/r.git", None, "", "r"),
        ("bb:o/r.git", "git", "https://bitbucket.org/o/r.git", None, "", "r"),
        ("git@h.example:o/r.git@v1", "git", "git@h.example:o/r.git", "v1", "", "r"),
        ("package:acme-node#x", "package", "acme-node", None, "x", "x"),
    ],
)
def test_what_is_meant(text: str, kind: str, location: str, revision: str | None, subfolder: str, name: str) -> None:
    found = parse_reference(text)
    assert (found.kind, found.location, found.revision, found.subfolder) == (kind, location, revision, subfolder)
    assert found.name == name
    assert found.text == text


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("gh:o/r@v1#sub", "gh:o/r@v2#sub"),
        ("gh:o/r", "gh:o/r@v2"),
        ("git+ssh://git@h/o/r@v1", "git+ssh://git@h/o/r@v2"),
        ("git+ssh://git@h/o/r#a", "git+ssh://git@h/o/r@v2#a"),
    ],
)
def test_another_revision(text: str, wanted: str) -> None:
    moved = parse_reference(text).at("v2")
    assert moved == parse_reference(wanted)


def test_only_git_has_revisions() -> None:
    with pytest.raises(UsageError, match="can't have a revision"):
        parse_reference("./x").at("v2")


def _is_safe(found: BundleReference) -> None:
    assert not found.location.startswith("-")
    assert not (found.revision or "").startswith("-")
    assert ".." not in found.subfolder.split("/")
    assert not found.subfolder.startswith(("/", "-"))
    if found.kind == "git":
        scheme = found.location.partition("://")[0]
        # Without a scheme it is user@host:path, which git takes for ssh.
        assert scheme in SCHEMES or (found.location.partition(":")[0].count("@") == 1 and "::" not in found.location)
        assert "::" not in found.location.partition("//")[0]
        assert " " not in found.location


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    """Any text at all is a safe reference, or a UsageError."""
    try:
        found = parse_reference(text)
    except UsageError:
        return
    _is_safe(found)
    assert found.name


_PIECES = st.sampled_from(
    [
        "git+",
        "ext::",
        "https://",
        "file://",
        "ssh://",
        "gh:",
        "-",
        "--upload-pack=x",
        "@",
        "#",
        "/",
        "..",
        "h",
        "o/r",
        ":",
        " ",
        "v1",
        "%2e",
        "\\",
    ]
)


@given(st.lists(_PIECES, max_size=8).map("".join))
def test_any_pieces(text: str) -> None:
    """The pieces that attacks are made of, in any order."""
    try:
        found = parse_reference(text)
    except UsageError:
        return
    _is_safe(found)


@given(
    st.sampled_from(["gh", "gl", "bb"]),
    st.from_regex(r"[a-z][a-z0-9-]{0,10}/[a-z][a-z0-9._-]{0,10}[a-z0-9]", fullmatch=True),
    st.none() | st.from_regex(r"v[0-9]{1,3}(\.[0-9]{1,3}){0,2}", fullmatch=True),
    st.none() | st.from_regex(r"[a-z]{1,5}(/[a-z]{1,5}){0,3}", fullmatch=True),
)
def test_what_is_written_is_read(forge: str, path: str, revision: str | None, subfolder: str | None) -> None:
    text = f"{forge}:{path}" + (f"@{revision}" if revision else "") + (f"#{subfolder}" if subfolder else "")
    found = parse_reference(text)
    assert (found.revision, found.subfolder) == (revision, subfolder or "")
    assert found.location.endswith(f"/{path.removesuffix('.git')}.git")
