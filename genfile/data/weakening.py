"""Variables that make a program less secure, by data/weakening.toml."""

from genfile.data import load_table


def weakens(name: str, value: str) -> bool:
    """Whether a variable makes a program less secure: `SESSION_INSECURE=true`, `NODE_TLS_REJECT_UNAUTHORIZED=0`,
    or an option in its value does: `NODE_OPTIONS=--inspect=0.0.0.0`."""
    said = "no" if value.strip().lower() in ("", "0", "false", "no", "off", "none") else "yes"
    padded, table = f"_{name.upper()}_", load_table("weakening")
    if any(f"_{words}_" in padded for words in table[said]):
        return True
    return any(word.split("=")[0] in table["options"].get(name.upper(), ()) for word in value.split())
