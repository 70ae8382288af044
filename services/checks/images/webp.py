"""WEBP: chunks in a RIFF container. The first one holds the dimensions.

Source: RFC 9649. Compressed pixels are skipped, not decompressed.
"""

import struct

from services.checks.images.source import Damaged, Source
from services.checks.images.structure import Structure, checked_structure
from services.system.language import _

_HEAD = 10
"""How many bytes of a chunk are enough for the dimensions."""


def read_webp(source: Source) -> Structure:
    """Read an image to its end. Raise Truncated, Damaged, Cancelled or OSError."""
    size = int.from_bytes(source.read(12)[4:8], "little")
    if size < 4:  # the size includes the four bytes "WEBP"
        raise Damaged(_("The size in the image's header is wrong."))
    end = 8 + size
    found: tuple[int, int] | None = None
    images = frames = 0
    while source.position + 8 <= end:
        kind, length = struct.unpack("<4sI", source.read(8))
        if source.position + length > end:
            raise Damaged(_("Part of the image extends past its end."))
        head = source.read(min(length, _HEAD))
        if found is None:
            found = _dimensions(kind, head)
        images += kind in (b"VP8 ", b"VP8L")
        frames += kind == b"ANMF"
        source.skip(length - len(head))
        if length % 2 and source.position < end:
            source.skip(1)
    source.skip(end - source.position)
    if found is None or not images + frames:
        raise Damaged(_("There are no pixels in the image."))
    return checked_structure(*found, max(1, frames))


def _dimensions(kind: bytes, head: bytes) -> tuple[int, int]:
    """Return width and height from the first chunk."""
    if kind == b"VP8X" and len(head) == _HEAD:
        width, height = head[4:7], head[7:10]
        return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1
    if kind == b"VP8L" and len(head) >= 5 and head[0] == 0x2F:
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and len(head) == _HEAD and head[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", head[6:10])
        return width & 0x3FFF, height & 0x3FFF
    raise Damaged(_("The image doesn't start with its dimensions."))
