"""The options of presets: the grammar is that of `genfile.options`."""

from genfile.options import is_image_reference, resolve_options

__all__ = ["is_image_reference", "resolve_options"]
