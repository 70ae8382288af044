"""How serious a finding in a file is."""

from enum import Enum, auto


class Severity(Enum):
    """How serious it is."""

    ERROR = auto()
    """The server would reject the file, or the job that uses it would fail."""
    WARNING = auto()
    """It may be intended."""
