"""What a stream's terminal can show: a line that is rewritten, and colors."""

import os
from enum import Enum
from typing import TextIO

_RESET = "\x1b[0m"


class Color(Enum):
    """A color that means something, as an escape sequence."""

    ERROR = "\x1b[31m"
    WARNING = "\x1b[33m"


def rewrites_lines(stream: TextIO) -> bool:
    """Whether it is a terminal that can go back to the beginning of a line."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def has_colors(stream: TextIO) -> bool:
    """Whether colors may be used: on a terminal, unless the person doesn't want any."""
    if os.environ.get("NO_COLOR") or not rewrites_lines(stream):
        return False
    # Older consoles of Windows show escape sequences as they are.
    return os.name != "nt" or "WT_SESSION" in os.environ or "TERM" in os.environ


def colored(text: str, color: Color) -> str:
    """The text in a color."""
    return f"{color.value}{text}{_RESET}"
