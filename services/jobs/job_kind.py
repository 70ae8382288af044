"""The three kinds of jobs, each with a list of its own."""

from enum import StrEnum, auto


class JobKind(StrEnum):
    """A list of jobs; the values are kept on the disk."""

    BATCHES = auto()
    FINE_TUNING = auto()
    VECTOR_STORES = auto()
