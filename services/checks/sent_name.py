"""The name that a file is sent under, when a person chooses another one."""

import unicodedata

from services.checks.shown import shown
from services.system.language import _
from services.system.unsafe_characters import is_unsafe

LONGEST = 255
"""Bytes of UTF-8, as on the common file systems: so long is every name that comes from a disk."""


def name_to_send(typed: str) -> str:
    """What was typed, without blanks at its ends, which nobody means."""
    return typed.strip(" ")


def why_no_name(name: str) -> str | None:
    """Why a file can't be sent under that name, as a sentence; None if it can."""
    if all(unicodedata.category(char) in {"Zs", "Cf"} for char in name):
        return _("Enter a name.")
    odd = next((char for char in name if char == "/" or is_unsafe(char)), None)
    if odd is not None:
        return _("A name can't contain {char}.").format(char=shown(odd))
    if not name.strip("."):
        return _("{name} isn't a file name.").format(name=shown(name))
    if len(name.encode()) > LONGEST:
        return _("This name is too long.")
    return None
