"""Runs one command, and turns every error into an exit code."""

import os
import sys

from genfile import __version__
from genfile.cli.commands import app
from genfile.errors import GenfileError


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code (see `genfile.errors`). Never raises."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        result = app(words, prog_name="genfile", standalone_mode=False)
        sys.stdout.flush()
    except GenfileError as error:
        return _failed(error, as_json="--json" in words)
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        # Nobody reads the output any more, so there is nobody to tell.
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115
        return 1
    except (MemoryError, RecursionError) as error:
        return _failed(_exhausted(error), as_json="--json" in words)
    except Exception as error:
        return _other(error, as_json="--json" in words)
    if result == 130:
        return _interrupted()
    return result if isinstance(result, int) else 0


def _exhausted(error: BaseException) -> GenfileError:
    """The error for input that exhausts Python's memory or stack: a limit of genfile, on unusual input."""
    what = "is nested too deeply" if isinstance(error, RecursionError) else "takes more memory than there is"
    return GenfileError(
        f"what was read {what}",
        hint="name a smaller folder; `genfile inspect --guard` shows which parts can be read",
    )


def _interrupted() -> int:
    """Ctrl-C: by now everything that was begun has been undone."""
    from genfile.cli import ui

    ui.error_out("error: interrupted: nothing was changed")
    return 130


def _failed(error: GenfileError, *, as_json: bool) -> int:
    from genfile.cli import ui

    if as_json:
        said = {"message": error.message, "hint": error.hint, "code": error.exit_code}
        usage = getattr(error, "usage", None)
        ui.json_out({"version": 1, "error": said | ({"usage": usage} if usage else {})})
    else:
        ui.error(error)
    return error.exit_code


def _other(error: Exception, *, as_json: bool) -> int:
    """typer's own exceptions, recognised by their shape, since typer has bundled click under several names."""
    from genfile.cli.usage import read_fault

    if type(error).__name__ == "Abort":
        return _interrupted()
    fault = read_fault(error)
    if fault is not None:
        return _failed(fault, as_json=as_json)
    code = getattr(error, "exit_code", None)
    if isinstance(code, int):
        return _interrupted() if code == 130 else code
    if isinstance(error, OSError):
        return _failed(GenfileError(error.strerror or str(error)), as_json=as_json)
    failure = GenfileError(
        f"genfile failed: {type(error).__name__} at {_origin(error)}: {str(error)[:200]}",
        hint=f"report it with the command that you ran and the version, {__version__}",
    )
    return _failed(failure, as_json=as_json)


def _origin(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
