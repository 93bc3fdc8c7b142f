"""`python -m genfile.verify FOLDER`: build, start, ask, stop and rebuild what genfile writes for a source folder."""

import argparse
import json
import shlex
import sys
from pathlib import Path

from genfile.errors import GenfileError
from genfile.terminal import write, write_data, write_lines
from genfile.verify.docker import why_unavailable
from genfile.verify.prove import Wish, prove


def main() -> int:
    """0: every gate of every service passed; 1: one failed; 2: it could not be tried."""
    parser = argparse.ArgumentParser(prog="python -m genfile.verify", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--service", help="one service, by name or path; all by default")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", dest="settings")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="given to the container")
    parser.add_argument(
        "--prepare", default="", metavar="COMMAND", help="run with the base images as arguments, before"
    )
    parser.add_argument("--no-syntax", action="store_true", help="leave out the syntax line, where no registry answers")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    wish = Wish(
        given.service,
        dict(item.split("=", 1) for item in given.settings if "=" in item),
        dict(item.split("=", 1) for item in given.env if "=" in item),
        shlex.split(given.prepare),
        not given.no_syntax,
    )
    if (missing := why_unavailable()) is not None:
        write(sys.stderr, missing)
        return 2
    try:
        proofs = prove(given.folder, wish)
    except GenfileError as error:
        write(sys.stderr, str(error))
        return 2
    if given.json:
        write_data(sys.stdout, json.dumps([proof.to_json() for proof in proofs], indent=2) + "\n")
    else:
        for proof in proofs:
            size = proof.report.image_bytes
            write(sys.stdout, f"{proof.service}, {size / 1e6:.0f} MB" if size else proof.service)
            write_lines(sys.stdout, proof.report.render() + "\n")
    return 0 if all(proof.report.passed for proof in proofs) else 1


if __name__ == "__main__":
    sys.exit(main())
