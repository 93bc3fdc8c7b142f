"""Maven and Gradle: their output depends on plugins, so only the folders are known."""

import posixpath

from genfile.image.effects.run import Effect, Run


def _maven(run: Run) -> None:
    named = run.value("-f", "--file")
    folder = posixpath.dirname(named) if named and named.endswith(".xml") else named
    run.needs(named if named and named.endswith(".xml") else posixpath.join(folder or ".", "pom.xml"))
    run.may_change(folder or ".")


def _gradle(run: Run) -> None:
    run.may_change(run.value("-p", "--project-dir") or ".")


def _wrapper(run: Run) -> None:
    if "/" in run.words[0] and not run.needs(run.words[0]):
        return
    (_maven if run.program == "mvnw" else _gradle)(run)


def _java(run: Run) -> None:
    """`java -Djarmode=tools -jar X extract --destination Y`, and whatever else a jar does in its working folder."""
    target = run.value("--destination")
    if target is not None:
        run.make(target, folder=True, open=True)
    else:
        run.may_change(".")


def _jlink(run: Run) -> None:
    target = run.value("--output")
    if target is not None:
        run.make(target, folder=True, open=True)


EFFECTS: dict[str, Effect] = {
    "mvn": _maven,
    "mvnd": _maven,
    "mvnw": _wrapper,
    "gradle": _gradle,
    "gradlew": _wrapper,
    "java": _java,
    "jlink": _jlink,
    "jar": _java,
    "javac": _java,
}
