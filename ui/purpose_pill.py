"""The coloured pill that shows a purpose, drawn the same way in every table."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
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
    small, metrics = _small(font.toString())
    text, width = _fitted(font.toString(), purpose, max(cell.width() - 2 * _PADDING, 0))
    height = metrics.height() + 4
    pill = QRectF(cell.left(), 0, width + 2 * _PADDING, height)
    pill.moveTop(cell.top() + (cell.height() - height) / 2)
    colours = purpose_colours(purpose, palette)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.pill)
    painter.drawRoundedRect(pill, height / 2, height / 2)
    painter.setFont(small)
    painter.setPen(colours.text)
    painter.drawText(QPointF(pill.left() + _PADDING, pill.top() + 2 + metrics.ascent()), text)
    painter.restore()


@lru_cache(maxsize=8)
def _small(font: str) -> tuple[QFont, QFontMetrics]:
    """The font on a pill and its measures; asked for in every row of every frame."""
    large = QFont()
    large.fromString(font)
    small = pill_font(large)
    return small, QFontMetrics(small)


@lru_cache(maxsize=256)
def _fitted(font: str, purpose: str, room: int) -> tuple[str, int]:
    """What is shown of a purpose in so many pixels, and how wide that is."""
    metrics = _small(font)[1]
    text = metrics.elidedText(one_line(purpose), Qt.TextElideMode.ElideRight, room)
    return text, metrics.horizontalAdvance(text)
