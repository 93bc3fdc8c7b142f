"""Services in languages that genfile does not know, found by a preset's rules."""

from genfile.detect.declared.language import Declared
from genfile.spec.rules import DetectRules, FactRule, WorkspaceRule, parse_rules

__all__ = ["Declared", "DetectRules", "FactRule", "WorkspaceRule", "parse_rules"]
