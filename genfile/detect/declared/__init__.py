"""Services of languages that genfile itself does not know, found by the rules that presets carry as data."""

from genfile.detect.declared.language import Declared
from genfile.spec.rules import DetectRules, FactRule, WorkspaceRule, parse_rules

__all__ = ["Declared", "DetectRules", "FactRule", "WorkspaceRule", "parse_rules"]
