"""PNG: chunks with checksums, from IHDR to IEND, with the compressed pixels between them.

Source: the W3C's PNG specification. Pixels are decompressed in pieces, only to count them, and
never more of them than the dimensions call for.
"""

import struct
import zlib

from services.checks.images.source import READ_SIZE, Damaged, Source, Truncated
from services.checks.images.structure import MAX_PIXELS, End, Structure, checked_structure
from services.system.language import _
from services.system.locale_format import whole

_SIGNATURE = 8
_MAX_CHUNK_BYTES = 2**31 - 1
_MAX_SHORT_CHUNK = 64
_BITS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""By color type: the allowed bits per sample."""
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""By color type: how many samples make up a pixel."""
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2))
_LAST_PASS = (0, 1, 1, 2)
"""The passes of an interlaced image: first column, first row, column step, row step."""


def read_png(source: Source) -> Structure:
    """Read an image to its end. Raise Truncated, Damaged, Cancelled or OSError."""
    source.skip(_SIGNATURE)
    kind, head = _chunk(source)
    if kind != b"IHDR" or len(head) != 13:
        raise Damaged(_("The image doesn't start with its dimensions."))
    width, height, bits, color, _compression, _filter, interlaced = struct.unpack(">IIBBBBB", head)
    found = checked_structure(width, height)
    if bits not in _BITS.get(color, ()) or interlaced > 1:
        raise Damaged(_("Invalid PNG header."))
    pixels = _Pixels(_decompressed_size(found, bits * _SAMPLES[color], interlaced == 1))
    palette = compressed = frames = 0
    end, has_all_pixels = End.WHOLE, False
    while True:
        try:
            kind, data = _chunk(source, pixels if found.pixels <= MAX_PIXELS else None)
        except Truncated:
            if not has_all_pixels:
                raise
            end = End.MISSING
            break
        # A chunk has been read completely here, so its checksum is right too.
        has_all_pixels = pixels.complete
        if kind == b"IEND":
            break
        palette += kind == b"PLTE"
        compressed += kind == b"IDAT"
        if kind == b"IDAT" and color == 3 and not palette:
            raise Damaged(_("The color palette is missing."))
        if kind == b"acTL" and len(data) == 8:
            frames = int.from_bytes(data[:4], "big")
    if not compressed or (found.pixels <= MAX_PIXELS and not pixels.complete):
        raise Damaged(_("Some of the pixels are missing."))
    return checked_structure(width, height, max(1, frames), end=end)


class _Pixels:
    """Decompresses pixels and counts their bytes."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._decompressor = zlib.decompressobj()

    @property
    def complete(self) -> bool:
        return self._left == 0

    def add(self, compressed: bytes) -> None:
        # Data after the last pixel doesn't matter, however much it would decompress to.
        while self._left:
            try:
                decompressed = self._decompressor.decompress(compressed, min(READ_SIZE, self._left))
            except zlib.error as error:
                raise Damaged(_("The pixels can't be decompressed.")) from error
            self._left -= len(decompressed)
            compressed = self._decompressor.unconsumed_tail
            if self._decompressor.eof or not (compressed or decompressed):
                return


def _chunk(source: Source, pixels: _Pixels | None = None) -> tuple[bytes, bytes]:
    """Read the next chunk. Return its type, and its data if short. Pixels are only counted."""
    length, kind = struct.unpack(">I4s", source.read(8))
    if length > _MAX_CHUNK_BYTES or not kind.isalpha():
        raise Damaged(
            _("There is no valid PNG chunk after byte {place}.").format(
                place=whole(source.position - 8)
            )
        )
    checksum = zlib.crc32(kind)
    content = b""
    for piece in source.pieces(length):
        checksum = zlib.crc32(piece, checksum)
        if kind == b"IDAT":
            if pixels is not None:
                pixels.add(piece)
        elif length <= _MAX_SHORT_CHUNK:
            content += piece
    if source.read(4) != checksum.to_bytes(4, "big"):
        raise Damaged(_("The checksum of {kind} is wrong.").format(kind=kind.decode("ascii")))
    return kind, content


def _decompressed_size(image: Structure, bits: int, interlaced: bool) -> int:
    """Return the size of all rows in bytes. Each row starts with a filter byte."""
    passes = (*_PASSES, _LAST_PASS) if interlaced else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns = -(-(image.width - left) // across)
        rows = -(-(image.height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total
