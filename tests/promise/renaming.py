"""How servers change the names of uploaded files."""

import unicodedata
from enum import Enum


class Renaming(Enum):
    """A rule that a server applies to all files."""

    NONE = "none"
    UNDERSCORES = "underscores"
    LATIN_1 = "latin-1"
    NFC = "nfc"
    PREFIX = "prefix"
    CUT = "cut"
    LOWER = "lower"


def renamed(name: str, rule: Renaming) -> str:
    """The name under which a server with that rule stores a file."""
    match rule:
        case Renaming.UNDERSCORES:
            return name.replace(" ", "_")
        case Renaming.LATIN_1:
            return name.encode().decode("latin-1")
        case Renaming.NFC:
            return unicodedata.normalize("NFC", name)
        case Renaming.PREFIX:
            return f"modified_{name}"
        case Renaming.CUT:
            return name[:6]
        case Renaming.LOWER:
            return name.lower()
        case _:
            return name
