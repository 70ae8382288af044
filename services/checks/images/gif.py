"""GIF: a screen descriptor with its colors, then blocks up to the trailer, with at least one frame.

Source: the GIF89a specification. Compressed pixels are skipped, not decompressed.
"""

from services.checks.images.source import Damaged, Source, Truncated
from services.checks.images.structure import End, Structure, checked_structure
from services.system.language import _
from services.system.locale_format import whole

_EXTENSION, _IMAGE, _TRAILER = b"\x21", b"\x2c", b"\x3b"


def read_gif(source: Source) -> Structure:
    """Read an image to its end. Raise Truncated, Damaged, Cancelled or OSError."""
    source.skip(6)
    screen = source.read(7)
    width, height = int.from_bytes(screen[0:2], "little"), int.from_bytes(screen[2:4], "little")
    _skip_colors(source, screen[4])
    frames = 0
    while (block := _next_block(source, frames)) != _TRAILER:
        if block == _IMAGE:
            _skip_image(source)
            frames += 1
        elif block == _EXTENSION:
            source.skip(1)
            _skip_blocks(source)
        elif frames:
            return checked_structure(width, height, frames, end=End.MISSING)
        else:
            raise Damaged(
                _("There is no valid GIF block after byte {place}.").format(
                    place=whole(source.position - 1)
                )
            )
    if not frames:
        raise Damaged(_("There are no pixels in the image."))
    return checked_structure(width, height, frames, end=_find_end(source))


def _next_block(source: Source, frames: int) -> bytes:
    """Return the type of the next block, or b"" if the file ends after at least one frame."""
    try:
        return source.read(1)
    except Truncated:
        if frames:
            return b""
        raise


def _find_end(source: Source) -> End:
    try:
        source.read(1)
    except Truncated:
        return End.WHOLE
    return End.TRAILING_DATA


def _skip_colors(source: Source, packed: int) -> None:
    if packed & 0x80:
        source.skip(3 << ((packed & 7) + 1))


def _skip_image(source: Source) -> None:
    head = source.read(9)
    width, height = int.from_bytes(head[4:6], "little"), int.from_bytes(head[6:8], "little")
    checked_structure(width, height)
    _skip_colors(source, head[8])
    source.skip(1)
    if not _skip_blocks(source):
        raise Damaged(_("There are no pixels in the image."))


def _skip_blocks(source: Source) -> int:
    """Skip data sub-blocks up to an empty one. Return how many bytes they held."""
    total = 0
    while length := source.read(1)[0]:
        source.skip(length)
        total += length
    return total
