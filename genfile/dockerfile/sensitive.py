"""Names of variables that hold a secret."""

import re

# What BuildKit's check SecretsUsedInArgOrEnv takes for a secret; PUBLIC in a name says that it is none.
_SENSITIVE = re.compile(r"(?i)(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)")
_PUBLIC = re.compile(r"(?i)(?:_|^)public(?:_|$)")


def is_sensitive(name: str) -> bool:
    """Whether a variable of that name would be taken for a secret."""
    return _SENSITIVE.search(name) is not None and not _PUBLIC.search(name)
