"""What genfile raises, and the exit code that each becomes.

    GenfileError             1  something failed
    ├── UsageError           2  the call was wrong: an option, a value, a name
    │   └── SpecError        2  a spec (or --set) that does not validate
    ├── SourceError          1  the tree can't be read
    ├── PresetError          1  a preset or template is at fault
    ├── WriteError           1  the files can't be written
    ├── GuardError           1  a child with limits gave no answer: `code` says why
    ├── ConflictError        3  a file of the user's would be replaced
    └── NothingFoundError    4  nothing to put in a container

Every message is one line that names the place; ``hint`` is what the user can do about it.
"""


class GenfileError(Exception):
    """Something that genfile expected to go wrong: one line for the user, never a traceback."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(_one_line(message))
        self.hint = None if hint is None else _one_line(hint)

    @property
    def message(self) -> str:
        return str(self.args[0])


class UsageError(GenfileError):
    exit_code = 2


class SpecError(UsageError):
    pass


class SourceError(GenfileError):
    pass


class PresetError(GenfileError):
    pass


class WriteError(GenfileError):
    pass


class GuardError(GenfileError):
    """A guarded call that gave no answer.

    ``code``: `time` and `memory` (a limit was reached), `signal` (the child died, of ``signal``), `failed` (an
    exception in the child), `reply` (an answer that is not one), `start` (no child could be started), `busy` (the queue
    of a pool is full), `closed` (the pool is).
    """

    def __init__(self, message: str, *, code: str, signal: int | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.signal = signal


class ConflictError(GenfileError):
    exit_code = 3


class NothingFoundError(GenfileError):
    exit_code = 4


def _one_line(text: str) -> str:
    """Text from a tree may hold newlines or terminal escapes; an error line must not."""
    return "".join(char if char.isprintable() else "�" for char in " ".join(text.split()))
