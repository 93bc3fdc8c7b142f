"""`genfile` and `python -m genfile`: what needs no parser of options is answered before one is imported."""

import os
import sys

from genfile import __version__


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"genfile {__version__}\n")
        return
    import gc

    # A process of a fifth of a second: looking for garbage while modules load costs more than it could free.
    gc.set_threshold(200_000, 50, 50)
    # Plugins watch a program's validation; to find them, pydantic reads the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        from genfile.cli.app import run

        code = run()
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:
        # Before the first command was known, or after the last one was done.
        os.write(2, b"error: interrupted\n")
        code = 130
    except OSError:
        # Nobody reads what was said.
        code = 1
    # All is written and flushed: taking hundreds of modules down in order would only make the user wait.
    os._exit(code)


if __name__ == "__main__":
    main()
