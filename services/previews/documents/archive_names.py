"""The names of what is in a zip, tar or compressed file; nothing is ever extracted."""

import time
from collections.abc import Callable, Iterator
from enum import Enum
from io import FileIO
from pathlib import Path

import msgspec

from services.previews.documents.archive_entries import (
    ArchiveEnd,
    ArchiveEntry,
    EntryCollector,
    StoppedEarly,
)
from services.previews.documents.tar_entries import (
    TAR_BLOCK,
    PackedTar,
    PlainTar,
    is_tar,
    tar_entries,
)
from services.previews.documents.unpacking import DamagedArchive, UnpackedFile
from services.previews.documents.zip_entries import zip_entries

MAX_SECONDS = 10.0
"""How long names are read from a compressed file."""


class ArchiveForm(Enum):
    """How files are packed."""

    ZIP = "zip"
    TAR = "tar"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    SEVEN_ZIP = "7z"
    """Its names can't be read."""
    UNKNOWN = "unknown"


class ArchiveNames(msgspec.Struct, frozen=True):
    """The names read so far."""

    form: ArchiveForm
    entries: tuple[ArchiveEntry, ...] = ()
    end: ArchiveEnd = ArchiveEnd.NOT_YET
    is_packed_tar: bool = False
    """Whether the entries are those of a tar file that is compressed in this form."""


def archive_names(
    path: Path, *, seconds: float = MAX_SECONDS, clock: Callable[[], float] = time.monotonic
) -> Iterator[ArchiveNames]:
    """Yield the names read so far every thousand names or few megabytes, and at the end.

    `clock` returns seconds. Raise OSError if the file can't be read.
    """
    collector = EntryCollector(seconds, clock)
    with FileIO(path) as file:
        beginning = file.read(TAR_BLOCK)
        file.seek(0)
        form = _form_of(beginning)
        is_packed_tar = False
        end = ArchiveEnd.WHOLE
        try:
            if form is ArchiveForm.ZIP:
                steps: Iterator[None] = zip_entries(file, collector)
            elif form is ArchiveForm.TAR:
                steps = tar_entries(PlainTar(file), collector)
            elif form in _PACKED:
                inside = UnpackedFile(file, beginning)
                first = inside.read(TAR_BLOCK)
                is_packed_tar = is_tar(first)
                if is_packed_tar:
                    steps = tar_entries(PackedTar(inside, first), collector)
                else:
                    steps = _single_entry(beginning, collector)
            else:
                steps = iter(())
            for _step in steps:
                yield ArchiveNames(form, tuple(collector.entries), is_packed_tar=is_packed_tar)
        except DamagedArchive:
            end = ArchiveEnd.DAMAGED
        except StoppedEarly as stopped:
            end = stopped.end
    yield ArchiveNames(form, tuple(collector.entries), end, is_packed_tar)


_PACKED = {ArchiveForm.GZIP, ArchiveForm.BZIP2, ArchiveForm.XZ}


def _form_of(beginning: bytes) -> ArchiveForm:
    for start, form in (
        (b"PK\x03\x04", ArchiveForm.ZIP),
        (b"PK\x05\x06", ArchiveForm.ZIP),
        (b"\x1f\x8b", ArchiveForm.GZIP),
        (b"BZh", ArchiveForm.BZIP2),
        (b"\xfd7zXZ\x00", ArchiveForm.XZ),
        (b"7z\xbc\xaf\x27\x1c", ArchiveForm.SEVEN_ZIP),
    ):
        if beginning.startswith(start):
            return form
    return ArchiveForm.TAR if is_tar(beginning) else ArchiveForm.UNKNOWN


def _single_entry(beginning: bytes, collector: EntryCollector) -> Iterator[None]:
    """A file that is compressed alone: gzip may know its name, none its size."""
    name = ""
    modified = None
    if beginning.startswith(b"\x1f\x8b") and len(beginning) > 10:
        modified = int.from_bytes(beginning[4:8], "little") or None
        start = 10
        if beginning[3] & 4:  # an extra field
            start += 2 + int.from_bytes(beginning[10:12], "little")
        if beginning[3] & 8:
            name = beginning[start:].partition(b"\0")[0].decode("latin-1")
    collector.add(ArchiveEntry(name, None, modified))
    yield
