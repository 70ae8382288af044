"""What is in an archive, and why no more of it is known."""

from collections.abc import Callable
from enum import Enum

import msgspec

MAX_ENTRIES = 10_000
"""More names aren't read."""
MAX_NAME_BYTES = 4096
"""Longer names are cut off."""
_REPORT_ENTRIES = 1_000


class ArchiveEnd(Enum):
    """Why no more names are read."""

    NOT_YET = "not yet"
    """More are still to come."""
    WHOLE = "whole"
    DAMAGED = "damaged"
    """Damaged or cut off; the names before are right."""
    TOO_MANY = "too many"
    TOO_LARGE = "too large"
    """To find more names, too much would have to be unpacked."""


class ArchiveEntry(msgspec.Struct, frozen=True):
    """A file or folder in an archive."""

    name: str
    """As in the archive: text, never a path to use. Empty if the archive doesn't state it."""
    size: int | None
    """Unpacked, in bytes, as the archive states it; None if it doesn't."""
    modified: int | None
    """In seconds since 1970."""
    is_encrypted: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether it's a folder."""
        return self.name.endswith("/")


class StoppedEarly(Exception):
    """No more names are read."""

    def __init__(self, end: ArchiveEnd) -> None:
        super().__init__()
        self.end = end


class EntryCollector:
    """Collects entries and says when to stop."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        """`clock` returns seconds."""
        self.entries: list[ArchiveEntry] = []
        self._clock = clock
        self._until = clock() + seconds

    def add(self, entry: ArchiveEntry) -> bool:
        """Add an entry; whether it's time for a report."""
        self.entries.append(entry)
        return len(self.entries) % _REPORT_ENTRIES == 0

    @property
    def is_full(self) -> bool:
        """Whether no more entries are to be added."""
        return len(self.entries) >= MAX_ENTRIES

    @property
    def is_late(self) -> bool:
        """Whether it has taken too long."""
        return self._clock() > self._until
