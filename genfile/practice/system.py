"""System packages that the program needs while it runs, and that a small base image does not have."""

import re
from collections.abc import Iterator

from genfile.data.families import package_names
from genfile.image.files import Answer
from genfile.practice.subject import Practice, Subject, Wrong

# In most images in one form or another, or brought by packages that need them.
_USUAL = frozenset({"ca-certificates", "tzdata", "tini", "libstdc++6", "libgcc-s1", "zlib1g"})
_ZONES = "/usr/share/zoneinfo/"
_STEM = re.compile(r"[a-z]+(?:[-+][a-z]+)*")


def _missing(subject: Subject) -> Iterator[Wrong]:
    service, final = subject.service, subject.built.final
    if service is None or final.base is None or final.loose is not None:
        return
    small = final.base.distribution == "alpine" or "slim" in final.reference or final.base.name in ("debian", "ubuntu")
    if not small or not subject.image.words:
        return
    family = "alpine" if final.base.distribution == "alpine" else "debian"
    names = package_names(family) if family != "debian" else {}
    installed = set(final.packages)
    needed = []
    for debian in service.spec.system_packages.run:
        name = names.get(debian, debian)
        if name is None or debian in _USUAL or name in final.base.programs or _is_there(name, installed):
            continue
        needed.append(name)
    if needed:
        yield Wrong(
            "system-packages",
            subject.image.stage.line,
            f"the program needs {', '.join(needed[:4])} while it runs, and the image does not have "
            f"{'it' if len(needed) == 1 else 'them'}",
            "install it in the final stage" if len(needed) == 1 else "install them in the final stage",
        )


def _zones(subject: Subject) -> Iterator[Wrong]:
    """A link to a time zone in a plain Alpine, which has none."""
    for stage in subject.built.needed:
        base = stage.base
        if base is None or base.name != "alpine" or "tzdata" in stage.packages or stage.loose is not None:
            continue
        step = next((step for step in stage.steps if any(word.startswith(_ZONES) for word in step.words)), None)
        if step is not None and stage in subject.shipped and "tzdata" not in step.packages:
            zone = next(word for word in step.words if word.startswith(_ZONES))
            if stage.files.find(zone).answer is Answer.YES:
                continue
            text = f"{zone} is not in {stage.reference}: the time of the container stays UTC"
            yield Wrong("system-packages", step.line, text, "install tzdata before this step")
            return


def _all(subject: Subject) -> Iterator[Wrong]:
    yield from _missing(subject)
    yield from _zones(subject)


def _is_there(name: str, installed: set[str]) -> bool:
    """Whether a package, or one built on it, is installed: `libpq-dev` brings `libpq5`."""
    stem = _STEM.match(name)
    return any(other == name or (stem is not None and other.startswith(stem[0])) for other in installed)


PRACTICES = (
    Practice(
        "system-packages",
        "A library or program that the code calls, and the image lacks, fails at its first use.",
        "docs.docker.com/build/building/best-practices/#apt-get",
        _all,
    ),
)
