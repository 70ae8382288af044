"""A small table in a box, painted beside a line in a chart."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPalette, QPen

from ui.theme import Role, color, scaled

_PADDING = 12
_DOT = 5
"""The radius of a dot."""
_DOT_WIDTH = 18
"""The width of a dot with its gap."""
_CELL_GAP = 20
_FROM_LINE = 12
"""The distance of the box from the line."""


class BoxRow(NamedTuple):
    """A row of the table."""

    name: str
    ink: QColor
    """The color of the dot before the name."""
    cells: Sequence[str]


class ValuesBox:
    """A title with the names of columns, and the rows below; the first column is less important."""

    def __init__(
        self,
        title: str,
        columns: Sequence[str],
        rows: Sequence[BoxRow],
        font: QFont,
        palette: QPalette,
    ) -> None:
        self._title = title
        self._columns = columns
        self._rows = rows
        self._font = font
        self._bold = scaled(font, 1.0, bold=True)
        self._palette = palette
        measure = QFontMetricsF(self._bold)
        advance = measure.horizontalAdvance
        self._line = measure.height() + 4
        names = [advance(row.name) + _DOT_WIDTH for row in rows]
        self._first_width = max(advance(title), *names)
        cells = [*columns, *(cell for row in rows for cell in row.cells)]
        self._width = _CELL_GAP + max(map(advance, cells))

    def paint(self, painter: QPainter, plot: QRectF, x: float, *, at_bottom: bool = False) -> None:
        """Draw the box in a chart, on the side of the line at `x` that has room."""
        width = self._first_width + self._width * len(self._columns) + 2 * _PADDING
        height = self._line * (len(self._rows) + 1) + _PADDING
        right, left = x + _FROM_LINE, x - _FROM_LINE - width
        is_left = right + width > plot.right() and left > plot.left()
        edge = plot.bottom() - 6 - height if at_bottom else plot.top() + 4
        corner = QPointF(round(left if is_left else right) + 0.5, round(edge) + 0.5)
        box = QRectF(corner.x(), corner.y(), round(width), round(height))
        painter.setPen(QPen(color(Role.BORDER, self._palette), 1))
        painter.setBrush(color(Role.CARD, self._palette))
        painter.drawRect(box)
        top = box.top() + _PADDING / 2
        text = box.left() + _PADDING
        self._put(painter, QPointF(text, top), self._title, Role.TEXT, is_bold=True)
        for place, name in enumerate(self._columns):
            self._put(painter, self._cell(text, top, place), name, Role.MUTED, is_right=True)
        for row in self._rows:
            top += self._line
            paint_dot(painter, QPointF(text + _DOT, top + self._line / 2), row.ink)
            self._put(painter, QPointF(text + _DOT_WIDTH, top), row.name, Role.TEXT)
            for place, cell in enumerate(row.cells):
                corner = self._cell(text, top, place)
                self._put(painter, corner, cell, Role.TEXT, is_bold=place > 0, is_right=True)
        painter.setFont(self._font)

    def _cell(self, left: float, top: float, place: int) -> QPointF:
        return QPointF(left + self._first_width + place * self._width, top)

    def _put(
        self,
        painter: QPainter,
        corner: QPointF,
        text: str,
        role: Role,
        *,
        is_bold: bool = False,
        is_right: bool = False,
    ) -> None:
        painter.setFont(self._bold if is_bold else self._font)
        painter.setPen(color(role, self._palette))
        width = self._width if is_right else self._first_width
        side = Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft
        place = QRectF(corner.x(), corner.y(), width, self._line)
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, text)


def paint_dot(painter: QPainter, center: QPointF, ink: QColor) -> None:
    """Draw a filled circle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawEllipse(center, _DOT, _DOT)
    painter.restore()
