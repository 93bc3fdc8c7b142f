"""`genfile build`: builds images from the project's Dockerfiles, with everything that they ask for."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genfile.cli import ui

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genfile.engine.command import EngineCommand
    from genfile.engine.giving import Offer

Texts = list[str] | None


def build(
    path: Annotated[Path, typer.Argument(help="The folder of the project.")] = Path(),
    tag: Annotated[
        Texts,
        typer.Option("--tag", "-t", metavar="IMAGE", help="Name of the image; without :TAG the tags come from git."),
    ] = None,
    service: Annotated[str | None, typer.Option("--service", help="Only this service, by name or path.")] = None,
    dockerfile: Annotated[
        str | None, typer.Option("--file", "-f", metavar="FILE", help="This Dockerfile, by its path in PATH.")
    ] = None,
    platform: Annotated[
        Texts, typer.Option("--platform", metavar="OS/ARCH", help="Platform of the image; may stand several times.")
    ] = None,
    push: Annotated[bool, typer.Option("--push", help="Push the image to its registry.")] = False,
    stage: Annotated[str | None, typer.Option("--target", metavar="STAGE", help="Build up to this stage.")] = None,
    build_arg: Annotated[Texts, typer.Option("--build-arg", metavar="NAME=VALUE", help="A build argument.")] = None,
    secret: Annotated[Texts, typer.Option("--secret", metavar="id=ID,src=FILE", help="A secret of the build.")] = None,
    ssh: Annotated[Texts, typer.Option("--ssh", metavar="ID", help="An SSH agent for the build.")] = None,
    label: Annotated[Texts, typer.Option("--label", metavar="KEY=VALUE", help="A label of the image.")] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Run every step again, without the cache.")] = False,
    pull: Annotated[bool, typer.Option("--pull", help="Look for newer base images.")] = False,
    cache_from: Annotated[
        Texts, typer.Option("--cache-from", metavar="CACHE", help="Take layers from a cache.")
    ] = None,
    cache_to: Annotated[Texts, typer.Option("--cache-to", metavar="CACHE", help="Export layers to a cache.")] = None,
    attest: Annotated[bool, typer.Option("--attest", help="Attach an SBOM and provenance.")] = False,
    engine: Annotated[
        str | None,
        typer.Option("--engine", metavar="NAME", help="docker, podman or buildah; by default the first there is."),
    ] = None,
    show: Annotated[bool, typer.Option("--print", help="Print the command, and run nothing.")] = False,
) -> None:
    """Build the image of each service: with the secrets and arguments that its Dockerfile asks for."""
    from genfile.engine.command import How, commands
    from genfile.engine.giving import nobody
    from genfile.engine.plan import BuildRequest, plan_builds, relative_targets, units_of
    from genfile.engine.revision import read_revision
    from genfile.engine.run import find_engine, run_all

    told = BuildRequest(_all(tag), _all(secret), _all(ssh), _all(build_arg), _all(label), push)
    how = How(_platforms(platform), push, stage, no_cache, pull, _all(cache_from), _all(cache_to), attest)
    units = units_of(path, dockerfile=dockerfile, service=service)
    planned = plan_builds(
        path, units, told, read_revision(path), confirm=nobody if show or not ui.is_terminal() else _confirm
    )
    made = commands(find_engine(engine), relative_targets(planned.targets, path), how)
    for note in planned.notes:
        ui.error_out(f"warning: {note}")
    for command in made:
        _show(command)
    if show:
        typed = sorted({name for target in planned.targets for name in target.values})
        if typed:
            ui.error_out(f"note: the command takes the values of {', '.join(typed)} from the environment")
        return
    run_all(made, Path())
    for target in planned.targets:
        ui.out(f"built  {', '.join(target.tags)}")


def _all(items: Texts) -> tuple[str, ...]:
    return tuple(items or ())


def _platforms(given: Texts) -> tuple[str, ...]:
    """Each platform once; one flag may name several, separated by commas."""
    listed = (part.strip() for item in given or () for part in item.split(","))
    return tuple(dict.fromkeys(part for part in listed if part))


def _confirm(path: str, offers: "Sequence[Offer]") -> bool:
    """Show what a Dockerfile that genfile did not write would be given of the user's data, and ask."""
    ui.out(f"genfile did not write these lines of {path}, and they ask for something of yours:")
    for offer in offers:
        ui.out(f"  line {offer.line}: {offer}")
    return ui.confirm("Give it to the build?")


def _show(command: "EngineCommand") -> None:
    """The command, ready to be copied; the values of build arguments are left to the environment."""
    if command.stdin is None:
        ui.out(shlex.join(command.shown))
        return
    ui.out(f"{shlex.join(command.shown)} <<'EOF'")
    ui.data(command.stdin)
    ui.out("EOF")
