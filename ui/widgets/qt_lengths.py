"""Text lengths and positions as Qt counts them: in UTF-16 code units."""


def units(text: str) -> int:
    """The length of a text in UTF-16 code units."""
    return len(_encoded(text)) // 2


def between(text: str, start: int, length: int) -> str:
    """The slice of a text that starts at unit `start` and is `length` units long."""
    part = _encoded(text)[2 * start : 2 * (start + length)]
    return part.decode("utf-16-le", "surrogatepass")


def _encoded(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
