"""The exceptions that genfile raises, with their exit codes and stable codes.

    exception                exit code  `code`
    GenfileError             1          failed          something failed
    ├── UsageError           2          usage           a wrong option, value or name
    │   └── SpecError        2          spec            a spec (or --set) that does not validate
    ├── SourceError          1          source          the source tree can't be read
    ├── PresetError          1          preset          a preset or template is at fault
    ├── WriteError           1          write           the files can't be written
    ├── GuardError           1          (see there)     a guarded child process gave no answer
    ├── ConflictError        3          conflict        a file of the user's would be replaced
    └── NothingFoundError    4          nothing-found   the source tree has no service

Messages may change with any release; `code`, `exit_code` and the hierarchy are stable. An argument of the wrong type
is a TypeError, as everywhere in Python.
"""


class GenfileError(Exception):
    """An expected failure, to be shown to the user in one line without a traceback.

    ``message``: one printable line that says what is wrong and where. ``hint``: what the user can do about it, or None.
    ``code``: a stable word for programs. ``exit_code``: how the command line ends.
    """

    exit_code = 1
    code = "failed"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(_one_line(message))
        self.hint = None if hint is None else _one_line(hint)

    @property
    def message(self) -> str:
        return str(self.args[0])


class UsageError(GenfileError):
    """The call was wrong: an unknown option, name or service, or a value that an option does not take."""

    exit_code = 2
    code = "usage"


class SpecError(UsageError):
    """A spec, or a setting of one of its fields, that does not validate; the message names the field."""

    code = "spec"


class SourceError(GenfileError):
    """A source tree that can't be read: it does not exist, is not an archive, or is over a limit."""

    code = "source"


class PresetError(GenfileError):
    """A preset or template that is at fault: its manifest, a template, or a value that can't be quoted."""

    code = "preset"


class WriteError(GenfileError):
    """Files that can't be written. The old ones are still there."""

    code = "write"


class GuardError(GenfileError):
    """A guarded call that gave no answer.

    ``code``: `time` or `memory` (a limit was reached), `signal` (the child was killed by ``signal``), `failed` (an
    exception in the child), `reply` (an invalid answer), `start` (the child could not be started), `busy` (the pool's
    queue is full) or `closed` (the pool is closed).
    """

    def __init__(self, message: str, *, code: str, signal: int | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.signal = signal


class ConflictError(GenfileError):
    """A file that a person wrote or edited would be replaced. Nothing was written."""

    exit_code = 3
    code = "conflict"


class NothingFoundError(GenfileError):
    """The source tree has no service that genfile knows."""

    exit_code = 4
    code = "nothing-found"


def _one_line(text: str) -> str:
    """Text from a tree may hold newlines or terminal escapes; an error line must not."""
    return "".join(char if char.isprintable() else "�" for char in " ".join(text.split()))
