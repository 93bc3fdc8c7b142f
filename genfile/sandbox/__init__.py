"""The sandbox for other people's templates and expressions: plain values in, bounded text out."""

from genfile.sandbox.budget import MAX_TEXT, LimitError, bounded
from genfile.sandbox.environment import MappingLoader, Sandbox
from genfile.sandbox.fault import TEMPLATE_FAULTS, describe_fault

__all__ = ["MAX_TEXT", "TEMPLATE_FAULTS", "LimitError", "MappingLoader", "Sandbox", "bounded", "describe_fault"]
