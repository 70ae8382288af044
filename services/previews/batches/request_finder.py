"""Finds the request that a result answers, by its `custom_id`, in an input file of any size."""

import contextlib
from array import array
from codecs import BOM_UTF8
from pathlib import Path

import msgspec

from services.previews.content.cut_json import completed
from services.previews.content.json_members import members_of
from services.previews.lines import bounded_lines

_EMPTY = 0xFFFF_FFFF
_FIRST_SLOTS = 1024
_NEAR_BYTES = 64 * 1024


class FoundRequest(msgspec.Struct, frozen=True):
    """A request, as its line is in the input file."""

    line: bytes
    """Without its line end. Of an endless line, only the beginning."""
    number: int
    """The number of the line, counting from 1."""
    repeats: int
    """How many requests have this ID; the result may answer another one than this, the first."""


class RequestFinder:
    """Remembers where each request is, in up to 40 bytes for each.

    Instead of the IDs it keeps their hashes, in a table with open addressing: a dict would take
    three times as much, and sorting them would hold up the other threads.
    """

    def __init__(self, path: Path) -> None:
        """`path` is the input file, in which requests are looked up as long as it's there."""
        self._path = path
        self._hashes = array("q")
        self._offsets = array("Q")
        self._numbers = array("I")
        self._repeats: dict[int, int] = {}
        """How many requests have the ID of this one, if there are several."""
        self._slots = _no_slots(_FIRST_SLOTS)

    def __len__(self) -> int:
        """How many different IDs there are."""
        return len(self._hashes)

    def add(self, custom_id: str, offset: int, number: int) -> int:
        """Remember a request by its place in bytes and the number of its line.

        Return how many requests with the same ID were added before.
        """
        hashed = hash(custom_id)
        slot = self._slot_of(hashed)
        place = self._slots[slot]
        if place != _EMPTY:
            before = self._repeats.get(place, 1)
            self._repeats[place] = before + 1
            return before
        self._slots[slot] = len(self._hashes)
        self._hashes.append(hashed)
        self._offsets.append(offset)
        self._numbers.append(number)
        if 2 * len(self._hashes) > len(self._slots):
            self._grow()
        return 0

    def find(self, custom_id: str) -> FoundRequest | None:
        """The first request with this ID; None if there is none, or the file has changed since."""
        place = self._slots[self._slot_of(hash(custom_id))]
        if place == _EMPTY:
            return None
        try:
            with self._path.open("rb") as file:
                file.seek(self._offsets[place])
                line = file.readline(bounded_lines.MAX_LINE_BYTES)
        except OSError:
            return None
        is_whole = len(line) < bounded_lines.MAX_LINE_BYTES or line.endswith(b"\n")
        if custom_id_of(line, is_whole=is_whole) != custom_id:
            return None
        return FoundRequest(
            line.removeprefix(BOM_UTF8).rstrip(b"\r\n"),
            self._numbers[place],
            self._repeats.get(place, 1),
        )

    def _slot_of(self, hashed: int) -> int:
        """The slot that has this hash, or the empty one in which it belongs."""
        slots, hashes = self._slots, self._hashes
        last = len(slots) - 1
        slot = hashed & last
        while (place := slots[slot]) != _EMPTY and hashes[place] != hashed:
            slot = (slot + 1) & last
        return slot

    def _grow(self) -> None:
        self._slots = _no_slots(2 * len(self._slots))
        for place, hashed in enumerate(self._hashes):
            self._slots[self._slot_of(hashed)] = place


def custom_id_of(line: bytes, *, is_whole: bool = True) -> str | None:
    """The `custom_id` of a request; None if the line isn't one.

    `is_whole` is False if only the beginning of the line is given.
    """
    content = line.removeprefix(BOM_UTF8)
    try:
        return _decode_request(content).custom_id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None if is_whole else _custom_id_in(content)


def _custom_id_in(beginning: bytes) -> str | None:
    """The ID near the beginning of a long line, or else anywhere in it."""
    for part in (beginning[:_NEAR_BYTES], beginning):
        closed = completed(part)
        if closed is None:
            continue
        with contextlib.suppress(msgspec.DecodeError):  # it's another value than an object
            members = members_of(closed)
            # If nothing follows, there may be more of it.
            if "custom_id" in members and next(reversed(members)) != "custom_id":
                return msgspec.json.decode(members["custom_id"], type=str)
    return None


class _Request(msgspec.Struct, gc=False):
    custom_id: str


_decode_request = msgspec.json.Decoder(_Request).decode


def _no_slots(number: int) -> "array[int]":
    """An empty table; the number is a power of two."""
    return array("I", [_EMPTY]) * number
