"""Lengths and places in texts as Qt counts them: in units of UTF-16, of which some signs take two."""


def units(text: str) -> int:
    """How long a text is for Qt."""
    return len(_encoded(text)) // 2


def between(text: str, start: int, length: int) -> str:
    """The part of a text that is `length` units long and begins after `start` units."""
    part = _encoded(text)[2 * start : 2 * (start + length)]
    return part.decode("utf-16-le", "surrogatepass")


def _encoded(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
