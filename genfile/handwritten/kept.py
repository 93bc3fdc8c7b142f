"""Whether the ignore file that a folder has lets through what a Dockerfile copies."""

from pathlib import Path

from genfile.evidence import Note


def kept_out(root: Path, context: str, dockerfile: str) -> list[Note]:
    """A warning where the ignore file that a folder has keeps out what a Dockerfile copies of it.

    ``context``: the folder of the tree that is the build context.
    """
    from genfile.detect.paths import relative
    from genfile.detect.tree import Tree
    from genfile.dockerfile.context import missing_sources
    from genfile.dockerfile.ignore import read_ignore
    from genfile.dockerfile.reader import read_dockerfile
    from genfile.source import open_source

    folder = "" if context == "." else context
    name = f"{folder}/.dockerignore" if folder else ".dockerignore"
    tree = Tree(open_source(root))
    text = tree.text(name)
    if text is None:
        return []
    files = [relative(path, folder) for path in tree.paths if not folder or path.startswith(f"{folder}/")]
    missing = missing_sources(read_dockerfile(dockerfile), read_ignore(text), files)
    names = ", ".join(dict.fromkeys(item.source for item in missing if item.rule is not None))
    told = f"it leaves out {names}, which the Dockerfile copies: use genfile's own, or let them through"
    return [Note("warning", told, name)] if names else []
