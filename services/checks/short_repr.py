"""A short, one-line representation of a value from a file, for use in a sentence."""

from services.system.language import _
from services.system.unsafe_characters import is_unsafe

_MAX_LENGTH = 40


def short_repr(value: object) -> str:
    """Return text in quotes and shortened, numbers as they are, and the type of anything else."""
    match value:
        case str():
            text = "".join(map(_escaped, value[:_MAX_LENGTH]))
            return f"“{text}{'…' if len(value) > _MAX_LENGTH else ''}”"
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            text = str(value)
            return text if len(text) <= _MAX_LENGTH else text[:_MAX_LENGTH] + "…"
        case list():
            return _("a list")
        case _:
            return _("an object")


def _escaped(char: str) -> str:
    """Return the character, escaped as in JSON and Python if necessary."""
    return repr(char)[1:-1] if char == "\\" or is_unsafe(char) else char
