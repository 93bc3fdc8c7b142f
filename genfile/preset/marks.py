"""Marks that templates leave in rendered text: where a rule's passage or an instruction begins and ends.

A passage renders as `OPEN name CLOSE … END`. The three are private-use characters: no text of a spec can hold them, for
it may only hold printable ones. `trace` takes them out again and keeps what they say, so that nobody else sees them.
"""

OPEN, CLOSE, END = "\ue000", "\ue001", "\ue002"
# What the name of an instruction begins with; the name of a rule never does.
INSTRUCTION = "!"


def without_marks(text: str) -> str:
    """A rendered text as its readers will see it."""
    rest = text.replace(END, "")
    while OPEN in rest:
        before, _, after = rest.partition(OPEN)
        rest = before + after.partition(CLOSE)[2]
    return rest
