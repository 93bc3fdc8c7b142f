"""`python -m tools.blocks`: write the tables of docs/presets.md (blocks, options, families) from the presets."""

import sys
from pathlib import Path

from genfile.data import runtime
from genfile.data.families import Family, FamilyLine, families
from genfile.preset.blocks import filled_blocks
from genfile.preset.find import BUILTIN, load_preset

PATH = Path(__file__).parent.parent / "docs" / "presets.md"
BEGIN, END = "<!-- tables -->", "<!-- end of tables -->"
# Every block that a preset may count on, in the order of the Dockerfile, with what it holds.
BLOCKS = {
    "head": "the syntax directive",
    "args": "ARG before the first FROM; empty",
    "base": "the base stage, and a stage for the package manager if it needs one",
    "base_setup": "after its FROM: certificate, mirror",
    "frontend": "the stage of a front end that the service serves",
    "frontend_setup": "after its FROM, unless it starts from base: certificate, mirror",
    "deps": "production dependencies, if they are installed separately from the build",
    "build": "the build stage",
    "build_setup": "after its FROM, unless it starts from base: certificate, mirror",
    "runtime": "the last stage: all blocks below",
    "runtime_from": "its FROM and WORKDIR",
    "runtime_setup": "after them, unless it starts from base: certificate, mirror",
    "runtime_packages": "system packages",
    "runtime_user": "the user's entry in passwd",
    "environment": "ENV",
    "files": "COPY",
    "writable": "folders that the program writes to, volumes",
    "labels": "LABEL",
    "user": "USER",
    "port": "EXPOSE",
    "healthcheck": "HEALTHCHECK",
    "entrypoint": "ENTRYPOINT",
    "command": "CMD",
}


def render() -> str:
    """docs/presets.md with its tables regenerated."""
    text = PATH.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{_blocks()}\n{_options()}\n{_families()}\n{END}{after}"


def _blocks() -> str:
    filled = {name: filled_blocks(load_preset(name)) for name in BUILTIN}
    lines = [f"| block | holds | {' | '.join(BUILTIN)} |", "|---|---|" + "---|" * len(BUILTIN)]
    for block, holds in BLOCKS.items():
        marks = " | ".join("yes" if block in filled[name] else "" for name in BUILTIN)
        lines.append(f"| `{block}` | {holds} | {marks} |")
    return "**Blocks**, and the built-in presets that fill them:\n\n" + "\n".join(lines) + "\n"


def _options() -> str:
    lines = ["| option | type | of | help |", "|---|---|---|---|"]
    found: dict[str, list[str]] = {}
    for name in BUILTIN:
        for option in load_preset(name).options:
            found.setdefault(option, []).append(name)
    for option, names in found.items():
        definition = load_preset(names[min(1, len(names) - 1)]).options[option]
        whose = "every preset" if len(names) == len(BUILTIN) else ", ".join(names)
        lines.append(f"| `{option}` | {definition.type} | {whose} | {definition.help} |")
    return "**Options** of the built-in presets:\n\n" + "\n".join(lines) + "\n"


# Columns of the table of families: what a family is asked for, with the runtime that tells its lines.
KINDS = {
    "node": ("node", "node"),
    "bun": ("bun", "bun"),
    "python": ("python", "python"),
    "go": ("go", "go"),
    "java": ("java", "java"),
    "Tomcat": ("war", "java"),
    "static": ("static", ""),
}


def _families() -> str:
    lines = [f"| family | {' | '.join(KINDS)} | |", "|---|" + "---|" * (len(KINDS) + 1)]
    for family in families().values():
        cells = [_lines(family, *names) for names in KINDS.values()]
        lines.append(f"| `{family.name}` | {' | '.join(cells)} | {family.summary} |")
    return "**Families** of base images, with the languages and versions that each supports:\n\n" + "\n".join(lines)


def _lines(family: Family, kind: str, name: str) -> str:
    """The lines of a runtime that a family has images for, oldest first; `yes`: all of them."""
    if not name or not family.has(kind):
        return "yes" if family.has(kind) else ""
    every = list(reversed(runtime(name).lines))
    found = [
        at for at, line in enumerate(every) if family.has(kind, FamilyLine(line.version, line.distro, line.alpine))
    ]
    if len(found) == len(every):
        return "yes"
    if len(found) > 3 and found[-1] - found[0] == len(found) - 1:
        return f"{every[found[0]].version} to {every[found[-1]].version}"
    return ", ".join(every[at].version for at in found)


def main() -> int:
    PATH.write_text(render(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
