"""`genfile explain`: why a line is there, and where a field comes from."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from genfile.cli import show, ui
from genfile.errors import UsageError

if TYPE_CHECKING:
    from genfile.evidence import Fact
    from genfile.upkeep.explain import Explanation, FieldExplained, LineExplained


def explain(
    what: Annotated[
        str | None,
        typer.Argument(metavar="[FILE[:LINE]|FIELD]", help="Dockerfile, Dockerfile:12, port, runtime.version."),
    ] = None,
    path: Annotated[Path, typer.Option("--path", help="The folder of the project.")] = Path(),
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write a page that shows the files beside their reasons."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the explanation as JSON.")] = False,
) -> None:
    """Explain a line of a generated file, or a field: the reason, the source, and the evidence in the project."""
    from genfile.upkeep.explain import explain_project, parse_target

    explanation = explain_project(path)
    if html is not None:
        _write_page(explanation, html)
        return
    if what is None:
        what = explanation.generation.services[0][1].layout.dockerfile
    name, number = parse_target(what)
    if name in explanation.paths or number is not None:
        lines = explanation.lines(name)
        if number is not None:
            if number > len(lines):
                raise UsageError(f"{name} has {len(lines)} lines", hint=f"name a line from 1 to {len(lines)}")
            lines = lines[number - 1 : number]
        if as_json:
            ui.json_out({"version": 1, "lines": [_line_json(line) for line in lines]})
        elif number is None:
            _show_file(lines)
        else:
            _show_line(lines[0])
        return
    fields = explanation.fields(what)
    if as_json:
        ui.json_out({"version": 1, "fields": [_field_json(item) for item in fields]})
        return
    for item in fields:
        _show_field(item)


def _show_file(lines: "tuple[LineExplained, ...]") -> None:
    """The whole file, with the reason above each passage."""
    told: tuple[str, ...] = ()
    for line in lines:
        reasons = tuple(rule.why for rule in line.rules) or ((line.purpose,) if line.purpose else ())
        if line.yours and line.text.strip():
            reasons = ("Yours: genfile did not write this line.",)
        for reason in reasons if reasons != told else ():
            ui.out(ui.styled(f"        {reason}", "dim"))
        told = reasons or told
        ui.out(ui.styled(f"{line.line:>5}  ", "dim"), line.text)


def _show_line(line: "LineExplained") -> None:
    ui.out(ui.styled(f"{line.path}:{line.line}", "bold"), f"  {line.text.strip()}")
    if line.yours:
        ui.paragraph("Yours: genfile did not write this line; `genfile update` keeps it.", indent="  ")
    if not line.text.strip():
        ui.out("  A blank line.")
    if line.purpose and not line.rules:
        ui.paragraph(line.purpose, indent="  ")
    for rule in line.rules:
        ui.paragraph(rule.why, indent="  ")
        ui.out(ui.styled(f"    {rule.source}  [{rule.id}]", "dim"))
    if line.fields:
        ui.out("  It comes from:")
    for item in line.fields:
        ui.paragraph(f"{item.name} = {show.shown(item.value)}", indent="    ")
        ui.paragraph(_because(item), indent="      ", style="dim")
    if line.fields:
        first = line.fields[0]
        ui.paragraph(f"To override it: genfile init --set {first.name}=…", indent="  ")
        ui.paragraph(f"All signals: genfile explain {first.name}", indent="  ")


def _because(item: "FieldExplained") -> str:
    if item.fact is None:
        return "the default"
    places = ", ".join(map(str, item.fact.evidence[:2]))
    return places + (" [a guess]" if item.fact.guess else "")


def _show_field(item: "FieldExplained") -> None:
    where = "" if item.service == "." else f" ({item.service})"
    ui.out(ui.styled(item.name, "bold"), f"{where} = {show.shown(item.value)}")
    if item.fact is None:
        ui.out("  The default: nothing in the project says otherwise.")
    for evidence in item.fact.evidence if item.fact is not None else ():
        ui.paragraph(str(evidence), indent="  ", hang="    ")
    if item.fact is not None and item.fact.guess:
        ui.paragraph(
            f"This is a guess. {_sentence(item.fact.remedy) if item.fact.remedy else ''}".rstrip(), indent="  "
        )
    if item.asked is not None:
        ui.out("  Looked at, in this order:")
        for number, (signal, fact) in enumerate(item.asked.answers, 1):
            ui.paragraph(f"{number:>3}. {signal}", indent="  ", hang=" " * 7, style="" if fact is not None else "dim")
            if fact is not None:
                ui.paragraph(_verdict(fact, item.asked.decided), indent=" " * 7, hang=" " * 10, style="green")
    ui.paragraph(f"To override it: genfile init --set {item.name}=…", indent="  ")


def _verdict(fact: "Fact[Any]", decided: "Fact[Any] | None") -> str:
    """What one signal says, and whether that was taken."""
    place = ", ".join(map(str, fact.evidence[:1])) or show.shown(fact.value)
    if fact is decided:
        return f"-> {place}, taken"
    agrees = decided is None or fact.value == decided.value
    return f"-> {place}" + ("" if agrees else f", disagrees: {show.shown(fact.value)}")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _line_json(line: "LineExplained") -> dict[str, Any]:
    return {
        "path": line.path,
        "line": line.line,
        "text": line.text,
        "yours": line.yours,
        "purpose": line.purpose,
        "rules": [{"id": rule.id, "why": rule.why, "source": rule.source} for rule in line.rules],
        "fields": [_field_json(item) for item in line.fields],
        "template": line.template,
    }


def _field_json(item: "FieldExplained") -> dict[str, Any]:
    fact, asked = item.fact, item.asked
    return {
        "service": item.service,
        "field": item.name,
        "value": item.value,
        "guess": fact is not None and fact.guess,
        "remedy": None if fact is None else fact.remedy,
        "evidence": [{"path": e.path, "line": e.line, "says": e.says} for e in (fact.evidence if fact else ())],
        "signals": [
            {"looks_at": signal, "answer": None if found is None else [str(e) for e in found.evidence]}
            for signal, found in (asked.answers if asked is not None else ())
        ],
    }


def _write_page(explanation: "Explanation", target: Path) -> None:
    from genfile.upkeep.page import page

    ui.write_file(target, page(explanation))
    ui.out(f"wrote {target}")
