"""JPEG: segments from SOI to EOI, including a frame with the dimensions and at least one scan.

Source: ITU-T T.81, annex B. Compressed pixels are skipped, not decompressed.
"""

from services.checks.images.source import Damaged, Source
from services.checks.images.structure import Structure, checked_structure
from services.system.language import _
from services.system.locale_format import whole

_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_RESTARTS = frozenset(range(0xD0, 0xD8))
_STANDALONE = _RESTARTS | {_SOI, _TEM}
"""Markers without a segment."""


def read_jpeg(source: Source) -> Structure:
    """Read an image to its end. Raise Truncated, Damaged, Cancelled or OSError."""
    source.skip(2)
    found: Structure | None = None
    scans = 0
    marker = _next_marker(source)
    while marker != _EOI:
        if marker in _FRAMES and found is None:
            head = source.read(7)
            length = int.from_bytes(head[:2], "big")
            if length < 8:
                raise Damaged(_("The image's dimensions are incomplete."))
            height, width = int.from_bytes(head[3:5], "big"), int.from_bytes(head[5:7], "big")
            found = checked_structure(width, height)
            source.skip(length - 7)
        elif marker not in _STANDALONE:
            _skip_segment(source)
        if marker == _SOS:
            if found is None:
                raise Damaged(_("The pixels come before the image's dimensions."))
            scans += 1
            marker = _marker_after_scan(source)
        else:
            marker = _next_marker(source)
    if found is None or not scans:
        raise Damaged(_("There are no pixels in the image."))
    return found


def _next_marker(source: Source) -> int:
    """Return the next marker. Like decoders, skip stray bytes between segments."""
    marker = 0
    while not marker:
        source.skip_past(b"\xff")
        marker = 0xFF
        while marker == 0xFF:  # any number of fill bytes
            [marker] = source.read(1)
    return marker


def _skip_segment(source: Source) -> None:
    length = int.from_bytes(source.read(2), "big")
    if length < 2:
        raise Damaged(
            _("There is no valid JPEG segment after byte {place}.").format(
                place=whole(source.position - 2)
            )
        )
    source.skip(length - 2)


def _marker_after_scan(source: Source) -> int:
    """Return the marker after compressed pixels, in which 0 or a restart marker follows 0xFF."""
    marker = _next_marker(source)
    while marker in _RESTARTS:
        marker = _next_marker(source)
    return marker
