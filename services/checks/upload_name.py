"""Validates the name that the user chooses for an upload."""

import unicodedata

from services.checks.short_repr import short_repr
from services.system.language import _
from services.system.unsafe_characters import is_unsafe

MAX_BYTES = 255
"""The limit of common file systems, in bytes of UTF-8. Any name from a disk fits."""


def trimmed_name(typed: str) -> str:
    """Return the name without leading and trailing spaces."""
    return typed.strip(" ")


def name_problem(name: str) -> str | None:
    """Return why a file can't be uploaded under this name, as a sentence, or None if it can."""
    if all(unicodedata.category(char) in {"Zs", "Cf"} for char in name):
        return _("Enter a name.")
    odd = next((char for char in name if char == "/" or is_unsafe(char)), None)
    if odd is not None:
        return _("A name can't contain {char}.").format(char=short_repr(odd))
    if not name.strip("."):
        return _("{name} isn't a file name.").format(name=short_repr(name))
    if len(name.encode()) > MAX_BYTES:
        return _("This name is too long.")
    return None
