"""The port of a front end's development server: the address of the page that an API's list of allowed origins has."""

import re

from genfile.data import Framework
from genfile.detect.node.angular import read_target
from genfile.detect.node.framework import read_config
from genfile.detect.node.manager import NodeProject
from genfile.detect.node.scripts import resolve
from genfile.parsers.data import parse_dotenv
from genfile.parsers.values import EnvDefault, value_at

_SCRIPTS = ("dev", "start", "serve")
# Where each tool's configuration has the port.
_CONFIGS = {"vite": ("vite.config", ("server", "port")), "vue-cli": ("vue.config", ("devServer", "port"))}


def development_port(project: NodeProject, framework: Framework) -> int | None:
    """The first that says so: the flag of a script, the tool's configuration, a variable, the tool's default; None for
    a framework whose default genfile does not know."""
    if framework.development_port is None:
        return None
    for name in _SCRIPTS:
        for step in resolve(project.package, name) or ():
            text = " ".join(step.words[1:])
            found = re.search(r"(?:^| )(?:--port|-p)[= ](\d{2,5})(?= |$)", text)
            port = _port(found[1] if found is not None else step.variables.get("PORT"))
            if port is not None:
                return port
    configured = _port(_configured(project, framework.name))
    return configured or _of_variables(project, framework) or framework.development_port


def _configured(project: NodeProject, framework: str) -> object:
    if framework in _CONFIGS:
        stem, keys = _CONFIGS[framework]
        found = read_config(project, stem)
        value = value_at(found[1].default_export, keys) if found is not None else None
        return value.last if isinstance(value, EnvDefault) else value
    target = read_target(project) if framework == "angular" else None
    return target.document.get(*target.path[:-1], "serve", "options", "port") if target is not None else None


def _of_variables(project: NodeProject, framework: Framework) -> int | None:
    """PORT of a committed file of variables, which Create React App reads."""
    for name in (".env.development", ".env") if framework.name == "create-react-app" else ():
        values = (project.folder.parse(parse_dotenv, name) if project.folder.has(name) else None) or {}
        if "PORT" in values:
            return _port(values["PORT"][0])
    return None


def _port(value: object) -> int | None:
    number = int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()) else 0
    return number if 0 < number < 65536 else None
