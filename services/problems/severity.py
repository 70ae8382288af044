"""How bad something is that was found in a file."""

from enum import Enum, auto


class Severity(Enum):
    """How bad it is."""

    ERROR = auto()
    """The server would refuse the file, or the job it is for would fail."""
    WARNING = auto()
    """It may be meant so."""
