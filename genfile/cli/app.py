"""The table of commands, and the one place where an error becomes an exit code."""

import os
import sys
from typing import Annotated

import typer

from genfile import __version__
from genfile.cli import (
    adopt,
    build,
    check,
    explain,
    init,
    inspect,
    lint,
    new,
    pin,
    presets,
    presets_author,
    presets_sources,
    recovery,
    render,
    schema,
    ui,
    update,
    verify,
)
from genfile.errors import GenfileError

app = typer.Typer(
    name="genfile",
    help="Read a source tree, and write the Dockerfile that a careful senior engineer would have written.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init")(init.init)
app.command("new")(new.new)
app.command("update")(update.update)
app.command("check")(check.check)
app.command("adopt")(adopt.adopt)
app.command("build")(build.build)
app.command("verify")(verify.verify)
app.command("pin")(pin.pin)
app.command("explain")(explain.explain)
app.command("inspect")(inspect.inspect)
app.command("lint")(lint.lint)
app.command("render")(render.render)
presets.app.command("add")(presets_sources.add)
presets.app.command("update")(presets_sources.update)
presets.app.command("remove")(presets_sources.remove)
presets.app.command("eject")(presets_author.eject)
presets.app.command("new")(presets_author.new)
presets.app.command("test")(presets_author.check)
app.add_typer(presets.app, name="presets")
app.command("schema")(schema.schema)


def _version(value: bool) -> None:
    if value:
        ui.out(f"genfile {__version__}")
        raise typer.Exit()


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", "-V", callback=_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Hold the options of `genfile` itself; before any command, undo what one that was killed had begun."""
    recovery.undo_interrupted()


def run(arguments: list[str] | None = None) -> int:
    """Run one command; give its exit code (see `genfile.errors`). Never raises."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        result = app(words, standalone_mode=False)
        sys.stdout.flush()
    except GenfileError as error:
        return _failed(error, as_json="--json" in words)
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        # The reader has gone; what was to be said is said to nobody.
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
    """What was read has worn out Python's memory or stack: that is a limit of genfile, and what was read is odd."""
    what = "is nested too deeply" if isinstance(error, RecursionError) else "takes more memory than there is"
    return GenfileError(
        f"what was read {what}",
        hint="name a smaller folder; `genfile inspect --guard` shows which parts can be read",
    )


def _interrupted() -> int:
    """Ctrl-C: whatever was begun has been undone by then."""
    ui.error_out("error: interrupted: nothing was changed")
    return 130


def _failed(error: GenfileError, *, as_json: bool) -> int:
    if as_json:
        ui.json_out({"version": 1, "error": {"message": error.message, "hint": error.hint, "code": error.exit_code}})
    else:
        ui.error(error)
    return error.exit_code


def _other(error: Exception, *, as_json: bool) -> int:
    """typer's own exceptions, by their shape: it has carried click under several names."""
    if type(error).__name__ == "Abort":
        return _interrupted()
    code = getattr(error, "exit_code", None)
    if isinstance(code, int):
        message = getattr(error, "message", None)
        if message:
            ui.error_out(f"error: {message}")
            ui.error_out("hint: see `genfile --help`")
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
