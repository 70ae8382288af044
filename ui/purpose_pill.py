"""The colored pill that shows a purpose, drawn the same way everywhere."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import purpose_colors, scaled
from ui.wording import one_line

_PADDING = 9


def pill_font(font: QFont) -> QFont:
    """The font of a pill in a table with this font."""
    return scaled(font, 0.88, bold=True)


def paint_purpose_pill(
    painter: QPainter,
    cell: QRect,
    purpose: str,
    font: QFont,
    palette: QPalette,
    rim: QColor | None = None,
) -> None:
    """Draw a pill at the left of `cell`, vertically centered.

    On a selected row, pass the window's color as `rim` so that the pill stands out.
    """
    ratio = painter.device().devicePixelRatioF()
    room = max(cell.width() - 2 * _PADDING, 0)
    colors = purpose_colors(purpose, palette)
    ground, words = colors.pill.name(), colors.text.name()
    pill = _drawn(font.toString(), purpose, room, ground, words, rim and rim.name(), ratio)
    height = pill.height() / ratio
    # Align to whole points so that the image's pixels match the screen's.
    top = cell.top() + (cell.height() - height) // 2
    painter.drawImage(QPointF(cell.left() - _RIM, top), pill)


_RIM = 2
"""Pixels around a pill."""


@lru_cache(maxsize=256)
def _drawn(
    font: str,
    purpose: str,
    room: int,
    ground: str,
    text_color: str,
    rim: str | None,
    ratio: float,
) -> QImage:
    """A pill's image, cached: scrolling draws one in each row, and there are few kinds."""
    large = QFont()
    large.fromString(font)
    small = pill_font(large)
    metrics = QFontMetrics(small)
    text = metrics.elidedText(one_line(purpose), Qt.TextElideMode.ElideRight, room)
    width, height = metrics.horizontalAdvance(text) + 2 * _PADDING, metrics.height() + 4
    whole = QRectF(0, 0, width + 2 * _RIM, height + 2 * _RIM)
    image = QImage(whole.size().toSize() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if rim is not None:
        painter.setBrush(QColor(rim))
        painter.drawRoundedRect(whole, whole.height() / 2, whole.height() / 2)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(QRectF(_RIM, _RIM, width, height), height / 2, height / 2)
    painter.setFont(small)
    painter.setPen(QColor(text_color))
    painter.drawText(QPointF(_RIM + _PADDING, _RIM + 2 + metrics.ascent()), text)
    painter.end()
    return image


class PurposePill(QWidget):
    """A pill outside of a table; it is elided where there isn't enough room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._purpose = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_purpose(self, purpose: str) -> None:
        """Show another purpose; hide if it is empty."""
        self._purpose = purpose
        self.setVisible(bool(purpose))
        self.setAccessibleName(one_line(purpose))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as the purpose, if that isn't very long."""
        metrics = QFontMetrics(pill_font(self.font()))
        # The advance is rounded, and a text that is wider by a fraction of a pixel would be cut off.
        width = min(metrics.horizontalAdvance(one_line(self._purpose)) + 1, _WIDEST)
        return QSize(width + 2 * (_PADDING + _RIM), metrics.height() + 4 + 2 * _RIM)

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        return QSize(min(_NARROWEST, self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pill."""
        painter = QPainter(self)
        room = QRect(_RIM, 0, self.width() - 2 * _RIM, self.height())
        paint_purpose_pill(painter, room, self._purpose, self.font(), self.palette())
        painter.end()


_WIDEST = 160
_NARROWEST = 48
"""The widths of a pill outside of a table, in pixels."""
