"""Remembers which IDs were seen on which line, in 12 bytes per slot instead of a string."""

from array import array

MAX_IDS = 1_300_000
"""Further IDs aren't compared, to limit memory use."""

_FIRST_SLOTS = 1024
"""Most files are small, and allocating many slots takes longer than checking them. A power of two.
"""

_MANY_SLOTS = 128 * 1024
"""Allocated at once when the first slots are full. Fits the 50,000 requests that a batch can have.

Growing by doubling moved each ID about twice, which took half of the total time.
"""


class SeenIds:
    """An open-addressing hash table of 64-bit hashes. A million IDs take about 25 MB.

    The hashes are Python's own, with a new seed in each process. Among a million IDs, the chance
    that any two have the same hash is one in forty million.
    """

    def __init__(self) -> None:
        self._count = 0
        self._allocate(_FIRST_SLOTS)

    def __len__(self) -> int:
        """The number of different IDs."""
        return self._count

    def add(self, text: str, line: int) -> int:
        """Remember an ID. Return the line where it was first seen, which is this one if it is new.

        Adding the same ID and line again is fine. Lines count from 1.
        """
        value = hash(text) or 1  # 0 marks an empty slot
        hashes = self._hashes
        mask = self._mask
        at = value & mask
        while found := hashes[at]:
            if found == value:
                return self._lines[at]
            at = (at + 1) & mask
        if self._count < self._capacity:
            hashes[at] = value
            self._lines[at] = line
            self._count += 1
        elif self._count < MAX_IDS:
            self._grow()
            return self.add(text, line)
        return line

    def _grow(self) -> None:
        entries = zip(self._hashes, self._lines, strict=True)
        self._allocate(max(2 * len(self._hashes), _MANY_SLOTS))
        hashes, lines, mask = self._hashes, self._lines, self._mask
        for value, line in entries:
            if value:
                at = value & mask
                while hashes[at]:
                    at = (at + 1) & mask
                hashes[at] = value
                lines[at] = line

    def _allocate(self, slots: int) -> None:
        """Create an empty table. It grows when two thirds are filled."""
        self._hashes = array("q", bytes(8 * slots))
        self._lines = array("L" if array("L").itemsize == 4 else "I", bytes(4 * slots))
        self._mask = slots - 1
        self._capacity = min(slots * 2 // 3, MAX_IDS)
