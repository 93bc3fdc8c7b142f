"""cookiecutter's templates as they are: the same files, byte for byte, with nothing of the template run unasked."""

from genfile.template.cookiecutter.config import expand_abbreviation, load_replay, load_user_config
from genfile.template.cookiecutter.render import code_in, is_cookiecutter, render_cookiecutter

__all__ = [
    "code_in",
    "expand_abbreviation",
    "is_cookiecutter",
    "load_replay",
    "load_user_config",
    "render_cookiecutter",
]
