"""What to do when a name is already taken."""

from enum import Enum


class WhenTaken(Enum):
    """What to do when the folder already has a file with the name of a download."""

    KEEP_BOTH = "keep both"
    REPLACE = "replace"
    SKIP = "skip"
