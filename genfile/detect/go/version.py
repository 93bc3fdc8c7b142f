"""The Go version that builds the service."""

from genfile.data import runtime
from genfile.detect.go.module import GoModule
from genfile.detect.hosting import hosting
from genfile.detect.pins import pin_in_file, pin_in_mise, pin_in_tool_versions
from genfile.detect.runtime import warn_over
from genfile.detect.tree import Project
from genfile.evidence import Draft, Fact, decide
from genfile.versions import Pin, choose, parse_pin, satisfies


def go_version(module: GoModule, draft: Draft) -> None:
    """A pin where there is one; else the line that go.mod names while it is supported, else the newest Go: it builds
    every module with an older `go` line (https://go.dev/doc/toolchain)."""
    folder, manifest = module.folder, module.manifest
    decision = decide(folder, PIN_SIGNALS, agree=lambda a, b: a.line == b.line)
    floors = [(text, name) for text, name in ((manifest.toolchain, "toolchain"), (manifest.go, "go")) if text]
    evidence = tuple(folder.says("go.mod", manifest.lines.get(name), f"{name} {text}") for text, name in floors)
    if decision.fact is not None:
        draft.notes.extend(decision.conflicts("Go version"))
        line = decision.fact.value.line
        unmet = next((item for item in floors if not satisfies(line, item[0], "floor")), None)
        if unmet is None:
            draft.put("runtime.version", decision.fact.but(line))
            if decision.fact.value.exact:
                draft.put("runtime.pinned", decision.fact.but(decision.fact.value.exact))
            warn_over("go", "Go", line, decision.fact.evidence[0], draft)
            return
        draft.note(
            "warning",
            f"{decision.fact.evidence[0]} is older than go.mod's {unmet[1]} {unmet[0]}; using go.mod",
        )
    named = _supported(floors)
    if named is not None:
        draft.put("runtime.version", Fact(named, evidence))
        return
    hint = hosting(folder).version("go")
    if hint is not None and all(satisfies(hint.value.line, text, "floor") for text, _ in floors):
        draft.put("runtime.version", hint.but(hint.value.line))
        return
    choice = choose("go", [(text, "floor") for text, _ in floors])
    if choice.line is None:
        pin = parse_pin(floors[0][0], "go") if floors else None
        draft.note("warning", f"Go {floors[0][0]} is newer than any release that genfile knows", folder.full("go.mod"))
        draft.put("runtime.version", Fact(pin.line if pin else runtime("go").default, evidence))
        return
    draft.put("runtime.version", Fact(choice.line, evidence, guess=not evidence))


def _supported(floors: list[tuple[str, str]]) -> str | None:
    """The newest release line in go.mod's directives, if it is not past its end of life."""
    lines = [pin.line for text, _ in floors if (pin := parse_pin(text, "go")) is not None]
    newest = max(lines, key=lambda line: [int(part) for part in line.split(".")], default=None)
    known = runtime("go").line(newest) if newest else None
    return newest if known is not None and not known.over else None


def _go_version_file(folder: Project) -> Fact[Pin] | None:
    """.go-version."""
    return pin_in_file(folder, ".go-version", "go")


def _tool_versions(folder: Project) -> Fact[Pin] | None:
    """`golang` in .tool-versions."""
    return pin_in_tool_versions(folder, "go")


def _mise(folder: Project) -> Fact[Pin] | None:
    """`go` in mise.toml."""
    return pin_in_mise(folder, "go")


def _heroku(folder: Project) -> Fact[Pin] | None:
    """`// +heroku goVersion go1.26` in go.mod."""
    for number, line in enumerate((folder.text("go.mod") or "").splitlines(), 1):
        words = line.strip().split()
        pin = parse_pin(words[3], "go") if words[:3] == ["//", "+heroku", "goVersion"] and len(words) > 3 else None
        if pin is not None:
            return folder.fact(pin, "go.mod", number, line.strip())
    return None


PIN_SIGNALS = (_mise, _tool_versions, _go_version_file, _heroku)
