"""Paints rows of monospaced text with labels in front."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPalette, QPen

from services.previews.lines.file_rows import FileRow
from services.system.language import _
from services.system.sizes import format_size
from ui.inside.content.monospaced import Piece, columns_in
from ui.theme import Role, color

LABEL_PADDING = 12
"""Pixels before and after the labels."""
_MARK_WIDTH = 2
_SINK = 1
"""Pixels by which text in capitals would stand too low."""


class RowPainter:
    """Paints the rows of one paint event, all measures being in pixels."""

    def __init__(
        self,
        painter: QPainter,
        palette: QPalette,
        size: QSize,
        *,
        label_width: int,
        column_width: float,
        scrolled: int,
    ) -> None:
        """`size` is that of a row. `label_width` has the padding in it; the text is scrolled."""
        self._painter = painter
        self._palette = palette
        self._size = size
        self._label_width = label_width
        self._column_width = column_width
        self._scrolled = scrolled

    def paint(
        self,
        row: FileRow,
        pieces: Sequence[Piece],
        top: int,
        *,
        selection: Role | None,
        mark: int | None,
    ) -> None:
        """Paint a row. `pieces` are those of its text, and `mark` is a column to be marked.

        `selection` is the color behind a selected row.
        """
        painter, palette, width = self._painter, self._palette, self._label_width
        line = QRect(0, top, self._size.width(), self._size.height())
        if selection is not None:
            painter.fillRect(line, color(selection, palette))
        base = top + (line.height() + painter.fontMetrics().ascent()) // 2 - _SINK
        painter.setPen(color(Role.MUTED, palette))
        label = QRect(LABEL_PADDING, top, width - 2 * LABEL_PADDING, line.height())
        painter.drawText(
            label, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.label
        )
        painter.save()
        painter.setClipRect(line.adjusted(width, 0, 0, 0))
        painter.setPen(color(Role.TEXT, palette))
        left = width - self._scrolled
        self._draw_text(pieces, QPointF(left, base))
        if mark is not None:
            self._paint_mark(mark, line, left)
        if row.hidden_bytes:
            words = _("… {size} more").format(size=format_size(row.hidden_bytes))
            painter.setPen(color(Role.WARNING, palette))
            column = columns_in(pieces) + 1
            painter.drawText(QPointF(left + column * self._column_width, base), words)
        painter.restore()

    def _paint_mark(self, column: int, line: QRect, left: int) -> None:
        """A frame around a character."""
        start = round(left + column * self._column_width)
        frame = QRect(start - 1, line.top(), round(self._column_width) + 2, line.height())
        self._painter.setPen(QPen(color(Role.DANGER, self._palette), _MARK_WIDTH))
        self._painter.drawRect(frame.adjusted(0, 1, 0, -2))

    def _draw_text(self, pieces: Sequence[Piece], start: QPointF) -> None:
        """Draw the visible pieces of a text."""
        for column, columns, piece in pieces:
            x = start.x() + column * self._column_width
            if x >= self._size.width():
                break
            if x + columns * self._column_width > 0:
                self._painter.drawText(QPointF(x, start.y()), piece)
