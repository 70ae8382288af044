"""GIF: a screen with its colours, then blocks until the trailer, among them at least one picture.

Source: the GIF89a specification. The packed pixels are passed over, not unpacked.
"""

from services.checks.images.source import CutOff, Damaged, Source
from services.checks.images.structure import End, Structure, structure
from services.system.language import _
from services.system.locale_format import whole

_EXTENSION, _PICTURE, _TRAILER = b"\x21", b"\x2c", b"\x3b"


def read_gif(source: Source) -> Structure:
    """Read an image to its end; raise CutOff, Damaged, Cancelled, OSError."""
    source.skip(6)
    screen = source.take(7)
    width, height = int.from_bytes(screen[0:2], "little"), int.from_bytes(screen[2:4], "little")
    _skip_colours(source, screen[4])
    frames = 0
    while (block := _next_block(source, frames)) != _TRAILER:
        if block == _PICTURE:
            _skip_picture(source)
            frames += 1
        elif block == _EXTENSION:
            source.skip(1)
            _skip_blocks(source)
        elif frames:
            return structure(width, height, frames, end=End.MISSING)
        else:
            raise Damaged(
                _("No GIF block after byte {place}.").format(place=whole(source.position - 1))
            )
    if not frames:
        raise Damaged(_("There are no pixels in the image."))
    return structure(width, height, frames, end=_end(source))


def _next_block(source: Source, frames: int) -> bytes:
    """What kind of block comes next; nothing where the file ends behind a picture."""
    try:
        return source.take(1)
    except CutOff:
        if frames:
            return b""
        raise


def _end(source: Source) -> End:
    try:
        source.take(1)
    except CutOff:
        return End.WHOLE
    return End.MORE_BEHIND


def _skip_colours(source: Source, packed: int) -> None:
    if packed & 0x80:
        source.skip(3 << ((packed & 7) + 1))


def _skip_picture(source: Source) -> None:
    head = source.take(9)
    width, height = int.from_bytes(head[4:6], "little"), int.from_bytes(head[6:8], "little")
    structure(width, height)
    _skip_colours(source, head[8])
    source.skip(1)
    if not _skip_blocks(source):
        raise Damaged(_("There are no pixels in the image."))


def _skip_blocks(source: Source) -> int:
    """Pass over blocks of at most 255 bytes, up to an empty one; how many bytes they hold."""
    total = 0
    while length := source.take(1)[0]:
        source.skip(length)
        total += length
    return total
