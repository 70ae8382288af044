"""PNG: chunks with checksums, from IHDR to IEND, and between them the packed pixels.

Source: the PNG specification of W3C. The pixels are unpacked piece by piece, only to be counted,
and never more of them than the image has by its dimensions.
"""

import struct
import zlib

from services.checks.images.source import PIECE, CutOff, Damaged, Source
from services.checks.images.structure import MOST_PIXELS, End, Structure, structure
from services.system.language import _
from services.system.locale_format import whole

_SIGNATURE = 8
_LARGEST_CHUNK = 2**31 - 1
_SHORT = 64
_BITS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""By type of colour: the bits that a sample may have."""
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""By type of colour: how many samples make a pixel."""
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2))
_LAST_PASS = (0, 1, 1, 2)
"""Of interlaced images: first column and row, step of columns and rows."""


def read_png(source: Source) -> Structure:
    """Read an image to its end; raise CutOff, Damaged, Cancelled, OSError."""
    source.skip(_SIGNATURE)
    kind, head = _chunk(source)
    if kind != b"IHDR" or len(head) != 13:
        raise Damaged(_("The image does not begin with its dimensions."))
    width, height, bits, colour, _packing, _filter, interlaced = struct.unpack(">IIBBBBB", head)
    found = structure(width, height)
    if bits not in _BITS.get(colour, ()) or interlaced > 1:
        raise Damaged(_("Invalid PNG header."))
    pixels = _Pixels(_unpacked_size(found, bits * _SAMPLES[colour], interlaced == 1))
    palette = packed = frames = 0
    end, whole = End.WHOLE, False
    while True:
        try:
            kind, data = _chunk(source, pixels if found.pixels <= MOST_PIXELS else None)
        except CutOff:
            if not whole:
                raise
            end = End.MISSING
            break
        # Together with the checksum of their last part.
        whole = pixels.complete
        if kind == b"IEND":
            break
        palette += kind == b"PLTE"
        packed += kind == b"IDAT"
        if kind == b"IDAT" and colour == 3 and not palette:
            raise Damaged(_("The colors are missing."))
        if kind == b"acTL" and len(data) == 8:
            frames = int.from_bytes(data[:4], "big")
    if not packed or (found.pixels <= MOST_PIXELS and not pixels.complete):
        raise Damaged(_("Some of the pixels are missing."))
    return structure(width, height, max(1, frames), end=end)


class _Pixels:
    """Counts the bytes of the pixels while they are unpacked."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._unpacking = zlib.decompressobj()

    @property
    def complete(self) -> bool:
        return self._left == 0

    def add(self, packed: bytes) -> None:
        # What follows the last pixel is of no interest, however large it would become.
        while self._left:
            try:
                unpacked = self._unpacking.decompress(packed, min(PIECE, self._left))
            except zlib.error as error:
                raise Damaged(_("The pixels can't be unpacked.")) from error
            self._left -= len(unpacked)
            packed = self._unpacking.unconsumed_tail
            if self._unpacking.eof or not (packed or unpacked):
                return


def _chunk(source: Source, pixels: _Pixels | None = None) -> tuple[bytes, bytes]:
    """The kind of the next chunk, and what is in a short one; pixels go where they are counted."""
    length, kind = struct.unpack(">I4s", source.take(8))
    if length > _LARGEST_CHUNK or not kind.isalpha():
        raise Damaged(
            _("No PNG chunk after byte {place}.").format(place=whole(source.position - 8))
        )
    checksum = zlib.crc32(kind)
    content = b""
    for piece in source.pieces(length):
        checksum = zlib.crc32(piece, checksum)
        if kind == b"IDAT":
            if pixels is not None:
                pixels.add(piece)
        elif length <= _SHORT:
            content += piece
    if source.take(4) != checksum.to_bytes(4, "big"):
        raise Damaged(_("The checksum of {kind} is wrong.").format(kind=kind.decode("ascii")))
    return kind, content


def _unpacked_size(image: Structure, bits: int, interlaced: bool) -> int:
    """Bytes of all rows, each of which is preceded by the number of its filter."""
    passes = (*_PASSES, _LAST_PASS) if interlaced else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns = -(-(image.width - left) // across)
        rows = -(-(image.height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total
