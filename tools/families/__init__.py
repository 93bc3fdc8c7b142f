"""Holds what families.toml and names.toml say against the public lists of the families' packages and images."""
