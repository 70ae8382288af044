"""JPEG: segments from SOI to EOI, among them a frame with the dimensions and at least one scan.

Source: ITU-T T.81, annex B. The packed pixels of a scan are passed over, not unpacked.
"""

from services.checks.images.source import Damaged, Source
from services.checks.images.structure import Structure, structure
from services.system.language import _
from services.system.locale_format import whole

_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_RESTARTS = frozenset(range(0xD0, 0xD8))
_ALONE = _RESTARTS | {_SOI, _TEM}
"""Markers that no segment follows."""


def read_jpeg(source: Source) -> Structure:
    """Read an image to its end; raise CutOff, Damaged, Cancelled, OSError."""
    source.skip(2)
    found: Structure | None = None
    scans = 0
    marker = _next_marker(source)
    while marker != _EOI:
        if marker in _FRAMES and found is None:
            head = source.take(7)
            length = int.from_bytes(head[:2], "big")
            if length < 8:
                raise Damaged(_("The dimensions of the image are not whole."))
            height, width = int.from_bytes(head[3:5], "big"), int.from_bytes(head[5:7], "big")
            found = structure(width, height)
            source.skip(length - 7)
        elif marker not in _ALONE:
            _skip_segment(source)
        if marker == _SOS:
            if found is None:
                raise Damaged(_("The pixels come before the dimensions of the image."))
            scans += 1
            marker = _marker_after_scan(source)
        else:
            marker = _next_marker(source)
    if found is None or not scans:
        raise Damaged(_("There are no pixels in the image."))
    return found


def _next_marker(source: Source) -> int:
    """The next marker; decoders pass over bytes that should not stand between segments."""
    marker = 0
    while not marker:
        source.skip_to(b"\xff")
        marker = 0xFF
        while marker == 0xFF:  # any number of them may fill up
            [marker] = source.take(1)
    return marker


def _skip_segment(source: Source) -> None:
    length = int.from_bytes(source.take(2), "big")
    if length < 2:
        raise Damaged(
            _("No JPEG segment after byte {place}.").format(place=whole(source.position - 2))
        )
    source.skip(length - 2)


def _marker_after_scan(source: Source) -> int:
    """The marker that ends packed pixels, in which 0xFF is followed by 0 or by a restart."""
    marker = _next_marker(source)
    while marker in _RESTARTS:
        marker = _next_marker(source)
    return marker
