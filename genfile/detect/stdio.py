"""Servers that talk to the client that starts them, over standard input and output, instead of listening on a port."""

from genfile.evidence import Draft, Evidence, Fact


def put_stdio(draft: Draft, says: Evidence) -> None:
    """Put /stdio, with a warning of how such an image is run."""
    draft.put("stdio", Fact(True, (says,)))
    text = "this server talks over stdio and does not listen on a port; run it with `docker run -i`"
    draft.note("warning", f"{text} ({says})", says.path, says.line)
