"""What becomes of a file whose name is taken."""

from enum import Enum


class WhenTaken(Enum):
    """What to do when the folder already has a file with the name of a download."""

    KEEP_BOTH = "keep both"
    REPLACE = "replace"
    SKIP = "skip"
