"""Which ids have been seen, and in which line: 12 bytes for each slot instead of a string."""

from array import array

MOST_IDS = 1_300_000
"""So many are compared with each other; past them memory would grow without end."""

_FIRST_SLOTS = 1024
"""Most files are small; making room for many costs more than checking these. A power of two."""


class SeenIds:
    """An open-addressing hash table of 64-bit hashes; a million ids take some 25 MB.

    The hashes are the interpreter's own, keyed anew in each process. That two different ids of
    a million have the same one happens once in forty million files.
    """

    def __init__(self) -> None:
        self._count = 0
        self._hashes = array("q", bytes(8 * _FIRST_SLOTS))
        self._lines = array("L" if array("L").itemsize == 4 else "I", bytes(4 * _FIRST_SLOTS))

    def __len__(self) -> int:
        """How many different ids there are."""
        return self._count

    def add(self, text: str, line: int) -> int:
        """Remember the id; the line where it was seen first, this one if it is new.

        The same id and line may be given again. Lines count from 1.
        """
        value = hash(text) or 1  # 0 is an empty slot
        hashes = self._hashes
        mask = len(hashes) - 1
        at = value & mask
        while found := hashes[at]:
            if found == value:
                return self._lines[at]
            at = (at + 1) & mask
        if self._count < MOST_IDS:
            hashes[at] = value
            self._lines[at] = line
            self._count += 1
            if self._count * 3 > len(hashes) * 2:
                self._grow()
        return line

    def _grow(self) -> None:
        slots = 2 * len(self._hashes)
        mask = slots - 1
        hashes = array("q", bytes(8 * slots))
        lines = array(self._lines.typecode, bytes(4 * slots))
        for value, line in zip(self._hashes, self._lines, strict=True):
            if value:
                at = value & mask
                while hashes[at]:
                    at = (at + 1) & mask
                hashes[at] = value
                lines[at] = line
        self._hashes, self._lines = hashes, lines
