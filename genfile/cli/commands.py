"""The table of commands: when in the life of a project each is used, its line in the help, its examples.

A test runs every example, in a project that genfile has written files for.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Annotated, Any

import typer

from genfile import __version__
from genfile.cli.help import Group, LateCommand

app = typer.Typer(
    name="genfile",
    cls=Group,
    help="Read a source tree and write the Dockerfile that a senior engineer would write.",
    epilog="Begin with `genfile init` in a project; `genfile COMMAND --help` has examples.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    # typer imports pydantic to read an option that is not given, except for a flag whose default is a bool.
    context_settings={
        "help_option_names": ["-h", "--help"],
        "default_map": {"help": False, "install_completion": False, "show_completion": False},
    },
)
presets = typer.Typer(cls=Group, help="List, inspect, create, test and pin presets.", rich_markup_mode=None)


def _add(group: typer.Typer, name: str, home: str, stage: str, summary: str, *examples: str) -> None:
    """Add a command; ``home``: the module in this package and the function of it."""

    def load() -> Callable[..., Any]:
        module, function = home.split(".")
        found: Callable[..., Any] = getattr(import_module(f"genfile.cli.{module}"), function)
        return found

    group.command(name, cls=LateCommand, short_help=summary, epilog="\n".join(examples), rich_help_panel=stage)(load)


# fmt: off
_add(app, "init", "init.init", "Start", "Write a Dockerfile and a .dockerignore for a project",
     "genfile init",
     "genfile init --compose --set port=8080",
     "genfile init services/api --diff",
     "genfile init --stdout | docker build -f - .")
_add(app, "new", "new.new", "Start", "Start a project from a template",
     "genfile new --list",
     "genfile new python-fastapi shop --defaults --dockerfile")
_add(app, "adopt", "adopt.adopt", "Start", "Compare your own Dockerfile with genfile's; take it over",
     "genfile adopt",
     "genfile adopt --diff")
_add(app, "check", "check.check", "Maintain", "Check in CI that the files still fit the project",
     "genfile check",
     "genfile check --github")
_add(app, "update", "update.update", "Maintain", "Merge what the project needs now with your edits",
     "genfile update",
     "genfile update --diff",
     "genfile update --set port=9000")
_add(app, "explain", "explain.explain", "Maintain", "Explain a line of a Dockerfile, or a field of the spec",
     "genfile explain Dockerfile:3",
     "genfile explain port")
_add(app, "lint", "lint.lint", "Maintain", "Find what is wrong in any Dockerfile, without building",
     "genfile lint",
     "genfile lint --file Dockerfile --json")
_add(app, "build", "build.build", "Build", "Build the images, with their secrets and arguments",
     "genfile build --print",
     "genfile build --tag registry.example/team/shop --push --print")
_add(app, "verify", "verify.verify", "Build", "Build and start the images; test that they work",
     "genfile verify",
     "genfile verify --junit report.xml")
_add(app, "pin", "pin.pin", "Build", "Pin base images by digest",
     "genfile pin --dry-run",
     "genfile pin --update")
app.add_typer(presets, name="presets", rich_help_panel="Presets")
_add(app, "inspect", "inspect.inspect", "Data", "Show what genfile finds, with the evidence",
     "genfile inspect",
     "genfile inspect --json")
_add(app, "render", "render.render", "Data", "Render files from a spec, without a source tree",
     "genfile inspect --json | genfile render -",
     "genfile render spec.json --output out")
_add(app, "schema", "schema.schema", "Data", "Print the JSON Schema of a spec or a configuration file",
     "genfile schema config")

_add(presets, "list", "presets.list_presets", "", "List the built-in presets and those of the project",
     "genfile presets list")
_add(presets, "show", "presets.show", "", "Show what a preset writes and which options it has",
     "genfile presets show node",
     "genfile presets show ./acme --json")
_add(presets, "new", "presets_author.new", "", "Create a preset of your own, with its first test",
     "genfile presets new acme ./platform/acme",
     "genfile presets new web --extends node")
_add(presets, "test", "presets_author.check", "", "Test a preset over specs of every language",
     "genfile presets test ./acme --no-docker",
     "genfile presets test ./acme --no-docker --update")
_add(presets, "eject", "presets_author.eject", "", "Copy a built-in preset to edit it",
     "genfile presets eject node")
_add(presets, "add", "presets_sources.add", "", "Add a preset to the project and pin it",
     "genfile presets add acme ./acme",
     "genfile presets add acme gh:acme/presets@v1")
_add(presets, "fetch", "presets_sources.fetch", "", "Fetch pinned presets, on a new machine or in CI",
     "genfile presets fetch")
_add(presets, "update", "presets_sources.update", "", "Move pinned presets to what their sources are now",
     "genfile presets update",
     "genfile presets update acme --to v2")
_add(presets, "remove", "presets_sources.remove", "", "Remove a preset from the project",
     "genfile presets remove acme")
# fmt: on


def _version(value: bool) -> None:
    if value:
        from genfile.cli import ui

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
    from genfile.cli.recovery import undo_interrupted

    undo_interrupted()
