"""Draws one curve of a chart quickly, however many points it has and however noisy it is.

As one line with corners, Qt would take seconds, or a minute if the line crosses itself often.
"""

import math
from collections.abc import Sequence
from operator import sub

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

Places = Sequence[tuple[float, float]]
"""Where the points of a curve are, from left to right."""

_POINT_DISTANCE = 5
"""Points closer than that are left out of a line, in pixels."""
_LONE_DOT = 1.5
"""Its radius, in pixels."""
_NOISY_SLOPE = 8
"""Lines that are steeper on average are drawn faster as columns, and look the same."""


def paint_curve(
    painter: QPainter, places: Places, pen: QPen, dot: float, pixels: float | None
) -> None:
    """Draw a curve, and dots with the radius `dot` where its points are, if there is room.

    A radius of 0 means that only a point that stands alone has a dot. `pixels` is how many pixels
    of the device there are in one of the chart; None if the device has none.
    """
    across, down = zip(*places, strict=True)
    width = across[-1] - across[0]
    near = width / max(1, len(places) - 1)
    if pixels is not None and 0 < near < 1 and _is_noisy(down, width):
        _paint_columns(painter, places, pen.color(), pen.widthF(), math.ceil(pixels) / pixels)
        return
    pen.setCapStyle(Qt.PenCapStyle.SquareCap)
    painter.setPen(pen)
    painter.drawLines(list(map(QLineF, across, down, across[1:], down[1:])))
    if len(places) == 1 or (dot and near >= _POINT_DISTANCE):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
        for x, y in places:
            painter.drawEllipse(QPointF(x, y), dot or _LONE_DOT, dot or _LONE_DOT)


def _is_noisy(heights: Sequence[float], width: float) -> bool:
    """Whether the curve goes up and down so much that it fills areas."""
    total: float = sum(map(abs, map(sub, heights[1:], heights)))
    return total > _NOISY_SLOPE * width


def _paint_columns(
    painter: QPainter, places: Places, ink: QColor, width: float, step: float
) -> None:
    """Draw, in each column as wide as `step`, all that the curve passes through."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawRects(
        [
            QRectF(column * step, top - width / 2, step, bottom - top + width)
            for column, top, bottom in _columns(places, step)
        ]
    )


def _columns(places: Places, step: float) -> list[tuple[int, float, float]]:
    """The columns, each with the highest and the lowest place of the curve."""
    columns = []
    last, (_x, y) = math.floor(places[0][0] / step), places[0]
    top = bottom = before = y
    for x, y in places:
        column = math.floor(x / step)
        if column != last:
            columns.append((last, top, bottom))
            last = column
            top, bottom = min(before, y), max(before, y)
        elif y < top:
            top = y
        elif y > bottom:
            bottom = y
        before = y
    columns.append((last, top, bottom))
    return columns
