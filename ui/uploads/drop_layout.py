"""Geometry of the drop overlay's tiles."""

from dataclasses import dataclass

from PySide6.QtCore import QRect

_MAX_WIDTH = 1100
_ROOMY = 14
_TIGHT = 8


@dataclass(frozen=True, slots=True)
class DropLayout:
    """Rectangles in overlay coordinates."""

    title: QRect
    kinds: QRect
    tiles: tuple[QRect, ...]
    """The first is *Match each file*."""
    compact: bool
    """Whether icons are beside the text rather than above it."""


def lay_out(area: QRect, purposes: int, title_height: int, line_height: int) -> DropLayout:
    """Center a title, a line of text and 1 + `purposes` tiles in `area`.

    When height is short, tiles become compact and then move closer together. They stay inside
    `area` as long as each has room for a line of text.
    """
    columns = 3 if area.width() >= 560 else 2
    rows = 1 + -(-purposes // columns)
    roomy_tile = 3 * line_height + 48
    roomy = title_height + line_height + 40 + rows * roomy_tile + (rows - 1) * _ROOMY
    compact = roomy + 2 * _ROOMY > area.height()
    gap = _TIGHT if compact else _ROOMY
    margin = min(60, max(area.width() // 20, gap))
    width = min(area.width() - 2 * margin, _MAX_WIDTH)
    left = area.left() + (area.width() - width) // 2
    below_head = 10 if compact else 26
    head = title_height + line_height + below_head + (2 if compact else 8)
    tile = roomy_tile
    if compact:
        room = area.height() - head - 2 * gap - (rows - 1) * gap
        tile = max(min(2 * line_height + 18, room // rows), line_height)
    height = head + rows * tile + (rows - 1) * gap
    top = area.top() + max((area.height() - height) // 2, gap)
    title = QRect(left, top, width, title_height)
    kinds = QRect(left, title.bottom() + (2 if compact else 8), width, line_height)
    first = kinds.bottom() + below_head
    tiles = [QRect(left, first, width, tile)]
    for number in range(purposes):
        row, column = divmod(number, columns)
        # Compute both edges with the same division so that the last column lines up with row one.
        start = left + column * (width + gap) // columns
        end = left + (column + 1) * (width + gap) // columns - gap
        tiles.append(QRect(start, first + (row + 1) * (tile + gap), end - start, tile))
    return DropLayout(title, kinds, tuple(tiles), compact)
