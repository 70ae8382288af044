"""Reads the headers of a tar file, which may be compressed.

`tarfile` would read extended headers into memory, whatever size they say they have.
"""

import os
from collections.abc import Iterator
from io import FileIO

from services.previews.documents.archive_entries import (
    MAX_NAME_BYTES,
    ArchiveEnd,
    ArchiveEntry,
    EntryCollector,
    StoppedEarly,
)
from services.previews.documents.unpacking import DamagedArchive, UnpackedFile

MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
"""How much of a compressed file is unpacked to find names: they are spread over all of it."""
_MAX_HEADER_BYTES = 1024 * 1024
"""A longer extended header is damage, or meant to do some."""
_REPORT_BYTES = 8 * 1024 * 1024
TAR_BLOCK = 512
_TAR_EXTENDED = b"x"
_TAR_EXTENDED_ALL = b"g"
_TAR_LONG_NAME = b"L"
_TAR_LONG_LINK = b"K"
_TAR_FOLDER = b"5"
_TAR_WITHOUT_CONTENT = (b"1", b"2", b"3", b"4", b"5", b"6")
"""Links, devices and folders, whatever size they say they have."""


class PlainTar:
    """A tar file as it is: what isn't a header is skipped without reading it."""

    def __init__(self, file: FileIO) -> None:
        self._file = file
        self._size = os.fstat(file.fileno()).st_size
        self._position = 0

    def read(self, count: int) -> bytes:
        """Up to `count` bytes."""
        data = self._file.read(count)
        self._position += len(data)
        return data

    def skip(self, count: int) -> Iterator[None]:
        """Skip bytes. Raise DamagedArchive if there are fewer."""
        self._position += count
        if self._position > self._size:
            raise DamagedArchive
        self._file.seek(self._position)
        yield from ()


class PackedTar:
    """A compressed tar file, whose beginning has been read."""

    def __init__(self, inside: UnpackedFile, beginning: bytes) -> None:
        self._inside = inside
        self._beginning = beginning
        self._reported = 0

    def read(self, count: int) -> bytes:
        """Up to `count` bytes."""
        data, self._beginning = self._beginning[:count], self._beginning[count:]
        return data + self._inside.read(count - len(data))

    def skip(self, count: int) -> Iterator[None]:
        """Unpack and drop bytes; yield from time to time."""
        while count:
            if self._inside.position > MAX_UNPACKED_BYTES:
                raise StoppedEarly(ArchiveEnd.TOO_LARGE)
            part = self.read(min(count, 256 * 1024))
            if not part:
                raise DamagedArchive
            count -= len(part)
            if self._inside.position - self._reported > _REPORT_BYTES:
                self._reported = self._inside.position
                yield


def tar_entries(file: PlainTar | PackedTar, collector: EntryCollector) -> Iterator[None]:
    """Collect the entries, and yield from time to time.

    Raise DamagedArchive, StoppedEarly or OSError.
    """
    extended: dict[str, str] = {}
    """What the header before said about the next file."""
    while header := file.read(TAR_BLOCK):
        if not any(header):
            return
        if not is_tar(header):
            raise DamagedArchive
        if collector.is_full:
            raise StoppedEarly(ArchiveEnd.TOO_MANY)
        if collector.is_late:
            raise StoppedEarly(ArchiveEnd.TOO_LARGE)
        kind = header[156:157]
        size = _tar_number(header[124:136])
        length = -(-size // TAR_BLOCK) * TAR_BLOCK
        if kind in (_TAR_EXTENDED, _TAR_EXTENDED_ALL, _TAR_LONG_NAME, _TAR_LONG_LINK):
            if size > _MAX_HEADER_BYTES:
                raise DamagedArchive
            content = file.read(length)[:size]
            if len(content) < size:
                raise DamagedArchive
            if kind == _TAR_EXTENDED:
                extended |= _pax_fields(content)
            elif kind == _TAR_LONG_NAME:
                extended["path"] = _tar_text(content)
            continue
        entry = _tar_entry(header, size, extended)
        if "size" in extended and entry.size is not None:
            length = -(-entry.size // TAR_BLOCK) * TAR_BLOCK
        extended = {}
        if collector.add(entry):
            yield
        if kind not in _TAR_WITHOUT_CONTENT:
            for _step in file.skip(length):
                if collector.is_late:
                    raise StoppedEarly(ArchiveEnd.TOO_LARGE)
                yield


def _tar_entry(header: bytes, size: int, extended: dict[str, str]) -> ArchiveEntry:
    name = _tar_text(header[:100])
    prefix = _tar_text(header[345:500]) if header[257:263] == b"ustar\0" else ""
    name = extended.get("path") or (f"{prefix}/{name}" if prefix else name)
    if header[156:157] == _TAR_FOLDER and not name.endswith("/"):
        name += "/"
    told = extended.get("size", "")
    if told.isascii() and told.isdigit() and len(told) < _DIGITS:
        size = int(told)
    moment = extended.get("mtime", "").partition(".")[0]
    if moment.isascii() and moment.isdigit() and len(moment) < _DIGITS:
        modified = int(moment)
    else:
        modified = _tar_number(header[136:148])
    return ArchiveEntry(name[:MAX_NAME_BYTES], size, modified or None)


_DIGITS = 16


def is_tar(header: bytes) -> bool:
    """Whether the sum in a header is that of its bytes, with spaces in place of the sum."""
    if len(header) < TAR_BLOCK or not any(header):
        return False
    told = header[148:156].strip(b" \0")
    if not told or set(told) - set(b"01234567"):
        return False
    return int(told, 8) == sum(header[:148]) + sum(header[156:TAR_BLOCK]) + 8 * ord(" ")


def _tar_number(field: bytes) -> int:
    """A number in octal digits, or in binary if it doesn't fit. Raise DamagedArchive."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.partition(b"\0")[0].strip()
    if set(digits) - set(b"01234567"):
        raise DamagedArchive
    return int(digits or b"0", 8)


def _tar_text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace")


def _pax_fields(content: bytes) -> dict[str, str]:
    """Fields as `LENGTH NAME=VALUE` lines; the length counts the whole line."""
    fields = {}
    place = 0
    while place < len(content):
        digits = content[place : place + 10].partition(b" ")[0]
        length = int(digits) if digits.isdigit() else 0
        if length <= len(digits) + 1:
            break
        line = content[place + len(digits) + 1 : place + length]
        name, _sign, value = line.removesuffix(b"\n").partition(b"=")
        if name in (b"path", b"size", b"mtime"):
            fields[name.decode()] = value.decode("utf-8", "replace")
        place += length
    return fields
