"""Go: downloaded modules and built programs."""

import posixpath

from genfile.image.effects.run import Effect, Run
from genfile.image.effects.shell import unknown
from genfile.image.files import Answer, either


def _go(run: Run) -> None:
    """`go build -o X PACKAGE` makes X, or a file with the package's name in the folder X."""
    folder = run.value("-C") or "."
    verb = next((word for word in run.rest if not word.startswith("-") and word != folder), "")
    if verb == "mod" and "download" in run.rest:
        run.needs(posixpath.join(folder, "go.mod"))
    elif verb == "mod" and "init" in run.rest:
        run.make(posixpath.join(folder, "go.mod"))
    elif verb == "build":
        _build(run, folder)
    elif verb == "install":
        run.may_change("/go/bin", "/root/go/bin", run.variable("GOBIN") or "/go/bin")
    elif verb not in ("env", "version", "vet", "clean", "test", "mod", "work", "list"):
        unknown(run.again(run.words))


def _build(run: Run, folder: str) -> None:
    _needs_a_module(run, folder)
    output = run.value("-o")
    packages = [word for word in run.operands[1:] if word not in (output, folder) and word.startswith((".", "/"))]
    for package in packages:
        if "..." not in package and "*" not in package and not package.endswith(".go"):
            run.needs(posixpath.join(folder, package))
    if output is None:
        run.may_change(posixpath.join(folder, "."))
        return
    place = posixpath.join(folder, output)
    several = len(packages) > 1 or any("..." in package for package in packages)
    if output.endswith("/") or several or run.find(place).folder:
        run.make(place, folder=True, open=True)
    elif run.find(place).answer is Answer.UNKNOWN:
        # A file, or a file in a folder with that name.
        run.stage.files.put(either(run.at(place), "go build"))
    else:
        run.make(place)


def _needs_a_module(run: Run, folder: str) -> None:
    """Record a missing module of the built packages; without one, Go builds what lies in GOPATH, or single files."""
    if run.variable("GO111MODULE") in ("off", "auto") or any(word.endswith(".go") for word in run.operands):
        return
    place = run.at(folder)
    if place.startswith("/go/src") or any(run.has(flag) for flag in ("-C", "-modfile")):
        return
    while place != "/":
        for name in ("go.mod", "go.work"):
            if run.stage.files.find(posixpath.join(place, name)).answer is not Answer.NO:
                if run.value("-mod") == "vendor":
                    run.needs(posixpath.join(place, "vendor"))
                return
        place = posixpath.dirname(place)
    run.needs(posixpath.join(folder, "go.mod"))


EFFECTS: dict[str, Effect] = {"go": _go}
