"""Cached colors, fonts and elided texts for painting cells."""

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette

from services.system.safe_text import shortened
from ui.theme import Role, color, scaled

INSET = 10
"""Pixels between the edge of a column and its text, in header and cells."""
ICON_GAP = 6
"""Pixels between an icon and its text."""

_MAX_CACHED = 8192
"""Cached texts; enough for several screens of cells."""
_MAX_LENGTH = 1000
"""The most characters measured: names can have any length, but no screen shows more."""


class CellLook:
    """The look of cells for a font and a palette. Asking Qt per cell takes longer than painting.

    Text is drawn at a point, which is faster than in a rectangle, as it is elided to fit anyway.
    """

    def __init__(self, font: QFont, palette: QPalette) -> None:
        self.font = QFont(font)
        self.strong = scaled(font, 1.0, bold=True)
        self.text = color(Role.TEXT, palette)
        self.muted = color(Role.MUTED, palette)
        self.warning = color(Role.WARNING, palette)
        self.danger = color(Role.DANGER, palette)
        self.accent = color(Role.ACCENT, palette)
        self.hover = color(Role.HOVER, palette)
        self.selection = color(Role.SELECTION, palette)
        self.resting = color(Role.INACTIVE_SELECTION, palette)
        self.window = color(Role.WINDOW, palette)
        self._palette = QPalette(palette)
        self._colors: dict[Role, QColor] = {}
        self._metrics = QFontMetrics(self.font)
        self._strong_metrics = QFontMetrics(self.strong)
        self._fitted: dict[tuple[str, int, bool, Qt.TextElideMode], tuple[str, int]] = {}
        self.icon_side = self._metrics.height()
        self._ascent = self._metrics.ascent()
        self._height = self._metrics.ascent() + self._metrics.descent()

    def matches(self, font: QFont, palette: QPalette) -> bool:
        """Whether it was made for this font and palette."""
        return palette.cacheKey() == self._palette.cacheKey() and font == self.font

    def color(self, role: Role) -> QColor:
        """The color of a role."""
        found = self._colors.get(role)
        if found is None:
            found = self._colors[role] = color(role, self._palette)
        return found

    def draw(
        self,
        painter: QPainter,
        room: QRect,
        words: str,
        *,
        strong: bool = False,
        right: bool = False,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> int:
        """Draw text in `room`, aligned left or right, with the painter's pen; return its width."""
        shown, width = self._fit(words, room.width(), strong, elide)
        left = room.right() + 1 - width if right else room.left()
        top = room.top() + (room.height() - self._height) // 2
        painter.setFont(self.strong if strong else self.font)
        painter.drawText(QPointF(left, top + self._ascent), shown)
        return width

    def _fit(self, words: str, room: int, strong: bool, elide: Qt.TextElideMode) -> tuple[str, int]:
        key = words, room, strong, elide
        fitted = self._fitted.get(key)
        if fitted is None:
            if len(self._fitted) >= _MAX_CACHED:
                self._fitted.clear()
            metrics = self._strong_metrics if strong else self._metrics
            shown = _cut(words, elide)
            width = metrics.horizontalAdvance(shown)
            if width > room:
                shown = metrics.elidedText(shown, elide, max(0, room))
                width = metrics.horizontalAdvance(shown)
            fitted = self._fitted[key] = shown, width
        return fitted


def _cut(words: str, elide: Qt.TextElideMode) -> str:
    if len(words) > _MAX_LENGTH and elide == Qt.TextElideMode.ElideMiddle:
        return f"{words[: _MAX_LENGTH // 2]}…{words[-_MAX_LENGTH // 2 :]}"
    return shortened(words, _MAX_LENGTH)
