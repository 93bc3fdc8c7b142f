"""`genfile verify`: builds the project's images, starts them as a hardened platform would, and sends requests."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec import Struct, field
from msgspec.structs import replace

from genfile.cli import ui
from genfile.cli.progress import told
from genfile.errors import GenfileError, UsageError

if TYPE_CHECKING:
    from genfile.verify.causes import Diagnosis
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
        bool,
        typer.Option(
            "--fix",
            help=f"Fix known causes and try again, up to {ROUNDS} times; what helped goes to genfile.toml.",
        ),
    ] = False,
    memory: Annotated[
        str, typer.Option("--memory", metavar="SIZE", help="All the memory that a container gets; none: no limit.")
    ] = "1g",
    within: Annotated[
        float, typer.Option("--within", metavar="SECONDS", help="How long a service may take until it answers.")
    ] = 90,
    build_arg: Annotated[
        list[str] | None, typer.Option("--build-arg", metavar="NAME=VALUE", help="A build argument.")
    ] = None,
    secret: Annotated[
        list[str] | None, typer.Option("--secret", metavar="id=ID,src=FILE", help="A secret of the build.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Build with the cache; leave out checks, contents, and the second build.")
    ] = False,
    databases: Annotated[
        bool,
        typer.Option("--databases/--no-databases", help="Start the databases that a service needs beside it."),
    ] = True,
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
        as_is=not (fresh or settings),
        memory=None if memory in ("", "0", "none") else memory,
        databases=databases,
        answer_within=within,
        arguments=_variables(build_arg or [], "--build-arg"),
        secrets=tuple(secret or ()),
        quick=quick,
    )
    proofs, mended = _rounds(path, wish, rounds=ROUNDS if fix else 0, quiet=as_json)
    passed = all(proof.report.passed for proof in proofs)
    saved = _save(path, mended, len(proofs)) if passed else None
    if junit is not None:
        ui.write_file(junit, _junit(proofs))
    if as_json:
        ui.json_out({"version": 1, "services": [_as_json(proof, mended) for proof in proofs], "saved": saved})
    else:
        for proof in proofs:
            _report(proof)
        _tell_mended(path, proofs, mended, saved)
    if not passed:
        raise typer.Exit(GenfileError.exit_code)


class Mended(Struct):
    """What --fix did for a service: its settings now, and the causes that called for them."""

    settings: dict[str, str] = field(default_factory=dict)
    causes: "list[Diagnosis]" = field(default_factory=list)


def _as_json(proof: "Proof", mended: dict[str, Mended]) -> dict[str, Any]:
    found = mended.get(proof.path, Mended())
    return {**proof.to_json(), "settings": found.settings, "mended": [cause.to_json() for cause in found.causes]}


def _rounds(path: Path, wish: "Wish", *, rounds: int, quiet: bool) -> "tuple[list[Proof], dict[str, Mended]]":
    """Run the gates; with --fix, apply the diagnoses and run those services again. Returns what was done, by
    service."""
    from genfile.verify.prove import prove

    with told(quiet=quiet) as tell:
        proofs = prove(path, wish, tell)
    mended: dict[str, Mended] = {}
    for number, proof in enumerate(proofs):
        for _ in range(rounds):
            mends = _mends(proofs[number])
            known = mended.setdefault(proof.path, Mended())
            if not mends or all(known.settings.get(key) == value for key, value in mends.items()):
                break
            known.settings |= mends
            known.causes += [cause for cause in (proofs[number].diagnosis,) if cause is not None]
            if not quiet:
                _tell_round(proofs[number], mends)
            again = replace(wish, service=proof.path, settings={**wish.settings, **known.settings}, as_is=False)
            with told(quiet=quiet) as tell:
                proofs[number] = prove(path, again, tell)[0]
    return proofs, {key: value for key, value in mended.items() if value.settings}


def _tell_round(proof: "Proof", mends: dict[str, str]) -> None:
    if proof.diagnosis is not None:
        ui.out(f"{proof.service}: {proof.diagnosis.text} [{proof.diagnosis.id}]")
    ui.out(f"{proof.service}: again with {', '.join(f'{key}={value}' for key, value in mends.items())}")


def _mends(proof: "Proof") -> dict[str, str]:
    """The settings that fix a failure without a choice by a person, as --set takes them."""
    found = proof.diagnosis
    return {key: _text(value) for key, value in found.settings.items()} if found is not None and found.certain else {}


def _save(path: Path, mended: dict[str, Mended], services: int) -> str | None:
    """Save the settings that helped to genfile.toml; returns the file's name, or None if there was nothing to save."""
    from genfile.upkeep.save import save_settings

    saved = None
    for service, found in mended.items():
        for name, text in save_settings(path, found.settings, service if services > 1 else None).items():
            ui.write_file(path / name, text)
            saved = name
    return saved


def _tell_mended(path: Path, proofs: "list[Proof]", mended: dict[str, Mended], saved: str | None) -> None:
    for proof in proofs:
        if proof.path not in mended:
            continue
        words = ", ".join(f"{key}={value}" for key, value in mended[proof.path].settings.items())
        if saved is None:
            ui.out(f"{proof.service}: tried {words}")
        else:
            ui.out(f"{proof.service}: fixed by {words}, now in {saved}")
    if saved is not None:
        ui.out(f"Update the container files with: genfile update {shlex.quote(str(path))}")


def _text(value: Any) -> str:
    """A value as --set takes it."""
    import json

    return value if isinstance(value, str) else json.dumps(value)


def _variables(given: list[str], flag: str = "--env") -> dict[str, str]:
    found: dict[str, str] = {}
    for item in given:
        name, sign, value = item.partition("=")
        if not sign or not name:
            raise UsageError(
                f"{flag} {item}: it takes NAME=VALUE", hint=f"for example {flag} DATABASE_URL=postgres://db/x"
            )
        found[name] = value
    return found


def _report(proof: "Proof") -> None:
    size = proof.report.image_bytes
    if proof.report.passed:
        ui.out(f"{proof.service}: all gates passed, {size / 1e6:.0f} MB")
        _contents(proof)
        return
    shown = f", {size / 1e6:.0f} MB" if size else ""
    ui.out(f"{proof.service}: failed{shown}")
    _contents(proof)
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


def _contents(proof: "Proof") -> None:
    if proof.report.contents is not None:
        for line in proof.report.contents.lines():
            ui.out(f"  {line}")


def _junit(proofs: "list[Proof]") -> str:
    """One test suite for each service, one test case for each gate, in the format that CI servers read."""
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
    """Text without the control characters that XML 1.0 can't hold."""
    return "".join(char for char in text if char in "\t\n" or char.isprintable())
