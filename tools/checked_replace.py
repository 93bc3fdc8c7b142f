"""A plugin of mypy: `msgspec.structs.replace` is checked against the fields of its Struct, as with dataclasses."""

from collections.abc import Callable

from mypy.plugin import FunctionSigContext, Plugin
from mypy.plugins.dataclasses import replace_function_sig_callback
from mypy.types import FunctionLike


class CheckedReplace(Plugin):
    """Gives `msgspec.structs.replace` the signature check of `dataclasses.replace`."""

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """The check for a function by its full name; None for every other function."""
        return replace_function_sig_callback if fullname == "msgspec.structs.replace" else None


def plugin(version: str) -> type[Plugin]:
    """What mypy asks a plugin for."""
    return CheckedReplace
