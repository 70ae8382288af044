"""How a value from a file is named in a sentence: short, and on one line."""

from services.language import _

_LONGEST = 40


def shown(value: object) -> str:
    """Text in quotes and cut when it is long; numbers as they are; the kind of everything else."""
    match value:
        case str():
            # repr() makes control characters visible, and those that turn the direction around.
            cut = value[:_LONGEST]
            return f"“{repr(cut)[1:-1]}{'…' if len(value) > _LONGEST else ''}”"
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
