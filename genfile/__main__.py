"""`genfile` and `python -m genfile`: what needs no parser of options is answered before one is imported."""

import sys

from genfile import __version__


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"genfile {__version__}\n")
        return
    from genfile.cli.app import run

    sys.exit(run())


if __name__ == "__main__":
    main()
