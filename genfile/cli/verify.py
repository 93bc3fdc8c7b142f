"""`genfile verify`: the images of a project, built, started as a hardened platform would, and asked."""

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genfile.cli import ui
from genfile.errors import GenfileError, UsageError

if TYPE_CHECKING:
    from genfile.verify.gates import Gate
    from genfile.verify.prove import Proof, Wish

# How often --fix changes the settings and tries again.
ROUNDS = 3
_LOG_LINES = 30


def verify(
    path: Annotated[Path, typer.Argument(help="The folder of the project.")] = Path(),
    service: Annotated[str | None, typer.Option("--service", help="Only this service, by name or path.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a field of the spec or an option.")
    ] = None,
    env: Annotated[
        list[str] | None, typer.Option("--env", metavar="NAME=VALUE", help="A variable of the container.")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Verify what genfile would write now, not the files that are there.")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help=f"Mend what is known how to mend, and try again, up to {ROUNDS} times.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write the outcome as JUnit XML, too.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
    prepare: Annotated[
        str, typer.Option("--prepare", metavar="COMMAND", help="Run this with the base images as arguments before.")
    ] = "",
    no_syntax: Annotated[
        bool, typer.Option("--no-syntax", help="Leave out the syntax line, for engines that reach no registry.")
    ] = False,
) -> None:
    """Build and start each service hardened, ask it, stop it; exit code 1 where something fails, with the cause."""
    from genfile.verify.docker import why_unavailable
    from genfile.verify.prove import Wish

    missing = why_unavailable()
    if missing is not None:
        raise GenfileError(missing, hint="start Docker, or point DOCKER_HOST at an engine")
    wish = Wish(
        service,
        ui.parse_settings(settings or []),
        _variables(env or []),
        shlex.split(prepare),
        not no_syntax,
        as_is=not (fresh or fix or settings),
    )
    proofs, applied = _rounds(path, wish, rounds=ROUNDS if fix else 0, quiet=as_json)
    if junit is not None:
        ui.write_file(junit, _junit(proofs))
    if as_json:
        ui.json_out({"version": 1, "services": [proof.to_json() for proof in proofs], "settings": applied})
    else:
        for proof in proofs:
            _report(proof)
        if applied:
            ui.out("Mended by these settings; to keep them:")
            words = [f"--set {shlex.quote(f'{key}={value}')}" for key, value in applied.items()]
            ui.out(f"  genfile update {shlex.quote(str(path))} {' '.join(words)}")
    if not all(proof.report.passed for proof in proofs):
        raise typer.Exit(GenfileError.exit_code)


def _rounds(path: Path, wish: "Wish", *, rounds: int, quiet: bool) -> "tuple[list[Proof], dict[str, str]]":
    """Prove, and with --fix apply what the diagnoses say and prove again."""
    from genfile.verify.prove import prove

    applied: dict[str, str] = {}
    while True:
        proofs = prove(path, wish, None if quiet else _tell)
        mends = {
            key: _text(value)
            for proof in proofs
            if (found := proof.diagnosis) is not None and found.certain
            for key, value in found.settings.items()
        }
        if rounds == 0 or not mends or all(wish.settings.get(key) == value for key, value in mends.items()):
            return proofs, applied
        rounds -= 1
        applied |= mends
        wish = replace(wish, settings={**wish.settings, **mends})
        if not quiet:
            ui.out(f"again with {', '.join(f'{key}={value}' for key, value in mends.items())}")


def _text(value: Any) -> str:
    """A value as --set takes it."""
    import json

    return value if isinstance(value, str) else json.dumps(value)


def _variables(given: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in given:
        name, sign, value = item.partition("=")
        if not sign or not name:
            raise UsageError(
                f"--env {item}: it takes NAME=VALUE", hint="for example --env DATABASE_URL=postgres://db/x"
            )
        found[name] = value
    return found


def _tell(service: str, name: str, gate: "Gate | None") -> None:
    """A line when a gate has ended; on a terminal also what is under way."""
    if gate is None:
        if ui.is_terminal():
            ui.error_out(f"{service}: {name} …")
        return
    mark = ui.styled("ok", "green") if gate.passed else ui.styled("FAILED", "red")
    ui.out(f"{service:<20} {name:<8} {gate.seconds:6.1f} s  ", mark, f"  {gate.detail}")


def _report(proof: "Proof") -> None:
    size = proof.report.image_bytes
    if proof.report.passed:
        ui.out(f"{proof.service}: all gates passed, {size / 1e6:.0f} MB")
        return
    shown = f", {size / 1e6:.0f} MB" if size else ""
    ui.out(f"{proof.service}: failed{shown}")
    for line in proof.report.log.splitlines()[-_LOG_LINES:]:
        ui.out(f"  | {line}")
    found = proof.diagnosis
    if found is not None:
        ui.out(ui.styled(f"cause: {found.text} [{found.id}]", "bold"))
        ui.out(f"hint: {found.hint}")
        for line in found.toml():
            ui.out(f"      genfile.toml, [set]: {line}")
    for note in proof.notes:
        ui.out(f"known before: {note}")


def _junit(proofs: "list[Proof]") -> str:
    """One test suite a service, one test case a gate (the format that CI servers read)."""
    from xml.etree import ElementTree as xml

    root = xml.Element("testsuites", name="genfile verify")
    for proof in proofs:
        gates = proof.report.gates
        failures = sum(not gate.passed for gate in gates)
        suite = xml.SubElement(root, "testsuite", name=proof.service, tests=str(len(gates)), failures=str(failures))
        for gate in gates:
            case = xml.SubElement(
                suite, "testcase", classname=proof.service, name=gate.name, time=f"{gate.seconds:.3f}"
            )
            if not gate.passed:
                found = proof.diagnosis
                message = gate.detail if found is None else f"{gate.detail}: {found.text}"
                xml.SubElement(case, "failure", message=_clean(message)).text = _clean(proof.report.log)
    xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(root, encoding="unicode") + "\n"


def _clean(text: str) -> str:
    """Without the control characters that XML 1.0 has no way to write."""
    return "".join(char for char in text if char in "\t\n" or char.isprintable())
