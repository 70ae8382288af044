"""Reads the list of a zip file, or what stands before each file if the list is missing.

`zipfile` would read the whole list into memory, however long it is.
"""

import os
import time
from collections.abc import Iterator
from io import FileIO

from services.previews.documents.archive_entries import (
    MAX_NAME_BYTES,
    ArchiveEnd,
    ArchiveEntry,
    EntryCollector,
    StoppedEarly,
)
from services.previews.documents.unpacking import DamagedArchive

_ZIP_ENTRY = b"PK\x01\x02"
_ZIP_LOCAL = b"PK\x03\x04"
_ZIP_END = b"PK\x05\x06"
_ZIP64_END = b"PK\x06\x06"
_ZIP64_LOCATOR = b"PK\x06\x07"
_ZIP_END_BYTES = 22
_ZIP_TAIL_BYTES = 64 * 1024 + _ZIP_END_BYTES
_FULL_32 = 0xFFFFFFFF
_FULL_16 = 0xFFFF


def zip_entries(file: FileIO, collector: EntryCollector) -> Iterator[None]:
    """Collect the entries, and yield from time to time.

    Raise DamagedArchive, StoppedEarly or OSError.
    """
    size = file.seek(0, os.SEEK_END)
    listed = _zip_list(file, size)
    try:
        if listed is None:
            raise DamagedArchive
        yield from _listed_entries(_ListReader(file, listed[0]), listed[1], collector)
    except DamagedArchive:
        if not collector.entries:
            yield from _local_entries(file, collector)
        raise


def _listed_entries(reader: "_ListReader", count: int, collector: EntryCollector) -> Iterator[None]:
    for _number in range(count):
        if collector.is_full:
            raise StoppedEarly(ArchiveEnd.TOO_MANY)
        head = reader.read(46)
        if not head.startswith(_ZIP_ENTRY):
            raise DamagedArchive
        name = reader.read(_u16(head, 28))
        extra = reader.read(_u16(head, 30))
        reader.read(_u16(head, 32))  # a comment
        if collector.add(_zip_entry(head, 8, 12, 24, name, extra)):
            yield


def _zip_list(file: FileIO, size: int) -> tuple[int, int] | None:
    """Where the list starts and how many entries it has; None if the end of the file is missing."""
    file.seek(max(0, size - _ZIP_TAIL_BYTES))
    tail = file.read(_ZIP_TAIL_BYTES)
    place = tail.rfind(_ZIP_END)
    if place < 0 or len(tail) - place < _ZIP_END_BYTES:
        return None
    count, length, start = _u16(tail, place + 10), _u32(tail, place + 12), _u32(tail, place + 16)
    end = size - len(tail) + place
    if count == _FULL_16 or _FULL_32 in (length, start):
        locator = place - 20
        if locator >= 0 and tail[locator:].startswith(_ZIP64_LOCATOR):
            file.seek(min(_u64(tail, locator + 8), size))
            record = file.read(56)
            if len(record) < 56 or not record.startswith(_ZIP64_END):
                return None
            return _u64(record, 48), _u64(record, 32)
    # Something may stand before the archive, such as a program that unpacks it.
    return max(0, end - length), count


def _local_entries(file: FileIO, collector: EntryCollector) -> Iterator[None]:
    """The entries before each file, as far as they can be followed."""
    place = 0
    while not collector.is_full:
        file.seek(place)
        head = file.read(30)
        if len(head) < 30 or not head.startswith(_ZIP_LOCAL):
            return
        name, extra = file.read(_u16(head, 26)), file.read(_u16(head, 28))
        entry = _zip_entry(head, 6, 10, 22, name, extra)
        packed = _zip64_sizes(extra, _u32(head, 22), _u32(head, 18))[1]
        if collector.add(entry):
            yield
        if _u16(head, 6) & 8 and not packed:  # the size comes after the file
            return
        place += 30 + len(name) + len(extra) + packed


def _zip_entry(
    head: bytes, flags_at: int, time_at: int, size_at: int, name: bytes, extra: bytes
) -> ArchiveEntry:
    flags = _u16(head, flags_at)
    text = name[:MAX_NAME_BYTES].decode("utf-8" if flags & 0x800 else "cp437", "replace")
    size, _packed = _zip64_sizes(extra, _u32(head, size_at), _u32(head, size_at - 4))
    is_unknown = bool(flags & 8) and not size and head.startswith(_ZIP_LOCAL)
    return ArchiveEntry(
        text,
        None if is_unknown else size,
        _dos_time(_u16(head, time_at), _u16(head, time_at + 2)),
        bool(flags & 1),
    )


def _zip64_sizes(extra: bytes, size: int, packed: int) -> tuple[int, int]:
    """The sizes, read from an extra field if they don't fit in 32 bits."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = _u16(extra, place), _u16(extra, place + 2)
        if kind == 1:
            fields = extra[place + 4 : place + 4 + length]
            if size == _FULL_32:
                size, fields = _u64(fields.ljust(8, b"\0"), 0), fields[8:]
            if packed == _FULL_32:
                packed = _u64(fields.ljust(8, b"\0"), 0)
            break
        place += 4 + length
    return size, packed


def _dos_time(clock: int, day: int) -> int | None:
    fields = (1980 + (day >> 9), day >> 5 & 15, day & 31, clock >> 11, clock >> 5 & 63)
    if not 1 <= fields[1] <= 12 or not fields[2]:
        return None
    try:
        return int(time.mktime((*fields, 2 * (clock & 31), 0, 0, -1)))
    except (OverflowError, ValueError):
        return None


class _ListReader:
    """Reads short pieces in a row."""

    def __init__(self, file: FileIO, start: int) -> None:
        self._file = file
        file.seek(start)
        self._buffer = b""
        self._place = 0

    def read(self, count: int) -> bytes:
        """Exactly `count` bytes. Raise DamagedArchive at the end."""
        if len(self._buffer) - self._place < count:
            self._buffer = self._buffer[self._place :] + self._file.read(256 * 1024)
            self._place = 0
        piece = self._buffer[self._place : self._place + count]
        if len(piece) < count:
            raise DamagedArchive
        self._place += count
        return piece


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _u64(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "little")
