"""What a program would download at its first start: browsers, and models by name. The build does it, before the
sources."""

import re
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from genfile.data import FetchedModel, models
from genfile.detect.python.application import modules
from genfile.detect.python.browsers import browsers
from genfile.detect.python.imports import started
from genfile.detect.python.manifest import PythonProject
from genfile.detect.python.undeclared import is_missing
from genfile.evidence import Draft, Evidence, Fact
from genfile.parsers.values import Call, EnvDefault

MAX_MODELS = 8
_BROWSERS = ".playwright"


class _Fetched(Struct):
    """What is downloaded: each command once, the variables that tell the program where it is, and the evidence."""

    items: list[dict[str, Any]] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    # What the notes tell the user to add.
    told: set[str] = field(default_factory=set)

    def add(self, command: str, path: str | None, environment: dict[str, str], says: Evidence) -> None:
        if command not in [item["command"] for item in self.items] and len(self.items) < MAX_MODELS:
            self.items.append({"command": command, "path": path})
            self.environment |= environment
            self.evidence.append(says)


def put_fetched(project: PythonProject, draft: Draft) -> None:
    """Put /fetch."""
    found = _Fetched()
    _add_browsers(project, draft, found)
    loaded = _loaded(project, draft)
    for path, module in modules(project):
        for call in module.calls if not loaded or path in loaded else ():
            model = _model(call)
            name = _name(call, model) if model is not None else None
            if model is not None and name is not None:
                says = replace(project.folder.says(path, call.line, f"{call.callee}({name})"), subject=call.callee)
                _add_model(project, draft, found, model, name, says)
    if not found.items:
        return
    draft.put("fetch", Fact(found.items, tuple(found.evidence)))
    listed = draft.values.setdefault("environment", [])
    listed[:] = [item for item in listed if item["name"] not in found.environment]
    for name, value in found.environment.items():
        listed.append({"name": name, "phase": "run", "value": value})


def _loaded(project: PythonProject, draft: Draft) -> frozenset[str]:
    """The modules that the service's commands load; empty where that can't be followed."""
    if draft.values.get("framework") == "django":
        # It loads applications by name.
        return frozenset()
    commands = [draft.values.get("start", []), *draft.values.get("processes", {}).values()]
    each = [started(project, words) for words in commands if words]
    return frozenset().union(*each) if each and all(each) else frozenset()


def _add_browsers(project: PythonProject, draft: Draft, found: _Fetched) -> None:
    if project.depends("playwright") is None:
        return
    used = browsers(project)
    if not used.kinds:
        return
    place = f"/app/{_BROWSERS}"
    command = f"PLAYWRIGHT_BROWSERS_PATH={place} {used.command()}"
    found.add(command, _BROWSERS, {"PLAYWRIGHT_BROWSERS_PATH": place}, next(iter(used.kinds.values())))
    if used.branded is not None:
        channel, says = used.branded
        name = "Google Chrome" if channel.startswith("chrome") else "Microsoft Edge"
        text = (
            f'{says}: channel="{channel}" needs {name}, which Debian does not package; remove the channel, '
            f"or install {name} in your own preset"
        )
        draft.note("warning", text, says.path, says.line)
    if used.window is not None:
        start = " ".join(draft.values.get("start", ["…"]))
        text = (
            f"{used.window}: headless=False needs a display. The image installs xvfb; start with "
            f"`xvfb-run -a {start}`, or run headless"
        )
        draft.note("warning", text, used.window.path, used.window.line)


def _model(call: Call) -> FetchedModel | None:
    for model in models():
        for pattern in model.calls:
            if call.callee == pattern or (pattern[0] == "*" and call.callee.endswith(pattern[1:])):
                return model
    return None


def _name(call: Call, model: FetchedModel) -> str | None:
    """The name in a call: its first argument, or `model`; a variable's default."""
    given = [call.keywords.get("model"), call.keywords.get("pretrained_model_name_or_path"), *call.arguments[:1]]
    for value in given:
        value = value.default if isinstance(value, EnvDefault) else value
        if isinstance(value, str) and len(value) < 100 and re.fullmatch(model.names, value):
            return value
    return None


def _add_model(
    project: PythonProject, draft: Draft, found: _Fetched, model: FetchedModel, name: str, says: Evidence
) -> None:
    if project.folder.has(name) or project.folder.has_folder(name):
        # It is in the tree.
        return
    if model.command is None:
        line = model.line.replace("{name}", name)
        if line not in found.told:
            found.told.add(line)
            text = f"{says}: the program downloads the model at its first start; to have it in the image, add {line}"
            draft.note("warning", text, says.path, says.line)
        return
    own = f"{model.name}-{name}".replace("_", "-").lower() in project.dependencies or _is_required(project, name)
    if own or is_missing(project, draft, model.name):
        # Its own package downloads it: without that, the program can only do without the model.
        return
    call = says.subject.rsplit(".", 1)[-1]
    path = project.folder.full(name) if model.folder == "{name}" else model.folder
    command = model.command.replace("{name}", name).replace("{call}", call).replace("{path}", path or "")
    if model.pip and draft.values["package_manager"]["name"] != "conda":
        # It is installed by the environment's own pip, which only this step has.
        command = f"python -m ensurepip && {command} && python -m pip uninstall --yes pip"
    found.add(command, path, model.environment, says)


def _is_required(project: PythonProject, name: str) -> bool:
    """Whether a model is installed as a package: spaCy's models are wheels."""
    plain = name.replace("_", "-").lower()
    if plain in project.dependencies or plain in project.packages:
        return True
    entries = [entry for parsed in project.requirements_files.values() for entry in parsed.entries]
    return any(entry.url and name in entry.url for entry in entries)
