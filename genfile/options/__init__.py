"""Options of presets and questions of templates: one format of typed settings."""

from genfile.options.model import Option, OptionName, Value
from genfile.options.resolve import Ask, check_options, resolve_options, stored_values
from genfile.options.values import is_image_reference, parse_value, show_value, takes

__all__ = [
    "Ask",
    "Option",
    "OptionName",
    "Value",
    "check_options",
    "is_image_reference",
    "parse_value",
    "resolve_options",
    "show_value",
    "stored_values",
    "takes",
]
