"""The coloured pill that shows a purpose, drawn the same way in every table."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPalette

from ui.theme import purpose_colours, scaled
from ui.wording import one_line

_PADDING = 9


def pill_font(font: QFont) -> QFont:
    """The font on a pill, for a table with that font."""
    return scaled(font, 0.88, bold=True)


def paint_purpose_pill(
    painter: QPainter, cell: QRect, purpose: str, font: QFont, palette: QPalette
) -> None:
    """Draw a pill at the left of `cell`, in the middle of its height."""
    small = pill_font(font)
    metrics = QFontMetrics(small)
    text = metrics.elidedText(
        one_line(purpose), Qt.TextElideMode.ElideRight, max(cell.width() - 2 * _PADDING, 0)
    )
    height = metrics.height() + 4
    pill = QRectF(cell.left(), 0, metrics.horizontalAdvance(text) + 2 * _PADDING, height)
    pill.moveTop(cell.top() + (cell.height() - height) / 2)
    colours = purpose_colours(purpose, palette)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.pill)
    painter.drawRoundedRect(pill, height / 2, height / 2)
    painter.setFont(small)
    painter.setPen(colours.text)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
