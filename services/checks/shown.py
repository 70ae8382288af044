"""How a value from a file is named in a sentence: short, and on one line."""

from services.system.language import _
from services.system.unsafe_characters import is_unsafe

_LONGEST = 40


def shown(value: object) -> str:
    """Text in quotes and cut when it is long; numbers as they are; the kind of everything else."""
    match value:
        case str():
            cut = "".join(map(_visible, value[:_LONGEST]))
            return f"“{cut}{'…' if len(value) > _LONGEST else ''}”"
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            text = str(value)
            return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
        case list():
            return _("a list")
        case _:
            return _("an object")


def _visible(char: str) -> str:
    """The character, or as JSON and Python write it."""
    return repr(char)[1:-1] if char == "\\" or is_unsafe(char) else char
