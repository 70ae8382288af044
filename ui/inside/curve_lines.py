"""Draws one curve of a chart quickly, however many points it has and however noisy it is.

As one line with corners, Qt would take seconds, or a minute if the line crosses itself often.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

Places = Sequence[tuple[float, float]]
"""Where the points of a curve are, from left to right."""

_POINT_DISTANCE = 5
"""Points closer than that are left out of a line, in pixels."""


def paint_curve(
    painter: QPainter, places: Places, pen: QPen, dot: float, pixel: float | None
) -> None:
    """Draw a curve, and dots with the radius `dot` where its points are, if there is room.

    A radius of 0 means that only a point that stands alone has a dot. `pixel` is the width of a
    pixel of the device; None if it has none.
    """
    near = (places[-1][0] - places[0][0]) / max(1, len(places) - 1)
    if pixel is not None and len(places) > 1 and near < 1:
        _paint_columns(painter, places, pen.color(), pen.widthF(), pixel)
        return
    pen.setCapStyle(Qt.PenCapStyle.SquareCap)
    painter.setPen(pen)
    painter.drawLines([QLineF(*start, *end) for start, end in pairwise(places)])
    if len(places) == 1 or (dot and near >= _POINT_DISTANCE):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
        for x, y in places:
            painter.drawEllipse(QPointF(x, y), dot or _LONE_DOT, dot or _LONE_DOT)


_LONE_DOT = 1.5


def _paint_columns(
    painter: QPainter, places: Places, ink: QColor, width: float, pixel: float
) -> None:
    """Draw, in each column of pixels, all that the curve passes through."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawRects(
        [
            QRectF(column * pixel, top - width / 2, pixel, bottom - top + width)
            for column, top, bottom in _columns(places, pixel)
        ]
    )


def _columns(places: Places, pixel: float) -> list[tuple[int, float, float]]:
    """The columns of pixels, each with the highest and the lowest place of the curve."""
    columns = []
    last, (_x, y) = math.floor(places[0][0] / pixel), places[0]
    top = bottom = before = y
    for x, y in places:
        column = math.floor(x / pixel)
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
