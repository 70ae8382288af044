"""Which ids have been seen, and in which line: 12 bytes for each slot instead of a string."""

from array import array

MOST_IDS = 1_300_000
"""So many are compared with each other; past them memory would grow without end."""

_FIRST_SLOTS = 1024
"""Most files are small; making room for many costs more than checking these. A power of two."""

_MANY_SLOTS = 128 * 1024
"""Made at once when the first are full, with room for the 50,000 requests that a batch can have.

Doubling until there is room moved every id about twice, which took half of the time of all ids.
"""


class SeenIds:
    """An open-addressing hash table of 64-bit hashes; a million ids take some 25 MB.

    The hashes are the interpreter's own, keyed anew in each process. That two different ids of
    a million have the same one happens once in forty million files.
    """

    def __init__(self) -> None:
        self._count = 0
        self._make_room(_FIRST_SLOTS)

    def __len__(self) -> int:
        """How many different ids there are."""
        return self._count

    def add(self, text: str, line: int) -> int:
        """Remember the id; the line where it was seen first, this one if it is new.

        The same id and line may be given again. Lines count from 1.
        """
        value = hash(text) or 1  # 0 is an empty slot
        hashes = self._hashes
        mask = self._mask
        at = value & mask
        while found := hashes[at]:
            if found == value:
                return self._lines[at]
            at = (at + 1) & mask
        if self._count < self._most:
            hashes[at] = value
            self._lines[at] = line
            self._count += 1
        elif self._count < MOST_IDS:
            self._grow()
            return self.add(text, line)
        return line

    def _grow(self) -> None:
        before = zip(self._hashes, self._lines, strict=True)
        self._make_room(max(2 * len(self._hashes), _MANY_SLOTS))
        hashes, lines, mask = self._hashes, self._lines, self._mask
        for value, line in before:
            if value:
                at = value & mask
                while hashes[at]:
                    at = (at + 1) & mask
                hashes[at] = value
                lines[at] = line

    def _make_room(self, slots: int) -> None:
        """Make an empty table, of which two thirds may be filled."""
        self._hashes = array("q", bytes(8 * slots))
        self._lines = array("L" if array("L").itemsize == 4 else "I", bytes(4 * slots))
        self._mask = slots - 1
        self._most = min(slots * 2 // 3, MOST_IDS)
